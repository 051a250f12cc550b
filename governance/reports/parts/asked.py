"""What the conditions of the gate ask, in words: those of the policy, and those of the organisation's floors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.reports.atoms import words
from governance.reports.atoms.recognising import Number, Told
from governance.reports.atoms.views import Phrase, phrase
from governance.verifier import figures

if TYPE_CHECKING:
    from governance.domain.case import Case
    from governance.domain.conditions import (
        Condition,
        IntervalBound,
        MaxAttempts,
        MetricBound,
        NonInferior,
        NoWorseSlice,
        Sufficient,
    )


def conditions(case: Case) -> dict[str, Condition]:
    """The conditions that the gate asked, by the ids of their results; those of a floor as `floor/condition`."""
    policy = case.catalogue.policies.get(case.gate.policy)
    found = {each.id: each for each in (policy.conditions if policy else ())}
    for floor in case.catalogue.floors(case.gate.policy):
        found |= {f"{floor.id}/{each.id}": each for each in floor.conditions}
    return found


def asks(condition: Condition) -> Phrase | None:
    """What a condition about numbers asks; None for one about something else."""
    if condition.metric is not None:
        return _metric(condition.metric)
    if condition.interval is not None:
        return _interval(condition.interval)
    if condition.non_inferior is not None:
        return _non_inferior(condition.non_inferior)
    if condition.no_worse_slice is not None:
        return _no_worse_slice(condition.no_worse_slice)
    if condition.sufficient is not None:
        return _sufficient(condition.sufficient)
    if condition.max_attempts is not None:
        return phrase(
            "%(task)s: runs on any weights of the system: at most %(most)s",
            task=_task(condition.max_attempts), most=_number(condition.max_attempts.most),
        )  # fmt: skip
    return None


def _task(asked: IntervalBound | MaxAttempts | MetricBound | NonInferior | NoWorseSlice | Sufficient) -> object:
    if asked.task is not None:
        return asked.task
    purpose = asked.purpose or ""
    return phrase("each task for “%(purpose)s”", purpose=Phrase(words.PURPOSES.get(purpose, purpose)))


def _number(value: float) -> Number:
    return Number(figures.number(value)[0])


def _percent(share: float) -> Told:
    return Told((Number(f"{share * 100:.4g}"), "%"), "")


def _metric(asked: MetricBound) -> Phrase:
    at_least = asked.at_least is not None
    values = _values(asked)
    if asked.against:
        if at_least:
            return phrase(
                "%(task)s %(metric)s: tuned less base at least %(bound)s, with the whole %(level)s interval", **values
            )
        return phrase(
            "%(task)s %(metric)s: tuned less base at most %(bound)s, with the whole %(level)s interval", **values
        )
    if at_least:
        return phrase("%(task)s %(metric)s: at least %(bound)s, with the whole %(level)s interval", **values)
    return phrase("%(task)s %(metric)s: at most %(bound)s, with the whole %(level)s interval", **values)


def _values(asked: MetricBound | IntervalBound) -> dict[str, object]:
    bound = asked.at_least if asked.at_least is not None else asked.at_most or 0.0
    return {
        "task": _task(asked), "metric": asked.metric, "bound": _number(bound), "level": _percent(asked.confidence),
    }  # fmt: skip


def _interval(asked: IntervalBound) -> Phrase:
    values = _values(asked)
    if asked.at_least is not None:
        made = phrase("%(task)s %(metric)s: at least %(bound)s, with the whole %(level)s interval", **values)
    else:
        made = phrase("%(task)s %(metric)s: at most %(bound)s, with the whole %(level)s interval", **values)
    return _divided(made, divided=asked.corrected_for_attempts)


def _divided(made: Phrase, *, divided: bool) -> Phrase:
    return phrase("%(asked)s, the error divided among all runs of the task", asked=made) if divided else made


def _non_inferior(asked: NonInferior) -> Phrase:
    values = {
        "task": _task(asked), "metric": asked.metric, "margin": _number(asked.margin), "level": _percent(asked.confidence),
        "against": phrase(words.REFERENCES[asked.against]),
    }  # fmt: skip
    if asked.paired:
        made = phrase(
            "%(task)s %(metric)s: not worse by more than %(margin)s on the same items, with the whole %(level)s interval "
            "(held against: %(against)s)",
            **values,
        )
    else:
        made = phrase(
            "%(task)s %(metric)s: not worse by more than %(margin)s, with the whole %(level)s interval (held against: %(against)s)",
            **values,
        )
    return _divided(made, divided=asked.corrected_for_attempts)


def _no_worse_slice(asked: NoWorseSlice) -> Phrase:
    return phrase(
        "%(task)s %(metric)s: no group of %(least)s or more cases worse by more than %(margin)s, with the whole %(level)s interval "
        "(held against: %(against)s)",
        task=_task(asked), metric=asked.metric, margin=_number(asked.margin), level=_percent(asked.confidence),
        least=_number(asked.least), against=phrase(words.REFERENCES[asked.against]),
    )  # fmt: skip


def _sufficient(asked: Sufficient) -> Phrase:
    return phrase(
        "%(task)s %(metric)s: enough items to tell %(margin)s with power %(power)s and confidence %(level)s",
        task=_task(asked), metric=asked.metric, margin=_number(asked.margin), power=_percent(asked.power),
        level=_percent(asked.confidence),
    )  # fmt: skip
