"""Signed decisions: whatever is changed after the signature makes them not valid, or no decision at all."""

import json
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.domain.decision import MEANING, PREDICATE_TYPE, Decision, DecisionKind
from governance.errors import UnreadableError
from governance.parsing import canonical
from governance.proofs import dsse, ed25519
from governance.signing import keys, statements
from governance.signing.signers import Signer, Signers

ANN, BOB, STRANGER = keys.generate(), keys.generate(), keys.generate()


def listed(**changes) -> Signers:
    ann = {"name": "Ann Lee", "roles": ("approver",), "key": ed25519.public_line(ed25519.raw(ANN)), **changes}
    bob = Signer(name="Bob", roles=("owner",), key=ed25519.public_line(ed25519.raw(BOB)))
    return Signers(signers=(bob, Signer.model_validate(ann)))


def digest(of: str) -> str:
    return canonical.sha256(of.encode())


def decision(**changes) -> Decision:
    kind = changes.get("decision", DecisionKind.APPROVE)
    return Decision.model_validate(
        {
            "decision": kind,
            "meaning": MEANING[kind],
            "system": "elm-desk",
            "identity": digest("model"),
            "identity_name": "elm-adapter",
            "signer": "Ann Lee",
            "role": "approver",
            "reason": "All controls are met.",
            "signed_at": datetime(2026, 11, 22, 12, tzinfo=UTC),
            "expires": date(2027, 5, 22),
            "checkpoint": {"origin": "example.org/ledger", "size": 10, "root": "ab" * 32},
            "policy": "default",
            "policy_digest": digest("policy"),
            "content_digest": digest("content"),
            "gate_answer": "yes",
            "nonce": "0123456789abcdef" * 2,
            **changes,
        }
    )


def read(data: bytes, *, seq: int = 10, signers: Signers | None = None):
    return statements.read(data, entry_id="dec-1", seq=seq, signers=listed() if signers is None else signers)


def wrapped(statement: object, key=ANN) -> bytes:
    return dsse.seal(canonical.dumps(statement), key)


def plain(predicate: dict | None = None, **changes) -> dict:
    return {
        **json.loads(statements.statement(decision())),
        **({"predicate": predicate} if predicate else {}),
        **changes,
    }


@pytest.mark.parametrize("kind", list(DecisionKind))
@pytest.mark.parametrize("expires", [None, date(2027, 5, 22)])
def test_a_signed_decision_is_read_back_as_valid(kind, expires):
    made = decision(decision=kind, expires=expires)
    found = read(statements.seal(made, ANN))
    assert (found.valid, found.problem, found.decision) == (True, None, made)
    assert found.key_fingerprint == ed25519.fingerprint(ed25519.raw(ANN))


def test_the_statement_is_an_in_toto_statement_about_the_model():
    value = json.loads(statements.statement(decision()))
    assert value["_type"] == "https://in-toto.io/Statement/v1"
    assert value["predicateType"] == PREDICATE_TYPE
    assert value["subject"] == [{"name": "elm-adapter", "digest": {"sha256": digest("model")[7:]}}]


OTHER_VALUES = {
    "decision": "reject",
    "meaning": "I have seen nothing.",
    "system": "other-desk",
    "identity": digest("another model"),
    "identity_name": "another",
    "signer": "Bob",
    "role": "owner",
    "reason": "Because I say so.",
    "signed_at": "2026-11-22T12:00:01Z",
    "expires": "2030-01-01",
    "checkpoint": {"origin": "example.org/ledger", "size": 9, "root": "ab" * 32},
    "policy": "lenient",
    "policy_digest": digest("another policy"),
    "content_digest": digest("other content"),
    "gate_answer": "no",
    "nonce": "f" * 32,
}


def test_every_field_of_a_decision_has_a_change_below():
    assert OTHER_VALUES.keys() == Decision.model_fields.keys()


@pytest.mark.parametrize("field", OTHER_VALUES)
@pytest.mark.parametrize("change", ["another", "gone", "null", "number"])
def test_a_field_changed_after_the_signature_is_never_valid(field, change):
    envelope = json.loads(statements.seal(decision(), ANN))
    predicate = plain()["predicate"]
    assert predicate[field] != OTHER_VALUES[field]
    if change == "gone":
        del predicate[field]
    else:
        predicate[field] = {"another": OTHER_VALUES[field], "null": None, "number": 7}[change]
    statement = plain(predicate)
    if field in {"identity", "identity_name"} and change == "another":  # so that it is a statement in itself
        statement["subject"] = [{"name": predicate["identity_name"], "digest": {"sha256": predicate["identity"][7:]}}]
    forged = json.loads(wrapped(statement, STRANGER))
    forged["signatures"] = envelope["signatures"]
    try:
        found = read(canonical.dumps(forged))
    except UnreadableError:
        assert change != "another"
        return
    assert not found.valid
    assert found.problem == "no key of the list of signers made this signature"


@pytest.mark.parametrize(
    "statement",
    [
        plain(_type="https://in-toto.io/Statement/v0.1"),
        plain(predicateType="urn:another"),
        plain(subject=[]),
        plain(subject=[{"name": "elm-adapter", "digest": {"sha256": digest("another")[7:]}}]),
        plain(subject=[{"name": "another", "digest": {"sha256": digest("model")[7:]}}]),
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
        read(dsse.seal(payload, ANN))


def test_a_statement_in_another_spelling_is_unreadable():
    with pytest.raises(UnreadableError, match="canonical form"):
        read(dsse.seal(statements.statement(decision()) + b"\n", ANN))


def test_an_envelope_of_another_type_is_unreadable():
    with pytest.raises(UnreadableError, match="text/plain"):
        read(dsse.seal(statements.statement(decision()), ANN, payload_type="text/plain"))


@settings(max_examples=150)
@given(st.data())
def test_no_changed_byte_leaves_a_valid_decision_of_other_content(data):
    sealed = statements.seal(decision(), ANN)
    at = data.draw(st.integers(0, len(sealed) - 1))
    spoilt = sealed[:at] + bytes([sealed[at] ^ data.draw(st.integers(1, 255))]) + sealed[at + 1 :]
    try:
        found = read(spoilt)
    except UnreadableError:
        return
    assert not found.valid or found.decision == decision()


@pytest.mark.parametrize(
    ("made", "signers", "problem"),
    [
        (decision(role="owner"), listed(), "Ann Lee is not listed in the role owner"),
        (decision(role="approver"), listed(roles=("reviewer", "owner")), "Ann Lee is not listed in the role approver"),
        (decision(signer="Bob"), listed(), "signed with the key of Ann Lee, in the name of Bob"),
        (decision(signer="Ann Le"), listed(), "signed with the key of Ann Lee, in the name of Ann Le"),
        (
            decision(meaning=MEANING[DecisionKind.REJECT]),
            listed(),
            "the meaning that was signed is not the one of this decision",
        ),
        (decision(), listed(valid_from=date(2026, 11, 23)), "signed on 2026-11-22, when the key was not valid"),
        (decision(), listed(valid_until=date(2026, 11, 21)), "signed on 2026-11-22, when the key was not valid"),
        (
            decision(),
            listed(key=ed25519.public_line(ed25519.raw(STRANGER))),
            "no key of the list of signers made this signature",
        ),
        (decision(), Signers(), "no key of the list of signers made this signature"),
    ],
)
def test_the_reason_why_a_signature_does_not_count_is_given(made, signers, problem):
    found = read(statements.seal(made, ANN), signers=signers)
    assert (found.valid, found.problem) == (False, problem)


@pytest.mark.parametrize("days", [{"valid_from": date(2026, 11, 22)}, {"valid_until": date(2026, 11, 22)}])
def test_the_first_and_the_last_day_of_a_key_count(days):
    assert read(statements.seal(decision(), ANN), signers=listed(**days)).valid


def test_a_key_that_is_not_listed_is_named_by_what_it_claims():
    found = read(statements.seal(decision(), STRANGER))
    assert (found.valid, found.key_fingerprint) == (False, ed25519.fingerprint(ed25519.raw(STRANGER)))


@pytest.mark.parametrize("name", ["ann lee", "ANN  LEE", "\uff21\uff4e\uff4e Lee"])
def test_a_name_is_compared_as_people_are(name):
    assert read(statements.seal(decision(signer=name), ANN)).valid


@pytest.mark.parametrize(("seq", "valid"), [(10, True), (11, True), (9, False), (0, False)])
def test_a_decision_never_names_a_later_ledger_than_its_own_place(seq, valid):
    found = read(statements.seal(decision(), ANN), seq=seq)
    assert found.valid is valid
    assert valid or found.problem == "names a later ledger than the one it stands in"


@pytest.mark.parametrize("first", [True, False])
def test_a_signature_that_somebody_adds_takes_nothing_from_the_signers_own(first):
    own, added = (json.loads(statements.seal(decision(), key)) for key in (ANN, BOB))
    rows = own["signatures"] + added["signatures"]
    found = read(canonical.dumps({**own, "signatures": rows if first else rows[::-1]}))
    assert (found.valid, found.key_fingerprint) == (True, ed25519.fingerprint(ed25519.raw(ANN)))
