"""Coverage-guided fuzzing of the container readers with atheris, which `pip install '.[fuzz]'` brings where it installs.

    python tests/verifier/fuzz_containers.py [seconds]

The seeds are a ZIP and a tar of the same members. What is taken without an oddity must be, byte for byte, what the writers make of
what was read; any other error than the package's own, more than two seconds or more than 300 MB end the run.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))


def main() -> None:
    """Fuzz in this process, which libFuzzer ends."""
    import atheris

    with atheris.instrument_imports(include=["governance"]):
        from governance.errors import IntegrityError, UnreadableError
        from governance.verifier.containers import open_container
    from tests.verifier.made_containers import genuine, genuine_tar

    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    memory = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - files that live a millisecond
    with tempfile.TemporaryDirectory(dir=memory) as place:
        target, seeds = Path(place) / "pack", Path(place) / "seeds"
        seeds.mkdir()
        (seeds / "zip").write_bytes(genuine())
        (seeds / "tar").write_bytes(genuine_tar())

        def read(data: bytes) -> None:
            target.write_bytes(data)
            try:
                with open_container(target) as container:
                    found = {name: container.read(name) for name in container.names}
            except (UnreadableError, IntegrityError):
                return
            if data not in (genuine(found), genuine_tar(found)):
                raise RuntimeError("taken, and not the one form")

        options = [
            f"-max_total_time={seconds}",
            "-timeout=2",
            "-rss_limit_mb=300",
            "-max_len=30000",
            "-print_final_stats=1",
        ]
        atheris.Setup([sys.argv[0], *options, str(seeds)], read)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
