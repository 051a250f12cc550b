"""A time stamping authority made with `openssl`: a root, perhaps a step between, and a certificate that may stamp."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = """
[tsa]
default_tsa = it
[it]
serial = {folder}/serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
accuracy = secs:1
ess_cert_id_alg = sha256
"""
PEM = serialization.Encoding.PEM


def certificate(
    subject: str, key: ec.EllipticCurvePrivateKey, issuer: x509.Certificate | None, issuer_key: ec.EllipticCurvePrivateKey,
    until: datetime, *, ca: bool,
) -> x509.Certificate:  # fmt: skip
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer.subject if issuer else name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    )
    if not ca:
        made = made.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    return made.sign(issuer_key, hashes.SHA256())


class Authority:
    """An authority whose files lie in a folder. `until` is when its certificate expires."""

    def __init__(self, folder: Path, until: datetime = datetime(2090, 1, 1, tzinfo=UTC)) -> None:
        self.folder = folder
        folder.mkdir()
        far = datetime(2099, 1, 1, tzinfo=UTC)
        keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(3)]
        root = certificate("root", keys[0], None, keys[0], far, ca=True)
        between = certificate("between", keys[1], root, keys[0], far, ca=True)
        own = certificate("authority", keys[2], between, keys[1], until, ca=False)
        self.root = root.public_bytes(PEM)
        (folder / "own.pem").write_bytes(own.public_bytes(PEM))
        (folder / "chain.pem").write_bytes(between.public_bytes(PEM) + self.root)
        pem = keys[2].private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        (folder / "own.key").write_bytes(pem)
        (folder / "serial").write_text("01\n")
        (folder / "config").write_text(CONFIG.format(folder=folder))

    def answer(self, request: bytes) -> bytes:
        """The response to a request, made by `openssl ts`."""
        (self.folder / "request.tsq").write_bytes(request)
        made = [
            "openssl", "ts", "-reply", "-config", "config", "-queryfile", "request.tsq", "-signer", "own.pem",
            "-inkey", "own.key", "-chain", "chain.pem", "-out", "response.tsr",
        ]  # fmt: skip
        subprocess.run(made, cwd=self.folder, check=True, capture_output=True)
        return (self.folder / "response.tsr").read_bytes()

    def verified_by_openssl(self, token: bytes, data: bytes) -> bool:
        """Whether `openssl ts -verify` takes the token."""
        for name, content in (("t.tsr", token), ("t.data", data), ("root.pem", self.root)):
            (self.folder / name).write_bytes(content)
        made = ["openssl", "ts", "-verify", "-in", "t.tsr", "-data", "t.data", "-CAfile", "root.pem"]
        return subprocess.run(made, cwd=self.folder, check=False, capture_output=True).returncode == 0
