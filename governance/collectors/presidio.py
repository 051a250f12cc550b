"""Signs of personal data that Presidio found in texts.

*Reads* the analyzer's results as people save them: a list of results for one text, a list of such lists, or JSON lines
with the results of one text in each, known by `entity_type`, `start`, `end` and `score`. A line or an entry may be an
object that holds its list under `results`, `entities`, `recognizer_results` or `analyzer_results`.

*Says* how many hits of each sort were found in how many texts. Two sorts at the same place are two hits, as the tool
counts. For a batch analysis of columns each cell is a text.

*Does not say* what was found or where: neither text nor positions are copied. Nor which version, languages and
threshold the tool was set to, and what became of the hits; those are null until a person says so. A text of which no
result was saved is not counted, and a file without any hit can not be told from any other empty list, so it is not
read.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from governance.collectors.reading import fields
from governance.collectors.reading.doubts import Doubts
from governance.collectors.reading.interface import Marks, NotMine, OneFile, Tried
from governance.domain.evidence import Collector, Subject, SubjectType
from governance.errors import UnreadableError
from governance.parsing import strict_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from governance.collectors.reading.answers import Found
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

_HOLDERS = ("recognizer_results", "results", "entities", "analyzer_results")
_SORT = re.compile(r"[A-Za-z][\w -]{0,99}")
MOST_SORTS = 500


class Presidio(OneFile):
    """Finds one search for each file of results."""

    noun = Collector(name="presidio", version="1")
    kinds = ("personal-data-scan.v1",)
    tool = "presidio-analyzer"
    tried = (
        Tried("2.2", "published", "2026-11-25"),
        Tried("2.2.366", "recorded", "2026-11-25"),
    )
    marks = Marks(
        form="json",
        words=(b'"entity_type"', b'"start"', b'"end"', b'"score"'),
        none_of=(b'"operator"',),  # the anonymizer's own list, which holds replaced text
    )

    def facts(self, folder: Folder, file: File) -> Iterable[Found]:
        """The search."""
        texts = 0
        sorts: Counter[str] = Counter()
        for results in _texts(file):
            texts += 1
            sorts.update(map(_sort, results))
            if len(sorts) > MOST_SORTS:
                raise UnreadableError(f"names more than {MOST_SORTS} sorts of personal data")
        if not sorts:
            raise NotMine("it holds no result of the analyzer")
        body = {
            "tool": {"name": self.tool, "version": None},
            "rows": texts,
            "languages": [],
            "threshold": None,
            "entities": dict(sorted(sorts.items())),
            "redacted": None,
            "dismissed": None,
            "unresolved": None,
        }
        subject = Subject(type=SubjectType.DATA_SET, name=f"texts searched for personal data: {file.shown}"[:500])
        yield self.found(folder, file, "personal-data-scan.v1", body, subject, doubts=Doubts())


def _texts(file: File) -> Iterator[list[Any]]:
    """The results of each text."""
    lines = file.lines()
    first = next((line for _, line in lines if line.strip()), b"")
    if _is_one_document(first, file):
        yield from _of_document(file.json())
        return
    for number, line in file.lines():
        if line.strip():
            try:
                value = strict_json.loads(line)
            except UnreadableError as error:
                raise UnreadableError(f"line {number} is broken: {error.message}") from None
            yield from _of_document(value)


def _is_one_document(first: bytes, file: File) -> bool:
    """True unless the first line is a whole document and more follows it."""
    if len(first) + 2 >= file.size:
        return True
    try:
        strict_json.loads(first)
    except UnreadableError:
        return True
    return False


def _of_document(value: Any) -> Iterator[list[Any]]:
    """One list of results is one text; a list of lists, or of objects that hold lists, is one text each."""
    if isinstance(value, dict):
        held = next((value[key] for key in _HOLDERS if isinstance(value.get(key), list)), None)
        if held is None:
            raise NotMine("an object in it holds no list of results")
        yield from _of_document(held)
    elif not isinstance(value, list):
        raise NotMine("it is neither a list nor an object")
    elif value and all(isinstance(row, list) or (isinstance(row, dict) and "entity_type" not in row) for row in value):
        for row in value:
            yield from _of_document(row)
    else:
        yield value


def _sort(result: Any) -> str:
    """The sort of one hit; raises for anything that is not a result."""
    if not isinstance(result, dict):
        raise UnreadableError("a result is not an object")
    said = fields.text(result, "entity_type")
    start, end = fields.whole(result, "start", least=0), fields.whole(result, "end", least=0)
    score = fields.number(result, "score")
    if said is None or start is None or end is None or score is None or end < start or not 0 <= score <= 1:
        raise UnreadableError("a result lacks its type, place or score")
    return said if _SORT.fullmatch(said) else "OTHER"


COLLECTOR = Presidio()
