"""The CSV files: rows that tell by themselves what they are of, and cells that no spreadsheet runs, whichever separator it goes by."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.domain.decision import DecisionKind, DutiesException
from governance.reports.tabular import tables
from tests.reports import cases, hostile
from tests.reports.test_workbook import accepted, decided, waived

LISTS = ("risk_register", "evidence_index", "controls", "requirements", "control_evidence", "decisions")
FORMULA_SIGNS = tuple("=+-@＝＋－＠﹦﹢﹣﹫")
CHECKPOINT = "elm-library/ledger 15 4813 494d"


def read(data: bytes, separator: str = ",") -> list[list[str]]:
    text = data.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))


def told(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def excepted():
    made = cases.decision(22, DecisionKind.EXCEPT_DUTIES, "sha256:" + "0" * 64, expires=date(2027, 2, 1))
    exception = DutiesException(person="Ann Example", duties=("trainer",))
    return made.model_copy(update={"decision": made.decision.model_copy(update={"exception": exception})})


@pytest.mark.parametrize("name", LISTS)
def test_each_row_says_of_which_day_and_checkpoint_it_is_and_how_much_is_relaxed(full, name):
    case = decided(full, waived("bias-evaluated"), accepted("hallucination"), excepted())
    found = told(getattr(tables, name)(case))
    assert found
    for row in found:
        assert row["as_of"] == "2026-11-22"
        assert row["ledger_checkpoint"].startswith(CHECKPOINT)
        assert row["relaxed"] == "exceptions from separation of duties: 1; waived controls: 1; accepted risks: 1"


def test_where_nothing_is_relaxed_each_row_says_so(full):
    assert {row["relaxed"] for row in told(tables.evidence_index(full))} == {"nothing"}


@pytest.mark.parametrize("name", LISTS)
def test_a_file_begins_with_its_heads_and_holds_rows_alone(full, name):
    data = getattr(tables, name)(full)
    assert data.startswith(b"\xef\xbb\xbf")
    head, *body = read(data)
    assert all(word.replace("_", "").isalnum() and word == word.lower() for word in head)
    assert len(set(head)) == len(head)
    assert {len(row) for row in body} == {len(head)}


def test_about_tells_in_words_what_is_relaxed_and_what_the_rows_are_of(full):
    case = decided(full, waived("bias-evaluated"), accepted("hallucination"), excepted())
    found = {row["field"]: row["value"] for row in told(tables.about(case))}
    assert found["System"] == "Elm Desk assistant"
    assert found["Identity digest"] == full.dossier.identity.digest
    assert found["Checkpoint"].startswith(CHECKPOINT)
    assert found["Release gate"].startswith("no.")
    assert "Ann Example may approve although they are trainer" in found["Exception from duties"]
    assert "bias-evaluated" in found["Waived control"]
    assert "hallucination" in found["Accepted risk"]
    assert found["Mind"] == "This is evidence, not certification."


def test_an_acceptance_stands_in_the_row_of_its_risk_alone(full):
    rows = {row["risk"]: row for row in told(tables.risk_register(decided(full, accepted("hallucination"))))}
    assert rows["hallucination"]["accepted_by"] == "Rita Example, risk-owner"
    assert rows["hallucination"]["accepted_until"] == "2027-05-01"
    assert rows["hallucination"]["accepted_as"] == "4 × 5 = 20"
    assert rows["harmful-bias"]["accepted_by"] == ""


def test_an_acceptance_that_ended_is_none(full):
    from governance.domain.approval import State

    signed = accepted("hallucination")
    case = decided(full, signed, decided=(cases.approval(signed, State.EXPIRED),))
    assert {row["accepted_by"] for row in told(tables.risk_register(case))} == {""}
    assert {row["relaxed"] for row in told(tables.risk_register(case))} == {"nothing"}


def test_a_decision_is_listed_with_what_it_is_worth_now(full):
    first, second, *_ = told(tables.decisions(full))
    assert (first["key"], first["state"], first["signer"]) == ("D3", "in force", "Tomas Lind")
    assert (second["key"], second["signature"]) == ("D2", "signature not valid")
    assert second["problem"] == "no key of an enrolled principal made this signature"


def test_a_control_that_rests_on_very_many_pieces_names_some_and_says_where_the_others_stand(full):
    many = tuple(f"ev-{number:020d}" for number in range(100))
    results = (full.assessment.controls[0].model_copy(update={"evidence": many}), *full.assessment.controls[1:])
    case = replace(full, assessment=full.assessment.model_copy(update={"controls": results}))
    row = next(row for row in told(tables.controls(case)) if row["control"] == results[0].id)
    assert row["evidence_count"] == "100"
    assert row["evidence"].endswith("and 88 more, each beside its control in control-evidence")


@pytest.mark.parametrize("name", [*LISTS, "about"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_no_cell_of_a_hostile_case_is_a_formula_by_any_separator(name, separator):
    cells = [cell for row in read(getattr(tables, name)(hostile.hostile()), separator) for cell in row]
    assert cells
    assert not [cell for cell in cells if cell.strip().startswith(FORMULA_SIGNS)]


@given(st.lists(st.text(alphabet=st.sampled_from("=+-@＝;,\"\n\r\t 'a1\u200b"), max_size=12), min_size=1, max_size=4))
def test_whatever_is_written_no_separator_makes_a_formula_of_it(texts):
    data = tables.sheet(["a"], [["x", *texts]])
    for separator in (",", ";", "\t"):
        for row in read(data, separator):
            for cell in row:
                assert not cell.strip().startswith(FORMULA_SIGNS), (separator, cell)


@given(st.text(alphabet=st.sampled_from("=-;\n ab'"), max_size=20))
def test_without_the_apostrophes_a_text_is_as_it_was_written(text):
    cell = read(tables.sheet(["a"], [["x", text]]))[1][1]
    assert cell.replace("'", "") == text.replace("'", "")


@pytest.mark.parametrize("name", [*LISTS, "about"])
def test_every_case_makes_every_file(any_case, name):
    assert read(getattr(tables, name)(any_case))[0]
