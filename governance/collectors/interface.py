"""What a collector is: one verb, and the way to answer for one file without ever raising for its content."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from governance.collectors.answers import Found, NotRead
from governance.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from governance.collectors.files import File
    from governance.collectors.walk import Folder
    from governance.domain.evidence import Collector


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
