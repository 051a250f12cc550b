"""Where a finding is: each lies in the file, and the text there is the text that it is about."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.linting import card
from tests.linting import made
from tests.linting.test_rules import FAULTS

PIECES = st.sampled_from(
    ["# A\n", "\n", "- TODO: x\n", "> quote TODO:\n", "| a | b |\n", "|---|---|\n", "| 0.85 | TBD |\n", "**bold** word\n", "`code` 0.5\n",
     "[link](http://x) acc 0.91\n", "<p>html TODO: <b>b</b></p>\n", "```\n", "<!-- TODO -->\n", "é 😀 \u200b accuracy: 85 %\n", "   - nested\n",
     "1. one\n", "---\n", "license: mit\n", "\t", "&amp; \\[x\\] {{ field }}\n", "![i](x)\n", "a\r\n", "[More Information Needed]\n"]
)  # fmt: skip


def _said(lines: tuple[str, ...], place) -> str:
    if place.line == place.end_line:
        return lines[place.line - 1][place.column - 1 : place.end_column - 1]
    first = lines[place.line - 1][place.column - 1 :]
    return "\n".join(
        [first, *lines[place.line : place.end_line - 1], lines[place.end_line - 1][: place.end_column - 1]]
    )


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=25).map("".join))
def test_every_place_lies_in_the_file(text):
    report = made.report(text)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff").split("\n")
    for place in [each.place for each in report.findings] + [each.place for each in report.figures]:
        assert 1 <= place.line <= place.end_line <= len(lines)
        assert 1 <= place.column <= len(lines[place.line - 1]) + 1
        assert 1 <= place.end_column <= len(lines[place.end_line - 1]) + 1
        assert (place.line, place.column) <= (place.end_line, place.end_column)


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("A [More Information Needed] here and there.", 7, 3),
        ("- **License:** [More Information Needed]", 7, 16),
        ("> - a\n>   [More Information Needed] and a word", 8, 5),
        ("| Part | Fact |\n| --- | --- |\n| use | [More Information Needed] |", 9, 9),
        ("<p>Words, <b>then</b> [More Information Needed]</p>", 7, 23),
        ("**Bold** &amp; \\[x\\] `code` [More Information Needed]", 7, 29),
        ("See [this](https://a.example/x) and ![that](y.png) [More Information Needed]", 7, 52),
        ("Über 😀 [More Information Needed]", 7, 8),
    ],
)
def test_a_placeholder_is_found_at_its_character(text, line, column):
    (finding,) = made.found(made.body(text), "card/placeholder")
    assert (finding.place.line, finding.place.column) == (line, column)
    lines = card.read(made.body(text).encode(), "x").lines
    assert _said(lines, finding.place).strip() == "[More Information Needed]"


def test_a_figure_is_found_at_its_digits():
    for text in (
        "- Accuracy: **0.853** on it",
        "| task | acc |\n|---|---|\n| a | 0.853 |",
        "The [log](https://x/log) says an accuracy of 0.853.",
    ):
        (figure,) = made.report(made.body(text)).figures
        lines = card.read(made.body(text).encode(), "x").lines
        assert _said(lines, figure.place) == "0.853"


def test_a_field_of_the_head_is_found_in_its_line():
    (finding,) = made.found(FAULTS["card/co2"], "card/co2")
    lines = FAULTS["card/co2"].split("\n")
    assert lines[finding.place.line - 1].startswith("co2_eq_emissions")
    (finding,) = made.found(FAULTS["card/language"], "card/language")
    assert _said(tuple(lines), finding.place) == "English" or lines[finding.place.line - 1] == "- en"
