"""The numbers that the gate judged, each figure a claim on the gate's result, so that whoever verifies writes it again.

Differences are turned so that more is better, as judgement turned them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.reports.atoms import words
from governance.reports.atoms.recognising import item
from governance.reports.atoms.views import phrase
from governance.reports.parts.views import MeasuredRow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from governance.domain.assessment import Numbers
    from governance.domain.case import Case
    from governance.reports.atoms.views import Fact, Phrase
    from governance.reports.claims.references import References


def measured(case: Case, references: References) -> tuple[MeasuredRow, ...]:
    """Every number of every condition, in the order of the gate."""
    return tuple(_row(case, references, *each) for each in _numbers(case))


def _numbers(case: Case) -> Iterator[tuple[str, str, Numbers]]:
    """(id of the condition, pointer into the gate's result, the numbers)."""
    for place, result in enumerate(case.gate.conditions):
        for at, numbers in enumerate(result.numbers or ()):
            yield result.id, f"/conditions/{place}/numbers/{at}", numbers


def _row(case: Case, references: References, condition: str, pointer: str, held: Numbers) -> MeasuredRow:
    pieces = tuple(case.dossier.by_id[name] for name in held.evidence if name in case.dossier.by_id)
    metric = f"{held.metric} ({held.filter})" if held.filter else held.metric
    name = " ".join(filter(None, (held.task, metric, held.group)))
    form = "signed" if held.against else "number"

    def told(label: str, field: str, form: str = "number", digits: int = 3) -> Fact | None:
        if getattr(held, field) is None or value.missing:
            return None
        return references.judged(f"{name}, {label}", f"{pointer}/{field}", pieces, form=form, digits=digits)

    value = references.judged(f"{name}, judged", f"{pointer}/value", pieces, form=form)
    whole = float(held.confidence * 100).is_integer()
    return MeasuredRow(
        condition=condition,
        task=held.task,
        metric=metric,
        group=held.group or "",
        against=phrase(words.REFERENCES[held.against]) if held.against in words.REFERENCES else None,
        value=value,
        low=told("lower end", "low", form),
        high=told("upper end", "high", form),
        confidence=told("confidence", "confidence", digits=2 if whole else 4),
        n=told("items", "n"),
        gained=told("gained", "gained"),
        lost=told("lost", "lost"),
        bound=told("bound", "bound"),
        side="≥" if held.side == "at-least" else "≤",
        p=told("p-value", "p"),
        correction=_correction(held.correction),
        attempts=told("runs", "attempts"),
        more=told("more items", "more"),
        method=phrase("paired, %(method)s", method=item("method", held.method))
        if held.gained is not None
        else item("method", held.method),
        answer=words.ANSWERS[held.answer],
        cites=references.cites(held.evidence),
    )


def _correction(said: str | None) -> Phrase | None:
    """`holm over 3` in words."""
    name, _, tests = (said or "").partition(" over ")
    return phrase("%(correction)s over %(n)s", correction=words.CORRECTIONS.get(name, name), n=tests) if said else None
