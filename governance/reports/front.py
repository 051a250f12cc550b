"""The first page: what would turn the answer, the three worst items, and what changed since the last approval.

The worst items are ranked by one fixed table, so that two reports can be compared: critical findings and residual
risks first, then controls with a plain *no*, then what lies outside the risk appetite, then what is stale,
undecided or missing. Controls without evidence stand together as one item, since three times "missing" tells a
reader less than how many there are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.domain.approval import State
from governance.domain.control import Standing
from governance.domain.policy import Answer
from governance.domain.risk import Level
from governance.reports import figures, words
from governance.reports.audit_views import Item

if TYPE_CHECKING:
    from governance.domain.case import Case
    from governance.reports.references import References

WORST = 3
NAMED = 4
_SEVERITY_RANK = {"critical": 100, "high": 80, "medium": 50, "low": 20}
_LEVEL_RANK = {Level.CRITICAL: 95, Level.HIGH: 66, Level.MEDIUM: 36, Level.LOW: 10}
_OUTSIDE_APPETITE = 8
_STANDING_RANK = {Standing.UNMET: 70, Standing.STALE: 46, Standing.INCONCLUSIVE: 45, Standing.MISSING: 60}
_SHARE_WEIGHS = 40
"""A gap of all controls weighs as a critical finding; a gap of one weighs as its standing."""
_TOGETHER = (Standing.MISSING, Standing.STALE, Standing.INCONCLUSIVE)


def turns(case: Case) -> tuple[str, ...]:
    """What would turn the gate, each once, broken conditions before undecided ones."""
    order = {Answer.NO: 0, Answer.COULD_NOT_TELL: 1, Answer.YES: 2}
    conditions = sorted(case.gate.conditions, key=lambda condition: order[condition.answer])
    told = [turn for condition in conditions if condition.answer is not Answer.YES for turn in condition.would_turn]
    if not case.gate.conditions and case.gate.answer is not Answer.YES:
        told.append("write a condition into the policy: a policy without one never allows a release")
    return tuple(dict.fromkeys(told))


def worst(case: Case, references: References) -> tuple[tuple[Item, ...], int]:
    """(the worst items, how many open items there are beyond them)."""
    ranked = [*_findings(case, references), *_risks(case), *_controls(case, references)]
    ranked.sort(key=lambda entry: (-entry[0], entry[1].what))
    items = tuple(item for _, item in ranked)
    return items[:WORST], max(0, len(items) - WORST)


def _findings(case: Case, references: References) -> list[tuple[float, Item]]:
    return [
        (
            _SEVERITY_RANK[finding.severity],
            Item(
                status=words.LEVELS[Level(finding.severity)],
                what=f"Finding: {finding.title}",
                why=finding.detail,
                remedy=finding.remedy,
                cites=references.cites((finding.evidence,)),
            ),
        )
        for finding in case.assessment.findings
    ]


def _risks(case: Case) -> list[tuple[float, Item]]:
    made: list[tuple[float, Item]] = []
    for row in case.register:
        if row.residual.level.rank < Level.HIGH.rank and row.within_appetite is not False:
            continue
        rank = _LEVEL_RANK[row.residual.level] + row.residual.score / 3
        why = f"Residual {row.residual.likelihood} × {row.residual.impact} = {row.residual.score} of 25"
        if row.within_appetite is False:
            rank += _OUTSIDE_APPETITE
            why += f", outside the appetite of {row.appetite}"
        open_controls = [step.control for step in row.steps if not step.counted]
        remedy = (
            f"Meet {_some(open_controls)}." if open_controls else "Treat it otherwise, or have its owner accept it."
        )
        item = Item(
            status=words.LEVELS[row.residual.level], what=f"Risk: {row.title}", why=why, remedy=remedy, cites=()
        )
        made.append((rank, item))
    return made


def _controls(case: Case, references: References) -> list[tuple[float, Item]]:
    made: list[tuple[float, Item]] = []
    for result in case.assessment.controls:
        if result.standing is Standing.UNMET:
            item = Item(
                status=words.STANDINGS[result.standing],
                what=f"Control unmet: {result.title}",
                why="; ".join(result.reasons),
                remedy=result.remedy,
                cites=references.cites(result.evidence),
            )
            made.append((_STANDING_RANK[result.standing], item))
    total = len(case.assessment.controls)
    for standing in _TOGETHER:
        named = [result for result in case.assessment.controls if result.standing is standing]
        if not named:
            continue
        status = words.STANDINGS[standing]
        item = Item(
            status=status,
            what=f"{len(named)} of {figures.count(total, 'control')} {status.word}",
            why=_some([result.id for result in named]),
            remedy="The remedy of each stands with the control.",
            cites=(),
        )
        made.append((_STANDING_RANK[standing] + round(_SHARE_WEIGHS * len(named) / total), item))
    return made


def since(case: Case) -> str:
    """What became of the last approval, and what changed since."""
    state = next((state for state in reversed(case.approvals) if state.state is not State.VOID), None)
    if state is None:
        return "No approval with a valid signature is on record."
    decision = next(signed.decision for signed in case.dossier.decisions if signed.id == state.decision)
    told = f"Last approved on {figures.day(decision.signed_at)} by {decision.signer} ({decision.role})"
    identity = case.assessment.identity
    same = identity is not None and identity.digest == decision.identity
    later = case.checkpoint.size - decision.checkpoint.size
    changes = [
        "the identity is the same"
        if same
        else f"the identity is another one (then {figures.short(decision.identity or 'none')})",
        f"{figures.count(later, 'entry', 'entries')} added to the ledger"
        if later >= 0
        else f"the ledger is shorter by {-later:,} than what was signed",
        "the policy is the same" if decision.policy_digest == case.gate.policy_digest else "the policy was changed",
        "the catalogue is the same"
        if decision.content_digest == case.assessment.content_digest
        else "the catalogue was changed",
    ]
    became = f" That approval is {state.state}{': ' + state.why if state.causes else ''}."
    return f"{told}. Since then: {'; '.join(changes)}.{became}"


def _some(names: list[str]) -> str:
    """The first few names, and how many more there are."""
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")
