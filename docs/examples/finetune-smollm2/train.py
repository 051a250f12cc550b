"""Fine-tune the base model on the enquiry-desk pairs with a small LoRA adapter.

Idea: nothing of our own where the field has a tool. `transformers.Trainer` trains, `peft` adds a rank-4 adapter on the
query and value projections, and every file in the run folder is written by those libraries, so that the recording looks
like anybody's run. Our part is the encoding: the model's own chat template, and loss on the answer tokens only.

Limits: settings were chosen beforehand for a run of minutes on two CPU cores, not searched for. The validation loss is
measured on other wordings of taught facts, so it shows learning of this text and nothing wider.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import torch  # after the environment is set
from peft import LoraConfig, TaskType, get_peft_model
from torch.utils.data import Dataset
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    DataCollatorForSeq2Seq,
    PreTrainedTokenizerBase,
    Trainer,
    TrainingArguments,
    set_seed,
)

SEED = 20260
MAX_TOKENS = 96
IGNORED = -100  # the label that PyTorch's cross entropy leaves out


class DeskPairs(Dataset):
    """One JSONL split as token ids, with labels on the answer only."""

    def __init__(self, path: Path, tokenizer: PreTrainedTokenizerBase) -> None:
        lines = path.read_text(encoding="utf-8").splitlines()
        self.rows = [encode(json.loads(line), tokenizer) for line in lines]

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index: int) -> dict[str, list[int]]:
        return self.rows[index]


def encode(pair: dict[str, str], tokenizer: PreTrainedTokenizerBase) -> dict[str, list[int]]:
    """Encode one pair as `input_ids`, `attention_mask` and `labels`; raises if it would have to be cut.

    The prompt ends where the assistant's turn begins, and the answer ends with the end-of-turn token, so that the model
    also learns to stop.
    """
    turns = [{"role": "user", "content": pair["instruction"]}]
    prompt = tokenizer.apply_chat_template(turns, add_generation_prompt=True, tokenize=False)
    prompt_ids = tokenizer(prompt, add_special_tokens=False)["input_ids"]
    answer_ids = tokenizer(pair["answer"] + tokenizer.eos_token, add_special_tokens=False)["input_ids"]
    ids = prompt_ids + answer_ids
    if len(ids) > MAX_TOKENS:
        raise ValueError(f"{pair['id']} has {len(ids)} tokens, more than {MAX_TOKENS}")
    return {"input_ids": ids, "attention_mask": [1] * len(ids), "labels": [IGNORED] * len(prompt_ids) + answer_ids}


def build_model(base: Path) -> torch.nn.Module:
    """Load the base model with a fresh adapter; only the adapter learns."""
    model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    adapter = LoraConfig(
        task_type=TaskType.CAUSAL_LM, r=4, lora_alpha=8, lora_dropout=0.05, target_modules=["q_proj", "v_proj"]
    )
    return get_peft_model(model, adapter)


def build_arguments(out: Path, max_steps: int) -> TrainingArguments:
    """State the settings of the recording; `max_steps` above zero makes a short trial."""
    return TrainingArguments(
        output_dir=str(out),
        max_steps=max_steps,
        num_train_epochs=5,
        per_device_train_batch_size=4,
        per_device_eval_batch_size=4,
        learning_rate=1e-3,
        lr_scheduler_type="linear",
        warmup_steps=10,
        weight_decay=0.0,
        logging_steps=5,
        eval_strategy="steps",
        eval_steps=25,
        save_strategy="no",  # the adapter is saved once, at the end
        report_to=["tensorboard"],
        seed=SEED,
        data_seed=SEED,
        use_cpu=True,
        dataloader_num_workers=0,
    )


def train(base: Path, data: Path, out: Path, max_steps: int) -> None:
    """Train, evaluate, and leave the run folder as the libraries write it."""
    set_seed(SEED)
    tokenizer = AutoTokenizer.from_pretrained(base)
    trainer = Trainer(
        model=build_model(base),
        args=build_arguments(out, max_steps),
        train_dataset=DeskPairs(data / "train.jsonl", tokenizer),
        eval_dataset=DeskPairs(data / "validation.jsonl", tokenizer),
        data_collator=DataCollatorForSeq2Seq(tokenizer, label_pad_token_id=IGNORED),
        processing_class=tokenizer,
    )
    trainer.model.print_trainable_parameters()

    result = trainer.train()
    result.metrics["train_samples"] = len(trainer.train_dataset)
    trainer.save_model()
    trainer.log_metrics("train", result.metrics)
    trainer.save_metrics("train", result.metrics)

    metrics = trainer.evaluate()
    metrics["eval_samples"] = len(trainer.eval_dataset)
    trainer.log_metrics("eval", metrics)
    trainer.save_metrics("eval", metrics)
    trainer.save_state()  # last, so that its log also holds the closing evaluation


def keep_base_config(base: Path, target: Path) -> None:
    """Copy what says which model the adapter belongs to; the weights stay where they are."""
    target.mkdir(parents=True, exist_ok=True)
    for name in ("config.json", "generation_config.json"):
        shutil.copyfile(base / name, target / name)


def main() -> None:
    """Read the arguments and train."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--base", type=Path, default=Path("base_fp32"), help="float32 model made by prepare.py")
    parser.add_argument("--data", type=Path, default=Path("data"), help="folder with train.jsonl and validation.jsonl")
    parser.add_argument("--out", type=Path, default=Path("run"), help="run folder")
    parser.add_argument("--base-config", type=Path, default=Path("base"), help="where the base's config files are kept")
    parser.add_argument("--max-steps", type=int, default=-1, help="stop early, for a trial")
    args = parser.parse_args()
    train(args.base, args.data, args.out, args.max_steps)
    keep_base_config(args.base, args.base_config)


if __name__ == "__main__":
    main()
