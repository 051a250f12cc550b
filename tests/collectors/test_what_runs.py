"""What could run when a model is loaded, found in every wrapping; and what only looks like it."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import pickle
import struct
import zipfile
import zlib

import pytest

from governance.collectors.formats import pickle_signs
from governance.collectors.reading.files import File
from governance.domain.evidence import Quality

from .made import safetensors
from .test_model_artifacts import ADAPTER, findings, models


def npy(descr):
    header = f"{{'descr': {descr}, 'fortran_order': False, 'shape': (1,), }}\n".encode()
    return b"\x93NUMPY\x01\0" + struct.pack("<H", len(header)) + header + bytes(8)


def archive(**members):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as zipped:
        for name, data in members.items():
            zipped.writestr(name.replace("__", "."), data)
    return made.getvalue()


PICKLED = pickle.dumps({"w": [1.0] * 50}, protocol=4)
LEGACY = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.more"


@pytest.mark.parametrize(
    ("name", "data", "word"),
    [
        ("old.model", LEGACY, "before version 1.6"),
        ("scores.npy", npy("'|O'"), "numpy array of objects"),
        ("table.npy", npy("[('a', '<f8'), ('b', '|O')]"), "numpy array of objects"),
        ("scores.npz", archive(plain__npy=npy("'<f8'"), own__npy=npy("'|O'")), "numpy arrays of which one holds"),
        ("model.joblib", gzip.compress(PICKLED, mtime=0), "packed pickle"),
        ("model.z.joblib", zlib.compress(PICKLED), "packed pickle"),
        ("model.pkl.bz2", bz2.compress(PICKLED), "packed pickle"),
        ("model.xz", lzma.compress(PICKLED), "packed pickle"),
        ("bundle.zip", archive(model__pkl=PICKLED), "archive with a pickle inside"),
        ("net.keras", archive(config__json='{"layers": [{"class_name": "Lambda"}]}'), "Lambda layer"),
        ("net.h5", b"\x89HDF\r\n\x1a\n" + bytes(500) + b'{"class_name": "Lambda", "config": {}}', "Lambda layer"),
    ],
)
def test_what_runs_when_loaded_is_found_in_every_wrapping(name, data, word, sample, read):
    folder = sample("model-artifacts")
    (folder / name).write_bytes(data)
    reading = read(folder)
    assert word in findings(reading)[name]["detail"]
    assert findings(reading)[name]["severity"] == "high"
    assert name in [row["path"] for row in models(reading)[0].body["unsafe_files"]]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("scores.npy", npy("'<f8'")),
        ("scores.npz", archive(plain__npy=npy("'<f8'"))),
        ("net.keras", archive(config__json='{"layers": [{"class_name": "Dense"}]}')),
        ("net.h5", b"\x89HDF\r\n\x1a\n" + bytes(500) + b'{"class_name": "Dense"}'),
        ("text.gz", gzip.compress(b"words", mtime=0)),
        ("logs.xz", b"\xfd7zXZ\0damaged"),
        ("broken.bz2", b"BZh9damaged"),
    ],
)
def test_plain_numbers_and_texts_are_not_taken_for_programs(name, data, sample, read):
    folder = sample("model-artifacts")
    (folder / name).write_bytes(data)
    assert [row["path"] for row in models(read(folder))[0].body["unsafe_files"]] == ["training_args.bin"]


def test_programs_code_and_archives_beside_the_weights_are_said(sample, read):
    folder = sample("model-artifacts")
    (folder / "server.llamafile").write_bytes(b"MZ" + bytes(100))
    (folder / "zero_to_fp32.py").write_text("#!/usr/bin/env python\n")
    (folder / "extra.zip").write_bytes(archive(notes__txt="x"))
    reading = read(folder)
    body = models(reading)[0].body
    assert (body["code_files"], body["archives"]) == (["zero_to_fp32.py"], ["extra.zip"])
    assert "server.llamafile" in [row["path"] for row in body["unsafe_files"]]
    found = {path: (row["rule"], row["severity"]) for path, row in findings(reading).items()}
    assert found["server.llamafile"] == ("program-in-model-folder", "high")
    assert found["zero_to_fp32.py"] == ("code-in-model-folder", "low")
    assert found["extra.zip"] == ("archive-in-model-folder", "low")


def test_a_checkpoint_in_parts_is_said_and_the_model_without_weights_is_partial(sample, read):
    folder = sample("model-artifacts")
    (folder / "model.safetensors").unlink()
    (folder / "pytorch_model_fsdp_0").mkdir()
    (folder / "pytorch_model_fsdp_0" / "__0_0.distcp").write_bytes(b"PK\x03\x04archive/data.pkl")
    (folder / "global_step6").mkdir()
    (folder / "global_step6" / "mp_rank_00_model_states.pt").write_bytes(PICKLED)
    reading = read(folder)
    (fact,) = models(reading)
    assert (fact.quality, fact.body["sharded_checkpoints"]) == (
        Quality.PARTIAL,
        ["global_step6", "pytorch_model_fsdp_0"],
    )
    assert "shards of a distributed checkpoint" in fact.quality_reasons[1]
    assert findings(reading)["pytorch_model_fsdp_0/__0_0.distcp"]["rule"] == "sharded-training-checkpoint"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("modules.json", [{"idx": 0, "name": "0", "type": "custom_st.Transformer"}]),
        ("tokenizer_config.json", {"auto_map": {"AutoTokenizer": ["org/other--tokenizer.Own", None]}}),
    ],
)
def test_every_way_in_which_settings_call_for_code_is_found(name, content, sample, read):
    folder = sample("model-artifacts")
    (folder / name).write_text(json.dumps(content))
    reading = read(folder)
    assert models(reading)[0].body["remote_code"] is True
    assert findings(reading)[name]["rule"] == "remote-code-in-model-folder"


def test_the_modules_of_the_library_itself_are_no_code_from_elsewhere(sample, read):
    folder = sample("model-artifacts")
    (folder / "modules.json").write_text('[{"type": "sentence_transformers.models.Transformer"}]')
    assert models(read(folder))[0].body["remote_code"] is False


def test_an_adapter_whose_base_is_code_asks_for_code(write, read, tmp_path):
    mapping = {"base_model_class": "Own", "parent_library": "transformers_modules.org.own.modeling"}
    write("adapter_config.json", ADAPTER | {"auto_mapping": mapping})
    write("adapter_model.safetensors", safetensors())
    assert models(read(tmp_path))[0].body["remote_code"] is True


def test_an_archive_of_many_members_without_a_pickle_is_none(write):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        for number in range(1_500):
            made.writestr(f"samples/{number}.json", "{}")
    path = write("log.eval", buffer.getvalue())
    assert pickle_signs.reason(File(str(path), "log.eval", "log.eval")) is None
    with zipfile.ZipFile(buffer, "a") as made:
        made.writestr("data/weights.pkl", b"\x80\x04.")
    path = write("weights.eval", buffer.getvalue())
    assert "a pickle inside" in (pickle_signs.reason(File(str(path), "weights.eval", "weights.eval")) or "")
