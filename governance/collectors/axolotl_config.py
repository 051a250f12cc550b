"""What a training with Axolotl was asked to do.

*Reads* the YAML file that Axolotl is started with, and the one it leaves in the output folder, known by `base_model` beside
`datasets` (or another list of data) and one of Axolotl's own words such as `micro_batch_size` or `sequence_len`.

*Says* base and revision, each data set with type, split and revision, method, adapter, number format, batch, learning rate,
length of the training, start value, how the work is spread, and whether code that comes with the model may run. Where a
service for tracking or a hub is named, only that it is.

*Does not say* that the training ran, or ran like this. References are counted and not resolved, projects, accounts and tokens
not copied. A base or data left out makes it partial, and so does a last line without an end; an example's fill-in is a
placeholder. YAML with tags or anchors is not read.
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

_DATA = (("datasets", "training"), ("pretraining_dataset", "training"), ("test_datasets", "evaluation"))
_TRACKERS = (("wandb_project", "wandb"), ("use_wandb", "wandb"), ("mlflow_experiment_name", "mlflow"),
             ("use_mlflow", "mlflow"), ("comet_project_name", "comet"), ("use_comet", "comet"),
             ("swanlab_project", "swanlab"), ("use_trackio", "trackio"), ("use_tensorboard", "tensorboard"))  # fmt: skip


class AxolotlConfig(OneFile):
    """Finds one set of settings for each file."""

    noun = Collector(name="axolotl-config", version="1")
    kinds = (ts.KIND,)
    tool = "axolotl"
    tried = (Tried("the examples at 067b021c8b87", "published", "2026-11-25"),)
    marks = Marks(
        form="text",
        words=(b"base_model:",),
        any_of=(b"micro_batch_size:", b"sequence_len:", b"sample_packing:", b"lora_target_linear:"),
        none_of=(b"\n```",),  # a model card that quotes such a file
        pattern=re.compile(rb"^(?:datasets|pretraining_dataset|test_datasets|rl|plugins|output_dir)\s*:", re.MULTILINE),
    )

    def facts(self, folder: Folder, file: File) -> Iterable[Found]:
        """The settings in one file."""
        settings = ts.document(file, needs=("base_model",))
        doubts = ts.doubts_about(file)
        made = _body(file, settings)
        ts.judge_names(doubts, made)
        yield self.found(
            folder, file, ts.KIND, made, Subject(type=SubjectType.RUN, name=file.name[:500]), doubts=doubts
        )


def _body(file: File, settings: ts.Settings) -> dict[str, Any]:
    trackers = {name for key, name in _TRACKERS if settings.raw(key) not in (None, False, "")}
    return ts.body(
        "axolotl",
        file,
        settings,
        base_model={
            "name": settings.text("base_model"),
            "revision": settings.text("revision_of_model", most=200),
        },
        data_sets=list(_data(settings))[: ts.MOST_DATA_SETS],
        method=_method(settings),
        adapter=_adapter(settings),
        precision=ts.precision(settings, "bf16", "fp16", "bfloat16", "float16", "tf32"),
        batch=ts.batch(
            settings.count("micro_batch_size"),
            settings.count("gradient_accumulation_steps"),
            settings.count("batch_size"),
        ),
        learning_rate=settings.number("learning_rate"),
        epochs=settings.number("num_epochs"),
        max_steps=settings.count("max_steps"),
        seed=settings.count("seed"),
        sequence_length=settings.count("sequence_len"),
        distributed=_spread(settings),
        trust_remote_code=settings.flag("trust_remote_code"),
        optimizer=settings.text("optimizer", most=200),
        scheduler=settings.text("lr_scheduler", most=200),
        weight_decay=settings.number("weight_decay"),
        **ts.warmup(settings),
        validation=settings.number("val_set_size"),
        quantized_base="4-bit" if settings.flag("load_in_4bit") else "8-bit" if settings.flag("load_in_8bit") else None,
        gradient_checkpointing=_switched(settings.raw("gradient_checkpointing")),
        packing=settings.flag("sample_packing"),
        reports_to=sorted(trackers),
        pushes_to_hub=True if settings.raw("hub_model_id") else None,
    )


def _data(settings: ts.Settings) -> Iterator[dict[str, Any]]:
    """Each entry of the lists of data; early releases take a bare path where newer ones take a table."""
    for key, use in _DATA:
        listed = settings.raw(key)
        for number, entry in enumerate(listed if isinstance(listed, list) else [listed]):
            if isinstance(entry, str) and entry.strip():
                yield ts.data_set(entry.strip(), use=use)
            elif isinstance(entry, dict):
                row = ts.Settings({str(name): value for name, value in entry.items()}, f"{key}[{number}].")
                name = row.text("path") or row.text("name")
                if name is None:
                    continue
                kind = row.text("type", most=200) or ("own format" if isinstance(row.raw("type"), dict) else None)
                files = row.raw("data_files")
                yield ts.data_set(
                    name,
                    kind or row.text("ds_type", most=200),
                    use=use,
                    source=", ".join(row.texts("data_files"))[:500] or None if files else None,
                    split=row.text("split", most=200),
                    revision=row.text("revision", most=200),
                )


def _switched(value: Any) -> bool | None:
    """True for `true` and for words such as `offload` that name how; None where nothing is said."""
    if value is None or isinstance(value, bool):
        return value
    return value.strip().lower() not in ("", "false", "no") if isinstance(value, str) else None


def _method(settings: ts.Settings) -> str | None:
    """`rl` names the method; a reward model has a word of its own; else texts are imitated."""
    if named := settings.text("rl", most=100):
        return named.lower()
    if settings.flag("reward_model") or settings.flag("process_reward_model"):
        return "reward"
    return "pretraining" if settings.raw("pretraining_dataset") else "sft"


def _adapter(settings: ts.Settings) -> dict[str, Any] | None:
    kind = settings.text("adapter", most=200)
    if kind is None:
        return None
    whole = ["all linear layers"] if settings.flag("lora_target_linear") else []
    return {
        "type": kind,
        "r": settings.count("lora_r") or None,
        "alpha": settings.number("lora_alpha"),
        "target_modules": sorted(settings.texts("lora_target_modules")) or whole,
    }


def _spread(settings: ts.Settings) -> dict[str, Any] | None:
    inner = settings.table("fsdp_config")
    if settings.raw("deepspeed"):
        return ts.spread("deepspeed", settings_file=isinstance(settings.raw("deepspeed"), str))
    if settings.raw("fsdp") or inner.values:
        version = settings.count("fsdp_version") or inner.count("fsdp_version")
        offload = inner.flag("fsdp_offload_params")
        return ts.spread("fsdp", version=version, offload=inner.flag("offload_params") if offload is None else offload)
    return None


COLLECTOR = AxolotlConfig()
