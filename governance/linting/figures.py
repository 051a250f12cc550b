"""Figures of a card: the numbers by which it says how good, how large or how costly the model is.

Taken are: every metric of `model-index` and the emissions of the head; percentages; decimal numbers that stand with a metric, a
benchmark or a unit; whole numbers in a column, a row or an item that names a metric. Left out are versions, dates, years, licence and
section numbers, names (`7B`), settings (a learning rate is chosen and not measured), counters (epoch, step), confidence levels, and all
code. A heading is no figure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from governance.linting import beside, folding, names, sources
from governance.linting.blocks import PROSE, Block, Kind
from governance.linting.numbers import Number, numbers

if TYPE_CHECKING:
    from governance.linting.beside import Peers
    from governance.linting.card import Card
    from governance.linting.findings import Place

MAX_FIGURES = 10_000
LONG_CELL = 80
"""A cell of more characters is read as a passage."""
LONG_HEAD = 200
"""Characters of a cell by which its column or row is named."""
_SKIPPED = re.compile(
    r"hyper-?\s?parameter|framework versions|requirements|\binstall|citation|\bcit(?:e|ing)\b|bibtex|references|change ?log|"
    r"release notes|\bnews\b|"
    r"\bupdates?\b|acknowledg|table of contents|evidence index|how to verify|training config|label scheme|\bsetup\b|"
    r"dependencies|\bversions?\b",
    re.IGNORECASE,
)
_USAGE = re.compile(
    r"\busage\b|how to|quick ?start|get(?:ting)? started|\binference\b|\bexamples?\b|\bdemo\b|\bprompt", re.IGNORECASE
)
_UNIT = re.compile(
    r"\s?-?(?:hours?|hrs?|h|minutes?|mins?|days?|seconds?|secs?|s|ms|[kKMGT]i?B|kg|g|grams?|tons?|tonnes?|t|t?CO2\w*|tCO₂\w*|"
    r"k?Wh|MWh|[kM]?W|tokens?|"
    r"x|×|times|points?|absolute|relative|million|billion|trillion|thousand|FLOPs?|TFLOPS?)\b",
    re.IGNORECASE,
)
_CARBON = re.compile(
    r"\s?(?:(?:metric )?(?:kg|g|grams?|t|tons?|tonnes?)\s?(?:of )?(?:CO[2₂]|carbon)|t?CO[2₂]|[kM]?Wh\b)", re.IGNORECASE
)
_PARAMETERS = re.compile(r"\s?(?:[BM]\b|billion|million)?[\s-]?(?:trainable |total |learnable )?param", re.IGNORECASE)
_CONFIDENCE = re.compile(r"\s?-?(?:confidence|CI\b|C\.I\.|interval|credible)", re.IGNORECASE)
_STANDARD = re.compile(r"\s?(?:×\s?)?(?:standard errors?|σ|sigma)", re.IGNORECASE)
_WHOLE = re.compile(
    r"\s?(?:free|open|local|private|offline|compatible|human|of (?:which|the emissions|them))", re.IGNORECASE
)
_NAMED = re.compile(
    r"(?:^|[^\w])([A-Z][\w-]*[a-z][\w-]*|[A-Za-z]*(?:GPT|CUDA|GPL|BSD|MPL|CC|BY|SA|NC|ND|AGPL|LGPL|EUPL|OSL)) $"
)
_BEFORE = re.compile(
    r"(?:\b(?:versions?|ver|v|release[sd]?|python|pytorch|torch|transformers|tensorflow|keras|jax|cuda|cudnn|licen[cs]e|section|"
    r"sec|tables?|figures?|"
    r"fig|chapter|eq|equation|appendix|step|level|unit|part|phase|stage|spacy|opset|numpy|ubuntu|debian|version of)\.?[ :]*|[§#] ?)$",
    re.IGNORECASE,
)
_ENDS = re.compile(r"\s*(?:$|[.,;:)\]|*]|(?:on|in|for|vs|and|or|with|at|after|while|when|over|to)\b|±|\+)")
_SPREAD = re.compile(r"\s*(?:\+/-|±|\+-)\s*[0-9.]+$")
"""`268.14 +/- 16.06`, as results of reinforcement learning are written."""
_SENTENCE = re.compile(r"[.!?;](?=\s)|\n")


@dataclass(frozen=True)
class Figure:
    """One figure. `direct` are the words that say of what it is (label, row and column, sentence), `around` those in its neighbourhood.

    `where` is `model-index`, `head`, `table`, `list` or `text`. `cites` are keys of the card's evidence index beside it, `row_cites`
    those in its row. `sourced` says that a link to results, a paper or a log stands by it. `task` and `metric` are set where the card
    names them apart.
    """

    number: Number
    place: Place
    where: str
    label: str
    direct: str
    around: str
    group: int
    section: int = 0
    block: Block | None = None
    cites: tuple[str, ...] = ()
    row_cites: tuple[str, ...] = ()
    sourced: bool = False
    task: str = ""
    metric: str = ""
    split: str = ""
    beside: str = ""
    """Of running text: the clause in which it stands."""
    before: str = ""
    """Of running text: the words right before it."""
    row: str = ""
    head: str = ""
    peers: Peers | None = None
    """Of a table: the first cell of its row, the head of its column, and who is compared in the table."""


def figures(card: Card) -> list[Figure]:
    """The figures of the card in the order of the file, `MAX_FIGURES` at most."""
    made = [*_of_head(card)]
    tables = {number: _Table(card, cells) for number, cells in card.tables.items()}
    for block in card.blocks:
        if len(made) >= MAX_FIGURES:
            break
        if _SKIPPED.search(card.document.title(block.section)):
            continue
        if block.cell:
            made += tables[block.cell.table].figures(block)
        elif block.kind in PROSE:
            made += _of_prose(card, block)
    return made[:MAX_FIGURES]


# --- the head --------------------------------------------------------------------------------------------------------


def _of_head(card: Card) -> list[Figure]:
    made: list[Figure] = []
    index = card.head.fields.get("model-index")
    for at, entry in enumerate(index if isinstance(index, list) else ()):
        results = entry.get("results") if isinstance(entry, Mapping) else None
        for row, result in enumerate(results if isinstance(results, list) else ()):
            if isinstance(result, Mapping):
                made += _of_result(card, result, ("model-index", at, "results", row))
    emissions = card.head.fields.get("co2_eq_emissions")
    value = emissions.get("emissions") if isinstance(emissions, Mapping) else emissions
    number = _plain(value)
    if number is not None:
        source = str(emissions.get("source") or "") if isinstance(emissions, Mapping) else ""
        path = ("co2_eq_emissions", "emissions") if isinstance(emissions, Mapping) else ("co2_eq_emissions",)
        made.append(
            Figure(
                number, card.head.place(*path), "head", "CO2 emissions, grams", "co2 grams emissions", "energy", -1,
                sourced=sources.is_address(source), metric="co2 grams",
            )
        )  # fmt: skip
    return made


def _of_result(card: Card, result: Mapping[str, Any], path: tuple[str | int, ...]) -> list[Figure]:
    made: list[Figure] = []
    data, source = _mapping(result.get("dataset")), _mapping(result.get("source"))
    named = [str(data.get(name)) for name in ("name", "type", "config") if data.get(name)]
    metrics = result.get("metrics")
    for at, metric in enumerate(metrics if isinstance(metrics, list) else ()):
        row = _mapping(metric)
        number = _plain(row.get("value"))
        if number is None:
            continue
        called = [str(row.get(name)) for name in ("name", "type") if row.get(name)]
        about = " ".join([*named, *called])
        made.append(
            Figure(
                number, card.head.place(*path, "metrics", at, "value"), "model-index",
                f"{called[0] if called else 'metric'}, {named[0] if named else 'data set not named'}", about, about, -1,
                sourced=bool(source.get("url") or row.get("verifyToken") or row.get("verified") is True),
                task=named[0] if named else "", metric=called[-1] if called else "", split=str(data.get("split") or ""),
            )
        )  # fmt: skip
    return made


def _plain(value: object) -> Number | None:
    """A value of the head as a number; text that is one counts."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    text = repr(value) if not isinstance(value, str) else _SPREAD.sub("", value.strip())
    found = numbers(text) if len(text) < 60 else []
    return found[0] if len(found) == 1 and found[0].start <= 1 and found[0].end == len(text) else None


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


# --- tables ----------------------------------------------------------------------------------------------------------


class _Table:
    """One table: what its columns and rows are called, and what stands around it."""

    def __init__(self, card: Card, cells: list[Block]) -> None:
        self.card = card
        self.heads = heads(cells)
        self.rows: dict[int, list[Block]] = {}
        for block in cells:
            if block.cell:
                self.rows.setdefault(block.cell.row, []).append(block)
        self.labels = {row: self._label(blocks) for row, blocks in self.rows.items()}
        self.cites = {row: sources.cites(*blocks) for row, blocks in self.rows.items()}
        self.row_sourced = {row: any(map(sources.has_source, blocks)) for row, blocks in self.rows.items()}
        self.caption, cited, self.sourced = sources.caption(card, cells)
        self.cites = {row: keys or cited for row, keys in self.cites.items()}
        self.firsts = {
            row: blocks[0].text.strip()[:LONG_HEAD] if len(blocks) > 1 else "" for row, blocks in self.rows.items()
        }
        self._reach_down(cells)
        self.peers = beside.peers(self.heads, [first for row, first in self.firsts.items() if row and first])
        self.title = card.document.title(cells[0].section)
        self.in_usage = bool(_USAGE.search(self.title))

    def _reach_down(self, cells: list[Block]) -> None:
        """Name the rows that the first cell of an earlier row reaches down into by that cell as well."""
        for block in cells:
            if block.cell and block.cell.column == 0 and block.cell.tall > 1:
                said = block.text.strip()[:LONG_HEAD]
                for row in range(block.cell.row + 1, block.cell.row + block.cell.tall):
                    if row in self.rows:
                        self.firsts[row] = said
                        self.labels[row] = f"{said} {self.labels[row]}"

    @staticmethod
    def _label(blocks: list[Block]) -> str:
        """The first cell, and those after it as long as they are words."""
        said: list[str] = []
        for block in blocks[:3]:
            if len(block.text) <= LONG_CELL and _is_only_number(block):
                break
            said.append(block.text.strip()[:LONG_HEAD])
        return " ".join(filter(None, said))

    def figures(self, block: Block) -> list[Figure]:
        cell = block.cell
        if cell is None or (cell.row == 0 and len(self.rows) > 1):
            return []
        if len(block.text) > LONG_CELL:
            return _of_prose(
                self.card, block, row_cites=self.cites[cell.row], sourced=self.row_sourced[cell.row] or self.sourced
            )
        head, row = self.heads.get(cell.column, ""), self.labels[cell.row]
        if cell.column == 0 and len(self.rows[cell.row]) > 1 and not names.is_metric(head):
            return []
        made = []
        for number in numbers(block.text):
            if number.after_plus_minus or block.is_code(number.start, number.end):
                continue
            if not self._is_figure(number, block, head, row):
                continue
            label = ", ".join(part for part in (row, head) if part and part != number.text)[:90]
            made.append(
                Figure(
                    number, block.place(number.start, number.end), "table", label or "a cell", f"{row} {head}",
                    f"{self.title} {self.caption} {row} {head}", block.group, block.section, block, sources.cites(block),
                    self.cites[cell.row], self.row_sourced[cell.row] or self.sourced, row=self.firsts[cell.row],
                    head=head, peers=self.peers,
                )
            )  # fmt: skip
        return made

    def _is_figure(self, number: Number, block: Block, head: str, row: str) -> bool:
        if _is_no_result(number, block.text):
            return False
        named = names.is_metric(head) or (names.is_metric(row) and not names.is_counter(head))
        if names.is_setting(head) and not names.is_metric(head):
            return False
        if names.is_setting(row) and not names.is_metric(row):
            return False
        if number.percent:
            return True
        if not number.decimals:
            if sources.cites(block) and number.scale != 1:
                return True
            alone = len(block.text.strip()) <= len(number.text) + 8
            return alone and named and not names.is_counter(head) and number.value < 1e6
        if self.in_usage and not named:
            return False
        return named or not names.is_counter(head)


def heads(cells: list[Block]) -> dict[int, str]:
    """What the columns of a table are called; a head over several columns names each of them."""
    return {
        column: block.text.strip()[:LONG_HEAD]
        for block in cells
        if block.cell and block.cell.row == 0
        for column in range(block.cell.column, block.cell.column + block.cell.wide)
    }


def _is_only_number(block: Block) -> bool:
    """Whether a cell holds a number and no words but a citation."""
    found = numbers(block.text)
    if not found:
        return False
    rest = list(block.text)
    for start, end in [
        *((link.start, link.end) for link in block.links),
        *((number.start, number.end) for number in found),
    ]:
        rest[start:end] = " " * (end - start)
    return folding.says("".join(rest)) < 3


# --- running text ----------------------------------------------------------------------------------------------------


def _of_prose(card: Card, block: Block, row_cites: tuple[str, ...] = (), *, sourced: bool = False) -> list[Figure]:
    found = numbers(block.text)
    if not found:
        return []
    made: list[Figure] = []
    ends = [match.end() for match in _SENTENCE.finditer(block.text)]
    title = card.document.title(block.section)
    in_usage = bool(_USAGE.search(title))
    cites, linked = sources.cites(block), sourced or sources.has_source(block)
    at = 0
    for number in found:
        while at < len(ends) and ends[at] <= number.start:
            at += 1
        start = max(ends[at - 1] if at else 0, number.start - 160)
        stop = min(ends[at] if at < len(ends) else len(block.text), number.end + 120)
        sentence = block.text[start:stop].strip()
        if not _is_figure(number, block, sentence, in_usage=in_usage):
            continue
        label = block.label or sentence
        made.append(
            Figure(
                number, block.place(number.start, number.end), "list" if block.kind is Kind.ITEM else "text",
                label[:90], f"{block.label} {sentence}", f"{title} {sentence}", block.group, block.section, block, cites, row_cites,
                linked, metric=_said_metric(block, number),
                beside=beside.clause(block.text[start:stop], number.start - start, number.end - start),
                before=block.text[max(start, number.start - 60) : number.start],
            )
        )  # fmt: skip
    return made


def _said_metric(block: Block, number: Number) -> str:
    """The name of the metric where a passage has the form `name: value`."""
    head, colon, _ = block.text[: number.start].rpartition(":")
    if colon and "\n" not in head[-80:] and not block.text[len(head) + 1 : number.start].strip(" *~≈="):
        return re.split(r"[\n.;,(]", head)[-1].strip(" *-•")[:80]
    return ""


def _is_figure(number: Number, block: Block, sentence: str, *, in_usage: bool) -> bool:
    text = block.text
    near = text[max(0, number.start - 45) : number.start]
    linked = block.is_linked(number.start, number.start + 1) and not number.percent
    if number.after_plus_minus or block.is_code(number.start, number.end) or _is_no_result(number, text) or linked:
        return False
    if _is_set(near.rpartition("\n")[2], block.label):
        return False
    if number.percent:
        return not in_usage or names.is_metric(sentence)
    if _CARBON.match(text, number.end):
        return True
    measured = names.is_metric(near) or names.is_metric(block.label)
    if not number.decimals:
        return measured and _says_value(text, number)
    if _is_part_of_name(number, text, near):
        return False
    return measured or (not in_usage and (names.is_metric(sentence) or bool(_UNIT.match(text, number.end))))


def _is_part_of_name(number: Number, text: str, near: str) -> bool:
    """`Common Voice 8.0`, or the number of a section at the beginning of a passage."""
    if number.start == 0:
        return text[number.end : number.end + 2].lstrip()[:1].isupper()
    return bool(_NAMED.search(near)) and not names.is_metric(near.rsplit(maxsplit=1)[-1]) and number.decimals < 3


def _is_set(near: str, label: str) -> bool:
    """Whether the words before a number name something that is chosen."""
    if label and names.is_setting(label) and not names.is_metric(label):
        return True
    last = near[-28:]
    return names.is_setting(last) and not names.is_metric(last)


def _says_value(text: str, number: Number) -> bool:
    """Whether a whole number is said to be the value: `: 85`, `of 85 on`, `= 85`, `reaches 85`."""
    before = text[max(0, number.start - 14) : number.start]
    said = re.search(r"(?:[:=≈~]|\bof|\bis|\breache[sd]|\bachieve[sd]|\bscore[sd]?)\s?\**$", before)
    return bool(said and _ENDS.match(text, number.end)) and number.value < 1e6 and "e" not in number.text


def _is_no_result(number: Number, text: str) -> bool:
    """What only looks like a result: a confidence level, a number of parameters, a version, `100 % open`."""
    after = text[number.end : number.end + 40]
    before = text[max(0, number.start - 24) : number.start]
    if number.percent and (_CONFIDENCE.match(after) or (number.value == 100 and _WHOLE.match(after))):
        return True
    if _STANDARD.match(after) and abs(number.value) in (1.96, 1.0, 1.645, 2.58):
        return True
    if _PARAMETERS.match(after) or _BEFORE.search(before):
        return True
    if (
        number.decimals == 1
        and number.value.is_integer()
        and re.search(r"[A-Za-z] $", before)
        and not names.ends_in_metric(before)
    ):
        return True  # AlpacaEval 2.0, Apache 2.0
    return bool(re.search(r"[(\[]\s*$", before) and number.value in (0.0, 1.0))
