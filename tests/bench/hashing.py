"""Hashing weights against what the machine can do, in one run: 4 GiB in two files.

`openssl speed` hashes one block that never leaves the processor's cache. A file has to be brought there first, so the loop is held
against that too: the bound on one core is what reading and hashing take one after the other.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from governance.verifier import hash_cache, model_folder

if TYPE_CHECKING:
    from collections.abc import Callable

    Row = Callable[[str, str, str, float | None, str], None]

SIZE = 2 << 30
BLOCK = 1 << 20


def best(call: Callable[[], object], clock: Callable[[], float], runs: int = 3) -> float:
    """The shortest of several runs in seconds."""
    times = []
    for _ in range(runs):
        start = clock()
        call()
        times.append(clock() - start)
    return min(times)


def openssl_speed() -> float:
    """Bytes per second of `openssl speed` in blocks of 1 MiB, or 0 where there is no openssl."""
    if shutil.which("openssl") is None:
        return 0.0
    command = ["openssl", "speed", "-mr", "-seconds", "2", "-bytes", str(BLOCK), "-evp", "sha256"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = [line for line in done.stdout.splitlines() if line.startswith("+F:")]
    return float(lines[-1].split(":")[-1]) if lines else 0.0


def hashing(row: Row, root: Path) -> None:
    """Print a line for each thing measured."""
    one, two = root / "one", root / "two"
    block = os.urandom(BLOCK)
    for folder, names in ((one, ("a.bin",)), (two, ("a.bin", "b.bin"))):
        folder.mkdir()
        for name in names:
            with (folder / name).open("wb") as stream:
                for _ in range(SIZE // BLOCK):
                    stream.write(block)
    limit = openssl_speed()
    memory = hashlib.sha256()

    def in_memory() -> None:
        for _ in range(SIZE // BLOCK):
            memory.update(block)

    def read_only() -> None:
        buffer = bytearray(128 * 1024)
        with (one / "a.bin").open("rb", buffering=0) as stream:
            while stream.readinto(buffer):
                pass

    read_only()
    hashed = best(in_memory, time.process_time)
    read = best(read_only, time.process_time)
    mine = best(lambda: model_folder.take(one), time.process_time)
    wall_one = best(lambda: model_folder.take(one), time.perf_counter)
    wall_two = best(lambda: model_folder.take(two), time.perf_counter)

    def shown(seconds: float) -> str:
        return f"{SIZE / seconds / 1e9:.2f} GB/s"

    if limit:
        said = f"openssl speed, {limit / 1e9:.2f} GB/s"
        row("release manifest, per core", shown(mine), said, SIZE / mine / limit, "≥ 0.90×")
    row("  the same", shown(mine), f"hashlib on one block, {shown(hashed)}", hashed / mine, "reported")
    bound = read + hashed
    row("  the same", shown(mine), f"reading, then hashing, {shown(bound)}", bound / mine, "≥ 0.90×")
    row("4 GiB on two threads", f"{wall_two:.2f} s", "one thread", 2 * wall_one / wall_two, "≥ 1.7×")
    cache = hash_cache.in_memory()
    time.sleep(2.1)  # what was written a moment ago is not kept
    model_folder.take(two, known=cache)
    kept = best(lambda: model_folder.take(two, known=cache), time.perf_counter)
    row("  the same, hashed before", f"{kept * 1000:.1f} ms", "hashing it", kept / wall_two, "reported")


if __name__ == "__main__":
    from tests.bench.bench import row as print_row

    with tempfile.TemporaryDirectory() as place:
        hashing(print_row, Path(place))
