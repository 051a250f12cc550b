"""What can be read as a card, and what comes of that which can not."""

from __future__ import annotations

import time

import pytest

from governance.linting.card import MAX_BYTES, MAX_LINES
from tests.linting import made

UNREADABLE = {
    "bytes that are nought": b"# Elm\0\n",
    "another encoding": "# Elm".encode("utf-16"),
    "a Latin letter": "# Büro".encode("latin-1"),
    "a pointer of Git LFS": b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n",
    "too many bytes": b"a" * (MAX_BYTES + 1),
    "too many lines": b"\n" * MAX_LINES,
    "too many cells": b"|a|b|\n|-|-|\n" + b"|1|2|\n" * 15_000,
    "too deep": b"> " * 200 + b"a",
}
EMPTY = [
    "",
    "\n\n",
    " \t\n",
    "\ufeff",
    "\u200b\u200b\n",
    "---\n---\n",
    "<!-- nothing -->",
    "---\n# only a comment\n---\n",
    "***\n",
    "\u3164",
]
SLOW = {
    "a word and a space": "a " * 500_000,
    "open brackets": "[" * 10_000,
    "a million open brackets": "[" * 1_000_000,
    "open links": "[a](" * 250_000,
    "open images": "![" * 100_000,
    "tags that never end": "<a " * 300_000,
    "comments that never end": "<!--" * 250_000,
    "scripts": "<script></script>" * 60_000,
    "entities": "&amp;" * 200_000,
    "bold words": "**a** " * 160_000,
    "stars": "*" * 1_000_000,
    "backticks": "`a" * 300_000,
    "numbers": "1.5 " * 250_000,
    "figures": "accuracy of 85.5 % " * 50_000,
    "marks on letters": "a\u0300" * 300_000,
    "joiners": "a\u200b" * 250_000,
    "placeholders": "[More Information Needed] " * 40_000,
    "fields": "{A_B}" * 100_000,
    "bars": "|" * 1_000_000,
    "addresses": "a@" * 300_000,
    "a list of lists": "\n".join("  " * depth + "- a" for depth in range(1_000)),
    "brackets of YAML": "---\na: " + "[" * 10_000 + "\n---\n# Elm\n",
}
YAML_BOMB = "---\na: &a [x, x, x]\nb: &b [*a, *a, *a]\nc: [*b, *b, *b]\n---\n# Elm\n\nWords.\n"


@pytest.mark.parametrize("what", sorted(UNREADABLE))
def test_what_is_no_card_is_told_and_nothing_else_is(what):
    report = made.report(UNREADABLE[what])
    assert report.unread
    assert (report.findings, report.scores, report.figures) == ((), (), ())


@pytest.mark.parametrize("text", EMPTY, ids=repr)
def test_a_card_that_says_nothing_never_passes(text):
    report = made.report(text)
    assert "error" in [each.level for each in report.findings]
    assert {each.rule for each in report.findings} & {"card/empty", "card/no-text"}


@pytest.mark.parametrize("what", sorted(SLOW))
def test_no_text_takes_long(what):
    """The bound is loose, since other programs run on the machine of the tests; what grows with the square of a text takes minutes."""
    begin = time.process_time()
    made.report(SLOW[what])
    assert time.process_time() - begin < 4


def test_a_head_that_grows_when_it_is_read_is_refused_before_it_does():
    (finding,) = made.found(YAML_BOMB, "card/front-matter")
    assert "anchor" in finding.message
    assert finding.place.line == 2


def test_a_broken_head_does_not_hide_what_stands_below_it():
    report = made.report("---\nlicense: [mit\n---\n# Elm\n\nTODO: describe it\n")
    assert {each.rule for each in report.findings} >= {"card/front-matter", "card/placeholder"}
    assert made.found("---\nlicense: [mit\n---\n# Elm\n\nTODO: describe it\n", "card/placeholder")[0].place.line == 6


def test_a_head_that_is_never_closed_is_one_finding():
    (finding,) = made.found("---\nlicense: mit\n# Elm\n", "card/front-matter")
    assert "never closed" in finding.message


def test_a_second_head_is_found_because_nobody_reads_it():
    (finding,) = made.found(
        "---\nlicense: mit\n---\n---\nlibrary_name: peft\n---\n# Elm\n\nWords.\n", "card/front-matter"
    )
    assert (finding.place.line, "second head" in finding.message) == (4, True)


def test_a_passage_that_is_too_long_is_searched_all_the_same():
    text = made.body("word *word* " * 4_000 + "[More Information Needed]")
    assert made.found(text, "card/too-long-to-parse")
    assert made.found(text, "card/placeholder")


@pytest.mark.parametrize("before", ["\n", "\n\n", " \t\n", "\ufeff\n", "\r\n"])
def test_blank_lines_before_the_head_do_not_hide_it(before):
    card = f"{before}---\nlicense: MIT\n---\n# Elm\n\nTODO: words\n"
    assert made.found(card, "card/front-matter-missing") == []
    lines = before.count("\n")
    assert made.found(card, "card/licence-id")[0].place.line == lines + 2
    assert made.found(card, "card/placeholder")[0].place.line == lines + 6
    (broken,) = made.found(f"{before}---\nlicense: [mit\n---\n# Elm\n", "card/front-matter")
    assert f"at line {broken.place.line}" in broken.message


def test_blanks_after_the_mark_that_opens_the_head_hide_it_from_the_hub():
    (finding,) = made.found("--- \nlicense: mit\n---\n# Elm\n\nWords.\n", "card/front-matter")
    assert "Blanks follow" in finding.message
    assert made.found("---\nlicense: mit\n--- \n# Elm\n\nWords.\n", "card/front-matter") == []


@pytest.mark.parametrize("mark", ["\u2028", "\u2029", "\x85"])
def test_a_line_end_of_yaml_alone_moves_no_place(mark):
    card = f"---\nmodel_name: 'Elm{mark}desk'\nlanguage: english\nlicense: MIT\n---\n# Elm\n\nWords.\n"
    assert made.found(card, "card/language")[0].place.line == 3
    assert made.found(card, "card/licence-id")[0].place.line == 4
