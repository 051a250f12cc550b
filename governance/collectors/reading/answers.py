"""The two answers a collector can give.

*Found* is one fact, whole, with what it is about and the files it was read from. *NotRead* is a file that was recognised,
or asked for by name, and could not be read: an answer of its own, never an empty field. There is nothing in between; a file
that breaks in the middle yields no fact at all.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from governance.domain.evidence import Collector, Quality, Source, Subject

if TYPE_CHECKING:
    from datetime import datetime

Clock = Literal["tool", "file-name", "declared", "observed"]


@dataclass(frozen=True)
class Enclosure:
    """Bytes that belong to a fact and are kept beside its body, which tells of them by digest: a table of samples."""

    name: str
    media_type: str
    data: bytes = field(repr=False)


@dataclass(frozen=True)
class Found:
    """One fact. `path` is relative to what was attached; `place` is the folder on this machine and is never stored."""

    kind: str
    body: dict[str, Any]
    subject: Subject
    path: str
    collector: Collector
    quality: Quality = Quality.COMPLETE
    quality_reasons: tuple[str, ...] = ()
    effective_at: datetime | None = None
    effective_clock: Clock | None = None
    declared_by: str | None = None
    tool: str | None = None
    tool_version: str | None = None
    sources: tuple[Source, ...] = ()
    redacted: int = 0
    conflicts: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    place: str = field(default="", compare=False, repr=False)


@dataclass(frozen=True)
class NotRead:
    """A file that gave nothing, and why; `collector` is who recognised it, empty where nobody did."""

    path: str
    reason: str
    collector: str = ""


@dataclass(frozen=True)
class Look:
    """What one collector said of one file: `read`, `not read`, or `passed over`, and why."""

    path: str
    collector: str
    answer: Literal["read", "not read", "passed over"]
    reason: str


@dataclass(frozen=True)
class Reading:
    """Everything one attach came to."""

    found: tuple[Found, ...]
    not_read: tuple[NotRead, ...]
    looks: tuple[Look, ...] = ()
    """Who looked at what, where that was asked for."""
