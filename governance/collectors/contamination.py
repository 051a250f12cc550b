"""Searches of training data for the questions of a test, by runs of words.

*Reads* a plain form for the result of such a search, for no tool has one of its own: `method`, such as "13-gram
exact", `normalise`, and under `test_items` for each question how many of its runs of words (`ngrams`) were found in
the training data (`hits`). `benchmark`, `dataset`, `rows`, `threshold`, `tool` and `version` may stand beside them.

*Says* how many questions there are, how many share at least one run with the training data, or at least the share
that the threshold asks for, and by which method that was looked for.

*Does not say* that a question that was not found is unseen: reworded and translated copies share no run of words. A
question too short to have a single run can not be found, and makes the evidence partial.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from governance.collectors.reading import fields
from governance.collectors.reading.doubts import Doubts
from governance.collectors.reading.interface import Marks, NotMine, OneFile, Tried
from governance.domain.evidence import Collector, Subject, SubjectType
from governance.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from governance.collectors.reading.answers import Found
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

OWN = "a script of one's own"
_RUN = re.compile(r"\b(\d{1,3})-?\s?gram", re.IGNORECASE)


class Contamination(OneFile):
    """Finds one search for each file."""

    noun = Collector(name="contamination", version="1")
    kinds = ("contamination-report.v1",)
    tool = OWN
    tried = (Tried("the form of 2026", "published", "2026-11-25"),)
    marks = Marks(form="json", words=(b'"method"', b'"test_items"', b'"hits"', b'"ngrams"'))

    def facts(self, folder: Folder, file: File) -> Iterable[Found]:
        """The search that one file tells of."""
        document = file.json()
        if not isinstance(document, dict) or not isinstance(document.get("test_items"), dict):
            raise NotMine("test_items is no object")
        doubts = Doubts()
        method = fields.text(document, "method", most=300)
        if method is None:
            raise UnreadableError("the method is not named")
        run = _RUN.search(method)
        threshold = fields.number(document, "threshold")
        if threshold is not None and not 0 <= threshold <= 1:
            raise UnreadableError("threshold is no share from 0 to 1")
        items, found = _count(document["test_items"], threshold, doubts)
        body = {
            "name": (fields.name(document, "dataset") or folder.name)[:500],
            "manifest_digest": None,
            "tool": {
                "name": fields.text(document, "tool", most=200) or OWN,
                "version": fields.plain(document, "version"),
            },
            "method": method,
            "ngram": int(run[1]) or None if run else None,
            "threshold": threshold,
            "normalise": fields.text(document, "normalise", most=300),
            "rows": fields.whole(document, "rows", least=1),
            "benchmarks": [
                {
                    "name": fields.text(document, "benchmark", most=300) or "test items",
                    "items": items,
                    "contaminated": found,
                }
            ],
            "contaminated_items": found,
        }
        subject = Subject(type=SubjectType.DATA_SET, name=body["name"])
        yield self.found(folder, file, "contamination-report.v1", body, subject, doubts=doubts)


def _count(entries: dict[str, Any], threshold: float | int | None, doubts: Doubts) -> tuple[int, int]:
    """How many questions there are, and how many of them are in the training data."""
    found = short = 0
    for name, entry in entries.items():
        hits = fields.whole(entry, "hits", least=0) if isinstance(entry, dict) else None
        runs = fields.whole(entry, "ngrams", least=0) if isinstance(entry, dict) else None
        if hits is None or runs is None or hits > runs:
            raise UnreadableError(f"{name[:100]}: hits and ngrams do not go together")
        short += runs == 0
        found += hits > 0 and (threshold is None or hits >= threshold * runs)
    if not entries:
        raise UnreadableError("not one question was looked for")
    if short:
        doubts.partial(f"{short} of {len(entries)} questions are too short to be looked for by this method")
    return len(entries), found


COLLECTOR = Contamination()
