"""A real `Trainer` run and a real evaluation, made here and now, read the same way as everybody's.

A randomly initialised GPT-2 of two layers trains in a second; what it learns does not matter, what the tools leave behind does.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from governance.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Clock

pytestmark = [pytest.mark.training, pytest.mark.filterwarnings("ignore")]
torch = pytest.importorskip("torch", reason="torch is not installed; `make test` installs it")
transformers = pytest.importorskip("transformers", reason="transformers is not installed; `make test` installs it")

WORDS = ["<pad>", "<eos>", *"abcdefghijklmnopqrstuvwxyz ?:.0123456789"]


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Train for twelve steps with two evaluations; returns the folder the Trainer leaves."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast, Trainer, TrainingArguments

    out = tmp_path_factory.mktemp("real") / "run"
    transformers.set_seed(7)
    vocabulary = {word: index for index, word in enumerate(WORDS)}
    inner = Tokenizer(models.WordLevel(vocabulary, unk_token="?"))
    inner.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=inner, pad_token="<pad>", eos_token="<eos>", unk_token="?")
    config = GPT2Config(
        vocab_size=len(WORDS), n_positions=64, n_embd=32, n_layer=2, n_head=2, bos_token_id=1, eos_token_id=1
    )
    generator = torch.Generator().manual_seed(7)
    rows = [torch.randint(2, len(WORDS), (32,), generator=generator) for _ in range(48)]
    data = [{"input_ids": row, "labels": row} for row in rows]
    arguments = TrainingArguments(
        output_dir=str(out), max_steps=12, per_device_train_batch_size=4, logging_steps=3, eval_strategy="steps", eval_steps=6,
        save_strategy="no", report_to=[], seed=7, use_cpu=True, disable_tqdm=True,
    )  # fmt: skip
    trainer = Trainer(model=GPT2LMHeadModel(config), args=arguments, train_dataset=data[:40], eval_dataset=data[40:])
    result = trainer.train()
    trainer.save_model()
    trainer.save_state()
    trainer.save_metrics("train", result.metrics)
    tokenizer.save_pretrained(out)
    return out


@pytest.fixture(scope="module")
def results_folder(run_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Evaluate the model with lm-evaluation-harness on a task of eight questions."""
    pytest.importorskip("lm_eval", reason="lm-eval is not installed; `make test` installs it")
    from lm_eval import simple_evaluate
    from lm_eval.loggers import EvaluationTracker
    from lm_eval.tasks import TaskManager

    root = tmp_path_factory.mktemp("evaluation")
    tasks = root / "tasks"
    tasks.mkdir()
    questions = [{"question": f"what is {n}", "choices": [f"{n}", f"{n + 1}"], "answer": 0} for n in range(8)]
    (tasks / "tiny.jsonl").write_text("".join(json.dumps(row) + "\n" for row in questions))
    (tasks / "tiny.yaml").write_text(
        f"task: tiny_qa\ndataset_path: json\ndataset_kwargs:\n  data_files:\n    test: {tasks / 'tiny.jsonl'}\n"
        'test_split: test\noutput_type: multiple_choice\ndoc_to_text: "{{question}}?"\ndoc_to_choice: "{{choices}}"\n'
        'doc_to_target: "{{answer}}"\nmetric_list:\n  - metric: acc\nmetadata:\n  version: 1.0\n'
    )
    tracker = EvaluationTracker(output_path=str(root / "out"))
    results: dict[str, Any] = simple_evaluate(
        model="hf", model_args={"pretrained": str(run_folder), "dtype": "float32"}, tasks=["tiny_qa"], device="cpu", batch_size=4,
        task_manager=TaskManager(include_path=str(tasks), include_defaults=False), evaluation_tracker=tracker, log_samples=True,
    )  # fmt: skip
    samples = results.pop("samples")
    tracker.save_results_aggregated(results=results, samples=samples)
    for task, rows in samples.items():
        tracker.save_results_samples(task_name=task, samples=rows)
    return root / "out"


def test_a_real_trainer_run_becomes_complete_evidence(run_folder: Path, tmp_path: Path, clock: Clock) -> None:
    workspace = _workspace(tmp_path, clock)
    done = workspace.attach([run_folder], "tiny", environment=False)
    assert done.not_read == ()
    by_kind = {item.kind: workspace.evidence(item.id) for item in done.appended}
    run = by_kind["training-run.v1"]
    assert run.record.quality == "complete"
    assert run.body["steps"] == 12
    assert run.body["evaluations"] == 2
    assert run.body["finished"] is True
    assert run.body["total_flos"] > 0
    weights = by_kind["model-artifacts.v1"]
    assert weights.body["form"] == "full-model"
    assert weights.body["tensors"] > 20
    assert run.record.subject.digest == weights.record.subject.digest
    assert by_kind["finding.v1"].body["path"].endswith("training_args.bin")


def test_a_real_evaluation_is_tied_to_the_weights_it_was_run_on(
    run_folder: Path, results_folder: Path, tmp_path: Path, clock: Clock
) -> None:
    workspace = _workspace(tmp_path, clock)
    done = workspace.attach([run_folder, results_folder], "tiny", environment=False)
    assert done.not_read == ()
    pieces = {item.kind: workspace.evidence(item.id) for item in done.appended}
    result = pieces["eval-run.v1"]
    assert result.record.quality == "complete"
    assert result.record.subject.digest == pieces["model-artifacts.v1"].record.subject.digest
    row = next(row for row in result.body["results"] if row["metric"] == "acc")
    assert row["task"] == "tiny_qa"
    assert row["n"] == 8
    assert 0 <= row["value"] <= 1
    assert pieces["eval-samples.v1"].body["n"] == 8
    assert result.record.effective_clock == "tool"


def _workspace(tmp_path: Path, clock: Clock) -> Workspace:
    from datetime import UTC, datetime

    clock.moment = datetime.now(UTC)
    workspace = Workspace.init(tmp_path / "ws", clock=clock)
    system = "id: tiny\nname: Tiny model\npurpose: To be trained by a test\nowner: The test suite\n"
    (tmp_path / "system.yaml").write_text(system)
    workspace.add_system(tmp_path / "system.yaml")
    return workspace
