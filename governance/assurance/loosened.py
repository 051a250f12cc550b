"""Bounds that judge, held against each other: which were loosened, which tightened, and which after the result they judge was on record.

Looked at are the conditions of the policies, what each control asks for, the ratings of the risk library and what takes steps off them,
and the appetite and ratings of one's own in the system file. A bound is *loosened* where something can pass now that could not before.
Words, titles and examples judge nothing and are left aside. A bound that came on record after a result it judges is told with that
result: there may be a good reason, and somebody must have seen it. When it was changed is not known, only when it was on record.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from governance.assurance.assess import SEVERITIES
from governance.domain.comparison import ContentChange, Threshold
from governance.domain.risk import Level

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from governance.domain.case import Case
    from governance.domain.conditions import Condition
    from governance.domain.control import Ask, Control, Expectation
    from governance.domain.policy import Policy
    from governance.domain.risk import Risk

Turned = Literal["loosened", "tightened", "changed"]
Found = tuple[str, str, str, Turned]
"""What, before, after, and which way it went."""
_SILENT = frozenset({"title", "why", "examples", "objective", "false_comfort", "cost_to_show", "remedy", "owner"})


def thresholds(before: Case, after: Case, since: int | None) -> tuple[Threshold, ...]:
    """Every bound that reads otherwise, the loosened first; each with the results it judges that were on record before it.

    `since` is the first entry that names the content of now; None where none does yet, so that all evidence came before it.
    """
    known = after.checkpoint.size if since is None else since
    made: list[Threshold] = []
    ours, theirs = _policy(before), _policy(after)
    judged = {result.id: result.evidence for result in after.gate.conditions}
    if ours is not None and theirs is not None:
        of = f"policy {theirs.id}" if ours.id == theirs.id else f"policy {theirs.id}, before {ours.id}"
        for condition, found in _policies(ours, theirs):
            made += _told(of, found, judged.get(condition, ()), after, known)
    results = {result.id: result.evidence for result in after.assessment.controls}
    for name in sorted({*before.catalogue.controls, *after.catalogue.controls}):
        found = list(_controls(before.catalogue.controls.get(name), after.catalogue.controls.get(name)))
        made += _told(f"control {name}", found, results.get(name, ()), after, known)
    for name in sorted(before.catalogue.risks.keys() & after.catalogue.risks.keys()):
        made += _told(
            f"risk {name}", _risks(before.catalogue.risks[name], after.catalogue.risks[name]), (), after, known
        )
    made += _told("system file", list(_stated(before, after)), (), after, known)
    order = ("loosened", "changed", "tightened")
    return tuple(sorted(made, key=lambda each: (order.index(each.way), not each.results, each.of, each.what)))


def content(before: Case, after: Case) -> tuple[ContentChange, ...]:
    """Which controls, risks, policies, kinds, suites and frameworks came in, went, or read otherwise; a sort without one is left out."""
    made = []
    for sort in ("controls", "risks", "policies", "kinds", "suites", "frameworks", "requirements"):
        ours, theirs = getattr(before.catalogue, sort), getattr(after.catalogue, sort)
        both = ours.keys() & theirs.keys()
        changed = tuple(sorted(name for name in both if ours[name] != theirs[name]))
        added, removed = tuple(sorted(theirs.keys() - ours.keys())), tuple(sorted(ours.keys() - theirs.keys()))
        if changed or added or removed:
            made.append(
                ContentChange(sort=sort, added=added, removed=removed, changed=changed, same=len(both) - len(changed))
            )
    return tuple(made)


def asks_otherwise(before: Control | Condition | None, after: Control | Condition | None) -> bool:
    """Whether two of one name ask for different things; words that judge nothing aside."""
    if before is None or after is None:
        return before is not after
    return _deciding(before) != _deciding(after)


def _deciding(noun: Control | Condition) -> dict[str, Any]:
    return {name: value for name, value in noun.plain().items() if name not in _SILENT}


def _told(of: str, found: Iterable[Found], evidence: Iterable[str], after: Case, known: int) -> list[Threshold]:
    held = after.dossier.by_id
    earlier = tuple(name for name in evidence if name in held and held[name].seq < known)
    return [
        Threshold(of=of, what=what, before=then, after=now, way=way, results=earlier if way != "tightened" else ())
        for what, then, now, way in found
    ]


def _policy(case: Case) -> Policy | None:
    return case.catalogue.policies.get(case.gate.policy)


def _policies(before: Policy, after: Policy) -> Iterator[tuple[str, list[Found]]]:
    ours, theirs = ({each.id: each for each in policy.conditions} for policy in (before, after))
    for name in sorted({*ours, *theirs}):
        then, now = ours.get(name), theirs.get(name)
        if now is None:
            yield name, [(f"condition {name}", "asked for", "not asked for any longer", "loosened")]
        elif then is None:
            yield name, [(f"condition {name}", "not asked for", "asked for", "tightened")]
        elif asks_otherwise(then, now):
            yield name, [(f"condition {name}: {what}", old, new, way) for what, old, new, way in _conditions(then, now)]
    mine, others = ({each.id: each for each in policy.envelopes} for policy in (before, after))
    for name in sorted({*mine, *others}):
        then_, now_ = mine.get(name), others.get(name)
        if then_ is None or now_ is None:
            lets = "lets changes pass without a new approval"
            pair: tuple[str, str, Turned] = (
                ("not there", lets, "loosened") if then_ is None else (lets, "not there", "tightened")
            )
            yield "", [(f"envelope {name}", *pair)]
        elif _plain_but_why(then_.plain()) != _plain_but_why(now_.plain()):
            yield "", [(f"envelope {name}", "as it was", "reads otherwise", "changed")]


def _plain_but_why(plain: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in plain.items() if name != "why"}


def _conditions(before: Condition, after: Condition) -> Iterator[Found]:
    """What differs between two conditions of one id, field by field of its word."""
    if before.tiers != after.tiers:
        yield "of which tiers", _tiers(before), _tiers(after), _fewer(before, after)
    if before.word != after.word:
        yield "what it asks", before.word, after.word, "changed"
        return
    then, now = (getattr(each, each.word).plain() for each in (before, after))
    for field in sorted({*then, *now}):
        old, new = then.get(field), now.get(field)
        if old != new:
            may = field == "controls" and before.word == "waiver_allowed"
            yield field, _said(old), _said(new), _turned(_way(field, old, new)) if may else _way(field, old, new)


def _tiers(condition: Condition) -> str:
    return "all" if condition.tiers is None else ", ".join(condition.tiers)


def _fewer(before: Condition, after: Condition) -> Turned:
    every = {"low", "limited", "high"}
    then, now = (set(each.tiers) if each.tiers is not None else every for each in (before, after))
    return "loosened" if now < then else "tightened" if now > then else "changed"


def _turned(way: Turned) -> Turned:
    """The other way round, for a list of what may be."""
    return "tightened" if way == "loosened" else "loosened" if way == "tightened" else way


_SMALLER_IS_LOOSER = frozenset({"at_least", "confidence", "people", "overlap", "power", "least"})
_GREATER_IS_LOOSER = frozenset({"at_most", "within", "within_days", "margin", "most"})
_LOOSE = {
    "paired": False,
    "corrected_for_attempts": False,
    "where_none": "yes",
    "before_runs": False,
    "margins": False,
    "attempts": False,
}
"""Of fields that have two values, the one that lets more pass."""


def _way(field: str, old: Any, new: Any) -> Turned:
    if field in _LOOSE:
        return "loosened" if new == _LOOSE[field] else "tightened"
    if field in ("level", "severity"):
        then, now = _rank(field, old), _rank(field, new)
        return "changed" if then is None or now is None else "loosened" if now > then else "tightened"
    if (
        field in ("controls", "duties", "roles")
        and isinstance(old, (list, type(None)))
        and isinstance(new, (list, type(None)))
    ):
        gone, come = set(old or ()) - set(new or ()), set(new or ()) - set(old or ())
        return "changed" if gone and come else "loosened" if gone else "tightened"
    if field in _SMALLER_IS_LOOSER | _GREATER_IS_LOOSER:
        if old is None or new is None:  # a bound that is not there lets everything pass
            return "loosened" if new is None else "tightened"
        return "loosened" if (new < old) == (field in _SMALLER_IS_LOOSER) else "tightened"
    return "changed"


def _rank(field: str, value: Any) -> int | None:
    if value is None:
        return None
    return Level(value).rank if field == "level" else SEVERITIES.index(value)


def _controls(before: Control | None, after: Control | None) -> Iterator[Found]:
    if before is None or after is None:
        yield (
            ("the control", "there", "gone", "loosened")
            if after is None
            else ("the control", "not there", "there", "tightened")
        )
        return
    if not asks_otherwise(before, after):
        return
    if before.applies_when != after.applies_when:
        yield "where it applies", _said(_when(before)), _said(_when(after)), "changed"
    ours, theirs = ({ask.id: ask for ask in control.asks} for control in (before, after))
    for name in sorted({*ours, *theirs}):
        then, now = ours.get(name), theirs.get(name)
        if then is None or now is None:
            yield (
                (f"ask {name}", "there", "gone", "loosened")
                if now is None
                else (f"ask {name}", "not there", "there", "tightened")
            )
        else:
            yield from _asks(name, then, now)


def _when(control: Control) -> Any:
    return control.applies_when.plain() if control.applies_when else None


def _asks(name: str, before: Ask, after: Ask) -> Iterator[Found]:
    if before.within != after.within:
        yield (
            f"ask {name}: age in days",
            _said(before.within),
            _said(after.within),
            _way("within", before.within, after.within),
        )
    if set(before.quality) != set(after.quality):
        more = set(after.quality) > set(before.quality)
        fewer = set(after.quality) < set(before.quality)
        way: Turned = "loosened" if more else "tightened" if fewer else "changed"
        yield f"ask {name}: how whole evidence must be", _said(list(before.quality)), _said(list(after.quality)), way
    for field in ("kind", "about", "purpose", "topic", "where", "each"):
        old, new = getattr(before, field), getattr(after, field)
        if old != new:
            yield f"ask {name}: {field}", _said(old), _said(new), "changed"
    yield from _nested(name, before, after)
    ours, theirs = ({_of(each): each for each in ask.expect} for ask in (before, after))
    for key in sorted({*ours, *theirs}):
        then, now = ours.get(key), theirs.get(key)
        if then is not None and now is not None and then.tests == now.tests:
            continue
        what = f"ask {name}: {key[0]} {key[1].replace('_', ' ')}"
        if then is None or now is None:
            yield what, _bound(then), _bound(now), "loosened" if now is None else "tightened"
        else:
            yield what, _bound(then), _bound(now), _way(key[1], then.tests[key[1]], now.tests[key[1]])


def _nested(name: str, before: Ask, after: Ask) -> Iterator[Found]:
    """What differs in the claim and in the control chart of an ask, field by field."""
    for part in ("claim", "chart"):
        then, now = getattr(before, part), getattr(after, part)
        if (then is None) != (now is None):
            there = ("not asked for", "asked for")
            yield (
                f"ask {name}: {part}",
                *(there[::-1] if now is None else there),
                "loosened" if now is None else "tightened",
            )
        elif then is not None and now is not None and then != now:
            old, new = then.plain(), now.plain()
            for field in sorted({*old, *new} - {"says"}):
                if old.get(field) != new.get(field):
                    way = _way(field, old.get(field), new.get(field))
                    yield f"ask {name}: {part} {field}", _said(old.get(field)), _said(new.get(field)), way


def _of(each: Expectation) -> tuple[str, str]:
    return each.field, next(iter(each.tests))


def _bound(each: Expectation | None) -> str:
    return "not asked for" if each is None else _said(next(iter(each.tests.values())))


def _risks(before: Risk, after: Risk) -> Iterator[Found]:
    for name in ("likelihood", "impact"):
        old, new = getattr(before.inherent, name), getattr(after.inherent, name)
        if old != new:
            yield f"inherent {name}", str(old), str(new), "loosened" if new < old else "tightened"
    ours, theirs = ({(row.control, row.reduces): row.steps for row in risk.mitigated_by} for risk in (before, after))
    for control, side in sorted({*ours, *theirs}):
        old, new = ours.get((control, side), 0), theirs.get((control, side), 0)
        if old != new:
            yield f"steps that {control} takes off {side}", str(old), str(new), "loosened" if new > old else "tightened"


def _stated(before: Case, after: Case) -> Iterator[Found]:
    then, now = before.dossier.system, after.dossier.system
    if then.risk_appetite != now.risk_appetite:
        old, new = then.risk_appetite, now.risk_appetite
        yield "risk appetite", _said(old), _said(new), _way("at_most", old, new)
    for name in sorted({*then.risks, *now.risks}):
        for side in ("likelihood", "impact"):
            old, new = (_own(system.risks, name, side) for system in (then, now))
            if old != new:
                way: Turned = "changed" if old is None or new is None else "loosened" if new < old else "tightened"
                yield f"rating of one's own, {name}: {side}", _said(old), _said(new), way


def _own(risks: Mapping[str, Any], name: str, side: str) -> int | None:
    return getattr(risks[name], side) if name in risks else None


def _said(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, (list, tuple)):
        return ", ".join(str(each) for each in value) or "none"
    if isinstance(value, dict):
        return ", ".join(f"{name} {each}" for name, each in sorted(value.items())) or "none"
    return str(value)
