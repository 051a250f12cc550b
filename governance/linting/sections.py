"""Which sections a card has. A heading is not enough: something must be said under it that is neither placeholder nor boilerplate.

A section is looked for under headings, under bold words at the beginning of a passage ("**License** …"), in the head, and for three of them
in the words of the text. The passage before the first heading below the title counts as the details of the model, where it says enough.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from governance.linting import folding, names, rules
from governance.linting.blocks import PROSE, Block, Kind
from governance.linting.expected import EXPECTED, Expected
from governance.linting.numbers import numbers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from governance.linting.card import Card
    from governance.linting.figure import Figure
    from governance.linting.findings import Finding, Place
    from governance.linting.passages import Passage

ENOUGH_WORDS = 4
"""Fewer words under a heading say nothing, unless they are code, a picture, a link or a table."""
LEAD_WORDS = 15
MOST_SEARCHED = 20_000
"""Characters of one passage in which the words of a section are looked for."""


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


_COMMON = _set("""
    the of and to in is a for on with this that are model was as by it from be
""")
_ELSEWHERE = _set("""
    und der die das ist nicht mit für auf von ein eine les des est une pour dans que qui avec los las del por con para una
    como não uma dos com che per non sono della het een van och att är för med som jest dla nie się oraz być ve bir için ile
    dan yang untuk dengan của và cho
""")
"""Common words of other languages in Latin letters, of three letters mostly, since those of two are codes of languages as well."""
_EMPTY = _set("""
    ok okay yes no none good fine true false done see below above here x y n tbd todo na
""")
"""Words that fill a cell and say nothing."""
_SENTENCES = _set("""
    intended-use out-of-scope factors ethics limitations bias-risk
""")
"""Sections of which a word or two says nothing."""
_BRACKETS = re.compile(r"\([^()]{0,80}\)|\[[^\[\]]{0,80}\]")
_NUMBERED = re.compile(r"^(?:[0-9]{1,2}[.) ]+){1,4}")
_OF_TOOLS = re.compile(r"framework versions", re.IGNORECASE)
_SPACES = re.compile(r"[^\w;?/&,'. -]+")


def presence(card: Card, passages: Sequence[Passage], figures: Sequence[Figure] = ()) -> dict[str, bool | None]:
    """Each expected section by its id: there, not there, or None where the language does not let it be told."""
    content = _Content(card, passages, {id(figure.block) for figure in figures if figure.block is not None})
    found: dict[str, bool | None] = {each.id: content.has(each) for each in EXPECTED}
    if not any(found.values()) and content.is_foreign():
        return dict.fromkeys(found)
    if content.is_foreign():
        return {name: present or None for name, present in found.items()}
    return found


def check(card: Card, present: dict[str, bool | None]) -> Iterator[Finding]:
    """A finding for each section that is missing, and one for all where they can not be told."""
    if any(there is None for there in present.values()):
        untold = sum(there is None for there in present.values())
        yield rules.finding(
            "card/section-language",
            f"Whether {untold} of {len(present)} sections are there could not be told: the card is not in English.",
            card.first,
            subject="language",
        )
    for each in EXPECTED:
        if present[each.id] is False and each.id != "licence":  # that is a finding of its own
            yield rules.finding(
                "card/section-missing",
                f"Nothing is said under “{each.title}”: {each.asks}.",
                _place(card, each),
                subject=each.id,
                level=each.level,
            )


def _place(card: Card, expected: Expected) -> Place:
    """The heading without content, where there is one; else the first line of the text."""
    for section in card.document.sections[1:]:
        if expected.headings.fullmatch(_plain(section.title)):
            return section.place
    return card.first


@lru_cache(maxsize=20_000)
def _plain(title: str) -> str:
    """A heading as it is compared: folded, without pictures, numbers before it, and "[optional]"."""
    plain = _SPACES.sub(" ", _BRACKETS.sub(" ", folding.fold(title[:120]).text))
    plain = " ".join(plain.replace("optional", "").split()).strip("-. ")
    return _NUMBERED.sub("", plain)


class _Content:
    """What stands in each section and says something."""

    def __init__(self, card: Card, passages: Sequence[Passage], figured: set[int]) -> None:
        self.card = card
        self.figured = figured
        """Blocks, by their identity, that hold a figure."""
        self.real = _once(
            passage.block
            for passage in passages
            if passage.says_something and not _OF_TOOLS.search(card.document.title(passage.block.section))
        )
        self.by_section: dict[int, list[Block]] = {}
        for block in self.real:
            self.by_section.setdefault(block.section, []).append(block)
        self.labels = [
            (_plain(block.label), block.text[len(block.label) :], block) for block in self.real if block.label
        ]
        self.labels += self._rows()
        self.prose = [
            folding.fold(block.text).text[:MOST_SEARCHED] for block in self.real if block.kind is not Kind.CODE
        ]
        self.titles = [(section.index, _plain(section.title)) for section in card.document.sections[1:]]

    def has(self, expected: Expected) -> bool:
        """Whether the section is there with content, under whatever name."""
        headed = expected.headings.fullmatch
        return (
            self._in_head(expected.id)
            or any(headed(title) and self._says(expected, section) for section, title in self.titles)
            or (
                not expected.needs
                and any(headed(label) and _tells(expected.id, rest, block) for label, rest, block in self.labels)
            )
            or (expected.words is not None and any(expected.words.search(text) for text in self.prose))
            or self._otherwise(expected.id)
        )

    def _in_head(self, section: str) -> bool:
        """Whether a field of the head says the same."""
        head = self.card.head.fields
        if section in ("results", "metrics", "evaluation-data"):
            return _has_results(head.get("model-index"))
        field = {"licence": "license", "environment": "co2_eq_emissions"}.get(section)
        return field is not None and _is_said(head.get(field))

    def _otherwise(self, section: str) -> bool:
        """What only some sections may stand in."""
        ways: dict[str, Callable[[], bool]] = {
            "details": self._lead,
            "evaluation-data": self._names_benchmark,
            "results": self._tabled,
            "metrics": self._tabled,
            "training-data": self._names_data,
            "how-to-use": lambda: any(block.kind is Kind.CODE and len(block.text) > 40 for block in self.real),
        }
        return section in ways and ways[section]()

    def _says(self, expected: Expected, section: int) -> bool:
        blocks = [block for each in self.card.document.under(section) for block in self.by_section.get(each, ())]
        if not blocks:
            return False
        if expected.needs == "figure":
            return any(id(block) in self.figured or _is_value(block) or _pictured(block) for block in blocks)
        if expected.needs == "metric":
            return any(names.is_metric(block.text) for block in blocks)
        if expected.needs == "code" and any(block.kind is Kind.CODE or block.code for block in blocks):
            return True
        if any(link.target and not link.image for block in blocks for link in block.links):
            return True
        said = [block for block in blocks if block.kind is not Kind.CODE]
        return sum(len(folding.words(block.text)) for block in said) >= ENOUGH_WORDS

    def _lead(self) -> bool:
        """Whether what stands before the first section on anything else says what the model is."""
        others = [each.headings for each in EXPECTED if each.id != "details"]
        first = next(
            (section for section, title in self.titles if any(pattern.fullmatch(title) for pattern in others)), None
        )
        lead = [block for block in self.real if block.kind in PROSE and (first is None or block.section < first)]
        return sum(len(folding.words(block.text)) for block in lead) >= LEAD_WORDS

    def _names_benchmark(self) -> bool:
        """Whether a table, or a passage on results, names a benchmark."""
        results = next(each for each in EXPECTED if each.id == "results")
        under = {
            below
            for section, title in self.titles
            if results.headings.fullmatch(title)
            for below in self.card.document.under(section)
        }
        return any(
            names.is_benchmark(block.text) for block in self.real if block.kind is Kind.CELL or block.section in under
        )

    def _rows(self) -> list[tuple[str, str, Block]]:
        """The first cells of rows, each with what another cell of the row says: `| License | Apache 2.0 |`."""
        firsts: dict[tuple[int, int], str] = {}
        found = []
        for block in self.real:
            if block.cell and block.cell.column == 0:
                firsts[block.cell.table, block.cell.row] = _plain(block.text[:80])
            elif block.cell and block.cell.row and (block.cell.table, block.cell.row) in firsts:
                found.append((firsts[block.cell.table, block.cell.row], block.text, block))
        return found

    def _tabled(self) -> bool:
        """Whether a table gives numbers in a column, or a row, that a metric or a benchmark names."""
        for cells in self.card.tables.values():
            named = {
                block.cell.column
                for block in cells
                if block.cell and block.cell.row == 0 and names.is_metric(block.text)
            }
            rows = {
                block.cell.row
                for block in cells
                if block.cell and block.cell.column == 0 and names.is_metric(block.text)
            }
            for block in cells:
                if (
                    block.cell
                    and block.cell.row
                    and (block.cell.column in named or block.cell.row in rows)
                    and numbers(block.text)
                ):
                    return True
        return False

    def _names_data(self) -> bool:
        """Whether the text speaks of one of the data sets that the head names."""
        stated = self.card.head.fields.get("datasets")
        if not _is_said(stated):
            return False
        listed = [str(each) for each in (stated if isinstance(stated, list) else [stated])]
        wanted = [names.key(name.rpartition("/")[2]) for name in listed if name]
        prose = " ".join(names.key(block.text) for block in self.real if block.kind in PROSE)
        return any(name and name in prose for name in wanted)

    def is_foreign(self) -> bool:
        """Whether the text is not in English: by its letters, else by the commonest words of its sentences."""
        passages = [block.text for block in self.card.blocks if block.kind in PROSE or block.kind is Kind.HEADING]
        letters = [character for text in passages for character in text[:400] if character.isalpha()]
        if sum(character > "\u024f" for character in letters) * 10 > len(letters) * 3:
            return len(letters) > 60
        said = [word for text in passages if len(words := folding.words(text[:2000])) >= 8 for word in words]
        english, other = (sum(word in common for word in said) for common in (_COMMON, _ELSEWHERE))
        return len(said) >= 40 and other > 0.06 * len(said) and other > english


def _once(blocks: Iterable[Block]) -> list[Block]:
    """Each passage and each piece of code where it stands first: what is said again under another heading is not said of it."""
    seen: set[str] = set()
    made = []
    for block in blocks:
        if block.kind is not Kind.CELL and folding.says(block.text):
            said = " ".join(folding.fold(block.text).text.split())
            if said in seen:
                continue
            seen.add(said)
        made.append(block)
    return made


def _tells(section: str, rest: str, block: Block) -> bool:
    """Whether what follows a label says something: a sentence where one is asked for, else a word or a link."""
    if any(link.target and not link.image for link in block.links):
        return True
    said = [word for word in folding.words(rest) if word not in _EMPTY]
    if section in _SENTENCES:
        return len(said) >= ENOUGH_WORDS
    return bool(said)


def _is_value(block: Block) -> bool:
    """Whether a cell below the head of a table holds a number."""
    return bool(block.cell and block.cell.row and block.cell.column and numbers(block.text))


def _pictured(block: Block) -> bool:
    return any(link.image for link in block.links)


def _is_said(value: object) -> bool:
    if isinstance(value, str):
        return folding.says(value) > 1 and folding.fold(value).text not in ("none", "license", "unknown", "null")
    return bool(value)


def _has_results(index: object) -> bool:
    entries = index if isinstance(index, list) else []
    return any(isinstance(entry, dict) and entry.get("results") for entry in entries)
