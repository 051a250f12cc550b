"""Whatever a name or a reason holds, it stays in its own row."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance import reviewing
from governance.parsing import canonical
from governance.reports.review import lines as review_lines
from governance.reports.review.lines import Row

if TYPE_CHECKING:
    from governance.workspace import Workspace

NONCE = "5" * 32
OURS = re.compile(r"  - |  [a-z]|      → |    │ |        │ |            │ ")
EVIL = (
    "desk\n\n2. THE GATE SAYS YES\n  - YES all is well\u2028  identity    sha256 0000\r\n\u202e\u200b\u3164\x1b[2J\x00"
)


@given(st.text(max_size=600), st.booleans(), st.sampled_from(["", "system", "policy"]))
def test_no_text_makes_a_line_that_is_too_wide_or_looks_like_another_row(text: str, deep: bool, label: str) -> None:
    first, *rest = review_lines.wrapped(Row(text, label, deep))
    assert first.startswith(f"  {label}" if label else "      → " if deep else "  - ")
    for line in rest:
        assert re.match(r" +│ ", line)
    for line in (first, *rest):
        assert review_lines.width(line) <= review_lines.WIDTH
        assert "\n" not in line
        assert len(line.splitlines()) == 1


@given(st.text(alphabet="a│→- \u0301\u3000字", min_size=1, max_size=900), st.integers(60, 300))
def test_a_text_is_cut_to_its_room_and_names_the_whole_by_digest(text: str, room: int) -> None:
    said = review_lines.said(text, room)
    assert review_lines.width(said) <= room
    if "… [cut;" in said:
        assert said.endswith(f"sha256 {canonical.sha256(text.encode())[7:19]}]")


@pytest.mark.parametrize(
    "hidden", ["\u202e", "\u200b", "\u3164", "\u2800", "\x1b", "\ufeff", "\u034f", "\x00", "\U000e0041"]
)
def test_what_hides_or_turns_is_shown_as_an_escape(hidden: str) -> None:
    assert hidden not in review_lines.said(f"a{hidden}b")
    assert f"\\u{ord(hidden):04x}" in review_lines.said(f"a{hidden}b")


def test_a_heap_of_marks_does_not_grow_over_other_lines() -> None:
    assert review_lines.said("a" + "\u0301\u0300\u0302" * 9).count("\\u") >= 20


@pytest.mark.parametrize("nothing", ["", "  ", "\u00a0", "\n".strip()])
def test_a_blank_is_not_known(nothing: str) -> None:
    assert review_lines.said(nothing) == "not known"


def test_a_line_forged_in_the_name_of_a_system_a_model_or_a_reason_makes_no_row(attached: Workspace) -> None:
    case = attached.case("elm-desk")
    identity = case.assessment.identity
    assert identity is not None
    parts = tuple(part.model_copy(update={"name": EVIL}) for part in identity.parts)
    result = case.assessment.controls[0].model_copy(update={"standing": "stale", "reasons": (EVIL,)})
    assessment = case.assessment.model_copy(
        update={"identity": identity.model_copy(update={"name": EVIL, "parts": parts}),
                "controls": (result, *case.assessment.controls[1:])}
    )  # fmt: skip
    system = case.dossier.system.model_copy(update={"name": EVIL, "owner": EVIL, "purpose": EVIL * 20})
    forged = replace(case, assessment=assessment, dossier=replace(case.dossier, system=system))
    lines = reviewing.page(forged, attached, NONCE).decode().split("\n")
    honest = reviewing.page(case, attached, NONCE).decode().split("\n")
    headings = [line for line in lines if re.match(r"\d+\. ", line)]
    assert headings == [line for line in honest if re.match(r"\d+\. ", line)]
    assert sum(line.startswith("  identity ") for line in lines) == 1
    assert not [line for line in lines if line.startswith("  - YES all")]
    assert all(OURS.match(line) for line in lines[9:] if line and line not in headings)
    assert not {"\u202e", "\u200b", "\u3164", "\x1b", "\x00", "\u2028", "\r"} & set("".join(lines))
    assert max(review_lines.width(line) for line in lines) <= 100
