"""A pack with all its documents, made once, and what whoever holds the ledger's key can make of it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pytest

from governance.reports.writing import edition
from governance.signing import keys
from governance.verifier import pages
from governance.workspace import Workspace
from tests.conftest import RECORDED
from tests.packs.mutations import members, put_together, signed_again

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from governance.domain.case import Case


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


_figures_of = lru_cache(maxsize=64)(pages.figures_of)
_EDITIONS: list[tuple[tuple[Any, ...], edition.Edition]] = []


@pytest.fixture
def made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The documents of one case in one house are made once, and the figures of the same page read once, however many packs hold them.

    The process of its own that a stranger's templates run in makes its own.
    """
    make = edition.edition

    def held(case: Case, templates: dict[str, str], **how: Any) -> edition.Edition:
        asked = case, templates, how
        if "presses" in how or how.get("pdf") is not False:
            return make(case, templates, **how)
        for known, found in _EDITIONS:
            if known == asked:
                return edition.Edition(dict(found.files), dict(found.skipped))
        made = make(case, templates, **how)
        _EDITIONS[:] = [(asked, made), *_EDITIONS][:4]
        return edition.Edition(dict(made.files), dict(made.skipped))

    monkeypatch.setattr(edition, "edition", held)
    monkeypatch.setattr(pages, "figures_of", _figures_of)


@pytest.fixture
def altered(documented: Workspace, parts: dict[str, bytes], tmp_path: Path) -> Callable[..., Path]:
    """A pack with these members put in or taken out, under a manifest that the ledger's key signed again; `predicate` goes over its own."""

    def make(changes: dict[str, bytes | None], **predicate: str) -> Path:
        held = {name: data for name, data in (parts | changes).items() if data is not None}
        key = keys.load(documented.root / "keys" / "ledger.pem")
        return put_together(signed_again(held, key, **predicate), tmp_path / "pack.zip")

    return make
