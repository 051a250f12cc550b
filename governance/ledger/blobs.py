"""Bodies by digest, each in a file named after what it holds.

A body is written once, whole, under a temporary name and then moved into place, so a file with the right name always holds
the right bytes or the digest tells. Reading verifies. Names come from digests alone; nothing from outside reaches a path.
"""

from __future__ import annotations

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from governance.errors import GovernanceError, IntegrityError, UnreadableError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class Blobs:
    """A folder `sha256/ab/<62 hex>` of bodies."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, digest: str) -> Path:
        """Where the body of a digest lies."""
        algorithm, _, hexadecimal = digest.partition(":")
        if algorithm != "sha256" or len(hexadecimal) != 64 or not set(hexadecimal) <= set("0123456789abcdef"):
            raise UnreadableError(f"{digest!r} is no sha256 digest")
        return self.root / "sha256" / hexadecimal[:2] / hexadecimal[2:]

    def write(self, bodies: Mapping[str, bytes]) -> None:
        """Store bodies by their digests; those already there are left alone. On disk before it returns."""
        fresh = {digest: data for digest, data in bodies.items() if not self.path(digest).exists()}
        folders = {self.path(digest).parent for digest in fresh}
        try:
            for folder in folders:
                folder.mkdir(parents=True, exist_ok=True)
            if len(fresh) < 4:
                for item in fresh.items():
                    self._write_one(item)
            else:  # waiting for the disk is most of the time, and it overlaps
                with ThreadPoolExecutor(8) as pool:
                    list(pool.map(self._write_one, fresh.items()))
            for folder in folders | ({self.root, self.root / "sha256"} if folders else set()):
                _sync_folder(folder)  # a file is there for good when its name and the names above it are
        except OSError as error:
            raise GovernanceError(f"the bodies could not be stored: {error.strerror}", where=str(self.root)) from None

    def read(self, digest: str) -> bytes:
        """The body of a digest. Raises `IntegrityError` where it is missing or is not what its name says."""
        path = self.path(digest)
        try:
            data = path.read_bytes()
        except OSError as error:
            raise IntegrityError(
                f"the body {digest[:19]}… can not be read: {error.strerror}", where=str(path)
            ) from None
        if hashlib.sha256(data).hexdigest() != digest[7:]:
            raise IntegrityError(f"the body is not the {digest[:19]}… that its name says", where=str(path))
        return data

    def _write_one(self, item: tuple[str, bytes]) -> None:
        digest, data = item
        final = self.path(digest)
        temporary = final.with_name(f".{final.name[:16]}.{os.getpid()}.{id(item):x}.part")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(data)
                stream.flush()
                os.fdatasync(stream.fileno())
            temporary.replace(final)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
