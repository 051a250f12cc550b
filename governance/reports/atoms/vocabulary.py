"""The vocabulary: every word of ours that Python prints into documents, for whoever translates.

Templates carry their own words. What they print beside them and is ours all the same stands in `words`: names of standings, levels and
families, terms of the glossary. The sentences that judgement makes stand in `sentences`. Builders write theirs as `phrase("…")`, and
their labels as the first argument of `said`, `figure` and so on, and what a claim may choose from as a mapping; those are found in the
source text, and are for the translator's file alone. An outline is words of ours too: what its source is called, its note, its headings,
what each point asks and the labels of its answers.
"""

from __future__ import annotations

import ast
import dataclasses
from typing import TYPE_CHECKING

from governance.parsing import strict_yaml
from governance.reports.atoms import sentences, words
from governance.reports.atoms.views import Status, Term

if TYPE_CHECKING:
    from collections.abc import Iterator

LABELLED = (
    "phrase", "said", "Status", "fact", "figure", "ceiling", "length", "total", "difference", "choice", "listed",
    "tally", "counted", "count_of", "words", "say",
)  # fmt: skip
"""Callables whose first argument is a word of ours."""

_OF_AN_OUTLINE = ("title", "note", "asks", "person", "label")
_NOT_WORDS = {"SAFETY_PURPOSES", "EXPECTED_PURPOSES"}
PRINTED = ("not evidenced", "yes", "no")
"""What the printers say by themselves."""
ELSEWHERE = (
    "controls", "requirements", "Controls", "All controls", "All requirements",
    "full", "part", "none", "document", "record", "candidate", "base", "reference", "system", "not stated",
    "nobody", "no clock", "standard errors",
    "Other", "trainer", "evaluator", "threshold author", "avoid", "mitigate", "share", "accept",
    "not started", "planned", "partial", "implemented",
    "evidence", "sign-off", "risk review", "document review", "condition", "retest",
    "higher is better", "lower is better", "direction not stated",
    "Inherent, before any control", "Residual, after met controls",
    "identity over every file of the release folder and the parts named with it",
    "identity over the files a loader reads; no release was named",
    "Not in this framework", "nobody owns it", "no day is set", "the framework has no such requirement",
    "this framework does not accept that a thing is recorded as not measurable",
    "A person judges what the controls leave open.",
    "No control answers it; write one of your own, or record what is done by hand.",
    "A control counts as met only where evidence of the right kind, subject and age says so.",
    (
        "Where coverage is partial, met means that the mapped controls are met and not that the requirement is fulfilled: "
        "that remains a person's judgement."
    ),
)  # fmt: skip
"""Words of closed lists that stand beside other code, and that templates print by the filter `label`."""


def words_to_translate() -> tuple[str, ...]:
    """Every word in `words` and `sentences`, each once, sorted: of a status its word, of a term both texts, of a command what it does."""
    found = {*PRINTED, *ELSEWHERE, *sentences.messages()}
    for name, value in vars(words).items():
        if name.isupper() and name not in _NOT_WORDS:
            found.update(_words_in(value))
    return tuple(sorted(found))


def _words_in(value: object) -> Iterator[str]:
    if isinstance(value, Status):
        yield value.word
    elif isinstance(value, Term):
        yield from (value.word, value.says)
    elif isinstance(value, dict):
        for each in value.values():
            yield from _words_in(each)
    elif isinstance(value, tuple):
        for each in value:
            yield from _words_in(each[1] if isinstance(each, tuple) else each)
    elif isinstance(value, str):
        yield value
    elif dataclasses.is_dataclass(value):
        raise TypeError(f"words hold a {type(value).__name__}, and nobody said which of its texts are printed")


def words_in_outline(data: bytes, where: str) -> Iterator[str]:
    """The words of an outline that are printed, in the order of print. Raises `UnreadableError` for what is no YAML."""
    yield from _printed(strict_yaml.loads(data, where=where))


def _printed(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for name, each in value.items():
            if name in _OF_AN_OUTLINE and isinstance(each, str):
                yield each
            elif name == "source" and isinstance(each, dict):
                yield from (each[named] for named in ("name", "version") if isinstance(each.get(named), str))
            elif name != "checked":
                yield from _printed(each)
    elif isinstance(value, list):
        for each in value:
            yield from _printed(each)


def words_in_source(source: str) -> Iterator[tuple[int, str]]:
    """(line, word) of each fixed word that a builder's source text hands to a label, a phrase, a term or a choice.

    What a claim may choose from is a mapping that has a name in the same file.
    """
    tree = ast.parse(source)
    mappings = {
        target.id: node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = getattr(node.func, "attr", None) or getattr(node.func, "id", None)
        said: list[ast.expr] = node.args if name == "Term" else node.args[:1] if name in LABELLED else []
        chosen = node.args[-1]
        if name == "choice" and isinstance(chosen, ast.Name) and chosen.id in mappings:
            said = [*said, *mappings[chosen.id].values]
        yield from (
            (each.lineno, each.value) for each in said if isinstance(each, ast.Constant) and isinstance(each.value, str)
        )
