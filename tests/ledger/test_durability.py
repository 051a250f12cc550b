"""Many writers at once, a writer killed midway, a full disk: what was acknowledged stays, nothing is left half."""

import multiprocessing
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from governance.ledger.store import Ledger
from tests.ledger.made import ORIGIN, drafts, made, noon, opened

ROOT = Path(__file__).parents[2]

APPEND_FOR_EVER = """
import sys
from pathlib import Path
from tests.ledger.made import drafts, opened
ledger, number = opened(Path(sys.argv[1])), int(sys.argv[2])
while True:
    entries = ledger.append(drafts(3, number)).entries
    number += 3
    print(entries[-1].seq, flush=True)
"""

APPEND_UNTIL_FULL = """
import resource, signal, sys
from pathlib import Path
from governance.errors import GovernanceError
from tests.ledger.made import draft, opened
ledger, number = opened(Path(sys.argv[1])), 0
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
for number in range(1000):
    try:
        ledger.append([draft(f"{number}-{part}", text="x" * 5000) for part in range(3)])
    except GovernanceError as error:
        print(number * 3, type(error).__name__, error.hint)
        break
print(sum(1 for _ in ledger.entries()), ledger.verify().failed_at)
"""

STORE_UNTIL_FULL = """
import resource, signal, sys
from pathlib import Path
from governance.errors import GovernanceError
from governance.ledger.blobs import Blobs
from governance.parsing.canonical import sha256
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
small, large = b"x" * 1000, b"y" * 1001
try:
    Blobs(Path(sys.argv[1])).write({sha256(small): small, sha256(large): large})
except GovernanceError as error:
    print(type(error).__name__, error.message)
"""


def child(program: str, *arguments: object) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", program, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def append_fifteen(path: Path, writer: int) -> None:
    ledger = Ledger(path, origin=ORIGIN, clock=noon)
    for step in range(5):
        ledger.append([*drafts(3, 1000 * writer + 3 * step), *drafts(1, 9000 + step)])  # the last is everybody's
    ledger.close()


def test_six_processes_appending_at_once_leave_one_whole_ledger(tmp_path):
    path = tmp_path / "ledger.db"
    made(path).close()
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=append_fifteen, args=(path, writer)) for writer in range(6)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    assert [writer.exitcode for writer in writers] == [0] * 6
    ledger = opened(path)
    entries = list(ledger.entries())
    assert [entry.seq for entry in entries] == list(range(6 * 15 + 5))
    assert len({entry.id for entry in entries}) == len(entries)
    assert ledger.verify().failed_at is None
    for writer in range(6):  # each writer's own entries stand in the order in which it wrote them
        own = [entry.record["number"] for entry in entries if entry.record["number"] // 1000 == writer]
        assert own == list(range(1000 * writer, 1000 * writer + 15))


@pytest.mark.parametrize("acknowledged", [1, 2, 7, 40])
def test_a_writer_killed_in_the_middle_leaves_all_it_acknowledged_and_nothing_half(tmp_path, acknowledged):
    path = tmp_path / "ledger.db"
    made(path, 2).close()
    writer = child(APPEND_FOR_EVER, path, 2)
    assert writer.stdout is not None
    told = [int(writer.stdout.readline()) for _ in range(acknowledged)]
    writer.send_signal(signal.SIGKILL)
    rest, _ = writer.communicate(timeout=30)
    told += [int(line) for line in rest.split("\n")[:-1] if line]
    ledger = opened(path)
    check = ledger.verify()
    entries = list(ledger.entries())
    assert check.failed_at is None
    assert len(entries) >= told[-1] + 1
    assert (len(entries) - 2) % 3 == 0, "an append is whole or not at all"
    assert [entry.record["number"] for entry in entries] == list(range(len(entries)))
    assert ledger.append(drafts(1, len(entries))).entries[0].seq == len(entries)


def test_a_full_disk_is_told_and_nothing_of_that_append_stands(tmp_path):
    path = tmp_path / "ledger.db"
    made(path).close()
    writer = child(APPEND_UNTIL_FULL, path)
    out, err = writer.communicate(timeout=60)
    assert (writer.returncode, err) == (0, "")
    refused, held = out.splitlines()
    before, kind, hint = refused.split(" ", 2)
    assert (kind, hint) == ("GovernanceError", "Nothing was appended.")
    assert int(before) > 0
    assert held == f"{before} None"
    ledger = opened(path)
    assert ledger.checkpoint().size == int(before)
    assert ledger.append(drafts(1)).entries[0].seq == int(before), "with room again, it goes on"


def test_a_full_disk_leaves_no_half_body(tmp_path):
    writer = child(STORE_UNTIL_FULL, tmp_path)
    out, err = writer.communicate(timeout=60)
    assert (writer.returncode, err) == (0, "")
    assert out.startswith("GovernanceError the bodies could not be stored: ")
    assert [file.stat().st_size for file in tmp_path.rglob("*") if file.is_file()] == [1000]
