"""Sigstore bundles: verified for the identity that is expected, over the very statement, or plainly not evaluated.

The library is a fake here that behaves as sigstore-python does; what it does with real bundles is its own to show.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from governance.proofs import dsse
from governance.signing import keyless
from governance.signing.keyless import Library

PAYLOAD = b'{"a statement":1}'
EXPECTED = {"issuer": "https://issuer.example", "identity": "ann@library.example"}


class RefusedError(Exception):
    pass


class Verifier:
    def __init__(self, *, trusted_root):
        self.root = trusted_root

    def verify_dsse(self, bundle, policy):
        if bundle["root"] != self.root["root"] or bundle["by"] != policy:
            raise RefusedError("certificate identity mismatch")
        return bundle["type"], bundle["payload"].encode()


FAKE = Library(
    json.loads,
    lambda path: json.loads(Path(path).read_bytes().decode()),
    Verifier,
    lambda *, identity, issuer: [identity, issuer],
)


def bundle(**changes) -> bytes:
    made = {
        "root": 1,
        "by": ["ann@library.example", "https://issuer.example"],
        "type": dsse.IN_TOTO,
        "payload": PAYLOAD.decode(),
    }
    return json.dumps(made | changes).encode()


@pytest.fixture
def answer(tmp_path):
    def made(data: bytes, root: bytes = b'{"root": 1}', **expected):
        (tmp_path / "trusted_root.json").write_bytes(root)
        place = tmp_path / "trusted_root.json"
        return keyless.verify(data, PAYLOAD, **{**EXPECTED, **expected}, trusted_root=place, using=FAKE)

    return made


def test_the_expected_identity_over_the_very_statement_is_verified(answer):
    assert answer(bundle()) == keyless.Keyless(
        "verified", "signed by ann@library.example, whom https://issuer.example named"
    )


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda answer: answer(bundle(payload='{"a statement":2}')), "another statement"),
        (lambda answer: answer(bundle(type="text/plain")), "another statement"),
        (
            lambda answer: answer(bundle(), identity="bob@library.example"),
            "RefusedError: certificate identity mismatch",
        ),
        (lambda answer: answer(bundle(), issuer="https://other.example"), "RefusedError"),
        (lambda answer: answer(bundle(), b'{"root": 2}'), "RefusedError"),
        (lambda answer: answer(bundle(), identity=""), "must be expected"),
        (lambda answer: answer(bundle(), issuer=""), "must be expected"),
        (lambda answer: answer(b"no json"), "does not verify: JSONDecodeError"),
        (lambda answer: answer(bundle(), b"\xff"), "does not verify: UnicodeDecodeError"),
        (lambda answer: answer(b" " * (keyless.MAX_BYTES + 1)), "more than"),
    ],
)
def test_anything_else_is_a_no_with_the_reason(answer, made, said):
    found = made(answer)
    assert found.outcome == "failed"
    assert said in found.said


def test_without_the_library_nothing_is_evaluated_and_the_remedy_is_named(tmp_path):
    """In a process of its own, in which there is no such library whatever is installed here."""
    (tmp_path / "sigstore.py").write_text("raise ImportError\n")
    code = (
        "from governance.signing import keyless\n"
        "made = keyless.verify(b'', b'', issuer='i', identity='a', trusted_root=None)\nprint(made.outcome, made.said)"
    )
    path = [str(tmp_path), *sys.path]
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path[:] = {path!r}\n{code}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("not-evaluated")
    assert "governance-evidence[sigstore]" in done.stdout


def test_the_library_is_not_imported_before_it_is_asked_for():
    code = (
        "import sys; from governance.signing import keyless; print(any(n.startswith('sigstore') for n in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
