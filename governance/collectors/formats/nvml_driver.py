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
    nvml, note = opened()
    if nvml is None:
        status = "none" if note == NO_LIBRARY else "could-not-tell"
        return answer | {"gpu_status": status, "gpu_note": note}
    try:
        return answer | _asked(nvml)
    finally:
        ask(nvml, "Shutdown")


def energy_reading() -> dict[str, Any] | None:
    """One reading of every counter of energy, or None where the driver does not answer or nothing counts.

    Shape: `taken_at` (RFC 3339, by this machine's clock), `driver`, and `counters` with `uuid` and `millijoules` each.
    Two of them, before and after a piece of work, make a record for the collector `energy-counter`.
    """
    nvml, _ = opened()
    if nvml is None:
        return None
    try:
        read = [(word(ask(nvml, "DeviceGetUUID", each)), energy(nvml, each)) for each in handles(nvml)]
        driver = word(ask(nvml, "SystemGetDriverVersion"))
    finally:
        ask(nvml, "Shutdown")
    counters = [{"uuid": uuid, "millijoules": count} for uuid, count in read if count is not None]
    taken_at = datetime.now(tz=UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"taken_at": taken_at, "driver": driver, "counters": counters} if counters else None


SM_CLOCK, MEMORY_CLOCK = 1, 2
"""`NVML_CLOCK_SM` and `NVML_CLOCK_MEM` of nvml.h."""
NO_LIBRARY = "NVIDIA's driver library is not on this machine"


def opened() -> tuple[Any, str]:
    """The library, ready to be asked, or None and why not."""
    try:
        import pynvml
    except ImportError:
        return None, "pynvml is not installed, so NVIDIA's driver could not be asked"
    try:
        pynvml.nvmlInit()
    except Exception as error:
        if isinstance(error, getattr(pynvml, "NVMLError_LibraryNotFound", ())):
            return None, NO_LIBRARY
        return None, f"NVIDIA's driver did not answer: {str(error)[:200]}"
    return pynvml, ""


def ask(nvml: Any, name: str, *arguments: Any) -> Any:
    """The answer of `nvml<name>`, or None: each call may be unsupported, and each may be missing."""
    try:
        return getattr(nvml, f"nvml{name}")(*arguments)
    except Exception:
        return None


def _asked(nvml: Any) -> dict[str, Any]:
    driver = word(ask(nvml, "SystemGetDriverVersion"))
    version = whole(ask(nvml, "SystemGetCudaDriverVersion_v2"))
    count = whole(ask(nvml, "DeviceGetCount"))
    told = {
        "driver": driver,
        "cuda": f"{version // 1000}.{version % 1000 // 10}" if version is not None else None,
        "confidential_computing": _closed(ask(nvml, "SystemGetConfComputeState")),
    }
    if count is None:
        return told | {"gpu_note": "NVIDIA's driver is there and does not say how many graphics processors it sees"}
    if count == 0:
        return told | {"gpu_status": "none", "gpu_note": "NVIDIA's driver sees no graphics processor"}
    gpus = [_device(nvml, handle, driver) for handle in handles(nvml)]
    return told | {"gpus": gpus, "gpu_status": "present", "gpu_note": "read from NVIDIA's driver"}


def handles(nvml: Any) -> list[Any]:
    """Each processor, as the library wants to be asked for it, by its index; None for one that is refused."""
    count = whole(ask(nvml, "DeviceGetCount")) or 0
    return [ask(nvml, "DeviceGetHandleByIndex", index) for index in range(count)]


def parts(nvml: Any, handle: Any) -> list[Any] | None:
    """The parts that a processor is cut into (MIG devices), or None where it is not told how many there can be."""
    most = whole(ask(nvml, "DeviceGetMaxMigDeviceCount", handle))
    if most is None:
        return None
    found = (ask(nvml, "DeviceGetMigDeviceHandleByIndex", handle, index) for index in range(most))
    return [part for part in found if part is not None]


def energy(nvml: Any, handle: Any) -> int | None:
    """Thousandths of a joule since the driver was loaded, or None."""
    return whole(ask(nvml, "DeviceGetTotalEnergyConsumption", handle))


def _device(nvml: Any, handle: Any, driver: str | None) -> dict[str, Any]:
    def told(name: str, *more: Any) -> Any:
        return ask(nvml, f"DeviceGet{name}", handle, *more)

    limit, mig = whole(told("EnforcedPowerLimit")), switch(told("MigMode"))
    cut = parts(nvml, handle) if mig else None
    return {
        "name": word(told("Name")) or "not told",
        "uuid": word(told("UUID")),
        "driver": driver,
        "memory_bytes": whole(getattr(told("MemoryInfo"), "total", None)),
        "architecture": _FAMILIES.get(whole(told("Architecture")) or 0),
        "mig_enabled": mig,
        "mig_devices": None if cut is None else len(cut),
        "ecc_enabled": switch(told("EccMode")),
        "power_limit_watts": None if limit is None else limit / 1000,
        "sm_clock_max_mhz": whole(told("MaxClockInfo", SM_CLOCK)),
        "memory_clock_max_mhz": whole(told("MaxClockInfo", MEMORY_CLOCK)),
    }


def switch(modes: Any) -> bool | None:
    """The current one of a pair (current, pending)."""
    current = modes[0] if isinstance(modes, (list, tuple)) and modes else None
    return bool(current) if current in (0, 1) else None


def _closed(state: Any) -> dict[str, Any] | None:
    """The state of confidential computing: enabled, with or without developer tools, and in which environment."""
    if state is None:
        return None
    return {
        "enabled": switch([getattr(state, "ccFeature", None)]),
        "developer_tools": switch([getattr(state, "devToolsMode", None)]),
        "environment": _ENVIRONMENTS.get(getattr(state, "environment", -1)),
    }


def whole(value: Any) -> int | None:
    """A count, or None."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def word(value: Any) -> str | None:
    """Text from a driver; older libraries give bytes."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    return value[:100] if isinstance(value, str) and value else None
