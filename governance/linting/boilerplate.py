"""Sentences that were not written about this model: by a tool for every run, or so general that they fit any model.

A general sentence on risk or ethics counts only where it names nothing of its own: no figure, no name, no link, no group of people, no
case. One thing of its own is enough to leave it alone, so the rule misses some and seldom accuses.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from governance.linting import folding, phrases, rules
from governance.linting.blocks import PROSE, Block, Kind
from governance.linting.phrases import Hit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from governance.linting.card import Card
    from governance.linting.findings import Finding
    from governance.linting.passages import Passage

_SENTENCE = re.compile(r"[^.!?]{1,600}[.!?:]?")
_OWN = re.compile(
    r"[0-9]|\b(?:women|men|gender|sex(?:es|ism)?|black|white|asian|african|latino|hispanic|muslims?|jews?|jewish|christians?|lgbt\w*|gay|trans|"
    r"children|minors|elderly|disab\w+|dialects?|accents?|arabic|english|chinese|hindi|french|german|spanish|languages?|medical|clinical|legal|"
    r"finance|financial|credit|hiring|police|military|political|election|race|racial|ethnic\w*|religio\w+|patients?|diagnos\w+|code|maths?|"
    r"because|since|due to|for example|for instance|such as|e\.g|trained on|sourced from|web|internet|reddit|wikipedia|twitter|laion|crawl|"
    r"prompts?|tokens?|audio|images?|faces?|domains?|out-of-distribution|resolution|noise|noisy|occlu\w+)\b"
)  # fmt: skip
_NAME = re.compile(r"(?<!^)(?<![.!?] )\b[A-Z][A-Za-z]*[A-Z0-9][A-Za-z0-9]*\b|(?<=[a-z,] )[A-Z][a-z]{2,}")
MOST_WORDS = 45
MOST_SENTENCES = 2_000
"""Sentences of one passage that are looked at."""


def hits(block: Block) -> list[Hit]:
    """The sentences of tools in a block."""
    if block.kind not in PROSE and block.kind is not Kind.HEADING:
        return []
    folded = folding.fold(block.text)
    found: list[Hit] = []
    for phrase in phrases.BOILERPLATE:
        match = phrase.pattern.search(folded.flat) if phrase.may_stand_in(folded.flat) else None
        if match:
            found.append(Hit(phrase, *folded.span(*_whole_sentence(folded.text, *match.span()))))
    return found


def generic(block: Block) -> list[Hit]:
    """The general sentences in a block that name nothing of their own."""
    if block.kind not in PROSE:
        return []
    folded = folding.fold(block.text)
    found: list[Hit] = []
    tried = [phrase for phrase in phrases.GENERIC if phrase.may_stand_in(folded.flat)]
    for match in islice(_SENTENCE.finditer(folded.flat), MOST_SENTENCES) if tried else ():
        sentence = match[0].strip()
        phrase = next((each for each in tried if each.may_stand_in(sentence) and each.pattern.search(sentence)), None)
        if phrase is None or sentence.endswith(":") or len(sentence.split()) > MOST_WORDS or _OWN.search(sentence):
            continue
        start, end = folded.span(*match.span())
        original = block.text[start:end]
        if not _NAME.search(original.strip()) and not block.is_linked(start, end):
            found.append(Hit(phrase, start + len(original) - len(original.lstrip()), end))
    return found


def check(card: Card, passages: Sequence[Passage]) -> Iterator[Finding]:
    """Every sentence of a tool, and every general one."""
    for passage in passages:
        block = passage.block
        for hit in passage.tools:
            by = hit.phrase.by
            yield rules.finding(
                "card/boilerplate",
                f"{by[:1].upper()}{by[1:]} writes this into every card: “{_cut(block.text[hit.start : hit.end], 90)}”; {hit.phrase.why}.",
                block.place(hit.start, hit.end),
                subject=f"{hit.phrase.id}|{card.document.title(block.section)}",
            )
        for hit in passage.general:
            said = block.text[hit.start : hit.end]
            yield rules.finding(
                "card/generic-statement",
                f"“{_cut(said, 110)}”: {hit.phrase.why}.",
                block.place(hit.start, hit.end),
                subject=said,
            )


def _cut(text: str, most: int) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= most else f"{plain[:most]}…"


def _whole_sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """The sentence around a stretch, within three hundred characters."""
    low = max(0, start - 300)
    head = max(text.rfind(mark, low, start) for mark in (". ", "! ", "? ", "\n"))
    tail = [found for mark in (". ", "! ", "? ", "\n") if (found := text.find(mark, end, end + 300)) >= 0]
    begin = head + 1 if head >= 0 else (low if low == 0 else start)
    stop = min(tail) + 1 if tail else (len(text) if len(text) - end < 300 else end)
    while begin < start and text[begin] in " \n":
        begin += 1
    return begin, max(end, stop)
