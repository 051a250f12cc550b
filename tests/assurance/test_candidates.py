"""Which models were the candidate, from which entry to which, and which of them was approved last."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from governance.assurance import candidates
from governance.domain.dossier import Registration
from governance.domain.system import System
from tests.assurance.cases import NOON, OTHER, OURS, artifacts, dossier, piece, signed
from tests.assurance.sides import RULE


def three() -> Any:
    return replace(
        dossier(artifacts(1), piece(2), artifacts(5, OTHER), piece(7, digest=OTHER), artifacts(9)), ledger_size=12
    )


def test_a_candidate_stands_until_another_one_comes_and_can_come_back():
    stood = candidates.candidates(three())
    assert [(each.weights, each.since, each.until) for each in stood] == [(OURS, 2, 5), (OTHER, 6, 9), (OURS, 10, 12)]
    assert candidates.before(three(), stood[-1].identity.digest).weights == OTHER


def test_the_system_file_can_name_the_candidate_and_that_is_a_change_of_it():
    body = {"id": "desk", "name": "Desk", "purpose": "Answers readers", "owner": "Ada Example"}
    stated = (Registration(0, "sys-0", NOON, body), Registration(20, "sys-20", NOON, {**body, "candidate": OURS}))
    held = replace(three(), registrations=stated, ledger_size=30, system=System.model_validate(stated[1].body))
    swapped = replace(held, pieces=held.pieces[:-1])
    stood = candidates.candidates(swapped)
    assert [(each.weights, each.since, each.until) for each in stood] == [(OURS, 2, 5), (OTHER, 6, 20), (OURS, 21, 30)]


def test_the_last_approval_of_another_model_goes_before_a_later_one_of_this():
    held = three()
    other = signed(8, replace(held, pieces=held.pieces[:4]), RULE)
    own = signed(11, held, RULE, "Sam Other")
    void = signed(8, replace(held, pieces=held.pieces[:4]), RULE, "Eve Example", valid=False)
    identity = held.identity.digest
    assert candidates.last_approved(replace(held, decisions=(other, own)), identity) == other
    assert candidates.last_approved(replace(held, decisions=(own,)), identity) == own
    assert candidates.last_approved(replace(held, decisions=(void,)), identity) is None


def release(seq: int, digest: str) -> Any:
    parts = [{"part": "release", "name": "final", "digest": f"sha256:{seq:064x}", "revision": None}]
    return piece(seq, "release-manifest.v1", body={"name": "final", "parts": parts}, digest=digest)


def test_weights_that_are_named_in_a_release_at_once_are_no_candidate_of_their_own():
    held = replace(dossier(artifacts(1), release(3, OURS), artifacts(7, OTHER), release(9, OTHER)), ledger_size=12)
    stood = candidates.candidates(held)
    assert [(each.weights, each.passing) for each in stood] == [
        (OURS, True),
        (OURS, False),
        (OTHER, True),
        (OTHER, False),
    ]
    found = candidates.before(held, stood[-1].identity.digest)
    assert (found.weights, found.passing) == (OURS, False)


def test_the_same_weights_in_another_folder_are_the_candidate_before_where_no_others_were():
    held = replace(dossier(artifacts(1), release(3, OURS), release(9, OURS)), ledger_size=12)
    found = candidates.before(held, held.identity.digest)
    assert (found.since, found.until) == (4, 9)


def test_where_there_is_one_candidate_alone_or_none_nothing_came_before():
    alone = replace(dossier(artifacts(1)), ledger_size=5)
    assert candidates.before(alone, alone.identity.digest) is None
    assert candidates.before(dossier(), None) is None
    assert candidates.candidates(dossier()) == ()
