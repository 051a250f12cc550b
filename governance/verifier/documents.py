"""The documents of a pack: every figure is written again from the evidence, and must be the one that is printed.

A document says in its twin (`documents/<name>.twin.json`) which claims its figures rest on. Each claim is read from the bodies and
results of the pack and written anew; each figure that the HTML prints must be one of these claims, to the letter but for the marks
that its language sets between digits. A figure without a claim is a problem, and so is text beside a figure inside its mark, and a
document without a twin beside others that have one. A figure that rests on evidence which is withheld can not be told, and is counted.

A PDF is bound by its digest and carries the twin as an attachment; its pages are not read here. Words are not figures: that a whole
document is the one that the content makes is for the whole program, which renders it again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

from governance.errors import GovernanceError, UnreadableError
from governance.parsing import strict_json
from governance.verifier import claims, members

if TYPE_CHECKING:
    from collections.abc import Callable

    from governance.verifier.claims import Claim
    from governance.verifier.containers import Container
    from governance.verifier.entries import Listed
    from governance.verifier.report import PackReport

SCHEMA = "document-twin.v1"
TWIN = ".twin.json"
LINE = "DOCUMENTS"
CLASS = "fact"
ATTRIBUTE = "data-claim"
CITE = "cite"
_ENGLISH = {".": ".", ",": ","}
_MARKS = frozenset(",. '’·")
"""What languages set between digits; a space stands for each sort of space."""
UNREAD = "; what is no figure was not held"
"""How HTML marks a figure: `<span class="fact"><data value="0.43" data-claim="c7">0.43</data> …</span>`."""

_RESULTS = dict(zip(claims.RESULTS, (members.ASSESSMENT, members.GATE, members.REGISTER), strict=True))
_MAX_CLAIMS = 200_000
_MAX_DOCUMENT = 256 << 20


class Withheld(GovernanceError):  # noqa: N818 - it is an answer, and no fault
    """The source of a claim is withheld from this edition of the pack."""


@dataclass
class Figures:
    """What an HTML document prints as figures: (claim id, text, value) each, and how many name no claim."""

    printed: list[tuple[str, str, str]] = field(default_factory=list)
    loose: int = 0
    beside: int = 0
    """How often something that is no citation stands beside a figure inside its mark."""


@dataclass
class _Twin:
    """A twin that was read: the marks of its language, as far as they were seen, its claims by id, and which of them are numbers."""

    marks: dict[str, str]
    claims: dict[str, Claim] = field(default_factory=dict)
    numbers: set[str] = field(default_factory=set)


@dataclass
class _Tally:
    claims: int = 0
    withheld: int = 0
    twins: int = 0
    printed: int = 0


def check(pack: Container, listed: Listed, report: PackReport, pack_id: str) -> None:
    """Write every figure of every document again, and say what came of it under `DOCUMENTS`. `pack_id` is the id of this pack."""
    names = [name for name in pack.names if name.startswith(members.DOCUMENTS)]
    source, tally, before = _source(pack, listed), _Tally(), len(report.problems)
    twins: dict[str, _Twin] = {}
    for name in names:
        if name.endswith(TWIN):
            known = _twin(pack, name, source, tally, report, pack_id)
            if known is not None:
                twins[name.removesuffix(TWIN)] = known
    for name in names:
        if name.endswith(".html"):
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
        report.lines[LINE] = said + (f"; {tally.withheld} rest on what is withheld" if tally.withheld else "") + UNREAD


def _twin(
    pack: Container, name: str, source: Callable[[str], Any], tally: _Tally, report: PackReport, pack_id: str
) -> _Twin | None:
    """The claims of a twin, each written again; None for what is no twin."""
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
    english = str(plain.get("language", "en")).partition("-")[0] == "en"
    made = _Twin(dict(_ENGLISH) if english else {})
    known = made.claims
    for row in rows:
        try:
            claim = claims.read(row)
        except ValueError as error:
            report.problem(name, f"holds what is no claim: {error}")
            continue
        if claim.id in known:
            report.problem(name, f"holds two claims {claim.id}")
        known[claim.id] = claim
        if _again(claim, name, source, tally, report) and claims.is_number(claim, source):
            made.numbers.add(claim.id)
    return made


def _again(claim: Claim, name: str, source: Callable[[str], Any], tally: _Tally, report: PackReport) -> bool:
    """Write a claim again; whether it could be read."""
    tally.claims += 1
    try:
        text, rounding = claims.written(claim, source)
    except Withheld:
        tally.withheld += 1
        return False
    except LookupError:
        report.problem(name, f"the figure {claim.label!r} ({claim.id}) names evidence that is not in the pack")
        return False
    except (ValueError, UnreadableError) as error:
        report.problem(name, f"the figure {claim.label!r} ({claim.id}) can not be read from its evidence: {error}")
        return False
    if (text, rounding) != (claim.text, claim.rounding):
        comes = "nothing" if text is None else repr(text)
        report.problem(name, f"says {claim.text!r} for {claim.label!r} ({claim.id}), and its evidence comes to {comes}")
    return True


def _page(pack: Container, name: str, twin: _Twin, tally: _Tally, report: PackReport) -> None:
    """Each figure of a page is a claim of its twin, to the letter."""
    found = figures_of(pack.read(name, limit=_MAX_DOCUMENT).decode("utf-8", "replace"))
    if found.loose:
        report.problem(name, f"prints {found.loose} figures that name no claim")
    if found.beside:
        report.problem(name, f"prints {found.beside} times something beside a figure inside its mark")
    for claim_id, text, value in found.printed:
        tally.printed += 1
        claim = twin.claims.get(claim_id)
        if claim is None:
            report.problem(name, f"prints {text!r} under the claim {claim_id}, which its twin does not hold")
            continue
        marks = twin.marks if claim_id in twin.numbers else _ENGLISH
        if value != claim.text or not _same(text, f"{claim.text} {claim.unit}".strip(), marks):
            report.problem(name, f"prints {text!r} where its twin says {claim.text!r} for {claim.label!r} ({claim_id})")


def _same(text: str, written: str, marks: dict[str, str]) -> bool:
    """Whether a figure in print is the one that was written, but for the marks between digits, of which a page has one for each.

    `marks` holds those that this page was seen to have for the English point and comma.
    """
    text, written = " ".join(text.split()), " ".join(written.split())
    if len(text) != len(written):
        return False
    for place, (there, made) in enumerate(zip(text, written, strict=True)):
        between = (
            made in ",."
            and written[place + 1 : place + 2].isdecimal()
            and written[max(0, place - 1) : place].isdecimal()
        )
        if not between:
            if there != made:
                return False
        elif there not in _MARKS or marks.setdefault(made, there) != there:
            return False
    return len(set(marks.values())) == len(marks)


def figures_of(html: str) -> Figures:
    """The figures that a page prints."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.found


class _Reader(HTMLParser):
    """Collects `<data data-claim>` elements, and figures that hold none."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found = Figures()
        self._open: tuple[str, str, list[str]] | None = None
        self._expected = False
        self._inside: list[tuple[str, bool]] = []
        """The elements that are open inside a figure, its own first: (name, whether it is a citation)."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        classes = (given.get("class") or "").split()
        if CLASS in classes:
            self._end_expected()
            self._expected = True
        if CLASS in classes or self._inside:
            self._inside.append((tag, CITE in classes or tag == "data"))
        if tag == "data" and (claim := given.get(ATTRIBUTE)):
            self._open = (claim, given.get("value") or "", [])
            self._expected = False

    def handle_endtag(self, tag: str) -> None:
        if tag == "data" and self._open is not None:
            claim, value, parts = self._open
            self.found.printed.append((claim, " ".join("".join(parts).split()), value))
            self._open = None
        if any(name == tag for name, _ in self._inside):
            while self._inside.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        if self._open is not None:
            self._open[2].append(data)
        elif self._expected and data.strip():
            self._end_expected()
        elif self._inside and data.strip() and not any(cited for _, cited in self._inside):
            self.found.beside += 1

    def close(self) -> None:
        super().close()
        self._end_expected()

    def _end_expected(self) -> None:
        self.found.loose += self._expected
        self._expected = False


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
