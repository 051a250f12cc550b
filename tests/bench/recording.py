"""What recording costs a training: the same real Trainer with the callback and without, by turns, in one process.

Times are CPU seconds of the whole process, its thread that writes included, so that other work on the machine counts little.
The ratio of the two medians moves by a percent or two even so. So what the
callback does in a step is measured by itself as well, on a run that is open, and held against the median step; and so is
what the thread takes while the training goes on.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

if TYPE_CHECKING:
    from collections.abc import Callable

    from transformers import Trainer, TrainerCallback

    Row = Callable[[str, str, str, float | None, str], None]

TURNS, STEPS = 6, 40
CALLS = 200_000
WARM = 5
"""First steps of a training that are not counted."""


def timed() -> tuple[TrainerCallback, list[float]]:
    """A callback that notes when each step ended, and the list it notes in."""
    import transformers

    ends: list[float] = []

    class Clock(transformers.TrainerCallback):  # type: ignore[misc]
        def on_step_end(self, *given: object, **named: object) -> None:
            ends.append(time.process_time())

    return Clock(), ends


def trainer(out: Path, callbacks: list[TrainerCallback]) -> Trainer:
    """A GPT-2 of two layers on rows of 64 tokens, on one thread: a step takes some tens of milliseconds."""
    import torch
    import transformers
    from transformers import GPT2Config, GPT2LMHeadModel, Trainer, TrainingArguments

    torch.set_num_threads(1)
    transformers.set_seed(7)
    config = GPT2Config(vocab_size=512, n_positions=64, n_embd=128, n_layer=2, n_head=4, bos_token_id=1, eos_token_id=1)
    rows = [torch.randint(2, 512, (64,)) for _ in range(64)]
    arguments = TrainingArguments(
        output_dir=str(out), max_steps=STEPS, per_device_train_batch_size=8, logging_steps=10, save_strategy="no", report_to=[],
        use_cpu=True, disable_tqdm=True, seed=7,
    )  # fmt: skip
    data = [{"input_ids": row, "labels": row} for row in rows]
    return Trainer(model=GPT2LMHeadModel(config), args=arguments, train_dataset=data, callbacks=callbacks)


def recording(row: Row, root: Path) -> None:
    """Print a line for each thing measured."""
    import contextlib
    import io

    from governance.integrations.recorder import Recorder
    from governance.integrations.transformers import GovernanceCallback

    steps: dict[bool, list[float]] = {False: [], True: []}
    for turn in range(TURNS):
        for with_it in (False, True) if turn % 2 else (True, False):
            clock, ends = timed()
            ours = [GovernanceCallback(spool=root / "spool")] if with_it else []
            with contextlib.redirect_stdout(io.StringIO()):
                trainer(root / f"{turn}-{with_it}", [clock, *ours]).train()
            steps[with_it] += [later - earlier for earlier, later in zip(ends[WARM:], ends[WARM + 1 :], strict=False)]
    without, with_it_too = (statistics.median(steps[each]) for each in (False, True))
    row(
        "a step of a Trainer that is recorded",
        f"{with_it_too * 1000:.2f} ms",
        f"the same without us, by turns, {without * 1000:.2f} ms",
        with_it_too / without,
        "1.00×, within what the machine moves",
    )

    callback = GovernanceCallback(spool=root / "spool")
    open_run = trainer(root / "open", [])
    arguments, state, control = open_run.args, open_run.state, open_run.control
    callback.on_train_begin(arguments, state, control, model=open_run.model)
    start = time.thread_time()
    for _ in range(CALLS):
        callback.on_step_end(arguments, state, control, model=None, optimizer=None)
    a_step = (time.thread_time() - start) / CALLS
    start = time.thread_time()
    for _ in range(1000):
        callback.on_log(
            arguments, state, control, logs={"loss": 1.0, "grad_norm": 0.5, "learning_rate": 1e-5, "epoch": 0.1}
        )
    a_log = (time.thread_time() - start) / 1000
    callback.on_train_end(arguments, state, control)
    row("  of it, the hook at each step", f"{a_step * 1e6:.2f} µs", "the aim of 50 µs", a_step / 50e-6, "≤ 1×")
    row("  of it, the hook at each log", f"{a_log * 1e6:.2f} µs", "the aim of 50 µs", a_log / 50e-6, "≤ 1×")
    share = (a_step + a_log / 10) / without
    row("  share of a step, logging each tenth", f"{share:.5%}", "0.1 % of a step", share / 0.001, "≤ 1×")

    def second_of_training(recorder: Recorder) -> float:
        began = time.process_time()
        for number in range(300):
            recorder.mark(number)
            if number % 10 == 0:
                recorder.log({"loss": 1.0})
            time.sleep(0.01)
        return (time.process_time() - began) / 3.0

    nobody = second_of_training(Recorder("training", spool=root / "idle"))  # never started: the loop alone
    recorder = Recorder("training", spool=root / "idle").start()
    time.sleep(2.0)  # the facts are gathered
    took = second_of_training(recorder) - nobody
    recorder.close()
    row(
        "the thread, in a second of training",
        f"{took * 1000:.2f} ms",
        "0.1 % of a second of one core",
        took / 0.001,
        "reported",
    )


def main() -> None:
    """Measure in a process of its own: torch and transformers are not for the others."""
    from tests.bench.bench import row

    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as root:
        recording(row, Path(root))


if __name__ == "__main__":
    main()
