"""Four counts, each with its denominator. They are never added up: what is missing in one is not made good by another.

presence      of the expected sections, how many are there with content specificity   of the passages (paragraphs and list items of five
words or more, and placeholders), how many say something that no template says backing       of the figures, how many evidence stands
behind freshness     of the figures that evidence gives, how many come from evidence that is recent enough
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from governance.linting import backing, folding
from governance.linting.findings import Score

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from governance.linting.figure import Figure
    from governance.linting.findings import Backed
    from governance.linting.known import Known
    from governance.linting.passages import Passage


FEW_WORDS = 5
"""A passage of fewer words (`seed: 42`) is no sentence, and counts only where it is a placeholder."""


def scores(
    passages: Sequence[Passage],
    present: Mapping[str, bool | None],
    backed: Sequence[tuple[Figure, Backed]],
    known: Known | None,
) -> tuple[Score, ...]:
    """The four scores of a card."""
    once = _once(backed)
    return _presence(present), _specificity(passages), _backing(once, known), _freshness(once, known)


def _once(backed: Sequence[tuple[Figure, Backed]]) -> list[tuple[Figure, Backed]]:
    """Each figure once for its words, its value and its state: saying it again shows no more."""
    first: dict[tuple[str, ...], tuple[Figure, Backed]] = {}
    for figure, held in backed:
        first.setdefault((held.label, held.text, held.where, held.state, held.by, held.at), (figure, held))
    return list(first.values())


def _presence(present: Mapping[str, bool | None]) -> Score:
    untold = sum(there is None for there in present.values())
    missing = tuple(name for name, there in present.items() if there is False)
    return Score(
        "presence", "Presence", sum(there is True for there in present.values()), len(present), "sections with content",
        (("missing", len(missing)), ("could not tell", untold)), f"missing: {', '.join(missing)}" if missing else "",
    )  # fmt: skip


def _specificity(passages: Sequence[Passage]) -> Score:
    states: Counter[str] = Counter()
    said: set[str] = set()
    for passage in passages:
        if not passage.is_prose or not passage.letters:
            continue
        if passage.is_placeholder:
            states["placeholder"] += 1
        elif len(folding.words(passage.block.text)) < FEW_WORDS:
            continue
        elif passage.tools:
            states["boilerplate"] += 1
        elif passage.is_boilerplate:
            states["general"] += 1
        else:
            text = " ".join(folding.fold(passage.block.text).text.split())
            states["repeated" if text in said else "own"] += 1
            said.add(text)
    own = states.pop("own", 0)
    return Score(
        "specificity", "Specificity", own, own + sum(states.values()), "passages in words of their own",
        tuple((name, states[name]) for name in ("placeholder", "boilerplate", "general", "repeated")),
    )  # fmt: skip


def _backing(backed: Sequence[tuple[Figure, Backed]], known: Known | None) -> Score:
    states = Counter(held.state for _, held in backed)
    stands = states[backing.BACKED] + states[backing.BY_VALUE]
    rest = tuple((state, states[state]) for state in backing.STATES if state not in (backing.BACKED, backing.BY_VALUE))
    note = f"{states[backing.BY_VALUE]} of them by value only" if states[backing.BY_VALUE] else ""
    if known is None and backed:
        note = "no evidence was given: name a system with --workspace and --system"
    return Score(
        "backing",
        "Backing",
        stands,
        len(backed),
        "figures that evidence gives",
        rest,
        note or ("" if backed else "the card states no figure"),
    )


def _freshness(backed: Sequence[tuple[Figure, Backed]], known: Known | None) -> Score:
    given = [held for _, held in backed if held.by and held.state in (backing.BACKED, backing.BY_VALUE, backing.STALE)]
    if known is None or not given:
        why = "no evidence was given" if known is None else "no figure has evidence"
        return Score("freshness", "Freshness", 0, None, "figures from recent evidence", note=f"could not tell: {why}")
    stale = sum(held.state == backing.STALE for held in given)
    clockless = sum(
        held.state != backing.STALE and known.sources[held.by].day is None for held in given if held.by in known.sources
    )
    return Score(
        "freshness", "Freshness", len(given) - stale - clockless, len(given), "figures from recent evidence",
        (("stale", stale), ("no clock, could not tell", clockless)),
    )  # fmt: skip
