"""Current and target profile as a view: what each outcome comes to, what is wanted of it, and the plan for the gap.

*Current profile* and *target profile* are words of NIST AI 100-1, section 6, which sets no template and no tiers; none are invented. An
outcome of which nobody said what is wanted is neither a gap nor reached: it stands in a count of its own.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from governance.domain.target import NO_DAY, NOBODY
from governance.errors import GovernanceError
from governance.reports.atoms import words
from governance.reports.atoms.views import Phrase, Status, Term, phrase
from governance.reports.claims.vouched import declared
from governance.reports.management.profile_views import ProfileArea, ProfilePart, ProfileRow, ProfileView
from governance.reports.parts import coverage, drawn
from governance.reports.parts.frame import frame

if TYPE_CHECKING:
    from governance.domain.case import Case
    from governance.domain.framework import Framework
    from governance.domain.target import GapRow, ProfileResult
    from governance.reports.claims.references import References

TARGETS = {
    "achieved": Status("to be reached", "→", "note"),
    "achieved-in-part": Status("to be reached in part", "→", "note"),
    "not-pursued": Status("not pursued", "–", "mute"),
    "not-measurable": Status("on record as not measurable", "⊘", "mute"),
    None: Status("no target", "○", "gap"),
}
_WANTED = ("achieved", "achieved-in-part")
GAP = Status("to do", "✘", "bad")
REACHED = Status("reached", "✔", "good")
UNDECIDED = Status("not decided", "○", "gap")
ASIDE = Status("set aside", "–", "mute")
NOT_ASSESSED = Status("not assessed", "○", "gap")
NO_PLACE = "Not in this framework"
_WORDS = (
    Term("Current profile", "What the outcomes of a framework come to now, as far as evidence shows it."),
    Term("Target profile", "What people want them to come to. It says nothing of what is there."),
    Term("Gap", "An outcome that is wanted and does not stand as met. A part that is wanted is reached by its part."),
)


def offered(case: Case) -> bool:
    """Whether the document is made for a case: a framework with profiles is in scope, or a target was stated."""
    return bool(case.profiles)


def build(case: Case, references: References) -> ProfileView:
    """The view of the document."""
    if not case.profiles:
        raise GovernanceError("no framework with profiles is in the scope of this system", where=case.dossier.system.id)
    parts = tuple(_part(held, case, references) for held in case.profiles)
    return ProfileView(
        frame=frame(case, references),
        parts=parts,
        index=references.index(),
        glossary=tuple(sorted((*words.GLOSSARY, *_WORDS), key=lambda term: term.word)),
    )


def _part(held: ProfileResult, case: Case, references: References) -> ProfilePart:
    framework = case.catalogue.frameworks[held.framework]
    groups = {row.id: row.group for row in case.catalogue.requirements[held.framework]}
    current = coverage.of(
        framework,
        [(groups[row.requirement], row.current) for row in held.rows if row.current and row.requirement in groups],
    )
    wanted = [row for row in held.rows if row.target in _WANTED]
    plan = sorted(held.gaps, key=lambda row: (not row.overdue, row.due is None, row.due or held.on))
    return ProfilePart(
        id=held.framework,
        title=framework.title,
        version=framework.version,
        publisher=framework.publisher,
        whose=_whose(held, case),
        command=f"govern profile new {held.system} --framework {held.framework}",
        cites=references.cites([held.origin] if held.stated else []),
        old=held.old,
        total=len(held.rows),
        wanted=len(wanted),
        reached=sum(not row.gap for row in wanted),
        gaps=len(held.gaps),
        set_aside=sum(row.target == "not-pursued" for row in held.rows),
        not_measurable=sum(row.target == "not-measurable" for row in held.rows),
        open=len(held.open),
        unowned=sum(row.owner is None for row in held.gaps),
        undated=sum(row.due is None for row in held.gaps),
        overdue=sum(row.overdue for row in held.gaps),
        current=current,
        bars=drawn.bars((current,), references.say)[0],
        plan=tuple(replace(_row(row, held), problems=_told_once(row)) for row in plan),
        areas=_areas(held, framework, groups),
    )


def _whose(held: ProfileResult, case: Case) -> Phrase:
    if held.stated:
        return declared(case.dossier.by_id[held.origin]) or phrase("stated on record")
    if held.origin:
        title = case.catalogue.profiles[held.origin].title
        return phrase("nobody stated one for this system; “%(title)s” of the content stands in", title=title)
    return phrase("nobody stated one")


def _areas(held: ProfileResult, framework: Framework, groups: dict[str, str]) -> tuple[ProfileArea, ...]:
    found: dict[str, list[ProfileRow]] = {}
    for row in held.rows:
        group = groups.get(row.requirement)
        title = coverage.heading(framework, coverage.top(framework, group)) if group else NO_PLACE
        found.setdefault(title, []).append(_row(row, held))
    return tuple(ProfileArea(title, tuple(rows)) for title, rows in found.items())


def _row(row: GapRow, held: ProfileResult) -> ProfileRow:
    return ProfileRow(
        number=row.requirement,
        title=row.title,
        anchor=f"{held.framework}-{row.requirement}".lower().replace(" ", "-").replace(".", "-"),
        current=words.STANDINGS[row.current] if row.current else NOT_ASSESSED,
        shown=words.SHOWN[row.shown] if row.shown else None,
        target=TARGETS[row.target],
        gap=_gap(row),
        because=row.because or "",
        instead=row.instead or "",
        action=row.action if row.gap else "",
        owner=row.owner or "",
        due=row.due.isoformat() if row.due else "",
        overdue=row.overdue,
        problems=row.problems,
    )


def _told_once(row: GapRow) -> tuple[str, ...]:
    """The problems of a row of the plan but for a lacking owner or day, which stand in a column of their own."""
    return tuple(each for each in row.problems if each not in (NOBODY, NO_DAY))


def _gap(row: GapRow) -> Status:
    if row.gap:
        return GAP
    if row.target is None:
        return UNDECIDED
    return REACHED if row.target in _WANTED else ASIDE
