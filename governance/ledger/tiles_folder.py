"""The ledger as a folder of static files, as any reader of https://c2sp.org/tlog-tiles takes it.

What is full never changes, so a folder that was written before is carried on: files that are there are left alone, and the
checkpoint comes last. A reader who finds it finds everything it promises.
"""

from __future__ import annotations

import os
from itertools import chain, islice
from typing import TYPE_CHECKING

from governance.errors import GovernanceError, IntegrityError
from governance.proofs import tiles, tree

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from governance.domain.entry import Checkpoint
    from governance.ledger.store import Ledger


def write(ledger: Ledger, head: Checkpoint, note: bytes, folder: Path) -> int:
    """Write entries, tiles and the signed checkpoint of the ledger at `head` into a folder. Returns how many files are new.

    Raises `IntegrityError`, and writes no checkpoint, where the entries do not come to the head or the folder is of another log.
    """
    leaves = ledger.leaves(head.size)
    if tree.root_of(leaves).hex() != head.root:
        raise IntegrityError(
            "the leaves do not come to the root", where=str(ledger.path), hint="Run: govern ledger fsck"
        )
    made = 0
    try:
        for path, data in chain(tiles.bundles(_entries(ledger, leaves)), tiles.tiles(leaves)):
            made += _put(folder / path, data)
        _replace(folder / "checkpoint", note)
    except OSError as error:
        raise GovernanceError(f"can not be written: {error.strerror}", where=str(folder)) from None
    return made


def _entries(ledger: Ledger, leaves: list[bytes]) -> Iterator[bytes]:
    for seq, body in islice(ledger.bodies(), len(leaves)):
        if tree.leaf_hash(body) != leaves[seq]:
            where = f"{ledger.path} entry {seq}"
            raise IntegrityError("is not what the tree says it was", where=where, hint="Run: govern ledger fsck")
        yield body


def _put(path: Path, data: bytes) -> bool:
    if path.exists():
        if path.read_bytes() != data:
            raise IntegrityError(
                "holds something else than this ledger", where=str(path), hint="Write into a new folder."
            )
        return False
    _replace(path, data)
    return True


def _replace(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        temporary.write_bytes(data)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
