"""The recorder: what a run tells of itself, taken in an instant and written by a thread that nobody waits for.

`mark` is all that a training step calls: it stores one number. Everything else puts a record into a bounded queue, or
is not called at each step. Whatever fails is told in the spool where it can be, in the log once where it can not, and
never raised. A child of `fork` records nothing; its parent goes on. `GOVERN_RECORD=off` switches all of it off.
"""

from __future__ import annotations

import atexit
import inspect
import logging
import os
import sys
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from governance.integrations import ranks
from governance.integrations.inbox import ROOM, Ending, Inbox, Opening, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

_LOG = logging.getLogger("governance.recorder")
_LIVE: set[Recorder] = set()
"""Whose thread may still write: a run is not over because nobody holds its recorder any more."""


class Live(NamedTuple):
    """A run that is being recorded: its id, and the name of the file that this process writes, without its folder."""

    run: str
    segment: str


def live(patience: float = 0.0) -> tuple[Live, ...]:
    """What this process records at this moment, by id. Waits at most `patience` seconds for a recorder that just began."""
    until = time.monotonic() + patience
    while any(each.alive and each.path is None for each in list(_LIVE)) and time.monotonic() < until:
        time.sleep(0.005)
    found = [(each.run, each.path) for each in list(_LIVE) if each.alive]
    return tuple(sorted(Live(run, path.name) for run, path in found if run is not None and path is not None))


def facts_of_this_machine() -> list[tuple[str, dict[str, Any]]]:
    """What `facts.gather` says; imported in the thread that asks."""
    from governance.integrations.facts.gather import gather

    return gather()


def cards_of_this_machine() -> Any:
    """What watches the cards of this machine, or None; imported in the thread that asks."""
    from governance.integrations.sampling.cards import sampler

    return sampler()


class Recorder:
    """Records one run from inside. No call raises; none waits for a disk or a driver but `close`, for `patience` seconds at most."""

    def __init__(
        self,
        activity: str,
        *,
        tool: tuple[str, str | None] = ("python", None),
        system: str | None = None,
        run: str | None = None,
        output_dir: str | os.PathLike[str] | None = None,
        spool: str | os.PathLike[str] | None = None,
        rank: int | None = None,
        start_step: int | None = None,
        planned_steps: int | None = None,
        gather: Callable[[], list[tuple[str, dict[str, Any]]]] = facts_of_this_machine,
        sampler: Callable[[], Any] = cards_of_this_machine,
        pause: float = 1.0,
        beat: float = 10.0,
        launcher: bool = False,
    ) -> None:
        opening = Opening(
            activity=activity,
            place=replace(_never(lambda: ranks.place(rank), ranks.Place()), launcher=launcher),
            gather=gather,
            sampler=sampler,
            tool=tool,
            system=system,
            run=run,
            output_dir=None if output_dir is None else str(output_dir),
            spool_dir=None if spool is None else str(spool),
            start_step=start_step,
            planned_steps=planned_steps,
            pause=pause,
            beat=beat,
        )
        self.place = opening.place
        self._inbox = Inbox(opening, step=start_step)
        self._thread: threading.Thread | None = None
        self._closed = os.environ.get("GOVERN_RECORD", "").lower() in {"off", "0", "false", "no"}

    @classmethod
    def off(cls, why: str) -> Recorder:
        """One that records nothing, and says so once in the log of the process."""
        made = cls("nothing", rank=0)
        made._closed = True
        _never(_LOG.warning, None, "the run is not recorded: %s. The work itself goes on.", why[:300])
        return made

    @property
    def run(self) -> str | None:
        """The id of the logical run, or None until the thread has opened the segment."""
        return self._inbox.run

    @property
    def path(self) -> Path | None:
        """The segment, or None until the thread has opened it."""
        return self._inbox.path

    @property
    def alive(self) -> bool:
        """Whether something records: not before `start`, after `close`, in a child of fork, or in a rank that writes nothing."""
        return self._thread is not None and not self._closed and self._thread.is_alive()

    def start(self) -> Recorder:
        """Begin, once; in a process that records nothing by its rank this does nothing."""
        if self._thread is None and not self._closed and self.place.part != "none":
            _never(self._begin, None)
        return self

    def mark(self, step: int) -> None:
        """The run is at this step, a whole number. This is all that a step costs."""
        self._inbox.step = step

    def log(self, values: Mapping[str, Any], step: int | None = None) -> None:
        """Numbers that the run came to, by name. Others are left out and counted: to read a tensor would wait for its card."""
        if self._records:
            said = self._inbox.step if step is None else step
            _never(lambda: self._put("log", {"step": said, "values": dict(values)}), None)

    def note(self, kind: str, body: Mapping[str, Any]) -> None:
        """A record of another kind that the reader of the spool knows, such as `settings`, `checkpoint` or `result`.

        A field that is a function is called in the thread, and stands for its answer: what asks a disk belongs there.
        """
        if self._records:
            _never(lambda: self._put(kind, dict(body)), None)

    def close(
        self, outcome: Outcome = "finished", reason: str | None = None, *, patience: float = 5.0, **more: Any
    ) -> None:
        """Seal the segment, once. `reason` is kept in at most 500 characters, without secrets."""
        if self._thread is None or self._closed:
            return
        self._closed = True
        self._inbox.ending = Ending(outcome, reason, more)
        self._inbox.stop.set()
        self.settle(patience)

    def settle(self, patience: float) -> None:
        """After `close`: wait for the thread to have written its seal, for some seconds at most. The end of the process waits too."""
        if self._thread is not None and self._closed:
            _never(self._thread.join, None, patience)
            if not self._thread.is_alive():
                _LIVE.discard(self)

    def forget(self) -> None:
        """In a child of fork: the thread is not here, and the segment belongs to the parent."""
        self._closed = True
        self._inbox.queue.clear()

    @property
    def _records(self) -> bool:
        return self._thread is not None and not self._closed and self.place.rank == 0

    def _begin(self) -> None:
        from governance.integrations.writing import work

        thread = threading.Thread(target=work, args=(self._inbox,), name="governance-recorder", daemon=True)
        thread.start()
        self._thread = thread
        for other in list(_LIVE):
            other.settle(0.0)
        _LIVE.add(self)

    def _put(self, kind: str, body: dict[str, Any]) -> None:
        if len(self._inbox.queue) >= ROOM:
            self._inbox.dropped += 1
        else:
            self._inbox.queue.append((kind, body, time.monotonic()))


def _never(call: Callable[..., Any], instead: Any, *given: Any) -> Any:
    """The answer of a call, or something else where it raises: nothing of ours reaches the run."""
    try:
        return call(*given)
    except Exception:
        return instead


def understood(how: Mapping[str, Any]) -> dict[str, Any]:
    """The words of these that a recorder takes. Others are named in the log: a slip must not cost anybody a night of training."""
    known = inspect.signature(Recorder).parameters.keys() - {"activity"}
    unknown = sorted(set(how) - known)
    if unknown:
        said = ", ".join(map(repr, unknown))[:200]
        _never(_LOG.warning, None, "a recorder takes no %s; it takes %s", said, ", ".join(sorted(known)))
    return {name: each for name, each in how.items() if name in known}


def _in_child() -> None:
    for recorder in list(_LIVE):
        _never(recorder.forget, None)
    _LIVE.clear()


def _at_exit() -> None:
    outcome, reason = what_ended_the_process()
    for recorder in list(_LIVE):
        recorder.close(outcome, reason, patience=0.0)
    until = time.monotonic() + 3.0
    for recorder in list(_LIVE):
        recorder.settle(max(0.0, until - time.monotonic()))


def what_ended_the_process() -> tuple[Outcome, str]:
    """At exit: the error that nobody caught, as the interpreter keeps it; or that nobody said.

    A prompt keeps the last error too, and goes on after it, so there it says nothing.
    """
    kind = getattr(sys, "last_type", None)
    if not isinstance(kind, type) or hasattr(sys, "ps1") or sys.flags.interactive:
        return "unsaid", "the process ended and nobody said how"
    name = f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins.")
    return ("stopped" if issubclass(kind, KeyboardInterrupt) else "failed"), f"{name} ended the process"


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_child)
atexit.register(_at_exit)
