"""Logical runs from the segments of a spool: which of them are one run, in how many attempts, and what is missing between those.

1. Segments of one id belong together, and those of an id that another `continues`.
2. Each `writer` is an attempt; one of another activity is of another run, and so is one that starts at the beginning with another
   output folder. Whoever starts at the beginning after an attempt that finished is another run under the same id; after one that did
   not, it is the next attempt.
3. A `node` (the cards of a further machine) belongs to the attempt that it overlaps in time; a `launcher` (the command that had
   started the process) to each that began while it was there. A launcher without any is the attempt: nothing inside it recorded.
4. Two attempts that overlap in time can not both be true, and that is told.

What lies between the last step on record of one attempt and the first of the next is a gap: done again, or never recorded.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from governance.collectors.formats.spool_segment import Piece

SLACK = timedelta(seconds=5)
"""By how much the clocks of two machines may differ before an overlap is one."""
_AT_ONCE = timedelta(seconds=1)
_UNHEARD = timedelta(seconds=15)
"""How long a command that was not sealed may have been there after its last heartbeat, of which there is one each ten seconds."""


@dataclass
class Attempt:
    """One start of a run: who wrote it, the further machines, and the commands that watched it from outside."""

    writer: Piece
    nodes: list[Piece] = field(default_factory=list)
    launchers: list[Piece] = field(default_factory=list)

    @property
    def pieces(self) -> list[Piece]:
        """All of its segments, the writer's first."""
        return [self.writer, *self.nodes, *self.launchers]


@dataclass(frozen=True)
class Skip:
    """Steps between two attempts: those after `begin` up to `end`, done twice or not on record."""

    begin: int
    end: int
    twice: bool

    @property
    def why(self) -> str:
        """In words."""
        if self.twice:
            return f"done again after the run was resumed at step {self.begin}"
        return f"the record ends at step {self.begin} and goes on at step {self.end}"


@dataclass
class Run:
    """One logical run: its attempts, oldest first."""

    attempts: list[Attempt]

    @property
    def first(self) -> Piece:
        """Who began it."""
        return self.attempts[0].writer

    @property
    def last(self) -> Piece:
        """Who wrote the newest attempt."""
        return self.attempts[-1].writer

    @property
    def name(self) -> str:
        """Its id: that of its first attempt."""
        return self.first.run

    @property
    def pieces(self) -> list[Piece]:
        """All segments, each once."""
        return list({piece.name: piece for attempt in self.attempts for piece in attempt.pieces}.values())

    @property
    def output_dir(self) -> str | None:
        """The folder it wrote to, as its newest attempt says it."""
        said = (attempt.writer.output_dir for attempt in reversed(self.attempts))
        return next((each for each in said if each), None)

    @property
    def system(self) -> str | None:
        """The system it said it was for."""
        return next((piece.system for piece in reversed(self.pieces) if piece.system), None)

    @property
    def outcome(self) -> str:
        """How the newest attempt ended."""
        return self.last.outcome

    @cached_property
    def counts_from_0(self) -> bool:
        """Whether its loop calls its first step 0: a loss was logged there, so step 0 is one that was done."""
        return any(
            row.get("step") == 0 and isinstance(row.get("values"), dict) and "loss" in row["values"]
            for attempt in self.attempts
            for row in attempt.writer.of("log")
        )

    @property
    def unknown_start(self) -> str | None:
        """What it goes on from and is not here, in words."""
        start = self.first.start_step
        if start:
            return f"it goes on from step {start}, and what came before is not in this folder"
        return f"it continues {self.first.continues}, which is not in this folder" if self.first.continues else None

    def skips(self) -> Iterator[Skip]:
        """What lies between each attempt and the next."""
        one = 1 if self.counts_from_0 else 0
        for before, after in pairwise(self.attempts):
            start, last = after.writer.start_step or 0, before.writer.last_step
            done = 0 if last is None else last + one
            if start < done:
                yield Skip(start, done, twice=True)
            elif start > done:
                yield Skip(done, start, twice=False)

    def conflicts(self) -> list[str]:
        """Attempts that overlap in time, in words."""
        told: list[str] = []
        latest = self.attempts[0].writer
        for attempt in self.attempts[1:]:
            writer = attempt.writer
            if writer.opened_at + SLACK < latest.heard_at:
                told.append(
                    f"{writer.name} began before {latest.name} had ended: two writers of one run at the same time"[:500]
                )
            latest = max(latest, writer, key=lambda each: each.heard_at)
        return told


def join(pieces: Iterable[Piece]) -> tuple[list[Run], list[Piece]]:
    """The logical runs of the segments of a folder, and the segments of machines whose run is not among them."""
    groups: dict[str, list[Piece]] = {}
    held = sorted(pieces, key=lambda each: (each.opened_at, each.name))
    roots = _roots(held)
    for piece in held:
        groups.setdefault(roots[piece.run], []).append(piece)
    runs: list[Run] = []
    orphans: list[Piece] = []
    for group in groups.values():
        made = _runs(group)
        runs += made
        if not made:
            orphans += group
    return sorted(runs, key=lambda run: (run.first.opened_at, run.first.name)), orphans


def _roots(pieces: Iterable[Piece]) -> dict[str, str]:
    """For each id the id that stands for all that belong together."""
    above: dict[str, str] = {}

    def root(name: str) -> str:
        while above.setdefault(name, name) != name:
            above[name] = above[above[name]]
            name = above[name]
        return name

    for piece in pieces:
        if piece.continues is not None:
            above[root(piece.run)] = root(piece.continues)
        root(piece.run)
    return {name: root(name) for name in list(above)}


def _runs(group: list[Piece]) -> list[Run]:
    attempts = [Attempt(each) for each in group if each.part == "writer"]
    launchers = [each for each in group if each.part == "launcher"]
    for attempt in attempts:
        attempt.launchers += [each for each in launchers if _started(each, attempt.writer)][-1:]
    inside = [launcher for attempt in attempts for launcher in attempt.launchers]
    attempts += [Attempt(each) for each in launchers if each not in inside]
    attempts.sort(key=lambda each: (each.writer.opened_at, each.writer.name))
    for node in (each for each in group if each.part == "node"):
        _nearest(attempts, node)
    runs: dict[str, list[Run]] = {}
    for attempt in attempts:
        of_activity = runs.setdefault(attempt.writer.activity, [])
        own = _own(of_activity, attempt.writer)
        if own is None:
            of_activity.append(Run([attempt]))
        else:
            own.attempts.append(attempt)
    return [run for made in runs.values() for run in made]


def _own(runs: list[Run], writer: Piece) -> Run | None:
    """The run that an attempt goes on with, or None where it begins another."""
    fits = [run for run in runs if run.output_dir == writer.output_dir or None in (run.output_dir, writer.output_dir)]
    if writer.start_step:
        return [*runs, *fits][-1] if runs else None
    if not fits:
        return None
    after = fits[-1].outcome == "finished" and writer.opened_at + SLACK >= fits[-1].last.heard_at
    return None if after else fits[-1]


def _started(launcher: Piece, writer: Piece) -> bool:
    """Whether a command was being watched when a writer began, on the same machine."""
    until = launcher.heard_at + (timedelta() if launcher.sealed else _UNHEARD)
    return launcher.opened_at <= writer.opened_at + _AT_ONCE and writer.opened_at <= until


def _nearest(attempts: list[Attempt], node: Piece) -> None:
    """Put a further machine to the attempt that it overlaps for longest, else to the one that began last before it ended."""
    if not attempts:
        return
    own = max(attempts, key=lambda each: _shared(each.writer, node))
    if _shared(own.writer, node) <= -SLACK:
        earlier = [each for each in attempts if each.writer.opened_at <= node.heard_at]
        own = earlier[-1] if earlier else attempts[0]
    own.nodes.append(node)


def _shared(one: Piece, other: Piece) -> timedelta:
    """How long two segments were written at the same time; less than nothing where they were not."""
    begin: datetime = max(one.opened_at, other.opened_at)
    return min(one.heard_at, other.heard_at) - begin
