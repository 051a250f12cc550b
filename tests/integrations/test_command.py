"""Any command under `govern record`: its own output and status, its signals, and what is on record of it."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from governance.integrations import command_words
from governance.parsing import spool

ROOT = Path(__file__).parent.parent.parent
COPY = "import os, sys; print(sys.stdin.read(), end=''); os.write(int(sys.argv[1]), b'there')"
LOOP = "import signal,sys,time; signal.signal(signal.{0}, lambda *_: sys.exit({1})); print('up', flush=True); time.sleep(30)"


@pytest.fixture
def record(tmp_path):
    """Start `govern record …` in a folder of the test."""

    def go(*arguments, **environ):
        return subprocess.Popen(
            [sys.executable, "-m", "governance", "record", *arguments],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": str(ROOT)} | environ,
        )

    return go


@pytest.fixture
def segments(tmp_path):
    def go(folder="governance-spool"):
        return [spool.read(path.read_bytes()) for path in sorted((tmp_path / folder).glob("*.spool"))]

    return go


def ended(child):
    out, err = child.communicate(timeout=30)
    return child.returncode, out, err


def test_output_and_status_are_those_of_the_command(record, segments):
    assert ended(record("--", "sh", "-c", "echo out; echo err >&2; exit 7")) == (7, "out\n", "err\n")
    (segment,) = segments()
    assert (segment.opened["part"], segment.opened["activity"]) == ("launcher", "command")
    seal = segment.seal
    assert (seal["outcome"], seal["reason"], seal["exit_code"], seal["signal"]) == ("failed", "exit code 7", 7, None)
    assert segment.faults == ()


def test_what_it_used_is_on_record(record, segments):
    code, *_ = ended(
        record("--activity", "training", "--", sys.executable, "-c", "x = bytearray(90 << 20); sum(range(3_000_000))")
    )
    assert code == 0
    (segment,) = segments()
    assert segment.seal["outcome"] == "finished"
    assert 90 << 20 < segment.seal["peak_memory_bytes"] < 400 << 20
    assert segment.seal["cpu_user_seconds"] > 0


def test_a_command_that_needs_less_memory_than_we_do_does_not_tell_ours(record, segments):
    assert ended(record("--", "true"))[0] == 0
    assert segments()[0].seal["peak_memory_bytes"] is None


def test_a_command_that_a_signal_ended_gives_128_and_its_number(record, segments):
    assert ended(record("--", "sh", "-c", "kill -9 $$"))[0] == 137
    seal = segments()[0].seal
    assert (seal["outcome"], seal["exit_code"], seal["signal"], seal["reason"]) == (
        "failed",
        None,
        9,
        "signal 9 (SIGKILL)",
    )


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGQUIT"])
def test_signals_are_passed_on_and_the_command_answers_them(record, segments, name):
    child = record("--", sys.executable, "-c", LOOP.format(name, 5))
    assert child.stdout.readline() == "up\n"
    child.send_signal(getattr(signal, name))
    assert ended(child)[0] == 5
    assert segments()[0].seal["outcome"] == ("failed" if name.startswith("SIGUSR") else "stopped")


def test_who_stops_by_the_signal_that_was_passed_on_was_stopped(record, segments):
    child = record("--", "sh", "-c", "echo up; exec sleep 30")
    assert child.stdout.readline() == "up\n"
    child.terminate()
    assert ended(child)[0] == 143
    assert segments()[0].seal["outcome"] == "stopped"


@pytest.mark.parametrize(("words", "code"), [(["no-such-program-here"], 127), (["/etc/passwd"], 126), (["/"], 126)])
def test_what_can_not_be_started_is_answered_as_a_shell_does(record, segments, words, code):
    assert ended(record("--", *words))[0] == code
    assert (segments()[0].seal["outcome"], segments()[0].seal["exit_code"]) == ("failed", code)


@pytest.mark.parametrize("arguments", [[], ["--"], ["--activity", "x"], ["--no-such", "--", "true"]])
def test_without_a_command_it_is_a_wrong_call(record, arguments, tmp_path):
    code, _, err = ended(record(*arguments))
    assert (code, "Traceback" in err) == (2, False)
    assert not (tmp_path / "governance-spool").exists()


def test_dashes_of_the_command_itself_are_its_own(record):
    assert ended(record("sh", "-c", 'echo "$@"', "x", "--", "-a"))[1] == "-- -a\n"


def test_where_nothing_can_be_written_the_command_runs_all_the_same(record, tmp_path):
    (tmp_path / "full").write_text("a file where a folder should be")
    code, out, err = ended(record("--spool", "full", "--", "sh", "-c", "echo out; exit 4"))
    assert (code, out) == (4, "out\n")
    assert "is not recorded" in err


def test_switched_off_it_only_runs_the_command(record, tmp_path):
    assert ended(record("--", "sh", "-c", "exit 3", GOVERN_RECORD="off"))[0] == 3
    assert not (tmp_path / "governance-spool").exists()


def test_of_several_tasks_only_the_first_records(record, tmp_path):
    environ = {"SLURM_JOB_ID": "4711", "SLURM_STEP_NUM_TASKS": "4", "SLURM_PROCID": "2", "SLURM_LOCALID": "0"}
    assert ended(record("--", "sh", "-c", "exit 3", **environ))[0] == 3
    assert not (tmp_path / "governance-spool").exists()


def test_streams_and_open_files_reach_the_command(tmp_path):
    told, here = os.pipe()
    os.set_inheritable(here, True)
    child = subprocess.Popen(
        [sys.executable, "-m", "governance", "record", "--", sys.executable, "-c", COPY, str(here)],
        cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, pass_fds=[here],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    os.close(here)
    assert child.communicate("hello\n", timeout=30)[0] == "hello\n"
    with os.fdopen(told) as stream:
        assert stream.read() == "there"


def test_a_recorder_inside_writes_of_the_same_run_into_the_same_spool(record, segments):
    inside = "import governance\nwith governance.record('training', output_dir='out') as run: run.log(loss=1.0, at=1)"
    assert ended(record("--run", "desk-1", "--spool", "here", "--", sys.executable, "-c", inside))[0] == 0
    made = segments("here")
    assert sorted(segment.opened["part"] for segment in made) == ["launcher", "writer"]
    assert {segment.opened["run"] for segment in made} == {"desk-1"}


def test_the_command_starts_before_the_rest_of_the_program_is_loaded(tmp_path):
    code = (
        "import sys; from governance.integrations.command import run; code = run(['--spool', sys.argv[1], '--', 'true']); "
        "print(code, *sorted({m.split('.')[0] for m in sys.modules} & {'pydantic', 'typer', 'rich', 'yaml', 'sqlalchemy'}))"
    )
    done = subprocess.run([sys.executable, "-c", code, tmp_path], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.split() == ["0"]


def test_it_takes_little_of_a_processor(record):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    ended(record("--", "true"))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 2.0


@pytest.mark.parametrize(
    ("words", "started_as", "replay"),
    [
        (["/usr/bin/python3.12", "-u", "train.py", "--lr", "2e-5"], "script", "python train.py --lr 2e-5"),
        (
            ["python", "-m", "torch.distributed.run", "--nnodes", "2"],
            "module",
            "python -m torch.distributed.run --nnodes 2",
        ),
        (
            ["accelerate", "launch", "--mixed_precision=bf16"],
            "program",
            "accelerate '[withheld]' --mixed_precision=bf16",
        ),
        (["python3", "-c", "print('secret')"], "inline", "python '[withheld]'"),
    ],
)
def test_a_command_is_told_as_its_own_and_not_as_ours(words, started_as, replay):
    told = command_words.command(words)
    assert (told["started_as"], told["replay"]) == (started_as, replay)


@pytest.mark.parametrize(
    "words",
    [
        ["run", "--api-key", "abcSECRET1"],
        ["run", "--hf_token=abcSECRET1"],
        ["python", "x.py", "--url=https://user:abcSECRET1@host/"],
        ["curl", "-H", "Authorization: Bearer abcSECRET1"],
    ],
)
def test_of_a_command_nothing_that_may_be_a_secret_is_written_down(words):
    told = command_words.command(words)
    assert "SECRET" not in str(told)
    assert told["withheld"] >= 1


def test_the_code_is_looked_for_beside_the_script_of_the_command(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert command_words.code(["python", "jobs/train.py"]) == {
        "folders": [str(tmp_path / "jobs"), str(tmp_path)],
        "script": str(tmp_path / "jobs" / "train.py"),
    }
    assert command_words.code(["make"]) == {"folders": [str(tmp_path)], "script": None}
