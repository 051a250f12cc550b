"""Attestations: who puts their name to which evidence, what follows from it, and that nothing is appended without it."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from governance import attesting
from governance.cli.app import app
from governance.domain.decision import DecisionKind
from governance.domain.entry import EntryType
from governance.errors import DutiesError, UsageError
from governance.parsing import canonical
from governance.proofs import dsse
from governance.signing import keys
from governance.signing.keys import SigningKey, signing_key
from governance.verifier import statements
from tests.attesting.conftest import enrolled, evaluation
from tests.conftest import RECORDED

SYSTEM = "elm-desk"


def attach(workspace, folder, key, *duties):
    who = attesting.with_key(workspace, signing_key(key), duties)
    return workspace.attach([folder], SYSTEM, environment=False, attest=who)


def types(workspace) -> list[str]:
    return [entry.type.value for entry in workspace.ledger.entries(system=SYSTEM)]


def test_one_attestation_follows_the_evidence_and_names_every_piece_of_it(workspace, ann):
    before = workspace.ledger.checkpoint().size
    done = attach(workspace, RECORDED, ann)
    entries = list(workspace.ledger.entries(system=SYSTEM))[-len(done.appended) - 1 :]
    assert [entry.seq for entry in entries] == list(range(before, before + len(entries)))
    assert [entry.type for entry in entries] == [EntryType.EVIDENCE] * len(done.appended) + [EntryType.ATTESTATION]
    data = workspace.blobs.read(entries[-1].record["envelope_digest"])
    said = statements.read(data, where="", predicate_type=statements.ATTESTATION)
    assert said.subjects == tuple((entry.id, entry.record["body_digest"]) for entry in entries[:-1])
    assert said.predicate["evidence"] == [entry.id for entry in entries[:-1]]
    assert (said.predicate["author"], said.predicate["system"]) == ("Ann Lee", SYSTEM)
    assert entries[-1].id == "att-" + canonical.sha256(data)[7:27]
    assert done.attested.evidence == tuple(said.predicate["evidence"])


def test_the_duties_are_those_of_the_kinds_and_those_that_are_named(workspace, ann, tmp_path):
    assert attach(workspace, evaluation(tmp_path / "a"), ann).attested.duties == ("evaluator",)
    assert attach(workspace, evaluation(tmp_path / "b", 0.6), ann, "threshold-author").attested.duties == (
        "evaluator",
        "threshold-author",
    )
    held = {(each.person, each.duty) for each in workspace.dossier(SYSTEM).duties}
    assert held == {("Ann Lee", "evaluator"), ("Ann Lee", "threshold-author")}


def test_a_training_run_and_its_evaluations_show_both_duties(workspace, ann):
    done = attach(workspace, RECORDED, ann)
    assert {item.kind for item in done.appended} >= {"training-run.v1", "eval-run.v1"}
    assert done.attested.duties == ("trainer", "evaluator")


def test_who_attested_the_training_does_not_approve(workspace, ann):
    attach(workspace, RECORDED, ann)
    with pytest.raises(DutiesError, match="Ann Lee holds the duty trainer"):
        workspace.sign(SYSTEM, key_file=ann, role="approver", decision=DecisionKind.APPROVE, reason="It is fine.")


def test_the_same_bytes_and_key_again_append_nothing(workspace, ann, tmp_path):
    folder = evaluation(tmp_path / "eval")
    attach(workspace, folder, ann)
    head = workspace.ledger.checkpoint()
    again = attach(workspace, folder, ann)
    assert (again.attested, workspace.ledger.checkpoint()) == (None, head)


def test_what_was_on_record_before_is_attested_when_somebody_first_does(workspace, ann, tmp_path):
    folder = evaluation(tmp_path / "eval")
    (old,) = workspace.attach([folder], SYSTEM, environment=False).appended
    done = attach(workspace, folder, ann)
    assert (done.appended, done.attested.evidence) == ((), (old.id,))


def test_of_old_and_new_pieces_only_the_new_are_attested_again(workspace, ann, tmp_path):
    folder = evaluation(tmp_path / "eval")
    first = attach(workspace, folder, ann)
    second = attach(workspace, evaluation(folder, 0.7), ann)
    assert len(second.unchanged) == 1
    assert second.attested.evidence == tuple(item.id for item in second.appended)
    assert not set(first.attested.evidence) & set(second.attested.evidence)


def test_a_duty_that_is_named_later_is_recorded_over_the_same_pieces(workspace, ann, tmp_path):
    folder = evaluation(tmp_path / "eval")
    first = attach(workspace, folder, ann)
    second = attach(workspace, folder, ann, "trainer")
    assert second.attested.evidence == first.attested.evidence
    assert second.attested.duties == ("trainer", "evaluator")
    assert attach(workspace, folder, ann, "trainer").attested is None


def test_another_person_attests_the_same_pieces_beside_the_first(workspace, ann, tmp_path):
    bob = enrolled(workspace, "Bob Ray")
    folder = evaluation(tmp_path / "eval")
    (piece,) = attach(workspace, folder, ann).appended
    assert attach(workspace, folder, bob).attested.author == "Bob Ray"
    by = attesting.attested_by(workspace, SYSTEM)
    assert [made.by for made in by[piece.id]] == [("Ann Lee",), ("Bob Ray",)]


def test_nothing_read_is_nothing_to_attest(workspace, ann, tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "notes.txt").write_text("nothing of use")
    assert attach(workspace, tmp_path / "empty", ann).attested is None
    assert EntryType.ATTESTATION.value not in types(workspace)


def stranger(workspace, path):
    made = workspace.root / "keys" / "stranger.pem"
    keys.save(keys.generate(), made)
    return made


def revoked(workspace, path):
    workspace.people.revoke("Ann Lee", by=workspace.operator, reason="Lost.")
    return path


def not_yet(workspace, path):
    from datetime import date

    return enrolled(workspace, "Late Comer", valid_from=date(2027, 1, 1))


@pytest.mark.parametrize(
    ("whose", "said"),
    [(stranger, "not enrolled"), (revoked, "revoked since entry"), (not_yet, "when the key was not valid")],
)
def test_a_key_that_may_not_sign_is_refused_before_anything_is_read_or_appended(workspace, ann, tmp_path, whose, said):
    key = whose(workspace, ann)
    head = workspace.ledger.checkpoint()
    with pytest.raises(UsageError, match=said) as raised:
        attach(workspace, tmp_path / "there is no such folder", key)
    assert raised.value.hint
    assert workspace.ledger.checkpoint() == head


@pytest.mark.parametrize("fault", ["another signature", "no signature"])
def test_a_signature_that_fails_or_would_not_count_leaves_no_evidence_behind(workspace, ann, tmp_path, fault):
    def sign(message: bytes) -> bytes:
        if fault == "no signature":
            raise UsageError("nobody touched the token")
        return keys.generate().sign(message)

    who = attesting.with_key(workspace, SigningKey(signing_key(ann).public, sign))
    head = workspace.ledger.checkpoint()
    with pytest.raises(UsageError):
        workspace.attach([evaluation(tmp_path / "eval")], SYSTEM, environment=False, attest=who)
    assert workspace.ledger.checkpoint() == head


def test_an_unknown_duty_is_refused(workspace, ann):
    with pytest.raises(UsageError, match="overlord") as raised:
        attesting.with_key(workspace, signing_key(ann), ["overlord"])
    assert "trainer" in raised.value.hint


def test_an_attestation_whose_signature_does_not_count_attests_nothing(workspace, ann, tmp_path):
    from governance.enrolling import append_signed, attestation

    (piece,) = workspace.attach([evaluation(tmp_path / "eval")], SYSTEM, environment=False).appended
    payload = attestation(SYSTEM, [(piece.id, "sha256:" + "ab" * 32)], ["trainer"], "Ann Lee", workspace.clock())
    envelope = dsse.seal(payload, keys.generate())
    append_signed(workspace.ledger, workspace.blobs, EntryType.ATTESTATION, "att", envelope, SYSTEM)
    assert attesting.attested_by(workspace, SYSTEM) == {}
    assert attach(workspace, tmp_path / "eval", ann).attested is not None


def test_a_key_that_was_stolen_does_not_attest_from_the_entry_since_which_it_was(workspace, ann, tmp_path):
    since = workspace.ledger.checkpoint().size
    (piece,) = attach(workspace, evaluation(tmp_path / "eval"), ann).appended
    assert piece.id in attesting.attested_by(workspace, SYSTEM)
    workspace.people.revoke("Ann Lee", by=workspace.operator, reason="Stolen.", since=since)
    assert attesting.attested_by(workspace, SYSTEM) == {}


def test_a_pack_with_attestations_verifies_and_shows_the_duties_again(workspace, ann, tmp_path):
    attach(workspace, evaluation(tmp_path / "eval"), ann)
    workspace.pack(SYSTEM, tmp_path / "pack.zip", documents={})
    report = workspace.verify(tmp_path / "pack.zip")
    assert report.exit_code == 0, report


def run(workspace, *words):
    return CliRunner().invoke(app, [*map(str, words), "--workspace", str(workspace.root)])


def test_the_command_attests_and_the_list_says_who(workspace, ann, tmp_path):
    folder = evaluation(tmp_path / "eval")
    done = run(workspace, "attach", folder, "--system", SYSTEM, "--key", ann, "--no-environment", "--json")
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert said["attestation"]["by"] == "Ann Lee"
    assert said["attestation"]["duties"] == ["evaluator"]
    again = run(workspace, "attach", folder, "--system", SYSTEM, "--key", ann, "--no-environment")
    assert "nothing new to attest" in again.stdout
    listed = json.loads(run(workspace, "evidence", "list", "--system", SYSTEM, "--json").stdout)
    entry = said["attestation"]["id"]
    assert listed["evidence"][0]["attested"] == [{"entry": entry, "by": ["Ann Lee"], "duties": ["evaluator"]}]
    shown = run(workspace, "evidence", "show", said["appended"][0]["id"]).stdout
    assert f"attested by Ann Lee in {entry}, which shows the duty evaluator" in shown


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--duty", "trainer"], "--duty belongs to an attestation"),
        (["--as", "ci"], "--as names a pipeline"),
        (["--key", "{ann}", "--github-oidc"], "give one of"),
        (["--key", "{ann}", "--duty", "boss"], "is unknown"),
        (["--github-oidc"], "is not set"),
    ],
)
def test_options_that_do_not_belong_together_are_refused(workspace, ann, tmp_path, words, said):
    head = workspace.ledger.checkpoint()
    words = [word.format(ann=ann) for word in words]
    done = run(workspace, "attach", evaluation(tmp_path / "eval"), "--system", SYSTEM, *words)
    assert isinstance(done.exception, UsageError)
    assert said in str(done.exception)
    assert workspace.ledger.checkpoint() == head


def test_a_release_is_attested_with_all_that_goes_into_it(workspace, ann):
    folder = RECORDED / "run"
    done = run(workspace, "release", SYSTEM, folder, "--key", ann, "--json")
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert said["id"] in said["attestation"]["evidence"]
    kinds = {workspace.evidence(name).record.kind for name in said["attestation"]["evidence"]}
    assert kinds >= {"model-artifacts.v1", "release-manifest.v1"}
    assert workspace.dossier(SYSTEM).candidate.id in said["attestation"]["evidence"]
    head = workspace.ledger.checkpoint()
    again = json.loads(run(workspace, "release", SYSTEM, folder, "--key", ann, "--json").stdout)
    assert (again["new"], again["attestation"], workspace.ledger.checkpoint()) == (False, None, head)


def test_a_stranger_releases_nothing_under_a_name(workspace):
    head = workspace.ledger.checkpoint()
    done = run(workspace, "release", SYSTEM, RECORDED / "run", "--key", stranger(workspace, None))
    assert isinstance(done.exception, UsageError)
    assert workspace.ledger.checkpoint() == head


def test_no_kind_implies_a_duty_but_those_that_tell_of_training_or_of_measuring(workspace):
    shown = {kind.id: kind.duty for kind in workspace.catalogue.kinds.values() if kind.duty is not None}
    assert {kind for kind, duty in shown.items() if duty == "trainer"} == {"training-run.v1", "training-settings.v1"}
    assert {"eval-run.v1", "eval-samples.v1", "red-team.v1"} <= {k for k, duty in shown.items() if duty == "evaluator"}
    assert not {"training-record.v1", "dataset-manifest.v1", "model-artifacts.v1", "release-manifest.v1"} & shown.keys()
