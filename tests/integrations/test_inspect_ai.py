"""Real evaluations of Inspect with its mock of a model: the hook records them, and only where somebody asks."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest

from tests.integrations.running import ROOT, run, said, segments

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("inspect_ai", reason="inspect-ai is not installed; `make test` installs it")

SCRIPT = """
import json, sys
IMPORTED and __import__("governance.integrations.inspect_ai")
from inspect_ai import Task, eval
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import GenerateConfig, ModelOutput, ModelUsage, get_model
from inspect_ai.scorer import match
from inspect_ai.solver import solver

@solver
def breaks():
    async def solve(state, generate):
        raise ValueError("a secret place")
    return solve

def answer(*_, **__):  # with its usage, because the mock would count tokens with a file from the network
    made = ModelOutput.from_content("mockllm/model", "yes")
    made.usage = ModelUsage(input_tokens=1, output_tokens=1, total_tokens=2)
    return made

model = get_model("mockllm/model", custom_outputs=answer)
rows = [Sample(input=f"question {n}", target="yes") for n in range(3)]
good = Task(name="good", dataset=MemoryDataset(rows, name="three-questions"), scorer=match(location="exact"), config=GenerateConfig(temperature=0.5, seed=7))
bad = Task(name="bad", dataset=MemoryDataset(rows), solver=breaks(), scorer=match())
logs = eval([good, bad], model=model, display="none", log_dir="logs", limit=2, log_format="json")
print()
print(json.dumps({"logs": [log.location for log in logs], "status": [log.status for log in logs],
                  "loaded": "governance.integrations.inspect_ai" in sys.modules}))
"""


@pytest.fixture
def installed(tmp_path: Path) -> str:
    """A folder with the entry point that `pyproject.toml` names, as an installation has it."""
    group = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["entry-points"]["inspect_ai"]
    folder = tmp_path / "site" / "governance_evidence_of_a_test-1.dist-info"
    folder.mkdir(parents=True)
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: governance-evidence-of-a-test\nVersion: 1\n")
    lines = [f"{name} = {value}" for name, value in group.items()]
    (folder / "entry_points.txt").write_text("[inspect_ai]\n" + "\n".join(lines) + "\n")
    return f"{ROOT}:{folder.parent}"


def test_two_tasks_are_two_records_with_their_numbers_their_logs_and_their_ends(tmp_path: Path) -> None:
    told = said(run(f"IMPORTED = True\n{SCRIPT}", tmp_path, GOVERN_SPOOL="spool"))
    assert told["status"] == ["success", "error"]
    by_task = {segment.of("settings")[0]["values"]["task"]: segment for segment in segments(tmp_path / "spool")}
    assert sorted(by_task) == ["bad", "good"]
    good, bad = by_task["good"], by_task["bad"]
    assert good.opened["activity"] == "evaluation"
    assert good.opened["tool"]["name"] == "inspect-ai"
    assert good.of("model")[0]["base_model"]["name"] == "mockllm/model"
    assert (good.of("data")[0]["name"], good.of("data")[0]["context"]) == ("three-questions", "evaluation")
    assert good.of("seeds")[0]["seeds"] == {"generation": 7}
    values = good.of("settings")[0]["values"]
    assert (values["limit"], values["gen_temperature"]) == (2, 0.5)
    (result,) = good.of("result")
    assert (result["name"], result["samples"], result["values"]["accuracy"]) == ("good/match", 2, 1.0)
    (files,) = good.of("files")
    log = tmp_path / "logs" / files["files"][0]["name"]
    assert files["files"][0]["size"] == log.stat().st_size
    assert (good.seal["outcome"], good.seal["samples"]) == ("finished", 2)
    assert (bad.seal["outcome"], bad.seal["reason"]) == ("failed", "Inspect says error")
    assert bad.of("result") == ()
    assert "secret" not in str(bad.records)
    assert "question 0" not in str(good.records)


def test_installed_beside_inspect_nobody_is_recorded_or_told_of_a_hook_who_did_not_ask(
    tmp_path: Path, installed: str
) -> None:
    printed = run(f"IMPORTED = False\n{SCRIPT}", tmp_path, PYTHONPATH=installed)
    assert said(printed)["loaded"] is False
    assert "hooks" not in printed
    assert not list(tmp_path.rglob("*.spool"))


def test_installed_beside_inspect_it_records_where_the_environment_asks(tmp_path: Path, installed: str) -> None:
    run(f"IMPORTED = False\n{SCRIPT}", tmp_path, PYTHONPATH=installed, GOVERN_RECORD="on")
    assert len(segments(tmp_path / "governance-spool")) == 2


def test_it_can_be_switched_off(tmp_path: Path) -> None:
    run(f"IMPORTED = True\n{SCRIPT}", tmp_path, GOVERN_RECORD="off", GOVERN_SPOOL="spool")
    assert not (tmp_path / "spool").exists()
