"""Conditions of pipelines with three answers: yes, no, and nobody can tell from the file.

GitHub's expressions (`if:`) and GitLab's (`rules: if:`) share comparison, `&&`, `||`, `!` and brackets. What is known of an event is given;
everything else is not known, and a condition that hangs on it is not either.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

Answer = bool | None
_TOKEN = re.compile(
    r"\s*(&&|\|\||==|!=|=~|!~|!|\(|\)|'(?:[^']|'')*'|\"[^\"]*\"|/(?:[^/\\]|\\.)+/i?|\$?[A-Za-z_][\w.*\[\]'-]*|-?[\d.]+|,|[<>]=?)"
)
_UNKNOWN = object()
_MOST = 400


def answer(condition: str, known: Mapping[str, object]) -> Answer:
    """Whether a condition holds. `known` gives values by name, in small letters; a function is known by its name with `()`."""
    tokens: list[str] = []
    at, text = 0, condition.strip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None or len(tokens) > _MOST:
            return None
        tokens.append(found[1])
        at = found.end()
        at += len(text[at:]) - len(text[at:].lstrip())
    if not tokens:
        return None
    reader = _Reader(tokens, known)
    try:
        value = reader.either(0)
    except (IndexError, ValueError):
        return None
    return _truth(value) if reader.at == len(tokens) else None


def unwrapped(condition: str) -> str:
    """A condition without the `${{ }}` around it; what stands beside an expression makes it a text, which is always true."""
    text = condition.strip()
    if text.startswith("${{") and text.endswith("}}") and text.count("${{") == 1:
        return text[3:-2].strip()
    return "true" if "${{" in text else text


def _truth(value: object) -> Answer:
    if value is _UNKNOWN:
        return None
    return value not in (False, None, "", 0)


class _Reader:
    def __init__(self, tokens: list[str], known: Mapping[str, object]) -> None:
        self.tokens, self.known, self.at = tokens, known, 0

    def _next(self, *marks: str) -> str:
        if self.at < len(self.tokens) and self.tokens[self.at] in marks:
            self.at += 1
            return self.tokens[self.at - 1]
        return ""

    def either(self, depth: int) -> object:
        """Whatever `||` joins."""
        if depth > 40:
            raise ValueError
        value: object = self._both(depth)
        while self._next("||"):
            other = self._both(depth)
            one, two = _truth(value), _truth(other)
            value = True if one or two else (_UNKNOWN if one is None or two is None else False)
        return value

    def _both(self, depth: int) -> object:
        value = self._compared(depth)
        while self._next("&&"):
            other = self._compared(depth)
            one, two = _truth(value), _truth(other)
            value = False if one is False or two is False else (_UNKNOWN if one is None or two is None else True)
        return value

    def _compared(self, depth: int) -> object:
        left = self._one(depth)
        mark = self._next("==", "!=", "=~", "!~", "<", ">", "<=", ">=")
        if not mark:
            return left
        right = self._one(depth)
        if left is _UNKNOWN or right is _UNKNOWN or mark not in ("==", "!="):
            return self._matched(left, mark, right)
        same = str(left).lower() == str(right).lower() if left is not None and right is not None else left is right
        return same == (mark == "==")

    def _matched(self, left: object, mark: str, right: object) -> object:
        """GitLab's `=~`, with a pattern that is plain enough not to hang on it."""
        if (
            left is _UNKNOWN
            or mark not in ("=~", "!~")
            or not isinstance(right, str)
            or not re.fullmatch(r"/[\w^$.|()/\\-]{1,80}/i?", right)
        ):
            return _UNKNOWN
        found = bool(left) and re.search(right.rstrip("i")[1:-1].replace("\\/", "/"), str(left)) is not None
        return found == (mark == "=~")

    def _one(self, depth: int) -> object:
        if self._next("!"):
            turned = _truth(self._one(depth + 1)) if depth < 40 else None
            return _UNKNOWN if turned is None else not turned
        if self._next("("):
            value = self.either(depth + 1)
            if not self._next(")"):
                raise ValueError
            return value
        token = self.tokens[self.at]
        self.at += 1
        if token[0] in "'\"":
            return token[1:-1].replace("''", "'")
        if token[0] == "/":
            return token
        if self._next("("):
            return self._called(token.lower(), depth)
        if token.lower() in ("true", "false", "null"):
            return {"true": True, "false": False, "null": None}[token.lower()]
        if re.fullmatch(r"-?[\d.]+", token):
            return token
        return self.known.get(token.lower(), _UNKNOWN)

    def _called(self, name: str, depth: int) -> object:
        while not self._next(")"):
            if not self._next(","):
                self.either(depth + 1)
        return self.known.get(f"{name}()", _UNKNOWN)
