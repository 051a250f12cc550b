"""Pack and verify 10,000 pieces of evidence, and print the peak memory of each step's own process."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))

from governance.workspace import Workspace  # noqa: E402

RECORDED = ROOT / "evidence" / "recorded" / "smollm2-elm-desk"
SYSTEM = "id: bench\nname: Bench system\npurpose: To be measured by the bench\nowner: The bench\n"


def make(folder: Path) -> None:
    """A workspace with 10,000 evaluation results."""
    value = json.loads(next(RECORDED.glob("eval/base/*/results_*.json")).read_text("utf-8")) | {
        "configs": {},
        "pretty_env_info": "",
    }
    workspace = Workspace.init(folder / "ws")
    (folder / "system.yaml").write_text(SYSTEM)
    workspace.add_system(folder / "system.yaml")
    for batch in range(10):
        files = folder / f"batch-{batch}"
        files.mkdir()
        for number in range(1000):
            value["date"] = 1_795_000_000 + batch * 1000 + number
            (files / f"results_{number:04d}.json").write_text(json.dumps(value))
        workspace.attach([files], "bench", environment=False)


def main() -> None:
    """Without a step: make, then run each step in a process of its own."""
    folder = Path(sys.argv[1])
    if len(sys.argv) == 2:
        make(folder)
        for step in ("pack", "verify"):
            subprocess.run([sys.executable, __file__, folder, step], check=True)
        return
    start = time.perf_counter()
    if sys.argv[2] == "pack":
        Workspace(folder / "ws").pack("bench", folder / "pack.zip", documents={})
    else:
        found = Workspace.verify(folder / "pack.zip")
        if not found.ok:
            raise SystemExit(f"not verified: {found.problems[:3]}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    seconds = time.perf_counter() - start
    sys.stdout.write(
        f"{sys.argv[2] + ' of 10,000 pieces of evidence':<46} {seconds:>14.1f} s           peak memory {peak:.0f} MB; aim < 300 MB\n"
    )


if __name__ == "__main__":
    main()
