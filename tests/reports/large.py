"""A large case: thousands of risks and tens of thousands of pieces of evidence, as a busy system has after years.

Everything in it differs from row to row, as it does in life: texts, digests, dates, tools, owners. The evidence carries real
bodies, since these are what fills memory. Some controls rest on thousands of pieces, some rows hold a justification too long for
one cell, and some evidence is tied to no weights. The same numbers give the same case.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from governance.domain.approval import State
from governance.domain.assessment import AskResult, Finding
from governance.domain.control import Standing
from governance.domain.decision import AcceptedRisk, DecisionKind
from governance.domain.evidence import Collector, Evidence, Piece, Quality, Source, Subject, SubjectType
from governance.domain.risk import Inherent, Rating, RegisterRow, Risk, Step, Treatment
from governance.parsing import canonical
from tests.reports import cases, found
from tests.reports.found import ON

if TYPE_CHECKING:
    from collections.abc import Callable

    from governance.domain.case import Case
    from governance.domain.decision import SignedDecision

RISKS, EVIDENCE = 5_000, 20_000
_EVENTS = (
    "An answer names opening hours that hold no longer, and a member stands before a closed door",
    "The model passes on a fee that the board never set, because a draft of it lay among the training data",
    "A reply repeats what a member told of their health in an earlier conversation",
    "A retrieved page carries an instruction, and the model follows it instead of the librarian",
)
_CONSEQUENCES = (
    "Members are misled, and the help desk spends its morning on apologies.",
    "Whoever asked pays more than they owe, and trust in the desk is lost for longer than the fee is worth.",
    "A person's private life is known to a stranger.",
)
_OWNERS = ("Ines Moreau", "Tomas Lind", "Rita Example", "Safety lead", "Data steward")
_GENAI = (
    "Confabulation",
    "Information Integrity",
    "Data Privacy",
    "Harmful Bias or Homogenization",
    "Information Security",
)
_TOOLS = (("lm-evaluation-harness", "0.4.9"), ("inspect-ai", "0.3.140"), ("garak", "0.13.1"), ("promptfoo", "0.121.20"))


def large(risks: int = RISKS, evidence: int = EVIDENCE) -> Case:
    """A case with so many risks and pieces of evidence, the pieces of the full case among them."""
    case = cases.full(register=tuple(_risk(number) for number in range(risks)))
    first = case.dossier.pieces
    more = tuple(_piece(number) for number in range(1_000, 1_000 + max(0, evidence - len(first))))
    pieces = (*first, *more)
    decided = tuple(_accepted(case, number) for number in range(3, risks, 17))
    dossier = replace(
        case.dossier,
        pieces=pieces,
        decisions=(*case.dossier.decisions, *decided),
        ledger_size=len(pieces) + len(decided) + 3,
    )
    return replace(
        case,
        dossier=dossier,
        decided=tuple(cases.approval(each, State.EXPIRED if each.seq % 5 == 0 else State.IN_FORCE) for each in decided),
        assessment=_judged(case, more),
        catalogue=replace(case.catalogue, risks={f"risk-{number:05d}": _library(number) for number in range(risks)}),
        checkpoint=case.checkpoint.model_copy(update={"size": len(pieces) + 4}),
    )


def _judged(case: Case, more: tuple[Piece, ...]) -> Any:
    """The assessment as it is with all that evidence: controls that rest on much of it, findings, and what is tied to nothing."""
    kinds: dict[str, list[str]] = {}
    for piece in more:
        kinds.setdefault(piece.record.kind, []).append(piece.id)
    wide = {
        "quality-evaluated": "eval-run.v1",
        "training-run-recorded": "training-run.v1",
        "no-executable-weights": "finding.v1",
    }
    controls = tuple(
        result.model_copy(update={"evidence": ids, "asks": (_ask(wide[result.id], result.standing, ids),)})
        if (ids := tuple(kinds.get(wide.get(result.id, ""), ())))
        else result
        for result in case.assessment.controls
    )
    findings = tuple(
        Finding(
            evidence=piece.id, rule="pickle-in-release", severity=("low", "medium", "high", "critical")[place % 4],
            title=f"A pickle lies beside checkpoint {place}", detail=f"{piece.body['path']} can run code when it is loaded.",
            path=piece.body["path"], remedy="Remove it from the release, and attach again.",
        )
        for place, piece in enumerate(each for each in more if each.record.kind == "finding.v1")
    )  # fmt: skip
    unbound = tuple(
        piece.id for piece in more if piece.record.subject.type is SubjectType.MODEL and not piece.record.subject.digest
    )
    return case.assessment.model_copy(
        update={"controls": controls, "findings": findings, "unbound": unbound, "ledger_size": len(more) + 20}
    )


def _accepted(case: Case, number: int) -> SignedDecision:
    """A risk that its owner accepted as it was rated."""
    row = case.register[number]
    until = (ON + timedelta(days=number % 300)).date()
    signed = cases.decision(50_000 + number, DecisionKind.ACCEPT_RISK, found.WEIGHTS, expires=until)
    frozen = AcceptedRisk(
        risk=row.risk, likelihood=row.residual.likelihood, impact=row.residual.impact, level=row.residual.level.value
    )
    said = {
        "risk": frozen,
        "signer": row.owner,
        "role": "risk-owner",
        "reason": f"Branch {number % 61} can carry it.",
        "signed_at": ON,
    }
    return signed.model_copy(update={"decision": signed.decision.model_copy(update=said)})


def _ask(kind: str, standing: Standing, ids: tuple[str, ...]) -> AskResult:
    return AskResult(ask="main", kind=kind, standing=standing, reason="there is evidence", evidence=ids)


def _risk(number: int) -> RegisterRow:
    before = Rating(likelihood=number * 7 % 5 + 1, impact=number * 3 // 5 % 5 + 1)
    after = Rating(likelihood=max(1, before.likelihood - number % 3), impact=before.impact)
    controls = [cases.CONTROLS[number * k % len(cases.CONTROLS)] for k in (3, 5, 11)]
    steps = tuple(
        Step(control=name, standing=standing, reduces="likelihood", steps=1, counted=standing is Standing.MET)
        for name, _, standing in controls
    )
    return RegisterRow(
        risk=f"risk-{number:05d}",
        title=f"Desk {number % 97} gives service {number} less than it promises",
        event=f"{_EVENTS[number % 4]}, at branch {number % 61} of the library.",
        consequence=_CONSEQUENCES[number % 3],
        genai_risks=tuple(dict.fromkeys(_GENAI[number * k % 5] for k in (1, 2))),
        owner=_OWNERS[number % 5],
        owner_named=number % 5 < 3,
        treatment=(Treatment.MITIGATE, Treatment.ACCEPT, Treatment.SHARE, Treatment.AVOID)[number % 4],
        inherent=before,
        because=_because(number),
        steps=steps,
        residual=after,
        appetite=9,
        within_appetite=after.score <= 9,
        next_review=(ON + timedelta(days=number % 420 - 30)).date(),
        review_overdue=number % 420 < 30,
    )


def _because(number: int) -> str:
    """A reason of a sentence; every thousandth is as long as a field may be."""
    sentence = f"Branch {number % 61} had {number % 13} complaints of this sort within a year, and the small model errs there most. "
    return (sentence * 40)[:3_990].strip() + "." if number % 1_000 == 7 else sentence.strip()


def _library(number: int) -> Risk:
    """The risk as the library has it, with its objectives and sources of risk by number."""
    row = _risk(number)
    return Risk.model_construct(
        id=row.risk, title=row.title, event=row.event, causes=("A cause.",), consequence=row.consequence,
        genai_risks=row.genai_risks, references={"iso-iec-42001-2023": (f"C.2.{number % 11 + 1}", f"C.3.{number % 7 + 1}")},
        inherent=Inherent.model_construct(likelihood=row.inherent.likelihood, impact=row.inherent.impact, because=row.because),
        mitigated_by=(), owner=row.owner,
    )  # fmt: skip


def _digest(*parts: object) -> str:
    return canonical.sha256(repr(parts).encode())


def _piece(number: int) -> Piece:
    kind, make = _KINDS[number % len(_KINDS)]
    subject, body = make(number)
    quality = Quality.PARTIAL if number % 29 == 0 else Quality.COMPLETE
    tool, version = _TOOLS[number % 4]
    record = Evidence.model_construct(
        kind=kind,
        system="elm-desk",
        subject=subject,
        body_digest=_digest("body", number),
        body_size=4_000,
        quality=quality,
        quality_reasons=(f"{number % 40 + 1} of 200 rows were cut off",) if quality is Quality.PARTIAL else (),
        effective_at=ON - timedelta(days=number % 700, minutes=number) if number % 17 else None,
        effective_clock="tool" if number % 17 else None,
        collector=Collector(name="transformers-run" if "training" in kind else "evaluations", version="0.1.0"),
        declared_by=None,
        tool=tool,
        tool_version=version,
        sources=tuple(
            Source(path=f"runs/{number}/part-{part}.json", size=2_048 + number, sha256=_digest("source", number, part))
            for part in range(number % 3 + 1)
        ),
        conflicts=None,
        redacted=2 if number % 53 == 0 else None,
    )
    recorded = ON - timedelta(days=number % 690, minutes=number % 1_440)
    return Piece.model_construct(
        id=f"ev-{_digest('id', number)[7:27]}", record=record, body=body, recorded_at=recorded, seq=number
    )


def _model(number: int) -> Subject:
    """The candidate; now and then another model, or one that no weights are known of."""
    if number % 23 == 0:
        return found.candidate(None)
    if number % 4 == 0:
        return Subject(
            type=SubjectType.MODEL, name=f"elm-desk-lora-{number % 300}", digest=_digest("weights", number % 300)
        )
    return found.candidate()


def _evaluation(number: int) -> tuple[Subject, dict[str, Any]]:
    rows = [
        found.result(
            f"task_{(number // 20 + k) % 90}",
            metric,
            (number * k % 997) / 997,
            0.03,
            200,
            task_digest=_digest(number, k),
        )
        for k in range(4)
        for metric in ("acc", "acc_norm")
    ]
    subject = _model(number)
    return subject, found.evaluation(subject.name, subject.digest, rows)


def _run(number: int) -> tuple[Subject, dict[str, Any]]:
    history = [{"step": 5 * i, "loss": 3.4 / (1 + i / 9) + number % 7 / 90} for i in range(1, 41)]
    return _model(number), {**found.TRAINING, "loss_history": history, "seed": number}


def _found(number: int) -> tuple[Subject, dict[str, Any]]:
    return found.candidate(), {**found.FINDING, "path": f"checkpoint-{number}/training_args.bin"}


def _data(number: int) -> tuple[Subject, dict[str, Any]]:
    name = f"elm-library/answers-{number % 40}"
    subject = Subject(type=SubjectType.DATA_SET, name=name, digest=_digest("data", number))
    return subject, {**found.DATA, "name": name, "manifest_digest": _digest("data", number)}


def _host(number: int) -> tuple[Subject, dict[str, Any]]:
    packages = {f"package-{number * k % 900}": f"1.{k}.0" for k in range(1, 80)}
    host = {"name": f"trainer-{number % 12}", "os": "Linux", "kernel": "6.1.0", "machine": "x86_64"}
    subject = Subject(type=SubjectType.ENVIRONMENT, name=host["name"])
    return subject, {**found.ENVIRONMENT, "host": host, "packages": packages}


def _letter(number: int) -> tuple[Subject, dict[str, Any]]:
    topic = f"topic-{number % 60}"
    statement = f"The board looked at branch {number % 61} and found the desk in order on that day. " * 3
    due = (ON + timedelta(days=number % 500)).date().isoformat()
    subject = Subject(type=SubjectType.DOCUMENT, name=f"{topic}.pdf")
    return subject, found.attested(
        topic, f"Letter {number}", statement, "Ines Moreau", f"2026-{number % 9 + 1:02d}-01", due
    )


_KINDS: tuple[tuple[str, Callable[[int], tuple[Subject, dict[str, Any]]]], ...] = (
    *(("eval-run.v1", _evaluation),) * 12,
    *(("training-run.v1", _run),) * 3,
    ("finding.v1", _found),
    ("dataset-manifest.v1", _data),
    ("compute-environment.v1", _host),
    *(("attested-document.v1", _letter),) * 2,
)
"""Kinds as they come in: of twenty pieces twelve are evaluations."""
