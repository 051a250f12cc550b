"""Scores of single samples, column by column, in as few bytes as they need: a million rows fit in a hundred MB.

Ids are whole numbers or text, digests are kept as their 32 bytes, scores as doubles with NaN where there is none. A sample
that was scored through several filters is one row. The digest over the columns is taken piece by piece, in the canonical
spelling, and is the one that `canonical.digest` gives for the columns as a whole. The rows themselves are kept as a table beside
the body (`governance.parsing.sample_table`).

Ids and clusters are the only words in it. An id that holds a secret or a personal datum is redacted and stays one of its own by a
number; a cluster that is not a plain name is kept by a digest.
"""

from __future__ import annotations

import hashlib
import math
import re
from array import array
from typing import TYPE_CHECKING, Any

from governance.collectors.reading import redaction
from governance.collectors.reading.answers import Enclosure
from governance.errors import UnreadableError
from governance.parsing import sample_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MOST_ROWS = 2_000_000
MOST_CELLS = 8_000_000
"""Scores in all, over all metrics and filters."""
MOST_FILTERS = 32
MOST_METRICS = 64
MOST_SPARSE = 300_000
"""Ids that are text, or numbers beyond the number of rows."""
MOST_LETTERS = 32_000_000
_PIECE = 4096
_WIDTH = 32
_NAME = re.compile(r"[A-Za-z0-9][\w.+-]{0,63}")


def with_table(body: dict[str, Any], columns: dict[str, Any]) -> tuple[dict[str, Any], tuple[Enclosure, ...]]:
    """A body of samples that tells of a table of these columns, and the table; without one where it is beyond what is kept."""
    made = sample_table.write(columns)
    if made is None:
        return body | {"columns": None, "table": None}, ()
    said, packed = made
    kept = Enclosure(sample_table.ATTACHMENT, sample_table.MEDIA_TYPE, packed)
    return body | {"columns": None, "table": said.plain()}, (kept,)


def clean_ids(ids: Sequence[int | str]) -> tuple[list[int] | list[str], int]:
    """The ids without secrets and personal data, and how many of them held one. Numbers among texts become texts."""
    if all(isinstance(identity, int) for identity in ids):
        return [int(identity) for identity in ids], 0
    known: dict[str, str] = {}
    for identity in map(str, ids):
        if (cleaned := redaction.text(identity)) != identity and identity not in known:
            known[identity] = f"{cleaned} {len(known) + 1}"
    return [known.get(identity, identity) for identity in map(str, ids)], len(known)


def cluster_of(value: Any) -> str | None:
    """What a question belongs with, by the name that the tool has for it: a plain name as it is, longer words by a digest."""
    if isinstance(value, bool) or not isinstance(value, (int, str)) or not str(value).strip():
        return None
    name = str(value)
    if _NAME.fullmatch(name) and redaction.text(name) == name:
        return name
    return "sha256:" + hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:32]


class SampleColumns:
    """The rows of one task. `filters` are those that rows named, None for rows that named none."""

    def __init__(self) -> None:
        self.ids: array[int] | list[int | str] = array("q")
        self.docs = bytearray()
        self.prompts: bytearray | None = bytearray()
        self.scores: dict[tuple[str, str | None], array[float]] = {}
        self.filters: dict[str | None, bytearray] = {}
        self.duplicated = 0
        self.redacted = 0
        self.clusters: list[str | None] = []
        self._names: dict[str, str] = {}
        self._places = array("i")
        self._sparse: dict[int | str, int] = {}
        self._letters = 0

    def __len__(self) -> int:
        return len(self.ids)

    def place(
        self, identity: int | str, through: str | None, document: str, prompt: str | None, cluster: str | None = None
    ) -> int:
        """The row of a sample; a new one, unless the same sample was seen through other filters only.

        `document` and `prompt` are digests as `sha256:<hex>`. An id that repeats gets a row of its own and is counted.
        """
        seen = self.filters.get(through)
        if seen is None:
            if len(self.filters) >= MOST_FILTERS:
                raise UnreadableError(f"more than {MOST_FILTERS} filters")
            seen = self.filters[through] = bytearray()
        place = self._known(identity)
        if place is not None and (place >= len(seen) or not seen[place]):
            _mark(seen, place)
            return place
        if place is not None:
            self.duplicated += 1
        place = len(self.ids)
        if place >= MOST_ROWS:
            raise UnreadableError(f"more than {MOST_ROWS:,} rows")
        _mark(seen, place)
        self._remember(identity, place)
        self.docs += bytes.fromhex(document[7:])
        self.clusters.append(None if cluster is None else self._names.setdefault(cluster, cluster))
        if prompt is None:
            self.prompts = None
        elif self.prompts is not None:
            self.prompts += bytes.fromhex(prompt[7:])
        return place

    def score(self, metric: str, through: str | None, place: int, value: float | int | None) -> None:
        """Note one score of one row; None leaves the metric known and the cell empty."""
        column = self.scores.get((metric, through))
        if column is None:
            column = self.scores[(metric, through)] = array("d")
            if len(self.scores) > MOST_METRICS * max(1, len(self.filters)):
                raise UnreadableError(f"more than {MOST_METRICS} metrics")
        if value is None:
            return
        missing = place + 1 - len(column)
        if missing > 0:
            if len(self.scores) * (place + 1) > MOST_CELLS:
                raise UnreadableError(f"more than {MOST_CELLS:,} scores")
            column.extend([math.nan] * missing)
        column[place] = value

    def fold(self, names: list[str]) -> bool:
        """Turn a file that repeats all its rows once for each filter, without naming it, into one row a sample.

        Up to 0.4.5 the harness wrote so. True where ids, documents and prompts repeat exactly as often as there are names;
        then the scores are filed under them in turn.
        """
        parts = len(names)
        if parts < 2 or list(self.filters) != [None] or len(self) % parts or not self.duplicated:
            return False
        rows = len(self) // parts
        if self.duplicated != len(self) - rows or not self._repeats(rows, parts):
            return False
        for (metric, _), column in list(self.scores.items()):
            del self.scores[(metric, None)]
            for number, name in enumerate(names):
                self.scores[(metric, name)] = column[number * rows : (number + 1) * rows]
        del self.ids[rows:], self.docs[rows * _WIDTH :], self.clusters[rows:]
        if self.prompts is not None:
            del self.prompts[rows * _WIDTH :]
        self.filters = {name: bytearray() for name in names}
        self.duplicated = 0
        return True

    @property
    def metrics(self) -> list[str]:
        """Metrics that at least one row has a score for; with several filters named `metric,filter`."""
        return list(self._named())

    def means(self) -> dict[str, float]:
        """The plain average of each metric over its scored rows."""
        made = {}
        for name, column in self._named().items():
            count = sum(not math.isnan(score) for score in column)
            made[name] = math.fsum(score for score in column if not math.isnan(score)) / count
        return made

    def clean(self) -> None:
        """Take secrets and personal data out of the ids, once all rows are there; `redacted` then says of how many."""
        if not isinstance(self.ids, array):
            ids, self.redacted = clean_ids(self.ids)
            self.ids = list(ids)

    def table(self) -> dict[str, Any]:
        """All columns as a table is written of them, in the order of the file."""
        made: dict[str, Any] = {"id": self.ids.tolist() if isinstance(self.ids, array) else self.ids}
        made["doc_sha256"] = self.docs
        if self.prompts:
            made["prompt_sha256"] = self.prompts
        if any(cluster is not None for cluster in self.clusters):
            made["cluster"] = self.clusters
        for name, column in self._named().items():
            made[name] = [score for piece in self._scores(column) for score in piece]
        return made

    def digest(self) -> str:
        """The digest of the columns in canonical JSON, as `sha256:<hex>`."""
        return sample_table.digest_of(self._all())

    def _named(self) -> dict[str, array[float]]:
        several = len(self.filters) > 1
        return {
            f"{metric},{through}" if several else metric: column
            for (metric, through), column in self.scores.items()
            if any(not math.isnan(score) for score in column)
        }

    def _all(self) -> list[tuple[str, Iterator[list[Any]]]]:
        """Each column by name, in pieces of some thousand values."""
        made = [("id", self._ids()), ("doc_sha256", self._digests(self.docs))]
        if self.prompts:
            made.append(("prompt_sha256", self._digests(self.prompts)))
        return made + [(name, self._scores(column)) for name, column in self._named().items()]

    def _ids(self) -> Iterator[list[Any]]:
        for start in range(0, len(self), _PIECE):
            yield list(self.ids[start : start + _PIECE])

    def _digests(self, held: bytearray) -> Iterator[list[Any]]:
        for start in range(0, len(held), _PIECE * _WIDTH):
            piece = held[start : start + _PIECE * _WIDTH].hex()
            yield ["sha256:" + piece[at : at + 2 * _WIDTH] for at in range(0, len(piece), 2 * _WIDTH)]

    def _scores(self, column: array[float]) -> Iterator[list[Any]]:
        for start in range(0, len(self), _PIECE):
            wanted = min(_PIECE, len(self) - start)
            scores = [_plain(score) for score in column[start : start + wanted]]
            yield scores + [None] * (wanted - len(scores))

    def _known(self, identity: int | str) -> int | None:
        if isinstance(identity, int) and 0 <= identity < len(self._places):
            place = self._places[identity]
            return None if place < 0 else place
        return self._sparse.get(identity)

    def _remember(self, identity: int | str, place: int) -> None:
        if isinstance(identity, str) and isinstance(self.ids, array):
            self.ids = list(self.ids)
        self.ids.append(identity)  # type: ignore[arg-type]  # a text only after the line above
        if isinstance(identity, int) and 0 <= identity < MOST_ROWS:
            missing = identity + 1 - len(self._places)
            if missing > 0:
                self._places.extend(array("i", [-1]) * missing)
            self._places[identity] = place
            return
        self._letters += len(identity) if isinstance(identity, str) else 0
        if len(self._sparse) >= MOST_SPARSE or self._letters > MOST_LETTERS:
            raise UnreadableError(f"more than {MOST_SPARSE:,} ids that are no small numbers")
        self._sparse[identity] = place

    def _repeats(self, rows: int, parts: int) -> bool:
        ids, docs, prompts = self.ids, self.docs, self.prompts
        for part in range(1, parts):
            start, end = part * rows, (part + 1) * rows
            if ids[start:end] != ids[:rows] or docs[start * _WIDTH : end * _WIDTH] != docs[: rows * _WIDTH]:
                return False
            if prompts is not None and prompts[start * _WIDTH : end * _WIDTH] != prompts[: rows * _WIDTH]:
                return False
        return True


def _mark(seen: bytearray, place: int) -> None:
    if place >= len(seen):
        seen.extend(bytes(place + 1 - len(seen)))
    seen[place] = 1


def _plain(score: float) -> float | int | None:
    if math.isnan(score):
        return None
    return int(score) if score.is_integer() and abs(score) < 2**53 else score
