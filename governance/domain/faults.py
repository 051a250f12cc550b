"""What is wrong with what a person wrote, in words for that person: each fault by the name of its row, a few of them, never too long."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from governance.domain.base import is_placeholder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import ValidationError

MOST = 5
_LONGEST = 240
_TABLES = {"rows", "own_controls"}
_NAMES = ("control", "requirement")


def listed(faults: Sequence[str]) -> str:
    """The first few faults in one line, and how many more there are."""
    shown = [fault if len(fault) <= _LONGEST else f"{fault[: _LONGEST - 1]}…" for fault in faults[:MOST]]
    more = len(faults) - len(shown)
    return " · ".join([*shown, *([f"and {more} more"] if more else [])])


def first(error: ValidationError, whole: str = "") -> str:
    """The first fault in one line, with its place before it; `whole` stands for a place at the top."""
    found = error.errors(include_url=False)[0]
    where = ".".join(str(part) for part in found["loc"]) or whole
    said = found["msg"].removeprefix("Value error, ")
    return f"{where}: {said}" if where else said


def in_words(error: ValidationError, body: object = None) -> tuple[str, ...]:
    """Every fault as a sentence without a full stop; one in a table of `body` names the row by its number."""
    return tuple(_fault(each, body) for each in error.errors(include_url=False))


def place(body: object, path: Sequence[str | int]) -> str:
    """A place in a body as its author knows it: `row A.5.4: status`, `by.name`."""
    if len(path) > 1 and path[0] in _TABLES and isinstance(path[1], int):
        rest = ".".join(str(part) for part in path[2:])
        return f"row {_row(body, str(path[0]), path[1])}" + (f": {rest}" if rest else "")
    return ".".join(str(part) for part in path)


def _row(body: object, table: str, number: int) -> str:
    rows = body.get(table) if isinstance(body, Mapping) else None
    row = rows[number] if isinstance(rows, list | tuple) and number < len(rows) else None
    names = [row.get(field) for field in _NAMES] if isinstance(row, Mapping) else []
    name = next((name.strip()[:60] for name in names if isinstance(name, str) and name.strip()), None)
    return name or f"number {number + 1}"


def _fault(each: Any, body: object) -> str:
    path = tuple(each["loc"])
    said = _said(each, str(path[-1]) if path else "")
    if each["type"] == "extra_forbidden":
        path = path[:-1]
    where = place(body, path)
    if not where or said.startswith(f"{where}:"):
        return said
    return f"{where} {said}" if said.startswith(("is ", "has ", "says ")) else f"{where}: {said}"


def _said(each: Any, field: str) -> str:
    kind, context = each["type"], each.get("ctx", {})
    if kind == "string_too_short" and isinstance(each["input"], str) and is_placeholder(each["input"]):
        return "says nothing" if each["input"].strip() else "is blank"
    words = {
        "missing": "is missing",
        "extra_forbidden": f"there is no field {field[:60]!r}",
        "string_too_short": f"is shorter than {context.get('min_length')} characters",
        "string_too_long": f"is longer than {context.get('max_length')} characters",
        "too_short": f"has fewer than {context.get('min_length')}",
        "too_long": f"has more than {context.get('max_length')}",
        "literal_error": f"is none of {context.get('expected')}",
        "string_type": "is no text",
        "tuple_type": "is no list",
        "dict_type": "is no mapping",
        "model_type": "is no mapping",
    }
    return words.get(kind) or str(each["msg"]).removeprefix("Value error, ")
