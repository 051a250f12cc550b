"""What the text of a card says of its licence, against the head: a limit to what is not commercial, or the name of another licence.

A sentence counts where it stands under a heading on terms or use, or where its subject is the model. One that speaks of code, data, the
original or somebody else's work is left alone, and so is one that takes a limit away ("for commercial and non-commercial use").
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from governance.domain import licences
from governance.linting import folding, rules
from governance.linting.blocks import PROSE, Block

if TYPE_CHECKING:
    from collections.abc import Iterator

    from governance.linting.card import Card
    from governance.linting.findings import Finding, Place

MOST = 50
"""Sentences of one passage that are looked at."""
_NO_COMMERCE = re.compile(
    r"\b(?:(?:for )?non-?\s?commercial (?:use|purposes?|research|only|license|licence)|research (?:purposes|use) only|only for research|"
    r"not (?:be used )?for commercial|no commercial use|cc[- ]by[- ]nc)\b"
)
_LIFTED = re.compile(
    r"\bcommercial(?:ly)?,?\s(?:and|or|as well as|&|/)\s(?:for )?non-?\s?commercial|\bnon-?\s?commercial(?:ly)?,?\s"
    r"(?:and|or|as well as|&)\s(?:for )?commercial|\bcommercial/non|"
    r"\b(?:no|not|without|nor|never|any)\b[^.;,]{0,30}\b(?:restrict|limit|confin|only|just|merely)[^.;,]{0,30}"
    r"(?:non-?\s?commercial|research)|\bno commercial use (?:restrict|limit)|\bnon-?\s?commercial (?:use )?(?:restrictions?|limits?|"
    r"limitations?|clauses?)\b[^.]{0,30}\b(?:lifted|removed|dropped|not apply)"
)
_ABOUT_TERMS = re.compile(
    r"licen[cs]e|terms|usage|intended|uses?\b|limitations?|disclaimer|out-of-scope|copyright", re.IGNORECASE
)
_OF_THE_MODEL = re.compile(
    r"\b(?:this|the|our|these) (?:[a-z-]{1,20} )?(?:models?|weights|checkpoints?|adapters?)\s(?:\w+\s)?"
    r"(?:is|are|may|must|can|should|shall)\b[^.]{0,60}$|"
    r"^(?:it is|released|licensed)\b[^.]{0,40}$"
)
_OF_OTHERS = re.compile(
    r"\bunlike\b|\bwhereas\b|\bwere?\b.{0,20}\bnon-?commercial|\boriginal\b|\b(?:paper|demo|blog)\b|\bdata ?sets?\b|\bcorpus\b"
)
_OF_OTHER_WORK = re.compile(
    r"\b(?:code|codebase|scripts?|software|repositor(?:y|ies)|repo|librar(?:y|ies)|data|data ?sets?|corpus|original(?:ly)?|base|upstream|"
    r"documentation|docs|card|paper|tokenizer|images?|previous(?:ly)?|earlier|formerly|unlike|whereas|if|except|components?|parts?|"
    r"outputs?|demo|app|contributions?)\b"
)
_LICENCE = re.compile(r"\blicen[cs](?:e|ing)\b", re.IGNORECASE)
_DETAILS = re.compile(r"^(?:model )?(?:details|description|information|summary|overview|card)", re.IGNORECASE)
_RELEASED = re.compile(
    r"\b(?:released|licen[cs]ed|distributed|available|published|provided|shared|falls|is|are) under\b|^licen[cs]e\W"
)
_NAMED = (
    ("apache", re.compile(r"\bapache\b")),
    ("mit", re.compile(r"\bmit\b(?! (?:csail|media|researchers?|professors?))")),
    ("agpl", re.compile(r"\bagpl\b|\baffero\b")),
    ("lgpl", re.compile(r"\blgpl\b|\blesser general public\b")),
    ("gpl", re.compile(r"\bgpl(?:v?[23])?\b|\bgnu general public\b")),
    ("bsd", re.compile(r"\bbsd\b")),
    ("mpl", re.compile(r"\bmpl\b|\bmozilla public\b")),
    ("cc0", re.compile(r"\bcc0\b|\bcc-0\b")),
    ("openrail", re.compile(r"\b[a-z-]*rail(?:-m|\+\+)?\b")),
    ("llama", re.compile(r"\bllama[\s-]?[0-9.]* (?:community )?licen[cs]e\b")),
    ("gemma", re.compile(r"\bgemma (?:terms|licen[cs]e)\b")),
    ("cc-by", re.compile(r"\bcc[- ]by(?![- ](?:nc|sa|nd))\b")),
    ("cc-by-sa", re.compile(r"\bcc[- ]by[- ]sa\b")),
    ("cc-by-nd", re.compile(r"\bcc[- ]by[- ]nd\b")),
    ("cc-by-nc", re.compile(r"\bcc[- ]by[- ]nc(?![- ](?:sa|nd))\b")),
    ("cc-by-nc-sa", re.compile(r"\bcc[- ]by[- ]nc[- ]sa\b")),
    ("cc-by-nc-nd", re.compile(r"\bcc[- ]by[- ]nc[- ]nd\b")),
)
_FAMILIES = tuple(name for name, _ in _NAMED)
_SENTENCE = re.compile(r"(?:[^.!?\n]|\.(?=\S)){1,600}")


def check(card: Card, stated: list[str], place: Place) -> Iterator[Finding]:
    """A finding for the first limit that the head does not have, and for the first licence that it does not name."""
    limited, named = all(licences.terms(each).commerce for each in stated), all(map(_family, stated))
    for block in card.blocks:
        if not (limited or named):
            return
        if block.kind not in PROSE:
            continue
        about = _is_about_terms(card, block)
        folded = folding.fold(block.text)
        if limited and (span := _limit(folded.flat, about=about)):
            limited = named = False
            start, end = folded.span(*span)
            yield rules.finding(
                "card/licence-text",
                f"The text says “{block.text[start:end]}”, and `license: {stated[0]}` in line {place.line} has no such limit.",
                block.place(start, end), subject="non-commercial",
            )  # fmt: skip
        elif named and (found := _other(folded.flat, stated, about=_names_licence(card, block))):
            limited = named = False
            start, end = folded.span(*found)
            yield rules.finding(
                "card/licence-text",
                f"The text names “{' '.join(block.text[start:end].split())}”, and `license: {', '.join(stated)}` in line "
                f"{place.line} is another.",
                block.place(start, end), subject="another licence",
            )  # fmt: skip


def _limit(text: str, *, about: bool) -> tuple[int, int] | None:
    """Where a text limits the model to what is not commercial."""
    for match in islice(_NO_COMMERCE.finditer(text), MOST):
        low = max(0, match.start() - 160)
        before, near = text[low : match.start()], text[low : match.end() + 80]
        if _OF_OTHERS.search(near) or _LIFTED.search(near):
            continue
        if about or _OF_THE_MODEL.search(before.rpartition(". ")[2]):
            return match.span()
    return None


def _other(text: str, stated: list[str], *, about: bool) -> tuple[int, int] | None:
    """Where a text says that the model is under a licence of another family than those of the head."""
    families = {_family(each) for each in stated}
    if any(pattern.search(text) for name, pattern in _NAMED if name in families):
        return None
    for match in islice(_SENTENCE.finditer(text), MOST):
        sentence = match[0].strip()
        released = _RELEASED.search(sentence)
        if not released or _OF_OTHER_WORK.search(sentence):
            continue
        if not about and not _OF_THE_MODEL.search(sentence[: released.start()]):
            continue
        found = [each.span() for _, pattern in _NAMED for each in [pattern.search(sentence, released.end())] if each]
        if len(found) == 1:
            shift = match.start() + len(match[0]) - len(match[0].lstrip())
            return shift + found[0][0], shift + found[0][1]
    return None


def _family(licence: str) -> str:
    """The family of a licence as texts name it, or nothing for one that they may name in many ways."""
    kin = licences.kin(licence)
    return next(
        (name for name in sorted(_FAMILIES, key=len, reverse=True) if kin == name or kin.startswith(f"{name}-")), ""
    )


def _names_licence(card: Card, block: Block) -> bool:
    """Whether a passage stands under a heading on the licence, or bears such a label where the model itself is described."""
    path = card.document.path(block.section)
    if _LICENCE.search(card.document.title(block.section)):
        return True
    return bool(_LICENCE.search(block.label)) and (len(path) < 2 or bool(_DETAILS.search(path[-1].title[:80])))


def _is_about_terms(card: Card, block: Block) -> bool:
    """Whether a passage stands under a heading on terms or use, or bears such a label before any section on something else."""
    return bool(_ABOUT_TERMS.search(card.document.title(block.section))) or (
        len(card.document.path(block.section)) < 2 and bool(_ABOUT_TERMS.search(block.label))
    )
