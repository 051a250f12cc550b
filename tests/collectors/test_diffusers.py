"""A pipeline of several networks, and what is dangerous about it."""

from __future__ import annotations

import json
import shutil

import pytest

from governance.domain.evidence import Quality
from governance.parsing import canonical

POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n"


@pytest.fixture
def pipeline(sample, read):
    """The recorded pipeline with its index changed: facts of this collector, by kind, and what was not read."""
    top = sample("diffusers")

    def go(change=None, **parts):
        folder = top / "pipeline"
        index = json.loads((folder / "model_index.json").read_text())
        (folder / "model_index.json").write_text(json.dumps(index | parts))
        if change:
            change(folder)
        reading = read(top)
        facts = [fact for fact in reading.found if fact.collector.name == "diffusers"]
        (model,) = [fact for fact in facts if fact.kind == "model-artifacts.v1"]
        return model, [fact.body for fact in facts if fact.kind == "finding.v1"]

    return go


def test_a_pipeline_is_the_files_of_all_its_parts(pipeline):
    model, findings = pipeline()
    body = model.body
    assert (body["architecture"], body["form"], model.tool_version) == ("DDPMPipeline", "full-model", "0.42.1")
    assert [row["path"] for row in body["files"]] == [
        "model_index.json",
        "scheduler/scheduler_config.json",
        "unet/config.json",
        "unet/diffusion_pytorch_model.safetensors",
    ]
    assert body["manifest_digest"] == canonical.digest(body["files"])
    assert (body["formats"], body["remote_code"], body["unsafe_files"]) == (["safetensors"], False, [])
    assert body["parameters"] > 1000
    assert findings == []


def test_a_safety_checker_that_is_switched_off_is_a_finding(pipeline):
    _, findings = pipeline(safety_checker=[None, None], feature_extractor=[None, None])
    assert [(row["rule"], row["severity"]) for row in findings] == [("safety-checker-disabled", "medium")]


def test_a_safety_checker_that_is_named_and_not_there_makes_it_partial(pipeline):
    model, findings = pipeline(safety_checker=["stable_diffusion", "StableDiffusionSafetyChecker"])
    assert model.quality_reasons == ("safety_checker is named and its folder is not there",)
    assert (findings, model.body["remote_code"]) == ([], False)


@pytest.mark.parametrize("parts", [{"unet": ["my_unet", "Own"]}, {"_class_name": ["my_pipeline", "Own"]}])
def test_a_class_from_elsewhere_is_code(parts, pipeline):
    model, findings = pipeline(**parts)
    assert model.body["remote_code"] is True
    assert [(row["rule"], row["severity"]) for row in findings] == [("remote-code-in-model-folder", "high")]


def test_a_class_of_a_known_name_from_a_file_beside_it_is_code(pipeline):
    model, _ = pipeline(lambda folder: (folder / "unet" / "diffusers.py").write_text("class UNet2DModel: ..."))
    assert model.body["remote_code"] is True


def test_a_pickle_in_a_part_is_unsafe(pipeline):
    model, _ = pipeline(lambda folder: (folder / "unet" / "extra.bin").write_bytes(b"\x80\x02]."))
    assert [row["path"] for row in model.body["unsafe_files"]] == ["unet/extra.bin"]
    assert model.body["formats"] == ["pickle", "safetensors"]


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda folder: shutil.rmtree(folder / "unet"), "unet is named and its folder is not there"),
        (lambda folder: (folder / "unet" / "diffusion_pytorch_model.safetensors").write_text(POINTER), "Git LFS"),
        (lambda folder: (folder / "unet" / "diffusion_pytorch_model.safetensors").write_bytes(b"x"), "can not be read"),
    ],
)
def test_a_part_that_is_not_whole_makes_it_partial(change, word, pipeline):
    model, _ = pipeline(change)
    assert model.quality is Quality.PARTIAL
    assert word in " ".join(model.quality_reasons)


def test_the_settings_of_one_part_are_no_pipeline(write, read, tmp_path):
    write("config.json", {"_class_name": "UNet", "_diffusers_version": "1", "blocks": ["Down", "Down"]})
    write("other.json", {"_class_name": "X", "_diffusers_version": "1", "deep": {"a": ["diffusers", "X"]}})
    assert not [fact for fact in read(tmp_path).found if fact.collector.name == "diffusers"]
