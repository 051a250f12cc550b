"""Reading the one ZIP of `zip_form`, and saying exactly where another one differs.

The walk goes through the local headers from the first byte of the file; then the directory and the end record that these
members must have are built and compared. So nothing can stand before, between or behind them, and no two records can say different things.
Where the walk is lost, a directory that is itself in the one form throughout still tells the members apart, and the header in
which the walk was lost is named as changed. Where neither can be trusted, it is no pack that can be read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.errors import UnreadableError
from governance.verifier.member_names import Names, shown
from governance.verifier.spans import MAX_MEMBER, MAX_MEMBERS, Oddities, Span, Spans, Window, difference
from governance.verifier.zip_form import (
    CENTRAL,
    CENTRAL_FIELDS,
    CENTRAL_HEAD,
    END,
    END_FIELDS,
    END_RECORD,
    LOCAL,
    LOCAL_FIELDS,
    LOCAL_HEAD,
    Member,
    central_header,
    end,
    local_header,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

ARCHIVE = "(archive)"
_METHODS = {8: "deflate", 9: "deflate64", 12: "bzip2", 14: "LZMA", 93: "Zstandard", 95: "XZ", 99: "AES"}
_AGAIN = "Another program wrote this ZIP again. Ask for the file as `govern pack` wrote it."
_BOMB = "A few bytes can unpack to more than any disk holds (a bomb), so no pack has one. " + _AGAIN


def open_zip(path: Path, window: Window, odd: Oddities) -> Spans:
    """Read a ZIP's structure. Raises `UnreadableError` where its members can not be told apart; see `Oddities` for the rest."""
    try:
        members, offsets, directory, differing = _walk(path, window)
    except UnreadableError:
        found = _by_directory(window)
        if found is None:
            raise
        members, directory = found
        offsets = [member.offset + LOCAL_HEAD.size + len(member.name) for member in members]
        differing = [
            (member.name, difference(was, header, LOCAL_FIELDS))
            for member in members
            if (was := window.at(member.offset, len(header := local_header(member)))) != header
        ]
    if differing:
        name, how = differing[0]
        more = f", and so do {len(differing) - 1:,} more" if len(differing) > 1 else ""
        odd.say(name, f"its header in the archive is not the one it must have: {how}{more}")
    last = ""
    for member in members:
        if member.name <= last:
            odd.say(member.name, f"stands out of order in the archive, after {last}")
            break
        last = member.name
    _compare_directory(path, window, members, directory, odd)
    spans = {
        member.name: Span(offset, member.size, member.crc) for member, offset in zip(members, offsets, strict=True)
    }
    return Spans(path, window, spans, odd)


def _walk(path: Path, window: Window) -> tuple[list[Member], list[int], int, list[tuple[str, str]]]:
    """Members by their local headers, where their bytes begin, where the directory begins, and whose headers differ and how."""
    names, at, unpack = Names(), window.at, LOCAL_HEAD.unpack
    members: list[Member] = []
    offsets: list[int] = []
    differing: list[tuple[str, str]] = []
    offset, left = 0, window.size - END_RECORD.size  # where we are, and where the directory begins if no member follows
    while True:
        head = at(offset, LOCAL_HEAD.size)
        if members and (head[:4] == CENTRAL or (head[:4] != LOCAL and offset == left)):
            return members, offsets, offset, differing
        if len(head) < LOCAL_HEAD.size or head[:4] != LOCAL:
            raise _lost(path, window, offset, members, head)
        _, _, flags, method, _, _, crc, packed, size, long, extra = unpack(head)
        raw = at(offset + LOCAL_HEAD.size, long)
        _refuse_form(raw, flags, method, packed, size)
        if len(members) == MAX_MEMBERS:
            raise UnreadableError(f"more than {MAX_MEMBERS:,} members are over the cap", where=str(path))
        begin = offset + LOCAL_HEAD.size + long + extra
        if begin + size > window.size:
            raise UnreadableError(
                f"is cut, or says a false length: {size:,} bytes, of which {max(window.size - begin, 0):,} are there",
                where=shown(raw),
                hint="Fetch the file again.",
            )
        member = Member(names.add(raw), size, crc, offset)
        header = local_header(member)
        if head + raw != header or extra:
            found = at(offset, len(header) + extra)
            differing.append((member.name, "" if differing else difference(found, header, LOCAL_FIELDS)))
        members.append(member)
        offsets.append(begin)
        offset = begin + size
        left -= CENTRAL_HEAD.size + long


def _lost(path: Path, window: Window, offset: int, members: list[Member], head: bytes) -> UnreadableError:
    begins = LOCAL.startswith(head[:4]) or CENTRAL.startswith(head[:4])
    if offset >= window.size or (len(head) < LOCAL_HEAD.size and begins):
        after = f"after {members[-1].name}" if members else "in its first header"
        return UnreadableError(f"is cut {after}", where=str(path), hint="Fetch the file again.")
    if not members:
        said = "an archive without members" if head[:4] == END else "something stands before its first member"
        return UnreadableError(f"not a pack that can be read: {said}", where=str(path), hint=_AGAIN)
    return UnreadableError(
        f"behind its {members[-1].size:,} bytes no other member and no directory begins, at byte {offset:,}",
        where=members[-1].name,
        hint=_AGAIN,
    )


def _refuse_form(raw: bytes, flags: int, method: int, packed: int, size: int) -> None:
    """What makes a member unreadable here, whatever else its header says."""
    if flags & 0x41:  # bit 0, and bit 6 for strong encryption
        raise UnreadableError("is encrypted, which no member of a pack is", where=shown(raw), hint=_AGAIN)
    if method != 0:
        called = _METHODS.get(method, f"method {method}")
        raise UnreadableError(f"is compressed ({called}), which no member of a pack is", where=shown(raw), hint=_BOMB)
    if flags & 0x08:
        raise UnreadableError("has its length behind its bytes (a data descriptor)", where=shown(raw), hint=_AGAIN)
    if 0xFFFF_FFFF in (packed, size):
        raise UnreadableError("is in the ZIP64 form, which no pack has", where=shown(raw), hint=_AGAIN)
    if packed != size:
        raise UnreadableError(
            f"is stored, and yet {packed:,} bytes are to become {size:,}", where=shown(raw), hint=_AGAIN
        )
    if size > MAX_MEMBER:
        raise UnreadableError(f"{size:,} bytes are over the cap of {MAX_MEMBER:,}", where=shown(raw))


def _by_directory(window: Window) -> tuple[list[Member], int] | None:
    """The members by a directory that is in the one form to the last byte and leaves no gap, with where it begins; or None."""
    tail = window.at(window.size - END_RECORD.size, END_RECORD.size)
    if len(tail) < END_RECORD.size or tail[:4] != END:
        return None
    count, length, start = END_RECORD.unpack(tail)[4:7]
    if not count or tail != end(count, length, start) or start + length + END_RECORD.size != window.size:
        return None
    names, members, offset, line = Names(), [], 0, start
    for _ in range(count):
        head = window.at(line, CENTRAL_HEAD.size)
        if len(head) < CENTRAL_HEAD.size:
            return None
        _, _, _, _, _, _, _, crc, _, size, long, *_, place = CENTRAL_HEAD.unpack(head)
        raw = window.at(line + CENTRAL_HEAD.size, long)
        try:
            member = Member(names.add(raw), size, crc, place)
        except UnreadableError:
            return None
        if head + raw != central_header(member) or place != offset or size > MAX_MEMBER:
            return None
        members.append(member)
        offset += LOCAL_HEAD.size + long + size
        line += CENTRAL_HEAD.size + long
    return (members, start) if offset == start and line == start + length else None


def _compare_directory(path: Path, window: Window, members: list[Member], start: int, odd: Oddities) -> None:
    """Directory and end record against those these members must have; the first difference is said, and a cut is no pack."""
    offset = start
    for name, record, fields, part in _records(members, start):
        found = window.at(offset, len(record))
        if found != record:
            if record.startswith(found):
                raise UnreadableError(f"is cut, in {part}", where=str(path), hint="Fetch the file again.")
            odd.say(name, f"{part} is not the one it must have: {difference(found, record, fields)}")
            return
        offset += len(record)
    if offset != window.size:
        odd.say(ARCHIVE, f"{window.size - offset:,} bytes stand behind its end")


def _records(members: list[Member], start: int) -> Iterable[tuple[str, bytes, tuple[tuple[str, int], ...], str]]:
    length = 0
    for member in members:
        record = central_header(member)
        length += len(record)
        yield member.name, record, CENTRAL_FIELDS, "its line in the archive's directory"
    yield ARCHIVE, end(len(members), length, start), END_FIELDS, "its end record"
