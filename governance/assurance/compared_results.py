"""Scores of two candidates, metric by metric: the difference with a 95 % interval, or why there is none to give.

Each side's newest run of a task counts, whatever it says, if it is tied to the very weights of that side's candidate. Two numbers are
subtracted only where both were made in the same way: same harness and version, same version of the task, same number of examples shown,
and the same number of samples where they are not compared item by item. What one side does not tell is not taken to be the same.

How two numbers are subtracted, `compared_differences` says. What was measured before and not again is told right after what is worse: a
test that is left out can not fail.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, get_args

from governance.assurance.asks import EVALUATION_KIND
from governance.assurance.compared_differences import Comparable, Key, Row, differences, items_of
from governance.assurance.expect import is_number
from governance.assurance.subjects import moment, speaks_of
from governance.domain.comparison import Measured, Reading, Verdict
from governance.domain.control import About
from governance.domain.evidence import Quality

if TYPE_CHECKING:
    from collections.abc import Iterator

    from governance.domain.case import Case
    from governance.domain.evidence import Piece

ATTACKS, GROUPS = "red-team.v1", "subgroup-results.v1"
SIZE = "number of samples"
_UNUSABLE = frozenset({Quality.FAILED, Quality.NOT_UNDERSTOOD, Quality.PLACEHOLDER})
_MAY_BE_SILENT = frozenset({"definition of the task", "unit", "way of putting answers together"})
"""Settings that most tools never write: they only tell two runs apart where both sides have them."""


def measured(before: Case, after: Case) -> tuple[tuple[Measured, ...], int]:
    """(what is to be told, worse first; how many rows rest on the same evidence on both sides)."""
    ours, theirs = _rows(before), _rows(after)
    runs = _runs(before), _runs(after)
    names = sorted({*ours, *theirs})
    made = differences([_prepared(ours.get(name), theirs.get(name), before, after, runs) for name in names], after)
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
            SIZE: row.get("n"),
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
        settings = {**tool, SIZE: row.get("n")}
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


def _prepared(
    before: Row | None,
    after: Row | None,
    then: Case,
    now: Case,
    runs: tuple[dict[tuple[str, str], int], dict[tuple[str, str], int]],
) -> Measured | Comparable:
    """What is to be told of a metric, or its two rows where they can be subtracted."""
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
    items = "" if unlike else items_of(before, after, then, now, up=given["higher_is_better"] is not False)
    if isinstance(items, str):
        unlike += _unlike_in_size(before, after)
    if unlike:
        return Measured(**given, verdict="not-comparable", because=tuple(unlike))
    return Comparable(given, before, after, items, tuple(_notes(before, after)))


def _unlike(before: Row, after: Row) -> list[str]:
    """Why the two numbers can not be subtracted, a sentence each."""
    said = []
    for name, now in after.settings.items():
        then = before.settings.get(name)
        silent = now is None or then is None
        if name == SIZE or now == then or (silent and name in _MAY_BE_SILENT):
            continue
        if silent:
            known = f"{then} before and is not told now" if now is None else f"{now} now and was not told before"
            said.append(f"the {name} was {known}" if now is None else f"the {name} is {known}")
        else:
            said.append(_otherwise(name, now, then))
    if {False, True} <= {row.result.get("higher_is_better") for row in (before, after)}:
        said.append("one side says that more of it is better, the other that less is")
    for row, when in ((after, "now"), (before, "before")):
        if not is_number(row.result.get("value")):
            said.append(f"there is no number {when}")
        elif row.piece.record.quality in _UNUSABLE:
            why = "; ".join(row.piece.record.quality_reasons)
            said.append(f"the run {when} is {row.piece.record.quality}{f': {why}' if why else ''}")
    return said


def _unlike_in_size(before: Row, after: Row) -> list[str]:
    """The same for the number of samples, which only tells two results apart where they are not compared item by item."""
    now, then = after.settings.get(SIZE), before.settings.get(SIZE)
    if now == then:
        return []
    if now is None:
        return [f"the {SIZE} was {then} before and is not told now"]
    return [f"the {SIZE} is {now} now and was not told before" if then is None else _otherwise(SIZE, now, then)]


def _otherwise(name: str, now: Any, then: Any) -> str:
    return f"the {name} is {_short(now)} now and was {_short(then)}"


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
