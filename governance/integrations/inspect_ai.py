"""A hook of Inspect: each task of an evaluation is one record.

    GOVERN_RECORD=on inspect eval task.py --model openai/gpt-4o

or, in a file of tasks, `import governance.integrations.inspect_ai`. Importing this file registers the hook; where the
environment asks, Inspect imports it by itself (`inspect_asked`). `GOVERN_RECORD=off` switches it off.

A task is told with its model, data, settings by name and numbers, and with the log that Inspect wrote. Messages of
samples are not looked at. The hook is called on Inspect's event loop, so whatever asks a disk is left to the thread.

API: https://inspect.aisi.org.uk/extensions.html#hooks, tried with 0.3.285.
"""

from __future__ import annotations

import os
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inspect_ai.hooks import Hooks, RunEnd, TaskEnd, TaskStart, hooks

from governance.integrations.guarding import guarded
from governance.integrations.numbers import plain_numbers
from governance.integrations.recorder import Recorder
from governance.integrations.trainer_settings import kept, value

if TYPE_CHECKING:
    from governance.integrations.inbox import Outcome

OF_THE_EVALUATION = ("limit", "epochs", "fail_on_error", "message_limit", "token_limit", "time_limit", "working_limit", "max_samples",
                     "max_connections", "sample_shuffle")  # fmt: skip
OF_GENERATION = ("temperature", "top_p", "top_k", "max_tokens", "seed", "frequency_penalty", "presence_penalty", "num_choices",
                 "reasoning_effort", "reasoning_tokens")  # fmt: skip
ENDINGS: dict[str, Outcome] = {"success": "finished", "error": "failed", "cancelled": "stopped"}
"""How Inspect calls the end of a task."""


@hooks(name="governance", description="Records evaluations as governance evidence")
class GovernanceHooks(Hooks):  # type: ignore[misc,unused-ignore]
    """One for the process, as Inspect makes them; it keeps one recorder for each task that runs."""

    def __init__(self) -> None:
        self._running: dict[str, Recorder] = {}
        self.recorder: Recorder | None = None
        """The one that was used last, for gaps."""

    def enabled(self) -> bool:
        """Whether it is called at all."""
        return os.environ.get("GOVERN_RECORD", "").lower() not in {"off", "0", "false", "no"}

    async def on_task_start(self, data: TaskStart) -> None:
        """Open a run for a task."""
        self._begin(data)

    async def on_task_end(self, data: TaskEnd) -> None:
        """Tell its numbers and its log, and seal it."""
        self._end(data)

    async def on_run_end(self, data: RunEnd) -> None:
        """Seal what is still open."""
        self._left(data)

    @guarded
    def _begin(self, data: TaskStart) -> None:
        spec = data.spec
        self.recorder = recorder = Recorder("evaluation", tool=("inspect-ai", version("inspect-ai")))
        self._running[data.eval_id] = recorder.start()
        recorder.note(
            "model", {"base_model": {"name": str(spec.model)[:500], "revision": None}, "method": None, "adapter": None}
        )
        recorder.note("settings", {"values": settings_of(spec, asked := generation_of(data))})
        name = spec.dataset.name or spec.task
        recorder.note(
            "data", {"name": str(name)[:500], "digest": None, "context": "evaluation", "samples": spec.dataset.samples}
        )
        if asked.get("seed") is not None:
            recorder.note("seeds", {"seeds": {"generation": asked["seed"]}})

    @guarded
    def _end(self, data: TaskEnd) -> None:
        self._finish(self._running.pop(data.eval_id), data.log)

    def _finish(self, recorder: Recorder, log: Any) -> None:
        self.recorder = recorder
        done = log.results
        for score in done.scores if done is not None else ():
            values = plain_numbers({name: metric.value for name, metric in score.metrics.items()})[0]
            body = {
                "name": f"{log.eval.task}/{score.name}"[:200],
                "step": None,
                "values": values,
                "samples": score.scored_samples,
                "of": done.total_samples if done is not None else None,
                "reducer": score.reducer,
            }
            recorder.note("result", body)
        if log.location:
            folder, name = os.path.split(log.location.removeprefix("file://"))
            recorder.note("files", {"folder": folder, "files": lambda: _file(folder, name)})
        error = f"Inspect says {log.status}" if log.status != "success" else None
        recorder.close(
            ENDINGS.get(log.status, "unsaid"), error, patience=0.0,
            samples=done.completed_samples if done is not None else None,
        )  # fmt: skip

    @guarded
    def _left(self, data: RunEnd) -> None:
        """A task that an error ended is not told of by itself, but stands among the logs of the run."""
        left, self._running = self._running, {}
        logs = {log.eval.eval_id: log for log in data.logs or ()}
        for name, recorder in left.items():
            if name in logs:
                self._finish(recorder, logs[name])
            elif data.exception is not None:
                recorder.close("failed", type(data.exception).__qualname__, patience=0.0)
            else:
                recorder.close("unsaid", "the evaluation ended, and nobody said how this task did", patience=0.0)


def generation_of(data: TaskStart) -> dict[str, Any]:
    """The named settings of generation: the task's, and where it says nothing the model's."""
    configs = (data.spec.model_generate_config, data.plan.config)
    return {
        name: said for name in OF_GENERATION for config in configs if (said := getattr(config, name, None)) is not None
    }


def settings_of(spec: Any, generation: dict[str, Any]) -> dict[str, Any]:
    """The named settings of a task: of the evaluation, of generation with their prefix, and which task and solver."""
    made = {name: getattr(spec.config, name, None) for name in OF_THE_EVALUATION}
    made |= {f"gen_{name}": said for name, said in generation.items()}
    made |= {"task": spec.task, "task_version": spec.task_version, "solver": spec.solver}
    return {name: value(each) for name, each in sorted(made.items()) if each is not None and kept(each)}


def _file(folder: str, name: str) -> list[dict[str, Any]]:
    """A log on this machine with its size; one that lies in a bucket is named without."""
    path = Path(folder) / name
    return [{"name": name, "size": path.stat().st_size if path.is_file() else None}]
