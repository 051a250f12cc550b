"""The rows of a garak report, taken in as they come: who was attacked, what the detectors' counts are, and what the attempts add up to.

A report is JSON lines, each with an `entry_type` (the names of the rows in their order; garak/command.py, garak/attempt.py and
garak/evaluators/base.py in https://github.com/NVIDIA/garak):

- `config` (to 0.9.0.8), `start_run args config` (0.9.0.9), `start_run setup` (since 0.9.0.10): the settings. Numbers with a
  fraction are left out of the last, so that the threshold between a hit and none is seldom known.
- `init`: version, run id, and the local time at the start, without a zone.
- `attempt`: a prompt and its answers, written with status 1 when the answers are in and again with status 2 and the
  detectors' scores. A score of 1 is a hit; null, since 0.13.1, is an answer that could not be judged.
- `eval`: the counts of one detector on one probe. `passed` are the attacks the model resisted.
- `completion`: since 0.9.0.14, at the end of a run that was not broken off.
- `digest`: since 0.12, a summary appended after that.

Attempts hold attacks and answers, most of a report's bytes. They are parsed and counted, one by one, and nothing of them is kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydantic_core import from_json

from governance.collectors.reading import fields
from governance.collectors.reading.interface import not_understood
from governance.errors import UnreadableError
from governance.parsing import strict_json

if TYPE_CHECKING:
    from collections.abc import Iterable

TOOL = "garak"
SETTINGS = frozenset({"config", "start_run args config", "start_run setup"})
MOST_PAIRS = 10_000
"""Of probes and detectors in one report; garak has some hundreds."""
LONGEST_ROW = 8 * 1024 * 1024
"""In bytes; what a row is parsed to can be thirty times as large."""
_COUNTED = frozenset({"init", "eval", "completion", "probe_summary", *SETTINGS})
_KEYS = (b'"entry_type"', b'"detector_results"', b'"probe_classname"')
_VERSION = re.compile(r"(\d{1,4})\.(\d{1,4})(?:\.(\d{1,4}))?(?:\.(\d{1,4}))?")

Pair = tuple[str, str]
"""A probe and a detector, by their names."""


@dataclass
class Counts:
    """What one detector said of the answers to one probe. `not_scored` is None where the version does not count them.

    `interval` is the tool's own confidence interval of the share of hits: (level, lower, upper), each from 0 to 1.
    """

    attempts: int
    hits: int
    not_scored: int | None
    interval: tuple[float, float, float] | None = None


@dataclass
class Scores:
    """What the attempts themselves hold for one probe and detector.

    `full` are scores of 1 and more, `some` those above 0, `over` those that reach the threshold where it is known;
    `unjudged` are answers beyond the scores that were given.
    """

    scored: int = 0
    not_scored: int = 0
    full: int = 0
    some: int = 0
    over: int = 0
    unjudged: int = 0


@dataclass
class Report:
    """A report, read to its end."""

    settings: dict[str, Any] = field(default_factory=dict)
    init: dict[str, Any] = field(default_factory=dict)
    completion: dict[str, Any] | None = None
    digest: bool = False
    counts: dict[Pair, Counts] = field(default_factory=dict)
    scores: dict[Pair, Scores] = field(default_factory=dict)
    begun: set[str] = field(default_factory=set)
    summaries: dict[str, list[int]] = field(default_factory=dict)
    """For each probe the tool's own sums over its detectors: passed, fails, not judged (since 0.16)."""
    threshold: float | int | None = None
    """The score from which on an answer counts as a hit, from 0 to 1; None where the report does not keep it."""
    rows: int = 0

    @property
    def version(self) -> str | None:
        """The version of garak as it wrote it."""
        return fields.text(self.init, "garak_version", most=100) or self.setting("_config.version", most=100)

    @property
    def release(self) -> tuple[int, ...] | None:
        """The version as numbers: `0.9.0.16` as (0, 9, 0, 16)."""
        found = _VERSION.match(self.version or "")
        return tuple(int(part or 0) for part in found.groups()) if found else None

    def setting(self, *names: str, most: int = 500) -> str | None:
        """The first of these settings that holds text."""
        return next((text for name in names if (text := fields.text(self.settings, name, most=most))), None)

    def number(self, *names: str) -> float | int | None:
        """The first of these settings that holds a number."""
        found = (fields.number(self.settings, name) for name in names)
        return next((number for number in found if number is not None), None)


def read(lines: Iterable[tuple[int, bytes]]) -> Report:
    """Take in a report line by line. Raises `UnreadableError` that names the first line that can not be read."""
    report = Report()
    for number, line in lines:
        if not line or line.isspace():
            continue
        report.rows += 1
        if len(line) > LONGEST_ROW:
            raise UnreadableError(f"line {number} is longer than {LONGEST_ROW:,} bytes")
        try:
            row = _parsed(line)
            _take(report, row)
        except UnreadableError as error:
            raise UnreadableError(f"line {number}: {error.message}", hint=error.hint) from None
    return report


def plain_detector(name: str) -> str:
    """A detector's name; to 0.10 the rows with the counts, and only they, say `detector.` before it."""
    return name.removeprefix("detector.")


def document(line: bytes) -> Any:
    """One line as a value, at the parser's full speed; what it refuses goes through the slower one, for its words."""
    try:
        return from_json(line, cache_strings="keys")
    except ValueError:
        return strict_json.loads_lenient(line)[0]


def _parsed(line: bytes) -> dict[str, Any]:
    row = document(line)
    if not isinstance(row, dict):
        raise UnreadableError("not an object", hint="Each line of a garak report is one.")
    kind = row.get("entry_type")
    if not isinstance(kind, str):
        raise not_understood(TOOL, None, "a row without its entry_type")
    # A key that stands twice can change what is counted, so rows with counts are parsed again with care; in an attempt,
    # which may be long, it is enough that the keys looked at stand once. A quote within text is written \", so none is missed.
    if kind in _COUNTED or any(line.count(key) > 1 for key in _KEYS):
        row = strict_json.loads_lenient(line)[0]
    return row  # type: ignore[no-any-return]


def _take(report: Report, row: dict[str, Any]) -> None:
    kind = row["entry_type"]
    if kind == "attempt":
        _attempt(report, row)
    elif kind == "eval":
        _eval(report, row)
    elif kind in SETTINGS:
        if report.settings:
            raise _two_runs()
        report.settings = row
        report.threshold = report.number("run.eval_threshold", "eval_threshold")
    elif kind == "init":
        if report.init:
            raise _two_runs()
        report.init = row
    elif kind == "completion":
        if report.completion is not None:
            raise _two_runs()
        report.completion = row
    elif kind == "digest":
        report.digest = True
    elif kind == "probe_summary":
        _summary(report, row)


def _two_runs() -> UnreadableError:
    return UnreadableError(
        "a second run begins in the same report",
        hint="Attach each report as its own file, or join them with `python -m garak.analyze.aggregate_reports`.",
    )


def _attempt(report: Report, row: dict[str, Any]) -> None:
    probe = _name(row, "probe_classname")
    if len(report.begun) < MOST_PAIRS:
        report.begun.add(probe)
    if row.get("status") != 2:
        return
    outputs = len(fields.rows(row, "outputs"))
    threshold = report.threshold
    for detector, listed in fields.table(row, "detector_results").items():
        pair = (probe, plain_detector(detector))
        scores = report.scores.get(pair)
        if scores is None:
            _room(report.scores)
            scores = report.scores[pair] = Scores()
        given = _flat(listed)
        for score in given:
            if score is None:
                scores.not_scored += 1
                continue
            if isinstance(score, bool) or not isinstance(score, (int, float)):
                raise UnreadableError("a score is not a number")
            scores.scored += 1
            scores.full += score >= 1
            scores.some += score > 0
            scores.over += threshold is not None and score >= threshold
        scores.unjudged += max(0, outputs - len(given))


def _flat(scores: Any) -> list[Any]:
    """The scores of one attempt by one detector: a list, or, from the harness that stops early, lists in a list."""
    if not isinstance(scores, list):
        raise UnreadableError("the scores of a detector are not a list")
    return [score for part in scores for score in (part if isinstance(part, list) else [part])]


def _eval(report: Report, row: dict[str, Any]) -> None:
    pair = (_name(row, "probe"), plain_detector(_name(row, "detector")))
    made = counts_of(row, report.version)
    known = report.counts.get(pair)
    if known is None:
        _room(report.counts)
        report.counts[pair] = made
        return
    # Reports put together from several runs hold the same probe more than once.
    missing = known.not_scored is None or made.not_scored is None
    total = None if missing else (known.not_scored or 0) + (made.not_scored or 0)
    report.counts[pair] = Counts(known.attempts + made.attempts, known.hits + made.hits, total)


def counts_of(row: dict[str, Any], version: str | None) -> Counts:
    """The counts of an `eval` row, by the fields it has.

    To 0.13.0 `passed` of `total`; since 0.13.1 also `nones`, which are not in `total`; since 0.14 `fails`, `total_evaluated`
    (without `nones`) and `total_processed` (with them).
    """
    passed, fails = fields.whole(row, "passed", least=0), fields.whole(row, "fails", least=0)
    nones, processed = fields.whole(row, "nones", least=0), fields.whole(row, "total_processed", least=0)
    judged = fields.whole(row, "total_evaluated", least=0)
    judged = fields.whole(row, "total", least=0) if judged is None else judged
    if passed is None or (judged is None and fails is None):
        raise not_understood(
            TOOL, version, "a row of counts that does not say how many attempts were resisted and of how many"
        )
    judged = passed + (fails or 0) if judged is None else judged
    nones = processed - judged if nones is None and processed is not None else nones
    if passed > judged or (fails is not None and passed + fails != judged):
        raise UnreadableError(f"the counts contradict each other: {passed} resisted and {_or(fails)} hits of {judged}")
    if processed is not None and processed != judged + (nones or 0):
        raise UnreadableError(
            f"the counts contradict each other: {judged} judged and {_or(nones)} not judged of {processed}"
        )
    return Counts(judged, judged - passed, nones, _interval(row))


def _or(count: int | None) -> str:
    return "an unknown number of" if count is None else str(count)


def _interval(row: dict[str, Any]) -> tuple[float, float, float] | None:
    """The confidence interval, since 0.14.1 and for 30 judged answers and more."""
    made: list[float] = []
    for key in ("confidence", "confidence_lower", "confidence_upper"):
        value = row.get(key)
        try:
            number = float(value) if isinstance(value, (str, int, float)) else -1.0
        except ValueError:
            return None
        if not 0 <= number <= 1:
            return None
        made.append(number)
    return (made[0], made[1], made[2]) if made[1] <= made[2] else None


def _summary(report: Report, row: dict[str, Any]) -> None:
    found = fields.table(row, "detection_counts")
    passed, fails, nones = (fields.whole(found, key, least=0) for key in ("passed", "fails", "nones"))
    if passed is None or fails is None or nones is None:
        return
    _room(report.summaries)
    sums = report.summaries.setdefault(_name(row, "probe"), [0, 0, 0])
    for place, count in enumerate((passed, fails, nones)):
        sums[place] += count


def _name(row: dict[str, Any], key: str) -> str:
    name = fields.text(row, key, most=300)
    if name is None:
        raise not_understood(TOOL, None, f"a row of sort {row['entry_type'][:40]} that names no {key}")
    return name


def _room(held: dict[Any, Any]) -> None:
    if len(held) >= MOST_PAIRS:
        raise UnreadableError(f"more than {MOST_PAIRS:,} pairs of a probe and a detector")
