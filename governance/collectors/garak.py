"""Reports of garak, which attacks a language model with known attacks.

*Reads* the `report.jsonl` of versions 0.9 to 0.17, told by its rows: settings, attempts, the counts of each detector on each
probe, the row that closes a run, the summary behind it. A log of hits (`hitlog.jsonl`) beside its report is held against it.

*Says* for each attack and each detector how many answers were judged, how many show that it got through, and how many could
not be judged, which are neither; whether the run came to its end; the target by name, generations, seed and run id. Without the
closing row the evidence is partial, and without any count it is failed. Counts that the report's own attempts do not bear
out are said and are not whole evidence.

*Does not say* how bad a hit is, or that a detector looks at the answer at all: garak ships some for trying things out, such as
always.Pass. Attacks and answers are never copied. The clock is the machine's local time without a zone, kept as text.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from governance.collectors.formats import garak_report
from governance.collectors.formats.garak_report import TOOL, Counts, Pair, Report, Scores
from governance.collectors.reading import fields, moments
from governance.collectors.reading.doubts import Doubts
from governance.collectors.reading.interface import Marks, NotMine, OneFile, Tried, recognised
from governance.collectors.reading.names import named
from governance.domain.evidence import Collector, Subject, SubjectType
from governance.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from governance.collectors.reading.answers import Found
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

_ROW = re.compile(rb'"entry_type"\s*:\s*"(?:start_run setup|start_run args config|config|init|attempt|eval|digest)"')
_HIT = re.compile(rb'"run_id"\s*:\s*"([0-9A-Za-z-]{1,64})"')
_RUN = re.compile(rb'"(?:run|transient\.run_id)"\s*:\s*"([0-9A-Za-z-]{1,64})"')
_LOCAL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?")
_ATTACH = "Attach the report.jsonl that garak wrote."
_EVERYTHING = frozenset({"", "all", "auto", "none", "*"})
_CONTRADICTIONS = (
    "the hits are not those that the scores of the attempts come to",
    "the attempts hold other scores than were counted",
)
_MISSING = "attempts are missing from the report, so its counts can not be checked"
_UNJUDGED = "some answers carry no score"
_CLOSES_SINCE = (0, 9, 0, 14)
_SUMS_UP_SINCE = (0, 12, 0, 0)


class Garak(OneFile):
    """Finds one attack on a model for each report."""

    noun = Collector(name="garak", version="1")
    kinds = ("red-team.v1",)
    tool = TOOL
    tried = (
        Tried("0.9.0.7", "recorded", "2026-11-25"),
        Tried("0.9.0.12", "recorded", "2026-11-25"),
        Tried("0.9.0.14", "recorded", "2026-11-25"),
        Tried("0.9.0.16", "published", "2026-11-25"),
        Tried("0.10.1", "recorded", "2026-11-25"),
        Tried("0.10.3.1", "recorded", "2026-11-25"),
        Tried("0.11.0", "recorded", "2026-11-25"),
        Tried("0.12.0", "recorded", "2026-11-25"),
        Tried("0.12.0.pre1", "published", "2026-11-25"),
        Tried("0.13.1", "recorded", "2026-11-25"),
        Tried("0.13.3", "recorded", "2026-11-25"),
        Tried("0.13.3.pre1", "published", "2026-11-25"),
        Tried("0.14.0.pre1", "published", "2026-11-25"),
        Tried("0.14.1.pre1", "published", "2026-11-25"),
        Tried("0.14.1", "recorded", "2026-11-25"),
        Tried("0.15.1", "recorded", "2026-11-25"),
        Tried("0.16.0", "recorded", "2026-11-25"),
        Tried("0.17.1", "recorded", "2026-11-25"),
    )
    marks = Marks(
        form="json", any_of=(b'"garak_version"', b'"probe_classname"', b'"_config.', b'"model_type"'), pattern=_ROW
    )
    hits = Marks(form="json", words=(b'"attempt_id"', b'"run_id"', b'"probe"', b'"detector"', b'"goal"'), pattern=_HIT)

    def looks(self, folder: Folder, file: File) -> str | None:  # noqa: ARG002
        """None for a report or a log of hits, else what is missing."""
        return recognised(file, lambda: self.hits.missing(file) and self.marks.missing(file))

    def facts(self, folder: Folder, file: File) -> Iterable[Found]:
        """The attack that a report tells of. A log of hits alone is refused: it holds no attempt that was resisted."""
        if self.marks.missing(file) is not None:
            _hits(file)
            self._without_its_report(folder, file)
        if file.first(64).split(b"\n")[0].strip() in (b"{", b"["):
            raise UnreadableError("laid out over several lines, as no report of garak is", hint=_ATTACH)
        report = garak_report.read(file.lines())
        if not report.init and not report.settings and not report.counts and not report.begun:
            raise UnreadableError("a summary or a part of a garak report, without one row of counts", hint=_ATTACH)
        doubts = Doubts()
        beside = list(self._logs(folder, file, report, doubts))
        body = _body(report, doubts)
        model = body["model"]
        subject = (
            Subject(type=SubjectType.MODEL, name=model["name"])
            if model
            else Subject(type=SubjectType.RUN, name=body["run_id"] or file.shown[-500:])
        )
        yield self.found(
            folder, file, "red-team.v1", body, subject,
            doubts=doubts, at=_moment(report.init, "start_time"), version=report.version, beside=beside,
        )  # fmt: skip

    def _without_its_report(self, folder: Folder, file: File) -> None:
        if _run_of_hits(file) in self._beside(folder).reported:
            raise NotMine("a log of hits, held against the report beside it")
        raise UnreadableError(
            "a log of hits without its report: it does not say how many attacks were made",
            hint="Attach the report.jsonl of the same run beside it.",
        )

    def _beside(self, folder: Folder) -> _Runs:
        """The runs of a folder whose reports and whose logs lie in it, worked out once."""
        made = folder.notes.get("garak-runs")
        if not isinstance(made, _Runs):
            made = folder.notes["garak-runs"] = _Runs(set(), {})
            for file in folder.files.values():
                if recognised(file, partial(self.marks.missing, file)) is None:
                    made.reported.update(_RUN.findall(file.head))
                elif recognised(file, partial(self.hits.missing, file)) is None and (run := _run_of_hits(file)):
                    made.logs.setdefault(run, []).append(file)
        return made

    def _logs(self, folder: Folder, file: File, report: Report, doubts: Doubts) -> Iterator[File]:
        """The logs of hits of this run, with a doubt where one holds more than the report counts."""
        run = (fields.text(report.init, "run", most=200) or "").encode()
        logs = list(self._beside(folder).logs.get(run, ()))
        named = folder.beside(file.name.replace(".report.", ".hitlog."))
        if (
            named is not None
            and named.name not in folder.files
            and recognised(named, partial(self.hits.missing, named)) is None
            and _run_of_hits(named) == run
        ):
            logs.append(named)
        for log in logs:
            try:
                logged = _hits(log)
            except UnreadableError:
                continue  # said where that file is read itself
            none = Counts(0, 0, None)
            more = [pair for pair, count in logged.items() if count > report.counts.get(pair, none).hits]
            if more and report.completion is not None:
                doubts.not_understood(
                    f"the log of hits beside it holds more hits than the report counts: {_some(more)}"
                )
            yield log


@dataclass
class _Runs:
    """Run ids: those of the reports, and the logs of hits by the run they name."""

    reported: set[bytes]
    logs: dict[bytes, list[File]]


def _run_of_hits(file: File) -> bytes | None:
    found = _HIT.search(file.glance())
    return found[1] if found else None


def _hits(file: File) -> Counter[Pair]:
    """How many hits a log holds for each probe and detector. Raises for one that is broken."""
    made: Counter[Pair] = Counter()
    for number, line in file.lines():
        if not line.strip():
            continue
        try:
            row = garak_report.document(line)
            if not isinstance(row, dict) or "attempt_id" not in row:
                raise UnreadableError("not a hit, as garak logs one")
            probe, detector = fields.text(row, "probe", most=300), fields.text(row, "detector", most=300)
        except UnreadableError as error:
            raise UnreadableError(f"line {number}: {error.message}") from None
        if len(made) < garak_report.MOST_PAIRS:
            made[probe or "", garak_report.plain_detector(detector or "")] += 1
    return made


def _body(report: Report, doubts: Doubts) -> dict[str, Any]:
    attempts = sum(counts.attempts for counts in report.counts.values())
    unjudged = [counts.not_scored for counts in report.counts.values()]
    known = [count for count in unjudged if count is not None]
    parts = fields.rows(report.settings, "aggregation") if "aggregation" in report.settings else None
    ended = _ended(report, parts, attempts, doubts)
    _doubt_counts(report, doubts)
    _doubt_attempts(report, doubts)
    kind, model = _target(report)
    if model is None:
        doubts.partial("the report does not name its target")
    seed = report.number("run.seed", "seed")
    return {
        "tool": {"name": TOOL, "version": report.version},
        "completed": ended,
        "probes": [_probe(pair, counts) for pair, counts in report.counts.items()],
        "attempts": attempts,
        "hits": sum(counts.hits for counts in report.counts.values()),
        "not_scored": sum(known) if known and len(known) == len(unjudged) else None,
        "model": model,
        "target_type": kind,
        "generations": fields.whole(
            {"generations": report.number("run.generations", "generations")}, "generations", least=0
        ),
        "threshold": report.threshold,
        "seed": seed if isinstance(seed, int) else None,
        "run_id": fields.text(report.init, "run", most=200) or report.setting("transient.run_id", most=200),
        "aggregate_of": None if parts is None else len(parts),
        "summary_written": report.digest,
        "local_start_time": _local(report.init, "start_time"),
        "local_end_time": _local(report.completion or {}, "end_time"),
    }


def _probe(pair: Pair, counts: Counts) -> dict[str, Any]:
    made: dict[str, Any] = {
        "name": pair[0],
        "detector": pair[1] or None,
        "attempts": counts.attempts,
        "hits": counts.hits,
        "not_scored": counts.not_scored,
    }
    if counts.interval is not None:
        made["hit_rate_interval"] = dict(zip(("level", "lower", "upper"), counts.interval, strict=True))
    return made


def _target(report: Report) -> tuple[str | None, dict[str, Any] | None]:
    """The sort of target and the model by name: `target_*` since 0.13.1, `model_*` before. Garak's own stand-ins have no name."""
    kind = report.setting("plugins.target_type", "plugins.model_type", "model_type")
    name = report.setting("plugins.target_name", "plugins.model_name", "model_name") or kind
    return kind, named(name) if name else None


def _ended(report: Report, parts: list[Any] | None, attempts: int, doubts: Doubts) -> bool | None:
    """Whether the run came to its end: only the closing row of the same run says so."""
    if not attempts:
        scored = sum(scores.scored for scores in report.scores.values())
        but = f"; scores that the attempts hold and nobody counted: {scored:,}" if scored else ""
        doubts.failed(f"no answer was judged: the report counts nothing; attacks begun: {len(report.begun)}{but}")
    if not report.init or not report.settings:
        doubts.partial("the first rows are missing: neither the version nor the target is sure")
    if parts is not None and report.completion is None:
        doubts.partial(f"put together by garak from {len(parts)} reports; whether each came to its end was not kept")
        return None if attempts else False
    if report.completion is None and report.release is not None and report.release < _CLOSES_SINCE:
        doubts.partial(f"garak {report.version} does not write whether a run came to its end")
        return None if attempts else False
    if report.completion is None:
        doubts.partial("no row that closes the run: it was broken off, or the report was cut")
        return False
    runs = {fields.text(row, "run", most=200) for row in (report.init, report.completion) if row} - {None}
    if len(runs) > 1:
        doubts.not_understood("the row that closes the run names another run than the one that opens it")
    if not report.digest and report.release is not None and report.release >= _SUMS_UP_SINCE:
        doubts.partial("the summary that this version appends is missing: the report was cut, or garak failed over it")
    return attempts > 0


def _doubt_counts(report: Report, doubts: Doubts) -> None:
    """What the counts themselves leave open."""
    counted = {probe for probe, _ in report.counts}
    if report.counts:
        if left := [pair for pair, counts in report.counts.items() if not counts.attempts]:
            doubts.partial(f"not one answer was judged: {_some(left)}")
        if unjudged := sum(counts.not_scored or 0 for counts in report.counts.values()):
            doubts.partial(f"{unjudged:,} answers could not be judged")
        if begun := sorted(report.begun - counted):
            doubts.partial(f"begun and never counted: {_some((probe, '') for probe in begun)}")
        if skipped := [name for name in _asked(report) if not _stands_for(name, counted)]:
            doubts.partial(f"asked for and never judged: {_some((name, '') for name in skipped)}")
    for probe, sums in report.summaries.items():
        rows = [counts for (name, _), counts in report.counts.items() if name == probe]
        if sums != [
            sum(each.attempts - each.hits for each in rows),
            sum(each.hits for each in rows),
            sum(each.not_scored or 0 for each in rows),
        ]:
            doubts.not_understood(f"the tool's own sums for {probe} are not those of its counts")


def _doubt_attempts(report: Report, doubts: Doubts) -> None:
    """What the attempts say of the counts. Every count is the sum of scores that stand in the same report."""
    held: dict[str, list[Pair]] = {}
    for pair, counts in report.counts.items():
        if said := _against(counts, report.scores.get(pair), report.threshold):
            held.setdefault(said, []).append(pair)
    for said in _CONTRADICTIONS:
        if said in held:
            doubts.not_understood(f"{said}: {_some(held[said])}")
    for said in (_MISSING, _UNJUDGED):
        if said in held:
            doubts.partial(f"{said}: {_some(held[said])}")
    uncounted = [pair for pair in report.scores if pair not in report.counts]
    if uncounted and report.counts:
        doubts.partial(f"judged in the attempts and never counted: {_some(uncounted)}")


def _against(counts: Counts, scores: Scores | None, threshold: float | int | None) -> str | None:
    """What speaks against the counts of one detector in the scores of its attempts, or None."""
    if scores is None or scores.scored < counts.attempts:
        return _MISSING if counts.attempts else None
    if scores.scored > counts.attempts or counts.not_scored not in (None, scores.not_scored):
        return _CONTRADICTIONS[1]
    # A score of 1 is a hit under any threshold, and one of 0 under none.
    fits = (
        scores.full <= counts.hits <= max(scores.some, scores.full) if threshold is None else counts.hits == scores.over
    )
    if not fits:
        return _CONTRADICTIONS[0]
    return _UNJUDGED if scores.unjudged else None


def _asked(report: Report) -> list[str]:
    """The probes or groups of probes that were asked for, where the settings list them and nothing narrows them down."""
    settings = report.settings
    listed: Any = settings.get("transient.active_probes")
    if listed is None and not settings.get("run.probe_tags"):
        spec = settings.get("run.spec")
        listed = spec.get("include") if isinstance(spec, dict) and not spec.get("exclude") else None
        listed = listed or settings.get("plugins.probe_spec") or settings.get("probes")
    names = listed.split(",") if isinstance(listed, str) else listed if isinstance(listed, list) else []
    plain = (name.strip().removeprefix("probes.") for name in names if isinstance(name, str) and ":" not in name)
    return [name for name in plain if name.lower() not in _EVERYTHING]


def _stands_for(name: str, counted: set[str]) -> bool:
    return any(probe == name or probe.startswith(f"{name}.") for probe in counted)


def _some(pairs: Iterable[Pair]) -> str:
    """The first three by name, and how many there are besides."""
    named = [f"{probe} by {detector}" if detector else probe for probe, detector in pairs]
    rest = f" and {len(named) - 3:,} more" if len(named) > 3 else ""
    return ", ".join(name[:80] for name in named[:3]) + rest


def _moment(row: dict[str, Any], key: str) -> datetime | None:
    return moments.of_text(row.get(key))


def _local(row: dict[str, Any], key: str) -> str | None:
    """A time without a zone, as the tool wrote it: nobody's moment until somebody says where the machine stood."""
    value = row.get(key)
    return value if isinstance(value, str) and _LOCAL.fullmatch(value) else None


COLLECTOR = Garak()
