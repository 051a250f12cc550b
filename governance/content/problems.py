"""What is wrong with a content file: where, on which line, and what to do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Problem:
    """One fault. `line` is 0 where it is the whole file's, or that of a file which is not there."""

    path: str
    line: int
    message: str

    @property
    def place(self) -> str:
        """`path:line`, as editors and other tools write it."""
        return f"{self.path}:{self.line}" if self.line else self.path

    def __str__(self) -> str:
        """The line a person reads."""
        return f"{self.place}: {self.message}"
