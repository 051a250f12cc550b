"""Pipelines' YAML as text with line numbers: every scalar stays what was written, so `on:` is "on" and `yes` is "yes".

Unlike content, pipelines are full of anchors, aliases, merge keys (YAML 1.1, `<<`) and GitLab's `!reference`; those are followed. What they
would come to when written out is counted before anything walks over it, so that a bomb of aliases is an error and not a hang.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from governance.errors import UnreadableError
from governance.parsing import strict_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 40
MAX_NODES = 100_000

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Text(str):
    """A scalar as it was written; `line` is where it begins, or, of a block, where its first line of text is."""

    __slots__ = ("line", "where")

    line: int
    where: str

    def __new__(cls, text: str, line: int = 0, where: str = "") -> Text:
        """The text, its line and its file."""
        made = super().__new__(cls, text)
        made.line, made.where = line, where
        return made


class Map(dict[str, Any]):
    """A mapping, whose keys are `Text`; `line` is where it begins."""

    line = 0

    def line_of(self, key: str) -> int:
        """The line of a key, or of the mapping where it has none of that name."""
        return next((each.line for each in self if each == key and isinstance(each, Text)), self.line)


class Items(list[Any]):
    """A sequence; `line` is where it begins."""

    line = 0


class Reference(Items):
    """GitLab's `!reference [job, key]`: the path to what stands elsewhere."""


def documents(data: bytes, *, where: str) -> list[Any]:
    """The documents of a file. Raises `UnreadableError` with file and line."""
    text = strict_yaml.text_of(data, where=where, max_bytes=MAX_BYTES)
    try:
        return list(_Builder(yaml.parse(text, Loader=_Base), where).documents())
    except _Refused as refused:
        raise UnreadableError(f"{refused.what} at line {refused.line}", where=where) from None
    except yaml.reader.ReaderError as error:
        raise UnreadableError(f"not YAML: {error.reason}", where=where) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f" at line {mark.line + 1}" if mark is not None else ""
        raise UnreadableError(
            f"not YAML{line}: {getattr(error, 'problem', None) or 'unreadable'}", where=where
        ) from None


class _Refused(Exception):  # noqa: N818
    def __init__(self, what: str, event: Any) -> None:
        super().__init__(what)
        self.what = what
        self.line = event.start_mark.line + 1


class _Builder:
    """Values out of events. `weight` of an anchor is how many values it stands for, written out."""

    def __init__(self, events: Iterator[Any], where: str) -> None:
        self.events, self.where = events, where
        self.anchors: dict[str, tuple[Any, int]] = {}
        self.weight = 0

    def documents(self) -> Iterator[Any]:
        """Each document of the stream."""
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                self.anchors = {}
                yield self.value(next(self.events), 0)

    def value(self, event: Any, depth: int) -> Any:
        """The value that begins with this event."""
        if depth > MAX_DEPTH:
            raise _Refused(f"nesting deeper than {MAX_DEPTH}", event)
        before = self.weight
        self._weigh(1, event)
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in self.anchors:
                raise _Refused(f"the alias *{event.anchor} of nothing", event)
            made, weight = self.anchors[event.anchor]
            self._weigh(weight, event)
            return made
        line = event.start_mark.line + 1
        if isinstance(event, yaml.ScalarEvent):
            made = Text(event.value, line + (event.style in ("|", ">")), self.where)
        elif isinstance(event, yaml.SequenceStartEvent):
            made = self._items(event, depth)
        else:
            made = self._map(event, depth)
        if event.anchor:
            self.anchors[event.anchor] = (made, self.weight - before)
        return made

    def _weigh(self, more: int, event: Any) -> None:
        self.weight += more
        if self.weight > MAX_NODES:
            raise _Refused(f"more than {MAX_NODES:,} values, aliases written out,", event)

    def _items(self, begun: Any, depth: int) -> Items:
        made = Reference() if begun.tag == "!reference" else Items()
        made.line = begun.start_mark.line + 1
        for event in self.events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            made.append(self.value(event, depth + 1))
        return made

    def _map(self, begun: Any, depth: int) -> Map:
        made, merged = Map(), Map()
        made.line = begun.start_mark.line + 1
        for event in self.events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key = self.value(event, depth + 1)
            if not isinstance(key, Text):
                raise _Refused("a key that is not plain text", event)
            value = self.value(next(self.events), depth + 1)
            if key == "<<" and isinstance(value, (Map, Items)):
                for each in reversed(value if isinstance(value, Items) else [value]):
                    merged.update(each if isinstance(each, Map) else {})
            elif key in made:
                raise _Refused(f"the key {key[:80]!r} twice", event)
            else:
                made[key] = value
        for key, value in merged.items():
            made.setdefault(key, value)
        return made


def mapping(value: Any) -> Map:
    """The value where it is a mapping, else an empty one."""
    return value if isinstance(value, Map) else Map()


def listed(value: Any) -> list[Any]:
    """The value as a list: nothing is none, one thing is one."""
    if value is None or (isinstance(value, Text) and not value):
        return []
    return list(value) if isinstance(value, Items) else [value]


def yes(value: Any) -> bool:
    """Whether a value is a plain true."""
    return isinstance(value, str) and value.strip().lower() in ("true", "yes", "on")


def no(value: Any) -> bool:
    """Whether a value is absent or a plain false."""
    return value is None or (isinstance(value, str) and value.strip().lower() in ("false", "no", "off", ""))


def texts(value: Any) -> dict[str, str]:
    """The plain pairs of a mapping."""
    return {str(key): str(each) for key, each in mapping(value).items() if isinstance(each, Text)}
