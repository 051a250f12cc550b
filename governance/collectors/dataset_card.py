"""A data set: its card and the data files beside it.

*Reads* text whose front matter is that of a Hugging Face data-set card, under whatever name: fields that only a data
set's card has (task or size categories, configurations, sources, annotators), or a licence with data files (JSONL,
JSON, CSV, Parquet, Arrow) beside it. A card with the fields of a model, of an app or of a web page is none.

*Says* under which licence the data stands, how SPDX writes it and whether that names a definite one, from which
sources it was made, whether people have to ask for it, which files it consists of (one digest over all), how many
rows they hold and how many the card states, and which sections of the card really say something.

*Does not say* that the card is true; no record is read for its content. A card whose fields or sections still hold a
template's marks, such as `{license}` or "[More Information Needed]", is a placeholder. A data file that breaks in the
middle or was left behind as a Git LFS pointer, and rows other than the card states, make the evidence partial.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from governance.collectors.formats import card_text, model_files
from governance.collectors.formats.data_files import count_rows, data_files, pointers
from governance.collectors.reading import fields
from governance.collectors.reading.answers import Found, NotRead
from governance.collectors.reading.doubts import Doubts
from governance.collectors.reading.files import hash_all
from governance.collectors.reading.interface import NotMine, OneFile, Tried, attempt, reason_of, recognised
from governance.collectors.reading.licences import is_address, licence_fields
from governance.domain.base import is_placeholder
from governance.domain.evidence import Collector, Subject, SubjectType
from governance.errors import UnreadableError
from governance.parsing import canonical, front_matter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

MAX_CARD = 2 * 1024 * 1024
_DATA_KEYS = frozenset(
    {
        "annotations_creators", "config_names", "configs", "dataset_info", "language_creators", "multilinguality",
        "paperswithcode_id", "pretty_name", "size_categories", "source_datasets", "task_categories", "task_ids",
        "train-eval-index",
    }
)  # fmt: skip
_MODEL_KEYS = frozenset({"library_name", "base_model", "pipeline_tag", "model-index", "model_name"})
_OTHER_KEYS = frozenset({"datasets", "metrics", "widget", "inference", "new_version", "co2_eq_emissions",
                         "sdk", "app_file", "layout", "permalink"})  # fmt: skip
"""Fields of a model's card, of an app or of a web page, where no field of a data set stands beside them."""
_LICENCE_KEYS = frozenset({"license", "licenses"})
"""Up to 2022 both licences and languages stood in the plural."""
_KEY = re.compile(rb"^([A-Za-z_-]+):", re.MULTILINE)
_MOST_NAMED = 100


class DatasetCard(OneFile):
    """Finds one data set for each data-set card."""

    noun = Collector(name="dataset-card", version="1")
    kinds = ("dataset-manifest.v1",)
    tool = "Hugging Face data-set cards"
    tried = (
        Tried("datasets 1.18.0 and 2.3.0, their cards", "published", "2026-11-25"),
        Tried("2026", "published", "2026-11-25"),
        Tried("huggingface_hub 2.4.0, its template", "recorded", "2026-11-25"),
    )

    def looks(self, folder: Folder, file: File) -> str | None:
        """None for a data-set card, else why not."""
        return recognised(file, lambda: _refusal(folder, file))

    def read(self, folder: Folder) -> Iterator[Found | NotRead]:
        """Yield the data set whose card lies in this folder, and the data files that break in the middle."""
        for file in list(folder.files.values()):
            if self.looks(folder, file) is None:
                trouble: list[NotRead] = []
                yield from attempt(file, partial(self._manifest, folder, file, trouble), self.noun.name)
                yield from trouble

    def _manifest(self, folder: Folder, file: File, trouble: list[NotRead]) -> Iterable[Found]:
        head, text, unfilled = _split(file)
        if not _LICENCE_KEYS & head.keys() and not unfilled and not (_DATA_KEYS & head.keys()):
            raise NotMine("its front matter names nothing that a data-set card names")
        doubts = Doubts()
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
        stated = _stated_rows(head)
        body = {
            "name": (_pretty_name(head) or folder.name)[:500],
            **_licence(head, folder),
            "languages": _listed(head, "language", 100) or _listed(head, "languages", 100),
            "size_categories": _listed(head, "size_categories", 100),
            "source_datasets": _listed(head, "source_datasets", 500),
            "annotations_creators": _listed(head, "annotations_creators", 200),
            "task_categories": _listed(head, "task_categories", 200),
            "configurations": _configurations(head),
            "gated": _gated(head),
            "files": listed,
            "manifest_digest": canonical.digest(listed) if listed else None,
            "rows": rows,
            "rows_stated": stated,
            "statements": card_text.statements(text),
            "placeholders": marks + card_text.placeholders_in(text),
        }
        _doubt(doubts, marks, text)
        for each in broken:
            doubts.partial(f"{each.path}: {each.reason}")
        if missing := pointers(folder):
            doubts.partial(f"{len(missing)} data files are Git LFS pointers and not the files, such as {missing[0]}")
        if stated is not None and rows is not None and rows != stated and len(body["configurations"]) < 2:
            doubts.partial(f"the card states {stated:,} rows, the files beside it hold {rows:,}")
        yield self.found(
            folder,
            file,
            "dataset-manifest.v1",
            body,
            Subject(type=SubjectType.DATA_SET, name=body["name"], digest=body["manifest_digest"]),
            doubts=doubts,
            beside=[each for _, each in beside],
        )


def _refusal(folder: Folder, file: File) -> str | None:
    """None for a data-set card, else why it is none."""
    if not _opens_front_matter(file.head):
        return "does not open with front matter"
    keys = _keys(file.head)
    if keys & _MODEL_KEYS or b"generated_from_trainer" in file.head:
        return "is the card of a model"
    if keys & _DATA_KEYS:
        return None
    if keys & _OTHER_KEYS:
        return "is the card of a model or an app, or a page"
    if not model_files.sort(folder).is_empty:
        return "lies beside a model, so it is that model's card"
    if _LICENCE_KEYS & keys and data_files(folder):
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
    if b"\0" in data:
        raise UnreadableError(f"line {data.count(10, 0, data.index(0)) + 1} holds a zero byte, so the card was damaged")
    try:
        head, text = front_matter.split(data, where=file.shown)
    except UnreadableError:
        # A template whose marks were never filled in is often no YAML: `{field}: {type}` has a mapping for a key.
        unfilled = card_text.unfilled_marks(data)
        if unfilled < 3:
            raise
        return {}, "", unfilled
    return head, text, 0


def _licence(head: dict[str, Any], folder: Folder) -> dict[str, Any]:
    """The licence fields. A link such as `LICENSE` leads to a file beside the card."""
    named = _listed(head, "license", 200) or _listed(head, "licenses", 200)
    ids = [name for name in named if not is_placeholder(name) or name.lower() == "unknown"]
    link = fields.name(head, "license_link", most=2000)
    there = link is not None and not is_address(link) and folder.beside(link) is not None
    return licence_fields(ids, title=fields.name(head, "license_name"), link=link, text_is_there=there)


def _pretty_name(head: dict[str, Any]) -> str | None:
    """The name for people; a card over several configurations may have one for each, and then none for the whole."""
    return None if isinstance(head.get("pretty_name"), dict) else fields.name(head, "pretty_name")


def _configurations(head: dict[str, Any]) -> list[str]:
    """The names of the parts that can be loaded one by one."""
    named: list[str] = []
    for key in ("configs", "dataset_info"):
        value = head.get(key)
        for entry in value if isinstance(value, list) else [value]:
            name = fields.plain(entry, "config_name", most=200) if isinstance(entry, dict) else None
            if name and name not in named:
                named.append(name)
    return named[:_MOST_NAMED]


def _gated(head: dict[str, Any]) -> bool | None:
    """True when the card has words for people who ask for access; None where it says nothing on it."""
    return True if any(key.startswith("extra_gated_") for key in head) else None


def _stated_rows(head: dict[str, Any]) -> int | None:
    """The rows that the card states over all splits; None for several configurations, or where a split has no number."""
    info = head.get("dataset_info")
    if isinstance(info, list):
        info = info[0] if len(info) == 1 else None
    splits = info.get("splits") if isinstance(info, dict) else None
    if not isinstance(splits, list) or not splits:
        return None
    total = 0
    for split in splits:
        count = fields.whole(split, "num_examples", least=0) if isinstance(split, dict) else None
        if count is None:
            return None
        total += count
    return total


def _listed(head: dict[str, Any], key: str, most: int) -> list[str]:
    """A list of short texts; marks of a template are left out."""
    value = head.get(key)
    if isinstance(value, dict):  # one list for each configuration
        value = [text for part in value.values() for text in (part if isinstance(part, list) else [part])]
    items = value if isinstance(value, list) else [] if value is None else [value]
    made = []
    for item in items:
        if card_text.is_mark(item):
            continue
        if item is False and key.startswith("language"):
            item = "no"  # noqa: PLW2901 - Norwegian, which YAML 1.1 reads as false
        text = fields.plain({key: item}, key, most=most)
        if text and (key in _LICENCE_KEYS or not is_placeholder(text)):
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


def _doubt(doubts: Doubts, marks: int, text: str) -> None:
    """What a template left in the head, and sections that say less than the template does."""
    if marks:
        doubts.placeholder(f"{marks} fields of the card still hold a template's marks")
    saying, filled = card_text.sections_count(text)
    if filled and filled >= saying:
        doubts.placeholder(
            f"{filled} of {filled + saying} sections hold only fill-in text of a template, such as [More Information Needed]"
        )


COLLECTOR = DatasetCard()
