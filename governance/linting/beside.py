"""Of whom a figure speaks: of the candidate, or of another model, of people, of chance; and whether it is a value or a bound.

A card that compares itself with others says what the others reach. Such a figure is not held against what is on record of the candidate:
a wrong accusation is worse than a missed one. So a figure may differ from the evidence only where nothing beside it speaks of anybody else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from governance.linting import names

_MODEL = re.compile(
    r"\b(?:(?:chat|deep|code|star|m|ro|de|al|electra|wizard|open|tiny|small)?-?(?:gpt|llama|mistral|mixtral|qwen|gemma|gemini|claude|palm|"
    r"falcon|bert(?!score)|berta|vicuna|alpaca(?!-?eval)|deepseek|seek|command-r|pythia|olmo|bloomz?|mamba|zephyr|whisper|wav2vec|starcoder|"
    r"coder|grok|phi|davinci|lm)(?![a-z])[\w.-]*|(?:opt|yi|t5|o[134])-?[0-9][\w.-]*|[\w.-]*[0-9](?:\.[0-9])?[bm]\b)",
    re.IGNORECASE,
)
_FAMILY = re.compile(
    r"[a-z]*(?:gpt|llama|mistral|mixtral|qwen|gemma|bert|berta|falcon|phi|opt|t5|lm|pythia|bloom|whisper)[0-9.]*|[0-9.]+[bm]?"
)
_PEOPLE = re.compile(
    r"\b(?:humans?|annotators?|experts?|people|random(?:ly)?|chance|majority|guess(?:ing|es)?|baselines?|teacher|sota|"
    r"state[- ]of[- ]the[- ]art|previous(?:ly)?|prior|competitors?|others?|published|reported)\b",
    re.IGNORECASE,
)
_OURS = re.compile(
    r"\b(?:we|our|ours|this|its?|the model|(?:fine-?)?tun(?:ed?|ing)|fine-?tunes?|candidate|adapter|after)\b",
    re.IGNORECASE,
)
_ROWS_ARE_MODELS = re.compile(
    r"\s*(?:models?|systems?|methods?|approach(?:es)?|checkpoints?|names?|baselines?|variants?)(?:\W.*)?", re.IGNORECASE
)
_OF_VALUES = re.compile(
    r"\b(?:differences?|diff|deltas?|changes?|gains?|gaps?|intervals?|ci|std(?:err|ev)?|errors?|spread|n|items|samples|values?|results?|"
    r"counts?|numbers?|totals?|runs?|seeds?|hours|time|size|%)(?!\w)|[δΔ±%]|^\W*$",
    re.IGNORECASE,
)
"""Heads of columns that are of values and no names of models."""
_BOUND = re.compile(
    r"(?:\b(?:above|over|below|under|beyond|at (?:least|most)|up to|more than|less than|fewer than|greater than|(?:as )?(?:high|low) as|"
    r"between|exceed(?:s|ed|ing)?|near(?:ly)?|almost|about|around|roughly|approximately)|[<>≤≥~≈]=?)\s?$",
    re.IGNORECASE,
)
_FROM = re.compile(r"\bfrom\s?$", re.IGNORECASE)
_RANGE_END = re.compile(r"\b(?:from|between)\b[^;]{1,40}\b(?:to|and)\s?$", re.IGNORECASE)
_CUT = re.compile(r"[,;]\s|\s(?:and|but|while|whereas|versus|vs\.?)\s")
_GENERIC = frozenset(
    (
        "model",
        "models",
        "card",
        "for",
        "the",
        "of",
        "and",
        "ours",
        "desk",
        "lora",
        "adapter",
        "base",
        "instruct",
        "chat",
        "tuned",
        "finetuned",
    )
)


def called(*given: str) -> tuple[frozenset[str], ...]:
    """The names of the candidate, each as words that tell it from its family: `elm` of `elm-llama-8b`."""
    made = []
    for name in given:
        words = frozenset(word for word in names.words(name.rpartition("/")[2]) if word not in _GENERIC)
        own = frozenset(word for word in words if len(word) > 1 and not _FAMILY.fullmatch(word))
        if words:
            made.append(own or words)
    return tuple(dict.fromkeys(made))


def is_called(text: str, candidate: tuple[frozenset[str], ...]) -> bool:
    """Whether a text speaks of the candidate, by one of its names or as ours."""
    if _OURS.search(text):
        return True
    said = frozenset(names.words(text))
    return any(
        bool(own & said) if not any(_FAMILY.fullmatch(word) for word in own) else own <= said for own in candidate
    )


def is_of_another(text: str) -> bool:
    """Whether a text names a model, people or chance. The candidate may be among them."""
    return bool(_PEOPLE.search(text) or _MODEL.search(text))


def is_bound(before: str) -> bool:
    """Whether the words before a number make it a bound or the end of a range, and no value."""
    return bool(_BOUND.search(before) or _FROM.search(before) or _RANGE_END.search(before))


def is_from(before: str) -> bool:
    """Whether the words before a number say that something began there: `from 50 % to 61 %`."""
    return bool(_FROM.search(before))


def clause(text: str, start: int, end: int) -> str:
    """The clause of a sentence around the number from `start` up to `end`."""
    low, high = 0, len(text)
    for match in _CUT.finditer(text):
        if match.end() <= start:
            low = match.end()
        elif match.start() >= end:
            high = match.start()
            break
    return text[low:high]


@dataclass
class Peers:
    """Who is compared in a table: the first cells of its rows where they are models, and the heads of its columns."""

    rows: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()
    rows_are_models: bool = False
    _head_is_ours: dict[tuple[frozenset[str], ...], bool] = field(default_factory=dict, repr=False)

    def is_of_another(self, row: str, head: str, candidate: tuple[frozenset[str], ...]) -> bool:
        """Whether a cell in this row (by its first cell) and column speaks of somebody else than the candidate."""
        if (self.rows_are_models and is_called(row, candidate)) or is_called(head, candidate):
            return False
        if self.rows_are_models and len(self.rows) > 1:
            return True
        if is_of_another(head) or is_of_another(row):
            return True
        return self._compares_heads(candidate) and not names.is_metric(head) and not _OF_VALUES.search(head)

    def _compares_heads(self, candidate: tuple[frozenset[str], ...]) -> bool:
        """Whether a column bears the name of the candidate, so that the others are of others."""
        if candidate not in self._head_is_ours:
            self._head_is_ours[candidate] = any(is_called(head, candidate) for head in self.heads)
        return self._head_is_ours[candidate]


def peers(heads: dict[int, str], firsts: list[str]) -> Peers:
    """Who is compared in a table with these heads by column, and these first cells."""
    first, rest = heads.get(0, ""), tuple(head for column, head in sorted(heads.items()) if column)
    return Peers(tuple(dict.fromkeys(firsts)), rest, bool(_ROWS_ARE_MODELS.fullmatch(first)))
