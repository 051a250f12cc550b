"""What many tests stand on: a clock that stands still, and a workspace that has been through the whole chain once."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from governance.domain.decision import DecisionKind
from governance.proofs import ed25519
from governance.signing import keys
from governance.workspace import Workspace
from tests.warmed import GOVERN, warm

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.warmed import Warm

RECORDED = Path(__file__).parent.parent / "evidence" / "recorded" / "smollm2-elm-desk"


class Clock:
    """A clock that stands still until it is told to move."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, **by: int) -> None:
        self.moment += timedelta(**by)


@pytest.fixture(autouse=True)
def _quiet_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("GOVERN_") and name not in {"GOVERN_SAMPLES", "GOVERN_FACTS"}:
            monkeypatch.delenv(name)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


@pytest.fixture(scope="session")
def warm_govern() -> Iterator[Warm]:
    """`govern` without its start."""
    with warm(*GOVERN) as made:
        yield made


BEGAN = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> Clock:
    return Clock(BEGAN)


@pytest.fixture(scope="session")
def _made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two workspaces to copy: `empty` and `attached`."""
    folder = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("GOVERN_")]:
            patch.delenv(name)
        empty = Workspace.init(folder / "empty", origin="test/ledger", clock=Clock(BEGAN))
        empty.add_system(RECORDED / "system.yaml")
        empty.ledger.close()
        shutil.copytree(folder / "empty", folder / "attached")
        attached = Workspace(folder / "attached", Clock(BEGAN))
        attached.attach([RECORDED], "elm-desk", environment=False)
        attached.ledger.close()
    return folder


@pytest.fixture
def workspace(_made: Path, tmp_path: Path, clock: Clock, request: pytest.FixtureRequest) -> Iterator[Workspace]:
    """An empty workspace with the system of the recorded run."""
    which = "attached" if "attached" in request.fixturenames else "empty"
    shutil.copytree(_made / which, tmp_path / "workspace")
    made = Workspace(tmp_path / "workspace", clock)
    yield made
    made.ledger.close()


@pytest.fixture
def attached(workspace: Workspace) -> Workspace:
    """The recorded run attached, without this machine's own environment."""
    return workspace


@pytest.fixture
def reviewer(attached: Workspace) -> Path:
    """The private key of a reviewer who is enrolled."""
    path = attached.root / "keys" / "reviewer.pem"
    key = keys.generate()
    keys.save(key, path)
    attached.people.enrol(
        "Rita Example",
        by=attached.operator,
        reason="She reviews models.",
        roles=["reviewer"],
        key=ed25519.public_line(ed25519.raw(key)),
    )
    return path


@pytest.fixture
def signed(attached: Workspace, reviewer: Path) -> Workspace:
    """The recorded run attached, and a reviewer's decision on it."""
    attached.sign(
        "elm-desk", key_file=reviewer, role="reviewer", decision=DecisionKind.HOLD, reason="Waiting for a bias test."
    )
    return attached
