"""A pickle is taken apart and never run: what comes back, what is refused, and how little it may cost."""

from __future__ import annotations

import collections
import contextlib
import enum
import io
import json
import pickle
import pickletools
import struct
import tempfile
import time
import zipfile
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.collectors.formats import inert_pickle, inert_pickle_process
from governance.collectors.reading.files import File
from governance.errors import UnreadableError

HERE = __name__
RAN = f"{tempfile.gettempdir()}/inert-pickle-ran"


class Strategy(enum.StrEnum):
    STEPS = "steps"


class Level(enum.IntEnum):
    HIGH = 3


@dataclass
class Settings:
    rate: float = 1e-3
    when: Strategy = Strategy.STEPS
    level: Level = Level.HIGH
    names: list = field(default_factory=lambda: ["q", "v"])
    extra: dict = field(default_factory=lambda: {"a": None, 3: True})


class Runs:
    def __reduce__(self):
        import os

        return os.system, (f"touch {RAN}",)


def file_of(tmp_path, data, name="training_args.bin"):
    path = tmp_path / name
    path.write_bytes(data)
    return File(str(path), name, name)


def torch_archive(data, name="archive/data.pkl", method=zipfile.ZIP_STORED):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        archive.writestr(name, data)
        archive.writestr("archive/version", "3\n")
    return target.getvalue()


@pytest.mark.parametrize("protocol", range(6))
def test_an_object_comes_back_as_its_class_and_its_state_in_every_protocol(protocol):
    data = pickle.dumps(Settings(), protocol)
    by_name = b"getattr" in data  # Python up to 3.11.3 writes a member by its name, later ones by its value
    value = inert_pickle.of_bytes(data)
    assert value["class"] == f"{HERE}.Settings"
    assert value["state"] == {
        "rate": 1e-3, "names": ["q", "v"], "extra": {"a": None, "3": True},
        "when": f"{HERE}.Strategy.STEPS" if by_name else "steps", "level": f"{HERE}.Level.HIGH" if by_name else 3,
    }  # fmt: skip


def test_the_archive_and_the_plain_pickle_are_the_same_data(tmp_path):
    data = pickle.dumps(Settings(), 2)
    archived = inert_pickle.read(file_of(tmp_path, torch_archive(data)))
    assert archived == inert_pickle.read(file_of(tmp_path, data, "plain.pkl"))


def test_the_several_pickles_of_old_torch_are_read_up_to_the_object(tmp_path):
    torch = pytest.importorskip("torch")
    path = tmp_path / "training_args.bin"
    torch.save({"rate": 0.1, "weights": torch.ones(2)}, path, _use_new_zipfile_serialization=False)
    value = inert_pickle.read(File(str(path), "x", "x"))
    assert value["rate"] == 0.1
    assert value["weights"]["class"] == "torch._utils._rebuild_tensor_v2"


def test_a_tensor_in_an_archive_is_named_and_not_read(tmp_path):
    torch = pytest.importorskip("torch")
    path = tmp_path / "model.pt"
    torch.save({"w": torch.ones(3), "device": torch.device("cpu"), "kind": torch.float32}, path)
    value = inert_pickle.read(File(str(path), "x", "x"))
    assert (value["device"], value["kind"]) == ("cpu", "torch.float32")
    assert value["w"]["args"][0]["class"] == "pickle.persistent_id"


def test_containers_text_and_numbers_come_back_plain():
    value = {
        "set": {3, 1, 2}, "tuple": (1, 2.5), "bytes": b"secret", "nan": float("nan"), "inf": float("-inf"),
        "big": 2**80, "long": "x" * 20_000, "path": PurePosixPath("a/b"), "half": "\ud800",
        "ordered": collections.OrderedDict(a=1), "deque": collections.deque([1, 2]),
    }  # fmt: skip
    plain = inert_pickle.of_bytes(pickle.dumps(value))
    assert plain["set"] == [1, 2, 3]
    assert plain["tuple"] == [1, 2.5]
    assert plain["bytes"] == {"class": "bytes", "length": 6}
    assert (plain["nan"], plain["inf"], plain["half"]) == (None, None, "?")
    assert plain["big"] == {"class": "int", "length": 81}
    assert plain["long"] == {"class": "str", "length": 20_000}
    assert plain["ordered"] == {"class": "collections.OrderedDict", "entries": {"a": 1}}
    assert plain["deque"]["items"] == [1, 2]


def test_a_command_is_data_and_does_not_run():
    value = inert_pickle.of_bytes(pickle.dumps({"x": Runs()}))
    (call,) = value.values()
    assert call == {"class": "posix.system", "args": [f"touch {RAN}"]}
    assert not Path(RAN).exists()


@pytest.mark.parametrize(
    "data",
    [
        b"cos\nsystem\n(S'true'\ntR.",
        b"\x80\x04\x8c\x08builtins\x8c\x04eval\x93\x8c\x0c__import__()\x85R.",
        b"\x80\x02c__builtin__\nexec\nU\x04passq\x00\x85R.",
        b"(S'true'\nios\nsystem\n.",
    ],
)
def test_any_name_is_answered_by_a_stand_in(data):
    assert set(inert_pickle.of_bytes(data)) == {"class", "args"}


def doubled(levels):
    data = b"\x80\x02]q\x00"
    for level in range(levels):
        data += b"]" + b"q" + bytes([level + 1]) + b"(h" + bytes([level]) + b"h" + bytes([level]) + b"e"
    return data + b"."


def keyed(levels):
    """A tuple of a tuple of a tuple, each held twice, as a key: its hash is worked out anew for each of 2^n paths."""
    data = b"\x80\x02K\x01q\x00"
    for level in range(levels):
        data += b"h" + bytes([level]) + b"h" + bytes([level]) + b"\x86q" + bytes([level + 1]) + b"0"
    return data + b"}h" + bytes([levels]) + b"K\x01s."


BOMBS = {
    "one list held twice by the next": doubled(60),
    "a key whose hash takes for ever": keyed(60),
    "a place in the memo far away": b"\x80\x02K\x01r\xff\xff\xff\x7f.",
    "a length beyond the file": b"\x80\x02\x8b\xff\xff\xff\x7f1.",
    "a text beyond the file": b"\x80\x04\x8d" + (2**62).to_bytes(8, "little") + b".",
    "a byte array beyond the file": b"\x80\x05\x96" + (2**40).to_bytes(8, "little") + b".",
    "a number of a million digits": b"L" + b"9" * 1_000_000 + b"L\n.",
    "lists in lists": b"\x80\x02" + b"]" * 100_000 + b"a" * 99_999 + b".",
    "tuples in tuples": b"\x80\x02K\x01" + b"\x85" * 100_000 + b".",
    "too many instructions": b"\x80\x02" + b"K\x010" * 500_000 + b"K\x01.",
    "too many names": b"\x80\x02" + b"".join(b"cm\nn%d\n0" % index for index in range(5_000)) + b"K\x01.",
    "one text many times over": b"\x80\x02X" + struct.pack("<I", 9_000) + b"x" * 9_000 + b"q\x00]("
    + b"h\x00" * 90_000 + b"e.",
    "a list that holds itself": b"\x80\x02]q\x00h\x00a.",
    "an extension": b"\x80\x02\x82\x01.",
    "a buffer from elsewhere": b"\x80\x05\x97.",
    "no end": b"\x80\x02]q\x00",
    "no pickle": b"\xff\xfe\x00noise",
    "nothing": b"",
    "more after its end": b"\x80\x02K\x01.K\x02.",
    "deep marks": b"(" * 150_000 + b".",
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_soon_and_in_words(name):
    started = time.monotonic()
    with pytest.raises(UnreadableError, match="pickle"):
        inert_pickle.of_bytes(BOMBS[name])
    assert time.monotonic() - started < 10  # two seconds on a machine that does nothing else


def test_the_process_may_use_one_second_and_a_quarter_of_a_gibibyte():
    assert inert_pickle_process.MAX_SECONDS == 1
    assert inert_pickle_process.MAX_MEMORY == 256 * 1024 * 1024


def test_a_pickle_over_the_cap_is_not_even_started():
    with pytest.raises(UnreadableError, match="over the cap"):
        inert_pickle.of_bytes(b"\x80\x02" + b"N" * inert_pickle_process.MAX_BYTES)


def test_an_archive_without_its_pickle_or_with_two_is_refused(tmp_path):
    with pytest.raises(UnreadableError, match="an archive with 0"):
        inert_pickle.read(file_of(tmp_path, torch_archive(b"x", "archive/other")))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("a/data.pkl", b"N.")
        archive.writestr("b/data.pkl", b"N.")
    with pytest.raises(UnreadableError, match="an archive with 2"):
        inert_pickle.read(file_of(tmp_path, target.getvalue()))


def test_a_cut_archive_is_refused(tmp_path):
    whole = torch_archive(pickle.dumps(Settings(), 2))
    for tenth in range(1, 10):
        with pytest.raises(UnreadableError):
            inert_pickle.read(file_of(tmp_path, whole[: len(whole) * tenth // 10], f"{tenth}.bin"))


def test_keys_that_read_alike_are_refused():
    with pytest.raises(UnreadableError, match="read alike"):
        inert_pickle.of_bytes(pickle.dumps({1: "a", "1": "b"}))


DATA = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.binary(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(DATA, st.integers(0, 5))
@settings(max_examples=200, deadline=None)
def test_any_data_in_any_protocol_comes_back_as_json(value, protocol):
    json.dumps(inert_pickle_process.taken_apart(pickle.dumps(value, protocol)), allow_nan=False)


OPCODES = [opcode.code.encode("latin-1") for opcode in pickletools.opcodes]


@given(st.lists(st.sampled_from(OPCODES) | st.binary(max_size=4) | st.just(b"cos\nsystem\n"), max_size=40))
@settings(max_examples=400, deadline=None)
def test_any_instructions_are_read_or_refused(parts):
    try:
        value = inert_pickle_process.taken_apart(b"".join(parts) + b".")
    except (inert_pickle_process.Refused, MemoryError):
        return
    json.dumps(value, allow_nan=False)


@given(st.binary(max_size=300))
@settings(max_examples=20, deadline=None)
def test_any_bytes_are_read_or_refused_in_the_process(data):
    with contextlib.suppress(UnreadableError):
        json.dumps(inert_pickle.of_bytes(data), allow_nan=False)
