"""The records of a Weights & Biases run, gathered: settings, logged rows, exit code, versions.

The numbers of the fields are those of the tool's own description of its records, `wandb/proto/wandb_internal.proto`
(https://github.com/wandb/wandb), which only ever grew from 0.12 to 0.31. Records of another sort (output, arguments, host,
use of the machine) are passed over unopened.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from governance.collectors.formats import protobuf_wire, tracked_names, tracked_run
from governance.collectors.formats.tracked_run import Point
from governance.errors import UnreadableError
from governance.parsing import strict_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

MOST_ROWS = 1_000_000
# Of `Record`.
_HISTORY, _SUMMARY, _CONFIG, _ARTIFACT, _TELEMETRY = 2, 3, 5, 8, 11
_RUN, _EXIT, _HEADER, _FOOTER, _ENVIRONMENT = 17, 18, 21, 22, 26
# Of one logged, summed up or set value: its name in one part or in several, and its value as JSON.
_KEY, _NESTED, _VALUE = 1, 2, 16
_NAMED, _VALUED = (_KEY << 3 | 2, _NESTED << 3 | 2), b"\x82\x01"
"""How a run of bytes with these numbers begins on the wire."""
_STEP = "train/global_step"


@dataclass
class WandbRun:
    """What the records say. Moments in seconds since 1970."""

    run_id: str = ""
    name: str | None = None
    project: str | None = None
    tags: list[str] = field(default_factory=list)
    commit: str | None = None
    version: str | None = None
    start: float | None = None
    last: float | None = None
    """When the last row was logged."""
    exit_code: int | None = None
    old_header: bool = False
    footer: bool = False
    settings: dict[str, Any] = field(default_factory=dict)
    series: dict[str, list[Point]] = field(default_factory=dict)
    summary: dict[bytes, bytes] = field(default_factory=dict)
    """The last value of each name, both as they lie in the file: they are written again with every row."""
    data_sets: list[dict[str, Any]] = field(default_factory=list)
    rows: int = 0

    @property
    def lacks_footer(self) -> bool:
        """Up to 0.17 the header is empty and a closing record follows the exit record; later the exit record is the last."""
        return self.old_header and not self.footer


def gathered(records: Iterable[bytes]) -> WandbRun | None:
    """The run of a log, or None where no record tells of one. Raises `UnreadableError` for a record that is not one."""
    run = WandbRun()
    for record in records:
        for number, value in protobuf_wire.fields(record):
            take = _TAKES.get(number)
            if take is not None and isinstance(value, bytes):
                take(run, value)
    if not run.run_id:
        return None
    for name, said in run.summary.items():
        key, value = name.decode("utf-8", "replace"), _plain(said)
        # What stands in no row was set once, such as the run time at the end.
        if key not in run.series and not key.startswith("_") and tracked_run.is_number(value):
            run.series[key] = [Point(None, tracked_run.number(value))]
    return run


def _begin(run: WandbRun, message: bytes) -> None:
    run.run_id = (protobuf_wire.text(message, 1) or "")[:500]
    run.project = (protobuf_wire.text(message, 3) or "")[:500] or None
    run.name = (protobuf_wire.text(message, 8) or "")[:500] or None
    run.commit = (protobuf_wire.text(message, 21, 2) or "")[:200] or run.commit
    run.version = (protobuf_wire.text(message, 19, 5) or "")[:200] or run.version
    run.tags = sorted({tag.decode("utf-8", "replace")[:100] for tag in protobuf_wire.messages(message, 10)})
    started = protobuf_wire.last(message, 17)
    if started is not None:
        run.start = (protobuf_wire.whole(started, 1) or 0) + (protobuf_wire.whole(started, 2) or 0) / 1e9
    for config in protobuf_wire.messages(message, 4):
        _configure(run, config)


def _configure(run: WandbRun, message: bytes) -> None:
    for key, value in _items(message, 1):
        if not key.startswith("_wandb"):
            taken = key in tracked_names.WANTED and not tracked_run.is_not_finite(value)
            run.settings[key] = value if taken else None


def _log(run: WandbRun, message: bytes) -> None:
    """Add one logged row, at the step the training counted or else at the tool's own."""
    run.rows += 1
    if run.rows > MOST_ROWS:
        raise UnreadableError(f"more than {MOST_ROWS:,} logged rows")
    row = {key: value for key, value in _items(message, 1) if tracked_run.is_number(value)}
    counted = row[_STEP] if _STEP in row else row["_step"] if "_step" in row else _own_step(message)
    step = int(counted) if isinstance(counted, (int, float)) and counted == int(counted) >= 0 else None
    if isinstance(moment := row.get("_timestamp"), (int, float)):
        run.last = max(run.last or 0.0, float(moment))
    for key, value in row.items():
        if not key.startswith("_"):
            run.series.setdefault(key, []).append(Point(step, tracked_run.number(value)))


def _own_step(message: bytes) -> int | None:
    own = protobuf_wire.last(message, 2)
    return None if own is None else protobuf_wire.whole(own, 1) or 0


def _artifact(run: WandbRun, message: bytes) -> None:
    """A data set that the run logged as an artifact, with the tool's own digest of it."""
    name = protobuf_wire.text(message, 5)
    if name and protobuf_wire.text(message, 4) == "dataset" and len(run.data_sets) < 100:
        digest = (protobuf_wire.text(message, 6) or "")[:200] or None
        entry = {"name": name[:500], "digest": digest, "context": "artifact"}
        if entry not in run.data_sets:
            run.data_sets.append(entry)


def _items(message: bytes, number: int) -> list[tuple[str, Any]]:
    """Name and value of each item of a message; a name in several parts is joined by a full stop."""
    return [(name.decode("utf-8", "replace"), _plain(value)) for name, value in _raw(message, number)]


def _raw(message: bytes, number: int) -> list[tuple[bytes, bytes]]:
    """The items of a message with their names and their values as JSON, but for those that are too long to be a number."""
    made = [
        _parts(item)
        for field_number, item in protobuf_wire.fields(message)
        if field_number == number and isinstance(item, bytes)
    ]
    return [(name, value) for name, value in made if name and len(name) <= 500 and len(value) <= 100_000]


def _parts(item: bytes) -> tuple[bytes, bytes]:
    """Name and value of one item. Most are a short name and a short value one after the other: there are millions of those."""
    if len(item) > 1 and item[0] in _NAMED and item[1] < 128:
        end = 2 + item[1]
        length = item[end + 2 : end + 3]
        if item[end : end + 2] == _VALUED and length and length[0] < 128 and end + 3 + length[0] == len(item):
            return item[2:end], item[end + 3 :]
    key, nested, value = b"", b"", b""
    for each, part in protobuf_wire.fields(item):
        if not isinstance(part, bytes):
            continue
        if each == _VALUE:
            value = part
        elif each == _NESTED:
            nested = b".".join((nested, part)) if nested else part
        elif each == _KEY:
            key = part
    return key or nested, value


def _plain(value: bytes) -> Any:
    """A JSON value; most are numbers, and those need no parser. NaN and infinity stay words."""
    if _NUMBER.fullmatch(value):
        return int(value) if len(value) <= 15 and value.lstrip(b"-").isdigit() else float(value)
    if value in _WORDS:
        return value.decode().strip('"')
    return strict_json.loads_lenient(value)[0]


_NUMBER = re.compile(rb"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?")
_WORDS = frozenset(word.encode() for each in tracked_names.NOT_FINITE for word in (each, f'"{each}"'))


def _end(run: WandbRun, message: bytes) -> None:
    run.exit_code = protobuf_wire.whole(message, 1) or 0


def _head(run: WandbRun, message: bytes) -> None:
    run.old_header = not message
    run.version = run.version or (protobuf_wire.text(message, 1, 1) or "").partition("+")[0][:200] or None


def _foot(run: WandbRun, _: bytes) -> None:
    run.footer = True


def _tell(run: WandbRun, message: bytes) -> None:
    run.version = (protobuf_wire.text(message, 5) or "")[:200] or run.version


def _surround(run: WandbRun, message: bytes) -> None:
    run.commit = (protobuf_wire.text(message, 9, 2) or "")[:200] or run.commit


def _sum_up(run: WandbRun, message: bytes) -> None:
    run.summary.update(_raw(message, 1))


_TAKES: dict[int, Callable[[WandbRun, bytes], None]] = {
    _HISTORY: _log,
    _SUMMARY: _sum_up,
    _CONFIG: _configure,
    _ARTIFACT: _artifact,
    _TELEMETRY: _tell,
    _RUN: _begin,
    _EXIT: _end,
    _HEADER: _head,
    _FOOTER: _foot,
    _ENVIRONMENT: _surround,
}
