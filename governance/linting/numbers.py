"""Numbers in running text, told from names, versions, dates and counts that belong to a name.

Found are numbers as people write them: `85.3`, `1,024`, `−0.12`, `85 %`, `2.69 × 10¹³`, `1.5e-4`, `939 kB`. Not taken as numbers: what
is part of a word (`7B`, `Llama-3.1`, `v1.5`, `512x512`, `16kHz`), a date or a time, an address, a version with two dots, an arXiv
number. Whether a number is a *result* is not told here.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from itertools import islice

_NUMBER = re.compile(
    r"(?P<sign>[+\-−–±~≈])?(?P<digits>[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]{1,3},[0-9]{1,2}(?=\s?%)|[0-9]+(?:\.[0-9]+)?|\.[0-9]+)"
    r"(?P<power>[eE][+-]?[0-9]{1,3})?"
)
_TIMES_TEN = re.compile(r"\s?[×x*]\s?10(?:\^?\s?([-−]?[0-9]{1,2})|([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3}))")
_SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻−", "0123456789--")
_PERCENT = re.compile(r"\s?(?:%|％|percent\b|per cent\b|pp\b|percentage points?\b)", re.IGNORECASE)
_SCALE = re.compile(r"\s?(kB|KB|MB|GB|TB|[kK](?![\w])|thousand\b|million\b|billion\b|trillion\b)")
_SCALES = {
    "kB": 1e3, "KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12, "k": 1e3, "K": 1e3, "thousand": 1e3, "million": 1e6, "billion": 1e9,
    "trillion": 1e12,
}  # fmt: skip
_UNITS = re.compile(r"(?:[kKMGT]i?B|ms|s|min|h|x|×|[kMG]?W|k?Wh|k?g|t|dB|°C?|€|€|pts?)(?![\w-])")
_ARXIV = re.compile(r"[0-9]{4}\.[0-9]{4,5}")
_MONTH_YEAR = re.compile(r"(?:0?[1-9]|1[0-2])\.(?:19|20)[0-9]{2}")
_NOT_FINITE = re.compile(r"(?<![\w-])(?:nan|[-+]?inf(?:inity)?)(?![\w-])", re.IGNORECASE)


MOST = 2_000
"""Numbers of one passage that are looked at."""
LARGEST = 300
"""The largest power of ten of a number; what is written with more is no amount of anything."""


@dataclass(frozen=True)
class Number:
    """A number in a text: where it stands, its value as it is written, and the step of its last digit.

    `value` of `85.3 %` is 85.3 and `percent` True; of `939 kB` the value is 939 and `scale` 1000. `step` is 10 to the power of the last
    digit written: 0.1 for 85.3, and 1e11 for 2.69 × 10¹³.
    """

    text: str
    start: int
    end: int
    value: float
    step: float
    decimals: int
    significant: int
    percent: bool = False
    scale: float = 1.0
    after_plus_minus: bool = False


def numbers(text: str) -> list[Number]:
    """The numbers in a text, in order."""
    made: list[Number] = []
    past = 0
    for match in islice(_NUMBER.finditer(text), MOST):
        if match.start("digits") >= past and (found := _number(text, match)):
            made.append(found)
            past = found.end
    return made


def not_finite(text: str) -> list[tuple[int, int]]:
    """Where a text writes a number that is none: `nan`, `inf`."""
    return [match.span() for match in _NOT_FINITE.finditer(text)]


def _number(text: str, match: re.Match[str]) -> Number | None:
    start, end = match.start("digits"), match.end()
    sign = match["sign"] or ""
    before = text[start - 1] if start else " "
    digits = match["digits"]
    if "," in digits and text[end : end + 2].lstrip().startswith("%") and len(digits.rpartition(",")[2]) < 3:
        digits = digits.replace(",", ".")
    decimals = len(digits.partition(".")[2])
    if sign:
        outer = text[start - 2] if start > 1 else " "
        if outer.isalnum() or outer in "_)]":
            if sign in "-−–" and not (outer.isdigit() and decimals):
                return None  # GPT-3.5, 2026-05-04
            sign = ""
        else:
            start = match.start("sign")
            before = outer
    elif (
        before.isalnum()
        or before in "_#@\\."
        or (before == "," and text[start - 2 : start - 1].isdigit() and not decimals)
    ):
        return None
    if before == "/" and not decimals:
        return None
    if before == ":" and start > 1 and text[start - 2].isdigit():
        return None
    if _is_named(text, end, digits, decimals):
        return None
    power = int(match["power"][1:]) if match["power"] else 0
    times = _TIMES_TEN.match(text, end)
    if times:
        power += int((times[1] or times[2]).translate(_SUPERSCRIPT))
        end = times.end()
    percent = _PERCENT.match(text, end)
    scale = None if percent or times else _SCALE.match(text, end)
    factor = _SCALES[scale[1]] if scale else 1.0
    end = percent.end() if percent else (scale.end() if scale else end)
    value = float(digits.replace(",", "")) * 10.0 ** min(power, LARGEST)
    if power > LARGEST or not math.isfinite(value):
        return None
    if sign in ("-", "−"):
        value = -value
    bare = digits.replace(",", "").replace(".", "").lstrip("0")
    return Number(
        text[start:end], start, end, value, 10.0 ** (power - decimals), decimals, len(bare), percent is not None, factor,
        after_plus_minus=sign == "±" or text[max(0, start - 6) : start].rstrip().endswith(("±", "+/-", "+-")),
    )  # fmt: skip


def _is_named(text: str, end: int, digits: str, decimals: int) -> bool:
    """Whether what follows makes it a part of a name, a version, a date or an ordinal."""
    following, next_one = text[end : end + 1], text[end + 1 : end + 2]
    if following == "." and next_one.isdigit():
        return True
    if following == "," and next_one.isdigit() and not decimals:
        return True  # 0,85 or a list without spaces: not told which
    if following in ("-", "–", "/", ":") and next_one.isalnum():
        return not (decimals and next_one.isdigit() and following != ":")
    if following == "_" or (following == "+" and next_one.isalpha()):
        return True
    if following.isalpha() and not _UNITS.match(text, end):
        return True
    if decimals and (_ARXIV.fullmatch(digits) or _MONTH_YEAR.fullmatch(digits)):
        return True
    return digits.startswith("10.") and following == "/"
