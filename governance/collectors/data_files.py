"""The data files of a data set: told by their bytes, counted row by row where that can be done safely.

A sub-folder belongs to the data set of the folder above it unless it has a card of its own. JSONL and CSV are read as
streams; every line of a JSONL file must be JSON, so that one corrupt line among a thousand is said.
"""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING

from governance.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from governance.collectors.files import File
    from governance.collectors.walk import Folder

MOST_FIELDS = 10_000
_TABLES = (".csv", ".tsv")
_NOT_DATA = frozenset({"dataset_infos.json", "dataset_info.json", "state.json", "package.json"})


def data_files(folder: Folder) -> list[tuple[str, File]]:
    """Data files below a folder as (path inside it, file), in sorted order; worked out once."""
    if "data-files" not in folder.notes:
        folder.notes["data-files"] = sorted(_gather(folder, ""), key=lambda pair: pair[0])
    kept: list[tuple[str, File]] = folder.notes["data-files"]
    return kept


def _gather(folder: Folder, above: str) -> Iterator[tuple[str, File]]:
    for file in folder.files.values():
        if _is_data(file):
            yield above + file.name, file
    for child in folder.children:
        if not any(name.lower() == "readme.md" for name in child.files):
            yield from _gather(child, f"{above}{child.name}/")


def _is_data(file: File) -> bool:
    name = file.name.lower()
    try:
        head = file.head
        if file.is_lfs_pointer or name in _NOT_DATA:
            return False
        if head.startswith((b"PAR1", b"ARROW1")) or (head.startswith(b"\xff\xff\xff\xff") and name.endswith(".arrow")):
            return True
        if name.endswith(_TABLES):
            return bool(head) and b"\0" not in head
        return name.endswith((".jsonl", ".ndjson", ".json")) and file.opens_json and b'"doc_id"' not in head[:200]
    except UnreadableError:
        return False


def count_rows(file: File) -> int | None:
    """Rows of one file, None for a format whose rows are not counted; raises where it breaks in the middle."""
    name = file.name.lower()
    if name.endswith((".jsonl", ".ndjson")):
        return _json_lines(file)
    if name.endswith(_TABLES):
        return _table(file, "\t" if name.endswith(".tsv") else ",")
    if name.endswith(".json"):
        value = file.json()
        return len(value) if isinstance(value, list) else None
    return None


def _json_lines(file: File) -> int:
    count = 0
    for number, line in file.lines():
        if line.strip():
            try:
                json.loads(line)
            except (ValueError, RecursionError):
                raise UnreadableError(f"line {number} is not JSON") from None
            count += 1
    return count


def _table(file: File, delimiter: str) -> int:
    """Rows below the header line."""
    count = -1
    try:
        for row in csv.reader(_text(file), delimiter=delimiter):
            if len(row) > MOST_FIELDS:
                raise UnreadableError(f"a row has more than {MOST_FIELDS:,} fields")
            count += bool(row)
    except csv.Error as error:
        raise UnreadableError(f"not a table: {error}") from None
    except UnicodeDecodeError:
        raise UnreadableError("not UTF-8") from None
    return max(count, 0)


def _text(file: File) -> Iterator[str]:
    for _, line in file.lines():
        yield line.decode("utf-8") + "\n"
