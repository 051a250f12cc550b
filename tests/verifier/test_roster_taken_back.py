"""A key that was stolen before it was revoked: what it signed since then is taken back, whom it enrolled among it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from governance.proofs import ed25519
from governance.proofs.public_keys import PublicKey
from governance.signing import keys
from governance.verifier import statements
from governance.verifier.roster import Event, Roster, fold

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
LEDGER, ADMIN, MALLORY, RITA = (keys.generate() for _ in range(4))


def line(key: Any) -> str:
    return ed25519.public_line(ed25519.raw(key))


def event(seq: int, by: Any, **said: Any) -> Event:
    payload = statements.build(statements.PRINCIPAL, [(said["name"], "sha256:" + "0" * 64)], said)
    sealed = keys.of_private(by).seal(payload)
    return Event(seq, NOON, statements.read(sealed, where="x", predicate_type=statements.PRINCIPAL), f"prn-{seq}")


def enrolled(seq: int, by: Any, name: str, key: Any, *roles: str) -> Event:
    return event(seq, by, event="enrol", name=name, kind="person", roles=list(roles), key=line(key))


def revoked(seq: int, by: Any, name: str, key: Any, **more: Any) -> Event:
    return event(
        seq, by, event="revoke", name=name, credential=PublicKey.of_ed25519(ed25519.raw(key)).fingerprint, **more
    )


def names(roster: Roster) -> set[str]:
    return {principal.name for principal in roster.principals.values()}


EVENTS = [enrolled(1, LEDGER, "Ada Admin", ADMIN, "administrator"), enrolled(5, ADMIN, "Rita", RITA, "reviewer"),
          enrolled(20, ADMIN, "Mallory", MALLORY, "reviewer")]  # fmt: skip


def test_whom_an_administrator_enrolled_stays_when_the_key_is_revoked_from_now_on() -> None:
    roster = fold([*EVENTS, revoked(30, LEDGER, "Ada Admin", ADMIN)], PublicKey.of_ed25519(ed25519.raw(LEDGER)))
    assert names(roster) == {"Ada Admin", "Rita", "Mallory"}
    assert roster.refused == []


def test_whom_a_stolen_key_enrolled_is_enrolled_no_more_and_who_was_before_stays() -> None:
    roster = fold(
        [*EVENTS, revoked(30, LEDGER, "Ada Admin", ADMIN, since=10)], PublicKey.of_ed25519(ed25519.raw(LEDGER))
    )
    assert names(roster) == {"Ada Admin", "Rita"}
    assert [entry for entry, _ in roster.refused] == ["prn-20"]


def test_what_somebody_enrolled_so_said_themselves_falls_with_them() -> None:
    other = keys.generate()
    taken = [
        enrolled(20, ADMIN, "Mallory", MALLORY, "administrator"),
        enrolled(21, MALLORY, "Mia", other, "reviewer"),
        revoked(22, MALLORY, "Rita", RITA, since=0),
    ]
    before = fold([*EVENTS[:2], *taken], PublicKey.of_ed25519(ed25519.raw(LEDGER)))
    assert names(before) == {"Ada Admin", "Rita", "Mallory", "Mia"}
    roster = fold(
        [*EVENTS[:2], *taken, revoked(30, LEDGER, "Ada Admin", ADMIN, since=10)],
        PublicKey.of_ed25519(ed25519.raw(LEDGER)),
    )
    assert names(roster) == {"Ada Admin", "Rita"}
    found = roster.find("rita")
    assert found is not None
    assert found.active(25), "a revocation by somebody who was never enrolled ends nothing"


def test_of_two_revocations_that_take_each_other_back_the_first_on_record_stands() -> None:
    ben, cleo = keys.generate(), keys.generate()
    roster = fold(
        [
            EVENTS[0],
            enrolled(2, LEDGER, "Ben", ben, "administrator"),
            enrolled(3, ADMIN, "Cleo", cleo, "administrator"),
            revoked(10, ben, "Ada Admin", ADMIN, since=0),
            revoked(11, cleo, "Ben", ben, since=5),
        ],
        PublicKey.of_ed25519(ed25519.raw(LEDGER)),
    )
    assert names(roster) == {"Ada Admin", "Ben"}
    assert [principal.name for principal in roster.principals.values() if principal.active(50)] == ["Ben"]
