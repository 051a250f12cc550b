"""A data set as the `datasets` library writes it to disk.

*Reads* the folders of `Dataset.save_to_disk` (`state.json`, `dataset_info.json` and Arrow files), of
`DatasetDict.save_to_disk` (`dataset_dict.json` over one such folder a split), and what `load_dataset` keeps in its
cache (`dataset_info.json` beside Arrow files). Each is known by its content.

*Says* which Arrow files it consists of (one digest over all), how many rows they hold, counted from the headers of
their batches, whether that is what `dataset_info.json` states, which columns there are, and under which licence the
data stands.

*Does not say* that the stated licence is right; the library copies it from whoever built the data set.
`_fingerprint` is kept and is no identity of the content: it is worked out from the steps that made the data set, so
two contents can bear one. Other rows than were stated make the evidence partial; so do a file that is missing, cut
off or left behind as a Git LFS pointer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from governance.collectors.formats import arrow_stream
from governance.collectors.reading import fields
from governance.collectors.reading.doubts import Doubts
from governance.collectors.reading.files import hash_all
from governance.collectors.reading.interface import NotMine, OneFile, Tried, reason_of, recognised
from governance.collectors.reading.licences import licence_fields
from governance.domain.base import is_placeholder
from governance.domain.evidence import Collector, Subject, SubjectType
from governance.errors import UnreadableError
from governance.parsing import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from governance.collectors.reading.answers import Found
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

_DICT = re.compile(rb'\A\s*\{\s*"splits"\s*:')
_MOST_DICT = 64 * 1024
_MOST_FILES = 20_000
_MOST_COLUMNS = 1_000
_BUILDERS = frozenset({"arrow", "audiofolder", "csv", "generator", "imagefolder", "json", "pandas", "parquet", "spark",
                       "sql", "text", "videofolder", "webdataset", "xml"})  # fmt: skip
"""Loaders of files; the name of one is no name of a data set."""
_SHARD = re.compile(r"(?!data-\d{5}-of-)[\w.-]*?[\w.]-(?P<split>[A-Za-z_][\w.]*?)(?:-\d{5}-of-\d{5})?\.arrow")


@dataclass
class _Split:
    """One split: what is stated of it, and what its files hold."""

    name: str | None
    info: dict[str, Any]
    files: list[tuple[str, File]] = field(default_factory=list)
    sources: list[File] = field(default_factory=list)
    fingerprint: str | None = None
    rows: int | None = None


class HfDatasetOnDisk(OneFile):
    """Finds one data set for each folder that the library wrote."""

    noun = Collector(name="hf-dataset-on-disk", version="1")
    kinds = ("dataset-manifest.v1",)
    tool = "datasets"
    tried = (
        Tried("2.14.7", "recorded", "2026-11-25"),
        Tried("3.6.0", "recorded", "2026-11-25"),
        Tried("5.2.0", "recorded", "2026-11-25"),
    )

    def looks(self, folder: Folder, file: File) -> str | None:
        """None for the file that speaks for its folder: the list of splits, else the state, else the description."""
        return recognised(file, lambda: _refusal(folder, file))

    def facts(self, folder: Folder, file: File) -> Iterable[Found]:
        """The data set of one folder."""
        doubts = Doubts()
        if _is_dict(file):
            splits = list(_splits_of(folder, file, doubts))
        elif _is_state(file):
            splits = [_saved(folder, file, _info_in(folder), doubts)]
        else:
            splits = _cached(folder, file, doubts)
        yield self._fact(folder, file, splits, doubts)

    def _fact(self, folder: Folder, file: File, splits: list[_Split], doubts: Doubts) -> Found:
        for split in splits:
            _agree(split, doubts)
        listed = sorted(
            (
                {"path": path, "size": each.size, "sha256": each.sha256}
                for split in splits
                for path, each in split.files
            ),
            key=lambda entry: str(entry["path"]),
        )
        counts = [split.rows for split in splits]
        rows = None if not counts or None in counts else sum(count for count in counts if count is not None)
        if rows == 0:
            doubts.failed("the data set holds no row")
        info = next((split.info for split in splits if split.info), {})
        stated = fields.name(info, "license", most=5000)
        described = licence_fields([stated] if stated else [])
        if not stated:
            described["licence"]["known"] = None  # most loaders fill in none, and the card beside it may
        body = {
            "name": (_name(info) or folder.name)[:500],
            **described,
            "languages": [],
            "size_categories": [],
            "source_datasets": [],
            "annotations_creators": [],
            "task_categories": [],
            "columns": _columns(info),
            "splits": [
                {"name": split.name, "rows": split.rows, "steps_fingerprint": split.fingerprint} for split in splits
            ],
            "files": listed,
            "manifest_digest": canonical.digest(listed) if listed else None,
            "rows": rows,
            # A description is one text without headings; which of these it tells can not be told from it.
            "statements": {"provenance": None, "personal_data": None, "limitations": None},
            "placeholders": 0,
        }
        return self.found(
            folder,
            file,
            "dataset-manifest.v1",
            body,
            Subject(type=SubjectType.DATA_SET, name=body["name"], digest=body["manifest_digest"]),
            doubts=doubts,
            beside=[each for split in splits for each in split.sources],
        )


def _refusal(folder: Folder, file: File) -> str | None:
    if file.form != "json":
        return "is no JSON"
    if _is_dict(file):
        return None
    if _is_state(file):
        above = _dict_above(folder)
        return None if above is None else "the list of splits above it speaks for it"
    if not _is_info(file):
        return "is none of the files that the library writes"
    if any(_is_state(each) for each in folder.files.values()) or _state_beside(folder):
        return "the state beside it speaks for it"
    if folder.listed_by_name or _dict_above(folder) is not None:
        return "describes a data set, and its state is not here"
    return None


def _is_dict(file: File) -> bool:
    return file.size <= _MOST_DICT and bool(_DICT.match(file.head))


def _is_state(file: File) -> bool:
    return file.form == "json" and file.mentions(b'"_data_files"') and file.mentions(b'"_fingerprint"')


def _is_info(file: File) -> bool:
    """The fields that a description always has; the first of them stands at its head."""
    words = (b'"citation"', b'"homepage"', b'"license"', b'"features"')
    return file.form == "json" and all(file.mentions(word) for word in words) and not file.mentions(b'"@context"')


def _state_beside(folder: Folder) -> bool:
    state = folder.beside("state.json") if folder.listed_by_name else None
    return state is not None and _is_state(state)


def _dict_above(folder: Folder) -> File | None:
    """The list of splits in the folder above that names this folder."""
    if folder.parent is None:
        return None
    notes = folder.parent.notes
    if "hf-dataset-dicts" not in notes:
        notes["hf-dataset-dicts"] = [
            each for each in folder.parent.files.values() if each.form == "json" and _is_dict(each)
        ]
    listed: list[File] = notes["hf-dataset-dicts"]
    return next((each for each in listed if each.mentions(f'"{folder.name}"'.encode())), None)


def _info_in(folder: Folder, path: str = "") -> File | None:
    file = folder.beside(f"{path}dataset_info.json")
    return file if file is not None and not file.is_lfs_pointer else None


def _object(file: File) -> dict[str, Any]:
    try:
        value = file.json()
    except UnreadableError as error:
        raise UnreadableError(f"{file.name}: {error.message}", hint=error.hint) from None
    if not isinstance(value, dict):
        raise UnreadableError(f"{file.name} does not hold an object")
    return value


def _splits_of(folder: Folder, file: File, doubts: Doubts) -> Iterator[_Split]:
    """The splits that `dataset_dict.json` names, each from its own folder."""
    document = _object(file)
    if document.keys() != {"splits"} or not isinstance(document["splits"], list):
        raise NotMine("more than a list of splits")
    names = fields.texts(document, "splits", most=200)
    if not names or len(names) > 1000 or len(set(names)) != len(names):
        raise UnreadableError("the list of splits is empty, too long or names a split twice")
    for name in names:
        state = folder.beside(f"{name}/state.json")
        if state is None or state.is_lfs_pointer:
            doubts.partial(f"the split {name} is named and its state.json does not lie here")
            yield _Split(name, {})
            continue
        split = _saved(folder, state, _info_in(folder, f"{name}/"), doubts, f"{name}/")
        split.name = name
        split.sources.insert(0, state)
        yield split


def _saved(folder: Folder, state: File, info: File | None, doubts: Doubts, path: str = "") -> _Split:
    """One folder of `Dataset.save_to_disk`."""
    document = _object(state)
    named = _named(document, "_data_files")
    chosen = _named(document, "_indices_data_files")
    split = _Split(fields.plain(document, "_split"), _object(info) if info is not None else {})
    split.fingerprint = fields.plain(document, "_fingerprint")
    if info is None:
        doubts.partial("dataset_info.json, which states licence and columns, does not lie beside state.json")
    else:
        split.sources.append(info)
    if not named:
        doubts.partial("state.json names no data file")
    _take(folder, split, [path + name for name in named + chosen], doubts)
    # Up to version 1.x a choice of rows could lie beside the data, and then its rows are the rows.
    counted = [each for name, each in split.files if not chosen or name.removeprefix(path) in chosen]
    split.rows = _count(counted, doubts) if len(split.files) == len(named + chosen) else None
    return split


def _cached(folder: Folder, info: File, doubts: Doubts) -> list[_Split]:
    """What `load_dataset` keeps: Arrow files named after builder and split beside the description."""
    document = _object(info)
    if not isinstance(document.get("features"), dict) or "citation" not in document:
        raise NotMine("a document that shares the words")
    if folder.beside("state.json") is not None:
        raise UnreadableError("the state.json beside it names no data file", hint="Write the data set to disk again")
    stated = fields.table(document, "splits")
    by_split: dict[str, list[str]] = {name: [] for name in stated}
    for name, file in folder.files.items():
        match = _SHARD.fullmatch(name)
        if match and not name.startswith("cache-") and arrow_stream.is_arrow(file.head):
            by_split.setdefault(match["split"], []).append(name)
    if not any(by_split.values()):
        raise UnreadableError(
            "describes a data set, and neither its state.json nor its Arrow files lie here",
            hint="Attach the whole folder that save_to_disk wrote",
        )
    made = []
    for name, names in by_split.items():
        split = _Split(name, document)
        _take(folder, split, names, doubts)
        split.rows = _count([each for _, each in split.files], doubts) if names else None
        if not names:
            doubts.partial(f"the split {name} is described and none of its files lies here")
        made.append(split)
    return made


def _named(document: dict[str, Any], key: str) -> list[str]:
    """File names as `[{"filename": …}]`."""
    listed = fields.rows(document, key)
    if len(listed) > _MOST_FILES:
        raise UnreadableError(f"{key} names more than {_MOST_FILES:,} files")
    names = [fields.text(entry, "filename") if isinstance(entry, dict) else None for entry in listed]
    if None in names or len(set(names)) != len(names):
        raise UnreadableError(f"{key} holds an entry without a file name, or one twice")
    return [name for name in names if name]


def _take(folder: Folder, split: _Split, names: list[str], doubts: Doubts) -> None:
    """Find and hash the files of a split; one that is not there is said."""
    for name in names:
        file = folder.beside(name)
        if file is None:
            doubts.partial(f"the data file {name[:150]} is named and does not lie here")
        elif file.is_lfs_pointer:
            doubts.partial(f"the data file {name[:150]} is a Git LFS pointer and not the file")
        else:
            split.files.append((name, file))
    hash_all(file for _, file in split.files)
    split.sources += [file for _, file in split.files]


def _count(files: list[File], doubts: Doubts) -> int | None:
    """Rows over Arrow files, None where one is broken."""
    total: int | None = 0
    for file in files:
        try:
            if not arrow_stream.is_arrow(file.head):
                raise UnreadableError("its bytes are not those of an Arrow file")
            count = arrow_stream.rows(file)
        except UnreadableError as error:
            doubts.partial(f"{file.shown}: {reason_of(error)}")
            total = None
        else:
            total = None if total is None else total + count
    return total


def _agree(split: _Split, doubts: Doubts) -> None:
    """Hold the rows of the files against what is stated of their split."""
    entry = fields.table(split.info, "splits").get(split.name or "")
    stated = fields.whole(entry, "num_examples", least=0) if isinstance(entry, dict) else None
    if stated is not None and split.rows is not None and stated != split.rows:
        doubts.partial(
            f"{stated:,} rows are stated for the split {split.name} and its files hold {split.rows:,}: rows were taken out or "
            "added after it was stated, or files are missing"
        )


def _name(info: dict[str, Any]) -> str | None:
    """The name that the library knows the data set by, where it is not that of a loader of files."""
    for key in ("dataset_name", "builder_name"):
        name = fields.name(info, key)
        if name and name not in _BUILDERS and not is_placeholder(name):
            return name
    return None


def _columns(info: dict[str, Any]) -> list[str]:
    """The names of the columns, sorted."""
    features = info.get("features")
    return sorted(str(name)[:200] for name in features)[:_MOST_COLUMNS] if isinstance(features, dict) else []


COLLECTOR = HfDatasetOnDisk()
