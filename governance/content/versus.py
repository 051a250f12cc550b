"""Two values of one field beside each other, as short text: what stood there, an arrow, what stands there now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import takewhile
from typing import Any

from governance.domain.base import Noun

NOTHING = "nothing"
_LONGEST = 70
_MOST = 3
_NAMES = ("id", "control", "what", "since")


def plain(value: Any) -> Any:
    """A value in JSON types."""
    if isinstance(value, Noun):
        return value.plain()
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, tuple | list):
        return [plain(each) for each in value]
    return value.isoformat() if isinstance(value, date) else value


def pair(old: Any, new: Any) -> str:
    """Both values in short. Of a list only the parts that differ are shown, each by its name."""
    if not isinstance(old, Mapping | tuple) and not isinstance(new, Mapping | tuple):
        return _short(_text(old), _text(new))
    before, after = _parts(old), _parts(new)
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    said = [
        f"{_cut(name)}: {_short(before.get(name, NOTHING), after.get(name, NOTHING))}" if name in before and name in after
        else f"without {_cut(name)}" if name in before else f"with {_cut(name)}"
        for name in names[:_MOST]
    ]  # fmt: skip
    more = len(names) - len(said)
    return ", ".join([*said, *([f"and {more} more"] if more else [])]) or "in another order"


def _parts(value: Any) -> dict[str, str]:
    """The parts of a list or mapping as text, by their names."""
    if isinstance(value, Mapping):
        return {str(name): _text(each) for name, each in value.items()}
    made = {}
    for each in value or ():
        fields = plain(each) if isinstance(each, Noun) else {"id": _text(each)}
        name = next((fields[field] for field in _NAMES if field in fields), "")
        made[str(name)] = " ".join(_text(said) for field, said in fields.items() if field not in _NAMES)
    return made


def _text(value: Any) -> str:
    if value is None or value in ((), [], {}):
        return NOTHING
    if isinstance(value, Mapping):
        return " ".join(_text(each) for each in value.values())
    if isinstance(value, tuple | list):
        return ", ".join(_text(each) for each in value)
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _short(old: str, new: str) -> str:
    """A pair; where it is long, from the first word that differs on."""
    if max(len(old), len(new)) > _LONGEST:
        same = sum(1 for _ in takewhile(lambda both: both[0] == both[1], zip(old, new, strict=False)))
        start = old.rfind(" ", 0, same) + 1
        if start > 12:
            old, new = f"…{old[start:]}", f"…{new[start:]}"
    return f"{_cut(old)} → {_cut(new)}"


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
