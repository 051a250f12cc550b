"""What a collector is, and the two answers it can give.

*Found* is one fact, whole, with what it is about and the files it was read from. *NotRead* is a file that was
recognised, or asked for by name, and could not be read: an answer of its own, never an empty field. There is nothing
in between; a file that breaks in the middle yields no fact at all.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

from governance.domain.evidence import Collector, Quality, Source, Subject
from governance.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from governance.collectors.files import File
    from governance.collectors.walk import Folder

Clock = Literal["tool", "file-name", "declared", "observed"]


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
    tool: str | None = None
    tool_version: str | None = None
    sources: tuple[Source, ...] = ()
    place: str = field(default="", compare=False, repr=False)


@dataclass(frozen=True)
class NotRead:
    """A file that gave nothing, and why."""

    path: str
    reason: str


@dataclass(frozen=True)
class Reading:
    """Everything one attach came to."""

    found: tuple[Found, ...]
    not_read: tuple[NotRead, ...]


class Collects(Protocol):
    """One reader. `kinds` names what it can yield; `read` is called once a folder and never raises for its input."""

    noun: Collector
    kinds: tuple[str, ...]

    def read(self, folder: Folder) -> Iterator[Found | NotRead]:
        """Yield what the files directly in `folder` say."""
        ...


def attempt(file: File, make: Callable[[], Iterable[Found]]) -> Iterator[Found | NotRead]:
    """The facts `make` yields for one claimed file; all of them, or one `NotRead` with the reason."""
    file.claimed = True
    try:
        yield from list(make())
    except UnreadableError as error:
        yield NotRead(file.shown, reason_of(error))


def reason_of(error: UnreadableError) -> str:
    """The error without its place, which stands beside it as the path."""
    return f"{error.message}. {error.hint}" if error.hint else error.message
