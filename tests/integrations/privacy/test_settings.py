"""Of settings numbers, switches and short texts are written down; what is long, deep or an object is left out and counted."""

from __future__ import annotations

import enum
import json
from pathlib import Path, PurePosixPath

from hypothesis import given
from hypothesis import strategies as st

from governance.integrations.privacy import DEEPEST, LONGEST, MOST_ITEMS, of_settings
from governance.integrations.recorder import Recorder
from governance.parsing import spool


class Strategy(enum.Enum):
    STEPS = "steps"


class Holder:
    """An object that shows what it holds."""

    def __init__(self, shown):
        self.shown = shown

    def __str__(self):
        if isinstance(self.shown, Exception):
            raise self.shown
        return self.shown


def test_numbers_switches_short_texts_paths_and_plain_words_are_kept():
    values = {
        "learning_rate": 2e-5, "bf16": True, "note": "a short note", "none": None, "betas": (0.9, 0.999), "strategy": Strategy.STEPS,
        "output_dir": PurePosixPath("out/final"), "dtype": Holder("torch.bfloat16"), "lora": {"r": 8, "target": ["q_proj", "v_proj"]},
    }  # fmt: skip
    kept, left_out = of_settings(values)
    assert left_out == 0
    assert kept == values | {
        "betas": [0.9, 0.999], "strategy": "steps", "output_dir": "out/final", "dtype": "torch.bfloat16",
    }  # fmt: skip


def test_long_texts_objects_and_what_can_not_be_shown_are_left_out_and_counted():
    tensor = Holder("3")
    tensor.shape = ()
    kept, left_out = of_settings(
        {
            "prompt": "word " * LONGEST, "config": Holder("Config(user='ada', key='abc')"), "broken": Holder(ValueError("no")),
            "loss": tensor, "call": lambda: 1, "ids": list(range(MOST_ITEMS + 1)), (1, 2): "pair", "kept": ["a", Holder("a b")],
        }
    )  # fmt: skip
    assert kept == {"kept": ["a"]}
    assert left_out == 8


def test_what_lies_too_deep_is_left_out_even_where_it_holds_itself():
    circle = {"a": 1}
    circle["circle"] = circle
    kept, left_out = of_settings(circle)
    assert left_out == 1
    assert json.dumps(kept).count('"a"') == DEEPEST + 1


ANY = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=400),
        st.binary(max_size=5),
        st.builds(object),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=5), st.dictionaries(st.one_of(st.text(max_size=5), st.integers()), inner, max_size=5)
    ),
    max_leaves=30,
)


@given(st.dictionaries(st.text(max_size=10), ANY, max_size=6))
def test_any_settings_become_json_without_an_error(values):
    kept, left_out = of_settings(values)
    json.dumps(kept)
    assert left_out >= 0


def test_the_recorder_writes_how_many_were_left_out(tmp_path):
    recorder = Recorder("training", spool=tmp_path, gather=list, sampler=lambda: None, pause=0.02).start()
    recorder.note("settings", {"values": {"lr": 1, "template": "{% for m in messages %}" * 50, "folder": Path("out")}})
    recorder.note("settings", {"values": "no group at all"})
    recorder.close()
    segment = spool.read(next(tmp_path.glob("*.spool")).read_bytes())
    first, second = segment.of("settings")
    assert (first["values"], first["left_out"]) == ({"lr": 1, "folder": "out"}, 1)
    assert (second["values"], second["left_out"]) == ({}, 1)
