"""Data sets as the Data Provenance Initiative traced them.

*Reads* the data summaries of the Initiative's collection, an object for each data set of a family, known by the fields
`Unique Dataset Identifier` and `Licenses`.

*Says* for each data set which licences those who looked into it found, which of them is a definite one, which models
wrote text in it, which other data sets it was made from, in which languages, and how many dialogues it is said to hold.

*Does not say* that these findings are right, and names no person. Several licences stand side by side: the terms of
a provider whose model wrote the text, such as OpenAI, are among them, and are no licence of the data that SPDX
lists. A data set whose licence nobody verified is partial. No file of the data was seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from governance.collectors.reading import fields
from governance.collectors.reading.doubts import Doubts
from governance.collectors.reading.interface import Marks, NotMine, OneFile, Tried
from governance.collectors.reading.licences import licence_fields
from governance.domain.base import is_placeholder
from governance.domain.evidence import Collector, Subject, SubjectType
from governance.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from governance.collectors.reading.answers import Found
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

_MOST_DATA_SETS = 2_000
_MOST_LISTED = 200


class DataProvenance(OneFile):
    """Finds one data set for each entry of a summary."""

    noun = Collector(name="data-provenance", version="1")
    kinds = ("dataset-manifest.v1",)
    tool = "Data Provenance Initiative"
    tried = (Tried("2025", "published", "2026-11-25"),)
    marks = Marks(form="json", words=(b'"Unique Dataset Identifier"', b'"Licenses"'))

    def facts(self, folder: Folder, file: File) -> Iterable[Found]:
        """The data sets of one summary."""
        document = file.json()
        if not isinstance(document, dict):
            raise NotMine("not a summary of data sets")
        if len(document) > _MOST_DATA_SETS:
            raise UnreadableError(f"more than {_MOST_DATA_SETS:,} data sets")
        for name, entry in document.items():
            if not isinstance(entry, dict) or "Licenses" not in entry:
                raise UnreadableError(f"{name[:100]} has no licences")
            yield self._data_set(folder, file, name, entry)

    def _data_set(self, folder: Folder, file: File, name: str, entry: dict[str, Any]) -> Found:
        doubts = Doubts()
        licences = _licences(entry)
        if not licences:
            doubts.partial("no licence is listed")
        if fields.name(entry, "License Verified By") is None:
            doubts.partial("nobody is said to have verified the licences")
        sources, derived = _listed(entry, "Text Sources"), _listed(entry, "Derived from Datasets")
        body = {
            "name": (fields.name(entry, "Unique Dataset Identifier") or name or "a data set without a name")[:500],
            **licence_fields(licences),
            "languages": [text[:100] for text in _listed(entry, "Languages")],
            "size_categories": [],
            "source_datasets": derived,
            "annotations_creators": [],
            "task_categories": [text[:200] for text in _listed(entry, "Task Categories")],
            "generated_by": [text[:300] for text in _listed(entry, "Model Generated")],
            "files": [],
            "manifest_digest": None,
            "rows": None,
            "rows_stated": fields.whole(fields.table(entry, "Text Metrics"), "Num Dialogs", least=0),
            "statements": {"provenance": bool(sources or derived), "personal_data": None, "limitations": None},
            "placeholders": 0,
        }
        subject = Subject(type=SubjectType.DATA_SET, name=body["name"])
        return self.found(folder, file, "dataset-manifest.v1", body, subject, doubts=doubts)


def _licences(entry: dict[str, Any]) -> list[str]:
    """The names of the licences, each once, in the order in which they are listed."""
    names = []
    for row in fields.rows(entry, "Licenses")[:_MOST_LISTED]:
        if not isinstance(row, dict):
            raise UnreadableError("a licence is not an object")
        if name := fields.text(row, "License", most=200):
            names.append(name)
    return list(dict.fromkeys(names))


def _listed(entry: dict[str, Any], key: str) -> list[str]:
    return [text for text in fields.texts(entry, key)[:_MOST_LISTED] if not is_placeholder(text)]


COLLECTOR = DataProvenance()
