"""Ours, the organisation's, the workspace's own: what a later root may do to an earlier one, and what it can not do to a floor."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from governance.assurance.gate import gate, policy_digest
from governance.checking import check
from governance.checking.cases import case_of, noon
from governance.content import layers, loader, places
from governance.domain.policy import Answer, PolicyExample
from governance.errors import ContentError, UnreadableError, UsageError
from tests.content import made
from tests.content.made import CONTROL, put

if TYPE_CHECKING:
    from pathlib import Path

DAY = date(2026, 6, 1)
FLOOR = "policies/house-floor.yaml"
_FLOOR = """\
id: house-floor
title: What every system of the house must hold
why: The house answers for all of them.
floor: true
conditions:
  - id: nothing-serious
    why: An open finding is a reason to wait.
    no_open_finding: {severity: high}
  - id: plan-kept
    why: The plan is read each year.
    controls_met: {controls: [plan-kept]}
examples:
  - name: The plan was read
    answers: "yes"
    on: 2026-06-01
    given: {controls: {plan-kept: met}, findings: [low]}
  - name: Nothing was shown
    answers: "no"
    on: 2026-06-01
    given: {}
"""
OWN = "policies/own.yaml"
_OWN = """\
id: own
title: What this desk asks
why: We know our readers.
conditions:
  - id: nothing-at-all
    why: Even a small finding is a reason to wait.
    no_open_finding: {severity: low}
examples:
  - name: Nothing is open
    answers: "yes"
    on: 2026-06-01
    given: {findings: []}
  - name: Something small is open
    answers: "no"
    on: 2026-06-01
    given: {findings: [low]}
"""


@pytest.fixture
def house(tmp_path: Path) -> Path:
    return made.write(made.content() | {FLOOR: _FLOOR.encode()}, tmp_path / "house")


def desk(tmp_path: Path, files: dict[str, str], content: str = '["../house"]') -> Path:
    root = made.write({path: text.encode() for path, text in files.items()}, tmp_path / "desk")
    root.mkdir(exist_ok=True)
    (root / "governance.toml").write_text(f'schema = "workspace.v1"\norigin = "o"\ncontent = {content}\n')
    return root


def merged(root: Path) -> dict[str, bytes]:
    """Without ours, which is large: the order of roots is what is asked about."""
    return layers.read(layers.roots(root)[1:])


def test_the_folders_of_the_organisation_lie_between_ours_and_the_own(tmp_path: Path, house: Path) -> None:
    root = desk(tmp_path, {OWN: _OWN})
    assert layers.roots(root) == (places.builtin_root(), root / "../house", root)
    assert layers.roots(None) == (places.builtin_root(),)
    assert set(merged(root)) == {*made.content(), FLOOR, OWN}


@pytest.mark.parametrize(
    ("content", "kind", "said"),
    [
        ('["../gone"]', UsageError, "there is no content in it"),
        ('"../house"', UnreadableError, "no list of folders"),
        ("[1]", UnreadableError, "no list of folders"),
        ('[""]', UnreadableError, "no list of folders"),
        ("[", UnreadableError, "not TOML"),
    ],
)
def test_a_folder_without_content_and_a_wrong_list_are_refused_by_name(
    tmp_path: Path, house: Path, content: str, kind: type[Exception], said: str
) -> None:
    root = desk(tmp_path, {}, content)
    with pytest.raises(kind, match=said) as caught:
        layers.roots(root)
    assert "governance.toml" in str(getattr(caught.value, "where", ""))


@pytest.mark.parametrize(
    "text",
    [
        _FLOOR.replace("floor: true\n", ""),
        _FLOOR.replace("severity: high", "severity: critical"),
        _FLOOR.replace("severity: high", "severity: low"),
        "id: house-floor\ntitle: Nothing\nwhy: Because\n",
        "not even: [a policy",
    ],
)
def test_a_floor_of_an_earlier_root_is_never_replaced(tmp_path: Path, house: Path, text: str) -> None:
    root = desk(tmp_path, {FLOOR: text})
    with pytest.raises(ContentError) as caught:
        merged(root)
    assert caught.value.where == str(root / FLOOR)
    assert f"instead of {root / '../house' / FLOOR}, which is a floor" in caught.value.message
    assert "Give it another id" in (caught.value.hint or "")


def test_the_same_bytes_replace_nothing(tmp_path: Path, house: Path) -> None:
    assert FLOOR in merged(desk(tmp_path, {FLOOR: _FLOOR}))


def test_what_a_floor_leans_on_is_not_replaced_either(tmp_path: Path, house: Path) -> None:
    easier = put(made.content(), CONTROL, "within: 365", "within: 3650")[CONTROL].decode()
    root = desk(tmp_path, {CONTROL: easier})
    with pytest.raises(ContentError, match=r"on which the floor house-floor leans") as caught:
        merged(root)
    assert caught.value.where == str(root / CONTROL)
    kind = made.content()[made.KIND].decode().replace("fresh_for: ", "fresh_for: 9")
    with pytest.raises(ContentError, match=r"attested-document\.v1\.yaml, on which the floor house-floor leans"):
        merged(desk(tmp_path, {CONTROL: made.content()[CONTROL].decode(), made.KIND: kind}))


def test_a_suite_that_a_floor_asks_about_is_not_replaced(tmp_path: Path, house: Path) -> None:
    suite = "evidence/suites/safety.yaml"
    text = "id: safety\ntitle: Whether it refuses\nwhy: It says what it must not say.\ntasks: [{}]\n"
    made.write({suite: text.format("xstest*").encode()}, house)
    asked = "    safety_retested_after_change: {purposes: [safety]}\n"
    (house / FLOOR).write_text(_FLOOR.replace("    no_open_finding: {severity: high}\n", asked))
    with pytest.raises(ContentError, match=r"safety\.yaml, on which the floor house-floor leans"):
        merged(desk(tmp_path, {suite: text.format("easy*")}))


def test_what_no_floor_leans_on_is_replaced_as_before(tmp_path: Path, house: Path) -> None:
    made.write({OWN: _OWN.encode()}, house)
    root = desk(
        tmp_path,
        {OWN: _OWN.replace("our readers", "them well"), made.SECOND: made.content()[made.SECOND].decode() + "\n"},
    )
    assert b"them well" in merged(root)[OWN]


def test_a_policy_that_can_not_be_read_is_not_replaced_for_it_may_be_a_floor(tmp_path: Path, house: Path) -> None:
    (house / FLOOR).write_text(_FLOOR.replace("floor: true", "floor: yes"))
    with pytest.raises(ContentError, match="can not be read, so nobody knows whether it is a floor"):
        merged(desk(tmp_path, {FLOOR: _FLOOR}))


def test_a_floor_may_be_added_and_a_policy_made_one(tmp_path: Path, house: Path) -> None:
    made.write({OWN: _OWN.encode()}, house)
    root = desk(
        tmp_path,
        {
            OWN: _OWN.replace("conditions:", "floor: true\nconditions:"),
            "policies/third.yaml": _FLOOR.replace("house-floor", "third"),
        },
    )
    read = loader.load(merged(root))
    assert [floor.id for floor in read.floors("none")] == ["house-floor", "own", "third"]


def test_the_floor_is_asked_with_a_policy_that_asks_less(tmp_path: Path, house: Path) -> None:
    catalogue = loader.load(merged(desk(tmp_path, {OWN: _OWN})))
    policy = catalogue.policy("own")
    example = PolicyExample.model_validate(
        {"name": "Nothing is open", "answers": "yes", "on": "2026-06-01", "given": {"findings": []}}
    )
    dossier, assessment, rows = case_of(policy, example, catalogue)
    result = gate(policy, dossier, catalogue, assessment, rows, noon(example.on))
    assert [(each.id, each.answer) for each in result.conditions] == [
        ("nothing-at-all", Answer.YES),
        ("house-floor/nothing-serious", Answer.YES),
        ("house-floor/plan-kept", Answer.NO),
    ]
    assert result.answer is Answer.NO
    alone = replace(catalogue, policies={"own": policy})
    assert gate(policy, dossier, alone, assessment, rows, noon(example.on)).answer is Answer.YES
    assert result.policy_digest != policy_digest(policy), "who signs would not have signed the floor"


def test_examples_are_of_the_file_alone_and_a_floor_needs_both_answers_like_any_policy(
    tmp_path: Path, house: Path
) -> None:
    root = desk(tmp_path, {OWN: _OWN})
    assert check.check(merged(root), DAY).faults == ()
    (house / FLOOR).write_text(_FLOOR.replace('"yes"', '"no"').replace("plan-kept: met", "plan-kept: unmet"))
    faults = check.check(merged(root), DAY).faults
    assert [fault.message for fault in faults] == ["give an example that allows and one that denies"]


_TIERS = """\
id: tiers
title: More is asked where more is at stake
why: A search box is no judge.
conditions:
  - {id: of-all, why: Whatever it is., no_open_finding: {severity: high}}
  - {id: of-high, why: People depend on it., tiers: [high], risk_at_most: {within_appetite: true}}
  - {id: of-some, why: People notice it., tiers: [limited, high], controls_met: {controls: [plan-kept]}}
examples:
  - {name: A low one is asked little, answers: "yes", on: 2026-06-01, given: {tier: low, findings: []}}
  - {name: A limited one is asked for its plan, answers: "no", on: 2026-06-01, given: {tier: limited, findings: []}}
  - {name: And no more, answers: "yes", on: 2026-06-01, given: {tier: limited, findings: [], controls: {plan-kept: met}}}
  - name: A high one is asked about its risks as well
    answers: could-not-tell
    on: 2026-06-01
    given: {tier: high, findings: [], controls: {plan-kept: met}}
  - name: Of one that states no tier everything is asked
    answers: could-not-tell
    on: 2026-06-01
    given: {findings: [], controls: {plan-kept: met}}
"""


@pytest.mark.parametrize(
    ("tier", "asked"),
    [
        ("low", ["of-all"]),
        ("limited", ["of-all", "of-some"]),
        ("high", ["of-all", "of-high", "of-some"]),
        (None, ["of-all", "of-high", "of-some"]),
    ],
)
def test_a_condition_is_asked_of_its_tiers_and_of_a_system_that_states_none(tier: str | None, asked: list[str]) -> None:
    catalogue = loader.load(made.content() | {"policies/tiers.yaml": _TIERS.encode()})
    given: dict[str, object] = {"findings": []} | ({"tier": tier} if tier else {})
    example = PolicyExample.model_validate({"name": "A case", "answers": "yes", "on": "2026-06-01", "given": given})
    dossier, assessment, rows = case_of(catalogue.policy("tiers"), example, catalogue)
    result = gate(catalogue.policy("tiers"), dossier, catalogue, assessment, rows, noon(example.on))
    assert [each.id for each in result.conditions] == asked


def test_examples_of_tiers_are_run_by_the_self_test() -> None:
    files = made.content() | {"policies/tiers.yaml": _TIERS.encode()}
    assert check.check(files, DAY).faults == ()
    wrong = put(files, "policies/tiers.yaml", 'little, answers: "yes"', 'little, answers: "no"')
    assert len(check.check(wrong, DAY).faults) == 1
