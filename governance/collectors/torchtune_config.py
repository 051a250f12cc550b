"""What a training with torchtune was asked to do.

*Reads* the YAML file of a torchtune recipe, known by the `_component_` keys that name classes of torchtune, beside a `model`
and a `dataset`. It is written for OmegaConf; it is read here as plain YAML.

*Says* the folder of the base, each data set with its class, method, adapter, number format, batch, learning rate, length of
the training, start value, and which class or function stands for each part.

*Does not say* that the training ran, or ran like this: the command line changes any of it. References such as `${output_dir}`
are counted and not resolved, no class is looked up. A base or data left out makes it partial, and so does a last line without
an end.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from governance.collectors.formats import training_settings as ts
from governance.collectors.reading.interface import Marks, OneFile, Tried
from governance.domain.evidence import Collector, Subject, SubjectType

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from governance.collectors.reading.answers import Found
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

_COMPONENT = "_component_"
_PARTS = ("model", "tokenizer", "checkpointer", "dataset", "optimizer", "lr_scheduler", "loss", "metric_logger",
          "quantizer", "teacher_model", "policy_model", "reward_and_value_model")  # fmt: skip
_METHODS = (("dpo", "dpo"), ("rso", "rso"), ("simpo", "simpo"), ("ppo", "ppo"), ("grpo", "grpo"), ("kd", "distillation"),
            ("crossentropy", "sft"), ("cewithchunked", "sft"))  # fmt: skip
_LOGGERS = {"WandBLogger": "wandb", "TensorBoardLogger": "tensorboard", "CometLogger": "comet", "DiskLogger": "disk",
            "StdoutLogger": "stdout"}  # fmt: skip


class TorchtuneConfig(OneFile):
    """Finds one set of settings for each file."""

    noun = Collector(name="torchtune-config", version="1")
    kinds = (ts.KIND,)
    tool = "torchtune"
    tried = (Tried("the recipes at bd2a0fc7c314", "published", "2026-11-25"),)
    marks = Marks(
        form="text",
        words=(b"_component_", b"torchtune."),
        none_of=(b"\n```",),
        pattern=re.compile(rb"^(?:model|policy_model|checkpointer|dataset)\s*:", re.MULTILINE),
    )

    def facts(self, folder: Folder, file: File) -> Iterable[Found]:
        """The settings in one file."""
        settings = ts.document(file, needs=("checkpointer",))
        doubts = ts.doubts_about(file)
        made = _body(file, settings)
        if "dataset" in settings or "model" in settings:
            ts.judge_names(doubts, made)
        yield self.found(
            folder, file, ts.KIND, made, Subject(type=SubjectType.RUN, name=file.name[:500]), doubts=doubts
        )


def _body(file: File, settings: ts.Settings) -> dict[str, Any]:
    model, optimizer = settings.table("model"), settings.table("optimizer")
    scheduler, logger = settings.table("lr_scheduler"), settings.table("metric_logger")
    folder = settings.table("checkpointer").text("checkpoint_dir")
    components = {part: path for part in _PARTS if (path := settings.table(part).text(_COMPONENT, most=300))}
    design = components.get("model", "").rpartition(".")[2]
    data = list(_data(settings))
    name = components.get("metric_logger", "").rpartition(".")[2]
    return ts.body(
        "torchtune",
        file,
        settings,
        base_model={"name": folder.rstrip("/") or None if folder else None, "revision": None},
        data_sets=data[: ts.MOST_DATA_SETS],
        method=_method(components.get("loss", "")),
        adapter=_adapter(model, design),
        precision=settings.text("dtype", most=100),
        batch=ts.batch(settings.count("batch_size"), settings.count("gradient_accumulation_steps")),
        learning_rate=optimizer.number("lr"),
        epochs=settings.number("epochs"),
        max_steps=None,
        max_steps_per_epoch=settings.count("max_steps_per_epoch"),
        seed=settings.count("seed"),
        sequence_length=settings.table("tokenizer").count("max_seq_len"),
        distributed=_spread(settings),
        optimizer=components.get("optimizer"),
        scheduler=components.get("lr_scheduler"),
        weight_decay=optimizer.number("weight_decay"),
        warmup_steps=scheduler.count("num_warmup_steps"),
        quantized_base="4-bit" if design.startswith("qlora_") or model.flag("quantize_base") else None,
        gradient_checkpointing=settings.flag("enable_activation_checkpointing"),
        packing=settings.table("dataset").flag("packed"),
        reports_to=[_LOGGERS[name]] if name in _LOGGERS and logger.values else [],
        components=components,
    )


def _data(settings: ts.Settings) -> Iterator[dict[str, Any]]:
    """One data set, or a list of them to be joined; a class that stands for one well-known set names no source."""
    for key, use in (("dataset", "training"), ("dataset_val", "evaluation")):
        listed = settings.raw(key)
        for number, entry in enumerate(listed if isinstance(listed, list) else [listed]):
            if not isinstance(entry, dict):
                continue
            row = ts.Settings({str(name): value for name, value in entry.items()}, f"{key}[{number}].")
            component = row.text(_COMPONENT, most=300)
            source, files = row.text("source"), row.text("data_files")
            name = source or (component or "").rpartition(".")[2]
            if name:
                yield ts.data_set(name, component, use=use, split=row.text("split", most=200), source=files)


def _method(loss: str) -> str | None:
    last = loss.rpartition(".")[2].lower()
    return next((method for mark, method in _METHODS if mark in last), None)


def _adapter(model: ts.Settings, design: str) -> dict[str, Any] | None:
    kind = next((kind for kind in ("qlora", "lora", "dora") if design.startswith(kind + "_")), None)
    if kind is None:
        return None
    modules = model.texts("lora_attn_modules")
    modules += [word for word, key in (("mlp", "apply_lora_to_mlp"), ("output", "apply_lora_to_output"))
                if model.flag(key)]  # fmt: skip
    return {
        "type": "dora" if model.flag("use_dora") else kind,
        "r": model.count("lora_rank") or None,
        "alpha": model.number("lora_alpha"),
        "target_modules": sorted(modules),
    }


def _spread(settings: ts.Settings) -> dict[str, Any] | None:
    """Which recipe is run, and on how many devices, stands on the command line and not in the file."""
    offload = settings.flag("fsdp_cpu_offload")
    return None if offload is None else ts.spread("fsdp", offload=offload)


COLLECTOR = TorchtuneConfig()
