"""Marks of origin: what valid means, and what it does not."""

from __future__ import annotations

import json

import pytest

from governance.domain.evidence import Quality

UNTRUSTED = {"code": "signingCredential.untrusted", "url": "x", "explanation": "x"}
CHANGED = {"code": "assertion.dataHash.mismatch", "url": "x", "explanation": "x"}
ACTIONS = {
    "actions": [{"action": "c2pa.created", "digitalSourceType": "http://x/digitalsourcetype/trainedAlgorithmicMedia"}]
}


def store(assertions=({"label": "c2pa.actions", "data": ACTIONS},), **extra):
    active = {"claim_generator": "x", "format": "image/png", "assertions": list(assertions), "signature_info": {}}
    return {"active_manifest": "m1", "manifests": {"m1": active}} | extra


def results(*failures):
    return {"activeManifest": {"success": [], "informational": [], "failure": list(failures)}, "specVersion": "2.4.0"}


@pytest.fixture
def only(read, write):
    def go(data):
        (fact,) = read(write("manifest.json", data)).found
        return fact

    return go


def counts(fact):
    return tuple(fact.body[key] for key in ("marked", "unmarked", "invalid", "untrusted"))


def test_the_recorded_mark_holds_and_nobody_knows_its_signer(read, sample):
    detailed, fact = read(sample("c2pa-manifest")).found
    assert detailed.body == fact.body
    assert (fact.quality, counts(fact)) == (Quality.COMPLETE, (1, 0, 0, 1))
    assert (fact.body["standard"], fact.body["media"]) == ("C2PA 2.4.0", None)
    assert fact.body["source_types"] == ["trainedAlgorithmicMedia"]


@pytest.mark.parametrize(
    ("state", "failures", "expected"),
    [
        ("Trusted", [], (1, 0, 0, 0)),
        ("Valid", [UNTRUSTED], (1, 0, 0, 1)),
        ("Invalid", [UNTRUSTED, CHANGED], (0, 1, 1, 0)),
        ("Valid", [CHANGED], (0, 1, 1, 0)),
        ("Trusted", [UNTRUSTED], (1, 0, 0, 1)),
    ],
)
def test_a_state_counts_as_what_stands_below_it_allows(state, failures, expected, only):
    assert counts(only(store(validation_state=state, validation_results=results(*failures)))) == expected


@pytest.mark.parametrize(
    ("status", "expected"),
    [(None, (1, 0, 0, None)), ([UNTRUSTED], (1, 0, 0, 1)), ([CHANGED], (0, 1, 1, 0))],
)
def test_before_states_only_what_failed_was_listed(status, expected, only):
    data = store() if status is None else store(validation_status=status)
    fact = only(data)
    assert (counts(fact), fact.body["standard"], fact.body["media"]) == (expected, "C2PA", ["image"])


def test_the_detailed_form_is_read(only):
    active = {"claim": {"dc:format": "audio/mpeg"}, "assertion_store": {"c2pa.actions.v2": ACTIONS}, "signature": {}}
    fact = only({"active_manifest": "m1", "manifests": {"m1": active}, "validation_state": "Valid"})
    assert (fact.body["media"], fact.body["source_types"]) == (["audio"], ["trainedAlgorithmicMedia"])


def test_a_mark_that_does_not_speak_of_a_machine_is_partial(only):
    fact = only(store(assertions=(), validation_state="Trusted"))
    assert fact.quality is Quality.PARTIAL
    assert "does not say that a machine" in fact.quality_reasons[0]


@pytest.mark.parametrize("data", [store(validation_state="Splendid"), store() | {"active_manifest": "m2"}])
def test_an_unknown_state_and_a_missing_manifest_are_not_understood(data, read, write):
    assert "not understood" in read(write("m.json", data)).not_read[0].reason


def test_names_of_people_and_titles_are_not_copied(read, sample):
    for fact in read(sample("c2pa-manifest")).found:
        assert "Press office" not in json.dumps(fact.body)
        assert "stripes" not in json.dumps(fact.body)
