"""The tags that MLflow sets on a run while it is being recorded. The real MLflow loads the provider by its entry point."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from governance.integrations import recorder as recorders
from governance.integrations.mlflow import RunContext

ROOT = Path(__file__).parents[2]


def test_nothing_is_said_where_nothing_is_recorded():
    assert not RunContext().in_context()
    assert RunContext().tags() == {}


def test_a_live_recorder_gives_its_run_its_segment_by_name_and_the_version(recording):
    made = recording(run="desk-7")
    tags = RunContext().tags()
    assert tags.pop("governance.recorder")
    assert tags == {"governance.run": "desk-7", "governance.spool.segment": made.path.name}
    assert "/" not in made.path.name


def test_a_recorder_that_was_just_started_is_waited_for(recording):
    recording()
    assert RunContext().in_context()  # with no pause between: the thread has opened no segment yet


def test_a_closed_recorder_is_no_context(recording):
    recording().close()
    assert recorders.live() == ()
    assert not RunContext().in_context()


def test_two_runs_in_one_process_are_both_named_and_match_neither(recording):
    recording(run="b")
    recording(run="a")
    assert RunContext().tags()["governance.run"] == "a, b"


def test_a_run_named_by_the_environment_has_no_segment(monkeypatch):
    monkeypatch.setenv("GOVERN_RUN", "nightly 12/../x")
    assert sorted(RunContext().tags()) == ["governance.recorder", "governance.run"]
    assert RunContext().tags()["governance.run"] == "nightly-12-..-x"


def test_switched_off_is_off(monkeypatch):
    monkeypatch.setenv("GOVERN_RUN", "nightly")
    monkeypatch.setenv("GOVERN_RECORD", "off")
    assert not RunContext().in_context()


def test_a_recorder_that_breaks_is_no_context_and_no_error(monkeypatch):
    def breaks(patience):
        raise RuntimeError("the set changed while it was read")

    monkeypatch.setattr(recorders, "live", breaks)
    assert not RunContext().in_context()


def test_the_provider_brings_nothing_with_it():
    code = (
        "import sys; from governance.integrations.mlflow import RunContext; assert not RunContext().in_context(); "
        "print(sorted(name for name in sys.modules if name.startswith('governance')), "
        "[name for name in ('mlflow', 'pydantic', 'typer', 'json', 'threading') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-S", "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.stdout.strip() == "['governance', 'governance.integrations', 'governance.integrations.mlflow'] []", (
        done.stderr
    )


SCRIPT = """
import json, sys, warnings
warnings.simplefilter("ignore")
import mlflow
import governance
mlflow.set_tracking_uri(sys.argv[1])
with mlflow.start_run() as before:
    pass
with governance.record("training", run="desk-7", spool=sys.argv[2]) as run:
    with mlflow.start_run() as during:
        run.step(1)
    segment = run.recorder.path.name
tags = [mlflow.MlflowClient().get_run(each.info.run_id).data.tags for each in (before, during)]
print(json.dumps({"before": tags[0], "during": tags[1], "segment": segment}))
"""


def test_the_real_mlflow_tags_a_run_that_is_recorded_and_no_other(tmp_path):
    pytest.importorskip("mlflow")
    name = "mlflow.run_context_provider"
    group = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["entry-points"][name]
    installed = tmp_path / "plugin" / "governance_as_installed-0.dist-info"
    installed.mkdir(parents=True)
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: governance-as-installed\nVersion: 0\n")
    lines = [f"[{name}]", *(f"{each} = {target}" for each, target in group.items())]
    (installed / "entry_points.txt").write_text("\n".join(lines) + "\n")
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, f"sqlite:///{tmp_path}/mlflow.db", str(tmp_path / "spool")],
        env=os.environ | {"PYTHONPATH": f"{ROOT}:{installed.parent}", "MLFLOW_DISABLE_TELEMETRY": "true"},
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout.strip().splitlines()[-1])
    assert not [name for name in told["before"] if name.startswith("governance.")]
    ours = {name: value for name, value in told["during"].items() if name.startswith("governance.")}
    assert ours.pop("governance.recorder")
    assert ours == {"governance.run": "desk-7", "governance.spool.segment": told["segment"]}
