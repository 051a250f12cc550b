"""lm-evaluation-harness, recorded while it runs.

    from governance.integrations.lm_eval import recorded_evaluate

    results = recorded_evaluate(model="hf", model_args={"pretrained": "out"}, tasks=["mmlu"], output_path="results")

does what `simple_evaluate` does, saves the results and the samples under `output_path` as the harness's own command
does, and records model, tasks, settings, numbers, and the files with their sizes. Whoever calls `simple_evaluate` and saves
by hand gives it the tracker that this is made of:

    with GovernanceEvaluationTracker(output_path="results") as tracker:
        results = simple_evaluate(..., evaluation_tracker=tracker)
        tracker.save_results_aggregated(results=results, samples=results.pop("samples"))

The numbers are those that the harness returns. They say what was measured, and not that the questions were good; the
files it saved say more, and are attached as before.

API: https://github.com/EleutherAI/lm-evaluation-harness/blob/main/docs/interface.md, tried with 0.4.13.
"""

from __future__ import annotations

import os
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import lm_eval
from lm_eval.loggers import EvaluationTracker

from governance.integrations.guarding import guarded
from governance.integrations.numbers import plain_numbers
from governance.integrations.plain import how_it_ended
from governance.integrations.recorder import Recorder, understood
from governance.integrations.trainer_settings import kept, value

if TYPE_CHECKING:
    from types import TracebackType

SETTINGS = ("model", "model_num_parameters", "model_dtype", "model_revision", "model_sha", "peft_sha", "batch_size", "device",
            "limit", "bootstrap_iters")  # fmt: skip
"""What is kept of the results' own `config`."""
OF_THE_MODEL = ("pretrained", "peft", "delta", "revision", "subfolder", "tokenizer", "dtype", "max_length", "truncation", "backend",
                "add_bos_token", "parallelize", "load_in_4bit", "load_in_8bit", "trust_remote_code", "gptqmodel", "tensor_parallel_size",
                "data_parallel_size", "quantization", "max_gen_toks")  # fmt: skip
"""What is kept of the arguments for the model, which may also hold keys and addresses."""
NAMES = ("peft", "delta", "pretrained", "model", "path", "engine")
"""Arguments that name the model, the one that says most first, as the harness itself looks for its name."""
OF_GENERATION = ("temperature", "top_p", "top_k", "do_sample", "num_beams", "max_gen_toks", "repetition_penalty")
SEEDS = ("random_seed", "numpy_seed", "torch_seed", "fewshot_seed")
BESIDE = (
    "system_instruction_sha",
    "chat_template_sha",
    "fewshot_as_multiturn",
    "git_hash",
    "lm_eval_version",
    "transformers_version",
)
MOST_TASKS = 500


class GovernanceEvaluationTracker(EvaluationTracker):  # type: ignore[misc,unused-ignore]
    """The harness's own tracker, that records as well. `record` is what a `Recorder` takes, the rest is the harness's."""

    def __init__(self, *given: Any, record: dict[str, Any] | None = None, **named: Any) -> None:
        how = understood(dict(record or {}))
        super().__init__(*given, **named)
        self.recorder: Recorder | None = None
        self._begin(how)

    def __enter__(self) -> GovernanceEvaluationTracker:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.recorder is not None:
            self.recorder.close(*how_it_ended(kind, error))

    def save_results_aggregated(self, results: dict[str, Any], samples: dict[str, Any] | None = None) -> None:
        """Save as the harness does, and record what was saved. Without an `output_path` the numbers are recorded even so."""
        super().save_results_aggregated(results=results, samples=samples)
        self._tell(results)
        self._tell_of_files("results_*.json")

    def save_results_samples(self, task_name: str, samples: Any) -> None:
        """Save as the harness does, and record which file came of it."""
        super().save_results_samples(task_name=task_name, samples=samples)
        self._tell_of_files(f"samples_{task_name}_*.jsonl")

    @guarded
    def _begin(self, how: dict[str, Any]) -> None:
        told: dict[str, Any] = {"tool": ("lm-eval", _version()), "output_dir": self.output_path}
        self.recorder = Recorder("evaluation", **(told | how)).start()

    @guarded
    def _tell(self, results: dict[str, Any]) -> None:
        if self.recorder is None or not results:
            return
        config = results.get("config") or {}
        of_model = table(config.get("model_args"))
        named = next((of_model[name] for name in NAMES if of_model.get(name)), None)
        if named is None and self.general_config_tracker.model_source == "CUSTOM":
            named = config.get("model")  # an object: what it calls itself, else its class
        revision = of_model.get("revision") or config.get("model_sha") or config.get("model_revision")
        base = {"name": _text(named), "revision": _text(revision)}
        self.recorder.note("model", {"base_model": base, "method": None, "adapter": None})
        self.recorder.note("settings", {"values": settings_of(results, config, of_model)})
        self.recorder.note(
            "seeds", {"seeds": {name: config[name] for name in SEEDS if isinstance(config.get(name), int)}}
        )
        for task, scores in list((results.get("results") or {}).items())[:MOST_TASKS]:
            count = (results.get("n-samples") or {}).get(task) or {}
            body = {
                "name": str(task)[:200],
                "step": None,
                "values": plain_numbers(scores)[0],
                "samples": count.get("effective"),
                "of": count.get("original"),
                "task_version": str((results.get("versions") or {}).get(task))[:100],
                "shots": (results.get("n-shot") or {}).get(task),
                "task_hash": (results.get("task_hashes") or {}).get(task),
            }
            self.recorder.note("result", body)

    @guarded
    def _tell_of_files(self, pattern: str) -> None:
        """The newest file of a name, where the harness writes: in the folder of the model, or beside a `.json`."""
        if self.recorder is None or not self.output_path:
            return
        path = Path(self.output_path)
        if path.suffix == ".json":
            folder, pattern = path.parent, pattern.replace("results_", f"{path.stem}_")
        else:
            folder = path / str(self.general_config_tracker.model_name_sanitized)
        self.recorder.note("files", {"folder": os.fspath(folder), "files": lambda: _newest(folder, pattern)})


def recorded_evaluate(
    *given: Any, output_path: str | None = None, record: dict[str, Any] | None = None, **named: Any
) -> Any:
    """`simple_evaluate` with a record of it. Takes and gives what that does; `samples` stay in what is given back.

    An error goes on its way; the run is then sealed as failed, with the type of the error.
    """
    with GovernanceEvaluationTracker(output_path=output_path, record=record) as tracker:
        results = lm_eval.simple_evaluate(*given, evaluation_tracker=tracker, **named)
        if results is not None:  # None in all processes but the first
            samples = results.get("samples")
            without = {name: each for name, each in results.items() if name != "samples"}
            tracker.save_results_aggregated(results=without, samples=samples)
            for task, rows in (samples or {}).items():
                tracker.save_results_samples(task_name=task, samples=rows)
        return results


def table(said: Any) -> dict[str, Any]:
    """Arguments for a model as a table: the harness takes `a=1,b=2` and a table."""
    if isinstance(said, str):
        return dict(part.split("=", 1) for part in said.split(",") if "=" in part)
    return said if isinstance(said, dict) else {}


def settings_of(results: dict[str, Any], config: dict[str, Any], of_model: dict[str, Any]) -> dict[str, Any]:
    """The named settings of an evaluation as plain values, those of generation with their prefix."""
    said = config.get("gen_kwargs")
    generation: dict[str, Any] = said if isinstance(said, dict) else {}
    made = {name: config.get(name) for name in SETTINGS} | {name: results.get(name) for name in BESIDE}
    made |= {name: of_model[name] for name in OF_THE_MODEL if name in of_model}
    made |= {f"gen_{name}": generation[name] for name in OF_GENERATION if name in generation}
    return {name: value(each) for name, each in sorted(made.items()) if each is not None and kept(each)}


def _newest(folder: Path, pattern: str) -> list[dict[str, Any]]:
    files = sorted(folder.glob(pattern), key=lambda path: path.stat().st_mtime)[-1:]
    return [{"name": path.name, "size": path.stat().st_size} for path in files]


def _text(said: Any) -> str | None:
    return said[:500] or None if isinstance(said, str) else None


def _version() -> str | None:
    try:
        return version("lm-eval")
    except PackageNotFoundError:
        return None
