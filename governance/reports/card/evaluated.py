"""The sections on metrics, evaluation data and what tuning changed: which tasks were run on which data, bounds of the policy, differences.

What a harness need not write down (a version of the task, worked examples) is a dash where it is not there, and no gap; what a reader
must have (samples, contamination) is counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.domain.evidence import Role
from governance.reports.atoms import words
from governance.reports.atoms.recognising import item
from governance.reports.atoms.views import phrase
from governance.reports.card.details import mapping
from governance.reports.card.rows import EvaluatedTask, ForestRow, Threshold
from governance.reports.charts.forest import Against, Delta, ForestData, forest
from governance.reports.parts import asked, evaluation
from governance.verifier import figures
from governance.verifier.intervals import NEWCOMBE, NORMAL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from governance.domain.assessment import ConditionResult
    from governance.domain.case import Case
    from governance.domain.evidence import Piece
    from governance.reports.atoms.views import Fact, Phrase, ResultRow
    from governance.reports.charts.canvas import Chart
    from governance.reports.claims.references import References
    from governance.reports.parts.evaluation import Key, Result
    from governance.verifier.intervals import Interval

CONTAMINATION = "contamination-report.v1"
TOO_OLD = phrase("rests on evidence that the policy holds for too old to quote; the audit report tells the reason")


def tasks(case: Case, references: References) -> tuple[EvaluatedTask, ...]:
    """What the candidate was evaluated on, by task."""
    rows, _ = evaluation.latest(case, Role.CANDIDATE)
    by_task: dict[str, list[Key]] = {}
    for key in sorted(rows):
        by_task.setdefault(key[0], []).append(key)
    if not case.dossier.of_kind(CONTAMINATION):
        references.lack("Contamination of the evaluation data")
    return tuple(_task(case, references, name, [rows[key] for key in keys], keys) for name, keys in by_task.items())


def _task(case: Case, references: References, name: str, results: list[Result], keys: list[Key]) -> EvaluatedTask:
    first = results[0]

    def maybe(label: str, field: str) -> Fact | None:
        if first.row.get(field) in (None, ""):
            return None
        return references.figure(label, first.piece, f"{first.pointer}/{field}")

    def fact(label: str, field: str) -> Fact:
        return references.figure(label, first.piece, f"{first.pointer}/{field}")

    shots = mapping(first.piece.body.get("n_shot"))
    purpose = evaluation.purpose_of(case, name)
    contaminated, searched = _contamination(case, references, name)
    return EvaluatedTask(
        task=name,
        purpose=words.PURPOSES.get(purpose, purpose or "Other"),
        metrics=tuple(dict.fromkeys(evaluation.metric_name(key) for key in keys)),
        harness=references.words("Harness", first.piece, "{} {}", "/harness/name", "/harness/version"),
        data_set=maybe("Data set of the task", "data_set"),
        version=maybe("Version of the task", "task_version"),
        digest=maybe("Digest of the task", "task_digest"),
        n=fact("Samples run", "n"),
        whole=maybe("Samples of the whole task", "n_original"),
        shots=references.figure("Worked examples", first.piece, f"/n_shot/{_token(name)}") if name in shots else None,
        contaminated=contaminated,
        searched=searched,
    )


def _contamination(case: Case, references: References, task: str) -> tuple[Fact | None, Fact | None]:
    """(questions found in the training data, questions looked for) by the latest search; two Nones where nobody looked."""
    found: tuple[Piece, int] | None = None
    for piece in case.dossier.of_kind(CONTAMINATION):
        if references.of_others(piece):
            continue
        for place, row in enumerate(piece.body.get("benchmarks") or ()):
            if mapping(row).get("name") == task:
                found = piece, place
    if found is None:
        if case.dossier.of_kind(CONTAMINATION):
            references.lack(f"Contamination of {task}")
        return None, None
    piece, place = found
    figure = references.figure
    return (
        figure("Questions found in the training data", piece, f"/benchmarks/{place}/contaminated"),
        figure("Questions looked for", piece, f"/benchmarks/{place}/items"),
    )


def thresholds(case: Case, references: References) -> tuple[Threshold, ...]:
    """The conditions about numbers that the gate asked, in its order, with what came of each.

    The reason quotes figures, so it is not printed where it rests on evidence that the policy holds for too old to quote.
    """
    held = asked.conditions(case)
    made = []
    for came in case.gate.conditions:
        condition = held.get(came.id)
        asks = asked.asks(condition) if condition else None
        if condition is None or asks is None:
            continue
        made.append(
            Threshold(
                id=came.id,
                asks=asks,
                why=condition.why,
                floor=came.floor or "",
                answer=words.ANSWERS[came.answer],
                reason=TOO_OLD if _old(case, references, came) else came.reason,
            )
        )
    return tuple(made)


def _old(case: Case, references: References, came: ConditionResult) -> bool:
    pieces = (case.dossier.by_id.get(name) for name in came.evidence)
    return any(references.stale(piece) for piece in pieces if piece is not None)


def differences(
    case: Case, references: References, rows: Sequence[ResultRow]
) -> tuple[tuple[ForestRow, ...], Chart | None]:
    """(each difference of these result rows with its interval, the same as a forest plot or None), in the order of print."""
    tuned, _ = evaluation.latest(case, Role.CANDIDATE)
    base, _ = evaluation.latest(case, Role.BASE)
    by_name = {(key[0], evaluation.metric_name(key)): key for key in (*base, *tuned)}
    made: list[ForestRow] = []
    drawn: list[Delta] = []
    for row in rows:
        if row.difference.missing:
            continue
        key = by_name[row.task, row.metric]
        after, before = tuned[key], base[key]
        found = evaluation.paired(case, after, before)
        held = found.interval if found else evaluation.interval(after, before)
        label = f"{row.task} {row.metric}"
        ends = _ends(references, label, found, after, before) if held else (None, None)
        how = _paired(found) if found else method(held)
        made.append(ForestRow(label, row.difference, *ends, how, row.verdict, row.difference.cites))
        drawn.append(_delta(label, row, held, after, before, evaluation.compared(case, after, before)))
    return tuple(made), forest(ForestData(tuple(drawn), against=Against.BASE), id="forest", say=references.say)


def _ends(
    references: References, label: str, found: evaluation.Compared | None, *runs: Result
) -> tuple[Fact | None, Fact | None]:
    """The ends of the interval: those that the gate came to on the same items, else those of the two results."""
    if found is None:
        return references.ends(label, *((run.piece, run.pointer) for run in runs))
    pieces = [run.piece for run in runs]
    ends, form = (("high", "low"), "turned") if found.turned else (("low", "high"), "signed")
    low, high = (
        references.judged(f"{label}, {said}", f"{found.pointer}/{end}", pieces, form=form)
        for said, end in zip(("lower end", "upper end"), ends, strict=True)
    )
    return low, high


def _paired(found: evaluation.Compared) -> Phrase:
    return phrase("paired, %(method)s", method=item("method", found.numbers.method))


def _delta(
    label: str,
    row: ResultRow,
    held: Interval | None,
    tuned: Result,
    base: Result,
    judged: evaluation.Compared | None,
) -> Delta:
    after, before = (figures.finite(result.row.get("value")) or 0.0 for result in (tuned, base))
    return Delta(
        label=label,
        estimate=after - before,
        low=held.low if held else None,
        high=held.high if held else None,
        n=row.n.text or "",
        higher_is_better=evaluation.direction(tuned, base),
        margin=judged.margin if judged else None,
    )


def method(held: Interval | None) -> Phrase:
    """How an interval was found, in words."""
    if held is None:
        return phrase("no interval: the harness gives neither standard errors nor counts")
    if held.method == NORMAL:
        return phrase("1.96 standard errors")
    if held.method == NEWCOMBE:
        return phrase("Newcombe, of two shares")
    return phrase("Wilson, of one share")


def _token(name: str) -> str:
    """A name as a token of an RFC 6901 pointer."""
    return name.replace("~", "~0").replace("/", "~1")
