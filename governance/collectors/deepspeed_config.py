"""How DeepSpeed was told to spread a training.

*Reads* the JSON file of DeepSpeed settings, known by `zero_optimization` or `train_micro_batch_size_per_gpu` at its top.

*Says* which stage of DeepSpeed is to be used, whether numbers are moved out of the GPU, in which number format, and the batch,
optimiser and learning rate where the file fixes them.

*Does not say* what is trained on what, nor that it was run like this. Most values are usually the word `auto`, which the
caller fills in; those are null here and counted. A file in which training settings of another tool merely enclose such
settings is not one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from governance.collectors.formats import training_settings as ts
from governance.collectors.reading.interface import Marks, NotMine, OneFile, Tried
from governance.domain.evidence import Collector, Subject, SubjectType

if TYPE_CHECKING:
    from collections.abc import Iterable

    from governance.collectors.reading.answers import Found
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

_TOP = ("zero_optimization", "train_micro_batch_size_per_gpu", "train_batch_size")
_MONITORS = ("wandb", "tensorboard", "csv_monitor", "comet")


class DeepspeedConfig(OneFile):
    """Finds one set of settings for each file."""

    noun = Collector(name="deepspeed-config", version="1")
    kinds = (ts.KIND,)
    tool = "deepspeed"
    tried = (Tried("the examples of LLaMA-Factory at ff6d4d12eeb0", "published", "2026-11-25"),)
    marks = Marks(
        form="json",
        any_of=(b'"zero_optimization"', b'"train_micro_batch_size_per_gpu"'),
        pattern=re.compile(rb'"(?:zero_optimization|train_micro_batch_size_per_gpu)"\s*:'),
    )

    def facts(self, folder: Folder, file: File) -> Iterable[Found]:
        """The settings in one file."""
        settings = ts.document(file, needs=())
        if not any(key in settings for key in _TOP[:2]) or "log_history" in settings:
            raise NotMine("the settings of DeepSpeed do not stand at its top")
        yield self.found(
            folder, file, ts.KIND, _body(file, settings), Subject(type=SubjectType.RUN, name=file.name[:500])
        )


def _body(file: File, settings: ts.Settings) -> dict[str, Any]:
    optimizer, scheduler = settings.table("optimizer"), settings.table("scheduler")
    chosen, planned = optimizer.table("params"), scheduler.table("params")
    return ts.body(
        "deepspeed",
        file,
        settings,
        precision=_precision(settings),
        batch=ts.batch(
            settings.count("train_micro_batch_size_per_gpu"),
            settings.count("gradient_accumulation_steps"),
            settings.count("train_batch_size"),
        ),
        learning_rate=chosen.number("lr"),
        max_steps=planned.count("total_num_steps"),
        distributed=_spread(settings),
        optimizer=optimizer.text("type", most=200),
        scheduler=scheduler.text("type", most=200),
        weight_decay=chosen.number("weight_decay"),
        warmup_steps=planned.count("warmup_num_steps"),
        reports_to=sorted(name for name in _MONITORS if settings.table(name).flag("enabled")),
    )


def _precision(settings: ts.Settings) -> str | None:
    if settings.table("bf16").flag("enabled") or settings.table("bfloat16").flag("enabled"):
        return "bf16"
    return "fp16" if settings.table("fp16").flag("enabled") else None


def _spread(settings: ts.Settings) -> dict[str, Any]:
    zero = settings.table("zero_optimization")
    devices = [zero.table(key).text("device", most=100) for key in ("offload_optimizer", "offload_param")]
    named = [device for device in devices if device is not None]
    offload = any(device.lower() != "none" for device in named) if named else zero.flag("cpu_offload")
    return ts.spread("deepspeed", stage=zero.count("stage"), offload=bool(offload))


COLLECTOR = DeepspeedConfig()
