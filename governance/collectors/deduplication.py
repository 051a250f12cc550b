"""Searches of a data set for rows that say nearly the same, by MinHash.

*Reads* a plain form for the result of such a search, for datasketch and its like have none of their own: `params`
with `num_perm`, `threshold`, `shingle` and `seed`, and under `clusters` for each row the rows that are like it,
itself among them.

*Says* how many rows there were, how many repeat another one, by which likeness and with how many hash functions.

*Does not say* that anything was taken out: that is null until somebody says it. MinHash is an estimate, so rows near
the threshold fall on either side of it. Likeness is carried on: where a is like b and b like c, all three are one
group.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from governance.collectors.reading import fields
from governance.collectors.reading.interface import Marks, NotMine, OneFile, Tried
from governance.domain.evidence import Collector, Subject, SubjectType
from governance.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from governance.collectors.reading.answers import Found
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

OWN = "a script of one's own"
MOST_ROWS = 250_000


class Deduplication(OneFile):
    """Finds one search for each file."""

    noun = Collector(name="deduplication", version="1")
    kinds = ("deduplication-report.v1",)
    tool = OWN
    tried = (Tried("the form of 2026", "published", "2026-11-25"),)
    marks = Marks(form="json", words=(b'"params"', b'"num_perm"', b'"clusters"'))

    def facts(self, folder: Folder, file: File) -> Iterable[Found]:
        """The search that one file tells of."""
        document = file.json()
        if not isinstance(document, dict) or not isinstance(document.get("clusters"), dict):
            raise NotMine("clusters is no object")
        settings = fields.table(document, "params")
        threshold = fields.number(settings, "threshold")
        if threshold is not None and not 0 <= threshold <= 1:
            raise UnreadableError("threshold is no share from 0 to 1")
        rows, groups = _groups(document["clusters"])
        shingle = fields.plain(settings, "shingle")
        body = {
            "name": (fields.name(document, "dataset") or folder.name)[:500],
            "manifest_digest": None,
            "tool": {
                "name": fields.text(document, "tool", most=200) or OWN,
                "version": fields.plain(document, "version"),
            },
            "method": f"MinHash over {shingle}" if shingle else "MinHash",
            "threshold": threshold,
            "shingle": shingle[:100] if shingle else None,
            "permutations": fields.whole(settings, "num_perm", least=1),
            "seed": fields.whole(settings, "seed"),
            "normalise": fields.text(document, "normalise", most=300),
            "rows_before": rows,
            "rows_after": None,
            "duplicates_found": rows - groups,
            "duplicates_removed": None,
            "duplicates_left": None,
            "across_splits": None,
        }
        subject = Subject(type=SubjectType.DATA_SET, name=body["name"])
        yield self.found(folder, file, "deduplication-report.v1", body, subject)


def _groups(clusters: dict[str, Any]) -> tuple[int, int]:
    """How many rows there are and into how many groups of like rows they fall."""
    above: dict[str, str] = {}
    if len(clusters) > MOST_ROWS:
        raise UnreadableError(f"more than {MOST_ROWS:,} rows")
    for name, members in clusters.items():
        if not isinstance(members, list):
            raise UnreadableError(f"the rows like {name[:100]} are not a list")
        top = _top(above, name)
        for member in members:
            if isinstance(member, bool) or not isinstance(member, (str, int)):
                raise UnreadableError(f"a row like {name[:100]} has no plain name")
            if member != name:
                above[_top(above, str(member))] = top
    if not above:
        raise UnreadableError("not one row was searched")
    return len(above), sum(_top(above, each) == each for each in list(above))


def _top(above: dict[str, str], name: str) -> str:
    """The row that stands for the group of `name`; paths are shortened on the way (union-find)."""
    above.setdefault(name, name)
    while above[name] != name:
        above[name] = above[above[name]]
        name = above[name]
    return name


COLLECTOR = Deduplication()
