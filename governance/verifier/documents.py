"""The documents of a pack: every figure is written again from the evidence, and must be the one that is printed.

A document says in its twin (`documents/<name>.twin.json`) which claims its figures rest on, and by which marks its language writes
them. Each claim is read from the bodies and results of the pack and written anew; each figure that the HTML prints must be one of these
claims, to the letter, with its unit, and stand by itself (`pages`). A figure without a claim is a problem, and so is a document without
a twin beside others that have one. A figure that rests on evidence which is withheld can not be told, and is counted.

Words are not figures, and a number among words is a word: which figure stands behind which words, what else a page says and how it is
drawn is not held here, and neither is Markdown or a table of data. That a whole document is the one that the content makes is for the
whole program, which renders it again; until it has, the line says what was not held. A PDF is bound by its digest and carries the
twin as an attachment; its pages are not read here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from governance.errors import GovernanceError, UnreadableError
from governance.parsing import strict_json
from governance.parsing.showing import visible
from governance.verifier import claims, figures, members, pages

if TYPE_CHECKING:
    from collections.abc import Callable

    from governance.verifier.claims import Claim
    from governance.verifier.containers import Container
    from governance.verifier.entries import Listed
    from governance.verifier.report import PackReport

SCHEMA = "document-twin.v1"
TWIN = ".twin.json"
LINE = "DOCUMENTS"
UNHELD = "; not held here: words, drawings, and what is no HTML"
"""The end of the line, until documents were rendered again."""

_PAGES = (".html", ".htm", ".xhtml")
_RESULTS = dict(zip(claims.RESULTS, (members.ASSESSMENT, members.GATE, members.REGISTER), strict=True))
_MAX_CLAIMS = 200_000
_MAX_DOCUMENT = 256 << 20


class Withheld(GovernanceError):  # noqa: N818 - it is an answer, and no fault
    """The source of a claim is withheld from this edition of the pack."""


@dataclass(frozen=True)
class _Told:
    """A claim of a twin, and how it may stand in print."""

    claim: Claim
    print: tuple[str, ...]


@dataclass
class _Tally:
    claims: int = 0
    withheld: int = 0
    twins: int = 0
    printed: int = 0
    marks: set[tuple[str, str]] = field(default_factory=set)
    """(language, a number as it writes it) where it does not write them as English does."""


def check(pack: Container, listed: Listed, report: PackReport, pack_id: str) -> None:
    """Write every figure of every document again, and say what came of it under `DOCUMENTS`. `pack_id` is the id of this pack."""
    names = [name for name in pack.names if name.startswith(members.DOCUMENTS)]
    source, tally, before = _source(pack, listed), _Tally(), len(report.problems)
    twins: dict[str, dict[str, _Told]] = {}
    for name in names:
        if name.endswith(TWIN):
            known = _twin(pack, name, source, tally, report, pack_id)
            if known is not None:
                twins[name.removesuffix(TWIN)] = known
    for name in names:
        if name.casefold().endswith(_PAGES):
            stem = name.removesuffix(".html")
            if stem in twins:
                _page(pack, name, twins[stem], tally, report)
            elif twins:
                report.problem(name, "has no twin beside it, so its figures can not be written again")
    _say(names, tally, report, failed=len(report.problems) > before)


def _say(names: list[str], tally: _Tally, report: PackReport, *, failed: bool) -> None:
    if not names:
        report.lines[LINE] = "none in this edition"
    elif failed:
        report.lines[LINE] = "FAILED"
    elif not tally.twins:
        report.lines[LINE] = f"not evaluated: {len(names)} documents carry no claims"
    else:
        said = f"ok: {tally.claims:,} figures of {tally.twins} documents written again from the evidence, {tally.printed:,} times in print"
        said += f"; {tally.withheld} rest on what is withheld" if tally.withheld else ""
        said += "".join(f"; numbers as in {language}: {number}" for language, number in sorted(tally.marks))
        report.lines[LINE] = said + UNHELD


def _twin(
    pack: Container, name: str, source: Callable[[str], Any], tally: _Tally, report: PackReport, pack_id: str
) -> dict[str, _Told] | None:
    """The claims of a twin by their ids, each written again; None for what is no twin."""
    try:
        plain = strict_json.loads(pack.read(name), where=name)
    except UnreadableError as error:
        report.problem(name, error.message)
        return None
    rows = plain.get("claims") if isinstance(plain, dict) and plain.get("schema") == SCHEMA else None
    if not isinstance(rows, list) or len(rows) > _MAX_CLAIMS:
        report.problem(name, f"is no {SCHEMA} with a list of claims")
        return None
    if plain.get("pack") != pack_id:
        report.problem(name, f"says that it belongs to {str(plain.get('pack'))[:40]!a}, and this is {pack_id}")
    tally.twins += 1
    marks = _marks(plain, name, tally, report)
    known: dict[str, _Told] = {}
    for row in rows:
        try:
            claim = claims.read(row)
        except ValueError as error:
            said = row.get("id") if isinstance(row, dict) else None
            report.problem(name, f"holds what is no claim ({str(said)[:40]}): {error}")
            continue
        if claim.id in known:
            report.problem(name, f"holds two claims {claim.id}")
        number = _again(claim, name, source, tally, report)
        ways = {claims.printed(claim.text, claim.unit, marks if each else figures.ENGLISH_MARKS) for each in number}
        known[claim.id] = _Told(claim, tuple(ways))
    return known


def _marks(plain: dict[str, Any], name: str, tally: _Tally, report: PackReport) -> figures.Marks:
    """The marks that a twin says its figures are written with; those of English where it says none."""
    language, said = plain.get("language"), plain.get("marks", {"point": ".", "group": ","})
    held = isinstance(said, dict) and set(said) == {"point", "group"} and all(isinstance(s, str) for s in said.values())
    marks = figures.Marks(**said) if held else figures.Marks("", "")
    if not marks.known or (language == "en" and marks != figures.ENGLISH_MARKS):
        report.problem(
            name, f"says that {str(language)[:20]!a} writes numbers with {str(said)[:60]!a}, which it does not"
        )
        return figures.ENGLISH_MARKS
    if marks != figures.ENGLISH_MARKS:
        tally.marks.add((ascii(str(language)[:20])[1:-1], figures.marked("1,234.5", marks)))
    return marks


def _again(
    claim: Claim, name: str, source: Callable[[str], Any], tally: _Tally, report: PackReport
) -> tuple[bool, ...]:
    """Hold a claim against its evidence. Returns whether it is written as a number: both, where nobody can tell."""
    tally.claims += 1
    try:
        text, rounding = claims.written(claim, source)
        number = claims.is_number(claim, source)
    except Withheld:
        tally.withheld += 1
        return True, False
    except LookupError:
        report.problem(name, f"the figure {claim.label!r} ({claim.id}) names evidence that is not in the pack")
        return True, False
    except (ValueError, UnreadableError) as error:
        report.problem(name, f"the figure {claim.label!r} ({claim.id}) can not be read from its evidence: {error}")
        return True, False
    if (text, rounding) != (claim.text, claim.rounding):
        comes = "nothing" if text is None else repr(text)
        report.problem(name, f"says {claim.text!r} for {claim.label!r} ({claim.id}), and its evidence comes to {comes}")
    return (number,)


def _page(pack: Container, name: str, known: dict[str, _Told], tally: _Tally, report: PackReport) -> None:
    """Each figure of a page is a claim of its twin, to the letter, and stands by itself."""
    found = pages.figures_of(pack.read(name, limit=_MAX_DOCUMENT).decode("utf-8", "replace"))
    if found.loose:
        report.problem(name, f"prints {found.loose} figures that name no claim")
    for one in found.printed:
        tally.printed += 1
        told = known.get(one.claim)
        if told is None:
            report.problem(name, f"prints {one.text!r} under the claim {one.claim}, which its twin does not hold")
        elif one.text not in told.print or one.value != visible(told.claim.text):
            claim = told.claim
            shown = one.text if one.text not in told.print else one.value
            report.problem(
                name, f"prints {shown!r} where its twin says {claim.text!r} for {claim.label!r} ({claim.id})"
            )
    for claim_id, why in found.wrong:
        label = f" for {known[claim_id].claim.label!r} ({claim_id})" if claim_id in known else ""
        report.problem(name, why + label)


def _source(pack: Container, listed: Listed) -> Callable[[str], Any]:
    """Gives the body of evidence, or a result, by name; each is parsed once, and the last few are kept."""
    bodies = {entry.id: entry.body for entry in listed.entries if entry.type == "evidence"}
    hidden = any(one.type == "evidence" for one in listed.withheld)
    kept: dict[str, Any] = {}

    def read(of: str) -> Any:
        if of not in kept:
            member = _RESULTS.get(of) or _member(of, bodies, hidden=hidden)
            if len(kept) > 64:
                kept.pop(next(iter(kept)))
            kept[of] = strict_json.loads(pack.read(member), where=member)
        return kept[of]

    return read


def _member(of: str, bodies: dict[str, str], *, hidden: bool) -> str:
    if of in bodies:
        return members.BODIES + bodies[of][7:]
    if hidden:
        raise Withheld("withheld", where=of)
    raise LookupError(of)
