"""The licence of a card against the list of the Hub, the base model, the data sets, the text, and what the owner states.

Nothing is guessed: where a licence is not known, a note says so. This is arithmetic on the names of licences and no legal advice.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from governance.domain import licences
from governance.linting import folding, licence_text, lineage, rules
from governance.linting.findings import Level, Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from governance.linting.card import Card
    from governance.linting.findings import Finding
    from governance.linting.known import Known

_LOOKS_LIKE_ADDRESS = re.compile(r"https?://\S+|[\w./-]+", re.ASCII)
_TAGGED = re.compile(r"base_model:(?:[a-z]{3,12}:)?([A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95})", re.ASCII)


def check(card: Card, known: Known | None) -> Iterator[Finding]:
    """Every finding on the licence."""
    fields = card.head.fields
    if card.head.problem:
        return
    stated = [str(each).strip() for each in _listed(fields.get("license")) if str(each).strip()]
    if stated == ["license"]:
        return  # a placeholder, found as one
    if not stated:
        if fields.get("license", []) == []:
            yield rules.finding(
                "card/licence-missing", "The head states no licence.", card.head.place() if card.head.present else card.first,
                subject="license",
            )  # fmt: skip
        return
    place = card.head.place("license")
    for one in stated:
        yield from _id(one, place)
    yield from _other(card, stated, place)
    name = str(fields.get("license_name") or "")
    folded = [each.lower() for each in stated]
    yield from _base(card, folded, name, place, known)
    yield from _data(card, folded, place, known)
    yield from licence_text.check(card, folded, place)
    yield from _owner(folded, name, place, known)


def bases(fields: Mapping[str, Any]) -> list[str]:
    """The base models that a head names: in `base_model`, else in tags of the form `base_model:adapter:owner/name`."""
    stated = [str(each or "").strip() for each in _listed(fields.get("base_model"))]
    if named := [each for each in stated if each not in ("", "None")]:
        return named
    tags = [str(tag) for tag in _listed(fields.get("tags"))]
    return list(dict.fromkeys(match[1] for tag in tags if (match := _TAGGED.fullmatch(tag))))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else ([] if value is None else [value])


def _id(licence: str, place: Place) -> Iterator[Finding]:
    folded = licence.lower()
    if not licences.is_id(folded):
        near = _nearest(folded)
        said = f" The Hub's id may be `{near}`." if near else ""
        yield rules.finding(
            "card/licence-id", f"`license: {licence[:60]}` is no id of the Hub.{said}", place, subject=licence
        )
    elif licence != folded:
        yield rules.finding(
            "card/licence-id", f"The Hub writes ids in lower case: `{folded}`, and not `{licence}`.", place, subject=licence,
            level=Level.WARNING,
        )  # fmt: skip
    elif folded in licences.FAMILIES or folded == licences.UNKNOWN:
        yield rules.finding(
            "card/licence-family", f"`license: {folded}` does not say which terms hold.", place, subject=folded
        )


def _nearest(licence: str) -> str:
    """An id that is meant by a usual other way of writing it, or nothing."""
    plain = re.sub(r"-(?:only|or-later)$", "", re.sub(r"[\s_]+", "-", licence))
    usual = {
        "apache": "apache-2.0", "apache2": "apache-2.0", "apache-2": "apache-2.0", "apache2.0": "apache-2.0",
        "apache-license-2.0": "apache-2.0", "gplv3": "gpl-3.0", "gpl-v3": "gpl-3.0", "gplv2": "gpl-2.0", "mit-license": "mit",
        "cc0": "cc0-1.0", "llama-2": "llama2", "llama-3": "llama3", "llama-3.1": "llama3.1", "llama-3.2": "llama3.2",
        "llama-3.3": "llama3.3", "bsd-3": "bsd-3-clause",
    }  # fmt: skip
    return plain if licences.is_id(plain) else usual.get(plain, "")


def _other(card: Card, stated: list[str], place: Place) -> Iterator[Finding]:
    fields = card.head.fields
    if licences.OTHER not in [each.lower() for each in stated]:
        return
    missing = [
        name
        for name in ("license_name", "license_link")
        if not isinstance(fields.get(name), str) or not fields[name].strip()
    ]
    if missing:
        yield rules.finding(
            "card/licence-other", f"`license: other` stands without {' and '.join(missing)}.", place, subject="other"
        )
    link = fields.get("license_link")
    if isinstance(link, str) and link.strip() and not _LOOKS_LIKE_ADDRESS.fullmatch(link.strip()):
        yield rules.finding(
            "card/licence-other", f"`license_link: {link[:60]}` is neither an address nor a file.", card.head.place("license_link"),
            subject="license_link", level=Level.WARNING,
        )  # fmt: skip


def _base(card: Card, stated: list[str], name: str, place: Place, known: Known | None) -> Iterator[Finding]:
    """Each licence against each base. Of several licences one that fits is enough for no error; whether it is meant can not be told."""
    relation = str(card.head.fields.get("base_model_relation") or "")
    shown = f"`license: {stated[0] if len(stated) == 1 else '[' + ', '.join(stated) + ']'}`"
    for base in bases(card.head.fields):
        found = known.licence_of(base) if known else None
        found = found or lineage.known(base)
        if found is None:
            yield rules.finding(
                "card/licence-base-untold", f"The licence of the base {base[:80]} is not known here.", card.head.place("base_model"),
                subject=f"untold {base}", untold=known is not None,
            )  # fmt: skip
            continue
        against, untold = _held(found, stated, name)
        if against and len(against) == len(stated):
            adapter = relation == "adapter" or "peft" in str(card.head.fields.get("library_name"))
            lighter = Level.WARNING if adapter and found.terms.commerce else None
            yield rules.finding(
                "card/licence-base", f"{shown} on the base {base[:80]}: {against[0]} ({found.source}).", place,
                subject=f"base {base}", level=lighter,
            )  # fmt: skip
        elif against or untold:
            why = untold[0] if untold else f"which of {', '.join(stated)} is meant; {against[0]}"
            yield rules.finding(
                "card/licence-base-untold", f"Base {base[:80]} is under {found} ({found.source}): {why}.", place,
                subject=f"untold {base}", untold=known is not None,
            )  # fmt: skip


def _held(base: lineage.Known, stated: list[str], name: str) -> tuple[list[str], list[str]]:
    """Why licences do not go with that of the base, and why it can not be told of others."""
    against, untold = [], []
    for licence in stated:
        try:
            if why := lineage.conflict(base, licence, name):
                against.append(why)
        except LookupError as error:
            untold.append(str(error.args[0]))
    return against, untold


def _data(card: Card, stated: list[str], place: Place, known: Known | None) -> Iterator[Finding]:
    named = [str(each) for each in _listed(card.head.fields.get("datasets")) if each]
    held = dict(known.data_licences) if known else {}
    untold = [name for name in named if name not in held]
    for name, under in sorted(held.items()):
        terms = lineage.stated(under, "evidence") if under else None
        if terms and terms.terms.commerce is False and all(licences.terms(each).commerce for each in stated):
            yield rules.finding(
                "card/licence-data",
                f"The data set {name[:80]} is under {under}, which allows no commercial use; `license: {stated[0]}` does.",
                place, subject=f"data {name}",
            )  # fmt: skip
    if untold:
        shown = ", ".join(untold[:3]) + (f" and {len(untold) - 3} more" if len(untold) > 3 else "")
        yield rules.finding(
            "card/licence-data-untold", f"Under which licence {shown} may be used is not known here.", card.head.place("datasets"),
            subject="data untold", untold=False,
        )  # fmt: skip


def _owner(given: list[str], name: str, place: Place, known: Known | None) -> Iterator[Finding]:
    if known is None or not known.licence:
        return
    stated = re.sub(r"-(?:only|or-later)$", "", known.licence.strip().lower())
    licence = ", ".join(given)
    if licences.is_id(stated):
        if stated not in given:
            yield rules.finding(
                "card/licence-differs", f"The card says `{licence}`, the system file of {known.system} says {known.licence}.", place,
                subject="owner",
            )  # fmt: skip
    elif given != [licences.OTHER] or folding.words(name) != folding.words(stated):
        yield rules.finding(
            "card/licence-differs",
            f"The card says `{licence}`{f' ({name})' if name else ''}, the system file of {known.system} says “{known.licence[:60]}”.",
            place, subject="owner", level=Level.WARNING,
        )  # fmt: skip
