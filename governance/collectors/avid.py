"""Reports and vulnerabilities of the AI Vulnerability Database (AVID).

*Reads* the JSON of a report or of a vulnerability in data versions 0.1 to 0.3, known by `data_type` AVID: one to a
file.

*Says* its id, the day it was reported or published, the risk domains and parts of the AVID taxonomy it is sorted under,
and which models or systems it names.

*Does not say* what was found, since descriptions may hold harmful text, nor who reported it. That your own model is
named does not mean that the report holds for your weights.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from governance.collectors.formats.incident_list import Entry, body, day_of
from governance.collectors.reading import fields
from governance.collectors.reading.doubts import Doubts
from governance.collectors.reading.interface import Marks, NotMine, OneFile, Tried, not_understood
from governance.domain.evidence import Collector, Subject, SubjectType

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from governance.collectors.reading.answers import Found
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

MOST_NAMES = 50


class Avid(OneFile):
    """Finds one entry for each document."""

    noun = Collector(name="avid", version="1")
    kinds = ("public-incidents.v1",)
    tool = "AVID"
    tried = (
        Tried("0.1", "written", "2026-11-25"),
        Tried("0.3.3", "published", "2026-11-25"),
    )
    marks = Marks(form="json", words=(b'"data_type"', b'"AVID"', b'"problemtype"'))

    def facts(self, folder: Folder, file: File) -> Iterable[Found]:
        """The entry."""
        data = file.json()
        if not isinstance(data, dict) or data.get("data_type") != "AVID":
            raise NotMine("no entry of AVID at the top")
        version = fields.plain(data, "data_version")
        metadata = fields.table(data, "metadata")
        identity = fields.text(metadata, "report_id", most=100) or fields.text(metadata, "vuln_id", most=100)
        if identity is None:
            raise not_understood(self.tool, version, "the entry has no id")
        taxonomy = fields.table(fields.table(data, "impact"), "avid")
        domains = [*fields.texts(taxonomy, "risk_domain", most=200), *_views(taxonomy)]
        day = next(filter(None, (day_of(data.get(key)) for key in ("reported_date", "published_date"))), None)
        doubts = Doubts()
        if not domains:
            doubts.partial("the entry is sorted under no domain")
        entry = Entry(identity, day, tuple(domains[:MOST_NAMES]), tuple(_systems(fields.table(data, "affects"))))
        yield self.found(
            folder,
            file,
            "public-incidents.v1",
            body("AVID", [entry]),
            Subject(type=SubjectType.DOCUMENT, name=identity),
            doubts=doubts,
            version=version,
        )


def _views(taxonomy: dict[str, Any]) -> Iterator[str]:
    """The parts of the taxonomy: texts since 0.2, objects with id and name before."""
    for row in fields.rows(taxonomy, "sep_view"):
        said = row
        if isinstance(row, dict):
            said = ": ".join(filter(None, (fields.text(row, "id"), fields.text(row, "name"))))
        if isinstance(said, str) and said.strip():
            yield said.strip()[:200]


def _systems(affects: dict[str, Any]) -> list[str]:
    """The names of models and systems; `artifact` before 0.2, `artifacts` since."""
    rows = fields.rows(affects, "artifacts") + fields.rows(affects, "artifact")
    named = [fields.text(row, "name") for row in rows if isinstance(row, dict)]
    return [name[:200] for name in named if name][:MOST_NAMES]


COLLECTOR = Avid()
