"""What the libraries that this process has loaded say of seeds, determinism and precision.

Nothing is imported for it: a library that is not in `sys.modules` was not used. Nothing here starts a card, waits for
one, or draws a number. What a library of this version does not have is null.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import ModuleType

LIBRARIES = (
    "accelerate", "apex", "axolotl", "bitsandbytes", "datasets", "deepspeed", "diffusers", "evaluate", "flash_attn", "flax", "jax",
    "jaxlib", "keras", "lightgbm", "lightning", "llamafactory", "lm_eval", "mlx", "numpy", "optax", "peft", "pytorch_lightning", "ray",
    "safetensors", "scipy", "sentence_transformers", "sklearn", "tensorflow", "tokenizers", "torch", "torchao", "torchtune",
    "torchvision", "transformers", "triton", "trl", "unsloth", "vllm", "xformers", "xgboost",
)  # fmt: skip
"""Whose version is told where they are loaded."""
VARIABLES = (
    "CUBLAS_WORKSPACE_CONFIG", "CUDA_LAUNCH_BLOCKING", "FLASH_ATTENTION_DETERMINISTIC", "JAX_DEFAULT_MATMUL_PRECISION", "JAX_ENABLE_X64",
    "NCCL_ALGO", "NCCL_PROTO", "NVIDIA_TF32_OVERRIDE", "PL_GLOBAL_SEED", "PYTHONHASHSEED", "TF_CUDNN_DETERMINISTIC",
    "TF_DETERMINISTIC_OPS", "TORCH_ALLOW_TF32_CUBLAS_OVERRIDE",
)  # fmt: skip
"""Variables that change what numbers come out; a value that is not plain is withheld."""


def determinism(
    modules: Mapping[str, ModuleType] | None = None, environ: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The body of a `determinism` record: `seeds`, `torch`, `jax`, `environment` and `libraries`. Never raises."""
    from governance.integrations.facts.plain_words import shown

    modules = sys.modules if modules is None else modules
    environ = os.environ if environ is None else environ
    torch, numpy, jax = (modules.get(name) for name in ("torch", "numpy", "jax"))
    return {
        "seeds": {
            "torch": None if torch is None else _told(lambda: int(torch.initial_seed())),
            "torch_cuda": None if torch is None else _told(lambda: _seed_of_cards(torch)),
            "numpy": None if numpy is None else _told(lambda: _seed_of_numpy(numpy)),
        },
        "torch": None if torch is None else _of_torch(torch),
        "jax": None if jax is None else _of_jax(jax),
        "environment": {name: shown(environ[name]) for name in VARIABLES if name in environ},
        "libraries": {name: version for name in LIBRARIES if (version := _version(modules.get(name))) is not None},
    }


def _of_torch(torch: Any) -> dict[str, Any]:
    """Switches of PyTorch. From 2.9 on precision is told by `fp32_precision`, before by `allow_tf32`; a mix of both is refused by it."""
    backends = torch.backends
    precision = {
        "all": _told(lambda: str(backends.fp32_precision)),
        "matmul": _told(lambda: str(backends.cuda.matmul.fp32_precision)),
        "convolution": _told(lambda: str(backends.cudnn.conv.fp32_precision)),
        "recurrent": _told(lambda: str(backends.cudnn.rnn.fp32_precision)),
    }
    older = precision["matmul"] is None
    return {
        "deterministic_algorithms": _told(lambda: bool(torch.are_deterministic_algorithms_enabled())),
        "deterministic_warn_only": _told(lambda: bool(torch.is_deterministic_algorithms_warn_only_enabled())),
        "fill_uninitialized_memory": _told(lambda: bool(torch.utils.deterministic.fill_uninitialized_memory)),
        "cudnn_deterministic": _told(lambda: bool(backends.cudnn.deterministic)),
        "cudnn_benchmark": _told(lambda: bool(backends.cudnn.benchmark)),
        "float32_matmul_precision": _told(lambda: str(torch.get_float32_matmul_precision())),
        "fp32_precision": None if older else precision,
        "allow_tf32": {
            "matmul": _told(lambda: bool(backends.cuda.matmul.allow_tf32)),
            "convolution": _told(lambda: bool(backends.cudnn.allow_tf32)),
        }
        if older
        else None,
        "threads": _told(lambda: int(torch.get_num_threads())),
        "cuda": _told(lambda: _text(torch.version.cuda)),
        "hip": _told(lambda: _text(torch.version.hip)),
        "cudnn": _told(lambda: _text(backends.cudnn.version())),
    }


def _of_jax(jax: Any) -> dict[str, Any]:
    return {
        "default_matmul_precision": _told(lambda: _text(jax.config.jax_default_matmul_precision)),
        "enable_x64": _told(lambda: bool(jax.config.jax_enable_x64)),
        "threefry_partitionable": _told(lambda: bool(jax.config.jax_threefry_partitionable)),
    }


def _seed_of_cards(torch: Any) -> int | None:
    """The seed of the current card, where cards are in use already: to ask would start them."""
    return int(torch.cuda.initial_seed()) if torch.cuda.is_initialized() else None


def _seed_of_numpy(numpy: Any) -> int | None:
    """The number that NumPy's global generator was seeded with, as long as nothing was drawn from it since.

    NumPy keeps no seed. A generator that was seeded with a number below 2³² has it in its first word, and one that is
    seeded with that word again is in the same state: then, and only then, it is told.
    """
    state = numpy.random.get_state(legacy=False)
    if state["bit_generator"] != "MT19937":
        return None
    word = int(state["state"]["key"][0])
    again = numpy.random.RandomState(word).get_state(legacy=False)["state"]
    same = again["pos"] == state["state"]["pos"] and bool((again["key"] == state["state"]["key"]).all())
    return word if same else None


def _version(module: ModuleType | None) -> str | None:
    """The version that a module bears. Only what lies there is looked at: asking a lazy module for more could import it."""
    said = None if module is None else vars(module).get("__version__")
    return str(said)[:100] if isinstance(said, str) and said else None


def _told(call: Callable[[], Any]) -> Any:
    """The answer of a library, or None where it has none: versions differ, and one may be half imported at this moment."""
    try:
        return call()
    except Exception:
        return None


def _text(value: Any) -> str | None:
    return None if value is None else str(value)[:100]
