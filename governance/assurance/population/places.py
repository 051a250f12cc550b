"""Folders by their names alone: whether a run that named a folder means this one.

A run names its folder as its own machine saw it, often relative to where it was started, and a home folder's owner is taken
out of evidence. So the same folder is known by all of its path, or by enough of its end: two whole parts where the run
gave no more, three where it gave a whole path that begins differently here.
"""

from __future__ import annotations

ENOUGH, ENOUGH_OF_WHOLE = 2, 3
"""How many parts at the end of a path have to agree, of a relative one at least and of an absolute one."""


def parts(path: str) -> list[str]:
    """The parts of a path, without empty ones and those that stay where they are."""
    return [part for part in path.replace("\\", "/").split("/") if part not in ("", ".")]


def last(path: str) -> str:
    """The last part of a path."""
    return (parts(path) or [""])[-1]


def means(said: str, output: str | None, path: str) -> bool:
    """Whether what a run called its folder is the folder at `path`. `output` is the last part of where it wrote to."""
    named, here = parts(said), parts(path)
    if not named or ".." in named:
        return False
    if said.startswith("/"):
        return named == here or _tail(named, here) >= ENOUGH_OF_WHOLE
    if len(named) == 1 and output and parts(output)[-1:] not in ([], named):
        named = [*parts(output)[-1:], *named]
    return len(named) >= ENOUGH and _tail(named, here) == len(named)


def _tail(one: list[str], other: list[str]) -> int:
    """How many parts agree, counted from the end."""
    count = 0
    for mine, theirs in zip(reversed(one), reversed(other), strict=False):
        if mine != theirs:
            break
        count += 1
    return count
