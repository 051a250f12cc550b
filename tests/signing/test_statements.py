"""Signed decisions: whatever is changed after the signature makes them not valid, or no decision at all."""

from __future__ import annotations

import contextlib
import json
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.domain.decision import Decision, DecisionKind
from governance.errors import UnreadableError
from governance.parsing import canonical
from governance.proofs import dsse
from governance.proofs.identity_token import MAX_BYTES
from governance.signing import statements
from governance.verifier.meanings import MEANING
from governance.verifier.roster import Roster
from governance.verifier.statements import DECISION
from tests.signing.made import (
    ANN,
    BOB,
    LEDGER,
    MOMENT,
    STRANGER,
    ann,
    decision,
    digest,
    enrol,
    entry,
    event,
    key,
    roster,
)  # fmt: skip

NOBODY = "no key of an enrolled principal made this signature"
ANN_2 = key("ann's second")


def read(data: bytes, *, seq: int = 10, of: Roster | None = None, moment=MOMENT):
    return statements.read(data, entry(data, seq, moment), roster() if of is None else of)


def sealed(made: Decision, by=ANN) -> bytes:
    return by.seal(statements.payload(made))


def wrapped(statement: object, by=ANN) -> bytes:
    return by.seal(canonical.dumps(statement))


def plain(predicate: dict[str, Any] | None = None, **changes) -> dict[str, Any]:
    return {
        **json.loads(statements.payload(decision())),
        **({"predicate": predicate} if predicate else {}),
        **changes,
    }


@pytest.mark.parametrize("kind", list(DecisionKind))
def test_a_signed_decision_of_every_kind_is_read_back_as_valid(kind):
    made = decision(decision=kind)
    found = read(sealed(made))
    assert (found.valid, found.problem, found.decision) == (True, None, made)
    assert found.key_fingerprint == ANN.public.fingerprint


def test_a_decision_without_a_last_day_is_read_back_as_valid():
    made = decision(expires=None)
    assert (read(sealed(made)).valid, read(sealed(made)).decision) == (True, made)


def test_the_statement_is_an_in_toto_statement_about_the_model_and_all_that_was_seen():
    value = json.loads(statements.payload(decision(page=digest("page"))))
    assert value["_type"] == "https://in-toto.io/Statement/v1"
    assert value["predicateType"] == DECISION
    assert {row["name"]: row["digest"]["sha256"] for row in value["subject"]} == {
        "elm-adapter": digest("model")[7:],
        **{name: digest(name)[7:] for name in ("policy", "content", "evidence", "system", "risks", "page")},
    }


OTHER_VALUES: dict[str, Any] = {
    "decision": "reject",
    "meaning": "I have seen nothing.",
    "system": "other-desk",
    "identity": digest("another model"),
    "identity_name": "another",
    "signer": "Bob Day",
    "role": "reviewer",
    "reason": "Because I say so.",
    "signed_at": "2026-11-22T12:00:01Z",
    "expires": "2030-01-01",
    "checkpoint": {"origin": "example.org/ledger", "size": 9, "root": "ab" * 32},
    "policy": "lenient",
    "policy_digest": digest("another policy"),
    "content_digest": digest("other content"),
    "evidence_root": digest("other evidence"),
    "system_digest": digest("another system"),
    "risk_state": digest("other risks"),
    "gate_answer": "no",
    "page": digest("another page"),
    "read": [{"name": "another.html", "digest": digest("another document")}],
    "scope": {"uses": ["anything at all"], "places": []},
    "conditions": [{"id": "none", "text": "Nothing more", "owner": "Bob Day", "due": "2030-01-01"}],
    "dissent": [{"person": "Bob Day", "text": "I do not agree."}],
    "rollback": digest("another rollback"),
    "reapprove_on": ["red-team.v1"],
    "target": "dec-another",
    "risk": {"risk": "energy-use", "likelihood": 1, "impact": 1, "level": "low"},
    "waiver": {"control": "c", "standing": "unmet", "compensation": "None at all", "owner": "Bob Day", "retest": "2030-01-01"},
    "exception": {"person": "Bob Day", "duties": ["evaluator"]},
    "plan": {"suites": [{"task": "xstest", "metric": "acc", "runs": 2}]},
    "nonce": "f" * 32,
}  # fmt: skip


def test_every_field_of_a_decision_has_a_change_below():
    assert OTHER_VALUES.keys() == Decision.model_fields.keys()


CHANGES = [
    (change, field)
    for change in ("another", "gone", "null", "number")
    for field in OTHER_VALUES
    if change != "gone" or field in plain()["predicate"]
]


@pytest.mark.parametrize(("change", "field"), CHANGES)
def test_a_field_changed_after_the_signature_is_never_valid(change, field):
    envelope = json.loads(sealed(decision()))
    predicate = plain()["predicate"]
    assert predicate.get(field) != OTHER_VALUES[field]
    if change == "gone":
        del predicate[field]
    else:
        predicate[field] = {"another": OTHER_VALUES[field], "null": None, "number": 7}[change]
    statement = plain(predicate)
    if change == "another":
        with contextlib.suppress(
            ValueError
        ):  # where the whole is still a decision, it gets the subjects that go with it
            statement = json.loads(statements.payload(Decision.model_validate(predicate)))
    forged = json.loads(wrapped(statement, STRANGER))
    forged["signatures"] = envelope["signatures"]
    try:
        found = read(canonical.dumps(forged))
    except UnreadableError:
        assert change != "another" or field in {"conditions", "risk", "waiver", "exception", "plan"}
        return
    assert (found.valid, found.problem) == (False, NOBODY)


def test_every_subject_must_be_the_one_of_its_field():
    value = plain()
    for number, row in enumerate(value["subject"]):
        for other in (
            {**row, "digest": {"sha256": digest("something else")[7:]}},
            {**row, "name": row["name"] + "s"},
        ):
            rows = [*value["subject"][:number], other, *value["subject"][number + 1 :]]
            with pytest.raises(UnreadableError):
                read(wrapped({**value, "subject": rows}))
    with pytest.raises(UnreadableError):
        read(wrapped({**value, "subject": value["subject"][::-1]}))


@pytest.mark.parametrize(
    "statement",
    [
        plain(_type="https://in-toto.io/Statement/v0.1"),
        plain(predicateType="urn:another"),
        plain(subject=[]),
        plain(extra=1),
        plain({**plain()["predicate"], "extra": 1}),
        plain({**plain()["predicate"], "signed_at": "2026-11-22T12:00:00"}),
        plain({**plain()["predicate"], "signed_at": "2026-11-22T12:00:00+00:00"}),
        plain({**plain()["predicate"], "signed_at": "2026-11-22T12:00:00.5Z"}),
        plain({**plain()["predicate"], "signed_at": "0001-01-01T00:00:00+14:00"}),
        plain({**plain()["predicate"], "signed_at": 0}),
        plain({**plain()["predicate"], "signed_at": "9999-12-31T23:59:59-14:00"}),
        plain({**plain()["predicate"], "reason": "TBD"}),
        plain({**plain()["predicate"], "reason": " All controls are met. "}),
        plain({**plain()["predicate"], "decision": "perhaps"}),
        plain({**plain()["predicate"], "checkpoint": {"origin": "two words", "size": 1, "root": "ab" * 32}}),
        plain({**plain()["predicate"], "scope": {"uses": [], "places": ["the-moon"]}}),
        {"predicate": []},
        {"predicate": None},
        {},
        [],
        "text",
        5,
        None,
    ],
)
def test_what_is_no_decision_is_unreadable_though_it_is_well_signed(statement):
    with pytest.raises(UnreadableError):
        read(wrapped(statement))


@pytest.mark.parametrize("payload", [b"", b"not json", b"\xff", b"[" * 10_000, b'{"predicate":{},"predicate":{}}'])
def test_a_payload_that_is_no_json_is_unreadable(payload):
    with pytest.raises(UnreadableError):
        read(ANN.seal(payload))


def test_a_statement_in_another_spelling_is_unreadable():
    with pytest.raises(UnreadableError, match="canonical form"):
        read(ANN.seal(statements.payload(decision()) + b"\n"))


def test_an_envelope_of_another_type_is_unreadable():
    payload = statements.payload(decision())
    signature = ANN.sign(dsse.pae("text/plain", payload))
    with pytest.raises(UnreadableError, match="text/plain"):
        read(dsse.assemble(payload, [(ANN.public.fingerprint, signature)], payload_type="text/plain"))


@settings(max_examples=150)
@given(st.data())
def test_no_changed_byte_leaves_a_valid_decision_of_other_content(data):
    made = sealed(decision())
    at = data.draw(st.integers(0, len(made) - 1))
    spoilt = made[:at] + bytes([made[at] ^ data.draw(st.integers(1, 255))]) + made[at + 1 :]
    try:
        found = read(spoilt)
    except UnreadableError:
        return
    assert not found.valid or found.decision == decision()


@pytest.mark.parametrize(
    ("made", "of", "problem"),
    [
        (decision(role="owner"), roster(), "Ann Lee does not hold the role owner"),
        (decision(), ann(roles=("reviewer", "owner")), "Ann Lee does not hold the role approver"),
        (decision(signer="Bob Day"), roster(), "signed with the key of Ann Lee, in the name of Bob Day"),
        (decision(signer="Ann Le"), roster(), "signed with the key of Ann Lee, in the name of Ann Le"),
        (
            decision(meaning=MEANING["reject"]),
            roster(),
            "the meaning that was signed is not the one of this decision",
        ),
        (
            decision(meaning=MEANING["approve"] + " "),
            roster(),
            "the meaning that was signed is not the one of this decision",
        ),
        (decision(decision="accept-risk", role="approver"), roster(), "accept-risk is signed in the role risk-owner, not approver"),
        (decision(decision="set-policy", role="approver"), roster(), "set-policy is signed in the role threshold-author, not approver"),
        (
            decision(decision="except-duties", exception={"person": "ANN  lee", "duties": ["trainer"]}),
            roster(),
            "Ann Lee lets itself off, which somebody else must do",
        ),
        (decision(), ann(valid_from=date(2026, 11, 23)), "signed on 2026-11-22, when the key was not valid"),
        (decision(), ann(valid_until=date(2026, 11, 21)), "signed on 2026-11-22, when the key was not valid"),
        (decision(), ann(of=STRANGER), NOBODY),
        (decision(), Roster(LEDGER.public), NOBODY),
    ],
)  # fmt: skip
def test_the_reason_why_a_signature_does_not_count_is_given(made, of, problem):
    found = read(sealed(made), of=of)
    assert (found.valid, found.problem) == (False, problem)


@pytest.mark.parametrize("days", [{"valid_from": date(2026, 11, 22)}, {"valid_until": date(2026, 11, 22)}])
def test_the_first_and_the_last_day_of_a_key_count(days):
    assert read(sealed(decision()), of=ann(**days)).valid


def test_a_key_that_is_not_enrolled_is_named_by_what_it_claims():
    found = read(sealed(decision(), STRANGER))
    assert (found.valid, found.key_fingerprint) == (False, STRANGER.public.fingerprint)


def test_the_ledgers_own_key_signs_no_decision():
    found = read(sealed(decision(), LEDGER))
    assert (found.valid, found.problem) == (False, NOBODY)


@pytest.mark.parametrize("name", ["ann lee", "ANN  LEE", "\uff21\uff4e\uff4e Lee"])
def test_a_name_is_compared_as_people_are(name):
    assert read(sealed(decision(signer=name))).valid


@pytest.mark.parametrize(("seq", "valid"), [(10, True), (11, True), (9, False), (2, False)])
def test_a_decision_never_names_a_later_ledger_than_its_own_place(seq, valid):
    found = read(sealed(decision()), seq=seq)
    assert found.valid is valid
    assert valid or found.problem == "names a later ledger than the one it stands in"


def test_a_decision_that_is_dated_after_it_was_recorded_does_not_count():
    data = sealed(decision())
    early = read(data, moment=MOMENT - timedelta(seconds=1))
    assert (early.valid, early.problem) == (False, "is dated after it was recorded")
    assert read(data, moment=MOMENT).valid
    assert read(data, moment=MOMENT + timedelta(days=1)).valid


@pytest.mark.parametrize("first", [True, False])
def test_a_signature_that_somebody_adds_takes_nothing_from_the_signers_own(first):
    own, added = (json.loads(sealed(decision(), by)) for by in (ANN, BOB))
    rows = own["signatures"] + added["signatures"]
    found = read(canonical.dumps({**own, "signatures": rows if first else rows[::-1]}))
    assert (found.valid, found.key_fingerprint) == (True, ANN.public.fingerprint)


def revoked(seq: int, **more: Any):
    said = {"event": "revoke", "name": "Ann Lee", "credential": ANN.public.fingerprint, **more}
    return event(seq, LEDGER, **said)


@pytest.mark.parametrize(("seq", "valid"), [(11, True), (12, False), (13, False), (400, False)])
def test_a_revoked_key_keeps_what_it_signed_before_and_signs_nothing_from_there_on(seq, valid):
    found = read(sealed(decision()), of=roster(revoked(12)), seq=seq)
    assert (found.valid, found.problem) == (valid, None if valid else "the key is revoked since entry 12")


@pytest.mark.parametrize(("seq", "valid"), [(10, True), (11, False), (19, False), (21, False)])
def test_a_revocation_that_names_an_earlier_entry_takes_what_was_signed_since(seq, valid):
    found = read(sealed(decision()), of=roster(revoked(20, since=11)), seq=seq)
    assert (found.valid, found.problem) == (valid, None if valid else "the key is revoked since entry 11")


def test_a_key_signs_nothing_that_was_recorded_before_it_was_enrolled():
    of = Roster(LEDGER.public)
    of.apply(enrol(30, "Ann Lee", ANN, "approver"))
    found = read(sealed(decision()), of=of, seq=20)
    assert (found.valid, found.problem) == (False, "the key was enrolled later, in entry 30")


@pytest.mark.parametrize("by", [ANN, LEDGER], ids=["by herself", "by the operator"])
def test_after_a_rotation_the_new_key_signs_and_the_old_one_no_more(by):
    said = {"event": "rotate", "name": "Ann Lee", "key": ANN_2.public.line, "replaces": ANN.public.fingerprint}
    of = roster(event(15, by, **said))
    held = {
        (name, seq): read(sealed(decision(), signer), of=of, seq=seq).problem
        for name, signer in (("old", ANN), ("new", ANN_2))
        for seq in (14, 15, 16)
    }
    assert held == {
        ("old", 14): None,
        ("old", 15): "the key is revoked since entry 15",
        ("old", 16): "the key is revoked since entry 15",
        ("new", 14): "the key was enrolled later, in entry 15",
        ("new", 15): None,
        ("new", 16): None,
    }


def test_a_role_counts_as_it_was_held_in_that_entry():
    of = roster(event(15, LEDGER, event="roles", name="Ann Lee", roles=["reviewer"]))
    assert read(sealed(decision()), of=of, seq=14).valid
    assert read(sealed(decision()), of=of, seq=15).problem == "Ann Lee does not hold the role approver"


def pipeline(by=LEDGER) -> Roster:
    of = Roster(LEDGER.public)
    said = {"event": "enrol", "name": "build", "kind": "pipeline", "roles": ["approver"], "key": BOB.public.line}
    of.apply(event(0, by, **said))
    assert of.refused == []
    return of


def test_a_pipeline_makes_no_decision():
    found = read(sealed(decision(signer="build"), BOB), of=pipeline())
    assert (found.valid, found.problem) == (False, "build is a pipeline, and a decision is a person's")


@pytest.mark.parametrize("text", [b"", b"not.a.token", b"\xff" * 64, b"a" * (MAX_BYTES + 1)], ids=len)
def test_a_signature_that_is_none_is_an_answer_and_no_error(text):
    """A token identity on the roster makes any signature a candidate token; none of them may raise."""
    of = roster(
        event(
            2, LEDGER, event="enrol", name="ci", kind="pipeline", roles=["trainer"],
            token={"issuer": "https://ci.example", "subject": "repo", "jwks": {"keys": [{"kty": "RSA", "n": "AQ", "e": "AQAB"}]}},
        )
    )  # fmt: skip
    try:
        data = dsse.assemble(statements.payload(decision()), [(ANN.public.fingerprint, text)])
    except UnreadableError:
        return
    try:
        found = read(data, of=of)
    except UnreadableError:
        return
    assert (found.valid, found.problem) == (False, NOBODY)
