"""A card without a fault, and the same with one made in it."""

from __future__ import annotations

from pathlib import Path

from governance.linting.findings import Finding, Level, Report
from governance.linting.known import Known, Source, Value
from governance.linting.lint import lint

CARDS = Path(__file__).parent / "cards"
WHOLE = (CARDS / "whole.md").read_text("utf-8")


def changed(old: str, new: str) -> str:
    """The whole card with one thing changed."""
    assert WHOLE.count(old) == 1, f"{old!r} stands {WHOLE.count(old)} times in the card"
    return WHOLE.replace(old, new)


def added(text: str) -> str:
    """The whole card with a passage at its end."""
    return f"{WHOLE}\n{text}\n"


def report(text: str | bytes, known: Known | None = None) -> Report:
    """The report on a card."""
    return lint(text if isinstance(text, bytes) else text.encode(), "card.md", known)


def found(text: str | bytes, rule: str, known: Known | None = None) -> list[Finding]:
    """The findings of one rule."""
    return [each for each in report(text, known).findings if each.rule == rule]


def graver(made: Report) -> list[str]:
    """The rules of findings graver than a note."""
    return [each.rule for each in made.findings if each.level is not Level.NOTE]


def body(text: str) -> str:
    """A card with a head that has no fault and this text."""
    return f"---\nlanguage: en\nlicense: mit\n---\n# Elm\n\n{text}\n"


def value(number: float, task: str = "desk_qa", metric: str = "acc", **more: object) -> Value:
    """A result on record."""
    fields: dict[str, object] = {"by": "ev-00000000000000000001", "at": "/results/0/value", "of": "candidate", **more}
    return Value(number, names=(task, metric), task=task, metric=metric, **fields)  # type: ignore[arg-type]


def known(*values: Value, **more: object) -> Known:
    """A system with these values, each from a piece that is fresh unless `sources` says otherwise."""
    sources = {each.by: Source("eval-run.v1") for each in values} | dict(more.pop("sources", {}))  # type: ignore[call-overload]
    return Known("elm-desk", values, sources, ids=frozenset(sources), **more)  # type: ignore[arg-type]
