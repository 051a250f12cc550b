"""The self-test of content: every file carries examples, and here they are all run.

A kind's examples are held against its schema. A control's examples become small dossiers and must come to the standing
they name. A policy's examples become small cases and must get the answer they name; a policy without an example that
allows and one that denies is a failure of its own. A failure is a sentence that names the file.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from governance.assurance.assess import judge
from governance.assurance.gate import gate, policy_digest
from governance.attaching import Kinds
from governance.domain.assessment import Assessment, ControlResult, Finding
from governance.domain.control import About, ExamplePiece, Standing
from governance.domain.decision import MEANING, Decision, DecisionKind, SignedDecision
from governance.domain.dossier import ARTIFACTS, Dossier
from governance.domain.entry import Checkpoint
from governance.domain.evidence import Collector, Evidence, Piece, Role, Subject, SubjectType
from governance.domain.risk import Rating, RegisterRow, Treatment
from governance.domain.system import System
from governance.errors import GovernanceError
from governance.parsing import canonical

if TYPE_CHECKING:
    from governance.domain.catalogue import Catalogue
    from governance.domain.control import Control, ControlExample
    from governance.domain.policy import Policy, PolicyExample

DIGEST = "sha256:" + "c" * 64
SYSTEM = {"id": "example", "name": "Example system", "purpose": "Answers questions of readers", "owner": "Ada Example"}
ARTIFACTS_BODY = {
    "form": "weights", "name": "example", "manifest_digest": DIGEST, "files": [], "total_bytes": 1,
    "formats": ["safetensors"], "tensors": 1, "parameters": 1, "dtypes": {}, "base": None, "adapter": None,
    "architecture": None, "unsafe_files": [],
    "remote_code": False, "lfs_pointers": [], "chat_template_sha256": None, "generation_config_sha256": None,
}  # fmt: skip
_TYPES = {
    About.DATA_SET: SubjectType.DATA_SET,
    About.ENVIRONMENT: SubjectType.ENVIRONMENT,
    About.SYSTEM: SubjectType.SYSTEM,
}


def check(catalogue: Catalogue) -> list[str]:
    """Run every example; returns the failures as sentences, none where all hold."""
    return [
        *(line for kind_id in catalogue.kinds for line in _kind(catalogue, kind_id)),
        *(line for control in catalogue.controls.values() for line in _control(catalogue, control)),
        *(line for policy in catalogue.policies.values() for line in _policy(catalogue, policy)),
    ]


def _kind(catalogue: Catalogue, kind_id: str) -> list[str]:
    kind = catalogue.kinds[kind_id]
    where = f"evidence/kinds/{kind_id}.yaml"
    try:
        validator = jsonschema_rs.Draft202012Validator(kind.body)
    except ValueError as error:
        return [f"{where}: the body is no JSON Schema: {error}"]
    try:
        canonical.dumps([kind.examples.holds, kind.examples.refused])
    except GovernanceError as error:
        return [f"{where}: an example is not JSON (is a date without quotes?): {error.message}"]
    failures = [
        f"{where}: the example {name!r} should hold: {error.message}"
        for name, body in kind.examples.holds.items()
        for error in list(validator.iter_errors(body))[:1]
    ]
    refused = kind.examples.refused.items()
    return failures + [
        f"{where}: the example {name!r} should be refused" for name, body in refused if validator.is_valid(body)
    ]


def _control(catalogue: Catalogue, control: Control) -> list[str]:
    where = f"controls/catalogue/{control.id}.yaml"
    kinds = Kinds(catalogue)
    failures = []
    for example in control.examples:
        try:
            for piece in example.evidence:
                kinds.require(piece.kind, piece.body)
            result = judge(control, dossier_of(control, example), catalogue, _noon(example.on))
        except (GovernanceError, ValueError) as error:
            failures.append(f"{where}: the example {example.name!r} can not be run: {error}")
            continue
        if result.standing is not example.comes_to:
            why = "; ".join(result.reasons)
            failures.append(
                f"{where}: the example {example.name!r} comes to {result.standing}, not {example.comes_to}: {why}"
            )
    return failures


def dossier_of(control: Control, example: ControlExample) -> Dossier:
    """The dossier that an example describes. Evidence about a candidate is tied to one set of weights."""
    pieces = [_piece(row, number) for number, row in enumerate(example.evidence)]
    if not any(ask.kind == ARTIFACTS for ask in control.asks):
        body = {"kind": ARTIFACTS, "about": About.CANDIDATE, "body": ARTIFACTS_BODY}
        pieces.append(_piece(ExamplePiece.model_validate(body), len(pieces)))
    system = SYSTEM | example.system
    stated = {field: value for field, value in system.items() if value not in ("", None, [], {})}
    return Dossier(
        system=System.model_validate(SYSTEM | stated),
        system_entry="sys-example",
        registered_at=_noon(example.on),
        pieces=tuple(pieces),
        ledger_size=len(pieces) + 1,
        system_body=system,
    )


def _piece(row: ExamplePiece, number: int) -> Piece:
    modelled = row.about in {About.CANDIDATE, About.BASE}
    record = Evidence(
        kind=row.kind,
        system="example",
        subject=Subject(
            type=SubjectType.MODEL if modelled else _TYPES.get(row.about, SubjectType.DOCUMENT),
            name=str(row.body.get("name", "example")),
            digest=DIGEST if row.about is About.CANDIDATE else None,
            role=Role(row.about.value) if modelled else None,
        ),
        body_digest=canonical.digest(row.body),
        body_size=0,
        quality=row.quality,
        quality_reasons=() if row.quality == "complete" else ("as the example says",),
        effective_at=_noon(row.effective) if row.effective else None,
        collector=Collector(name="example", version="1"),
    )
    return Piece(
        id=f"ev-{number:020x}", record=record, body=row.body, recorded_at=_noon(date(2026, 1, 1)), seq=number + 1
    )


def _policy(catalogue: Catalogue, policy: Policy) -> list[str]:
    where = f"policies/{policy.id}.yaml"
    failures = []
    answers = {example.answers.value for example in policy.examples}
    if policy.conditions and not {"yes", "no"} <= answers:
        failures.append(f"{where}: give an example that allows and one that denies")
    for example in policy.examples:
        try:
            dossier, assessment, rows = case_of(policy, example, catalogue)
            result = gate(policy, dossier, catalogue, assessment, rows, _noon(example.on))
        except (GovernanceError, ValueError, KeyError, TypeError, AttributeError) as error:
            failures.append(f"{where}: the example {example.name!r} can not be run: {error}")
            continue
        if result.answer is not example.answers:
            why = "; ".join(f"{c.id} {c.answer}: {c.reason}" for c in result.conditions if c.answer != example.answers)
            failures.append(
                f"{where}: the example {example.name!r} answers {result.answer}, not {example.answers}: {why}"
            )
    return failures


def case_of(
    policy: Policy, example: PolicyExample, catalogue: Catalogue
) -> tuple[Dossier, Assessment, tuple[RegisterRow, ...]]:
    """The dossier, assessment and register that a policy example describes."""
    given, on = example.given, _noon(example.on)
    unknown = set(given) - {"controls", "results", "risks", "appetite", "findings", "signed"}
    if unknown:
        raise ValueError(f"given has unknown fields {sorted(unknown)}")
    strangers = set(given.get("controls", {})) - set(catalogue.controls)
    if strangers:
        raise ValueError(f"given names controls that are not there: {sorted(strangers)}")
    appetite = given.get("appetite")
    rows = [_result_piece(row, number, example.on) for number, row in enumerate(given.get("results", ()))]
    artifacts = {"kind": ARTIFACTS, "about": About.CANDIDATE, "body": ARTIFACTS_BODY}
    pieces = [*rows, _piece(ExamplePiece.model_validate(artifacts), len(rows))] if given else rows
    system = System.model_validate(SYSTEM | ({"risk_appetite": appetite} if appetite is not None else {}))
    registered = on - timedelta(days=1)
    dossier = Dossier(
        system=system,
        system_entry="sys-example",
        registered_at=registered,
        pieces=tuple(pieces),
        ledger_size=len(pieces) + 1,
    )
    signed = tuple(_signed(row, number, dossier, policy, on) for number, row in enumerate(given.get("signed", ())))
    dossier = Dossier(
        system=system,
        system_entry="sys-example",
        registered_at=registered,
        pieces=tuple(pieces),
        decisions=signed,
        ledger_size=len(pieces) + 1,
    )
    standings = given.get("controls", {})
    controls = tuple(
        _control_result(catalogue.controls[cid], Standing(standings.get(cid, "missing")))
        for cid in sorted(catalogue.controls)
    )
    assessment = Assessment(
        system="example", on=on, identity=dossier.identity, content_digest="", ledger_size=dossier.ledger_size,
        controls=controls, requirements=(), frameworks=(),
        findings=tuple(_finding(s) for s in given.get("findings", ())),
    )  # fmt: skip
    register = tuple(_register_row(rid, score, appetite, example.on) for rid, score in given.get("risks", {}).items())
    return dossier, assessment, register


def _result_piece(row: dict[str, Any], number: int, on: date) -> Piece:
    result = {"stderr": None, "n": None, **{key: value for key, value in row.items() if key != "about"}}
    body = {
        "harness": {"name": "example", "version": "1"},
        "model": {"name": "example", "digest": None},
        "results": [result],
    }
    example = {"kind": "eval-run.v1", "about": row.get("about", "candidate"), "effective": on, "body": body}
    return _piece(ExamplePiece.model_validate(example), number)


def _signed(row: dict[str, Any], number: int, dossier: Dossier, policy: Policy, on: datetime) -> SignedDecision:
    identity = dossier.identity
    if identity is None:
        raise ValueError("a signature needs a candidate")
    kind = DecisionKind(row.get("decision", "approve"))
    decision = Decision(
        decision=kind, meaning=MEANING[kind], system="example", identity=identity.digest, identity_name=identity.name,
        signer=row["person"], role=row["role"], reason="as the example says",
        signed_at=on - timedelta(hours=1), expires=None,
        checkpoint=Checkpoint(origin="example", size=dossier.ledger_size, root="0" * 64), policy=policy.id,
        policy_digest=policy_digest(policy), content_digest=DIGEST, gate_answer="no", nonce="0" * 32,
    )  # fmt: skip
    return SignedDecision(
        id=f"dec-{number}", seq=dossier.ledger_size + number, decision=decision, key_fingerprint="example", valid=True
    )


def _control_result(control: Control, standing: Standing) -> ControlResult:
    return ControlResult(
        id=control.id, title=control.title, family=control.family, standing=standing, reasons=("as the example says",),
        evidence=(), asks=(), remedy=control.remedy,
    )  # fmt: skip


def _finding(severity: str) -> Finding:
    return Finding.model_validate(
        {"evidence": "ev-example", "rule": "example", "severity": severity, "title": "An example finding",
         "detail": "as the example says", "path": None, "remedy": "Remove what was found"}
    )  # fmt: skip


def _register_row(risk_id: str, score: int, appetite: int | None, on: date) -> RegisterRow:
    likelihood = next((side for side in (1, 2, 3, 4, 5) if score % side == 0 and score // side <= 5), None)
    if likelihood is None:
        raise ValueError(f"{risk_id}: no likelihood and impact have the product {score}")
    rating = Rating(likelihood=likelihood, impact=score // likelihood)
    return RegisterRow(
        risk=risk_id, title=risk_id, event="", consequence="", genai_risks=(), owner="", owner_named=False,
        treatment=Treatment.MITIGATE, inherent=rating, because="", steps=(), residual=rating, appetite=appetite,
        within_appetite=None if appetite is None else score <= appetite, next_review=on, review_overdue=False,
    )  # fmt: skip


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
