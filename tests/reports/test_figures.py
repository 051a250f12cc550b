"""How figures are written."""

from __future__ import annotations

import pytest

from governance.reports.card import loss
from governance.verifier import figures
from tests.reports import found


@pytest.mark.parametrize(
    ("value", "text", "rounding"),
    [
        (0, "0", ""),
        (1234567, "1,234,567", ""),
        (-3, "−3", ""),
        (3.0, "3", ""),
        (0.71251, "0.713", "to 3 decimals"),
        (-0.0355, "−0.035", "to 3 decimals"),
        (0.00004, "4.00 × 10⁻⁵", "to three digits"),
        (1e18, "1.00 × 10¹⁸", "to three digits"),
    ],
)
def test_a_number_is_written_with_the_rule_it_was_rounded_by(value, text, rounding):
    assert figures.number(value) == (text, rounding)


@pytest.mark.parametrize("value", [None, True, False, "1", float("nan"), float("inf"), [1]])
def test_what_is_no_finite_number_is_no_figure(value):
    assert figures.finite(value) is None


def test_sizes_durations_and_efforts_are_written_for_people():
    assert figures.size(999)[0] == "999 bytes"
    assert figures.size(24_696_061_952)[0] == "24.7 GB"
    assert figures.duration(12.25)[0] == "12.2 s"
    assert figures.duration(734.2)[0] == "12 min 14 s"
    assert figures.duration(7322)[0] == "2 h 2 min"
    assert figures.large(18_234_567_890_123)[0] == "1.82 × 10¹³"
    assert figures.signed(0.5)[0] == "+0.500"
    assert figures.signed(0)[0] == "0"


def piece_with(history):
    return found.piece(1, "training-run.v1", found.candidate(), {"loss_history": history})


def test_a_long_loss_history_is_thinned_and_says_so():
    drawn = loss.chart(piece_with([{"step": step, "loss": 1 / (step + 1)} for step in range(5000)]), str)
    assert drawn.note.startswith("Of the longest line 240 of 5,000 points are drawn, evenly chosen")
    assert (drawn.rows[0][0], drawn.rows[-1][0]) == ("0", "4,999")


@pytest.mark.parametrize("history", [None, [], [{"step": 1, "loss": 2.0}], [{"step": 1}, {"loss": 2}], "x", [1, 2, 3]])
def test_without_two_points_there_is_no_curve(history):
    assert loss.chart(piece_with(history), str) is None


def test_a_flat_curve_does_not_divide_by_nought():
    assert loss.chart(piece_with([{"step": 1, "loss": 2.0}] * 2), str) is not None
