"""Test results of AI Verify: plugin, model file, and the numbers by name and place."""

from __future__ import annotations

import json

import pytest

from governance.domain.evidence import Quality


@pytest.fixture
def result(sample):
    return json.loads((sample("ai-verify") / "fairness.json").read_text("utf-8"))


@pytest.fixture
def found(write, read):
    def of(value):
        reading = read(write("r.json", value))
        assert reading.not_read == ()
        return reading.found

    return of


def test_each_number_has_its_name_and_its_place(result, found):
    (fact,) = found(result)
    rows = [(row["metric"], row["place"], row["value"]) for row in fact.body["results"]]
    assert rows[0] == ("True Positive Rate", "results[0].True Positive Rate[0]", 0.61)
    assert rows[-1] == ("Disparate Impact", "results[0].Disparate Impact[0]", 1.02)
    assert (fact.body["model"]["name"], fact.body["test_data"], fact.tool_version) == (
        "late-returns.sav",
        "test.csv",
        "2.0.0",
    )
    assert (fact.effective_at, fact.body["local_time"]) == (None, "2026-11-20T09:20:24.822881")


def test_the_other_spelling_and_a_list_are_read(result, found):
    result["start_time"], result["test_arguments"] = result.pop("startTime"), result.pop("testArguments")
    first, second = found([result, result | {"cid": "another"}])
    assert (first.body["model"]["name"], second.body["results"][0]["task"]) == ("late-returns.sav", "another")


def test_paths_and_groups_are_not_copied(result, found):
    result["output"]["results"][0]["Disparate Impact"][0]["group"] = ["woman", "man"]
    said = json.dumps(found(result)[0].body)
    for word in ("file://", "/data/", "woman", "branch"):
        assert word not in said


def test_a_model_behind_an_interface_is_unknown_and_partial(result, found):
    del result["testArguments"]["modelFile"]
    (fact,) = found(result)
    assert (fact.body["model"]["name"], fact.quality) == ("unknown", Quality.PARTIAL)


def test_an_output_without_numbers_is_no_result(result, found):
    assert found(result | {"output": {}})[0].quality is Quality.FAILED
    (fact,) = found(result | {"output": {"curve": [0.1, 0.2]}})
    assert (fact.quality, fact.body["curves"]) == (Quality.PARTIAL, 1)


def test_a_number_that_is_none_is_failed(result, write, read):
    text = json.dumps(result).replace("0.61", "NaN")
    (fact,) = read(write("r.json", text)).found
    assert fact.body["not_finite"] == 1
    assert fact.quality is Quality.FAILED


def test_an_output_of_many_levels_is_not_read(result, write, read):
    deep = 1.0
    for _ in range(20):
        deep = {"a": deep}
    (refused,) = read(write("r.json", result | {"output": deep})).not_read
    assert "nested deeper" in refused.reason
