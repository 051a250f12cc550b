"""What an example of a policy says in short, as whole values: another example it is like, pieces of evidence, requirements."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from governance.domain.assessment import RequirementResult
from governance.domain.control import Standing
from governance.parsing import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from governance.domain.catalogue import Catalogue
    from governance.domain.policy import Policy, PolicyExample

WORDS = frozenset(
    {"controls", "results", "pairs", "groups", "risks", "appetite", "findings", "signed", "later", "duties", "tier", "like",
     "planned", "requirements"}
)  # fmt: skip
"""What an example of a policy may say; see `PolicyExample`."""
CANDIDATE, APPROVED = "candidate", "approved"
_MADE_BY: dict[str, Any] = {
    "harness": {"name": "example", "version": "1"},
    "model": {"name": "example", "digest": None},
}


@dataclass(frozen=True)
class Made:
    """A piece of evidence that an example describes: its kind, whom it is about, how many days before the day, and its body."""

    kind: str
    about: str
    days: int
    body: dict[str, Any]


def whole(policy: Policy, example: PolicyExample, catalogue: Catalogue) -> dict[str, Any]:
    """What is given, with what it has of the example that it is `like`.

    Mappings go together, everything else stands instead, and null takes away. Raises `ValueError` for a field,
    a control or an example that there is not.
    """
    given = dict(example.given)
    name = given.pop("like", None)
    if name is not None:
        found = next((each.given for each in policy.examples if each.name == name), None)
        if found is None or "like" in found:
            raise ValueError(f"given is like {name!r}, and there is no such example that stands alone")
        given = {word: value for word, value in merged(dict(found), given).items() if value is not None}
    unknown = set(given) - WORDS
    if unknown:
        raise ValueError(f"given has unknown fields {sorted(unknown)}")
    strangers = set(given.get("controls", {})) - set(catalogue.controls)
    if strangers:
        raise ValueError(f"given names controls that are not there: {sorted(strangers)}")
    return given


def merged(held: dict[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """One mapping over another. Mappings within go together, and everything else stands instead."""
    both = {
        name: merged(held[name], value) if isinstance(value, dict) and isinstance(held.get(name), dict) else value
        for name, value in over.items()
    }
    return held | both


def measured(given: Mapping[str, Any]) -> list[Made]:
    """The evidence in the order in which it came in: results, groups, pairs. The same results of the candidate are one run."""
    made = [*map(of_result, given.get("results", ())), *map(_of_groups, given.get("groups", ()))]
    for row in given.get("pairs", ()):
        made += [each for each in _of_pairs(row) if each.about != CANDIDATE or each not in made]
    return made


def of_result(row: dict[str, Any]) -> Made:
    """One result as a run."""
    said = {key: value for key, value in row.items() if key not in ("about", "days")}
    result = {"stderr": None, "n": None, **said}
    return _made("eval-run.v1", row, {**_MADE_BY, "results": [result]})


def _made(kind: str, row: Mapping[str, Any], body: dict[str, Any]) -> Made:
    return Made(kind, row.get("about", CANDIDATE), int(row.get("days", 0)), body)


def _of_groups(row: dict[str, Any]) -> Made:
    """Results for groups; the whole is over all their cases."""
    groups = [{"stderr": None, **each} for each in row["groups"]]
    n = sum(each["n"] for each in groups)
    overall = {"n": n, "value": sum(each["n"] * each["value"] for each in groups) / n if n else None}
    body = {name: value for name, value in row.items() if name not in ("about", "days")}
    body = (
        {"tool": {"name": "example", "version": "1"}, "higher_is_better": True, "overall": overall}
        | body
        | {"groups": groups}
    )
    return _made("subgroup-results.v1", row, body)


def _of_pairs(row: dict[str, Any]) -> Iterator[Made]:
    """Results of the candidate and of what it is held against on the same items, with the samples they rest on."""
    counts = [(row["both"], 1, 1), (row["gained"], 1, 0), (row["lost"], 0, 1), (row["neither"], 0, 0)]
    scores = [each[1:] for each in counts for _ in range(each[0])]
    items = _items(row["task"], len(scores))
    for side, about in enumerate((CANDIDATE, row.get("against", "base"))):
        own, n = [float(pair[side]) for pair in scores], len(scores)
        value = sum(own) / n if n else None
        result = {"task": row["task"], "metric": row["metric"], "value": value, "n": n, "higher_is_better": True}
        columns = {"id": list(range(n)), "doc_sha256": list(items), row["metric"]: own}
        digest = canonical.digest([pair[side] for pair in scores])  # 1.0 is spelt 1
        samples = {**_MADE_BY, "task": row["task"], "n": n, "columns": columns, "columns_digest": digest}
        said = {"about": about, "days": row.get("days", 0)}
        yield of_result({**result, **said})
        yield _made("eval-samples.v1", said, samples)


@lru_cache(maxsize=64)
def _items(task: str, n: int) -> tuple[str, ...]:
    """Digests of the questions of a task. Examples of a policy ask the same ones."""
    return tuple(canonical.sha256(f"{task} {place}".encode()) for place in range(n))


def requirements(given: Mapping[str, Any], catalogue: Catalogue, on: date) -> tuple[RequirementResult, ...]:
    """Every requirement of the frameworks that are named; one that is not named is missing. Raises `ValueError` for a strange number."""
    return tuple(
        row for name, said in given.get("requirements", {}).items() for row in _of_framework(name, said, catalogue, on)
    )


def _of_framework(name: str, said: Mapping[str, str], catalogue: Catalogue, on: date) -> Iterable[RequirementResult]:
    frame = catalogue.framework(name, on)
    rows = catalogue.requirements[frame.id]
    strangers = set(said) - {row.id for row in rows}
    if strangers:
        raise ValueError(f"given names requirements that {frame.id} does not have: {sorted(strangers)}")
    for row in rows:
        yield RequirementResult(
            framework=frame.id, id=row.id, title=row.title, group=row.group, standing=Standing(said.get(row.id, "missing")),
            coverage="full", reasons=("as the example says",), controls=tuple(met.control for met in row.met_by),
        )  # fmt: skip
