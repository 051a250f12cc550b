"""Damages every sample in fixed ways and reads it, in a process that may take 300 MB more than it began with."""

from __future__ import annotations

import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path

from governance.collectors.reading.collect import collect, collectors

ROOM = 300 * 1024 * 1024
PATCHES = (b"\xff" * 8, b"9" * 20, b"\x00" * 4, b"[" * 200, b'"')


def main(samples: Path) -> int:
    """Read all damaged copies; print what failed and return how many did."""
    for collector in collectors()[0]:
        collect([samples / collector.noun.name], environment=False)  # everything that is imported late is imported now
    taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (taken + ROOM, taken + ROOM))
    failed = 0
    for collector in collectors()[0]:
        name = collector.noun.name
        for number, patch in enumerate(PATCHES):
            with tempfile.TemporaryDirectory() as place:
                folder = Path(place) / name
                shutil.copytree(samples / name, folder)
                for path in [each for each in folder.rglob("*") if each.is_file()]:
                    data = path.read_bytes()
                    for tenth in range(1, 10):
                        at = len(data) * tenth // 10 + number
                        data = data[:at] + patch + data[at + len(patch) :]
                    path.write_bytes(data)
                started = time.monotonic()
                reading = collect([folder], environment=False)
                slow = time.monotonic() - started > 10  # a machine that is busy is no fault; a hang is
                broken = [row.reason for row in reading.not_read if row.reason.startswith("the collector ")]
                if broken or slow:
                    failed += 1
                    sys.stdout.write(f"{name} with {patch!r}: {broken or 'slow'}\n")
    return failed


if __name__ == "__main__":
    raise SystemExit(min(main(Path(sys.argv[1])), 1))
