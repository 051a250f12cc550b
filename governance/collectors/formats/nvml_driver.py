"""What NVIDIA's driver says through `pynvml`, where that is installed: the processors, and their counters of energy.

Each call may be unsupported on some processor, refused, or missing from an older library; then its answer is null.
Older libraries give bytes for text. Nothing here raises for what the driver does. Units are the driver's own: power
in thousandths of a watt, energy in thousandths of a joule since the driver was loaded
(`nvmlDeviceGetTotalEnergyConsumption`, Volta and later).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

_FAMILIES = {
    2: "Kepler", 3: "Maxwell", 4: "Pascal", 5: "Volta", 6: "Turing", 7: "Ampere", 8: "Ada Lovelace", 9: "Hopper",
    10: "Blackwell", 13: "Rubin",
}  # fmt: skip
"""`NVML_DEVICE_ARCH_…` of nvml.h."""
_ENVIRONMENTS = {0: "unavailable", 1: "simulation", 2: "production"}
"""`NVML_CC_SYSTEM_ENVIRONMENT_…` of nvml.h."""


def processors() -> dict[str, Any]:
    """What a compute-environment says of graphics processors. Two calls give the same: no load, no counter."""
    answer: dict[str, Any] = {"gpus": [], "gpu_status": "could-not-tell", "gpu_note": "", "driver": None, "cuda": None}
    answer["confidential_computing"] = None
    nvml, note = _opened()
    if nvml is None:
        status = "none" if note == _NO_LIBRARY else "could-not-tell"
        return answer | {"gpu_status": status, "gpu_note": note}
    try:
        return answer | _asked(nvml)
    finally:
        _ask(nvml, "Shutdown")


def energy_reading() -> dict[str, Any] | None:
    """One reading of every counter of energy, or None where the driver does not answer or nothing counts.

    Shape: `taken_at` (RFC 3339, by this machine's clock), `driver`, and `counters` with `uuid` and `millijoules` each.
    Two of them, before and after a piece of work, make a record for the collector `energy-counter`.
    """
    nvml, _ = _opened()
    if nvml is None:
        return None
    try:
        read = [(_word(_ask(nvml, "DeviceGetUUID", each)), _energy(nvml, each)) for each in _handles(nvml)]
        driver = _word(_ask(nvml, "SystemGetDriverVersion"))
    finally:
        _ask(nvml, "Shutdown")
    counters = [{"uuid": uuid, "millijoules": count} for uuid, count in read if count is not None]
    taken_at = datetime.now(tz=UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"taken_at": taken_at, "driver": driver, "counters": counters} if counters else None


_NO_LIBRARY = "NVIDIA's driver library is not on this machine"


def _opened() -> tuple[Any, str]:
    """The library, ready to be asked, or None and why not."""
    try:
        import pynvml
    except ImportError:
        return None, "pynvml is not installed, so NVIDIA's driver could not be asked"
    try:
        pynvml.nvmlInit()
    except Exception as error:
        if isinstance(error, getattr(pynvml, "NVMLError_LibraryNotFound", ())):
            return None, _NO_LIBRARY
        return None, f"NVIDIA's driver did not answer: {str(error)[:200]}"
    return pynvml, ""


def _ask(nvml: Any, name: str, *arguments: Any) -> Any:
    """The answer of `nvml<name>`, or None: each call may be unsupported, and each may be missing."""
    try:
        return getattr(nvml, f"nvml{name}")(*arguments)
    except Exception:
        return None


def _asked(nvml: Any) -> dict[str, Any]:
    driver = _word(_ask(nvml, "SystemGetDriverVersion"))
    version = _whole(_ask(nvml, "SystemGetCudaDriverVersion_v2"))
    count = _whole(_ask(nvml, "DeviceGetCount"))
    told = {
        "driver": driver,
        "cuda": f"{version // 1000}.{version % 1000 // 10}" if version is not None else None,
        "confidential_computing": _closed(_ask(nvml, "SystemGetConfComputeState")),
    }
    if count is None:
        return told | {"gpu_note": "NVIDIA's driver is there and does not say how many graphics processors it sees"}
    if count == 0:
        return told | {"gpu_status": "none", "gpu_note": "NVIDIA's driver sees no graphics processor"}
    gpus = [_device(nvml, handle, driver) for handle in _handles(nvml)]
    return told | {"gpus": gpus, "gpu_status": "present", "gpu_note": "read from NVIDIA's driver"}


def _handles(nvml: Any) -> list[Any]:
    count = _whole(_ask(nvml, "DeviceGetCount")) or 0
    return [_ask(nvml, "DeviceGetHandleByIndex", index) for index in range(count)]


def _energy(nvml: Any, handle: Any) -> int | None:
    return _whole(_ask(nvml, "DeviceGetTotalEnergyConsumption", handle))


def _device(nvml: Any, handle: Any, driver: str | None) -> dict[str, Any]:
    def ask(name: str) -> Any:
        return _ask(nvml, f"DeviceGet{name}", handle)

    limit = _whole(ask("EnforcedPowerLimit"))
    return {
        "name": _word(ask("Name")) or "not told",
        "uuid": _word(ask("UUID")),
        "driver": driver,
        "memory_bytes": _whole(getattr(ask("MemoryInfo"), "total", None)),
        "architecture": _FAMILIES.get(_whole(ask("Architecture")) or 0),
        "mig_enabled": _switch(ask("MigMode")),
        "ecc_enabled": _switch(ask("EccMode")),
        "power_limit_watts": None if limit is None else limit / 1000,
    }


def _switch(modes: Any) -> bool | None:
    """The current one of a pair (current, pending)."""
    current = modes[0] if isinstance(modes, (list, tuple)) and modes else None
    return bool(current) if current in (0, 1) else None


def _closed(state: Any) -> dict[str, Any] | None:
    """The state of confidential computing: enabled, with or without developer tools, and in which environment."""
    if state is None:
        return None
    return {
        "enabled": _switch([getattr(state, "ccFeature", None)]),
        "developer_tools": _switch([getattr(state, "devToolsMode", None)]),
        "environment": _ENVIRONMENTS.get(getattr(state, "environment", -1)),
    }


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _word(value: Any) -> str | None:
    """Text from a driver; older libraries give bytes."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    return value[:100] if isinstance(value, str) and value else None
