"""The elements of one large JSON array, one after another, without holding more than one.

The file is read in pieces, and each element is found by the standard library's own scanner, then given out as the text that
stands for it; how strictly that text is parsed is for the caller. A file that goes on behind its array, or ends inside it, is
an error after the last whole element, so nothing may be concluded before the end.
"""

from __future__ import annotations

import codecs
import json
import re
from typing import TYPE_CHECKING

from governance.collectors.reading.files import MAX_LINE, MAX_STREAMED
from governance.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from governance.collectors.reading.files import File

_PIECE = 1024 * 1024
_SPACE = re.compile(r"[ \t\r\n]*")


def elements(file: File) -> Iterator[tuple[int, bytes]]:
    """The elements as (number from 1, bytes). Raises `UnreadableError` for anything but one array."""
    if file.size > MAX_STREAMED:
        raise UnreadableError(f"{file.size:,} bytes is over the cap of {MAX_STREAMED:,}", where=file.shown)
    return _Window(file).elements()


class _Window:
    """A stretch of decoded text that moves along the file."""

    def __init__(self, file: File) -> None:
        self.file = file
        self.text = ""
        self.at = 0
        self.offset = 0
        self.decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self.scan = json.JSONDecoder().raw_decode

    def elements(self) -> Iterator[tuple[int, bytes]]:
        if self._next() != "[":
            raise self._broken("no array")
        self.at += 1
        number = 0
        if self._next() != "]":
            while True:
                number += 1
                yield number, self._element(number)
                mark = self._next()
                self.at += 1
                if mark == "]":
                    break
                if mark != ",":
                    raise self._broken(f"no comma stands behind element {number}" if mark else "ends inside its array")
                self._next()
        else:
            self.at += 1
        if self._next():
            raise self._broken("something stands behind its array")

    def _element(self, number: int) -> bytes:
        wanted = _PIECE
        while True:
            end = self._end()
            if end is not None and (end < len(self.text) or self._is_read()):
                made = self.text[self.at : end].encode("utf-8", "surrogatepass")
                self.at = end
                if self.at > _PIECE:
                    self.text, self.at = self.text[self.at :], 0
                return made
            if len(self.text) - self.at > MAX_LINE:
                raise self._broken(f"element {number} is longer than {MAX_LINE:,} characters, or is no JSON")
            if not self._more(wanted):
                raise self._broken(f"ends inside element {number}, or that is no JSON")
            wanted = min(wanted * 2, MAX_LINE)

    def _end(self) -> int | None:
        try:
            return self.scan(self.text, self.at)[1]
        except (json.JSONDecodeError, RecursionError):
            return None
        except ValueError:  # a number of thousands of digits
            raise self._broken("a number that is too long") from None

    def _next(self) -> str:
        """The next character that is no space, or nothing at the end of the file."""
        while True:
            space = _SPACE.match(self.text, self.at)
            self.at = space.end() if space else self.at
            if self.at < len(self.text):
                return self.text[self.at]
            self.text, self.at = "", 0
            if not self._more(_PIECE):
                return ""

    def _is_read(self) -> bool:
        return self.offset >= self.file.size

    def _more(self, count: int) -> bool:
        if self._is_read():
            return False
        data = self.file.part(self.offset, count)
        self.offset += len(data)
        try:
            self.text += self.decoder.decode(data, final=self._is_read())
        except UnicodeDecodeError:
            raise self._broken("not UTF-8") from None
        return bool(data)

    def _broken(self, what: str) -> UnreadableError:
        return UnreadableError(f"not JSON: {what}", where=self.file.shown)
