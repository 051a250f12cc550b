"""Current and target profile, and the gap plan: owner, day, what can not be measured, and no invented tiers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from governance.assurance.assess import assess
from governance.assurance.profiles import form, profile, profiles
from governance.domain.assessment import Shown
from governance.domain.control import Standing
from governance.domain.framework import Profile
from governance.domain.target import TARGET_KIND, ProfileResult, TargetProfile
from governance.errors import CouldNotTell, UsageError
from tests.assurance.cases import NOON, artifacts, catalogue, control, dossier, framework, piece

SENTENCE = "A sentence that says something"
GENAI = framework(
    "genai-1",
    {"series": "genai", "allows_not_measurable": True},
    r1=[("a", "full")],
    r2=[("a", "part")],
    r3=[("b", "part")],
    r4=[],
)
LAW = framework("law-1", {"series": "law"}, r1=[("a", "full")])
DEFAULT = Profile.model_validate(
    {"id": "tuned", "title": SENTENCE, "why": SENTENCE, "framework": "genai", "default": True,
     "rows": [{"requirement": "r3", "because": SENTENCE}, {"requirement": "r1", "because": SENTENCE}]}
)  # fmt: skip
CONTENT = catalogue(
    control("a", {}), control("b", {"kind": "note.v1", "about": "any"}), frameworks=(GENAI, LAW), profiles=(DEFAULT,)
)


def target(seq: int, framework_name: str, *rows: dict[str, Any], days_old: int = 1) -> Any:
    body = {"framework": framework_name, "rows": list(rows)}
    return piece(seq, TARGET_KIND, "system", body, days_old=days_old)


def made(name: str | None, *pieces: Any, frameworks: tuple[str, ...] = ()) -> ProfileResult:
    held = dossier(artifacts(1), piece(2), *pieces, frameworks=frameworks)
    return profile(name, held, CONTENT, assess(held, CONTENT, NOON), NOON)


def test_without_a_stated_target_the_default_profile_stands_in_and_nobody_owns_it() -> None:
    result = made(None)
    assert (result.framework, result.origin, result.stated) == ("genai-1", "tuned", False)
    assert [row.requirement for row in result.rows] == ["r1", "r3"]
    by = {row.requirement: row for row in result.rows}
    assert by["r1"].current is Standing.MET
    assert not by["r1"].gap
    assert by["r3"].gap
    assert by["r3"].problems == ("nobody owns it", "no day is set")
    assert by["r3"].action == "do b"


def test_a_stated_target_replaces_the_default_and_the_newest_counts() -> None:
    older = target(5, "genai", {"requirement": "r1", "target": "achieved"}, days_old=9)
    newer = target(
        4, "genai-1", {"requirement": "r3", "target": "achieved", "owner": "Ben Example", "due": "2026-11-01"}
    )
    (row,) = made("genai", older, newer).rows
    assert (row.requirement, row.owner, row.due) == ("r3", "Ben Example", date(2026, 11, 1))
    assert row.overdue
    assert row.problems == ()


@pytest.mark.parametrize(("wanted", "gap"), [("achieved", True), ("achieved-in-part", False)])
def test_parts_close_a_gap_only_where_a_part_was_wanted(wanted: str, gap: bool) -> None:
    (row,) = made("genai", target(4, "genai", {"requirement": "r2", "target": wanted})).rows
    assert row.current is Standing.MANUAL
    assert row.gap is gap


def test_what_is_set_aside_with_a_reason_is_no_gap() -> None:
    (row,) = made("genai", target(4, "genai", {"requirement": "r3", "target": "not-pursued", "because": SENTENCE})).rows
    assert not row.gap
    assert row.because == SENTENCE


def test_not_measurable_is_kept_with_its_reason_beside_the_raw_standing() -> None:
    stated = target(4, "genai", {"requirement": "r3", "target": "not-measurable", "because": "No tool can count it"})
    held = dossier(artifacts(1), stated)
    (row,) = [
        each for each in assess(held, CONTENT, NOON).requirements if (each.framework, each.id) == ("genai-1", "r3")
    ]
    assert (row.shown, row.not_measurable) == (Shown.NOT_MEASURABLE, "No tool can count it")
    assert row.standing is Standing.MISSING


def test_a_law_does_not_accept_that_a_duty_can_not_be_measured() -> None:
    stated = target(4, "law", {"requirement": "r1", "target": "not-measurable", "because": SENTENCE})
    held = dossier(artifacts(1), stated)
    assessment = assess(held, CONTENT, NOON)
    assert all(row.not_measurable is None for row in assessment.requirements)
    (row,) = profile("law", held, CONTENT, assessment, NOON).rows
    assert row.gap
    assert "does not accept" in row.problems[0]


def test_a_requirement_that_is_not_there_is_a_problem_and_a_gap() -> None:
    (row,) = made("genai", target(4, "genai", {"requirement": "r9", "target": "achieved"})).rows
    assert row.gap
    assert row.problems[0] == "the framework has no such requirement"


def test_where_nobody_states_a_target_there_is_none_and_the_form_lists_everything() -> None:
    held = dossier(artifacts(1))
    with pytest.raises(CouldNotTell, match="nobody stated a target"):
        made("law")
    blank = form("law", held, CONTENT, assess(held, CONTENT, NOON), NOON)
    assert [row.requirement for row in blank.rows] == ["r1"]
    with pytest.raises(UsageError, match="no framework"):
        made("cobit")


@pytest.mark.parametrize(
    "rows",
    [
        [{"requirement": "r1", "target": "tier-3"}],
        [{"requirement": "r1", "target": "not-pursued"}],
        [{"requirement": "r1", "target": "not-measurable", "because": "TBD"}],
        [{"requirement": "r1", "target": "achieved"}, {"requirement": "r1", "target": "achieved"}],
        [],
    ],
)
def test_a_target_with_tiers_without_reasons_or_twice_is_refused(rows: list[dict[str, Any]]) -> None:
    with pytest.raises(ValidationError):
        TargetProfile.model_validate({"framework": "genai", "rows": rows})


def test_a_profile_for_documents_has_every_requirement_and_says_where_nobody_wants_anything() -> None:
    known = replace(
        CONTENT,
        frameworks={
            name: each.model_copy(update={"has_profiles": name == "genai-1"})
            for name, each in CONTENT.frameworks.items()
        },
    )
    stated = target(4, "law", {"requirement": "r1", "target": "achieved"}, {"requirement": "r9", "target": "achieved"})
    held = dossier(artifacts(1), piece(2), stated, frameworks=("genai-1", "law-1"))
    genai, law = profiles(held, known, assess(held, known, NOON), NOON)
    assert [row.requirement for row in genai.rows] == ["r1", "r2", "r3", "r4"]
    assert [row.target for row in genai.rows] == ["achieved", None, "achieved", None]
    assert (genai.origin, genai.stated, [row.requirement for row in genai.open]) == ("tuned", False, ["r2", "r4"])
    assert not any(row.gap for row in genai.open)
    assert [row.requirement for row in law.rows] == ["r1", "r9"]
    assert law.stated
    assert law.rows[-1].problems[0] == "the framework has no such requirement"


def test_a_framework_without_profiles_is_in_none_until_somebody_states_a_target() -> None:
    held = dossier(artifacts(1), frameworks=("law-1",))
    assert profiles(held, CONTENT, assess(held, CONTENT, NOON), NOON) == ()


def test_a_framework_of_which_nobody_wants_anything_has_no_gap_and_nothing_reached() -> None:
    known = replace(
        CONTENT,
        profiles={},
        frameworks={name: each.model_copy(update={"has_profiles": True}) for name, each in CONTENT.frameworks.items()},
    )
    held = dossier(artifacts(1), frameworks=("law-1",))
    (law,) = profiles(held, known, assess(held, known, NOON), NOON)
    assert (law.origin, law.stated, law.gaps, len(law.open)) == ("", False, (), 1)


def test_what_evidence_measures_is_not_quietly_called_not_measurable() -> None:
    stated = target(4, "genai", {"requirement": "r1", "target": "not-measurable", "because": SENTENCE})
    (row,) = made("genai", stated).rows
    assert row.problems == ("on record as not measurable, and evidence makes it met",)


@pytest.mark.parametrize("days_old", [400, -3])
def test_an_old_or_a_future_record_makes_nothing_not_measurable(days_old: int) -> None:
    said = {"requirement": "r3", "target": "not-measurable", "because": SENTENCE}
    held = dossier(artifacts(1), target(4, "genai", said, days_old=days_old))
    assert all(row.not_measurable is None for row in assess(held, CONTENT, NOON).requirements)


def test_a_target_of_another_year_says_that_it_is_old() -> None:
    assert made("genai", target(4, "genai", {"requirement": "r1", "target": "achieved"}, days_old=400)).old


def test_a_framework_outside_the_scope_is_judged_all_the_same() -> None:
    by = {row.requirement: row for row in made("genai", frameworks=("law",)).rows}
    assert by["r1"].current is Standing.MET
    assert by["r3"].current is Standing.MISSING
