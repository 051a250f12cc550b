"""A stand-in for AMD's `amdsmi`, for machines that have no ROCm: the functions that are asked for, with its names and shapes.

Names, fields and units are those of amdsmi 7.0.2 (`amdsmi_interface.py`): watts, MiB, MHz, °C, and an energy that is a count
with the millionths of a joule for each. FAKE_AMD names the machine: new (an MI300X), old (an MI100 of ROCm 6.0, whose fields
were called otherwise), bare (nothing but N/A and errors), silent (the driver does not come up).
"""

import os
from enum import IntEnum

_MACHINE = os.environ.get("FAKE_AMD", "new")


class AmdSmiException(Exception):  # noqa: N818 - its real name
    pass


class AmdSmiLibraryException(AmdSmiException):
    def __init__(self, code):
        super().__init__(f"Error code:\n\t{code} | AMDSMI_STATUS_NOT_SUPPORTED - Feature not supported")


class AmdSmiClkType(IntEnum):
    SYS = 0
    GFX = 0
    MEM = 4


class AmdSmiTemperatureType(IntEnum):
    EDGE = 0
    HOTSPOT = 1


class AmdSmiTemperatureMetric(IntEnum):
    CURRENT = 0


def _needs_a_card():
    if _MACHINE == "bare":
        raise AmdSmiLibraryException(2)


def amdsmi_init(flag=2):
    if _MACHINE == "silent":
        raise AmdSmiLibraryException(34)


def amdsmi_get_processor_handles():
    return [object()]


def amdsmi_get_gpu_asic_info(card):
    _needs_a_card()
    return {"market_name": "AMD Instinct MI300X" if _MACHINE == "new" else "N/A", "vendor_id": "0x1002"}


def amdsmi_get_gpu_device_uuid(card):
    _needs_a_card()
    return "1cff74a1-0000-1000-80c6-8c9b2e4a7f10"


def amdsmi_get_gpu_driver_info(card):
    return {"driver_name": "amdgpu", "driver_version": "N/A" if _MACHINE == "bare" else "6.12.12", "driver_date": "N/A"}


def amdsmi_get_gpu_activity(card):
    value = {"new": 87, "old": 99, "bare": "N/A"}[_MACHINE]
    return {"gfx_activity": value, "umc_activity": 12, "mm_activity": "N/A"}


def amdsmi_get_gpu_vram_usage(card):
    _needs_a_card()
    return {"vram_total": 196592, "vram_used": 1024}


def amdsmi_get_power_info(card):
    if _MACHINE == "old":
        return {"average_socket_power": 210, "gfx_voltage": 800, "power_limit": 290000000}
    powers = ("N/A", "N/A", "N/A") if _MACHINE == "bare" else (640, 640, "N/A")
    names = ("socket_power", "current_socket_power", "average_socket_power")
    return dict(zip(names, powers, strict=True)) | {"power_limit": 750000000}


def amdsmi_get_clock_info(card, clock):
    _needs_a_card()
    now = {AmdSmiClkType.GFX: 2100, AmdSmiClkType.MEM: 1300}[clock]
    return {"cur_clk" if _MACHINE == "old" else "clk": now, "min_clk": 132, "max_clk": 2100}


def amdsmi_get_temp_metric(card, sensor, metric):
    if _MACHINE == "bare" or (_MACHINE == "old" and sensor is AmdSmiTemperatureType.HOTSPOT):
        raise AmdSmiLibraryException(2)
    return 58


def amdsmi_get_energy_count(card):
    _needs_a_card()
    name = "power" if _MACHINE == "old" else "energy_accumulator"
    return {name: 2_000_000, "counter_resolution": 15.3, "timestamp": 1}


def amdsmi_get_gpu_total_ecc_count(card):
    _needs_a_card()
    return {"correctable_count": 1, "uncorrectable_count": 0, "deferred_count": 0}


if _MACHINE == "new":

    def amdsmi_get_violation_status(card):
        return {
            "active_prochot_thrm": False,
            "active_ppt_pwr": True,
            "active_socket_thrm": "N/A",
            "active_hbm_thrm": False,
        }
