"""Trainings, their settings and their weights, as tools left them in public."""

from __future__ import annotations

import pytest

from governance.domain.evidence import Quality


@pytest.mark.parametrize(
    ("name", "version", "loss"), [("hf-trainer-v4", "4.46.3", 5.5486), ("hf-trainer-v5", "5.23.0", 5.37384033203125)]
)
def test_the_settings_of_a_trainer_run_are_in_its_tensorboard_file(name, version, loss, facts):
    found, _ = facts(name, "transformers-run")
    body = found["trainer_state.json"].body
    assert (body["framework_version"], body["final_loss"], body["sessions"]) == (version, loss, 1)
    settings = body["hyperparameters"]
    assert (settings["learning_rate"], settings["per_device_train_batch_size"], settings["max_steps"]) == (5e-5, 8, 12)
    assert settings["eval_strategy"] == "steps"
    assert body["hyperparameters_from"] == "args/text_summary of a TensorBoard file"
    assert body["total_flos"] == 469499904.0
    assert body["last_logged"]["eval_loss"] == body["eval_history"][-1]["loss"]


def test_a_run_of_trl_names_its_objective(facts):
    found, _ = facts("hf-trl-sft", "transformers-run")
    body = found["trainer_state.json"].body
    assert (body["input_tokens_seen"], body["total_flos"]) == (5868, 3755435125248.0)
    assert body["last_logged"]["mean_token_accuracy"] == 0.3431735813617706
    assert body["hyperparameters"] is None or body["hyperparameters_from"]


def test_a_gguf_header_names_licence_base_and_data(facts):
    found, _ = facts("gguf", "model-artifacts")
    body = found["tiny.gguf"].body
    assert body["base"] == {"name": "HuggingFaceTB/SmolLM2-135M-Instruct", "revision": None}
    assert body["declared_in_weights"]["license"] == "apache-2.0"
    assert body["declared_in_weights"]["data_sets"] == [{"name": "helpdesk-v1", "repository": None}]
    assert (body["parameters"], body["dtypes"]) == (16, {"F32": 1})


def test_a_pipeline_and_an_adapter_of_diffusers(facts):
    found, _ = facts("diffusers", "diffusers")
    body = found["pipe/model_index.json"].body
    assert (body["architecture"], body["tensors"], body["parameters"]) == ("DDPMPipeline", 142, 285667)
    weights, _ = facts("diffusers", "model-artifacts")
    assert weights["lora/pytorch_lora_weights.safetensors"].body["parameters"] == 8192


def test_the_examples_of_axolotl(facts):
    found, not_read = facts("axolotl", "axolotl-config")
    assert not_read == ()
    dpo = found["instruct-dpo-lora-8b.yml"]
    assert (dpo.quality, dpo.body["method"], dpo.body["quantized_base"]) == (Quality.COMPLETE, "dpo", "8-bit")
    assert dpo.body["adapter"] == {"type": "lora", "r": 32, "alpha": 16, "target_modules": ["all linear layers"]}
    full = found["fft-8b-liger-fsdp.yaml"].body
    assert (full["learning_rate"], full["epochs"], full["unresolved"]["automatic"]) == (2e-05, 1, 1)
    assert full["data_sets"][0]["split"] == "train[:20%]"
    assert full["distributed"] == {"strategy": "fsdp", "version": None, "offload": True}


def test_the_examples_of_llama_factory(facts):
    found, not_read = facts("llamafactory", "llama-factory-config")
    assert not_read == ()
    assert {name: fact.body["method"] for name, fact in found.items()} == {
        "mossvl_lora_sft.yaml": "sft", "qwen3_lora_dpo.yaml": "dpo", "qwen3_lora_kto.yaml": "kto",
    }  # fmt: skip
    body = found["mossvl_lora_sft.yaml"].body
    assert [row["source"] for row in body["data_sets"]] == ["mllm_demo.json", "identity.json", "alpaca_en_demo.json"]
    assert (body["trust_remote_code"], body["max_samples"]) == (True, 1000)


def test_the_recipes_of_torchtune(facts):
    found, _ = facts("torchtune", "torchtune-config")
    dpo, sft = found["8B_lora_dpo.yaml"].body, found["1B_lora_single_device.yaml"].body
    assert (dpo["method"], dpo["max_steps_per_epoch"], dpo["sequence_length"]) == ("dpo", 1000, 1024)
    assert (sft["method"], sft["unresolved"]["references"], sft["learning_rate"]) == ("sft", 3, 0.0003)


def test_the_settings_of_accelerate_and_deepspeed(facts):
    found, _ = facts("accelerate-config", "accelerate-config")
    assert {name: fact.body["distributed"]["version"] for name, fact in found.items()} == {
        "fsdp2_config.yaml": 2, "fsdp_config.yaml": 1,
    }  # fmt: skip
    found, _ = facts("deepspeed-config", "deepspeed-config")
    told = {
        name: (fact.body["distributed"]["stage"], fact.body["distributed"]["offload"]) for name, fact in found.items()
    }
    assert told == {
        "ds_z2_config.json": (2, False), "ds_z3_config.json": (3, False), "ds_z3_offload_config.json": (3, True),
    }  # fmt: skip
