"""What a policy names is followed to what it names, and a floor of an earlier root stands."""

from __future__ import annotations

from datetime import date

import pytest

from governance.checking import check
from governance.content import graph, loader
from tests.content import made
from tests.content.made import line, put

DAY = date(2026, 6, 1)
POLICY = "policies/desk.yaml"
SUITE = "evidence/suites/safety.yaml"
_POLICY = """\
id: desk
title: When the desk may change
why: Readers rely on it.
conditions:
  - id: rules-kept
    why: The house has rules.
    requirements_met: {framework: house, requirements: [H.1]}
  - id: plan-met
    why: The plan is read each year.
    controls_met: {controls: [plan-kept]}
  - id: governed
    why: Somebody answers.
    controls_met: {family: governance}
  - id: of-the-house
    why: Whatever the house asks.
    controls_met: {framework: house-1}
  - id: sure
    why: A share is judged by its interval.
    interval: {purpose: safety, metric: acc, at_least: 0.5}
  - id: no-worse
    why: Nothing is lost.
    non_inferior: {purpose: safety, metric: acc, against: base, margin: 0.1}
  - id: no-group-worse
    why: Nobody is left behind.
    no_worse_slice: {purpose: safety, metric: acc, margin: 0.1}
  - id: few-runs
    why: The best of many is luck.
    max_attempts: {purpose: safety, most: 3}
  - id: enough
    why: Few items see nothing.
    sufficient: {purpose: safety, metric: acc, margin: 0.1}
  - id: as-before
    why: An older rule says it so.
    metric: {purpose: safety, metric: acc, at_least: 0.5}
  - id: tested-again
    why: Other weights are another model.
    safety_retested_after_change: {purposes: [safety]}
  - id: new-enough
    why: Plans grow old.
    fresh: {kinds: [attested-document.v1], within_days: 30}
  - id: little-waived
    why: The plan alone may wait.
    waiver_allowed: {controls: [plan-kept]}
envelopes:
  - id: read-again
    why: A plan read again is no new model.
    change: evidence
    kinds: [attested-document.v1]
    controls: [plan-kept]
    within: [{purpose: safety, metric: acc, against: base, margin: 0.1}]
figures:
  - {kinds: [attested-document.v1], within_days: 30, why: Plans grow old.}
examples:
  - {name: Nothing shown, answers: "no", on: 2026-06-01, given: {}}
"""


def content(text: str = _POLICY) -> dict[str, bytes]:
    suite = b"id: safety\ntitle: Whether it refuses\nwhy: It says what it must not say.\ntasks: [xstest*]\n"
    return made.content() | {POLICY: text.encode(), SUITE: suite}


def problems(files: dict[str, bytes]) -> list[tuple[str, str]]:
    return [(each.place, each.message) for each in loader.survey(files)[1]]


def test_a_policy_whose_names_are_all_there_has_no_fault() -> None:
    assert problems(content()) == []


@pytest.mark.parametrize(
    ("at", "old", "new", "said"),
    [
        ("requirements_met", "framework: house,", "framework: hut,",
         "there is no framework 'hut': correct the name, or add it under controls/frameworks"),
        ("requirements_met", "[H.1]", "[H.9]",
         "there is no requirement 'H.9' of house-1: correct the number, or name the version that has it"),
        ("controls_met: {controls", "plan-kept", "plan-lost",
         "there is no control 'plan-lost': correct the name, or add it under controls/catalogue"),
        ("controls_met: {family", "governance", "weather", "there is no family 'weather': say one of governance"),
        ("controls_met: {framework", "house-1", "house-2",
         "there is no framework 'house-2': correct the name, or add it under controls/frameworks"),
        *[(word, "purpose: safety", "purpose: saftey",
           "there is no suite 'saftey': correct the name, or add it under evidence/suites")
          for word in ("interval:", "non_inferior:", "no_worse_slice:", "max_attempts:", "sufficient:", "    metric:", "within: [")],
        ("safety_retested", "[safety]", "[saftey]",
         "there is no suite 'saftey': correct the name, or add it under evidence/suites"),
        ("fresh:", "attested-document.v1", "attested.v1",
         "there is no kind 'attested.v1': correct the name, or add it under evidence/kinds"),
        ("waiver_allowed", "plan-kept", "plan-lost",
         "there is no control 'plan-lost': correct the name, or add it under controls/catalogue"),
        ("    kinds: [", "attested-document.v1", "attested.v1",
         "there is no kind 'attested.v1': correct the name, or add it under evidence/kinds"),
        ("    controls: [", "plan-kept", "plan-lost",
         "there is no control 'plan-lost': correct the name, or add it under controls/catalogue"),
        ("  - {kinds", "attested-document.v1", "attested.v1",
         "there is no kind 'attested.v1': correct the name, or add it under evidence/kinds"),
    ],
)  # fmt: skip
def test_a_name_in_a_policy_that_leads_nowhere_is_a_fault_on_its_line(at: str, old: str, new: str, said: str) -> None:
    row = next(each for each in _POLICY.split("\n") if at in each)
    files = content(_POLICY.replace(row, row.replace(old, new)))
    assert problems(files) == [(f"{POLICY}:{line(files, POLICY, new)}", said)]
    assert check.check(files, DAY).faults, "the self-test goes through with a name that leads nowhere"


def test_a_version_that_is_named_has_its_own_numbers() -> None:
    files = put(content(), POLICY, "framework: house, requirements: [H.1]", "framework: house-1, requirements: [H.9]")
    assert [said for _, said in problems(files)] == ["there is no requirement 'H.9' of house-1: correct the number"]


def test_the_older_word_is_a_note_and_no_fault() -> None:
    said = [note for note in check.check(content(), DAY).notes if "older" in note]
    assert said == [
        f"{POLICY}: as-before says metric, which older policies say: say interval or non_inferior",
    ]
    envelope = put(content(), POLICY, "against: base, margin: 0.1}]", "at_least: 0.1}]")
    said = [note for note in check.check(envelope, DAY).notes if "older" in note]
    assert [note.split(" says ")[0] for note in said] == [f"{POLICY}: as-before", f"{POLICY}: read-again"]


def test_a_policy_leans_on_what_its_words_name() -> None:
    leant = graph.graph_of(loader.load(content()))
    assert set(leant.successors(("policy", "desk"))) == {
        ("requirement", "house-1/H.1"),
        ("control", "plan-kept"),
        ("suite", "safety"),
        ("kind", "attested-document.v1"),
    }


def test_a_kind_that_a_policy_wants_fresh_is_not_unused_and_a_control_that_may_be_waived_is() -> None:
    alone = """\
id: desk
title: When the desk may change
why: Readers rely on it.
conditions:
  - {id: fresh, why: Plans grow old., fresh: {kinds: [window-count.v1], within_days: 30}}
  - {id: waived, why: It may wait., waiver_allowed: {controls: [plan-kept]}}
"""
    kind = made.content()[made.KIND].replace(b"id: attested-document.v1", b"id: window-count.v1")
    files = content(alone) | {"evidence/kinds/window-count.v1.yaml": kind}
    files[made.FIRST] = files[made.FIRST].split(b"met_by:")[0] + b"not_covered: Nobody looks.\n"
    assert graph.unused(loader.load(files)) == ["control plan-kept"]
    assert "kind window-count.v1" in graph.unused(
        loader.load({**files, POLICY: alone.replace("window-count", "attested-document").encode()})
    )
