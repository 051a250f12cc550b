"""Current and target profile as a document: the counts, the plan in its order, and what nobody said."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from governance.errors import GovernanceError
from governance.reports.claims.references import References
from governance.reports.management import profile
from governance.reports.writing.render import offered, render
from tests.reports import cases

NAME = "nist-ai-rmf-profile.html"


@pytest.fixture(scope="module")
def part():
    (found,) = profile.build(cases.full(), References(cases.full())).parts
    return found


def test_every_outcome_is_counted_once(part):
    assert part.total == 72 == sum(len(area.rows) for area in part.areas)
    assert part.wanted == 20
    assert part.reached + part.gaps == part.wanted
    assert (part.set_aside, part.not_measurable, part.open) == (5, 5, 42)
    assert part.wanted + part.set_aside + part.not_measurable + part.open == part.total


def test_the_plan_has_every_gap_what_is_overdue_first_then_by_day_and_last_what_has_none(part):
    assert len(part.plan) == part.gaps
    keys = [(not row.overdue, not row.due, row.due) for row in part.plan]
    assert keys == sorted(keys)
    assert part.plan[0].overdue
    assert part.plan[-1].due == ""
    assert (part.unowned, part.undated) == (
        sum(not row.owner for row in part.plan),
        sum(not row.due for row in part.plan),
    )


def test_that_nobody_owns_a_gap_is_said_in_its_own_column_alone(part, templates):
    unowned = [row for row in part.plan if not row.owner]
    assert unowned
    assert not [
        row.problems for row in part.plan if "nobody owns it" in row.problems or "no day is set" in row.problems
    ]
    assert "nobody owns it" not in render(NAME, cases.full(), templates).decode()


def test_what_is_set_aside_is_neither_a_gap_nor_reached(part):
    rows = [row for area in part.areas for row in area.rows]
    words = {(row.target.word, row.gap.word) for row in rows if not row.problems}
    assert ("not pursued", "set aside") in words
    assert ("no target", "not decided") in words
    assert not {target for target, gap in words if gap == "reached"} - {"to be reached", "to be reached in part"}


def test_the_target_says_whose_it_is_and_where_it_stands(part):
    assert str(part.whose) == "attested by Ines Moreau, owner on 2026-11-22"
    assert part.cites


def test_where_nobody_stated_a_target_the_page_says_so_and_how_to_write_one(templates):
    page = render(NAME, cases.bare(), templates).decode()
    assert "none of them has a target" in page
    assert "govern profile new elm-desk --framework nist-ai-rmf-1.0" in page
    assert "Everything that is wanted is reached" not in page


def test_everything_reached_is_said_only_where_something_was_wanted(templates):
    case = cases.full()
    (held,) = case.profiles
    rows = tuple(row.model_copy(update={"gap": False, "overdue": False}) for row in held.rows)
    page = render(NAME, replace(case, profiles=(held.model_copy(update={"rows": rows}),)), templates).decode()
    assert "Everything that is wanted is reached" in page
    assert re.search(r"20 of 72 outcomes are wanted. 20 are reached, 0 are not", page)


def test_a_target_of_more_than_a_year_is_printed_with_its_age(templates):
    case = cases.full()
    old = tuple(held.model_copy(update={"old": True}) for held in case.profiles)
    assert "more than a year old" in render(NAME, replace(case, profiles=old), templates).decode()


def test_a_framework_that_is_not_in_scope_is_counted_from_the_rows_of_its_target():
    case = cases.full()
    held = case.profiles[0]
    outside = replace(
        case,
        assessment=case.assessment.model_copy(
            update={
                "frameworks": (),
                "requirements": tuple(r for r in case.assessment.requirements if r.framework != held.framework),
            }
        ),
    )
    (made,) = profile.build(outside, References(outside)).parts
    assert made.current.whole.total == 72
    assert made.current.whole.met_claim is None


def test_it_is_made_only_where_a_framework_with_profiles_is_in_scope(templates):
    assert NAME in offered(cases.bare(), templates)
    assert NAME not in offered(cases.empty(), templates)
    with pytest.raises(GovernanceError, match="no framework with profiles"):
        profile.build(cases.empty(), References(cases.empty()))
