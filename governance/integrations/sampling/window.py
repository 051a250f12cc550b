"""What was read of one card between two signs of life, as means, least and most.

`gpu` records have this shape; a number that no reading told is null and takes no part in any other:

- `index`, `uuid`, `name`, `vendor`, `driver`, `memory_bytes`, `mig_enabled`, `power_error`: what the card is, the same in every record.
- `readings`, `missed`: how often it was read, and how often its driver did not answer in time.
- `span_seconds`: from the last reading of the record before (in the first record: from the first reading) to the last one here, so that
  the spans of a run add up to its time; `longest_gap_seconds`: the longest time between two readings in it.
- `utilization_{mean,min,max}_percent`, `memory_used_…_bytes`, `power_…_watts`, `sm_clock_…_mhz`, `memory_clock_…_mhz`,
  `temperature_…_celsius`.
- `throttle_reasons`: the names of what held the clocks down at any reading, sorted, as nvidia-smi calls them.
- `energy_first_millijoules`, `energy_last_millijoules`: the counter of the card at the end of the record before and at the end of this
  one; `energy_millijoules` their difference, null where the counter went back, as it does when the driver is loaded anew.
- `ecc_corrected`, `ecc_uncorrected`: errors of its memory since the driver was loaded.
- `mig_devices`: each part of a card that is cut: `uuid`, `memory_bytes`, `memory_used_bytes`, and `utilization_percent`, which is
  null, because no driver tells it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

MEASURES = (
    ("utilization", "percent", 1),
    ("memory_used", "bytes", 0),
    ("power", "watts", 2),
    ("sm_clock", "mhz", 0),
    ("memory_clock", "mhz", 0),
    ("temperature", "celsius", 1),
)
"""What is measured, its unit, and to how many decimals its mean is kept."""


@dataclass
class _Sum:
    count: int = 0
    total: float = 0.0
    least: float = 0.0
    most: float = 0.0

    def add(self, value: float) -> None:
        self.least = value if not self.count else min(self.least, value)
        self.most = value if not self.count else max(self.most, value)
        self.count += 1
        self.total += value

    def told(self, what: str, unit: str, digits: int) -> dict[str, float | int | None]:
        if not self.count:
            return {f"{what}_{part}_{unit}": None for part in ("mean", "min", "max")}
        mean = self.total / self.count
        return {
            f"{what}_mean_{unit}": round(mean, digits) if digits else round(mean),
            f"{what}_min_{unit}": self.least,
            f"{what}_max_{unit}": self.most,
        }


@dataclass
class Window:
    """Gathers the readings of one card. `energy` is its counter at the beginning, in thousandths of a joule."""

    about: dict[str, Any]
    energy: int | None = None
    missed: int = 0
    _readings: int = 0
    _since: float | None = None
    _last: float | None = None
    _gap: float = 0.0
    _sums: tuple[_Sum, ...] = field(default_factory=lambda: tuple(_Sum() for _ in MEASURES))
    _reasons: set[str] | None = None

    def add(self, moment: float, read: dict[str, Any]) -> None:
        """One reading, at `moment` of a clock that does not go back: the measures by name with their unit, and `throttle_reasons`."""
        if self._since is None:
            self._since = moment
        if self._last is not None:
            self._gap = max(self._gap, moment - self._last)
        self._last = moment
        self._readings += 1
        for held, (what, unit, _) in zip(self._sums, MEASURES, strict=True):
            value = read.get(f"{what}_{unit}")
            if value is not None:
                held.add(value)
        reasons = read.get("throttle_reasons")
        if reasons is not None:
            self._reasons = (self._reasons or set()) | set(reasons)

    def closed(self, counters: dict[str, Any]) -> dict[str, Any]:
        """The body of its record; what comes after goes into the next one. `counters` is what is asked only now and then."""
        last = counters.get("energy_millijoules")
        body: dict[str, Any] = {
            **self.about,
            "readings": self._readings,
            "missed": self.missed,
            "span_seconds": 0.0 if self._last is None or self._since is None else round(self._last - self._since, 3),
            "longest_gap_seconds": round(self._gap, 3),
        }
        for held, (what, unit, digits) in zip(self._sums, MEASURES, strict=True):
            body |= held.told(what, unit, digits)
        body |= {
            "throttle_reasons": None if self._reasons is None else sorted(self._reasons),
            "energy_first_millijoules": self.energy,
            "energy_last_millijoules": last,
            "energy_millijoules": _taken(self.energy, last),
            "ecc_corrected": counters.get("ecc_corrected"),
            "ecc_uncorrected": counters.get("ecc_uncorrected"),
            "mig_devices": counters.get("mig_devices"),
        }
        # A counter that could not be read now may be read later, and then the energy in between is known.
        self.energy = self.energy if last is None else last
        self._since, self._gap, self._reasons = self._last, 0.0, None
        self._readings = self.missed = 0
        self._sums = tuple(_Sum() for _ in MEASURES)
        return body


def _taken(first: int | None, last: int | None) -> int | None:
    return None if first is None or last is None or last < first else last - first
