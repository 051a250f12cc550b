"""Folders that hold weights, and what of them is no weights."""

from __future__ import annotations

import json
import pickle

import pytest

from governance.collectors.reading.collect import collect
from governance.errors import UnreadableError
from governance.reconciling import weights
from tests.collectors.made import safetensors

CONFIG = json.dumps({"model_type": "llama", "architectures": ["LlamaForCausalLM"], "hidden_size": 4})


@pytest.fixture
def put(tmp_path):
    def go(name, content=b""):
        path = tmp_path / "srv" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return go


def found(tmp_path):
    held, (source,) = weights.read([tmp_path / "srv"])
    return {each.weights.shown: each for each in held}, source


def test_a_model_folder_is_one_set_with_its_digest_as_the_ledger_knows_it(put, tmp_path):
    put("run/a/config.json", CONFIG)
    put("run/a/model.safetensors", safetensors())
    put("run/a/optimizer.pt", pickle.dumps({"state": 1}))
    put("run/a/notes.txt", "notes")
    sets, source = found(tmp_path)
    (one,) = sets.values()
    assert (one.weights.shown, one.weights.digest) == ("srv/run/a", None)
    assert {name for name, _ in one.weights.files} == {"config.json", "model.safetensors"}
    (fact,) = [f for f in collect([tmp_path / "srv"], environment=False).found if f.kind == "model-artifacts.v1"]
    assert one.hashed(None, None).digest == fact.body["manifest_digest"]
    assert (source.rows, source.of) == (3, "folders walked, 1 sets of weights found")


def test_each_checkpoint_is_a_set_with_its_step(put, tmp_path):
    for step in (5, 10):
        put(f"run/checkpoint-{step}/config.json", CONFIG)
        put(f"run/checkpoint-{step}/model.safetensors", safetensors())
    sets, _ = found(tmp_path)
    assert {shown: each.weights.step for shown, each in sets.items()} == {
        "srv/run/checkpoint-10": 10,
        "srv/run/checkpoint-5": 5,
    }


def test_files_without_settings_are_each_a_model_of_their_own_as_the_collector_has_it(put, tmp_path):
    put("gguf/one.safetensors", safetensors())
    put("gguf/two.safetensors", safetensors({"v": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}))
    sets, _ = found(tmp_path)
    facts = [f for f in collect([tmp_path / "srv"], environment=False).found if f.kind == "model-artifacts.v1"]
    assert {each.hashed(None, None).digest for each in sets.values()} == {f.body["manifest_digest"] for f in facts}
    assert set(sets) == {"srv/gguf/one.safetensors", "srv/gguf/two.safetensors"}


@pytest.mark.parametrize("name", ["last.ckpt", "model.pt", "weights.pth", "pytorch_model.bin"])
def test_a_pickle_under_a_name_of_weights_counts_though_no_model_lies_beside_it(name, put, tmp_path):
    put(f"light/{name}", pickle.dumps({"state_dict": [1.0]}))
    sets, _ = found(tmp_path)
    assert [each.weights.form for each in sets.values()] == ["pickle"]
    assert not next(iter(sets.values())).files  # nothing in a ledger is made of them, so nothing is hashed


@pytest.mark.parametrize("name", ["optimizer.pt", "rng_state.pth", "training_args.bin", "scheduler.pt"])
def test_what_a_training_resumes_from_is_no_weights(name, put, tmp_path):
    put(f"light/{name}", pickle.dumps({"state": 1}))
    assert found(tmp_path)[0] == {}


def test_a_pickle_of_another_name_is_counted_and_no_set(put, tmp_path):
    put("data/table.pkl", pickle.dumps([1]))
    sets, source = found(tmp_path)
    assert sets == {}
    assert source.of.endswith("1 pickles of other names not counted")


def test_a_checkpoint_in_parts_counts_as_the_folder_that_it_is_part_of(put, tmp_path):
    put("run/checkpoint-5/global_step5/mp_rank_00_model_states.pt", b"x" * 10)
    put("run/checkpoint-6/pytorch_model_fsdp_0/__0_0.distcp", b"y" * 10)
    sets, _ = found(tmp_path)
    assert {shown: each.weights.form for shown, each in sets.items()} == {
        "srv/run/checkpoint-5": "in parts",
        "srv/run/checkpoint-6": "in parts",
    }


def test_a_cut_file_and_a_pointer_are_doubts_and_not_left_out(put, tmp_path):
    put("a/config.json", CONFIG)
    put("a/model.safetensors", safetensors()[:20])
    put("b/config.json", CONFIG)
    put("b/model.safetensors", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")
    sets, _ = found(tmp_path)
    assert set(sets) == {"srv/a", "srv/b"}
    assert all(each.weights.doubts for each in sets.values())


def test_what_can_not_be_entered_is_counted_as_not_read(put, tmp_path):
    put("a/config.json", CONFIG)
    (tmp_path / "srv" / "out").symlink_to(tmp_path.parent / "elsewhere")
    _, source = found(tmp_path)
    assert (source.not_read, len(source.notes)) == (1, 1)


def test_a_folder_named_twice_or_below_another_is_walked_once(put, tmp_path):
    put("a/b/config.json", CONFIG)
    put("a/b/model.safetensors", safetensors())
    outer, inner = tmp_path / "srv", tmp_path / "srv" / "a"
    both = weights.read([inner, outer, outer])[0]
    assert [each.weights for each in both] == [each.weights for each in weights.read([outer, inner])[0]]
    assert [each.weights.shown for each in both] == ["srv/a/b"]


@pytest.mark.parametrize("name", ["none", "file.txt"])
def test_what_is_no_folder_is_refused(name, put, tmp_path):
    put("file.txt", "x")
    with pytest.raises(UnreadableError, match="folder"):
        weights.read([tmp_path / "srv" / name])
