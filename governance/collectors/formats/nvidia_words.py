"""Values as NVIDIA's tools print them, and the record of graphics processors that is made of them.

A value is text with its unit (`81559 MiB`, `67.03 W`), or one of the words for *no answer*: `N/A`, `[Not Supported]`,
or the text of an error of the driver (the list of `nvmlErrorString`). Memory is in MiB, 2^20 bytes. A serial id that
is all zeros, or says REDACTED, was taken out by somebody. A model that the driver does not know is printed as
`Graphics Device`, which is no name.

On Windows PowerShell turns what a tool prints into UTF-16 when it is sent to a file; that is read as well.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from governance.collectors.reading.interface import not_understood
from governance.domain.evidence import Subject, SubjectType
from governance.errors import UnreadableError

if TYPE_CHECKING:
    from governance.collectors.reading.doubts import Doubts
    from governance.collectors.reading.files import File

KIND = "compute-environment.v1"
TOOL = "nvidia-smi"
MIB = 1024 * 1024
NOT_NAMED = Subject(type=SubjectType.ENVIRONMENT, name="not named")
"""These tools do not say on which machine they ran."""
NO_NAME = "not told"
_UNKNOWN_MODEL = ("graphics device", "nvidia graphics device")
MAX_GPUS = 1024

_NO_ANSWER = frozenset(
    {
        "", "n/a", "none", "not supported", "not available", "not found", "no data", "not applicable", "unsupported",
        "insufficient permissions", "function not found", "requested functionality has been deprecated",
        "argument version mismatch", "in use by another client", "gpu access blocked by the operating system",
        "the operating system has blocked the request", "not available in wddm driver model",
    }
)  # fmt: skip
_LOST = frozenset(
    {
        "gpu is lost", "gpu requires reset", "unknown error", "err!", "error", "driver not loaded", "timeout",
        "insufficient external power", "corrupted inforom", "system is not ready", "uninitialized", "reset required",
    }
)  # fmt: skip
_MASKED = re.compile(r"(?:GPU|MIG)?-?(?:0{8}-0{4}-0{4}-0{4}-0{12}|x{8}-.*|\*+)|.*redacted.*|.*masked.*", re.IGNORECASE)
_TO_GO = re.compile(r"\s*\[deprecated;[^\]]*\]$", re.IGNORECASE)
"""Since driver 610 a value may be followed by a word on the field that takes its place."""
_AMOUNT = re.compile(r"(-?\d+(?:\.\d+)?)\s*([A-Za-z%/]*)")
_MARKS_16 = (b"\xff\xfe", b"\xfe\xff")


def opening(file: File) -> bytes:
    """The first 64 KiB as UTF-8; nothing where the bytes are no text."""
    head = file.head
    if head.startswith(_MARKS_16):
        return head.decode("utf-16", "replace").encode()
    return head if file.form in ("text", "xml") else b""


def whole(file: File, most: int) -> bytes:
    """All bytes as UTF-8. Raises `UnreadableError` above `most`, and for UTF-16 that was cut in the middle of a letter."""
    data = file.data(most)
    if not data.startswith(_MARKS_16):
        return data
    try:
        return data.decode("utf-16").encode()
    except UnicodeError:
        raise UnreadableError("text in UTF-16 that was cut or damaged") from None


def is_masked(text: str) -> bool:
    """True for a serial id or name that somebody took out."""
    return bool(_MASKED.fullmatch(text))


class Words:
    """Reads the values of one file; `version` of the driver and `tool` who printed it are for the words of an error."""

    def __init__(self, doubts: Doubts, version: str | None, tool: str = TOOL) -> None:
        self.doubts = doubts
        self.version = version
        self.tool = tool

    def word(self, text: str | None, *, most: int = 100) -> str | None:
        """The text, or None where the tool gave no answer. A processor that did not answer is noted."""
        plain = _TO_GO.sub("", (text or "").strip())
        bare = plain.removeprefix("[").removesuffix("]").strip().lower()
        if bare in _LOST:
            self.doubts.partial(f"a graphics processor did not answer: {bare}")
            return None
        return None if bare in _NO_ANSWER else plain[:most]

    def driver(self, *texts: str | None) -> str | None:
        """The version of the driver, kept as `version`: the first of these that says one; without any it is partial."""
        self.version = next((word for text in texts if (word := self.word(text)) is not None), None)
        if self.version is None:
            self.doubts.partial("the version of the driver is not told")
        return self.version

    def flag(self, text: str | None, field: str) -> bool | None:
        """Enabled, Disabled or no answer."""
        word = self.word(text)
        if word is None:
            return None
        if word.lower() not in ("enabled", "disabled"):
            raise not_understood(self.tool, self.version, f"{field} is {word[:60]}")
        return word.lower() == "enabled"

    def amount(self, text: str | None, unit: str, field: str) -> float | None:
        """A number in `unit`, which may be left out where the header bears it; negative numbers mean nothing here."""
        word = self.word(text)
        if word is None:
            return None
        match = _AMOUNT.fullmatch(word)
        if match is None or match.group(2) not in ("", unit) or float(match.group(1)) < 0:
            raise not_understood(self.tool, self.version, f"{field} is {word[:60]}, and should be in {unit}")
        return float(match.group(1))

    def memory(self, text: str | None, field: str) -> int | None:
        """MiB as bytes."""
        mebibytes = self.amount(text, "MiB", field)
        return None if mebibytes is None else int(mebibytes * MIB)

    def uuid(self, text: str | None) -> str | None:
        """A serial id, or None where there is none or it was taken out, which is noted."""
        word = self.word(text, most=200)
        if word is not None and is_masked(word):
            self.doubts.masked("the serial ids of the graphics processors were taken out")
            return None
        return word

    def name(self, text: str | None) -> str:
        """A model name; without one the record is partial."""
        word = self.word(text, most=300)
        if word is None or is_masked(word) or word.lower() in _UNKNOWN_MODEL:
            self.doubts.partial("the model of a graphics processor is not named")
            return NO_NAME
        return word

    def power(self, draw: str | None, average: str | None, instant: str | None, *limits: str | None) -> dict[str, Any]:
        """What is drawn, how that was found, and the limit, in watts: the tool's plain draw if any, else the average.

        The plain draw is the average of a second on some processors and the draw of one moment on others; the tool does
        not say which.
        """
        plain, mean, now = (self.amount(text, "W", "the power drawn") for text in (draw, average, instant))
        ways = ((plain, None), (mean, "average"), (now, "instant"))
        watts, method = next((way for way in ways if way[0] is not None), (None, None))
        allowed = (self.amount(text, "W", "the limit of power") for text in limits)
        return {
            "power_draw_watts": watts,
            "power_draw_method": method,
            "power_draw_instant_watts": now,
            "power_limit_watts": next((limit for limit in allowed if limit is not None), None),
        }


def record(
    gpus: list[dict[str, Any]],
    *,
    driver: str | None,
    cuda: str | None,
    note: str,
    local_time: str | None = None,
    **more: Any,
) -> dict[str, Any]:
    """The body of an environment of which only the graphics processors are known; an empty list means none."""
    return {
        "captured": "by-command",
        "covers": "graphics",
        "host": None,
        "python": None,
        "cpu": None,
        "memory_bytes": None,
        "gpus": gpus,
        "gpu_status": "present" if gpus else "none",
        "gpu_note": note,
        "driver": driver,
        "cuda": cuda,
        "confidential_computing": None,
        "local_time": local_time,
        "packages": None,
        **more,
    }


def count_fits(told: str | None, seen: int, words: Words) -> None:
    """Hold the number of processors that the tool says are attached against those it lists."""
    count = words.amount(told, "", "the number of attached graphics processors")
    if count is None:
        words.doubts.partial("the tool does not say how many graphics processors are attached")
    elif count != seen:
        words.doubts.partial(f"{seen} of {count:g} attached graphics processors are listed")
