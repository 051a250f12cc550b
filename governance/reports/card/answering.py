"""What answers a question of a card: evidence, an attested document, the system file, or nobody.

A question is answered *by evidence* where a tool's says something, *attested* where only people vouch for it, *stated* where only the owner
says so, and *not evidenced* else; then it is counted once, whatever might have answered it. Evidence written by hand is what somebody
vouches for, and is named as that. Evidence about other weights answers nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.domain.evidence import Role
from governance.reports.atoms import words
from governance.reports.atoms.views import Status, phrase
from governance.reports.card.rows import Answered, SubCard
from governance.reports.claims import weights
from governance.reports.claims.vouched import declared
from governance.reports.parts.attested import attested, by_tool, denied, documents_on, evidence_of
from governance.verifier.claims import at

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from governance.domain.case import Case
    from governance.domain.evidence import Piece
    from governance.reports.atoms.views import Attested, Fact, Phrase, ResultRow, Said
    from governance.reports.card.asking import Asked, Of
    from governance.reports.claims.references import References

SHOWN = Status("by evidence", "✔", "note")
ATTESTED = Status("by attestation", "✎", "note")
STATED = Status("by the owner's word", "✎", "mute")
DENIED = Status("attested as not in place", "✘", "bad")
MISSING = Status("not evidenced", "○", "gap")
ORDER = (SHOWN, ATTESTED, STATED, DENIED, MISSING)
MOST_RESULTS = 6
"""Results of one purpose that are named with a question; the tables have all."""


class Answering:
    """Answers the questions of one card. `results` are the rows of its evaluation tables."""

    def __init__(self, case: Case, references: References, results: Sequence[ResultRow]) -> None:
        self.case, self.references, self.results = case, references, results
        self._attested = {row.topic: row for row in attested(case, references)}
        self._denied = denied(case)

    def card(self, id_: str, title: Phrase, asked: Iterable[Asked]) -> SubCard:
        """A subcard with every question answered, and how many came to which status."""
        rows = tuple(map(self.answer, asked))
        counts = tuple((status, sum(row.status is status for row in rows)) for status in ORDER)
        return SubCard(id_, title, rows, tuple(pair for pair in counts if pair[1]))

    def answer(self, asked: Asked) -> Answered:
        """One question with what answers it."""
        found = [(of, piece) for of in asked.evidence if (piece := self._latest(of)) is not None]
        facts = [fact for of, piece in found for fact in self._facts(of, piece)]
        measured = tuple(row for purpose in asked.purposes for row in self._results(purpose))
        topics = [topic for topic in asked.topics if topic.replace("-", " ") in self._attested]
        rows = tuple(self._attested[topic.replace("-", " ")] for topic in topics)
        said = next((one for one in map(self._said, asked.fields) if not one.missing), None)
        told = facts if any(not fact.missing for fact in facts) else []
        tools = bool(measured) or any(by_tool(self.case, piece) for _, piece in found)
        status = self._status(topics, told=bool(told or measured), by_tools=tools, rows=rows, said=said)
        if status is MISSING and not facts:
            self.references.lack(str(asked.asks))
        return Answered(
            asks=asked.asks,
            status=status,
            results=measured,
            facts=tuple(told),
            by=tuple(dict.fromkeys(by for _, piece in found if (by := declared(piece)))) if told else (),
            attested=rows,
            said=said,
            to_add=_to_add(asked) if status is MISSING else (),
        )

    def _facts(self, of: Of, piece: Piece) -> list[Fact]:
        return [wanted(self.references, piece) for wanted in of.wanted]

    def _status(
        self, topics: list[str], *, told: bool, by_tools: bool, rows: tuple[Attested, ...], said: Said | None
    ) -> Status:
        if told and by_tools:
            return SHOWN
        if any(topic in self._denied for topic in topics):
            return DENIED
        if told or rows:
            return ATTESTED
        return MISSING if said is None else STATED

    def _results(self, purpose: str) -> list[ResultRow]:
        """The candidate's results for a purpose, the first few."""
        word = words.PURPOSES.get(purpose, purpose)
        return [row for row in self.results if row.purpose == word and not row.tuned.missing][:MOST_RESULTS]

    def _latest(self, of: Of) -> Piece | None:
        """The latest piece of a kind that says what is wanted and is not of other weights; one written by a tool before one by hand."""
        roles = (None, Role.CANDIDATE)
        pieces = [
            piece
            for piece in self.case.dossier.of_kind(of.kind)
            if not self.references.of_others(piece)
            and (not of.of_model or piece.record.subject.role in roles)
            and all(at(piece.body, pointer) == value for pointer, value in of.where)
        ]
        return max(pieces, key=lambda piece: weights.rank(self.case, piece), default=None)

    def _said(self, field: str) -> Said:
        value = getattr(self.case.dossier.system, field)
        return self.references.said(field.replace("_", " ").capitalize(), value, field)


def _to_add(asked: Asked) -> tuple[Phrase, ...]:
    """What would answer a question."""
    return (
        *evidence_of(of.kind for of in asked.evidence),
        *(phrase("an evaluation for the purpose `%(purpose)s`", purpose=purpose) for purpose in asked.purposes),
        *documents_on(asked.topics),
        *(phrase("`%(field)s` in the system file", field=field) for field in asked.fields),
    )
