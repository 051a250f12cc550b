"""Which bytes a model is, and what is dangerous about them."""

from __future__ import annotations

import json
import pickle
import shutil
import zipfile

import pytest

from governance.domain.evidence import Quality
from governance.errors import UnreadableError
from governance.parsing import canonical

from .made import gguf, safetensors

CONFIG = {"model_type": "gpt2", "architectures": ["GPT2LMHeadModel"], "transformers_version": "5.23.0"}
ADAPTER = {
    "peft_type": "LORA",
    "r": 2,
    "lora_alpha": 4,
    "target_modules": ["v", "q"],
    "base_model_name_or_path": "base",
}


class Runs:
    def __reduce__(self):
        return (print, ("ran",))


def models(reading):
    return [fact for fact in reading.found if fact.kind == "model-artifacts.v1"]


def findings(reading):
    return {fact.body["path"]: fact.body for fact in reading.found if fact.kind == "finding.v1"}


def test_a_full_model_is_its_files(sample, read):
    (fact,) = models(read(sample("model-artifacts")))
    body = fact.body
    assert (body["form"], body["architecture"], body["formats"]) == ("full-model", "GPT2LMHeadModel", ["safetensors"])
    assert [row["path"] for row in body["files"]] == ["config.json", "generation_config.json", "model.safetensors"]
    assert body["manifest_digest"] == canonical.digest(body["files"]) == fact.subject.digest
    assert (body["tensors"], body["dtypes"]) == (16, {"F32": 16})
    assert body["total_bytes"] == sum(row["size"] for row in body["files"])


def test_the_same_model_elsewhere_has_the_same_digest(sample, read, tmp_path):
    folder = sample("model-artifacts")
    shutil.copytree(folder, tmp_path / "copy")
    assert models(read(folder))[0].body["manifest_digest"] == models(read(tmp_path / "copy"))[0].body["manifest_digest"]


@pytest.mark.parametrize("change", ["swap", "rename", "add"])
def test_weights_swapped_renamed_or_added_change_the_digest(change, sample, read):
    folder = sample("model-artifacts")
    before = models(read(folder))[0].body["manifest_digest"]
    weights = folder / "model.safetensors"
    if change == "swap":
        weights.write_bytes(weights.read_bytes()[:-1] + b"\1")
    elif change == "rename":
        weights.rename(folder / "other.safetensors")
    else:
        (folder / "extra.safetensors").write_bytes(safetensors())
    assert models(read(folder))[0].body["manifest_digest"] != before


def test_results_and_cards_beside_the_weights_do_not_change_the_digest(sample, read):
    folder = sample("model-artifacts")
    before = models(read(folder))[0].body["manifest_digest"]
    for name in ("README.md", "all_results.json", "trainer_log.txt"):
        (folder / name).write_text("{}")
    assert models(read(folder))[0].body["manifest_digest"] == before


def test_an_adapter_names_its_base_and_settings(write, read, tmp_path):
    write("adapter_config.json", ADAPTER)
    write("adapter_model.safetensors", safetensors())
    (fact,) = models(read(tmp_path))
    assert fact.body["form"] == "adapter"
    assert fact.body["base"] == {"name": "base", "revision": None}
    assert fact.body["adapter"] == {
        "type": "LORA", "r": 2, "alpha": 4, "target_modules": ["q", "v"], "task_type": None,
    }  # fmt: skip


def test_what_an_adapter_was_trained_for_is_read_as_it_is_written(write, read, tmp_path):
    write("adapter_config.json", ADAPTER | {"task_type": "SEQ_CLS"})
    write("adapter_model.safetensors", safetensors())
    (fact,) = models(read(tmp_path))
    assert fact.body["adapter"]["task_type"] == "SEQ_CLS"
    assert fact.quality is Quality.COMPLETE


def test_an_adapter_without_weights_is_partial_and_nobodys_candidate(write, read, tmp_path):
    write("adapter_config.json", ADAPTER)
    (fact,) = models(read(tmp_path))
    assert (fact.quality, fact.subject.role, fact.body["tensors"]) == (Quality.PARTIAL, None, None)


def test_a_bare_weight_file_is_a_model_of_form_weights(write, read, tmp_path):
    write("a.safetensors", safetensors())
    write("b.gguf", b"GGUF" + (3).to_bytes(4, "little") + (1).to_bytes(8, "little") * 2 + bytes(100))
    forms = [(fact.body["name"], fact.body["form"], fact.body["formats"], fact.body["tensors"]) for fact in
             models(read(tmp_path))]  # fmt: skip
    assert forms == [("a.safetensors", "weights", ["safetensors"], 1), ("b.gguf", "weights", ["gguf"], 1)]


def test_settings_alone_are_no_model(write, read, tmp_path):
    write("config.json", CONFIG)
    assert read(tmp_path).found == ()


@pytest.mark.parametrize(
    "damage",
    [
        safetensors()[:-1], safetensors(extra=b"more"), safetensors()[:20], b"", b"\0" * 7,
        (2**40).to_bytes(8, "little") + b"{}",
        safetensors({"w": {"dtype": "F32", "shape": [2, 2], "data_offsets": [4, 20]}}),
        safetensors({"w": {"dtype": "F32", "shape": [3], "data_offsets": [0, 16]}}),
        safetensors({"w": {"dtype": "Q9", "shape": [4], "data_offsets": [0, 16]}}),
        safetensors({"w": {"dtype": "F32", "shape": [-4], "data_offsets": [0, 16]}}),
        safetensors({"w": {"dtype": "F32", "shape": [2**60, 2**60], "data_offsets": [0, 16]}}),
        safetensors({"w": 5}),
        b"GGUF" + (3).to_bytes(4, "little") + (2**40).to_bytes(8, "little") * 2,
        b"GGUF" + (9).to_bytes(4, "little") + bytes(100), b"GGUF\3",
    ],
)  # fmt: skip
def test_a_damaged_weight_file_keeps_the_whole_model_from_being_listed(damage, write, read, tmp_path):
    write("config.json", CONFIG)
    write("model-1.safetensors", safetensors())
    write("model-2.safetensors", damage)
    reading = read(tmp_path)
    assert models(reading) == []
    assert [row.path for row in reading.not_read] == ["model-2.safetensors"]


def test_pickled_weights_are_a_grave_finding_and_part_of_the_model(write, read, tmp_path):
    write("config.json", CONFIG)
    write("pytorch_model.bin", pickle.dumps(Runs(), protocol=2))
    reading = read(tmp_path)
    (fact,) = models(reading)
    assert fact.body["formats"] == ["pickle"]
    assert [row["path"] for row in fact.body["unsafe_files"]] == ["pytorch_model.bin"]
    assert "pytorch_model.bin" in [row["path"] for row in fact.body["files"]]
    assert (fact.body["tensors"], fact.body["parameters"]) == (None, None)
    assert findings(reading)["pytorch_model.bin"]["severity"] == "high"


@pytest.mark.parametrize("protocol", range(6))
def test_a_pickle_beside_safetensors_is_found_whatever_its_protocol(protocol, sample, read):
    folder = sample("model-artifacts")
    (folder / "extra.pkl").write_bytes(pickle.dumps(Runs(), protocol=protocol))
    found = findings(read(folder))
    assert found["extra.pkl"]["severity"] == "high"
    assert found["extra.pkl"]["rule"] == "pickle-in-model-folder"


def test_a_pickle_under_the_name_of_a_text_is_found(sample, read):
    folder = sample("model-artifacts")
    (folder / "notes.txt").write_bytes(pickle.dumps(Runs()))
    assert "notes.txt" in findings(read(folder))


def test_a_torch_archive_is_found_by_what_is_in_it(sample, read):
    folder = sample("model-artifacts")
    with zipfile.ZipFile(folder / "weights.zip", "w") as archive:
        archive.writestr("archive/version", "3")
        archive.writestr("archive/data.pkl", b"x")
    assert findings(read(folder))["weights.zip"]["severity"] == "high"


def test_what_only_resuming_would_load_is_a_lesser_finding(sample, read):
    reading = read(sample("model-artifacts"))
    assert findings(reading)["training_args.bin"]["severity"] == "medium"
    assert models(reading)[0].body["unsafe_files"][0]["path"] == "training_args.bin"
    (bound,) = {fact.subject.digest for fact in reading.found}
    assert bound == models(reading)[0].body["manifest_digest"]


def test_plain_numbers_with_a_pickles_suffix_are_no_pickle(sample, read):
    folder = sample("model-artifacts")
    (folder / "openvino_model.bin").write_bytes(bytes(range(7, 207)) * 10)
    assert "openvino_model.bin" not in findings(read(folder))


@pytest.mark.parametrize("spelling", ['"auto_map"', '"auto\\u005fmap"'])
def test_code_that_comes_with_the_model_is_a_grave_finding(spelling, sample, read):
    folder = sample("model-artifacts")
    config = json.loads((folder / "config.json").read_text())
    text = json.dumps(config)[:-1] + f', {spelling}: {{"AutoModel": "modeling.Own"}}}}'
    (folder / "config.json").write_text(text)
    (folder / "modeling.py").write_text("class Own: ...")
    reading = read(folder)
    assert models(reading)[0].body["remote_code"] is True
    assert "modeling.py" in [row["path"] for row in models(reading)[0].body["files"]]
    assert findings(reading)["config.json"]["severity"] == "high"


def test_a_pointer_in_place_of_weights_is_not_complete(write, read, tmp_path):
    write("config.json", CONFIG)
    write("model.safetensors", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n")
    reading = read(tmp_path)
    (fact,) = models(reading)
    assert (fact.quality, fact.body["lfs_pointers"]) == (Quality.PARTIAL, ["model.safetensors"])
    assert [row.path for row in reading.not_read] == ["model.safetensors"]


def test_a_shard_that_the_index_names_and_nobody_has_is_said(write, read, tmp_path):
    write("config.json", CONFIG)
    write("model-1.safetensors", safetensors())
    write("model.safetensors.index.json", {"weight_map": {"a": "model-1.safetensors", "b": "../model-2.safetensors"}})
    (fact,) = models(read(tmp_path))
    assert fact.quality_reasons == ("../model-2.safetensors is named by the index and is not there",)


def test_the_chat_template_is_found_in_its_file_or_in_the_tokenizer(write, read, tmp_path):
    write("a/config.json", CONFIG)
    write("a/model.safetensors", safetensors())
    write("a/chat_template.jinja", "{{ x }}")
    write("b/config.json", CONFIG)
    write("b/model.safetensors", safetensors())
    write("b/tokenizer_config.json", {"chat_template": "{{ x }}"})
    one, other = (fact.body["chat_template_sha256"] for fact in models(read(tmp_path)))
    assert one == other is not None


def test_checkpoints_below_final_weights_are_not_listed(sample, read):
    folder = sample("model-artifacts")
    for step in (3, 6):
        shutil.copytree(folder, folder / f"checkpoint-{step}", ignore=shutil.ignore_patterns("checkpoint-*"))
    assert [fact.path for fact in models(read(folder))] == ["config.json"]


def test_of_checkpoints_alone_the_latest_is_listed(sample, read, tmp_path):
    folder = sample("model-artifacts")
    for step in (9, 10):
        shutil.copytree(folder, tmp_path / "run" / f"checkpoint-{step}")
    assert [fact.body["name"] for fact in models(read(tmp_path / "run"))] == ["checkpoint-10"]


def test_shards_are_missed_by_their_numbers_alone(write, read, tmp_path):
    write("config.json", CONFIG)
    write("model-00001-of-00003.safetensors", safetensors())
    (fact,) = models(read(tmp_path))
    assert fact.quality_reasons == ("2 of 3 shards are not there, model-00002-of-00003.safetensors among them",)


def test_the_header_of_a_gguf_file_says_base_licence_and_template(write, read, tmp_path):
    notes = {
        "general.name": "Tiny", "general.license": "apache-2.0", "general.architecture": "llama",
        "general.author": "Ann Example", "general.base_model.count": 1, "general.base_model.0.name": "SmolLM2 135M",
        "general.base_model.0.organization": "HuggingFaceTB",
        "general.base_model.0.repo_url": "https://huggingface.co/HuggingFaceTB/SmolLM2-135M",
        "general.dataset.count": 1, "general.dataset.0.name": "Smol Talk", "general.file_type": 7,
        "tokenizer.chat_template": "{{ x }}",
    }  # fmt: skip
    write("tiny.gguf", gguf(notes))
    (fact,) = models(read(tmp_path))
    body = fact.body
    assert (body["parameters"], body["dtypes"], body["architecture"]) == (32, {"F32": 1}, "llama")
    assert body["base"] == {"name": "HuggingFaceTB/SmolLM2-135M", "revision": None}
    assert body["declared_in_weights"]["license"] == "apache-2.0"
    assert body["declared_in_weights"]["data_sets"] == [{"name": "Smol Talk", "repository": None}]
    assert body["chat_template_sha256"].startswith("sha256:e52c737297f7dad6")
    assert "Ann Example" not in json.dumps(body)


def test_one_part_of_a_split_gguf_file_is_partial(write, read, tmp_path):
    write("tiny-00001-of-00002.gguf", gguf({}))
    assert models(read(tmp_path))[0].quality is Quality.PARTIAL
    write("tiny-00002-of-00002.gguf", gguf({}))
    assert {fact.quality for fact in models(read(tmp_path))} == {Quality.COMPLETE}


@pytest.mark.parametrize(
    ("damage", "word"),
    [
        (lambda whole: whole[:-1], "the tensors end at byte"),
        (lambda whole: whole[:60], "cut off"),
        (
            lambda whole: whole.replace(b"\x04\0\0\0\0\0\0\0Tiny", b"\xff\xff\xff\xff\xff\xff\xff\x7fTiny"),
            "cut off or false",
        ),
    ],
)
def test_a_damaged_gguf_file_is_not_read(damage, word, write, read, tmp_path):
    write("tiny.gguf", damage(gguf({"general.name": "Tiny"})))
    reading = read(tmp_path)
    assert models(reading) == []
    assert word in reading.not_read[0].reason


def test_a_big_endian_gguf_file_is_read(write, read, tmp_path):
    write("big.gguf", gguf({"general.name": "Big"}, order=">"))
    assert models(read(tmp_path))[0].body["declared_in_weights"]["name"] == "Big"


def test_the_notes_of_an_image_model_are_kept_without_the_path_of_its_base(write, read, tmp_path):
    notes = {"format": "pt", "modelspec.license": "CreativeML", "ss_sd_model_name": "/home/ann/sd15.safetensors",
             "ss_learning_rate": "0.0001", "ss_tag_frequency": "{}"}  # fmt: skip
    tensor = {"w": {"dtype": "F32", "shape": [4], "data_offsets": [0, 16]}}
    write("lora.safetensors", safetensors({"__metadata__": notes, **tensor}))
    said = models(read(tmp_path))[0].body["declared_in_weights"]
    assert (said["license"], said["bases"][0]["name"]) == ("CreativeML", "sd15.safetensors")
    assert said["training"] == {"ss_learning_rate": "0.0001"}


def test_metadata_that_is_not_text_by_name_is_refused(write, read, tmp_path):
    tensor = {"w": {"dtype": "F32", "shape": [4], "data_offsets": [0, 16]}}
    write("x.safetensors", safetensors({"__metadata__": {"a": 1}, **tensor}))
    assert read(tmp_path).not_read[0].reason == "its __metadata__ is not text by name"


def test_a_header_of_many_tensors_is_walked_like_a_short_one(monkeypatch):
    from governance.collectors.formats import safetensors_header

    tensors = {f"layer.{n}": {"dtype": "F32", "shape": [1], "data_offsets": [4 * n, 4 * n + 4]} for n in range(50)}
    tensors["empty"] = {"dtype": "F32", "shape": [0], "data_offsets": [200, 200]}
    header = json.dumps({"__metadata__": {"format": "pt"}, **tensors}).encode()
    whole = safetensors_header.parse(header, 200)
    monkeypatch.setattr(safetensors_header, "MAX_PARSED", 100)
    assert safetensors_header.parse(header, 200) == whole
    for damaged, room in ((header, 201), (header[:-1], 200), (header + b"x", 200),
                          (header.replace(b"layer.7", b"layer.8"), 200), (header.replace(b"[8, 12]", b"[4, 8]"), 200)):  # fmt: skip
        with pytest.raises(UnreadableError):
            safetensors_header.parse(damaged, room)


def test_a_pointer_in_place_of_what_resumes_a_training_leaves_the_model_whole(sample, read):
    folder = sample("model-artifacts")
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "a" * 64 + "\nsize 5\n"
    for name in ("training_args.bin", "optimizer.pt", "scheduler.pt"):
        (folder / name).write_text(pointer)
    (fact,) = models(read(folder))
    assert (fact.quality, fact.body["lfs_pointers"]) == (Quality.COMPLETE, [])


def test_an_adapter_that_works_by_blocks_has_a_rank_of_nought_and_so_none(write, read, tmp_path):
    long = "|".join(f"(?:model.layers.{number}.self_attn.q_proj)" for number in range(30))
    write("adapter_config.json", {"peft_type": "OFT", "r": 0, "oft_block_size": 32, "target_modules": long})
    write("adapter_model.safetensors", safetensors())
    (fact,) = models(read(tmp_path))
    assert (fact.body["adapter"]["r"], fact.body["adapter"]["target_modules"]) == (None, [long])


def test_a_type_of_numbers_that_is_not_known_leaves_the_length_unchecked(write, read, tmp_path):
    made = bytearray(gguf({}))
    at = made.index(b"w", 24) + 1 + 4 + 8  # behind the name, the count of dimensions and the one dimension
    made[at : at + 4] = (99).to_bytes(4, "little")
    write("m.gguf", bytes(made))
    (fact,) = models(read(tmp_path))
    assert (fact.quality, fact.body["dtypes"]) == (Quality.PARTIAL, {"type 99": 1})
