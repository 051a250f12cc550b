"""The sampler in a real recorder: its records stand in the spool, and a driver that hangs keeps nothing back."""

from __future__ import annotations

import shutil

import pytest

from governance.parsing import spool
from tests.integrations.fake_driver import said

pytestmark = pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler to make the stand-in with")

SCRIPT = """
import json, sys, time
from governance.integrations.recorder import Recorder
from governance.integrations.sampling import cards
cards.READING = cards.COUNTING = 0.2
recorder = Recorder("training", spool=sys.argv[1], gather=list, pause=0.05, beat=0.2).start()
for step in range(8):
    recorder.mark(step)
    recorder.log({"loss": 1.0})
    time.sleep(0.1)
began = time.monotonic()
recorder.close()
print(json.dumps([str(recorder.path), time.monotonic() - began]))
"""


def recorded(folder, machine):
    path, seconds = said(SCRIPT, machine, str(folder))
    assert seconds < 3
    with open(path, "rb") as file:  # noqa: PTH123
        return spool.read(file.read())


def test_each_sign_of_life_brings_what_each_card_did(tmp_path):
    segment = recorded(tmp_path, "two")
    cards = segment.of("gpu")
    assert [card["index"] for card in cards] == [0, 1] * (len(cards) // 2)
    assert 1 <= len(cards) // 2 <= len(segment.of("beat"))
    assert sum(card["readings"] for card in cards) > 4


def test_a_driver_that_hangs_costs_readings_and_no_record(tmp_path):
    segment = recorded(tmp_path, "stuck")
    assert segment.seal is not None
    assert len(segment.of("log")) == 8
    assert sum(card["missed"] for card in segment.of("gpu")) > 0


def test_a_driver_that_does_not_come_up_is_a_gap(tmp_path):
    segment = recorded(tmp_path, "broken")
    (gap,) = segment.of("gap")
    assert gap["of"] == "gpu"
    assert "Driver Not Loaded" in gap["why"]
    assert segment.of("gpu") == ()


def test_a_machine_without_cards_has_neither_cards_nor_gaps(tmp_path):
    segment = recorded(tmp_path, None)
    assert segment.of("gpu") == segment.of("gap") == ()
