"""From the examples in content files to the dossiers and cases that judgement is run on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from governance.assurance.gate import policy_digest
from governance.domain.assessment import Assessment, ControlResult, Finding
from governance.domain.control import About, ExamplePiece, Standing
from governance.domain.decision import Decision, DecisionKind, SignedDecision
from governance.domain.dossier import ARTIFACTS, Dossier
from governance.domain.entry import Checkpoint
from governance.domain.evidence import Collector, Evidence, Piece, Role, Subject, SubjectType
from governance.domain.risk import Rating, RegisterRow, Treatment
from governance.domain.seen import evidence_root, risk_state, system_digest
from governance.domain.system import System
from governance.parsing import canonical
from governance.verifier.meanings import MEANING

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
GIVEN = frozenset(
    {"controls", "results", "pairs", "groups", "risks", "appetite", "findings", "signed", "later", "duties", "tier"}
)
"""What an example of a policy may say; see `PolicyExample`."""
_TYPES = {
    About.DATA_SET: SubjectType.DATA_SET,
    About.ENVIRONMENT: SubjectType.ENVIRONMENT,
    About.SYSTEM: SubjectType.SYSTEM,
}


def body_of(row: ExamplePiece, catalogue: Catalogue) -> dict[str, Any]:
    """The body of an example: its own, or that of the kind's example it is like, but for the fields it names."""
    if row.body is not None or row.like is None:
        return row.body or {}
    return _merged(catalogue.kinds[row.kind].examples.holds[row.like], row.but)


def _merged(held: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    both = {
        name: _merged(held[name], value) if isinstance(value, dict) and isinstance(held.get(name), dict) else value
        for name, value in over.items()
    }
    return held | both


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


def _piece(row: ExamplePiece, body: dict[str, Any], number: int) -> Piece:
    modelled = row.about in {About.CANDIDATE, About.BASE}
    record = Evidence(
        kind=row.kind,
        system="example",
        subject=Subject(
            type=SubjectType.MODEL if modelled else _TYPES.get(row.about, SubjectType.DOCUMENT),
            name=str(body.get("name", "example")),
            digest=DIGEST if row.about is About.CANDIDATE else None,
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
    given, on = example.given, noon(example.on)
    unknown = set(given) - GIVEN
    if unknown:
        raise ValueError(f"given has unknown fields {sorted(unknown)}")
    strangers = set(given.get("controls", {})) - set(catalogue.controls)
    if strangers:
        raise ValueError(f"given names controls that are not there: {sorted(strangers)}")
    appetite = given.get("appetite")
    stated = {"risk_appetite": appetite, "tier": given.get("tier"), "duties": given.get("duties")}
    system = System.model_validate(SYSTEM | {name: value for name, value in stated.items() if value is not None})
    register = tuple(_register_row(rid, score, appetite, example.on) for rid, score in given.get("risks", {}).items())
    bodies = [*map(_of_result, given.get("results", ())), *map(_of_groups, given.get("groups", ()))]
    bodies += [each for row in given.get("pairs", ()) for each in _of_pairs(row)]
    rows = [_measured(*each, number, example.on) for number, each in enumerate(bodies)]
    pieces = (*rows, _artifacts(len(rows))) if given else tuple(rows)
    seen = Dossier(
        system=system,
        system_entry="sys-example",
        registered_at=on - timedelta(days=1),
        pieces=pieces,
        ledger_size=len(pieces) + 1,
        system_body=system.plain(),
    )
    sign = _Signing(seen, register, policy, catalogue, on)
    signed = tuple(sign(row, number) for number, row in enumerate(given.get("signed", ())))
    first = seen.ledger_size + len(signed)
    later = [
        _measured(*_of_result(row), first + number, example.on) for number, row in enumerate(given.get("later", ()))
    ]
    dossier = replace(seen, pieces=(*pieces, *later), decisions=signed, ledger_size=first + len(later) + 1)
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
    return dossier, assessment, register


_Body = tuple[str, str, dict[str, Any]]
"""(kind, about, body) of a piece that an example describes in short."""
_MADE_BY: dict[str, Any] = {
    "harness": {"name": "example", "version": "1"},
    "model": {"name": "example", "digest": None},
}


def _of_result(row: dict[str, Any]) -> _Body:
    result = {"stderr": None, "n": None, **{key: value for key, value in row.items() if key != "about"}}
    return "eval-run.v1", row.get("about", "candidate"), {**_MADE_BY, "results": [result]}


def _of_groups(row: dict[str, Any]) -> _Body:
    """Results for groups; the whole is over all their cases."""
    groups = [{"stderr": None, **each} for each in row["groups"]]
    n = sum(each["n"] for each in groups)
    overall = {"n": n, "value": sum(each["n"] * each["value"] for each in groups) / n if n else None}
    body = {name: value for name, value in row.items() if name != "about"}
    body = (
        {"tool": {"name": "example", "version": "1"}, "higher_is_better": True, "overall": overall}
        | body
        | {"groups": groups}
    )
    return "subgroup-results.v1", row.get("about", "candidate"), body


def _of_pairs(row: dict[str, Any]) -> tuple[_Body, ...]:
    """Results of candidate and base on the same items, with the samples they rest on."""
    counts = [(row["both"], 1, 1), (row["gained"], 1, 0), (row["lost"], 0, 1), (row["neither"], 0, 0)]
    scores = [each[1:] for each in counts for _ in range(each[0])]
    items = [canonical.sha256(f"{row['task']} {place}".encode()) for place in range(len(scores))]
    made: list[_Body] = []
    for side, about in enumerate(("candidate", "base")):
        own, n = [float(pair[side]) for pair in scores], len(scores)
        value = sum(own) / n if n else None
        result = {"task": row["task"], "metric": row["metric"], "value": value, "n": n, "higher_is_better": True}
        columns = {"id": list(range(n)), "doc_sha256": items, row["metric"]: own}
        samples = {**_MADE_BY, "task": row["task"], "n": n, "columns": columns, "columns_digest": canonical.digest(own)}
        made += [_of_result({**result, "about": about}), ("eval-samples.v1", about, samples)]
    return tuple(made)


def _measured(kind: str, about: str, body: dict[str, Any], number: int, on: date) -> Piece:
    return _piece(ExamplePiece(kind=kind, about=About(about), effective=on, body=body), body, number)


class _Signing:
    """Signs what the people of an example say, over what was on record before any of them."""

    def __init__(
        self, seen: Dossier, register: tuple[RegisterRow, ...], policy: Policy, catalogue: Catalogue, on: datetime
    ) -> None:
        self._seen, self._register, self._policy, self._catalogue, self._on = seen, register, policy, catalogue, on

    def __call__(self, row: dict[str, Any], number: int) -> SignedDecision:
        """One decision; fields beside `person` and `role` are those of a decision. `valid: false` has no good signature."""
        seen, identity, said = self._seen, self._seen.identity, dict(row)
        if identity is None:
            raise ValueError("a signature needs a candidate")
        kind, valid = DecisionKind(said.pop("decision", "approve")), said.pop("valid", True)
        decision = Decision.model_validate(
            {
                "decision": kind, "meaning": MEANING[kind], "system": "example", "identity": identity.digest,
                "identity_name": identity.name, "signer": said.pop("person"), "role": said.pop("role"),
                "reason": "as the example says", "signed_at": self._on - timedelta(hours=1),
                "checkpoint": Checkpoint(origin="example", size=seen.ledger_size + number, root="0" * 64),
                "policy": self._policy.id, "policy_digest": policy_digest(self._policy),
                "content_digest": self._catalogue.digest or DIGEST,
                "evidence_root": evidence_root(piece.leaf for piece in seen.pieces),
                "system_digest": system_digest(seen.system_body), "risk_state": risk_state(self._register),
                "gate_answer": "no", "nonce": "0" * 32, **said,
            }
        )  # fmt: skip
        seq = seen.ledger_size + number
        return SignedDecision(
            id=f"dec-{number}", seq=seq, decision=decision, recorded_at=self._on, key_fingerprint="example",
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
