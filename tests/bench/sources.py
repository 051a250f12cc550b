"""What it costs to read what tools leave: a large garak report, a gigabyte of samples, thousands of small files.

Each is read in a process of its own, so that CPU seconds and peak memory are its own; beside it stands what a primitive does with the
same bytes: `json.loads` line by line, or reading and hashing.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.bench import garak_report

if TYPE_CHECKING:
    from collections.abc import Callable

    Row = Callable[[str, str, str, float | None, str], None]

ATTEMPTS = 100_000
GIBIBYTE = 1024**3


def sources(row: Row, folder: Path) -> None:
    """Measure all three."""
    garak(row, folder)
    small_files(row, folder)
    samples(row, folder)


def garak(row: Row, folder: Path) -> None:
    """A report of 100,000 attempts, against parsing its lines and keeping nothing."""
    path = folder / "garak.report.jsonl"
    garak_report.write(path, ATTEMPTS)
    mine, alone = measured(path), parsed(path)
    row(
        f"garak report, {ATTEMPTS:,} attempts, {path.stat().st_size / 1e6:.0f} MB",
        f"{mine['cpu']:.1f} CPU s, {mine['peak_mib']:.0f} MiB",
        f"json.loads of each line, {alone:.1f} s",
        mine["cpu"] / alone,
        "≤ 8 CPU s, ≤ 150 MiB",
    )
    path.unlink()


def small_files(row: Row, folder: Path) -> None:
    """5,000, 10,000 and 20,000 small files of many sorts, against opening and hashing each."""
    before: float | None = None
    for count in (5_000, 10_000, 20_000):
        place = folder / f"small-{count}"
        write_small(place, count)
        start = time.process_time()
        for path in place.rglob("*"):
            if path.is_file():
                hashlib.sha256(path.read_bytes()).hexdigest()
        alone = time.process_time() - start
        mine = measured(place)
        growth = "" if before is None else f", {mine['cpu'] / before:.2f}× of half as many"
        row(
            f"{count:,} small files{growth}",
            f"{mine['cpu']:.2f} CPU s",
            f"opening and hashing them, {alone:.2f} s",
            mine["cpu"] / alone,
            "≤ 5 CPU s for 5,000, linear",
        )
        before = mine["cpu"]


def samples(row: Row, folder: Path) -> None:
    """A gibibyte of lm-evaluation-harness samples, against parsing its lines and keeping nothing."""
    path = folder / "samples_qa_2026-11-22T16-30-40.627481.jsonl"
    write_samples(path, GIBIBYTE)
    mine, alone = measured(path), parsed(path)
    row(
        f"samples, {path.stat().st_size / GIBIBYTE:.2f} GiB of JSON lines",
        f"{mine['cpu']:.0f} CPU s, {mine['peak_mib']:.0f} MiB",
        f"json.loads of each line, {alone:.0f} s",
        mine["cpu"] / alone,
        "bounded memory",
    )
    path.unlink()


def measured(path: Path) -> dict[str, Any]:
    """What `read_and_measure` says of a path."""
    program = Path(__file__).with_name("read_and_measure.py")
    done = subprocess.run([sys.executable, program, path], capture_output=True, text=True, check=True)
    said: dict[str, Any] = json.loads(done.stdout)
    if not said["found"]:
        raise SystemExit(f"the bench read nothing of {path.name}: {said}")
    return said


def parsed(path: Path) -> float:
    """CPU seconds to parse every line of a file with the standard library."""
    start = time.process_time()
    with path.open("rb") as stream:
        for line in stream:
            json.loads(line)
    return time.process_time() - start


def write_samples(path: Path, size: int) -> None:
    """Rows as the harness writes them, of about two kilobytes each."""
    text = "A question of some length about a library and what it lends. " * 12
    with path.open("w", encoding="utf-8") as stream:
        number, written = 0, 0
        while written < size:
            digest = hashlib.sha256(str(number).encode()).hexdigest()
            row = {
                "doc_id": number, "doc": {"question": f"{number} {text}", "choices": ["a", "b", "c", "d"], "answer": number % 4},
                "target": number % 4, "arguments": {"gen_args_0": {"arg_0": text, "arg_1": " a"}},
                "resps": [[["-3.2", "False"]], [["-4.1", "False"]]], "filtered_resps": [["-3.2", "False"], ["-4.1", "False"]],
                "filter": "none", "metrics": ["acc"], "doc_hash": digest, "prompt_hash": digest, "target_hash": digest,
                "acc": float(number % 3 == 0),
            }  # fmt: skip
            written += stream.write(json.dumps(row) + "\n")
            number += 1


def write_small(place: Path, count: int) -> None:
    """Small files of many sorts, a hundred to a folder: results, cards, settings, tables, text, pictures, and broken ones."""
    for number in range(count):
        folder = place / f"{number // 100:04d}"
        folder.mkdir(parents=True, exist_ok=True)
        name, data = _SORTS[number % len(_SORTS)](number)
        (folder / f"{number % 100:02d}-{name}").write_bytes(data)


def _results(number: int) -> tuple[str, bytes]:
    document = {
        "results": {"qa": {"acc,none": number % 10 / 10, "acc_stderr,none": 0.1}}, "versions": {"qa": 1},
        "n-samples": {"qa": {"original": 8, "effective": 8}}, "config": {"model": "hf", "model_args": "pretrained=x"},
        "date": 1_795_000_000 + number, "lm_eval_version": "0.4.9",
    }  # fmt: skip
    return "results.json", json.dumps(document).encode()


_SORTS: tuple[Callable[[int], tuple[str, bytes]], ...] = (
    _results,
    lambda n: ("vocab.json", json.dumps({f"word{i}": i for i in range(n, n + 60)}).encode()),
    lambda n: ("notes.md", f"# Notes {n}\n\n{'Nothing of interest. ' * 40}".encode()),
    lambda n: ("rows.csv", b"a,b,c\n" + b"\n".join(b"%d,%d,%d" % (n, i, i * i) for i in range(50)) + b"\n"),
    lambda n: ("run.log", f"step {n} loss 2.31\n".encode() * 40),
    lambda n: ("plot.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4 + str(n).encode()),
    lambda n: ("settings.yaml", f"name: run-{n}\nsteps: {n}\nlearning_rate: 0.0002\n".encode()),
    lambda n: ("cut.json", json.dumps({"results": {"qa": n}, "versions": {}}).encode()[:-5]),
)
