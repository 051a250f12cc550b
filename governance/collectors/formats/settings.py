"""The settings files that lie beside weights: what they say of the architecture, the adapter and the base.

`config.json` is written by transformers, `adapter_config.json` by PEFT. Both grow with every release, so unknown
fields are passed over and known ones are read strictly. Sources:
https://huggingface.co/docs/transformers/main_classes/configuration and
https://huggingface.co/docs/peft/package_reference/config.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from governance.collectors.reading import fields
from governance.errors import UnreadableError

if TYPE_CHECKING:
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

CHECKPOINT = re.compile(r"^checkpoint-(\d{1,12})$")


def checkpoint_number(folder: Folder) -> int | None:
    """The step in a folder name `checkpoint-<step>`, or None."""
    match = CHECKPOINT.match(folder.name)
    return int(match[1]) if match else None


def adapter_file(folder: Folder) -> File | None:
    """The `adapter_config.json` of a folder, when it says `peft_type`."""
    file = folder.beside("adapter_config.json")
    return file if file is not None and file.mentions(b'"peft_type"') else None


def config_file(folder: Folder) -> File | None:
    """The `config.json` of a folder, when it describes a network."""
    file = folder.beside("config.json")
    if file is None or not (file.mentions(b'"model_type"') or file.mentions(b'"architectures"')):
        return None
    return file


def document(file: File) -> dict[str, Any]:
    """The JSON object in a settings file."""
    value = file.json()
    if not isinstance(value, dict):
        raise UnreadableError(f"{file.name} does not hold an object")
    return value


def adapter_of(config: dict[str, Any]) -> dict[str, Any]:
    """The adapter an `adapter_config.json` describes, in the form of our kinds."""
    kind = fields.text(config, "peft_type", most=200)
    if kind is None:
        raise UnreadableError("peft_type is empty")
    alpha = "lora_alpha" if "lora_alpha" in config else "alpha"
    return {
        "type": kind,
        # OFT keeps a rank of 0 where it works by the size of its blocks.
        "r": fields.whole(config, "r", least=0) or None,
        "alpha": fields.number(config, alpha),
        # PEFT keeps a set and writes it in any order.
        "target_modules": sorted(fields.texts(config, "target_modules", most=4000)),
        # What PEFT wraps the model for; a configuration that was written for no task has null.
        "task_type": fields.text(config, "task_type", most=200),
    }


def base_of_adapter(config: dict[str, Any]) -> dict[str, Any]:
    """The base an adapter names."""
    return {
        "name": fields.name(config, "base_model_name_or_path"),
        "revision": fields.name(config, "revision", most=200),
    }


def base_of_model(config: dict[str, Any]) -> dict[str, Any]:
    """The model that a full model was loaded from; transformers 5 no longer writes it."""
    return {
        "name": fields.name(config, "_name_or_path"),
        "revision": fields.name(config, "_commit_hash", most=200),
    }


def architecture_of(config: dict[str, Any]) -> str | None:
    """The first class named under `architectures`."""
    named = fields.texts(config, "architectures", most=200)
    return named[0] if named else None
