"""Keys as people have them sign here: files of every type of OpenSSH, locked ones, and keys that only an agent holds."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from typing import TYPE_CHECKING

import pytest

from governance.errors import GovernanceError, UnreadableError, UsageError
from governance.proofs import dsse, public_keys
from governance.signing import keys
from tests.signing.made import ALL_ROLES, LEDGER, decision, enrol, entry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is not installed")

WORDS = "open sesame"
KINDS = {
    "ecdsa-256": ("ecdsa", "256"),
    "ecdsa-384": ("ecdsa", "384"),
    "ecdsa-521": ("ecdsa", "521"),
    "rsa": ("rsa", "3072"),
}


def generated(path: Path, kind: str = "ed25519", bits: str = "", words: str = "") -> Path:
    """A key pair of ssh-keygen: the private key here, the public one beside it."""
    sized = ["-b", bits] if bits else []
    ran("ssh-keygen", "-q", "-t", kind, *sized, "-a", "1", "-N", words, "-C", "ann@example.org", "-f", str(path))
    return path


def ran(*command: str, **more: str) -> str:
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=os.environ | more)
    return done.stdout


def counts(key: keys.SigningKey) -> bool:
    """Whether a decision that the key signs counts, where it is enrolled for Ann Lee."""
    from governance.signing import statements
    from governance.verifier.roster import Roster

    of = Roster(LEDGER.public)
    of.apply(enrol(0, "Ann Lee", key, *ALL_ROLES))
    data = key.seal(statements.payload(decision()))
    return statements.read(data, entry(data), of).valid


@pytest.fixture
def agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An agent of this test's own, on a socket in its folder."""
    if shutil.which("ssh-agent") is None or shutil.which("ssh-add") is None:
        pytest.skip("ssh-agent is not installed")
    started = subprocess.Popen(["ssh-agent", "-D", "-a", str(tmp_path / "a")], stdout=subprocess.PIPE)
    assert started.stdout is not None
    started.stdout.readline()  # printed once it listens
    monkeypatch.setenv("SSH_AUTH_SOCK", str(tmp_path / "a"))
    yield
    started.send_signal(signal.SIGTERM)
    started.wait(timeout=10)
    started.stdout.close()


def added(path: Path, folder: Path) -> None:
    """Put a locked key into the agent, as its owner does who types the words."""
    ask = folder / "ask"
    ask.write_text(f"#!/bin/sh\necho '{WORDS}'\n")
    ask.chmod(0o700)
    ran("ssh-add", "-q", str(path), SSH_ASKPASS=str(ask), SSH_ASKPASS_REQUIRE="force", DISPLAY=":0")


def test_an_ed25519_key_signs_here_in_sixty_four_bytes(tmp_path):
    key = keys.signing_key(generated(tmp_path / "id"))
    assert key.public == public_keys.parse((tmp_path / "id.pub").read_text())
    assert len(key.sign(b"message")) == 64
    assert counts(key)


@pytest.mark.parametrize("name", KINDS)
def test_a_key_of_another_type_signs_through_ssh_keygen_and_its_decision_counts(tmp_path, name):
    path = generated(tmp_path / "id", *KINDS[name])
    key = keys.signing_key(path)
    assert key.public.algorithm.startswith(("ecdsa-sha2-", "ssh-rsa"))
    signature = key.sign(b"message")
    assert signature.startswith(b"SSHSIG")
    assert key.public.verify(signature, b"message")
    assert not key.public.verify(signature, b"another message")
    assert counts(key)


def test_what_ssh_keygen_signs_ssh_keygen_verifies_over_the_bytes_of_the_envelope(tmp_path):
    import base64

    key = keys.signing_key(generated(tmp_path / "id", "ecdsa", "256"))
    envelope = dsse.parse(key.seal(b'{"one":1}'))
    text = base64.encodebytes(envelope.signatures[0].sig).decode()
    (tmp_path / "sig").write_text(f"-----BEGIN SSH SIGNATURE-----\n{text}-----END SSH SIGNATURE-----\n")
    (tmp_path / "allowed").write_text(f"ann {key.public.line}\n")
    command = ["ssh-keygen", "-Y", "verify", "-f", tmp_path / "allowed", "-I", "ann", "-n", "governance-evidence",
               "-s", tmp_path / "sig"]  # fmt: skip
    signed = dsse.pae(envelope.payload_type, envelope.payload)
    assert subprocess.run(command, input=signed, capture_output=True, check=False).returncode == 0
    assert subprocess.run(command, input=signed + b" ", capture_output=True, check=False).returncode != 0


def test_a_locked_key_signs_with_its_words(tmp_path):
    pytest.importorskip("bcrypt", reason="locked OpenSSH keys need bcrypt")
    key = keys.signing_key(generated(tmp_path / "id", words=WORDS), WORDS.encode())
    assert len(key.sign(b"message")) == 64
    assert counts(key)


@pytest.mark.parametrize("named", ["id", "id.pub"])
def test_a_locked_key_signs_through_the_agent_that_holds_it(tmp_path, agent, named):
    path = generated(tmp_path / "id", words=WORDS)
    added(path, tmp_path)
    key = keys.signing_key(tmp_path / named)
    signature = key.sign(b"message")
    assert signature.startswith(b"SSHSIG")
    assert key.public.algorithm == "ssh-ed25519"
    assert counts(key)


def test_where_only_the_public_key_lies_the_agent_signs(tmp_path, agent):
    path = generated(tmp_path / "id", "ecdsa", "256", words=WORDS)
    added(path, tmp_path)
    path.unlink()
    assert counts(keys.signing_key(tmp_path / "id.pub"))


def test_a_public_key_whose_private_one_is_nowhere_does_not_sign_and_says_so(tmp_path, monkeypatch):
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    path = generated(tmp_path / "id", "ecdsa", "256")
    path.unlink()
    key = keys.signing_key(tmp_path / "id.pub")
    with pytest.raises(UsageError, match="ssh-keygen could not sign") as caught:
        key.sign(b"message")
    assert caught.value.where == str(tmp_path / "id.pub")


def test_a_key_that_ssh_keygen_signs_with_needs_its_public_key_beside_it(tmp_path):
    path = generated(tmp_path / "id", "ecdsa", "256")
    (tmp_path / "id.pub").unlink()
    with pytest.raises(UnreadableError, match="not an Ed25519 key") as caught:
        keys.signing_key(path)
    assert "lay id.pub beside it" in caught.value.hint


def test_the_public_key_of_somebody_else_beside_a_key_is_found_out(tmp_path):
    path = generated(tmp_path / "id", "ecdsa", "256")
    generated(tmp_path / "other", "ecdsa", "256")
    shutil.copy(tmp_path / "other.pub", tmp_path / "id.pub")
    with pytest.raises(UsageError):
        keys.signing_key(path).sign(b"message")


def test_a_public_key_that_is_none_is_refused(tmp_path):
    (tmp_path / "id.pub").write_text("ssh-ed25519 AAAA\n")
    with pytest.raises(GovernanceError) as caught:
        keys.signing_key(tmp_path / "id.pub")
    assert str(tmp_path / "id.pub") in caught.value.where


@pytest.mark.parametrize("missing", ["none", "none.pub"])
def test_a_key_that_is_not_there_is_told(tmp_path, missing):
    with pytest.raises(UsageError, match="can not be read"):
        keys.signing_key(tmp_path / missing)


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa"])
def test_a_private_key_that_others_can_read_signs_nothing(tmp_path, kind):
    path = generated(tmp_path / "id", kind)
    path.chmod(0o644)
    with pytest.raises(UsageError, match="others can read"):
        keys.signing_key(path)


def test_where_ssh_keygen_is_not_installed_it_is_named(tmp_path, monkeypatch):
    key = keys.signing_key(generated(tmp_path / "id", "ecdsa", "256"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match="ssh-keygen, which is not installed"):
        key.sign(b"message")
