"""The corpus, drawn: what is planted in which place of a run, and what must or must not be found in its spool."""

from __future__ import annotations

import random
import re
import string
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

CORPUS = Path(__file__).parent / "corpus"
PLACES = (
    "argument", "setting", "setting-name", "metric-name", "model", "data-set", "result", "checkpoint", "reason", "gap", "object", "run-id",
    "long-reason", "long-object", "long-metric-name",
)  # fmt: skip
"""Where a text comes into a recorded run. `object` is a setting that is no plain value. In the long ones what is kept of a text ends in the
middle of the secret."""
NAMED = "setting-of-a-secret"
"""The place whose name says that it holds a secret: whatever stands there is one."""
_ENDS = {"long-reason": 500, "long-object": 500, "long-metric-name": 200}
_DRAWN = re.compile(r"<(alnum|hex|upper|lower|digits):(\d+)>")
_LETTERS = {
    "alnum": string.ascii_letters + string.digits,
    "hex": "0123456789abcdef",
    "upper": string.ascii_uppercase + "234567",
    "lower": string.ascii_lowercase,
    "digits": string.digits,
}
_WINDOW = 10
"""So many characters of what was drawn, one after the other, are a leak."""


@dataclass(frozen=True)
class Secret:
    """One secret in one place. `drawn` are its parts that only chance could repeat."""

    form: str
    place: str
    text: str
    drawn: tuple[str, ...]
    named: bool = True

    def leaks_into(self, data: str) -> bool:
        """Whether a part of it stands in what was written."""
        there = _windows(data)
        return any(
            part[at : at + _WINDOW] in there
            for part in self.drawn
            if len(part) >= _WINDOW
            for at in range(len(part) - _WINDOW + 1)
        )


@lru_cache(maxsize=1)
def _windows(data: str) -> set[str]:
    """All that stands in it and is as long as a leak."""
    return {data[at : at + _WINDOW] for at in range(len(data) - _WINDOW + 1)}


def read(name: str) -> list[dict]:
    """One file of the corpus."""
    return yaml.safe_load((CORPUS / f"{name}.yaml").read_text(encoding="utf-8"))


def drawn(template: str, seed: str) -> tuple[str, tuple[str, ...]]:
    """A template with everything drawn that is to be drawn, and what was drawn; the same seed draws the same."""
    chance, parts = random.Random(seed), []

    def draw(match: re.Match[str]) -> str:
        made = "".join(chance.choices(_LETTERS[match[1]], k=int(match[2])))
        if match[1] == "alnum":  # a token of these services has a digit and a letter; by chance a short draw has none
            made = made[:-2] + "a7"
        parts.append(made)
        return made

    return _DRAWN.sub(draw, template), tuple(parts)


def secrets() -> list[Secret]:
    """Each form in each place."""
    made = []
    for entry in read("secrets"):
        for place in (*PLACES, NAMED):
            secret, parts = drawn(entry["secret"], f"{entry['form']} {place}")
            text = entry.get("text", "{secret}").format(secret=secret)
            if place in _ENDS:
                before = _ENDS[place] - text.index(secret) - len(secret) // 2
                text = "x " * (before // 2) + text
            made.append(Secret(entry["form"], place, text, parts, place == NAMED or entry.get("named", True)))
    return made


def remotes() -> list[tuple[Secret, str | None]]:
    """Secrets in addresses of repositories, each with what may be left of it."""
    made = []
    for number, entry in enumerate(read("remotes")):
        secret, parts = drawn(entry["secret"], f"remote {number}")
        made.append(
            (
                Secret("in the address of a repository", "remote", entry["remote"].format(secret=secret), parts),
                entry["left"],
            )
        )
    return made


def innocents() -> list[tuple[str, str]]:
    """(sort, text) of everything that must be kept as it is."""
    return [(entry["sort"], text) for entry in read("innocent") for text in entry["texts"]]
