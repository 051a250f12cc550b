"""Forms for a person to fill in, as declared evidence in YAML: what is known is written in, what is not is blank and refused.

What evidence says stands beside a row as a comment; it is there to be read, and is not part of what is declared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from governance.domain.applicability import Applicability, ApplicabilityRow, StatedRow
    from governance.domain.target import GapRow, ProfileResult

_HEAD = """\
schema: declared-evidence.v1
kind: {kind}
about: system
on: {on}  # the day on which this holds
by: {{name: "", role: ""}}  # who writes it
body:
"""


def statement(held: Applicability) -> str:
    """A Statement of Applicability with every control of Annex A."""
    stated = held.source is not None
    lines = [
        f"# Statement of Applicability of {held.system}. Every row needs a justification, applicable or not. When it is filled in:",
        f"#   govern attach FILE --system {held.system}",
        _HEAD.format(kind="statement-of-applicability.v1", on=held.on).rstrip("\n"),
        f"  framework: {held.framework}",
        f"  version: {_text(held.version if stated else '')}",
        f"  scope: {_text(held.scope if stated else '')}",
        '  approved_by: null  # {name: "", role: ""}',
        "  approved_on: null  # year-month-day, in quotes",
        "  rows:",
    ]
    for row in held.rows:
        lines += _row(row)
    lines.append(
        "  # Controls of your own, outside Annex A: the same fields, a number that Annex A has not, and a title each."
    )
    lines.append("  own_controls:" if held.own_controls else "  own_controls: []")
    for own in held.own_controls:
        lines += _own(own)
    return "\n".join(lines) + "\n"


def _row(row: ApplicabilityRow) -> list[str]:
    seen = f"evidence: {row.standing}" + (f", {', '.join(row.evidence[:3])}" if row.evidence else "")
    status = row.status or ("null" if row.applicable is False else '""')
    return [
        f"    # {row.control} {row.title}; {seen}",
        f"    - control: {row.control}",
        f"      applicable: {'' if row.applicable is None else str(row.applicable).lower()}".rstrip(),
        f"      justification: {_text(row.justification if row.stated else '')}",
        f"      status: {status}  # not-started, planned, partial, implemented; null where it does not apply",
        f"      how: {_text(row.how) if row.how != 'not stated' else 'null'}",
        f"      owner: {_text(row.owner) if row.owner != 'not stated' else 'null'}",
        f"      risks: [{', '.join(_text(risk) for risk in row.risks)}]",
        f"      last_review: {_text(str(row.last_review)) if row.last_review else 'null'}",
    ]


def _own(row: StatedRow) -> list[str]:
    return [
        f"    - control: {_text(row.control)}",
        f"      title: {_text(row.title or '')}",
        f"      applicable: {str(row.applicable).lower()}",
        f"      justification: {_text(row.justification)}",
        f"      status: {row.status or 'null'}",
        f"      how: {_text(row.how) if row.how else 'null'}",
        f"      owner: {_text(row.owner) if row.owner else 'null'}",
        f"      risks: [{', '.join(_text(risk) for risk in row.risks)}]",
        f"      last_review: {_text(str(row.last_review)) if row.last_review else 'null'}",
    ]


def target(held: ProfileResult) -> str:
    """A target profile with a row for every requirement of the form."""
    lines = [
        f"# Target profile of {held.system}. Name an owner and a day for what is to be reached. When it is filled in:",
        f"#   govern attach FILE --system {held.system}",
        "# target: achieved, achieved-in-part, not-pursued or not-measurable; the last two need a reason in because.",
        _HEAD.format(kind="target-profile.v1", on=held.on).rstrip("\n"),
        f"  framework: {held.framework}",
        "  approved_by: null",
        "  rows:",
    ]
    for row in held.rows:
        lines += _target_row(row)
    return "\n".join(lines) + "\n"


def _target_row(row: GapRow) -> list[str]:
    return [
        f"    # {row.title}; now: {row.current or 'not assessed'}",
        f"    - requirement: {_text(row.requirement)}",
        f"      target: {row.target}",
        f"      because: {_text(row.because) if row.because else 'null'}",
        f"      action: {_text(row.action) if row.action else 'null'}",
        f"      owner: {_text(row.owner) if row.owner else 'null'}",
        f"      due: {_text(str(row.due)) if row.due else 'null'}",
    ]


def _text(value: str) -> str:
    """One line of YAML that reads back as this text."""
    made = yaml.safe_dump(value, default_style='"', allow_unicode=True, width=10**9)
    return str(made).strip()
