"""A reconciliation written down: as a record that becomes evidence, as one document for programs, and as a table.

The record holds the id and the answer of every unit, so that whoever reads it can count again, and draw the sample again, from the
record alone. Lists that could grow without bound are cut, and how many are left out stands beside them.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from governance.assurance.population.answers import Answer
from governance.parsing import canonical
from governance.reports.tabular.tables import sheet
from governance.verifier import sample

if TYPE_CHECKING:
    from datetime import datetime

    from governance.assurance.population.answers import Reconciliation
    from governance.domain.entry import Checkpoint

SCHEMA = "govern-population.v1"
MOST_UNITS, MOST_LISTED = 20_000, 200
METHOD = sample.METHOD.replace("entry id", "unit id")
HEAD = (
    "id",
    "sort",
    "name",
    "answer",
    "reasons",
    "tied_by",
    "folders",
    "evidence",
    "state",
    "start",
    "end",
    "population",
)
_VERDICTS = {0: "evidenced", 1: "orphans", 3: "could-not-tell"}


def draw(made: Reconciliation, number: int, seed: str) -> dict[str, Any]:
    """A sample of the units with everything that draws it again, by the way in which a sample of a pack is drawn."""
    ranked = sorted((sample.rank(seed, unit.key), unit) for unit in made.units)
    drawn = [
        {"rank": place, "sha256": hashed, "id": unit.key, "answer": unit.answer.value}
        for place, (hashed, unit) in enumerate(ranked[:number], start=1)
    ]
    return {
        "seed": seed,
        "method": METHOD,
        "population": len(ranked),
        "population_digest": made.digest,
        "asked": number,
        "drawn": drawn,
    }


def plain(made: Reconciliation) -> dict[str, Any]:
    """The whole reconciliation as JSON, nothing left out."""
    return {
        "sentences": list(made.sentences),
        "verdict": _VERDICTS[made.exit_code],
        "counts": _counts(made),
        "beside": asdict(made.beside),
        "sources": [asdict(source) | {"notes": list(source.notes)} for source in made.sources],
        "doubts": list(made.doubts),
        "population_digest": made.digest,
        "units": [unit.plain() for unit in made.units],
        "unexplained": [asdict(one) for one in made.unexplained],
    }


def record(made: Reconciliation, checkpoint: Checkpoint, at: datetime, drawn: dict[str, Any] | None = None) -> bytes:
    """The record that is attached as evidence."""
    orphans = [unit.plain() for unit in made.of(Answer.ORPHAN)]
    body = plain(made)
    units, unexplained = body.pop("units"), body.pop("unexplained")
    said = {
        "schema": SCHEMA,
        "reconciled_at": canonical.instant(at),
        "ledger": {"origin": checkpoint.origin, "size": checkpoint.size, "root": checkpoint.root},
        **body,
        "units": [{"id": unit["id"], "answer": unit["answer"]} for unit in units[:MOST_UNITS]],
        "units_left_out": max(0, len(units) - MOST_UNITS),
        "orphans": orphans[:MOST_LISTED],
        "orphans_left_out": max(0, len(orphans) - MOST_LISTED),
        "unexplained": unexplained[:MOST_LISTED],
        "unexplained_left_out": max(0, len(unexplained) - MOST_LISTED),
        "sample": drawn,
    }
    return (json.dumps(said, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


def table(made: Reconciliation) -> bytes:
    """One row for each unit, in a file that opens in a spreadsheet and runs nothing there."""
    return sheet(HEAD, ([_cell(unit.plain()[key]) for key in HEAD[:-1]] + [made.digest] for unit in made.units))


def _cell(value: Any) -> Any:
    return "; ".join(value) if isinstance(value, list) else value


def _counts(made: Reconciliation) -> dict[str, dict[str, int]]:
    return {
        sort: {"units": counted.total()} | {answer.value: counted[answer] for answer in Answer}
        for sort, counted in made.counted.items()
    }
