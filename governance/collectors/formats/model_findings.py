"""What is worth a second look among the files of a model, each as the body of a finding.

Severity goes by what loading does: what runs when the model is loaded is high, what only a resumed training or a person would
run is medium or low. Nothing was opened but the first bytes and, in archives, the names and first bytes of the members.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from governance.collectors.formats import pickle_signs

if TYPE_CHECKING:
    from governance.collectors.reading.files import File


def of_pickle(file: File, reason: str) -> dict[str, Any]:
    """A pickle, or another file that carries code where numbers are expected."""
    if pickle_signs.is_training_state(file.name):
        return {
            "rule": "pickle-in-model-folder",
            "severity": "medium",
            "title": "A training-state pickle lies in the model folder",
            "detail": f"{file.name} is {reason}. Inference does not load it; resuming the training would. "
            "It was hashed and not opened.",
            "path": file.shown,
            "remedy": "Leave it out of what is released.",
        }
    return {
        "rule": "pickle-in-model-folder" if "Lambda" not in reason else "code-in-weights",
        "severity": "high",
        "title": "A weight file is a pickle" if "Lambda" not in reason else "A weight file carries Python code",
        "detail": f"{file.name} is {reason}. Loading the model from it runs whatever its author put inside. "
        "It was hashed and not opened.",
        "path": file.shown,
        "remedy": "Save the weights as safetensors, and leave the pickle out of what is released."
        if "Lambda" not in reason
        else "Replace the layer by one of the library's own, or have its code reviewed, and save the model again.",
    }


def of_settings(file: File, why: str) -> dict[str, Any]:
    """Settings that make the loader run code."""
    return {
        "rule": "remote-code-in-model-folder",
        "severity": "high",
        "title": "The model asks its loader to run code that comes with it",
        "detail": f"{file.name} {why}.",
        "path": file.shown,
        "remedy": "Use an architecture the library knows, or have the code reviewed and pin it.",
    }


def of_program(file: File, what: str) -> dict[str, Any]:
    """A program of the machine."""
    return {
        "rule": "program-in-model-folder",
        "severity": "high",
        "title": "A program lies in the model folder",
        "detail": f"{file.name} is {what}. A model needs none. It was hashed and not run.",
        "path": file.shown,
        "remedy": "Leave it out of what is released, or say in the release what it is for and where it was built.",
    }


def of_code(file: File) -> dict[str, Any]:
    """Source code that no settings name."""
    deepspeed = file.name == "zero_to_fp32.py"
    detail = (
        "DeepSpeed leaves this script beside its checkpoints, for a person to run; it loads pickles."
        if deepspeed
        else "No settings beside it make a loader run it, but people do, and a later change of the settings would."
    )
    return {
        "rule": "code-in-model-folder",
        "severity": "low",
        "title": "Source code lies in the model folder",
        "detail": f"{file.name} is source code. {detail}",
        "path": file.shown,
        "remedy": "Leave it out of what is released, or have it reviewed.",
    }


def of_archive(file: File) -> dict[str, Any]:
    """An archive that was not unpacked."""
    return {
        "rule": "archive-in-model-folder",
        "severity": "low",
        "title": "An archive in the model folder was not looked into",
        "detail": f"{file.name} is an archive or a packed file. What it holds was not looked at, pickles and programs "
        "included.",
        "path": file.shown,
        "remedy": "Unpack it and attach the folder, or leave it out of what is released.",
    }


def of_shards(folder: str, file: File, how: str) -> dict[str, Any]:
    """A checkpoint that a distributed training left in parts, which are pickles."""
    return {
        "rule": "sharded-training-checkpoint",
        "severity": "medium",
        "title": "A distributed training's checkpoint lies in the model folder",
        "detail": f"{folder} holds {how}. Its parts are pickles, which run as programs when they are loaded. They were "
        "not opened and are not part of the listed model.",
        "path": file.shown,
        "remedy": "Merge the parts, save the weights as safetensors, and leave the folder out of what is released.",
    }
