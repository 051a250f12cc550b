"""A small run and a small evaluation, and somebody who may attest them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from governance.proofs import ed25519
from governance.signing import keys

if TYPE_CHECKING:
    from pathlib import Path

    from governance.workspace import Workspace


def enrolled(workspace: Workspace, name: str, *roles: str, **more) -> Path:
    """The private key of somebody who was enrolled just now."""
    path = workspace.root / "keys" / f"{name.split(maxsplit=1)[0].lower()}.pem"
    key = keys.generate()
    keys.save(key, path)
    line = ed25519.public_line(ed25519.raw(key))
    workspace.people.enrol(
        name, by=workspace.operator, reason="Works here.", roles=roles or ["trainer"], key=line, **more
    )
    return path


def evaluation(path: Path, score: float = 0.5) -> Path:
    """A result of lm-evaluation-harness with one score."""
    path.mkdir(parents=True, exist_ok=True)
    body = {
        "results": {"qa": {"acc,none": score}}, "versions": {"qa": 1}, "config": {"model_args": "pretrained=desk"},
        "date": 1_795_000_000 + int(score * 1000),
    }  # fmt: skip
    (path / f"results_{score}.json").write_text(json.dumps(body))
    return path


@pytest.fixture
def ann(workspace: Workspace) -> Path:
    return enrolled(workspace, "Ann Lee", "trainer", "approver")
