"""The self-test of content: everything that is wrong, and everything worth a look.

*Faults* are what must be mended: a file that can not be read, a name that leads nowhere, an example that does not come to what it
says, a number that the facts do not have, a sentence that is not ours. *Notes* are for a person: what nothing leans on, an
older word in a policy, a number of an earlier edition without a successor, a pair that a crosswalk leaves out, a check that is a year old.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from governance.checking import examples, facts, templates, wording
from governance.content import graph, loader, policy_references
from governance.content.problems import Problem
from governance.parsing import strict_yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date

    from governance.domain.catalogue import Catalogue

_RUN: list[tuple[Catalogue, tuple[examples.Fault, ...]]] = []  # what the examples of a catalogue came to
_RUN_AT_MOST = 2
CHECK_HOLDS_FOR = timedelta(days=365)


@dataclass(frozen=True)
class Report:
    """What the self-test found."""

    catalogue: Catalogue
    faults: tuple[Problem, ...]
    notes: tuple[str, ...]
    texts: tuple[str, ...]
    facts: tuple[str, ...]


def check(
    files: Mapping[str, bytes],
    on: date,
    *,
    official: Mapping[str, bytes] | None = None,
    listed: dict[str, dict[str, Any]] | None = None,
    parse: Callable[[bytes, str], Any] | None = None,
    replaced: Sequence[tuple[str, str]] = (),
    strays: Sequence[Problem] = (),
) -> Report:
    """Check content files. `official` holds `.runs` files by name, `listed` the facts; without them those are not compared.

    `replaced` and `strays` are what `places` found of the folders: (path, whose) of what one has over another, and what is passed over.
    """
    catalogue, problems = loader.survey(files, parse)
    held = wording.Wording(tuple(wording.read(name, data) for name, data in (official or {}).items()))
    found = [*problems, *strays, *templates.faults(files)]
    if not problems:
        faults = [*_examples(catalogue), *(facts.compare(catalogue, listed) if listed else ())]
        if held.held:
            faults += _borrowed(files, held, parse)
        found += [Problem(path, strict_yaml.line_of(files.get(path, b""), place), said) for path, place, said in faults]
    return Report(
        catalogue=catalogue,
        faults=tuple(sorted(found)),
        notes=(*(f"{whose} replaces {path}" for path, whose in replaced), *_notes(catalogue, on)),
        texts=tuple(text.text for text in held.held),
        facts=tuple(listed or ()),
    )


def _examples(catalogue: Catalogue) -> tuple[examples.Fault, ...]:
    """What is wrong with the examples. Those of the same content are run once in a process."""
    for held, faults in _RUN:
        if held == catalogue:
            return faults
    found = tuple(examples.run(catalogue))
    _RUN[:] = [(catalogue, found), *_RUN][:_RUN_AT_MOST]
    return found


def _borrowed(
    files: Mapping[str, bytes], held: wording.Wording, parse: Callable[[bytes, str], Any] | None
) -> Iterator[examples.Fault]:
    for path, data in files.items():
        if loader.noun_of(path) is None:
            continue
        value = parse(data, path) if parse else strict_yaml.loads(data, where=path)
        shared = list(held.shared(value))
        if shared and parse:  # what was kept may be at fault, and not the file
            shared = list(held.shared(strict_yaml.loads(data, where=path)))
        for place, words, text in shared:
            yield path, place, f"{wording.RUN} words in a row are those of {text}: {words!r}"


def _notes(catalogue: Catalogue, on: date) -> Iterator[str]:
    for name in graph.unused(catalogue):
        yield f"nothing leans on {name}"
    for policy in catalogue.policies.values():
        for name in policy_references.older(policy):
            yield f"policies/{policy.id}.yaml: {name} says metric, which older policies say: say interval or non_inferior"
    for frame in catalogue.frameworks.values():
        if on - frame.checked.on > CHECK_HOLDS_FOR:
            yield f"{frame.id} was last checked on {frame.checked.on}, more than a year ago"
        if frame.supersedes is not None and frame.supersedes in catalogue.frameworks and frame.amends is None:
            carried = {number for row in catalogue.requirements[frame.id] for number in row.previous}
            for row in catalogue.requirements[frame.supersedes]:
                if row.id not in carried and row.id not in frame.removes:
                    yield f"{row.id} of {frame.supersedes} has no successor in {frame.id}"
    for crosswalk in catalogue.crosswalks.values():
        sides = (("source", crosswalk.head.source, set(crosswalk.rows)),
                 ("target", crosswalk.head.target, {link.target for link in crosswalk.links()}))  # fmt: skip
        for side, framework_id, named in sides:
            absent = [row.id for row in catalogue.requirements.get(framework_id, ()) if row.id not in named]
            if absent:
                yield f"the crosswalk {crosswalk.head.id} leaves out on its {side} side: {', '.join(absent)}"
