"""Incidents of the AI Incident Database (AIID), out of its snapshots.

*Reads* the tables of a snapshot as CSV: `incidents.csv`, known by `incident_id` and `Alleged deployer of AI system`,
and tables of classified incidents, known by `Incident ID` beside a risk domain.

*Says* how many incidents are listed, their numbers and days, and the risk domains where a table sorts them.

*Does not say* what happened to whom: titles, summaries, and the names of deployers and of people are not copied. A
table has no end mark, so one that was cut between two rows looks like a shorter one; rows that are not whole are an
error.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from governance.collectors.formats import csv_table
from governance.collectors.formats.incident_list import Entry, body, day_of
from governance.collectors.reading.doubts import Doubts
from governance.collectors.reading.interface import Marks, NotMine, OneFile, Tried
from governance.domain.evidence import Collector, Subject, SubjectType
from governance.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from governance.collectors.reading.answers import Found
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

_IDS = ("incident_id", "Incident ID")
_DATES = ("date", "Date")
_DOMAINS = ("Risk Domain", "Risk Subdomain")
_NUMBER = re.compile(r"\d{1,9}")


class Aiid(OneFile):
    """Finds one list of incidents for each table."""

    noun = Collector(name="aiid", version="1")
    kinds = ("public-incidents.v1",)
    tool = "AI Incident Database"
    tried = (Tried("snapshot tables of 2026", "written", "2026-11-25"),)
    marks = Marks(
        form="text",
        any_of=(b"incident_id", b"Incident ID"),
        pattern=re.compile(rb"\A(?:\xef\xbb\xbf)?[^\n]*(?:Alleged deployer|Risk Domain)[^\n]*\n"),
    )

    def facts(self, folder: Folder, file: File) -> Iterable[Found]:
        """The list."""
        table = csv_table.parse(file.data(csv_table.MAX_BYTES))
        key = next((name for name in _IDS if name in table.header), None)
        if key is None:
            raise NotMine("it has no column of incident numbers")
        date = next((name for name in _DATES if name in table.header), None)
        columns = [name for name in _DOMAINS if name in table.header]
        entries = []
        for line, row in table.rows:
            if not _NUMBER.fullmatch(row[key].strip()):
                raise UnreadableError(f"the row on line {line} names no incident number")
            domains = tuple(value[:200] for name in columns if (value := row[name].strip()))
            entries.append(Entry(row[key].strip(), day_of(row[date]) if date else None, domains))
        if not entries:
            raise UnreadableError("lists no incident")
        doubts = Doubts()
        undated = sum(entry.day is None for entry in entries)
        if undated:
            doubts.partial(f"{undated:,} of {len(entries):,} incidents have no day that can be read")
        subject = Subject(type=SubjectType.DOCUMENT, name="incidents of the AI Incident Database")
        yield self.found(folder, file, "public-incidents.v1", body(self.tool, entries), subject, doubts=doubts)


COLLECTOR = Aiid()
