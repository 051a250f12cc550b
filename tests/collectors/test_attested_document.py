"""What people vouch for, and the empty words that are refused."""

from __future__ import annotations

import hashlib
import json

import pytest
import yaml

GOOD = {
    "schema": "attested-document.v1",
    "topic": "ai-policy",
    "title": "Our policy on AI",
    "statement": "The policy was approved by the board and is in force.",
    "by": {"name": "Ada Example", "role": "Head of risk"},
    "on": "2026-03-14",
}


def test_a_statement_with_its_document_is_read(sample, read):
    (fact,) = read(sample("attested-document")).found
    assert fact.body["document"]["name"] == "incident-plan.txt"
    assert fact.subject.digest == fact.body["document"]["sha256"]
    assert (fact.effective_at.date().isoformat(), fact.effective_clock) == ("2026-03-14", "declared")
    assert [source.path for source in fact.sources] == ["incident-plan.yaml", "incident-plan.txt"]


def test_the_document_beside_it_is_found_when_only_the_attestation_is_named(sample, read):
    reading = read(sample("attested-document") / "incident-plan.yaml")
    assert reading.not_read == ()
    assert reading.found[0].body["document"]["size"] == 95


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_yaml_and_json_say_the_same(form, write, read, tmp_path):
    text = yaml.safe_dump(GOOD) if form == "yaml" else json.dumps(GOOD)
    write(f"policy.{form}", text)
    (fact,) = read(tmp_path).found
    assert fact.body["on"] == "2026-03-14"
    assert (fact.body["document"], fact.body["review_due"]) == (None, None)
    assert fact.subject.digest == "sha256:" + hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"statement": "TBD"}, "Write in whole sentences"), ({"statement": "." * 30}, "says nothing"),
        ({"statement": "[More Information Needed]"}, "Write in whole sentences"),
        ({"statement": ". " * 15}, "says nothing"), ({"by": {"name": "  ", "role": "x y"}}, "Name the person"),
        ({"by": {"name": "Ada Example", "role": "TBD"}}, "Name the person"), ({"by": None}, "Name the person"),
        ({"on": 0}, "on is no day"), ({"on": "1763596800"}, "on is no day"), ({"review_due": 5}, "review_due is no day"),
        ({"on": "soon"}, "year-month-day"), ({"topic": "Big Plans"}, "short name"), ({"title": "x"}, "title"),
        ({"document": "gone.pdf"}, "'gone.pdf' is not beside it. Put it beside"),
        ({"document": "../secret.txt"}, "is not beside it"), ({"document": "/etc/hostname"}, "is not beside it"),
        ({"document": "empty.pdf"}, "is empty"), ({"documents": "x"}, "documents"),
    ],
)  # fmt: skip
def test_empty_words_are_refused_with_the_remedy(change, reason, write, read, tmp_path):
    write("secret.txt", "outside")
    write("in/empty.pdf", "")
    path = write("in/policy.json", GOOD | change)
    for named in (path, tmp_path / "in"):
        reading = read(named)
        assert reading.found == ()
        assert [row.path for row in reading.not_read] == ["policy.json"]
        assert reason in reading.not_read[0].reason


def test_a_document_that_is_a_link_out_of_the_folder_is_refused(write, read, tmp_path):
    secret = write("secret.txt", "outside")
    path = write("in/policy.json", GOOD | {"document": "plan.txt"})
    (tmp_path / "in" / "plan.txt").symlink_to(secret)
    for named in (path, tmp_path / "in"):
        reading = read(named)
        assert reading.found == ()
        assert any("is not beside it" in row.reason for row in reading.not_read)


def test_a_missing_field_is_named(write, read):
    given = {key: value for key, value in GOOD.items() if key != "on"}
    assert "on is missing" in read(write("policy.json", given)).not_read[0].reason


def test_prose_that_names_the_schema_is_no_attestation(write, read, tmp_path):
    write("notes.md", "Use schema attested-document.v1: *like this*, please.\n")
    write("kind.yaml", "id: attested-document.v1\nschema: other\n")
    reading = read(tmp_path)
    assert (reading.found, reading.not_read) == ((), ())
