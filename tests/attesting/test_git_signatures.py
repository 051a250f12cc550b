"""Git signatures: made by git itself in real repositories, and held against the people who are enrolled."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from governance.cli.app import app
from governance.errors import CouldNotTell, IntegrityError, UsageError
from governance.proofs import public_keys
from governance.signing import git_signatures
from governance.signing.git_signatures import GitObject, signer_of
from governance.sourcing import look
from governance.verifier.roster import Credential, Principal, Roster

SYSTEM = "elm-desk"


@pytest.fixture(scope="session")
def ssh_key(tmp_path_factory):
    """A key pair that ssh-keygen made."""
    path = tmp_path_factory.mktemp("ssh") / "id"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "ann", "-f", path], check=True)
    return path


def git(repo, *words, **more):
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", **more}
    done = subprocess.run(["git", "-C", str(repo), *words], check=True, capture_output=True, env=environment)
    return done.stdout.decode().strip()


def repository(folder, key, form="sha1"):
    folder.mkdir()
    git(folder, "init", "-q", f"--object-format={form}", "-b", "main")
    for name, value in {
        "user.name": "Ann Lee", "user.email": "ann@library.example", "gpg.format": "ssh", "user.signingkey": key,
    }.items():  # fmt: skip
        git(folder, "config", name, str(value))
    return folder


@pytest.fixture(scope="session", params=["sha1", "sha256"])
def repo(request, tmp_path_factory, ssh_key):
    """A repository with a signed commit, a plain one, and a signed tag on the plain one."""
    made = repository(tmp_path_factory.mktemp("git") / request.param, ssh_key, request.param)
    git(made, "commit", "-q", "--allow-empty", "-S", "-m", "train\n\nwith a body\n\n gpgsig no header\n")
    git(made, "tag", "signed-commit")
    git(made, "commit", "-q", "--allow-empty", "-m", "plain")
    git(made, "tag", "-s", "v1", "-m", "release")
    git(made, "tag", "-a", "v0", "-m", "not signed")
    git(made, "commit", "-q", "--allow-empty", "--allow-empty-message", "-S", "-m", "")
    git(made, "tag", "empty")
    return made


@pytest.fixture
def roster(ssh_key):
    key = public_keys.parse(ssh_key.with_suffix(".pub").read_text())
    made = Roster(
        public_keys.PublicKey.of_ed25519(
            bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
        )
    )
    made.principals["ann lee"] = Principal("Ann Lee", "person", [(0, ("trainer",))], [Credential(key, 0)])
    return made


def test_a_commit_that_git_signed_is_by_the_person_whose_key_it_is(repo, roster, clock):
    for name in ("signed-commit", "empty"):
        (commit,) = git_signatures.read(repo, name)
        assert commit.id == git(repo, "rev-parse", name)
        found = signer_of(commit, roster, 5, clock())
        assert (found.form, found.by, found.problem) == ("ssh", "Ann Lee", None)


def test_a_signed_tag_is_read_before_its_commit_which_bears_no_signature(repo, roster, clock):
    commit, tag = git_signatures.read(repo, "v1")
    assert (commit.kind, tag.kind) == ("commit", "tag")
    assert signer_of(tag, roster, 5, clock()).by == "Ann Lee"
    assert signer_of(commit, roster, 5, clock()).problem == "carries no signature"
    assert signer_of(git_signatures.read(repo, "v0")[1], roster, 5, clock()).problem == "carries no signature"


def again(kind, data, width):
    hashed = (hashlib.sha1 if width == 40 else hashlib.sha256)(f"{kind} {len(data)}\0".encode() + data)
    return GitObject(kind, hashed.hexdigest(), data)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_changed_byte_is_by_anybody(repo_objects, data):
    roster, moment, objects = repo_objects
    found = data.draw(st.sampled_from(objects))
    at = data.draw(st.integers(0, len(found.data) - 1))
    spoilt = found.data[:at] + bytes([found.data[at] ^ data.draw(st.integers(1, 255))]) + found.data[at + 1 :]
    said = signer_of(again(found.kind, spoilt, len(found.id)), roster, 5, moment)
    assert said.by is None
    assert said.problem


@pytest.fixture(scope="session")
def repo_objects(repo, ssh_key):
    from datetime import UTC, datetime

    key = public_keys.parse(ssh_key.with_suffix(".pub").read_text())
    made = Roster(
        public_keys.PublicKey.of_ed25519(
            bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
        )
    )
    made.principals["ann lee"] = Principal("Ann Lee", "person", [(0, ("trainer",))], [Credential(key, 0)])
    return (
        made,
        datetime(2026, 11, 25, tzinfo=UTC),
        [*git_signatures.read(repo, "signed-commit"), git_signatures.read(repo, "v1")[1]],
    )


def test_a_key_of_nobody_and_a_revoked_key_are_told(repo, roster, clock):
    (commit,) = git_signatures.read(repo, "signed-commit")
    roster.principals["ann lee"].credentials[0].until = 4
    assert signer_of(commit, roster, 5, clock()).problem == "the key is revoked since entry 4"
    assert signer_of(commit, roster, 3, clock()).by == "Ann Lee"
    roster.principals.clear()
    assert "of nobody who is enrolled" in signer_of(commit, roster, 5, clock()).problem


def test_a_signature_in_another_namespace_is_no_git_signature(repo, roster, clock, ssh_key, tmp_path):
    (commit,) = git_signatures.read(repo, "signed-commit")
    payload, _ = git_signatures.taken_apart(commit)
    (tmp_path / "payload").write_bytes(payload)
    subprocess.run(
        ["ssh-keygen", "-q", "-Y", "sign", "-n", "governance-evidence", "-f", ssh_key, tmp_path / "payload"],
        check=True,
        capture_output=True,
    )
    name = b"gpgsig" if len(commit.id) == 40 else b"gpgsig-sha256"
    lines = (tmp_path / "payload.sig").read_bytes().rstrip(b"\n").replace(b"\n", b"\n ")
    head, _, message = payload.partition(b"\n\n")
    made = again("commit", head + b"\n" + name + b" " + lines + b"\n\n" + message, len(commit.id))
    found = signer_of(made, roster, 5, clock())
    assert (found.by, found.problem) == (None, "made in the namespace 'governance-evidence', not git")


@pytest.mark.parametrize(
    ("begin", "form", "said"),
    [("PGP SIGNATURE", "openpgp", "not verified: OpenPGP"), ("SIGNED MESSAGE", "x509", "not verified: X.509"),
     ("STRANGE THING", "unknown", "not verified: a signature of an unknown form")],
)  # fmt: skip
def test_signatures_of_other_forms_are_named_and_not_verified(roster, clock, begin, form, said):
    data = f"tree {'a' * 40}\nauthor A <a@b> 1 +0000\ngpgsig -----BEGIN {begin}-----\n \n iQ\n -----END {begin}-----\n\nmessage\n"
    found = signer_of(again("commit", data.encode(), 40), roster, 5, clock())
    assert (found.form, found.by, found.problem) == (form, None, said)


def test_a_second_signature_and_one_for_another_form_of_ids_are_refused(repo, roster, clock):
    (commit,) = git_signatures.read(repo, "signed-commit")
    name = b"gpgsig " if len(commit.id) == 40 else b"gpgsig-sha256 "
    other = b"gpgsig-sha256 " if len(commit.id) == 40 else b"gpgsig "
    start = commit.data.index(name)
    end = commit.data.index(b"\n\n")
    block = commit.data[start:end]
    for data in (
        commit.data[:end] + b"\n" + block + commit.data[end:],
        commit.data.replace(name, other, 1),
    ):
        found = signer_of(again("commit", data, len(commit.id)), roster, 5, clock())
        assert found.by is None
        assert "none or several" in found.problem


def test_what_a_repository_replaces_or_its_settings_say_has_no_say(tmp_path, ssh_key, roster, clock):
    made = repository(tmp_path / "r", ssh_key)
    git(made, "commit", "-q", "--allow-empty", "-m", "plain")
    plain = git(made, "rev-parse", "HEAD")
    git(made, "commit", "-q", "--allow-empty", "-S", "-m", "signed")
    git(made, "replace", plain, git(made, "rev-parse", "HEAD"))
    git(made, "config", "gpg.ssh.program", "/bin/true")
    (found,) = git_signatures.read(made, plain)
    assert found.id == plain
    assert signer_of(found, roster, 5, clock()).problem == "carries no signature"


def test_an_object_with_other_bytes_than_its_id_is_damage(tmp_path, ssh_key):
    made = repository(tmp_path / "r", ssh_key)
    git(made, "commit", "-q", "--allow-empty", "-m", "one")
    git(made, "commit", "-q", "--allow-empty", "-m", "two")
    one, two = (git(made, "rev-parse", name) for name in ("HEAD~1", "HEAD"))
    first, second = (made / ".git" / "objects" / name[:2] / name[2:] for name in (one, two))
    first.chmod(0o600)
    first.write_bytes(second.read_bytes())
    with pytest.raises((IntegrityError, UsageError)):
        git_signatures.read(made, one)


@pytest.mark.parametrize("revision", ["nothing", "--all", "HEAD^{tree}", "HEAD\nHEAD", "HEAD:", "", "v9"])
def test_what_names_no_commit_is_refused(repo, revision):
    with pytest.raises(UsageError):
        git_signatures.read(repo, revision)


def test_a_folder_that_is_no_repository_is_refused(tmp_path):
    with pytest.raises(UsageError, match=r"git could not read it|no revision"):
        git_signatures.read(tmp_path, "HEAD")


# --- recorded ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def with_revision(workspace, repo, ssh_key, tmp_path):
    """Evidence that names the signed commit of the repository, and its author enrolled."""
    key = ssh_key.with_suffix(".pub").read_text()
    workspace.people.enrol(
        "Ann Lee", by=workspace.operator, reason="Trains.", roles=["trainer"], key=public_keys.parse(key).line
    )
    attach_revision(workspace, tmp_path, git(repo, "rev-parse", "signed-commit"))
    return workspace


def attach_revision(workspace, folder, commit):
    (folder / f"{commit}.yaml").write_text(
        "schema: declared-evidence.v1\nkind: source-revision.v1\nabout: system\nname: The code of the training\non: 2026-11-20\n"
        "by: {name: Ann Lee, role: Training lead}\nbody:\n  repository: null\n  branch: main\n  tag: null\n  signed: null\n"
        f'  commit: "{commit}"\n  uncommitted_changes: false\n  untracked_files: 0\n  entry_point: train.py\n'
        "  tool: {name: git, version: null}\n"
    )
    done = workspace.attach([folder / f"{commit}.yaml"], SYSTEM, environment=False)
    assert done.appended, done.not_read


def test_who_signed_the_revision_that_the_evidence_names_is_recorded_once(with_revision, repo):
    roster = with_revision.people.roster()
    (found,) = look(repo, SYSTEM, with_revision, roster)
    assert (found.by, found.new) == ("Ann Lee", True)
    piece = with_revision.evidence(found.evidence)
    before = with_revision.evidence(found.named_by)
    assert piece.body["signed"] is True
    assert piece.body["signature"][0]["by"] == "Ann Lee"
    assert {k: v for k, v in piece.body.items() if k not in ("signed", "signature")} == {
        k: v for k, v in before.body.items() if k != "signed"
    }
    assert piece.record.subject == before.record.subject
    head = with_revision.ledger.checkpoint()
    (same,) = look(repo, SYSTEM, with_revision, roster)
    assert (same.new, with_revision.ledger.checkpoint()) == (False, head)


def test_a_tag_counts_where_the_commit_bears_no_signature(with_revision, repo, tmp_path):
    attach_revision(with_revision, tmp_path, git(repo, "rev-parse", "v1^{commit}"))
    roster = with_revision.people.roster()
    bare = look(repo, SYSTEM, with_revision, roster)
    assert [row.by for row in bare] == ["Ann Lee", None]
    assert with_revision.evidence(bare[1].evidence).body["signed"] is False
    tagged = look(repo, SYSTEM, with_revision, roster, tag="v1")
    assert [row.by for row in tagged] == ["Ann Lee", "Ann Lee"]
    assert with_revision.evidence(tagged[1].evidence).body["tag"] == "v1"
    with pytest.raises(UsageError, match="which no evidence of elm-desk names"):
        look(repo, SYSTEM, with_revision, roster, tag="empty")


def test_without_a_named_revision_it_can_not_be_told(workspace, repo):
    with pytest.raises(CouldNotTell):
        look(repo, SYSTEM, workspace, workspace.people.roster())


def test_a_revision_that_the_repository_does_not_hold_appends_nothing(with_revision, repo, tmp_path):
    attach_revision(with_revision, tmp_path, "ab" * 20)
    head = with_revision.ledger.checkpoint()
    with pytest.raises(UsageError):
        look(repo, SYSTEM, with_revision, with_revision.people.roster())
    assert with_revision.ledger.checkpoint() == head


def test_the_command_says_who_signed_and_ends_in_three_where_nobody_did(with_revision, repo, tmp_path):
    words = ["evidence", "git", str(repo), "--system", SYSTEM, "--workspace", str(with_revision.root)]
    done = CliRunner().invoke(app, words)
    assert (done.exit_code, "commit: signed by Ann Lee" in done.stdout) == (0, True), done.exception
    with_revision.people.revoke("Ann Lee", by=with_revision.operator, reason="Lost.")
    after = CliRunner().invoke(app, [*words, "--json"])
    assert after.exit_code == 3
    (row,) = json.loads(after.stdout)["revisions"]
    assert row["by"] is None
    assert "revoked since" in row["signatures"][0]["problem"]
