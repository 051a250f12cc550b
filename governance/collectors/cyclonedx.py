"""Bills of materials in CycloneDX, of software, models and data.

*Reads* the JSON form of versions 1.2 to 1.7, known by `bomFormat`. Parts inside parts are counted as parts. A model or
a data set that the whole bill is about counts as one of them, an application or an environment does not. A licence
stands in a bill by id, by name or as an expression; the tool as a list of names (to 1.4) or of components and services.

*Says* how many parts, models and data sets are listed, under which licences, how many parts name no licence or no
version, how many models come with a card, and what wrote the bill when. A bill that says of itself that it is
incomplete, and one that lists nothing, is partial.

*Does not say* that the list is whole. Before 1.5 the form knew no models and no data, and then both counts are null.
What a card says of a model is not copied. The XML form is not read: convert it first.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from governance.collectors.reading import fields, moments
from governance.collectors.reading.doubts import Doubts
from governance.collectors.reading.interface import Marks, NotMine, OneFile, Tried, not_understood
from governance.domain.evidence import Collector, Subject, SubjectType
from governance.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from governance.collectors.reading.answers import Found
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

FORMAT = "CycloneDX"
LONGEST_LICENCE = 300
MOST_LICENCES = 1000
MODEL, DATA = "machine-learning-model", "data"
TEXT = "(a licence given as text)"
_VERSION = re.compile(r"(\d+)\.(\d+)")
_NO_LICENCE = frozenset(
    {"", "noassertion", "none", "unknown", "null", "n/a", "-", "license :: other/proprietary license :: unknown"}
)
_SETS = frozenset({"dataset", ""})


class CycloneDx(OneFile):
    """Finds one bill for each document."""

    noun = Collector(name="cyclonedx", version="1")
    kinds = ("sbom.v1",)
    tool = FORMAT
    tried = (
        Tried("1.2", "recorded", "2026-11-25"),
        Tried("1.4", "recorded", "2026-11-25"),
        Tried("1.5", "published", "2026-11-25"),
        Tried("1.6", "published", "2026-11-25"),
        Tried("1.6", "recorded", "2026-11-25"),
        Tried("1.7", "published", "2026-11-25"),
    )
    marks = Marks(form=("json", "xml"), any_of=(b'"bomFormat"', b"cyclonedx.org/schema/bom/"))

    def facts(self, folder: Folder, file: File) -> Iterable[Found]:
        """The bill."""
        if file.form == "xml":
            if b"<bom" not in file.head:
                raise NotMine("it only names the form")
            raise UnreadableError(
                "a bill in the XML form of CycloneDX, which is not read",
                hint="Write it as JSON: cyclonedx convert --input-file bom.xml --output-file bom.json.",
            )
        data = file.json()
        if not isinstance(data, dict) or data.get("bomFormat") != FORMAT:
            raise NotMine("no document of CycloneDX at the top")
        if "components" not in data and "metadata" not in data:
            raise NotMine("it lists no parts, only what else the form can hold")
        version = fields.plain(data, "specVersion", most=50)
        if version is None:
            raise not_understood(FORMAT, None, "it does not say which version of the form it follows")
        metadata = fields.table(data, "metadata")
        about = fields.table(metadata, "component")
        parts = list(_parts(data, about))
        doubts = _doubts(data, parts)
        tool = _tool(metadata)
        name = fields.name(about, "name")
        knows_models = _knows_models(version)
        licences: Counter[str] = Counter()
        for part in parts:
            licences.update(_licences(part))
        models = [part for part in parts if part.get("type") == MODEL]
        cards = [card for part in models if (card := fields.table(part, "modelCard"))]
        body = {
            "format": FORMAT,
            "spec_version": version,
            "subject": name,
            "tool": tool,
            "components": len(parts),
            "models": len(models) if models or knows_models else None,
            "data_sets": sum(map(_is_data_set, parts)) if knows_models else None,
            "without_version": sum(fields.plain(part, "version", most=1024) is None for part in parts),
            "without_licence": sum(not _licences(part) for part in parts),
            "licences": dict(licences.most_common(MOST_LICENCES)),
            "digest": file.sha256,
            "model_cards": len(cards) if knows_models else None,
            "card_data_sets": sum(len(fields.rows(fields.table(card, "modelParameters"), "datasets")) for card in cards)
            if knows_models
            else None,
        }
        yield self.found(
            folder,
            file,
            "sbom.v1",
            body,
            Subject(type=SubjectType.SYSTEM, name=name or "the parts of the system"),
            doubts=doubts,
            at=moments.of_text(metadata.get("timestamp")),
            tool=tool["name"],
            version=tool["version"],
        )


def _parts(data: dict[str, Any], about: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every part, those inside other parts after the one they are in."""
    if about.get("type") in (MODEL, DATA):
        yield about
    yield from _within(about)
    yield from _within(data)


def _within(holder: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for part in fields.rows(holder, "components"):
        if not isinstance(part, dict):
            raise UnreadableError("a component is not an object")
        yield part
        yield from _within(part)


def _knows_models(version: str) -> bool:
    """True from 1.5 on, which brought models, data and cards."""
    match = _VERSION.match(version)
    return bool(match) and (int(match[1]), int(match[2])) >= (1, 5) if match else False


def _is_data_set(part: dict[str, Any]) -> bool:
    """A part of type data is a data set, unless it says that it is configuration, code or something else."""
    if part.get("type") != DATA:
        return False
    sorts = [row.get("type", "") for row in fields.rows(part, "data") if isinstance(row, dict)]
    return not sorts or any(sort in _SETS for sort in sorts)


def _licences(part: dict[str, Any]) -> set[str]:
    """The licences a part names, each once."""
    made = set()
    for row in fields.rows(part, "licenses"):
        if not isinstance(row, dict):
            raise UnreadableError("a licence is not an object")
        held = fields.table(row, "license")
        said = next(
            (value for value in (held.get("id"), held.get("name"), row.get("expression")) if isinstance(value, str)), ""
        ).strip()
        if said.lower() not in _NO_LICENCE:
            # Packages paste whole licences where the name belongs.
            made.add(said if len(said) <= LONGEST_LICENCE and "\n" not in said else TEXT)
    return made


def _tool(metadata: dict[str, Any]) -> dict[str, str | None]:
    """What wrote the bill: the first application among the tools, else the first of them."""
    tools = metadata.get("tools")
    if isinstance(tools, dict):
        listed = fields.rows(tools, "components") + fields.rows(tools, "services")
    else:
        listed = fields.rows(metadata, "tools")
    named = [row for row in listed if isinstance(row, dict) and fields.text(row, "name")]
    first = next((row for row in named if row.get("type") == "application"), named[0] if named else {})
    name = fields.text(first, "name")
    return {"name": name[:200] if name else None, "version": fields.plain(first, "version")}


def _doubts(data: dict[str, Any], parts: list[dict[str, Any]]) -> Doubts:
    doubts = Doubts()
    if not parts:
        doubts.partial("the bill lists no part")
    for row in fields.rows(data, "compositions"):
        said = row.get("aggregate") if isinstance(row, dict) else None
        if isinstance(said, str) and said.startswith("incomplete"):
            doubts.partial("the bill says of itself that a list in it is incomplete")
    return doubts


COLLECTOR = CycloneDx()
