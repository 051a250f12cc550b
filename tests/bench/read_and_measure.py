"""Reads one path in a process of its own and prints, as JSON, CPU seconds, the growth of its peak memory, and what was found."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))

from governance.collectors.reading.collect import collect, collectors  # noqa: E402


def main(path: Path) -> None:
    """Read it once; the collectors are loaded before the clock starts."""
    collectors()
    started = time.process_time()
    reading = collect([path], environment=False)
    spent = time.process_time() - started
    # The high-water mark of this program alone: that of getrusage begins with what the parent held when it forked.
    status = Path("/proc/self/status").read_text()
    peak = int(status.partition("VmHWM:")[2].split()[0]) / 1024
    said = {"cpu": spent, "peak_mib": peak, "found": len(reading.found), "not_read": len(reading.not_read)}
    sys.stdout.write(json.dumps(said | {"kinds": sorted({fact.kind for fact in reading.found})}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
