"""Names of the settings of a Trainer that are kept, and of the ways to train that TRL and Unsloth have classes for.

One list for whoever reads the files that a Trainer leaves and for whoever sits inside one while it runs; so it imports
next to nothing. Source of the names: https://huggingface.co/docs/transformers/main_classes/trainer#transformers.TrainingArguments
and https://huggingface.co/docs/trl; older names are kept as written.
"""

from __future__ import annotations

import re

LEARNING = (
    "learning_rate", "per_device_train_batch_size", "per_gpu_train_batch_size", "per_device_eval_batch_size",
    "gradient_accumulation_steps", "num_train_epochs", "max_steps", "warmup_steps", "warmup_ratio", "weight_decay",
    "max_grad_norm", "optim", "adafactor", "adam_beta1", "adam_beta2", "adam_epsilon", "lr_scheduler_type",
    "label_smoothing_factor", "neftune_noise_alpha", "bf16", "fp16", "tf32", "gradient_checkpointing",
    "activation_checkpointing", "auto_find_batch_size", "group_by_length", "torch_compile", "use_liger_kernel", "use_cpu",
    "no_cuda", "seed", "data_seed", "full_determinism", "dataloader_drop_last", "eval_strategy", "evaluation_strategy",
    "eval_steps", "save_strategy", "save_steps", "save_total_limit", "logging_steps", "load_best_model_at_end",
    "metric_for_best_model", "greater_is_better", "ignore_data_skip", "push_to_hub", "hub_private_repo",
)  # fmt: skip
OF_TRL = (
    "max_length", "max_seq_length", "max_prompt_length", "max_completion_length", "packing", "packing_strategy",
    "padding_free", "completion_only_loss", "assistant_only_loss", "beta", "loss_type", "label_smoothing",
    "reference_free", "sync_ref_model", "precompute_ref_log_probs", "desirable_weight", "undesirable_weight",
    "rpo_alpha", "simpo_gamma", "cpo_alpha", "num_generations", "num_iterations", "epsilon", "epsilon_high", "temperature",
    "top_p", "top_k", "scale_rewards", "mask_truncated_completions", "steps_per_generation", "importance_sampling_level",
    "disable_dropout", "use_vllm", "embedding_learning_rate",
)  # fmt: skip
JOINED = ("report_to",)
PRESENT = ("deepspeed", "fsdp")
"""Settings that are a path or a whole document: kept as whether they are there."""
SWITCHED_OFF = frozenset({"", "none", "no", "false"})
"""Words that tools write where such a setting is off."""
WORD = re.compile(r"[\w.,:+/ -]{1,100}")
"""The only texts that are kept: short and plain."""
_METHOD = re.compile(r"(?:^|\.)(?:Unsloth)?([A-Z][A-Za-z0-9]{1,20})Config$")
# What stands before `Config` in the class of the settings, where it is the name of a way to train.
_METHODS = frozenset({"sft", "dpo", "grpo", "kto", "orpo", "cpo", "ppo", "ppov2", "rloo", "reward", "prm", "bco", "xpo",
                      "nashmd", "onlinedpo", "gkd", "alignprop", "ddpo"})  # fmt: skip


def method_of(class_path: str | None) -> str | None:
    """The way to train that a class of TRL or Unsloth stands for, such as `dpo` for `trl.trainer.dpo_config.DPOConfig`."""
    found = _METHOD.search(class_path or "")
    name = found[1].lower() if found else ""
    return name if name in _METHODS else None
