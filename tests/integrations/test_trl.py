"""The callback in a real trainer of TRL: the way to train, and settings that only TRL has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.integrations.running import only, run, said

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.training
for _library in ("torch", "transformers", "trl"):
    pytest.importorskip(_library, reason=f"{_library} is not installed; `make test` installs it")

SCRIPT = """
import json
from datasets import Dataset
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast
from trl import SFTConfig, SFTTrainer
from tests.integrations import tiny
from governance.integrations.transformers import GovernanceCallback

words = ["<pad>", "<eos>", *"abcdefghijklmnopqrstuvwxyz ?0123456789"]
inner = Tokenizer(models.WordLevel({word: number for number, word in enumerate(words)}, unk_token="?"))
inner.pre_tokenizer = pre_tokenizers.Split("", "isolated")
tokenizer = PreTrainedTokenizerFast(tokenizer_object=inner, pad_token="<pad>", eos_token="<eos>", unk_token="?")

def train(out, callbacks):
    arguments = SFTConfig(output_dir=out, max_steps=4, per_device_train_batch_size=2, logging_steps=2, report_to=[], use_cpu=True,
                          bf16=False, max_length=16, packing=False, disable_tqdm=True, save_strategy="no", seed=7)
    trainer = SFTTrainer(model=tiny.model(), args=arguments, processing_class=tokenizer, callbacks=callbacks,
                         train_dataset=Dataset.from_dict({"text": ["what is " + word for word in words[2:20]]}))
    trainer.train()
    return tiny.losses(trainer)

print(json.dumps([train("without", []), train("out", [GovernanceCallback()])]))
"""


def test_a_supervised_fine_tuning_of_trl_is_recorded_as_one(tmp_path: Path) -> None:
    without, with_it = said(run(SCRIPT, tmp_path))
    assert with_it == without
    assert len(without) == 2
    segment = only(tmp_path / "out" / "governance-spool")
    assert segment.of("model")[0]["objective"] == "sft"
    values = segment.of("settings")[0]["values"]
    assert (values["max_length"], values["packing"], values["max_steps"]) == (16, False, 4)
    assert (segment.seal["outcome"], segment.seal["step"]) == ("finished", 4)
