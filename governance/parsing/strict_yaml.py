"""YAML as plain data: no tags, no aliases, no duplicate keys, no surprise types.

YAML 1.1 turns `NO` into false, `1.10` into 1.1 and a line of nine aliases into a gigabyte. Content and cards are written
by people, so the notation stays; the surprises go. Only `true` and `false` are booleans, dates stay dates, and a key that
stands twice or an anchor of any kind is an error that names the line.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from governance.errors import UnreadableError

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 40

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_BOOL = re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$")


class _Loader(_Base):  # type: ignore[misc]
    """A safe loader whose only booleans are true and false, and whose mappings have each key once."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - PyYAML reads this class attribute
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
        for first, resolvers in _Base.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002
        """Refuse a key that stands twice, and the merge key, which is an alias in disguise."""
        seen: set[Any] = set()
        for key_node, _ in node.value:
            if key_node.tag == "tag:yaml.org,2002:merge":
                raise _Refused("a merge key", key_node.start_mark)
            if not isinstance(key_node, yaml.ScalarNode):
                raise _Refused("a key that is not plain text", key_node.start_mark)
            key = (key_node.tag, key_node.value)
            if key in seen:
                raise _Refused(f"the key {key_node.value!r} twice", key_node.start_mark)
            seen.add(key)
        made: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        return made


_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", _BOOL, list("tTfF"))


class _Refused(Exception):  # noqa: N818
    def __init__(self, what: str, mark: Any) -> None:
        super().__init__(what)
        self.what = what
        self.line = mark.line + 1 if mark is not None else 0


def loads(data: bytes, *, where: str = "", max_bytes: int = MAX_BYTES) -> Any:
    """Parse one YAML document. Raises `UnreadableError` with file and line."""
    if len(data) > max_bytes:
        raise UnreadableError(f"{len(data):,} bytes is over the cap of {max_bytes:,}", where=where)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableError(f"not UTF-8 at byte {error.start}", where=where) from None
    try:
        _refuse_bombs(text)
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader, made stricter
    except _Refused as refused:
        raise UnreadableError(f"{refused.what} at line {refused.line}", where=where) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f" at line {mark.line + 1}" if mark is not None else ""
        problem = getattr(error, "problem", None) or "unreadable"
        raise UnreadableError(f"not YAML{line}: {problem}", where=where) from None
    except (ValueError, RecursionError) as error:
        raise UnreadableError(f"not YAML: {error}", where=where) from None


def _refuse_bombs(text: str) -> None:
    """Aliases and depth are refused on the event stream, before anything is built.

    A file with no `&` and no `*` has no alias; depth in block style needs indentation, in flow style brackets.
    """
    suspicious = "&" in text or "*" in text or text.count("[") + text.count("{") > MAX_DEPTH or "!" in text
    deep = any(line.startswith(" " * (MAX_DEPTH // 2)) or line.startswith("- " * 8) for line in text.splitlines())
    if not suspicious and not deep:
        return
    depth = 0
    for event in yaml.parse(text, Loader=_Base):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _Refused("an anchor or alias", event.start_mark)
        if getattr(event, "tag", None) and not event.tag.startswith("tag:yaml.org,2002:"):
            raise _Refused(f"the tag {event.tag}", event.start_mark)
        if isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            depth += 1
            if depth > MAX_DEPTH:
                raise _Refused(f"nesting deeper than {MAX_DEPTH}", event.start_mark)
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            depth -= 1
