"""Recognises a sentence of ours that judgement wrote in English, so that a document can say it in its own language.

A text may be several sentences with semicolons between them. Each is held against the patterns of `sentences`, in their order, from left
to right and without ever going back: texts hold what others wrote, and nobody may make a document slow by writing it. What fits no pattern
is given back as it is, marked as not recognised, so that whoever prints it can count it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from governance.reports.atoms import sentences
from governance.reports.atoms.views import Phrase

LONGEST = 20_000
"""Characters of a text that is looked at; a longer one is nobody's sentence."""
MOST, REACH = 40, 6
"""Sentences in one text, and semicolons in one sentence, that are looked at."""
DEEPEST = 4
"""Sentences within sentences that are looked at."""
BETWEEN = "; "

_NAMED = re.compile(r"%\((\w+)\)s")
_NUMBER = re.compile(r"[+−-]?\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?")
_TOKEN = re.compile(r"[^\s;,]*[^\s;,:]")
_FIELD = re.compile(r"[a-z][\w.\[\]]*")
_IDS = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)+(?:, [a-z0-9]+(?:-[a-z0-9]+)+)*")
_RATING = re.compile(r"\d+ × \d+ = \d+")
_PATH = re.compile(r"[a-z][a-z0-9]*(?:[._][\w\[\]]+)+")
_SHAPES = {"field": _FIELD, "path": _PATH, "ids": _IDS, "rating": _RATING, "present": _RATING}


@dataclass(frozen=True)
class Number:
    """A number as it was written, which a language writes with its own marks."""

    text: str

    def __str__(self) -> str:
        """The English text."""
        return self.text


@dataclass(frozen=True)
class Word:
    """A word of a closed list: `text` as judgement writes it, `word` as documents print it."""

    text: str
    word: str

    def __str__(self) -> str:
        """The English text."""
        return self.text


@dataclass(frozen=True)
class Unknown:
    """What no pattern fits. Prints as it is."""

    text: str

    def __str__(self) -> str:
        """The text."""
        return self.text


@dataclass(frozen=True)
class Told:
    """Several things one after another, with what stands between them."""

    parts: tuple[object, ...]
    by: str = BETWEEN

    def __str__(self) -> str:
        """The English text, as it was recognised."""
        return self.by.join(map(str, self.parts))


@lru_cache(maxsize=4096)
def recognise(text: str, deep: int = 0) -> Told:
    """The sentences of a text, itself so deep within others. What is not recognised is an `Unknown` among its parts."""
    parts = text.split(BETWEEN)
    if len(text) > LONGEST or len(parts) > MOST or deep > DEEPEST:
        return Told((Unknown(text),))
    made: list[object] = []
    place = 0
    while place < len(parts):
        end, found = _shortest(parts, place, deep)
        if found is None and isinstance(made[-1] if made else None, Unknown):
            made[-1] = Unknown(f"{made[-1].text}{BETWEEN}{parts[place]}")  # type: ignore[attr-defined]  # asked above
        else:
            made.append(Unknown(parts[place]) if found is None else found)
        place = end
    return Told(tuple(made))


def _shortest(parts: list[str], place: int, deep: int) -> tuple[int, object | None]:
    """(where the sentence that begins here ends, the sentence or None). One that ends in somebody's words goes on until one of ours."""
    for end in range(place + 1, min(place + REACH, len(parts)) + 1):
        found = _one(BETWEEN.join(parts[place:end]), sentences.SENTENCES, deep)
        if found is None:
            continue
        while isinstance(found, Phrase) and _is_open(found) and end < len(parts):
            if _one(parts[end], sentences.SENTENCES, deep) is not None:
                break
            longer = _one(BETWEEN.join(parts[place : end + 1]), sentences.SENTENCES, deep)
            if longer is None:
                break
            found, end = longer, end + 1  # noqa: PLW2901 - the end moves with the sentence
        return end, found
    return place + 1, None


def _is_open(found: Phrase) -> bool:
    """Whether a sentence ends in what somebody else wrote."""
    name = found.message.rpartition("%(")[2]
    return name == "given)s"


def _one(text: str, patterns: tuple[str, ...], deep: int) -> Phrase | None:
    """The sentence of the first pattern that fits the whole text."""
    for pattern in patterns:
        values = _values(pattern, text, deep)
        if values is not None:
            return Phrase(pattern, values)
    return None


@lru_cache(maxsize=1024)
def _cut(pattern: str) -> tuple[str, ...]:
    """What stands between the values of a pattern, and their names: text, name, text, name, text."""
    parts = _NAMED.split(pattern)
    return tuple(part if place % 2 else part.replace("%%", "%") for place, part in enumerate(parts))


def _values(pattern: str, text: str, deep: int) -> tuple[tuple[str, object], ...] | None:
    """The values that make the text of the pattern, or None. Each ends where the text after it stands for the first time."""
    parts = _cut(pattern)
    if len(parts) == 1:
        return () if text == parts[0] else None
    if not text.startswith(parts[0]) or not text.endswith(parts[-1]):
        return None
    at, values = len(parts[0]), []
    for place in range(1, len(parts), 2):
        last = place == len(parts) - 2
        end = len(text) - len(parts[-1]) if last else text.find(parts[place + 1], at + 1)
        if end <= at:
            return None
        value = _value(parts[place], text[at:end], deep)
        if value is None:
            return None
        values.append((parts[place], value))
        at = end + (0 if last else len(parts[place + 1]))
    return tuple(values)


def _value(name: str, text: str, deep: int) -> object | None:
    """What stands at a name, by what the name asks for; None where it is no such thing."""
    if name in sentences.NUMBERS:
        return Number(text) if _NUMBER.fullmatch(text) else Phrase(text) if text in sentences.GIVEN else None
    if name in _SHAPES or name in sentences.TOKENS:
        return text if _SHAPES.get(name, _TOKEN).fullmatch(text) else None
    if name in sentences.WORDS:
        word = sentences.WORDS[name].get(text)
        return None if word is None else Word(text, word)
    if name in sentences.LISTS:
        return _listed(name, text, deep)
    if name == sentences.SENTENCE:
        return recognise(text, deep + 1)
    return Phrase(text) if text in sentences.GIVEN else text


def item(name: str, text: str) -> object:
    """What stands at a name of one of the lists, by itself."""
    return _listed(name, text, 0)


def _listed(name: str, text: str, deep: int) -> object | None:
    cut, by, patterns = sentences.LISTS[name]
    found = [(_one(part, patterns, deep), part) for part in cut.split(text)]
    if name in sentences.MUST_FIT and any(one is None for one, _ in found):
        return None
    return Told(tuple(part if one is None else one for one, part in found), by)


def unknown(told: object) -> tuple[str, ...]:
    """What was not recognised in something told, at any depth."""
    if isinstance(told, Unknown):
        return (told.text,)
    if isinstance(told, Told):
        return tuple(text for part in told.parts for text in unknown(part))
    if isinstance(told, Phrase):
        return tuple(text for _, value in told.values for text in unknown(value))
    return ()
