"""Whatever the bytes: the readers of bytes answer or refuse, and `collect` never raises."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from governance.collectors.formats import card_text, gguf_header, pickle_signs, safetensors_header, tensorboard_text
from governance.collectors.reading.collect import collect
from governance.collectors.reading.files import File
from governance.errors import UnreadableError

from .made import results, safetensors, state

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
QUICK = settings(max_examples=60, deadline=None)


@given(st.binary(max_size=400), st.integers(0, 2000))
def test_a_safetensors_header_of_any_bytes_is_read_or_refused(data, room):
    try:
        header = safetensors_header.parse(data, room)
    except UnreadableError:
        return
    assert header.tensors == sum(header.dtypes.values())


@given(st.dictionaries(st.text(max_size=6), JSON, max_size=4), st.integers(0, 100))
def test_a_safetensors_header_of_any_object_is_read_or_refused(value, room):
    try:
        safetensors_header.parse(json.dumps(value).encode(), room)
    except UnreadableError:
        return
    assert all(isinstance(entry, dict) for entry in value.values())


@given(st.integers(0, 40), st.integers(0, 40), st.integers(-3, 3))
def test_offsets_that_do_not_fit_are_always_refused(begin, length, beyond):
    entry = {"w": {"dtype": "U8", "shape": [length], "data_offsets": [begin, begin + length]}}
    try:
        safetensors_header.parse(json.dumps(entry).encode(), begin + length + beyond)
    except UnreadableError:
        assert begin > 0 or beyond != 0
        return
    assert begin == 0
    assert beyond == 0


@given(st.binary(max_size=64), st.integers(0, 10_000))
def test_a_gguf_start_of_any_bytes_is_read_or_refused(data, size):
    for start in (data, b"GGUF" + data):
        try:
            header = gguf_header.parse(start, size)
        except UnreadableError:
            continue
        assert header.tensors * 24 <= size


@given(st.binary(max_size=300), st.binary(max_size=40))
def test_a_tensorboard_file_of_any_bytes_gives_texts_or_nothing(data, inner):
    record = inner + tensorboard_text.ARGUMENTS + data
    framed = len(record).to_bytes(8, "little") + bytes(4) + record
    whole = framed + tensorboard_text._masked_checksum(record).to_bytes(4, "little")
    for each in (data, framed, whole):
        assert isinstance(tensorboard_text.parse(each), dict)


@given(st.text(max_size=300))
def test_any_text_can_be_asked_what_it_says(text):
    assert set(card_text.statements(text)) == {"provenance", "personal_data", "limitations"}
    assert card_text.placeholders_in(text) >= 0


@QUICK
@given(data=st.binary(max_size=300), name=st.sampled_from(["x.bin", "x.pt", "x.safetensors", "x.gguf", "x.json"]))
def test_any_bytes_can_be_asked_whether_they_are_a_pickle(tmp_path_factory, data, name):
    path = tmp_path_factory.mktemp("f") / name
    path.write_bytes(data)
    found = pickle_signs.reason(File(str(path), name, name))
    assert found is None or "pickle" in found or "torch" in found


@QUICK
@given(
    whole=st.sampled_from([json.dumps(state()).encode(), json.dumps(results()).encode(), safetensors()]),
    at=st.integers(0, 10_000),
    bits=st.binary(min_size=1, max_size=6),
)
def test_collect_never_raises_on_a_damaged_file(tmp_path_factory, whole, at, bits):
    folder = tmp_path_factory.mktemp("f")
    at %= len(whole)
    (folder / "file.safetensors").write_bytes(whole[:at] + bits + whole[at + len(bits) :])
    reading = collect([folder], environment=False)
    assert not any("failed" in row.reason for row in reading.not_read)


@QUICK
@given(value=st.fixed_dictionaries({"results": JSON, "versions": JSON, "config": JSON, "log_history": JSON,
                                    "global_step": JSON, "n-samples": JSON, "group_subtasks": JSON}))  # fmt: skip
def test_collect_never_raises_on_fields_of_any_sort(tmp_path_factory, value):
    folder = tmp_path_factory.mktemp("f")
    for name in ("file.json", "trainer_state.json", "checkpoint-1/trainer_state.json"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(json.dumps(value))
    reading = collect([folder], environment=False)
    assert not any("failed" in row.reason for row in reading.not_read)
    for fact in reading.found:
        json.dumps(fact.body, allow_nan=False)
