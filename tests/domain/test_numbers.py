"""Numbers that others gave are kept as they are, where what one sees is all there is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from governance.domain.applicability import StatedRow, Statement
from governance.domain.framework import Framework, Group, Reference, Requirement

if TYPE_CHECKING:
    from collections.abc import Callable

WORDS = {"title": "Have a plan"}
HEAD = {
    "id": "house-1", "series": "house", "title": "Rules", "publisher": "The house", "source": "The board",
    "licence_note": "Ours to pass on", "in_force_from": "2026-01-01", "requirement_count": 1,
    "groups": [{"id": "H", "title": "Rules of the house"}],
    "checked": {"by": "Ada Example", "on": "2026-02-03", "against": ["The board"], "result": "It is there.",
                "not_checked": "Whether anybody keeps it."},
}  # fmt: skip
ROW = {"group": "H", "says": "Know who does what", "not_covered": "Nobody knows yet", **WORDS}
MADE: dict[str, Callable[[Any], Any]] = {
    "a requirement": lambda text: Requirement(id=text, **ROW).id,
    "the group of a requirement": lambda text: Requirement(id="H.1", **ROW | {"group": text}).group,
    "a group": lambda text: Group(id=text, **WORDS).id,
    "a reference": lambda text: Reference(id=text, under="What it is for", **WORDS).id,
    "the version of a framework": lambda text: Framework(version=text, **HEAD).version,
    "the version of a statement": lambda text: (
        Statement(framework="house", version=text, scope="The desk", rows=()).version
    ),
    "a control of one's own": lambda text: (
        StatedRow(control=text, applicable=False, justification="It is not ours").control
    ),
}
HIDDEN = ["", " ", "  ", " H.1", "H.1 ", "H\n1", "H\t1", "H.1\x00", "H\x1b[31m1", "H\u202e1", "H\u200b1", "H\u200d1", "H\u00a01",
          "H\ufe0f1", "H\u3164", "\u115f", "e\u0301", "H\u20281", "H\ue0001", "H\u00ad1"]  # fmt: skip


@pytest.mark.parametrize("what", MADE)
@pytest.mark.parametrize("text", HIDDEN, ids=ascii)
def test_a_number_with_anything_that_can_not_be_seen_is_refused(what: str, text: str) -> None:
    with pytest.raises(ValidationError):
        MADE[what](text)


@pytest.mark.parametrize("what", MADE)
@pytest.mark.parametrize("text", ["H.1", "MEASURE 2.5", "A.6.2.4", "2024/1689", "§ 5 (2)", "Ziffer é", "1.0"])
def test_a_number_is_kept_as_it_was_given(what: str, text: str) -> None:
    assert MADE[what](text) == text
