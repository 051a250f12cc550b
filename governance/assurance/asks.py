"""What one ask comes to.

1. Take the pieces of the asked kind that speak of the asked subject (and purpose, and topic). None: *missing*.
2. Group them by what they speak of: each data set, each environment, each evaluation task, or each value of a field
   that the ask names; and within a group by the tool that told it. The newest of each tool decides, and the worst decides the ask, so
   one good data set does not cover for another, nor a tracker's copy for a trainer that stopped early. A tool that says
   nothing on what is asked, or not when, does not count beside one that does; and where no tool can say it, such as what
   became of a hit, a person may who saw what the tools found. What names no machine and no data set may be of any, and is heard
   in the group of each; the reports of several scanners on one target are one group.
3. Not whole enough: *inconclusive*. A failed test: *unmet*. A test on something unsaid: *inconclusive*.
4. Too old, or past the day on which its author said it must be reviewed: *stale*. No clock, or a clock in the future,
   where an age is asked for: *inconclusive*.

A report that names no weights, or others, is shown and not counted. What somebody chose not to attach can not be seen
here: an older good result decides while a newer bad one is kept back.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from governance.assurance.charted import charted
from governance.assurance.enough import short
from governance.assurance.expect import Outcome, check, is_number, unsaid
from governance.assurance.subjects import moment, speaks_of
from governance.domain.assessment import AskResult
from governance.domain.control import About, Standing
from governance.domain.evidence import Role, SubjectType

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from governance.domain.catalogue import Catalogue
    from governance.domain.control import Ask
    from governance.domain.dossier import Dossier
    from governance.domain.evidence import Piece

SYSTEM_KIND = "system.v1"
EVALUATION_KIND = "eval-run.v1"
_NAMED_BY = {"compute-environment.v1": "host", "personal-data-scan.v1": "name"}
"""The field that names the thing, of kinds whose tools often can not tell it."""
_ANY = ""
"""The group of what tells of a machine or of data and does not say of which."""
WORST_FIRST = (
    Standing.UNMET,
    Standing.MISSING,
    Standing.STALE,
    Standing.INCONCLUSIVE,
    Standing.MANUAL,
    Standing.MET,
)


def worst(standings: list[Standing]) -> Standing:
    """The worst of several standings. Of nothing it is *missing*: an empty list is never a yes."""
    return min(standings, key=WORST_FIRST.index) if standings else Standing.MISSING


def answer(ask: Ask, dossier: Dossier, catalogue: Catalogue, on: datetime) -> AskResult:
    """Judge one ask for one system at one moment."""
    if ask.kind == SYSTEM_KIND:
        return _of_system(ask, dossier)
    pool = [
        piece
        for piece in dossier.of_kind(ask.kind)
        if speaks_of(ask.about, piece, dossier)
        and all(piece.body.get(name) == said for name, said in ask.where.items())
    ]
    groups: dict[str, dict[str, tuple[Piece, Mapping[str, Any]]]] = {}
    for piece in pool:
        tool = _teller(piece)
        for key, body in _parts(ask, piece, dossier, catalogue):
            group = groups.setdefault(key, {})
            held = group.get(tool)
            if held is None or moment(piece) > moment(held[0]):
                group[tool] = (piece, body)
    unnamed = groups.pop(_ANY, {}) if len(groups) > 1 else {}
    for group in groups.values():
        for tool, held in unnamed.items():
            group.setdefault(tool, held)
    if not groups:
        return AskResult(ask=ask.id, kind=ask.kind, standing=Standing.MISSING, reason=_why_missing(ask, pool, dossier))
    deciding_pieces = [pair for _, group in sorted(groups.items()) for pair in _deciding(ask, group)]
    judged = [(_judge(ask, piece, body, on), piece) for piece, body in deciding_pieces]
    judged += _over_time(ask, pool, dossier, catalogue)
    standing = worst([verdict[0] for verdict, _ in judged])
    deciding = [(verdict, piece) for verdict, piece in judged if verdict[0] is standing]
    reasons = list(dict.fromkeys(verdict[1] for verdict, _ in deciding))
    return AskResult(
        ask=ask.id,
        kind=ask.kind,
        standing=standing,
        reason="; ".join(reasons[:3]) + (f"; and {len(reasons) - 3} more" if len(reasons) > 3 else ""),
        evidence=tuple(dict.fromkeys(piece.id for _, piece in deciding)),
    )


def _over_time(
    ask: Ask, pool: list[Piece], dossier: Dossier, catalogue: Catalogue
) -> list[tuple[tuple[Standing, str], Piece]]:
    """*Unmet* for each sort of thing whose number is out of control, where a chart is asked for."""
    if ask.chart is None:
        return []
    series: dict[str, list[Piece]] = {}
    for piece in pool:
        if piece.record.quality in ask.quality:
            for key, _ in _parts(ask, piece, dossier, catalogue):
                series.setdefault(key, []).append(piece)
    found = [(charted(ask.chart, pieces)[0], max(pieces, key=moment)) for _, pieces in sorted(series.items())]
    return [((Standing.UNMET, why), piece) for why, piece in found if why is not None]


def _teller(piece: Piece) -> str:
    """Who told it: nobody's tool for what a person typed, else the collector and, where it reads several, the tool."""
    record = piece.record
    return "" if record.declared_by is not None else f"{record.collector.name} {record.tool or ''}"


def _deciding(ask: Ask, group: Mapping[str, tuple[Piece, Mapping[str, Any]]]) -> list[tuple[Piece, Mapping[str, Any]]]:
    """The pieces of one group that count: what tools wrote before what a person typed, and whoever answers before the silent.

    What a person typed counts beside silent tools alone, and only when what those found was there to be looked at.
    """
    told = [pair for tool, pair in sorted(group.items()) if tool]
    answering = [pair for pair in told if not _is_silent(ask, *pair)]
    if answering:
        return answering
    typed = [pair for tool, pair in group.items() if not tool and not (told and _is_silent(ask, *pair))]
    seen = all(pair[0].recorded_at <= typed[0][0].recorded_at for pair in told) if typed else False
    return typed if seen else told


def _is_silent(ask: Ask, piece: Piece, body: Mapping[str, Any]) -> bool:
    """True for a whole piece that leaves open something that is asked, or its age, and says *no* to nothing."""
    if piece.record.quality not in ask.quality:
        return False
    open_ones = [unsaid(expectation, body) for expectation in ask.expect]
    said = [check(each, body)[0] for each, is_open in zip(ask.expect, open_ones, strict=True) if not is_open]
    undated = ask.within is not None and piece.record.effective_at is None
    return (undated or any(open_ones)) and Outcome.FAILS not in said


def _of_system(ask: Ask, dossier: Dossier) -> AskResult:
    standing, reason = _tests(ask, dossier.system_body)
    return AskResult(ask=ask.id, kind=ask.kind, standing=standing, reason=reason, evidence=(dossier.system_entry,))


def _parts(ask: Ask, piece: Piece, dossier: Dossier, catalogue: Catalogue) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The groups a piece falls into, each with the part of its body that counts there."""
    body = piece.body
    if ask.topic is not None:
        if body.get("topic") == ask.topic:
            yield ask.topic, body
        return
    results = body.get("results")
    if ask.kind == EVALUATION_KIND and isinstance(results, list):
        by_task: dict[str, list[Any]] = {}
        for row in results:
            by_task.setdefault(str(row.get("task")), []).append(row)
        for task, rows in by_task.items():
            if ask.purpose is None or catalogue.speaks_for(task, ask.purpose, dossier.system):
                yield f"task {task}", {**body, "results": rows}
        return
    if isinstance(body.get("task"), str):
        if ask.purpose is None or catalogue.speaks_for(body["task"], ask.purpose, dossier.system):
            yield f"task {body['task']}", body
        return
    if ask.each is not None:
        yield f"{ask.each} {body.get(ask.each)}", body
        return
    if ask.purpose is None:
        yield _thing(ask, piece), body


def _thing(ask: Ask, piece: Piece) -> str:
    """What a piece speaks of, as far as an ask tells things apart."""
    subject = piece.record.subject
    if ask.about is About.CANDIDATE:
        return ""
    if _is_unnamed(ask, piece):
        return _ANY
    if ask.where and subject.type is SubjectType.DOCUMENT and piece.record.declared_by is None:
        return " ".join(ask.where.values())  # a scanner's report is named after the scanner, and not after what it read
    return subject.name


def _is_unnamed(ask: Ask, piece: Piece) -> bool:
    """Whether a tool did not say of which machine, or of which data, it tells, and nothing in its attach did."""
    subject = piece.record.subject
    if piece.record.declared_by is not None or subject.bound_by is not None or subject.digest is not None:
        return False
    return ask.kind in _NAMED_BY and not piece.body.get(_NAMED_BY[ask.kind])


def _judge(ask: Ask, piece: Piece, body: Mapping[str, Any], on: datetime) -> tuple[Standing, str]:
    record = piece.record
    if record.quality not in ask.quality:
        why = "; ".join(record.quality_reasons) or "the collector gave no reason"
        return Standing.INCONCLUSIVE, f"the evidence is {record.quality}: {why}"
    standing, reason = _tests(ask, body)
    if standing is not Standing.MET:
        return standing, reason
    if ask.purpose is not None or ask.kind == EVALUATION_KIND:
        standing, reason = _has_numbers(ask, body, reason)
        if standing is not Standing.MET:
            return standing, reason
    if ask.claim is not None and (lacking := short(ask.claim, body)):
        return Standing.INCONCLUSIVE, f"too few items to show that {ask.claim.says}: {lacking}"
    if ask.topic is not None and body.get("in_place") is False:
        return Standing.UNMET, "its author states that it is not in place"
    due = body.get("review_due")
    if ask.topic is not None and isinstance(due, str) and due < on.date().isoformat():
        return Standing.STALE, f"its own review was due on {due}"
    return _aged(ask, record.effective_at, on, reason)


def _tests(ask: Ask, body: Mapping[str, Any]) -> tuple[Standing, str]:
    if not ask.expect:
        return Standing.MET, "there is evidence"
    outcomes = [check(expectation, body) for expectation in ask.expect]
    for outcome, standing in ((Outcome.FAILS, Standing.UNMET), (Outcome.UNDECIDED, Standing.INCONCLUSIVE)):
        reasons = [reason for found, reason in outcomes if found is outcome]
        if reasons:
            return standing, "; ".join(reasons)
    return Standing.MET, "; ".join(reason for _, reason in outcomes)


def _has_numbers(ask: Ask, body: Mapping[str, Any], reason: str) -> tuple[Standing, str]:
    """An evaluation without a number, or over no sample, was not performed as far as anybody can tell."""
    rows = body.get("results") or []
    task = rows[0].get("task") if rows else body.get("task")
    if rows and not any(is_number(row.get("value")) for row in rows):
        return Standing.INCONCLUSIVE, f"{task} has no value that is a number"
    if any(row.get("n") == 0 for row in rows) or body.get("n") == 0:
        return Standing.INCONCLUSIVE, f"{task} was run over no sample"
    return (
        Standing.MET,
        f"{task} was evaluated on the {ask.about}" if task and reason == "there is evidence" else reason,
    )


def _aged(ask: Ask, effective: datetime | None, on: datetime, reason: str) -> tuple[Standing, str]:
    if ask.within is None:
        return Standing.MET, reason
    if effective is None:
        return (
            Standing.INCONCLUSIVE,
            "the tool left no clock, so its age can not be told; declare it with --effective DATE",
        )
    if effective > on:
        return Standing.INCONCLUSIVE, f"it is dated {effective:%Y-%m-%d}, which lies in the future"
    age = on - effective
    if age > timedelta(days=ask.within):
        return Standing.STALE, f"it is {age.days} days old and may be {ask.within}"
    return Standing.MET, f"{reason}, {age.days} days ago"


def _why_missing(ask: Ask, pool: list[Piece], dossier: Dossier) -> str:
    wanted = f"{ask.kind} about the {ask.about}" if ask.about is not About.ANY else ask.kind
    if ask.purpose is not None:
        wanted += f" for the purpose {ask.purpose}"
    if ask.topic is not None:
        wanted += f" on the topic {ask.topic}"
    wanted += "".join(f" with {name} {said}" for name, said in ask.where.items())
    others = [piece for piece in dossier.of_kind(ask.kind) if piece not in pool]
    reason = f"no evidence of {wanted}"
    if ask.about is About.CANDIDATE and dossier.candidate is None:
        return f"{reason}; no weights of a candidate were attached"
    wanted_role = {About.CANDIDATE: Role.CANDIDATE, About.BASE: Role.BASE}.get(ask.about)
    if wanted_role is None:
        return reason
    played = [piece.record.subject for piece in others if piece.record.subject.role is wanted_role]
    unbound = [piece.record.subject for piece in others if piece.record.subject.role is None]
    unbound += [subject for subject in played if wanted_role is Role.CANDIDATE and subject.digest is None]
    if unbound:
        reason += (
            f"; {len(unbound)} such pieces are tied to no model: attach them together with their run folder, "
            "or declare them with --about"
        )
    elif played:
        reason += "; what there is speaks of other weights"
    return reason
