"""What there is to say of each collector, taken from the collector itself: the commands and the reference pages print it."""

from __future__ import annotations

import inspect
import re
import sys
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from governance.collectors.reading.collect import collectors

if TYPE_CHECKING:
    from governance.collectors.reading.interface import Collects, Tried

_PARTS = re.compile(r"^\*(?P<part>Reads|Says|Does not say)\*", re.MULTILINE)


@dataclass(frozen=True)
class Source:
    """One collector in words: its title, the three parts of its docstring, and what it was held against."""

    name: str
    version: str
    tool: str
    kinds: tuple[str, ...]
    tried: tuple[Tried, ...]
    title: str
    reads: str
    says: str
    does_not_say: str

    def plain(self) -> dict[str, Any]:
        """The same as JSON."""
        return asdict(self)


def sources() -> tuple[Source, ...]:
    """All collectors that are found, in order of name."""
    return tuple(sorted(map(_source, collectors()[0]), key=lambda each: each.name))


def _source(collector: Collects) -> Source:
    module = sys.modules.get(type(collector).__module__)
    text = inspect.cleandoc(module.__doc__ or "") if module else ""
    parts = {}
    found = list(_PARTS.finditer(text))
    for match, following in zip(found, [*found[1:], None], strict=True):
        parts[match["part"]] = text[match.start() : following.start() if following else len(text)].strip()
    return Source(
        name=collector.noun.name,
        version=collector.noun.version,
        tool=getattr(collector, "tool", ""),
        kinds=tuple(collector.kinds),
        tried=tuple(getattr(collector, "tried", ())),
        title=text.partition("\n")[0],
        reads=parts.get("Reads", ""),
        says=parts.get("Says", ""),
        does_not_say=parts.get("Does not say", ""),
    )
