"""NVIDIA's cards, by NVML.

How good its power is, as far as anybody has said: nvidia-smi (`--help-query-gpu`) states ±5 W; the reference of
`nvmlDeviceGetPowerUsage` states ±5 % for Fermi and Kepler, an average of one second for Ampere and later without GA100,
and the draw of the moment for GA100 and earlier. Z. Yang, K. Adamek and W. Armour ("Part-time Power Measurements:
nvidia-smi's Lack of Attention", 2023, arXiv 2312.02741; SC 2024) measured over 70 cards, and found that on A100 and H100
only a quarter of the time is seen by the sensor. So energy is taken from the counter of the card, where it has one
(Volta and later), and not reckoned from power.
"""

from __future__ import annotations

import re
from typing import Any

from governance.collectors.formats import nvml_driver
from governance.collectors.formats.nvml_driver import ask, switch, whole, word

_REASONS = {
    0x1: "gpu_idle",
    0x2: "applications_clocks_setting",
    0x4: "sw_power_cap",
    0x8: "hw_slowdown",
    0x10: "sync_boost",
    0x20: "sw_thermal_slowdown",
    0x40: "hw_thermal_slowdown",
    0x80: "hw_power_brake_slowdown",
    0x100: "display_clocks_setting",
    0x200: "board_limit",
    0x400: "reliability",
}
"""`nvmlClocksEventReason…` of nvml.h, by the names of nvidia-smi."""
_CORRECTED, _UNCORRECTED, _VOLATILE = 0, 1, 0
_PERCENT = 100
_KEPLER, _AMPERE, _UNKNOWN = 2, 7, 0xFFFFFFFF
"""`NVML_DEVICE_ARCH_…` of nvml.h."""
_GA100 = re.compile(r"\b(?:A100X?|A800|A30X?)\b")
_PART_TIME = re.compile(r"\b(?:A100X?|H100)\b")
_NVML = "NVML reference, nvmlDeviceGetPowerUsage"
_SMI = "nvidia-smi --help-query-gpu"
_PAPER = "Yang, Adamek, Armour 2023, arXiv 2312.02741"


def cards() -> list[NvidiaCard]:
    """Every card that NVML shows; none where the library is not there. Raises `OSError` where it is there and does not answer."""
    nvml, note = nvml_driver.opened()
    if nvml is None:
        if note == nvml_driver.NO_LIBRARY or "not installed" in note:
            return []
        raise OSError(note)
    driver = word(ask(nvml, "SystemGetDriverVersion"))
    handles = nvml_driver.handles(nvml)
    return [NvidiaCard(nvml, handle, index, driver) for index, handle in enumerate(handles) if handle is not None]


def power_error(architecture: int | None, name: str) -> dict[str, Any]:
    """What is known of the error of a power reading: as stated by the maker, and the share of the time that its sensor sees.

    `watts` or `percent` is ± around the reading; `averaged_seconds` is 0 for the draw of the moment; null is *nobody said*.
    """
    old = architecture is not None and architecture <= _KEPLER
    averaged = None
    if architecture is not None and architecture < _UNKNOWN:
        averaged = 1.0 if architecture >= _AMPERE and not _GA100.search(name) else 0.0
    part_time = _PART_TIME.search(name) is not None
    return {
        "watts": None if old else 5.0,
        "percent": 5.0 if old else None,
        "averaged_seconds": averaged,
        "seen_share": 0.25 if part_time else None,
        "sources": [_NVML] if old else [_SMI, _NVML, *([_PAPER] if part_time else [])],
    }


class NvidiaCard:
    """One card, as NVML knows it."""

    def __init__(self, nvml: Any, handle: Any, index: int, driver: str | None) -> None:
        self._nvml, self._handle = nvml, handle
        self._cut = switch(self._ask("MigMode"))
        name = word(self._ask("Name")) or "not told"
        self.about = {
            "index": index,
            "uuid": word(self._ask("UUID")),
            "name": name,
            "vendor": "nvidia",
            "driver": driver,
            "memory_bytes": whole(getattr(self._ask("MemoryInfo"), "total", None)),
            "mig_enabled": self._cut,
            "power_error": power_error(whole(self._ask("Architecture")), name),
        }

    def read(self) -> dict[str, Any]:
        """What changes from moment to moment. A card that is cut into parts does not tell how busy it is, whatever its driver answers."""
        busy = None if self._cut else whole(getattr(self._ask("UtilizationRates"), "gpu", None))
        power = whole(self._ask("PowerUsage"))
        temperature = self._ask("TemperatureV", 0)
        return {
            "utilization_percent": busy if busy is not None and busy <= _PERCENT else None,
            "memory_used_bytes": self._used(self._handle),
            "power_watts": None if power is None else power / 1000,
            "sm_clock_mhz": whole(self._ask("ClockInfo", nvml_driver.SM_CLOCK)),
            "memory_clock_mhz": whole(self._ask("ClockInfo", nvml_driver.MEMORY_CLOCK)),
            "temperature_celsius": whole(self._ask("Temperature", 0) if temperature is None else temperature),
            "throttle_reasons": self._reasons(),
        }

    def counters(self) -> dict[str, Any]:
        """Energy since the driver was loaded, errors of the memory since then, and the parts that the card is cut into."""
        parts = nvml_driver.parts(self._nvml, self._handle) if self._cut else None
        return {
            "energy_millijoules": nvml_driver.energy(self._nvml, self._handle),
            "ecc_corrected": whole(self._ask("TotalEccErrors", _CORRECTED, _VOLATILE)),
            "ecc_uncorrected": whole(self._ask("TotalEccErrors", _UNCORRECTED, _VOLATILE)),
            "mig_devices": None if parts is None else [self._part(part) for part in parts],
        }

    def _ask(self, name: str, *arguments: Any) -> Any:
        return ask(self._nvml, f"DeviceGet{name}", self._handle, *arguments)

    def _used(self, handle: Any) -> int | None:
        """Bytes of its memory that are taken, without what the driver keeps for itself where the newer form of the call tells it apart."""
        newer = getattr(self._nvml, "nvmlMemory_v2", None)
        info = None if newer is None else ask(self._nvml, "DeviceGetMemoryInfo", handle, newer)
        return whole(getattr(info or ask(self._nvml, "DeviceGetMemoryInfo", handle), "used", None))

    def _reasons(self) -> list[str] | None:
        bits = whole(self._ask("CurrentClocksEventReasons"))
        if bits is None:
            bits = whole(self._ask("CurrentClocksThrottleReasons"))
        if bits is None:
            return None
        set_ = [1 << place for place in range(bits.bit_length()) if bits >> place & 1]
        return [_REASONS.get(bit, f"bit_{bit:#x}") for bit in set_]

    def _part(self, handle: Any) -> dict[str, Any]:
        return {
            "uuid": word(ask(self._nvml, "DeviceGetUUID", handle)),
            "memory_bytes": whole(getattr(ask(self._nvml, "DeviceGetMemoryInfo", handle), "total", None)),
            "memory_used_bytes": self._used(handle),
            "utilization_percent": None,
        }
