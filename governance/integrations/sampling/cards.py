"""Which sampler watches the cards of this node: those of NVIDIA by NVML, those of AMD by amdsmi, where it is installed.

All cards that the driver shows are watched, those that the run does not use too: which ones it may use stands with its
command (`CUDA_VISIBLE_DEVICES`). A driver that does not answer is waited for in a thread of its own, so that the thread
of the recorder goes on writing.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Protocol

from governance.integrations.sampling import amd, nvidia
from governance.integrations.sampling.patience import NoAnswerError, Patience
from governance.integrations.sampling.window import Window

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

OPENING, READING, COUNTING = 15.0, 0.5, 2.0
"""Seconds that a driver may take to be opened, to be read, and to tell its counters."""


class Card(Protocol):
    """One card of a driver that is open. Its calls never raise for what the driver does; what it does not tell is None."""

    about: dict[str, Any]

    def read(self) -> dict[str, Any]:
        """What changes from moment to moment."""

    def counters(self) -> dict[str, Any]:
        """What is asked now and then: energy, errors of the memory, parts."""


class Sampler:
    """Watches cards: `sample` at each turn, `summary` at each sign of life. Neither waits longer than `READING` or `COUNTING`."""

    def __init__(self, cards: Sequence[Card], energies: Sequence[int | None], patience: Patience) -> None:
        self._cards, self._patience = cards, patience
        self._windows = [Window(card.about, energy) for card, energy in zip(cards, energies, strict=True)]

    def sample(self) -> None:
        """Read every card once."""
        try:
            read = self._patience.ask(lambda: [(time.monotonic(), card.read()) for card in self._cards], READING)
        except NoAnswerError:
            for window in self._windows:
                window.missed += 1
            return
        for window, (moment, values) in zip(self._windows, read, strict=True):
            window.add(moment, values)

    def summary(self) -> list[dict[str, Any]]:
        """What each card did since the last summary: the bodies of `gpu` records, whose shape `window` tells."""
        try:
            counted = self._patience.ask(lambda: [card.counters() for card in self._cards], COUNTING)
        except NoAnswerError:
            counted = [{} for _ in self._cards]
        return [window.closed(counters) for window, counters in zip(self._windows, counted, strict=True)]


def sampler(
    sources: Sequence[Callable[[], Sequence[Card]]] = (nvidia.cards, amd.cards), opening: float = OPENING
) -> Sampler | None:
    """What samples the cards, or None where there are none.

    Raises an error that says why where a driver is there and can not be asked: the recorder makes a gap of it.
    """
    patience = Patience("governance-cards")

    def found() -> tuple[list[Card], list[int | None]]:
        cards = [card for source in sources for card in source()]
        return cards, [card.counters().get("energy_millijoules") for card in cards]

    cards, energies = patience.ask(found, opening)
    return Sampler(cards, energies, patience) if cards else None
