"""The page of a review: complete, the same for the same record, and no word from outside can pass for one of its own."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from governance import reviewing
from governance.domain.decision import ApprovalCondition, DecisionKind, Dissent
from governance.domain.short_form import read_short_form
from governance.proofs import ed25519
from governance.reports.review import items as review_items
from governance.signing import keys
from governance.verifier.meanings import MEANING
from governance.workspace import Workspace
from tests.conftest import RECORDED

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Clock

NONCE = "5" * 32
SECTIONS = (
    "WHAT YOU SIGN", "THE GATE SAYS NO: 5 of 11 conditions say yes, 4 no, 2 could not tell",
    "WHAT WAS PLANNED, AND HOW OFTEN IT WAS RUN", "SINCE THE LAST APPROVAL",
    "THE THREE WORST ITEMS", "INCONCLUSIVE, STALE, OR FOR A PERSON TO JUDGE", "OVER OR DUE WITHIN 30 DAYS",
    "WAIVERS, ACCEPTED RISKS, EXCEPTIONS FROM DUTIES", "DUTIES, AND WHO MAY THEREFORE NOT APPROVE",
    "WHO HAS DECIDED, AND WHO IS MISSING", "WHAT YOUR SIGNATURE MEANS, BY WHAT YOU DECIDE",
)  # fmt: skip


def made(workspace: Workspace, nonce: str = NONCE) -> str:
    return reviewing.page(workspace.case("elm-desk"), workspace, nonce).decode()


def section(page: str, number: int) -> str:
    return re.split(r"\n\n\d+\. [^\n]+\n(?:    │ [^\n]+\n)*", page)[number]


def flowing(text: str) -> str:
    """The text with the breaks of its lines taken out."""
    return re.sub(r"\n +│ ", " ", text)


def grouped(digest: str) -> str:
    return " ".join(re.findall("....", digest.removeprefix("sha256:")))


def key_of(workspace: Workspace, name: str, *roles: str) -> Path:
    path, key = workspace.root / "keys" / f"{name.split(maxsplit=1)[0]}.pem", keys.generate()
    keys.save(key, path)
    line = ed25519.public_line(ed25519.raw(key))
    workspace.people.enrol(name, by=workspace.operator, reason="For this test.", roles=list(roles), key=line)
    return path


def sign(workspace: Workspace, key: Path, decision: str, role: str = "reviewer", **more: object) -> str:
    wish: dict[str, object] = {"reason": "As the page says."} | more
    return workspace.sign("elm-desk", key_file=key, role=role, decision=DecisionKind(decision), **wish)[0]


def test_every_section_stands_on_the_page_and_no_line_is_wider_than_a_hundred_columns(attached: Workspace) -> None:
    page = made(attached)
    titles = [match[1] for match in re.finditer(r"^\d+\. (.*)$", page, re.MULTILINE)]
    assert tuple(titles) == SECTIONS
    assert max(len(line) for line in page.split("\n")) <= 100
    assert len(page.split("\n")) < 140  # two minutes of reading


def test_the_page_names_what_is_signed_by_digest(attached: Workspace) -> None:
    case = attached.case("elm-desk")
    said = section(made(attached), 1)
    assert case.assessment.identity is not None
    for digest in (case.assessment.identity.digest, case.gate.policy_digest, case.catalogue.digest):
        assert grouped(digest) in said
    assert "no release was named" in said
    assert "BY REFERENCE ONLY" in said
    assert f"{len(case.dossier.pieces)} pieces" in said


def test_the_head_is_a_checkpoint_that_a_person_can_read_back(attached: Workspace) -> None:
    lines = made(attached).split("\n")
    size, origin = re.fullmatch(r"  ledger      (\d+) entries of (\S+)", lines[5]).groups()
    checkpoint = attached.ledger.checkpoint()
    read = read_short_form(f"{origin} {size} {lines[6].removeprefix('  root')}")
    assert read == (checkpoint.origin, checkpoint.size, checkpoint.root)


def test_the_gate_is_told_condition_by_condition_what_denies_first_with_what_would_turn_it(attached: Workspace) -> None:
    said = flowing(section(made(attached), 2))
    rows = re.findall(r"^  - (NO|COULD NOT TELL|YES) ([a-z-]+):", said, re.MULTILINE)
    gate = attached.case("elm-desk").gate
    assert {name for _, name in rows} == {row.id for row in gate.conditions}
    assert [answer for answer, _ in rows] == ["NO"] * 4 + ["COULD NOT TELL"] * 2 + ["YES"] * 5
    assert "→ to turn it: bias-evaluated: Run a bias task" in said


def test_the_same_record_gives_the_same_page_in_another_folder(
    attached: Workspace, tmp_path: Path, clock: Clock
) -> None:
    shutil.copytree(attached.root, tmp_path / "copy")
    copy = Workspace(tmp_path / "copy", clock=clock)
    assert made(copy) == made(attached)
    copy.ledger.close()


def test_two_pages_differ_by_their_nonce_alone(attached: Workspace) -> None:
    one, two = (reviewing.page(attached.case("elm-desk"), attached).decode().split("\n") for _ in range(2))
    assert [number for number, (a, b) in enumerate(zip(one, two, strict=True)) if a != b] == [1]


def test_the_three_worst_go_down_by_weight_and_are_three_matters(attached: Workspace) -> None:
    case = attached.case("elm-desk")
    rows = [row.text for row in review_items.worst(case) if not row.deep]
    assert len(rows) == 4
    assert rows[-1].startswith("chosen from 1 open finding, 2 unmet controls, 102 missing controls, 23 risks above")
    scores = [int(re.search(r"= (\d+)", row)[1]) for row in rows[:3]]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] == max(row.residual.score for row in case.register)
    assert len({row.split()[1] for row in rows[:3]}) == 3


def test_a_critical_finding_stands_before_every_risk_and_takes_no_place_twice(attached: Workspace) -> None:
    case = attached.case("elm-desk")
    (finding,) = case.assessment.findings
    graver = case.assessment.model_copy(update={"findings": (finding.model_copy(update={"severity": "critical"}),)})
    rows = [row.text for row in review_items.worst(replace(case, assessment=graver)) if not row.deep]
    assert rows[0].startswith("finding, critical: A training-state pickle lies in the model folder")
    many = review_items.worst(case, many=1000)
    names = [row.text for row in many if not row.deep]
    assert len(names) == len(set(names))


def test_where_no_appetite_is_stated_the_page_does_not_say_that_no_risk_is_above_it(attached: Workspace) -> None:
    case = attached.case("elm-desk")
    register = tuple(row.model_copy(update={"appetite": None, "within_appetite": None}) for row in case.register)
    assert "above the appetite not known" in review_items.worst(replace(case, register=register))[-1].text


def test_a_day_is_listed_only_while_it_is_thirty_days_away_or_less(attached: Workspace, clock: Clock) -> None:
    case = attached.case("elm-desk")
    first = min(row.next_review for row in case.register)
    for left, listed in ((31, False), (30, True), (-1, True)):
        clock.moment = clock.moment.replace(year=first.year, month=first.month, day=first.day)
        clock.forward(days=-left)
        said = section(made(attached), 7)
        assert (f"{first}" in said) is listed
        assert (f"{first} (overdue)" in said) is (left < 0)


def test_a_rich_case_shows_waivers_acceptances_exceptions_duties_conditions_and_dissent(
    attached: Workspace, clock: Clock
) -> None:
    text = (RECORDED / "system.yaml").read_text(
        "utf-8"
    ) + "duties:\n  trainer: [Tom Example]\n  evaluator: [Rita Example]\n"
    (attached.root / "system.yaml").write_text(text, "utf-8")
    attached.add_system(attached.root / "system.yaml")
    owner = key_of(attached, "Olga Example", "risk-owner", "approver", "threshold-author")
    rita = key_of(attached, "Rita Example", "reviewer")
    end = date(2026, 12, 10)
    sign(attached, owner, "except-duties", "approver", person="Rita Example", duties=("evaluator",), expires=end)
    sign(
        attached, owner, "waive", "risk-owner", control="bias-evaluated", compensation="A person reads every answer.",
        owner="Head of the desk", retest=date(2026, 12, 5), expires=end,
    )  # fmt: skip
    sign(attached, owner, "accept-risk", "risk-owner", risk="prompt-injection", expires=end)
    sign(
        attached, rita, "approve-with-conditions",
        conditions=(ApprovalCondition(id="bias-shown", text="Run it.", owner="Eve", due=date(2026, 12, 1),
                                      control="bias-evaluated"),),
        dissent=(Dissent(person="Dora Example", text="It is too early."),),
    )  # fmt: skip
    clock.forward(days=1)
    page = flowing(made(attached))
    assert "Rita Example (reviewer), 2026-11-23" in section(page, 4)
    assert ": in force\n" in section(page, 4)
    ends = section(page, 7)
    for said in ("2026-12-01: condition bias-shown", "2026-12-05: retest of bias-evaluated", "2026-12-10: last day of waive",
                 "last day of accept-risk", "last day of except-duties"):  # fmt: skip
        assert said in ends
    relaxed = section(page, 8)
    assert "control bias-evaluated waived: in force; by itself it is missing, it was missing" in relaxed
    assert "instead: A person reads every answer." in relaxed
    assert "risk prompt-injection accepted: in force; at 4 × 4 = 16 high, and it is 4 × 4 now" in relaxed
    assert "exception: in force; Rita Example may approve with the duty evaluator" in relaxed
    duties = section(page, 9)
    assert "trainer: Tom Example; named by the system's owner" in duties
    assert "threshold-author: not known" in duties
    assert "may not approve or waive: Tom Example holds the duty trainer" in duties
    assert "may not approve or waive: Rita" not in duties
    decided = section(page, 10)
    assert "for 1 person in the role reviewer; missing: nobody" in decided
    assert "Rita Example (reviewer): approve-with-conditions; in force" in decided
    assert "condition bias-shown, pending, due 2026-12-01, owner Eve: Run it." in decided
    assert "dissent of Dora Example: It is too early." in decided


def test_who_is_missing_is_told_before_anybody_decided(attached: Workspace) -> None:
    said = flowing(section(made(attached), 10))
    assert "missing: 1 approval in the role reviewer" in said
    assert "nobody has decided on a model of this system yet" in said


def test_what_nobody_knows_is_said_to_be_not_known(attached: Workspace) -> None:
    said = section(made(attached), 9)
    assert said.count("not known") == 4


def test_the_page_ends_with_what_each_kind_of_decision_means(attached: Workspace) -> None:
    said = flowing(section(made(attached), 11))
    for kind, meaning in MEANING.items():
        assert f"  - {kind}: {meaning}" in said


def test_what_was_approved_before_is_told_with_what_changed_since(
    attached: Workspace, reviewer: Path, clock: Clock
) -> None:
    assert "No approval of this system is on record" in section(made(attached), 4)
    first = sign(attached, reviewer, "approve", expires=date(2026, 12, 10))
    said = section(made(attached), 4)
    assert f"Rita Example (reviewer), 2026-11-23, {first[:12]}: in force" in said
    assert "nothing that bears on it has changed" in said
    clock.forward(days=1)
    text = (RECORDED / "system.yaml").read_text("utf-8").replace("risk_appetite: 9", "risk_appetite: 25")
    (attached.root / "system.yaml").write_text(text, "utf-8")
    attached.add_system(attached.root / "system.yaml")
    said = section(made(attached), 4)
    assert ": invalidated" in said
    assert "→ system: " in said
    assert "to be looked at again: 9\n" in said
    assert said.count("is met as before, by other evidence") == 1
    assert "→ condition risks-within-appetite: answered no and answers yes" in said


def test_a_system_without_weights_says_that_there_is_nothing_to_sign(workspace: Workspace) -> None:
    page = flowing(made(workspace))
    assert "There is nothing to sign: no weights of a candidate were attached" in section(page, 1)
    assert "  - approve:" not in page
    assert "  - accept-risk:" in page
