"""Results of promptfoo, which asserts something of each answer, and attacks models with its red-team plugins.

*Reads* the JSON output (`-o out.json`, and what `evaluate()` returns) of result versions 1, 2 and 3, and the rows of
`-o out.jsonl`, told by their fields.

*Says* for each provider and prompt which share of the answers met its assertions, over how many; the named metrics; who judged
where a model did. Tests that carry a plugin are attacks: how often each, by which strategy, got through. A call that failed is
neither met nor an attack resisted, and an answer that was held against no assertion, which the tool counts as a success, is
neither met nor missed: both make the evidence partial. So do test cases that were left out, and rows without their header, of
which nobody can tell whether they are all.

*Does not say* which weights answered: a provider is a name. Whether an assertion is a good one was not looked at. Prompts,
answers and variables are never copied. `error` holds the text of a mere assertion too, so `failureReason` decides, and where an
old version has none, whether an answer was graded at all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from governance.collectors.formats import eval_body
from governance.collectors.reading import fields, moments
from governance.collectors.reading.doubts import Doubts
from governance.collectors.reading.interface import Marks, NotMine, OneFile, Tried, not_understood, recognised
from governance.collectors.reading.names import UNKNOWN, named
from governance.domain.evidence import Collector, Subject, SubjectType
from governance.errors import UnreadableError
from governance.parsing import strict_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from governance.collectors.reading.answers import Found
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

TOOL = "promptfoo"
MOST_ROWS = 200_000
MOST_GROUPS = 5_000
_SUMMARY = re.compile(rb'"results"\s*:\s*\{\s*"version"\s*:\s*\d')
_ROW = re.compile(rb'^\s*\{[^\n]*"promptIdx"\s*:\s*\d')
_PLUGIN = "promptfoo:redteam:"
_ERROR = 2
_NOTHING = "No assertions"
"""What the tool gives as the reason of an answer that it held against nothing, and so passed."""


@dataclass
class Sum:
    """Answers of one provider to one prompt, or to one attack; scores by metric.

    Each was met, or missed, or held against nothing (`free`), or never came because the call failed.
    """

    met: int = 0
    missed: int = 0
    free: int = 0
    errors: int = 0
    metrics: dict[str, list[float]] = field(default_factory=dict)

    @property
    def judged(self) -> int:
        """Answers that were held against an assertion."""
        return self.met + self.missed

    @property
    def unjudged(self) -> int:
        """Answers that were not, and calls without an answer."""
        return self.free + self.errors


@dataclass
class Run:
    """What the rows come to: by provider, and under it by prompt, and by attack (plugin, strategy, detector)."""

    prompts: dict[str, dict[int, Sum]] = field(default_factory=dict)
    attacks: dict[str, dict[tuple[str, str | None, str | None], Sum]] = field(default_factory=dict)
    digests: dict[int, str | None] = field(default_factory=dict)
    tests: set[int] = field(default_factory=set)
    rows: int = 0
    total: Sum = field(default_factory=Sum)


class Promptfoo(OneFile):
    """Finds one evaluation for each provider of an output, and one attack where plugins took part."""

    noun = Collector(name="promptfoo", version="1")
    kinds = ("eval-run.v1", "red-team.v1")
    tool = TOOL
    tried = (
        Tried("0.92.2", "recorded", "2026-11-25"),
        Tried("0.118.11", "published", "2026-11-25"),
        Tried("0.120.17", "published", "2026-11-25"),
        Tried("0.121.2", "published", "2026-11-25"),
        Tried("0.121.20", "recorded", "2026-11-25"),
        Tried("0.122.0", "published", "2026-11-25"),
    )
    marks = Marks(form="json", words=(b'"results"',), any_of=(b'"promptIdx"', b'"tokenUsage"'), pattern=_SUMMARY)
    sums = Marks(form="json", words=(b'"results"', b'"stats"', b'"successes"', b'"failures"', b'"tokenUsage"'))
    rows = Marks(form="json", words=(b'"promptIdx"', b'"testIdx"', b'"testCase"', b'"success"'), pattern=_ROW)

    def looks(self, folder: Folder, file: File) -> str | None:  # noqa: ARG002
        """None for an output as a document or as rows, else what is missing."""
        return recognised(
            file, lambda: self.rows.missing(file) and self.sums.missing(file) and self.marks.missing(file)
        )

    def facts(self, folder: Folder, file: File) -> Iterator[Found]:
        """One fact for each provider that was asked, and one more where it was attacked."""
        whole = self.marks.missing(file) is None or self.sums.missing(file) is None
        if whole:
            data = file.json()
            summary = _summary(data)
            config = fields.table(data, "config")
            run = _run(_listed(summary), _version(data))
        else:
            data, summary, config = {}, {}, {}
            run = _run(_lines(file), None)
        if not run.rows:
            raise UnreadableError(
                "holds no result", hint="Run promptfoo again; an output without one row is no result."
            )
        common = _Common(
            version=_version(data),
            name=fields.text(config, "description", most=100_000),
            run_id=fields.text(data, "evalId", most=200),
            judges=_judges(config),
            repeat=fields.whole(fields.table(data, "runtimeOptions"), "repeat", least=0),
        )
        at = moments.of_text(summary.get("timestamp"))
        bodies = [
            ("eval-run.v1", provider, list(prompts.values()), _evaluation(provider, prompts, run, common))
            for provider, prompts in run.prompts.items()
        ]
        bodies += [
            ("red-team.v1", provider, list(attacks.values()), _attack(provider, attacks, common))
            for provider, attacks in run.attacks.items()
        ]
        for kind, provider, sums, body in bodies:
            doubts = _doubts(sums)
            if provider == UNKNOWN:
                doubts.partial(eval_body.UNNAMED)
            ended = _doubt_sums(run, summary, config, doubts) if whole else None
            if not whole:
                doubts.partial("rows without their header: nobody can tell whether they are all")
            if kind == "red-team.v1":
                body["completed"] = ended if body["attempts"] else False
            subject = Subject(type=SubjectType.MODEL, name=provider)
            yield self.found(folder, file, kind, body, subject, doubts=doubts, at=at, version=common.version)


@dataclass(frozen=True)
class _Common:
    version: str | None
    name: str | None
    run_id: str | None
    judges: list[str] | None
    repeat: int | None


def _summary(data: Any) -> dict[str, Any]:
    """The results and the tool's own sums: under `results`, or, as `evaluate()` gives them, at the top."""
    results = data.get("results") if isinstance(data, dict) else None
    if isinstance(results, dict):
        return results
    if isinstance(results, list) and isinstance(data.get("stats"), dict):
        return dict(data)
    raise NotMine("holds no results of promptfoo")


def _version(data: dict[str, Any]) -> str | None:
    return fields.text(fields.table(data, "metadata"), "promptfooVersion", most=100)


def _listed(summary: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for number, row in enumerate(fields.rows(summary, "results"), start=1):
        yield f"result {number}", row


def _lines(file: File) -> Iterator[tuple[str, Any]]:
    for number, line in file.lines():
        if not line.strip():
            continue
        try:
            row = strict_json.loads_lenient(line)[0]
        except UnreadableError as error:
            raise UnreadableError(f"line {number}: {error.message}") from None
        yield f"line {number}", row


def _run(rows: Iterable[tuple[str, Any]], version: str | None) -> Run:
    run = Run()
    for place, row in rows:
        if not isinstance(row, dict):
            raise UnreadableError(f"{place}: not an object")
        run.rows += 1
        if run.rows > MOST_ROWS:
            raise UnreadableError(f"more than {MOST_ROWS:,} results")
        try:
            _take(run, row, version)
        except UnreadableError as error:
            raise UnreadableError(f"{place}: {error.message}", hint=error.hint) from None
    return run


def _take(run: Run, row: dict[str, Any], version: str | None) -> None:
    success = fields.flag(row, "success")
    if success is None:
        raise not_understood(TOOL, version, "a result that does not say whether it succeeded")
    prompt = fields.whole(row, "promptIdx", least=0) or 0
    test = fields.whole(row, "testIdx", least=0)
    if test is not None:
        run.tests.add(test)
    run.digests.setdefault(prompt, fields.hex_digest(row, "promptId"))
    provider = _provider(row)
    attack = _attack_of(row)
    sums = (
        run.attacks.setdefault(provider, {}).setdefault(attack, Sum())
        if attack
        else run.prompts.setdefault(provider, {}).setdefault(prompt, Sum())
    )
    groups = (
        len(run.prompts) + len(run.attacks) + len(run.prompts.get(provider, ())) + len(run.attacks.get(provider, ()))
    )
    if groups > MOST_GROUPS:
        raise UnreadableError(f"more than {MOST_GROUPS:,} providers, prompts or attacks")
    error = _failed_call(row, success)
    free = not error and success and not _was_held(row)
    for each in (sums, run.total):
        each.errors += error
        each.free += free
        each.met += success and not error and not free
        each.missed += not success and not error
    if not error:
        for name, score in fields.table(row, "namedScores").items():
            value = fields.as_number(score, f"the metric {name[:60]}")
            if value is not None and 0 < len(name) <= 200 and (name in sums.metrics or len(sums.metrics) < 200):
                sums.metrics.setdefault(name, []).append(value)


def _failed_call(row: dict[str, Any], success: bool) -> bool:
    """True where there was no answer to judge. `error` alone does not tell: it repeats why an assertion failed."""
    reason = fields.whole(row, "failureReason", least=0)
    if reason is not None:
        return reason == _ERROR
    return not success and bool(row.get("error")) and not row.get("gradingResult")


def _was_held(row: dict[str, Any]) -> bool:
    """Whether an answer that succeeded was held against anything; without an assertion each answer succeeds."""
    grading = fields.table(row, "gradingResult")
    if grading.get("reason") == _NOTHING and not grading.get("componentResults"):
        return False
    return bool(grading) or bool(fields.rows(fields.table(row, "testCase"), "assert"))


def _provider(row: dict[str, Any]) -> str:
    given = row.get("provider")
    name = fields.text(given, "id", most=2000) if isinstance(given, dict) else fields.text(row, "provider", most=2000)
    return (name or UNKNOWN)[:500]


def _attack_of(row: dict[str, Any]) -> tuple[str, str | None, str | None] | None:
    """Plugin, strategy and what judged, where the test is an attack: in the test's metadata, else in its assertion."""
    case = fields.table(row, "testCase")
    types = [each.get("type") for each in fields.rows(case, "assert") if isinstance(each, dict)]
    detector = next((each for each in types if isinstance(each, str) and each), None)
    for holder in (fields.table(case, "metadata"), fields.table(row, "metadata")):
        if plugin := fields.text(holder, "pluginId", most=300):
            return plugin, fields.text(holder, "strategyId", most=300), detector[:300] if detector else None
    graded = next((each for each in types if isinstance(each, str) and each.startswith(_PLUGIN)), None)
    if graded is None:
        return None
    return graded.removeprefix(_PLUGIN)[:300] or graded[:300], None, graded[:300]


def _judges(config: dict[str, Any]) -> list[str] | None:
    """The model that grades where assertions ask one to, as the settings name it."""
    default = config.get("defaultTest")
    options = fields.table(default, "options") if isinstance(default, dict) else {}
    given = options.get("provider")
    if isinstance(given, dict):
        given = given.get("id")
    return [given[:200]] if isinstance(given, str) and given else None


def _doubt_sums(run: Run, summary: dict[str, Any], config: dict[str, Any], doubts: Doubts) -> bool | None:
    """Whether every test case has its results: true, false, or None where the settings do not list the cases."""
    stats = fields.table(summary, "stats")
    counted = {
        "successes": run.total.met + run.total.free, "failures": run.total.missed, "errors": run.total.errors
    }  # fmt: skip
    said = {name: fields.whole(stats, name, least=0) for name in counted}
    if said["successes"] is None or said["failures"] is None:
        doubts.partial("the tool's own sums are missing")
    elif sum(count or 0 for count in said.values()) > run.rows:
        doubts.partial(f"{run.rows:,} of {sum(count or 0 for count in said.values()):,} results are in the file")
    else:
        # Before there was a count of errors they stood among the failures.
        missed = counted["failures"] + (counted["errors"] if said["errors"] is None else 0)
        if (said["successes"], said["failures"]) != (counted["successes"], missed):
            doubts.not_understood("the tool's own sums are not those of its results")
    asked = config.get("tests")
    if not isinstance(asked, list) or not asked or not all(isinstance(test, dict) for test in asked) or not run.tests:
        return None
    if len(run.tests) < len(asked):
        doubts.partial(f"{len(run.tests):,} of {len(asked):,} test cases were run")
        return False
    return not doubts.reasons or None


def _doubts(sums: Iterable[Sum]) -> Doubts:
    """What the calls of one provider leave open."""
    doubts = Doubts()
    listed = list(sums)
    errors, free = sum(each.errors for each in listed), sum(each.free for each in listed)
    judged = sum(each.judged for each in listed)
    if not judged:
        doubts.failed(
            f"not one answer was judged; calls that failed: {errors:,}; answers held against no assertion: {free:,}"
        )
        return doubts
    if errors:
        doubts.partial(f"{errors:,} of {errors + free + judged:,} calls failed")
    if free:
        doubts.partial(f"{free:,} of {free + judged:,} answers were held against no assertion")
    return doubts


def _evaluation(provider: str, prompts: dict[int, Sum], run: Run, common: _Common) -> dict[str, Any]:
    results: list[dict[str, Any]] = []
    base = (common.name or TOOL)[:250]
    for prompt, sums in sorted(prompts.items()):
        task = f"{base}, prompt {prompt + 1}" if len(prompts) > 1 else base
        digest, judged = run.digests.get(prompt), sums.judged
        rate = sums.met / judged if judged else None
        whole = judged + sums.unjudged
        results.append(
            eval_body.result(task, "pass_rate", rate, judged, of=whole, higher_is_better=True, task_digest=digest)
        )
        for name, values in sums.metrics.items():
            mean = sum(values) / len(values)
            results.append(eval_body.result(task, name, mean, len(values), task_digest=digest))
    return eval_body.body(TOOL, common.version, named(provider), results, run_id=common.run_id, judges=common.judges)


def _attack(provider: str, attacks: dict[tuple[str, str | None, str | None], Sum], common: _Common) -> dict[str, Any]:
    probes = [
        {
            "name": plugin, "technique": strategy, "detector": detector, "attempts": sums.judged,
            "hits": sums.missed, "not_scored": sums.unjudged,
        }
        for (plugin, strategy, detector), sums in sorted(attacks.items(), key=lambda pair: tuple(map(str, pair[0])))
    ]  # fmt: skip
    attempts = sum(sums.judged for sums in attacks.values())
    return {
        "tool": {"name": TOOL, "version": common.version},
        "completed": None,
        "probes": probes,
        "attempts": attempts,
        "hits": sum(sums.missed for sums in attacks.values()),
        "not_scored": sum(sums.unjudged for sums in attacks.values()),
        "model": named(provider),
        "judges": common.judges or [],
        "generations": common.repeat,
        "run_id": common.run_id,
    }


COLLECTOR = Promptfoo()
