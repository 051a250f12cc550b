"""Folders by their names alone: whether a run that named a folder means this one.

A run names its folder as its own machine saw it, often relative to where it was started, and a home folder's owner is taken
out of evidence. So the same folder is known by all of its path, or by enough of its end: two whole parts where the run
gave no more, three where it gave a whole path that begins differently here. Where the whole path lies here, nothing else is meant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

T = TypeVar("T")

ENOUGH, ENOUGH_OF_WHOLE = 2, 3
"""How many parts at the end of a path have to agree, of a relative one at least and of an absolute one."""


def parts(path: str) -> list[str]:
    """The parts of a path, without empty ones and those that stay where they are."""
    return [part for part in path.replace("\\", "/").split("/") if part not in ("", ".")]


def last(path: str) -> str:
    """The last part of a path."""
    return (parts(path) or [""])[-1]


class Places(Generic[T]):
    """Things by the folder that they lie in, found by what a run calls that folder."""

    def __init__(self, things: Iterable[tuple[str, T]]) -> None:
        self._whole: dict[tuple[str, ...], list[T]] = {}
        self._ends: dict[tuple[str, ...], list[T]] = {}
        for path, thing in things:
            here = tuple(parts(path))
            self._whole.setdefault(here, []).append(thing)
            for length in range(ENOUGH, len(here) + 1):
                self._ends.setdefault(here[-length:], []).append(thing)

    def meant(self, said: str, output: str | None) -> Sequence[T]:
        """Everything that may be meant. `output` is the last part of the folder that the run wrote to."""
        named = tuple(parts(said))
        if not named or ".." in named:
            return ()
        if said.startswith("/"):
            near = self._ends.get(named[-ENOUGH_OF_WHOLE:], ()) if len(named) >= ENOUGH_OF_WHOLE else ()
            return self._whole.get(named, near)
        if len(named) == 1 and output and parts(output)[-1:] not in ([], list(named)):
            named = (*parts(output)[-1:], *named)
        return self._ends.get(named, ()) if len(named) >= ENOUGH else ()
