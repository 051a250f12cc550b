"""Claims: where each figure of a document comes from, and how it is written; enough to write it again from a pack.

A claim names its *sources*, each a piece of evidence (or one of the three results of judgement) and an RFC 6901 pointer into its body; the
*way* from what stands there to one value; and the *form* that value is written in. `written` walks that way. The builders of documents
make a figure with it and the verifier makes it again, so that no figure can be printed that a pack does not give back.

Ways, a closed list:

    value        what stands at the pointer: a number, a text, yes or no
    length       how many there are in the list, or names in the mapping
    total        the sum of a field over the rows of a list
    difference   the first source less the second
    lower        the lower end of the 95 % interval (`intervals`) of a row with value, stderr and n, or of the first row less the second
    upper        the upper end of the same
    ceiling      the greatest share that the first source, seen, of the second, asked, leaves possible at 95 % (`intervals`)
    words        a pattern with `{}` for each source, as "{}, rank {}"
    choice       a text for what stands there, as "by-run" → "by the run itself"
    listed       the texts of a list, joined with ", "
    tally        a mapping of names to numbers, as "F32 (272), I8 (4)"
    count        how many rows of a list hold what `where` says

What is absent, blank, not a finite number, or not of the shape that the way needs, gives None: it is not evidenced. It is never guessed.
So does a number that was reckoned and came out beyond what a float holds.

Three texts of a claim stand in no evidence: its unit, its pattern and its choices. They are words, so they may hold no number (`read`),
and what they stand around keeps its distance: every digit in print comes from a source.
"""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from governance.parsing.showing import visible
from governance.verifier import figures, intervals

RESULTS = ("assessment", "gate", "register")
"""Names of sources that are results of judgement and no evidence."""

_INDEX = re.compile(r"0|[1-9][0-9]{0,9}\Z")
_DIGITS = 12
_WHERE = 8
"""Fields that `where` may name."""
_RECKONED = ("total", "difference", "lower", "upper", "ceiling")
_SOURCES = {"difference": (2, 2), "ceiling": (2, 2), "lower": (1, 2), "upper": (1, 2), "words": (1, 16)}
"""How many sources a way needs, at least and at most, where that is not one."""
_DIGIT = re.compile("[0-9]")
_SMALL = re.compile(r"(?<=[A-Za-z])[²³₂₃₄₅₆₇₈]|\b(?:CO2|CH4|N2O|NF3|SF6)(?=e\b|eq\b|\b)")
"""What of a unit holds a digit that is no number: small ones, as in m² and CO₂, and gases of the greenhouse (Kyoto Protocol, annex A)."""
_BEFORE, _AFTER = tuple(" (["), tuple(" ,;:)]")
"""What stands in a pattern right before and right after what is put in, so that nothing runs into it."""
_MOST_UNIT = 60

_FIELDS = (
    "id", "label", "way", "form", "digits", "unit", "field", "pattern", "choices", "where", "text", "rounding"
)  # fmt: skip

Read = Callable[[str], Any]
"""Gives the body of a piece of evidence, or a result, by the name of the source. Raises `LookupError` where there is none."""


@dataclass(frozen=True)
class Source:
    """Where a value stands: `of` is an evidence id or one of `RESULTS`, `pointer` an RFC 6901 pointer into its body."""

    of: str
    pointer: str = ""


@dataclass(frozen=True)
class Claim:
    """One figure of a document. `text` is what is printed, and `rounding` how it came to fewer digits, in words, or empty."""

    id: str
    label: str
    way: str
    sources: tuple[Source, ...]
    form: str = "number"
    digits: int = 3
    unit: str = ""
    field: str = ""
    pattern: str = ""
    choices: Mapping[str, str] = dataclasses.field(default_factory=dict)
    where: Mapping[str, str] = dataclasses.field(default_factory=dict)
    text: str = ""
    rounding: str = ""

    def plain(self) -> dict[str, Any]:
        """The JSON form: what is empty is left out."""
        made: dict[str, Any] = {
            "id": self.id,
            "label": self.label,
            "text": self.text,
            "way": self.way,
            "sources": [{"of": source.of, "pointer": source.pointer} for source in self.sources],
        }
        if self.way in ("value", *_RECKONED):
            made |= {"form": self.form, "digits": self.digits}
        for name in ("unit", "field", "pattern", "rounding"):
            if getattr(self, name):
                made[name] = getattr(self, name)
        return made | {name: dict(getattr(self, name)) for name in ("choices", "where") if getattr(self, name)}


def read(plain: Any) -> Claim:
    """A claim from its JSON form. Raises `ValueError` where it is none."""
    if not isinstance(plain, dict):
        raise ValueError("a claim is a mapping")  # noqa: TRY004 - what is wrong is what the pack says
    given = {name: plain[name] for name in _FIELDS if name in plain}
    rows = plain.get("sources")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ValueError("a claim without sources")
    sources = tuple(Source(row.get("of"), row.get("pointer")) for row in rows)
    claim = Claim(**({"id": "", "label": "", "way": ""} | given), sources=sources)
    if said := wrong(claim):
        raise ValueError(said)
    if not claim.id:
        raise ValueError("a claim without an id")
    return claim


def wrong(claim: Claim) -> str:
    """Why a claim is none, whoever made it; empty where it is one. Nothing is asked of its id."""
    texts = (claim.id, claim.label, claim.way, claim.form, claim.unit, claim.field, claim.pattern, claim.text)
    if not all(isinstance(text, str) for text in (*texts, claim.rounding)):
        return "a field of the claim is no text"
    if claim.way not in _WAYS:
        return f"a claim goes one of the ways {', '.join(_WAYS)}"
    if claim.form not in figures.FORMS and (claim.form != "text" or claim.way in _RECKONED):
        return f"{claim.form!r} is no form of a {claim.way}: there are {', '.join(figures.FORMS)}, and text of a value"
    if isinstance(claim.digits, bool) or not isinstance(claim.digits, int) or not 0 <= claim.digits <= _DIGITS:
        return f"digits are a whole number from 0 to {_DIGITS}, and not {claim.digits!r}"
    if not all(isinstance(mapping, dict) for mapping in (claim.choices, claim.where)) or len(claim.where) > _WHERE:
        return f"choices and where are mappings, and where names at most {_WHERE} fields"
    if not all(isinstance(text, str) for text in (*claim.choices.values(), *claim.where.values())):
        return "choices and where map texts to texts"
    return _wrong_sources(claim) or wrong_unit(claim.unit) or _wrong_words(claim.pattern, claim.choices)


def _wrong_sources(claim: Claim) -> str:
    for each in claim.sources:
        if not isinstance(each.of, str) or not isinstance(each.pointer, str) or each.pointer[:1] not in ("", "/"):
            return f"{each.pointer!r} is no pointer of a source: it begins with /"
    least, most = _SOURCES.get(claim.way, (1, 1))
    if not least <= len(claim.sources) <= most:
        return f"a {claim.way} has {least if least == most else f'{least} to {most}'} sources"
    return ""


def wrong_unit(unit: str) -> str:
    """Why a text is no unit; empty where it is one."""
    if len(unit) > _MOST_UNIT or _has_number(_SMALL.sub("", unit)):
        return f"the unit {unit[:_MOST_UNIT]!r} holds a number, or is longer than {_MOST_UNIT} characters"
    return ""


def _wrong_words(pattern: str, choices: Mapping[str, str]) -> str:
    if any(map(_has_number, choices.values())):
        return "a choice holds a number, which no evidence says"
    if _has_number(pattern):
        return f"the pattern {pattern!r} holds a number, which no evidence says"
    parts = f" {pattern} ".split("{}")
    if not all(part.endswith(_BEFORE) for part in parts[:-1]) or not all(part.startswith(_AFTER) for part in parts[1:]):
        return f"the pattern {pattern!r} runs into what is put in: part them with a space"
    return ""


def _has_number(text: str) -> bool:
    if text.isascii():
        return _DIGIT.search(text) is not None
    return any(unicodedata.category(character)[0] == "N" for character in text)


def written(claim: Claim, source: Read) -> tuple[str | None, str]:
    """(text, rounding) of the claim, read anew; the text is None where its sources do not give it.

    Raises `LookupError` where a source itself (the piece of evidence, the result) is not there.
    """
    return _WAYS[claim.way](claim, [at(source(each.of), each.pointer) for each in claim.sources])


def is_number(claim: Claim, source: Read) -> bool:
    """Whether a claim is written as a number by its form, and is no word, version or list that stood there as text."""
    if claim.way == "value":
        return figures.finite(at(source(claim.sources[0].of), claim.sources[0].pointer)) is not None
    return claim.way in ("length", "count", *_RECKONED)


def printed(text: str, unit: str, marks: figures.Marks) -> str:
    """A written claim as it stands on a page: with the marks of the language and its unit, and nothing in it that can not be seen."""
    return visible(f"{figures.marked(text, marks)} {unit}".strip())


def at(document: Any, pointer: str) -> Any:
    """What stands at an RFC 6901 pointer; None where nothing does. Raises `ValueError` for what is no pointer."""
    if not pointer:
        return document
    if not pointer.startswith("/"):
        raise ValueError(f"{pointer!r} is no pointer: it begins with /")
    for token in pointer[1:].split("/"):
        name = token.replace("~1", "/").replace("~0", "~")
        if isinstance(document, Mapping):
            document = document.get(name)
        elif isinstance(document, Sequence) and not isinstance(document, (str, bytes)):
            place = int(name) if _INDEX.match(name) else -1
            document = document[place] if 0 <= place < len(document) else None
        else:
            return None
    return document


def _value(claim: Claim, found: list[Any]) -> tuple[str | None, str]:
    return _one(found[0], claim.form, claim.digits)


def _one(value: Any, form: str, digits: int) -> tuple[str | None, str]:
    if isinstance(value, str):
        return (value, "") if value.strip() else (None, "")
    if isinstance(value, bool):
        return ("yes" if value else "no"), ""
    number = figures.finite(value)
    if number is None:
        return None, ""
    return (str(value), "") if form == "text" else figures.FORMS[form](number, digits)


def _length(_: Claim, found: list[Any]) -> tuple[str | None, str]:
    rows = found[0]
    return (f"{len(rows):,}", "") if isinstance(rows, (list, tuple, Mapping)) else (None, "")


def _total(claim: Claim, found: list[Any]) -> tuple[str | None, str]:
    rows = found[0] if isinstance(found[0], (list, tuple)) else ()
    numbers = [figures.finite(row.get(claim.field)) for row in rows if isinstance(row, Mapping)]
    if not numbers or len(numbers) != len(rows) or any(number is None for number in numbers):
        return None, ""  # a sum over rows of which one is not told is not a sum of them
    try:
        return _reckoned(claim, sum(number or 0 for number in numbers))
    except OverflowError:  # a whole number that grew too large to be added to a float
        return None, ""


def _reckoned(claim: Claim, value: float | None) -> tuple[str | None, str]:
    """A number that was computed, in its form; None where it is none, or not finite."""
    number = figures.finite(value)
    return (None, "") if number is None else figures.FORMS[claim.form](number, claim.digits)


def _difference(claim: Claim, found: list[Any]) -> tuple[str | None, str]:
    after, before = (figures.finite(value) for value in found)
    return _reckoned(claim, None if after is None or before is None else after - before)


def _interval(found: list[Any]) -> intervals.Interval | None:
    rows = [row for row in found if isinstance(row, Mapping)]
    if len(rows) != len(found):
        return None
    return intervals.of_result(rows[0]) if len(rows) == 1 else intervals.of_difference(rows[0], rows[1])


def _lower(claim: Claim, found: list[Any]) -> tuple[str | None, str]:
    held = _interval(found)
    return _reckoned(claim, held.low if held else None)


def _upper(claim: Claim, found: list[Any]) -> tuple[str | None, str]:
    held = _interval(found)
    return _reckoned(claim, held.high if held else None)


def _ceiling(claim: Claim, found: list[Any]) -> tuple[str | None, str]:
    return _reckoned(claim, intervals.ceiling(*found) if len(found) == 2 else None)


def _words(claim: Claim, found: list[Any]) -> tuple[str | None, str]:
    texts = [_one(value, "text", 0)[0] for value in found]
    if all(text is None for text in texts) or claim.pattern.count("{}") != len(texts):
        return None, ""
    parts = claim.pattern.split("{}")
    return "".join(part + (text or "–") for part, text in zip(parts, [*texts, ""], strict=True)).strip(" –") or None, ""


def _choice(claim: Claim, found: list[Any]) -> tuple[str | None, str]:
    return claim.choices.get(str(found[0]).lower() if isinstance(found[0], bool) else str(found[0])), ""


def _listed(_: Claim, found: list[Any]) -> tuple[str | None, str]:
    rows = found[0] if isinstance(found[0], (list, tuple)) else ()
    return ", ".join(str(row) for row in rows if isinstance(row, (str, int)) and str(row).strip()) or None, ""


def _tally(_: Claim, found: list[Any]) -> tuple[str | None, str]:
    rows = found[0] if isinstance(found[0], Mapping) else {}
    numbers = {str(name): figures.finite(value) for name, value in sorted(rows.items())}
    return ", ".join(f"{name} ({number:,})" for name, number in numbers.items() if number is not None) or None, ""


def _count(claim: Claim, found: list[Any]) -> tuple[str | None, str]:
    if not isinstance(found[0], (list, tuple)):
        return None, ""
    held = [
        row for row in found[0] if isinstance(row, Mapping) and all(_is(row, *pair) for pair in claim.where.items())
    ]
    return f"{len(held):,}", ""


def _is(row: Mapping[str, Any], name: str, wanted: str) -> bool:
    value = row.get(name)
    return (str(value).lower() if isinstance(value, bool) or value is None else str(value)) == wanted


_WAYS: Mapping[str, Callable[[Claim, list[Any]], tuple[str | None, str]]] = {
    "value": _value,
    "length": _length,
    "total": _total,
    "difference": _difference,
    "lower": _lower,
    "upper": _upper,
    "ceiling": _ceiling,
    "words": _words,
    "choice": _choice,
    "listed": _listed,
    "tally": _tally,
    "count": _count,
}
