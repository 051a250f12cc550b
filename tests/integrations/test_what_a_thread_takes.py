"""What the thread does with what it is given: functions are called there, and one bad record is one gap."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from governance.integrations.recorder import Recorder
from tests.integrations.running import alone, only, segments

if TYPE_CHECKING:
    from pathlib import Path


def recorder(folder: Path) -> Recorder:
    return Recorder("training", spool=folder, gather=list, sampler=lambda: None, pause=0.01).start()


class Unprintable:
    def __str__(self) -> str:
        raise RuntimeError


def test_a_record_that_can_not_be_written_is_a_gap_and_the_next_one_is_written(tmp_path: Path) -> None:
    made = recorder(tmp_path)
    made.note("result", {"name": "held-out", "values": {"loss": Unprintable()}})
    around: list[object] = []
    around.append(around)
    made.note("result", {"name": "held-out", "values": around})
    made.note("result", {"name": "held-out", "values": {"loss": 0.1}})
    made.close()
    segment = only(tmp_path)
    assert [row["values"] for row in segment.of("result")] == [{"loss": 0.1}]
    assert [row["why"] for row in segment.of("gap")] == [
        "one of kind 'result' could not be written: RuntimeError",
        "one of kind 'result' could not be written: RecursionError",
    ]
    assert segment.seal["outcome"] == "finished"


def test_a_field_that_is_a_function_is_asked_in_the_thread(tmp_path: Path) -> None:
    made = recorder(tmp_path)
    asked_in: list[str] = []

    def files() -> list[str]:
        asked_in.append(threading.current_thread().name)
        return ["model.safetensors"]

    made.note("checkpoint", {"folder": "out", "files": files})
    made.close()
    assert only(tmp_path).of("checkpoint")[0]["files"] == ["model.safetensors"]
    assert asked_in == ["governance-recorder"]


ENDINGS = {
    "raise ValueError('secret')": (1, "failed", "ValueError ended the process"),
    "raise KeyboardInterrupt": (-2, "stopped", "KeyboardInterrupt ended the process"),
    "sys.exit(3)": (3, "unsaid", "the process ended and nobody said how"),
    "pass": (0, "unsaid", "the process ended and nobody said how"),
}


def test_the_error_that_nobody_caught_is_how_an_open_run_ended(tmp_path: Path) -> None:
    for number, (ending, (code, outcome, reason)) in enumerate(ENDINGS.items()):
        folder = tmp_path / str(number)
        folder.mkdir()
        script = (
            "import sys\nfrom governance.integrations.recorder import Recorder\n"
            f"recorder = Recorder('training', spool='.', gather=list, sampler=lambda: None).start()\n{ending}\n"
        )
        alone(script, folder, code=code)
        seal = only(folder).seal
        assert (seal["outcome"], seal["reason"]) == (outcome, reason), ending


def test_who_closes_without_waiting_is_waited_for_at_the_end_of_the_process(tmp_path: Path) -> None:
    script = """
    import time
    from governance.integrations.recorder import Recorder
    slow = lambda: time.sleep(0.5) or []
    for number in range(3):
        Recorder("evaluation", spool=".", gather=slow, sampler=lambda: None).start().close("finished", patience=0.0)
    Recorder("evaluation", spool="nobody-holds-it", gather=slow, sampler=lambda: None).start()
    """
    alone(script, tmp_path)
    assert [each.seal["outcome"] for each in segments(tmp_path)] == ["finished"] * 3
    assert only(tmp_path / "nobody-holds-it").seal["outcome"] == "unsaid"
