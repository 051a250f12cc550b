"""Provenance of builds, bare and enveloped."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from governance.domain.evidence import Quality

SECOND = {
    "_type": "https://in-toto.io/Statement/v0.1",
    "predicateType": "https://slsa.dev/provenance/v0.2",
    "subject": [{"name": "desk.tar", "digest": {"sha256": "c" * 64}}],
    "predicate": {
        "builder": {"id": "https://builds.library.example/v2"},
        "buildType": "https://builds.library.example/make@v1",
        "invocation": {"configSource": {"uri": "x"}, "parameters": {"token": "hush"}, "environment": {"a": "b"}},
        "metadata": {"buildStartedOn": "2026-05-04T09:00:00Z", "buildFinishedOn": "2026-05-04T09:30:00Z"},
        "materials": [{"uri": "git+https://x", "digest": {"sha1": "d" * 40}}, {"uri": "pkg:docker/base"}],
    },
}


def enveloped(said):
    payload = base64.b64encode(json.dumps(said).encode()).decode()
    return {"payload": payload, "payloadType": "application/vnd.in-toto+json", "signatures": [{"sig": "MEUC"}]}


def in_bundle(said):
    return {"mediaType": "x", "verificationMaterial": {}, "dsseEnvelope": enveloped(said)}


@pytest.fixture
def only(read, write):
    def go(data):
        (fact,) = read(write("provenance.json", data)).found
        return fact

    return go


def test_the_recorded_statement_says_who_built_what_from_what(read, sample):
    (fact,) = read(sample("provenance")).found
    body = fact.body
    assert (fact.quality, body["builder"]) == (Quality.COMPLETE, "https://example.org/builders/main@v1")
    assert body["subjects"] == [{"name": "adapter.tar", "digest": "sha256:" + "b" * 64}]
    assert body["materials"][0]["digest"] == "gitCommit:" + "a" * 40
    assert fact.effective_at.isoformat() == "2026-05-04T09:12:00+00:00"
    assert (body["signatures"], body["signature_verified"]) == (0, None)


def test_the_version_before_is_read(only):
    body = only(SECOND).body
    assert (body["builder"], body["materials_count"], body["materials_unpinned"]) == (
        "https://builds.library.example/v2", 2, 1,
    )  # fmt: skip


def test_an_envelope_and_a_bundle_say_the_same_and_their_signatures_are_not_verified(only):
    bare = only(SECOND).body
    for wrapped in (enveloped(SECOND), in_bundle(SECOND), {"bundle": in_bundle(SECOND), "repository_id": 1}):
        body = only(wrapped).body
        assert body == bare | {"signatures": 1}
        assert body["signature_verified"] is None


def test_attestations_one_a_line_are_one_fact_each(read, write):
    lines = "".join(json.dumps(in_bundle(SECOND)) + "\n" for _ in range(3))
    reading = read(write("attestations.jsonl", lines))
    assert len(reading.found) == 3
    assert not read(write("cut.jsonl", lines[:-20])).found


def test_parameters_are_a_digest_and_never_themselves(only):
    body = only(SECOND).body
    assert "hush" not in json.dumps(body)
    changed = json.loads(json.dumps(SECOND))
    changed["predicate"]["invocation"]["environment"] = {}
    assert only(changed).body["parameters_digest"] == body["parameters_digest"]
    changed["predicate"]["invocation"]["parameters"] = {}
    assert only(changed).body["parameters_digest"] != body["parameters_digest"]


def test_a_subject_without_a_digest_and_materials_without_one_are_partial(only):
    assert only(SECOND | {"subject": [{"name": "x"}]}).quality is Quality.PARTIAL
    assert only(SECOND | {"predicate": SECOND["predicate"] | {"materials": [{"uri": "x"}]}}).quality is Quality.PARTIAL


def test_a_predicate_whose_fields_are_others_is_not_understood(read, write):
    reading = read(write("x.json", SECOND | {"predicate": {"made": "by hand"}}))
    assert "not understood" in reading.not_read[0].reason


def test_a_statement_of_another_sort_is_passed_over(read, write):
    said = {**SECOND, "predicateType": "https://example.org/other", "note": "slsa.dev/provenance/"}
    assert "no collector" in read(write("x.json", said)).not_read[0].reason


def signed(said, key, *, over=None):
    payload = json.dumps(said).encode()
    kind = b"application/vnd.in-toto+json"
    plain = b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload) if over is None else over
    made = key.sign(plain, ec.ECDSA(hashes.SHA256()))
    return {
        "payload": base64.b64encode(payload).decode(),
        "payloadType": kind.decode(),
        "signatures": [{"sig": base64.b64encode(made).decode()}],
    }


def certified(key):
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "builder")])
    day = datetime(2026, 1, 1, tzinfo=UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, day, day + timedelta(days=1))
    return made.sign(key, hashes.SHA256())


def test_a_statement_changed_under_its_signature_is_failed(only):
    key = ec.generate_private_key(ec.SECP256R1())
    der = base64.b64encode(certified(key).public_bytes(serialization.Encoding.DER)).decode()
    pem = certified(key).public_bytes(serialization.Encoding.PEM).decode()
    whole, changed = signed(SECOND, key), signed(SECOND, key, over=b"something else")
    for envelope, verdict in ((whole, None), (changed, False)):
        bundle = {"verificationMaterial": {"certificate": {"rawBytes": der}}, "dsseEnvelope": envelope}
        beside = envelope | {"signatures": [envelope["signatures"][0] | {"cert": pem}]}
        for document in (bundle, beside):
            fact = only(document)
            assert fact.body["signature_verified"] is verdict
            assert fact.quality is (Quality.FAILED if verdict is False else Quality.COMPLETE)


def test_the_lists_that_interfaces_hand_out_are_unwrapped(read, write):
    entry = {"predicateType": SECOND["predicateType"], "bundle": in_bundle(SECOND)}
    cloud = {"provenance_summary": {"provenance": [{"build": {}, "envelope": enveloped(SECOND)}]}}
    verified = [{"attestation": {"bundle": in_bundle(SECOND)}, "verificationResult": {}}]
    for number, wrapped in enumerate(({"attestations": [entry, entry]}, cloud, verified)):
        reading = read(write(f"{number}.json", wrapped))
        assert [fact.body["signatures"] for fact in reading.found] == [1, 1][: 2 - bool(number)]


def test_no_material_at_all_is_partial(only):
    changed = json.loads(json.dumps(SECOND))
    changed["predicate"]["materials"] = []
    assert only(changed).quality is Quality.PARTIAL
