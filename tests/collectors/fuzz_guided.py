"""Coverage-guided fuzzing of every reader with atheris, which `pip install '.[fuzz]'` brings where it installs.

    python tests/collectors/fuzz_guided.py [seconds for each reader] [collector …]

The files of a collector's sample are the seeds. What libFuzzer makes of them is read in the place of the sample's first file. A fault of
the reader, more than two seconds for one input, or more than 300 MB end the run with the input that did it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
SAMPLES = ROOT / "tests" / "samples"
sys.path.insert(0, str(ROOT))


def one(name: str, seconds: int, place: Path) -> None:
    """Fuzz one collector in this process, which libFuzzer ends, on files in a folder of its own."""
    import atheris

    with atheris.instrument_imports(include=["governance"]):
        from governance.collectors.reading.collect import collect, collectors

    collectors()
    shutil.copytree(SAMPLES / name, place / name)
    target = next(path for path in sorted((place / name).rglob("*")) if path.is_file())

    def read(data: bytes) -> None:
        target.write_bytes(data)
        reading = collect([place / name], environment=False)
        broken = [row.reason for row in reading.not_read if row.reason.startswith("the collector ")]
        if broken:
            raise RuntimeError(broken[0])

    seeds = place / "seeds"
    seeds.mkdir()
    for number, path in enumerate(sorted((SAMPLES / name).rglob("*"))):
        if path.is_file():
            shutil.copy(path, seeds / str(number))
    options = [
        f"-max_total_time={seconds}",
        "-timeout=2",
        "-rss_limit_mb=450",
        "-max_len=100000",
        "-print_final_stats=1",
    ]
    atheris.Setup([sys.argv[0], *options, str(seeds)], read)
    atheris.Fuzz()


def main() -> int:
    """Fuzz each collector in a process of its own; returns how many failed."""
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    names = sys.argv[2:] or sorted(
        path.name for path in SAMPLES.iterdir() if path.is_dir() and path.name not in ("frozen", "wiring")
    )
    if "FUZZ_PLACE" in os.environ:
        one(names[0], seconds, Path(os.environ["FUZZ_PLACE"]))
        return 0
    failed = 0
    memory = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - files that live a millisecond
    for name in names:
        with tempfile.TemporaryDirectory(dir=memory) as place:
            done = subprocess.run(
                [sys.executable, __file__, str(seconds), name],
                env=os.environ | {"FUZZ_PLACE": place}, capture_output=True, text=True, errors="replace", check=False, cwd=place,
            )  # fmt: skip
        tried = re.search(r"number_of_executed_units: (\d+)", done.stderr)
        sys.stdout.write(
            f"{name}: {tried[1] if tried else 'no'} inputs, {'fine' if done.returncode == 0 else 'FAILED'}\n"
        )
        sys.stdout.flush()
        if done.returncode != 0:
            sys.stdout.write(done.stderr[-3000:] + "\n")
            failed += 1
    return failed


if __name__ == "__main__":
    raise SystemExit(min(main(), 1))
