"""The content that ships: complete, rightly numbered, and in our own words."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from governance.assurance.assess import judge
from governance.checking import check, facts
from governance.checking.cases import dossier_of
from governance.content import places
from governance.domain.base import is_placeholder
from governance.domain.control import Family, Standing
from governance.parsing import canonical, strict_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from governance.domain.catalogue import Catalogue

FACTS = Path(__file__).parent / "facts"
NIST, ISO, GENAI = "nist-ai-rmf-1.0", "iso-iec-42001-2023", "nist-ai-600-1"


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


def test_the_self_test_finds_nothing_wrong_with_our_content(files: dict[str, bytes]) -> None:
    roots = [places.builtin_root()]
    report = check.check(files, date(2026, 11, 25), official=places.wording(roots), listed=facts.read(FACTS))
    assert [str(fault) for fault in report.faults] == []
    assert set(report.facts) == set(report.catalogue.frameworks)
    assert len(report.texts) == 3


def test_every_framework_has_a_list_of_facts_and_equals_it(ours: Catalogue) -> None:
    assert {path.stem for path in FACTS.glob("*.json")} == set(ours.frameworks)
    assert list(facts.compare(ours, facts.read(FACTS))) == []


def test_the_ai_rmf_has_4_functions_19_categories_and_72_subcategories(ours: Catalogue) -> None:
    groups = [group.id for group in ours.frameworks[NIST].groups]
    assert groups == fact(NIST)["groups"]
    assert [sum(" " in group for group in groups), len(groups)] == [19, 4 + 19]
    assert Counter(each.split()[0] for each in ids(ours, NIST)) == {
        "GOVERN": 19,
        "MAP": 18,
        "MEASURE": 22,
        "MANAGE": 13,
    }
    assert all(each.group == each.id.split(".")[0] for each in ours.requirements[NIST])


def test_ai_600_1_has_12_risks_and_212_actions_over_49_subcategories(ours: Catalogue) -> None:
    frame, rows = ours.frameworks[GENAI], ours.requirements[GENAI]
    assert [reference.title for reference in frame.references] == fact(GENAI)["risks"]
    assert len(frame.references) == 12
    assert len(rows) == 212
    assert len({row.group for row in rows}) == 49
    assert {row.group for row in rows} <= set(ids(ours, NIST))
    abbreviations = {"GV": "GOVERN", "MP": "MAP", "MS": "MEASURE", "MG": "MANAGE"}
    for row in rows:
        short, number, _ = row.id.split("-")
        assert row.group == f"{abbreviations[short]} {number}"


def test_the_default_profile_holds_the_thirteen_actions_on_fine_tuning(ours: Catalogue) -> None:
    (default,) = [profile for profile in ours.profiles.values() if profile.default]
    assert default.framework == GENAI
    assert len(default.rows) == 13
    assert set(default.beside) == {"GV-6.1-009", "GV-6.2-007"}


def test_iso_42001_has_32_clauses_and_38_controls_by_area(ours: Catalogue) -> None:
    clauses = [each for each in ids(ours, ISO) if not each.startswith("A.")]
    controls = [each for each in ids(ours, ISO) if each.startswith("A.")]
    assert (len(clauses), len(controls)) == (32, 38)
    areas = Counter(".".join(each.split(".")[:2]) for each in controls)
    assert list(areas.values()) == [3, 2, 5, 4, 9, 5, 4, 3, 3]
    assert [reference.id[:3] for reference in ours.frameworks[ISO].references] == ["C.2"] * 11 + ["C.3"] * 7


def test_the_documented_information_of_the_standard_is_listed(ours: Catalogue) -> None:
    rows = [row for row in ours.requirements[ISO] if row.documented]
    assert {"4.3", "5.2", "6.1.3", "9.2.2", "9.3.3", "10.2", "A.2.2", "A.7.5"} <= {row.id for row in rows}
    assert sum(len(row.documented) for row in rows) >= 35


def test_the_ai_act_has_both_versions_and_the_dates_of_each(ours: Catalogue) -> None:
    old, new = ours.frameworks["eu-ai-act-2024"], ours.frameworks["eu-ai-act-2026"]
    assert (old.superseded_on, new.in_force_from) == (date(2026, 7, 27), date(2026, 7, 27))

    def since(framework: str, number: str) -> list[date]:
        requirement = ours.requirement(framework, number)
        assert requirement is not None
        return [each.since for each in ours.applies(framework, requirement)]

    assert min(since(old.id, "Art. 9(1)")) == date(2026, 8, 2)
    assert since(new.id, "Art. 9(1)")[:2] == [date(2027, 12, 2), date(2028, 8, 2)]
    assert min(since(new.id, "Annex IV 2(b)")) == date(2027, 12, 2)
    assert date(2026, 12, 2) in since(new.id, "Art. 50(2)")
    assert min(since(new.id, "Art. 53(1)(a)")) == date(2025, 8, 2)
    assert not any(number.startswith("Art. 10(5)") for number in ids(ours, new.id))


def test_owasp_ids_carry_their_edition_and_the_renumbering_is_whole(ours: Catalogue) -> None:
    for year in ("2025", "2026"):
        assert all(number.endswith(f":{year}") for number in ids(ours, f"owasp-llm-top-10-{year}"))
    carried = [number for row in ours.requirements["owasp-llm-top-10-2026"] for number in row.previous]
    assert sorted(carried) == sorted(ids(ours, "owasp-llm-top-10-2025"))


def test_there_are_seventy_controls_or_more_in_every_family(ours: Catalogue) -> None:
    assert len(ours.controls) >= 70
    assert {control.family for control in ours.controls.values()} == set(Family)


def test_every_founding_theme_has_a_control_that_a_pipeline_can_satisfy(ours: Catalogue) -> None:
    themes = {
        "data provenance": "dataset-provenance-documented", "copyright": "rights-reservations-honoured",
        "quality": "quality-evaluated", "bias": "bias-evaluated", "safety": "safety-evaluated",
        "contamination": "contamination-checked", "regression": "regression-against-base-measured",
        "prompt injection": "prompt-injection-tested", "jailbreak": "jailbreak-tested", "leakage": "leakage-tested",
        "moderation": "content-moderation-tested", "watermarking": "watermark-detection-measured",
        "cost": "inference-cost-measured", "rate limits": "rate-limits-tested", "device": "on-device-behaviour-measured",
        "drift": "drift-measured", "terms": "terms-of-service-unchanged", "retrieval": "retrieval-quality-measured",
        "harness": "evaluation-harness-validated", "user studies": "user-study-held",
        "training of operators": "operators-assessed", "data agreements": "data-agreement-permits-training",
    }  # fmt: skip
    for theme, control_id in themes.items():
        kinds = {ask.kind for ask in ours.controls[control_id].asks}
        assert "attested-document.v1" not in kinds, theme


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


def test_generative_risks_go_by_the_twelve_names_and_each_name_is_used(ours: Catalogue) -> None:
    assert {name for risk in ours.risks.values() for name in risk.genai_risks} == set(fact(GENAI)["risks"])


def test_every_risk_belongs_to_an_objective_and_a_source_of_annex_c(ours: Catalogue) -> None:
    for risk in ours.risks.values():
        numbers = risk.references[ISO]
        assert any(number.startswith("C.2.") for number in numbers), risk.id
        assert any(number.startswith("C.3.") for number in numbers), risk.id


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
            result = judge(
                control, dossier_of(control, bare, ours), ours, dossier_of(control, bare, ours).registered_at
            )
            assert result.standing is not Standing.MET, control.id


def test_the_standings_that_evidence_can_come_to_are_all_shown_by_examples(ours: Catalogue) -> None:
    shown = {example.comes_to for control in ours.controls.values() for example in control.examples}
    assert shown >= {Standing.MET, Standing.UNMET, Standing.MISSING, Standing.STALE, Standing.INCONCLUSIVE}


def test_judging_every_example_twice_gives_equal_bytes(ours: Catalogue) -> None:
    for control in ours.controls.values():
        for example in control.examples:
            held = dossier_of(control, example, ours)
            once, twice = (judge(control, held, ours, held.registered_at).plain() for _ in range(2))
            assert canonical.dumps(once) == canonical.dumps(twice)
