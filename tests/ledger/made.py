"""Ledgers, drafts and clocks made for these tests."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from governance.domain.entry import EntryType
from governance.ledger.store import Draft, Ledger

ORIGIN = "example.org/ledger"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def noon() -> datetime:
    return NOON


def draft(name: object, **record: object) -> Draft:
    return Draft(EntryType.EVIDENCE, f"id-{name}", "elm-desk", record)


def drafts(count: int, first: int = 0) -> list[Draft]:
    return [draft(f"{number:04}", number=number) for number in range(first, first + count)]


def made(path: Path, count: int = 0) -> Ledger:
    ledger = Ledger.create(path, origin=ORIGIN, clock=noon)
    ledger.append(drafts(count))
    return ledger


def opened(path: Path) -> Ledger:
    return Ledger(path, origin=ORIGIN, clock=noon)


def tamper(path: Path, *statements: str) -> None:
    """Do what somebody can do who owns the file: the triggers go first."""
    with closing(sqlite3.connect(path)) as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
        for statement in [f"DROP TRIGGER {name}" for name in names] + list(statements):
            connection.execute(statement)
        connection.commit()
