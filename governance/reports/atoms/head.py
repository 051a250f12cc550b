"""The YAML head of a card, in the fields that the Hugging Face Hub reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from governance.reports.atoms.views import Phrase


@dataclass(frozen=True)
class Head:
    """The YAML head of a card. Prints as YAML, whatever its strings hold.

    `fields`: the mapping; `notes`: what was left out of it, and why.
    """

    fields: Mapping[str, object]
    notes: tuple[Phrase, ...] = ()
