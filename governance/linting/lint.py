"""The linter itself: bytes in, a report out.

It is pure: no disk, no clock, no network. What evidence knows comes in as `Known`; the day of judgement is in it already.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from governance.errors import UnreadableError
from governance.linting import (
    backing,
    boilerplate,
    card,
    claims,
    contradictions,
    figures,
    folding,
    licence,
    metadata,
    passages,
    placeholders,
    rules,
    scores,
    sections,
    sources,
)
from governance.linting.expected import EXPECTED
from governance.linting.findings import ORDER, Finding, Level, Place, Report

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from governance.linting.card import Card
    from governance.linting.known import Known

_TURNED = re.compile("[\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]")
CLEAN, FAULTY, UNTOLD, UNREAD = 0, 1, 3, 6


def lint(data: bytes, name: str, known: Known | None = None) -> Report:
    """The findings and scores of a card. What can not be read as a card comes back as a report that says so."""
    try:
        read = card.read(data, name)
    except UnreadableError as error:
        return Report(name, unread=f"{error.message}. {error.hint}" if error.hint else error.message)
    if not read.head.present and not any(folding.says(line) for line in read.lines):
        empty = rules.finding("card/empty", "There is nothing in the file.", read.clip(Place(1)), subject="empty")
        return Report(name, (empty,), sha256=read.sha256, held_against=known.system if known else "")
    found = figures.figures(read)
    index = sources.index(read)
    backed = backing.back(found, known, index)
    searched = passages.read(read)
    present = sections.presence(read, searched, found)
    findings = [
        *_file(read, len(found)),
        *metadata.check(read),
        *licence.check(read, known),
        *placeholders.check(read, searched),
        *boilerplate.check(read, searched),
        *claims.check(read, backed, known, index),
        *contradictions.check(found),
    ]
    if _has_text(read):
        findings += sections.check(read, present)
    else:
        findings.append(
            rules.finding("card/no-text", "Below the head the card says nothing.", read.first, subject="no text")
        )
    return Report(
        card=name,
        findings=_ordered(read, findings),
        scores=scores.scores(searched, present, backed, known),
        figures=tuple(held for _, held in backed),
        held_against=known.system if known else "",
        sha256=read.sha256,
        sections=tuple((each.id, present[each.id]) for each in EXPECTED),
    )


def outcome(reports: Sequence[Report], *, strict: bool = False) -> int:
    """The exit code over several cards.

    6 where one could not be read; else 1 where one has an error, or with `strict` a warning; else 3 where something was asked for and
    could not be told (only where a system was named); else 0.
    """
    if any(report.unread for report in reports):
        return UNREAD
    faults = (Level.ERROR, Level.WARNING) if strict else (Level.ERROR,)
    every = [finding for report in reports for finding in report.findings]
    if any(finding.level in faults for finding in every):
        return FAULTY
    return UNTOLD if any(finding.untold for finding in every) else CLEAN


def _has_text(read: Card) -> bool:
    return any(folding.says(block.text) or block.links for block in read.blocks if block.kind != "comment")


def _file(read: Card, count: int) -> Iterator[Finding]:
    for number, line in enumerate(read.lines, start=1):
        if line.isascii():
            continue
        match = _TURNED.search(line)
        if match and not _is_flag(line, match.start()):
            yield rules.finding(
                "card/hidden-characters", f"The character U+{ord(match[0]):04X} changes how the line reads, or hides in it.",
                Place(number, match.start() + 1, number, match.start() + 2), subject=f"U+{ord(match[0]):04X}",
            )  # fmt: skip
    if count >= figures.MAX_FIGURES:
        cut = f"The card states more than {figures.MAX_FIGURES:,} figures; the rest were not looked at."
        yield rules.finding(
            "card/too-long-to-parse", cut, Place(1), subject="figures", level=Level.WARNING, untold=True
        )
    if plain := read.document.plain:
        many = "One passage is" if len(plain) == 1 else f"{len(plain)} passages are"
        yield rules.finding(
            "card/too-long-to-parse", f"{many} too long to be read as Markdown.", plain[0], subject="long"
        )


def _is_flag(line: str, at: int) -> bool:
    """Whether the tag characters at this place belong to the flag of a region, as of Scotland."""
    return "\U0001f3f4" in line[max(0, at - 7) : at]


def _ordered(read: Card, findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """In the order of the file, each once, with places that the file has."""
    made: dict[tuple[object, ...], Finding] = {}
    for each in findings:
        place = read.clip(each.place)
        one = Finding(each.rule, each.level, each.message, each.remedy, place, each.subject, each.untold)
        made.setdefault((place, ORDER.index(each.level), each.rule, each.message), one)
    return tuple(made[key] for key in sorted(made))
