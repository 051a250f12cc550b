"""Our sentences are ours: no run of eight words is shared with an official text that we hold.

What is held is not the text but its *runs*: every eight words in a row, lower-cased, digits kept, hashed with BLAKE2b to six
bytes, sorted, in base64. So anybody can check their own overlay offline, and the text itself is not passed on. Two
different runs share a hash with a chance of 1 in 2⁴⁸; over 10⁵ runs of ours against 10⁵ held that is 4 in 10⁵ for one
false alarm in all.

A file `controls/wording/<name>.runs` begins with lines `# field: value` (text, made_from, runs); the rest is base64.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from governance.errors import ContentError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

RUN = 8
_SIZE = 6
_WORD = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True)
class Held:
    """The runs of one official text."""

    name: str
    text: str
    runs: frozenset[bytes]


@dataclass(frozen=True)
class Wording:
    """All official texts that are held."""

    held: tuple[Held, ...]

    @cached_property
    def _all(self) -> frozenset[bytes]:
        return frozenset().union(*(held.runs for held in self.held))

    def shared(self, value: Any) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
        """Where a parsed file shares a run: (place in the file, the words, the official text), one for each value."""
        for place, text in _texts(value, ()):
            words = _WORD.findall(text.lower())
            for start, run in enumerate(_hashed(words)):
                if run in self._all:
                    whose = ", ".join(held.text for held in self.held if run in held.runs)
                    yield place, " ".join(words[start : start + RUN]), whose
                    break


def of_texts(texts: Iterable[str]) -> bytes:
    """The sorted hashes of every run in some texts, joined."""
    return b"".join(sorted({run for text in texts for run in _hashed(_WORD.findall(text.lower()))}))


def write(name: str, runs: bytes, **head: str) -> bytes:
    """The bytes of a `.runs` file."""
    lines = [f"# {field}: {value}" for field, value in {"text": name, **head, "runs": str(len(runs) // _SIZE)}.items()]
    body = base64.b64encode(runs).decode()
    lines += [body[start : start + 120] for start in range(0, len(body), 120)]
    return ("\n".join(lines) + "\n").encode()


def read(name: str, data: bytes) -> Held:
    """Read a `.runs` file. Raises `ContentError` where it is cut or not what its head says."""
    lines = re.split(r"\r?\n", data.decode("utf-8", "replace"))
    head = dict(line[2:].split(": ", 1) for line in lines if line.startswith("# ") and ": " in line)
    try:
        runs = base64.b64decode("".join(line for line in lines if not line.startswith("#")), validate=True)
        count = int(head["runs"])
    except (binascii.Error, KeyError, ValueError) as error:
        raise ContentError(f"not a list of runs: {error}", where=name) from None
    if len(runs) != count * _SIZE or count == 0:
        raise ContentError(f"holds {len(runs) // _SIZE} runs, and says {count}", where=name)
    parts = frozenset(runs[start : start + _SIZE] for start in range(0, len(runs), _SIZE))
    return Held(name=name, text=head.get("text", name), runs=parts)


def _hashed(words: list[str]) -> Iterator[bytes]:
    for start in range(len(words) - RUN + 1):
        yield blake2b(" ".join(words[start : start + RUN]).encode(), digest_size=_SIZE).digest()


def _texts(value: Any, place: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(inner, (*place, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _texts(inner, (*place, number))
