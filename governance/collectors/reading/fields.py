"""Fields of a document nobody vouches for, each read as the type it must have.

Absent and null are the same answer, None or empty. A wrong type is an error that names the field: a recognised file
whose fields are of the wrong sort is not read at all. Numbers come back as JSON can carry them exactly: whole numbers
up to 2^53, anything beyond as a floating-point number.
"""

from __future__ import annotations

import math
import re
from typing import Any

from governance.domain.base import is_placeholder
from governance.errors import UnreadableError

LARGEST = 2**53
_HEX = re.compile(r"[0-9a-fA-F]{64}")


def table(holder: dict[str, Any], key: str) -> dict[str, Any]:
    """An object; absent, an empty one."""
    value = holder.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise UnreadableError(f"{key} is not an object")
    return value


def rows(holder: dict[str, Any], key: str) -> list[Any]:
    """A list; absent, an empty one."""
    value = holder.get(key)
    if value is None:
        return []
    if not isinstance(value, list):
        raise UnreadableError(f"{key} is not a list")
    return value


def text(holder: dict[str, Any], key: str, *, most: int = 500) -> str | None:
    """Text of at most `most` characters; empty text is None."""
    value = holder.get(key)
    if value is None:
        return None
    if not isinstance(value, str):
        raise UnreadableError(f"{key} is not text")
    if len(value) > most:
        raise UnreadableError(f"{key} has {len(value):,} characters, more than {most}")
    return value.strip() or None


def name(holder: dict[str, Any], key: str, *, most: int = 500) -> str | None:
    """Text that names something; "None", "TBD" and the like are None."""
    value = text(holder, key, most=most)
    return None if value is None or is_placeholder(value) else value


def plain(holder: dict[str, Any], key: str, *, most: int = 200) -> str | None:
    """Text or a number, as text. Tools write the same version once as `2.0` and once as `"2.0"`."""
    value = holder.get(key)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        value = str(value)
    return text({key: value}, key, most=most)


def texts(holder: dict[str, Any], key: str, *, most: int = 500) -> list[str]:
    """A list of texts; one text alone is a list of one."""
    value = holder.get(key)
    if isinstance(value, str):
        value = [value]
    listed = rows({key: value}, key)
    made = [text({key: item}, key, most=most) for item in listed]
    return [item for item in made if item]


def number(holder: dict[str, Any], key: str) -> float | int | None:
    """A number."""
    return as_number(holder.get(key), key)


def as_number(value: Any, key: str) -> float | int | None:
    """A value as a number that JSON can carry; raises for anything else."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise UnreadableError(f"{key} is not a number")
    if isinstance(value, int) and abs(value) > LARGEST:
        try:
            return float(value)
        except OverflowError:
            raise UnreadableError(f"{key} is larger than any number we can keep") from None
    return value


def whole(holder: dict[str, Any], key: str, *, least: int | None = None) -> int | None:
    """A whole number; `1.0` counts as one."""
    value = number(holder, key)
    if value is None:
        return None
    if not math.isfinite(value) or value != int(value) or abs(value) > LARGEST:
        raise UnreadableError(f"{key} is not a whole number")
    if least is not None and value < least:
        raise UnreadableError(f"{key} is less than {least}")
    return int(value)


def flag(holder: dict[str, Any], key: str) -> bool | None:
    """True, false or None."""
    value = holder.get(key)
    if value is not None and not isinstance(value, bool):
        raise UnreadableError(f"{key} is neither true nor false")
    return value


def hex_digest(holder: dict[str, Any], key: str) -> str | None:
    """64 hex digits as `sha256:<hex>`; anything else that is text is None, for it is a digest of another sort."""
    value = text(holder, key)
    return "sha256:" + value.lower() if value is not None and _HEX.fullmatch(value) else None
