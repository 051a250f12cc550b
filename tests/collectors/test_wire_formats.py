"""Protocol-buffer messages and the log of records: taken apart exactly, or refused."""

from __future__ import annotations

import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.collectors.formats import leveldb_log, protobuf_wire
from governance.errors import UnreadableError

from .wire import entry, log, varint


def test_a_message_gives_its_fields_in_their_order():
    message = entry(1, 150) + entry(2, b"testing") + entry(1, -1) + varint(3 << 3 | 1) + struct.pack("<d", 0.5)
    assert list(protobuf_wire.fields(message)) == [
        (1, 150),
        (2, b"testing"),
        (1, 2**64 - 1),
        (3, struct.pack("<d", 0.5)),
    ]
    assert protobuf_wire.whole(message, 1) == -1
    assert protobuf_wire.whole(message, 9) is None
    assert protobuf_wire.double(message, 3) == 0.5
    assert protobuf_wire.double(message, 2) is None
    assert protobuf_wire.text(message, 2) == "testing"


def test_a_path_leads_through_messages_in_messages():
    message = entry(5, entry(1, b"a") + entry(2, b"x")) + entry(5, entry(1, b"b"))
    assert list(protobuf_wire.messages(message, 5, 1)) == [b"a", b"b"]
    assert protobuf_wire.last(message, 5, 1) == b"b"
    assert protobuf_wire.last(message, 6, 1) is None


def test_a_group_is_passed_over_and_one_without_an_end_is_refused():
    group = varint(4 << 3 | 3) + entry(1, b"inside") + varint(4 << 3 | 4)
    assert list(protobuf_wire.fields(group + entry(2, 7))) == [(2, 7)]
    with pytest.raises(UnreadableError):
        list(protobuf_wire.fields(varint(4 << 3 | 3) + entry(1, b"inside")))


@pytest.mark.parametrize("message", [b"\xff", b"\x0a\x05ab", b"\x0d\x01", b"\x0e", b"\x00\x01", b"\x80" * 11, b"\x0c"])
def test_what_is_no_message_is_refused(message):
    with pytest.raises(UnreadableError, match="not a protocol-buffer message"):
        list(protobuf_wire.fields(message))


def test_text_that_is_no_text_is_refused():
    with pytest.raises(UnreadableError, match="not UTF-8"):
        protobuf_wire.text(entry(1, b"\xff"), 1)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_message_or_refused(data):
    try:
        fields = list(protobuf_wire.fields(data))
    except UnreadableError:
        return
    assert all(number > 0 for number, _ in fields)


@given(st.lists(st.tuples(st.integers(1, 500), st.integers(0, 2**64 - 1) | st.binary(max_size=40)), max_size=8))
def test_what_was_put_together_comes_apart_the_same(pairs):
    assert list(protobuf_wire.fields(b"".join(entry(number, value) for number, value in pairs))) == pairs


def test_records_come_out_as_they_went_in_across_blocks():
    records = [b"short", b"", b"x" * 100_000, b"y" * (leveldb_log.BLOCK - 20), b"end"]
    read = leveldb_log.Log(log(*records))
    assert list(read) == records
    assert not read.cut
    assert read.version == 0


def test_a_log_that_ends_in_a_record_says_so():
    whole = log(b"first", b"x" * 50_000)
    for end in (len(whole) - 1, len(whole) - 20_000, 22, 19 + 3):
        read = leveldb_log.Log(whole[:end])
        assert list(read) == [b"first"]
        assert read.cut
    read = leveldb_log.Log(whole[: 7 + 12])
    assert list(read) == [b"first"]
    assert not read.cut


def outcome(data):
    """The records of a log, or that it is cut or refused."""
    try:
        read = leveldb_log.Log(data)
        records = list(read)
    except UnreadableError:
        return "refused"
    return "cut" if read.cut else records


def test_a_changed_byte_is_found():
    whole = log(b"first", b"second record", b"third")
    for at in range(7, len(whole)):
        assert outcome(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :]) in ("cut", "refused")


def test_pieces_out_of_order_are_refused():
    def piece(sort, data):
        kind = bytes([sort])
        return zlib.crc32(kind + data).to_bytes(4, "little") + len(data).to_bytes(2, "little") + kind + data

    header = leveldb_log.HEADER + b"\0"
    for pieces in ([(3, b"a")], [(4, b"a")], [(2, b"a"), (2, b"b")], [(2, b"a"), (1, b"b")], [(5, b"a")], [(0, b"a")]):
        with pytest.raises(UnreadableError):
            list(leveldb_log.Log(header + b"".join(piece(*each) for each in pieces)))


def test_another_header_is_refused():
    for data in (b"", b":W&B", b":W&B\xe1\xbf\0", b"text that is longer"):
        with pytest.raises(UnreadableError, match="header"):
            leveldb_log.Log(data)


@given(st.lists(st.binary(max_size=50), max_size=6), st.integers(0, 400))
@settings(max_examples=200)
def test_a_log_cut_anywhere_gives_a_beginning_of_its_records(records, end):
    whole = log(*records)
    read = leveldb_log.Log(whole[: 7 + end])
    got = list(read)
    assert got == records[: len(got)]


@given(st.binary(max_size=300))
def test_any_bytes_after_the_header_are_records_or_refused(data):
    try:
        assert all(isinstance(record, bytes) for record in leveldb_log.Log(leveldb_log.HEADER + b"\0" + data))
    except UnreadableError:
        return
