"""Two real candidates of one system: the recorded run, and the same run as it would look trained again with another outcome."""

from __future__ import annotations

import json
import math
import shutil
from typing import TYPE_CHECKING, Any

from tests.conftest import RECORDED

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def second(
    folder: Path,
    *,
    wrong: Mapping[str, int] | None = None,
    left_out: tuple[str, ...] = (),
    harness: str | None = None,
    samples: bool = True,
) -> Path:
    """The folder of another candidate: other weights, one package and one learning rate, a data set with a row more.

    `wrong`: how many right answers of a task are wrong now; `left_out`: tasks that were not measured; `harness`: its version;
    `samples`: whether the single samples are kept.
    """
    for name in ("run", "data"):
        shutil.copytree(RECORDED / name, folder / name)
    shutil.copytree(RECORDED / "eval" / "candidate", folder / "eval" / "candidate")
    _weights(folder / "run" / "adapter_model.safetensors")
    _text(folder / "run" / "trainer_state.json", '"max_steps": 175', '"max_steps": 180')
    (folder / "run" / "training_args.bin").unlink()
    environment = folder / "run" / "environment.json"
    said = json.loads(environment.read_text("utf-8"))
    said["packages"]["torch"] = "2.14.0"
    environment.write_text(json.dumps(said), "utf-8")
    train = folder / "data" / "train.jsonl"
    train.write_text(train.read_text("utf-8") + train.read_text("utf-8").splitlines()[0] + "\n", "utf-8")
    _evaluation(folder / "eval" / "candidate" / "run", wrong or {}, left_out, harness, samples=samples)
    return folder


def _weights(path: Path) -> None:
    """One bit of the last number is another one."""
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(bytes(data))


def _text(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def _evaluation(
    folder: Path, wrong: Mapping[str, int], left_out: tuple[str, ...], harness: str | None, *, samples: bool
) -> None:
    (results,) = folder.glob("results_*.json")
    said = json.loads(results.read_text("utf-8"))
    if harness:
        said["lm_eval_version"] = harness
    for path in folder.glob("samples_*.jsonl"):
        task = path.name.removeprefix("samples_").partition("_2026")[0]
        if task in left_out:
            for part in said.values():
                if isinstance(part, dict):
                    part.pop(task, None)
            path.unlink()
            continue
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        right = [row for row in rows if row["acc"] == 1.0]
        for row in right[: wrong.get(task, 0)]:
            row["acc"] = 0.0
        for metric in ("acc", "acc_norm"):
            said["results"][task] |= _scored(metric, [row[metric] for row in rows])
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
        if not samples:
            path.unlink()
    results.write_text(json.dumps(said), "utf-8")


def _scored(metric: str, scores: list[float]) -> dict[str, Any]:
    mean, n = sum(scores) / len(scores), len(scores)
    return {f"{metric},none": mean, f"{metric}_stderr,none": math.sqrt(mean * (1 - mean) / (n - 1))}
