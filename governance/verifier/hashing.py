"""SHA-256 of whole files at the speed of the machine.

A file is read through one small buffer that stays in the processor's own cache. Larger reads and memory maps were measured and
are slower: bytes that are hashed straight from a map come from main memory, and each page costs a fault. hashlib lets go of
the interpreter while it works, so two files are hashed on two threads.
"""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable

T = TypeVar("T")

STREAM = 128 * 1024
LARGE = 8 * 1024 * 1024
"""From this size on a thread of its own is worth its start."""
TOLD_EVERY = 64 * 1024 * 1024


class Stamp(NamedTuple):
    """What tells that a file is still the one that was seen: where it lies, its length, when it was written and touched."""

    device: int
    inode: int
    size: int
    mtime_ns: int
    ctime_ns: int

    @classmethod
    def of(cls, status: os.stat_result) -> Stamp:
        """The stamp of what `stat` said."""
        return cls(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


class Known(Protocol):
    """Digests known from before, by the stamp of the file."""

    def get(self, stamp: Stamp) -> str | None:
        """The digest of the file with this stamp, or None."""

    def put(self, stamp: Stamp, digest: str) -> None:
        """Keep what was just hashed."""


def of_descriptor(descriptor: int, told: Callable[[int], None] | None = None) -> tuple[str, int]:
    """`sha256:…` of what can be read from here on, and how many bytes that was; `told` hears how many, now and then."""
    digest = hashlib.sha256()
    buffer = bytearray(STREAM)
    view = memoryview(buffer)
    done = 0
    with open(descriptor, "rb", buffering=0, closefd=False) as stream:
        while count := stream.readinto(buffer):
            digest.update(view[:count])
            done += count
            if told is not None and done % TOLD_EVERY == 0:
                told(done)
    if told is not None:
        told(done)
    return "sha256:" + digest.hexdigest(), done


def side_by_side(things: Iterable[T], size: Callable[[T], int], work: Callable[[T], object]) -> None:
    """Do the work for each thing: the large ones two at a time, the largest first, then the others in their order."""
    listed = list(things)
    large = sorted((thing for thing in listed if size(thing) > LARGE), key=size, reverse=True)
    if len(large) > 1:
        with ThreadPoolExecutor(max_workers=2) as pool:
            list(pool.map(work, large))
        listed = [thing for thing in listed if size(thing) <= LARGE]
    for thing in listed:
        work(thing)
