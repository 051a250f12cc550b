"""How figures are written: rounded in one way everywhere, and always saying that they were.

A figure that is not finite, or not a number at all, is no figure: it comes back as None and prints as "not
evidenced". The true minus sign is used, thousands are parted by commas, and a rounded figure keeps the rule it was
rounded by. A language changes the marks of a written figure (`marked`) and nothing else of it.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_SUPERSCRIPT = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


_FIGURE = re.compile(r"([+−-]?)(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?(?= |\Z)")
WRITTEN = re.compile(
    r"[+−-]?[\d,]+(?:\.\d+)?(?: × 10[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+| (?:TB|GB|MB|kB|bytes|s)| (?:min|h)(?: \d+ (?:min|s))?)?"
)
"""A figure of one of our forms, as a whole, with the English marks."""
POINTS, GROUPS = ".,٫", ".,'’،⹁\u00a0\u202f"
"""What a language may write before decimals, and between thousands."""


@dataclass(frozen=True)
class Marks:
    """What a language writes before decimals, and between thousands. Those of English are what figures are written with first."""

    point: str = "."
    group: str = ","

    @property
    def known(self) -> bool:
        """Whether each is one mark of those that languages use, and not the same."""
        held = len(self.point) == len(self.group) == 1 and self.point != self.group
        return held and self.point in POINTS and self.group in GROUPS


ENGLISH_MARKS = Marks()


def marked(text: str, marks: Marks) -> str:
    """A figure that was written with the English marks, with these.

    Only what is a figure of one of our forms as a whole is touched; a date, a version, a digest or a sentence is not.
    """
    if marks == ENGLISH_MARKS or not WRITTEN.fullmatch(text):
        return text

    def swapped(match: re.Match[str]) -> str:
        return match[1] + match[2].replace(",", marks.group) + (match[3] or "").replace(".", marks.point)

    return _FIGURE.sub(swapped, text)


def finite(value: object) -> float | int | None:
    """The number, or None for anything that is not a finite one, or beyond what a float holds. True and False are not numbers here."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        return value if math.isfinite(value) else None
    except OverflowError:
        return None


def number(value: float, digits: int = 3) -> tuple[str, str]:
    """(text, rounding): whole numbers exactly, others to so many decimals.

    A number so small that those decimals would show nought is written to three digits instead.
    """
    if isinstance(value, int) or (float(value).is_integer() and abs(value) < 1e15):
        return f"{int(value):,}".replace("-", "−"), ""
    if value != 0 and abs(value) < 10**-digits:
        mantissa, exponent = f"{value:.2e}".split("e")
        return f"{mantissa} × 10{str(int(exponent)).translate(_SUPERSCRIPT)}".replace("-", "−", 1), "to three digits"
    if abs(value) >= 1e15:
        return large(value)
    return f"{value:,.{digits}f}".replace("-", "−"), f"to {digits} decimals"


def signed(value: float, digits: int = 3) -> tuple[str, str]:
    """As `number`, with a plus sign where it is above nought."""
    text, rounding = number(value, digits)
    return (f"+{text}" if value > 0 else text), rounding


def large(value: float) -> tuple[str, str]:
    """A large number as `1.23 × 10¹⁵`."""
    if abs(value) < 1e6:
        return number(value)
    mantissa, exponent = f"{value:.2e}".split("e")
    return f"{mantissa} × 10{str(int(exponent)).translate(_SUPERSCRIPT)}".replace("-", "−", 1), "to three digits"


def size(value: float) -> tuple[str, str]:
    """Bytes in decimal units, as manufacturers of disks count them."""
    for unit, factor in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if value >= factor:
            return f"{value / factor:.3g} {unit}", "to three digits"
    return f"{int(value):,} bytes", ""


def duration(value: float) -> tuple[str, str]:
    """Seconds as hours, minutes and seconds."""
    whole = round(value)
    if whole < 60:
        return number(value, 1)[0] + " s", number(value, 1)[1]
    hours, rest = divmod(whole, 3600)
    minutes, seconds = divmod(rest, 60)
    text = f"{hours:,} h {minutes} min" if hours else f"{minutes} min {seconds} s"
    return text, "to the minute" if hours else "to the second"


def day(value: date | datetime | None) -> str:
    """A date as `2026-11-22`; a moment is taken in UTC; empty for None."""
    if isinstance(value, datetime):
        value = value.astimezone(UTC).date()
    return value.isoformat() if value else ""


def moment(value: datetime) -> str:
    """A moment as `2026-11-22 16:05:00 UTC`."""
    return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def short(digest: str) -> str:
    """The first twelve hex digits of a digest: enough to tell two apart by eye, never enough to rely on."""
    return digest.removeprefix("sha256:")[:12]


def count(amount: int, one: str, many: str | None = None) -> str:
    """`1 control`, `2 controls`."""
    return f"{amount:,} {one if amount == 1 else many or one + 's'}"


FORMS: Mapping[str, Callable[[float, int], tuple[str, str]]] = {
    "number": number,
    "signed": signed,
    "turned": lambda value, digits: signed(0.0 - value, digits),
    "large": lambda value, _: large(value),
    "size": lambda value, _: size(value),
    "duration": lambda value, _: duration(value),
}
"""How a claim writes its number, by the name it says: (value, decimals) → (text, how it was rounded). `turned` writes its opposite."""
