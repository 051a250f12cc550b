"""What pandera found wrong, as JSON and as a table."""

from __future__ import annotations

import json

import pytest

HEADER = "schema_context,column,check,check_number,failure_case,index\n"


def test_the_message_and_the_table_name_the_same_checks(sample, read):
    facts = {fact.path: fact.body for fact in read(sample("pandera")).found}
    message, table = facts["errors-0.35.0.json"], facts["cases-0.35.0.csv"]
    assert message["failed"] == table["failed"] == 7
    assert sorted(each["rule"] for each in message["failures"]) == sorted(each["rule"] for each in table["failures"])
    assert (message["suite"], message["passed"], message["rules"]) == ("desk", None, None)
    assert facts["errors-0.20.4.json"]["failed"] == 7


def test_a_check_on_whole_rows_is_counted_by_rows_and_not_by_columns(sample, read):
    facts = {fact.path: fact.body for fact in read(sample("pandera")).found}
    by_rule = {each["rule"]: each for each in facts["cases-0.35.0.csv"]["failures"]}
    assert by_rule["id_below_three"] == {"rule": "id_below_three", "column": None, "unexpected": 1, "severity": None}
    assert (by_rule["isin"]["column"], by_rule["isin"]["unexpected"]) == ("label", 2)
    assert (by_rule["column_in_dataframe"]["column"], by_rule["column_in_dataframe"]["unexpected"]) == ("day", None)


def test_values_and_arguments_of_checks_are_not_copied(sample, read):
    text = json.dumps([fact.body for fact in read(sample("pandera")).found])
    assert "hours" not in text
    assert "NaN" not in text


def test_a_table_with_the_line_numbers_of_pandas_is_read_too(write, read):
    path = write("cases.csv", f",{HEADER}0,Column,id,field_uniqueness,,2,1\n1,Column,id,field_uniqueness,,2,2\n")
    (fact,) = read(path).found
    assert fact.body["failures"] == [{"rule": "field_uniqueness", "column": "id", "unexpected": 2, "severity": None}]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (HEADER, "names no failure"),
        (HEADER + "Column,id,field_uniqueness,,2,1", "has no end"),
        (HEADER + "Column,id,field_uniq\n", "has 3 of 6 columns"),
        (HEADER + "Column,id,,,2,1\n", "names no check"),
    ],
)
def test_a_table_that_is_cut_or_empty_is_not_read(text, reason, write, read):
    reading = read(write("cases.csv", text))
    assert reading.found == ()
    assert reason in reading.not_read[0].reason


@pytest.mark.parametrize(
    "document",
    [
        {"SCHEMA": {"WRONG_DATATYPE": [{"column": "a", "check": None, "error": "x"}]}},
        {"DATA": {"DATAFRAME_CHECK": [7]}, "note": '"check" "error"'},
        {"DATA": {"DATAFRAME_CHECK": ["check", "error"]}},
    ],
)
def test_a_message_of_another_shape_is_not_read(document, write, read):
    reading = read(write("errors.json", document))
    assert reading.found == ()
    assert reading.not_read
    assert not reading.not_read[0].reason.startswith("the collector")
