"""Samples of Inspect: one row a question, the same row from both forms, and never a word of it."""

from __future__ import annotations

import contextlib
import json
import random
import time

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.collectors.formats.json_members import members
from governance.domain.evidence import Quality
from governance.errors import UnreadableError

from .inspect_made import archive, log, sample, zipped
from .tables import columns, rows
from .test_contract import schema


@pytest.fixture
def samples(read, write):
    def go(content):
        reading = read(write("log.eval" if isinstance(content, bytes) else "log.json", content))
        assert reading.not_read == ()
        (fact,) = [fact for fact in reading.found if fact.kind == "eval-samples.v1"]
        jsonschema_rs.validator_for(schema("eval-samples.v1")).validate(fact.body)
        return fact

    return go


def test_the_recorded_samples_have_their_ids_digests_and_scores(sample, read):
    folders = [sample("inspect-samples"), sample("inspect-log")]
    found = {fact.tool_version: fact for fact in read(*folders).found if fact.kind == "eval-samples.v1"}
    body = found["0.3.285"].body
    assert (body["task"], body["n"], body["metrics"]) == ("desk", 4, ["both/a", "both/b"])
    assert columns(found["0.3.285"])["id"] == ["q0", "q1", "q2", "q3"]
    assert (columns(found["0.3.285"])["both/b"], body["means"]) == ([0.25] * 4, {"both/a": 1.0, "both/b": 0.25})
    digests = {tuple(columns(fact)["doc_sha256"]) for fact in found.values()}
    assert len(digests) == 1
    assert {fact.quality for fact in found.values()} == {Quality.COMPLETE}
    assert {fact.body["means"].get("includes", 0.75) for fact in found.values()} == {0.75}


def test_a_log_that_the_tool_cut_into_pieces_has_the_same_samples(sample, read):
    found = [fact.body for fact in read(sample("inspect-samples")).found if fact.kind == "eval-samples.v1"]
    assert len(found) == 2
    assert found[0] == found[1]


def test_both_forms_and_the_form_in_pieces_are_the_same_rows_in_the_order_of_their_ids(samples):
    made = log([sample(10), sample(2, "I"), sample("b", "P"), sample("a", "N")])
    facts = [samples(content) for content in (made, archive(made), archive(made, chunked=True))]
    assert facts[0].body == facts[1].body == facts[2].body
    assert facts[0].enclosures == facts[1].enclosures == facts[2].enclosures
    assert columns(facts[0])["id"] == ["2", "10", "a", "b"]
    assert columns(facts[0])["includes"] == [0, 1, 0, 0.5]


def test_a_question_asked_several_times_has_a_row_for_each_time_and_counts_once_with_the_average(samples):
    made = log([sample(1, "C"), sample(1, "I", epoch=2), sample(2, "C"), sample(2, "C", epoch=2)])
    made["eval"]["config"]["epochs"] = 2
    made["eval"]["dataset"]["samples"] = 2
    made["plan"] = {"config": {"seed": 7}}
    fact = samples(made)
    assert (fact.body["n"], fact.body["duplicated_ids"], fact.body["epochs"]) == (2, 0, 2)
    assert columns(fact)["includes"] == [0.5, 1.0]
    table = rows(fact)
    assert list(table) == ["id", "doc_sha256", "seed", "attempt", "includes"]
    assert (table["id"], table["attempt"], table["seed"]) == ([1, 1, 2, 2], [1, 2, 1, 2], [7] * 4)
    assert table["includes"] == [1, 0, 1, 1]


def test_the_cluster_is_the_field_that_a_metric_was_taken_over(samples):
    made = log([sample(1, metadata={"passage": "a-1"}), sample(2, metadata={"passage": "the elm is ill"}), sample(3)])
    score = made["results"]["scores"][0]
    score["metrics"] = {"stderr": {"name": "stderr", "value": 0.1, "params": {"cluster": "passage"}}}
    for content in (made, archive(made)):
        found = rows(samples(content))["cluster"]
        assert (found[0], found[1][:7], len(found[1]), found[2]) == ("a-1", "sha256:", 39, None)
    del score["metrics"]["stderr"]["params"]
    assert "cluster" not in rows(samples(made))


def test_a_scorer_that_is_named_like_a_column_of_the_table_takes_no_columns_place(samples):
    fact = samples(log([sample("q1", scores={"id": {"value": 1}, "match": {"value": 1}})]))
    assert (fact.body["metrics"], rows(fact)["id"]) == (["match"], ["q1"])


def test_an_id_that_holds_an_address_is_redacted_and_stays_one_of_its_own(samples):
    fact = samples(log([sample("ada@example.com"), sample("bob@example.com"), sample("q1")]))
    assert (rows(fact)["id"], fact.redacted) == (["[redacted] 1", "[redacted] 2", "q1"], 2)
    assert columns(fact)["id"] == rows(fact)["id"]


def test_a_sample_filed_twice_is_counted_and_makes_it_partial(samples):
    fact = samples(log([sample(1), sample(1)]))
    assert (fact.body["duplicated_ids"], fact.quality) == (1, Quality.PARTIAL)


def test_one_id_with_two_questions_is_told(samples):
    fact = samples(log([sample(1), sample(1, epoch=2, input="another")]))
    assert any("several versions under one id" in reason for reason in fact.quality_reasons)


def test_a_score_that_is_no_number_is_null_and_told(samples):
    fact = samples(log([sample(1), sample(2, "purple"), sample(3, None)]))
    assert columns(fact)["includes"] == [1, None, None]
    assert "includes: 2 of 3 samples have no number for a score" in fact.quality_reasons
    fact = samples(log([sample(1, [1, 2])]))
    assert (fact.body["metrics"], fact.quality) == ([], Quality.FAILED)


def test_the_samples_of_a_killed_run_are_read_and_failed(samples):
    fact = samples(archive(log(), closed=False))
    assert (fact.body["n"], fact.quality) == (2, Quality.FAILED)


def test_a_log_without_samples_gives_none_and_says_nothing_is_broken(read, write):
    made = log()
    del made["samples"]
    reading = read(write("log.json", made))
    assert [fact.kind for fact in reading.found] == ["eval-run.v1"]
    assert reading.not_read == ()


def test_the_digest_does_not_depend_on_the_ids_the_tool_gives_to_messages(samples):
    def asked(identity, role="user"):
        message = {"id": identity, "role": role, "content": [{"type": "text", "text": "hello", "internal": identity}]}
        return columns(samples(log([sample(1, input=[message])])))["doc_sha256"]

    assert asked("a") == asked("b")
    assert asked("a") != asked("a", "system")


def test_question_answer_and_choices_are_all_in_the_digest(samples):
    changes = ({}, {"input": "other"}, {"target": ["yes"]}, {"choices": ["yes", "no"]})
    digests = {columns(samples(log([sample(1, **change)])))["doc_sha256"][0] for change in changes}
    assert len(digests) == 4


def test_nothing_of_a_sample_but_numbers_and_digests_is_kept(samples):
    fact = samples(log([sample("q1", metadata={"name": "Ada"}, messages=[{"content": "secret"}])]))
    kept = json.dumps(fact.body) + json.dumps(rows(fact))
    for word in ("secret", "question", "Ada"):
        assert word not in kept


def test_twenty_thousand_questions_and_more_are_kept_row_by_row(samples):
    fact = samples(log([sample(number) for number in range(20_001)]))
    assert (fact.body["n"], len(columns(fact)["id"]), fact.body["means"]) == (20_001, 20_001, {"includes": 1.0})


def test_more_scores_than_anybody_needs_are_refused(read, write):
    scores = {f"s{number}": {"value": 1} for number in range(100)}
    reading = read(write("log.json", log([sample(1, scores=scores)])))
    assert any("more than 64 scores" in row.reason for row in reading.not_read)


def test_a_sample_too_large_to_read_does_not_take_the_run_with_it(read, write):
    made = log([sample(1, input=random.Random(1).randbytes(9_000_000).hex()), sample(2)])
    reading = read(write("log.eval", archive(made)))
    assert [(fact.kind, fact.quality) for fact in reading.found] == [("eval-run.v1", Quality.COMPLETE)]
    assert any("too large to be read" in row.reason for row in reading.not_read)


def test_a_long_transcript_is_passed_over_and_not_built(samples):
    transcript = b"[" + b'{"event":"model","text":"x]}\\""},' * 500_000 + b"{}]"
    row = json.dumps(sample(1)).encode()[:-1] + b', "events": ' + transcript + b"}"
    made = {"header.json": log([sample(1)]), "samples/1_epoch_1.json": row}
    started = time.monotonic()
    assert samples(zipped(made)).body["n"] == 1
    assert time.monotonic() - started < 10  # two seconds on a machine that does nothing else


@pytest.mark.parametrize(
    "data",
    [b"", b"[]", b"{", b'{"a"', b'{"a":', b'{"a":1', b'{"a":1,}', b'{"a":1}x', b'{"a":[1}', b'{"a":"x}', b'{"a":1 "b":2}',
     b'{"a":1,"a":2}', b"{a:1}", b'{"a":}'],
)  # fmt: skip
def test_bytes_that_are_no_object_are_refused(data):
    with pytest.raises(UnreadableError):
        members(data, {"a"})


def test_only_the_wanted_members_are_handed_out():
    data = b'\xef\xbb\xbf {"a" : [1, "]"], "b":{"c":"}"},\n"d":null , "e\\u0066":"\\"" }'
    assert members(data, {"a", "d", "ef"}) == {"a": b'[1, "]"]', "d": b"null", "ef": b'"\\""'}
    assert members(b"{}", {"a"}) == {}


def test_a_small_file_of_countless_empty_lists_is_refused_soon(read, write):
    row = b'{"id": 1, "events": [' + b"[]," * 2_000_000 + b"[]]}"
    made = {"header.json": log(), "samples/1_epoch_1.json": row, "samples/2_epoch_1.json": row}
    started = time.process_time()
    reading = read(write("log.eval", zipped(made)))
    assert time.process_time() - started < 8  # two seconds on a machine that does nothing else
    assert any("more objects and lists than a log of this size" in row.reason for row in reading.not_read)


def test_a_field_of_countless_empty_lists_is_not_built(read, write):
    scores = b'{"a": {"value": [' + b"[]," * 300_000 + b"[]]}}"
    made = {"header.json": log([sample(1)]), "samples/1_epoch_1.json": b'{"id": 1, "scores": ' + scores + b"}"}
    reading = read(write("log.eval", zipped(made)))
    assert any("too large to be read" in row.reason for row in reading.not_read)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=5), VALUES, max_size=5), st.sampled_from([None, 1]), st.booleans())
def test_the_members_of_any_object_are_the_bytes_of_its_values(value, indent, ascii_only):
    data = json.dumps(value, indent=indent, ensure_ascii=ascii_only).encode()
    assert {name: json.loads(part) for name, part in members(data, set(value)).items()} == value


@given(st.binary(max_size=80))
def test_any_bytes_have_members_or_are_refused(data):
    for content in (data, b"{" + data, b'{"a":' + data):
        with contextlib.suppress(UnreadableError):
            members(content, {"a"})
