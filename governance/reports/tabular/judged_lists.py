"""What judgement came to, as columns and rows: controls, requirements, the evidence each control rests on, decisions.

A waiver turns no standing, so it stands in columns of its own beside the raw one. Every count has its denominator.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from governance.domain.assessment import Shown
from governance.domain.control import Standing
from governance.domain.decision import DecisionKind
from governance.reports.atoms import words
from governance.reports.claims.references import References
from governance.reports.parts import sign_offs
from governance.reports.tabular.lists import IN_LINKS, LINKS, Listing, columns, of, running, some

if TYPE_CHECKING:
    from governance.domain.assessment import ControlResult, RequirementResult
    from governance.domain.case import Case
    from governance.domain.decision import SignedDecision
    from governance.reports.atoms.decided import SignOff
    from governance.reports.tabular.lists import Value

CONTROLS = columns(
    ("control", "Control", 30), ("title", "Title", 40), ("family", "Family", 22), ("standing", "Standing", 15),
    ("reasons", "Why", 50), ("asks", "Asks, each with its standing", 44), ("known_by", "How it is known", 14),
    ("evidence_count", "Pieces of evidence", 10), ("evidence", "Evidence", 52), ("remedy", "Remedy", 44),
    ("waived_by", "Waived by", 24), ("waived_until", "Waived until", 12), ("compensation", "Instead", 36),
    ("waiver_owner", "Owner of the waiver", 20), ("retest", "Tested again by", 12), ("requirements", "Requirements it bears on", 44),
)  # fmt: skip

REQUIREMENTS = columns(
    ("framework", "Framework", 24), ("framework_title", "Title of the framework", 30), ("version", "Version", 10), ("group", "Area", 16),
    ("requirement", "Requirement", 15), ("title", "Title", 48), ("coverage", "Coverage", 10), ("shown", "Shown by", 16),
    ("standing", "Standing", 15), ("reasons", "Why", 50), ("controls", "Controls, each with its standing", 44),
    ("known_by", "How it is known", 14), ("applies_from", "Applies from", 12), ("in_application", "In application", 11),
    ("not_measurable", "Why it can not be measured", 36), ("not_covered", "Why it is not covered", 40),
)  # fmt: skip

DECISIONS = columns(
    ("key", "No.", 7), ("decision", "Decision", 26), ("decided", "Decided", 20), ("signer", "Signed by", 22), ("role", "Role", 14),
    ("state", "State now", 20), ("causes", "Why it does not count", 44), ("about", "About", 44), ("reason", "Reason", 44),
    ("conditions", "Conditions", 44), ("dissent", "Dissent", 36), ("signed", "Signed at (UTC)", 19), ("expires", "Last day", 12),
    ("signature", "Signature", 20), ("problem", "What is wrong with it", 30), ("identity", "Identity digest it is of", 36),
    ("same_identity", "The identity judged here", 12), ("policy", "Policy", 14), ("gate", "The gate said then", 16),
    ("entries_seen", "Entries of the ledger seen", 12), ("key_fingerprint", "Fingerprint of the key", 36),
)  # fmt: skip

EVIDENCE_OF = columns(
    ("control", "Control", 30), ("ask", "Ask", 22), ("kind", "Kind asked for", 24), ("standing", "Standing of the ask", 15),
    ("reason", "Why", 44), ("key", "No.", 8), ("evidence", "Evidence", 26), ("about", "About", 30), ("recorded", "Recorded on", 12),
)  # fmt: skip


def controls(case: Case) -> Listing:
    """Every control that was judged, by family."""
    order = {family: place for place, family in enumerate(words.FAMILIES)}
    results = sorted(case.assessment.controls, key=lambda result: (order[result.family], result.id))
    waived = {
        signed.decision.waiver.control: signed
        for signed in running(case, DecisionKind.WAIVE)
        if signed.decision.waiver is not None
    }
    answers: dict[str, list[str]] = {}
    for result in case.assessment.requirements:
        for control in result.controls:
            answers.setdefault(control, []).append(f"{result.framework} {result.id}")
    rows = tuple(_control(result, waived.get(result.id), answers.get(result.id, [])) for result in results)
    found = Counter(result.standing for result in results)
    counts = tuple(
        (word.word.capitalize(), of(found[standing], len(rows)))
        for standing, word in words.STANDINGS.items()
        if found[standing]
    )
    now = ("Waived just now", of(sum(result.id in waived for result in results), len(rows)))
    says = "a control with what it came to, on its own; a waiver beside it changes nothing of that"
    return Listing("controls", "Controls", says, CONTROLS, rows, (*counts, now))


def _control(result: ControlResult, waived: SignedDecision | None, answers: list[str]) -> tuple[Value, ...]:
    waiver = waived.decision.waiver if waived else None
    return (
        result.id, result.title, words.FAMILIES[result.family], words.STANDINGS[result.standing].word, result.reasons,
        tuple(f"{ask.ask} ({words.STANDINGS[ask.standing].word})" for ask in result.asks), tuple(result.bases), len(result.evidence),
        some(result.evidence, IN_LINKS), result.remedy, f"{waived.decision.signer}, {waived.decision.role}" if waived else None,
        waived.decision.expires if waived else None, waiver.compensation if waiver else None, waiver.owner if waiver else None,
        waiver.retest if waiver else None, tuple(answers),
    )  # fmt: skip


def requirements(case: Case) -> Listing:
    """Every requirement of the frameworks in scope, in the framework's own order."""
    asked = {
        (framework, requirement.id): requirement
        for framework, rows in case.catalogue.requirements.items()
        for requirement in rows
    }
    standings = {result.id: words.STANDINGS[result.standing].word for result in case.assessment.controls}

    def row(result: RequirementResult) -> tuple[Value, ...]:
        framework = case.catalogue.frameworks.get(result.framework)
        requirement = asked.get((result.framework, result.id))
        return (
            result.framework, framework.title if framework else None, framework.version if framework else None, result.group,
            result.id, result.title, result.coverage, words.SHOWN[result.shown].word, words.STANDINGS[result.standing].word,
            result.reasons, tuple(f"{name} ({standings.get(name, 'not judged')})" for name in result.controls), tuple(result.bases),
            result.applies_from, "yes" if result.in_application else "no", result.not_measurable,
            requirement.not_covered if requirement else None,
        )  # fmt: skip

    rows = tuple(row(result) for result in case.assessment.requirements)
    counts = tuple(
        (f"{part.title}: {word}", of(number, part.total))
        for part in case.assessment.frameworks
        for word, number in (
            *((words.STANDINGS[Standing(name)].word, number) for name, number in part.by_standing.items()),
            *((f"shown by: {words.SHOWN[Shown(name)].word}", number) for name, number in part.by_shown.items()),
        )
    )
    says = (
        "a requirement of a framework in scope, with how far the catalogue can answer it and what its controls came to"
    )
    return Listing("requirements", "Requirements", says, REQUIREMENTS, rows, counts)


def evidence_of_controls(case: Case) -> Listing:
    """One row for each piece of evidence that an ask of a control rests on."""
    references = References(case)
    held = case.dossier.by_id
    made: list[tuple[Value, ...]] = []
    for result in case.assessment.controls:
        for ask in result.asks:
            for piece_id in ask.evidence:
                piece = held.get(piece_id)
                made.append(
                    (
                        result.id,
                        ask.ask,
                        ask.kind,
                        words.STANDINGS[ask.standing].word,
                        ask.reason,
                        references.cite(piece_id).key,
                        piece_id,
                        piece.record.subject.name if piece else None,
                        piece.recorded_at.date() if piece else None,
                    )
                )
    bare = sum(not any(ask.evidence for ask in result.asks) for result in case.assessment.controls)
    counts = (("Controls that rest on no evidence", of(bare, len(case.assessment.controls))),)
    says = "a piece of evidence on which an ask of a control rests; a control without evidence has no row here"
    return Listing(LINKS, "Control evidence", says, EVIDENCE_OF, tuple(made), counts)


def decisions(case: Case) -> Listing:
    """Every decision that was signed, latest first, with what it is worth now."""
    references = References(case)
    made = sign_offs.rows(case, references)
    held = {signed.id: signed for signed in case.dossier.decisions}
    rows = tuple(_decision(row, held[row.id]) for row in made)
    words_found = Counter(row.state.word for row in made)
    counts = tuple((f"State {word}", of(number, len(rows))) for word, number in sorted(words_found.items()))
    says = "a decision as it was signed, with what it is worth now; only one in force counts"
    return Listing("decisions", "Decisions", says, DECISIONS, rows, counts)


def _decision(row: SignOff, signed: SignedDecision) -> tuple[Value, ...]:
    said = signed.decision
    return (
        row.key, row.id, row.status.word, row.signer, row.role, row.state.word, row.causes, tuple(map(str, row.about)), row.reason,
        tuple(f"{each.id}, {each.status.word}: {each.text} ({each.owner}, by {each.due})" for each in row.conditions),
        tuple(f"{person}: {text}" for person, text in row.dissent), said.signed_at, said.expires, row.valid.word, row.problem,
        said.identity, "yes" if row.same_identity else "no", said.policy, row.gate.word, row.seen, row.fingerprint,
    )  # fmt: skip
