"""A segment while it is written: lines wait in memory until the disk takes them, and none of its calls raises for the disk.

The file is opened when it is first flushed, by this process alone (`O_EXCL`). After an error the next flush goes on
with the very byte at which the last one stopped, so a full disk tears no line. What waits is bounded; a record that
finds no room is not taken, and the caller counts it.
"""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from governance.parsing import spool

if TYPE_CHECKING:
    from collections.abc import Callable

ROOM = 4 << 20
"""Bytes that wait for the disk at most."""
_KEPT_FREE = 64 << 10
"""Of them, what only the seal and the counts of losses may take."""


def spool_folder(named: str | os.PathLike[str] | None, output_dir: str | None) -> Path:
    """Where the segments of a run go: what is named, else `GOVERN_SPOOL`, else in the output folder or the working folder."""
    said = named or os.environ.get("GOVERN_SPOOL")
    return Path(said) if said else Path(output_dir or ".") / spool.FOLDER


class Segment:
    """One file that this process alone writes. Not for several threads at once."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self.path = path
        self.problem: str | None = None
        """What the disk said last, or None after a flush that went well."""
        self._clock, self._began = clock, clock()
        self._number = 0
        self._waiting = bytearray()
        self._descriptor: int | None = None
        self._sum = hashlib.sha256()

    def add(self, kind: str, *, when: float | None = None, must: bool = False, **fields: Any) -> bool:
        """Let a record wait for the disk; False where it is too long or finds no room.

        `when` is its moment by the clock, if that is not now. `must`: it may take the room that is kept free.
        """
        at = round(max(0.0, (self._clock() if when is None else when) - self._began), 3)
        made = spool.line({"kind": kind, "n": self._number, "at": at, **fields})
        room = ROOM if must else ROOM - _KEPT_FREE
        if len(made) > spool.LONGEST_LINE or len(self._waiting) + len(made) > room:
            return False
        self._number += 1
        self._waiting += made
        self._sum.update(made)
        return True

    def seal(self, **fields: Any) -> bool:
        """Let the last record wait for the disk, with the digest of all bytes before it."""
        return self.add(spool.SEAL, must=True, **fields, sha256=self._sum.hexdigest())

    def flush(self) -> bool:
        """Write what waits; True where nothing waits any more."""
        try:
            if self._descriptor is None:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | getattr(os, "O_CLOEXEC", 0)
                self._descriptor = os.open(self.path, flags, 0o666)
            while self._waiting:
                written = os.write(self._descriptor, bytes(self._waiting[: 1 << 20]))
                del self._waiting[:written]
        except OSError as error:
            self.problem = error.strerror or type(error).__name__
            return False
        self.problem = None
        return True

    def settle(self) -> None:
        """Ask the disk to keep what it was given."""
        if self._descriptor is not None:
            try:
                os.fsync(self._descriptor)
            except OSError as error:
                self.problem = error.strerror or type(error).__name__

    def close(self) -> None:
        """Give the file back."""
        if self._descriptor is not None:
            try:
                os.close(self._descriptor)
            except OSError:
                self.problem = "could not be closed"
            self._descriptor = None
