"""What one file of an attach says of another: a claim that the machine recorded beside it can not bear out.

Tools write down the device they were asked for. Where an evaluation says that it ran on a graphics processor, and the only machine that
is recorded in the same attach says that it has none, the claim stands and the piece is not whole.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from governance.domain.evidence import Quality

if TYPE_CHECKING:
    from collections.abc import Sequence

    from governance.collectors.reading.answers import Found

ENVIRONMENT = "compute-environment.v1"
_ACCELERATED = ("cuda", "hip", "rocm")


def checked(found: Sequence[Found]) -> tuple[Found, ...]:
    """The same facts, with the doubt added where the recorded machine denies the device."""
    machines = [
        fact
        for fact in found
        if fact.kind == ENVIRONMENT and fact.declared_by is None and fact.effective_clock != "observed"
    ]
    if not machines or any(fact.body.get("gpu_status") != "none" for fact in machines):
        return tuple(found)
    return tuple(map(_doubted, found))


def _doubted(fact: Found) -> Found:
    device = fact.body.get("device")
    if fact.kind == ENVIRONMENT or not isinstance(device, str) or not device.lower().startswith(_ACCELERATED):
        return fact
    why = f"says it ran on {device[:60]}, and the machine recorded in this attach has no graphics processor"
    quality = Quality.PARTIAL if fact.quality is Quality.COMPLETE else fact.quality
    return replace(fact, quality=quality, quality_reasons=(*fact.quality_reasons, why))
