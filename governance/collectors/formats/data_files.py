"""The data files of a data set: told by their bytes, counted row by row where that can be done safely.

A sub-folder belongs to the data set of the folder above it unless it has a card of its own, or holds a run or a
model. What tools write (training states, evaluation results and samples, settings) is no data. JSONL and CSV are
read as streams; every line of a JSONL file must be JSON, so that one corrupt line among a thousand is said. Of Arrow
and Parquet files the headers alone are read. What Git LFS left in place of a data file is told by its bytes and is
no data file.
"""

from __future__ import annotations

import csv
import json
import re
from typing import TYPE_CHECKING

from governance.collectors.formats import arrow_stream, parquet_footer
from governance.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

MOST_FIELDS = 10_000
_TABLES = (".csv", ".tsv")
_NOT_DATA = frozenset(
    {"dataset_infos.json", "dataset_info.json", "dataset_dict.json", "state.json", "package.json", "config.json"}
)
_RUN_OR_MODEL = frozenset({"trainer_state.json", "training_args.bin", "adapter_config.json", "config.json"})
_TOOLS = (b'"log_history"', b'"peft_type"', b'"model_type"', b'"lm_eval_version"', b'"group_subtasks"', b'"doc_id"',
          b'"train_runtime"', b'"eval_loss"', b'"compute-environment.v1"', b'"attested-document.v1"',
          b'"@context"', b'"$schema"', b'"great_expectations_version"', b'"entry_type"', b'"resourceSpans"')  # fmt: skip


def data_files(folder: Folder) -> list[tuple[str, File]]:
    """Data files below a folder as (path inside it, file), in sorted order; worked out once."""
    if "data-files" not in folder.notes:
        folder.notes["data-files"] = sorted(_gather(folder, "", _is_data), key=lambda pair: pair[0])
    kept: list[tuple[str, File]] = folder.notes["data-files"]
    return kept


def pointers(folder: Folder) -> list[str]:
    """Paths, inside a folder, of what Git LFS left where a data file was not fetched; worked out once."""
    if "data-pointers" not in folder.notes:
        folder.notes["data-pointers"] = sorted(_gather(folder, "", _is_pointer), key=lambda pair: pair[0])
    kept: list[tuple[str, File]] = folder.notes["data-pointers"]
    return [path for path, _ in kept]


def _gather(folder: Folder, above: str, wanted: Callable[[File], bool]) -> Iterator[tuple[str, File]]:
    for file in folder.files.values():
        if wanted(file):
            yield above + file.name, file
    for child in folder.children:
        own = any(name.lower() == "readme.md" for name in child.files)
        if not own and not _RUN_OR_MODEL & child.files.keys():
            yield from _gather(child, f"{above}{child.name}/", wanted)


def _is_pointer(file: File) -> bool:
    """True for a pointer; its name is all that tells data from documents, for the content is not there."""
    try:
        return file.is_lfs_pointer and not file.name.lower().endswith((".md", ".pdf", ".png", ".jpg", ".svg", ".py"))
    except UnreadableError:
        return False


def _is_data(file: File) -> bool:
    name = file.name.lower()
    try:
        head = file.head
        if file.is_lfs_pointer or name in _NOT_DATA:
            return False
        if head.startswith(parquet_footer.MAGIC) or arrow_stream.is_arrow(head):
            return True
        if name.endswith(_TABLES):
            return bool(head) and b"\0" not in head
        if not name.endswith((".jsonl", ".ndjson", ".json")) or not file.opens_json:
            return False
        return not any(word in head for word in _TOOLS) and not re.search(rb'"results"\s*:\s*\{', head)
    except UnreadableError:
        return False


def count_rows(file: File) -> int | None:
    """Rows of one file, None for a format whose rows are not counted; raises where it breaks in the middle."""
    name = file.name.lower()
    if file.head.startswith(parquet_footer.MAGIC):
        return parquet_footer.rows(file)
    if arrow_stream.is_arrow(file.head):
        return arrow_stream.rows(file)
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
