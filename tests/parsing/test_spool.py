"""A segment of a spool: what was written is read, and what a crash or a hand did to it is told."""

from __future__ import annotations

import hashlib
import json
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.errors import UnreadableError
from governance.parsing import spool

OPENING = {"kind": "open", "n": 0, "at": 0.0, "schema": spool.SCHEMA, "run": "run-1"}


def segment(*records, sealed=True):
    """The bytes of a segment with these records between its opening and its seal."""
    numbered = [OPENING, *({"n": place + 1, "at": place + 1.0, **each} for place, each in enumerate(records))]
    data = b"".join(map(spool.line, numbered))
    if sealed:
        seal = {"kind": "seal", "n": len(numbered), "at": 9.0, "outcome": "finished"}
        data += spool.line(seal | {"sha256": hashlib.sha256(data).hexdigest()})
    return data


LOGS = [{"kind": "log", "step": step, "values": {"loss": 1 / (step + 1)}} for step in range(5)]
WHOLE = segment(*LOGS)


def test_a_line_is_its_checksum_and_its_json():
    made = spool.line({"kind": "beat", "n": 3, "at": 1.5})
    assert made == b"%08x " % zlib.crc32(made[9:-1]) + made[9:]
    assert json.loads(made[9:]) == {"kind": "beat", "n": 3, "at": 1.5}
    assert made.endswith(b"\n")


def test_what_was_written_is_read():
    read = spool.read(WHOLE)
    assert [row["values"]["loss"] for row in read.of("log")] == [1 / (step + 1) for step in range(5)]
    assert (read.damaged, read.lost, read.faults, read.heard) == (0, 0, (), 9.0)
    assert read.seal["outcome"] == "finished"
    assert read.sha256 == hashlib.sha256(WHOLE).hexdigest()


@pytest.mark.parametrize("cut", range(len(WHOLE)))
def test_cut_off_anywhere_it_has_no_seal_and_keeps_what_was_whole(cut):
    opening = len(spool.line(OPENING))
    if cut < opening:
        with pytest.raises(UnreadableError, match="first line"):
            spool.read(WHOLE[:cut])
        return
    read = spool.read(WHOLE[:cut])
    assert read.seal is None
    assert len(read.records) == WHOLE[:cut].count(b"\n")
    assert read.damaged == (not WHOLE[:cut].endswith(b"\n"))


@given(st.integers(0, len(WHOLE) - 1), st.integers(1, 255))
def test_a_byte_that_was_changed_is_never_taken_for_a_whole_segment(place, by):
    data = bytearray(WHOLE)
    data[place] ^= by
    try:
        read = spool.read(bytes(data))
    except UnreadableError:
        return
    assert read.damaged or read.lost or read.faults or read.seal is None


@given(st.lists(st.binary(max_size=40), max_size=6))
def test_any_bytes_after_the_opening_are_read_or_counted(parts):
    read = spool.read(spool.line(OPENING) + b"\n".join(parts))
    assert read.seal is None
    assert read.records == (OPENING,)


def test_a_line_taken_out_of_the_middle_is_lost_and_breaks_the_seal():
    lines = WHOLE.splitlines(keepends=True)
    read = spool.read(b"".join(lines[:2] + lines[3:]))
    assert read.lost == 1
    assert any("changed after it was closed" in each for each in read.faults)


def test_a_line_with_a_right_checksum_put_in_by_hand_breaks_the_seal():
    lines = WHOLE.splitlines(keepends=True)
    better = spool.line({"kind": "log", "n": 3, "at": 3.0, "step": 2, "values": {"loss": 0.0}})
    assert spool.read(b"".join([*lines[:3], better, *lines[4:]])).faults == (
        "its seal is of other bytes, so it was changed after it was closed",
    )


def test_what_stands_after_the_seal_is_told_and_left_out():
    read = spool.read(WHOLE + spool.line({"kind": "log", "n": 7, "at": 10.0, "values": {"loss": 0.0}}))
    assert read.faults == ("it goes on after its seal",)
    assert read.seal is not None
    assert len(read.of("log")) == 5


def test_numbers_that_do_not_rise_are_told():
    data = segment({"kind": "beat"}, {"kind": "beat"}, sealed=False)
    read = spool.read(data + data.splitlines(keepends=True)[1])
    assert read.faults == ("the numbers of its records do not rise",)


@pytest.mark.parametrize(
    "record",
    [
        {"n": 1, "at": 1.0},
        {"kind": "beat", "at": 1.0},
        {"kind": "beat", "n": True, "at": 1.0},
        {"kind": "beat", "n": -1, "at": 1.0},
        {"kind": "beat", "n": 1, "at": -1.0},
        {"kind": "beat", "n": 1, "at": "soon"},
        {"kind": 3, "n": 1, "at": 1.0},
    ],
)
def test_a_record_without_what_every_record_has_is_damage(record):
    assert spool.read(segment(sealed=False) + spool.line(record)).damaged == 1


def test_what_json_does_not_know_is_written_as_null_or_as_its_text():
    line = spool.line({"kind": "x", "a": float("nan"), "b": {1: (float("inf"), {2})}, "c": object, "d": "\ud800"})
    assert json.loads(line[9:]) == {"kind": "x", "a": None, "b": {"1": [None, [2]]}, "c": "<class 'object'>", "d": "?"}


def test_a_file_is_known_by_its_first_line():
    assert spool.is_segment(WHOLE[:300])
    assert not spool.is_segment(b'{"schema": "govern-spool.v1"}')
    assert not spool.is_segment(b"")
