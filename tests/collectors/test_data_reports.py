"""Traced licences, searches for test questions, and searches for duplicates."""

from __future__ import annotations

import json

import pytest

from governance.domain.evidence import Quality


@pytest.fixture
def of(write, read, tmp_path):
    def go(document):
        write("report.json", document)
        reading = read(tmp_path)
        return list(reading.found) or reading.not_read[0].reason

    return go


def entry(**fields):
    made = {
        "Unique Dataset Identifier": "elm", "Licenses": [{"License": "MIT License", "License URL": ""}],
        "License Verified By": "Anna", "Model Generated": [], "Derived from Datasets": [], "Text Sources": ["books"],
        "Bibtex": "@a{}", "Text Metrics": {"Num Dialogs": 7},
    }  # fmt: skip
    return {"elm": made | fields}


def test_one_licence_found_three_times_is_one(of):
    (fact,) = of(entry(Licenses=[{"License": "MIT License"}] * 3))
    assert (fact.body["licence"]["known"], fact.body["spdx"], fact.body["rows_stated"]) == (True, "MIT", 7)


@pytest.mark.parametrize("other", ["OpenAI", "Unspecified", "Various", "No License", "Anthropic"])
def test_terms_of_a_provider_beside_a_licence_leave_no_definite_one(other, of):
    (fact,) = of(entry(Licenses=[{"License": other}, {"License": "CC BY-NC 4.0"}]))
    assert (fact.body["licence"]["known"], fact.body["spdx"]) == (False, None)
    assert len(fact.body["problems"]) == 2


def test_models_that_wrote_text_are_named_and_people_are_not(of):
    (fact,) = of(entry(**{"Model Generated": ["OpenAI GPT-4"], "Derived from Datasets": ["oak"]}))
    assert (fact.body["generated_by"], fact.body["source_datasets"]) == (["OpenAI GPT-4"], ["oak"])
    assert "Anna" not in json.dumps(fact.body)


@pytest.mark.parametrize("changed", [{"License Verified By": ""}, {"Licenses": []}])
def test_unverified_or_missing_licences_are_partial(changed, of):
    (fact,) = of(entry(**changed))
    assert fact.quality is Quality.PARTIAL


@pytest.mark.parametrize("changed", [{"Licenses": [7]}, {"Licenses": {"a": 1}}, {"Text Metrics": {"Num Dialogs": "x"}}])
def test_a_summary_of_another_shape_is_not_read(changed, of):
    assert isinstance(of(entry(**changed)), str)


def overlap(items, **fields):
    return {"method": "8-gram exact", "normalise": "lower", "test_items": items, "note": '"hits" "ngrams"'} | fields


def test_questions_that_share_a_run_of_words_are_counted(of):
    (fact,) = of(overlap({"a": {"hits": 1, "ngrams": 4}, "b": {"hits": 0, "ngrams": 4}}))
    assert (fact.body["contaminated_items"], fact.body["ngram"], fact.body["benchmarks"][0]["items"]) == (1, 8, 2)


def test_a_threshold_asks_for_a_share_of_the_runs(of):
    items = {"a": {"hits": 1, "ngrams": 4}, "b": {"hits": 3, "ngrams": 4}}
    assert of(overlap(items, threshold=0.5))[0].body["contaminated_items"] == 1


def test_a_question_without_a_run_makes_it_partial(of):
    (fact,) = of(overlap({"a": {"hits": 0, "ngrams": 0}}))
    assert fact.quality is Quality.PARTIAL


@pytest.mark.parametrize(
    "document",
    [
        overlap({"a": {"hits": 5, "ngrams": 4}}), overlap({"a": {"hits": -1, "ngrams": 4}}), overlap({"a": 7, "b": {"hits": 0, "ngrams": 1}}),
        overlap({"a": {"hits": 0, "ngrams": 4}}, threshold=80), overlap({"hits": {}, "ngrams": {}}, method=""),
    ],
)  # fmt: skip
def test_counts_that_do_not_go_together_are_not_read(document, of):
    assert isinstance(of(document), str)


def test_a_search_for_no_question_is_no_pass(write, read):
    reading = read(write("report.json", '{"method": "13-gram", "test_items": {}, "note": [{"hits": 1, "ngrams": 1}]}'))
    assert reading.found == ()
    assert "not one question" in reading.not_read[0].reason


def test_likeness_is_carried_on_from_row_to_row(of):
    settings = {"num_perm": 64, "threshold": 0.7, "shingle": "word-3", "seed": 1}
    (fact,) = of({"params": settings, "clusters": {"a": ["a", "b"], "b": ["a", "b", "c"], "c": ["b", "c"], "d": ["d"]}})
    body = fact.body
    assert (body["rows_before"], body["duplicates_found"], body["permutations"], body["seed"]) == (4, 2, 64, 1)
    assert (body["rows_after"], body["duplicates_left"]) == (None, None)


def test_a_long_chain_of_likeness_takes_no_time(of):
    chain = {str(number): [str(number), str(number + 1)] for number in range(50_000)}
    (fact,) = of({"params": {"num_perm": 16}, "clusters": chain})
    assert fact.body["duplicates_found"] == 50_000


@pytest.mark.parametrize("clusters", [{}, {"a": 7}, {"a": [None]}, {"a": [[1]]}])
def test_clusters_of_another_shape_are_not_read(clusters, of):
    assert isinstance(of({"params": {"num_perm": 16}, "clusters": clusters}), str)
