"""What all nouns share: frozen, strict about unknown fields, and plain text that really says something."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StringConstraints

from governance.parsing import canonical
from governance.parsing.people import FILLERS, visible

_PLACEHOLDER = re.compile(
    r"^(?:[\W_]*|.|x+|lorem ipsum.*|\{\{?.*\}?\}|<[^>]*>|\[[^\]]*\]|"
    r"[\W_]*(?:tb[acd]|todo|to be (?:added|confirmed|decided|defined|determined|written)|fixme|n/?a|n\.a|none|null|"
    r"unknown|placeholder|(?:more )?information needed|needs? more information)[\W_]*)$",
    re.IGNORECASE | re.DOTALL,
)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")


def is_placeholder(text: str) -> bool:
    """True for text that fills a field without saying anything: ".", "x", "TBD", "[More Information Needed]"."""
    return bool(_PLACEHOLDER.match(visible(text).strip()))


def _says_something(text: str) -> str:
    if is_placeholder(text):
        raise ValueError(f"{text!r} says nothing; write the sentence, or leave the field out")
    return text


def _is_printable(text: str) -> str:
    if text.isascii() and text.isprintable():  # nearly every sentence, told in one look
        return text
    for character in text:
        kind = unicodedata.category(character)
        if character in FILLERS or (kind in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"} and character not in "\n\t\u200d"):
            raise ValueError(f"the character U+{ord(character):04X} is not allowed here")
    return unicodedata.normalize("NFC", text)


Sentence = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=2, max_length=4000),
    AfterValidator(_is_printable),
    AfterValidator(_says_something),
]
"""Text for people: at least two characters, printable, and no placeholder."""


def _is_one_mark(text: str) -> str:
    hidden = not text.isprintable() or visible(text) != text or unicodedata.normalize("NFC", text) != text
    if hidden or text != text.strip():
        raise ValueError(f"{text!a} must be printable, without spaces at its ends and without hidden characters")
    return text


Number = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(_is_one_mark)]
"""A number or name that somebody else gave: `MEASURE 2.5`, `A.6.2.4`, `2024/1689`. What it looks like is all it is."""

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(?:[.-][a-z0-9]+)*$", max_length=80)]
"""An id of ours: lower-case words, joined by `-` or `.`."""

KindId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*\.v[1-9][0-9]*$", max_length=80)]
"""The name of an evidence kind with its version: `eval-run.v1`."""


def _in_utc(value: datetime) -> datetime:
    return canonical.moment(canonical.instant(value))


Moment = Annotated[datetime, AfterValidator(_in_utc)]
"""A moment with a time zone, kept in UTC and to the second, as it is written."""


def _is_a_day(value: Any) -> date:
    """A date, or its text; no number of seconds since 1970, and no moment."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str) and _DAY.match(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise ValueError("is no day: write it as year-month-day, such as 2026-05-04")


Day = Annotated[date, BeforeValidator(_is_a_day)]
"""A day that a person wrote: year-month-day, and nothing that could be read as one by luck."""

Digest = Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")]
"""A digest as `sha256:<64 hex>`."""


class Noun(BaseModel):
    """Frozen and closed: an unknown field is an error, so that a misspelt one is not silently ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=(), ser_json_inf_nan="constants")

    def plain(self) -> dict[str, Any]:
        """The JSON form: only JSON types, fields that were never set left out, so that old digests stay the same."""
        made: dict[str, Any] = self.model_dump(mode="json", exclude_none=True, by_alias=True)
        return made
