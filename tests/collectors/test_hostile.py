"""Files that want to hurt the reader: not read, and said so, never an exception and never half a fact."""

from __future__ import annotations

import json

import pytest

from governance.domain.evidence import Quality

from .made import results, state

STATE = json.dumps(state()).encode()
RESULTS = json.dumps(results()).encode()


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("trainer_state.json", STATE[:-5], "not JSON"),
        ("trainer_state.json", STATE.replace(b'"epoch"', b'"global_step": 1, "epoch"', 1), "stands twice"),
        ("trainer_state.json", STATE.replace(b"{", b'{"x": "\xff", ', 1), "not UTF-8"),
        ("trainer_state.json", STATE.replace(b"{", b'{"deep": ' + b"[" * 5000 + b"]" * 5000 + b", ", 1), "deeper"),
        ("trainer_state.json", STATE.replace(b"{", b'{"trial_name": "\\ud800", ', 1), "surrogate"),
        ("trainer_state.json", json.dumps(state(log_history="all fine")), "log_history is not a list"),
        ("trainer_state.json", json.dumps(state(log_history=["fine"])), "not an object"),
        ("trainer_state.json", json.dumps(state(global_step="many")), "global_step is not a number"),
        ("trainer_state.json", json.dumps(state(log_history=None)), "is null"),
        ("trainer_state.json", json.dumps(state(global_step=None)), "is null"),
        ("trainer_state.json", json.dumps(state(epoch=[1])), "epoch is not a number"),
        ("results.json", RESULTS[:-5], "not JSON"),
        ("results.json", json.dumps(results(results={"qa": {"acc,none": "high"}})), "is not a number"),
        ("results.json", json.dumps(results(results={"qa": {"acc,none": True}})), "is not a number"),
        ("results.json", json.dumps(results(results={"qa": 0.5})), "is not an object"),
        ("results.json", json.dumps(results(results={})), "holds no result"),
        ("results.json", json.dumps(results(results={"qa": {"alias": "qa"}})), "holds no result"),
        ("results.json", json.dumps(results(date="yesterday")), "date is not a number"),
        ("results.json", json.dumps(results(config=[1])), "config is not an object"),
        ("results.json", RESULTS.replace(b"1795357202.37", b"1" * 500), "more than 400 digits"),
        ("samples.jsonl", b'{"doc_id": 0, "doc": {}, "resps": [], "acc": 1}\n{"doc_id": 1, "doc"', "line 2"),
        ("samples.jsonl", b'{"doc_id": 0, "doc": {}, "resps": []}\n[]\n', "a row is not a sample"),
        ("samples.jsonl", b'{"doc_id": null, "doc": {}, "resps": []}\n', "doc_id is empty"),
        ("samples.jsonl", b'[{"doc_id": 0, "doc": {}, "resps": []}', "not JSON"),
        ("README.md", b"---\nlicense: &a mit\nsize_categories: [*a, *a]\n---\n", "anchor or alias"),
        ("README.md", b"---\nlicense: mit\nlicense: apache-2.0\nconfigs: []\n---\n", "twice"),
        ("README.md", b"---\nlicense: mit\nconfigs: []\n", "never closed"),
        ("README.md", b"---\nlicense: !!python/name:os.system\nconfigs: []\n---\n", "tag"),
        ("README.md", b"---\nlicense: mit\nconfigs: []\n---\n\xff\xfe", "not UTF-8"),
        ("env.json", b'{"schema": "compute-environment.v1", "host": "mine"}', "host is not an object"),
        ("env.json", b'{"schema": "compute-environment.v1", "host": {', "not JSON"),
        ("plan.yaml", b"schema: attested-document.v1\nby: &a [*a]\n", "anchor or alias"),
    ],
)  # fmt: skip
def test_a_malformed_file_is_listed_with_its_reason(name, content, reason, write, read):
    folder = write(name, content if isinstance(content, (bytes, str)) else json.dumps(content)).parent
    reading = read(folder)
    assert reading.found == ()
    assert [row.path for row in reading.not_read] == [name]
    assert reason in reading.not_read[0].reason


def test_nan_is_kept_as_null_and_counted(write, read, tmp_path):
    write("results.json", json.dumps(results(results={"qa": {"acc,none": float("nan")}})))
    (fact,) = read(tmp_path).found
    assert fact.quality is Quality.FAILED
    assert fact.body["results"][0]["value"] is None
    assert fact.body["not_finite"] == 1
    assert fact.quality_reasons == ("qa: acc is not a number",)


def test_a_document_over_the_cap_is_listed(write, read, tmp_path, monkeypatch):
    from governance.collectors.reading.files import File

    monkeypatch.setattr(File.data, "__defaults__", (1000,))
    monkeypatch.setattr("governance.collectors.reading.files.SMALL", 1024)
    write("results.json", RESULTS + b" " * 2000)
    reading = read(tmp_path)
    assert reading.found == ()
    assert "over the cap" in reading.not_read[0].reason


def test_one_bad_file_does_not_hide_its_neighbours(write, read, tmp_path):
    write("a.json", RESULTS[:-9])
    write("b.json", RESULTS)
    reading = read(tmp_path)
    assert [fact.path for fact in reading.found] == ["b.json"]
    assert [row.path for row in reading.not_read] == ["a.json"]


def test_a_collector_that_fails_is_an_answer_and_not_the_end(write, read, tmp_path, monkeypatch):
    from governance.collectors.transformers_run import TransformersRun

    def broken(self, folder):
        raise RuntimeError("out of ideas")

    monkeypatch.setattr(TransformersRun, "read", broken)
    write("results.json", RESULTS)
    reading = read(tmp_path)
    assert len(reading.found) == 1
    assert "out of ideas" in reading.not_read[0].reason


def test_a_vocabulary_that_holds_our_words_is_no_evidence(write, read, tmp_path):
    words = ["results", "versions", "log_history", "global_step", "doc_id", "schema", "compute-environment.v1"]
    write("vocab.json", {word: number for number, word in enumerate(words)})
    reading = read(tmp_path)
    assert (reading.found, reading.not_read) == ((), ())
