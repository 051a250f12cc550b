"""The content that ships: complete, rightly numbered, and in our own words."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from governance.assurance.assess import judge
from governance.checking import check, dossier_of
from governance.domain.base import is_placeholder
from governance.domain.control import Standing
from governance.parsing import canonical, strict_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from governance.domain.catalogue import Catalogue

FACTS = Path(__file__).parent / "facts"
NIST, ISO = "nist-ai-rmf-1.0", "iso-iec-42001-2023"


def fact(name: str) -> Any:
    return json.loads((FACTS / f"{name}.json").read_bytes())


def ids(catalogue: Catalogue, framework: str) -> list[str]:
    return [requirement.id for requirement in catalogue.requirements[framework]]


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)


def test_all_examples_of_our_content_hold(ours: Catalogue) -> None:
    assert check(ours) == []


def test_the_72_subcategories_are_those_of_nist_in_its_order(ours: Catalogue) -> None:
    functions = fact(NIST)["functions"]
    listed = [sub for categories in functions.values() for subs in categories.values() for sub in subs]
    assert ids(ours, NIST) == listed
    assert Counter(each.split()[0] for each in listed) == {"GOVERN": 19, "MAP": 18, "MEASURE": 22, "MANAGE": 13}
    groups = [group.id for group in ours.frameworks[NIST].groups]
    assert groups == [*functions, *(category for categories in functions.values() for category in categories)]
    assert len(groups) == 4 + 19
    assert all(each.group == each.id.split(".")[0] for each in ours.requirements[NIST])


def test_the_32_clauses_and_38_controls_are_those_of_iso_in_its_order(ours: Catalogue) -> None:
    clauses, annex = fact(ISO)["clauses"], fact(ISO)["annex_a"]
    controls = [each for area in annex.values() for each in area]
    assert (len(clauses), len(controls)) == (32, 38)
    assert [len(area) for area in annex.values()] == [3, 2, 5, 4, 9, 5, 4, 3, 3]
    assert ids(ours, ISO) == clauses + controls
    assert all(each.group == next(area for area in annex if each.id in annex[area])
               for each in ours.requirements[ISO] if each.id.startswith("A."))  # fmt: skip


@pytest.mark.parametrize(
    ("framework", "earlier", "later"),
    [
        (ISO, "5.3", "6.1.1"),
        (ISO, "6.1.4", "6.2"),
        (ISO, "7.4", "7.5.1"),
        (ISO, "9.3.3", "10.1"),
        (ISO, "A.9.4", "A.10.2"),
        (ISO, "10.2", "A.2.2"),
        (NIST, "GOVERN 6.2", "MAP 1.1"),
        (NIST, "MAP 5.2", "MEASURE 1.1"),
        (NIST, "MEASURE 2.9", "MEASURE 2.10"),
        (NIST, "MEASURE 4.3", "MANAGE 1.1"),
    ],
)
def test_requirements_follow_each_other_as_in_the_source(
    ours: Catalogue, framework: str, earlier: str, later: str
) -> None:
    order = ids(ours, framework)
    assert order.index(later) == order.index(earlier) + 1


def test_the_catalogue_and_the_library_are_of_some_size(ours: Catalogue) -> None:
    assert len(ours.controls) >= 25
    assert len(ours.risks) >= 20


def test_generative_risks_go_by_the_twelve_names_and_each_name_is_used(ours: Catalogue) -> None:
    used = {name for risk in ours.risks.values() for name in risk.genai_risks}
    assert used == set(fact("nist-ai-600-1-risks"))
    assert len(used) == 12


def test_no_sentence_is_a_placeholder(files: dict[str, bytes]) -> None:
    for path, data in files.items():
        if path.endswith(".yaml") and not path.startswith("evidence/kinds/"):
            value = strict_yaml.loads(data, where=path)
            value.pop("examples", None)
            value.pop("asks", None)
            for text in texts(value):
                assert not is_placeholder(text) or len(text) == 1, f"{path}: {text!r}"
                assert not re.search(r"\b(?:TODO|FIXME|TBD|lorem ipsum)\b", text, re.IGNORECASE), f"{path}: {text!r}"


def test_every_requirement_either_names_controls_with_reasons_or_says_why_not(ours: Catalogue) -> None:
    for rows in ours.requirements.values():
        for requirement in rows:
            assert bool(requirement.met_by) != bool(requirement.not_covered)
            because = [row.because for row in requirement.met_by]
            assert len(set(because)) == len(because), requirement.id


def test_no_control_can_be_met_by_a_system_of_which_nothing_is_shown(ours: Catalogue) -> None:
    for control in ours.controls.values():
        bare = control.examples[0].model_copy(update={"evidence": (), "system": {}})
        if control.id != "system-registered":
            result = judge(control, dossier_of(control, bare), ours, dossier_of(control, bare).registered_at)
            assert result.standing is not Standing.MET, control.id


def test_the_standings_that_evidence_can_come_to_are_all_shown_by_examples(ours: Catalogue) -> None:
    shown = {example.comes_to for control in ours.controls.values() for example in control.examples}
    assert shown >= {Standing.MET, Standing.UNMET, Standing.MISSING, Standing.STALE, Standing.INCONCLUSIVE}


def test_judging_every_example_twice_gives_equal_bytes(ours: Catalogue) -> None:
    for control in ours.controls.values():
        for example in control.examples:
            held = dossier_of(control, example)
            once, twice = (judge(control, held, ours, held.registered_at).plain() for _ in range(2))
            assert canonical.dumps(once) == canonical.dumps(twice)


def words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())


def runs(text: str) -> set[tuple[str, ...]]:
    said = words(text)
    return {tuple(said[start : start + 8]) for start in range(len(said) - 7)}


def test_no_eight_words_in_a_row_are_those_of_nist(files: dict[str, bytes]) -> None:
    folder = os.environ.get("GOVERN_FACTS")
    if not folder or not (Path(folder) / "nist_ai_rmf.json").is_file():
        pytest.skip("GOVERN_FACTS names no folder with the official texts")
    official: set[tuple[str, ...]] = set()
    for name in ("nist_ai_rmf.json", "nist_ai_600_1.json"):
        if (Path(folder) / name).is_file():
            source = json.loads((Path(folder) / name).read_bytes())
            wanted = {"text", "definition"}
            stack = [source]
            while stack:
                value = stack.pop()
                if isinstance(value, dict):
                    for key, inner in value.items():
                        if key in wanted and isinstance(inner, str):
                            official |= runs(inner)
                        stack.append(inner)
                elif isinstance(value, list):
                    stack += value
    assert len(official) > 1000
    for path, data in files.items():
        if path.endswith(".yaml"):
            for text in texts(strict_yaml.loads(data, where=path)):
                assert not (shared := runs(text) & official), f"{path}: {' '.join(next(iter(shared)))}"
