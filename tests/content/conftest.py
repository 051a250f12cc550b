"""The content that ships, read once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from governance.content import loader, places

if TYPE_CHECKING:
    from governance.domain.catalogue import Catalogue


@pytest.fixture(scope="session")
def files() -> dict[str, bytes]:
    return places.read_all([places.builtin_root()])


@pytest.fixture(scope="session")
def ours(files: dict[str, bytes]) -> Catalogue:
    return loader.load(files)
