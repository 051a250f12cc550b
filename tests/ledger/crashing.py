"""Writers that are killed while they write: run as a program, one line of JSON for each round.

It forks, because a writer that had to be imported anew each time would spend the test on that. A writer stores a body, appends the
entries that name it, and only then says their ids; what it said must be there whatever happened to it.
"""

import json
import os
import random
import select
import signal
import sys
import time
from pathlib import Path

from governance.domain.entry import EntryType
from governance.ledger.blobs import Blobs
from governance.ledger.fsck import fsck
from governance.ledger.store import Draft, Ledger
from governance.parsing.canonical import sha256
from tests.ledger.made import ORIGIN, noon


def write_for_ever(root: Path, writer: str, out: int) -> None:
    """Append batches of one to five; each is acknowledged when the append has returned."""
    ledger, blobs = Ledger(root / "ledger.db", origin=ORIGIN, clock=noon), Blobs(root / "blobs")
    number = 0
    while True:
        count = number % 5 + 1
        body = f"{writer} {number} ".encode() * (1 if number % 3 else 40_000)
        blobs.write({sha256(body): body})
        record = {"body_digest": sha256(body), "batch": f"{writer}-{number}", "count": count}
        drafts = [
            Draft(EntryType.EVIDENCE, f"ev-{writer}-{number}-{part}", "elm-desk", record) for part in range(count)
        ]
        entries = ledger.append(drafts).entries
        os.write(out, "".join(f"{entry.id}\n" for entry in entries).encode())
        number += 1


def one_round(root: Path, name: str, writers: int, seconds: float) -> list[str]:
    """Start writers, kill them all after a time, and return what they acknowledged."""
    children, pipes = [], []
    for writer in range(writers):
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            try:
                write_for_ever(root, f"{name}w{writer}", writing)
            finally:
                os._exit(1)
        os.close(writing)
        children.append(child)
        pipes.append(reading)
    said = dict.fromkeys(pipes, b"")
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        for pipe in select.select(pipes, [], [], left)[0]:
            said[pipe] += os.read(pipe, 1 << 16)
    for child in children:
        os.kill(child, signal.SIGKILL)
    for child in children:
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            raise SystemExit("a writer ended by itself")
    for pipe in pipes:
        while more := os.read(pipe, 1 << 16):
            said[pipe] += more
        os.close(pipe)
    return [line for text in said.values() for line in text.decode().split("\n")[:-1]]


def main(root: Path, rounds: int, seed: int) -> None:
    """Run rounds against one ledger and print what each came to."""
    Ledger.create(root / "ledger.db", origin=ORIGIN, clock=noon).close()
    chance = random.Random(seed)
    acknowledged: set[str] = set()
    for number in range(rounds):
        writers = number % 2 + 1
        fresh = one_round(root, f"r{number}", writers, chance.uniform(0.004, 0.09))
        acknowledged.update(fresh)
        found = fsck(root / "ledger.db", root / "blobs")
        ledger = Ledger(root / "ledger.db", origin=ORIGIN, clock=noon)
        entries = list(ledger.entries())
        ledger.close()
        batches: dict[str, list[int]] = {}
        for entry in entries:
            batches.setdefault(str(entry.record["batch"]), []).append(int(entry.record["count"]))
        sys.stdout.write(
            json.dumps(
                {
                    "acknowledged": len(fresh),
                    "entries": len(entries),
                    "lost": sorted(acknowledged - {entry.id for entry in entries}),
                    "torn": [name for name, counts in batches.items() if len(counts) != counts[0]],
                    "problems": [str(problem) for problem in found.problems],
                    "left": [note for note in found.notes if ".part" in note or "no entry" in note],
                }
            )
            + "\n"
        )
        sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
