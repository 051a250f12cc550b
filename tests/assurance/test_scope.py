"""Which version of a framework counts on a day, from when a provision applies, whom it speaks to, and how it is shown."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from governance.assurance.assess import assess
from governance.domain.assessment import Shown
from governance.domain.control import Standing
from governance.errors import UsageError
from tests.assurance.cases import NOON, artifacts, catalogue, control, dossier, framework, kind, piece, row, run

if TYPE_CHECKING:
    from governance.domain.framework import Framework, Requirement

OLD = framework(
    "list-1", {"series": "list", "in_force_from": "2024-01-01", "superseded_on": "2026-06-01"}, r1=[("a", "part")]
)
NEW = framework(
    "list-2", {"series": "list", "in_force_from": "2026-06-01", "supersedes": "list-1"}, r1=[("a", "part")], r2=[]
)
OTHER = framework("law-1", {"series": "law", "in_force_from": "2025-01-01"}, r1=[("a", "full")])
CONTENT = catalogue(
    control("a", {}), frameworks=(OLD, NEW, OTHER), kinds=(kind("eval-run.v1"), kind("model-artifacts.v1", "automated"))
)


def held_against(on: datetime, *names: str) -> list[str]:
    return [frame.framework for frame in assess(dossier(artifacts(1), frameworks=names), CONTENT, on).frameworks]


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}T12:00:00").replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "version"),
    [("2024-01-01", "list-1"), ("2026-05-31", "list-1"), ("2026-06-01", "list-2"), ("2030-01-01", "list-2")],
)
def test_a_series_is_the_version_in_force_on_the_day(day: str, version: str) -> None:
    assert held_against(at(day), "list") == [version]


def test_a_version_that_is_named_stays_and_says_that_it_is_not_in_force() -> None:
    (frame,) = assess(dossier(artifacts(1), frameworks=("list-1",)), CONTENT, NOON).frameworks
    assert (frame.framework, frame.in_force, frame.superseded_on) == ("list-1", False, date(2026, 6, 1))


def test_a_series_before_its_first_version_is_left_out() -> None:
    assert held_against(at("2023-06-01"), "list", "law") == []


def test_a_system_that_names_nothing_is_held_against_every_series_in_force() -> None:
    assert held_against(NOON) == ["law-1", "list-2"]
    assert held_against(at("2024-06-01")) == ["list-1"]


def test_a_name_that_is_nothing_is_said_and_does_not_widen_the_scope_in_silence() -> None:
    made = assess(dossier(artifacts(1), frameworks=("cobit", "law")), CONTENT, NOON)
    assert made.unknown_frameworks == ("cobit",)
    assert [frame.framework for frame in made.frameworks] == ["law-1"]


def test_a_framework_is_found_by_id_or_by_series_and_a_day() -> None:
    assert CONTENT.framework("list", date(2026, 5, 31)).id == "list-1"
    assert CONTENT.framework("list").id == "list-2"
    assert CONTENT.framework("list-1").id == "list-1"
    with pytest.raises(UsageError, match="no version of list was in force on 2020-01-01"):
        CONTENT.framework("list", date(2020, 1, 1))
    with pytest.raises(UsageError, match="no framework 'cobit'"):
        CONTENT.framework("cobit")


DATES = framework(
    "act-1",
    {
        "groups": [
            {"id": "top", "title": "Top", "applies": [{"since": "2027-12-02", "to": "everybody"}]},
            {"id": "g", "title": "Below", "parent": "top"},
            {"id": "loose", "title": "Without a date"},
        ],
        "addressees": {"provider": "Whoever builds it", "deployer": "Whoever uses it"},
        "rows": {
            "r2": {"applies": [{"since": "2026-12-02", "to": "some"}, {"since": "2026-08-02", "to": "others"}]},
            "r3": {"group": "loose", "addressee": "provider"},
        },
    },
    r1=[("a", "part")], r2=[("a", "part")], r3=[("a", "part")],
)  # fmt: skip


def test_dates_are_inherited_from_headings_and_the_earliest_decides() -> None:
    made = assess(dossier(artifacts(1)), catalogue(control("a", {}), frameworks=(DATES,)), at("2026-10-01"))
    by = {row.id: row for row in made.requirements}
    assert (by["r1"].applies_from, by["r1"].in_application) == (date(2027, 12, 2), False)
    assert (by["r2"].applies_from, by["r2"].in_application) == (date(2026, 8, 2), True)
    assert (by["r3"].applies_from, by["r3"].in_application) == (date(2024, 1, 1), True)
    (frame,) = made.frameworks
    assert (frame.in_application, frame.total) == (2, 3)
    assert by["r1"].standing is by["r3"].standing


def test_what_speaks_to_others_does_not_apply_and_says_why() -> None:
    content = catalogue(control("a", {}), frameworks=(DATES,))
    roles = {"act-1": ("deployer",)}
    (row,) = [r for r in assess(dossier(artifacts(1), roles=roles), content, NOON).requirements if r.id == "r3"]
    assert row.standing is Standing.NOT_APPLICABLE
    assert row.reasons == ("it speaks to the provider, and the owner states to be deployer",)
    for silent in ({}, {"act-1": ("deploier",)}, {"other": ("deployer",)}):
        held = dossier(artifacts(1), roles=silent)
        (row,) = [r for r in assess(held, content, NOON).requirements if r.id == "r3"]
        assert row.standing is not Standing.NOT_APPLICABLE


MIXED = framework(
    "mix-1", r1=[("a", "part")], r2=[("a", "part"), ("b", "part")], r3=[("b", "part")], r4=[], r5=[("c", "part")]
)
ASKS = (
    control("a", {}),
    control("b", {"kind": "note.v1", "about": "any"}),
    control("c", {"kind": "log.v1", "about": "any"}),
)
KINDS = (
    kind("eval-run.v1"),
    kind("note.v1", "attested"),
    kind("log.v1", "automated"),
    kind("model-artifacts.v1", "automated"),
)


def shown(*pieces: object) -> dict[str, Shown]:
    content = catalogue(*ASKS, frameworks=(MIXED,), kinds=KINDS)
    return {row.id: row.shown for row in assess(dossier(artifacts(1), *pieces), content, NOON).requirements}  # type: ignore[arg-type]


def test_a_requirement_is_shown_by_the_weakest_way_among_its_evidence() -> None:
    every = (piece(2), piece(3, "note.v1", "system", {"x": 1}), piece(4, "log.v1", "system", {"x": 1}))
    assert shown(*every) == {
        "r1": Shown.TESTED,
        "r2": Shown.ATTESTED,
        "r3": Shown.ATTESTED,
        "r4": Shown.NOT_COVERED,
        "r5": Shown.AUTOMATED,
    }


def test_what_was_never_shown_is_not_assessed_and_what_nobody_asks_for_is_not_covered() -> None:
    assert shown() == dict.fromkeys(("r1", "r2", "r3", "r5"), Shown.NOT_ASSESSED) | {"r4": Shown.NOT_COVERED}


def test_a_figure_that_somebody_typed_is_attested_whatever_its_kind() -> None:
    assert shown(piece(2, declared_by="Ada Example, lead"))["r1"] is Shown.ATTESTED
    assert shown(piece(2))["r1"] is Shown.TESTED


def test_the_ways_of_showing_sum_to_the_total() -> None:
    content = catalogue(*ASKS, frameworks=(MIXED,), kinds=KINDS)
    (frame,) = assess(dossier(artifacts(1), piece(2)), content, NOON).frameworks
    assert sum(frame.by_shown.values()) == sum(frame.by_standing.values()) == frame.total == 5


def test_who_is_a_deployer_of_high_risk_is_a_deployer_too() -> None:
    content = catalogue(control("a", {}), frameworks=(with_includes(),))
    roles = {"act-1": ("high-risk-deployer",)}
    by = {row.id: row.standing for row in assess(dossier(artifacts(1), roles=roles), content, NOON).requirements}
    assert by["r1"] is not Standing.NOT_APPLICABLE
    assert by["r2"] is not Standing.NOT_APPLICABLE
    assert by["r3"] is Standing.NOT_APPLICABLE


def with_includes() -> tuple[Framework, tuple[Requirement, ...]]:
    return framework(
        "act-1",
        {
            "addressees": dict.fromkeys(("deployer", "high-risk-deployer", "everybody", "provider"), "Somebody there is"),
            "includes": {"high-risk-deployer": ["deployer"], "deployer": ["everybody"]},
            "rows": {"r1": {"addressee": "deployer"}, "r2": {"addressee": "everybody"}, "r3": {"addressee": "provider"}},
        },
        r1=[("a", "part")], r2=[("a", "part")], r3=[("a", "part")],
    )  # fmt: skip


def test_a_series_without_a_version_in_force_is_said_and_not_silent() -> None:
    made = assess(dossier(artifacts(1), frameworks=("list", "law")), CONTENT, at("2023-06-01"))
    assert made.not_in_force == ("list", "law")


def test_a_typed_piece_never_displaces_what_a_tool_wrote() -> None:
    content = catalogue(*ASKS, frameworks=(MIXED,), kinds=KINDS)
    measured = piece(2, body=run(row("xstest", value=0.1)), days_old=30)
    typed = piece(3, body=run(row("xstest", value=0.9)), days_old=1, declared_by="Ada Example, lead")
    result = assess(dossier(artifacts(1), measured, typed), content, NOON).control("a")
    assert result is not None
    assert result.evidence == (measured.id,)
