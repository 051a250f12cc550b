"""Tables of single samples: an Apache Arrow IPC stream, packed as one Zstandard frame, that any Arrow library opens.

Columns, in this order; those marked ? are there where the tool tells them:

    id              int64 where all ids are whole numbers, else string: the sample in the tool's own numbering
    doc_sha256      32 bytes: the digest of the question with its reference answer, by which samples of two runs are matched
    prompt_sha256?  32 bytes: the digest of the exact text that the model was given
    cluster?        string: what questions belong together, such as the subject or the passage they are about
    seed?           int64: the seed that the answer was made with
    attempt?        int32: which of several answers to the same question, from 1
    …               float64: one column for each metric, by its name; null where the sample got no score

No text of a question, prompt or answer stands in it. What fixes the table is the digest of the stream before it was packed
(`Stated.digest`), so that another version of the packer changes no id of evidence; the packed bytes are named by a digest of their own.

Whoever reads brings what was stated. A stream is unpacked only where it states its size, no other than was said and no more than
`MOST_BYTES`; then its digest, columns, types and rows must be those. Everything else is an `UnreadableError`.
"""

from __future__ import annotations

import hashlib
import io
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import zstandard

from governance.errors import UnreadableError
from governance.parsing import arrow_table, canonical

FORMAT = "arrow-stream+zstd"
MEDIA_TYPE = "application/vnd.apache.arrow.stream+zstd"
ATTACHMENT = "samples"
"""The name of the attachment that holds the table of a piece of evidence."""
MOST_ROWS = 5_000_000
MOST_BYTES = 256 << 20
"""Bytes of a stream before it is packed."""
MOST_PACKED = MOST_BYTES + (1 << 20)
MOST_COLUMNS = 2_100
OWN = ("id", "doc_sha256", "prompt_sha256", "cluster", "seed", "attempt")
"""Names of columns that no metric bears."""
_LEVEL, _WINDOW, _WIDTH, _PIECE = 9, 1 << 27, 32, 4096
_DIGESTS = ("doc_sha256", "prompt_sha256")
_TYPES = {
    "id": ("int64", "string"), "doc_sha256": ("bytes[32]",), "prompt_sha256": ("bytes[32]",), "cluster": ("string",),
    "seed": ("int64",), "attempt": ("int32",),
}  # fmt: skip
"""The types that a column may have, by its name; each of another name holds scores."""

Columns = Mapping[str, Sequence[Any]]
"""Columns by name, all of one length. Digests as `sha256:<hex>`, no value as None."""


@dataclass(frozen=True)
class Stated:
    """What a body says of its table: digest and bytes of the unpacked stream, rows, and the columns in their order."""

    digest: str
    size: int
    rows: int
    columns: tuple[str, ...]

    def plain(self) -> dict[str, Any]:
        """As it stands in the body."""
        return {
            "format": FORMAT,
            "digest": self.digest,
            "size": self.size,
            "rows": self.rows,
            "columns": list(self.columns),
        }


def stated(table: Any, *, where: str = "table") -> Stated:
    """What a body says of its table. Raises `UnreadableError` for what says nothing, or names another format."""
    if not isinstance(table, Mapping):
        raise UnreadableError("is not told of in its body", where=where)
    if table.get("format") != FORMAT:
        raise UnreadableError(
            f"a table of the format {str(table.get('format'))[:40]!a}; this program reads {FORMAT}", where=where
        )
    digest, size, rows, names = (table.get(name) for name in ("digest", "size", "rows", "columns"))
    if not isinstance(digest, str) or not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise UnreadableError("says neither digest nor columns of its table", where=where)
    if not all(isinstance(count, int) and not isinstance(count, bool) and count >= 0 for count in (size, rows)):
        raise UnreadableError("says neither size nor rows of its table", where=where)
    return Stated(digest, int(size or 0), int(rows or 0), tuple(names))


def write(columns: Mapping[str, Any]) -> tuple[Stated, bytes] | None:
    """The table of these columns: what a body states of it, and the packed bytes; None where it is beyond what is kept.

    Digests are given as bytes, 32 for each row one after the other, every other column as a list with None for no value.
    """
    import nanoarrow as na
    from nanoarrow import ipc

    rows = len(columns["id"])
    if rows > MOST_ROWS:
        return None
    types = {name: _type_of(name, column) for name, column in columns.items()}
    made = [
        na.c_array_from_buffers(types[name], rows, [None, bytes(column)], null_count=0)
        if name in _DIGESTS
        else na.c_array(column, types[name])
        for name, column in columns.items()
    ]
    table = na.c_array_from_buffers(na.struct(types, nullable=False), rows, [None], null_count=0, children=made)
    held = io.BytesIO()
    with ipc.StreamWriter.from_writable(held) as stream:
        stream.write_array(table)
    data = held.getvalue()
    if len(data) > MOST_BYTES:
        return None
    said = Stated(canonical.sha256(data), len(data), rows, tuple(columns))
    return said, zstandard.ZstdCompressor(level=_LEVEL, write_content_size=True).compress(data)


def read(packed: bytes, said: Stated, *, where: str = ATTACHMENT) -> dict[str, list[Any]]:
    """The columns of a table, row by row as they were written. Raises `UnreadableError` for what is not as it was stated."""
    data = _unpacked(packed, said, where)
    try:
        listed = arrow_table.schema(data)
        _known_columns(listed, said)
        made: dict[str, list[Any]] = {column.name: [] for column in listed}
        for batch in arrow_table.batches(data, listed, said.rows):
            for name, values in zip(made, batch, strict=True):
                made[name] += _values(name, values)
            if len(made["id"]) > said.rows:
                break
    except UnreadableError as error:
        raise UnreadableError(error.message, where=where) from None
    if len(made["id"]) != said.rows:
        raise UnreadableError(f"holds other rows than the {said.rows:,} that were stated", where=where)
    return made


def by_question(columns: Columns) -> dict[str, list[Any]]:
    """One row for each question: id, digests, and each score as the plain average over its attempts, of those that have one.

    This is the shape in which bodies hold columns, and the one that `columns_digest` is taken over.
    """
    names = [name for name in columns if name not in ("cluster", "seed", "attempt")]
    if "attempt" not in columns:
        return {name: list(columns[name]) for name in names}
    rows: dict[Any, list[int]] = {}
    for place, identity in enumerate(columns["id"]):
        rows.setdefault(identity, []).append(place)
    made: dict[str, list[Any]] = {"id": list(rows)}
    for name in names[1:]:
        column = columns[name]
        own = name in OWN
        made[name] = [column[places[0]] if own else average(column[at] for at in places) for places in rows.values()]
    return made


def clusters(columns: Columns) -> dict[str, list[Any]]:
    """The column `cluster` with one row for each question, as its first answer has it; nothing where the table has none."""
    if "cluster" not in columns:
        return {}
    first: dict[Any, Any] = {}
    for place, identity in enumerate(columns["id"]):
        first.setdefault(identity if "attempt" in columns else place, columns["cluster"][place])
    return {"cluster": list(first.values())}


def average(scores: Iterable[float | int | None]) -> float | int | None:
    """The plain average of those that are numbers, or None; one alone stays what it is."""
    known = [score for score in scores if score is not None]
    return known[0] if len(known) == 1 else math.fsum(known) / len(known) if known else None


def digest_of(columns: Iterable[tuple[str, Iterable[Sequence[Any]]]]) -> str:
    """The digest that `canonical.digest` gives for columns as a whole, taken over pieces of each: `sha256:<hex>`."""
    made = hashlib.sha256(b"{")
    ordered = sorted(columns, key=lambda pair: pair[0].encode("utf-16-be"))
    for count, (name, pieces) in enumerate(ordered):
        made.update((b"," if count else b"") + canonical.dumps(name) + b":[")
        for number, piece in enumerate(pieces):
            made.update((b"," if number else b"") + canonical.dumps(piece)[1:-1])
        made.update(b"]")
    made.update(b"}")
    return "sha256:" + made.hexdigest()


def check(columns: Columns, body: Mapping[str, Any], *, where: str = ATTACHMENT) -> None:
    """Hold a table, by question, against what its body says of it: how many, their digest, the averages.

    Raises `UnreadableError` naming the first that differs.
    """
    if len(columns["id"]) != body.get("n"):
        raise UnreadableError(
            f"holds {len(columns['id']):,} questions, and its evidence says {body.get('n')}", where=where
        )
    held = ((name, _pieces(column)) for name, column in columns.items() if name != "cluster")
    if digest_of(held) != body.get("columns_digest"):
        raise UnreadableError("does not come to the columns_digest of its evidence", where=where)
    means = body.get("means")
    for name, told in means.items() if isinstance(means, Mapping) else ():
        mean = average(columns.get(name, ()))
        if (
            mean is None
            or not isinstance(told, (int, float))
            or not math.isclose(mean, told, rel_tol=1e-9, abs_tol=1e-12)
        ):
            raise UnreadableError(f"its average of {name[:100]} is {mean}, and its evidence says {told}", where=where)


def _pieces(column: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (column[start : start + _PIECE] for start in range(0, len(column), _PIECE))


def _type_of(name: str, column: Any) -> Any:
    import nanoarrow as na

    if name == "id":
        whole = all(isinstance(identity, int) for identity in column)
        return na.int64(nullable=False) if whole else na.string(nullable=False)
    if name in _DIGESTS:
        return na.fixed_size_binary(_WIDTH, nullable=False)
    return {"cluster": na.string(), "seed": na.int64(), "attempt": na.int32()}.get(name) or na.float64()


def _unpacked(packed: bytes, said: Stated, where: str) -> bytes:
    if said.rows > MOST_ROWS or said.size > MOST_BYTES:
        raise UnreadableError(f"a table of more than {MOST_ROWS:,} rows or {MOST_BYTES:,} bytes", where=where)
    try:
        frame = zstandard.get_frame_parameters(packed)
        if frame.content_size != said.size or frame.window_size > _WINDOW:
            raise UnreadableError(
                f"its frame does not state the {said.size:,} bytes that its evidence does", where=where
            )
        data = zstandard.ZstdDecompressor(max_window_size=_WINDOW).decompress(packed, allow_extra_data=False)
    except (zstandard.ZstdError, MemoryError) as error:
        raise UnreadableError(f"can not be unpacked: {error}", where=where) from None
    if len(data) != said.size or canonical.sha256(data) != said.digest:
        raise UnreadableError("is not the table whose digest its evidence states", where=where)
    return data


def _known_columns(listed: Sequence[arrow_table.Column], said: Stated) -> None:
    """Names, order and types are those that this page lists, and those that were stated."""
    names = tuple(column.name for column in listed)
    if names != said.columns or names[:2] != OWN[:2] or len(set(names)) != len(names) or len(names) > MOST_COLUMNS:
        raise UnreadableError("its columns are not those that its evidence states")
    for name, kind in listed:
        if kind not in _TYPES.get(name, ("float64",)):
            raise UnreadableError(f"its column {name[:100]} is of another type: {kind}")


def _values(name: str, values: list[Any]) -> list[Any]:
    if name in _DIGESTS:
        values = [None if value is None else "sha256:" + value.hex() for value in values]
    elif name not in OWN:
        values = [None if value is None else _number(name, value) for value in values]
    if name in OWN[:2] and None in values:
        raise UnreadableError(f"its column {name} has rows without a value")
    return values


def _number(name: str, value: float) -> float | int:
    if not math.isfinite(value):
        raise UnreadableError(f"its column {name[:100]} holds what is no finite number")
    return int(value) if value.is_integer() and abs(value) < 2**53 else value
