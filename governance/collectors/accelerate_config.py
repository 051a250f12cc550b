"""How Accelerate was told to spread a training.

*Reads* the YAML or JSON file of `accelerate config`, known by `compute_environment` beside `distributed_type`, with the
settings of FSDP (both generations) and DeepSpeed in it.

*Says* how the work is to be spread, over how many processes and machines, and in which number format.

*Does not say* what is trained on what, nor that it was run like this: the command line changes any of it, and a file of
DeepSpeed settings may be only named here. Addresses of machines, the names of accounts and roles of a cloud, and commands
are not copied. A last line without an end makes it partial.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from governance.collectors.formats import training_settings as ts
from governance.collectors.reading.interface import Marks, OneFile, Tried
from governance.domain.evidence import Collector, Subject, SubjectType

if TYPE_CHECKING:
    from collections.abc import Iterable

    from governance.collectors.reading.answers import Found
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

_ON_ONE = ("no", "none")


class AccelerateConfig(OneFile):
    """Finds one set of settings for each file."""

    noun = Collector(name="accelerate-config", version="1")
    kinds = (ts.KIND,)
    tool = "accelerate"
    tried = (
        Tried("the examples of LLaMA-Factory at ff6d4d12eeb0", "published", "2026-11-25"),
        Tried("1.15.0", "recorded", "2026-11-25"),
    )
    marks = Marks(
        form=("text", "json"),
        words=(b"compute_environment", b"distributed_type"),
        none_of=(b"\n```",),
        pattern=re.compile(rb'^[ \t{]*"?compute_environment"?\s*:|"compute_environment"\s*:', re.MULTILINE),
    )

    def facts(self, folder: Folder, file: File) -> Iterable[Found]:
        """The settings in one file."""
        settings = ts.document(file, needs=("compute_environment", "distributed_type"))
        doubts = ts.doubts_about(file)
        word = settings.text("mixed_precision", most=100)
        deepspeed = settings.table("deepspeed_config")
        made = ts.body(
            "accelerate",
            file,
            settings,
            batch=ts.batch(
                None,
                settings.count("gradient_accumulation_steps") or deepspeed.count("gradient_accumulation_steps"),
            ),
            precision=None if word is None or word.lower() in _ON_ONE else word,
            distributed=_spread(settings),
        )
        if made["distributed"]["strategy"] is None:
            doubts.partial("the file does not say how the work is spread")
        yield self.found(
            folder, file, ts.KIND, made, Subject(type=SubjectType.RUN, name=file.name[:500]), doubts=doubts
        )


def _spread(settings: ts.Settings) -> dict[str, Any]:
    word = settings.text("distributed_type", most=100)
    kind = None if word is None else "none" if word.lower() in _ON_ONE else word.lower()
    made: dict[str, Any] = {"processes": settings.count("num_processes"), "machines": settings.count("num_machines")}
    fsdp, deepspeed = settings.table("fsdp_config"), settings.table("deepspeed_config")
    if kind == "fsdp":
        # Files of the first generation do not name it.
        made |= {"version": fsdp.count("fsdp_version") or 1, "offload": fsdp.flag("fsdp_offload_params")}
    elif kind == "deepspeed":
        devices = [deepspeed.text(key) for key in ("offload_optimizer_device", "offload_param_device")]
        named = [device for device in devices if device is not None]
        made |= {
            "stage": deepspeed.count("zero_stage"),
            "offload": any(device.lower() != "none" for device in named) if named else None,
            "settings_file": deepspeed.text("deepspeed_config_file") is not None,
        }
    return ts.spread(kind, **made)


COLLECTOR = AccelerateConfig()
