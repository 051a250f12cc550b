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
from governance.reports.atoms import words
from governance.reports.atoms.recognising import recognise
from governance.reports.atoms.views import Phrase, phrase
from governance.reports.audit.views import Item
from governance.verifier import figures

if TYPE_CHECKING:
    from governance.domain.case import Case
    from governance.reports.claims.references import References

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
    ranked.sort(key=lambda entry: (-entry[0], str(entry[1].what)))
    items = tuple(item for _, item in ranked)
    return items[:WORST], max(0, len(items) - WORST)


def _findings(case: Case, references: References) -> list[tuple[float, Item]]:
    return [
        (
            _SEVERITY_RANK[finding.severity],
            Item(
                status=words.LEVELS[Level(finding.severity)],
                what=phrase("Finding: %(title)s", title=finding.title),
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
        rating = f"{row.residual.likelihood} × {row.residual.impact} = {row.residual.score}"
        why = phrase("Residual %(rating)s of 25", rating=rating)
        if row.within_appetite is False:
            rank += _OUTSIDE_APPETITE
            why = phrase("Residual %(rating)s of 25, outside the appetite of %(n)s", rating=rating, n=row.appetite or 0)
        open_controls = [step.control for step in row.steps if not step.counted]
        remedy = phrase("Treat it otherwise, or have its owner accept it.")
        if open_controls:
            remedy = phrase("Meet %(controls)s.", controls=_some(open_controls))
        what = phrase("Risk: %(title)s", title=row.title)
        item = Item(status=words.LEVELS[row.residual.level], what=what, why=why, remedy=remedy, cites=())
        made.append((rank, item))
    return made


def _controls(case: Case, references: References) -> list[tuple[float, Item]]:
    made: list[tuple[float, Item]] = []
    for result in case.assessment.controls:
        if result.standing is Standing.UNMET:
            item = Item(
                status=words.STANDINGS[result.standing],
                what=phrase("Control unmet: %(title)s", title=result.title),
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
            what=phrase(
                "%(n)s of %(total)s controls: %(standing)s", n=len(named), total=total, standing=phrase(status.word)
            ),
            why=_some([result.id for result in named]),
            remedy=phrase("The remedy of each stands with the control."),
            cites=(),
        )
        made.append((_STANDING_RANK[standing] + round(_SHARE_WEIGHS * len(named) / total), item))
    return made


def since(case: Case) -> tuple[Phrase, ...]:
    """What became of the last approval, and what changed since."""
    state = next((state for state in reversed(case.approvals) if state.state is not State.VOID), None)
    if state is None:
        return (phrase("No approval with a valid signature is on record."),)
    decision = next(signed.decision for signed in case.dossier.decisions if signed.id == state.decision)
    identity = case.assessment.identity
    later = case.checkpoint.size - decision.checkpoint.size
    became = phrase("That approval is %(state)s.", state=phrase(words.STATES[state.state].word))
    if state.causes:
        became = phrase(
            "That approval is %(state)s: %(why)s.",
            state=phrase(words.STATES[state.state].word),
            why=recognise(state.why),
        )
    return (
        phrase(
            "Last approved on %(day)s by %(who)s.",
            day=figures.day(decision.signed_at),
            who=f"{decision.signer} ({decision.role})",
        ),
        phrase("Since then the identity is the same.")
        if identity is not None and identity.digest == decision.identity
        else phrase(
            "Since then the identity is another one; it was %(digest)s.",
            digest=figures.short(decision.identity or "none"),
        ),
        phrase("%(n)s entries were added to the ledger.", n=later)
        if later >= 0
        else phrase("The ledger is shorter by %(n)s than what was signed.", n=-later),
        phrase("The policy is the same.")
        if decision.policy_digest == case.gate.policy_digest
        else phrase("The policy was changed."),
        phrase("The catalogue is the same.")
        if decision.content_digest == case.assessment.content_digest
        else phrase("The catalogue was changed."),
        became,
    )


def _some(names: list[str]) -> Phrase:
    """The first few names, and how many more there are."""
    more, shown = len(names) - NAMED, ", ".join(names[:NAMED])
    return phrase("%(names)s and %(n)s more", names=shown, n=more) if more > 0 else phrase("%(names)s", names=shown)
