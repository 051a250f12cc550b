"""A checkpoint as a line that a document prints and a person reads over the telephone.

The whole root is printed, in groups of four: with half of it left out, two ledgers that agree on the other half could be made by
searching.
"""

from __future__ import annotations

import re

_FORM = re.compile(r"(\S+) ([0-9]+) ((?:[0-9a-f]{4} ){15}[0-9a-f]{4})\Z")


def short_form(origin: str, size: int, root: str) -> str:
    """`origin size root`, the root in 16 groups of four hexadecimal digits."""
    return f"{origin} {size} {' '.join(root[at : at + 4] for at in range(0, 64, 4))}"


def read_short_form(text: str) -> tuple[str, int, str]:
    """(origin, size, root) of a printed form; capitals, line breaks and doubled spaces do no harm. Raises `ValueError`."""
    origin, _, rest = " ".join(text.split()).partition(" ")
    size, _, root = rest.partition(" ")
    digits = root.replace(" ", "").lower()
    found = _FORM.match(short_form(origin, int(size) if size.isascii() and size.isdigit() else -1, digits))
    if not found or len(digits) != 64:
        raise ValueError("a printed checkpoint is a name, a number, and 64 hexadecimal digits")
    return origin, int(size), digits
