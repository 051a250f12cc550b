"""From a spool to the ledger by `govern sync`: once, whole or not at all, and never what still runs."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from governance import syncing
from governance.workspace import Workspace
from tests.collectors.spools import beat, logged, segment
from tests.conftest import RECORDED

ROOT = Path(__file__).parent.parent.parent
AGO = timedelta(hours=2)


def now():
    return datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def spool(tmp_path):
    """Put segments into the folder `spool`, by name; all but their names are as given."""

    def put(folder="spool", **segments):
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        for name, data in segments.items():
            (tmp_path / folder / f"{name}.spool").write_bytes(data)
        return tmp_path / folder

    return put


def run(*records, begin=None, name="run-a", system="elm-desk", **more):
    """A run of 120 steps, as the weights in the recorded run had, unless records are given."""
    told = records or (*logged(40, 80, 120, every=0.1),)
    return segment(
        *told,
        begin=begin or now() - AGO,
        run=name,
        system=system,
        **({"planned_steps": 120, "output_dir": "run"} | more),
    )


def on_record(tmp_path, kind="run-record.v1"):
    return [entry for entry in Workspace(tmp_path).ledger.entries() if entry.record.get("kind") == kind]


def test_a_folder_that_is_not_there_is_named_and_nothing_is_a_yes(ready):
    ran = ready("sync")
    assert (ran.code, "GOVERN_SPOOL" in ran.err) == (2, True)


def test_a_folder_without_a_segment_is_no_success(ready, tmp_path):
    (tmp_path / "spool").mkdir()
    (tmp_path / "spool" / "notes.txt").write_text("govern-spool.v1 is a form of files")
    ran = ready("sync", "spool")
    assert (ran.code, "there is no segment of a spool" in ran.err) == (3, True)


def test_a_run_is_attached_with_the_weights_in_its_output_folder(ready, spool, tmp_path):
    shutil.copytree(RECORDED / "run", tmp_path / "run")
    spool("run/governance-spool", a=run())
    ran = ready("sync", "run", "--json")
    assert ran.code == 0
    (row,) = ran.json["runs"]
    assert (ran.json["schema"], row["state"], row["outcome"], row["outputs"]) == (
        "sync.v1", "sealed", "finished", str(tmp_path / "run"))  # fmt: skip
    bound = {item["kind"]: item["bound_to"] for item in row["appended"] if item["collector"] == "recorded-run"}
    weights = {entry.record["subject"]["digest"] for entry in on_record(tmp_path, "model-artifacts.v1")}
    assert set(bound.values()) <= weights
    assert set(bound) == {"run-record.v1", "training-run.v1"}
    standing = {row["id"]: row["standing"] for row in ready("assess", "elm-desk", "--json").json["controls"]}
    assert standing["training-run-recorded"] == "met"


def test_who_was_killed_is_recorded_as_incomplete_and_no_control_takes_it_for_a_yes(ready, spool, tmp_path):
    shutil.copytree(RECORDED / "run", tmp_path / "run")
    spool("run/governance-spool", a=run(sealed=None))
    ran = ready("sync", "run")
    assert ran.code == 0
    assert "incomplete (last heartbeat " in ran.out
    rows = {row["id"]: row for row in ready("assess", "elm-desk", "--json").json["controls"]}
    assert rows["training-run-recorded"]["standing"] == "inconclusive"
    assert "incomplete: no seal; last heartbeat" in rows["training-run-recorded"]["reasons"][0]
    assert ready("gate", "elm-desk").code != 0


def test_the_same_again_appends_nothing(ready, spool, tmp_path):
    spool(a=run())
    assert ready("sync", "spool").code == 0
    before = [entry.id for entry in Workspace(tmp_path).ledger.entries()]
    again = ready("sync", "spool")
    assert (again.code, "on record already" in again.out) == (0, True)
    assert [entry.id for entry in Workspace(tmp_path).ledger.entries()] == before


def test_weights_that_turn_up_later_are_tied_then(ready, spool, tmp_path):
    spool(a=run())
    assert ready("sync", "spool").code == 0
    assert not on_record(tmp_path)[0].record["subject"].get("digest")
    shutil.copytree(RECORDED / "run", tmp_path / "run")
    assert ready("sync", "spool").code == 0
    assert on_record(tmp_path)[-1].record["subject"]["digest"]
    before = len(on_record(tmp_path))
    assert ready("sync", "spool").code == 0
    assert len(on_record(tmp_path)) == before


def test_what_still_runs_is_not_touched_and_alone_it_is_no_yes(ready, spool, tmp_path):
    folder = spool(a=run(beat(1.0, 3), begin=now(), sealed=None))
    ran = ready("sync", "spool")
    assert (ran.code, "still running" in ran.out) == (3, True)
    assert on_record(tmp_path) == []
    spool(b=run(name="run-b", output_dir=None))
    ran = ready("sync", "spool", "--remove", "--no-outputs")
    assert (ran.code, "1 runs on record, 1 still running" in ran.out) == (0, True)
    assert [path.name for path in folder.iterdir()] == ["a.spool"]
    assert ready("sync", "spool", "--quiet-for", "0s").code == 0
    assert len(on_record(tmp_path)) == 2


def test_an_earlier_attempt_waits_for_the_one_that_still_runs(ready, spool, tmp_path):
    spool(a=run(sealed="stopped"), b=run(beat(1.0, 60), begin=now(), start_step=60, sealed=None))
    assert ready("sync", "spool").code == 3
    spool(b=run(*logged(80, 120, every=0.1), begin=now(), start_step=120, sealed="finished"))
    assert ready("sync", "spool").code == 0
    assert len(on_record(tmp_path)) == 1


@pytest.mark.parametrize(("sealed", "ago"), [("finished", AGO - timedelta(minutes=30)), (None, timedelta(0))])
def test_weights_that_another_run_wrote_later_are_not_tied_to_the_first(ready, spool, tmp_path, sealed, ago):
    shutil.copytree(RECORDED / "run", tmp_path / "run")
    spool(a=run(), b=run(name="run-b", sealed=sealed, begin=now() - ago))
    rows = {row["run"]: row for row in ready("sync", "spool", "--json").json["runs"]}
    assert rows["run-a"]["outputs"] is None
    assert "run-b wrote to its output folder later" in rows["run-a"]["notes"][0]
    assert {item["bound_to"] for item in rows["run-a"]["appended"]} == {None}


def test_weights_of_another_size_than_the_run_wrote_are_not_tied_to_it(ready, spool, tmp_path):
    shutil.copytree(RECORDED / "run", tmp_path / "run")
    kept = {"folder": "run", "step": 120, "files": [{"name": "adapter_model.safetensors", "size": 5}]}
    spool(a=run(*logged(120), ("checkpoint", 130.0, kept)))
    (row,) = ready("sync", "spool", "--json").json["runs"]
    assert (row["outputs"], "another size" in row["notes"][0]) == (None, True)


def test_a_spool_below_the_output_folder_is_read_by_its_segments_alone(ready, spool, tmp_path):
    shutil.copytree(RECORDED / "run", tmp_path / "run")
    spool("run/governance-spool", z=run(beat(1.0), begin=now(), name="other", sealed=None, output_dir="elsewhere"))
    spool(a=run())
    assert ready("sync", "spool").code == 0
    assert {each.record["subject"]["name"] for each in on_record(tmp_path)} == {"run"}
    assert len(on_record(tmp_path)) == 1


def test_for_which_system_it_is_has_to_be_said_by_somebody(ready, spool, tmp_path):
    spool(a=run(system=None), b=run(name="run-b"))
    ran = ready("sync", "spool")
    assert (ran.code, "run-a" in ran.err, "--system" in ran.err) == (2, True, True)
    assert on_record(tmp_path) == []
    assert ready("sync", "spool", "--system", "elm-desk").code == 0
    assert len(on_record(tmp_path)) == 2


def test_a_system_that_is_not_registered_is_an_error_before_anything_is_attached(ready, spool, tmp_path):
    spool(a=run(), b=run(name="run-b", system="ghost"))
    ran = ready("sync", "spool")
    assert (ran.code, "ghost" in ran.err, "govern system add" in ran.err) == (2, True, True)
    assert on_record(tmp_path) == []


def test_a_segment_without_its_first_line_is_listed_and_the_others_are_taken(ready, spool, tmp_path):
    whole = run()
    spool(a=run(), b=whole[:3] + b"x" + whole[4:])
    ran = ready("sync", "spool", "--json")
    assert ran.code == 6
    assert [Path(row["path"]).name for row in ran.json["not_read"]] == ["b.spool"]
    assert len(on_record(tmp_path)) == 1


def test_a_damaged_record_is_told_and_kept(ready, spool, tmp_path):
    whole = run()
    middle = len(whole) // 2
    folder = spool(a=whole[:middle] + b"####" + whole[middle + 4 :])
    ran = ready("sync", "spool", "--remove")
    assert (ran.code, "damaged" in ran.out, "kept: the record is damaged" in ran.out) == (0, True, True)
    assert on_record(tmp_path)[0].record["quality"] == "failed"
    assert len(list(folder.iterdir())) == 1


def test_removed_is_what_finished_and_is_on_record_and_nothing_else(ready, spool):
    folder = spool(
        a=run(),
        b=run(name="run-b", sealed="failed", output_dir=None),
        c=run(name="run-c", sealed=None, output_dir=None),
        d=run(name="run-d", output_dir="gone"),
    )
    (folder / "notes.txt").write_text("mine")
    ran = ready("sync", "spool", "--remove")
    assert ran.code == 0
    assert sorted(path.name for path in folder.iterdir()) == [f"{name}.spool" for name in "abcd"] + ["notes.txt"]
    assert ran.out.count("tied to no weights yet. With --no-outputs") == 2
    assert ready("sync", "spool", "--remove", "--no-outputs").code == 0
    assert sorted(path.name for path in folder.iterdir()) == ["b.spool", "c.spool", "notes.txt"]


def test_a_segment_that_changes_before_it_is_removed_is_kept(ready, spool, tmp_path):
    folder = spool(a=run(output_dir=None, activity="evaluation"))
    workspace = Workspace(tmp_path)
    found = syncing.look([folder], now(), timedelta(minutes=10))
    attached = workspace.attach

    class Changing(Workspace):
        def attach(self, *paths, **how):
            done = attached(*paths, **how)
            with (folder / "a.spool").open("ab") as stream:
                stream.write(b"more")
            return done

    (each,) = syncing.sync(Changing(tmp_path), found, remove=True)
    assert (each.removed, each.notes[-1]) == ([], "kept: a.spool changed since it was read")


def test_a_sync_that_is_stopped_between_two_runs_goes_on_where_it_was(ready, spool, tmp_path):
    folder = spool(**{f"r{n}": run(name=f"run-{n}") for n in range(4)})
    found = syncing.look([folder], now(), timedelta(minutes=10))

    class Stopped(Workspace):
        left = 2

        def attach(self, *paths, **how):
            if not self.left:
                raise KeyboardInterrupt
            self.left -= 1
            return super().attach(*paths, **how)

    with pytest.raises(KeyboardInterrupt):
        syncing.sync(Stopped(tmp_path), found)
    assert len(on_record(tmp_path)) == 2
    assert ready("sync", "spool").code == 0
    assert len(on_record(tmp_path)) == 4
    assert Workspace(tmp_path).ledger.verify().problem is None


AT_ONCE = """
import os
import governance.syncing, governance.workspace, sqlmodel, alembic.command, networkx
from governance.cli.app import run
children = []
for _ in range(6):
    child = os.fork()
    if child == 0:
        code = 1
        try:
            code = run(["sync", "spool"])
        finally:
            os._exit(code)
    children.append(child)
raise SystemExit(any([os.waitpid(child, 0)[1] for child in children]))
"""
"""Six processes that import once and sync at the same moment."""


def process(tmp_path, *how):
    command = [sys.executable, *(how or ("-m", "governance", "sync", "spool"))]
    environ = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, cwd=tmp_path, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def test_a_sync_that_is_killed_at_any_moment_leaves_a_whole_ledger(ready, spool, tmp_path):
    spool(**{f"r{n}": run(name=f"run-{n}") for n in range(12)})
    for wait in (0.9, 1.1, 1.3):
        with process(tmp_path) as child:
            time.sleep(wait)
            child.send_signal(signal.SIGKILL)
    assert ready("sync", "spool").code == 0
    assert len(on_record(tmp_path)) == 12
    assert Workspace(tmp_path).ledger.verify().problem is None


def test_six_syncs_at_once_record_each_run_once(ready, spool, tmp_path):
    spool(**{f"r{n}": run(name=f"run-{n}") for n in range(3)})
    assert process(tmp_path, "-c", AT_ONCE).wait(120) == 0
    assert len(on_record(tmp_path)) == 3
    assert Workspace(tmp_path).ledger.verify().problem is None


@pytest.mark.parametrize("said", ["soon", "10 minutes", "-5m", ""])
def test_a_time_that_is_none_is_an_error(ready, spool, said):
    spool(a=run())
    ran = ready("sync", "spool", f"--quiet-for={said}")
    assert (ran.code, "Write 90s" in ran.err) == (2, True)
