"""The machine and the software of the run, as a compute-environment that was captured by the run itself.

The driver of the cards is asked in a thread of its own: one that hangs leaves the cards as *could not tell*, and the
rest is told. Where NVIDIA's driver is not there, AMD's is asked, if `amdsmi` is installed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from governance.collectors import compute_environment
from governance.collectors.formats import nvml_driver
from governance.integrations.sampling import amd
from governance.integrations.sampling.patience import NoAnswerError, Patience

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SECONDS = 12.0
"""What a driver may take."""
_NOTHING: dict[str, Any] = {"gpus": [], "driver": None, "cuda": None, "confidential_computing": None}


def environment(seconds: float = SECONDS) -> dict[str, Any]:
    """The body of a compute-environment with `captured: by-run`. Never raises for what a driver does."""
    return compute_environment.capture("by-run", lambda: processors(seconds))


def processors(seconds: float = SECONDS, amd_cards: Callable[[], Sequence[Any]] = amd.cards) -> dict[str, Any]:
    """What a compute-environment says of graphics processors, in the form of `nvml_driver.processors`."""

    def asked() -> dict[str, Any]:
        told = nvml_driver.processors()
        return _of_amd(amd_cards) or told if told["gpu_status"] == "none" else told

    try:
        told: dict[str, Any] = Patience("governance-machine").ask(asked, seconds)
    except NoAnswerError as error:
        return _NOTHING | {"gpu_status": "could-not-tell", "gpu_note": str(error)}
    return told


def _of_amd(amd_cards: Callable[[], Sequence[Any]]) -> dict[str, Any] | None:
    try:
        found = [card.about for card in amd_cards()]
    except Exception as error:
        note = f"AMD's driver did not answer: {str(error)[:200]}"
        return _NOTHING | {"gpu_status": "could-not-tell", "gpu_note": note}
    if not found:
        return None
    gpus = [{name: about[name] for name in ("name", "uuid", "driver", "memory_bytes")} for about in found]
    return _NOTHING | {
        "gpus": gpus,
        "gpu_status": "present",
        "gpu_note": "read from AMD's driver",
        "driver": gpus[0]["driver"],
    }
