"""Which signatures count."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.assurance.cases import NOON, OTHER, artifacts, ask_gate, day, dossier, piece, policy, signed

if TYPE_CHECKING:
    from governance.domain.assessment import ConditionResult

ONE = policy({"signed_by": {"roles": ["reviewer"]}})
TWO = policy({"signed_by": {"roles": ["reviewer"], "people": 2}})
BOTH = policy({"signed_by": {"roles": ["reviewer", "risk-owner"]}})
HELD = dossier(artifacts(1))
LATER = {"signed_at": NOON - timedelta(minutes=1)}


def answer(asked: Any, *decisions: Any, pieces: tuple[Any, ...] = (artifacts(1),), **system: Any) -> ConditionResult:
    """What the condition says; the ledger holds a system at 0, weights at 1 and decisions from 2."""
    return ask_gate(asked, dossier(*pieces, decisions=decisions, **system)).conditions[0]


def by(seq: int, person: str = "Rita Example", role: str = "reviewer", decision: str = "approve", **said: Any) -> Any:
    return signed(seq, said.pop("over", HELD), said.pop("asked", ONE), person, role, decision, **said)


def test_one_approval_is_enough_where_one_is_asked() -> None:
    found = answer(ONE, by(2))
    assert (found.answer, found.reason) == ("yes", "approved by Rita Example (reviewer)")
    assert answer(ONE).answer == "no"


@pytest.mark.parametrize(
    ("said", "reason"),
    [({"expires": day(-1)}, "expired on"), ({"identity": OTHER}, "another model identity"),
     ({"policy_digest": OTHER}, "another policy"), ({"system": "other"}, "another system"),
     ({"valid": False}, "does not verify"), ({"signed_at": NOON + timedelta(seconds=1)}, "in the future"),
     ({"role": "developer"}, "missing: 1 approval in the role reviewer"), ({"decision": "hold"}, "says hold")],
)  # fmt: skip
def test_an_approval_that_does_not_fit_does_not_count_and_says_why(said: dict[str, Any], reason: str) -> None:
    found = answer(ONE, by(2, **said))
    assert found.answer == "no"
    assert reason in found.reason
    assert found.would_turn


def test_an_approval_counts_through_its_last_day() -> None:
    assert answer(ONE, by(2, expires=day(0))).answer == "yes"


def test_without_weights_there_is_nothing_to_sign() -> None:
    assert answer(ONE, by(2), pieces=()).answer == "could-not-tell"


@pytest.mark.parametrize("kind", ["revoke", "reject", "hold"])
def test_the_later_word_of_a_person_replaces_the_earlier(kind: str) -> None:
    assert answer(ONE, by(2), by(3, decision=kind, **LATER)).answer == "no"
    assert answer(ONE, by(2, decision=kind), by(3, **LATER)).answer == "yes"


def test_a_rejection_by_another_person_or_in_another_role_denies() -> None:
    assert answer(ONE, by(2), by(3, "Sam Other", decision="reject")).answer == "no"
    assert answer(ONE, by(2), by(3, role="developer", decision="reject")).answer == "no"
    assert answer(ONE, by(2), by(3, "Sam Other", decision="reject", valid=False)).answer == "could-not-tell"


@pytest.mark.parametrize("said", [{"policy_digest": OTHER}, {"expires": day(-1)}])
def test_a_refusal_is_lifted_neither_by_another_policy_nor_by_time(said: dict[str, Any]) -> None:
    assert answer(ONE, by(2), by(3, decision="revoke", **said, **LATER)).answer == "no"
    assert answer(ONE, by(2), by(3, "Sam Other", decision="reject", **said)).answer == "no"


def test_an_older_approval_brought_in_after_a_refusal_lifts_nothing() -> None:
    early = {"signed_at": NOON - timedelta(hours=9)}
    assert answer(ONE, by(2, decision="reject"), by(3, **early)).answer == "no"


def test_a_later_approval_that_expired_does_not_uncover_an_earlier_one() -> None:
    assert answer(ONE, by(2), by(3, expires=day(-1), **LATER)).answer == "no"


def test_two_spellings_are_one_person() -> None:
    for other in ("rita  example ", "RITA EXAMPLE", "Rita\u00a0Example", "\uff32ita Example"):
        assert answer(TWO, by(2, asked=TWO), by(3, other, asked=TWO)).answer == "no"
    assert answer(TWO, by(2, asked=TWO), by(3, "Sam Other", asked=TWO)).answer == "yes"


def test_one_person_in_two_roles_fills_one_place() -> None:
    rita = [by(2, asked=BOTH), by(3, "rita example", "risk-owner", asked=BOTH)]
    found = answer(BOTH, *rita)
    assert found.answer == "no"
    assert "somebody who fills no other place" in found.reason
    assert answer(BOTH, *rita, by(4, "Sam Other", asked=BOTH)).answer == "yes"
    assert answer(BOTH, *rita, by(4, "Sam Other", "risk-owner", asked=BOTH)).answer == "yes"


def test_evidence_after_the_sign_off_can_not_tell() -> None:
    later = (artifacts(1), piece(3, "own-note.v1"))
    found = answer(ONE, by(2), pieces=later)
    assert found.answer == "could-not-tell"
    assert "recorded after the approval by Rita Example" in found.reason
    assert answer(ONE, by(2), by(4, over=dossier(*later), **LATER), pieces=later).answer == "yes"
    slipped_in = (artifacts(1), piece(2, "own-note.v1"))
    assert answer(ONE, by(2), pieces=slipped_in).answer == "could-not-tell"


def test_each_needed_signer_must_have_seen_the_newest_evidence() -> None:
    later = (artifacts(1), piece(3, "own-note.v1"))
    rita, sam = by(2, asked=TWO), by(4, "Sam Other", asked=TWO, over=dossier(*later))
    assert answer(TWO, rita, sam, pieces=later).answer == "could-not-tell"
    assert answer(TWO, rita, sam, by(5, "Third Person", asked=TWO, over=dossier(*later)), pieces=later).answer == "yes"
    assert answer(ONE, by(2), by(4, "Sam Other", over=dossier(*later)), pieces=later).answer == "yes"


def test_a_system_file_changed_after_the_sign_off_can_not_tell() -> None:
    found = answer(ONE, by(2), registered_at=NOON - timedelta(minutes=30), risk_appetite=25)
    assert found.answer == "could-not-tell"
    assert "system file was changed" in found.reason


def test_other_weights_after_the_sign_off_deny() -> None:
    assert answer(ONE, by(2), pieces=(artifacts(1), artifacts(3, OTHER))).answer == "no"
    assert answer(ONE, by(2), pieces=(artifacts(1, chat_template_sha256=OTHER),)).answer == "no"
