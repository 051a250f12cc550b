"""Settings files of training tools: what was asked for, and what was left open."""

from __future__ import annotations

import json

import pytest

from governance.domain.evidence import Quality

TOOLS = ("axolotl-config", "llama-factory-config", "torchtune-config", "accelerate-config", "deepspeed-config")
AXOLOTL = """base_model: org/base
datasets:
  - path: org/data
    type: alpaca
micro_batch_size: 2
sequence_len: 512
"""
FACTORY = "model_name_or_path: org/base\nstage: sft\ndo_train: true\ndataset: d1, d2\n"
TUNE = """checkpointer: {_component_: torchtune.training.FullModelHFCheckpointer, checkpoint_dir: "%s"}
model: {_component_: torchtune.models.llama3.%s}
dataset: {_component_: torchtune.datasets.alpaca_dataset}
loss: {_component_: torchtune.rlhf.loss.DPOLoss}
"""
ACCELERATE = "compute_environment: LOCAL_MACHINE\ndistributed_type: %s\nmixed_precision: 'no'\nnum_processes: 1\n%s"


@pytest.fixture
def only(read, tmp_path):
    def go():
        reading = read(tmp_path)
        (fact,) = [fact for fact in reading.found if fact.kind == "training-settings.v1"]
        return fact

    return go


def test_the_sample_of_axolotl_says_what_was_asked_for(sample, read):
    (fact,) = read(sample("axolotl-config")).found
    body = fact.body
    assert body["base_model"]["revision"] == "12fd25f77366fa6b3b4b768ec3050bf629380bac"
    assert [(row["name"], row["type"], row["use"]) for row in body["data_sets"]] == [
        ("acme/helpdesk", "chat_template", "training"),
        ("json", "own format", "training"),
        ("acme/helpdesk", "chat_template", "evaluation"),
    ]
    assert body["data_sets"][1]["source"] == "data/extra.jsonl"
    assert body["adapter"] == {"type": "qlora", "r": 16, "alpha": 32, "target_modules": ["q_proj", "v_proj"]}
    assert (body["learning_rate"], body["precision"], body["quantized_base"]) == (0.0002, "bf16", "4-bit")
    assert (body["gradient_checkpointing"], body["trust_remote_code"], body["reports_to"]) == (True, False, ["wandb"])
    assert "some-team" not in json.dumps(body)


def test_the_sample_of_llama_factory_follows_its_list_of_data(sample, read):
    (fact,) = [fact for fact in read(sample("llama-factory-config")).found if fact.kind == "training-settings.v1"]
    rows = {row["name"]: row for row in fact.body["data_sets"]}
    assert (rows["helpdesk"]["source"], rows["helpdesk"]["type"]) == ("acme/helpdesk", "sharegpt")
    assert rows["identity"]["digest"] == "sha1:f1d2d2f924e986ac86fdf7b36c94bcdf32beec15"
    assert (fact.body["method"], fact.body["learning_rate"], fact.body["validation"]) == ("sft", 0.0001, 0.1)
    assert [source.path for source in fact.sources] == ["train.yaml", "dataset_info.json"]


def test_the_sample_of_torchtune_keeps_references_open(sample, read):
    (fact,) = read(sample("torchtune-config")).found
    body = fact.body
    assert body["unresolved"] == {"references": 3, "automatic": 0}
    assert [row["name"] for row in body["data_sets"]] == ["alpaca_cleaned_dataset", "acme/helpdesk"]
    assert (body["base_model"]["name"], body["method"], body["seed"]) == ("/data/Llama-3.2-1B-Instruct", "sft", 7)
    assert body["adapter"]["target_modules"] == ["mlp", "q_proj", "v_proj"]
    assert body["components"]["optimizer"] == "torch.optim.AdamW"


def test_the_sample_of_accelerate_says_how_the_work_is_spread_and_not_where(sample, read):
    (fact,) = read(sample("accelerate-config")).found
    assert fact.body["distributed"] == {
        "strategy": "fsdp", "processes": 4, "machines": 2, "version": 2, "offload": True,
    }  # fmt: skip
    assert "10.0.0.7" not in json.dumps(fact.body)


def test_the_sample_of_deepspeed_counts_what_is_left_to_the_caller(sample, read):
    (fact,) = read(sample("deepspeed-config")).found
    body = fact.body
    assert body["distributed"] == {"strategy": "deepspeed", "stage": 3, "offload": True}
    assert (body["batch"]["total"], body["weight_decay"], body["unresolved"]["automatic"]) == (None, None, 3)
    assert (body["precision"], body["learning_rate"], body["reports_to"]) == ("bf16", 2e-5, ["wandb"])
    assert "some-team" not in json.dumps(body)


@pytest.mark.parametrize("name", TOOLS)
def test_only_one_collector_takes_a_settings_file(name, sample, read):
    kinds = [fact.collector.name for fact in read(sample(name)).found]
    assert kinds == [name]


@pytest.mark.parametrize(("line", "method"), [("rl: dpo", "dpo"), ("rl: grpo", "grpo"), ("reward_model: true", "reward"),
                                              ("pretraining_dataset: org/web", "pretraining"), ("", "sft")])  # fmt: skip
def test_the_method_of_axolotl(line, method, write, only):
    write("config.yml", f"{AXOLOTL}{line}\n")
    assert only().body["method"] == method


def test_a_whole_number_format_of_auto_fixes_nothing(write, only):
    write("config.yml", AXOLOTL + "bf16: auto\n")
    assert (only().body["precision"], only().body["unresolved"]["automatic"]) == (None, 1)


def test_a_data_set_as_a_bare_path_is_read(write, only):
    write("config.yml", AXOLOTL.replace("- path: org/data\n    type: alpaca", "- org/data"))
    assert [(row["name"], row["type"]) for row in only().body["data_sets"]] == [("org/data", None)]


def test_tokens_are_never_copied(write, read, tmp_path):
    secret = "hf_" + "A" * 34
    write("a.yml", f"{AXOLOTL}hf_token: {secret}\nwandb_api_key: {secret}\n")
    write("b.yml", f"{FACTORY}hf_hub_token: {secret}\n")
    facts = read(tmp_path).found
    assert len(facts) == 2
    assert secret not in json.dumps([fact.body for fact in facts])


@pytest.mark.parametrize("fill_in", ["<your-model>", "/path/to/model", "your_username/model"])
def test_an_example_that_was_not_filled_in_is_a_placeholder(fill_in, write, only):
    write("config.yml", AXOLOTL.replace("org/base", fill_in))
    assert only().quality is Quality.PLACEHOLDER


def test_a_base_or_data_left_out_is_partial(write, only):
    write("config.yml", AXOLOTL.replace("org/base", "null").replace("- path: org/data\n    type: alpaca", "- {}"))
    assert only().quality_reasons == (
        "the file does not name the model that training starts from",
        "the file names no data to train on",
    )


def test_a_last_line_without_an_end_is_partial(write, only):
    write("config.yml", AXOLOTL + "seed: 4")
    assert only().quality_reasons == ("the file ends in the middle of a line, so it may have been cut",)


def test_words_where_a_number_belongs_are_not_read(write, read, tmp_path):
    write("config.yml", AXOLOTL + "learning_rate: rather small\n")
    assert [row.reason for row in read(tmp_path).not_read] == ["learning_rate is not a number"]


@pytest.mark.parametrize(
    "more", ["x: !!python/object/apply:os.system [ls]\n", "y: &a [1]\nz: *a\n", "base_model: twice\n"]
)
def test_tags_anchors_and_keys_that_stand_twice_are_not_read(more, write, read, tmp_path):
    write("config.yml", AXOLOTL + more)
    reading = read(tmp_path)
    assert reading.found == ()
    assert len(reading.not_read) == 1


def test_a_model_card_that_quotes_such_a_file_is_none(write, read, tmp_path):
    write("README.md", f"---\nbase_model: org/base\ndatasets:\n- org/data\n---\n```yaml\n{AXOLOTL}```\n")
    assert not [fact for fact in read(tmp_path).found if fact.kind == "training-settings.v1"]


def test_a_name_that_the_list_of_data_does_not_know_is_said(write, only):
    write("train.yaml", FACTORY)
    write("data/dataset_info.json", {"d1": {"script_url": "own"}})
    assert only().quality_reasons == ("the list of data beside it does not know 'd2'",)


def test_llama_factory_in_json_is_read(write, only):
    write("train.json", {"model_name_or_path": "org/base", "stage": "dpo", "do_train": True, "dataset": "d",
                         "finetuning_type": "full", "deepspeed": "ds.json", "max_samples": 10})  # fmt: skip
    body = only().body
    assert (body["method"], body["adapter"], body["max_samples"]) == ("dpo", None, 10)
    assert body["distributed"] == {"strategy": "deepspeed", "settings_file": True}


def test_a_file_of_llama_factory_that_asks_for_no_training_is_partial(write, only):
    write("predict.yaml", FACTORY.replace("do_train", "do_predict"))
    assert only().quality_reasons == ("the file does not ask for a training (do_train)",)


def test_a_base_that_is_a_reference_is_not_named(write, only):
    write("recipe.yaml", TUNE % ("${base}", "qlora_llama3_8b"))
    fact = only()
    assert (fact.quality, fact.body["base_model"]["name"], fact.body["quantized_base"]) == (
        Quality.PARTIAL,
        None,
        "4-bit",
    )
    assert (fact.body["method"], fact.body["adapter"]["type"]) == ("dpo", "qlora")


@pytest.mark.parametrize(
    ("kind", "more", "spread"),
    [
        ("'NO'", "", {"strategy": "none"}),
        ("MULTI_GPU", "", {"strategy": "multi_gpu"}),
        ("FSDP", "fsdp_config: {fsdp_sharding_strategy: FULL_SHARD}\n", {"strategy": "fsdp", "version": 1}),
        ("DEEPSPEED", "deepspeed_config: {zero_stage: 2, offload_optimizer_device: none}\n",
         {"strategy": "deepspeed", "stage": 2, "offload": False}),
        ("DEEPSPEED", "deepspeed_config: {deepspeed_config_file: ds.json}\n",
         {"strategy": "deepspeed", "stage": None, "settings_file": True}),
    ],
)  # fmt: skip
def test_the_ways_of_accelerate(kind, more, spread, write, only):
    write("default_config.yaml", ACCELERATE % (kind, more))
    body = only().body
    assert body["distributed"].items() >= spread.items()
    assert body["precision"] is None


def test_settings_of_deepspeed_inside_another_document_are_not_one(write, read, tmp_path):
    write("run.json", {"config": {"zero_optimization": {"stage": 2}}})
    assert read(tmp_path).found == ()


def test_the_old_way_to_move_numbers_out_of_the_gpu_is_known(write, only):
    write("ds.json", {"train_batch_size": 8, "zero_optimization": {"stage": 2, "cpu_offload": True}})
    assert (only().body["distributed"]["offload"], only().body["batch"]["total"]) == (True, 8)


def test_numbers_with_underscores_are_the_numbers_they_look_like(write, only):
    write("a.yaml", AXOLOTL.replace("512", "500_000"))
    assert only().body["sequence_length"] == 500_000


def test_warmup_steps_below_one_are_a_share_of_the_training(write, only):
    write("a.yaml", AXOLOTL + "warmup_steps: 0.1\n")
    assert (only().body["warmup_steps"], only().body["warmup_ratio"]) == (None, 0.1)
    write("a.yaml", AXOLOTL + "warmup_steps: 10\nwarmup_ratio: 0.5\n")
    assert (only().body["warmup_steps"], only().body["warmup_ratio"]) == (10, 0.5)


def test_a_training_on_the_data_of_a_plugin_names_no_data_and_is_partial(write, only):
    plugin = "base_model: org/base\nrl: grpo\nmicro_batch_size: 1\nplugins:\n  - axolotl.integrations.nemo_gym.Plugin\n"
    write("a.yaml", plugin)
    assert (only().body["method"], only().quality) == ("grpo", Quality.PARTIAL)
