"""Figures of running text: the numbers of a passage that stand with a metric, a benchmark or a unit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from governance.linting import beside, names, sources
from governance.linting.blocks import Block, Kind
from governance.linting.figure import Figure
from governance.linting.numbers import Number, numbers

if TYPE_CHECKING:
    from governance.linting.card import Card

IN_USAGE = re.compile(
    r"\busage\b|how to|quick ?start|get(?:ting)? started|\binference\b|\bexamples?\b|\bdemo\b|\bprompt", re.IGNORECASE
)
_UNIT = re.compile(
    r"\s?-?(?:hours?|hrs?|h|minutes?|mins?|days?|seconds?|secs?|s|ms|[kKMGT]i?B|kg|g|grams?|tons?|tonnes?|t|t?CO2\w*|tCO₂\w*|"
    r"k?Wh|MWh|[kM]?W|tokens?|"
    r"x|×|times|points?|absolute|relative|million|billion|trillion|thousand|FLOPs?|TFLOPS?)\b",
    re.IGNORECASE,
)
_CARBON = re.compile(
    r"\s?(?:(?:metric )?(?:kg|g|grams?|t|tons?|tonnes?)\s?(?:of )?(?:CO[2₂]|carbon)|t?CO[2₂]|[kM]?Wh\b)", re.IGNORECASE
)
_PARAMETERS = re.compile(r"\s?(?:[BM]\b|billion|million)?[\s-]?(?:trainable |total |learnable )?param", re.IGNORECASE)
_CONFIDENCE = re.compile(r"\s?-?(?:confidence|CI\b|C\.I\.|interval|credible)", re.IGNORECASE)
_STANDARD = re.compile(r"\s?(?:×\s?)?(?:standard errors?|σ|sigma)", re.IGNORECASE)
_WHOLE = re.compile(
    r"\s?(?:free|open|local|private|offline|compatible|human|of (?:which|the emissions|them))", re.IGNORECASE
)
_NAMED = re.compile(
    r"(?:^|[^\w])([A-Z][\w-]*[a-z][\w-]*|[A-Za-z]*(?:GPT|CUDA|GPL|BSD|MPL|CC|BY|SA|NC|ND|AGPL|LGPL|EUPL|OSL)) $"
)
BEFORE = re.compile(
    r"(?:\b(?:versions?|ver|v|release[sd]?|python|pytorch|torch|transformers|tensorflow|keras|jax|cuda|cudnn|licen[cs]e|section|"
    r"sec|tables?|figures?|"
    r"fig|chapter|eq|equation|appendix|step|level|unit|part|phase|stage|spacy|opset|numpy|ubuntu|debian|version of)\.?[ :]*|[§#] ?)$",
    re.IGNORECASE,
)
_TOOL = re.compile(r"\b(?:with|using|via|on|by|in)\s[A-Za-z]*[a-z][A-Z]+[A-Za-z]*\s$")
"""`measured with vLLM`, before a version."""
_BEGINS_SENTENCE = re.compile(r"(?:^|[.!?:\n•*-])\s*$")
_REACHES = re.compile(
    r"(?:reach|achiev|scor|obtain|get|attain|yield|report|measur|record|gain|show|deliver|hit|average)(?:e?s|e?d|ing|e)?|got|had|has|gives?|gave",
    re.IGNORECASE,
)
_SAYS = re.compile(
    r"(?:[:=≈~]|\b(?:of|is|was|reach(?:e[sd])?|achieve[sd]?|scores?|scored|obtain(?:s|ed)?|gets?|got|attain(?:s|ed)?|yield(?:s|ed)?))\s?\**$",
    re.IGNORECASE,
)
_AFTER = re.compile(r"\s(?:(?:on|in|at|for) )?(?:the )?([\w+@-]{1,30})")
_ENDS = re.compile(r"\s*(?:$|[.,;:)\]|*]|(?:on|in|for|vs|and|or|with|at|after|while|when|over|to)\b|±|\+)")
_SENTENCE = re.compile(r"[.!?;](?=\s)|\n")


def of_prose(card: Card, block: Block, row_cites: tuple[str, ...] = (), *, sourced: bool = False) -> list[Figure]:
    """The figures of a passage in order; `sourced` says that a source stands by it already."""
    found = numbers(block.text)
    if not found:
        return []
    made: list[Figure] = []
    ends = [match.end() for match in _SENTENCE.finditer(block.text)]
    title = card.document.title(block.section)
    in_usage = bool(IN_USAGE.search(title))
    cites, linked = sources.cites(block), sourced or sources.has_source(block)
    at = 0
    for number in found:
        while at < len(ends) and ends[at] <= number.start:
            at += 1
        start = max(ends[at - 1] if at else 0, number.start - 160)
        stop = min(ends[at] if at < len(ends) else len(block.text), number.end + 120)
        sentence = block.text[start:stop].strip()
        if not _is_figure(number, block, sentence, in_usage=in_usage):
            continue
        label = block.label or sentence
        made.append(
            Figure(
                number, block.place(number.start, number.end), "list" if block.kind is Kind.ITEM else "text",
                label[:90], f"{block.label} {sentence}", f"{title} {sentence}", block.group, block.section, block, cites, row_cites,
                linked, metric=_said_metric(block, number),
                beside=beside.clause(block.text[start:stop], number.start - start, number.end - start),
                before=block.text[max(start, number.start - 60) : number.start],
            )
        )  # fmt: skip
    return made


def _said_metric(block: Block, number: Number) -> str:
    """The name of the metric where a passage has the form `name: value`."""
    head, colon, _ = block.text[: number.start].rpartition(":")
    if colon and "\n" not in head[-80:] and not block.text[len(head) + 1 : number.start].strip(" *~≈="):
        return re.split(r"[\n.;,(]", head)[-1].strip(" *-•")[:80]
    return ""


def _is_figure(number: Number, block: Block, sentence: str, *, in_usage: bool) -> bool:
    text = block.text
    near = text[max(0, number.start - 45) : number.start]
    linked = block.is_linked(number.start, number.start + 1) and not number.percent
    if number.after_plus_minus or block.is_code(number.start, number.end) or is_no_result(number, text) or linked:
        return False
    if _is_set(near.rpartition("\n")[2], block.label):
        return False
    if number.percent:
        return not in_usage or names.is_metric(sentence)
    if _CARBON.match(text, number.end):
        return True
    measured = names.is_metric(near) or names.is_metric(block.label)
    if not number.decimals:
        after = _AFTER.match(text, number.end)
        followed = bool(after and (names.metrics(after[1]) or names.is_benchmark(after[1])))
        return (measured or followed) and _says_value(text, number, followed=followed)
    if _is_part_of_name(number, text, near):
        return False
    return measured or (not in_usage and (names.is_metric(sentence) or bool(_UNIT.match(text, number.end))))


def _is_part_of_name(number: Number, text: str, near: str) -> bool:
    """`Common Voice 8.0`, or the number of a section at the beginning of a passage."""
    if number.start == 0:
        return text[number.end : number.end + 2].lstrip()[:1].isupper()
    if names.is_version(text, number.start) or _TOOL.search(near):
        return True
    named = _NAMED.search(near)
    ahead = text[max(0, number.start - 80) : number.start - len(named[1]) - 1] if named else ""
    if named and _REACHES.fullmatch(named[1]) and _BEGINS_SENTENCE.search(ahead):
        return False  # "Reaches 88.1 on MMLU", where the capital is that of a sentence
    return bool(named) and not names.is_metric(near.rsplit(maxsplit=1)[-1]) and number.decimals < 3


def _is_set(near: str, label: str) -> bool:
    """Whether the words before a number name something that is chosen."""
    if label and names.is_setting(label) and not names.is_metric(label):
        return True
    last = near[-28:]
    return names.is_setting(last) and not names.is_metric(last)


def _says_value(text: str, number: Number, *, followed: bool) -> bool:
    """Whether a whole number is said to be the value: `: 85`, `of 85 on`, `= 85`, `reaches 85`."""
    before = text[max(0, number.start - 14) : number.start]
    said = _SAYS.search(before)
    return bool(said and (followed or _ENDS.match(text, number.end))) and number.value < 1e6 and "e" not in number.text


def is_no_result(number: Number, text: str) -> bool:
    """What only looks like a result: a confidence level, a number of parameters, a version, `100 % open`."""
    after = text[number.end : number.end + 40]
    before = text[max(0, number.start - 24) : number.start]
    if number.percent and (_CONFIDENCE.match(after) or (number.value == 100 and _WHOLE.match(after))):
        return True
    if _STANDARD.match(after) and abs(number.value) in (1.96, 1.0, 1.645, 2.58):
        return True
    if _PARAMETERS.match(after) or BEFORE.search(before):
        return True
    if (
        number.decimals == 1
        and number.value.is_integer()
        and re.search(r"[A-Za-z] $", before)
        and not names.ends_in_metric(before)
    ):
        return True  # AlpacaEval 2.0, Apache 2.0
    return bool(re.search(r"[(\[]\s*$", before) and number.value in (0.0, 1.0))
