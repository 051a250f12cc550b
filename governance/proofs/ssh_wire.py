"""The data types of the SSH protocol (RFC 4251, section 5): bytes, 32-bit numbers, strings with their length, big integers.

Reading is strict: a field reaches no further than the bytes there are, an integer has one spelling, and nothing may follow.
"""

from __future__ import annotations

from governance.errors import UnreadableError


class Reader:
    """Takes fields off the front of a byte string; `where` and `what` name it in errors."""

    def __init__(self, data: bytes, *, what: str, where: str = "") -> None:
        self._data, self._at, self._what, self._where = data, 0, what, where

    def error(self, message: str) -> UnreadableError:
        """An error that names this thing."""
        return UnreadableError(f"{self._what}: {message}", where=self._where)

    def take(self, count: int) -> bytes:
        """The next `count` bytes."""
        end = self._at + count
        if end > len(self._data):
            raise self.error("cut short")
        taken, self._at = self._data[self._at : end], end
        return taken

    def number(self) -> int:
        """A 32-bit unsigned number."""
        return int.from_bytes(self.take(4), "big")

    def string(self) -> bytes:
        """A byte string with its length before it."""
        return self.take(self.number())

    def text(self) -> str:
        """A string of printable ASCII: names of types, curves and algorithms."""
        data = self.string()
        if not all(0x20 < byte < 0x7F for byte in data):
            raise self.error("a name with a character that is none")
        return data.decode("ascii")

    def positive(self) -> int:
        """A big integer above zero, in its one spelling."""
        data = self.string()
        value = int.from_bytes(data, "big")
        if value == 0 or mpint(value)[4:] != data:
            raise self.error("an integer that is negative, zero or in a second spelling")
        return value

    def end(self) -> None:
        """Nothing may follow."""
        if self._at != len(self._data):
            raise self.error("bytes follow its end")


def string(data: bytes) -> bytes:
    """A byte string with its length before it."""
    return len(data).to_bytes(4, "big") + data


def mpint(value: int) -> bytes:
    """A positive big integer: as few bytes as hold it, with a zero byte before one whose highest bit is set."""
    return string(value.to_bytes(value.bit_length() // 8 + 1, "big"))
