"""Results of Moonshot: grades by recipe and endpoint, runs on a share of the prompts, runs that did not end."""

from __future__ import annotations

import json

import pytest

from governance.domain.evidence import Quality


@pytest.fixture
def result(sample):
    return json.loads((sample("moonshot") / "desk-runner.json").read_text("utf-8"))


@pytest.fixture
def fact(write, read):
    def of(value):
        reading = read(write("r.json", value))
        assert reading.not_read == ()
        (found,) = reading.found
        return found

    return of


def test_a_cookbook_is_read_by_recipe(result, fact):
    found = fact(result)
    rows = [(row["task"], row["metric"], row["value"], row["grade"], row["n"]) for row in found.body["results"]]
    assert rows == [
        ("desk-cookbook/loan-rules", "avg_grade_value", 100.0, "A", 3),
        ("desk-cookbook/refusals", "avg_grade_value", 66.67, "B", 3),
    ]
    assert (found.subject.name, found.body["seeds"], found.quality) == (
        "desk-endpoint",
        {"random_seed": 7},
        Quality.COMPLETE,
    )
    assert (found.effective_at, found.body["local_time"]) == (None, "2026-11-20 10:00:00")
    assert "Question" not in json.dumps(found.body)


def test_recipes_alone_are_read(result, fact):
    recipes = result["results"]["cookbooks"][0]["recipes"]
    result["results"] = {"recipes": recipes}
    result["metadata"] |= {"recipes": ["loan-rules", "refusals"], "cookbooks": None}
    assert [row["task"] for row in fact(result).body["results"]] == ["loan-rules", "refusals"]


def test_a_share_of_the_prompts_is_partial(result, fact):
    result["metadata"]["prompt_selection_percentage"] = 2
    found = fact(result)
    assert (found.body["limit"], found.quality_reasons) == (0.02, ("run on 2 % of the prompts",))


@pytest.mark.parametrize(
    ("status", "quality"),
    [("cancelled", Quality.FAILED), ("running", Quality.FAILED), ("completed_with_errors", Quality.PARTIAL), ("new", Quality.NOT_UNDERSTOOD)],
)  # fmt: skip
def test_a_run_that_did_not_complete_is_not_whole(status, quality, result, fact):
    result["metadata"]["status"] = status
    assert fact(result).quality is quality


def test_no_results_are_no_pass(result, fact):
    result["results"] = {"cookbooks": []}
    assert fact(result).quality is Quality.FAILED


def test_a_recipe_that_was_taken_out_is_missed(result, fact):
    result["metadata"]["recipes"] = ["loan-rules", "bias"]
    assert fact(result).quality_reasons == ("asked for and not among the results: bias",)


def test_answers_that_were_taken_out_are_missed(result, fact):
    result["results"]["cookbooks"][0]["recipes"][0]["details"][0]["data"].pop()
    assert "2 of 3 samples were scored" in fact(result).quality_reasons[0]


def test_a_summary_of_the_wrong_sort_is_not_read(result, write, read):
    result["results"]["cookbooks"][0]["recipes"][0]["evaluation_summary"] = [7]
    assert read(write("r.json", result)).found == ()
