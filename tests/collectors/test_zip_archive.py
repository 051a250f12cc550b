"""Zip archives from anybody: what is read, and each way of being refused."""

from __future__ import annotations

import io
import random
import struct
import tracemalloc
import zipfile
import zlib

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.collectors.formats.zip_archive import Archive, Caps
from governance.collectors.reading.files import File
from governance.errors import UnreadableError

LINES = b"".join(b'{"row": %d}\n' % number for number in range(2000))


def packed(data, method):
    if method == 93:
        return zstandard.ZstdCompressor(level=3).compress(data)
    if method == 8:
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        return packer.compress(data) + packer.flush()
    return data


def made(members, **changed):
    """An archive of (name, data, method) with any field of any record changed, which no library would write."""
    body, table = b"", b""
    for name, data, method in members:
        raw = name if isinstance(name, bytes) else name.encode()
        inside = changed.get("inside", packed(data, method))
        crc = changed.get("crc", zlib.crc32(data))
        size = changed.get("size", len(data))
        flags = changed.get("flags", 0x0800)
        offset = changed.get("offset", len(body))
        sizes = (crc, changed.get("packed", len(inside)), size)
        local = (zlib.crc32(data), len(inside), len(data)) if changed.get("local_honest") else sizes
        table += struct.pack("<4s4B4HL2L5H2L", b"PK\1\2", 20, 3, 20, 0, flags, method, 0, 0, *sizes, len(raw), 0, 0, 0, 0, 0, offset) + raw  # fmt: skip
        named = changed.get("local_name", raw)
        body += (
            struct.pack("<4s2B4HL2L2H", b"PK\3\4", 20, 0, flags, method, 0, 0, *local, len(named), 0) + named + inside
        )
    count = changed.get("count", len(members))
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, len(table), changed.get("table", len(body)), 0)
    return body + table + end


@pytest.fixture
def archive(tmp_path):
    def opened(data, caps=None):
        path = tmp_path / "x.zip"
        path.write_bytes(data)
        return Archive(File(str(path), "x.zip", "x.zip"), caps)

    return opened


@pytest.mark.parametrize("method", [0, 8, 93])
def test_each_method_is_read_whole_and_line_by_line(method, archive):
    opened = archive(made([("a/rows.jsonl", LINES, method), ("empty", b"", method)]))
    assert opened.names() == ["a/rows.jsonl", "empty"]
    assert "empty" in opened
    assert opened.size("a/rows.jsonl") == len(LINES)
    assert opened.read("a/rows.jsonl") == LINES
    assert opened.read("empty") == b""
    rows = list(opened.lines("a/rows.jsonl"))
    assert (len(rows), rows[0], rows[-1]) == (2000, (1, b'{"row": 0}'), (2000, b'{"row": 1999}'))


def test_json_keeps_nan_as_null_and_counts_it(archive):
    opened = archive(made([("a.json", b'{"x": NaN}', 8)]))
    assert opened.json("a.json") == ({"x": None}, 1)


def test_what_the_standard_library_writes_is_read(archive):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as library:
        library.writestr("folder/", b"")
        library.writestr("folder/a.txt", b"hello" * 1000)
        with library.open("wide", "w", force_zip64=True) as wide:
            wide.write(b"x" * 10)
        library.comment = b"PK\x05\x06 is only a comment"
    opened = archive(target.getvalue())
    assert opened.names() == ["folder/a.txt", "wide"]
    assert opened.read("folder/a.txt") == b"hello" * 1000
    assert opened.read("wide") == b"x" * 10


def test_an_archive_written_to_a_pipe_is_read(archive):
    class Pipe(io.RawIOBase):
        def __init__(self):
            self.data = bytearray()

        def writable(self):
            return True

        def write(self, data):
            self.data += data
            return len(data)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as library:
        library.writestr("a", b"abc" * 500)
    opened = archive(bytes(pipe.data))
    assert opened.read("a") == b"abc" * 500


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (made([("a", b"x", 9)]), "deflate64"),
        (made([("a", b"x", 12)]), "bzip2"),
        (made([("a", b"x", 200)]), "method 200"),
        (made([("a", b"x", 8)], flags=0x0801), "encrypted"),
        (made([("a", b"x", 8)], flags=0x0840), "encrypted"),
        (made([("a", b"x", 0), ("a", b"y", 0)]), "twice"),
        (made([("/etc/passwd", b"x", 0)]), "does not stay inside"),
        (made([("../up", b"x", 0)]), "does not stay inside"),
        (made([("a/../../up", b"x", 0)]), "does not stay inside"),
        (made([("C:\\x", b"x", 0)]), "does not stay inside"),
        (made([("a\\..\\..\\b", b"x", 0)]), "does not stay inside"),
        (made([("a\0b", b"x", 0)]), "does not stay inside"),
        (made([("", b"x", 0)]), "does not stay inside"),
        (made([("x" * 2000, b"x", 0)]), "does not stay inside"),
        (made([(b"\xff", b"x", 0)]), "not UTF-8"),
        (made([("a/", b"x", 0)]), "the folder"),
        (made([("a", b"xyz", 0)], crc=1), "checksum"),
        (made([("a", b"xyz", 8)], size=2), "more than the 2 bytes"),
        (made([("a", b"xyz", 8)], size=4), "unpacks to 3 bytes"),
        (made([("a", b"xyz", 93)], size=2), "more than the 2 bytes"),
        (made([("a", b"xyz", 93)], inside=packed(b"xyz", 93)[:-4], crc=zlib.crc32(b"xyz")), "can not be|unpacks to"),
        (made([("a", b"xyz", 93)], inside=b"\x00" * 12), "can not be unpacked"),
        (made([("a", b"xyz", 8)], inside=b"\xff" * 12), "can not be unpacked"),
        (made([("a", b"xyz", 8)], inside=packed(b"xyz", 8) + b"more"), "can not be unpacked"),
        (made([("a", b"xyz", 8)], crc=1, local_honest=True), "contradicts"),
        (made([("a", b"xyz", 8)], local_name=b"b"), "contradicts"),
        (made([("a", b"xyz", 0)], offset=1), "shares bytes|no header"),
        (made([("a", b"xyz", 0), ("b", b"xyz", 0)], offset=0), "shares bytes"),
        (made([("a", b"xyz", 0)], packed=500, size=500), "shares bytes"),
        (made([("a", b"xyz", 0)], count=2), "damaged"),
        (made([("a", b"x", 0), ("b", b"x", 0)], count=1), "longer than its members"),
        (made([("a", b"xyz", 0)], table=3), "not where it says"),
        (b"front" + made([("a", b"xyz", 0)]), "not where it says"),
        (made([("a", b"xyz", 0)]) + b"behind", "table of contents"),
        (made([("a", b"xyz", 0)], size=0xFFFFFFF0, packed=3), "out of all proportion"),
        (b"PK\x03\x04", "ends before"),
        (b"PK\x05\x06" + b"\xff" * 18, "ends before"),
        (b"", "ends before"),
    ],
)
def test_an_archive_that_is_not_what_it_says_is_refused_in_words(data, reason, archive):
    with pytest.raises(UnreadableError, match=reason):
        _ = [archive(data).read(name) for name in archive(data).names()]


def test_a_missing_member_is_named(archive):
    with pytest.raises(UnreadableError, match="lacks 'b'"):
        archive(made([("a", b"x", 0)])).read("b")


@pytest.mark.parametrize(
    ("caps", "reason"),
    [
        (Caps(members=1), "more than 1"),
        (Caps(contents=50), "table of contents"),
        (Caps(member=100), "more than 100"),
        (Caps(total=30_000), "more than 30,000"),
        (Caps(ratio=2, small=1000), "out of all proportion"),
    ],
)
def test_each_cap_holds(caps, reason, archive):
    data = made([("a", LINES, 8), ("b", LINES, 8)])
    with pytest.raises(UnreadableError, match=reason):
        archive(data, caps)


def test_a_member_over_the_cap_of_its_reader_is_not_unpacked(archive):
    with pytest.raises(UnreadableError, match="over the cap of 100"):
        archive(made([("a", LINES, 8)])).read("a", 100)


def test_a_line_without_end_is_refused(archive):
    opened = archive(made([("a", b"x" * 3_000_000, 8)]))
    with pytest.raises(UnreadableError, match="line 1 of 'a' is longer"):
        list(opened.lines("a", 1_000_000))


def test_members_that_share_their_bytes_are_refused(archive):
    """The bomb of D. Fifield (2019): one kernel of bytes under many names."""
    data = packed(b"\0" * 1_000_000, 8)
    kernel = struct.pack("<4s2B4HL2L2H", b"PK\3\4", 20, 0, 0, 8, 0, 0, zlib.crc32(b"\0" * 1_000_000), len(data), 1_000_000, 1, 0) + b"a" + data  # fmt: skip
    table = b"".join(
        struct.pack(
            "<4s4B4HL2L5H2L",
            b"PK\1\2",
            20,
            3,
            20,
            0,
            0,
            8,
            0,
            0,
            zlib.crc32(b"\0" * 1_000_000),
            len(data),
            1_000_000,
            1,
            0,
            0,
            0,
            0,
            0,
            0,
        )
        + bytes([97 + index])
        for index in range(20)
    )
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 20, 20, len(table), len(kernel), 0)
    with pytest.raises(UnreadableError, match="shares bytes"):
        archive(kernel + table + end)


@pytest.mark.parametrize("method", [8, 93])
def test_a_large_member_is_streamed_in_bounded_memory(method, archive):
    generator = random.Random(1)
    rows = b"".join(generator.randbytes(25).hex().encode() + b"x" * 1950 + b"\n" for _ in range(16_000))
    opened = archive(made([("a", rows, method)]))
    tracemalloc.start()
    assert sum(1 for _ in opened.lines("a")) == 16_000
    assert tracemalloc.get_traced_memory()[1] < 8_000_000
    tracemalloc.stop()


@given(st.binary(max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_read_or_refused(data):
    file = File("nowhere", "x", "x")
    for content in (data, b"PK\x03\x04" + data, data + made([("a", b"x", 0)])[-22:]):
        file._data, file._seen = content, (0, len(content), 0)
        try:
            opened = Archive(file)
            _ = [opened.read(name) for name in opened.names()]
        except UnreadableError:
            continue


WHOLE = made([("a", LINES[:200], 8), ("b", LINES[:300], 93), ("c", LINES[:100], 0)])


@given(st.integers(0, len(WHOLE) - 1), st.integers(1, 255), st.integers(0, len(WHOLE)))
@settings(max_examples=500, deadline=None)
def test_a_changed_byte_or_a_cut_never_changes_what_is_read(place, change, cut):
    true = [LINES[:200], LINES[:300], LINES[:100]]
    changed = bytearray(WHOLE)
    changed[place] ^= change
    for content in (bytes(changed), WHOLE[:cut]):
        file = File("nowhere", "x", "x")
        file._data, file._seen = content, (0, len(content), 0)
        try:
            opened = Archive(file)
            read = [opened.read(name) for name in opened.names()]
        except UnreadableError:
            continue
        assert read == true


def test_an_archive_without_members_holds_none(archive):
    assert archive(b"PK\x05\x06" + b"\0" * 18).names() == []


def test_one_place_under_two_spellings_stands_twice(archive):
    for other in (b"d//a", b"./d/a", b"d/./a"):
        with pytest.raises(UnreadableError, match="twice"):
            archive(made([("d/a", b"1", 0), (other.decode(), b"2", 0)]))
