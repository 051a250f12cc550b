"""Energy that was read off the counters of graphics cards, before and after a piece of work.

*Reads* a JSON object with `schema: govern-energy.v1`: `start` and `end`, each with `taken_at` (a moment with its
zone), the version of the `driver` and `counters`, which name each card by its `uuid` and give its `millijoules`, as
NVML and DCGM count them. Beside them may stand `source` (nvml or dcgm), `activity`, `run` and `output_dir`, the
folder in which the work put its results.

*Says* the kilowatt-hours of the cards between the two readings, all together and one by one, as measured. A counter
that went back, another driver at the end, or more watts than a card can draw: not read. A card that only one reading
has, or whose counter stood still, makes it partial; cards whose serial id was taken out make it masked; no energy at
all is failed.

*Does not say* what processors, memory and cooling took, or that nobody else worked on the same cards in the meantime.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from governance.collectors.formats import energy_counters
from governance.collectors.reading import fields, moments
from governance.collectors.reading.doubts import Doubts
from governance.collectors.reading.interface import Marks, NotMine, OneFile, Tried
from governance.domain.evidence import Collector, Subject, SubjectType
from governance.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from governance.collectors.reading.answers import Found
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

SCHEMA = "govern-energy.v1"
_SOURCES = ("nvml", "dcgm")
_HIDDEN = re.compile(r"(?:GPU-)?[0xX-]+|.*redacted.*", re.IGNORECASE)
MOST_CARDS = 1024


class EnergyCounter(OneFile):
    """Finds the energy of one piece of work for each record."""

    noun = Collector(name="energy-counter", version="1")
    kinds = (energy_counters.KIND,)
    tool = SCHEMA
    tried = (Tried(SCHEMA, "written", "2026-11-25"),)
    marks = Marks(form="json", words=(SCHEMA.encode(), b'"schema"'))

    def facts(self, folder: Folder, file: File) -> Iterable[Found]:
        """The energy in one record."""
        value = file.json()
        if not isinstance(value, dict) or value.get("schema") != SCHEMA:
            raise NotMine("a document that only mentions the schema")
        doubts = Doubts()
        source = fields.text(value, "source") or "nvml"
        if source not in _SOURCES:
            raise UnreadableError(f"source is not one of {', '.join(_SOURCES)}")
        (began, driver, start), (ended, driver_at_end, end) = _reading(value, "start"), _reading(value, "end")
        if ended <= began:
            raise UnreadableError("the reading at the end was not taken after the one at the start")
        if driver != driver_at_end:
            raise UnreadableError("the driver is another one at the end, so the counters began anew in between")
        if None in (*start, *end):
            doubts.masked("the serial ids of the graphics cards were taken out")
        seconds = (ended - began).total_seconds()
        cards = energy_counters.between(_by_id(start), _by_id(end), seconds, doubts)
        output_dir = fields.text(value, "output_dir")
        run = fields.name(value, "run", most=200)
        body = energy_counters.body(
            [{**card, "uuid": card["uuid"] or None} for card in cards],
            tool=source,
            version=driver,
            seconds=seconds,
            doubts=doubts,
            run=run,
            output_dir=output_dir,
        )
        body["activity"] = fields.name(value, "activity", most=200)
        name = run or output_dir or "run without a name"
        subject = Subject(type=SubjectType.RUN, name=name)
        yield self.found(
            folder, file, energy_counters.KIND, body, subject, doubts=doubts, at=ended, tool=source, version=driver
        )


def _reading(value: dict[str, Any], key: str) -> tuple[datetime, str | None, dict[str | None, int]]:
    """When a reading was taken, by which driver, and the counts by serial id; None where that was taken out."""
    reading = fields.table(value, key)
    taken_at = moments.of_text(fields.text(reading, "taken_at"))
    if taken_at is None:
        raise UnreadableError(f"{key} has no taken_at with a time zone")
    counters = fields.rows(reading, "counters")
    if not 0 < len(counters) <= MOST_CARDS:
        raise UnreadableError(f"{key} has no counters, or more than {MOST_CARDS}")
    counts: dict[str | None, int] = {}
    for row in counters:
        counter = fields.table({"counter": row}, "counter")
        uuid = fields.name(counter, "uuid", most=200)
        count = fields.whole(counter, "millijoules", least=0)
        if count is None:
            raise UnreadableError(f"a counter at the {key} has no millijoules")
        uuid = None if uuid is None or _HIDDEN.fullmatch(uuid) else uuid
        if uuid in counts:
            raise UnreadableError(f"two counters at the {key} have the same serial id, or none")
        counts[uuid] = count
    return taken_at, fields.text(reading, "driver", most=100), counts


def _by_id(counts: dict[str | None, int]) -> dict[str, int]:
    return {uuid or "": count for uuid, count in counts.items()}


COLLECTOR = EnergyCounter()
