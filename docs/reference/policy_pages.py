"""The policies that ship, and the words that a policy and a plan are written in, from their nouns."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from content_pages import cell

from governance.domain import conditions
from governance.domain.conditions import VOCABULARY, Condition
from governance.domain.plan import PlannedSuite
from governance.domain.policy import Envelope, FiguresRule, Policy, PolicyExample

if TYPE_CHECKING:
    from pydantic import BaseModel

    from governance.domain.catalogue import Catalogue

_OWN = ("id", "why", "tiers")
_NAMED = {
    "Condition": "conditions", "Envelope": "envelopes", "FiguresRule": "rules", "PolicyExample": "examples",
    "MetricBound": "what `metric` takes", "NonInferior": "what `non_inferior` takes",
}  # fmt: skip
_BOUNDS = {"minimum": "≥ {}", "exclusiveMinimum": "> {}", "maximum": "≤ {}", "exclusiveMaximum": "< {}"}


def pages(catalogue: Catalogue) -> dict[str, str]:
    """Both pages by file name."""
    return {"policies.md": _policies(catalogue), "policy-words.md": _words()}


def _policies(catalogue: Catalogue) -> str:
    lines = ["# Policies\n", "What each word asks: [Words of a policy](policy-words.md).\n"]
    for policy in catalogue.policies.values():
        lines.append(f"## `{policy.id}`: {policy.title}\n\n{policy.why}\n")
        lines += [f"- `{condition.id}` (`{condition.word}`): {condition.why}" for condition in policy.conditions]
        lines.append("")
    return "\n".join(lines)


def _words() -> str:
    lines = [
        "# Words of a policy\n",
        "A condition has an `id`, a `why`, perhaps `tiers`, and exactly one of the words below. Each answers yes, no or could-not-tell.",
        "What has no default must be given.\n",
        inspect.cleandoc(conditions.__doc__ or "").split("\n", 1)[1].strip() + "\n",
        _table(Condition, _OWN),
    ]
    for word in VOCABULARY:
        noun = _noun_of(word)
        lines += [f"## `{word}`\n", f"{_said(noun)}\n", _table(noun)]
    lines += ["## The policy around them\n", f"{_said(Policy)}\n", _table(Policy)]
    for title, noun in (("An envelope", Envelope), ("A rule on figures", FiguresRule), ("An example", PolicyExample)):
        lines += [f"## {title}\n", f"{_said(noun)}\n", _table(noun)]
    lines += [
        "## A suite of a plan\n",
        f"{_said(PlannedSuite)} A plan is a list of them under `suites`, sealed with `govern plan`.\n",
        _table(PlannedSuite),
    ]
    return "\n".join(lines)


def _noun_of(word: str) -> type[BaseModel]:
    (name,) = [
        name
        for name, noun in inspect.getmembers(conditions, inspect.isclass)
        if noun in getattr(Condition.model_fields[word].annotation, "__args__", ())
    ]
    noun: type[BaseModel] = getattr(conditions, name)
    return noun


def _said(noun: type[BaseModel]) -> str:
    """The docstring of a noun as paragraphs."""
    return inspect.cleandoc(noun.__doc__ or "")


def _table(noun: type[BaseModel], only: tuple[str, ...] = ()) -> str:
    schema = noun.model_json_schema()
    needed = schema.get("required", [])
    rows = ["| field | takes | default | |", "|---|---|---|---|"]
    for name, field in schema["properties"].items():
        if not only or name in only:
            default = "" if name in needed else f"`{_default(field)}`"
            rows.append(
                f"| `{name}` | {cell(_takes(field, schema))} | {default} | {cell(field.get('description', ''))} |"
            )
    return "\n".join(rows) + "\n"


def _default(field: dict[str, Any]) -> str:
    value = field.get("default")
    if value in (None, [], {}):
        return "none"
    return (
        str(value).lower() if isinstance(value, bool) else ", ".join(value) if isinstance(value, list) else str(value)
    )


def _takes(field: dict[str, Any], schema: dict[str, Any]) -> str:
    """What a field takes, in words."""
    if "$ref" in field:
        name = field["$ref"].rpartition("/")[2]
        field = schema["$defs"][name]
        if "properties" in field:
            return _NAMED.get(name, "") or ", ".join(f"`{each}`" for each in field["properties"])
    if "anyOf" in field:
        return " or ".join(dict.fromkeys(_takes(each, schema) for each in field["anyOf"] if each.get("type") != "null"))
    if "const" in field:
        return f"`{str(field['const']).lower()}`"
    if "enum" in field:
        return ", ".join(f"`{each}`" for each in field["enum"])
    if field.get("type") == "array":
        least = " (one at least)" if field.get("minItems") else ""
        return f"list of {_takes(field['items'], schema)}{least}"
    if field.get("type") == "object":
        inner = field.get("additionalProperties")
        return f"mapping to {_takes(inner, schema)}" if isinstance(inner, dict) else "mapping"
    bounds = " and ".join(said.format(f"{field[name]:g}") for name, said in _BOUNDS.items() if name in field)
    kind = {
        "string": "date" if field.get("format") == "date" else "text",
        "boolean": "true, false",
        "integer": "whole number",
    }
    return f"{kind.get(field.get('type', ''), 'number')} {bounds}".strip()
