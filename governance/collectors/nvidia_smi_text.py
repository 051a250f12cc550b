"""The graphics processors as `nvidia-smi -q` prints them for people.

*Reads* the report that begins with `NVSMI LOG`: names and values in columns, sections by their indent, of drivers
since 450.

*Says* the same as the reader of `nvidia-smi -q -x`: driver, CUDA, and for each processor its model, serial id,
memory, whether it is cut into parts, whether its memory corrects errors, what it drew and what it may draw. Fewer
processors than are attached, a processor whose report ends before its processes are listed, and strange lines make it
partial; serial ids that were zeroed or redacted make it masked.

*Does not say* on which machine or when: the clock has no time zone. Serial numbers and the names of processes are
left behind. A warning that the tool printed below the report is counted and not copied.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from governance.collectors.formats import nvidia_words, plain_text
from governance.collectors.formats.nvidia_words import MAX_GPUS, NOT_NAMED, TOOL, Words
from governance.collectors.reading.doubts import Doubts
from governance.collectors.reading.interface import OneFile, Tried, recognised
from governance.domain.evidence import Collector
from governance.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from governance.collectors.reading.answers import Found
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

_TITLE = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*={3,}\s*NVSMI LOG\s*={3,}\s*\n")
_FAILED = re.compile(
    rb"\A(?:\xef\xbb\xbf)?(?:NVIDIA-SMI has failed because|Failed to initialize NVML:|No devices were found\s*\Z)"
)
_OVERVIEW = re.compile(rb"\A(?:\xef\xbb\xbf)?(?:[^\n+|]{1,80}\n)?\+-{20,}\+\s*\n\| NVIDIA-SMI ")
"""The table with a frame that `nvidia-smi` prints by itself, below the day in most versions."""
_GPU = re.compile(r"GPU [0-9A-Fa-f]{4,8}:[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}\.[0-9A-Fa-f]")
_INDENT = 4
MAX_BYTES = 8 * 1024 * 1024
_CEILING = "gpu ceiling power limit"
"""The section of its own in which the limits stand since driver 610."""
_POWER = ("gpu power readings", "power readings")

Section = dict[tuple[str, ...], str]
"""Values by the names above them, in small letters; the first of each."""


class NvidiaSmiText(OneFile):
    """Finds one environment for each report."""

    noun = Collector(name="nvidia-smi-text", version="1")
    kinds = (nvidia_words.KIND,)
    tool = TOOL
    tried = (
        Tried("driver 470", "written", "2026-11-25"),
        Tried("driver 590", "published", "2026-11-25"),
        Tried("driver 610", "written", "2026-11-25"),
    )

    def looks(self, folder: Folder, file: File) -> str | None:  # noqa: ARG002 - others look at the folder too
        """None for a report as text, and for the one line that is printed where there is none."""
        return recognised(file, lambda: _missing(file))

    def facts(self, folder: Folder, file: File) -> Iterable[Found]:
        """The environment in one report."""
        doubts = Doubts()
        data = nvidia_words.whole(file, MAX_BYTES)
        if _FAILED.match(data):
            raise UnreadableError(
                "nvidia-smi came to no report: it found no graphics processor, or its driver did not answer"
            )
        if _OVERVIEW.match(data):
            raise UnreadableError(
                "the overview of nvidia-smi, which cuts names short and gives no serial ids",
                hint="Run nvidia-smi -q -x instead, and keep what it prints",
            )
        machine, gpus = _sections(data, doubts)
        words = Words(doubts, None)
        words.driver(machine.get(("kmd version",)), machine.get(("driver version",)))
        told = machine.get(("attached gpus",))
        nvidia_words.count_fits(told, len(gpus), words)
        if not gpus and told != "0":
            raise UnreadableError("lists no graphics processor and does not say that there is none")
        body = nvidia_words.record(
            [_gpu(gpu, words) for gpu in gpus],
            driver=words.version,
            cuda=words.word(machine.get(("cuda umd version",))) or words.word(machine.get(("cuda version",))),
            note="read from nvidia-smi -q",
            local_time=words.word(machine.get(("timestamp",))),
        )
        yield self.found(folder, file, nvidia_words.KIND, body, NOT_NAMED, doubts=doubts, version=words.version)


def _missing(file: File) -> str | None:
    text = nvidia_words.opening(file)
    return None if any(mark.match(text) for mark in (_TITLE, _FAILED, _OVERVIEW)) else "does not begin with NVSMI LOG"


def _lines(data: bytes) -> list[str]:
    """The lines, each with a character in it; raises for what is no text, or has no end."""
    text = plain_text.decoded(data)
    if not text.endswith("\n"):
        raise UnreadableError("the last line has no end", hint="The report was cut off; run nvidia-smi -q again")
    lines = [line.rstrip("\r") for line in text.split("\n") if line.strip()]
    if sum(line.startswith("=") and "NVSMI LOG" in line for line in lines) > 1:
        raise UnreadableError("holds more than one report", hint="Attach each report as a file of its own")
    return lines[1:]


def _sections(data: bytes, doubts: Doubts) -> tuple[Section, list[Section]]:
    """What stands above the processors, and each processor."""
    machine: Section = {}
    gpus: list[Section] = []
    above: list[str] = []
    strange = 0
    heading = False
    for line in _lines(data):
        bare = line.strip()
        name, colon, value = (part.strip() for part in bare.partition(" : "))
        depth = (len(line) - len(line.lstrip(" "))) // _INDENT
        if depth == 0 and _GPU.fullmatch(bare):
            gpus.append({})
            if len(gpus) > MAX_GPUS:
                raise UnreadableError(f"more than {MAX_GPUS} graphics processors")
        elif depth == 0 and colon and not gpus:
            machine.setdefault((name.lower(),), value)
        elif depth == 0 or not gpus:
            # A section of the whole machine, as on a host of virtual processors: a heading and what is indented below it.
            below = depth > 0 and not gpus
            strange += -heading if below else 1
            heading = depth == 0 and not gpus and not colon
        else:
            above = [*above[: depth - 1], (name if colon else bare).lower()]
            gpus[-1].setdefault(tuple(above), value)
            if above[-1] == "mig device":
                gpus[-1][("mig devices",)] = str(int(gpus[-1].get(("mig devices",), "0")) + 1)
    if strange:
        doubts.partial(f"{strange} lines that are no part of a report, such as a warning of the driver")
    return machine, gpus


def _gpu(gpu: Section, words: Words) -> dict[str, Any]:
    if ("product name",) not in gpu and ("gpu uuid",) not in gpu:
        raise UnreadableError(
            "a GPU has neither a Product Name nor a GPU UUID: only a part of the report was asked for, or it was cut",
            hint="Run nvidia-smi -q without -d",
        )
    if ("processes",) not in gpu:
        words.doubts.partial(
            "the report of a graphics processor ends before its processes, so it was cut or not asked for whole"
        )
    if ("fb memory usage", "total") not in gpu:
        words.doubts.partial("the memory of a graphics processor is not in the file")
    mig = words.flag(gpu.get(("mig mode", "current")), "MIG Mode")
    devices = gpu.get(("mig devices",))
    part = next((name for name in _POWER if (name,) in gpu), _POWER[0])
    power = (
        "power draw", "average power draw", "instantaneous power draw",
        "enforced power limit", "current power limit", "power limit",
    )  # fmt: skip
    return {
        "name": words.name(gpu.get(("product name",))),
        "uuid": words.uuid(gpu.get(("gpu uuid",))),
        "driver": words.version,
        "memory_bytes": words.memory(gpu.get(("fb memory usage", "total")), "the memory"),
        "architecture": words.word(gpu.get(("product architecture",))),
        "mig_enabled": mig,
        "mig_devices": int(devices) if mig and devices else None,
        "ecc_enabled": words.flag(gpu.get(("ecc mode", "current")), "ECC Mode"),
        **words.power(*(gpu.get((part, name)) or gpu.get((part, _CEILING, name)) for name in power)),
        "protected_memory_bytes": words.memory(
            gpu.get(("conf compute protected memory usage", "total")), "the protected memory"
        ),
    }


COLLECTOR = NvidiaSmiText()
