"""Four times the text takes about four times as long, whatever stands in it: nothing grows with the square of a card."""

from __future__ import annotations

import gc
import time
from typing import TYPE_CHECKING

import pytest

from tests.linting import made

if TYPE_CHECKING:
    from collections.abc import Callable

CO2 = "---\nco2_eq_emissions: 5\n---\n"
SMALL, LARGE = 50_000, 200_000
SLACK = 9.0
"""What grows with the square takes sixteen times as long; other programs run on the machine of the tests."""
UNNOTICED = 0.6
"""Seconds of the processor below which a ratio says nothing."""


def _index(data: str, count: int) -> str:
    """`count` results for accuracy, each on the data set of its number by this form, and as many statements that name it."""
    results = "".join(
        f"  - task: {{type: t}}\n    dataset: {{type: {data.format(at)}, name: {data.format(at)}}}\n"
        f"    metrics: [{{type: accuracy, value: 0.{10_000 + at}}}]\n"
        for at in range(count)
    )
    said = "".join(f"- accuracy on {data.format(at)}: 0.{50_000 + at}\n" for at in range(count))
    return f"---\nlicense: mit\nmodel-index:\n- name: m\n  results:\n{results}---\n# Elm\n\n{said}"


TEXTS: dict[str, Callable[[int], str]] = {
    "one number": lambda size: CO2 + "1" * size,
    "numbers with commas": lambda size: CO2 + "1,1.1," * (size // 6),
    "numbers with units": lambda size: CO2 + "5 kg of " * (size // 8),
    "results and statements on one data set": lambda size: _index("glue", size // 120),
    "results and statements on many": lambda size: _index("glue{}", size // 120),
    "links and figures": lambda size: made.body(("[a](b) 0.5 acc " * 66 + "\n\n") * (size // 1_000)),
    "code and figures": lambda size: made.body("`a` 0.5 acc " * (size // 12)),
    "brackets in HTML": lambda size: made.body("<div>\n" + "<" * size + "\n</div>"),
    "a tag without an end": lambda size: made.body("<div>\n<" + "a" * size + "\n</div>"),
    "a long heading over figures": lambda size: f"# {'a ' * (size // 4)}\n\n" + "- acc 0.5\n" * (size // 20),
    "a long head over cells": lambda size: made.body(f"| a | {'acc ' * (size // 8)} |\n|---|---|\n" + "| a | 0.5 |\n" * (size // 24)),
    "a long first cell": lambda size: made.body(f"| a | acc |\n|---|---|\n| {'a' * (size // 2)}" + " | 0.5" * (size // 12)),
    "a long passage over a table": lambda size: made.body("acc " * (size // 8) + "\n\n| a | acc |\n|---|---|\n" + "| a | 0.5 |\n" * (size // 24)),
    "blanks": lambda size: made.body("acc: 0.5" + " " * size + "kg"),
    "labels": lambda size: made.body("- a: " + "x" * size),
    "words for later": lambda size: made.body("[TODO: to be added " * (size // 19)),
    "fields": lambda size: made.body("{{ a }} ${A_B} " * (size // 15) + "{{ a " * (size // 15)),
    "hints in angles": lambda size: made.body("\\<your name> " * (size // 13)),
    "rules for the user": lambda size: made.body("users should verify models may be " * (size // 34)),
    "licences": lambda size: made.body("## License\n\n" + "released under the gpl-3.0 license non-commercial use " * (size // 54)),
    "headings over one sentence": lambda size: made.body("## Limitations\n\nWords of its own stand here now.\n\n" * (size // 50)),
    "cells over many rows": lambda size: made.body("<table>" + "<tr><th rowspan=9999 colspan=9999>a</th></tr>" * (size // 45) + "</table>"),
    "cells over many columns": lambda size: made.body("<table><tr>" + "<td colspan=1000>acc</td>" * (size // 25) + "</table>"),
    "comments in code": lambda size: made.body("```\n" + "# TODO: a\n" * (size // 10) + "```"),
    "ranges": lambda size: made.body("from 50% to 61% accuracy of GPT-4 above " * (size // 40)),
    "addresses": lambda size: made.body("a@b." * (size // 4)),
}  # fmt: skip


def _seconds(text: str, readings: int = 2) -> float:
    """The least of so many readings of the processor's clock, without the collector, which walks through all that other tests left behind."""
    found = []
    gc.disable()
    try:
        for _ in range(readings):
            begin = time.process_time()
            assert not made.report(text).unread
            found.append(time.process_time() - begin)
    finally:
        gc.enable()
    return min(found)


@pytest.mark.parametrize("what", sorted(TEXTS))
def test_four_times_the_text_takes_about_four_times_as_long(what):
    large = _seconds(TEXTS[what](LARGE), readings=1)
    if large < UNNOTICED:
        return
    bound = SLACK * _seconds(TEXTS[what](SMALL))
    assert large < bound or _seconds(TEXTS[what](LARGE)) < max(bound, UNNOTICED)


@pytest.mark.parametrize("text", ["accuracy 1e999", "accuracy 0.5e400", "accuracy " + "9" * 400, "accuracy 1 × 10^999"])
def test_a_number_beyond_all_numbers_is_none(text):
    assert made.report(made.body(text)).figures == ()
