"""What the doctor says of this machine and of a workspace."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from governance import readiness
from governance.wiring.findings import State

if TYPE_CHECKING:
    from governance.wiring.findings import Finding
    from governance.workspace import Workspace

NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
WORLD_MODE = 0o644


def states(root: Path, moment: datetime = NOW) -> dict[str, Finding]:
    return {each.rule: each for each in readiness.findings(root, lambda: moment) if each.rule != "extras"}


def test_a_key_that_others_can_read_is_a_problem_and_one_that_is_not_there_is_none(attached: Workspace) -> None:
    key = attached.root / "keys" / "ledger.pem"
    assert states(attached.root)["key"].state is State.OK
    key.chmod(WORLD_MODE)
    found = states(attached.root)["key"]
    assert (found.state, "chmod 600" in found.remedy) == (State.PROBLEM, True)
    key.unlink()
    assert states(attached.root)["key"].state is State.OK


def test_a_clock_before_the_last_entry_is_a_problem(attached: Workspace) -> None:
    found = states(attached.root, datetime(2020, 1, 1, tzinfo=UTC))["clock"]
    assert found.state is State.PROBLEM


def test_a_changed_ledger_is_a_problem(attached: Workspace) -> None:
    import sqlite3
    from contextlib import closing

    path = attached.root / "ledger.db"
    with closing(sqlite3.connect(path)) as raw:
        for (name,) in raw.execute("select name from sqlite_master where type = 'trigger'").fetchall():
            raw.execute(f"drop trigger {name}")
        table, column = "entry", "body"
        raw.execute(f"update {table} set {column} = replace({column}, 'elm-desk', 'elm-disk') where rowid = 2")
        raw.commit()
    found = states(attached.root)["ledger"]
    assert found.state is State.PROBLEM
    assert found.remedy


def test_a_ledger_that_is_no_database_a_broken_policy_and_an_empty_workspace_are_problems(
    attached: Workspace, tmp_path: Path
) -> None:
    from governance.workspace import Workspace

    (attached.root / "policies").mkdir()
    (attached.root / "policies" / "mine.yaml").write_text("id: [")
    assert states(attached.root)["content"].state is State.PROBLEM
    shutil.rmtree(attached.root / "policies")
    Workspace.init(tmp_path / "fresh").ledger.close()
    assert states(tmp_path / "fresh")["workspace"].state is State.PROBLEM
    (tmp_path / "fresh" / "governance.toml").write_text("not toml [")
    assert states(tmp_path / "fresh")["workspace"].state is State.PROBLEM


def test_missing_extras_are_named_with_the_command_that_brings_them() -> None:
    none = {each.said.split()[2]: each for each in readiness.extras(lambda _: False)}
    assert none["statistics"].state is State.PROBLEM
    assert "governance-evidence[statistics]" in none["statistics"].remedy
    assert none["documents"].state is State.OK
    assert all(each.state is State.OK and not each.remedy for each in readiness.extras(lambda _: True))


def test_content_of_an_organisation_without_a_floor_is_a_problem(attached: Workspace, tmp_path: Path) -> None:
    policies = tmp_path / "organisation" / "policies"
    policies.mkdir(parents=True)
    ours = Path(__file__).parent.parent.parent / "policies" / "release.yaml"
    text = ours.read_text("utf-8").replace("id: release\n", "id: house\n", 1)
    (policies / "house.yaml").write_text(text)
    config = attached.root / "governance.toml"
    config.write_text(config.read_text() + 'content = ["../organisation"]\n')
    assert states(attached.root)["floors"].state is State.PROBLEM
    (policies / "house.yaml").write_text(text.replace("id: house\n", "id: house\nfloor: true\n", 1))
    found = states(attached.root)["floors"]
    assert (found.state, "house" in found.said) == (State.OK, True)
