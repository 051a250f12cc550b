"""YAML as plain data: no tags, no aliases, no duplicate keys, no surprise types.

YAML 1.1 turns `NO` into false, `1:30` into 90, `010` into 8 and a line of nine aliases into a gigabyte. Content and
cards are written by people, so the notation stays; the surprises go. Only `true` and `false` are booleans, only decimal
notation is a number, dates stay dates, and a key that stands twice, a tag or an anchor of any kind is an error that names
the line.
"""

from __future__ import annotations

import re
from math import inf
from typing import TYPE_CHECKING, Any

import yaml

from governance.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 40
MAX_NODES = 100_000

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_BOOL = re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$")
_INT = re.compile(r"^[-+]?(?:0|[1-9][0-9]*)$")
_FLOAT = re.compile(r"^[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?$")
_REPLACED = frozenset(f"tag:yaml.org,2002:{name}" for name in ("bool", "int", "float", "value"))


class _Loader(_Base):  # type: ignore[misc]
    """A safe loader with plain booleans and numbers only, whose mappings have each key once."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - PyYAML reads this class attribute
        first: [(tag, pattern) for tag, pattern in resolvers if tag not in _REPLACED]
        for first, resolvers in _Base.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Refuse a key that stands twice, and the merge key, which is an alias in disguise."""
        seen: set[Any] = set()
        for key_node, _ in node.value:
            if key_node.tag == "tag:yaml.org,2002:merge":
                raise _Refused("a merge key", key_node.start_mark)
            if not isinstance(key_node, yaml.ScalarNode):
                raise _Refused("a key that is not plain text", key_node.start_mark)
            key = (key_node.tag, key_node.value)
            if key in seen:
                raise _Refused(f"the key {key_node.value[:80]!r} twice", key_node.start_mark)
            seen.add(key)
        made: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        if len(made) != len(seen):
            raise _Refused("two spellings of one key", node.start_mark)
        return made


_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", _BOOL, list("tTfF"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", _INT, list("-+0123456789"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:float", _FLOAT, list("-+.0123456789"))


def _checked(construct: Any) -> Any:
    """Name the line of a text that has the form of a number or a date but is none."""

    def checked(loader: _Loader, node: yaml.ScalarNode) -> Any:
        if len(node.value) > 400:
            raise _Refused("a number of more than 400 digits", node.start_mark)
        try:
            made = construct(loader, node)
        except (ValueError, OverflowError) as error:
            raise _Refused(f"{node.value!r} is no date: {error}", node.start_mark) from None
        if made in (inf, -inf):
            raise _Refused(f"{node.value!r} is too large a number", node.start_mark)
        return made

    return checked


for _tag in ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float", "tag:yaml.org,2002:timestamp"):
    _Loader.add_constructor(_tag, _checked(_Base.yaml_constructors[_tag]))


class _Refused(Exception):  # noqa: N818
    def __init__(self, what: str, mark: Any) -> None:
        super().__init__(what)
        self.what = what
        self.line = mark.line + 1 if mark is not None else 0


def text_of(data: bytes, *, where: str, max_bytes: int = MAX_BYTES) -> str:
    """The text of a file. Raises `UnreadableError` for one that is too long or not UTF-8."""
    if len(data) > max_bytes:
        raise UnreadableError(f"{len(data):,} bytes is over the cap of {max_bytes:,}", where=where)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableError(f"not UTF-8 at byte {error.start}", where=where) from None


def loads(data: bytes, *, where: str = "", max_bytes: int = MAX_BYTES) -> Any:
    """Parse one YAML document. Raises `UnreadableError` with file and line."""
    text = text_of(data, where=where, max_bytes=max_bytes)
    try:
        _refuse_bombs(text)
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader, made stricter
    except _Refused as refused:
        raise UnreadableError(f"{refused.what} at line {refused.line}", where=where) from None
    except yaml.reader.ReaderError as error:
        number = text.encode()[: error.position].count(b"\n") + 1
        raise UnreadableError(f"not YAML at line {number}: {error.reason}", where=where) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f" at line {mark.line + 1}" if mark is not None else ""
        problem = getattr(error, "problem", None) or "unreadable"
        if "nesting depth" in problem:  # newer releases of libyaml stop before our own count does
            raise UnreadableError(f"nesting deeper than {MAX_DEPTH}{line}", where=where) from None
        raise UnreadableError(f"not YAML{line}: {problem}", where=where) from None


def line_of(data: bytes, place: Sequence[str | int]) -> int:
    """The line on which a value stands, by its path of keys and positions; the nearest that exists where it is absent.

    For text that `loads` has accepted. 0 where there is no telling.
    """
    try:
        node = yaml.compose(data.decode("utf-8-sig"), Loader=_Base)
    except (yaml.YAMLError, UnicodeDecodeError):
        return 0
    if node is None:
        return 0
    line: int = node.start_mark.line + 1
    for step in place:
        if isinstance(node, yaml.MappingNode):
            pairs = [(key, value) for key, value in node.value if key.value == str(step)]
            if not pairs:
                break
            key, node = pairs[0]
            line = key.start_mark.line + 1
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and 0 <= step < len(node.value):
            node = node.value[step]
            line = node.start_mark.line + 1
        else:
            break
    return line


def _refuse_bombs(text: str) -> None:
    """Aliases, tags and depth are refused on the event stream, before anything is built.

    Every file takes this walk. The loader recurses without a limit, in C, where too deep means the process dies; and there
    are too many spellings of depth (`- - -`, `-  -  -`, `? ? ?`) to tell a harmless text by its looks.
    """
    depth = 0
    for number, event in enumerate(yaml.parse(text, Loader=_Base)):
        if number > MAX_NODES:
            raise _Refused(f"more than {MAX_NODES:,} values", event.start_mark)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _Refused("an anchor or alias", event.start_mark)
        if tag := getattr(event, "tag", None):
            raise _Refused(f"the tag {tag[:80]}", event.start_mark)
        if isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            depth += 1
            if depth > MAX_DEPTH:
                raise _Refused(f"nesting deeper than {MAX_DEPTH}", event.start_mark)
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            depth -= 1
