"""`govern doctor`: its exit codes and its document."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Ran

    Govern = Callable[..., Ran]

SAMPLES = Path(__file__).parent.parent / "samples" / "wiring"


def doctor(govern: Govern, case: str, *words: str | Path) -> Ran:
    return govern("doctor", SAMPLES / case / "repository", "--no-local", *words)


@pytest.mark.parametrize(
    ("case", "code"),
    [("github-good", 0), ("github-or-true", 1), ("jenkins", 3), ("no-pipeline", 1), ("gitlab-good", 0)],
)
def test_the_exit_code_and_the_document_say_the_same(govern: Govern, case: str, code: int) -> None:
    export = json.loads((SAMPLES / case / "expected.json").read_text())["export"]
    rules = ("--rulesets", SAMPLES / case / export) if export else ()
    ran = doctor(govern, case, *rules)
    shown = doctor(govern, case, *rules, "--json")
    assert (ran.code, shown.code) == (code, code)
    assert shown.json["schema"] == "doctor.v1"
    assert shown.json["answer"] == {0: "ok", 1: "problem", 3: "could-not-tell"}[code]
    for each in shown.json["findings"]:
        assert set(each) == {"rule", "asked", "state", "where", "line", "said", "remedy"}
        assert each["said"] in ran.out
        assert each["remedy"] is None or each["remedy"] in ran.out
    for state, sign in (("ok", "✔ ok"), ("problem", "✘ problem"), ("could-not-tell", "? could not tell")):
        assert (sign in ran.out.rpartition("\n")[0]) == any(each["state"] == state for each in shown.json["findings"])


def test_without_an_export_it_gives_the_command_that_makes_one(govern: Govern) -> None:
    ran = doctor(govern, "github-not-exported", "--branch", "trunk")
    assert "gh api repos/OWNER/REPOSITORY/rules/branches/trunk" in ran.out
    assert "glab api projects/:id" in doctor(govern, "gitlab-good").out


def test_an_export_that_is_none_and_a_folder_that_is_not_there_are_told(govern: Govern, tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("{}")
    ran = doctor(govern, "github-good", "--rulesets", tmp_path / "x.json")
    assert (ran.code, "x.json" in ran.err) == (6, True)
    assert doctor(govern, "github-good", "--rulesets", tmp_path / "none.json").code == 6
    assert govern("doctor", tmp_path / "nowhere").code == 2


def test_a_name_of_a_job_can_not_pretend_to_be_an_answer(govern: Govern, tmp_path: Path) -> None:
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    (folder / "a.yml").write_text(
        'on: push\njobs:\n  "gate\\n✔ ok \\e[2J":\n    runs-on: x\n    steps: [{run: govern gate x || true}]\n'
    )
    ran = govern("doctor", "--no-local")
    assert ran.code == 1
    assert "\x1b" not in ran.out
    assert not any(line.startswith("✔ ok \\") for line in ran.out.splitlines())


def test_the_workspace_is_looked_at_too(ready: Govern) -> None:
    ran = ready("doctor", "--json")
    found: dict[str, Any] = {each["rule"]: each for each in ran.json["findings"]}
    assert found["gate-is-asked"]["state"] == "problem"
    for rule in ("version", "workspace", "ledger", "key", "content", "floors", "clock"):
        assert found[rule]["state"] == "ok", found[rule]
    assert "elm-desk" in found["workspace"]["said"]


def test_the_workspace_of_another_folder_is_looked_at(ready: Govern, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    said = {each["rule"]: each["state"] for each in ready("doctor", "empty", "--json").json["findings"]}
    assert said["workspace"] == "could-not-tell"
    named = ready("doctor", "empty", "--workspace", ".", "--json").json["findings"]
    assert {each["rule"]: each["state"] for each in named}["workspace"] == "ok"
