"""The organisation's content in a workspace: named in its configuration, asked with every policy, and handed over in packs."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import pytest

from governance.content import places

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Ran

FLOOR = """\
id: house-floor
title: What every system of the house must hold
why: The house answers for all of them.
floor: true
conditions:
  - id: nothing-critical
    why: A critical finding is a reason to wait.
    no_open_finding: {severity: critical}
examples:
  - {name: Nothing is open, answers: "yes", on: 2026-06-01, given: {findings: [low]}}
  - {name: Something is open, answers: "no", on: 2026-06-01, given: {findings: [critical]}}
"""


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A folder of the organisation's content, named by the workspace in the present folder."""
    folder = tmp_path / "house"
    (folder / "policies").mkdir(parents=True)
    (folder / "policies" / "house-floor.yaml").write_text(FLOOR)
    return folder


def name_it(tmp_path: Path) -> None:
    with (tmp_path / "governance.toml").open("a") as stream:
        stream.write('content = ["house"]\n')


def test_a_floor_is_asked_with_whatever_policy_and_goes_along_in_the_pack(
    ready: Callable[..., Ran], tmp_path: Path, house: Path
) -> None:
    before = ready("gate", "elm-desk", "--json").json
    name_it(tmp_path)
    after = ready("gate", "elm-desk", "--json").json
    assert [each["id"] for each in after["conditions"]] == [
        *(each["id"] for each in before["conditions"]),
        "house-floor/nothing-critical",
    ]
    assert after["conditions"][-1]["floor"] == "house-floor"
    assert after["policy_digest"] != before["policy_digest"]
    assert ready("pack", "elm-desk", "--out", "pack.zip", "--no-pdf").code == 0
    with zipfile.ZipFile(tmp_path / "pack.zip") as pack:
        held = next(pack.read(name) for name in pack.namelist() if name.endswith("policies/house-floor.yaml"))
    assert held == FLOOR.encode()
    (house / "policies" / "house-floor.yaml").unlink()
    verified = ready("verify", "pack.zip")
    assert verified.code == 0, verified.out + verified.err
    assert "judged again, with the same result" in verified.out.replace("\n", " ")


def test_the_self_test_says_whose_content_was_read(ready: Callable[..., Ran], tmp_path: Path, house: Path) -> None:
    name_it(tmp_path)
    ran = ready("content", "check")
    assert ran.code == 0
    assert str(house) in ran.out.replace("\n", "")
    assert ready("content", "check", "--json").json["organisation"] == ["house"]


def test_the_gate_says_which_floors_it_asked_and_that_one_on_record_is_gone(
    ready: Callable[..., Ran], tmp_path: Path, house: Path
) -> None:
    plain = (tmp_path / "governance.toml").read_text("utf-8")
    assert "no organisation's floors apply" in ready("gate", "elm-desk").out
    assert ready("gate", "elm-desk", "--json").json["floors"] == []
    name_it(tmp_path)
    stated = next(places.recorded_root().rglob("system.yaml"))
    assert ready("system", "add", str(stated)).code == 0
    told = ready("gate", "elm-desk", "--json").json
    assert (told["floors"], told.get("floors_gone")) == (["house-floor"], None)
    assert "floors of the organisation: house-floor" in ready("gate", "elm-desk").out
    (tmp_path / "governance.toml").write_text(plain, encoding="utf-8")
    gone = ready("gate", "elm-desk", "--json").json["floors_gone"]
    assert [each["floor"] for each in gone] == ["house-floor"]
    assert gone[0]["entry"].startswith("cnt-")
    said = f"the floor house-floor stands in the content on record ({gone[0]['entry']}), and is not asked now"
    assert said in " ".join(ready("gate", "elm-desk").out.split())
    ready("gate", "elm-desk", "--format", "markdown", "--out", "gate.md")
    assert "the floor house-floor stands in the content on record" in (tmp_path / "gate.md").read_text("utf-8")


def test_the_self_test_names_whose_file_replaces_another(
    ready: Callable[..., Ran], tmp_path: Path, house: Path
) -> None:
    name_it(tmp_path)
    text = (places.builtin_root() / "policies" / "release.yaml").read_text("utf-8")
    (tmp_path / "policies").mkdir()
    for folder, whose in ((house, "house"), (tmp_path, "project")):
        (folder / "policies" / "release.yaml").write_text(f"{text}# of the {whose}\n", encoding="utf-8")
    notes = ready("content", "check", "--json").json["notes"]
    assert [each for each in notes if each.endswith(" replaces policies/release.yaml")] == [
        "the organisation (house) replaces policies/release.yaml",
        "the workspace replaces policies/release.yaml",
    ]


def test_a_project_that_writes_over_a_floor_is_refused_by_every_command(
    ready: Callable[..., Ran], tmp_path: Path, house: Path
) -> None:
    name_it(tmp_path)
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "house-floor.yaml").write_text("id: house-floor\ntitle: Nothing\nwhy: We are in a hurry\n")
    for command in (
        ("gate", "elm-desk"),
        ("assess", "elm-desk"),
        ("content", "check"),
        ("content", "reach", "eval-run.v1"),
    ):
        ran = ready(*command, "--json")
        assert ran.code == 6, command
        assert ran.json["where"].endswith("policies/house-floor.yaml")
        assert "which is a floor" in ran.json["error"]
        assert "Give it another id" in ran.json["hint"]


def test_who_begins_a_file_of_the_organisations_name_is_told(
    ready: Callable[..., Ran], tmp_path: Path, house: Path
) -> None:
    name_it(tmp_path)
    ran = ready("content", "new", "policy", "house-floor", "--json")
    assert ran.code == 2
    assert "already" in ran.json["error"]
