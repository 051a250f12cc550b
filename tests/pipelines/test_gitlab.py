"""The GitLab template, run as a runner runs it: the lines of a job in one shell, with the variables of the job."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import pytest
import yaml

from tests.conftest import RECORDED
from tests.pipelines.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.pipelines.conftest import Machine

EXAMPLES = ROOT / "docs" / "examples" / "ci" / "gitlab"


def job(pipeline: Path, name: str) -> dict[str, Any]:
    """One job of a pipeline with its local includes and what it extends, merged as GitLab merges: mappings key by key."""
    whole = yaml.safe_load(pipeline.read_text("utf-8"))
    for each in whole.get("include", []):
        whole = yaml.safe_load((pipeline.parent / each["local"]).read_text("utf-8")) | whole
    own = whole[name]
    base = whole[own["extends"]] if "extends" in own else {}
    return base | own | {"variables": base.get("variables", {}) | own.get("variables", {})}


def work(
    machine: Machine, made: dict[str, Any], shell: tuple[str, ...], **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run `before_script` and `script`; a runner joins their lines into one script."""
    environment = machine.environment | {"CI_JOB_ID": "1", "GOVERN_DISTRIBUTION": "none"}
    environment |= {
        name: str(value) for name, value in made["variables"].items() if name != "GOVERN_DISTRIBUTION"
    } | variables
    lines = "\n".join([*made["before_script"], *made["script"]])
    return subprocess.run(
        [*shell, lines], cwd=machine.folder, env=environment, capture_output=True, text=True, check=False
    )


BASH, SH = ("bash", "-eo", "pipefail", "-c"), ("sh", "-ec")


@pytest.fixture
def gate() -> dict[str, Any]:
    return job(EXAMPLES / "example.gitlab-ci.yml", "gate")


@pytest.mark.parametrize("shell", [BASH, SH], ids=["bash", "sh"])
def test_the_job_ends_with_the_exit_code_of_the_gate_and_leaves_its_files(
    machine: Machine, gate: dict[str, Any], shell: tuple[str, ...]
) -> None:
    (machine.folder / "gate.sarif").write_text("of an earlier run")
    for policy, code, answer in (("", 1, "no"), ("undecided", 3, "could-not-tell"), ("lenient", 0, "yes")):
        done = work(machine, gate, shell, GOVERN_POLICY=policy)
        assert done.returncode == code, done.stderr
        files = [*gate["artifacts"]["paths"], gate["artifacts"]["reports"]["junit"]]
        assert sorted(files) == sorted(path.name for path in machine.folder.glob("gate.*"))
        sarif = json.loads((machine.folder / "gate.sarif").read_text("utf-8"))
        assert sarif["runs"][0]["properties"]["answer"] == answer
        assert ElementTree.fromstring((machine.folder / "gate.xml").read_text("utf-8")).tag == "testsuites"  # noqa: S314
    assert gate["artifacts"]["when"] == "always"


@pytest.mark.parametrize("shell", [BASH, SH], ids=["bash", "sh"])
def test_what_can_not_be_answered_does_not_pass(machine: Machine, gate: dict[str, Any], shell: tuple[str, ...]) -> None:
    for variables in ({"GOVERN_SYSTEM": ""}, {"GOVERN_WORKSPACE": "nowhere"}, {"GOVERN_ATTACH": "no-such-run"}):
        done = work(machine, gate, shell, GOVERN_POLICY="lenient", **variables)
        assert done.returncode not in (0, 1, 3), variables
        assert not (machine.folder / "gate.sarif").exists()


def test_folders_with_a_blank_and_a_star_in_their_names_are_attached(machine: Machine, gate: dict[str, Any]) -> None:
    shutil.copytree(RECORDED, machine.folder / "a run")
    shutil.copytree(RECORDED, machine.folder / "another * run")
    done = work(machine, gate, SH, GOVERN_POLICY="lenient", GOVERN_ATTACH="a run\nanother * run")
    assert done.returncode == 0, done.stderr
    assert work(machine, gate, SH, GOVERN_POLICY="lenient", GOVERN_ATTACH="a run\nb run").returncode == 6


def test_nothing_of_the_template_lets_a_failure_pass(gate: dict[str, Any]) -> None:
    assert gate["allow_failure"] is False
    assert {rule["if"] for rule in gate["rules"]} == {
        '$CI_PIPELINE_SOURCE == "merge_request_event"', "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH",
    }  # fmt: skip
