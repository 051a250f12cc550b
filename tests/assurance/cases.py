"""Small dossiers, catalogues and decisions, each built from plain words."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from governance.assurance.assess import assess
from governance.assurance.gate import gate, policy_digest
from governance.assurance.register import register
from governance.assurance.then_and_now import as_seen
from governance.domain.catalogue import Catalogue
from governance.domain.control import Control
from governance.domain.decision import Decision, DecisionKind, SignedDecision
from governance.domain.dossier import Dossier
from governance.domain.entry import Checkpoint
from governance.domain.evidence import Collector, Evidence, Piece, Role, Subject, SubjectType
from governance.domain.framework import Framework, Profile, Requirement
from governance.domain.kind import Kind, Suite
from governance.domain.policy import Policy
from governance.domain.risk import Risk
from governance.domain.seen import evidence_root, risk_state, system_digest
from governance.domain.system import System
from governance.parsing import canonical
from governance.verifier.meanings import MEANING

if TYPE_CHECKING:
    from governance.domain.assessment import ConditionResult, GateResult

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
OURS = "sha256:" + "a" * 64
OTHER = "sha256:" + "b" * 64
BASE = "sha256:" + "c" * 64
CONTENT = "sha256:" + "d" * 64

_TYPES = {
    "candidate": (SubjectType.MODEL, Role.CANDIDATE),
    "base": (SubjectType.MODEL, Role.BASE),
    "reference": (SubjectType.MODEL, Role.REFERENCE),
    "unbound": (SubjectType.MODEL, None),
    "data-set": (SubjectType.DATA_SET, None),
    "environment": (SubjectType.ENVIRONMENT, None),
    "system": (SubjectType.DOCUMENT, None),
}


def piece(
    seq: int,
    kind: str = "eval-run.v1",
    about: str = "candidate",
    body: dict[str, Any] | None = None,
    *,
    days_old: float | None = 1,
    at: datetime | None = None,
    quality: str = "complete",
    digest: str | None = None,
    name: str = "thing",
    system: str = "desk",
    declared_by: str | None = None,
    collector: str = "fake",
) -> Piece:
    """A piece of evidence; evidence about a candidate is tied to OURS unless a digest is given."""
    subject_type, role = _TYPES[about]
    held = body if body is not None else run()
    effective = at or (NOON - timedelta(days=days_old) if days_old is not None else None)
    record = Evidence(
        kind=kind,
        system=system,
        subject=Subject(
            type=subject_type, name=name, role=role, digest=digest or (OURS if about == "candidate" else None)
        ),
        body_digest=canonical.digest(["body", seq]),
        body_size=1,
        quality=quality,
        quality_reasons=() if quality == "complete" else ("it was cut off",),
        effective_at=effective,
        collector=Collector(name=collector, version="1"),
        declared_by=declared_by,
    )
    recorded = NOON - timedelta(hours=20) + timedelta(seconds=seq)
    leaf = canonical.digest(["leaf", seq])[7:]
    return Piece(id=f"ev-{seq:020x}", record=record, body=held, recorded_at=recorded, seq=seq, leaf=leaf)


def row(task: str = "xstest", **said: Any) -> dict[str, Any]:
    """One result of an evaluation."""
    base = {"metric": "acc", "filter": None, "value": 0.9, "stderr": None, "n": 100, "task_version": "1"}
    return {"task": task, **base, **said}


def run(*rows: dict[str, Any], **said: Any) -> dict[str, Any]:
    """The body of an evaluation run."""
    base = {"harness": {"name": "lm-eval", "version": "0.4"}, "model": {"name": "m", "digest": None}, "n_shot": {}}
    return {**base, "results": list(rows) or [row()], **said}


def artifacts(seq: int, digest: str = OURS, about: str = "candidate", **said: Any) -> Piece:
    """The weights of a model."""
    quality = said.pop("quality", "complete")
    body = {"form": "adapter", "name": "tuned", "manifest_digest": digest, "base": None, **said}
    return piece(seq, "model-artifacts.v1", about, body, days_old=None, digest=digest, quality=quality)


def dossier(*pieces: Piece, decisions: tuple[SignedDecision, ...] = (), **system: Any) -> Dossier:
    """A dossier of the system `desk`, registered a year ago."""
    body = {"id": "desk", "name": "Desk", "purpose": "Answers readers", "owner": "Ada Example", **system}
    registered = body.pop("registered_at", NOON - timedelta(days=365))
    made = System.model_validate(body)
    return Dossier(
        system=made,
        system_entry="sys-1",
        registered_at=registered,
        pieces=pieces,
        decisions=decisions,
        ledger_size=1 + len(pieces) + len(decisions),
        system_body=made.plain(),
    )


def control(cid: str, *asks: dict[str, Any], **said: Any) -> Control:
    """A control with these asks; an empty list of asks is made past its noun, which refuses it."""
    sentence = "A sentence that says something"
    plain = {
        "id": cid, "title": sentence, "family": "quality", "objective": sentence, "why": sentence, "owner": "Lead",
        "false_comfort": sentence, "cost_to_show": sentence, "remedy": f"do {cid}",
        "asks": [{"id": f"ask-{number}", "kind": "eval-run.v1", "about": "candidate", **ask}
                 for number, ask in enumerate(asks)],
        "examples": [{"name": "yes yes", "comes_to": "met", "on": "2026-01-01"},
                     {"name": "no no", "comes_to": "missing", "on": "2026-01-01"}],
        **said,
    }  # fmt: skip
    return (
        Control.model_validate(plain)
        if asks
        else Control.model_construct(**{**plain, "asks": (), "applies_when": None})
    )


def suite(purpose: str, *tasks: str) -> Suite:
    return Suite(id=purpose, title="A purpose of testing", why="Because it is asked for", tasks=tasks)


def risk(rid: str, likelihood: int = 4, impact: int = 4, *mitigated_by: dict[str, Any], **said: Any) -> Risk:
    sentence = "A sentence that says something"
    plain = {
        "id": rid, "title": sentence, "event": sentence, "causes": [sentence], "consequence": sentence,
        "genai_risks": [], "inherent": {"likelihood": likelihood, "impact": impact, "because": sentence},
        "mitigated_by": list(mitigated_by), "owner": "Lead", **said,
    }  # fmt: skip
    return Risk.model_validate(plain)


def framework(
    fid: str, said: dict[str, Any] | None = None, **met_by: list[tuple[str, str]]
) -> tuple[Framework, tuple[Requirement, ...]]:
    """A framework whose requirements r1, r2 … name (control, extent) pairs; none of them means not covered.

    `said` are more fields of the framework; what it has under `rows` are more fields of the requirements, by id.
    """
    more = dict(said or {})
    own = more.pop("rows", {})
    sentence = "A sentence that says something"
    frame = Framework.model_validate(
        {"id": fid, "series": fid, "title": sentence, "version": "1", "publisher": sentence, "source": sentence,
         "licence_note": sentence, "in_force_from": "2024-01-01", "checked": {"by": sentence, "on": "2026-01-01", "against": [sentence], "result": sentence, "not_checked": sentence},
         "requirement_count": len(met_by), "groups": [{"id": "g", "title": sentence}], **more}
    )  # fmt: skip
    rows = tuple(
        Requirement.model_validate(
            {"id": rid, "title": sentence, "says": sentence, "group": "g",
             "met_by": [{"control": c, "extent": extent, "because": sentence} for c, extent in pairs],
             "not_covered": None if pairs else "Nothing here can show it", **own.get(rid, {})}
        )
        for rid, pairs in met_by.items()
    )  # fmt: skip
    return frame, rows


def catalogue(
    *controls: Control,
    suites: tuple[Suite, ...] = (),
    risks: tuple[Risk, ...] = (),
    frameworks: tuple[tuple[Framework, tuple[Requirement, ...]], ...] = (),
    kinds: tuple[Kind, ...] = (),
    profiles: tuple[Profile, ...] = (),
) -> Catalogue:
    return Catalogue(
        kinds={each.id: each for each in kinds},
        profiles={each.id: each for each in profiles},
        controls={each.id: each for each in controls},
        suites={each.id: each for each in suites},
        risks={each.id: each for each in risks},
        frameworks={frame.id: frame for frame, _ in frameworks},
        requirements={frame.id: rows for frame, rows in frameworks},
        digest=CONTENT,
    )


def kind(kid: str, basis: str = "tested") -> Kind:
    sentence = "A sentence that says something"
    return Kind.model_validate(
        {"id": kid, "title": sentence, "question": sentence, "does_not_say": sentence, "basis": basis, "body": {},
         "examples": {"holds": {"a": {}}, "refused": {"b": {}}}}
    )  # fmt: skip


def policy(*conditions: dict[str, Any], envelopes: tuple[dict[str, Any], ...] = ()) -> Policy:
    """A policy of these conditions, each one word of the vocabulary."""
    plain = [{"id": f"c{number}", "why": "Because it is so", **said} for number, said in enumerate(conditions)]
    return Policy.model_validate(
        {"id": "rule", "title": "A rule", "why": "Because it is so", "conditions": plain,
         "envelopes": [{"why": "Because it is so", **each} for each in envelopes]}
    )  # fmt: skip


def signed(
    seq: int,
    held: Dossier,
    asked: Policy,
    person: str = "Rita Example",
    role: str = "reviewer",
    decision: str = "approve",
    *,
    valid: bool = True,
    **said: Any,
) -> SignedDecision:
    """A decision over a dossier under a policy, signed an hour ago over all that the ledger held at `seq`.

    `content` is what the risks are rated by; without one there are none.
    """
    content = said.pop("content", None)
    moment = said.get("signed_at", NOON - timedelta(hours=1))
    seen = as_seen(held, seq)
    rows = register(seen, content, assess(seen, content, moment), moment) if content else ()
    kind = DecisionKind(decision)
    identity = held.identity
    plain = {
        "decision": kind, "meaning": MEANING[kind], "system": "desk", "identity": identity.digest if identity else OURS,
        "identity_name": "tuned", "signer": person, "role": role, "reason": "As the reviewer says",
        "signed_at": NOON - timedelta(hours=1), "expires": None, "policy": asked.id,
        "policy_digest": policy_digest(asked), "content_digest": content.digest if content else CONTENT,
        "evidence_root": evidence_root(each.leaf for each in seen.pieces), "system_digest": system_digest(seen.system_body),
        "risk_state": risk_state(rows), "gate_answer": "no", "nonce": "0" * 32,
        "checkpoint": Checkpoint(origin="fake", size=seq, root="0" * 64), **said,
    }  # fmt: skip
    return SignedDecision(
        id=f"dec-{seq}-{person}-{role}", seq=seq, decision=Decision.model_validate(plain),
        recorded_at=NOON - timedelta(hours=1), key_fingerprint=person,
        valid=valid, problem=None if valid else "the signature does not verify",
    )  # fmt: skip


def ask_gate(asked: Policy, held: Dossier, content: Catalogue | None = None, on: datetime = NOON) -> GateResult:
    """The gate over everything judged from a dossier."""
    content = content or catalogue(control("anything", {}))
    assessment = assess(held, content, on)
    return gate(asked, held, content, assessment, register(held, content, assessment, on), on)


def condition(word: dict[str, Any], held: Dossier, content: Catalogue | None = None) -> ConditionResult:
    """What one condition answers."""
    return ask_gate(policy(word), held, content).conditions[0]


def day(offset: int) -> date:
    return (NOON + timedelta(days=offset)).date()
