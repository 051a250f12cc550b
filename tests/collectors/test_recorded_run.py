"""From the segments of a spool to logical runs: what is joined, what is apart, and what is never whole."""

from __future__ import annotations

import json

import pytest

from governance.domain.evidence import Quality
from governance.parsing import spool

from .made import safetensors
from .spools import beat, logged, segment


@pytest.fixture
def told(write, read, tmp_path):
    """The facts of segments that lie in one folder, by kind."""

    def go(*segments):
        for number, data in enumerate(segments):
            write(f"{number}.spool", data)
        reading = read(tmp_path)
        facts: dict[str, list] = {}
        for fact in reading.found:
            facts.setdefault(fact.kind, []).append(fact)
        facts["not read"] = list(reading.not_read)
        return facts

    return go


def record(facts):
    (fact,) = facts["run-record.v1"]
    return fact


def training(facts):
    (fact,) = facts["training-run.v1"]
    return fact


def test_a_run_that_was_sealed_as_finished_is_whole(told):
    facts = told(segment(*logged(1, 2, 3), planned_steps=3))
    assert (record(facts).quality, record(facts).body["outcome"]) == (Quality.COMPLETE, "finished")
    body = training(facts).body
    assert (body["steps"], body["max_steps"], body["finished"], body["final_loss"]) == (3, 3, True, 1.0)
    assert training(facts).quality is Quality.COMPLETE


def test_a_loop_that_calls_its_first_step_nought_has_done_one_more(told):
    body = training(told(segment(*logged(0, 1, 2), planned_steps=3))).body
    assert (body["steps"], body["finished"]) == (3, True)


def test_where_nobody_said_how_many_steps_were_planned_it_can_not_be_told_whether_it_reached_them(told):
    assert training(told(segment(*logged(1, 2)))).body["finished"] is None


def test_a_finished_run_that_did_less_than_was_planned_is_partial(told):
    fact = training(told(segment(*logged(1, 2), planned_steps=9)))
    assert (fact.body["finished"], fact.quality) == (False, Quality.PARTIAL)
    assert fact.quality_reasons == ("stopped at step 2 of 9",)


@pytest.mark.parametrize(
    ("outcome", "quality", "why"),
    [
        ("failed", Quality.FAILED, "the run failed at step 2"),
        ("stopped", Quality.PARTIAL, "the run was stopped at step 2"),
        ("unsaid", Quality.PARTIAL, "the process ended at step 2 and nobody said how"),
        ("splendid", Quality.PARTIAL, "incomplete: no seal; last heartbeat 2026-11-26T10:01:00.000Z"),
    ],
)
def test_how_it_ended_names_its_quality(told, outcome, quality, why):
    facts = told(segment(*logged(1, 2), sealed=outcome, planned_steps=2))
    for fact in (record(facts), training(facts)):
        assert (fact.quality, fact.quality_reasons) == (quality, (why,))
    assert training(facts).body["finished"] is False


def test_without_a_seal_it_is_incomplete_and_says_when_it_was_last_heard_of(told):
    facts = told(segment(*logged(1, 2), beat(20.0, 7), sealed=None))
    assert record(facts).quality_reasons == ("incomplete: no seal; last heartbeat 2026-11-26T10:00:20.000Z",)
    body = record(facts).body
    assert (body["outcome"], body["attempts"][0]["last_step"], body["logged"]) == ("incomplete", 7, None)


def test_a_segment_that_was_edited_after_its_seal_has_failed(told):
    whole = segment(*logged(1, 2), planned_steps=2)
    lines = whole.split(b"\n")
    better = json.loads(lines[2][9:])
    better["values"]["loss"] = 0.1
    lines[2] = spool.line(better)[:-1]
    facts = told(b"\n".join(lines))
    for fact in (record(facts), training(facts)):
        assert fact.quality is Quality.FAILED
        assert "its seal is of other bytes" in fact.quality_reasons[0]
    assert training(facts).body["finished"] is False


def test_numbers_that_do_not_rise_are_not_whole(told):
    data = segment(*logged(1, 2), sealed=None)
    lines = data.splitlines(keepends=True)
    fact = record(told(b"".join([lines[0], lines[2], lines[1]])))
    assert (fact.quality, fact.body["attempts"][0]["faults"]) == (
        Quality.FAILED,
        ["the numbers of its records do not rise"],
    )


def test_a_resumed_run_is_one_run_whose_history_follows_the_weights(told):
    first = segment(*logged(1, 2, 3, 4, 5, loss=2.0), sealed=None, planned_steps=6)
    second = segment(*logged(4, 5, 6), minute=10, start_step=3, planned_steps=6)
    facts = told(first, second)
    body = record(facts).body
    assert [each["outcome"] for each in body["attempts"]] == ["incomplete", "finished"]
    assert body["gaps"] == [
        {
            "of": "steps",
            "why": "done again after the run was resumed at step 3",
            "count": 2,
            "from_step": 3,
            "to_step": 5,
        }
    ]
    assert record(facts).quality is Quality.PARTIAL  # the account of the run has a gap; the way to its weights has none
    fact = training(facts)
    assert [(point["step"], point["loss"]) for point in fact.body["loss_history"]] == [
        (1, 2.0), (2, 2.0), (3, 2.0), (4, 1.0), (5, 1.0), (6, 1.0)]  # fmt: skip
    assert (fact.quality, fact.body["finished"], fact.body["sessions"]) == (Quality.COMPLETE, True, 2)


def test_steps_that_no_attempt_recorded_leave_the_training_partial(told):
    first = segment(*logged(1, 2), sealed=None)
    facts = told(first, segment(*logged(8, 9), minute=10, start_step=7))
    assert training(facts).quality_reasons == ("a gap of steps: the record ends at step 2 and goes on at step 7",)
    (gap,) = record(facts).body["gaps"]
    assert (gap["from_step"], gap["to_step"], gap["count"]) == (2, 7, 5)


def test_a_run_that_goes_on_from_what_is_not_here_is_partial(told):
    fact = training(told(segment(*logged(8, 9), start_step=7, planned_steps=9)))
    assert fact.quality_reasons == ("it goes on from step 7, and what came before is not in this folder",)


def test_a_requeued_job_that_begins_again_is_one_run_of_two_attempts(told):
    job = {"name": "slurm", "job": "4711", "array_task": None, "restarts": 0}
    first = segment(*logged(1, 2), run="slurm-4711-x", scheduler=job, sealed=None)
    second = segment(*logged(1, 2, 3), run="slurm-4711-x", scheduler=job | {"restarts": 1}, minute=30)
    body = record(told(first, second)).body
    assert body["scheduler"] == {"name": "slurm", "job": "4711", "array_task": None, "restarts": 1}
    assert [each["restarts"] for each in body["attempts"]] == [0, 1]


def test_what_starts_at_the_beginning_after_a_finished_attempt_is_another_run(told):
    facts = told(segment(*logged(1, 2)), segment(*logged(1, 2, 3), minute=10))
    assert [len(fact.body["attempts"]) for fact in facts["run-record.v1"]] == [1, 1]
    assert {fact.body["opened_at"][11:16] for fact in facts["run-record.v1"]} == {"10:00", "10:10"}


def test_two_trainings_in_one_job_are_apart_by_their_output_folders(told):
    one = segment(*logged(1, 2), sealed="failed", output_dir="out/one")
    facts = told(one, segment(*logged(1, 2), minute=10, output_dir="out/two"))
    assert [(fact.body["output_dir"], fact.body["outcome"]) for fact in facts["run-record.v1"]] == [
        ("one", "failed"),
        ("two", "finished"),
    ]


def test_an_evaluation_in_the_same_job_is_a_run_of_its_own_and_no_training(told):
    facts = told(segment(*logged(1, 2)), segment(beat(1.0), minute=10, activity="evaluation", start_step=None))
    assert [fact.body["activity"] for fact in facts["run-record.v1"]] == ["training", "evaluation"]
    assert training(facts).body["steps"] == 2


def test_who_continues_another_id_belongs_to_it(told):
    first = segment(*logged(1, 2), sealed="stopped")
    facts = told(first, segment(*logged(3), run="run-b", continues="run-a", start_step=2, minute=10))
    assert (record(facts).body["run"], len(record(facts).body["attempts"])) == ("run-a", 2)


def test_ids_that_continue_each_other_in_a_circle_are_one_run(told):
    first = segment(*logged(1, 2), continues="run-b", sealed="stopped")
    facts = told(first, segment(*logged(3), run="run-b", continues="run-a", start_step=2, minute=10))
    assert len(record(facts).body["attempts"]) == 2


def test_two_writers_at_the_same_time_are_told_as_a_conflict(told):
    facts = told(segment(*logged(1, 2), end=600.0), segment(*logged(1, 2), minute=5, end=600.0))
    fact = record(facts)
    assert fact.quality is Quality.PARTIAL
    assert fact.conflicts == ("1.spool began before 0.spool had ended: two writers of one run at the same time",)
    assert list(fact.conflicts) == fact.body["conflicts"]


def test_further_machines_belong_to_the_attempt_that_they_overlap(told):
    node = {"part": "node", "node": "host-2", "rank": {"rank": 8, "world": 16, "local": 0, "said_by": "RANK"}}
    facts = told(
        segment(*logged(1, 2), sealed="stopped"),
        segment(sealed=None, minute=0.1, **node),
        segment(*logged(3), minute=10, start_step=2),
        segment(minute=10, **node),
    )
    body = record(facts).body
    assert [each["nodes"] for each in body["attempts"]] == [1, 1]
    assert body["ranks"]["nodes"] == ["host", "host-2"]
    assert record(facts).quality_reasons == ("the record of host-2: no seal; last heartbeat 2026-11-26T10:00:06.000Z",)
    assert training(facts).quality is Quality.COMPLETE


def test_a_machine_whose_run_is_not_in_the_folder_is_said(told):
    facts = told(segment(part="node"))
    assert "whose own segment is not in this folder" in facts["not read"][0].reason


def test_a_command_that_was_watched_from_outside_tells_how_the_process_ended(told):
    watched = [("command", 0.1, {"body": {"program": "python", "script": "train.py", "options": {}, "left_out": 0}})]
    launcher = segment(*watched, part="launcher", activity="command", sealed="failed", end=90.0)
    last = json.loads(launcher.splitlines()[-1][9:]) | {"signal": 9, "exit_code": None, "peak_memory_bytes": 1 << 30}
    launcher = b"\n".join(launcher.splitlines()[:-1]) + b"\n" + spool.line(last)
    facts = told(launcher, segment(*logged(1, 2), beat(80.0, 3), minute=0.01, sealed=None))
    body = record(facts).body
    assert (body["activity"], body["outcome"], body["command"]["script"]) == ("training", "incomplete", "train.py")
    assert (body["attempts"][0]["exit"]["signal"], body["attempts"][0]["exit"]["peak_memory_bytes"]) == (9, 1 << 30)
    assert len(record(facts).sources) == 2


def test_a_command_inside_of_which_nothing_recorded_is_a_run_itself(told):
    facts = told(segment(part="launcher", activity="command", start_step=None))
    assert (record(facts).body["activity"], record(facts).body["outcome"]) == ("command", "finished")
    assert "training-run.v1" not in facts


def test_a_process_that_fails_after_its_run_was_sealed_as_finished_leaves_it_partial(told):
    launcher = segment(part="launcher", activity="command", sealed="failed", end=90.0)
    last = json.loads(launcher.splitlines()[-1][9:]) | {"exit_code": 1, "signal": None}
    launcher = b"\n".join(launcher.splitlines()[:-1]) + b"\n" + spool.line(last)
    fact = training(told(launcher, segment(*logged(1), minute=0.01, planned_steps=1)))
    assert fact.quality_reasons == ("its process ended with exit code 1 after the run had been sealed as finished",)


def test_a_loss_that_is_no_number_at_the_end_has_failed_and_is_counted(told):
    fact = training(told(segment(*logged(1, 2), *logged(3, loss=float("nan")), planned_steps=3)))
    assert (fact.quality, fact.body["not_finite"]) == (Quality.FAILED, 1)


def test_records_that_were_dropped_leave_the_training_partial(told):
    gap = ("gap", 5.0, {"of": "records", "why": "more was logged than the thread could write", "count": 12})
    fact = training(told(segment(*logged(1, 2), gap)))
    assert fact.quality_reasons == ("a gap of records: more was logged than the thread could write",)


def test_cards_that_could_not_be_asked_leave_the_training_whole_and_the_account_partial(told):
    gap = ("gap", 5.0, {"of": "gpu", "why": "the cards can not be asked: OSError: no", "count": None})
    facts = told(segment(*logged(1, 2), gap))
    assert (training(facts).quality, record(facts).quality) == (Quality.COMPLETE, Quality.PARTIAL)


def card(at, first, last, uuid="GPU-1", **more):
    said = {"index": 0, "uuid": uuid, "name": "H100", "readings": 10, "span_seconds": 10.0, "power_mean_watts": 360.0,
            "power_min_watts": 300.0, "power_max_watts": 400.0, "utilization_mean_percent": 50.0,
            "utilization_min_percent": 0.0, "utilization_max_percent": 100.0, "energy_first_millijoules": first,
            "energy_last_millijoules": last} | more  # fmt: skip
    return ("gpu", at, said)


def test_the_energy_is_what_the_counters_say_and_the_use_what_was_read(told):
    cards = [card(10.0, 0, 1_800_000), card(20.0, 1_800_000, 3_600_000)]
    facts = told(segment(*logged(1), *cards))
    (energy,), (use,) = facts["energy.v1"], facts["gpu-usage.v1"]
    assert (energy.body["kwh"], energy.body["method"], energy.body["duration_seconds"]) == (0.001, "measured", 20.0)
    assert energy.quality is Quality.COMPLETE
    whole = use.body["all"]
    assert (whole["readings"], whole["utilization_mean_percent"], whole["power_max_watts"]) == (20, 50.0, 400.0)
    assert whole["energy_kwh"] == pytest.approx(360 * 20 / 3_600_000)


def test_a_counter_that_went_back_is_partial_and_counts_what_is_known(told):
    cards = [card(10.0, 0, 1_800_000), card(20.0, 0, 1_800_000)]
    (energy,) = told(segment(*logged(1), *cards))["energy.v1"]
    assert (energy.quality, energy.body["kwh"]) == (Quality.PARTIAL, 0.001)


def test_counts_that_no_card_could_draw_are_no_energy(told):
    assert "energy.v1" not in told(segment(*logged(1), card(10.0, 0, 10**12)))


def test_the_numbers_of_cards_may_stand_as_tables_too(told):
    said = {"index": 0, "uuid": None, "name": "MI300X", "readings": 5, "seconds": 10.0, "power_watts": {"mean": 7.0, "min": 6.0, "max": 8.0},
            "energy_millijoules": {"first": 10, "last": 20}}  # fmt: skip
    facts = told(segment(*logged(1), ("gpu", 10.0, said)))
    assert facts["gpu-usage.v1"][0].body["all"]["power_mean_watts"] == 7.0
    assert facts["energy.v1"][0].quality is Quality.MASKED


def test_cards_of_which_nothing_was_read_are_no_use_at_all(told):
    facts = told(segment(*logged(1), card(10.0, None, None, readings=0)))
    assert "gpu-usage.v1" not in facts
    assert "energy.v1" not in facts


def test_the_time_between_two_attempts_is_no_gap_in_the_use(told):
    first = segment(*logged(1), *[card(10.0 * n, None, None) for n in range(1, 5)], sealed="stopped")
    second = segment(*logged(2), *[card(10.0 * n, None, None) for n in range(1, 5)], minute=60, start_step=1)
    (use,) = told(first, second)["gpu-usage.v1"]
    assert (use.body["all"]["gaps"], use.body["all"]["energy_kwh"], use.quality) == (
        0,
        pytest.approx(0.008),
        Quality.COMPLETE,
    )


def test_what_a_run_is_told_of_its_base_its_data_and_its_settings_is_kept(told):
    facts = told(
        segment(
            ("settings", 0.1, {"values": {"learning_rate": 0.1, "seed": 7, "layers": [1, 2], "name": "x" * 900}}),
            ("model", 0.1, {"base_model": {"name": "elm/base", "revision": "abc"}, "method": "lora",
                            "adapter": {"type": "LORA", "r": 8, "alpha": 16, "target_modules": ["q"]}}),
            ("data", 0.1, {"name": "elm/desk", "digest": None, "context": "training"}),
            ("seeds", 0.1, {"seeds": {"python": 7, "torch": None}}),
            ("result", 2.0, {"name": "held-out", "step": 2, "values": {"loss": 0.5}}),
            *logged(1, 2),
        )
    )  # fmt: skip
    body = training(facts).body
    assert body["base_model"] == {"name": "elm/base", "revision": "abc"}
    assert (body["method"], body["adapter"]["r"], body["seed"]) == ("lora", 8, 7)
    assert body["hyperparameters"] == {"learning_rate": 0.1, "name": "x" * 500, "seed": 7}
    assert body["data_sets"] == [{"name": "elm/desk", "digest": None, "context": "training"}]
    assert (body["evaluations"], body["eval_history"]) == (1, [{"step": 2, "loss": 0.5}])


def test_fields_of_a_wrong_sort_are_not_read_and_the_place_is_named(told):
    facts = told(segment(("checkpoint", 1.0, {"folder": "out", "step": "three", "files": []}), *logged(1)))
    assert {row.path for row in facts["not read"]} == {"0.spool"}
    assert "step is not a number" in facts["not read"][0].reason


@pytest.mark.parametrize("changed", [{"run": None}, {"part": "king"}, {"opened_at": "10:00"}, {"start_step": -1}])
def test_a_segment_that_does_not_say_of_what_it_is_is_not_read(told, changed):
    facts = told(segment(*logged(1), **changed))
    assert [row.path for row in facts["not read"]] == ["0.spool"]
    assert "run-record.v1" not in facts


def weights(write, folder):
    write(f"{folder}/adapter_config.json", {"peft_type": "LORA", "base_model_name_or_path": "elm/base", "r": 4})
    write(f"{folder}/adapter_model.safetensors", safetensors())


@pytest.mark.parametrize("folder", ["out/desk", "out/desk/checkpoint-2"])
def test_it_is_tied_to_the_weights_in_its_output_folder(write, read, tmp_path, folder):
    weights(write, folder)
    write("out/desk/governance-spool/a.spool", segment(*logged(1, 2), system="desk"))
    facts = {fact.kind: fact for fact in read(tmp_path / "out" / "desk").found}
    digest = facts["model-artifacts.v1"].subject.digest
    assert {facts[kind].subject.digest for kind in ("run-record.v1", "training-run.v1")} == {digest}


def test_a_run_whose_output_folder_a_later_training_wrote_to_says_so(told):
    facts = told(segment(*logged(1, 2)), segment(*logged(1, 2, 3), minute=10, run="run-b"))
    first, second = facts["run-record.v1"]
    assert first.conflicts == (
        "run-b wrote to the same output folder later, so the weights there may not be those of run-a",
    )
    assert second.conflicts == ()


def test_files_that_an_evaluation_left_are_listed_by_name_and_size(told):
    left = {
        "folder": "results/desk",
        "files": [{"name": "results_1.json", "size": 812}, {"name": "", "size": 3}, {"size": 4}],
    }
    facts = told(segment(("files", 1.0, left), activity="evaluation"))
    assert record(facts).body["outputs"] == [
        {"folder": "results/desk", "files": [{"name": "results_1.json", "size": 812}]}
    ]
