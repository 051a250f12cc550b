"""What a recorder and its thread share: what the run said of itself, and how it began and ended.

The run puts in, the thread takes out. Each field is written by one of the two alone, or in one step of the interpreter,
so that neither waits for the other.
"""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from governance.integrations.ranks import Place

Outcome = Literal["finished", "failed", "stopped", "unsaid"]
"""How a run ended: it came to its end, an error ended it, somebody or something stopped it, or its process ended and nobody said how."""
ROOM = 10_000
"""Records that wait for the thread at most."""


@dataclass(frozen=True)
class Opening:
    """What is known of a run when it begins."""

    activity: str
    place: Place
    gather: Callable[[], list[tuple[str, dict[str, Any]]]]
    """The facts of the machine and of the process, each as (kind of record, body); called in the thread."""
    sampler: Callable[[], Any]
    """What watches the cards, or None: `sample()` is called at each turn, `summary()` at each beat and gives bodies of `gpu` records."""
    tool: tuple[str, str | None] = ("python", None)
    system: str | None = None
    run: str | None = None
    output_dir: str | None = None
    spool_dir: str | None = None
    start_step: int | None = None
    planned_steps: int | None = None
    pause: float = 1.0
    """Seconds between two turns of the thread."""
    beat: float = 10.0
    """Seconds between two signs of life."""


@dataclass(frozen=True)
class Ending:
    """How it ended, as whoever closed it said."""

    outcome: Outcome = "unsaid"
    reason: str | None = None
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Inbox:
    """Between the run and the thread."""

    opening: Opening
    step: int | None = None
    queue: deque[tuple[str, dict[str, Any], float]] = field(default_factory=deque)
    """(kind, body, moment by the steady clock), oldest first."""
    dropped: int = 0
    stop: threading.Event = field(default_factory=threading.Event)
    ending: Ending = field(default_factory=Ending)
    run: str | None = None
    """The id of the logical run, once the thread has opened the segment."""
    path: Path | None = None
    warned: bool = False
