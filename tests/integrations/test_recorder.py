"""The recorder: what it takes, how it ends, and that nothing of it reaches the run."""

from __future__ import annotations

import os
import threading
import time
from itertools import pairwise

import numpy as np
import pytest

import governance
from governance.integrations import inbox
from governance.integrations.numbers import AT_FULL_RATE, Kept, plain_numbers
from governance.integrations.plain import files_in
from governance.integrations.recorder import Recorder
from governance.integrations.segment import Segment
from governance.parsing import spool


def wait_for(what, seconds=5.0):
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.01)


def test_a_run_is_told_from_its_opening_to_its_seal(recording, segments, tmp_path):
    run = recording(output_dir=str(tmp_path / "out"), tool=("trainer", "1.2"), planned_steps=3)
    for step in range(3):
        run.mark(step)
        run.log({"loss": 1.0 / (step + 1)})
    run.note("seeds", {"seeds": {"torch": 7}})
    run.close("finished", accuracy=1)
    (made,) = segments()
    assert made.opened["tool"] == {"name": "trainer", "version": "1.2"}
    assert (made.opened["part"], made.opened["planned_steps"]) == ("writer", 3)
    assert [(row["step"], row["values"]["loss"]) for row in made.of("log")] == [(0, 1.0), (1, 0.5), (2, 1 / 3)]
    assert made.of("seeds")[0]["seeds"] == {"torch": 7}
    assert {name: made.seal[name] for name in ("outcome", "step", "logged", "kept", "lost", "accuracy")} == {
        "outcome": "finished", "step": 2, "logged": 3, "kept": 3, "lost": 0, "accuracy": 1}  # fmt: skip
    assert (made.damaged, made.lost, made.faults) == (0, 0, ())


def test_it_says_that_it_lives_while_it_runs(recording, segments):
    run = recording()
    run.mark(41)
    wait_for(lambda: run.path is not None and b'"beat"' in run.path.read_bytes())
    (made,) = segments()
    assert made.seal is None
    assert made.of("beat")[-1]["step"] == 41


def test_closing_twice_or_after_the_end_says_nothing_more(recording, segments):
    run = recording()
    run.close("failed", "ValueError")
    run.close("finished")
    run.log({"loss": 1})
    (made,) = segments()
    assert (made.seal["outcome"], made.seal["reason"], made.seal["logged"]) == ("failed", "ValueError", 0)
    assert not run.alive


def test_what_is_no_plain_number_is_left_out_and_counted(recording, segments):
    run = recording()
    run.log(
        {"loss": 0.5, "steps": 3, "done": True, "text": "no", "none": None, "np": np.float32(0.25), "bad": float("nan")}
    )
    run.close()
    (made,) = segments()
    assert made.of("log")[0]["values"] == {"loss": 0.5, "steps": 3, "done": True, "np": 0.25, "bad": None}
    assert made.seal["left_out"] == 2


def test_secrets_never_reach_the_disk(recording, segments, tmp_path):
    run = recording(output_dir="/home/jane.doe/runs/out")
    run.note(
        "settings", {"values": {"hub_token": "hf_" + "a1" * 17, "url": "https://jane:pw@host.example/x", "lr": 1e-5}}
    )
    run.close("failed", "jane.doe@example.com broke it")
    (made,) = segments()
    text = next((tmp_path / "spool").glob("*.spool")).read_text()
    assert not any(word in text for word in ("a1a1", "jane", "pw@"))
    assert made.of("settings")[0]["values"]["lr"] == 1e-5
    assert made.seal["redacted"] >= 4


def test_more_than_the_thread_can_write_is_a_gap_with_its_count(recording, segments):
    gate = threading.Event()
    run = recording(gather=lambda: gate.wait(5) and [])
    for step in range(inbox.ROOM + 25):
        run.log({"loss": 1.0}, step)
    gate.set()
    run.close()
    (made,) = segments()
    (gap,) = made.of("gap")
    assert (gap["of"], gap["count"]) == ("records", 25)


def test_facts_that_can_not_be_gathered_are_a_gap(recording, segments):
    def gather():
        raise RuntimeError("driver says no, token hf_" + "a1" * 17)

    recording(gather=gather).close()
    (made,) = segments()
    assert made.of("gap")[0]["of"] == "facts"
    assert "RuntimeError" in made.of("gap")[0]["why"]
    assert "a1a1" not in str(made.records)


def test_a_sampler_that_breaks_is_asked_no_more_and_told(recording, segments):
    class Breaks:
        def sample(self):
            raise OSError("lost the card")

        def summary(self):
            return [{"index": 0}]

    recording(sampler=Breaks).close()
    (made,) = segments()
    assert [gap["of"] for gap in made.of("gap")] == ["gpu"]
    assert not made.of("gpu")


def test_a_sampler_is_asked_at_each_turn_and_told_at_each_beat(recording, segments):
    class Counts:
        seen = 0

        def sample(self):
            self.seen += 1

        def summary(self):
            return [{"index": 0, "readings": self.seen}]

    run = recording(sampler=Counts)
    wait_for(lambda: run.path and b'"gpu"' in run.path.read_bytes())
    run.close()
    assert segments()[0].of("gpu")[0]["readings"] >= 1


def test_a_clock_that_jumps_is_told(recording, segments, monkeypatch):
    run = recording()
    wait_for(lambda: run.path is not None)
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() - 3600)
    run.close()
    (jump,) = segments()[0].of("clock")
    assert jump["moved_seconds"] == pytest.approx(-3600, abs=1)


def test_a_child_of_fork_records_nothing_and_the_parent_goes_on(recording, segments):
    run = recording()
    wait_for(lambda: run.path is not None)
    child = os.fork()
    if child == 0:
        run.log({"loss": 666.0})
        run.close("failed")
        os._exit(0 if not run.alive else 1)
    assert os.waitpid(child, 0)[1] == 0
    run.log({"loss": 1.0})
    run.close()
    (made,) = segments()
    assert [row["values"]["loss"] for row in made.of("log")] == [1.0]
    assert made.seal["outcome"] == "finished"


def test_a_folder_that_can_not_be_made_is_said_once_and_stops_nothing(recording, tmp_path, caplog):
    (tmp_path / "file").write_text("no folder")
    run = recording(spool=tmp_path / "file" / "spool")
    for step in range(100):
        run.mark(step)
        run.log({"loss": 1.0})
    run.close(patience=0.5)
    assert [row.levelname for row in caplog.records] == ["WARNING"]
    assert "The work itself goes on" in caplog.text


def test_switched_off_it_writes_nothing(recording, segments, monkeypatch):
    monkeypatch.setenv("GOVERN_RECORD", "off")
    run = recording()
    run.log({"loss": 1.0})
    run.close()
    assert segments() == []


def test_a_rank_that_is_not_asked_writes_nothing(recording, segments, monkeypatch):
    for name, said in (("RANK", "3"), ("WORLD_SIZE", "4"), ("LOCAL_RANK", "1")):
        monkeypatch.setenv(name, said)
    run = recording()
    run.log({"loss": 1.0})
    run.close()
    assert segments() == []


def test_the_first_rank_of_another_node_tells_of_its_node_alone(recording, segments, monkeypatch):
    for name, said in (("RANK", "2"), ("WORLD_SIZE", "4"), ("LOCAL_RANK", "0"), ("GOVERN_RUN", "r1")):
        monkeypatch.setenv(name, said)
    run = recording()
    run.log({"loss": 1.0})
    run.close()
    (made,) = segments()
    assert (made.opened["part"], made.opened["run"], len(made.of("log"))) == ("node", "r1", 0)


def test_an_error_in_the_block_goes_on_and_seals_it_as_failed(tmp_path, segments):
    def work():
        with governance.record("training", spool=tmp_path / "spool", gather=list, pause=0.02) as run:
            run.step(4)
            run.log(loss=1.0)
            return 1 / 0

    with pytest.raises(ZeroDivisionError):
        work()
    (made,) = segments()
    assert (made.seal["outcome"], made.seal["reason"], made.seal["step"]) == ("failed", "ZeroDivisionError", 4)


@pytest.mark.parametrize(
    ("error", "outcome"), [(KeyboardInterrupt, "stopped"), (SystemExit(1), "stopped"), (SystemExit(0), "finished")]
)
def test_who_is_told_to_stop_is_stopped_and_not_failed(tmp_path, segments, error, outcome):
    with (
        pytest.raises((KeyboardInterrupt, SystemExit)),
        governance.record(spool=tmp_path / "spool", gather=list, pause=0.02),
    ):
        raise error
    assert segments()[0].seal["outcome"] == outcome


def test_a_checkpoint_is_told_by_names_and_sizes(tmp_path, segments):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "model.safetensors").write_bytes(b"12345")
    with governance.record(spool=tmp_path / "spool", gather=list, pause=0.02) as run:
        run.checkpoint(tmp_path / "out", step=9)
        run.checkpoint(tmp_path / "nowhere")
    first, second = segments()[0].of("checkpoint")
    assert (first["files"], first["step"]) == ([{"name": "model.safetensors", "size": 5}], 9)
    assert second["files"] == []


def test_of_very_many_logs_the_newest_are_kept_and_the_count_is_told():
    kept = Kept()
    made = [step for step in range(100_000) if kept.wants(({"step": step}, 0.0))]
    tail = [body["step"] for body, _ in kept.last()]
    assert made[:AT_FULL_RATE] == list(range(AT_FULL_RATE))
    assert [*made, *tail][-1] == 99_999
    assert kept.seen == 100_000
    assert kept.kept == len(made) + len(tail) < 6 * AT_FULL_RATE
    apart = [later - earlier for earlier, later in pairwise(made)]
    assert apart == sorted(apart)


def test_one_log_holds_a_bounded_number_of_names():
    values, left_out = plain_numbers({f"m{at}": at for at in range(500)})
    assert (len(values), left_out) == (200, 300)


def test_a_disk_that_is_full_for_a_while_tears_no_line(tmp_path, monkeypatch):
    made = Segment(tmp_path / "a.spool")
    made.add("open", schema=spool.SCHEMA, run="r")
    room = [70]
    real = os.write

    def write(descriptor, data):
        if not room[0]:
            raise OSError(28, "No space left on device")
        taken = real(descriptor, data[: room[0]])
        room[0] -= taken
        return taken

    monkeypatch.setattr(os, "write", write)
    for at in range(20):
        made.add("log", values={"loss": at})
    assert not made.flush()
    assert made.problem == "No space left on device"
    room[0] = 1 << 20
    made.seal(outcome="finished")
    assert made.flush()
    read = spool.read(made.path.read_bytes())
    assert (len(read.of("log")), read.damaged, read.lost, read.faults, read.seal["outcome"]) == (
        20,
        0,
        0,
        (),
        "finished",
    )


def test_what_finds_no_room_while_the_disk_takes_nothing_is_counted(recording, tmp_path):
    made = Segment(tmp_path / "missing" / "a.spool")
    (tmp_path / "missing").write_text("a file in the way")
    taken = sum(made.add("log", text="x" * 100_000) for _ in range(100))
    assert 30 < taken < 50
    assert made.seal(outcome="finished"), "room is kept for the seal"


def test_a_step_costs_less_than_a_list_append_would(recording):
    """No clock: what a step runs is one attribute, so that nothing can be slow in it."""
    import dis

    calls = [each.opname for each in dis.get_instructions(Recorder.mark) if "CALL" in each.opname]
    assert calls == []


def test_words_that_the_recorder_does_not_know_cost_no_training(tmp_path, segments, caplog):
    with governance.record("training", spool=tmp_path / "spool", gather=list, pause=0.02, colour="blue") as run:
        run.log(loss=1.0)
    assert segments()[0].of("log")[0]["values"] == {"loss": 1.0}
    assert "takes no 'colour'" in caplog.text


def test_shards_below_a_checkpoint_are_listed_and_other_checkpoints_are_not(tmp_path):
    for name in (
        "model.safetensors",
        "shards/a.distcp",
        "shards/deep/b.distcp",
        "checkpoint-3/x.bin",
        "governance-spool/s.spool",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"12")
    (tmp_path / "link").symlink_to(tmp_path / "model.safetensors")
    assert [each["name"] for each in files_in(tmp_path)] == ["model.safetensors", "shards/a.distcp"]


def test_nothing_that_is_given_by_mistake_raises(tmp_path, segments):
    with governance.record(spool=tmp_path / "spool", gather=list, pause=0.02, output_dir=3) as run:
        run.step("seven")
        run.log([1, 2])
        run.settings(5)
        run.checkpoint(None)
        run.data(object())
        run.log({"loss": 1.0}, at=1)
    (made,) = segments()
    assert [row["values"] for row in made.of("log")] == [{"loss": 1.0}]
    assert made.seal["step"] is None


def test_the_cards_of_a_run_of_weeks_fit_into_a_segment(recording, segments, monkeypatch):
    from governance.integrations import writing

    monkeypatch.setattr(writing, "AT_FULL_RATE", 3)
    monkeypatch.setattr(writing, "MOST_BEATS", 4)

    class Cards:
        def sample(self):
            pass

        def summary(self):
            return [{"index": 0, "readings": 1}]

    recorder = recording(sampler=Cards, pause=0.002, beat=0.004)
    time.sleep(0.6)
    recorder.close()
    (segment,) = segments()
    beats, told = len(segment.of("beat")), len(segment.of("gpu"))
    assert beats > 20
    assert told <= 3 + 3 + beats / 4 + 2
    assert segment.records[-3]["kind"] == "gpu"  # the last readings are told, whenever the run ends
