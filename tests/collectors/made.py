"""Small inputs made by hand: a safetensors file, a training state, a results file, facts for binding."""

from __future__ import annotations

import json
import pickle
import struct

from governance.collectors.reading.answers import Found
from governance.domain.evidence import Collector, Subject, SubjectType


def safetensors(tensors=None, *, extra=b""):
    """Bytes of a safetensors file with the given header entries, zeros for numbers."""
    if tensors is None:
        tensors = {"w": {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16]}}
    header = json.dumps(tensors).encode()
    ends = [
        entry["data_offsets"][1] for entry in tensors.values() if isinstance(entry, dict) and "data_offsets" in entry
    ]
    return len(header).to_bytes(8, "little") + header + bytes(max(ends, default=0)) + extra


def state(steps=4, planned=4, **extra):
    log = [{"loss": 3.0 - step / 10, "step": step, "epoch": step / 4} for step in range(1, steps + 1)]
    if steps >= planned:
        log.append({"step": steps, "train_loss": 2.8, "train_runtime": 1.5, "total_flos": 10.0, "epoch": 1.0})
    made = {"global_step": steps, "max_steps": planned, "epoch": 1.0, "log_history": log, "total_flos": 10.0}
    return made | extra


def results(**extra):
    made = {
        "results": {"qa": {"alias": "qa", "acc,none": 0.5, "acc_stderr,none": 0.1}},
        "configs": {"qa": {"task": "qa"}},
        "versions": {"qa": 1.0},
        "n-shot": {"qa": 0},
        "higher_is_better": {"qa": {"acc": True}},
        "n-samples": {"qa": {"original": 8, "effective": 8}},
        "config": {"model": "hf", "model_args": {"pretrained": "base"}, "limit": None, "random_seed": 0},
        "date": 1795357202.37,
        "lm_eval_version": "0.4.13",
    }
    return made | extra


def fact(kind, body, *, place="/a/run", type_=SubjectType.MODEL, name="thing"):
    return Found(
        kind=kind,
        body=body,
        subject=Subject(type=type_, name=name),
        path="file",
        collector=Collector(name="test", version="1"),
        place=place,
    )


def digest(letter):
    return "sha256:" + letter * 64


def adapter(place="/a/run", base="base", letter="a", formats=("safetensors",)):
    name = place.rsplit("/", 1)[-1]
    body = {
        "form": "adapter", "name": name, "manifest_digest": digest(letter), "formats": list(formats),
        "base": {"name": base, "revision": None},
    }  # fmt: skip
    return fact("model-artifacts.v1", body, place=place)


def full_model(place="/a/base", letter="b"):
    name = place.rsplit("/", 1)[-1]
    body = {
        "form": "full-model", "name": name, "manifest_digest": digest(letter), "formats": ["safetensors"], "base": None,
    }  # fmt: skip
    return fact("model-artifacts.v1", body, place=place)


def run(place="/a/run", base="base"):
    body = {"base_model": {"name": base, "revision": None}}
    return fact("training-run.v1", body, place=place, type_=SubjectType.RUN, name="run")


def evaluation(name="base", adapter=None, kind="eval-run.v1"):
    return fact(kind, {"model": {"name": name, "adapter": adapter}}, place="/a/eval", name=adapter or name)


def training_arguments(path="transformers.training_args.TrainingArguments", **values):
    """Bytes of a `training_args.bin` as torch wrote it before 1.6 did zip: one pickled object with these attributes."""
    module, _, name = path.rpartition(".")
    state = pickle.dumps({"output_dir": "out", **values}, protocol=2)[2:-1]
    return b"\x80\x02c" + f"{module}\n{name}\n".encode() + b")\x81" + state + b"b."


def gguf(notes, *, order="<"):
    """Bytes of a GGUF file of version 3 with text and whole numbers as keys, and one tensor of 32 numbers."""

    def text(value):
        return struct.pack(order + "Q", len(value)) + value.encode()

    made = b"GGUF" + struct.pack(order + "IQQ", 3, 1, len(notes))
    for name, value in notes.items():
        number = isinstance(value, int)
        made += text(name) + struct.pack(order + "I", 4 if number else 8)
        made += struct.pack(order + "I", value) if number else text(value)
    made += text("w") + struct.pack(order + "IQIQ", 1, 32, 0, 0)
    return made + bytes(-len(made) % 32) + bytes(128)
