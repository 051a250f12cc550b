"""Where a script stands while it is thought through: what its exit code is, and whether the gate has said no."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from governance.wiring.shell.tree import Command, Word

OTHER = -1
"""The exit code of a command that failed and is not the gate."""
MOST_PATHS = 400


@dataclass(frozen=True)
class State:
    """`status` is the last exit code, None where nobody knows. `failed` says that the gate has said no, `why` what became of its code."""

    stops: bool = False
    pipefail: bool = False
    status: int | None = 0
    failed: bool = False
    why: str = ""
    variables: tuple[tuple[str, int | str | None], ...] = ()
    functions: tuple[tuple[str, Command], ...] = ()
    background: int | None = 0
    pipe: tuple[int | None, ...] = ()
    trap: str = ""
    folder: str = ""

    def ended(self, status: int | None, why: str = "") -> State:
        """With another exit code; `why` is kept where this is what takes the place of the gate's."""
        lost = bool(why) and self.failed and self.status != 0 and status == 0
        return replace(self, status=status, why=why if lost else self.why)

    def keeping(self, name: str, value: int | str | None) -> State:
        """With a variable set."""
        rest = tuple(pair for pair in self.variables if pair[0] != name)
        return replace(self, variables=(*rest, (name, value)))

    def value(self, text: str, *, plain: bool = True) -> int | str | None:
        """What a word stands for, where that is known."""
        if text == "$?":
            return self.status
        if found := _PIPESTATUS.fullmatch(text):
            index = int(found[1] or 0)
            return self.pipe[index] if index < len(self.pipe) else None
        if found := _VARIABLE.fullmatch(text):
            return dict(self.variables).get(found[1] or found[2])
        if text.isdigit():
            return int(text)
        return text if plain and "$" not in text else None


_VARIABLE = re.compile(r"\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?::?-[^}]*)?\})")
_PIPESTATUS = re.compile(r"\$(?:PIPESTATUS|\{PIPESTATUS\[(\d+)\]\})")

Path = tuple[State, str]
"""A state and how its list ended: nothing (it goes on), `exit`, `return`, `break` or `continue`."""


def decided(words: list[Word], state: State) -> bool | None:
    """What `test`, `[`, `[[` or `((` answers, where the numbers in it are known; else None."""
    texts = [word.text for word in words[1:] if word.text not in ("]", "]]")]
    if words[0].text == "((":
        found = _ARITHMETIC.fullmatch(texts[0]) if texts else None
        if found is None:
            return None
        texts = [f"${found[1]}", found[2] or "!=", found[3] or "0"]
    turned = bool(texts) and texts[0] == "!"
    texts = texts[turned:]
    if len(texts) != 3 or texts[1] not in _COMPARED:
        return None
    left, right = state.value(texts[0]), state.value(texts[2])
    if not isinstance(left, int) or not isinstance(right, int):
        return None
    return _COMPARED[texts[1]](left, right) != turned


_ARITHMETIC = re.compile(r"\s*\$?([A-Za-z_]\w*|\?)\s*(?:(==|!=|>=|<=|>|<)\s*(\d+))?\s*")
_COMPARED = {
    "-eq": int.__eq__, "=": int.__eq__, "==": int.__eq__, "-ne": int.__ne__, "!=": int.__ne__, "-gt": int.__gt__, ">": int.__gt__,
    "-ge": int.__ge__, ">=": int.__ge__, "-lt": int.__lt__, "<": int.__lt__, "-le": int.__le__, "<=": int.__le__,
}  # fmt: skip


_Way = TypeVar("_Way", State, Path, tuple[State, tuple[int | None, ...]])


def fewer(paths: list[_Way]) -> list[_Way]:
    """Each path once. Raises `TooManyPathsError`."""
    kept = list(dict.fromkeys(paths))
    if len(kept) > MOST_PATHS:
        raise TooManyPathsError
    return kept


class TooManyPathsError(Exception):
    """A script with more ways through it than anybody looks at."""
