"""Reports of garak: what was judged, what got through, what was left out, and whether it came to its end."""

from __future__ import annotations

import json
import time

import pytest

from governance.domain.evidence import Quality, SubjectType

from ..bench import garak_report

RUN = "00000000-0000-4000-8000-000000000001"


def setup(**extra):
    return {
        "entry_type": "start_run setup",
        "_config.version": "0.17.1",
        "plugins.target_type": "huggingface",
        "plugins.target_name": "runs/desk/final",
        "run.generations": 2,
        "run.seed": 5,
        "transient.active_probes": ["probes.dan.Dan"],
    } | extra


def init(**extra):
    return {"entry_type": "init", "garak_version": "0.17.1", "start_time": "2026-11-01T10:00:00.5", "run": RUN} | extra


def attempt(scores, status=2, probe="dan.Dan", detector="dan.DAN", **extra):
    return {
        "entry_type": "attempt", "uuid": "u", "status": status, "probe_classname": probe, "prompt": "SECRET PROMPT",
        "outputs": ["HARMFUL TEXT"] * len(scores), "detector_results": {detector: scores} if status == 2 else {},
    } | extra  # fmt: skip


def counts(passed, fails, nones=0, probe="dan.Dan", detector="dan.DAN", **extra):
    return {
        "entry_type": "eval", "probe": probe, "detector": detector, "passed": passed, "fails": fails, "nones": nones,
        "total_evaluated": passed + fails, "total_processed": passed + fails + nones,
    } | extra  # fmt: skip


def closing(**extra):
    return {"entry_type": "completion", "end_time": "2026-11-01T11:00:00.5", "run": RUN} | extra


DIGEST = {"entry_type": "digest", "meta": {"garak_version": "0.17.1"}, "eval": {}}
GOOD = [setup(), init(), attempt([1.0, 0.0], status=1), attempt([1.0, 0.0]), counts(1, 1), closing(), DIGEST]


def text(rows):
    return "".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows)


def old(version="0.9.0.16", **extra):
    """The settings and the first row of versions to 0.13.0."""
    settings = setup(**{"_config.version": version, "plugins.model_type": "huggingface", "plugins.model_name": "gpt2"})
    for name in ("plugins.target_type", "plugins.target_name", "transient.active_probes"):
        del settings[name]
    return [settings | extra, init(garak_version=version)]


@pytest.fixture
def fact(write, read):
    def of(rows):
        reading = read(write("a.report.jsonl", text(rows)))
        assert reading.not_read == ()
        (found,) = reading.found
        return found

    return of


@pytest.fixture
def refusal(write, read):
    def of(rows):
        reading = read(write("a.report.jsonl", rows if isinstance(rows, (str, bytes)) else text(rows)))
        assert reading.found == ()
        (row,) = reading.not_read
        return row.reason

    return of


def test_the_recorded_run_of_0_17_1_is_read_with_its_log_of_hits(sample, read):
    (fact,) = read(sample("garak")).found
    body = fact.body
    assert body["probes"] == [
        {"name": "test.Test", "detector": "always.Random", "attempts": 16, "hits": 8, "not_scored": 0}
    ]
    assert (body["completed"], body["attempts"], body["hits"], body["not_scored"]) == (True, 16, 8, 0)
    assert (body["generations"], body["seed"], body["threshold"], body["summary_written"]) == (2, 7, None, True)
    assert {source.path for source in fact.sources} == {"garak.desk.report.jsonl", "garak.desk.hitlog.jsonl"}
    assert (fact.quality, fact.tool, fact.tool_version) == (Quality.COMPLETE, "garak", "0.17.1")


def test_passed_are_the_attacks_that_were_resisted_and_attempts_stand_twice(fact):
    found = fact(GOOD)
    (row,) = found.body["probes"]
    assert row == {"name": "dan.Dan", "detector": "dan.DAN", "attempts": 2, "hits": 1, "not_scored": 0}
    assert (found.body["completed"], found.body["attempts"], found.body["hits"]) == (True, 2, 1)
    assert found.body["model"] == {"name": "runs/desk/final", "digest": None, "adapter": None, "revision": None}
    assert (found.subject.type, found.subject.name) == (SubjectType.MODEL, "runs/desk/final")
    assert (found.quality, found.quality_reasons) == (Quality.COMPLETE, ())


def test_attacks_and_answers_are_not_copied(fact):
    said = json.dumps(fact(GOOD).body)
    assert "HARMFUL" not in said
    assert "SECRET" not in said


def test_a_local_time_is_kept_as_text_and_is_no_moment(fact):
    found = fact(GOOD)
    assert (found.effective_at, found.body["local_start_time"]) == (None, "2026-11-01T10:00:00.5")
    assert found.body["local_end_time"] == "2026-11-01T11:00:00.5"
    zoned = fact([setup(), init(start_time="2026-11-01T10:00:00+00:00"), *GOOD[2:]])
    assert (zoned.effective_at.isoformat(), zoned.body["local_start_time"]) == ("2026-11-01T10:00:00+00:00", None)


def test_the_shape_of_0_9_has_a_total_and_names_detectors_with_a_prefix(fact):
    row = {"entry_type": "eval", "probe": "dan.Dan", "detector": "detector.dan.DAN", "passed": 1, "total": 2}
    found = fact([*old(), attempt([1.0, 0.0]), row, closing()])
    assert found.body["probes"] == [
        {"name": "dan.Dan", "detector": "dan.DAN", "attempts": 2, "hits": 1, "not_scored": None}
    ]
    assert (found.body["not_scored"], found.body["completed"], found.quality) == (None, True, Quality.COMPLETE)
    assert (found.body["model"]["name"], found.body["target_type"]) == ("gpt2", "huggingface")


def test_the_shape_of_0_13_1_keeps_the_unjudged_out_of_its_total(fact):
    row = {"entry_type": "eval", "probe": "dan.Dan", "detector": "dan.DAN", "passed": 1, "nones": 1, "total": 2}
    found = fact([setup(), init(garak_version="0.13.1"), attempt([1.0, 0.0, None]), row, closing(), DIGEST])
    assert (found.body["attempts"], found.body["hits"], found.body["not_scored"]) == (2, 1, 1)
    assert (found.quality, found.quality_reasons) == (Quality.PARTIAL, ("1 answers could not be judged",))


def test_answers_that_could_not_be_judged_are_neither_attempts_nor_passes(fact):
    found = fact([*GOOD[:3], attempt([1.0, 0.0, None, None]), counts(1, 1, 2), closing(), DIGEST])
    assert (found.body["attempts"], found.body["hits"], found.body["not_scored"]) == (2, 1, 2)
    assert found.quality is Quality.PARTIAL


def test_a_run_that_judged_nothing_is_failed_and_not_completed(fact):
    found = fact([setup(), init(), attempt([None, None]), counts(0, 0, 2), closing(), DIGEST])
    assert (found.quality, found.body["completed"], found.body["attempts"]) == (Quality.FAILED, False, 0)
    assert found.quality_reasons[0] == "no answer was judged: the report counts nothing; attacks begun: 1"


def test_attempts_without_counts_are_no_pass(fact):
    found = fact([*GOOD[:4], closing(), DIGEST])
    assert (found.quality, found.body["probes"], found.body["completed"]) == (Quality.FAILED, [], False)


def test_scores_in_lists_of_their_own_are_read_and_without_counts_are_no_pass(fact):
    found = fact([*GOOD[:2], attempt([[0.0, 1.0]], outputs=["a", "b"]), closing(), DIGEST])
    assert (found.quality, found.body["probes"]) == (Quality.FAILED, [])
    assert "scores that the attempts hold and nobody counted: 2" in found.quality_reasons[0]
    assert (
        fact([*GOOD[:2], attempt([[0.0, 1.0]], outputs=["a", "b"]), counts(1, 1), closing(), DIGEST]).body["hits"] == 1
    )


@pytest.mark.parametrize("kept", [2, 3, 4])
def test_a_run_that_was_broken_off_before_any_count_is_failed(kept, fact):
    found = fact(GOOD[:kept])
    assert (found.quality, found.body["completed"], found.body["attempts"]) == (Quality.FAILED, False, 0)


def test_without_the_closing_row_a_run_is_partial(fact):
    found = fact(GOOD[:5])
    assert (found.quality, found.body["completed"]) == (Quality.PARTIAL, False)
    assert "broken off" in found.quality_reasons[0]


def test_versions_before_the_closing_row_do_not_say_whether_they_ended(fact):
    row = {"entry_type": "eval", "probe": "dan.Dan", "detector": "detector.dan.DAN", "passed": 1, "total": 2}
    found = fact([*old("0.9.0.13.post1"), attempt([1.0, 0.0]), row])
    assert (found.quality, found.body["completed"]) == (Quality.PARTIAL, None)
    assert found.quality_reasons == ("garak 0.9.0.13.post1 does not write whether a run came to its end",)


def test_the_settings_of_the_first_versions_are_their_arguments(fact):
    settings = {
        "entry_type": "start_run args config", "model_type": "huggingface", "model_name": "gpt2", "generations": 10,
        "probes": "dan", "seed": None, "eval_threshold": 0.5,
    }  # fmt: skip
    row = {"entry_type": "eval", "probe": "dan.Dan", "detector": "detector.dan.DAN", "passed": 1, "total": 2}
    found = fact([settings, init(garak_version="0.9.0.9"), attempt([0.5, 0.49]), row])
    assert (found.body["threshold"], found.body["generations"], found.body["model"]["name"]) == (0.5, 10, "gpt2")
    assert found.quality is Quality.PARTIAL


def test_a_report_cut_before_its_summary_is_partial_and_not_the_same(fact):
    found = fact(GOOD[:6])
    assert found.quality is Quality.PARTIAL
    assert "the summary that this version appends is missing" in found.quality_reasons[0]
    assert found.body != fact(GOOD).body


def test_the_closing_row_of_another_run_closes_nothing(fact):
    found = fact([*GOOD[:5], closing(run="another"), DIGEST])
    assert found.quality is Quality.NOT_UNDERSTOOD


def test_counts_that_contradict_each_other_are_not_read(refusal):
    for wrong in (
        {"passed": 3}, {"fails": 2}, {"total_evaluated": 3}, {"total_processed": 9}, {"nones": 4}, {"passed": -1},
        {"passed": 0.5}, {"passed": True}, {"passed": "1"}, {"total_evaluated": None, "fails": None}, {"passed": None},
    ):  # fmt: skip
        reason = refusal([*GOOD[:4], counts(1, 1) | wrong, closing(), DIGEST])
        assert reason.startswith("line 5: "), reason


def test_counts_that_the_attempts_do_not_bear_out_are_not_whole(fact):
    hidden = fact([setup(), init(), attempt([1.0, 1.0]), counts(2, 0), closing(), DIGEST])
    assert hidden.quality is Quality.NOT_UNDERSTOOD
    assert hidden.quality_reasons == (
        "the hits are not those that the scores of the attempts come to: dan.Dan by dan.DAN",
    )
    more = fact([setup(), init(), attempt([1.0, 0.0]), attempt([1.0]), counts(1, 1), closing(), DIGEST])
    assert more.quality is Quality.NOT_UNDERSTOOD
    fewer = fact([setup(), init(), attempt([1.0, 0.0]), counts(40, 10), closing(), DIGEST])
    assert fewer.quality is Quality.PARTIAL
    assert "attempts are missing from the report" in fewer.quality_reasons[0]


def test_a_threshold_that_is_known_is_applied_exactly(fact):
    rows = [setup(**{"run.eval_threshold": 0.9}), init(), attempt([0.8, 0.0]), counts(2, 0), closing(), DIGEST]
    assert fact(rows).quality is Quality.COMPLETE
    rows[0] = setup(**{"run.eval_threshold": 0.5})
    assert fact(rows).quality is Quality.NOT_UNDERSTOOD
    rows[0] = setup()
    assert fact(rows).quality is Quality.COMPLETE


def test_a_row_of_counts_that_was_taken_out_is_missed(fact):
    found = fact([*GOOD[:5], attempt([0.0], probe="dan.Other"), closing(), DIGEST])
    assert found.quality_reasons == (
        "begun and never counted: dan.Other",
        "judged in the attempts and never counted: dan.Other by dan.DAN",
    )


def test_what_was_asked_for_and_never_judged_is_said(fact):
    found = fact([setup(**{"transient.active_probes": ["probes.dan.Dan", "probes.lmrc.Slurs"]}), *GOOD[1:]])
    assert found.quality_reasons == ("asked for and never judged: lmrc.Slurs",)
    for spec in ("dan", "dan.Dan", "all", None, ""):
        settings = setup(**{"plugins.probe_spec": spec})
        del settings["transient.active_probes"]
        assert fact([settings, *GOOD[1:]]).quality is Quality.COMPLETE
    narrowed = setup(**{"plugins.probe_spec": "dan,lmrc", "run.probe_tags": "owasp:llm01"})
    del narrowed["transient.active_probes"]
    assert fact([narrowed, *GOOD[1:]]).quality is Quality.COMPLETE


def test_answers_without_a_score_are_said(fact):
    short = attempt([1.0, 0.0], outputs=["a", None, "c"])
    found = fact([setup(), init(), short, counts(1, 1), closing(), DIGEST])
    assert found.quality_reasons == ("some answers carry no score: dan.Dan by dan.DAN",)


def test_the_tools_own_sums_have_to_agree(fact):
    def summed(fails):
        counted = {"detectors": ["dan.DAN"], "passed": 1, "fails": fails, "nones": 0}
        return {"entry_type": "probe_summary", "probe": "dan.Dan", "detection_counts": counted}

    assert fact([*GOOD[:5], summed(1), *GOOD[5:]]).quality is Quality.COMPLETE
    assert fact([*GOOD[:5], summed(4), *GOOD[5:]]).quality is Quality.NOT_UNDERSTOOD


def test_a_confidence_interval_is_kept_where_the_tool_gave_one(fact):
    given = {"confidence_method": "bootstrap", "confidence": "0.95", "confidence_lower": 0.1, "confidence_upper": 0.9}
    (row,) = fact([*GOOD[:4], counts(1, 1, **given), *GOOD[5:]]).body["probes"]
    assert row["hit_rate_interval"] == {"level": 0.95, "lower": 0.1, "upper": 0.9}


def test_an_aggregate_does_not_say_whether_its_parts_ended(fact):
    parts = [setup(aggregation=["a.report.jsonl", "b.report.jsonl"], **{"transient.active_probes": "dan.Dan"}), init()]
    found = fact([*parts, attempt([1.0, 0.0]), counts(1, 1), attempt([0.0]), counts(1, 0), DIGEST])
    assert (found.body["completed"], found.body["aggregate_of"], found.quality) == (None, 2, Quality.PARTIAL)
    assert found.body["probes"] == [
        {"name": "dan.Dan", "detector": "dan.DAN", "attempts": 3, "hits": 1, "not_scored": 0}
    ]


def test_two_runs_in_one_report_are_not_read(refusal):
    assert "a second run begins in the same report" in refusal(GOOD + GOOD)


def test_a_log_of_hits_alone_says_nothing(write, read, tmp_path):
    hit = {
        "goal": "g", "prompt": "SECRET", "output": "HARM", "trigger": None, "score": 1.0, "run_id": RUN, "attempt_id": "u",
        "attempt_seq": 0, "attempt_idx": 0, "generator": "x", "probe": "dan.Dan", "detector": "dan.DAN",
    }  # fmt: skip
    log = write("a.hitlog.jsonl", text([hit]))
    assert "does not say how many attacks were made" in read(log).not_read[0].reason
    write("b.report.jsonl", text(GOOD))
    reading = read(tmp_path)
    assert reading.not_read == ()
    assert [fact.quality for fact in reading.found] == [Quality.COMPLETE]
    write("a.hitlog.jsonl", text([hit, hit]))
    (fact,) = read(tmp_path).found
    assert fact.quality_reasons == (
        "the log of hits beside it holds more hits than the report counts: dan.Dan by dan.DAN",
    )
    write("a.hitlog.jsonl", text([hit]) + '{"goal": ')
    reading = read(tmp_path)
    assert [fact.quality for fact in reading.found] == [Quality.COMPLETE]
    assert [row.path for row in reading.not_read] == ["a.hitlog.jsonl"]


def test_no_log_of_hits_means_nothing(fact):
    assert fact(GOOD).quality is Quality.COMPLETE


def test_a_report_without_its_head_names_neither_version_nor_target(fact):
    found = fact(GOOD[2:])
    assert (found.quality, found.tool_version, found.body["model"]) == (Quality.PARTIAL, None, None)
    assert found.subject.type is SubjectType.RUN


def test_a_summary_alone_is_refused(refusal):
    assert "without one row of counts" in refusal([DIGEST | {"meta": {"garak_version": "0.15"}}])
    assert "over several lines" in refusal(json.dumps(DIGEST, indent=2))


@pytest.mark.parametrize(
    "line",
    [
        '{"entry_type": "attempt", "probe_classname": "a.B", ',
        '{"entry_type": "attempt", "probe_classname": "a.B", "status": 2, "detector_results": {"d": [1]}, "detector_results": {}}',
        '{"entry_type": "eval", "probe": "a.B", "detector": "d.D", "passed": 9, "total": 9, "passed": 0}',
        '{"entry_type": "attempt", "probe_classname": "a.B", "status": 2, "detector_results": {"d": ["x"]}}',
        '{"entry_type": "attempt", "probe_classname": "a.B", "status": 2, "detector_results": {"d": 1}}',
        '{"entry_type": "attempt", "status": 2}',
        '{"entry_type": 7}',
        "[]",
        '{"entry_type": "attempt", "probe_classname": "a.B", "x": ' + "[" * 300 + "]" * 300 + "}",
    ],
)  # fmt: skip
def test_one_broken_line_among_many_is_named(line, refusal):
    assert refusal([*GOOD[:4], line, *GOOD[4:]]).startswith("line 5: ")


def test_a_byte_that_is_no_utf_8_is_named_by_its_line(refusal):
    broken = text(GOOD[:4]).encode() + b'{"entry_type": "attempt", "x": "\xff"}\n' + text(GOOD[4:]).encode()
    assert refusal(broken).startswith("line 5: ")


def test_a_row_beyond_every_bound_is_not_parsed(refusal):
    long = '{"entry_type": "attempt", "probe_classname": "a.B", "x": [' + "[]," * 3_000_000 + "0]}"
    assert refusal([*GOOD[:4], long, *GOOD[4:]]) == "line 5 is longer than 8,388,608 bytes"


def test_a_folder_of_many_runs_is_read_in_one_pass(write, read, tmp_path):
    for number in range(300):
        run = f"00000000-0000-4000-8000-{number:012d}"
        rows = [setup(), init(run=run), *GOOD[2:5], closing(run=run), DIGEST]
        write(f"{number}.report.jsonl", text(rows))
        hit = {"goal": "g", "score": 1.0, "run_id": run, "attempt_id": "u", "probe": "dan.Dan", "detector": "dan.DAN"}
        write(f"{number}.hitlog.jsonl", text([hit]))
    start = time.process_time()
    reading = read(tmp_path)
    assert time.process_time() - start < 6
    assert reading.not_read == ()
    assert len([fact for fact in reading.found if len(fact.sources) == 2]) == 300


def test_very_many_names_are_refused(refusal):
    rows = [counts(1, 0, probe=f"a.P{number}") for number in range(10_001)]
    assert "more than 10,000 pairs" in refusal([setup(), init(), *rows, closing(), DIGEST])


def test_a_report_of_many_attempts_is_read_as_a_stream(tmp_path, read):
    path = tmp_path / "big.report.jsonl"
    garak_report.write(path, 2_000)
    start = time.process_time()
    (found,) = read(path).found
    assert time.process_time() - start < 3
    assert (found.quality, found.body["attempts"], found.body["hits"]) == (Quality.COMPLETE, 4_000, 400)


def test_other_json_lines_are_not_taken_for_it(write, read):
    other = write("x.jsonl", text([{"entry_type": "attempt", "who": "me"}]))
    assert read(other).found == ()
