"""A data set: its card and the data files beside it.

*Reads* Markdown files whose front matter is that of a Hugging Face data-set card: a licence together with task or
size categories, configurations, features, sources or annotators, or a licence with data files (JSONL, JSON, CSV,
Parquet, Arrow, told by their bytes) beside it. A model card is none.

*Says* under which licence the data stands and whether that names a definite one, from which sources it was made,
which files it consists of (one digest over all), how many rows they hold, and which sections of the card really say
something.

*Does not say* that the card is true; no record is read for its content. Rows of Parquet and Arrow files are not
counted. A card whose fields still hold a template's marks, such as `{license}`, is a placeholder; a data file that
breaks in the middle makes the evidence partial and is said.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from governance.collectors.formats import card_text
from governance.collectors.formats.data_files import count_rows, data_files
from governance.collectors.reading import fields
from governance.collectors.reading.answers import Found, NotRead
from governance.collectors.reading.files import hash_all
from governance.collectors.reading.interface import Tried, attempt, reason_of, recognised
from governance.collectors.reading.licences import is_known
from governance.domain.base import is_placeholder
from governance.domain.evidence import Collector, Quality, Subject, SubjectType
from governance.errors import UnreadableError
from governance.parsing import canonical, front_matter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

MAX_CARD = 2 * 1024 * 1024
_DATA_KEYS = frozenset(
    {"task_categories", "size_categories", "configs", "dataset_info", "source_datasets", "annotations_creators"}
)
_MODEL_KEYS = frozenset({"library_name", "base_model", "pipeline_tag", "model-index", "model_name"})
_KEY = re.compile(rb"^([A-Za-z_-]+):", re.MULTILINE)


class DatasetCard:
    """Finds one data set for each data-set card."""

    noun = Collector(name="dataset-card", version="1")
    kinds = ("dataset-manifest.v1",)
    tool = "Hugging Face data-set cards"
    tried = (Tried("2026", "published", "2026-11-25"),)

    def looks(self, folder: Folder, file: File) -> str | None:
        """None for a data-set card, else why not."""
        return recognised(file, lambda: _refusal(folder, file))

    def read(self, folder: Folder) -> Iterator[Found | NotRead]:
        """Yield the data set whose card lies in this folder."""
        for file in list(folder.files.values()):
            if _refusal(folder, file) is None:
                yield from self._card(folder, file)

    def _card(self, folder: Folder, file: File) -> Iterator[Found | NotRead]:
        trouble: list[NotRead] = []
        yield from attempt(file, lambda: self._manifest(folder, file, trouble))
        yield from trouble

    def _manifest(self, folder: Folder, file: File, trouble: list[NotRead]) -> Iterable[Found]:
        head, text, unfilled = _split(file)
        if "license" not in head and not unfilled and not (folder.files.keys() and data_files(folder)):
            return
        marks = unfilled or card_text.marks_in(head)
        head = {key: value for key, value in head.items() if not card_text.is_mark(value)}
        beside = data_files(folder)
        rows, broken = _rows(beside)
        trouble += broken
        hash_all(each for _, each in beside)
        listed = sorted(
            ({"path": path, "size": each.size, "sha256": each.sha256} for path, each in beside),
            key=lambda entry: str(entry["path"]),
        )
        body = {
            "name": (fields.name(head, "pretty_name") or folder.name)[:500],
            "licence": _licence(head),
            "languages": _listed(head, "language", 100),
            "size_categories": _listed(head, "size_categories", 100),
            "source_datasets": _listed(head, "source_datasets", 500),
            "annotations_creators": _listed(head, "annotations_creators", 200),
            "task_categories": _listed(head, "task_categories", 200),
            "files": listed,
            "manifest_digest": canonical.digest(listed) if listed else None,
            "rows": rows,
            "statements": card_text.statements(text),
            "placeholders": marks + card_text.placeholders_in(text),
        }
        quality, reasons = _quality(marks, broken)
        yield Found(
            kind="dataset-manifest.v1",
            body=body,
            subject=Subject(type=SubjectType.DATA_SET, name=body["name"], digest=body["manifest_digest"]),
            path=file.shown,
            collector=self.noun,
            quality=quality,
            quality_reasons=reasons,
            sources=(file.source(), *(each.source() for _, each in beside)),
            place=folder.place,
        )


def _refusal(folder: Folder, file: File) -> str | None:
    """None for a data-set card, else why it is none."""
    if not file.name.lower().endswith((".md", ".markdown")) or not _opens_front_matter(file.head):
        return "is no Markdown that opens with front matter"
    keys = _keys(file.head)
    if keys & _MODEL_KEYS or b"generated_from_trainer" in file.head:
        return "is the card of a model"
    if keys & _DATA_KEYS or ("license" in keys and data_files(folder)):
        return None
    return "its front matter names nothing that a data-set card names"


def _opens_front_matter(head: bytes) -> bool:
    return head.removeprefix(b"\xef\xbb\xbf").startswith((b"---\n", b"---\r\n"))


def _keys(head: bytes) -> set[str]:
    """The names at the left margin of the front matter, read without parsing it."""
    end = head.find(b"\n---", 3)
    return {match.decode() for match in _KEY.findall(head[: end if end > 0 else len(head)])}


def _split(file: File) -> tuple[dict[str, Any], str, int]:
    """Head, text, and how many unfilled marks kept the head from being YAML at all."""
    if file.size > MAX_CARD:
        raise UnreadableError(f"a card of {file.size:,} bytes is over the cap of {MAX_CARD:,}")
    data = file.data()
    try:
        head, text = front_matter.split(data, where=file.shown)
    except UnreadableError:
        # A template whose marks were never filled in is often no YAML: `{field}: {type}` has a mapping for a key.
        unfilled = card_text.unfilled_marks(data)
        if unfilled < 3:
            raise
        return {}, "", unfilled
    return head, text, 0


def _licence(head: dict[str, Any]) -> dict[str, Any]:
    """The licence fields; several ids are known when each of them is."""
    ids = [name for name in _listed(head, "license", 200) if not is_placeholder(name) or name.lower() == "unknown"]
    name, link = fields.name(head, "license_name"), fields.name(head, "license_link", most=2000)
    return {
        "id": ", ".join(ids)[:200] or None,
        "name": name,
        "link": link,
        "known": bool(ids) and all(map(is_known, ids)),
    }


def _listed(head: dict[str, Any], key: str, most: int) -> list[str]:
    """A list of short texts; marks of a template are left out."""
    value = head.get(key)
    items = value if isinstance(value, list) else [] if value is None else [value]
    made = []
    for item in items:
        if card_text.is_mark(item):
            continue
        text = fields.plain({key: item}, key, most=most)
        if text and (key == "license" or not is_placeholder(text)):
            made.append(text)
    return made


def _rows(files: list[tuple[str, File]]) -> tuple[int | None, list[NotRead]]:
    """Rows over all files, None where one can not be counted, and the files that break in the middle."""
    total: int | None = 0 if files else None
    broken: list[NotRead] = []
    for _, file in files:
        try:
            count = count_rows(file)
        except UnreadableError as error:
            broken.append(NotRead(file.shown, reason_of(error)))
            count = None
        total = None if total is None or count is None else total + count
    return total, broken


def _quality(marks: int, broken: list[NotRead]) -> tuple[Quality, tuple[str, ...]]:
    reasons = [f"{each.path}: {each.reason}"[:300] for each in broken[:20]]
    if marks:
        return Quality.PLACEHOLDER, (f"{marks} fields of the card still hold a template's marks", *reasons)
    return (Quality.PARTIAL if broken else Quality.COMPLETE), tuple(reasons)


COLLECTOR = DatasetCard()
