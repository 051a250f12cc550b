"""Drift by chunk as NannyML tabulates it."""

from __future__ import annotations

import json

import jsonschema_rs
import pytest

from governance.domain.evidence import Quality, SubjectType

from .test_contract import schema

HEADER = "chunk_key,chunk_index,chunk_start_index,chunk_end_index,chunk_start_date,chunk_end_date,chunk_period"
MEASURE = ",length_jensen_shannon_value,length_jensen_shannon_upper_threshold,length_jensen_shannon_lower_threshold,length_jensen_shannon_alert"


def table(*rows):
    return HEADER + MEASURE + "\n" + "".join(row + "\n" for row in rows)


def chunk(period="analysis", value="0.1", upper="0.2", lower="", alert="False", number=0):
    first = number * 100
    return f"[{first}:{first + 99}],{number},{first},{first + 99},2026-01-0{number + 1} 00:00:00,2026-01-0{number + 2} 03:00:00,{period},{value},{upper},{lower},{alert}"


@pytest.fixture
def of(write, read):
    def go(*rows):
        reading = read(write("drift.csv", table(*rows)))
        for fact in reading.found:
            jsonschema_rs.validator_for(schema("drift.v1")).validate(fact.body)
        return list(reading.found) or reading.not_read[0].reason

    return go


def test_the_recorded_table_has_three_columns_that_did_not_move(sample, read):
    facts = read(sample("nannyml")).found
    assert [fact.body["metric"][12:] for fact in facts] == [
        "column length moved",
        "column score moved",
        "column language moved",
    ]
    assert {fact.body["breached"] for fact in facts} == {False}
    assert facts[0].body["reference"] == {"from": "2026-01-01", "to": "2026-01-21", "n": 500}
    assert facts[0].body["current"]["n"] == 300
    assert (facts[0].subject.type, facts[0].effective_at) == (SubjectType.SYSTEM, None)


def test_three_lines_of_header_and_joined_names_say_the_same(sample, read, write):
    flat = (sample("nannyml") / "drift.csv").read_text()
    head, _, rows = flat.partition("\n")
    three = [("chunk", "chunk", name.removeprefix("chunk_")) if name.startswith("chunk_") else
             (name.split("_")[0], "jensen_shannon", name.split("jensen_shannon_")[1]) for name in head.split(",")]  # fmt: skip
    multi = write("multi.csv", "\n".join(",".join(level) for level in zip(*three, strict=True)) + "\n" + rows)
    joined = write("joined.csv", ",".join("__".join(names) for names in three) + "\n" + rows)
    wanted = [fact.body for fact in read(write("flat.csv", flat)).found]
    assert [fact.body for fact in read(multi).found] == wanted
    assert [fact.body for fact in read(joined).found] == wanted


def test_the_chunk_that_moved_most_speaks_for_the_column(of):
    (fact,) = of(chunk("reference"), chunk(number=1), chunk(value="0.9", alert="True", number=2), chunk(number=3))
    assert (fact.body["value"], fact.body["limit"], fact.body["breached"]) == (0.9, 0.2, True)
    assert fact.body["current"] == {"from": "2026-01-02", "to": "2026-01-05", "n": 300}


def test_a_reference_alone_was_compared_with_nothing(of):
    (fact,) = of(chunk("reference"))
    assert (fact.quality, fact.body["breached"]) == (Quality.FAILED, None)


def test_an_alert_that_value_and_bounds_do_not_bear_out_is_not_understood(of):
    (fact,) = of(chunk(value="0.9", alert="False"))
    assert fact.quality is Quality.NOT_UNDERSTOOD


def test_an_alert_without_bounds_leaves_the_bound_open(of):
    (fact,) = of(chunk(upper="", alert="True"))
    assert (fact.quality, fact.body["limit"], fact.body["breached"]) == (Quality.COMPLETE, None, None)


@pytest.mark.parametrize("value", ["", "nan", "inf"])
def test_a_value_that_is_no_number_is_failed(value, of):
    (fact,) = of(chunk(), chunk(value=value, number=1))
    assert fact.quality is Quality.FAILED


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (chunk(value="much"), "is not a number"), (chunk(alert="maybe"), "neither True nor False"),
        (chunk(period="later"), "of no period"), (chunk()[:-6], "of 11 columns"),
    ],
)  # fmt: skip
def test_a_broken_row_is_named(row, reason, of):
    assert reason in of(chunk("reference"), row)


def test_estimated_performance_is_passed_over(write, read, tmp_path):
    write("cbpe.csv", HEADER + ",estimated_roc_auc_value,estimated_roc_auc_alert\n[0:99],0,0,99,,,analysis,0.9,False\n")
    assert read(tmp_path).found == ()


def test_each_chunk_is_told_with_its_bounds_and_the_reference_with_its_mean(sample, read):
    body = read(sample("nannyml")).found[0].body
    assert (body["pieces"], body["breaches"], round(body["reference_value"], 4)) == (3, 0, 0.1556)
    assert body["series"][0] == {
        "start": "2026-01-01T00:00:00", "end": "2026-01-05T03:00:00", "n": 100, "value": 0.1567069313593937, "lower": None,
        "upper": 0.200817562843106, "breached": False,
    }  # fmt: skip
    assert [piece["start"][:10] for piece in body["series"]] == ["2026-01-01", "2026-01-05", "2026-01-09"]


def test_chunks_stand_oldest_first_and_breaches_are_counted(of):
    rows = [chunk(value="0.9", alert="True", number=3), chunk(number=1), chunk(value="0.8", alert="True", number=2)]
    (fact,) = of(chunk("reference"), *rows)
    assert [piece["value"] for piece in fact.body["series"]] == [0.1, 0.8, 0.9]
    assert (fact.body["pieces"], fact.body["breaches"]) == (3, 2)


def test_of_many_chunks_the_latest_are_told_and_all_are_counted(of):
    rows = [
        chunk(number=0).replace("2026-01-01 00:00:00", f"2026-01-01 {n // 60:02}:{n % 60:02}:00") for n in range(600)
    ]
    (fact,) = of(chunk("reference"), *rows)
    assert (fact.body["pieces"], len(fact.body["series"])) == (600, 240)
    assert fact.body["series"][-1]["start"] == "2026-01-01T09:59:00"
    assert len(json.dumps(fact.body)) < 60_000, "an entry of a ledger holds 65,535 bytes"


@pytest.mark.parametrize("index", ["\u00b2", "9" * 5000, "-1", "x", ""])
def test_an_index_that_is_no_number_leaves_the_rows_open(index, of):
    (fact,) = of(chunk("reference"), chunk().replace(",0,0,99,", f",0,0,{index},"))
    assert (fact.body["current"]["n"], fact.body["series"][0]["n"]) == (None, None)


@pytest.mark.parametrize("when", ["yesterday", "2026-13-01 00:00:00", "2026-01-01 00:00", ""])
def test_a_moment_that_is_none_is_null(when, of):
    (fact,) = of(chunk("reference"), chunk().replace("2026-01-01 00:00:00", when))
    assert fact.body["series"][0]["start"] is None
