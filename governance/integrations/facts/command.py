"""How the run was started, as far as it may be written down: a command that starts it again, with what was withheld counted.

Told are the script or module, options by name, and their values where they are numbers, switches, or names and paths
that look like names (`plain_words`). What stands after no option is told where it is a file of settings or data, or a
well-known order such as `train`. Of the environment named variables alone are looked at. Nothing is kept raw.
"""

from __future__ import annotations

import contextlib
import os
import platform
import re
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from governance.integrations.facts.plain_words import WITHHELD, is_plain, shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MOST = 200
"""Arguments that are told; of more the rest is withheld."""
_OPTION = re.compile(
    r"(--?[A-Za-z][A-Za-z0-9_.-]{0,79}|\+{0,2}[A-Za-z_][A-Za-z0-9_./-]{0,79}(?==))(?:=(.*))?", re.DOTALL
)
_FILE = re.compile(r".+\.(?:ya?ml|json[l5]?|toml|ini|cfg|conf|py|csv|tsv|parquet|arrow|txt|safetensors|gguf|ipynb)")
_ORDERS = frozenset(
    {
        "chat", "distill", "dpo", "eval", "evaluate", "export", "finetune", "fit", "generate", "grpo", "inference", "kto", "merge",
        "orpo", "pretrain", "predict", "preprocess", "quantize", "reward", "rloo", "run", "sft", "test", "train", "tune", "validate",
    }
)  # fmt: skip
VARIABLES = (
    "ACCELERATE_DEEPSPEED_ZERO_STAGE", "ACCELERATE_DYNAMO_BACKEND", "ACCELERATE_GRADIENT_ACCUMULATION_STEPS", "ACCELERATE_MIXED_PRECISION",
    "ACCELERATE_USE_DEEPSPEED", "ACCELERATE_USE_FSDP", "CUBLAS_WORKSPACE_CONFIG", "CUDA_DEVICE_MAX_CONNECTIONS", "CUDA_DEVICE_ORDER",
    "CUDA_LAUNCH_BLOCKING", "CUDA_MODULE_LOADING", "CUDA_VISIBLE_DEVICES", "FSDP_SHARDING_STRATEGY", "GROUP_RANK", "GROUP_WORLD_SIZE",
    "HF_DATASETS_OFFLINE", "HF_HUB_OFFLINE", "HIP_VISIBLE_DEVICES", "HSA_OVERRIDE_GFX_VERSION", "LOCAL_RANK", "LOCAL_WORLD_SIZE",
    "MKL_NUM_THREADS", "NODE_RANK", "NVIDIA_TF32_OVERRIDE", "NVIDIA_VISIBLE_DEVICES", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS",
    "PYTHONHASHSEED", "PYTORCH_ALLOC_CONF", "PYTORCH_CUDA_ALLOC_CONF", "RANK", "ROCR_VISIBLE_DEVICES", "SLURM_GPUS_ON_NODE",
    "SLURM_JOB_NUM_NODES", "SLURM_NTASKS", "TF_DETERMINISTIC_OPS", "TOKENIZERS_PARALLELISM", "TORCHDYNAMO_DISABLE",
    "TORCH_DISTRIBUTED_DEBUG", "TORCH_NCCL_ASYNC_ERROR_HANDLING", "TRANSFORMERS_OFFLINE", "WORLD_SIZE", "XLA_FLAGS",
)  # fmt: skip
"""Variables that are told where they are set; and all of NCCL's, for they steer how cards talk to each other."""
_OF_NCCL = re.compile(r"NCCL_[A-Z0-9_]{1,60}")
_LAUNCHERS = (
    ("torchrun", "TORCHELASTIC_RUN_ID"),
    ("deepspeed", "CROSS_RANK"),
    ("mpirun", "OMPI_COMM_WORLD_RANK"),
    ("srun", "SLURM_STEP_ID"),
)


def command(
    argv: Sequence[str] | None = None, main: Any = None, environ: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The body of a `command` record.

    `interpreter` is the sort of interpreter; `module` or `script` is what it ran, `started_as` is module, script, inline,
    notebook or unknown; `arguments` are as they may be told, `withheld` counts those that are not, `replay` is one line of
    all of it for a shell, and `environment` holds named variables.
    """
    argv = list(sys.argv if argv is None else argv)
    environ = os.environ if environ is None else environ
    started_as, module, script = started(argv, sys.modules.get("__main__") if main is None else main)
    arguments, withheld = _told(argv[1:] if started_as in ("module", "script") else [])
    if started_as in ("inline", "notebook", "unknown"):
        withheld += max(0, len(argv) - 1)
    if script is not None and not is_plain(script):
        script, withheld = WITHHELD, withheld + 1
    start = ["-m", module] if module is not None else [script if script is not None else WITHHELD]
    variables = {
        name: shown(environ[name], name) for name in sorted(environ) if name in VARIABLES or _OF_NCCL.fullmatch(name)
    }
    return {
        "interpreter": platform.python_implementation().lower(),
        "started_as": started_as,
        "module": module,
        "script": script,
        "arguments": arguments,
        "withheld": withheld,
        "replay": shlex.join(["python", *start, *arguments]),
        "launcher": next((name for name, variable in _LAUNCHERS if variable in environ), None),
        "environment": variables,
    }


def started(argv: Sequence[str], main: Any) -> tuple[str, str | None, str | None]:
    """(started as, module, script); a script below the working folder is told from there."""
    if "ipykernel" in sys.modules and "ipykernel" in str(argv[:1]):
        return "notebook", None, None
    spec = getattr(main, "__spec__", None)
    if spec is not None and isinstance(getattr(spec, "name", None), str):
        module = spec.name.removesuffix(".__main__")
        return ("module", module, None) if is_plain(module) else ("module", WITHHELD, None)
    if not argv or argv[0] in ("", "-"):
        return "unknown", None, None
    if argv[0] == "-c":
        return "inline", None, None
    path = Path(argv[0])
    with contextlib.suppress(OSError, ValueError):
        path = path.resolve().relative_to(Path.cwd().resolve())
    return "script", None, str(path)


def _told(arguments: Sequence[str]) -> tuple[list[str], int]:
    """Arguments as they may be told, and how many are withheld."""
    told: list[str] = []
    withheld, before = len(arguments[MOST:]), ""
    for argument in arguments[:MOST]:
        match = _OPTION.fullmatch(argument)
        if match is not None and not argument.startswith("-") and match[2] is None:
            match = None
        if match is None:
            plain = is_plain(argument, before) if before else _stands_alone(argument)
            told.append(argument if plain else WITHHELD)
            withheld += not plain
            before = ""
            continue
        name, value = match[1], match[2]
        if not is_plain(name):
            told.append(WITHHELD)
            withheld, before = withheld + 1, "secret"
        elif value is None:
            told.append(name)
            before = name
        else:
            plain = value == "" or is_plain(value, name)
            told.append(f"{name}={value if plain else WITHHELD}")
            withheld, before = withheld + (not plain), ""
    return told, withheld


def _stands_alone(argument: str) -> bool:
    return argument in _ORDERS or argument == "--" or (_FILE.fullmatch(argument) is not None and is_plain(argument))
