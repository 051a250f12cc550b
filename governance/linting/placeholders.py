"""Placeholders: words that stand where a fact belongs, comments a template left, and sections without words."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from governance.linting import folding, names, phrases, rules
from governance.linting.blocks import BOLD_LINE, PROSE, Block, Kind
from governance.linting.findings import Level
from governance.linting.phrases import Hit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from governance.linting.card import Card
    from governance.linting.findings import Finding
    from governance.linting.passages import Passage
    from governance.linting.phrases import Phrase

MOST = 20
"""Placeholders of one kind that are looked at in one passage."""
LONGEST_NOTE = 600
"""Characters of what the author was to write, after TODO."""
_SENTENCE_END = re.compile(r"[.!?](?=\s)|\n\s*\n|\n(?=\s*[-*•])")
_COMMENT_MARK = re.compile(r"^(?:#+|//+|/\*+|--|;+|%+|<!--|\"\"\"|''\')\s?|(?:\*/|-->|\"\"\"|''\')$")
_LABELLED = re.compile(r"^[^\n:：]{1,80}[:：]\s*(.*)$", re.DOTALL)
_LOUD = re.compile(r"(?:TODO|TO-DO|FIXME|XXX|TBD|TBA|T\.B\.D)")
_FIELD = re.compile(r"(?<![\w={$\\])\{[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\}")
_VARIABLE = re.compile(r"\$\{[A-Z][A-Z0-9_]{2,40}\}(?![\w$^])")
_ON_PROMPTS = re.compile(
    r"\b(?:prompts?|templates?|format(?:s|ted)?|replace[sd]?|substitute[sd]?|variables?|tokens?|strings?)\b"
)
"""Words of a sentence that speaks of fields and does not lack one."""
_NO_RESULT = re.compile(r"(?:n/?a|n\.a\.|none|tbd|tba|todo|\?{1,3}|[-.]{1,3}|x{1,3}(?:\.x{1,3})?)\s?%?")
_IN_CELLS = frozenset(
    {"needed", "needed-short", "to-do", "tbd", "lorem", "template-field", "insert", "old-template", "crosses", "angles"}
)
_SEARCHED = {
    Kind.PARAGRAPH: phrases.PLACEHOLDERS,
    Kind.ITEM: phrases.PLACEHOLDERS,
    Kind.HEADING: tuple(phrase for phrase in phrases.PLACEHOLDERS if not phrase.whole),
    Kind.CELL: tuple(phrase for phrase in phrases.PLACEHOLDERS if phrase.id in _IN_CELLS),
}
_LIGHTER = {"nothing": Level.WARNING, "unknown": Level.NOTE, "no-information": Level.NOTE, "announces": Level.WARNING}
"""An author who writes that something is not known says at least that."""
_NOWHERE = re.compile(
    r"https?://(?:www\.)?(?:huggingface\.co|hf\.co)/(?:None|datasets/None|datasets/unknown|unknown)?/?$"
)


def hits(block: Block) -> list[Hit]:
    """The placeholders in a block."""
    if block.kind not in PROSE and block.kind not in (Kind.CELL, Kind.HEADING):
        return []
    folded = folding.fold(block.text)
    said, offset = value(folded.text)
    said = said.replace("\n", " ")
    found: list[Hit] = []
    for phrase in _SEARCHED[block.kind]:
        if not phrase.may_stand_in(folded.flat) or (phrase.whole and len(said) > phrases.LONGEST_WHOLE):
            continue
        for start, end in islice(_spans(phrase, folded.flat, said, offset), MOST):
            hit = Hit(phrase, *folded.span(start, end))
            if _is_meant(block, hit):
                found.append(Hit(phrase, hit.start, folded.span(start, _stretched(phrase, folded, start, end))[1]))
    if "{" in block.text and not _ON_PROMPTS.search(folded.flat):
        pattern = _VARIABLE if "$" in block.text else _FIELD
        found += [
            Hit(phrases.FIELD, *match.span())
            for match in islice(pattern.finditer(block.text), MOST)
            if not block.is_code(*match.span())
        ]
    return _longest(found)


def _longest(found: list[Hit]) -> list[Hit]:
    """The hits in order; of those that overlap the longest: a field of a template may hold another placeholder in quotes."""
    taken: list[Hit] = []
    for hit in sorted(found, key=lambda hit: (hit.start - hit.end, hit.start)):
        if all(hit.end <= each.start or each.end <= hit.start for each in taken):
            taken.append(hit)
    return sorted(taken, key=lambda hit: hit.start)


def _stretched(phrase: Phrase, folded: folding.Folded, start: int, end: int) -> int:
    """Where a note to the author ends: `[TODO: …` at its bracket, `TODO: …` with its sentence."""
    if phrase.id not in phrases.NOTES:
        return end
    text = folded.text
    said = text[max(0, start - 1) : end]
    if "[" in said and "]" not in said:
        closing = text.find("]", end, end + LONGEST_NOTE)
        return closing + 1 if closing >= 0 else end
    if not said.rstrip().endswith(":"):
        return end
    stop = _SENTENCE_END.search(text, end, end + LONGEST_NOTE)
    return stop.end() if stop else min(len(text), end + LONGEST_NOTE)


def _is_meant(block: Block, hit: Hit) -> bool:
    """Whether a match is a placeholder and no code, no word of another language and no formula."""
    if block.is_code(hit.start, hit.end):
        return False
    if hit.phrase.id == "template-field" and "$" in block.text:
        return False  # LaTeX writes double braces as well
    said = block.text[hit.start : hit.end + 1]
    return hit.phrase.id not in phrases.UPPER_CASE or bool(_LOUD.search(said)) or any(mark in said for mark in ":[]")


def check(card: Card, passages: Sequence[Passage]) -> Iterator[Finding]:
    """Every placeholder, left comment and empty section of a card."""
    for passage in passages:
        block = passage.block
        if block.kind is Kind.COMMENT:
            yield from _comment(block)
            continue
        for hit in passage.holders:
            said = " ".join(block.text[hit.start : hit.end].split())
            yield rules.finding(
                "card/placeholder",
                f"“{said[:60]}” stands where a fact belongs: {hit.phrase.why} ({hit.phrase.by}).",
                block.place(hit.start, hit.end),
                subject=f"{card.document.title(block.section)}|{block.label}|{said}",
                level=_LIGHTER.get(hit.phrase.id),
            )
        yield from _links(block)
    yield from _sections(card, passages)
    yield from _tables(card)


def _tables(card: Card) -> Iterator[Finding]:
    """Tables of results without one: a metric is named, and every cell for a value is left open."""
    for cells in card.tables.values():
        values = [
            block for block in cells if block.cell and block.cell.row and block.cell.column and block.text.strip()
        ]
        labels = [block.text[:200] for block in cells if block.cell and not (block.cell.row and block.cell.column)]
        if (
            values
            and all(_NO_RESULT.fullmatch(folding.fold(block.text.strip()[:20]).text) for block in values)
            and any(map(names.is_metric, labels))
        ):
            yield rules.finding(
                "card/placeholder", f"“{values[0].text.strip()[:20]}” stands in every cell of a table of results.", values[0].place(),
                subject=f"{card.document.title(cells[0].section)}|table",
            )  # fmt: skip


def is_code(line: str) -> bool:
    """Whether a line of a code block says something: not where it is blank, a placeholder, or a comment that asks for code."""
    said = folding.fold(line.strip()[:400]).flat
    bare = _COMMENT_MARK.sub("", said).strip()
    if not bare or (phrases.LATER.search(said) and bare != said):
        return False
    return not any(
        phrase.pattern.fullmatch(bare) or (phrase.id in phrases.NOTES and phrase.pattern.match(bare))
        for phrase in phrases.PLACEHOLDERS
        if phrase.may_stand_in(bare)
    )


def after_label(text: str) -> str:
    """What stands after the label of a passage; all of it where it has none."""
    match = _LABELLED.match(text)
    return match[1] if match else text


def value(text: str) -> tuple[str, int]:
    """What stands after the label of a passage, or all of it, with the position where it begins."""
    match = _LABELLED.match(text)
    if match and match[1].strip(" *_`"):
        value = match[1]
        lead = len(value) - len(value.lstrip(" *_"))
        return value.strip(" *_\n"), match.start(1) + lead
    lead = len(text) - len(text.lstrip(" *_"))
    return text.strip(" *_\n"), lead


def _spans(phrase: Phrase, text: str, value: str, offset: int) -> Iterator[tuple[int, int]]:
    if phrase.whole:
        if value and phrase.pattern.fullmatch(value):
            yield offset, offset + len(value)
        return
    for match in phrase.pattern.finditer(text):
        yield match.span()


def _comment(block: Block) -> Iterator[Finding]:
    folded = folding.fold(block.text[:2000]).text
    if phrases.UNPROOFREAD.pattern.search(folded):
        yield rules.finding(
            "card/unproofread",
            "The comment of the Trainer is still there: it says that the card was made by a program and asks for somebody to proofread it.",
            block.place(),
            subject="unproofread",
        )
        return
    for phrase in phrases.COMMENTS:
        if phrase.pattern.search(folded):
            words = " ".join(block.text.removeprefix("<!--").removesuffix("-->").split())
            yield rules.finding(
                "card/template-comment",
                f"A comment for the author was left in: “{words[:60]}{'…' if len(words) > 60 else ''}” ({phrase.by}).",
                block.place(),
                subject=words[:120],
            )
            return


def _links(block: Block) -> Iterator[Finding]:
    for link in block.links:
        if (
            not link.image
            and _NOWHERE.search(link.target)
            and folding.fold(block.text[link.start : link.end]).text in ("", "none")
        ):
            yield rules.finding(
                "card/placeholder",
                f"A link leads to {link.target!r} and names nothing: the program that wrote it was given no name.",
                block.place(link.start, max(link.end, link.start + 1)),
                subject=f"link {link.target}",
            )


def _sections(card: Card, passages: Sequence[Passage]) -> Iterator[Finding]:
    """Headings with nothing under them, or with one character. The title of the card and a heading that is a sentence promise nothing."""
    sections = card.document.sections
    held = [0] * len(sections)
    for passage in passages:
        if passage.block.kind not in (Kind.HEADING, Kind.COMMENT):
            held[passage.block.section] += 5 if passage.block.kind is Kind.CODE or passage.pictured else passage.letters
    for section in reversed(sections[1:]):
        held[section.parent] += held[section.index]
    for section in sections[1:]:
        title = section.title
        is_title = section.index == 1 and len(sections) > 2
        if (
            section.level >= BOLD_LINE
            or is_title
            or not title
            or "\n" in title
            or title[-1] in ".!?"
            or len(title.split()) > 9
        ):
            continue
        if held[section.index] == 0:
            yield rules.finding(
                "card/empty-section",
                f"Nothing stands under the heading “{title[:60]}”.",
                section.place,
                subject=f"section {title}",
            )
        elif held[section.index] == 1:
            yield rules.finding(
                "card/empty-section", f"One character stands under the heading “{title[:60]}”.", section.place,
                subject=f"section {title}", level=Level.ERROR,
            )  # fmt: skip
