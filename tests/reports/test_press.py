"""The presses: many documents on a few processes, and a document that breaks one breaks nothing else."""

from __future__ import annotations

import sys
import threading
import time
from concurrent.futures import CancelledError

import pytest

from governance.errors import GovernanceError
from governance.reports.paper import press, press_process
from governance.reports.paper.pdf import Attachment, PangoMissing, to_pdf
from governance.reports.paper.press import Presses
from tests.reports.opened import WHEN, page

PRETEND = """
import os, sys, time
from governance.reports.paper.press_process import read, write
print("noise before anything", file=sys.stderr)
while (frame := read(sys.stdin.buffer)) is not None:
    head, body = frame
    said = body[:head["html"]].decode()
    if said == "crash":
        print("the reason it broke", file=sys.stderr); sys.stderr.flush(); os._exit(9)
    if said == "hang":
        time.sleep(60)
    if said == "garbage":
        sys.stdout.buffer.write(b"%PDF-1.7 and so on, which is no frame"); sys.stdout.flush(); time.sleep(60)
    if said == "cut":
        sys.stdout.buffer.write(b"PDF1" + bytes([0, 0, 0, 9])); sys.stdout.flush(); os._exit(0)
    if said == "loud":
        sys.stderr.write("x" * 80 + "\\n") if False else [sys.stderr.write("x" * 80 + "\\n") for _ in range(20_000)]
    if said == "slow":
        time.sleep(0.3)
    if said == "missing":
        write(sys.stdout.buffer, {"missing": "no Pango", "hint": "install it"}, b"")
    elif said == "refuse":
        write(sys.stdout.buffer, {"error": "too deep", "hint": "flatten it", "held": 0}, b"")
    else:
        pages = 5000 if said == "long" else 1
        held = 10**12 if said == "large" else 1
        write(sys.stdout.buffer, {"pages": pages, "notes": ["a note"], "held": held}, f"{os.getpid()} ".encode() + body)
"""
COMMAND = (sys.executable, "-c", PRETEND)


def pretend(count: int = 1, timeout: float = 20) -> Presses:
    return Presses(count, timeout=timeout, command=COMMAND)


def start(presses: Presses, html: str, **options):
    return presses.start(html, identifier="x", created=WHEN, **options)


def test_many_jobs_are_served_by_one_process_in_their_order():
    with pretend() as presses:
        made = [each.result() for each in [start(presses, f"job {number}") for number in range(20)]]
    assert [data.split(b" ", 1)[1] for data in made] == [f"job {number}".encode() for number in range(20)]
    assert len({data.split()[0] for data in made}) == 1


def test_as_many_processes_as_asked_for_work_at_a_time():
    with pretend(3) as presses:
        made = [each.result() for each in [start(presses, "slow") for _ in range(6)]]
    assert len({data.split()[0] for data in made}) == 3


def test_the_whole_of_what_came_out_can_be_had():
    with pretend() as presses:
        made = presses.begin("x", identifier="x", created=WHEN).result()
    assert (made.data.split()[1], made.pages, made.notes) == (b"x", 1, ("a note",))


def test_bytes_of_any_length_and_kind_pass_through_a_frame():
    odd = bytes(range(256)) * 4000 + b"PDF1\r\n"
    with pretend() as presses:
        made = start(presses, "x\r\n\0é中", attachments=[Attachment("a", odd, "d"), Attachment("b", b"", "d")]).result()
    assert made.split(b" ", 1)[1] == "x\r\n\0é中".encode() + odd


@pytest.mark.parametrize(
    ("html", "said"),
    [
        ("crash", "its process ended with 9: the reason it broke"),
        ("garbage", "noise before anything"),
        ("cut", "noise before anything"),
    ],
)
def test_a_process_that_breaks_fails_its_own_job_and_the_next_one_gets_a_new_process(html, said):
    with pretend() as presses:
        before, broken, after = start(presses, "a"), start(presses, html), start(presses, "b")
        with pytest.raises(GovernanceError, match="the PDF could not be made") as caught:
            broken.result()
        assert said in str(caught.value)
        assert before.result().split()[0] != after.result().split()[0]


def test_a_job_that_takes_too_long_is_stopped_and_the_next_one_is_done():
    with pretend(timeout=1.5) as presses:
        late, after = start(presses, "hang"), start(presses, "b")
        with pytest.raises(GovernanceError, match=r"longer than 1\.5 seconds"):
            late.result()
        assert after.result().endswith(b" b")


def test_a_process_that_says_much_does_not_block():
    with pretend() as presses:
        assert start(presses, "loud").result().endswith(b" loud")


def test_a_process_that_died_while_it_waited_is_replaced_before_it_gets_a_job():
    with pretend() as presses:
        first = start(presses, "a").result()
        presses._workers[0]._process.kill()
        presses._workers[0]._process.wait()
        assert start(presses, "b").result().split()[0] != first.split()[0]


@pytest.mark.parametrize("html", ["long", "large"])
def test_a_process_that_printed_much_or_holds_much_is_replaced(html):
    with pretend() as presses:
        made = [start(presses, each).result().split()[0] for each in ("a", html, "b", "c")]
    assert made[0] == made[1] != made[2] == made[3]


def test_what_is_missing_and_what_is_refused_is_told_as_it_was():
    with pretend() as presses:
        with pytest.raises(PangoMissing) as missing:
            start(presses, "missing").result()
        assert (missing.value.message, missing.value.hint) == ("no Pango", "install it")
        with pytest.raises(GovernanceError, match="could not be made: too deep") as refused:
            start(presses, "refuse").result()
        assert refused.value.hint == "flatten it"


def test_closing_fails_what_is_not_done_and_ends_every_process():
    presses = pretend(2)
    futures = [start(presses, "hang") for _ in range(5)]
    time.sleep(0.5)
    processes = [worker._process for worker in presses._workers]
    presses.close()
    for future in futures:
        with pytest.raises(GovernanceError, match="closed before"):
            future.result(timeout=5)
    assert all(process.poll() is not None for process in processes)
    with pytest.raises(GovernanceError, match="closed"):
        start(presses, "x")
    presses.close()


def test_a_job_that_was_cancelled_is_not_printed():
    with pretend() as presses:
        first, second, third = start(presses, "slow"), start(presses, "x"), start(presses, "y")
        assert second.cancel()
        with pytest.raises(CancelledError):
            second.result()
        assert first.result().split()[0] == third.result().split()[0]


def test_a_moment_without_a_zone_is_refused_at_once():
    with pretend() as presses, pytest.raises(ValueError, match="time zone"):
        presses.start("x", identifier="x", created=WHEN.replace(tzinfo=None))


def test_there_is_always_one_press():
    assert press.cores() >= 1
    with Presses(0, command=COMMAND) as presses:
        assert len(presses._workers) >= 1


def test_a_real_press_prints_the_very_bytes_and_survives_what_can_not_be_printed():
    html, file = page("<h1>x</h1><p>中"), Attachment("a.json", b"{}", "As data")
    options = {"identifier": "x", "created": WHEN, "attachments": (file,), "language": "nb"}
    with Presses(1) as presses:
        deep = presses.start(page("<div>" * 999), identifier="x", created=WHEN)
        good = presses.begin(html, **options)
        with pytest.raises(GovernanceError, match="elements deep"):
            deep.result()
        made = good.result()
    assert made.data == to_pdf(html, **options)
    assert made.pages == 1
    assert "U+4E2D" in made.notes[0]


def test_the_process_answers_every_kind_of_failure_in_a_frame():
    head = {
        "identifier": "x",
        "created": WHEN.isoformat(),
        "language": "en",
        "html": 1,
        "attachments": [["", "d", "m", 0]],
    }
    answer, body = press_process.answer(head, b"x")
    assert "no name for an attachment" in answer["error"]
    assert body == b""


def test_frames_that_are_none_are_told_from_the_end(tmp_path):
    path = tmp_path / "frame"
    path.write_bytes(b"")
    with path.open("rb") as stream:
        assert press_process.read(stream) is None
    for wrong in (
        b"PDF1",
        b"HTTP" + bytes(12),
        b"PDF1" + bytes([255] * 12),
        b"PDF1" + bytes([0, 0, 0, 2]) + bytes(8) + b"{",
    ):
        path.write_bytes(wrong)
        with path.open("rb") as stream, pytest.raises(ValueError, match="frame"):
            press_process.read(stream)


def test_no_thread_is_left_behind():
    before = threading.active_count()
    with pretend(2) as presses:
        start(presses, "a").result()
    assert threading.active_count() <= before
