"""Which sampler watches the cards of this node."""

from __future__ import annotations

from typing import Any


def sampler() -> Any:
    """What samples the cards, or None where there are none."""
    return None
