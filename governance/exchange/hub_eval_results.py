"""Scores of the candidate as the `.eval_results/*.yaml` of a model repository on the Hugging Face Hub.

The form (https://huggingface.co/docs/hub/eval-results) names the benchmark by a data set of the Hub and a task in it. No evaluation
tool writes those down, so a person says which task of the tool is which benchmark: on the command line, or for good under `benchmarks` in
the system file. Without that nothing is written, because a score under the wrong benchmark stands on its leaderboard.

*Leaves out*, and says so, every score of a run that is not complete, that is tied to other weights, or that no benchmark was named for.
Of several runs of a task the latest counts, as in the model card. Values are those of the evidence, not rounded; nothing is claimed as
verified, because only the Hub's own service gives the token for that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from governance.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from governance.domain.case import Case
    from governance.domain.evidence import Piece

KIND = "eval-run.v1"
FOLDER = ".eval_results/"
CARD = "model-card/"
"""The folder, beside the model card, whose content goes into the repository of the model as it is."""


@dataclass(frozen=True)
class Benchmark:
    """Which benchmark of the Hub a task is: the data set's id, the task in it, and which metric of ours is its value."""

    task: str
    metric: str | None
    data_set: str
    task_id: str

    @classmethod
    def parse(cls, said: str) -> Benchmark:
        """Read `TASK[/METRIC]=ORG/DATA_SET:TASK_ID`. Raises `UsageError`."""
        left, _, right = said.partition("=")
        task, _, metric = left.partition("/")
        data_set, _, task_id = right.partition(":")
        if not task or data_set.count("/") != 1 or not task_id:
            raise UsageError(
                f"--benchmark {said!r} is not TASK[/METRIC]=ORG/DATA_SET:TASK_ID",
                hint="For example --benchmark gpqa_diamond_zeroshot/acc_norm=Idavidrein/gpqa:gpqa_diamond.",
            )
        return cls(task, metric or None, data_set, task_id)


def beside_the_card(case: Case) -> dict[str, bytes]:
    """The files that go with the model card of a case, by their paths: one for each benchmark that the system file names and that was run.

    What was written by hand, and what the policy holds for too old to quote, is in none of them. Raises `UsageError` for a benchmark
    that can not be read. One that nobody ran gives no file.
    """
    dossier = case.dossier
    stated = dossier.system.plain().get("benchmarks") or {}
    named = [Benchmark.parse(f"{task}={place}") for task, place in sorted(stated.items())]
    candidate = dossier.candidate.record.subject.digest if dossier.candidate else None
    quoted = [piece for piece in dossier.pieces if case.too_old(piece) is None and piece.record.declared_by is None]
    run = {row["task"] for piece in quoted if piece.record.kind == KIND and not _unfit(piece, candidate)
           for row in piece.body["results"]}  # fmt: skip
    files, _ = documents(quoted, candidate, [each for each in named if each.task in run])
    return {CARD + name: data for name, data in files.items()}


def documents(
    pieces: Iterable[Piece], candidate: str | None, benchmarks: Sequence[Benchmark]
) -> tuple[dict[str, bytes], list[str]]:
    """The files by path and what was left out. `candidate` is the digest of the weights to be released."""
    newest: dict[str, tuple[Piece, list[Mapping[str, Any]]]] = {}
    left_out: list[str] = []
    for piece in sorted((each for each in pieces if each.record.kind == KIND), key=_rank):
        why = _unfit(piece, candidate)
        if why:
            left_out.append(f"{piece.id}: {why}")
            continue
        for task in dict.fromkeys(row["task"] for row in piece.body["results"]):
            newest[task] = (piece, [row for row in piece.body["results"] if row["task"] == task])
    named = {each.task: each for each in benchmarks}
    if unknown := sorted(set(named) - set(newest)):
        raise UsageError(f"no complete evaluation of the candidate has the task {unknown[0]!r}", hint=_tasks(newest))
    made: dict[str, bytes] = {}
    for task, (piece, rows) in sorted(newest.items()):
        if task not in named:
            left_out.append(f"{piece.id}: no benchmark was named for {task}")
            continue
        entry = _entry(named[task], piece, rows)
        made[f"{FOLDER}{_stem(task)}.yaml"] = yaml.safe_dump([entry], sort_keys=False, allow_unicode=True).encode()
    return made, left_out


def _rank(piece: Piece) -> tuple[bool, float, int]:
    """The run that counts last: what a tool wrote after what was written by hand, then the newer."""
    return piece.record.declared_by is None, piece.when.timestamp(), piece.seq


def _unfit(piece: Piece, candidate: str | None) -> str | None:
    if candidate is None or piece.record.subject.digest != candidate:
        return "is not tied to the candidate's weights"
    return None if piece.record.quality == "complete" else f"is {piece.record.quality}"


def _entry(benchmark: Benchmark, piece: Piece, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    fits = [row for row in rows if benchmark.metric in (None, row["metric"]) and row["value"] is not None]
    if len(fits) != 1:
        metrics = ", ".join(sorted({str(row["metric"]) for row in rows}))
        raise UsageError(
            f"{benchmark.task} has {len(fits)} values that would fit",
            hint=f"Name one of its metrics after a slash: {metrics}.",
        )
    (row,) = fits
    harness = piece.body["harness"]
    notes = [f"{harness['name']} {harness['version'] or ''}".strip(), f"{row['metric']} over {row['n']} samples"]
    notes.append(f"weights {piece.record.subject.digest}")
    entry: dict[str, Any] = {
        "dataset": {"id": benchmark.data_set, "task_id": benchmark.task_id},
        "value": row["value"],
    }
    if piece.record.effective_at is not None:
        entry["date"] = piece.record.effective_at.date().isoformat()
    return entry | {"notes": "; ".join(notes)}


def _tasks(newest: Mapping[str, object]) -> str:
    return f"There are: {', '.join(sorted(newest)) or 'none'}."


def _stem(task: str) -> str:
    return "".join(c if c.isalnum() or c in "._-" else "_" for c in task).lstrip(".") or "task"
