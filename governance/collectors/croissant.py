"""A data set described in Croissant, the vocabulary of MLCommons for data sets.

*Reads* the JSON-LD of Croissant 0.8, 1.0 and 1.1 and later ones whose fields still hold, with the terms inline or
named by address. Nothing is fetched, neither the terms nor the data.

*Says* under which licence the data stands and how SPDX writes it, which files the description names and with which
digests, which of them lie beside it and whether their bytes have the digest that is stated, what the data was
derived from, and which of the fields on responsible use (`rai:`) really say something.

*Does not say* that the description is true. Its digests are what it states, unless the file lies beside it. A
`sha256` that is no digest, such as the address of an issue, counts as none, and makes the evidence partial, as do a
missing licence and a description that names no file; a file beside it with other bytes than stated makes it failed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from governance.collectors.formats.data_files import count_rows
from governance.collectors.reading import fields
from governance.collectors.reading.doubts import Doubts
from governance.collectors.reading.interface import Marks, NotMine, OneFile, Tried, reason_of
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

_PREFIXES = ("", "sc:", "schema:", "https://schema.org/", "http://schema.org/", "cr:", "ml:", "rai:", "prov:", "dct:")
_DATASET = re.compile(rb'"@type"\s*:\s*\[?\s*"(?:sc:|schema:|https?://schema\.org/)?Dataset"')
_VERSION = re.compile(r"mlcommons\.org/croissant/(\d{1,3}(?:\.\d{1,3}){0,2})/?$")
_MOST_FILES = 10_000
_MOST_NAMED = 100
_ABOUT = {
    "provenance": ("dataCollection", "dataCollectionType", "dataCollectionRawData", "wasDerivedFrom", "wasGeneratedBy"),
    "personal_data": ("personalSensitiveInformation",),
    "limitations": ("dataBiases", "dataLimitations", "dataLimitation"),
}
_RAI_OF_OLD = frozenset({"dataBiases", "dataCollection", "personalSensitiveInformation"})
"""What became `rai:` fields had no prefix in 0.8."""


class Croissant(OneFile):
    """Finds one data set for each description."""

    noun = Collector(name="croissant", version="1")
    kinds = ("dataset-manifest.v1",)
    tool = "Croissant"
    tried = (
        Tried("0.8", "written", "2026-11-25"),
        Tried("1.0", "published", "2026-11-25"),
        Tried("1.1", "published", "2026-11-25"),
    )
    marks = Marks(
        form="json",
        words=(b'"@context"',),
        any_of=(b"mlcommons.org/croissant", b"mlcommons.org/schema"),
        pattern=_DATASET,
    )

    def facts(self, folder: Folder, file: File) -> Iterable[Found]:
        """The data set that one description is about."""
        document = file.json()
        if not isinstance(document, dict) or "@context" not in document or not _is_dataset(document):
            raise NotMine("not the description of one data set")
        doubts = Doubts()
        stated, listed, rows, sources = _files(folder, document, doubts)
        licence, title = _licences(document)
        described = licence_fields(licence, title=title)
        if not licence:
            doubts.partial("no licence is stated, which the format requires")
        rai, unsaid = _sections(document)
        body = {
            "name": (_name(document) or folder.name)[:500],
            **described,
            "languages": _texts(document, "inLanguage", 100),
            "size_categories": [],
            "source_datasets": list(_derived_from(document)),
            "annotations_creators": [],
            "task_categories": [],
            "version": _text(_get(document, "version"), 200),
            "sections": rai,
            "distribution": stated,
            "files": listed,
            "manifest_digest": canonical.digest(listed) if listed else None,
            "rows": rows,
            "statements": {topic: _speaks(document, keys) for topic, keys in _ABOUT.items()},
            "placeholders": unsaid,
        }
        if _name(document) is None:
            doubts.partial("the description does not name the data set")
        if _get(document, "isLiveDataset") is True:
            doubts.partial("the data set is a live one: its content changes under the same description")
        yield self.found(
            folder,
            file,
            "dataset-manifest.v1",
            body,
            Subject(type=SubjectType.DATA_SET, name=body["name"], digest=body["manifest_digest"]),
            doubts=doubts,
            version=_version(document),
            beside=sources,
        )


def _get(holder: dict[str, Any], key: str) -> Any:
    """A field by its name, with or without the prefix of its vocabulary."""
    return next((holder[prefix + key] for prefix in _PREFIXES if prefix + key in holder), None)


def _each(value: Any) -> list[Any]:
    """JSON-LD writes one value alone where there is one, and a list where there are several."""
    return value if isinstance(value, list) else [] if value is None else [value]


def _is_dataset(document: dict[str, Any]) -> bool:
    kinds = [kind for kind in _each(document.get("@type")) if isinstance(kind, str)]
    return any(kind.rsplit(":", 1)[-1].rsplit("/", 1)[-1] == "Dataset" for kind in kinds)


def _text(value: Any, most: int) -> str | None:
    """Text as JSON-LD writes it: plain, with its language, or one text for each language."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("@value", value.get("en", next(iter(value.values()), None)))
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or len(value) > most:
        return None
    return value.strip() or None


def _texts(document: dict[str, Any], key: str, most: int) -> list[str]:
    found = (_text(item, most) for item in _each(_get(document, key))[:_MOST_NAMED])
    return [item for item in found if item]


def _name(document: dict[str, Any]) -> str | None:
    name = _text(_get(document, "name"), 500)
    return None if name is None or is_placeholder(name) else name


def _version(document: dict[str, Any]) -> str | None:
    """The version of the vocabulary: what it says it conforms to; 0.8 had no such field, and terms of its own."""
    for value in _each(_get(document, "conformsTo")):
        address = value.get("@id") if isinstance(value, dict) else value
        if isinstance(address, str) and (match := _VERSION.search(address)):
            return match[1]
    context = document["@context"]
    terms = context.values() if isinstance(context, dict) else _each(context)
    return "0.8" if any(isinstance(term, str) and "mlcommons.org/schema" in term for term in terms) else None


def _licences(document: dict[str, Any]) -> tuple[list[str], str | None]:
    """The licences as ids or addresses, and the name of a single one whose address says nothing."""
    made: list[str] = []
    title = None
    for value in _each(_get(document, "license"))[:_MOST_NAMED]:
        text = _text(value, 2000)
        if isinstance(value, dict) and "@value" not in value:
            title = _text(_get(value, "name"), 500)
            text = _text(_get(value, "url") or value.get("@id"), 2000) or title
        if text and (not is_placeholder(text) or text.lower() == "unknown"):
            made.append(text)
    return made, title if len(made) == 1 else None


def _files(
    folder: Folder, document: dict[str, Any], doubts: Doubts
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], int | None, list[File]]:
    """The files that are named, those that lie here, the rows where all lie here, and what was opened for it."""
    entries = _each(_get(document, "distribution"))
    if len(entries) > _MOST_FILES or not all(isinstance(entry, dict) for entry in entries):
        raise UnreadableError("distribution is not a list of files")
    stated: list[dict[str, Any]] = []
    listed: list[dict[str, Any]] = []
    rows: int | None = 0
    sources: list[File] = []
    without = 0
    for entry in entries:
        name = _text(_get(entry, "name"), 500) or _text(entry.get("@id"), 500)
        digest = _digest(_get(entry, "sha256"))
        stated.append({"name": name, "sha256": digest, "format": _text(_get(entry, "encodingFormat"), 200)})
        if str(entry.get("@type")).endswith("FileSet"):
            rows = None
            continue
        # A repository is fixed by a revision, if at all, and not by a digest of a file; the Hub writes an address where one would stand.
        is_repository = str(_get(entry, "encodingFormat") or "").startswith("git+")
        without += digest is None and _get(entry, "containedIn") is None and not is_repository
        path = _text(_get(entry, "contentUrl"), 1000)
        file = folder.beside(path) if path else None
        if file is None or file.is_lfs_pointer:
            rows = None
            continue
        sources.append(file)
        listed.append({"path": path, "size": file.size, "sha256": file.sha256})
        if digest is not None and digest != file.sha256:
            doubts.failed(f"{path}: its bytes do not have the digest that the description states")
        rows = _more(rows, file, doubts)
    if not entries:
        doubts.partial("the description names no file")
    if without:
        doubts.partial(
            f"{without} of {len(entries)} named files have no digest; a text that is no SHA-256 counts as none"
        )
    listed.sort(key=lambda entry: str(entry["path"]))
    return stated, listed, rows if listed else None, sources


def _more(rows: int | None, file: File, doubts: Doubts) -> int | None:
    """The rows so far and those of one file more."""
    try:
        count = count_rows(file)
    except UnreadableError as error:
        doubts.partial(f"{file.shown}: {reason_of(error)}")
        return None
    return None if rows is None or count is None else rows + count


def _digest(value: Any) -> str | None:
    """64 hex digits and not all alike; the address of an issue stands there in descriptions that the Hub makes."""
    text = _text(value, 2000)
    digest = fields.hex_digest({"sha256": text}, "sha256") if text and len(text) <= 500 else None
    return None if digest is None or len(set(digest[7:])) == 1 else digest


def _derived_from(document: dict[str, Any]) -> Iterator[str]:
    """What it was made from: the place of each, or its id."""
    for value in _each(_get(document, "wasDerivedFrom"))[:_MOST_NAMED]:
        place = _get(value, "locatedAt") or _get(value, "url") or value.get("@id") if isinstance(value, dict) else value
        if text := _text(place, 500):
            yield text


def _sections(document: dict[str, Any]) -> tuple[list[str], int]:
    """The fields on responsible use that say something, sorted, and how many hold a fill-in."""
    said, unsaid = [], 0
    for key, value in document.items():
        if not key.startswith("rai:") and key not in _RAI_OF_OLD:
            continue
        if _says_something(value):
            said.append(key[:200])
        elif value not in (None, "", []):
            unsaid += 1
    return sorted(said)[:_MOST_NAMED], unsaid


def _speaks(document: dict[str, Any], keys: tuple[str, ...]) -> bool | None:
    """Whether one of these fields says something; None where all of them are left out."""
    held = [value for key in keys if (value := _get(document, key)) is not None]
    return any(map(_says_something, held)) if held else None


def _says_something(value: Any) -> bool:
    """True for words that are no fill-in, for a number, and for anything that holds one of these."""
    if isinstance(value, str):
        return bool(re.search(r"\w{2,}", value)) and not is_placeholder(value)
    if isinstance(value, (list, dict)):
        return any(map(_says_something, value.values() if isinstance(value, dict) else value))
    return isinstance(value, (int, float)) and not isinstance(value, bool)


COLLECTOR = Croissant()
