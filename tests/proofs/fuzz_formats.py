"""Coverage-guided fuzzing of every format of a proof with atheris, which `pip install '.[fuzz]'` brings where it installs.

    python tests/proofs/fuzz_formats.py [seconds for each format] [format …]

A seed is a genuine example of the format. Any error but the package's own, more than two seconds or more than 300 MB end the run.
"""

from __future__ import annotations

import base64
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))

if TYPE_CHECKING:
    from collections.abc import Callable


def formats() -> dict[str, tuple[Callable[[bytes], Any], bytes]]:
    """Each format by name: what reads it, and an example."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from governance.parsing import strict_json, strict_yaml
    from governance.proofs import (
        dsse,
        ed25519,
        identity_token,
        note,
        public_keys,
        sshsig,
        tiles,
        tlog_policy,
        tlog_proof,
        vkeys,
    )
    from governance.verifier import approval_file, entries, statements, trust

    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    public = ed25519.raw(key)
    log = note.sign(note.Head("example.org/ledger", 9, "ab" * 32), public, key.sign)
    vkey = str(vkeys.VerifierKey("example.org/ledger", vkeys.LOG, public))
    policy = (
        f"log {vkey}\nquorum none\nsigner reviewer {ed25519.public_line(public)} Rita\napproval reviewer 1\n".encode()
    )
    said = statements.build(statements.DECISION, [("model", "sha256:" + "0" * 64)], {"decision": "approve"})
    words = [
        base64.urlsafe_b64encode(part).rstrip(b"=")
        for part in (b'{"alg":"EdDSA","kid":"k"}', b'{"iss":"i"}', b"s" * 64)
    ]

    def token(data: bytes) -> None:
        from datetime import UTC, datetime

        jwks = {"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": "k", "alg": "EdDSA", "x": "A" * 43}]}
        moment = datetime(2026, 1, 1, tzinfo=UTC)
        identity_token.verify_token(data.decode("latin-1"), jwks, issuer="i", audience="a", moment=moment)

    return {
        "note": (note.parse, log),
        "envelope": (dsse.parse, dsse.seal(said, key)),
        "statement": (
            lambda data: statements.read(data, where="x", predicate_type=statements.DECISION),
            dsse.seal(said, key),
        ),
        "key": (lambda data: public_keys.parse(data.decode("latin-1")), ed25519.public_line(public).encode()),
        "vkey": (lambda data: vkeys.parse_vkey(data.decode("latin-1")), vkey.encode()),
        "ssh-signature": (sshsig.parse, b"SSHSIG" + bytes(4) + bytes(range(90))),
        "armour": (lambda data: sshsig.unarmour(data.decode("latin-1")), sshsig.armour(b"SSHSIG" + bytes(90)).encode()),
        "tlog-policy": (tlog_policy.read, f"log {vkey}\nquorum none\n".encode()),
        "trust-policy": (trust.parse, policy),
        "tlog-proof": (tlog_proof.parse, tlog_proof.format_proof(3, [bytes(32)] * 4, log)),
        "bundle": (lambda data: tiles.parse_bundle(data, 2), b"\x00\x03abc\x00\x00"),
        "token": (token, b".".join(words)),
        "approval": (approval_file.read, b'{"schema":"approval.v1"}\n'),
        "entry": (lambda data: entries.parse(data, "x"), b'{"schema":"entry.v1","seq":0}'),
        "json": (strict_json.loads, b'{"a": [1, 2.5, "x\\u00e4", null]}'),
        "yaml": (strict_yaml.loads, b"a: [1, two]\nb: |\n  text\n"),
    }


def one(name: str, seconds: int) -> None:
    """Fuzz one format in this process, which libFuzzer ends."""
    import atheris

    with atheris.instrument_imports(include=["governance"]):
        reader, seed = formats()[name]
    from governance.errors import GovernanceError

    def read(data: bytes) -> None:
        try:
            reader(data)
        except GovernanceError:
            return

    with tempfile.TemporaryDirectory() as seeds:
        (Path(seeds) / "seed").write_bytes(seed)
        bounds = ["-timeout=2", "-rss_limit_mb=300", "-max_len=20000"]
        atheris.Setup([sys.argv[0], f"-max_total_time={seconds}", *bounds, seeds], read)
        atheris.Fuzz()


def main() -> int:
    """Fuzz each format in a process of its own; returns how many failed."""
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    failed = []
    for name in sys.argv[2:] or formats():
        done = subprocess.run([sys.executable, __file__, "--one", name, str(seconds)], capture_output=True, check=False)
        sys.stdout.write(f"{name:<16} {'ok' if done.returncode == 0 else 'FAILED'}\n")
        if done.returncode:
            failed.append(name)
            sys.stdout.write(done.stderr.decode("utf-8", "replace")[-2000:])
    return len(failed)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        one(sys.argv[2], int(sys.argv[3]))
    else:
        sys.exit(main())
