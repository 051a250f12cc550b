"""From entries to a dossier, now and as of a moment."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from governance.assurance.fold import fold
from governance.domain.entry import Entry
from governance.errors import UsageError
from tests.assurance.cases import NOON, dossier, piece

BODY = dossier().system_body


def entries(system: str = "desk") -> list[Entry]:
    """A system, two pieces, and the system again with an appetite; one entry an hour."""
    records: list[tuple[str, dict[str, Any]]] = [
        ("system", {"body_digest": "first"}),
        ("evidence", piece(1).record.plain()),
        ("evidence", piece(2).record.plain()),
        ("system", {"body_digest": "second"}),
    ]
    return [
        Entry.model_validate(
            {"seq": seq, "type": kind, "id": f"{kind}-{seq}", "system": system, "record": record,
             "recorded_at": NOON + timedelta(hours=seq)}
        )
        for seq, (kind, record) in enumerate(records)
    ]  # fmt: skip


def folded(rows: list[Entry], known_at: Any = None, system: str = "desk") -> Any:
    bodies = {"first": BODY, "second": {**BODY, "risk_appetite": 9}}
    return fold(
        system, rows, bodies=lambda digest: bodies.get(digest, {}), decisions={}, ledger_size=9, known_at=known_at
    )


def test_the_last_system_entry_is_the_system() -> None:
    held = folded(entries())
    assert held.system.risk_appetite == 9
    assert held.system_entry == "system-3"
    assert [each.seq for each in held.pieces] == [1, 2]


@pytest.mark.parametrize(("hours", "count", "appetite"), [(0, 0, None), (1, 1, None), (2, 2, None), (3, 2, 9)])
def test_what_was_recorded_later_is_as_if_it_had_never_been(hours: int, count: int, appetite: int | None) -> None:
    held = folded(entries(), NOON + timedelta(hours=hours))
    assert (len(held.pieces), held.system.risk_appetite) == (count, appetite)
    cut = folded(entries()[: hours + 1])
    assert (held.system, held.pieces, held.system_body) == (cut.system, cut.pieces, cut.system_body)


def test_a_system_not_known_yet_is_a_usage_error_with_a_hint() -> None:
    with pytest.raises(UsageError, match="nothing about 'desk' was on record at 2026-11-22 11:59 UTC"):
        folded(entries(), NOON - timedelta(seconds=1))


def test_entries_of_another_system_are_passed_over() -> None:
    assert folded(entries()[:1] + entries("other")).pieces == ()
