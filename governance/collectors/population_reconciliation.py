"""A population that was held against the ledger, as `govern population --record` writes it down.

*Reads* a JSON object with `schema: govern-population.v1`: when, against which state of which ledger, which sources were read and how many
of their rows, each unit by its id with its answer, and the sample that was drawn.

*Says* how many jobs, sets of weights and registered versions there were, how many of them are evidenced, and which are not. The
counts and the digest of the population are reckoned again from the units, and a record whose numbers do not come to that is not
read. One that left out units, or had a doubt about a source, is partial.

*Does not say* that the sources were all there are: a cluster nobody named, a listing of fewer days, and a job that its scheduler
forgot are in none of them. What is evidenced is on record, not good.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from governance.collectors.reading import fields, moments
from governance.collectors.reading.doubts import Doubts
from governance.collectors.reading.interface import Marks, NotMine, OneFile, Tried
from governance.domain.evidence import Collector, Subject, SubjectType
from governance.errors import UnreadableError
from governance.parsing import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable

    from governance.collectors.reading.answers import Found
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

SCHEMA = "govern-population.v1"
KIND = "population-reconciliation.v1"
ANSWERS = ("orphan", "could-not-tell", "incomplete", "evidenced")
_ANOTHER = "Write it again with: govern population --record FILE"


class PopulationReconciliation(OneFile):
    """Finds one reconciliation for each record."""

    noun = Collector(name="population-reconciliation", version="1")
    kinds = (KIND,)
    tool = SCHEMA
    tried = (Tried(SCHEMA, "recorded", "2026-11-26"),)
    marks = Marks(form="json", words=(SCHEMA.encode(), b'"schema"', b'"population_digest"'))

    def facts(self, folder: Folder, file: File) -> Iterable[Found]:
        """The reconciliation in one record."""
        value = file.json()
        if not isinstance(value, dict) or value.get("schema") != SCHEMA:
            raise NotMine("a document that only mentions the schema")
        body = {key: inner for key, inner in value.items() if key != "schema"}
        at = moments.of_text(body.get("reconciled_at"))
        if at is None:
            raise UnreadableError("reconciled_at is no moment with a zone", hint=_ANOTHER)
        doubts = Doubts()
        left_out = fields.whole(body, "units_left_out", least=0) or 0
        if left_out:
            doubts.partial(f"{left_out:,} units are left out of the record")
        else:
            _require_sums(body)
        for doubt in fields.texts(body, "doubts", most=2000):
            doubts.partial(doubt)
        subject = Subject(type=SubjectType.DOCUMENT, name="population of jobs and weights")
        yield self.found(folder, file, KIND, body, subject, doubts=doubts, at=at)


def _require_sums(body: dict[str, Any]) -> None:
    """Raise `UnreadableError` where counts or digest are not those of the units."""
    units = [fields.table({"unit": row}, "unit") for row in fields.rows(body, "units")]
    pairs = [(fields.text(unit, "id", most=5000), fields.text(unit, "answer")) for unit in units]
    if any(key is None or answer not in ANSWERS for key, answer in pairs):
        raise UnreadableError("a unit has no id, or no answer that is known", hint=_ANOTHER)
    if canonical.digest(sorted([key, answer] for key, answer in pairs)) != body.get("population_digest"):
        raise UnreadableError("its digest is not that of its units: it was changed", hint=_ANOTHER)
    found = Counter((str(key).partition(":")[0], answer) for key, answer in pairs)
    for sort, counted in fields.table(body, "counts").items():
        if not isinstance(counted, dict) or any(counted.get(each) != found[sort, each] for each in ANSWERS):
            raise UnreadableError(
                f"its counts of {sort[:50]} are not those of its units: it was changed", hint=_ANOTHER
            )


COLLECTOR = PopulationReconciliation()
