"""Readings of a card become means, least and most, window by window; questions to a driver have an end."""

from __future__ import annotations

import math
import threading
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.integrations.sampling.patience import NoAnswerError, Patience
from governance.integrations.sampling.window import Window

readings = st.lists(
    st.tuples(st.floats(0.001, 60), st.one_of(st.none(), st.integers(0, 100)), st.booleans()), min_size=1, max_size=30
)


@given(readings)
def test_spans_of_all_windows_add_up_to_the_time_from_the_first_reading_to_the_last(steps):
    window, now, moments, spans = Window({}), 0.0, [], []
    for step, value, ends in steps:
        now += step
        moments.append(now)
        window.add(now, {"utilization_percent": value})
        if ends:
            spans.append(window.closed({})["span_seconds"])
    spans.append(window.closed({})["span_seconds"])
    assert math.fsum(spans) == pytest.approx(moments[-1] - moments[0], abs=0.001 * len(spans))


@given(readings)
def test_a_mean_lies_between_least_and_most_and_is_of_the_told_alone(steps):
    window = Window({})
    for moment, (_, value, _) in enumerate(steps):
        window.add(moment, {"utilization_percent": value})
    told = [value for _, value, _ in steps if value is not None]
    body = window.closed({})
    if not told:
        assert body["utilization_mean_percent"] is None
        return
    assert (body["utilization_min_percent"], body["utilization_max_percent"]) == (min(told), max(told))
    assert body["utilization_mean_percent"] == pytest.approx(
        sum(told) / len(told), abs=0.05 + 1e-9
    )  # the half of its last place


@given(st.lists(st.one_of(st.none(), st.integers(0, 10**9)), min_size=1, max_size=20))
def test_energy_of_the_windows_is_that_between_readable_counters_and_nothing_is_counted_twice(counters):
    window, taken = Window({}, energy=0), 0
    for counter in counters:
        taken += window.closed({"energy_millijoules": counter})["energy_millijoules"] or 0
    read = [0, *(counter for counter in counters if counter is not None)]
    assert taken == sum(max(0, after - before) for before, after in pairwise(read))


def test_a_long_silence_between_two_readings_is_told():
    window = Window({})
    for moment in (0.0, 1.0, 3600.0, 3601.0):
        window.add(moment, {})
    assert window.closed({})["longest_gap_seconds"] == 3599.0
    window.add(3602.0, {})
    assert window.closed({})["longest_gap_seconds"] == 1.0


def test_a_question_that_is_answered_late_holds_up_the_next_ones_and_then_no_more():
    patience, end = Patience("test"), threading.Event()
    with pytest.raises(NoAnswerError, match=r"within 0\.01 seconds"):
        patience.ask(end.wait, 0.01)
    before = time.monotonic()
    with pytest.raises(NoAnswerError, match="owes"):
        patience.ask(lambda: "second", 5)
    assert time.monotonic() - before < 1
    end.set()
    for _ in range(100):
        try:
            assert patience.ask(lambda: "third", 5) == "third"
            break
        except NoAnswerError:
            time.sleep(0.01)
    else:
        pytest.fail("it never answered again")


def test_an_error_of_the_question_is_raised_to_who_asked():
    patience = Patience("test")
    with pytest.raises(ZeroDivisionError):
        patience.ask(lambda: 1 / 0, 5)
    assert patience.ask(lambda: 1, 5) == 1
