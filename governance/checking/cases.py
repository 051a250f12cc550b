"""From the examples in content files to the dossiers and cases that judgement is run on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from governance.assurance.gate import policy_digest
from governance.checking import given
from governance.domain.assessment import Assessment, ControlResult, Finding
from governance.domain.control import About, ExamplePiece, Standing
from governance.domain.decision import Decision, DecisionKind, SignedDecision
from governance.domain.dossier import ARTIFACTS, Dossier
from governance.domain.entry import Checkpoint
from governance.domain.evidence import Collector, Evidence, Piece, Role, Subject, SubjectType
from governance.domain.risk import Rating, RegisterRow, Treatment
from governance.domain.seen import evidence_root, risk_state, system_digest
from governance.domain.system import System
from governance.verifier.meanings import MEANING

if TYPE_CHECKING:
    from governance.checking.given import Made
    from governance.domain.catalogue import Catalogue
    from governance.domain.control import Control, ControlExample
    from governance.domain.policy import Policy, PolicyExample

DIGEST, OTHER = "sha256:" + "c" * 64, "sha256:" + "b" * 64
PLANNER = "Theo Example"
"""Who seals the plans of examples."""
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


def body_of(row: ExamplePiece, catalogue: Catalogue) -> dict[str, Any]:
    """The body of an example: its own, or that of the kind's example it is like, but for the fields it names."""
    if row.body is not None or row.like is None:
        return row.body or {}
    return given.merged(catalogue.kinds[row.kind].examples.holds[row.like], row.but)


def dossier_of(control: Control, example: ControlExample, catalogue: Catalogue) -> Dossier:
    """The dossier that an example describes. Evidence about a candidate is tied to one set of weights."""
    pieces = [_piece(row, body_of(row, catalogue), number) for number, row in enumerate(example.evidence)]
    if not any(ask.kind == ARTIFACTS for ask in control.asks):
        pieces.append(_artifacts(len(pieces)))
    system = SYSTEM | example.system
    stated = {field: value for field, value in system.items() if value not in ("", None, [], {})}
    return Dossier(
        system=System.model_validate(SYSTEM | stated),
        system_entry="sys-example",
        registered_at=noon(example.on),
        pieces=tuple(pieces),
        ledger_size=len(pieces) + 1,
        system_body=system,
    )


def _artifacts(number: int) -> Piece:
    row = ExamplePiece(kind=ARTIFACTS, about=About.CANDIDATE, body=ARTIFACTS_BODY)
    return _piece(row, ARTIFACTS_BODY, number)


def _piece(row: ExamplePiece, body: dict[str, Any], number: int, digest: str = DIGEST) -> Piece:
    modelled = row.about in {About.CANDIDATE, About.BASE}
    record = Evidence(
        kind=row.kind,
        system="example",
        subject=Subject(
            type=SubjectType.MODEL if modelled else _TYPES.get(row.about, SubjectType.DOCUMENT),
            name=str(body.get("name", "example")),
            digest=digest if row.about is About.CANDIDATE else None,
            role=Role(row.about.value) if modelled else None,
        ),
        body_digest=f"sha256:{number:064x}",
        body_size=0,
        quality=row.quality,
        quality_reasons=() if row.quality == "complete" else ("as the example says",),
        effective_at=noon(row.effective) if row.effective else None,
        collector=Collector(name="example", version="1"),
    )
    return Piece(id=f"ev-{number:020x}", record=record, body=body, recorded_at=noon(date(2026, 1, 1)), seq=number + 1)


def case_of(
    policy: Policy, example: PolicyExample, catalogue: Catalogue
) -> tuple[Dossier, Assessment, tuple[RegisterRow, ...]]:
    """The dossier, assessment and register that a policy example describes."""
    said, on = given.whole(policy, example, catalogue), noon(example.on)
    appetite = said.get("appetite")
    stated = {"risk_appetite": appetite, "tier": said.get("tier"), "duties": said.get("duties")}
    system = System.model_validate(SYSTEM | {name: value for name, value in stated.items() if value is not None})
    register = tuple(_register_row(rid, score, appetite, example.on) for rid, score in said.get("risks", {}).items())
    made = given.measured(said)
    first = on - timedelta(days=max((each.days for each in made), default=0))
    sign = _Signing(register, policy, catalogue)
    dossier = Dossier(
        system=system, system_entry="sys-example", registered_at=first - timedelta(days=3), ledger_size=1,
        system_body=system.plain(),
    )  # fmt: skip
    before = [each for each in made if each.about == given.APPROVED]
    if before:
        dossier = _earlier(dossier, before, sign, example.on, first - timedelta(days=2))
    if "planned" in said:
        plan = {"decision": "plan", "role": "threshold-author", "person": PLANNER, "plan": {"suites": said["planned"]}}
        dossier = _said(dossier, sign(dossier, plan, first - timedelta(days=1)))
    start = dossier.ledger_size - 1
    now = [each for each in made if each.about != given.APPROVED]
    rows = tuple(_measured(each, start + number, example.on) for number, each in enumerate(now))
    dossier = _with(dossier, (*rows, _artifacts(start + len(rows))) if said else rows)
    seen = dossier
    for row in said.get("signed", ()):
        dossier = _said(dossier, sign(seen, row, on, dossier.ledger_size))
    start = dossier.ledger_size - 1
    after = [given.of_result(row) for row in said.get("later", ())]
    dossier = _with(dossier, tuple(_measured(each, start + number, example.on) for number, each in enumerate(after)))
    standings = said.get("controls", {})
    controls = tuple(
        _control_result(catalogue.controls[cid], Standing(standings.get(cid, "missing")))
        for cid in sorted(catalogue.controls)
    )
    assessment = Assessment(
        system="example", on=on, identity=dossier.identity, content_digest="", ledger_size=dossier.ledger_size,
        controls=controls, requirements=given.requirements(said, catalogue, example.on), frameworks=(),
        findings=tuple(_finding(severity) for severity in said.get("findings", ())),
    )  # fmt: skip
    return dossier, assessment, register


def _earlier(seen: Dossier, made: list[Made], sign: _Signing, on: date, at: datetime) -> Dossier:
    """The same with another release, what was measured of it, and the approval that it got."""
    rows = [_measured(each, number, on, OTHER) for number, each in enumerate(made)]
    body = ARTIFACTS_BODY | {"name": "the release before", "manifest_digest": OTHER}
    row = ExamplePiece(kind=ARTIFACTS, about=About.CANDIDATE, body=body)
    seen = _with(seen, (*rows, _piece(row, body, len(rows), OTHER)))
    return _said(seen, sign(seen, {"role": "approver", "person": "Anna Example"}, at))


def _with(seen: Dossier, pieces: tuple[Piece, ...]) -> Dossier:
    return replace(seen, pieces=(*seen.pieces, *pieces), ledger_size=seen.ledger_size + len(pieces))


def _said(seen: Dossier, signed: SignedDecision) -> Dossier:
    return replace(seen, decisions=(*seen.decisions, signed), ledger_size=seen.ledger_size + 1)


def _measured(made: Made, number: int, on: date, digest: str = DIGEST) -> Piece:
    about = About.CANDIDATE if made.about == given.APPROVED else About(made.about)
    row = ExamplePiece(kind=made.kind, about=about, effective=on - timedelta(days=made.days), body=made.body)
    return _piece(row, made.body, number, digest)


class _Signing:
    """Signs what the people of an example say, over what was on record before any of them."""

    def __init__(self, register: tuple[RegisterRow, ...], policy: Policy, catalogue: Catalogue) -> None:
        self._register, self._policy, self._catalogue = register, policy, catalogue

    def __call__(
        self, seen: Dossier, row: dict[str, Any], recorded: datetime, seq: int | None = None
    ) -> SignedDecision:
        """One decision; fields beside `person` and `role` are those of a decision. `valid: false` has no good signature."""
        identity, said, seq = seen.identity, dict(row), seen.ledger_size if seq is None else seq
        kind, valid = DecisionKind(said.pop("decision", "approve")), said.pop("valid", True)
        if identity is None and kind is not DecisionKind.PLAN:
            raise ValueError("a signature needs a candidate")
        decision = Decision.model_validate(
            {
                "decision": kind, "meaning": MEANING[kind], "system": "example", "identity": identity.digest if identity else None,
                "identity_name": identity.name if identity else "", "signer": said.pop("person"), "role": said.pop("role"),
                "reason": "as the example says", "signed_at": recorded - timedelta(hours=1),
                "checkpoint": Checkpoint(origin="example", size=seq, root="0" * 64),
                "policy": self._policy.id, "policy_digest": policy_digest(self._policy, self._catalogue.floors(self._policy.id)),
                "content_digest": self._catalogue.digest or DIGEST,
                "evidence_root": evidence_root(piece.leaf for piece in seen.pieces),
                "system_digest": system_digest(seen.system_body), "risk_state": risk_state(self._register),
                "gate_answer": "no", "nonce": "0" * 32, **said,
            }
        )  # fmt: skip
        return SignedDecision(
            id=f"dec-{seq}", seq=seq, decision=decision, recorded_at=recorded, key_fingerprint="example",
            valid=valid, problem=None if valid else "the example says so",
        )  # fmt: skip


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


def noon(day: date) -> datetime:
    """Noon of a day in UTC, the moment at which examples are judged."""
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
