"""What a crash leaves is told as it is: incomplete, with its last heartbeat, and never as finished."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.collectors.formats import spool_run, spool_segment
from governance.collectors.reading.collect import collect
from governance.domain.evidence import Quality
from governance.errors import UnreadableError
from governance.parsing import spool
from tests.collectors.spools import beat, logged, segment

ROOT = Path(__file__).parent.parent.parent
WHOLE = segment(("settings", 0.1, {"values": {"seed": 7}}), *logged(1, 2, 3), beat(10.0, 3), planned_steps=3)
TRAINER = """
import sys, time
from governance.integrations.plain import Run
from governance.integrations.recorder import Recorder

output_dir, start, stop, planned = sys.argv[1], *map(int, sys.argv[2:5])
recorder = Recorder("training", output_dir=output_dir, spool="spool", start_step=start, planned_steps=planned,
                    gather=list, sampler=lambda: None, pause=0.01, beat=0.05).start()
run = Run(recorder)
for step in range(start + 1, planned + 1):
    run.step(step)
    run.log(loss=1 / step)
    if step == stop:
        time.sleep(0.3)
        print("there", flush=True)
        time.sleep(60)
recorder.close("finished")
"""


@pytest.fixture
def train(tmp_path):
    """Train in a process of its own; with `kill_at` it is killed at that step, without any notice."""

    def go(output_dir="out", start=0, planned=20, kill_at=0, **environ):
        command = [sys.executable, "-c", TRAINER, output_dir, str(start), str(kill_at), str(planned)]
        child = subprocess.Popen(
            command,
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": str(ROOT)} | environ,
        )
        with child:
            if kill_at:
                assert child.stdout.readline() == "there\n"
                child.send_signal(signal.SIGKILL)
            assert child.wait(60) == (-signal.SIGKILL if kill_at else 0)

    return go


@pytest.fixture
def facts(tmp_path):
    """The facts of the spool, as (run records, training runs)."""

    def go():
        found = collect([tmp_path / "spool"], environment=False).found
        return tuple([fact for fact in found if fact.kind == kind] for kind in ("run-record.v1", "training-run.v1"))

    return go


def runs_of(data):
    """The logical runs of the bytes of one segment, or none where nobody can tell of what it is."""
    try:
        runs, _ = spool_run.join([spool_segment.piece("a.spool", data)])
    except UnreadableError:
        return []
    return runs


def test_who_is_killed_leaves_incomplete_evidence_with_its_last_heartbeat(train, facts):
    before = time.time()
    train(kill_at=7)
    (record,), (training,) = facts()
    assert record.body["outcome"] == "incomplete"
    (attempt,) = record.body["attempts"]
    assert (attempt["sealed"], attempt["last_step"]) == (False, 7)
    for fact in (record, training):
        assert fact.quality is Quality.PARTIAL
        assert fact.quality_reasons[0] == f"incomplete: no seal; last heartbeat {attempt['last_heartbeat']}"
    assert before - 1 < record.effective_at.timestamp() < time.time() + 1
    assert (training.body["finished"], training.body["steps"]) == (False, 7)


def test_who_is_killed_and_resumed_is_one_run_that_reached_its_end(train, facts):
    train(kill_at=7)
    train(start=5)
    (record,), (training,) = facts()
    assert [each["outcome"] for each in record.body["attempts"]] == ["incomplete", "finished"]
    (gap,) = record.body["gaps"]
    assert (gap["from_step"], gap["to_step"]) == (5, 7)
    assert [point["step"] for point in training.body["loss_history"]] == list(range(1, 21))
    assert (training.body["finished"], training.quality) == (True, Quality.COMPLETE)


def test_a_requeued_job_is_one_run_and_a_second_training_in_it_another(train, facts):
    job = {"SLURM_JOB_ID": "4711"}
    train(kill_at=7, **job, SLURM_RESTART_COUNT="0")
    train(**job, SLURM_RESTART_COUNT="1")
    train(output_dir="other", planned=4, **job, SLURM_RESTART_COUNT="1")
    records, trainings = facts()
    assert [(len(each.body["attempts"]), each.body["output_dir"]) for each in records] == [(2, "out"), (1, "other")]
    assert [each.body["scheduler"]["job"] for each in records] == ["4711", "4711"]
    assert [each.body["scheduler"]["restarts"] for each in records] == [1, 1]
    assert [each.body["steps"] for each in trainings] == [20, 4]


def finished(data):
    return [run for run in runs_of(data) if run.outcome == "finished"]


def test_cut_off_at_any_byte_it_is_not_finished():
    assert [cut for cut in range(len(WHOLE)) if finished(WHOLE[:cut])] == []
    assert finished(WHOLE)


@pytest.mark.parametrize("bits", [0x01, 0x20, 0xFF])
def test_with_any_byte_changed_it_is_not_finished(bits):
    changed = ((at, WHOLE[:at] + bytes([WHOLE[at] ^ bits]) + WHOLE[at + 1 :]) for at in range(len(WHOLE)))
    assert [at for at, data in changed if finished(data)] == []


@pytest.mark.parametrize("more", [b"\n", b"x", b"deadbeef {}\n", WHOLE, WHOLE.splitlines(keepends=True)[-1]])
def test_with_anything_after_its_seal_it_is_not_finished(more):
    assert finished(WHOLE + more) == []


def has_a_seal_that_fits(data: bytes) -> bool:
    """Whether the last line of a file is a seal that says finished, over exactly the bytes before it; told without the reader."""
    import hashlib

    *_, last = data.splitlines(keepends=True)
    said = json.loads(last[9:])
    return (
        said["kind"] == "seal"
        and said["outcome"] == "finished"
        and said["sha256"] == hashlib.sha256(data[: -len(last)]).hexdigest()
    )


DAMAGE = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 120), st.sampled_from([b"", b"\n", b"\x00", b"{}", b"deadbeef {}\n", WHOLE[-90:], WHOLE])),
    max_size=4,
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(DAMAGE)
def test_whatever_is_done_to_it_the_reader_answers_and_says_finished_only_where_a_seal_does(damage):
    data = WHOLE
    for place, out, into in damage:
        at = int(place * len(data))
        data = data[:at] + into + data[at + out :]
    for run in runs_of(data):
        if run.outcome == "finished":
            assert has_a_seal_that_fits(data)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
KINDS = ("log", "beat", "clock", "gap", "gpu", "settings", "model", "data", "seeds", "checkpoint", "result", "environment", "code", "command")  # fmt: skip
FIELDS = ("step", "values", "moved_seconds", "of", "why", "count", "body", "folder", "files", "seeds", "name", "base_model", "uuid", "readings",
          "span_seconds", "power_mean_watts", "energy_last_millijoules", "adapter")  # fmt: skip
RECORDS = st.lists(
    st.tuples(
        st.sampled_from(KINDS),
        st.floats(0, 1e12),
        st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=4),
    ),
    max_size=5,
)


@settings(max_examples=200, deadline=None)
@given(
    records=RECORDS,
    opened=st.dictionaries(
        st.sampled_from(("rank", "scheduler", "tool", "start_step", "output_dir", "continues")), JSON
    ),
)
def test_records_of_any_fields_are_read_or_refused_and_break_nothing(tmp_path_factory, records, opened):
    folder = tmp_path_factory.mktemp("spool")
    (folder / "a.spool").write_bytes(segment(*records, **opened))
    reading = collect([folder], environment=False)
    assert not any("failed:" in row.reason for row in reading.not_read)
    assert reading.found or reading.not_read
    for fact in reading.found:
        json.dumps(fact.body, allow_nan=False)


def test_a_segment_longer_than_is_read_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(spool, "LARGEST", 500)
    (tmp_path / "a.spool").write_bytes(WHOLE)
    reading = collect([tmp_path], environment=False)
    assert (reading.found, len(reading.not_read)) == ((), 1)
