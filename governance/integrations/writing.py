"""The thread of a recorder: it opens the segment, gathers the facts, samples the cards, writes, beats and seals.

An error of the disk is tried again at the next turn, and what found no room meanwhile becomes a gap. The thread ends
when the run is closed, or with the process.
"""

from __future__ import annotations

import logging
import os
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from governance.collectors.reading import redaction
from governance.integrations import privacy, run_names
from governance.integrations.later import Later
from governance.integrations.numbers import Kept, plain_numbers
from governance.integrations.segment import Segment, spool_folder
from governance.parsing import spool

if TYPE_CHECKING:
    from governance.integrations.inbox import Inbox, Opening

AT_FULL_RATE = 360
"""Tellings of the cards, an hour of them at first, after which each spans twice as many beats: a segment has a longest length."""
MOST_BEATS = 32
"""Beats that one telling of the cards spans at most: some five minutes, which is what a crash can lose."""
JUMP = 2.0
"""Seconds by which the wall clock may leave the steady one before it is told."""
LONGEST_READ = 100_000
"""Characters of the reason of an ending that are looked through for secrets, before its beginning is kept."""
AT_FIRST, AT_LAST = 0.2, 2.0
"""Seconds that facts are waited for before the first record of another sort, and when a run ends before they are there."""
TRIES = (0.0, 0.1, 0.4, 1.0, 2.0)
"""Seconds before each try to write the seal."""
_LOG = logging.getLogger("governance.recorder")


def work(inbox: Inbox) -> None:
    """All that the thread does. Never raises."""
    try:
        Writing(inbox).run()
    except Exception as error:
        warn(inbox, f"{type(error).__name__}: {error}")


def warn(inbox: Inbox, said: str) -> None:
    """Tell the log of the process, once for a run."""
    if not inbox.warned:
        inbox.warned = True
        _LOG.warning("the run is not recorded: %s. The work itself goes on.", redaction.cut(said, 300))


class Writing:
    """The segment, and what goes into it."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox
        self._wall, self._steady = time.time(), time.monotonic()
        self._kept = Kept()
        self._lost = 0
        self._redacted = 0
        self._sampler: Any = None
        self._segment = self._opened(inbox.opening)
        self._since_summary, self._summaries, self._each = 0, 0, 1
        self._facts: Later | None = Later(inbox.opening.gather, "governance-facts")
        self._cards: Later | None = Later(inbox.opening.sampler, "governance-opening")

    def run(self) -> None:
        """Until the recorder is closed: gather, sample, write, beat."""
        inbox = self._inbox
        self._arrived(AT_FIRST)
        beaten = time.monotonic()
        while not inbox.stop.wait(inbox.opening.pause):
            self._turn()
            if time.monotonic() - beaten >= inbox.opening.beat:
                beaten = time.monotonic()
                self._beat()
        self._turn()
        self._sealed()

    def _opened(self, opening: Opening) -> Segment:
        place, folder = opening.place, spool_folder(opening.spool_dir, opening.output_dir)
        output_dir, taken = redaction.value(opening.output_dir)
        self._redacted += taken
        earlier = run_names.resumed(folder, output_dir) if opening.start_step else None
        run = run_names.name(opening.run, place, opening.output_dir) or earlier or run_names.fresh()
        opened = datetime.fromtimestamp(self._wall, tz=UTC)
        path = folder / f"{run}.{opened:%Y%m%dT%H%M%S}.{os.getpid()}-{os.urandom(3).hex()}{spool.SUFFIX}"
        segment = Segment(path)
        first = {
            "schema": spool.SCHEMA,
            "run": run,
            "continues": None if earlier == run else earlier,
            "part": place.part,
            "opened_at": opened.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "recorder": _version(),
            "process": os.getpid(),
            "node": os.uname().nodename if hasattr(os, "uname") else None,
            "rank": {"rank": place.rank, "world": place.world, "local": place.local, "said_by": place.said_by},
            "scheduler": run_names.scheduler(),
            "system": opening.system or os.environ.get("GOVERN_SYSTEM") or None,
            "activity": opening.activity,
            "tool": {"name": opening.tool[0], "version": opening.tool[1]},
            "start_step": opening.start_step,
            "planned_steps": opening.planned_steps,
            "output_dir": output_dir,
        }
        self._add_to(segment, spool.OPEN, first, must=True)
        if not segment.flush():
            warn(self._inbox, f"{folder}: {segment.problem}")
        self._inbox.run, self._inbox.path = run, path
        return segment

    def _arrived(self, seconds: float = 0.0) -> None:
        """Write the facts once they are there, and watch the cards once they are open; a gap where either could not be."""
        if self._facts is not None and self._facts.ready(seconds):
            facts, self._facts = self._facts, None
            try:
                for kind, body in facts.answer():
                    self._add(kind, body if kind == "gap" else {"body": body})
            except Exception as error:
                self._gap("facts", f"could not be gathered: {type(error).__name__}: {error}")
        if self._cards is not None and self._cards.ready():
            cards, self._cards = self._cards, None
            try:
                self._sampler = cards.answer()
            except Exception as error:
                self._gap("gpu", f"the cards can not be asked: {type(error).__name__}: {error}")

    def _turn(self) -> None:
        """Write what waits, and sample the cards."""
        inbox = self._inbox
        self._arrived()
        for _ in range(len(inbox.queue)):
            self._take(*inbox.queue.popleft())
        if inbox.dropped:
            dropped, inbox.dropped = inbox.dropped, 0
            self._gap("records", "more was logged than the thread could write", dropped)
        self._ask("sample")
        if self._lost and self._segment.add(
            "gap", must=True, of="records", why="there was no room while the disk took nothing", count=self._lost
        ):
            self._lost = 0
        if not self._segment.flush():
            warn(inbox, f"{self._segment.path.parent}: {self._segment.problem}")

    def _take(self, kind: str, body: dict[str, Any], when: float) -> None:
        """Write one record of the run; one that can not be written is a gap, and the next is written."""
        try:
            self._taken(kind, {name: said() if callable(said) else said for name, said in body.items()}, when)
        except Exception as error:
            self._gap("records", f"one of kind {kind[:50]!r} could not be written: {type(error).__name__}", 1)

    def _taken(self, kind: str, body: dict[str, Any], when: float) -> None:
        if kind == "log":
            body["values"], left_out = plain_numbers(body["values"])
            self._kept.left_out += left_out
            if not self._kept.wants((body, when)):
                return
        elif kind == "settings":
            values = body.get("values")
            body["values"], body["left_out"] = privacy.of_settings(values) if isinstance(values, dict) else ({}, 1)
        self._add(kind, body, when)

    def _beat(self, *, last: bool = False) -> None:
        """A sign of life with the step, the wall clock where it left the steady one, and what the cards did since the last."""
        wall, steady = time.time(), time.monotonic()
        moved = (wall - self._wall) - (steady - self._steady)
        if abs(moved) > JUMP:
            self._add("clock", {"moved_seconds": round(moved, 3)})
            self._wall, self._steady = wall, steady
        self._since_summary += 1
        if last or self._since_summary >= self._each:
            for body in self._ask("summary") or ():
                self._add("gpu", body)
            self._since_summary, self._summaries = 0, self._summaries + 1
            if self._summaries % AT_FULL_RATE == 0:
                self._each = min(self._each * 2, MOST_BEATS)
        self._add("beat", {"step": _step(self._inbox.step)})
        if self._segment.flush():
            self._segment.settle()

    def _sealed(self) -> None:
        ending = self._inbox.ending
        self._arrived(AT_LAST)
        for of, missing in (("facts", self._facts), ("gpu", self._cards)):
            if missing is not None:
                self._gap(of, "the run ended before the machine had answered")
        for body, when in self._kept.last():
            self._add("log", body, when)
        self._beat(last=True)
        reason = None if ending.reason is None else str(ending.reason)[:LONGEST_READ]
        said, count = redaction.value({"reason": reason, **spool.plain(ending.more)})
        said["reason"] = None if said["reason"] is None else said["reason"][:500]
        self._segment.seal(
            **said | {
                "outcome": ending.outcome,
                "step": _step(self._inbox.step),
                "logged": self._kept.seen,
                "kept": self._kept.kept,
                "left_out": self._kept.left_out,
                "redacted": self._redacted + count,
                "lost": self._lost,
            }
        )  # fmt: skip
        for wait in TRIES:
            time.sleep(wait)
            if self._segment.flush():
                break
        self._segment.settle()
        self._segment.close()

    def _ask(self, what: str) -> Any:
        """The answer of the sampler; one that fails is not asked again, and that is a gap."""
        if self._sampler is None:
            return None
        try:
            return getattr(self._sampler, what)()
        except Exception as error:
            self._sampler = None
            self._gap("gpu", f"the cards can no longer be asked: {type(error).__name__}: {error}")
            return None

    def _gap(self, of: str, why: str, count: int | None = None) -> None:
        self._add("gap", {"of": of, "why": redaction.cut(why, 500), "count": count})

    def _add(self, kind: str, body: dict[str, Any], when: float | None = None) -> None:
        if not self._add_to(self._segment, kind, body, when):
            self._lost += 1

    def _add_to(
        self, segment: Segment, kind: str, body: dict[str, Any], when: float | None = None, *, must: bool = False
    ) -> bool:
        said, count = redaction.value(spool.plain(body))
        self._redacted += count
        return segment.add(
            kind, when=when, must=must, **{name: each for name, each in said.items() if name not in spool.OURS}
        )


def _step(said: Any) -> int | None:
    """A step that is a whole number; anything else, such as a tensor, is not asked what it is."""
    return said if isinstance(said, int) else None


def _version() -> str:
    from governance import __version__

    return __version__
