"""The head of a card: whether it can be read, whether each field has the form the Hub reads, and whether it says anything.

What the Hub would refuse is an error, what it would misread or pass over a warning. Only forms are checked: whether an id exists is a
question for a network.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from governance.domain.base import is_placeholder
from governance.linting import fields, licence, model_index, rules
from governance.linting.findings import Level, Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from governance.linting.card import Card
    from governance.linting.findings import Finding

_ID = re.compile(r"(?:[A-Za-z0-9][\w.-]{0,95}/)?[A-Za-z0-9][\w.-]{0,95}", re.ASCII)
_OWNED = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}", re.ASCII)
_CODE = re.compile(r"[a-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,3}")
_FINE_TUNED = re.compile(
    r"\bfine-?tuned (?:version|variant|from|on top) |\badapter for\b|\bfinetuned from\b|\bquantized version of\b",
    re.IGNORECASE,
)
_MADE_FROM = re.compile(r"lora|qlora|adapter|peft|quantized|gguf|merge|mergekit|base_model:.*", re.IGNORECASE)
_GRAMS = re.compile(r"(?:g|grams?|gco2\w*)$", re.IGNORECASE)
_OTHER_UNIT = re.compile(r"[0-9]\s*(kg|kilo\w*|t|tons?|tonnes?|lbs?|mg)\b", re.IGNORECASE)
_CARBON = re.compile(
    r"(?<![0-9.,])([0-9][0-9,.]{0,30})\s{0,3}(kg|t|tons?|tonnes?|g|grams?)(?:\s{1,3}(?:of|eq\.?))?\s{0,3}(?:CO\s?[2₂]|carbon)",
    re.IGNORECASE,
)
_PLAIN_NUMBER = re.compile(r"[0-9][0-9_]{0,30}(?:\.[0-9]{1,30})?(?:[eE][+-]?[0-9]{1,2})?")
"""`24_700_000` and `1e6` are numbers to readers of YAML that are less strict than ours."""
_KEY = re.compile(r"[A-Za-z_-]{2,40}:(?:\s|$)")
_FACTORS = {"kg": 1e3, "t": 1e6, "g": 1.0}


def check(card: Card) -> Iterator[Finding]:
    """Every finding on the head."""
    head = card.head
    if not head.present:
        yield rules.finding("card/front-matter-missing", "The card has no head of metadata.", Place(1), subject="head")
        return
    if head.problem:
        line = head.problem_line
        yield rules.finding(
            "card/front-matter", f"The head can not be read: {head.problem}.", Place(line, 1, line, 2), subject="head"
        )
        return
    yield from _second_head(card)
    if head.padded:
        yield rules.finding(
            "card/front-matter", "Blanks follow the `---` that opens the head; the Hub reads no head there.", head.place(),
            subject="padded", remedy="Take the blanks out.",
        )  # fmt: skip
    for name, value in head.fields.items():
        yield from _field(card, name, value)
    for check_one in (_language, _task, _base, _relation, _data_sets, _emissions):
        yield from check_one(card)
    yield from model_index.check(card)


def _second_head(card: Card) -> Iterator[Finding]:
    """A second block of metadata right below the first, as tools leave it that write a head without reading the one there is."""
    below = [
        (number, line.strip())
        for number, line in enumerate(card.lines[card.head.lines : card.head.lines + 60], card.head.lines + 1)
    ]
    said = [(number, line) for number, line in below if line]
    if len(said) > 2 and said[0][1] == "---" and _KEY.match(said[1][1]) and any(line == "---" for _, line in said[2:]):
        yield rules.finding(
            "card/front-matter", "A second head follows the first; the Hub reads only the first and shows this one as text.",
            Place(said[0][0]), subject="second head",
        )  # fmt: skip


def _field(card: Card, name: str, value: Any) -> Iterator[Finding]:
    place = card.head.place(name)
    meant = fields.MISSPELT.get(name)
    if meant and meant not in card.head.fields and (name, value) != ("licence", "license"):
        yield rules.finding(
            "card/field-misspelt", f"`{name}` is read by nobody; the Hub reads `{meant}`.", place, subject=name
        )
    forms = fields.FORMS.get(name)
    if name == "licence" or (forms and fields.TEXT in forms):
        yield from _placeholder(card, name, value)
    if forms and value is not None and not any(_has_form(value, form) for form in forms):
        yield rules.finding(
            "card/field-type", f"`{name}` is {_form_of(value)}; the Hub reads {' or '.join(_a(form) for form in forms)}.", place,
            subject=name, level=None if name in ("model-index", "base_model", "license", "co2_eq_emissions") else Level.WARNING,
        )  # fmt: skip


def _placeholder(card: Card, name: str, value: Any) -> Iterator[Finding]:
    """A field, or one of its values, that says nothing."""
    values = value if isinstance(value, list) else [value]
    for at, one in enumerate(values):
        said = "None" if one is None else str(one).strip() if isinstance(one, str) else ""
        if one is not None and not isinstance(one, str):
            continue
        empty = not said or is_placeholder(said) or said.lower() in fields.FILLED_IN or "{{" in said
        if name == "license_link" and said.lower() == "license":
            continue  # the Hub's word for a link to the file of that name
        if name in ("license", "language") and said.lower() in ("unknown", "unk"):
            continue
        if (
            name in ("thumbnail", "extra_gated_prompt", "inference")
            or not empty
            or (len(said) == 1 and name == "metrics")
        ):
            continue
        place = card.head.place(name, at) if isinstance(value, list) else card.head.place(name)
        written = "nothing" if one is None or not said else f"“{said[:40]}”"
        yield rules.finding(
            "card/placeholder-field", f"`{name}` holds {written}, which tells nothing.", place, subject=f"{name}={said}",
            level=Level.WARNING if one is None or not said else None,
        )  # fmt: skip


def _has_form(value: Any, form: str) -> bool:
    if form == fields.TEXT:
        return isinstance(value, str)
    if form == fields.TEXTS:
        return isinstance(value, list) and all(isinstance(each, str) or each is None for each in value)
    if form == fields.NUMBER:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if form == fields.YES_NO:
        return isinstance(value, bool)
    return isinstance(value, Mapping if form == fields.MAPPING else list)


def _form_of(value: Any) -> str:
    if isinstance(value, bool):
        return "yes or no"
    if isinstance(value, list):
        other = next((each for each in value if not isinstance(each, str) and each is not None), None)
        return f"a list with {_form_of(other)} in it" if other is not None else "a list"
    names = {str: "a text", int: "a number", float: "a number", dict: "a mapping"}
    return names.get(type(value), "a date")


def _a(form: str) -> str:
    return form if form == fields.YES_NO else f"a {form}"


def _listed(value: Any) -> list[tuple[int | None, Any]]:
    if isinstance(value, list):
        return list(enumerate(value))
    return [] if value is None else [(None, value)]


def _place(card: Card, name: str, at: int | None) -> Place:
    return card.head.place(name) if at is None else card.head.place(name, at)


def _language(card: Card) -> Iterator[Finding]:
    for at, value in _listed(card.head.fields.get("language")):
        place = _place(card, "language", at)
        if isinstance(value, bool):
            yield rules.finding(
                "card/language", "`language` holds yes or no, and no code of a language.", place, subject=str(value)
            )
            continue
        code = str(value).strip()
        path = ("language",) if at is None else ("language", at)
        if code in fields.READ_AS_NO and path in card.head.plain:
            yield rules.finding(
                "card/language", f"`{code}` without quotes is read as yes or no by older readers of YAML; write '{code}'.", place,
                subject=code, level=Level.NOTE,
            )  # fmt: skip
        if not code or is_placeholder(code) or code in ("multilingual", "code", "unk", "noinfo"):
            continue
        main = code.split("-")[0].split("_")[0]
        known = main in fields.LANGUAGES if len(main) == 2 else len(main) == 3
        if not _CODE.fullmatch(code) or not known:
            yield rules.finding("card/language", f"“{code[:40]}” is no code of a language.", place, subject=code)


def _task(card: Card) -> Iterator[Finding]:
    task = card.head.fields.get("pipeline_tag")
    if isinstance(task, str) and task.strip() and task not in fields.TASKS:
        yield rules.finding(
            "card/pipeline-tag",
            f"`pipeline_tag: {task[:60]}` is no task of the Hub.",
            card.head.place("pipeline_tag"),
            subject=task,
        )


def _base(card: Card) -> Iterator[Finding]:
    for at, value in _listed(card.head.fields.get("base_model")):
        name = str(value or "").strip()
        if not name or is_placeholder(name) or name.lower() in fields.FILLED_IN:
            continue  # a placeholder, found as one
        if not _ID.fullmatch(name.removeprefix("https://huggingface.co/")):
            yield rules.finding(
                "card/base-model", f"`base_model: {name[:80]}` is a path or a phrase, and no id of the Hub.",
                _place(card, "base_model", at), subject=name,
            )  # fmt: skip
    if "base_model" in card.head.fields:
        return
    said = next((block for block in card.blocks if block.kind != "code" and _FINE_TUNED.search(block.text)), None)
    tags = card.head.fields.get("tags")
    tagged = [str(tag) for tag in tags if _MADE_FROM.fullmatch(str(tag))] if isinstance(tags, list) else []
    if said is not None:
        yield rules.finding(
            "card/base-model", "The text says that the model was made from another, and the head names no `base_model`.", said.place(),
            subject="not named",
        )  # fmt: skip
    elif tagged:
        yield rules.finding(
            "card/base-model", f"The tag `{tagged[0][:40]}` says that the model was made from another, and the head names no `base_model`.",
            card.head.place("tags"), subject="not named",
        )  # fmt: skip


def _relation(card: Card) -> Iterator[Finding]:
    relation = card.head.fields.get("base_model_relation")
    if relation is None:
        if licence.bases(card.head.fields):
            yield rules.finding(
                "card/base-model-relation", "The head names a base and not how the model was made from it.", card.head.place("base_model"),
                subject="relation",
            )  # fmt: skip
    elif isinstance(relation, str) and relation not in fields.RELATIONS:
        yield rules.finding(
            "card/base-model-relation", f"`base_model_relation: {relation[:40]}` is none of {', '.join(sorted(fields.RELATIONS))}.",
            card.head.place("base_model_relation"), subject=relation, level=Level.ERROR,
        )  # fmt: skip


def _data_sets(card: Card) -> Iterator[Finding]:
    for at, value in _listed(card.head.fields.get("datasets")):
        name = str(value or "").strip()
        if not name or is_placeholder(name) or name.lower() in fields.FILLED_IN:
            continue
        if not _ID.fullmatch(name.removeprefix("https://huggingface.co/datasets/")) or name.endswith(
            (".json", ".jsonl", ".csv", ".parquet", ".txt")
        ):
            yield rules.finding(
                "card/datasets",
                f"“{name[:80]}” among `datasets` is no id of the Hub.",
                _place(card, "datasets", at),
                subject=name,
            )


def _emissions(card: Card) -> Iterator[Finding]:
    stated = card.head.fields.get("co2_eq_emissions")
    if stated is None:
        return
    place = card.head.place("co2_eq_emissions")
    value = stated.get("emissions") if isinstance(stated, Mapping) else stated
    if isinstance(value, str) and value.strip() and not _PLAIN_NUMBER.fullmatch(value):
        unit = _OTHER_UNIT.search(value)
        why = f"is in {unit[1]}" if unit else ("has its unit written out" if _GRAMS.search(value) else "is a text")
        yield rules.finding(
            "card/co2",
            f"`emissions: {value[:40]}` {why}; the Hub reads a number of grams.",
            place,
            subject="unit",
            level=Level.ERROR,
        )
    elif isinstance(value, str) and value.strip():
        yield from _units(card, float(value.replace("_", "")), place)
    elif isinstance(value, bool) or not isinstance(value, (int, float)):
        yield rules.finding(
            "card/co2", "`co2_eq_emissions` holds no number of grams.", place, subject="none", level=Level.ERROR
        )
    elif not value >= 0:
        yield rules.finding(
            "card/co2",
            f"`emissions: {value}` can not be an amount of grams.",
            place,
            subject="negative",
            level=Level.ERROR,
        )
    else:
        yield from _units(card, float(value), place)
    source = stated.get("source") if isinstance(stated, Mapping) else None
    if not isinstance(source, str) or is_placeholder(source):
        yield rules.finding(
            "card/co2",
            "`co2_eq_emissions` has no source that says where the number comes from.",
            place,
            subject="source",
        )


def _units(card: Card, grams: float, place: Place) -> Iterator[Finding]:
    """The same digits in the text with another unit: then one of the two is wrong by a thousand or more."""
    if grams == 0:
        return
    for block in card.blocks:
        for match in _CARBON.finditer(block.text) if block.kind != "code" else ():
            factor = _FACTORS["kg" if match[2].lower() == "kg" else match[2][0].lower()]
            try:
                said = float(match[1].rstrip(".,").replace(",", ""))
            except ValueError:
                continue
            if factor > 1 and said and abs(said - grams) <= 0.005 * grams:
                yield rules.finding(
                    "card/co2",
                    f"The text says {match[0].strip()} and the head says {grams:g} grams, the same digits in another unit.",
                    place, subject="unit", level=Level.ERROR,
                )  # fmt: skip
                return
