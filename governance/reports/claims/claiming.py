"""Figures of a document, each a claim: read from evidence by a pointer, written by one rule, refused where it may not be printed.

A builder hands in a piece and a pointer and never a value, so a figure can not differ from its source. Three things may keep it from print:

* the source does not say it: it prints "not evidenced", and is counted;
* the policy holds evidence of this kind for too old: the same, with the reason;
* the evidence is of other weights than those judged: an error. A builder that picks such a piece is wrong, and so is a template.

A figure that the verifier would refuse is refused here, by the verifier's own reader: digits beyond its bound, a form it does not know, a
pointer that is none, a number in a unit. That is a fault of the template or the outline that asks for it.

A template that asks for a claim by itself (`claim("energy.v1", "/energy_kwh", label="Energy")`) asks for it to be there: what can
not be printed is then an error, and nothing is rendered.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from governance.domain.evidence import Piece
from governance.errors import ContentError, CouldNotTell
from governance.reports.atoms.views import Cite, Fact
from governance.reports.claims import weights
from governance.verifier import claims, figures
from governance.verifier.claims import Claim, Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from governance.domain.case import Case

Place = tuple[Piece | None, str]
"""A piece, or None where there is none, and a pointer into its body."""


class Figures:
    """Makes the figures of one document, and keeps the claims behind them; `prefix` begins their ids."""

    def __init__(self, case: Case, prefix: str = "c", say: Callable[[str], str] = str) -> None:
        self.case = case
        self.say = say
        """A word of ours in the language of the document, for what is not printed by the words of a template: a chart, a claim."""
        self._prefix = prefix
        self.claims: list[Claim] = []
        """The claims of the figures that are printed, in the order they were made."""
        self.not_evidenced: list[str] = []
        """The labels of the figures that were asked for and can not be printed, each with the reason where there is one."""
        self.asked = 0
        self._results: dict[str, Any] = {}

    @property
    def missing(self) -> int:
        """How many of the figures asked for are not evidenced."""
        return len(self.not_evidenced)

    def cite(self, evidence_id: str) -> Cite:
        """The citation of an id."""
        raise NotImplementedError

    def lack(self, *labels: str) -> None:
        """Count what was looked for and is not on record at all."""
        self.asked += len(labels)
        self.not_evidenced.extend(labels)

    def figure(
        self, label: str, piece: Piece | None, pointer: str, *, form: str = "number", digits: int = 3, unit: str = ""
    ) -> Fact:
        """What stands at a pointer: a number in a form, a text, or yes or no."""
        return self._make(Claim("", label, "value", _at(piece, pointer), form, digits, unit), piece)

    def length(self, label: str, piece: Piece | None, pointer: str, *, unit: str = "") -> Fact:
        """How many there are in a list."""
        return self._make(Claim("", label, "length", _at(piece, pointer), unit=unit), piece)

    def total(self, label: str, piece: Piece | None, pointer: str, field: str, *, form: str = "number") -> Fact:
        """The sum of a field over the rows of a list; None where one row does not tell it."""
        return self._make(Claim("", label, "total", _at(piece, pointer), form, field=field), piece)

    def difference(
        self, label: str, after: Place, before: Place, *, digits: int = 3, form: str = "signed", unit: str = ""
    ) -> Fact:
        """The first less the second."""
        sources = (*_at(*after), *_at(*before))
        pieces = after[0], before[0]
        return self._make(Claim("", label, "difference", sources, form, digits, unit), *pieces)

    def ends(self, label: str, *rows: Place, digits: int = 3) -> tuple[Fact, Fact]:
        """The two ends of the 95 % interval of a result, or of the first less the second.

        Each place is that of a row with value, stderr and n.
        """
        sources = tuple(source for place in rows for source in _at(*place))
        form, pieces = ("signed" if len(rows) > 1 else "number"), [piece for piece, _ in rows]
        return (
            self._make(Claim("", f"{label}, lower end", "lower", sources, form, digits), *pieces),
            self._make(Claim("", f"{label}, upper end", "upper", sources, form, digits), *pieces),
        )

    def ceiling(self, label: str, piece: Piece | None, seen: str, asked: str, *, digits: int = 4) -> Fact:
        """The greatest share that so many seen of so many asked leave possible at 95 %, from two pointers to counts."""
        sources = (*_at(piece, seen), *_at(piece, asked))
        return self._make(Claim("", label, "ceiling", sources, "number", digits), piece)

    def words(self, label: str, piece: Piece | None, pattern: str, *pointers: str) -> Fact:
        """A pattern with `{}` for what stands at each pointer; a dash for what does not, nothing where none does."""
        sources = tuple(source for pointer in pointers for source in _at(piece, pointer))
        return self._make(Claim("", label, "words", sources, pattern=pattern), piece)

    def choice(self, label: str, piece: Piece | None, pointer: str, choices: Mapping[str, str]) -> Fact:
        """A text of ours for what stands there, in the language of the document; None for what has no text."""
        said = {value: self.say(text) for value, text in choices.items()}
        return self._make(Claim("", label, "choice", _at(piece, pointer), choices=said), piece)

    def listed(self, label: str, piece: Piece | None, pointer: str) -> Fact:
        """The texts of a list."""
        return self._make(Claim("", label, "listed", _at(piece, pointer)), piece)

    def counted(self, label: str, piece: Piece | None, pointer: str) -> Fact:
        """A mapping of names to numbers: `F32 (272), I8 (4)`."""
        return self._make(Claim("", label, "tally", _at(piece, pointer)), piece)

    def tally(
        self, label: str, result: str, pointer: str, where: Mapping[str, str] | None = None, unit: str = ""
    ) -> Fact:
        """How many rows of a result of judgement (`assessment`, `gate`, `register`) hold what `where` says.

        It is always there, so it is no fact that somebody was asked for.
        """
        self.asked -= 1
        return self._make(Claim("", label, "count", (Source(result, pointer),), unit=unit, where=dict(where or {})))

    def judged(
        self, label: str, pointer: str, evidence: Iterable[Piece], *, form: str = "number", digits: int = 3
    ) -> Fact:
        """A number that the gate came to, at a pointer into its result.

        It is judgement's own and may be of two models, so nothing is asked of whose weights it is; where a piece that it rests on is too
        old to quote, it is not quoted either.
        """
        pieces = tuple(evidence)
        self.asked += 1
        claim = Claim("", label, "value", (Source("gate", pointer),), form, digits)
        why = next((found for found in map(self.stale, pieces) if found), "")
        return self._written(claim, why, pieces)

    def claim(
        self, what: str, pointer: str, *, label: str = "", form: str = "number", digits: int = 3, unit: str = ""
    ) -> Fact:
        """A figure that must be there: of an evidence id, or of the latest piece of a kind that speaks of the candidate.

        Raises `CouldNotTell` where it does not resolve, is stale beyond the policy, or belongs to another model identity; and
        `ContentError` for what is no claim.
        """
        named = label or f"{what}{pointer}"
        pieces = sorted(self.case.dossier.of_kind(what), key=lambda each: weights.rank(self.case, each))
        piece = self.case.dossier.by_id.get(what) or next(
            (each for each in reversed(pieces) if not self.of_others(each)), pieces[-1] if pieces else None
        )
        if piece is None:
            raise CouldNotTell(
                f"the claim {named!r} does not resolve: nothing on record is {what!r}",
                hint="Attach the evidence first.",
            )
        made = self.figure(named, piece, pointer, form=form, digits=digits, unit=unit)
        if made.missing:
            why = made.why or f"{piece.id} says nothing at {pointer}"
            raise CouldNotTell(
                f"the claim {named!r} can not be printed: {why}", hint="Attach evidence that says it anew."
            )
        return made

    def _make(self, claim: Claim, *pieces: Piece | None) -> Fact:
        """Write the claim, or say why not."""
        self.asked += 1
        present = [piece for piece in pieces if piece is not None]
        for piece in present:
            if self.of_others(piece):
                raise CouldNotTell(
                    f"the claim {claim.label!r} belongs to another model identity: {piece.id} is about {piece.record.subject.name}, "
                    "whose weights are not those judged",
                    hint="Quote evidence about the present candidate.",
                )
        if len(present) < len(pieces):
            return self._absent(claim, "")
        why = next((found for found in map(self.stale, present) if found), "")
        return self._written(claim, why, present)

    def _written(self, claim: Claim, why: str, pieces: Sequence[Piece]) -> Fact:
        """The claim as it is printed with the pieces it rests on, or why it is not."""
        _hold(claim)
        claim = self._in_words(claim)
        text, rounding = (None, "") if why else claims.written(claim, self._read)
        if text is None:
            return self._absent(claim, why)
        made = replace(claim, id=f"{self._prefix}{len(self.claims) + 1}", text=text, rounding=rounding)
        self.claims.append(made)
        cites = tuple(dict.fromkeys(self.cite(piece.id) for piece in pieces))
        return Fact(claim.label, text, claim.unit, rounding, cites, made, numeric=claims.is_number(made, self._read))

    def _absent(self, claim: Claim, why: str) -> Fact:
        self.not_evidenced.append(f"{claim.label}: {why}" if why else claim.label)
        return Fact(claim.label, None, why=why)

    def _in_words(self, claim: Claim) -> Claim:
        """A claim of yes or no in another language than English is one that chooses between its words for them."""
        words = {"true": self.say("yes"), "false": self.say("no")}
        if claim.way != "value" or words["true"] == "yes":
            return claim
        source = claim.sources[0]
        held = claims.at(self._read(source.of), source.pointer)
        return replace(claim, way="choice", choices=words) if isinstance(held, bool) else claim

    def _read(self, of: str) -> Any:
        if of not in claims.RESULTS:
            return self.case.dossier.by_id[of].body
        if of not in self._results:
            self._results[of] = self._result(of)
        return self._results[of]

    def _result(self, of: str) -> Any:
        if of == "register":
            return {"rows": [row.plain() for row in self.case.register]}
        return (self.case.assessment if of == "assessment" else self.case.gate).plain()

    def stale(self, piece: Piece) -> str:
        """Why the policy holds a piece for too old to quote, or nothing."""
        told = self.case.too_old(piece)
        if told is None:
            return ""
        when, days, most = told
        return (
            f"stale: of {figures.day(when)}, {days:,} days ago, and the policy quotes {piece.record.kind} for {most:,}"
        )

    def of_others(self, piece: Piece) -> bool:
        """Whether a piece speaks of other weights than those judged. One that names none is shown, and marked."""
        return weights.of_others(self.case, piece)


def _hold(claim: Claim) -> None:
    """Raises `ContentError` for a claim that the verifier would refuse."""
    if wrong := claims.wrong(claim):
        raise ContentError(
            f"the claim {claim.label!r} is none that could be verified: {wrong}",
            hint="Change it where the template or the outline asks for it.",
        )


def _at(piece: Piece | None, pointer: str) -> tuple[Source, ...]:
    return (Source(piece.id, pointer),) if piece else ()
