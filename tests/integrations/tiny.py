"""A real Trainer on a GPT-2 of one layer, whose steps take a few milliseconds. Imported by the scripts of the tests only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
import transformers
from transformers import GPT2Config, GPT2LMHeadModel, Trainer, TrainingArguments

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

torch.set_num_threads(1)


def model() -> GPT2LMHeadModel:
    """The same weights each time."""
    transformers.set_seed(7)
    config = GPT2Config(vocab_size=40, n_positions=16, n_embd=16, n_layer=1, n_head=2, bos_token_id=1, eos_token_id=1)
    return GPT2LMHeadModel(config)


def rows(count: int = 32) -> list[dict[str, torch.Tensor]]:
    """The same rows each time."""
    generator = torch.Generator().manual_seed(7)
    made = [torch.randint(2, 40, (8,), generator=generator) for _ in range(count)]
    return [{"input_ids": row, "labels": row} for row in made]


def arguments(out: Path | str, **more: Any) -> TrainingArguments:
    """Six steps that log each second one, on a processor, reporting to nobody."""
    plain: dict[str, Any] = {
        "output_dir": str(out), "max_steps": 6, "per_device_train_batch_size": 2, "logging_steps": 2,
        "save_strategy": "no", "report_to": [], "seed": 7, "use_cpu": True, "disable_tqdm": True,
    }  # fmt: skip
    return TrainingArguments(**plain | more)


def trainer(out: Path | str, callbacks: Sequence[Any] = (), *, trained: Any = None, **more: Any) -> Trainer:
    """Ready to train; held-out rows are there if it is to measure."""
    return Trainer(
        model=model() if trained is None else trained, args=arguments(out, **more), callbacks=list(callbacks),
        train_dataset=rows(), eval_dataset=rows(4),
    )  # fmt: skip


def losses(ran: Trainer) -> list[float]:
    """What it logged, in the order of the steps."""
    return [row["loss"] for row in ran.state.log_history if "loss" in row]


def bare(out: Path | str, **more: Any) -> list[float]:
    """The losses of a training without us."""
    ran = trainer(out, **more)
    ran.train()
    return losses(ran)
