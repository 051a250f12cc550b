"""A real Trainer with something broken under its recorder: losses and exit code are those of a training without us."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from governance.workspace import Workspace
from tests.integrations.running import only, run, said, segments

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from governance.parsing.spool import Segment

pytestmark = pytest.mark.training
for _library in ("torch", "transformers"):
    pytest.importorskip(_library, reason=f"{_library} is not installed; `make test` installs it")

FAULTS = """
import json, os, pathlib, sys, threading, time
opened = []
sys.addaudithook(lambda event, given: opened.append(str(given[0])) if event in ("open", "sqlite3.connect") else None)
from tests.integrations import tiny
from governance.integrations.transformers import GovernanceCallback
from transformers import TrainerCallback

never = threading.Event()  # nobody sets it

class Dies:
    def sample(self): raise OSError("NVML: GPU is lost")
    def summary(self): return []

class Hangs:
    def sample(self): never.wait()
    def summary(self): never.wait()

def fails(): raise RuntimeError("no driver")
def hangs(): never.wait()

class Room(TrainerCallback):
    # Somebody tidies up while it trains.
    def on_step_end(self, args, state, control, **kwargs):
        if state.global_step == 4:
            pathlib.Path("tidied", "filler").unlink()

class GoesBack:
    # The wall clock of the thread, that somebody sets back by an hour.
    def sample(self):
        time.time = lambda now=time.time: now() - 3600.0
    def summary(self): return []

open("a-file", "w").write("in the place of a folder")
quick = dict(pause=0.02, beat=0.05, gather=list)
cases = {
    "no fault": dict(spool="spool-whole"),
    "disk full": dict(spool="full"),
    "disk full for a while": dict(spool="tidied"),
    "folder is a file": dict(spool="a-file/spool"),
    "no permission": dict(spool="/proc/self/spool"),
    "driver raises": dict(spool="spool-raises", sampler=fails),
    "card is lost": dict(spool="spool-lost", sampler=Dies),
    "card hangs": dict(spool="spool-card-hangs", sampler=Hangs),
    "facts raise": dict(spool="spool-facts", gather=fails),
    "facts hang": dict(spool="spool-facts-hang", gather=hangs),
    "clock goes back": dict(spool="spool-clock", sampler=GoesBack),
    "switched off": dict(spool="spool-off"),
}
waited_for = {"disk full", "folder is a file", "no permission", "card hangs", "facts hang"}
told = {}
wall = time.time

def train(name):
    began = time.monotonic()
    os.environ["GOVERN_RECORD"] = "off" if name == "switched off" else "on"
    callback = GovernanceCallback(**quick | {"sampler": lambda: None} | cases[name])
    trained = tiny.trainer("out-" + name, [callback, *([Room()] if name.endswith("for a while") else [])])
    trained.train()
    told[name] = {"losses": tiny.losses(trained), "seconds": time.monotonic() - began}
    time.time = wall

# Where the end of a training waits for what is broken, all wait at the same time, each in a process of its own.
children = {}
for name in sorted(waited_for):
    children[name] = os.fork()
    if not children[name]:
        code = 1
        try:
            train(name)
            pathlib.Path("told " + name).write_text(json.dumps([told[name], opened]))
            code = 0
        finally:
            os._exit(code)
for name in cases:
    if name not in waited_for:
        train(name)
told["without"] = {"losses": tiny.bare("out-bare"), "seconds": 0}

os.environ["GOVERN_RECORD"] = "on"
# Children of fork while it trains: the workers of a DataLoader.
forked = tiny.trainer("out-forked", [GovernanceCallback(spool="spool-forked", **quick)], dataloader_num_workers=2)
forked.train()
told["forked"] = {"losses": tiny.losses(forked), "seconds": 0}
workers = tiny.trainer("out-workers", dataloader_num_workers=2)
workers.train()
told["forked without"] = {"losses": tiny.losses(workers), "seconds": 0}
for name, child in children.items():
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0, name
    told[name], there = json.loads(pathlib.Path("told " + name).read_text())
    opened += there
print(json.dumps(told | {"opened in the workspace": [each for each in opened if "a-workspace" in each]}))
"""


@contextmanager
def full_disk(at: Path) -> Iterator[bool]:
    """A file system of one page that is taken; whether one could be mounted, which needs root. Else a plain folder."""
    at.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", str(at)]
    mounted = subprocess.run(command, capture_output=True, check=False).returncode == 0
    (at / "filler").write_bytes(b"x" * 4096)
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", str(at)], check=True)


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any], Segment]:
    """The folder of trainings, each with another fault; what they said; what a disk took.

    That disk was full at first. Beside the trainings lies a workspace whose ledger somebody holds locked.
    """
    folder = tmp_path_factory.mktemp("faults")
    workspace = Workspace.init(folder / "a-workspace")
    workspace.ledger.close()
    with (
        full_disk(folder / "full") as mounted,
        full_disk(folder / "tidied"),
        closing(sqlite3.connect(folder / "a-workspace" / "ledger.db", isolation_level=None)) as holding,
    ):
        holding.execute("BEGIN EXCLUSIVE")
        told = said(run(FAULTS, folder)) | {"mounted": mounted}
        left = [path.stat().st_size for path in (folder / "full").glob("*.spool")]
        assert left in ([], [0]) or not mounted
        return folder, told, only(folder / "tidied")


FAULTY = (
    "no fault", "disk full", "disk full for a while", "folder is a file", "no permission", "driver raises",
    "card is lost", "card hangs", "facts raise", "facts hang", "clock goes back", "switched off",
)  # fmt: skip


@pytest.mark.parametrize("fault", FAULTY)
def test_the_training_is_the_same_whatever_breaks_under_the_recorder(ran, fault: str) -> None:
    _, told, _ = ran
    if "disk" in fault and not told["mounted"]:
        pytest.skip("no small file system could be mounted here; that needs root")
    assert len(told["without"]["losses"]) == 3
    assert told[fault]["losses"] == told["without"]["losses"]
    assert told[fault]["seconds"] < 20  # the end waits five seconds at most, the rest is the Trainer on a busy machine


def test_workers_of_a_data_loader_write_nothing_and_the_parent_goes_on(ran) -> None:
    folder, told, _ = ran
    assert told["forked"]["losses"] == told["forked without"]["losses"]
    segment = only(folder / "spool-forked")
    assert segment.seal["outcome"] == "finished"
    assert [row["step"] for row in segment.of("log")] == [2, 4, 6, 6]


def _gaps(segment: Segment) -> list[str]:
    return [f"{row['of']}: {row['why']}" for row in segment.of("gap")]


def test_what_could_not_be_asked_is_a_gap_and_the_run_is_sealed(ran) -> None:
    folder, *_ = ran
    assert _gaps(only(folder / "spool-whole")) == []
    assert _gaps(only(folder / "spool-raises")) == ["gpu: the cards can not be asked: RuntimeError: no driver"]
    assert _gaps(only(folder / "spool-lost")) == ["gpu: the cards can no longer be asked: OSError: NVML: GPU is lost"]
    assert _gaps(only(folder / "spool-facts")) == ["facts: could not be gathered: RuntimeError: no driver"]
    for name in ("whole", "raises", "lost", "facts", "clock"):
        assert only(folder / f"spool-{name}").seal["outcome"] == "finished", name


def test_a_card_that_hangs_leaves_an_unsealed_segment_which_is_the_truth(ran) -> None:
    folder, *_ = ran
    segment = segments(folder / "spool-card-hangs")[0]
    assert segment.opened["activity"] == "training"
    assert segment.seal is None


def test_facts_that_hang_are_a_gap_in_a_run_that_is_sealed(ran) -> None:
    segment = only(ran[0] / "spool-facts-hang")
    assert [row["of"] for row in segment.of("gap")] == ["facts"]
    assert segment.seal["outcome"] == "finished"


def test_a_clock_that_was_set_back_is_told_and_the_times_of_the_records_go_on(ran) -> None:
    segment = only(ran[0] / "spool-clock")
    moved = segment.of("clock")
    assert moved
    assert all(row["moved_seconds"] <= -3599 for row in moved)
    times = [row["at"] for row in segment.records if row["kind"] == "beat"]
    assert times == sorted(times)


def test_a_disk_that_has_room_again_gets_what_waited(ran) -> None:
    segment = ran[2]
    assert segment.seal["outcome"] == "finished"
    assert [row["step"] for row in segment.of("log")] == [2, 4, 6, 6]


def test_a_ledger_that_somebody_holds_locked_is_never_asked_for(ran) -> None:
    assert (ran[0] / "a-workspace" / "ledger.db").exists()
    assert ran[1]["opened in the workspace"] == []


def test_one_switch_turns_all_of_it_off(ran) -> None:
    assert not (ran[0] / "spool-off").exists()


KILLED = """
import json, os, signal, sys, time
from tests.integrations import tiny
from governance.integrations.transformers import GovernanceCallback
from transformers import TrainerCallback

class Tell(TrainerCallback):
    def on_step_end(self, args, state, control, **kwargs):
        if state.global_step == 20:
            os.write(writing, b"x")

codes = {}
for name, signalled in (("without", signal.SIGTERM), ("SIGTERM", signal.SIGTERM), ("SIGKILL", signal.SIGKILL)):
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        callbacks = [Tell()]
        if name != "without":
            callbacks.append(GovernanceCallback(spool=name, pause=0.02, beat=0.05, gather=list, sampler=lambda: None))
        tiny.trainer("out", callbacks, max_steps=1_000_000, logging_steps=5).train()
        os._exit(0)
    os.close(writing)
    os.read(reading, 1)
    time.sleep(0.3)
    os.kill(child, signalled)
    codes[name] = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
print(json.dumps(codes))
"""


def test_a_training_that_is_killed_ends_as_it_does_without_us_and_leaves_no_seal(tmp_path: Path) -> None:
    codes = said(run(KILLED, tmp_path))
    assert codes == {"without": -signal.SIGTERM, "SIGTERM": -signal.SIGTERM, "SIGKILL": -signal.SIGKILL}
    for name in ("SIGTERM", "SIGKILL"):
        segment = only(tmp_path / name)
        assert segment.seal is None
        assert segment.of("beat")[-1]["step"] >= 20
        assert [row["step"] for row in segment.of("log")][:4] == [5, 10, 15, 20]
