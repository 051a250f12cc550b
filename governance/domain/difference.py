"""One fact about one thing that two tools tell differently."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Said:
    """What one tool says: the evidence, the tool's name, and the value as it stands in the body."""

    evidence: str
    tool: str
    value: Any


@dataclass(frozen=True)
class Difference:
    """What two or more tools say of one field. `unit` is empty for plain counts and names."""

    kind: str
    about: str
    field: str
    unit: str
    said: tuple[Said, ...]

    def sentence(self) -> str:
        """The difference in one line."""
        unit = f" {self.unit}" if self.unit else ""
        return f"{self.field} of {self.about}: " + ", ".join(
            f"{each.tool} says {each.value}{unit}" for each in self.said
        )

    def plain(self) -> dict[str, Any]:
        """The difference as JSON."""
        return {
            "kind": self.kind,
            "about": self.about,
            "field": self.field,
            "unit": self.unit or None,
            "said": [vars(each) for each in self.said],
        }
