"""A training run as the logging library of MLPerf writes it.

*Reads* the lines that begin with `:::MLLOG` and a JSON object, wherever they stand in a log (launchers put a rank or a time
before them), of mlperf-logging 0.6 and later.

*Says* which benchmark was run with which seed and settings, how long from `run_start` to `run_stop`, how the loss and the
quality on held-out data moved, and whether the run stopped with success. One without `run_stop`, or that was aborted, is not
complete.

*Does not say* that this is a result of MLPerf: only MLCommons makes one of a log, after review, and until then the name may not
be used. The quality is the benchmark's own measure, which for some is a loss and for others a share. Platform, organisation and
the place in the code are not copied.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from governance.collectors.formats import tracked_run
from governance.collectors.formats.tracked_run import Point, Tracked
from governance.collectors.reading import fields, moments
from governance.collectors.reading.doubts import Doubts
from governance.collectors.reading.interface import Marks, NotMine, OneFile, Tried, recognised
from governance.domain.evidence import Collector, Subject, SubjectType
from governance.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from governance.collectors.reading.answers import Found
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

MARK = b":::MLLOG "
MOST_ENTRIES = 1_000_000
_ENTRY = re.compile(rb":::MLLOG +\{")
_LOSSES = ("train_loss", "loss", "training_loss")
_QUALITY = ("eval_accuracy", "eval_loss", "eval_error")
# What MLPerf calls a setting, and what it is called elsewhere.
_SETTINGS = {
    "seed": "seed",
    "global_batch_size": "global_batch_size",
    "gradient_accumulation_steps": "gradient_accumulation_steps",
    "max_steps": "max_steps",
    "lora_rank": "lora_rank",
    "lora_alpha": "lora_alpha",
    "opt_name": "opt_name",
    "opt_base_learning_rate": "learning_rate",
    "opt_weight_decay": "weight_decay",
    "opt_learning_rate_warmup_steps": "warmup_steps",
    "max_sequence_length": "max_length",
}


class MlperfLog(OneFile):
    """Finds one run for each log."""

    noun = Collector(name="mlperf-log", version="1")
    kinds = ("training-run.v1",)
    tool = "mlperf-logging"
    tried = (Tried("4.1.68", "recorded", "2026-11-25"),)
    marks = Marks(form=("text", "binary"), words=(MARK.strip(), b'"event_type"'), pattern=_ENTRY)

    def looks(self, folder: Folder, file: File) -> str | None:  # noqa: ARG002
        """None for such a log. Among bytes of another program it is known by its beginning: binary files are not searched."""
        return recognised(
            file, lambda: self.marks.missing(file) if file.form == "text" or MARK in file.head else "lacks :::MLLOG"
        )

    def facts(self, folder: Folder, file: File) -> Iterable[Found]:
        """The run of one log."""
        run = Tracked(tracker="mlperf-logging", name="")
        doubts = Doubts()
        began, ended, samples = None, None, None
        for entry in _entries(file):
            key, value = entry.get("key"), entry.get("value")
            told = fields.table(entry, "metadata")
            if key == "submission_benchmark":
                run.name = fields.text(entry, "value") or ""
            elif key == "run_start":
                if began is not None:
                    raise UnreadableError(
                        "holds more than one run", hint="Attach the log of each run as a file of its own."
                    )
                began = fields.number(entry, "time_ms")
            elif key == "run_stop":
                ended, run.status = fields.number(entry, "time_ms"), fields.text(told, "status", most=100)
            elif key in _SETTINGS:
                run.settings[_SETTINGS[key]] = value
            elif key == "train_samples":
                samples = fields.whole(entry, "value")
            elif key == "tracked_stats" and isinstance(value, dict):
                for name in _LOSSES:
                    _point(run, name, value.get(name), told)
            elif key in (*_LOSSES, *_QUALITY):
                _point(run, key, value, told)
        run.ended = None if run.status is None else run.status == "success"
        run.name = run.name or folder.name[:500] or "run"
        body = tracked_run.training_body(run, Doubts())
        _doubt(run, began is not None, doubts)
        seconds = (ended - began) / 1000 if began is not None and ended is not None and ended >= began else None
        quality = {name: body["last_logged"][name] for name in _QUALITY if name in body["last_logged"]}
        body |= {
            "train_runtime_seconds": seconds,
            "finished": True if run.ended else False if run.status else None,
            "evaluations": max((len(run.series.get(name, ())) for name in _QUALITY), default=0),
            "benchmark": run.name,
            "quality": quality,
            "train_samples": samples,
        }
        subject = Subject(type=SubjectType.RUN, name=run.name)
        at = moments.of_epoch_ms(ended if ended is not None else began)
        yield self.found(folder, file, self.kinds[0], body, subject, doubts=doubts, at=at)


def _entries(file: File) -> Iterator[dict[str, Any]]:
    """The logged objects; a last line without its end was cut."""
    count = 0
    at = -1
    for number, line in file.lines():
        at = line.find(MARK)
        if at < 0:
            continue
        entry, _ = tracked_run.json_object(line[at + len(MARK) :].strip(), f"line {number}")
        if not isinstance(entry.get("key"), str):
            raise UnreadableError(f"line {number} is not an entry of the log")
        count += 1
        if count > MOST_ENTRIES:
            raise UnreadableError(f"more than {MOST_ENTRIES:,} entries")
        yield entry
    if not count:
        raise NotMine("no entry of such a log")
    if at >= 0 and file.tail(1) != b"\n":
        raise UnreadableError("ends in the middle of a line", hint="Copy it again, whole.")


def _point(run: Tracked, name: str, value: Any, told: dict[str, Any]) -> None:
    """Add a value at the step or, where only samples or passes are counted, without one."""
    if tracked_run.is_number(value):
        step = fields.whole(told, "step_num", least=0) if "step_num" in told else None
        run.series.setdefault(name, []).append(Point(step, tracked_run.number(value)))


def _doubt(run: Tracked, began: bool, doubts: Doubts) -> None:
    if not began:
        doubts.partial("no run_start: the run had not begun")
    if run.status is None:
        doubts.partial("no run_stop with a status: the run was killed or was still going on")
    elif run.status != "success":
        doubts.failed(f"the run stopped with the status {run.status}")
    if not run.series:
        doubts.partial("neither a loss nor a quality was logged")
    elif any(points[-1].value is None for points in run.series.values()):
        doubts.failed("the last loss or quality is not a number")


COLLECTOR = MlperfLog()
