"""A report for people: by card and group, what repeats only once, scores last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.linting.expected import EXPECTED
from governance.linting.findings import ORDER
from governance.linting.rules import GROUPS, RULES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from governance.linting.findings import Finding, Report, Score

_LINES_SHOWN = 8
MISSING, COMMENT = _TOGETHER = ("card/section-missing", "card/template-comment")
"""Rules whose findings in one card are printed as one."""
_TITLES = {each.id: each.title for each in EXPECTED}


def lines(reports: Sequence[Report]) -> Iterator[str]:
    """The lines of all reports."""
    for number, report in enumerate(reports):
        if number:
            yield ""
        yield report.card
        yield from _body(report)


def _body(report: Report) -> Iterator[str]:
    if report.unread:
        yield f"  could not be read: {report.unread}"
        return
    for group, title in GROUPS.items():
        members = [each for each in report.findings if RULES[each.rule].group == group]
        if not members:
            continue
        yield f"  {title}"
        for level in ORDER:
            for same in _same([each for each in members if each.level is level]):
                yield from _finding(same)
    if not report.findings:
        yield "  no findings"
    for score in report.scores:
        yield _score(score)


def _same(findings: list[Finding]) -> list[list[Finding]]:
    """Findings that say the same, together, in the order of the first of each; what `_TOGETHER` names is one line."""
    made: dict[tuple[str, str], list[Finding]] = {}
    for each in findings:
        made.setdefault((each.rule, "" if each.rule in _TOGETHER else each.message), []).append(each)
    return list(made.values())


def _finding(same: list[Finding]) -> Iterator[str]:
    first = same[0]
    message, more = first.message, ""
    if first.rule == MISSING:
        titles = [_TITLES[each.subject] for each in same]
        message = f"Nothing is said under {'; '.join(titles)}."
    elif len(same) > 1:
        if first.rule == COMMENT:
            message = "Comments for the author were left in."
        rest = [str(each.place.line) for each in same[1 : _LINES_SHOWN + 1]]
        cut = "…" if len(same) > _LINES_SHOWN + 1 else ""
        more = f" ({len(same) - 1} more, line {', '.join(rest)}{cut})"
    yield f"    {first.level:<7} {first.place.line}:{first.place.column}  {message}{more}"
    yield f"            {first.remedy} [{first.rule}]"


def _score(score: Score) -> str:
    if score.n is None:
        return f"  {score.title:<12} {score.note}"
    rest = ", ".join(f"{count} {name}" for name, count in score.rest if count)
    parts = [f"{score.k} of {score.n} {score.counted}", rest, score.note]
    return f"  {score.title:<12} {'; '.join(part for part in parts if part)}"
