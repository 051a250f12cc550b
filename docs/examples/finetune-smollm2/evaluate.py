"""Measure the base model and the tuned model on the same questions.

Idea: both sides go through the command line of lm-evaluation-harness with the same tasks, seeds and chat template; they
differ in one argument, `peft=`. Its output folders are left exactly as the tool writes them, samples included.

Limits: about sixty questions per task give a standard error of some six points, so only large differences mean
anything. A multiple-choice task asks which of the given answers is likeliest, not what the model would have written.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

TASKS = ("elm_desk_qa", "general_regression", "refusal_safety")
SEEDS = "0,1234,1234,1234"  # the harness's own defaults for python, numpy, torch and few-shot, said aloud


def harness_command(base: Path, adapter: Path | None, tasks: Path, out: Path) -> list[str]:
    """Build the harness call for the base alone, or for base and adapter."""
    model_args = [f"pretrained={base}", "dtype=float32"]
    if adapter is not None:
        model_args.append(f"peft={adapter}")
    return [
        *(sys.executable, "-m", "lm_eval", "run", "--model", "hf", "--model_args", ",".join(model_args)),
        *("--tasks", ",".join(TASKS), "--include_path", str(tasks)),
        *("--apply_chat_template", "--num_fewshot", "0", "--seed", SEEDS),
        *("--batch_size", "8", "--device", "cpu", "--log_samples", "--output_path", str(out)),
    ]


def run_harness(command: list[str], out: Path) -> None:
    """Run one evaluation into an empty `out`, offline."""
    shutil.rmtree(out, ignore_errors=True)
    print("+", " ".join(["python", *command[1:]]), flush=True)
    offline = {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
    subprocess.run(command, env={**os.environ, **offline}, check=True)


def read_results(out: Path) -> dict[str, dict[str, float]]:
    """Read the `results` block of the one results file below `out`."""
    (path,) = out.rglob("results_*.json")
    return json.loads(path.read_text(encoding="utf-8"))["results"]


def comparison(base: dict[str, dict[str, float]], tuned: dict[str, dict[str, float]]) -> str:
    """Set base against tuned in a Markdown table; every number is one that the harness wrote."""
    lines = ["| task | n | metric | base (± stderr) | tuned (± stderr) |", "| --- | --- | --- | --- | --- |"]
    for task in TASKS:
        for metric in ("acc", "acc_norm"):
            before, after = (
                f"{side[task][f'{metric},none']:.3f} ± {side[task][f'{metric}_stderr,none']:.3f}"
                for side in (base, tuned)
            )
            lines.append(f"| {task} | {base[task]['sample_len']} | {metric} | {before} | {after} |")
    return "\n".join(lines)


def main() -> None:
    """Read the arguments, evaluate both sides, print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--base", type=Path, default=Path("base_fp32"), help="float32 model made by prepare.py")
    parser.add_argument("--adapter", type=Path, default=Path("run"), help="run folder made by train.py")
    parser.add_argument("--tasks", type=Path, default=Path("tasks"), help="folder with the task files")
    parser.add_argument("--out", type=Path, default=Path("eval"), help="gets base/ and candidate/")
    args = parser.parse_args()

    for side, adapter in (("base", None), ("candidate", args.adapter)):
        run_harness(harness_command(args.base, adapter, args.tasks, args.out / side), args.out / side)
    print(comparison(read_results(args.out / "base"), read_results(args.out / "candidate")))


if __name__ == "__main__":
    main()
