"""Scores of Ragas in the forms people save them, and samples the judge could not score."""

from __future__ import annotations

import json

import pytest

from governance.domain.evidence import Quality, SubjectType

HEAD = "user_input,retrieved_contexts,response,reference,faithfulness,factual_correctness(mode=f1)\n"


def means(fact):
    return {row["metric"]: (row["value"], row["n"], row["n_original"]) for row in fact.body["results"]}


def test_the_recorded_tables_say_the_same_in_both_forms(sample, read):
    facts = read(sample("ragas")).found
    assert [means(fact) for fact in facts] == [{"exact_match": (1 / 3, 3, 3), "string_present": (2 / 3, 3, 3)}] * 2
    assert {fact.quality for fact in facts} == {Quality.COMPLETE}


def test_the_model_is_unknown_and_the_evidence_is_about_the_table(write, read):
    (fact,) = read(write("s.csv", HEAD + "q,c,a,r,1.0,0.5\n")).found
    assert (fact.body["model"]["name"], fact.subject.type, fact.effective_at) == ("unknown", SubjectType.DOCUMENT, None)


def test_a_sample_without_a_number_was_not_scored(write, read):
    for gap in ("", "nan", "NaN"):
        (fact,) = read(write("s.csv", HEAD + f"q,c,a,r,1.0,0.5\nq,c,a,r,{gap},0.7\n")).found
        assert means(fact)["faithfulness"] == (1.0, 1, 2)
        assert fact.quality_reasons == ("faithfulness: 1 of 2 samples were scored",)
    rows = [
        {"user_input": "q", "response": "a", "faithfulness": 1.0},
        {"user_input": "q", "response": "a", "faithfulness": None},
    ]
    (fact,) = read(write("s.jsonl", "".join(json.dumps(row) + "\n" for row in rows))).found
    assert (means(fact)["faithfulness"], fact.quality) == ((1.0, 1, 2), Quality.PARTIAL)


def test_nothing_scored_is_failed(write, read):
    assert read(write("s.csv", HEAD + "q,c,a,r,,0.5\n")).found[0].quality is Quality.FAILED
    assert read(write("s.csv", HEAD)).not_read[0].reason.startswith("holds no scored row")


def test_the_names_of_0_1_and_a_list_of_rows_are_read(write, read):
    row = {
        "question": "q",
        "answer": "a",
        "contexts": ["SECRET"],
        "ground_truth": "g",
        "answer_relevancy": 0.5,
        "id": 7,
    }
    (fact,) = read(write("s.json", [row])).found
    assert means(fact) == {"answer_relevancy": (0.5, 1, 1)}
    assert "SECRET" not in json.dumps(fact.body)


def test_a_row_with_too_few_cells_and_a_last_line_without_end_are_not_read(write, read):
    assert read(write("s.csv", HEAD + "q,c,a,r,1.0\n")).found == ()
    assert read(write("s.csv", HEAD + "q,c,a,r,1.0,0.5")).found == ()


@pytest.mark.parametrize("cell", ["yes", "1;0"])
def test_a_score_that_is_text_is_not_read(cell, write, read):
    (refused,) = read(write("s.csv", HEAD + f"q,c,a,r,{cell},0.5\n")).not_read
    assert refused.reason == "line 2: faithfulness is not a number"


def test_tables_of_other_people_are_not_taken_for_it(write, read):
    assert read(write("s.csv", "question,answer,correctness\nq,a,1\n")).found == ()
    assert read(write("t.csv", "user_input,response,taste\nq,a,1\n")).found == ()


def test_a_share_beyond_one_is_not_understood(write, read):
    assert read(write("s.csv", HEAD + "q,c,a,r,87.0,0.5\n")).found[0].quality is Quality.NOT_UNDERSTOOD


def test_an_object_over_several_lines_is_no_table(write, read):
    row = {"user_input": "q", "response": "a", "faithfulness": 1.0}
    reading = read(write("s.json", json.dumps({"first": [row], "second": [row]}, indent=2)).parent)
    assert (reading.found, reading.not_read) == ((), ())
