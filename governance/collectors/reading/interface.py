"""What a collector is, and the way to answer for one file without ever raising for its content.

Most collectors read facts off one file at a time and derive from `OneFile`: they declare by which bytes they know their files
(`Marks`), which versions were tried and how (`Tried`), and say in `facts` what one file comes to. Recognition is by content;
no name and no suffix takes part in it.

A file that bears the marks has three ends: its facts; `UnreadableError`, with what is broken; or `NotMine`, for a whole document
of another sort that only shares the words. Nothing at all is none of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Literal, Protocol

from governance.collectors.reading.answers import Found, NotRead
from governance.collectors.reading.doubts import Doubts
from governance.collectors.reading.files import SMALL
from governance.errors import UnreadableError

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from governance.collectors.reading.answers import Clock, Enclosure
    from governance.collectors.reading.files import File, Form
    from governance.collectors.reading.walk import Folder
    from governance.domain.evidence import Collector, Subject


@dataclass(frozen=True)
class Tried:
    """One version of a tool, or of a format, that a collector was held against.

    `how`: *recorded* with the tool itself, a *published* file that the tool left in public or that its authors
    ship, or *written* by hand after the format's description, where the tool could not be run.
    """

    version: str
    how: Literal["recorded", "published", "written"]
    on: str
    """The day, as year-month-day."""


class Collects(Protocol):
    """One reader. `kinds` names what it can yield; `read` is called once a folder and never raises for its input."""

    noun: Collector
    kinds: tuple[str, ...]
    tool: str
    """Whose output it reads, by the tool's own name."""
    tried: tuple[Tried, ...]

    def looks(self, folder: Folder, file: File) -> str | None:
        """None where it recognises the file, by content; else why not, in a few words. Never raises."""
        ...

    def read(self, folder: Folder) -> Iterator[Found | NotRead]:
        """Yield what the files directly in `folder` say."""
        ...


class NotMine(Exception):  # noqa: N818 - an answer, not a fault
    """Raised by a reader for a document that bears its marks and turns out to be of another sort."""


@dataclass(frozen=True)
class Marks:
    """The bytes by which a collector knows its files. Above 16 MiB only the two ends of a file are looked at.

    `form` is the sort of bytes; of `words` every one has to stand in the file, of `any_of` at least one, of `none_of` none;
    `pattern` has to be found.
    """

    form: Form | tuple[Form, ...]
    words: tuple[bytes, ...] = ()
    any_of: tuple[bytes, ...] = ()
    none_of: tuple[bytes, ...] = ()
    pattern: re.Pattern[bytes] | None = None

    @cached_property
    def forms(self) -> tuple[Form, ...]:
        """The sorts of bytes, as a tuple."""
        return (self.form,) if isinstance(self.form, str) else self.form

    def excludes(self, file: File) -> bool:
        """True where the sort of bytes, or the first word in a small file, tells at once that it is none of these."""
        if file.form not in self.forms:
            return True
        return bool(self.words) and len(file.head) < SMALL and self.words[0] not in file.head

    def missing(self, file: File) -> str | None:
        """None where the file bears the marks, else the first that is missing, in words."""
        if file.form not in self.forms:
            return f"its bytes are {file.form}, not {' or '.join(self.forms)}"
        for word in self.words:
            if not file.mentions(word):
                return f"lacks {_shown(word)}"
        if self.any_of and not any(file.mentions(word) for word in self.any_of):
            return f"holds none of {', '.join(map(_shown, self.any_of))}"
        for word in self.none_of:
            if file.mentions(word):
                return f"holds {_shown(word)}"
        if self.pattern is not None and not self.pattern.search(file.glance()):
            return "its words do not stand where they would in such a file"
        return None


class OneFile:
    """A collector whose facts come each from one file, and from what that file names beside it."""

    noun: Collector
    kinds: tuple[str, ...]
    tool: str
    tried: tuple[Tried, ...]
    marks: Marks

    def looks(self, folder: Folder, file: File) -> str | None:  # noqa: ARG002 - others look at the folder too
        """None where the file bears the marks, else what is missing."""
        return recognised(file, lambda: self.marks.missing(file))

    def read(self, folder: Folder) -> Iterator[Found | NotRead]:
        """Yield what the files directly in `folder` say."""
        by_marks = type(self).looks is OneFile.looks
        for file in list(folder.files.values()):
            if by_marks and self.marks.excludes(file):
                continue  # most files, for most collectors: not worth putting a reason into words
            if self.looks(folder, file) is None:
                yield from attempt(file, partial(self.facts, folder, file), self.noun.name)

    def facts(self, folder: Folder, file: File) -> Iterable[Found]:
        """The facts of one file that bears the marks. Raises `UnreadableError`, or `NotMine` for another sort."""
        raise NotImplementedError

    def found(
        self,
        folder: Folder,
        file: File,
        kind: str,
        body: dict[str, Any],
        subject: Subject,
        *,
        doubts: Doubts | None = None,
        at: datetime | None = None,
        clock: Clock = "tool",
        tool: str | None = None,
        version: str | None = None,
        beside: Iterable[File] = (),
        enclosures: tuple[Enclosure, ...] = (),
        redacted: int = 0,
    ) -> Found:
        """One fact read off `file` and off the files `beside` it; `at` is the tool's own clock, or None."""
        doubts = doubts or Doubts()
        return Found(
            kind=kind,
            body=body,
            subject=subject,
            path=file.shown,
            collector=self.noun,
            quality=doubts.quality,
            quality_reasons=doubts.reasons,
            effective_at=at,
            effective_clock=None if at is None else clock,
            tool=tool or self.tool,
            tool_version=version,
            sources=(file.source(), *(each.source() for each in beside)),
            redacted=redacted,
            enclosures=enclosures,
            place=folder.place,
        )


def attempt(file: File, make: Callable[[], Iterable[Found]], who: str = "") -> Iterator[Found | NotRead]:
    """The facts `make` yields for one recognised file: all of them, one `NotRead` with the reason, or nothing.

    Nothing is for `NotMine` (and for a maker that yields nothing), and then the file does not count as claimed.
    """
    try:
        made = list(make())
    except NotMine as said:
        file.refusals[who] = str(said)
        return
    except UnreadableError as error:
        file.claimed = True
        yield NotRead(file.shown, reason_of(error), who)
        return
    if made:
        file.claimed = True
    else:
        file.refusals[who] = "a document of another sort"
    yield from made


def recognised(file: File, ask: Callable[[], str | None]) -> str | None:
    """What `ask` says of a file; one that can not be opened is not recognised."""
    if file.is_lfs_pointer:
        return "a Git LFS pointer"
    try:
        return ask()
    except UnreadableError as error:
        return error.message


def not_understood(tool: str, version: str | None, what: str) -> UnreadableError:
    """The error for a whole file of a known tool whose fields do not mean what is known of them."""
    said = f"{tool} {version}" if version else f"{tool} in a version that it does not name"
    return UnreadableError(f"not understood: {said}: {what}")


def reason_of(error: UnreadableError) -> str:
    """The error without its place, which stands beside it as the path."""
    return f"{error.message}. {error.hint}" if error.hint else error.message


def _shown(word: bytes) -> str:
    return word.decode("utf-8", "replace")
