"""Bills of materials in SPDX, of software, models and data.

*Reads* SPDX 3.0 as JSON-LD (an `@graph` of elements, with the AI and data-set profiles) and SPDX 2.2 and 2.3 as JSON
(`spdxVersion`, `packages`). Packages are the parts; single files are not. The one package that a bill is about is no
part of it, unless it is a model or a data set.

*Says* how many packages, models and data sets are listed, under which licences, how many name no licence or no version,
and what wrote the bill when. In SPDX 3 a licence hangs on a package by a relationship; the concluded licence counts
before the declared one. `NOASSERTION` and `NONE` count as no licence.

*Does not say* that the list is whole. SPDX 2 knows no models and no data sets, so both counts are null. What the AI
profile says of a model (training, energy, safety) is not copied. Tag-value, RDF and spreadsheet forms are not read.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from governance.collectors.reading import fields, moments
from governance.collectors.reading.doubts import Doubts
from governance.collectors.reading.interface import Marks, NotMine, OneFile, Tried, not_understood
from governance.domain.evidence import Collector, Subject, SubjectType
from governance.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from governance.collectors.reading.answers import Found
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

FORMAT = "SPDX"
MOST_LICENCES = 1000
MODEL, DATA_SET, PACKAGE = "ai_AIPackage", "dataset_DatasetPackage", "software_Package"
_NO_LICENCE = frozenset({"", "NOASSERTION", "NONE"})
_LICENCE_LIST = "https://spdx.org/licenses/"


@dataclass(frozen=True)
class _Part:
    """One package of either form."""

    key: str
    sort: str
    version: str | None
    licence: str | None


@dataclass(frozen=True)
class _Bill:
    """What both forms come to."""

    version: str
    subject: str | None
    tool: tuple[str | None, str | None]
    written: Any
    parts: list[_Part]
    knows_models: bool


class Spdx(OneFile):
    """Finds one bill for each document."""

    noun = Collector(name="spdx", version="1")
    kinds = ("sbom.v1",)
    tool = FORMAT
    tried = (
        Tried("2.3", "recorded", "2026-11-25"),
        Tried("3.0.1", "recorded", "2026-11-25"),
    )
    marks = Marks(form="json", any_of=(b'"spdxVersion"', b"spdx.org/rdf/3"))

    def facts(self, folder: Folder, file: File) -> Iterable[Found]:
        """The bill."""
        data = file.json()
        if not isinstance(data, dict):
            raise NotMine("no document of SPDX at the top")
        if isinstance(data.get("spdxVersion"), str):
            bill = _second(data)
        elif "@graph" in data or "spdxId" in data:
            bill = _third(data)
        else:
            raise NotMine("no document of SPDX at the top")
        doubts = Doubts()
        if not bill.parts:
            doubts.partial("the bill lists no package")
        licences = Counter(part.licence for part in bill.parts if part.licence)
        body = {
            "format": FORMAT,
            "spec_version": bill.version,
            "subject": bill.subject,
            "tool": {"name": bill.tool[0], "version": bill.tool[1]},
            "components": len(bill.parts),
            "models": sum(part.sort == MODEL for part in bill.parts) if bill.knows_models else None,
            "data_sets": sum(part.sort == DATA_SET for part in bill.parts) if bill.knows_models else None,
            "without_version": sum(part.version is None for part in bill.parts),
            "without_licence": sum(part.licence is None for part in bill.parts),
            "licences": dict(licences.most_common(MOST_LICENCES)),
            "digest": file.sha256,
        }
        yield self.found(
            folder,
            file,
            "sbom.v1",
            body,
            Subject(type=SubjectType.SYSTEM, name=bill.subject or "the parts of the system"),
            doubts=doubts,
            at=moments.of_text(bill.written),
            tool=bill.tool[0],
            version=bill.tool[1],
        )


def _second(data: dict[str, Any]) -> _Bill:
    """SPDX 2: packages with their licences beside them."""
    version = (fields.text(data, "spdxVersion", most=50) or "").removeprefix("SPDX-")
    if "packages" not in data and "files" not in data:
        raise not_understood(FORMAT, version, "it lists neither packages nor files")
    parts = [
        _Part(
            key=fields.text(row, "SPDXID") or "",
            sort=PACKAGE,
            version=fields.plain(row, "versionInfo", most=1024),
            licence=_said(
                fields.text(row, "licenseConcluded", most=5000), fields.text(row, "licenseDeclared", most=5000)
            ),
        )
        for row in _objects(data, "packages")
    ]
    described = fields.texts(data, "documentDescribes") + [
        fields.text(row, "relatedSpdxElement") or ""
        for row in _objects(data, "relationships")
        if row.get("relationshipType") == "DESCRIBES"
    ]
    info = fields.table(data, "creationInfo")
    tools = [each.removeprefix("Tool:").strip() for each in fields.texts(info, "creators") if each.startswith("Tool:")]
    return _Bill(
        version=version or "2",
        subject=fields.name(data, "name"),
        tool=_name_and_version(tools[0] if tools else None),
        written=info.get("created"),
        parts=_without_root(parts, described),
        knows_models=False,
    )


def _third(data: dict[str, Any]) -> _Bill:
    """SPDX 3: elements that point at each other by their ids."""
    elements = _objects(data, "@graph") if "@graph" in data else [data]
    by_id = {key: each for each in elements if isinstance(key := each.get("spdxId", each.get("@id")), str)}
    by_sort: dict[str, list[dict[str, Any]]] = {}
    for each in elements:
        by_sort.setdefault(_sort(each), []).append(each)
    infos = by_sort.get("CreationInfo", []) + [
        each["creationInfo"] for each in elements if isinstance(each.get("creationInfo"), dict)
    ]
    info = infos[0] if infos else {}
    version = fields.text(info, "specVersion", most=50)
    if version is None:
        raise not_understood(FORMAT, None, "no element says which version of the form it follows")
    licences = _licences_by_package(by_sort, by_id)
    parts = [
        _Part(
            key=key,
            sort=sort,
            version=fields.plain(each, "software_packageVersion", most=1024),
            licence=_said(*(licences.get((key, which)) for which in ("hasConcludedLicense", "hasDeclaredLicense"))),
        )
        for sort in (MODEL, DATA_SET, PACKAGE)
        for each in by_sort.get(sort, [])
        for key in [str(each.get("spdxId", each.get("@id")))]
    ]
    documents = by_sort.get("SpdxDocument", []) + by_sort.get("software_Sbom", [])
    roots = [root for document in documents for root in fields.texts(document, "rootElement", most=2000)]
    named = [by_id[root] for root in roots if root in by_id and fields.name(by_id[root], "name")]
    tools = [by_id[key] for key in fields.texts(info, "createdUsing", most=2000) if key in by_id]
    names = [name for each in [*named, *documents] if (name := fields.name(each, "name"))]
    return _Bill(
        version=version,
        subject=names[0] if names else None,
        tool=_name_and_version(fields.text(tools[0], "name") if tools else None),
        written=info.get("created"),
        parts=_without_root(parts, roots),
        knows_models=True,
    )


def _licences_by_package(
    by_sort: dict[str, list[dict[str, Any]]], by_id: dict[str, dict[str, Any]]
) -> dict[tuple[str, str], str]:
    """Licence by package and by the relationship that ties it."""
    made: dict[tuple[str, str], str] = {}
    for row in by_sort.get("Relationship", []) + by_sort.get("LifecycleScopedRelationship", []):
        which, source = row.get("relationshipType"), row.get("from")
        if which not in ("hasConcludedLicense", "hasDeclaredLicense") or not isinstance(source, str):
            continue
        said = sorted(filter(None, (_licence(target, by_id) for target in _targets(row))))
        if said:
            made[source, which] = " AND ".join(said)
    return made


def _targets(row: dict[str, Any]) -> list[Any]:
    to = row.get("to")
    return to if isinstance(to, list) else [to]


def _licence(target: Any, by_id: dict[str, dict[str, Any]]) -> str | None:
    """The licence an id or an element stands for; an id on the SPDX list of licences is one by itself."""
    element = target if isinstance(target, dict) else by_id.get(target, {}) if isinstance(target, str) else {}
    said = fields.text(element, "simplelicensing_licenseExpression", most=5000)
    if said is None and isinstance(target, str):
        if target.startswith(_LICENCE_LIST):
            return target.removeprefix(_LICENCE_LIST).removesuffix(".html") or None
        if "NoAssertion" in target or "NoneLicense" in target or _sort(element).endswith("NoneLicense"):
            return None
        said = fields.text(element, "name") if "icens" in _sort(element) else None
    return said


def _said(*licences: str | None) -> str | None:
    """The first that says something, as a name of at most 300 characters."""
    said = next((each for each in licences if each and each.strip() not in _NO_LICENCE), None)
    return said.strip()[:300] if said else None


def _without_root(parts: list[_Part], roots: list[str]) -> list[_Part]:
    """The parts without the one package that the bill is about."""
    about = frozenset(roots)
    plain = [part for part in parts if part.key in about and part.sort == PACKAGE]
    return [part for part in parts if part is not plain[0]] if len(plain) == 1 and len(parts) > 1 else parts


def _objects(holder: dict[str, Any], key: str) -> list[dict[str, Any]]:
    listed = fields.rows(holder, key)
    if not all(isinstance(row, dict) for row in listed):
        raise UnreadableError(f"an entry of {key} is not an object")
    return listed


def _sort(element: dict[str, Any]) -> str:
    sort = element.get("type", element.get("@type"))
    return sort.removeprefix("https://spdx.org/rdf/3.0.1/terms/") if isinstance(sort, str) else ""


def _name_and_version(said: str | None) -> tuple[str | None, str | None]:
    """`syft-1.20.0` or `bill-writer 1.2` as a name and a version; without a number at the end it is a name."""
    if said is None:
        return None, None
    for mark in (" ", "-"):
        name, _, version = said.rpartition(mark)
        if name and version.lstrip("v")[:1].isdigit():
            return name[:200], version[:200]
    return said[:200], None


COLLECTOR = Spdx()
