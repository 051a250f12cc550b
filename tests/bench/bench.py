"""Speed as ratios against primitives, in one run on one machine, and what the installs weigh.

Nothing here passes or fails: numbers go to people. Each row says what was measured, what it is held against, the ratio, and the aim.
Times are the best of a few runs, CPU seconds where that is what is meant.
"""

from __future__ import annotations

import json
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))

from governance.workspace import Workspace  # noqa: E402
from tests.bench import attesting, content, documents, gate, sources  # noqa: E402
from tests.bench import hashing as hashing_bench  # noqa: E402
from tests.bench import ledger as ledger_bench  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

RECORDED = ROOT / "evidence" / "recorded" / "smollm2-elm-desk"
SYSTEM = "id: bench\nname: Bench system\npurpose: To be measured by the bench\nowner: The bench\n"


def best(call: Callable[[], object], runs: int = 5, clock: Callable[[], float] = time.perf_counter) -> float:
    """The shortest of several runs in seconds."""
    times = []
    for _ in range(runs):
        start = clock()
        call()
        times.append(clock() - start)
    return min(times)


def row(what: str, value: str, against: str, ratio: float | None, aim: str) -> None:
    """Print one measurement."""
    shown = f"{ratio:6.2f}×" if ratio is not None else "       "
    sys.stdout.write(f"{what:<46} {value:>16}  {shown}  against {against}; aim {aim}\n")
    sys.stdout.flush()


def start_up() -> None:
    """`govern --version` and the verifier alone against an interpreter that does nothing."""
    govern = Path(sys.executable).parent / "govern"
    if not govern.exists():
        return
    bare = best(lambda: subprocess.run([sys.executable, "-c", "pass"], check=True), 15)
    alone = [sys.executable, "-m", "governance.verifier", "--version"]
    for what, command, aim in (
        ("start-up of govern --version", [govern, "--version"], "< 3×"),
        ("start-up of the verifier alone", alone, "< 300 ms"),
    ):
        mine = best(
            lambda command=command: subprocess.run(command, stdout=subprocess.DEVNULL, check=True, cwd=ROOT), 15
        )
        row(what, f"{mine * 1000:.0f} ms", f"python -c pass, {bare * 1000:.0f} ms", mine / bare, aim)


def attaching(folder: Path) -> None:
    """1,000 evidence files attached, against the bare insert of the rows they come to."""
    files = folder / "files"
    files.mkdir()
    template = next(RECORDED.glob("eval/base/*/results_*.json")).read_text("utf-8")
    small = json.loads(template) | {"configs": {}, "pretty_env_info": ""}
    for number in range(1000):
        small["date"] = 1_795_000_000 + number
        (files / f"results_{number:04d}.json").write_text(json.dumps(small))
    workspace = Workspace.init(folder / "ws")
    (folder / "system.yaml").write_text(SYSTEM)
    workspace.add_system(folder / "system.yaml")
    start = time.perf_counter()
    done = workspace.attach([files], "bench", environment=False)
    mine = time.perf_counter() - start
    rows = [(seq, body.decode()) for seq, body in workspace.ledger.bodies()]
    workspace.ledger.close()

    def bare(each: bool) -> float:
        path = folder / "bare.db"
        path.unlink(missing_ok=True)
        with closing(sqlite3.connect(path, isolation_level=None)) as database:
            database.execute("PRAGMA journal_mode=WAL")
            database.execute("PRAGMA synchronous=FULL")
            database.execute("CREATE TABLE entry (seq INTEGER PRIMARY KEY, body TEXT)")
            start = time.perf_counter()
            if not each:
                database.execute("BEGIN")
            for item in rows:
                database.execute("INSERT INTO entry VALUES (?, ?)", item)
            if not each:
                database.execute("COMMIT")
            return time.perf_counter() - start

    rate = len(done.appended) / mine
    row(
        "attach of 1,000 evidence files",
        f"{rate:,.0f} files/s",
        f"the same rows, a commit each, {bare(True):.3f} s",
        mine / bare(True),
        "< 5×",
    )
    row(
        "  the same",
        f"{mine:.3f} s",
        f"the same rows in one commit, {bare(False):.3f} s",
        mine / bare(False),
        "reported",
    )


def ledger(folder: Path) -> None:
    """Appending, proving and verifying against SQLite and hashlib alone."""
    ledger_bench.ledger(row, folder, _a_real_record(folder))


def _a_real_record(folder: Path) -> dict[str, object]:
    """The record of an evaluation as a real attach makes it, so that entries have the length they really have."""
    workspace = Workspace.init(folder / "record")
    workspace.add_system(RECORDED / "system.yaml")
    workspace.attach([RECORDED], "elm-desk", environment=False)
    kinds = {str(entry.record.get("kind")): entry for entry in workspace.ledger.entries()}
    workspace.ledger.close()
    return dict(kinds["eval-run.v1"].record)


def hashing(folder: Path) -> None:
    """4 GiB of weights against `openssl speed`; evidence and release manifests are hashed by the same loop."""
    hashing_bench.hashing(row, folder)
    shutil.rmtree(folder)


def memory(folder: Path) -> None:
    """Peak memory of pack and verify at 10,000 evidence items, each in a process of its own."""
    program = Path(__file__).with_name("ten_thousand.py")
    done = subprocess.run([sys.executable, program, folder], capture_output=True, text=True, check=False, cwd=ROOT)
    sys.stdout.write(done.stdout or done.stderr)


def verifying() -> None:
    """The light verifier on packs of 10,000 pieces, attested together and one by one, each in a process of its own."""
    program = Path(__file__).with_name("verify_packs.py")
    done = subprocess.run([sys.executable, program], capture_output=True, text=True, check=False, cwd=ROOT)
    sys.stdout.write(done.stdout or done.stderr)
    sys.stdout.flush()


def recording() -> None:
    """A real training with the recorder and without, in a process of its own."""
    program = Path(__file__).with_name("recording.py")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", program], capture_output=True, text=True, check=False, cwd=ROOT
    )
    sys.stdout.write(done.stdout or done.stderr)
    sys.stdout.flush()


def installs() -> None:
    """Distributions and megabytes of what each person installs, as `make demo` does: without bytecode, which Python writes for what it imports."""
    for name, requirement, aim in (
        ("record and attach", ".", "30, 150 MB"),
        ("the whole job with documents and statistics", ".[documents,statistics]", "60, 500 MB"),
    ):
        with tempfile.TemporaryDirectory() as root:
            made = subprocess.run([sys.executable, "-m", "venv", root], check=False).returncode == 0
            python = Path(root) / "bin" / "python"
            if (
                not made
                or subprocess.run(
                    [python, "-m", "pip", "install", "-q", "--no-compile", requirement],
                    cwd=ROOT,
                    check=False,
                    stderr=subprocess.DEVNULL,
                ).returncode
            ):
                sys.stdout.write(f"install of {requirement}: not measured, the package index did not answer\n")
                continue
            subprocess.run(
                [python, "-m", "pip", "uninstall", "-q", "-y", "setuptools", "pip"],
                check=False,
                stderr=subprocess.DEVNULL,
            )
            site = next((Path(root) / "lib").glob("python*/site-packages"))
            count = len(list(site.glob("*.dist-info")))
            size = sum(path.stat().st_size for path in site.rglob("*") if path.is_file()) / 1e6
            row(f"install: {name}", f"{count} dists", f"{size:.0f} MB on disk", None, aim)


def main() -> None:
    """Measure everything."""
    with tempfile.TemporaryDirectory() as root:
        for measure in (attaching, ledger, hashing, memory):
            folder = Path(root) / measure.__name__
            folder.mkdir()
            measure(folder)
        documents.documents(row, Path(root))
        attesting.attesting(row, Path(root) / "attesting")
        sources.sources(row, Path(root))
        content.portfolio(row, Path(root))
    content.content(row)
    gate.gate(row)
    verifying()
    recording()
    start_up()
    installs()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(f"peak memory of the bench itself {peak:.0f} MB\n")


if __name__ == "__main__":
    main()
