"""The graphics processors as `nvidia-smi -q -x` prints them.

*Reads* XML whose outermost element is `nvidia_smi_log`, of the document types v10 to v13 and of later ones whose
fields hold: power as `power_readings` (v10, v11), `gpu_power_readings` with one draw (v12) or with an average and an
instant one (v13), with the limits in a section of their own, and the version of the driver as `kmd_version` (driver
610 and later).

*Says* the driver, CUDA, and for each processor its model, serial id, memory, whether it is cut into parts, whether
its memory corrects errors, what it drew and what it may draw. Fewer processors than are attached make it partial;
serial ids that were zeroed or redacted make it masked.

*Does not say* on which machine, for the tool names none, or when: its clock has no time zone. Nothing of Python or
packages. The energy of a run is not in it, one draw of power is none. Serial numbers and the names of processes are
left behind.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from governance.collectors.formats import nvidia_words, xml_tree
from governance.collectors.formats.nvidia_words import MAX_GPUS, NOT_NAMED, TOOL, Words
from governance.collectors.formats.xml_tree import Element
from governance.collectors.reading.doubts import Doubts
from governance.collectors.reading.interface import NotMine, OneFile, Tried, not_understood, recognised
from governance.domain.evidence import Collector
from governance.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from governance.collectors.reading.answers import Found
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

_MARK = b"<nvidia_smi_log"
_REPORT = re.compile(rb"^<nvidia_smi_log", re.MULTILINE)
_LIMITS = ("enforced_power_limit", "current_power_limit", "power_limit")


class NvidiaSmiXml(OneFile):
    """Finds one environment for each report."""

    noun = Collector(name="nvidia-smi-xml", version="1")
    kinds = (nvidia_words.KIND,)
    tool = TOOL
    tried = (
        Tried("DTD v10, driver 418", "published", "2026-11-25"),
        Tried("DTD v10, driver 460", "written", "2026-11-25"),
        Tried("DTD v11, driver 510, cut into parts", "published", "2026-11-25"),
        Tried("DTD v11, driver 515", "published", "2026-11-25"),
        Tried("DTD v12, drivers 525 to 570", "published", "2026-11-25"),
        Tried("DTD v12, driver 536", "published", "2026-11-25"),
        Tried("DTD v13, driver 595", "published", "2026-11-25"),
        Tried("driver 610", "written", "2026-11-25"),
    )

    def looks(self, folder: Folder, file: File) -> str | None:  # noqa: ARG002 - others look at the folder too
        """None for a report in XML."""
        return recognised(file, lambda: None if _MARK in nvidia_words.opening(file) else f"lacks {_MARK.decode()}")

    def facts(self, folder: Folder, file: File) -> Iterable[Found]:
        """The environment in one report."""
        data = nvidia_words.whole(file, xml_tree.MAX_BYTES)
        if len(_REPORT.findall(data)) > 1:
            raise UnreadableError("holds more than one report", hint="Attach each report as a file of its own")
        root = xml_tree.parse(data).root
        if root.tag != "nvidia_smi_log":
            raise NotMine("another document that mentions one of nvidia-smi")
        doubts = Doubts()
        words = Words(doubts, None)
        words.driver(root.text_of("kmd_version"), root.text_of("driver_version"))
        listed = list(root.all("gpu"))
        if len(listed) > MAX_GPUS:
            raise UnreadableError(f"more than {MAX_GPUS} graphics processors")
        gpus = [_gpu(each, words) for each in listed]
        nvidia_words.count_fits(root.text_of("attached_gpus"), len(gpus), words)
        if not gpus and root.text_of("attached_gpus") != "0":
            raise UnreadableError("lists no graphics processor and does not say that there is none")
        body = nvidia_words.record(
            gpus,
            driver=words.version,
            cuda=words.word(root.text_of("cuda_umd_version")) or words.word(root.text_of("cuda_version")),
            note="read from nvidia-smi -q -x",
            local_time=words.word(root.text_of("timestamp")),
        )
        yield self.found(folder, file, nvidia_words.KIND, body, NOT_NAMED, doubts=doubts, version=words.version)


def _gpu(gpu: Element, words: Words) -> dict[str, Any]:
    if gpu.first("product_name") is None and gpu.first("uuid") is None:
        raise not_understood(TOOL, words.version, "a gpu has neither product_name nor uuid")
    if gpu.first("fb_memory_usage", "total") is None:
        words.doubts.partial("the memory of a graphics processor is not in the file")
    power = gpu.first("gpu_power_readings") or gpu.first("power_readings") or Element("power_readings", {})
    parts = gpu.first("mig_devices")
    mig = words.flag(gpu.text_of("mig_mode", "current_mig"), "current_mig")
    return {
        "name": words.name(gpu.text_of("product_name")),
        "uuid": words.uuid(gpu.text_of("uuid")),
        "driver": words.version,
        "memory_bytes": words.memory(gpu.text_of("fb_memory_usage", "total"), "the memory"),
        "architecture": words.word(gpu.text_of("product_architecture")),
        "mig_enabled": mig,
        "mig_devices": len(list(parts.all("mig_device"))) if parts is not None and mig else None,
        "ecc_enabled": words.flag(gpu.text_of("ecc_mode", "current_ecc"), "current_ecc"),
        **words.power(
            power.text_of("power_draw"),
            power.text_of("average_power_draw"),
            power.text_of("instant_power_draw"),
            *(_below(power, limit) for limit in _LIMITS),
        ),
        "protected_memory_bytes": words.memory(
            gpu.text_of("cc_protected_memory_usage", "total"), "the protected memory"
        ),
    }


def _below(power: Element, tag: str) -> str | None:
    """The text of a limit, which stands directly in the section, or since driver 610 in one of its own below."""
    found = (part.text_of(tag) for part in (power, *power.children))
    return next((text for text in found if text is not None), None)


COLLECTOR = NvidiaSmiXml()
