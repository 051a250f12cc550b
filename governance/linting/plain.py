"""A report as plain data, for programs: the schema `lint.v1`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from governance.linting.findings import Level

if TYPE_CHECKING:
    from collections.abc import Sequence

    from governance.linting.findings import Place, Report

SCHEMA = "lint.v1"


def document(reports: Sequence[Report], code: int) -> dict[str, Any]:
    """All reports, what they come to, and the exit code."""
    return {
        "schema": SCHEMA,
        "exit_code": code,
        "findings": {str(level): sum(report.count(level) for report in reports) for level in Level},
        "unread": sum(bool(report.unread) for report in reports),
        "cards": [_card(report) for report in reports],
    }


def _card(report: Report) -> dict[str, Any]:
    if report.unread:
        return {"card": report.card, "unread": report.unread}
    return {
        "card": report.card,
        "sha256": report.sha256,
        "held_against": report.held_against or None,
        "findings": [
            {
                "rule": each.rule,
                "level": str(each.level),
                "message": each.message,
                "remedy": each.remedy,
                "could_not_tell": each.untold,
                "place": _place(each.place),
            }
            for each in report.findings
        ],
        "scores": {
            each.id: {
                "k": each.k,
                "n": each.n,
                "counted": each.counted,
                "rest": dict(each.rest),
                "note": each.note or None,
            }
            for each in report.scores
        },
        "sections": dict(report.sections),
        "figures": [
            {
                "text": each.text,
                "label": each.label,
                "where": each.where,
                "place": _place(each.place),
                "state": each.state,
                "evidence": each.by or None,
                "pointer": each.at or None,
                "says": each.says or None,
            }
            for each in report.figures
        ],
    }


def _place(place: Place) -> dict[str, int]:
    return {"line": place.line, "column": place.column, "end_line": place.end_line, "end_column": place.end_column}
