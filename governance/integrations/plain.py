"""`with governance.record("training") as run:` for loops that no trainer drives.

    with governance.record("training", output_dir="out", planned_steps=1000) as run:
        run.settings(learning_rate=2e-5, seed=7)
        for step, batch in enumerate(loader):
            loss = train_on(batch)
            run.step(step)
            if step % 10 == 0:
                run.log(loss=loss.item())
        run.checkpoint("out")

An error inside the block goes on its way; the run is sealed as failed with the error's type, never with its message,
which may hold anything.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from governance.integrations.guarding import guarded
from governance.integrations.recorder import Recorder, understood

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import TracebackType

    from governance.integrations.inbox import Outcome

MOST_FILES = 1000
"""Files of a checkpoint that are listed."""


class Run:
    """A run that is being recorded. Everything but `step` may be called from any thread, and nothing raises or waits."""

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder
        self.step = recorder.mark
        """The run is at this step: `run.step(12)`. It costs next to nothing; call it at every step."""

    @guarded
    def log(self, values: Mapping[str, Any] | None = None, /, *, at: int | None = None, **named: Any) -> None:
        """Plain numbers by name, at the step that was given last or at `at`."""
        self.recorder.log({**(values or {}), **named}, at)

    @guarded
    def settings(self, values: Mapping[str, Any] | None = None, /, **named: Any) -> None:
        """What the run was set to, by name: numbers, switches and short words. Texts of secrets are taken out, larger things left out."""
        self.recorder.note("settings", {"values": {**(values or {}), **named}})

    @guarded
    def base_model(self, name: str, revision: str | None = None, *, method: str | None = None) -> None:
        """What the training started from, and how it changes the weights, such as lora or full."""
        self.recorder.note("model", {"base_model": {"name": name, "revision": revision}, "method": method})

    @guarded
    def data(self, name: str, *, digest: str | None = None, context: str = "training") -> None:
        """A data set that the run was given, and what for."""
        self.recorder.note("data", {"name": name, "digest": digest, "context": context})

    @guarded
    def seeds(self, **seeds: int) -> None:
        """Start values of random numbers by whose they are: `seeds(python=7, torch=7)`."""
        self.recorder.note("seeds", {"seeds": seeds})

    @guarded
    def checkpoint(self, folder: str | os.PathLike[str], *, step: int | None = None) -> None:
        """A folder that the run wrote its weights to. Names and sizes are kept; the bytes are hashed when they are attached."""
        self.recorder.note("checkpoint", {"folder": os.fspath(folder), "step": step, "files": lambda: files_in(folder)})

    @guarded
    def result(self, name: str, values: Mapping[str, Any], *, step: int | None = None) -> None:
        """What was measured at a step, such as the loss on held-out data, under the name of the data."""
        self.recorder.note("result", {"name": name, "step": step, "values": dict(values)})


class record:  # noqa: N801 - it is used like a function
    """Record what happens in the block. Takes what `Recorder` takes; where the rank records nothing, its run does nothing."""

    def __init__(self, activity: str = "training", **how: Any) -> None:
        self._activity, self._how = activity, how
        self._recorder: Recorder | None = None

    def __enter__(self) -> Run:
        try:
            self._recorder = Recorder(self._activity, **understood(self._how)).start()
        except Exception as error:
            self._recorder = Recorder.off(f"{type(error).__name__}: {error}")
        return Run(self._recorder)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._recorder is not None:
            self._recorder.close(*how_it_ended(kind, error))


def how_it_ended(kind: type[BaseException] | None, error: BaseException | None) -> tuple[Outcome, str | None]:
    """The outcome by what left a block, and the type of the error in words."""
    if kind is None or (isinstance(error, SystemExit) and error.code in (None, 0)):
        return "finished", None
    stopped = issubclass(kind, (KeyboardInterrupt, SystemExit, GeneratorExit))
    return ("stopped" if stopped else "failed"), f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins.")


def files_in(folder: str | os.PathLike[str]) -> Sequence[Mapping[str, Any]]:
    """Name and size of the files in a folder and in those directly below it, where shards lie; sorted. Nothing where it can not be read.

    Other checkpoints below it and the spool are no part of it.
    """
    from governance.parsing import spool

    try:
        found = _sizes(os.fspath(folder), "")
        for name, size in tuple(found):
            if size is None and not name.startswith(("checkpoint-", spool.FOLDER, ".")):
                found += _sizes(os.path.join(folder, name), f"{name}/")  # noqa: PTH118 - any sort of path
    except OSError:
        return ()
    return [{"name": name[:300], "size": size} for name, size in sorted(found) if size is not None][:MOST_FILES]


def _sizes(folder: str, before: str) -> list[tuple[str, int | None]]:
    """(name, size in bytes) of what lies in a folder; of a folder the size is None. Links are not followed."""
    with os.scandir(folder) as entries:
        listed = [each for each in entries if each.is_file(follow_symlinks=False) or each.is_dir(follow_symlinks=False)]
        return [
            (f"{before}{each.name}", None if each.is_dir(follow_symlinks=False) else each.stat().st_size)
            for each in listed
        ]
