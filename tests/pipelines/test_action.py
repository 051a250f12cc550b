"""The GitHub action, run as a runner runs it: its script, the files that the runner names, and its exit code."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import pytest
import yaml

from tests.conftest import RECORDED
from tests.pipelines.conftest import ROOT, Machine

if TYPE_CHECKING:
    from pathlib import Path

ACTION = ROOT / ".github" / "actions" / "gate"
WHOLE: dict[str, Any] = yaml.safe_load((ACTION / "action.yml").read_text("utf-8"))
STEP: dict[str, Any] = WHOLE["runs"]["steps"][0]


@dataclass(frozen=True)
class Step:
    code: int
    outputs: dict[str, str]
    summary: str
    log: str


def act(machine: Machine, **inputs: str) -> Step:
    """Run the one step of action.yml with these inputs and the defaults of the others, as `uses:` does."""
    given = {name: str(about.get("default", "")) for name, about in WHOLE["inputs"].items()} | {
        name.replace("_", "-"): value
        for name, value in {"distribution": "none", "system": "elm-desk", **inputs}.items()
    }
    told, said = machine.folder.parent / "output", machine.folder.parent / "summary"
    temporary = machine.folder.parent / "temporary"
    temporary.mkdir(exist_ok=True)
    environment = machine.environment | {
        "GITHUB_OUTPUT": str(told), "GITHUB_STEP_SUMMARY": str(said), "GITHUB_WORKSPACE": str(machine.folder),
        "RUNNER_TEMP": str(temporary),
    }  # fmt: skip
    for name, value in STEP["env"].items():
        expression = re.fullmatch(r"\$\{\{ (inputs\.)?(.+) \}\}", value)
        assert expression is not None
        environment[name] = given[expression[2]] if expression[1] else str(ACTION)
    for path in (told, said):
        path.write_text("")
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", STEP["run"]],
        cwd=machine.folder, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert list(temporary.iterdir()) == [], "something is left behind"
    outputs = dict(line.split("=", 1) for line in told.read_text("utf-8").splitlines())
    return Step(done.returncode, outputs, said.read_text("utf-8"), done.stdout + done.stderr)


def test_a_no_ends_in_one_with_summary_sarif_junit_and_markdown_of_one_judgement(machine: Machine) -> None:
    step = act(machine, workspace="governance")
    assert (step.code, step.outputs["outcome"], step.outputs["exit-code"]) == (1, "no", "1")
    assert step.summary.startswith("## ✘ no: policy release for elm-desk")
    sarif = json.loads((machine.folder / step.outputs["sarif"]).read_text("utf-8"))
    assert sarif["runs"][0]["properties"]["answer"] == "no"
    top = ElementTree.fromstring((machine.folder / step.outputs["junit"]).read_text("utf-8"))  # noqa: S314 - our own
    assert int(str(top.get("failures"))) >= 1
    assert (machine.folder / step.outputs["markdown"]).read_text("utf-8") == step.summary
    assert "::error title=Governance gate::The gate says no to elm-desk." in step.log


def test_a_yes_ends_in_nought_and_says_nothing_to_worry_about(machine: Machine) -> None:
    step = act(machine, workspace="governance", policy="lenient")
    assert (step.code, step.outputs["outcome"]) == (0, "yes")
    assert "::error" not in step.log
    assert step.summary.startswith("## ✔ yes")


def test_could_not_tell_fails_unless_it_is_let_through_and_then_everything_says_so(machine: Machine) -> None:
    strict = act(machine, workspace="governance", policy="undecided")
    assert (strict.code, strict.outputs["outcome"]) == (3, "could-not-tell")
    warned = act(machine, workspace="governance", policy="undecided", could_not_tell="warn")
    assert (warned.code, warned.outputs["outcome"], warned.outputs["exit-code"]) == (0, "could-not-tell", "3")
    assert "let through" in warned.summary
    assert "::warning title=Governance gate::" in warned.log
    assert act(machine, workspace="governance", could_not_tell="warn").code == 1, "a no is no warning"


def test_without_an_answer_nothing_passes_and_the_files_of_an_earlier_run_are_gone(machine: Machine) -> None:
    (machine.folder / "gate.sarif").write_text('{"an": "older answer"}')
    for inputs in ({"workspace": "nowhere"}, {"system": "nobody"}, {"attach": "no-such-folder"}):
        step = act(machine, **{"workspace": "governance", **inputs})
        assert step.code not in (0, 1, 3), inputs
        assert step.outputs == {"outcome": "error", "exit-code": str(step.code)}
        assert "the gate gave no answer" in step.summary
        assert not (machine.folder / "gate.sarif").exists()


def test_without_an_approved_release_a_baseline_is_no_answer_even_where_a_three_is_let_through(
    machine: Machine,
) -> None:
    step = act(machine, workspace="governance", policy="lenient", baseline="true", could_not_tell="warn")
    assert (step.code, step.outputs["outcome"]) == (3, "error")


def test_a_gate_that_dies_with_any_code_is_no_answer(machine: Machine, tmp_path: Path) -> None:
    for code in ("0", "1", "3"):
        fake = tmp_path / "bin" / "govern"
        fake.write_text(f'#!/bin/sh\n[ "$1" = gate ] && exit {code}\nexit 0\n')
        step = act(machine, workspace="governance", could_not_tell="warn")
        assert step.outputs["outcome"] == "error"
        assert step.code == (int(code) or 6)


@pytest.mark.parametrize(
    "inputs",
    [
        {"system": ""},
        {"system": "--workspace=/tmp"},
        {"policy": "--on=2020-01-01"},
        {"sarif": "a\nb"},
        {"could_not_tell": "ignore"},
        {"baseline": "yes"},
        {"attest": "me"},
        {"sarif": "governance"},
    ],
)
def test_a_wrong_input_is_told_before_anything_is_done(machine: Machine, inputs: dict[str, str]) -> None:
    step = act(machine, **{"workspace": "governance", **inputs})
    assert (step.code, step.outputs["outcome"]) == (2, "error")
    assert (machine.folder / "governance").is_dir()


def test_an_input_is_never_run_as_a_command(machine: Machine) -> None:
    for name in ("system", "workspace", "policy", "attach", "sarif", "extras", "python"):
        act(machine, **{"workspace": "governance", name: '$(touch touched) `touch touched` "; touch touched; "'})
    assert not list(machine.folder.rglob("touched"))
    assert "${{" not in STEP["run"]


def test_what_the_gate_prints_is_no_command_to_the_runner(machine: Machine, tmp_path: Path) -> None:
    fake = tmp_path / "bin" / "govern"
    fake.write_text('#!/bin/sh\n[ "$1" = gate ] && echo "::add-path::/evil"\nexit 0\n')
    log = act(machine, workspace="governance").log
    token = re.search(r"^::stop-commands::([0-9a-f]{32})$", log, re.MULTILINE)
    assert token is not None
    assert log.index(token[0]) < log.index("::add-path::") < log.index(f"\n::{token[1]}::")


def test_paths_are_attached_one_a_line_before_the_gate(machine: Machine) -> None:
    fresh = machine.folder / "fresh"
    govern = ["govern", "--workspace", "fresh"]
    subprocess.run(
        ["govern", "init", "fresh"], cwd=machine.folder, env=machine.environment, capture_output=True, check=True
    )
    subprocess.run(
        ["govern", "system", "add", str(RECORDED / "system.yaml"), *govern[1:]],
        cwd=machine.folder, env=machine.environment, capture_output=True, check=True,
    )  # fmt: skip
    shutil.copytree(machine.folder / "governance" / "policies", fresh / "policies")
    shutil.copytree(RECORDED, machine.folder / "a run")
    assert act(machine, workspace="fresh", policy="lenient").code == 1
    step = act(machine, workspace="fresh", policy="lenient", attach="\n  a run  \r\n\n")
    assert (step.code, step.outputs["outcome"]) == (0, "yes"), step.log


def test_without_a_runner_the_script_still_answers(machine: Machine) -> None:
    done = subprocess.run(
        ["bash", str(ACTION / "gate.sh")], cwd=machine.folder, capture_output=True, text=True, check=False,
        env=machine.environment
        | {"GATE_SYSTEM": "elm-desk", "GATE_WORKSPACE": "governance", "GATE_DISTRIBUTION": "none", "GATE_POLICY": "lenient"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert os.listdir(machine.folder) == ["governance"]  # noqa: PTH208 - no file was asked for


def test_every_input_reaches_the_script_and_no_other() -> None:
    script = (ACTION / "gate.sh").read_text("utf-8")
    named = {re.sub(r".*inputs\.([a-z-]+).*", r"\1", value) for value in STEP["env"].values() if "inputs." in value}
    assert named == set(WHOLE["inputs"])
    assert set(re.findall(r"\$\{(GATE_[A-Z_]+)", script)) == set(STEP["env"])
    assert set(re.findall(r"^\s*give ([a-z-]+)", script, re.MULTILINE)) == set(WHOLE["outputs"])
    assert all("uses" not in step for step in WHOLE["runs"]["steps"])


def test_a_distribution_that_can_not_be_installed_is_told(machine: Machine) -> None:
    step = act(machine, workspace="governance", distribution="./no-such.whl", python="no-such-python")
    assert (step.code, step.outputs["outcome"]) == (6, "error")
    assert "could not be installed" in step.log
