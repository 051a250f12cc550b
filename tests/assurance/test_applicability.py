"""The Statement of Applicability: every control always, every justification, and what evidence says beside what was declared."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from governance.assurance.applicability import applicability, documented
from governance.assurance.assess import assess
from governance.assurance.register import register
from governance.domain.applicability import SOA_KIND, Applicability, Statement
from governance.domain.control import Standing
from tests.assurance.cases import NOON, artifacts, catalogue, control, day, dossier, framework, piece, risk

ANNEX = framework(
    "iso-iec-42001-2023",
    {
        "series": "iso-iec-42001",
        "rows": {
            "r1": {"id": "A.2.2", "documented": [{"what": "The policy", "form": "document", "shown_by": ["a"]}]},
            "r2": {"id": "A.2.3", "documented": [{"what": "A record", "form": "record", "shown_by": ["b"]}]},
            "r3": {"id": "A.2.4", "documented": [{"what": "A log", "form": "record"}]},
            "r4": {"id": "4.1"},
        },
    },
    r1=[("a", "full")], r2=[("b", "part")], r3=[], r4=[("a", "part")],
)  # fmt: skip
RISKS = (risk("loss", 3, 3, {"control": "b", "reduces": "impact", "steps": 1}),)
CONTENT = catalogue(
    control("a", {}), control("b", {"kind": "note.v1", "about": "any", "within": 100}), frameworks=(ANNEX,), risks=RISKS
)


def row(number: str, **said: Any) -> dict[str, Any]:
    base = {
        "applicable": True,
        "justification": "The risk of loss asks for it",
        "status": "planned",
        "owner": "Ada Example",
    }
    return {"control": number, **base, "last_review": day(-30).isoformat(), **said}


def excluded(number: str, **said: Any) -> dict[str, Any]:
    return row(number, applicable=False, status=None, justification="We give the model to nobody", **said)


def statement(*rows: dict[str, Any], **said: Any) -> dict[str, Any]:
    base = {"framework": "iso-iec-42001", "version": "1.0", "scope": "The desk and its model", "rows": list(rows)}
    approved = {"approved_by": {"name": "Ada Example", "role": "Head"}, "approved_on": day(-10).isoformat()}
    return {**base, **approved, **said}


def made(*pieces: Any) -> Applicability:
    held = dossier(artifacts(1), piece(2), *pieces)
    assessment = assess(held, CONTENT, NOON)
    return applicability(held, CONTENT, assessment, register(held, CONTENT, assessment, NOON), NOON)


def stated(*rows: dict[str, Any], **said: Any) -> Applicability:
    return made(piece(9, SOA_KIND, "system", statement(*rows, **said)))


def problems(made_of: Applicability, number: str) -> tuple[str, ...]:
    return next(each.problems for each in made_of.rows if each.control == number)


def test_every_control_of_annex_a_has_a_row_though_nothing_was_stated() -> None:
    held = made()
    assert [each.control for each in held.rows] == ["A.2.2", "A.2.3", "A.2.4"]
    assert held.count(None) == 3
    assert held.source is None
    assert held.problems == ("no Statement of Applicability was attached: nothing was stated of any control",)
    assert problems(held, "A.2.2") == ("nothing was stated",)


def test_declared_and_shown_are_two_columns() -> None:
    held = stated(row("A.2.2", status="planned"), row("A.2.3", status="implemented"), excluded("A.2.4"))
    by = {each.control: each for each in held.rows}
    assert (by["A.2.2"].status, by["A.2.2"].standing) == ("planned", Standing.MET)
    assert (by["A.2.3"].status, by["A.2.3"].standing) == ("implemented", Standing.MISSING)
    assert problems(held, "A.2.3") == ("declared implemented, and no evidence bears it out: missing",)
    assert (held.count(True), held.count(False), held.count(None)) == (2, 1, 0)
    assert held.problems == ()


def test_risks_that_a_control_mitigates_are_linked_beside_those_stated() -> None:
    held = stated(row("A.2.2"), row("A.2.3", risks=["own-risk"]), excluded("A.2.4"))
    assert next(each.risks for each in held.rows if each.control == "A.2.3") == ("own-risk", "loss")


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ({"owner": None}, "nobody owns it"),
        ({"last_review": None}, "never reviewed"),
        ({"last_review": day(-400).isoformat()}, "last reviewed 400 days ago"),
        ({"last_review": day(3).isoformat()}, "its last review lies in the future"),
        ({"applicable": False, "status": None}, "excluded, and there is evidence that it is done"),
    ],
)
def test_what_does_not_go_together_is_said_in_its_row(said: dict[str, Any], problem: str) -> None:
    assert problems(stated(row("A.2.2", **said), row("A.2.3"), excluded("A.2.4")), "A.2.2") == (problem,)


def test_a_statement_that_nobody_approved_says_so() -> None:
    held = stated(row("A.2.2"), row("A.2.3"), row("A.2.4"), approved_by=None, approved_on=None)
    assert held.problems == ("nobody has approved this statement",)
    assert held.approver == "nobody"


@pytest.mark.parametrize("applicable", [True, False])
@pytest.mark.parametrize("blank", ["", "  ", "TBD", ".", None])
def test_a_blank_justification_is_an_error_that_names_the_row_applicable_or_not(
    applicable: bool, blank: str | None
) -> None:
    wrong = row("A.2.3", applicable=applicable, status="planned" if applicable else None, justification=blank)
    with pytest.raises(ValidationError, match=r"row A\.2\.3: the justification is blank"):
        Statement.model_validate(statement(row("A.2.2"), wrong))


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([row("A.2.2"), row("A.2.3")], "3 rows are needed, and there is none for A.2.4"),
        ([row("A.2.2"), row("A.2.3"), row("A.2.4"), row("A.9.9")], "there is no control A.9.9 in Annex A"),
        ([row("A.2.2"), row("A.2.2"), row("A.2.3"), row("A.2.4")], "row A.2.2 stands twice"),
    ],
)
def test_a_row_that_is_missing_strange_or_twice_is_named(rows: list[dict[str, Any]], said: str) -> None:
    lacks = Statement.model_validate(statement(*rows)).lacks(["A.2.2", "A.2.3", "A.2.4"])
    assert any(lack.startswith(said) for lack in lacks)


def test_a_whole_statement_lacks_nothing() -> None:
    whole = Statement.model_validate(statement(row("A.2.2", risks=["loss"]), row("A.2.3"), row("A.2.4")))
    assert whole.lacks(["A.2.2", "A.2.3", "A.2.4"], {"loss"}) == ()
    assert whole.lacks(["A.2.2", "A.2.3", "A.2.4"], {"theft"}) == ("row A.2.2: there is no risk loss",)


def test_a_status_goes_with_a_control_that_applies_and_only_there() -> None:
    with pytest.raises(ValidationError, match=r"row A\.2\.2: it applies, so it needs a status"):
        Statement.model_validate(statement(row("A.2.2", status=None)))
    with pytest.raises(ValidationError, match=r"row A\.2\.2: it does not apply, so it has no status"):
        Statement.model_validate(statement(row("A.2.2", applicable=False)))


def test_the_newest_statement_counts() -> None:
    older = piece(
        9, SOA_KIND, "system", statement(row("A.2.2"), row("A.2.3"), row("A.2.4"), version="2.0"), days_old=50
    )
    newer = piece(8, SOA_KIND, "system", statement(row("A.2.2"), row("A.2.3"), row("A.2.4"), version="1.0"), days_old=2)
    assert made(older, newer).version == "1.0"


def test_documented_information_says_what_is_there_how_old_and_what_is_missing() -> None:
    note = piece(7, "note.v1", "system", {"document": {"name": "minutes.pdf"}}, days_old=40)

    def rows(*pieces: Any) -> dict[str, Any]:
        held = dossier(artifacts(1), piece(2), *pieces)
        return {each.what: each for each in documented(held, CONTENT, assess(held, CONTENT, NOON), NOON)}

    found = rows(note)
    assert {what: each.state for what, each in found.items()} == {
        "The policy": "there", "A record": "there", "A log": "not-shown-here",
    }  # fmt: skip
    assert found["A record"].age_days == 40
    assert found["A record"].where == (f"minutes.pdf ({note.id})",)
    assert rows()["A record"].state == "missing"
    assert rows(piece(7, "note.v1", "system", {}, days_old=101))["A record"].state == "old"
    assert rows(piece(7, "note.v1", "system", {}, quality="partial"))["A record"].state == "not-whole"


def test_a_statement_from_a_day_that_has_not_come_is_not_the_statement() -> None:
    rows = (row("A.2.2"), row("A.2.3"), row("A.2.4"))
    future = piece(9, SOA_KIND, "system", statement(*rows, version="9.9"), days_old=-400)
    present = piece(8, SOA_KIND, "system", statement(*rows, version="1.0"), days_old=2)
    assert made(future, present).version == "1.0"


def test_a_statement_that_is_old_or_approved_in_the_future_says_so() -> None:
    rows = (row("A.2.2"), row("A.2.3"), row("A.2.4"))
    old = made(piece(9, SOA_KIND, "system", statement(*rows), days_old=900))
    assert old.problems == ("this statement is 900 days old",)
    early = stated(*rows, approved_on=day(400).isoformat())
    assert early.problems == (f"its approval is dated {day(400)}, which has not come",)


def test_implemented_is_borne_out_only_by_whole_evidence() -> None:
    note = piece(7, "note.v1", "system", {}, days_old=500)
    held = made(
        note, piece(9, SOA_KIND, "system", statement(row("A.2.2"), row("A.2.3", status="implemented"), row("A.2.4")))
    )
    assert problems(held, "A.2.3") == ("declared implemented, and no evidence bears it out: stale",)
