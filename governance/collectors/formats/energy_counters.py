"""Energy as the difference of two readings of the counters in graphics cards.

NVML's `nvmlDeviceGetTotalEnergyConsumption` and DCGM's `DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION` count thousandths of a
joule since the driver was loaded; 3.6e9 of them are a kilowatt-hour. A counter that went back was reset in between,
and then nothing is known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from governance.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from governance.collectors.reading.doubts import Doubts

KIND = "energy.v1"
MILLIJOULES_PER_KWH = 3_600_000_000
MOST_WATTS = 5_000
"""More than any card draws; beyond it the counts are of another unit, or the times are wrong."""


def went_back(start: Mapping[str, int], end: Mapping[str, int]) -> bool:
    """True where any counter is smaller at the end."""
    return any(end[key] < start[key] for key in start.keys() & end.keys())


def between(
    start: Mapping[str, int], end: Mapping[str, int], seconds: float | None, doubts: Doubts
) -> list[dict[str, Any]]:
    """The kilowatt-hours of each card that both readings have, by serial id, in their order.

    Raises `UnreadableError` where no card is in both, a counter went back, or a card would have drawn more than any
    does. A card that only one reading has, and a counter that stood still, are doubts.
    """
    both = [key for key in start if key in end]
    if not both:
        raise UnreadableError("no graphics card is in both readings")
    if went_back(start, end):
        raise UnreadableError(
            "a counter is smaller at the end than at the start, so the driver was loaded again in between",
            hint="Measure again; the energy before and after can not be put together",
        )
    if start.keys() != end.keys():
        doubts.partial(f"{len(start.keys() ^ end.keys())} graphics cards are in one of the two readings only")
    made: list[dict[str, Any]] = []
    for key in both:
        count = end[key] - start[key]
        if seconds is not None and count > MOST_WATTS * 1000 * seconds:
            raise UnreadableError(
                f"one card would have drawn more than {MOST_WATTS:,} watts: the counts are not thousandths of a joule, "
                "or the times are wrong"
            )
        if count == 0:
            doubts.partial("the counter of a graphics card did not move")
        made.append({"uuid": key, "kwh": count / MILLIJOULES_PER_KWH})
    return made


def body(
    cards: list[dict[str, Any]], *, tool: str, version: str | None, seconds: float | None, doubts: Doubts, **more: Any
) -> dict[str, Any]:
    """An energy.v1 of what was read off counters: measured, of the graphics cards alone."""
    kwh = sum(card["kwh"] for card in cards) or None
    if cards and kwh is None:
        doubts.failed("no counter moved, and work takes energy")
    return {
        "kwh": kwh,
        "method": "measured",
        "activity": None,
        "scope": "gpu",
        "tool": {"name": tool, "version": version},
        "duration_seconds": seconds,
        "gpu_kwh": kwh,
        "cpu_kwh": None,
        "ram_kwh": None,
        "pue": None,
        "co2_grams": None,
        "grid_g_per_kwh": None,
        "location": None,
        "gpus": cards,
        **more,
    }
