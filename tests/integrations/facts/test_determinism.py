"""What loaded libraries say of seeds and precision, asked in a process that loaded them, or did not."""

from __future__ import annotations

from types import ModuleType, SimpleNamespace

import pytest

from governance.integrations.facts.determinism import determinism
from tests.integrations.fake_driver import said

AT_THE_END = """
import json
from governance.integrations.facts.determinism import determinism
before = set(__import__("sys").modules)
told = determinism()
ours = {name for name in set(__import__("sys").modules) - before if not name.startswith("governance")}
print(json.dumps([told, sorted(name for name in ours if name.split(".")[0] in ("torch", "numpy", "jax"))]))
"""


def test_a_process_that_loaded_nothing_tells_nothing_and_loads_nothing():
    told, loaded = said(AT_THE_END, None)
    assert (told["torch"], told["jax"], told["libraries"], loaded) == (None, None, {}, [])
    assert told["seeds"] == {"torch": None, "torch_cuda": None, "numpy": None}


def test_seeds_that_were_set_are_told_and_variables_that_change_numbers_too():
    script = "import torch, numpy; torch.manual_seed(7); numpy.random.seed(11)" + AT_THE_END
    told, _ = said(script, None, PYTHONHASHSEED="5", CUBLAS_WORKSPACE_CONFIG=":4096:8", SOME_TOKEN="x")
    assert told["seeds"] == {"torch": 7, "torch_cuda": None, "numpy": 11}
    assert told["environment"] == {"CUBLAS_WORKSPACE_CONFIG": ":4096:8", "PYTHONHASHSEED": "5"}
    assert set(told["libraries"]) == {"torch", "numpy"}


def test_a_generator_of_numpy_that_was_drawn_from_has_no_seed_any_more():
    told, _ = said("import numpy; numpy.random.seed(11); numpy.random.rand()" + AT_THE_END, None)
    assert told["seeds"]["numpy"] is None
    told, _ = said("import numpy; numpy.random.rand()" + AT_THE_END, None)
    assert told["seeds"]["numpy"] is None


def test_precision_is_told_by_the_newer_switches_and_a_mix_with_the_older_ones_is_null():
    """Warnings are errors in that process, so a switch that is going away would be noticed."""
    script = """
import json, torch
from governance.integrations.facts.determinism import determinism
torch.backends.cudnn.benchmark = True
torch.use_deterministic_algorithms(True)
first = determinism()
torch.backends.cuda.matmul.fp32_precision = "tf32"
print(json.dumps([first["torch"], determinism()["torch"]]))
"""
    plain, mixed = said(script, None)
    assert (plain["cudnn_benchmark"], plain["deterministic_algorithms"], plain["cudnn_deterministic"]) == (
        True,
        True,
        False,
    )
    assert (plain["float32_matmul_precision"], plain["fp32_precision"]["matmul"], plain["allow_tf32"]) == (
        "highest",
        "none",
        None,
    )
    assert (mixed["fp32_precision"]["matmul"], mixed["float32_matmul_precision"]) == ("tf32", None)


def old_torch():
    """A PyTorch from before `fp32_precision`, and half of what it had."""
    made = ModuleType("torch")
    made.__version__ = "2.1.0"
    made.initial_seed = lambda: 42
    made.backends = SimpleNamespace(
        cuda=SimpleNamespace(matmul=SimpleNamespace(allow_tf32=True)),
        cudnn=SimpleNamespace(allow_tf32=False, deterministic=True),
    )
    return made


def test_an_older_pytorch_tells_the_older_switches_and_null_for_what_it_lacks():
    told = determinism({"torch": old_torch()}, {})
    assert told["torch"]["allow_tf32"] == {"matmul": True, "convolution": False}
    assert (told["torch"]["fp32_precision"], told["torch"]["cudnn_benchmark"]) == (None, None)
    assert (told["seeds"]["torch"], told["libraries"]) == (42, {"torch": "2.1.0"})


@pytest.mark.parametrize("broken", [type("Half", (), {})(), 7])
def test_a_library_that_is_half_imported_breaks_nothing(broken):
    module = ModuleType("half")
    module.backends = broken
    told = determinism({"torch": module, "numpy": module, "jax": module}, {})
    assert told["torch"].pop("allow_tf32") == {"matmul": None, "convolution": None}
    assert {*told["torch"].values(), *told["jax"].values(), *told["seeds"].values()} == {None}
    assert told["libraries"] == {}
