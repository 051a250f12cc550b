"""A garak report of many attempts in the shape of 0.17: each attempt twice, as conversations, and counts that add up to its scores."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

PROMPTS_A_PROBE = 500
GENERATIONS = 2
_WORDS = "Quisquam quiquia modi porro sed dolore neque etincidunt adipisci numquam consectetur labore. "
RUN = "00000000-0000-4000-8000-000000000001"


def write(path: Path, attempts: int) -> int:
    """Write a report of `attempts` attempts, each of two answers, to `path`; returns its size in bytes."""
    with path.open("w", encoding="utf-8") as stream:

        def put(row: dict[str, Any]) -> None:
            stream.write(json.dumps(row, ensure_ascii=False) + "\n")

        put({
            "entry_type": "start_run setup", "_config.version": "0.17.1", "plugins.target_type": "huggingface",
            "plugins.target_name": "runs/desk/final", "run.generations": GENERATIONS, "run.seed": 1,
        })  # fmt: skip
        put({"entry_type": "init", "garak_version": "0.17.1", "start_time": "2026-11-01T10:00:00.000000", "run": RUN})
        for probe, start in enumerate(range(0, attempts, PROMPTS_A_PROBE)):
            _probe(put, f"bench.Probe{probe}", min(PROMPTS_A_PROBE, attempts - start))
        put({"entry_type": "completion", "end_time": "2026-11-01T11:00:00.000000", "run": RUN})
        put({"entry_type": "digest", "meta": {"garak_version": "0.17.1"}, "eval": {}})
    return path.stat().st_size


def _probe(put: Any, name: str, prompts: int) -> None:
    hits = 0
    made = [_attempt(name, number) for number in range(prompts)]
    for row in made:
        put(row)
    for number, row in enumerate(made):
        scores = [1.0 if (number + idx) % 10 == 0 else 0.0 for idx in range(GENERATIONS)]
        hits += sum(score == 1.0 for score in scores)
        put(row | {"status": 2, "detector_results": {"bench.Words": scores}})
    total = prompts * GENERATIONS
    put({
        "entry_type": "eval", "probe": name, "detector": "bench.Words", "passed": total - hits, "fails": hits, "nones": 0,
        "total_evaluated": total, "total_processed": total,
    })  # fmt: skip


def _attempt(name: str, number: int) -> dict[str, Any]:
    prompt = {"role": "user", "content": _message(f"Request {number}. {_WORDS * 2}")}
    answers = [_message(f"Answer {number}.{idx}. {_WORDS * 4}") for idx in range(GENERATIONS)]
    return {
        "entry_type": "attempt",
        "uuid": f"00000000-0000-4000-8000-{number:012d}",
        "seq": number,
        "status": 1,
        "probe_classname": name,
        "probe_params": {},
        "targets": [],
        "prompt": {"turns": [prompt], "notes": None},
        "outputs": answers,
        "detector_results": {},
        "notes": {},
        "goal": "a goal",
        "conversations": [
            {"turns": [prompt, {"role": "assistant", "content": answer}], "notes": None} for answer in answers
        ],
        "reverse_translation_outputs": [],
        "intent": "S002",
    }


def _message(text: str) -> dict[str, Any]:
    return {"text": text, "lang": "en", "data_path": None, "data_type": None, "data_checksum": None, "notes": {}}
