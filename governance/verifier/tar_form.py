r"""The one tar a set of members can have: POSIX ustar, regular files alone, sorted, no owner, no time, no extension.

Layout after POSIX.1-2017, pax, "ustar Interchange Format": a header of 512 bytes, the bytes, zeros up to the next 512; two blocks of
zeros at the end, and zeros up to a multiple of 10,240. As in `zip_form` nothing is free, so every byte can be checked.
GNU tar makes the same bytes from a sorted list of files::

    find . -type f -printf '%P\n' | LC_ALL=C sort | tar --format=ustar --mode=0644 --owner=0 --group=0 --numeric-owner \
        --mtime=@0 -cf pack.tar -T -

Links, devices, folders, pax and GNU records, sparse files and lengths in base 256 are not read at all: each of them has been a
way for one program to see other files than the next.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, BinaryIO

from governance.errors import GovernanceError, UnreadableError
from governance.verifier.member_names import Names, shown
from governance.verifier.spans import MAX_MEMBER, MAX_MEMBERS, MAX_TOTAL, Oddities, Span, Spans, Window, difference

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

BLOCK = 512
_RECORD = 20 * BLOCK
_MAGIC = b"ustar\x0000"
_NAME, _PREFIX = 100, 155
FIELDS = (
    ("name", 100), ("mode", 8), ("owner", 8), ("group", 8), ("size", 12), ("time", 12), ("checksum", 8), ("type", 1),
    ("name of a link", 100), ("magic", 8), ("owner's name", 32), ("group's name", 32), ("major device", 8),
    ("minor device", 8), ("prefix of the name", 155), ("padding", 12),
)  # fmt: skip
"""The fields of a header in their order, with their widths."""
_TYPES = {
    b"1": "a hard link", b"2": "a symbolic link", b"3": "a character device", b"4": "a block device", b"5": "a folder",
    b"6": "a named pipe", b"7": "a contiguous file", b"g": "a pax record for all members", b"x": "a pax record",
    b"L": "a GNU record of a long name", b"K": "a GNU record of a long link", b"S": "a GNU sparse file",
    b"D": "a GNU list of a folder", b"M": "a piece of a GNU volume", b"V": "a GNU volume label", b"X": "a Solaris record",
}  # fmt: skip
_SIZE = re.compile(rb"[0-7]{11}\0")
_AGAIN = "Make it with `tar --format=ustar` from a sorted list of plain files, or ask for the ZIP."


def header(name: str, size: int) -> bytes:
    """The header of a member. Raises `GovernanceError` for a name that ustar can not hold: over 100 characters without a fitting slash."""
    prefix, short = _split(name)
    fields = [
        short.encode().ljust(100, b"\0"), b"0000644\0", b"0000000\0", b"0000000\0", b"%011o\0" % size, b"%011o\0" % 0,
        b" " * 8, b"0", bytes(100), _MAGIC, bytes(64), b"0000000\0", b"0000000\0", prefix.encode().ljust(167, b"\0"),
    ]  # fmt: skip
    fields[6] = b"%06o\0 " % sum(b"".join(fields))
    return b"".join(fields)


def _split(name: str) -> tuple[str, str]:
    if len(name) <= _NAME:
        return "", name
    slash = name.rfind("/", 0, _PREFIX + 1)
    if slash < 1 or len(name) - slash - 1 > _NAME:
        raise GovernanceError(
            "has a name that a ustar header can not hold", where=name, hint="Use the ZIP or a folder."
        )
    return name[:slash], name[slash + 1 :]


def write(stream: BinaryIO, members: Iterable[tuple[str, bytes]]) -> None:
    """Write the tar. Members must come sorted by name, each once. Raises `GovernanceError` beyond the form's bounds."""
    met = Names()
    offset = 0
    for name, data in members:
        if met.met and name <= met.met[-1]:
            raise GovernanceError(f"members out of order: {name!r} after {met.met[-1]!r}")
        met.write(name)
        stream.write(header(name, len(data)))
        stream.write(data + bytes(-len(data) % BLOCK))
        offset += BLOCK + len(data) + -len(data) % BLOCK
    if offset + _RECORD > MAX_TOTAL or len(met.met) > MAX_MEMBERS:
        raise GovernanceError("the pack is too large for its form (4 GiB, 65,535 members)", hint="Pack fewer systems.")
    stream.write(bytes(_closing(offset)))


def _closing(offset: int) -> int:
    return 2 * BLOCK + -(offset + 2 * BLOCK) % _RECORD


def open_tar(path: Path, window: Window, odd: Oddities) -> Spans:
    """Read a tar's structure. Raises `UnreadableError` where its members can not be told apart; see `Oddities` for the rest."""
    names = Names()
    spans: dict[str, Span] = {}
    differing: list[tuple[str, str]] = []
    offset, last = 0, ""
    while True:
        block = window.at(offset, BLOCK)
        if len(block) < BLOCK:
            after = f"after {last}" if last else "in its first header"
            raise UnreadableError(f"is cut {after}", where=str(path), hint="Fetch the file again.")
        if not any(block):
            break
        name, size = _read_header(block, names, last, path)
        if len(spans) == MAX_MEMBERS:
            raise UnreadableError(f"more than {MAX_MEMBERS:,} members are over the cap", where=str(path))
        begin = offset + BLOCK
        if begin + size > window.size:
            said = f"is cut, or says a false length: {size:,} bytes, of which {window.size - begin:,} are there"
            raise UnreadableError(said, where=name, hint="Fetch the file again.")
        wanted = _wanted(name, size)
        if block != wanted:
            differing.append((name, "" if differing else difference(block, wanted, FIELDS)))
        if name <= last:
            odd.say(name, f"stands out of order in the archive, after {last}")
        padding = -size % BLOCK
        if any(window.at(begin + size, padding)):
            odd.say(name, "other bytes than zeros stand between it and the next member")
        spans[name] = Span(begin, size, None)
        offset, last = begin + size + padding, name
    if not spans:
        raise UnreadableError("not a pack that can be read: an archive without members", where=str(path), hint=_AGAIN)
    if differing:
        name, how = differing[0]
        more = f", and so do {len(differing) - 1:,} more" if len(differing) > 1 else ""
        odd.say(name, f"its header in the archive is not the one it must have: {how}{more}")
    _close(path, window, offset, odd)
    return Spans(path, window, spans, odd)


def _read_header(block: bytes, names: Names, last: str, path: Path) -> tuple[str, int]:
    """Name and size. Raises `UnreadableError` for what is no regular file in ustar."""
    name = block[:_NAME].rstrip(b"\0")
    if prefix := block[345:500].rstrip(b"\0"):
        name = prefix + b"/" + name
    if block[257:265] != _MAGIC:
        if block[257:265] == b"ustar  \0":
            raise UnreadableError("is in GNU's own form of tar, which no pack is", where=shown(name), hint=_AGAIN)
        where = last or str(path)
        raise UnreadableError("behind it no header of a ustar member begins", where=where, hint=_AGAIN)
    kind = block[156:157]
    if kind not in (b"0", b"\0"):
        called = _TYPES.get(kind, f"of the type {shown(kind)}")
        raise UnreadableError(f"is {called}, and a pack holds plain files alone", where=shown(name), hint=_AGAIN)
    size = block[124:136]
    if size[0] & 0x80:
        raise UnreadableError("has its length in base 256, which ustar has not", where=shown(name), hint=_AGAIN)
    if not _SIZE.fullmatch(size):
        raise UnreadableError("has a length that is not eleven octal digits", where=shown(name), hint=_AGAIN)
    if int(size[:11], 8) > MAX_MEMBER:
        said = f"{int(size[:11], 8):,} bytes are over the cap of {MAX_MEMBER:,}"
        raise UnreadableError(said, where=shown(name))
    return names.add(name), int(size[:11], 8)


def _wanted(name: str, size: int) -> bytes:
    try:
        return header(name, size)
    except GovernanceError:  # a split at another slash: it differs, whatever it is compared with
        return b""


def _close(path: Path, window: Window, offset: int, odd: Oddities) -> None:
    """The zeros at the end, which have one length only. A pack over 4 GiB was refused before, so this reads 10 KiB at most."""
    closing = _closing(offset)
    if window.size - offset < closing:
        if any(window.at(offset, closing)):
            odd.say("(archive)", "other bytes than zeros stand at its end")
            return
        raise UnreadableError("is cut, in the zeros that close it", where=str(path), hint="Fetch the file again.")
    if any(window.at(offset, closing)):
        odd.say("(archive)", "other bytes than zeros stand at its end")
    elif window.size > offset + closing:
        odd.say("(archive)", f"{window.size - offset - closing:,} bytes stand behind its end")
