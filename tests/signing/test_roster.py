"""Who may sign as what: enrolled once, replaced, revoked, by those who may say so, and in the order of the ledger alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.parsing.people import person_key
from governance.proofs import dsse
from governance.verifier.roster import Roster, fold
from tests.signing import made
from tests.signing.made import ANN, BOB, LEDGER, MOMENT, enrol, event, forged, key, signs
from tests.signing.test_keys import WEAK, line_of

if TYPE_CHECKING:
    from governance.signing.keys import SigningKey

ADA, EVE = key("ada"), key("eve")


def refused(of: Roster) -> list[str]:
    return [said for _, said in of.refused]


def after(*events: Any) -> Roster:
    return fold(events, LEDGER.public)


# --- whatever happens ----------------------------------------------------------------------------------------------------

KEYS = [key(name) for name in ("one", "two", "three", "four")]
NAMES = ["Ann Lee", "ann  LEE", "Bob Day", "Cyd Moe"]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["enrol", "rotate", "revoke", "roles"]),
        st.sampled_from(NAMES),
        st.sampled_from(KEYS),
        st.sampled_from(KEYS),
        st.sampled_from([LEDGER, LEDGER, *KEYS]),
        st.sampled_from([["reviewer"], ["administrator"], ["approver", "reviewer"]]),
        st.none() | st.integers(0, 40),
    ),
    max_size=30,
)


def step(seq: int, what: str, name: str, one: SigningKey, other: SigningKey, by: SigningKey, roles, since):
    said: dict[str, Any] = {
        "enrol": {"kind": "person", "roles": roles, "key": one.public.line},
        "rotate": {"key": one.public.line, "replaces": other.public.fingerprint},
        "revoke": {"credential": one.public.fingerprint, "since": since},
        "roles": {"roles": roles},
    }[what]
    return event(seq, by, event=what, name=name, **said)


def folded(steps: list[Any]) -> Roster:
    of = Roster(LEDGER.public)
    for seq, each in enumerate(steps):
        of.apply(step(seq, *each))
    return of


@settings(max_examples=150, deadline=None)
@given(STEPS)
def test_whatever_happens_a_key_is_one_persons_and_signs_no_more_once_it_was_ended(steps):
    of = Roster(LEDGER.public)
    ends: dict[tuple[bytes, int], int] = {}
    for seq, each in enumerate(steps):
        of.apply(step(seq, *each))
        people = [person_key(principal.name) for principal in of.principals.values()]
        assert len(set(people)) == len(people)
        held = {
            (one.by.material, one.since): (one, principal)
            for principal in of.principals.values()
            for one in principal.credentials
        }
        materials = [material for material, _ in held]
        assert len(set(materials)) == len(materials), "a key stands under two people, or twice under one"
        what, _, key_, _, by, _, since = each
        if what == "revoke" and by is LEDGER and all(entry_id != f"prn-{seq}" for entry_id, _ in of.refused):
            ((place, _),) = [(place, one) for place, one in held.items() if place[0] == key_.public.material]
            ends[place] = min(ends.get(place, seq), seq if since is None else since)
        for place, (one, principal) in held.items():
            end = ends.get(place)
            assert end is None or (one.until is not None and one.until <= end), "what the operator ended goes on"
            by_key = next(each for each in KEYS if each.public.material == place[0])
            if one.until is not None:
                assert all(
                    signs(of, by_key, later) is None for later in (one.until, seq + 1, 10_000) if later >= one.until
                )
            elif seq >= one.since:
                assert signs(of, by_key, seq + 1) == principal.name


@settings(max_examples=100, deadline=None)
@given(STEPS)
def test_nobody_gets_in_or_gets_roles_but_by_the_operator_or_an_administrator(steps):
    of = folded(steps)

    def said_by(seq: int) -> list[Any]:
        """The people whose key, as it stands in the end, signed an event."""
        by = steps[seq][4]
        return [p for p in of.principals.values() if any(c.by.material == by.public.material for c in p.active(seq))]

    def may(seq: int) -> bool:
        return steps[seq][4] is LEDGER or any("administrator" in p.roles(seq - 1) for p in said_by(seq))

    for principal in of.principals.values():
        assert all(may(seq) for seq, _ in principal.grants)
        for one in principal.credentials:
            own = steps[one.since][0] == "rotate" and steps[one.since][4].public.material in {
                each.by.material for each in principal.active(one.since - 1)
            }
            assert own or may(one.since)


@settings(max_examples=50, deadline=None)
@given(STEPS)
def test_the_roster_is_a_function_of_the_events_and_of_nothing_else(steps):
    one, other = folded(steps), folded(steps)
    assert (one.principals, one.refused) == (other.principals, other.refused)


# --- who may say so ------------------------------------------------------------------------------------------------------


def test_an_administrator_may_enrol_and_a_reviewer_may_not():
    of = after(
        enrol(0, "Ada Example", ADA, "administrator"),
        enrol(1, "Ann Lee", ANN, "reviewer", by=ADA),
        enrol(2, "Bob Day", BOB, "reviewer", by=ANN),
        event(3, ANN, event="roles", name="Ann Lee", roles=["administrator"]),
    )
    assert [principal.name for principal in of.principals.values()] == ["Ada Example", "Ann Lee"]
    assert refused(of) == ["was not signed by the ledger's key or an administrator"] * 2
    assert of.find("Ann Lee").roles() == ("reviewer",)


def test_somebody_unknown_may_do_nothing():
    of = after(
        enrol(0, "Ann Lee", ANN, "reviewer"),
        enrol(1, "Eve", EVE, "administrator", by=EVE),
        event(2, EVE, event="revoke", name="Ann Lee", credential=ANN.public.fingerprint),
        event(3, EVE, event="rotate", name="Ann Lee", key=EVE.public.line, replaces=ANN.public.fingerprint),
        event(4, EVE, event="roles", name="Ann Lee", roles=["administrator"]),
    )
    assert len(of.refused) == 4
    assert (signs(of, ANN, 9), signs(of, EVE, 9)) == ("Ann Lee", None)


def test_an_administrator_who_was_revoked_enrols_nobody():
    of = after(
        enrol(0, "Ada Example", ADA, "administrator"),
        event(1, LEDGER, event="revoke", name="Ada Example", credential=ADA.public.fingerprint),
        enrol(2, "Eve", EVE, "administrator", by=ADA),
    )
    assert refused(of) == ["was not signed by the ledger's key or an administrator"]


def test_one_rotates_and_revokes_ones_own_key_and_nobody_elses():
    new = key("ann's new")
    of = after(
        enrol(0, "Ann Lee", ANN, "reviewer"),
        enrol(1, "Bob Day", BOB, "reviewer"),
        event(2, ANN, event="rotate", name="Ann Lee", key=new.public.line, replaces=ANN.public.fingerprint),
        event(3, ANN, event="rotate", name="Ann Lee", key=EVE.public.line, replaces=new.public.fingerprint),
        event(4, BOB, event="revoke", name="Ann Lee", credential=new.public.fingerprint),
        event(5, new, event="revoke", name="Ann Lee", credential=new.public.fingerprint),
    )
    assert refused(of) == ["was not signed by Ann Lee, the ledger's key or an administrator"] * 2
    assert [signs(of, ANN, 1), signs(of, ANN, 2), signs(of, new, 4), signs(of, new, 5)] == [
        "Ann Lee",
        None,
        "Ann Lee",
        None,
    ]


def test_a_signature_of_another_event_does_not_carry_over():
    good = enrol(0, "Ann Lee", ANN, "reviewer")
    other = enrol(0, "Eve", EVE, "administrator", by=EVE)
    stolen = dsse.Envelope(
        other.statement.envelope.payload_type, other.statement.envelope.payload, good.statement.envelope.signatures
    )
    swapped = made.Event(0, MOMENT, type(good.statement)(stolen, *_rest(other.statement)))
    assert refused(after(swapped)) == ["was not signed by the ledger's key or an administrator"]


def _rest(statement: Any) -> tuple[Any, ...]:
    return statement.predicate_type, statement.subjects, statement.predicate


# --- one person, one key -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["ann lee", "ANN  LEE", "Ann\u200d Lee", "\uff21nn Lee"])
def test_a_person_is_enrolled_once_in_whatever_spelling(name):
    of = Roster(LEDGER.public)
    of.apply(enrol(0, "Ann Lee", ANN, "reviewer"))
    predicate = enrol(1, "Somebody", BOB, "approver").statement.predicate
    of.apply(forged(1, LEDGER, {**predicate, "name": name}))
    assert refused(of) == ["Ann Lee is enrolled already"]
    assert of.find(name).name == "Ann Lee"


def test_a_key_stands_under_one_name_for_ever():
    of = after(
        enrol(0, "Ann Lee", ANN, "reviewer"),
        enrol(1, "Bob Day", ANN, "approver"),
        event(2, LEDGER, event="revoke", name="Ann Lee", credential=ANN.public.fingerprint),
        enrol(3, "Bob Day", ANN, "approver"),
        enrol(4, "Ann Lee", ANN, "approver"),
    )
    assert refused(of) == ["this key stands under Ann Lee already; a key is enrolled once, and never again"] * 3


def test_who_was_revoked_comes_back_with_a_new_key_and_the_roles_of_then():
    of = after(
        enrol(0, "Ann Lee", ANN, "reviewer"),
        event(1, LEDGER, event="revoke", name="Ann Lee", credential=ANN.public.fingerprint),
        enrol(2, "ann lee", BOB, "approver"),
    )
    assert of.refused == []
    assert (signs(of, ANN, 5), signs(of, BOB, 5)) == (None, "Ann Lee")
    assert (of.find("Ann Lee").roles(0), of.find("Ann Lee").roles(2)) == (("reviewer",), ("approver",))


def test_the_ledgers_own_key_is_no_persons():
    assert refused(after(enrol(0, "Ann Lee", LEDGER, "approver"))) == [
        "this is the ledger's own key, which signs checkpoints and no decision"
    ]


@pytest.mark.parametrize("raw", WEAK, ids=bytes.hex)
def test_a_weak_key_is_never_enrolled(raw):
    predicate = enrol(0, "Ann Lee", ANN, "approver").statement.predicate
    of = after(forged(0, LEDGER, {**predicate, "key": line_of(raw)}))
    assert len(of.refused) == 1
    assert of.principals == {}


@pytest.mark.parametrize(
    "change",
    [
        {"event": "promote"}, {"event": None}, {"name": ""}, {"name": " \u200d"}, {"name": 7}, {"roles": "reviewer"},
        {"roles": [""]}, {"roles": [7]}, {"key": 7}, {"key": "ssh-ed25519 AAAA"}, {"valid_from": "soon"}, {"valid_until": 7},
        {"key": None},
    ],
    ids=str,
)  # fmt: skip
def test_an_event_of_another_form_is_told_and_does_nothing(change):
    predicate = {**enrol(0, "Ann Lee", ANN, "approver").statement.predicate, **change}
    of = after(forged(0, LEDGER, predicate))
    assert len(of.refused) == 1
    assert of.principals == {}


# --- revocations -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("since", [-1, 6, True, "3", 2.5])
def test_a_revocation_is_since_an_entry_that_was(since):
    said = event(5, LEDGER, event="revoke", name="Ann Lee", credential=ANN.public.fingerprint).statement.predicate
    of = after(enrol(0, "Ann Lee", ANN, "reviewer"), forged(5, LEDGER, {**said, "since": since}))
    assert refused(of) == ["`since` is not the number of an earlier entry"]
    assert signs(of, ANN, 5) == "Ann Lee"


def test_what_became_known_later_moves_an_end_back_and_never_forward():
    new = key("ann's new")

    def ended(seq: int, since: int) -> made.Event:
        return event(seq, LEDGER, event="revoke", name="Ann Lee", credential=ANN.public.fingerprint, since=since)

    of = after(
        enrol(0, "Ann Lee", ANN, "reviewer"),
        event(10, LEDGER, event="rotate", name="Ann Lee", key=new.public.line, replaces=ANN.public.fingerprint),
        ended(12, 6),
        ended(13, 9),
    )
    assert [signs(of, ANN, seq) for seq in (5, 6, 9, 12)] == ["Ann Lee", None, None, None]
    assert refused(of) == [f"Ann Lee has no key {ANN.public.fingerprint} that signs now"]
    assert signs(of, new, 12) == "Ann Lee"
