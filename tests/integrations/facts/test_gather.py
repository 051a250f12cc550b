"""All facts together: what is slow is asked by another process, and nothing that fails keeps the rest back."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import jsonschema_rs
import pytest
import yaml

import governance
from governance.integrations.facts import child, machine
from governance.integrations.facts.gather import gather
from governance.integrations.recorder import Recorder
from governance.parsing import spool
from tests.integrations.fake_driver import said

KINDS = Path(__file__).parents[3] / "evidence" / "kinds"
ROOT = Path(governance.__file__).parent.parent
FACTS = """
import json
from governance.integrations.facts.gather import gather
print(json.dumps(gather()))
"""
needs_cc = pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler to make the stand-in with")


def valid(kind, body):
    text = (KINDS / f"{kind}.yaml").read_text(encoding="utf-8")
    jsonschema_rs.validator_for(yaml.safe_load(text)["body"]).validate(body)


def test_a_checkout_on_the_path_tells_every_fact_and_each_fits_its_kind(tmp_path):
    told = dict(said(FACTS, None, cwd=ROOT, PYTHONPATH=str(ROOT)))
    assert list(told) == ["determinism", "command", "code", "container", "environment"]
    valid("compute-environment.v1", told["environment"])
    valid("source-revision.v1", told["code"])
    assert (told["environment"]["captured"], told["environment"]["gpu_status"]) == ("by-run", "none")
    assert told["environment"]["packages"]["pydantic"]


def test_an_installed_wheel_tells_the_same_from_a_folder_of_its_own(tmp_path):
    """The package is laid out as pip would; the working folder holds modules with the names of ones that are needed."""
    site = tmp_path / "site"
    shutil.copytree(ROOT / "governance", site / "governance", ignore=shutil.ignore_patterns("__pycache__"))
    work = tmp_path / "work"
    work.mkdir()
    for name in ("json", "governance", "pydantic", "subprocess", "pynvml"):
        (work / f"{name}.py").write_text("raise SystemExit('it was imported')\n", encoding="utf-8")
    start = f"import sys; sys.path[:] = [{str(site)!r}] + [each for each in sys.path if each]\n"
    told = said(start + FACTS + "assert 'site' in __import__('governance').__file__", None, cwd=work)
    assert [kind for kind, _ in told] == ["determinism", "command", "gap", "container", "environment"]
    assert "Git repository" in told[2][1]["why"]


def test_a_package_in_a_zip_file_is_found_too(tmp_path):
    archive = tmp_path / "all.zip"
    with zipfile.ZipFile(archive, "w") as made:
        for path in (ROOT / "governance").rglob("*.py"):
            made.write(path, path.relative_to(ROOT))
    start = f"import sys; sys.path.insert(0, {str(archive)!r})\n"
    told = said(start + FACTS, None, cwd=tmp_path)
    assert told[-1][0] == "environment"


@needs_cc
def test_cards_of_the_machine_are_in_the_environment_with_their_clocks_and_modes():
    environment = dict(said(FACTS, "mig"))["environment"]
    valid("compute-environment.v1", environment)
    (card,) = environment["gpus"]
    assert (card["mig_enabled"], card["mig_devices"], card["ecc_enabled"]) == (True, 2, True)
    assert (card["sm_clock_max_mhz"], card["power_limit_watts"], environment["cuda"]) == (1980, 700.0, "13.1")


@needs_cc
def test_a_driver_that_hangs_leaves_the_cards_open_and_the_rest_is_told():
    script = """
import json
from governance.integrations.facts import machine
print(json.dumps(machine.environment(0.3)), flush=True)
import os; os._exit(0)
"""
    environment = said(script, "deaf")
    valid("compute-environment.v1", environment)
    assert (environment["gpu_status"], environment["gpus"]) == ("could-not-tell", [])
    assert "did not answer within 0.3 seconds" in environment["gpu_note"]
    assert environment["packages"]


@needs_cc
def test_where_everything_together_takes_too_long_what_came_before_is_kept():
    script = FACTS.replace("gather()", "gather(6.0)").replace(
        "import json\n", "import json\nfrom governance.integrations.facts import child\n"
    )
    began = time.monotonic()
    told = said(script, "deaf")
    assert time.monotonic() - began < 12
    assert [kind for kind, _ in told] == ["determinism", "command", "code", "container", "gap"]
    assert told[-1][1] == {"of": "environment", "why": "it took longer than 6 seconds", "count": None}


def test_a_program_that_is_no_interpreter_is_not_started_again(monkeypatch, tmp_path):
    program = tmp_path / "trainer"
    program.write_text(f"#!/bin/sh\ntouch {tmp_path}/again\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    made = gather()
    assert [kind for kind, _ in made] == ["determinism", "command", "gap", "gap", "gap"]
    assert not (tmp_path / "again").exists()
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert {kind for kind, _ in child.told({})} == {"gap"}


def test_a_process_that_dies_or_talks_nonsense_leaves_a_gap_for_each_fact(monkeypatch, tmp_path):
    program = tmp_path / "python3"
    program.write_text('#!/bin/sh\necho nonsense\necho \'{"kind": "code", "body": {}}\'\nexit 3\n', encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    assert child.told({}) == [
        ("code", {}),
        ("gap", {"of": "container", "why": "the process for it ended with 3", "count": None}),
        ("gap", {"of": "environment", "why": "the process for it ended with 3", "count": None}),
    ]


class Card:
    about = {"index": 0, "name": "AMD Instinct MI300X", "uuid": None, "driver": "6.12.12", "memory_bytes": 206141652992}  # noqa: RUF012


def test_cards_of_amd_are_told_where_nvidia_has_none():
    told = machine.processors(amd_cards=lambda: [Card])
    assert (told["gpu_status"], told["driver"], told["gpus"][0]["name"]) == (
        "present",
        "6.12.12",
        "AMD Instinct MI300X",
    )
    environment = machine.compute_environment.capture("by-run", lambda: told)
    valid("compute-environment.v1", environment)

    def silent():
        raise OSError("no")

    assert machine.processors(amd_cards=silent)["gpu_status"] == "could-not-tell"


def test_the_run_is_not_held_up_by_facts_and_is_sealed_without_them(tmp_path):
    recorder = Recorder(
        "training", spool=tmp_path, gather=lambda: time.sleep(60), sampler=lambda: time.sleep(60), pause=0.02
    ).start()
    recorder.log({"loss": 1.0}, 1)
    time.sleep(0.4)
    (path,) = tmp_path.glob("*.spool")
    assert b'"loss":1.0' in path.read_bytes()  # while the facts are still waited for
    began = time.monotonic()
    recorder.close()
    assert time.monotonic() - began < 4
    segment = spool.read(path.read_bytes())
    assert segment.seal is not None
    assert {gap["of"] for gap in segment.of("gap")} == {"facts", "gpu"}


def test_facts_and_gaps_stand_in_the_spool_in_their_own_forms(tmp_path):
    facts = [("determinism", {"seeds": {}}), ("gap", {"of": "code", "why": "no repository", "count": None})]
    recorder = Recorder("training", spool=tmp_path, gather=lambda: facts, sampler=lambda: None, pause=0.02).start()
    recorder.close()
    segment = spool.read(next(tmp_path.glob("*.spool")).read_bytes())
    (determinism,), (gap,) = segment.of("determinism"), segment.of("gap")
    assert determinism["body"] == {"seeds": {}}
    assert (gap["of"], gap["why"]) == ("code", "no repository")


def test_the_process_ends_with_nothing_left_behind():
    """Started with nothing to read, it says what is wrong to nobody, and ends."""
    ran = subprocess.run(
        [sys.executable, "-I", "-c", child._START], input=json.dumps({"root": str(ROOT), "path": [], "folders": [], "script": None}),
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert [json.loads(line)["kind"] for line in ran.stdout.splitlines()] == ["code", "container", "environment"]
    assert ran.stderr == ""
