"""Which things a piece of evidence names: data sets, base models, licences, judging models.

Read from the fields in which the kinds write them, and from the subject. A thing is told by its name, its digest and its revision, as
far as the piece gives them. Two names are one when they are equal after folding case and spaces, or when one is the last part of the
other's path (`org/name` and `name`); they never are because one stands somewhere inside the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from governance.domain.dossier import ARTIFACTS
from governance.domain.evidence import Role, SubjectType
from governance.parsing.people import person_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from governance.domain.dossier import Dossier
    from governance.domain.evidence import Piece

Sort = Literal["data-set", "base", "licence", "judge"]


@dataclass(frozen=True)
class Thing:
    """Something that evidence names."""

    sort: Sort
    name: str
    digest: str | None = None
    revision: str | None = None

    def is_meant_by(self, asked: str) -> str | None:
        """How a text a person gave means this thing: `exact`, `folded` or `last part`; None where it does not.

        Of a base, `NAME@REVISION` also asks for the revision; a thing without one on record is meant, for it may be that one.
        """
        name, revision = asked, None
        if self.sort == "base" and "@" in asked:
            name, _, revision = asked.rpartition("@")
        if revision is not None and self.revision is not None and self.revision != revision:
            return None
        if asked == self.digest or name == self.name:
            return "exact"
        if person_key(name) == person_key(self.name):
            return "folded"
        one, other = (person_key(each.replace("\\", "/").rstrip("/")) for each in (name, self.name))
        if ("/" in one) != ("/" in other) and one.rsplit("/", 1)[-1] == other.rsplit("/", 1)[-1]:
            return "last part"
        return None


def things(piece: Piece) -> Iterator[Thing]:
    """Everything that a piece names."""
    body, subject = piece.body, piece.record.subject
    if subject.type is SubjectType.DATA_SET:
        yield Thing("data-set", subject.name, subject.digest or _text(body.get("manifest_digest")))
    if piece.record.kind == ARTIFACTS and subject.role is Role.BASE:
        yield Thing("base", subject.name, subject.digest)
    for field in ("base", "base_model"):
        yield from _thing("base", body.get(field))
    if subject.role is Role.BASE:
        yield from _thing("base", body.get("model"))
    yield from _data_sets(body)
    yield from _licences(body)
    for judge in [*_list(body.get("judges")), body.get("judge")]:
        yield from _thing("judge", judge.get("model") if isinstance(judge, dict) and "model" in judge else judge)


def stated(dossier: Dossier) -> Iterator[Thing]:
    """What the owner states: the base it was made from, and licences."""
    base = dossier.system.base_model
    if base is not None:
        yield Thing("base", base.name, None, base.revision)
        if base.licence is not None:
            yield Thing("licence", base.licence)
    if dossier.system.licence is not None:
        yield Thing("licence", dossier.system.licence)


def _data_sets(body: Mapping[str, Any]) -> Iterator[Thing]:
    declared = _dict(body.get("declared_in_weights"))
    for row in [*_list(body.get("data_sets")), *_list(declared.get("data_sets"))]:
        yield from _thing("data-set", row)
    for name in _list(body.get("source_datasets")):
        if name != "original":
            yield from _thing("data-set", name)
    for row in _list(body.get("results")):
        yield from _thing("data-set", _dict(row).get("data_set"))
    yield from _thing("data-set", body.get("corpus"))
    for row in _list(declared.get("bases")):
        yield from _thing("base", row)


def _licences(body: Mapping[str, Any]) -> Iterator[Thing]:
    licence = body.get("licence")
    said = [licence] if isinstance(licence, str) else [_dict(licence).get(field) for field in ("id", "name", "link")]
    said += [body.get("spdx"), _dict(body.get("declared_in_weights")).get("license")]
    said += [*_dict(body.get("licences"))]
    for name in dict.fromkeys(each for each in said if isinstance(each, str) and each):
        yield Thing("licence", name)


def _thing(sort: Sort, value: Any) -> Iterator[Thing]:
    if isinstance(value, str) and value:
        yield Thing(sort, value)
    elif isinstance(value, dict):
        digest, revision = _text(value.get("digest")), _text(value.get("revision"))
        names = (value.get("name"), value.get("source"))
        for name in dict.fromkeys(each for each in names if isinstance(each, str) and each):
            yield Thing(sort, name, digest, revision)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _dict(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
