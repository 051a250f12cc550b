"""Enrolling, replacing and revoking in a workspace: what would not count is refused first, and races are told."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from governance.errors import UnreadableError, UsageError
from governance.workspace import Workspace
from tests.signing.made import ANN, BOB, STRANGER, key, signs
from tests.signing.test_keys import WEAK, line_of

if TYPE_CHECKING:
    from governance.signing.keys import SigningKey

ADA = key("ada")


def wanted(of: SigningKey, *roles: str) -> dict[str, Any]:
    return {"reason": "It was asked for.", "roles": roles, "key": of.public.line}


def test_what_would_not_count_is_refused_before_it_is_on_record(workspace: Workspace):
    people, operator = workspace.people, workspace.operator
    people.enrol("Ann Lee", by=operator, **wanted(ANN, "reviewer"))
    size = workspace.ledger.checkpoint().size
    for said, act in {
        "enrolled already": lambda: people.enrol("ann  lee", by=operator, **wanted(BOB, "approver")),
        "stands under Ann Lee": lambda: people.enrol("Bob Day", by=operator, **wanted(ANN, "approver")),
        "administrator": lambda: people.enrol("Bob Day", by=ANN, **wanted(BOB, "approver")),
        "own key": lambda: people.enrol("Bob Day", by=operator, **wanted(operator, "approver")),
        "Nobody is not enrolled": lambda: people.revoke("Nobody", by=operator, reason="It was asked for."),
        "no key SHA256:x": lambda: people.revoke("Ann Lee", by=operator, reason="Gone now.", credential="SHA256:x"),
        "roles": lambda: people.change_roles("Ann Lee", by=operator, reason="None left.", roles=[]),
        "says nothing": lambda: people.enrol("TBD", by=operator, **wanted(BOB, "approver")),
        "earlier entry": lambda: people.revoke("Ann Lee", by=operator, reason="Gone now.", since=size + 5),
    }.items():
        with pytest.raises(UsageError, match=said):
            act()
    with pytest.raises((UsageError, UnreadableError), match="weak"):
        people.enrol("Bob Day", by=operator, reason="Weak key.", roles=["reviewer"], key=line_of(WEAK[0]))
    assert workspace.ledger.checkpoint().size == size
    assert people.roster().refused == []


def test_a_whole_life_of_a_key_through_the_workspace(workspace: Workspace):
    people, operator, new = workspace.people, workspace.operator, key("new")
    people.enrol("Ada Example", by=operator, **wanted(ADA, "administrator"))
    people.enrol("Ann Lee", by=ADA, valid_until=date(2030, 1, 1), **wanted(ANN, "reviewer", "reviewer"))
    people.rotate("ann lee", by=ANN, reason="A new token.", key=new.public.line)
    people.change_roles("Ann Lee", by=ADA, reason="She decides now.", roles=["approver"])
    people.revoke("Ann Lee", by=new, reason="It was lost.")
    held = Workspace(workspace.root).people.roster()
    ann = held.find("Ann Lee")
    assert [(c.name, c.until is not None) for c in ann.credentials] == [
        (ANN.public.fingerprint, True), (new.public.fingerprint, True),
    ]  # fmt: skip
    assert ann.roles() == ("approver",)
    assert held.refused == []
    with pytest.raises(UsageError, match="0 keys"):
        people.revoke("Ann Lee", by=operator, reason="Once more.")


def test_of_two_enrolments_at_once_one_counts_and_the_other_is_told(workspace: Workspace):
    """Both sign before either writes, as two people on two machines would."""
    both = threading.Barrier(2)
    said: list[str | None] = []

    def at_once(by: SigningKey) -> None:
        mine = Workspace(workspace.root, workspace.clock)
        signing = type(by)(by.public, lambda message: (both.wait(timeout=20), by.sign(message))[1])
        try:
            mine.people.enrol("Ann Lee", by=signing, **wanted(STRANGER if len(said) else ANN, "reviewer"))
            said.append(None)
        except UsageError as error:
            said.append(error.message)
        finally:
            mine.ledger.close()

    threads = [threading.Thread(target=at_once, args=(workspace.operator,)) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(timeout=30)
    held = workspace.people.roster()
    assert len(held.find("Ann Lee").credentials) == 1
    assert sum(each is None for each in said) == 1


def test_an_event_that_came_in_between_is_told_though_it_is_on_record(workspace: Workspace):
    operator, people = workspace.operator, workspace.people
    other = Workspace(workspace.root, workspace.clock).people
    real = workspace.blobs.write

    class First:
        """Bodies that let somebody else write first."""

        read = workspace.blobs.read

        def write(self, bodies: Any) -> None:
            real(bodies)
            other.enrol("ANN LEE", by=operator, **wanted(BOB, "approver"))

    people._blobs = First()
    with pytest.raises(UsageError, match=r"enrolled already; prn-[0-9a-f]{20} is on record and does not count"):
        people.enrol("Ann Lee", by=operator, **wanted(ANN, "approver"))
    held = other.roster()
    assert (signs(held, ANN, 99), signs(held, BOB, 99)) == (None, "ANN LEE")
    assert len(held.refused) == 1


def test_a_decision_counts_by_the_roster_of_its_entry_and_not_by_the_clock(attached: Workspace, reviewer, clock):
    signed = attached.sign(
        "elm-desk", key_file=reviewer, role="reviewer", decision="hold", reason="Waiting for a test."
    )[0]
    place = attached.ledger.find(signed).seq
    clock.forward(days=3)
    attached.people.revoke("Rita Example", by=attached.operator, reason="She left.")
    (found,) = attached.dossier("elm-desk").decisions
    assert (found.id, found.seq, found.valid) == (signed, place, True)
    with pytest.raises(UsageError, match="revoked since entry"):
        attached.sign("elm-desk", key_file=reviewer, role="reviewer", decision="hold", reason="From the grave.")
    attached.people.revoke(
        "Rita Example", by=attached.operator, reason="The key was stolen.", since=place,
        credential=found.key_fingerprint,
    )  # fmt: skip
    (found,) = attached.dossier("elm-desk").decisions
    assert (found.valid, found.problem) == (False, f"the key is revoked since entry {place}")
    before = attached.dossier("elm-desk", known_at=clock() - timedelta(days=1)).decisions
    assert [each.valid for each in before] == [True], "what was known then is judged as it was known then"
