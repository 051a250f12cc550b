"""All systems at once: each judged as it is alone, and judged again only where something of its own changed."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from governance.domain.entry import EntryType
from governance.errors import IntegrityError
from governance.ledger.store import Draft
from governance.portfolio import Portfolio
from governance.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
SYSTEM = "id: {id}\nname: System {id}\npurpose: Answers questions of readers\nowner: Ada Example\n"
NOTE = """schema: attested-document.v1
topic: ai-policy
title: The policy {id}
statement: The board approved the policy for this system on that day.
by: {{name: Ada Example, role: Head}}
on: 2026-11-01
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace.init(tmp_path / "ws", clock=lambda: NOW)
    for name in ("one", "two", "three"):
        (tmp_path / f"{name}.yaml").write_text(SYSTEM.format(id=name))
        made.add_system(tmp_path / f"{name}.yaml")
    return made


def attach(workspace: Workspace, system: str, tmp_path: Path) -> None:
    note = tmp_path / f"note-{system}.yaml"
    note.write_text(NOTE.format(id=system))
    assert workspace.attach([note], system, environment=False).appended


def test_each_system_is_judged_as_it_is_alone(workspace: Workspace, tmp_path: Path) -> None:
    attach(workspace, "two", tmp_path)
    cases = Portfolio(workspace).cases()
    assert list(cases) == ["one", "three", "two"]
    for name, case in cases.items():
        assert case.assessment == workspace.case(name).assessment
        assert case.gate == workspace.case(name).gate


def test_only_the_system_that_was_added_to_is_judged_again(workspace: Workspace, tmp_path: Path) -> None:
    portfolio = Portfolio(workspace)
    before = portfolio.cases()
    assert portfolio.judged == 3
    assert portfolio.cases() == before
    assert portfolio.judged == 0
    attach(workspace, "two", tmp_path)
    after = portfolio.cases()
    assert portfolio.judged == 1
    assert after["one"] is before["one"]
    assert after["two"].assessment.control("ai-policy-approved") != before["two"].assessment.control(
        "ai-policy-approved"
    )
    assert after["two"].assessment == workspace.case("two").assessment


def test_a_past_day_knows_what_was_known_then(workspace: Workspace) -> None:
    assert list(Portfolio(workspace, on=NOW + timedelta(days=1)).cases()) == ["one", "three", "two"]


def test_a_ledger_that_was_changed_gives_no_cases(workspace: Workspace) -> None:
    portfolio = Portfolio(workspace)
    portfolio.cases()
    with sqlite3.connect(workspace.ledger.path) as database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {name}")
        database.execute("UPDATE entry SET body = replace(body, 'one', 'own') WHERE seq = 0")
    with pytest.raises(IntegrityError):
        portfolio.cases()


def test_a_ledger_that_was_cut_does_not_continue_the_one_that_was_judged(workspace: Workspace, tmp_path: Path) -> None:
    attach(workspace, "two", tmp_path)
    portfolio = Portfolio(workspace)
    portfolio.cases()
    other = Workspace.init(tmp_path / "other", clock=lambda: NOW)
    for entry in list(workspace.ledger.entries())[:2]:
        other.ledger.append([Draft(EntryType(entry.type), entry.id, entry.system, entry.record)])
    workspace.ledger.close()
    workspace.ledger = other.ledger
    with pytest.raises(IntegrityError, match="entries are missing at the end"):
        portfolio.cases()
