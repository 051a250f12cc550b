"""A log as static files: tiles of hashes and bundles of entries (https://c2sp.org/tlog-tiles).

A tile holds up to 256 hashes of 32 bytes; on level 0 those of the leaves, and on each level above one hash for every full tile
below. A bundle holds up to 256 entries, each after its length in two bytes. The files for a size are determined by it, so that a
reader can name every file that must be there, and whatever else lies there is none of the log.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.errors import IntegrityError, UnreadableError
from governance.proofs import tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from governance.proofs.note import Head

    Read = Callable[[str], bytes]

WIDTH = 256
MAX_ENTRY_BYTES = 65_535


def path(level: int, index: int, width: int = WIDTH) -> str:
    """The path of a tile: `tile/<level>/x001/x234/067`, with `.p/<width>` where it is not full."""
    return _path(str(level), index, width)


def bundle_path(index: int, width: int = WIDTH) -> str:
    """The path of a bundle of entries: `tile/entries/x001/x234/067`, with `.p/<width>` where it is not full."""
    return _path("entries", index, width)


def tile_paths(size: int) -> list[str]:
    """The paths of all tiles of a log with so many entries, level by level."""
    return [path(level, index, width) for level, index, width in _spans(size)]


def bundle_paths(size: int) -> list[str]:
    """The paths of all bundles of a log with so many entries, in order."""
    return [bundle_path(index, width) for level, index, width in _spans(size) if level == 0]


def tiles(leaves: Sequence[bytes]) -> Iterator[tuple[str, bytes]]:
    """The tiles over these leaf hashes: (path, bytes), level by level."""
    for level, hashes in enumerate(_levels(leaves)):
        for index, at in enumerate(range(0, len(hashes), WIDTH)):
            part = hashes[at : at + WIDTH]
            yield path(level, index, len(part)), b"".join(part)


def bundles(entries: Iterable[bytes]) -> Iterator[tuple[str, bytes]]:
    """The bundles of these entries: (path, bytes), in order. Raises `UnreadableError` for an entry that is too long."""
    index, part = 0, list[bytes]()
    for entry in entries:
        if len(entry) > MAX_ENTRY_BYTES:
            raise UnreadableError(f"an entry of {len(entry)} bytes; a log takes {MAX_ENTRY_BYTES}")
        part.append(len(entry).to_bytes(2, "big") + entry)
        if len(part) == WIDTH:
            yield bundle_path(index), b"".join(part)
            index, part = index + 1, []
    if part:
        yield bundle_path(index, len(part)), b"".join(part)


def read_leaves(head: Head, read: Read) -> list[bytes]:
    """The leaf hashes of the log with this head, from its tiles; `read` gives the bytes at a path.

    Raises `UnreadableError` for a tile of the wrong length, `IntegrityError` naming the tile that does not follow from those below
    it, or where the leaves do not come to the head's root. What `read` raises for a missing file passes through.
    """
    held: list[list[bytes]] = []
    for level, index, width in _spans(head.size):
        data, where = read(path(level, index, width)), path(level, index, width)
        if len(data) != 32 * width:
            raise UnreadableError(f"a tile of {width} hashes has {32 * width} bytes, not {len(data)}", where=where)
        if level == len(held):
            held.append([])
        held[level] += [data[at : at + 32] for at in range(0, len(data), 32)]
    leaves = held[0] if held else []
    for level, hashes in enumerate(_levels(leaves)):
        for at, (made, found) in enumerate(zip(hashes, held[level], strict=True)):
            if made != found:
                index = at // WIDTH
                where = path(level, index, min(WIDTH, len(hashes) - index * WIDTH))
                raise IntegrityError(f"hash {at % WIDTH} is not the one over the tile below it", where=where)
    if tree.root_of(leaves).hex() != head.root:
        raise IntegrityError("the leaves do not come to the root of the checkpoint", where="tile/0")
    return leaves


def read_entries(head: Head, read: Read) -> list[bytes]:
    """The entries of the log with this head, from its bundles; verified against the head alone, so tiles are not needed.

    Raises `UnreadableError` for a bundle that is cut or too long, `IntegrityError` where the entries do not come to the root.
    """
    entries: list[bytes] = []
    for level, index, width in _spans(head.size):
        if level == 0:
            where = bundle_path(index, width)
            entries += parse_bundle(read(where), width, where=where)
    if tree.root_of(tree.leaf_hashes(entries)).hex() != head.root:
        raise IntegrityError("the entries do not come to the root of the checkpoint", where="tile/entries")
    return entries


def parse_bundle(data: bytes, width: int, *, where: str = "bundle") -> list[bytes]:
    """The entries of one bundle. Raises `UnreadableError` where there are not exactly `width` of them."""
    entries, at = list[bytes](), 0
    while at < len(data):
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        if end > len(data):
            raise UnreadableError("is cut inside an entry", where=where)
        entries.append(data[at + 2 : end])
        at = end
    if len(entries) != width:
        raise UnreadableError(f"holds {len(entries)} entries, not {width}", where=where)
    return entries


def _levels(leaves: Sequence[bytes]) -> Iterator[list[bytes]]:
    """The hashes of each level of tiles: the leaves, then one for every 256 of the level below, as long as there are any."""
    hashes = list(leaves)
    while hashes:
        yield hashes
        full = len(hashes) // WIDTH * WIDTH
        hashes = [tree.root_of(hashes[at : at + WIDTH]) for at in range(0, full, WIDTH)]


def _spans(size: int) -> Iterator[tuple[int, int, int]]:
    """(level, index, width) of every tile of a log of this size, level by level."""
    level, count = 0, size
    while count:
        for index in range(count // WIDTH):
            yield level, index, WIDTH
        if count % WIDTH:
            yield level, count // WIDTH, count % WIDTH
        level, count = level + 1, count // WIDTH


def _path(level: str, index: int, width: int) -> str:
    if index < 0 or not 1 <= width <= WIDTH:
        raise ValueError(f"no tile has the index {index} and the width {width}")
    parts = [f"{index % 1000:03}"]
    while index := index // 1000:
        parts.append(f"x{index % 1000:03}")
    suffix = "" if width == WIDTH else f".p/{width}"
    return f"tile/{level}/{'/'.join(reversed(parts))}{suffix}"
