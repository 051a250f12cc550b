"""A pack with all its documents, made once, and what whoever holds the ledger's key can make of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from governance.signing import keys
from governance.workspace import Workspace
from tests.conftest import RECORDED
from tests.packs.mutations import members, put_together, signed_again

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(scope="session")
def documented(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace with the recorded system and run, of which packs with documents are made."""
    made = Workspace.init(tmp_path_factory.mktemp("documents"), origin="test/documents")
    made.add_system(RECORDED / "system.yaml")
    made.attach([RECORDED], "elm-desk", environment=False)
    return made


@pytest.fixture(scope="session")
def parts(documented: Workspace, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The members of its pack, without PDFs."""
    out = tmp_path_factory.mktemp("pack") / "pack.zip"
    documented.pack("elm-desk", out, pdf=False)
    return members(out)


@pytest.fixture
def altered(documented: Workspace, parts: dict[str, bytes], tmp_path: Path) -> Callable[..., Path]:
    """A pack with these members put in or taken out, under a manifest that the ledger's key signed again; `predicate` goes over its own."""

    def make(changes: dict[str, bytes | None], **predicate: str) -> Path:
        held = {name: data for name, data in (parts | changes).items() if data is not None}
        key = keys.load(documented.root / "keys" / "ledger.pem")
        return put_together(signed_again(held, key, **predicate), tmp_path / "pack.zip")

    return make
