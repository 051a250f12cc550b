"""The body that every scan for weaknesses comes to: what was scanned, how far, and the findings by grade and by rule.

Scanners share no format. They share four questions: did it come to its end, how much did it read, how many findings of
which grade, and which rules found them. A grade a scanner uses and nobody here knows is counted under findings and
under no grade, and the caller says so.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Target = Literal["weights", "code", "dependencies", "secrets"]
Grade = Literal["critical", "high", "medium", "low"]
GRADES: tuple[Grade, ...] = ("critical", "high", "medium", "low")
MOST_RULES = 500
LONGEST_ID = 200


@dataclass(frozen=True)
class Hit:
    """One finding: the rule that made it and its grade, None where it has none. Never what was found."""

    rule: str
    grade: Grade | None


def body(
    *,
    target: Target,
    tool: str,
    version: str | None,
    completed: bool | None,
    scanned: int | None,
    not_scanned: int | None,
    hits: Iterable[Hit] | Mapping[Hit, int],
    graded: bool = True,
) -> dict[str, Any]:
    """A body that fits `security-scan.v1`; `graded` is False for a tool that grades nothing.

    `hits` are the findings one by one, or counted. The counts are over all of them; of the rules the 500 gravest are
    listed.
    """
    by_rule = Counter(hits)
    grades: Counter[Grade | None] = Counter()
    for hit, count in by_rule.items():
        grades[hit.grade] += count
    ordered = sorted(by_rule.items(), key=lambda item: (_rank(item[0].grade), item[0].rule))
    return {
        "target": target,
        "tool": {"name": tool[:LONGEST_ID], "version": version},
        "completed": completed,
        "scanned": scanned,
        "not_scanned": not_scanned,
        "findings": by_rule.total(),
        **{grade: grades[grade] if graded else None for grade in GRADES},
        "rules": [
            {"id": hit.rule[:LONGEST_ID], "severity": hit.grade, "count": count} for hit, count in ordered[:MOST_RULES]
        ],
    }


def graver(one: Grade | None, other: Grade | None) -> Grade | None:
    """The graver of two grades; None is the least."""
    return min(one, other, key=_rank)


def _rank(grade: Grade | None) -> int:
    return len(GRADES) if grade is None else GRADES.index(grade)
