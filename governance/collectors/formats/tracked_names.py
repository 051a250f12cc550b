"""The names that widespread training libraries give their losses, settings, steps and base models.

From the callbacks of transformers and TRL for MLflow, Weights & Biases and Trackio, the automatic logging of MLflow for Keras
and Lightning, and the settings of Axolotl, LLaMA-Factory and torchtune, as their documentation has them.
"""

from __future__ import annotations

import re

from governance.collectors.formats import training_names

_END = r"(?:[/_.-](?:step|epoch|avg|mean))?$"
TRAIN_LOSS = re.compile(
    r"^(?:train(?:ing)?[/_.: -]+)*(?:epoch[/_.-])?(?:avg_|mean_|running_)?(?:train_|training_)?(?:loss|nll)" + _END,
    re.IGNORECASE,
)
_HELD_OUT = r"(?:eval(?:uation)?|val(?:id(?:ation)?)?|dev|test)"
EVAL_LOSS = re.compile(rf"^{_HELD_OUT}[/_.: -]+(?:[\w.-]+[/_.-])?(?:{_HELD_OUT}_)?(?:loss|nll){_END}", re.IGNORECASE)
EVAL = re.compile(rf"^{_HELD_OUT}[/_.: -]", re.IGNORECASE)
OF_TRAINING = re.compile(
    r"^(?:train(?:ing)?[/_.: -]|lr(?:[-/_]|$)|learning_rate$|grad_norm$|epoch$|global_step$)", re.IGNORECASE
)
OF_MACHINE = re.compile(
    r"^(?:system[/.]|_|.*(?:runtime|samples_per_second|steps_per_second|timestamp)$)", re.IGNORECASE
)
MEASURE = re.compile(r"[\w./@:%+ ()\[\],=&#-]{1,200}")
TEXT_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
# In the order in which they are believed: the plain name of a logged step before the mean at the end.
LOSSES = ("loss", "train/loss", "train.loss", "train_loss_step", "train/loss_step", "training_loss", "train_loss")
EVAL_LOSSES = ("eval_loss", "eval/loss", "val_loss", "val/loss", "valid_loss", "validation_loss")
BASES = (
    "base_model", "base_model_name_or_path", "base_model_name", "model_name_or_path", "pretrained_model_name_or_path",
    "_name_or_path", "pretrained", "model_name", "model_id", "model",
)  # fmt: skip
REVISIONS = ("model_revision", "base_model_revision", "revision")
SETTINGS = (
    "lr", "batch_size", "train_batch_size", "eval_batch_size", "micro_batch_size", "global_batch_size", "epochs",
    "num_epochs", "max_epochs", "optimizer", "optimizer_name", "scheduler", "lr_scheduler", "dropout", "momentum",
    "gradient_clip_val", "accumulate_grad_batches", "precision", "sequence_len", "cutoff_len", "finetuning_type",
    "lora_r", "lora_rank", "lora_alpha", "lora_dropout", "num_train_samples", "num_workers", "opt_name",
)  # fmt: skip
_ADAPTERS = ("lora_r", "lora_rank", "lora_alpha", "peft_type", "adapter_type", "adapter", "peft", "peft_config")
SIGNS = frozenset(
    {"learning_rate", "lr", "num_train_epochs", "epochs", "num_epochs", "max_epochs", "optimizer", "optim"}
)
EPOCHS_PLANNED = ("num_train_epochs", "max_epochs", "num_epochs", "epochs")
NOT_FINITE = frozenset({"NaN", "Infinity", "-Infinity"})
WANTED = frozenset(
    (
        *training_names.LEARNING, *training_names.OF_TRL, *training_names.JOINED, *training_names.PRESENT,
        *SETTINGS, *BASES, *REVISIONS, *_ADAPTERS, *SIGNS, "transformers_version", "finetuning_type",
        "training_method", "output_dir", "output_path", "default_root_dir", "max_train_steps", "total_steps",
        "num_training_steps", "random_seed", "random_state", "seed_everything",
    )
)  # fmt: skip
"""Every setting that something is made of. A tracker with a file for each need not open the others."""
NOT_NAMES = re.compile(r"[{}\n<>=]")
