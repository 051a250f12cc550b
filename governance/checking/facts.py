"""Ids, order and counts against a list of facts that somebody else keeps.

A folder of facts holds one JSON file a framework, named after its id: `{"requirements": [ids in the order of the source],
"counts": {prefix: how many}, "titles": {id: title}, "previous": {id: [earlier ids]}, "tags": {id: {name: [values]}}, "references":
[ids], "source": …}`; only `requirements` and `source` must be there. The list is not made from our files, which is what makes it worth
comparing. What a framework leaves out by name, with a reason, is accounted for.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from governance.content.references import home
from governance.domain import faults
from governance.errors import UnreadableError
from governance.parsing import strict_json

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from governance.domain.catalogue import Catalogue

    Fault = tuple[str, tuple[str | int, ...], str]


def _each_once(numbers: list[str]) -> list[str]:
    for number, times in Counter(numbers).items():
        if times > 1:
            raise ValueError(f"{number} stands there {times} times")
    return numbers


class _Shape(BaseModel):
    """What is compared; a list may say more for its own readers."""

    model_config = ConfigDict(strict=True)

    source: str
    requirements: Annotated[list[str], AfterValidator(_each_once)]
    counts: dict[str, int] = {}
    titles: dict[str, str] = {}
    previous: dict[str, list[str]] = {}
    tags: dict[str, dict[str, list[str]]] = {}
    references: list[str] = []


def read(folder: Path) -> dict[str, dict[str, Any]]:
    """The facts in a folder, by framework. Raises `UnreadableError` for a file that is none, and for an empty folder."""
    found = {}
    for path in sorted(folder.glob("*.json")):
        try:
            value = strict_json.loads(path.read_bytes(), where=str(path))
            _Shape.model_validate(value)
        except OSError as error:
            raise UnreadableError(f"can not be read: {error.strerror}", where=str(path)) from None
        except ValidationError as error:
            raise UnreadableError(f"no list of facts: {faults.first(error, 'the file')}", where=str(path)) from None
        found[path.stem] = value
    if not found:
        raise UnreadableError("there are no lists of facts here", where=str(folder), hint="One JSON file a framework.")
    return found


def compare(catalogue: Catalogue, facts: dict[str, dict[str, Any]]) -> Iterator[Fault]:
    """Every difference between the catalogue and the facts."""
    for framework_id, fact in facts.items():
        if framework_id in catalogue.frameworks:
            yield from _numbers(catalogue, framework_id, fact)
            yield from _rows(catalogue, framework_id, fact)
        else:
            path = f"controls/frameworks/{framework_id}/framework.yaml"
            yield path, (), f"the facts list {framework_id}, and there is no such framework"


def _numbers(catalogue: Catalogue, framework_id: str, fact: dict[str, Any]) -> Iterator[Fault]:
    path = f"controls/frameworks/{framework_id}/framework.yaml"
    ours = [row.id for row in catalogue.requirements[framework_id]]
    set_aside = catalogue.frameworks[framework_id].left_out
    theirs = [number for number in fact["requirements"] if number not in set_aside]
    for number in set_aside:
        if number not in fact["requirements"]:
            yield path, ("left_out", number), f"the facts do not have {number}"
    for number in theirs:
        if number not in ours:
            yield path, (), f"the facts have {number}, and it is missing here"
    for number in ours:
        if number not in theirs:
            yield path, (), f"the facts do not have {number}"
    if sorted(ours) == sorted(theirs) and ours != theirs:
        first = next(here for here, there in zip(ours, theirs, strict=True) if here != there)
        yield path, (), f"the order differs from the facts, first at {first}"
    for prefix, count in fact.get("counts", {}).items():
        found = sum(number.startswith(prefix) for number in ours)
        if found != count:
            yield path, (), f"{found} begin with {prefix}, and the facts say {count}"
    listed = [reference.id for reference in catalogue.frameworks[framework_id].references]
    if "references" in fact and listed != fact["references"]:
        yield path, ("references",), "the references are not those of the facts"


def _rows(catalogue: Catalogue, framework_id: str, fact: dict[str, Any]) -> Iterator[Fault]:
    for row in catalogue.requirements[framework_id]:
        path = home(catalogue, framework_id, row)
        title = fact.get("titles", {}).get(row.id)
        if title is not None and row.title != title:
            yield path, ("title",), f"the facts call {row.id} {title!r}"
        previous = fact.get("previous", {}).get(row.id)
        if previous is not None and list(row.previous) != previous:
            yield path, ("previous",), f"the facts say that {row.id} was {', '.join(previous)}"
        for name, values in fact.get("tags", {}).get(row.id, {}).items():
            if sorted(row.tags.get(name, ())) != sorted(values):
                yield path, ("tags", name), f"the facts tag {row.id} with {', '.join(values) or 'nothing'}"
