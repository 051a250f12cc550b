"""Tables of single samples: any Arrow library reads what is written, and whatever was made to harm is refused in words."""

from __future__ import annotations

import hashlib
import io
import random
import struct
from functools import partial

import nanoarrow
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st
from nanoarrow import ipc

from governance.errors import UnreadableError
from governance.parsing import canonical, sample_table
from governance.parsing.sample_table import Stated, by_question, check, clusters, read, stated, write

ROWS = 40


def digest(number):
    return hashlib.sha256(b"question %d" % number).digest()


def columns(rows=ROWS, **more):
    made = {
        "id": list(range(rows)),
        "doc_sha256": b"".join(map(digest, range(rows))),
        "prompt_sha256": b"".join(digest(number + 1000) for number in range(rows)),
        "cluster": [None if number % 5 == 0 else f"Ülme {number % 3}" for number in range(rows)],
        "seed": [7] * rows,
        "acc": [None if number % 7 == 0 else number % 2 for number in range(rows)],
        "f1": [number / 3 for number in range(rows)],
    }
    return made | more


def stream(table=None):
    """The unpacked bytes of a table, and what is stated of it."""
    said, packed = write(table or columns())
    return zstandard.decompress(packed), said


def handed(data, said, **stated_otherwise):
    """Read these bytes, packed and stated as whoever made them would."""
    held = {"digest": canonical.sha256(data), "size": len(data), "rows": said.rows, "columns": said.columns}
    return read(zstandard.compress(data), Stated(**held | stated_otherwise))


def written(fields, rows, arrays):
    """A stream of any columns, by the library itself."""
    table = nanoarrow.c_array_from_buffers(nanoarrow.struct(fields), rows, [None], children=arrays)
    held = io.BytesIO()
    with ipc.StreamWriter.from_writable(held) as made:
        made.write_array(table)
    return held.getvalue()


def test_what_is_written_is_read_back_with_digests_as_text():
    table = columns()
    said, packed = write(table)
    found = read(packed, said)
    assert list(found) == list(table)
    assert found["id"] == table["id"]
    assert found["doc_sha256"] == ["sha256:" + digest(number).hex() for number in range(ROWS)]
    assert found["prompt_sha256"][3] == "sha256:" + digest(1003).hex()
    assert (found["cluster"], found["seed"]) == (table["cluster"], table["seed"])
    assert (found["acc"], found["f1"]) == (table["acc"], table["f1"])
    assert read(packed, stated(said.plain())) == found


@pytest.mark.parametrize("library", ["nanoarrow", "pyarrow"])
def test_other_libraries_read_the_same(library):
    data, _ = stream()
    if library == "pyarrow":
        made = pytest.importorskip("pyarrow").ipc.open_stream(data).read_all().to_pydict()
    else:
        whole = nanoarrow.ArrayStream(ipc.InputStream.from_readable(io.BytesIO(data))).read_all()
        made = {name: list(whole.child(at).iter_py()) for at, name in enumerate(columns())}
    ours = read(*reversed(write(columns())))
    for name in ("doc_sha256", "prompt_sha256"):
        made[name] = ["sha256:" + value.hex() for value in made[name]]
    assert made == ours


def test_a_table_that_another_library_wrote_is_read_whether_it_leaves_out_the_bits_or_has_several_batches():
    pa = pytest.importorskip("pyarrow")
    whole = pa.table(
        {"id": pa.array(["a", "é", "c"]), "doc_sha256": pa.array([digest(n) for n in range(3)], pa.binary(32)),
         "acc": pa.array([1.0, None, 0.5])}
    )  # fmt: skip
    held = io.BytesIO()
    with pa.ipc.new_stream(held, whole.schema) as made:
        made.write_table(whole, max_chunksize=2)
    found = handed(held.getvalue(), Stated("", 0, 3, ("id", "doc_sha256", "acc")))
    assert (found["id"], found["acc"]) == (["a", "é", "c"], [1, None, 0.5])


def test_the_same_columns_are_the_same_bytes():
    assert write(columns()) == write(columns())


def test_texts_make_the_ids_a_column_of_text():
    said, packed = write(columns(2, id=["q1", "q2"]))
    assert read(packed, said)["id"] == ["q1", "q2"]


def test_what_questions_belong_together_is_told_once_for_each_question():
    rows = {
        "id": [1, 1, 2],
        "doc_sha256": b"".join(digest(n) for n in (1, 1, 2)),
        "cluster": ["a", "a", "b"],
        "acc": [1, 0, 1],
    }
    said, packed = write({**rows, "attempt": [1, 2, 1]})
    assert clusters(read(packed, said)) == {"cluster": ["a", "b"]}
    said, packed = write(rows)
    assert clusters(read(packed, said)) == {"cluster": ["a", "a", "b"]}
    assert clusters({"id": [1], "acc": [1]}) == {}


def test_answers_to_one_question_come_to_their_average_and_no_answer_counts_as_none():
    table = {
        "id": [1, 1, 2, 2, 3], "doc_sha256": b"".join(digest(n) for n in (1, 1, 2, 2, 3)), "attempt": [1, 2, 1, 2, 1],
        "acc": [1, 0, None, 1, None],
    }  # fmt: skip
    said, packed = write(table)
    made = by_question(read(packed, said))
    assert made == {
        "id": [1, 2, 3], "doc_sha256": ["sha256:" + digest(n).hex() for n in (1, 2, 3)], "acc": [0.5, 1, None]
    }  # fmt: skip
    body = {"n": 3, "columns_digest": canonical.digest(made), "means": {"acc": 0.75}}
    check(made, body)
    for wrong, words in (
        ({"n": 4}, "3 questions"),
        ({"columns_digest": canonical.digest({})}, "columns_digest"),
        ({"means": {"acc": 0.8}}, "average of acc"),
        ({"means": {"f1": 0.8}}, "average of f1"),
    ):
        with pytest.raises(UnreadableError, match=words):
            check(made, body | wrong)


def test_a_table_beyond_the_limits_is_not_made(monkeypatch):
    monkeypatch.setattr(sample_table, "MOST_ROWS", ROWS - 1)
    assert write(columns()) is None
    assert write(columns(ROWS - 1)) is not None
    monkeypatch.setattr(sample_table, "MOST_BYTES", 100)
    assert write(columns(3)) is None


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (None, "is not told of"),
        ({"format": "parquet"}, "'parquet'; this program reads arrow-stream"),
        ({"format": "arrow-stream+zstd", "size": 3, "rows": 1, "columns": ["id"]}, "neither digest nor columns"),
        ({"format": "arrow-stream+zstd", "digest": "x", "size": 3, "rows": 1, "columns": [1]}, "neither digest nor"),
        ({"format": "arrow-stream+zstd", "digest": "x", "size": True, "rows": 1, "columns": []}, "neither size nor"),
        ({"format": "arrow-stream+zstd", "digest": "x", "size": 1, "rows": -1, "columns": []}, "neither size nor"),
    ],
)
def test_a_body_that_does_not_say_what_its_table_is_is_refused(table, words):
    with pytest.raises(UnreadableError, match=words):
        stated(table)


def test_another_table_than_the_one_that_was_stated_is_refused():
    data, said = stream()
    other, _ = stream(columns(f1=[0.5] * ROWS))
    assert len(other) == len(data)
    with pytest.raises(UnreadableError, match="is not the table whose digest"):
        read(zstandard.compress(other), said)


def test_a_frame_is_unpacked_only_to_the_size_that_was_stated():
    data, said = stream()
    bomb = zstandard.compress(bytes(200 << 20))
    assert len(bomb) < 50_000
    with pytest.raises(UnreadableError, match="does not state the"):
        read(bomb, said)
    with pytest.raises(UnreadableError, match="more than 5,000,000 rows or 268,435,456 bytes"):
        read(bomb, Stated(said.digest, 300 << 20, said.rows, said.columns))
    unsized = zstandard.ZstdCompressor(write_content_size=False).compress(data)
    with pytest.raises(UnreadableError, match="does not state the"):
        read(unsized, said)
    lying = bytearray(zstandard.compress(bytes(1000)))  # says fewer bytes than it comes to
    assert lying[5:7] == struct.pack("<H", 1000 - 256)
    lying[5:7] = struct.pack("<H", 900 - 256)
    with pytest.raises(UnreadableError, match="can not be unpacked"):
        read(bytes(lying), Stated(said.digest, 900, 1, said.columns))


@pytest.mark.parametrize("packed", [b"", b"PK\x03\x04", b"\x28\xb5\x2f\xfd", bytes(100)])
def test_what_is_no_frame_is_refused(packed):
    with pytest.raises(UnreadableError, match=r"can not be unpacked|does not state"):
        read(packed, stream()[1])


def test_a_cut_frame_and_one_with_something_behind_it_are_refused():
    said, packed = write(columns())
    for wrong in (packed[:-9], packed + b"x", packed + packed):
        with pytest.raises(UnreadableError):
            read(wrong, said)


def test_a_table_cut_at_any_byte_is_refused():
    data, said = stream(columns(3))
    for end in range(len(data)):
        with pytest.raises(UnreadableError):
            handed(data[:end], said)
    with pytest.raises(UnreadableError, match="behind its end"):
        handed(data + bytes(8), said)


def test_other_columns_rows_and_types_than_were_stated_are_refused():
    data, said = stream()
    refused = partial(pytest.raises, UnreadableError)
    with refused(match="columns are not those"):
        handed(data, said, columns=said.columns[:-1])
    with refused(match="columns are not those"):
        handed(data, said, columns=(*said.columns[:-1], "f2"))
    with refused(match="other rows"):
        handed(data, said, rows=ROWS + 1)
    with refused(match="40 rows, where 39 were stated"):
        handed(data, said, rows=ROWS - 1)
    ids, docs = (
        nanoarrow.c_array([1, 2], nanoarrow.int64()),
        nanoarrow.c_array([digest(1), digest(2)], nanoarrow.fixed_size_binary(32)),
    )
    base = {"id": nanoarrow.int64(), "doc_sha256": nanoarrow.fixed_size_binary(32)}
    for name, kind, values in (
        ("acc", nanoarrow.int64(), [1, 0]), ("acc", nanoarrow.string(), ["right", "wrong"]), ("acc", nanoarrow.float32(), [1, 0]),
        ("acc", nanoarrow.bool_(), [True, False]), ("cluster", nanoarrow.binary(), [b"a", b"b"]), ("seed", nanoarrow.int32(), [1, 2]),
        ("attempt", nanoarrow.int64(), [1, 2]), ("prompt_sha256", nanoarrow.fixed_size_binary(20), [bytes(20), bytes(20)]),
        ("cluster", nanoarrow.large_string(), ["a", "b"]),
    ):  # fmt: skip
        other = written({**base, name: kind}, 2, [ids, docs, nanoarrow.c_array(values, kind)])
        with refused(match=f"its column {name} is of another type"):
            handed(other, Stated("", 0, 2, ("id", "doc_sha256", name)))
    with refused(match="columns are not those"):
        handed(
            written({"doc_sha256": base["doc_sha256"], "id": base["id"]}, 2, [docs, ids]),
            Stated("", 0, 2, ("doc_sha256", "id")),
        )
    with refused(match="rows without a value"):
        handed(
            written(base, 2, [nanoarrow.c_array([1, None], base["id"]), docs]), Stated("", 0, 2, ("id", "doc_sha256"))
        )
    for score in (float("nan"), float("inf")):
        odd = written(
            {**base, "acc": nanoarrow.float64()}, 2, [ids, docs, nanoarrow.c_array([score, 1.0], nanoarrow.float64())]
        )
        with refused(match="no finite number"):
            handed(odd, Stated("", 0, 2, ("id", "doc_sha256", "acc")))


def test_packed_buffers_dictionaries_and_another_order_of_bytes_are_refused():
    pa = pytest.importorskip("pyarrow")
    doc = pa.array([digest(1)], pa.binary(32))
    for options, values, name in (
        (pa.ipc.IpcWriteOptions(compression="zstd"), pa.array([1.0]), "acc"),
        (pa.ipc.IpcWriteOptions(), pa.array(["a"]).dictionary_encode(), "cluster"),
        (pa.ipc.IpcWriteOptions(), pa.array([[1.0]]), "acc"),
        (pa.ipc.IpcWriteOptions(metadata_version=pa.ipc.MetadataVersion.V4), pa.array([1.0]), "acc"),
    ):
        table = pa.table({"id": pa.array([1]), "doc_sha256": doc, name: values})
        held = io.BytesIO()
        with pa.ipc.new_stream(held, table.schema, options=options) as made:
            made.write_table(table)
        with pytest.raises(UnreadableError):
            handed(held.getvalue(), Stated("", 0, 1, ("id", "doc_sha256", name)))


def test_buffers_that_share_their_bytes_are_refused():
    """Two thousand columns over the same few bytes would be as many lists in memory."""
    data, said = stream()
    at = data.rindex(struct.pack("<q", ROWS * 8))  # the length of the last buffer, behind its offset
    offset = struct.unpack_from("<q", data, at - 8)[0]
    place = data.index(struct.pack("<qq", offset, ROWS * 8))
    shared = data[:place] + struct.pack("<qq", 0, len(data)) + data[place + 16 :]
    with pytest.raises(UnreadableError, match="share their bytes"):
        handed(shared, said)


def test_no_change_of_a_byte_of_the_headers_does_more_than_be_refused():
    data, said = stream(columns(9, id=[f"q{number}" for number in range(9)]))
    headers = len(data) - 9 * 150
    for at in range(headers):
        for value in {0, 1, 0x7F, 0x80, 0xFF, data[at] ^ 4} - {data[at]}:
            _read_or_refused(data[:at] + bytes([value]) + data[at + 1 :], said)


@given(st.integers(0, 2**32), st.integers(1, 6))
@settings(max_examples=300, deadline=None)
def test_no_changes_of_bytes_anywhere_do_more_than_be_refused(seed, count):
    data, said = stream(columns(12))
    chance, made = random.Random(seed), bytearray(data)
    for _ in range(count):
        made[chance.randrange(len(made))] = chance.choice([0, 255, chance.randrange(256)])
    _read_or_refused(bytes(made), said)


def _read_or_refused(data, said):
    try:
        found = handed(data, said)
    except UnreadableError:
        return
    assert {len(column) for column in found.values()} == {said.rows}
