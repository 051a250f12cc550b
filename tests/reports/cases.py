"""Cases to render: a full one, an empty one, and one whose every string attacks the page.

They are built by hand and not judged, so that a change of judgement or of the catalogue does not move the pages'
tests. The numbers of the frameworks' requirements are real; their titles here are not.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from governance.domain.approval import ApprovalState, Cause, State
from governance.domain.assessment import (
    AskResult,
    Assessment,
    ConditionResult,
    ControlResult,
    Finding,
    FrameworkResult,
    GateResult,
    RequirementResult,
)
from governance.domain.case import Case
from governance.domain.catalogue import Catalogue
from governance.domain.conditions import Condition, NoOpenFinding
from governance.domain.control import Family, Standing
from governance.domain.decision import Decision, DecisionKind, SignedDecision
from governance.domain.dossier import Dossier
from governance.domain.entry import Checkpoint
from governance.domain.kind import Suite
from governance.domain.policy import Answer, FiguresRule, Policy
from governance.domain.risk import Rating, RegisterRow, Step, Treatment
from governance.domain.system import System
from governance.parsing import canonical
from governance.verifier.meanings import MEANING
from tests.reports.found import FINDING, ON, SYSTEM, frameworks, pieces
from tests.reports.stated import stated

if TYPE_CHECKING:
    from governance.domain.evidence import Piece
    from governance.domain.framework import Framework

CONTENT = canonical.sha256(b"catalogue")
POLICY_DIGEST = canonical.sha256(b"policy")
ROOT = canonical.sha256(b"root").removeprefix("sha256:")

CONTROLS: tuple[tuple[str, Family, Standing], ...] = (
    ("system-registered", Family.SYSTEM, Standing.MET),
    ("intended-uses-declared", Family.SYSTEM, Standing.MET),
    ("risk-appetite-set", Family.GOVERNANCE, Standing.MET),
    ("frameworks-in-scope-named", Family.GOVERNANCE, Standing.MET),
    ("ai-policy-approved", Family.GOVERNANCE, Standing.STALE),
    ("roles-and-duties-assigned", Family.GOVERNANCE, Standing.MET),
    ("impact-assessed", Family.GOVERNANCE, Standing.MISSING),
    ("operators-trained", Family.GOVERNANCE, Standing.MISSING),
    ("deployment-place-decided", Family.OPERATION, Standing.MET),
    ("human-oversight-designed", Family.OPERATION, Standing.MISSING),
    ("monitoring-planned", Family.OPERATION, Standing.WAIVED),
    ("incident-response-ready", Family.OPERATION, Standing.MISSING),
    ("capacity-and-cost-planned", Family.OPERATION, Standing.NOT_APPLICABLE),
    ("dataset-licence-known", Family.DATA, Standing.MET),
    ("dataset-provenance-documented", Family.DATA, Standing.MET),
    ("dataset-content-fixed", Family.DATA, Standing.MET),
    ("dataset-limitations-stated", Family.DATA, Standing.UNMET),
    ("dataset-personal-data-stated", Family.PRIVACY, Standing.UNMET),
    ("leakage-tested", Family.PRIVACY, Standing.MISSING),
    ("base-model-identified", Family.BASE_MODEL, Standing.MET),
    ("base-model-licence-known", Family.BASE_MODEL, Standing.MET),
    ("supplier-terms-reviewed", Family.BASE_MODEL, Standing.MISSING),
    ("training-run-recorded", Family.TRAINING, Standing.MET),
    ("training-watched-on-held-out-data", Family.TRAINING, Standing.MET),
    ("compute-environment-recorded", Family.TRAINING, Standing.MET),
    ("weights-identified", Family.TRAINING, Standing.MET),
    ("no-executable-weights", Family.SAFETY, Standing.UNMET),
    ("prompt-injection-tested", Family.SAFETY, Standing.MISSING),
    ("quality-evaluated", Family.QUALITY, Standing.MET),
    ("regression-against-base-measured", Family.QUALITY, Standing.MET),
    ("safety-evaluated", Family.QUALITY, Standing.INCONCLUSIVE),
    ("bias-evaluated", Family.QUALITY, Standing.MISSING),
    ("contamination-checked", Family.QUALITY, Standing.MANUAL),
    ("content-marking-decided", Family.TRANSPARENCY, Standing.MISSING),
    ("user-information-ready", Family.TRANSPARENCY, Standing.MET),
)


def controls(
    found: tuple[Piece, ...], standings: tuple[tuple[str, Family, Standing], ...]
) -> tuple[ControlResult, ...]:
    made = []
    for number, (name, family, standing) in enumerate(standings):
        evidence = (
            (found[number % len(found)].id,) if found and standing not in (Standing.MISSING, Standing.MANUAL) else ()
        )
        reason = {
            Standing.MET: "there is evidence",
            Standing.MISSING: "no evidence of eval-run.v1 about the candidate",
            Standing.UNMET: "licence.known is no, and should be yes",
            Standing.STALE: "it is 418 days old and may be 365",
        }.get(standing, "the evidence is partial: the collector gave no reason")
        ask = AskResult(ask="main", kind="eval-run.v1", standing=standing, reason=reason, evidence=evidence)
        made.append(
            ControlResult(
                id=name,
                title=f"{name.replace('-', ' ').capitalize()}",
                family=family,
                standing=standing,
                reasons=(reason,),
                evidence=evidence,
                asks=(ask,),
                remedy=f"Attach the evidence that {name} asks for.",
            )
        )
    return tuple(made)


def requirements(rows: tuple[tuple[str, str, str], ...]) -> tuple[RequirementResult, ...]:
    cycle = (Standing.MET, Standing.MISSING, Standing.MANUAL, Standing.UNMET, Standing.NOT_COVERED, Standing.STALE)
    made = []
    for number, (framework, name, group) in enumerate(rows):
        standing = cycle[number * 7 % len(cycle) if number % 3 else number % len(cycle)]
        covered = standing is not Standing.NOT_COVERED
        made.append(
            RequirementResult(
                framework=framework,
                id=name,
                title=f"What {name} asks for, told in one short sentence",
                group=group,
                standing=standing,
                coverage=("part" if number % 2 else "full") if covered else "none",
                reasons=("follows from its controls",) if covered else ("It asks for a practice no tool can see.",),
                controls=tuple(CONTROLS[(number * k) % len(CONTROLS)][0] for k in (3, 5)) if covered else (),
            )
        )
    return tuple(made)


def counted(framework: Framework, rows: tuple[RequirementResult, ...]) -> FrameworkResult:
    mine = [row for row in rows if row.framework == framework.id]
    standings, coverage = [row.standing.value for row in mine], [row.coverage for row in mine]
    return FrameworkResult(
        framework=framework.id,
        series=framework.series,
        title=framework.title,
        version=framework.version,
        in_force=True,
        in_force_from=framework.in_force_from,
        superseded_on=None,
        total=len(mine),
        in_application=len(mine),
        by_standing={name: standings.count(name) for name in sorted(set(standings))},
        by_coverage={name: coverage.count(name) for name in ("full", "part", "none")},
        by_shown={"not-assessed": len(mine)},
    )


def risk(
    name: str, before: tuple[int, int], after: tuple[int, int], appetite: int | None, *, named: bool
) -> RegisterRow:
    title = name.replace("-", " ").capitalize()
    likelihood = Step(control="safety-evaluated", standing=Standing.MET, reduces="likelihood", steps=1, counted=True)
    impact = Step(control="bias-evaluated", standing=Standing.MISSING, reduces="impact", steps=1, counted=False)
    residual = Rating(likelihood=after[0], impact=after[1])
    return RegisterRow(
        risk=name,
        title=title,
        event=f"The event of {title.lower()} comes about.",
        consequence="Members are misled.",
        genai_risks=("Confabulation", "Information Integrity"),
        owner="Ines Moreau" if named else "Safety lead",
        owner_named=named,
        treatment=Treatment.MITIGATE,
        inherent=Rating(likelihood=before[0], impact=before[1]),
        because="Small models do this often.",
        steps=(likelihood, impact),
        residual=residual,
        appetite=appetite,
        within_appetite=None if appetite is None else residual.score <= appetite,
        next_review=date(2027, 3, 1) if named else date(2026, 6, 1),
        review_overdue=not named,
    )


def risks(appetite: int | None) -> tuple[RegisterRow, ...]:
    return (
        risk("safety-lost-in-tuning", (4, 5), (4, 5), appetite, named=True),
        risk("hallucination", (5, 3), (4, 3), appetite, named=True),
        risk("harmful-bias", (3, 4), (3, 4), appetite, named=False),
        risk("weights-run-code", (2, 5), (2, 5), appetite, named=True),
        risk("test-contaminated", (3, 3), (2, 3), appetite, named=False),
        risk("energy-use", (2, 2), (2, 2), appetite, named=True),
        risk("drift-in-operation", (3, 3), (3, 3), appetite, named=True),
    )


def gate(answer: Answer, *, conditions: bool = True) -> GateResult:
    rows = (
        ConditionResult(
            id="evidence-there",
            answer=Answer.COULD_NOT_TELL,
            reason="26 of 35 controls met: bias-evaluated missing",
            would_turn=("bias-evaluated: Run a bias task.",),
        ),
        ConditionResult(
            id="no-high-finding",
            answer=Answer.NO,
            reason="1 open findings of severity high or above: unsafe-file in training_args.bin",
            would_turn=("remove training_args.bin from the release",),
            evidence=(f"ev-{8:020x}",),
        ),
        ConditionResult(
            id="quality",
            answer=Answer.YES,
            reason="elm_qa acc = 0.713, 95% interval 0.637 to 0.778 (Wilson, n 150), bound ≥ 0.6",
            evidence=(f"ev-{5:020x}",),
        ),
    )
    return GateResult(
        system="elm-desk",
        policy="release",
        policy_digest=POLICY_DIGEST,
        on=ON,
        answer=answer,
        conditions=rows if conditions else (),
        reason="1 of 3 conditions say yes, 1 no, 1 could not tell",
    )


def policy() -> Policy:
    asked = NoOpenFinding(severity="high")
    return Policy(
        id="release",
        title="Release of a tuned model",
        why="A model goes out only when its evidence says so.",
        conditions=(Condition(id="no-high-finding", why="A known hole is no release.", no_open_finding=asked),),
    )


def decision(
    seq: int, kind: DecisionKind, identity: str, *, valid: bool = True, expires: date | None = None
) -> SignedDecision:
    made = Decision.model_construct(
        decision=kind,
        meaning=MEANING[kind],
        system="elm-desk",
        identity=identity,
        identity_name="elm-desk-lora",
        signer="Tomas Lind",
        role="approver",
        reason="Quality is enough for a draft that a librarian sends.",
        signed_at=ON - timedelta(days=30 - seq),
        expires=expires,
        checkpoint=Checkpoint(origin="elm-library/ledger", size=9, root=ROOT),
        policy="release",
        policy_digest=POLICY_DIGEST,
        content_digest=CONTENT,
        evidence_root=canonical.sha256(b"evidence"),
        system_digest=canonical.sha256(b"system"),
        risk_state=canonical.sha256(b"risks"),
        gate_answer=Answer.COULD_NOT_TELL,
        nonce="0" * 32,
    )
    return SignedDecision.model_construct(
        id=f"de-{seq}",
        seq=seq,
        decision=made,
        key_fingerprint="SHA256:q1w2e3r4",
        valid=valid,
        problem=None if valid else "no key of an enrolled principal made this signature",
    )


def approval(of: SignedDecision, state: State, *causes: Cause) -> ApprovalState:
    said = of.decision
    return ApprovalState(
        decision=of.id, signer=said.signer, role=said.role, identity=said.identity, state=state, causes=causes
    )


def full(**changes: Any) -> Case:
    """A case with something of everything."""
    found = changes.pop("pieces", None) or pieces()
    system = changes.pop("system", SYSTEM)
    dossier = Dossier(system, "sy-elm-desk", ON - timedelta(days=60), found, (), 14, system.plain())
    assert dossier.identity is not None
    signed = (
        decision(12, DecisionKind.APPROVE, canonical.sha256(b"another model"), expires=date(2026, 11, 1)),
        decision(13, DecisionKind.HOLD, dossier.identity.digest, valid=False),
        decision(14, DecisionKind.APPROVE, dossier.identity.digest, expires=date(2027, 1, 31)),
    )
    dossier = Dossier(system, "sy-elm-desk", ON - timedelta(days=60), found, signed, 14, system.plain())
    made, rows = frameworks()
    judged = requirements(rows)
    finding = Finding(
        evidence=found[7].id if len(found) > 7 else "ev-not-here",
        **FINDING,
    )
    assessment = Assessment(
        system="elm-desk",
        on=ON,
        identity=dossier.identity,
        content_digest=CONTENT,
        ledger_size=14,
        controls=controls(found, CONTROLS),
        requirements=judged,
        frameworks=tuple(counted(framework, judged) for framework in made.values()),
        findings=(finding,),
        unbound=(found[6].id,) if len(found) > 6 else (),
    )
    suites = {
        "quality": Suite(id="quality", title="Quality", why="It must do its work.", tasks=("gsm8k*",)),
        "bias": Suite(id="bias", title="Bias", why="It must treat people alike.", tasks=("bbq*",)),
    }
    catalogue = Catalogue(frameworks=made, policies={"release": policy()}, suites=suites, digest=CONTENT)
    made_of = Case(
        dossier=dossier,
        catalogue=catalogue,
        assessment=assessment,
        register=changes.pop("register", risks(9)),
        gate=changes.pop("gate", gate(Answer.NO)),
        on=ON,
        checkpoint=Checkpoint(origin="elm-library/ledger", size=15, root=ROOT),
        approvals=(
            approval(signed[0], State.EXPIRED, Cause(cause="expiry", said="it expired on 2026-11-01")),
            approval(signed[2], State.IN_FORCE),
        ),
    )
    return stated(made_of, changes.pop("statement", "The library needs it, and the head of services says so."))


def empty() -> Case:
    """A system with its four required fields, and nothing else at all."""
    system = System(id="new", name="New system", purpose="Something that is to be built.", owner="Ines Moreau")
    dossier = Dossier(system, "sy-new", ON)
    assessment = Assessment(
        system="new",
        on=ON,
        identity=None,
        content_digest=canonical.sha256(b""),
        ledger_size=1,
        controls=(),
        requirements=(),
        frameworks=(),
        findings=(),
    )
    verdict = GateResult(
        system="new",
        policy="none",
        policy_digest=canonical.sha256(b""),
        on=ON,
        answer=Answer.NO,
        conditions=(),
        reason="the policy has no condition, and a rule that asks nothing permits nothing",
    )
    checkpoint = Checkpoint(origin="new", size=1, root="0" * 64)
    return Case(dossier, Catalogue(), assessment, (), verdict, checkpoint, ON)


def bare() -> Case:
    """Registered and judged with the whole catalogue, and no evidence yet: everything is missing."""
    case = full(gate=gate(Answer.COULD_NOT_TELL))
    system = System(id="elm-desk", name="Elm Desk", purpose="Answers questions at the desk.", owner="Ines Moreau")
    dossier = Dossier(system, "sy-elm-desk", ON, system_body=system.plain())
    standings = tuple((name, family, Standing.MISSING) for name, family, _ in CONTROLS)
    judged = tuple(
        row.model_copy(update={"standing": Standing.MISSING if row.coverage != "none" else Standing.NOT_COVERED})
        for row in case.assessment.requirements
    )
    assessment = case.assessment.model_copy(
        update={
            "identity": None,
            "controls": controls((), standings),
            "requirements": judged,
            "frameworks": tuple(counted(framework, judged) for framework in case.catalogue.frameworks.values()),
            "findings": (),
            "unbound": (),
        }
    )
    return stated(Case(dossier, case.catalogue, assessment, risks(None), case.gate, case.checkpoint, ON))


def quoting(case: Case, days: int, *kinds: str) -> Case:
    """The case under policies that quote evidence of these kinds for so many days."""
    rule = FiguresRule(kinds=kinds, within_days=days, why="Because figures of this kind age.")
    policies = {name: each.model_copy(update={"figures": (rule,)}) for name, each in case.catalogue.policies.items()}
    return replace(case, catalogue=replace(case.catalogue, policies=policies))
