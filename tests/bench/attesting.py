"""What it costs that somebody attests 5,000 pieces, against the same attach without."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from governance import attesting as attestations
from governance.signing import keys
from governance.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MANY = 5_000
SYSTEM = "id: bench\nname: Bench system\npurpose: To be measured by the bench\nowner: The bench\n"


def attesting(row: Callable[..., None], folder: Path) -> None:
    """Attach the same files twice each way, in turns, and compare the quicker ones in CPU seconds."""
    files = folder / "files"
    files.mkdir(parents=True)
    for number in range(MANY):
        body = {
            "results": {"qa": {"acc,none": 0.5}}, "versions": {"qa": 1}, "config": {"model_args": "pretrained=desk"},
            "date": 1_795_000_000 + number,
        }  # fmt: skip
        (files / f"results_{number:04d}.json").write_text(json.dumps(body))
    taken: dict[bool, list[float]] = {False: [], True: []}
    for at, attested in enumerate((False, True) * 2):
        taken[attested].append(_attach(folder / str(at), files, attested=attested))
    plain, with_it = min(taken[False]), min(taken[True])
    more = (with_it / plain - 1) * 100
    against = f"the same attach without, {plain:.2f} CPU s"
    row(f"attach of {MANY:,} files, attested by one key", f"{with_it:.2f} CPU s", against, with_it / plain, "< 1.10×")
    row("  the attestation alone", f"{more:.1f} %", "the same", None, "< 10 %")


def _attach(place: Path, files: Path, *, attested: bool) -> float:
    workspace = Workspace.init(place)
    (place / "system.yaml").write_text(SYSTEM)
    workspace.add_system(place / "system.yaml")
    key = keys.of_private(keys.generate())
    workspace.people.enrol("Ann", by=workspace.operator, reason="Works here.", roles=["evaluator"], key=key.public.line)
    how: dict[str, Any] = {"attest": attestations.with_key(workspace, key)} if attested else {}
    assert workspace.catalogue  # read before the clock starts
    start = time.process_time()
    done = workspace.attach([files], "bench", environment=False, **how)
    taken = time.process_time() - start
    assert len(done.appended) == MANY
    assert (done.attested is not None) is attested
    workspace.ledger.close()
    return taken
