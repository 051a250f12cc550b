"""What a training with LLaMA-Factory was asked to do.

*Reads* the YAML or JSON file that LLaMA-Factory is started with, and the one its web page leaves, known by
`model_name_or_path` beside `stage` or `finetuning_type`. The names of data sets are looked up in a `dataset_info.json` in the
same folder or in the folder `data` below it.

*Says* base and revision, each data set with where its name leads and the digest the list gives, method, adapter, number
format, batch, learning rate, length of the training, start value, how the work is spread, and whether code that comes with
the model may run.

*Does not say* that the training ran, or ran like this: the command line changes any of it. Tokens are not copied. A file that
asks for no training, a base or data left out, and a name that the list of data does not know make it partial, and so does a
last line without an end; an example's fill-in is a placeholder.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from governance.collectors.formats import training_settings as ts
from governance.collectors.reading.interface import Marks, NotMine, OneFile, Tried
from governance.domain.evidence import Collector, Subject, SubjectType
from governance.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from governance.collectors.reading.answers import Found
    from governance.collectors.reading.doubts import Doubts
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

_LISTS = ("dataset_info.json", "data/dataset_info.json")
_PLACES = ("hf_hub_url", "ms_hub_url", "om_hub_url", "cloud_file_name", "file_name", "script_url")
_BITS = {4: "4-bit", 8: "8-bit"}


class LlamaFactoryConfig(OneFile):
    """Finds one set of settings for each file."""

    noun = Collector(name="llama-factory-config", version="1")
    kinds = (ts.KIND,)
    tool = "LLaMA-Factory"
    tried = (Tried("the examples at ff6d4d12eeb0", "published", "2026-11-25"),)
    marks = Marks(
        form=("text", "json"),
        words=(b"model_name_or_path",),
        any_of=(b"finetuning_type", b"stage"),
        none_of=(b"\n```",),
        pattern=re.compile(rb'^[ \t{]*"?(?:finetuning_type|stage)"?\s*:|"(?:finetuning_type|stage)"\s*:', re.MULTILINE),
    )

    def facts(self, folder: Folder, file: File) -> Iterable[Found]:
        """The settings in one file, and where its data sets lead."""
        settings = ts.document(file, needs=("model_name_or_path",))
        if "stage" not in settings and "finetuning_type" not in settings:
            raise NotMine("neither stage nor finetuning_type stands at its top")
        doubts = ts.doubts_about(file)
        listing = next((each for name in _LISTS if (each := folder.beside(name)) is not None), None)
        known = _known(listing, doubts)
        made = _body(file, settings, known)
        _judge(doubts, settings, made, known)
        yield self.found(
            folder,
            file,
            ts.KIND,
            made,
            Subject(type=SubjectType.RUN, name=file.name[:500]),
            doubts=doubts,
            beside=(listing,) if listing is not None and known is not None else (),
        )


def _known(listing: File | None, doubts: Doubts) -> dict[str, Any] | None:
    """The list of data sets, or None where there is none. One that can not be read is said."""
    if listing is None:
        return None
    try:
        value = listing.json()
    except UnreadableError as error:
        doubts.partial(f"{listing.name} beside it can not be read: {error.message}")
        return None
    return value if isinstance(value, dict) else None


def _body(file: File, settings: ts.Settings, known: dict[str, Any] | None) -> dict[str, Any]:
    reports = [name for name in settings.texts("report_to", most=200) if name.lower() not in ("none", "all")]
    return ts.body(
        "LLaMA-Factory",
        file,
        settings,
        base_model={
            "name": settings.text("model_name_or_path"),
            "revision": settings.text("model_revision", most=200),
        },
        data_sets=list(_data(settings, known or {}))[: ts.MOST_DATA_SETS],
        method=settings.text("stage", most=100),
        adapter=_adapter(settings),
        precision="bf16" if settings.flag("pure_bf16") else ts.precision(settings, "bf16", "fp16", "tf32"),
        batch=ts.batch(settings.count("per_device_train_batch_size"), settings.count("gradient_accumulation_steps")),
        learning_rate=settings.number("learning_rate"),
        epochs=settings.number("num_train_epochs"),
        max_steps=settings.count("max_steps"),
        seed=settings.count("seed"),
        sequence_length=settings.count("cutoff_len"),
        distributed=_spread(settings),
        trust_remote_code=settings.flag("trust_remote_code"),
        optimizer=settings.text("optim", most=200),
        scheduler=settings.text("lr_scheduler_type", most=200),
        weight_decay=settings.number("weight_decay"),
        **ts.warmup(settings),
        validation=settings.number("val_size"),
        quantized_base=_BITS.get(settings.count("quantization_bit") or 0),
        gradient_checkpointing=None if (off := settings.flag("disable_gradient_checkpointing")) is None else not off,
        packing=settings.flag("packing"),
        reports_to=sorted(reports),
        pushes_to_hub=settings.flag("push_to_hub"),
        max_samples=settings.count("max_samples"),
    )


def _data(settings: ts.Settings, known: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for key, use in (("dataset", "training"), ("eval_dataset", "evaluation")):
        for name in settings.texts(key):
            entry = known.get(name)
            row = ts.Settings(entry if isinstance(entry, dict) else {}, f"{name}.")
            source = next((place for each in _PLACES if (place := row.text(each))), None)
            digest = row.text("file_sha1", most=100)
            kind = row.text("formatting", most=200) or ("alpaca" if isinstance(entry, dict) else None)
            yield ts.data_set(
                name,
                kind,
                use=use,
                split=row.text("split", most=200),
                source=source,
                digest=f"sha1:{digest}" if digest else None,
            )


def _adapter(settings: ts.Settings) -> dict[str, Any] | None:
    kind = settings.text("finetuning_type", most=200)
    if kind is None or kind.lower() == "full":
        return None
    return {
        "type": kind.lower(),
        "r": settings.count("lora_rank") or None,
        "alpha": settings.number("lora_alpha"),
        "target_modules": sorted(settings.texts("lora_target")),
    }


def _spread(settings: ts.Settings) -> dict[str, Any] | None:
    if settings.raw("deepspeed"):
        return ts.spread("deepspeed", settings_file=isinstance(settings.raw("deepspeed"), str))
    return ts.spread("fsdp") if settings.raw("fsdp") else None


def _judge(doubts: Doubts, settings: ts.Settings, made: dict[str, Any], known: dict[str, Any] | None) -> None:
    ts.judge_names(doubts, made)
    if settings.flag("do_train") is not True:
        doubts.partial("the file does not ask for a training (do_train)")
    if known is not None:
        for row in made["data_sets"]:
            if row["name"] not in known:
                doubts.partial(f"the list of data beside it does not know {row['name'][:100]!r}")


COLLECTOR = LlamaFactoryConfig()
