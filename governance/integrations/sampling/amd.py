"""AMD's cards, by `amdsmi`, which comes with ROCm. It is no dependency: where it is not installed, no card of AMD is watched.

It is imported only where the driver (`amdgpu`) is loaded, because importing it elsewhere prints to standard output.
What it can not tell is the text "N/A", or an error. Its energy is a count and the millionths of a joule that each count
stands for. AMD states no error of its power; the older cards average it and the newer ones tell the draw of the moment,
and the interface says which of the two it gives.
"""

from __future__ import annotations

from importlib import import_module, util
from pathlib import Path
from typing import Any

_DRIVER = Path("/sys/module/amdgpu")
_MEBIBYTE = 1 << 20
_PERCENT = 100
_LIMITS = (
    ("active_prochot_thrm", "hw_thermal_slowdown"),
    ("active_socket_thrm", "socket_thermal_slowdown"),
    ("active_vr_thrm", "regulator_thermal_slowdown"),
    ("active_hbm_thrm", "memory_thermal_slowdown"),
    ("active_ppt_pwr", "sw_power_cap"),
)
"""What `amdsmi_get_violation_status` says holds the clocks down, and how it is called here."""
_POWERS = (("current_socket_power", 0.0), ("average_socket_power", None), ("socket_power", None))
"""Fields of `amdsmi_get_power_info` in watts, and over how long each is averaged: nothing, or nobody says."""


def cards(driver: Path = _DRIVER) -> list[AmdCard]:
    """Every card that amdsmi shows; none without the driver or the library. Raises what amdsmi raises where it does not answer."""
    if not driver.exists() or util.find_spec("amdsmi") is None:
        return []
    amdsmi = import_module("amdsmi")
    amdsmi.amdsmi_init()
    return [AmdCard(amdsmi, handle, index) for index, handle in enumerate(amdsmi.amdsmi_get_processor_handles())]


class AmdCard:
    """One card, as amdsmi knows it."""

    def __init__(self, smi: Any, handle: Any, index: int) -> None:
        self._smi, self._handle = smi, handle
        memory = self._number(self._ask("gpu_vram_usage"), "vram_total")
        self.about = {
            "index": index,
            "uuid": _word(self._ask("gpu_device_uuid")),
            "name": _word(_field(self._ask("gpu_asic_info"), "market_name")) or "not told",
            "vendor": "amd",
            "driver": _word(_field(self._ask("gpu_driver_info"), "driver_version")),
            "memory_bytes": None if memory is None else int(memory * _MEBIBYTE),
            "mig_enabled": None,
            "power_error": {
                "watts": None,
                "percent": None,
                "averaged_seconds": self._power()[1],
                "seen_share": None,
                "sources": ["amdsmi, amdsmi_get_power_info"],
            },
        }

    def read(self) -> dict[str, Any]:
        """What changes from moment to moment."""
        busy = self._number(self._ask("gpu_activity"), "gfx_activity")
        used = self._number(self._ask("gpu_vram_usage"), "vram_used")
        return {
            "utilization_percent": busy if busy is not None and busy <= _PERCENT else None,
            "memory_used_bytes": None if used is None else int(used * _MEBIBYTE),
            "power_watts": self._power()[0],
            "sm_clock_mhz": self._clock("GFX"),
            "memory_clock_mhz": self._clock("MEM"),
            "temperature_celsius": self._temperature(),
            "throttle_reasons": self._reasons(),
        }

    def counters(self) -> dict[str, Any]:
        """Energy since the driver was loaded, and errors of the memory."""
        energy, errors = self._ask("energy_count"), self._ask("gpu_total_ecc_count")
        count = self._number(energy, "energy_accumulator")
        count = self._number(energy, "power") if count is None else count  # its name before ROCm 6.1
        each = self._number(energy, "counter_resolution")
        return {
            "energy_millijoules": None if count is None or not each else round(count * each / 1000),
            "ecc_corrected": self._number(errors, "correctable_count"),
            "ecc_uncorrected": self._number(errors, "uncorrectable_count"),
            "mig_devices": None,
        }

    def _ask(self, name: str, *arguments: Any) -> Any:
        """The answer of `amdsmi_get_<name>`, or None: each call may be unsupported, and each may be missing."""
        try:
            return getattr(self._smi, f"amdsmi_get_{name}")(self._handle, *arguments)
        except Exception:
            return None

    def _power(self) -> tuple[float | None, float | None]:
        said = self._ask("power_info")
        for name, averaged in _POWERS:
            watts = self._number(said, name)
            if watts:
                return watts, averaged
        return None, None

    def _clock(self, name: str) -> float | None:
        said = self._ask("clock_info", getattr(getattr(self._smi, "AmdSmiClkType", None), name, None))
        now: float | None = self._number(said, "clk")
        older: float | None = self._number(said, "cur_clk")  # its name before ROCm 6.1
        return older if now is None else now

    def _temperature(self) -> float | None:
        sorts, metric = (
            getattr(self._smi, name, None) for name in ("AmdSmiTemperatureType", "AmdSmiTemperatureMetric")
        )
        for sort in ("HOTSPOT", "EDGE"):
            said = self._ask("temp_metric", getattr(sorts, sort, None), getattr(metric, "CURRENT", None))
            if _is_number(said) and said > 0:
                return float(said)
        return None

    def _reasons(self) -> list[str] | None:
        said = self._ask("violation_status")
        if not isinstance(said, dict) or not any(isinstance(said.get(field), bool) for field, _ in _LIMITS):
            return None
        return [name for field, name in _LIMITS if said.get(field) is True]

    def _number(self, said: Any, field: str) -> Any:
        value = _field(said, field)
        return value if _is_number(value) and value >= 0 else None


def _field(said: Any, field: str) -> Any:
    return said.get(field) if isinstance(said, dict) else None


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _word(value: Any) -> str | None:
    return value[:300] if isinstance(value, str) and value and value != "N/A" else None
