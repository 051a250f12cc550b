"""Graphics processors as NVIDIA's DCGM exporter gives them out to Prometheus.

*Reads* its text (`DCGM_FI_…` metrics) with labels in any order and spelling (`Hostname`, `hostname`), by whatever
list of fields the exporter was set up. Values that stand for *no answer* (9223372036854775794 and its like) are null.

*Says* for each processor its model, serial id and driver as labelled, memory, draw and limit of power, into how many
parts it is cut, its counter of energy and the code of the last error (XID, a code and no count). Of two or more
snapshots of the same processors in one folder, it says the energy between the first and the last, as measured; a
counter that went back makes that failed.

*Does not say* when, unless the lines bear times: without them the order of two snapshots is that of their counters,
and a driver that was loaded again and counted past its old mark is not found out. Names of hosts, pods and containers
are left behind.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from governance.collectors.formats import energy_counters, nvidia_words, prometheus_text
from governance.collectors.formats.nvidia_words import MAX_GPUS, MIB, NOT_NAMED, Words
from governance.collectors.reading import moments
from governance.collectors.reading.doubts import Doubts
from governance.collectors.reading.interface import Marks, NotMine, OneFile, Tried, attempt, not_understood
from governance.domain.evidence import Collector, Subject, SubjectType
from governance.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from governance.collectors.formats.prometheus_text import Sample
    from governance.collectors.reading.answers import Found, NotRead
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

TOOL = "dcgm-exporter"
_NUMBERED = "number "
_DEVICE = "DCGM_FI_DEV_"
_ENERGY = "TOTAL_ENERGY_CONSUMPTION"
_BLANK = ((0x7FFFFFFFFFFFFFF0, 1 << 65), (0x800000000000, 0x800000000010))
_BLANK_SHORT = (0x7FFFFFF0, 0x7FFFFFFF)
"""No answer, of 64-bit and floating-point fields, and of 32-bit ones: `DCGM_INT64_BLANK` and its like (dcgm_structs.h)."""


@dataclass(frozen=True)
class _Snapshot:
    """One text: the values of each processor by field, its labels, and the latest time that a line bears."""

    file: File
    values: dict[str, dict[str, float | int | None]]
    labels: dict[str, dict[str, str]]
    parts: dict[str, set[str]]
    at: datetime | None

    def counters(self) -> dict[str, int]:
        """The counters of energy, by processor, of those that count."""
        told = ((key, values.get(_ENERGY)) for key, values in self.values.items())
        return {key: int(value) for key, value in told if value is not None}


class DcgmMetrics(OneFile):
    """Finds one environment for each text, and the energy between those of one folder."""

    noun = Collector(name="dcgm-metrics", version="1")
    kinds = (nvidia_words.KIND, energy_counters.KIND)
    tool = TOOL
    tried = (
        Tried("2.x", "published", "2026-11-25"),
        Tried("4.x", "written", "2026-11-25"),
    )
    marks = Marks(form="text", pattern=re.compile(rb"^DCGM_FI_[A-Z0-9_]+[ \t]*\{", re.MULTILINE))

    def read(self, folder: Folder) -> Iterator[Found | NotRead]:
        """Yield what each text says, then what several of them say together."""
        snapshots: list[_Snapshot] = []
        for file in list(folder.files.values()):
            if self.looks(folder, file) is None:
                yield from attempt(file, partial(self._environment, folder, file, snapshots), self.noun.name)
        groups: dict[tuple[str, ...], list[_Snapshot]] = {}
        for snapshot in snapshots:
            groups.setdefault(tuple(sorted(snapshot.counters())), []).append(snapshot)
        for cards, group in groups.items():
            if cards and len({each.file.sha256 for each in group}) > 1:
                yield self._energy(folder, group)

    def facts(self, folder: Folder, file: File) -> Iterable[Found]:
        """The environment in one text."""
        return self._environment(folder, file, [])

    def _environment(self, folder: Folder, file: File, snapshots: list[_Snapshot]) -> Iterable[Found]:
        snapshot = _snapshot(file)
        doubts = Doubts()
        drivers = {labels.get("DCGM_FI_DRIVER_VERSION") for labels in snapshot.labels.values()}
        words = Words(doubts, None)
        driver = words.word(drivers.pop()) if len(drivers) == 1 else None
        gpus = [_gpu(snapshot, key, words) for key in snapshot.values]
        if not any(value is not None for values in snapshot.values.values() for value in values.values()):
            doubts.failed("no value of any graphics processor is an answer")
        body = nvidia_words.record(gpus, driver=driver, cuda=None, note="read from the metrics of DCGM's exporter")
        snapshots.append(snapshot)
        yield self.found(folder, file, nvidia_words.KIND, body, NOT_NAMED, doubts=doubts, at=snapshot.at)

    def _energy(self, folder: Folder, group: list[_Snapshot]) -> Found:
        """The energy between the first and the last of several snapshots of the same processors."""
        doubts = Doubts()
        ordered = _in_order(group)
        first, last = ordered[0], ordered[-1]
        seconds = (last.at - first.at).total_seconds() if first.at and last.at else None
        counts = [each.counters() for each in ordered]
        cards: list[dict[str, Any]] = []
        if any(energy_counters.went_back(counts[place], each) for place, each in enumerate(counts[1:])):
            doubts.failed("a counter went back between two snapshots, so the driver was loaded again in between")
        else:
            cards = energy_counters.between(counts[0], counts[-1], seconds, doubts)
        told = [{**card, "uuid": None if card["uuid"].startswith(_NUMBERED) else card["uuid"]} for card in cards]
        body = energy_counters.body(told, tool="dcgm", version=None, seconds=seconds, doubts=doubts)
        subject = Subject(type=SubjectType.RUN, name=f"between two snapshots in {folder.name}"[:500])
        return self.found(
            folder, last.file, energy_counters.KIND, body, subject, doubts=doubts, at=last.at, beside=[first.file]
        )


def _in_order(group: list[_Snapshot]) -> list[_Snapshot]:
    """By the times they bear; where one bears none, by their counters, which only grow."""
    times = [each.at for each in group if each.at]
    if len(times) == len(group):
        return [each for _, each in sorted(zip(times, group, strict=True), key=lambda pair: pair[0])]
    return sorted(group, key=lambda each: sum(each.counters().values()))


def _snapshot(file: File) -> _Snapshot:
    """The samples about graphics processors, by serial id; where that is not labelled, by number."""
    snapshot = _Snapshot(file, {}, {}, {}, None)
    times: list[float] = []
    for key, sample in _keyed(prometheus_text.parse(file.data(prometheus_text.MAX_BYTES)).samples):
        if len(snapshot.values) > MAX_GPUS:
            raise UnreadableError(f"more than {MAX_GPUS} graphics processors")
        values = snapshot.values.setdefault(key, {})
        snapshot.labels.setdefault(key, {}).update({name: text for name, text in sample.labels.items() if text})
        if part := sample.labels.get("GPU_I_ID"):
            snapshot.parts.setdefault(key, set()).add(part)
        if sample.at is not None:
            times.append(sample.at)
        name = sample.name.removeprefix(_DEVICE)
        # Memory is counted for each part of a processor that is cut, everything else for the whole.
        if name != sample.name and not (name.startswith("FB_") and sample.labels.get("GPU_I_ID")):
            value = _answer(name, sample)
            if values.get(name) is None:
                values[name] = value
    if not snapshot.values:
        raise NotMine("no metric of a graphics processor")
    return _Snapshot(
        file, snapshot.values, snapshot.labels, snapshot.parts, moments.of_epoch(max(times)) if times else None
    )


def _keyed(samples: Iterable[Sample]) -> Iterator[tuple[str, Sample]]:
    """Each sample about a processor, by key: a line without serial id goes with the processor of its number, if any."""
    keyed = [(key, sample) for sample in samples if (key := _processor(sample)) is not None]
    of_number: dict[str | None, set[str]] = {}
    for key, sample in keyed:
        if not key.startswith(_NUMBERED):
            of_number.setdefault(sample.labels.get("gpu"), set()).add(key)
    for key, sample in keyed:
        same = of_number.get(sample.labels.get("gpu"), set())
        yield next(iter(same)) if key.startswith(_NUMBERED) and len(same) == 1 else key, sample


def _processor(sample: Sample) -> str | None:
    if not sample.name.startswith("DCGM_FI_"):
        return None
    uuid, number = _uuid(sample.labels), sample.labels.get("gpu")
    # Serial ids that were zeroed are all the same; the number still tells the processors apart.
    if uuid and not (number and nvidia_words.is_masked(uuid)):
        return uuid
    return f"{_NUMBERED}{number}" if number else None


def _uuid(labels: dict[str, str]) -> str | None:
    return labels.get("UUID") or labels.get("uuid")


def _answer(name: str, sample: Sample) -> float | int | None:
    """The value, or None where it stands for no answer."""
    value = sample.value
    if not math.isfinite(value) or any(least <= value < most for least, most in _BLANK):
        return None
    if name != _ENERGY and _BLANK_SHORT[0] <= value <= _BLANK_SHORT[1]:
        return None
    if value < 0:
        raise not_understood(TOOL, None, f"line {sample.line}: {sample.name} is less than zero")
    return value


def _gpu(snapshot: _Snapshot, key: str, words: Words) -> dict[str, Any]:
    values, labels = snapshot.values[key], snapshot.labels[key]
    sizes = [values.get(name) for name in ("FB_FREE", "FB_USED", "FB_RESERVED")]
    known = [size for size in sizes if size is not None]
    total = values.get("FB_TOTAL")
    # Without the reserved part the two others are less than the whole, by how much nobody can tell.
    mebibytes = total if total is not None else sum(known) if len(known) == len(sizes) else None
    xid, energy = values.get("XID_ERRORS"), values.get(_ENERGY)
    limit = values.get("ENFORCED_POWER_LIMIT", values.get("POWER_MGMT_LIMIT"))
    cut = key in snapshot.parts
    return {
        "name": words.name(labels.get("modelName")),
        "uuid": words.uuid(_uuid(labels)),
        "driver": words.word(labels.get("DCGM_FI_DRIVER_VERSION")),
        "memory_bytes": None if mebibytes is None else int(mebibytes * MIB),
        "mig_enabled": cut or None,
        "mig_devices": len(snapshot.parts[key]) if cut else None,
        "power_draw_watts": values.get("POWER_USAGE"),
        "power_draw_method": None,
        "power_limit_watts": limit,
        "energy_millijoules": None if energy is None else int(energy),
        "last_error_code": None if xid is None else int(xid),
    }


COLLECTOR = DcgmMetrics()
