"""Which two sides are meant: what a decision saw, where a candidate stood, what a day knew; and a report that time outdates."""

from __future__ import annotations

import shutil
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from governance import comparing, deciding
from governance.domain.decision import DecisionKind
from governance.domain.entry import EntryType
from governance.enrolling import append_signed
from governance.errors import IntegrityError, UnreadableError, UsageError
from tests.conftest import RECORDED
from tests.reports.two_candidates import second
from tests.reviewing.test_review_page import key_of, sign

if TYPE_CHECKING:
    from pathlib import Path

    from governance.workspace import Workspace
    from tests.conftest import Clock

LAST = comparing.LAST_APPROVED


def another(workspace: Workspace, folder: Path, clock: Clock, **how: object) -> str:
    """Attach another candidate an hour later; returns its identity."""
    clock.forward(hours=1)
    workspace.attach([second(folder, **how)], "elm-desk", environment=False)  # type: ignore[arg-type]
    clock.forward(hours=1)
    return identity(workspace)


def identity(workspace: Workspace) -> str:
    found = workspace.dossier("elm-desk").identity
    assert found is not None
    return found.digest


def test_a_decision_is_the_side_that_its_signer_saw(
    attached: Workspace, reviewer: Path, clock: Clock, tmp_path: Path
) -> None:
    size, first = attached.ledger.checkpoint().size, identity(attached)
    sign(attached, reviewer, "approve")
    another(attached, tmp_path / "next", clock)
    (signed,) = attached.dossier("elm-desk").decisions
    side = comparing.pair(attached, "elm-desk", LAST).before
    assert (side.decision, side.case.on) == (signed.id, signed.decision.signed_at)
    assert side.case.checkpoint == signed.decision.checkpoint
    assert side.case.checkpoint.size > size
    assert side.case.dossier.identity.digest == first
    assert side.case.dossier.decisions == ()
    assert not side.content_lost


def test_what_came_in_with_the_successor_is_not_of_the_candidate_before(
    attached: Workspace, clock: Clock, tmp_path: Path
) -> None:
    size = attached.ledger.checkpoint().size
    another(attached, tmp_path / "next", clock)
    side = comparing.pair(attached, "elm-desk", LAST).before
    assert side.case.checkpoint.size == size
    assert "the candidate before" in side.chosen


def test_the_word_of_a_second_reviewer_is_held_against_the_model_before_and_not_against_the_first_word(
    attached: Workspace, reviewer: Path, clock: Clock, tmp_path: Path
) -> None:
    first = identity(attached)
    sign(attached, reviewer, "approve")
    another(attached, tmp_path / "next", clock)
    sign(attached, reviewer, "approve")
    found = comparing.pair(attached, "elm-desk", LAST)
    assert found.before.case.dossier.identity.digest == first
    assert [each.decision for each in found.found.words] == ["approve", "approve"]


def test_with_one_model_alone_the_last_approval_of_it_is_the_side_and_only_its_evidence_differs(
    attached: Workspace, reviewer: Path, clock: Clock
) -> None:
    sign(attached, reviewer, "approve")
    clock.forward(hours=1)
    found = comparing.pair(attached, "elm-desk", LAST).found
    assert found.same_identity
    assert (found.results, found.controls.rows, found.thresholds) == ((), (), ())
    assert len(found.words) == 1


def test_a_model_that_came_back_is_told_by_its_last_stay(attached: Workspace, clock: Clock, tmp_path: Path) -> None:
    first = identity(attached)
    middle = another(attached, tmp_path / "next", clock)
    weights = attached.dossier("elm-desk").of_kind("model-artifacts.v1")[0].record.subject.digest
    stated = (RECORDED / "system.yaml").read_text("utf-8") + f"candidate: {weights}\n"
    (attached.root / "s.yaml").write_text(stated, "utf-8")
    clock.forward(hours=1)
    attached.add_system(attached.root / "s.yaml")
    assert identity(attached) == first
    found = comparing.pair(attached, "elm-desk", middle[7:19])
    assert (found.before.case.dossier.identity.digest, found.after.case.dossier.identity.digest) == (middle, first)
    assert [each.field for each in found.found.stated] == ["candidate"]


def test_a_prefix_that_fits_two_candidates_is_refused(attached: Workspace, clock: Clock, tmp_path: Path) -> None:
    another(attached, tmp_path / "next", clock)
    with pytest.raises(UsageError, match="names no side"):
        comparing.pair(attached, "elm-desk", "sha256:")


def test_content_that_was_signed_and_is_on_record_nowhere_is_said(attached: Workspace, reviewer: Path) -> None:
    policies = attached.root / "policies"
    policies.mkdir()
    ours = attached.content["policies/release.yaml"].decode()
    (policies / "release.yaml").write_text(ours.replace("margin: 0.05", "margin: 0.15"), "utf-8")
    _forget(attached)
    wish = deciding.Wish(DecisionKind.APPROVE, "reviewer", "Under content that nobody kept.")
    case, roster = attached.case("elm-desk"), attached.people.roster()
    _, envelope = deciding.decide(case, roster, attached.clock(), deciding.open_key(reviewer), wish)
    append_signed(attached.ledger, attached.blobs, EntryType.DECISION, "dec", envelope, "elm-desk")
    shutil.rmtree(policies)
    _forget(attached)
    side = comparing.pair(attached, "elm-desk", LAST).before
    assert side.content_lost
    assert side.case.catalogue.digest == attached.catalogue.digest


def _forget(workspace: Workspace) -> None:
    for name in ("content", "catalogue"):
        workspace.__dict__.pop(name, None)


def test_a_report_that_time_alone_has_outdated_is_refused(attached: Workspace, reviewer: Path, clock: Clock) -> None:
    sign(attached, reviewer, "approve")
    _, page = comparing.report(attached, "elm-desk", LAST)
    clock.forward(days=1)
    sign(attached, reviewer, "hold", read=(("diff.html", page),))
    _, page = comparing.report(attached, "elm-desk", LAST)
    clock.moment += timedelta(days=900)
    with pytest.raises(UsageError, match="time has passed since this page was made") as caught:
        sign(attached, reviewer, "hold", read=(("diff.html", page),))
    assert caught.value.where == "diff.html"
    assert "govern diff elm-desk" in caught.value.hint


def test_who_may_not_sign_is_refused_before_a_report_is_kept(attached: Workspace, reviewer: Path) -> None:
    sign(attached, reviewer, "approve")
    _, page = comparing.report(attached, "elm-desk", LAST)
    key_of(attached, "Nora Example", "approver")
    size = attached.ledger.checkpoint().size
    with pytest.raises(UsageError, match="does not hold the role"):
        sign(attached, reviewer, "hold", role="approver", read=(("diff.html", page),))
    assert attached.ledger.checkpoint().size == size


def test_a_report_in_another_language_and_on_other_paper_is_signed_as_it_is(
    attached: Workspace, reviewer: Path
) -> None:
    sign(attached, reviewer, "approve")
    wish = {"language": "de", "paper": "Letter", "classification": "Internal"}
    _, page = comparing.report(attached, "elm-desk", LAST, wish=wish)
    assert b'lang="de"' in page
    case = comparing.require_current(page, "diff.html", attached, "elm-desk", "release")
    assert len(page) <= comparing.MOST
    assert case.gate.policy == "release"


def test_no_byte_of_a_report_can_be_another(attached: Workspace, reviewer: Path) -> None:
    sign(attached, reviewer, "approve")
    _, page = comparing.report(attached, "elm-desk", LAST)
    start = page.index(b"data-candidate-diff")
    for at in (5, start + 40, start + 200, len(page) // 2, len(page) - 3):
        altered = page[:at] + bytes([page[at] ^ 1]) + page[at + 1 :]
        with pytest.raises((IntegrityError, UnreadableError, UsageError)):
            comparing.require_current(altered, "diff.html", attached, "elm-desk", "release")
