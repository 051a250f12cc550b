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
    words        a pattern with `{}` for each source, as "{}, rank {}"
    choice       a text for what stands there, as "by-run" → "by the run itself"
    listed       the texts of a list, joined with ", "
    tally        a mapping of names to numbers, as "F32 (272), I8 (4)"
    count        how many rows of a list hold what `where` says

What is absent, blank, not a finite number, or not of the shape that the way needs, gives None: it is not evidenced. It is never guessed.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from governance.verifier import figures, intervals

RESULTS = ("assessment", "gate", "register")
"""Names of sources that are results of judgement and no evidence."""

_INDEX = re.compile(r"0|[1-9][0-9]{0,9}\Z")
_WHERE = 8
"""Fields that `where` may name."""

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
        if self.way in ("value", "total", "difference", "lower", "upper"):
            made |= {"form": self.form, "digits": self.digits}
        for name in ("unit", "field", "pattern", "rounding"):
            if getattr(self, name):
                made[name] = getattr(self, name)
        return made | {name: dict(getattr(self, name)) for name in ("choices", "where") if getattr(self, name)}


def read(plain: Any) -> Claim:
    """A claim from its JSON form. Raises `ValueError` where it is none."""
    if not isinstance(plain, dict):
        raise ValueError("a claim is a mapping")  # noqa: TRY004 - what is wrong is what the pack says
    texts = {
        name: plain.get(name, "") for name in ("id", "label", "way", "unit", "field", "pattern", "text", "rounding")
    }
    form, digits, sources = plain.get("form", "number"), plain.get("digits", 3), plain.get("sources")
    if not all(isinstance(value, str) for value in (*texts.values(), form)):
        raise ValueError("a field of the claim is no text")
    if not texts["id"] or texts["way"] not in _WAYS or form not in {*figures.FORMS, "text"}:
        raise ValueError(f"a claim with an id, one of {', '.join(_WAYS)}, and a form that is known")
    if isinstance(digits, bool) or not isinstance(digits, int) or not 0 <= digits <= 12:
        raise ValueError("digits are a whole number up to 12")
    if not isinstance(sources, list) or not sources or not all(_is_source(each) for each in sources):
        raise ValueError("a claim without sources")
    mappings = {name: plain.get(name, {}) for name in ("choices", "where")}
    if not all(isinstance(each, dict) and all(isinstance(v, str) for v in each.values()) for each in mappings.values()):
        raise ValueError("choices and where map texts to texts")
    said = [
        texts["unit"],
        texts["pattern"],
        *(v for k, v in mappings["choices"].items() if not _digits(v) <= _digits(k)),
    ]
    if any(map(_digits, said)):
        raise ValueError("a unit, a pattern or a choice says a number that does not stand in its source")
    return Claim(
        sources=tuple(Source(each["of"], each["pointer"]) for each in sources),
        form=form,
        digits=digits,
        **texts,
        **mappings,
    )


def _digits(text: str) -> set[str]:
    """The runs of digits in a text."""
    return set(re.findall(r"\d+", text))


def _is_source(plain: Any) -> bool:
    return isinstance(plain, dict) and all(isinstance(plain.get(name), str) for name in ("of", "pointer"))


def written(claim: Claim, source: Read) -> tuple[str | None, str]:
    """(text, rounding) of the claim, read anew; the text is None where its sources do not give it.

    Raises `LookupError` where a source itself (the piece of evidence, the result) is not there.
    """
    return _WAYS[claim.way](claim, [at(source(each.of), each.pointer) for each in claim.sources])


def is_number(claim: Claim, source: Read) -> bool:
    """Whether a claim is written as a number by its form, and is no word, version or list that stood there as text."""
    if claim.way == "value":
        return figures.finite(at(source(claim.sources[0].of), claim.sources[0].pointer)) is not None
    return claim.way in ("length", "total", "difference", "lower", "upper", "count")


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
    return _computed(claim, lambda: sum(number or 0 for number in numbers))


def _difference(claim: Claim, found: list[Any]) -> tuple[str | None, str]:
    after, before = (figures.finite(value) for value in found[:2])
    if after is None or before is None:
        return None, ""
    return _computed(claim, lambda: after - before)


def _computed(claim: Claim, reckon: Callable[[], float]) -> tuple[str | None, str]:
    """What was reckoned, in its form; None where it is no finite number, as of two that are finite and too far apart."""
    try:
        value = figures.finite(reckon())
    except OverflowError:
        value = None
    return (None, "") if value is None else figures.FORMS[claim.form](value, claim.digits)


def _interval(found: list[Any]) -> intervals.Interval | None:
    rows = [row for row in found[:2] if isinstance(row, Mapping)]
    if len(rows) != len(found):
        return None
    return intervals.of_result(rows[0]) if len(rows) == 1 else intervals.of_difference(rows[0], rows[1])


def _lower(claim: Claim, found: list[Any]) -> tuple[str | None, str]:
    held = _interval(found)
    return _computed(claim, lambda: held.low) if held else (None, "")


def _upper(claim: Claim, found: list[Any]) -> tuple[str | None, str]:
    held = _interval(found)
    return _computed(claim, lambda: held.high) if held else (None, "")


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
    if not isinstance(found[0], (list, tuple)) or len(claim.where) > _WHERE:
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
    "words": _words,
    "choice": _choice,
    "listed": _listed,
    "tally": _tally,
    "count": _count,
}
