"""One segment of a spool as the readers of runs look at it: its first record field by field, and how far it came.

What its recorder wrote is believed as far as its checksums go. A first record whose fields are of the wrong sort is an error, for nobody
can tell to which run the segment belongs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from governance.collectors.reading import fields, moments
from governance.errors import UnreadableError
from governance.parsing import spool

if TYPE_CHECKING:
    from collections.abc import Iterator

PARTS = ("writer", "node", "launcher")
OUTCOMES = ("finished", "failed", "stopped", "unsaid")
INCOMPLETE = "incomplete"
_LONGEST = 366 * 86_400 * 10
"""Seconds that a segment can be written at most: ten years."""


@dataclass(frozen=True)
class Piece:
    """A segment, under the name of its file. `opened` is its first record; `at` of a record counts from `opened_at`."""

    name: str
    segment: spool.Segment
    run: str
    part: str
    opened_at: datetime
    activity: str
    continues: str | None = None
    start_step: int | None = None
    output_dir: str | None = None
    system: str | None = None
    node: str | None = None

    @property
    def opened(self) -> dict[str, Any]:
        """Its first record."""
        return self.segment.opened

    @property
    def sealed(self) -> bool:
        """Whether it ends with a seal that fits every byte before it."""
        return self.segment.seal is not None and not self.segment.faults

    @property
    def seal(self) -> dict[str, Any]:
        """Its seal where that fits; else nothing."""
        return (self.segment.seal or {}) if self.sealed else {}

    @property
    def outcome(self) -> str:
        """How it ended by its own seal, or incomplete."""
        said = self.seal.get("outcome")
        return said if said in OUTCOMES else INCOMPLETE

    @cached_property
    def moved(self) -> float:
        """Seconds by which the clock of its machine was set, or stood still, while it was written."""
        return sum(fields.number(row, "moved_seconds") or 0.0 for row in self.segment.of("clock"))

    @property
    def heard_at(self) -> datetime:
        """When its last record was written."""
        try:
            return self.opened_at + timedelta(seconds=self.segment.heard + self.moved)
        except OverflowError:
            raise UnreadableError("the clock was set by more than any calendar holds", where=self.name) from None

    @cached_property
    def last_step(self) -> int | None:
        """The last step that is on record."""
        for row in reversed(self.segment.records):
            if row["kind"] in ("beat", "log", spool.SEAL) and row.get("step") is not None:
                return fields.whole(row, "step", least=0)
        return self.start_step

    def of(self, kind: str) -> Iterator[dict[str, Any]]:
        """Its records of one kind."""
        return iter(self.segment.of(kind))

    def fact(self, kind: str) -> dict[str, Any] | None:
        """The body of the last fact of a kind, or None."""
        said = [row.get("body") for row in self.segment.of(kind)]
        return next((body for body in reversed(said) if isinstance(body, dict) and body), None)


def piece(name: str, data: bytes) -> Piece:
    """A segment from the bytes of its file. Raises `UnreadableError` where its first record can not be understood."""
    segment = spool.read(data, where=name)
    opened = segment.opened
    run, part = fields.text(opened, "run", most=200), fields.text(opened, "part")
    opened_at = moments.of_text(opened.get("opened_at"))
    if run is None or opened_at is None or part not in PARTS:
        raise UnreadableError("its first record does not say of which run it is, which part, or when it began")
    if segment.heard > _LONGEST:
        raise UnreadableError("it would have been written for more than ten years")
    made = Piece(
        name=name,
        segment=segment,
        run=run,
        part=part,
        opened_at=opened_at,
        activity=fields.text(opened, "activity", most=200) or "not said",
        continues=fields.text(opened, "continues", most=200),
        start_step=fields.whole(opened, "start_step", least=0),
        output_dir=fields.text(opened, "output_dir", most=4000),
        system=fields.text(opened, "system", most=200),
        node=fields.text(opened, "node", most=300),
    )
    made.heard_at  # noqa: B018 - so that no later question about its time can fail
    return made
