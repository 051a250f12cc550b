"""Scores of two candidates, metric by metric: the difference with a 95 % interval, or why there is none to give.

Each side's newest run of a task counts, whatever it says, if it is tied to the very weights of that side's candidate. Two numbers are
subtracted only where both were made in the same way: same harness and version, same version of the task, same number of examples shown,
same number of samples, same questions where the samples are on record. What one side does not tell is not taken to be the same.

Where the single samples of both are on record, questions are compared one by one (`pairing`); else the two are taken as independent, by
the intervals of `intervals` (Wilson, Newcombe). *Worse* and *better* need the whole interval on one side of no change, and a direction
that somebody stated. What was measured before and not again is told right after what is worse: a test that is left out can not fail.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

from governance.assurance import pairing
from governance.assurance.asks import EVALUATION_KIND
from governance.assurance.expect import is_number
from governance.assurance.intervals import of_difference, of_result
from governance.assurance.subjects import moment, speaks_of
from governance.domain.comparison import Measured, Reading, Verdict
from governance.domain.control import About
from governance.domain.evidence import Quality
from governance.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from governance.domain.case import Case
    from governance.domain.evidence import Piece

SAMPLES, ATTACKS, GROUPS = "eval-samples.v1", "red-team.v1", "subgroup-results.v1"
CONFIDENCE = 0.95
_UNUSABLE = frozenset({Quality.FAILED, Quality.NOT_UNDERSTOOD, Quality.PLACEHOLDER})
_MAY_BE_SILENT = frozenset({"definition of the task", "unit", "way of putting answers together"})
"""Settings that most tools never write: they only tell two runs apart where both sides have them."""
Key = tuple[str, str, str]


@dataclass(frozen=True)
class Row:
    """A number with the piece and pointer it stands at, what it is compared by, and how it was made."""

    source: str
    key: Key
    piece: Piece
    at: str
    result: Mapping[str, Any]
    settings: Mapping[str, Any]


def measured(before: Case, after: Case) -> tuple[tuple[Measured, ...], int]:
    """(what is to be told, worse first; how many rows rest on the same evidence on both sides)."""
    ours, theirs = _rows(before), _rows(after)
    runs = _runs(before), _runs(after)
    made = [_compared(ours.get(name), theirs.get(name), before, after, runs) for name in sorted({*ours, *theirs})]
    told = [each for each in made if each.verdict != "same-evidence"]
    return tuple(sorted(told, key=_place)), len(made) - len(told)


_FIRST = get_args(Verdict)


def _place(each: Measured) -> tuple[int, float, str, str, str]:
    size = -abs(each.delta) if each.delta is not None else 0.0
    return _FIRST.index(each.verdict), size, each.source, each.task, each.metric


def _rows(case: Case) -> dict[tuple[str, Key], Row]:
    """The newest row of each metric that speaks of the candidate."""
    found: dict[tuple[str, Key], Row] = {}
    for kind, read in ((EVALUATION_KIND, _evaluation), (ATTACKS, _attack), (GROUPS, _group)):
        pieces = [piece for piece in case.dossier.of_kind(kind) if speaks_of(About.CANDIDATE, piece, case.dossier)]
        for piece in sorted(pieces, key=moment):
            for row in read(piece):
                found[row.source, row.key] = row
    return found


def _runs(case: Case) -> dict[tuple[str, str], int]:
    """How many pieces about the candidate hold each task, by source and task."""
    counts: dict[tuple[str, str], int] = {}
    for kind, read in ((EVALUATION_KIND, _evaluation), (ATTACKS, _attack), (GROUPS, _group)):
        for piece in case.dossier.of_kind(kind):
            if speaks_of(About.CANDIDATE, piece, case.dossier):
                for name in {(row.source, row.key[0]) for row in read(piece)}:
                    counts[name] = counts.get(name, 0) + 1
    return counts


def _evaluation(piece: Piece) -> Iterator[Row]:
    body = piece.body
    for place, row in enumerate(body.get("results") or ()):
        if not isinstance(row, Mapping):
            continue
        task, name = str(row.get("task")), str(row.get("filter") or "none")
        settings = {
            **_tool(body.get("harness"), "harness"),
            "version of the task": row.get("task_version"),
            "definition of the task": row.get("task_digest"),
            "number of examples shown": (body.get("n_shot") or {}).get(task),
            "number of samples": row.get("n"),
            "number of rounds": body.get("epochs") or 1,
            "unit": row.get("unit"),
            "way of putting answers together": row.get("reducer"),
            "judging model": ", ".join(sorted(body.get("judges") or ())) or "none",
        }
        key = (task, str(row.get("metric")), "" if name == "none" else name)
        yield Row("evaluation", key, piece, f"/results/{place}", row, settings)


def _attack(piece: Piece) -> Iterator[Row]:
    body = piece.body
    for place, probe in enumerate(body.get("probes") or ()):
        attempts, hits = probe.get("attempts"), probe.get("hits")
        value = hits / attempts if is_number(hits) and is_number(attempts) and attempts else None
        settings = {
            **_tool(body.get("tool"), "tool"),
            "number of attempts": attempts,
            "threshold": "none" if body.get("threshold") is None else body["threshold"],
            "answers for each prompt": "not told" if body.get("generations") is None else body["generations"],
            "judging model": ", ".join(sorted(body.get("judges") or ())) or "none",
        }
        result = {"value": value, "n": attempts, "higher_is_better": False}
        key = (
            str(probe.get("name")),
            f"share that got through ({probe.get('detector') or 'by a person'})",
            str(probe.get("technique") or ""),
        )
        yield Row("attack", key, piece, f"/probes/{place}", result, settings)


def _group(piece: Piece) -> Iterator[Row]:
    body = piece.body
    task, metric, attribute = (str(body.get(name)) for name in ("task", "metric", "attribute"))
    tool = _tool(body.get("tool"), "tool")
    for place, row in enumerate(body.get("groups") or ()):
        result = {**row, "higher_is_better": body.get("higher_is_better")}
        settings = {**tool, "number of samples": row.get("n")}
        yield Row(
            "subgroup", (task, metric, f"{attribute}: {row.get('name')}"), piece, f"/groups/{place}", result, settings
        )
    if body.get("largest_gap") is not None:
        result = {"value": body["largest_gap"], "higher_is_better": False}
        groups = ", ".join(sorted(str(row.get("name")) for row in body.get("groups") or ()))
        yield Row(
            "subgroup", (task, metric, f"{attribute}: largest gap"), piece, "", result, {**tool, "groups": groups}
        )


def _tool(said: Any, what: str) -> dict[str, Any]:
    said = said if isinstance(said, Mapping) else {}
    return {what: said.get("name"), f"version of the {what}": said.get("version")}


def _compared(
    before: Row | None,
    after: Row | None,
    then: Case,
    now: Case,
    runs: tuple[dict[tuple[str, str], int], dict[tuple[str, str], int]],
) -> Measured:
    row = after or before
    if row is None:
        raise AssertionError("a metric that neither side has")
    given: dict[str, Any] = {
        "source": row.source,
        "task": row.key[0],
        "metric": f"{row.key[1]} ({row.key[2]})" if row.key[2] else row.key[1],
        "purposes": _purposes(row, now if after else then),
        "before": _reading(before, runs[0]),
        "after": _reading(after, runs[1]),
        "higher_is_better": _direction(after, before),
    }
    if before is None or after is None:
        gone = "measured for the earlier candidate, and not for this one"
        new = "measured for this candidate, and not for the earlier one"
        verdict, why = ("new", new) if before is None else ("not-measured-again", gone)
        return Measured(**given, verdict=verdict, because=(why,))
    if before.piece.id == after.piece.id:
        return Measured(**given, verdict="same-evidence", because=("the same evidence speaks for both sides",))
    unlike = _unlike(before, after)
    paired: pairing.Paired | str = ""
    if not unlike:
        try:
            paired = _paired(before, after, then, now)
        except pairing.OtherQuestionsError as why:
            unlike = [str(why)]
    if unlike:
        return Measured(**given, verdict="not-comparable", because=tuple(unlike))
    return Measured(**given, **_difference(before, after, paired, given["higher_is_better"]))


def _difference(before: Row, after: Row, paired: pairing.Paired | str, higher: bool | None) -> dict[str, Any]:
    delta = float(after.result["value"]) - float(before.result["value"])
    notes, pairs = _notes(before, after), None
    low: float | None = None
    high: float | None = None
    method = ""
    if isinstance(paired, pairing.Paired):
        low, high, method, pairs = paired.low, paired.high, paired.method, paired.n
        if paired.prompts_differ:
            said = f"{paired.prompts_differ:,} of {paired.n:,} questions were put in other words or another template"
            notes.append(said)
    else:
        new, old = of_result(after.result, CONFIDENCE), of_result(before.result, CONFIDENCE)
        if new is not None and old is not None:
            held = of_difference(new, old)
            low, high, method = held.low, held.high, held.method
        notes += [f"not compared question by question: {paired}"] if paired else []
    verdict, why = _verdict(delta, low, high, higher)
    return {
        "delta": delta,
        "low": low,
        "high": high,
        "method": method,
        "pairs": pairs,
        "verdict": verdict,
        "because": (why,),
        "notes": tuple(notes),
    }


def _verdict(delta: float, low: float | None, high: float | None, higher: bool | None) -> tuple[Verdict, str]:
    if low is None or high is None:
        return "can-not-tell", "there is no interval: too little is on record of how far each number can be trusted"
    if low <= 0 <= high:
        lean = (
            ""
            if not delta or higher is None
            else f"; the number itself is {'better' if (delta > 0) is higher else 'worse'}"
        )
        return "no-clear-difference", f"the interval holds no change{lean}"
    if higher is None:
        return "can-not-tell", "it differs, and nobody stated which direction is better"
    return ("better" if (delta > 0) is higher else "worse"), "the whole interval lies on one side of no change"


def _unlike(before: Row, after: Row) -> list[str]:
    """Why the two numbers can not be subtracted, a sentence each."""
    said = []
    for name, now in after.settings.items():
        then = before.settings.get(name)
        silent = now is None or then is None
        if now == then or (silent and name in _MAY_BE_SILENT):
            continue
        if silent:
            known = f"{then} before and is not told now" if now is None else f"{now} now and was not told before"
            said.append(f"the {name} was {known}" if now is None else f"the {name} is {known}")
        else:
            said.append(f"the {name} is {_short(now)} now and was {_short(then)}")
    for row, when in ((after, "now"), (before, "before")):
        if not is_number(row.result.get("value")):
            said.append(f"there is no number {when}")
        elif row.piece.record.quality in _UNUSABLE:
            why = "; ".join(row.piece.record.quality_reasons)
            said.append(f"the run {when} is {row.piece.record.quality}{f': {why}' if why else ''}")
    return said


def _notes(before: Row, after: Row) -> list[str]:
    notes = []
    for row, when in ((after, "now"), (before, "before")):
        record = row.piece.record
        if record.quality is not Quality.COMPLETE:
            notes.append(
                f"the run {when} is {record.quality}: {'; '.join(record.quality_reasons) or 'no reason was given'}"
            )
    quiet = [
        name
        for name, now in after.settings.items()
        if now is None is before.settings.get(name) and name not in _MAY_BE_SILENT
    ]
    notes += [f"neither side tells the {name}" for name in quiet]
    if after.source == "evaluation" and after.piece.body.get("chat_template_sha256") != before.piece.body.get(
        "chat_template_sha256"
    ):
        notes.append("the questions were put through another chat template")
    return notes


def _paired(before: Row, after: Row, then: Case, now: Case) -> pairing.Paired | str:
    """The difference question by question, or why the single samples do not give it; empty for what has none.

    Raises `pairing.OtherQuestionsError`.
    """
    if after.source != "evaluation":
        return ""
    new, old = _samples(after, now), _samples(before, then)
    if isinstance(new, str) or isinstance(old, str):
        return "; ".join(dict.fromkeys(side for side in (new, old) if isinstance(side, str)))
    return pairing.difference(new, old, CONFIDENCE)


def _samples(row: Row, case: Case) -> pairing.Samples | str:
    task, metric, named = row.key
    pieces = [
        piece
        for piece in case.dossier.of_kind(SAMPLES)
        if piece.body.get("task") == task and speaks_of(About.CANDIDATE, piece, case.dossier)
    ]
    bodies = (piece.with_columns for piece in sorted(pieces, key=moment, reverse=True))
    names = (f"{metric},{named}", metric) if named else (metric,)
    try:
        return pairing.find(bodies, names, float(row.result["value"]), row.result.get("n"))
    except UnreadableError as error:
        return f"the single samples of one side can not be read: {error.message}"


def _reading(row: Row | None, runs: dict[tuple[str, str], int]) -> Reading | None:
    if row is None:
        return None
    value, n = row.result.get("value"), row.result.get("n")
    return Reading(
        evidence=row.piece.id,
        at=row.at,
        value=value if is_number(value) else None,
        n=n if isinstance(n, int) and not isinstance(n, bool) else None,
        runs=runs.get((row.source, row.key[0]), 1),
    )


def _direction(*rows: Row | None) -> bool | None:
    said = (row.result.get("higher_is_better") for row in rows if row)
    return next((value for value in said if isinstance(value, bool)), None)


def _purposes(row: Row, case: Case) -> tuple[str, ...]:
    """What a task speaks for on its side; an attack and a group speak for themselves."""
    if row.source != "evaluation":
        return ("attack",) if row.source == "attack" else ("bias",)
    system, catalogue = case.dossier.system, case.catalogue
    known = sorted({*catalogue.suites, *system.suites})
    return tuple(purpose for purpose in known if catalogue.speaks_for(row.key[0], purpose, system))


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
