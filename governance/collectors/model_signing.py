"""Signatures over the files of a model, by OpenSSF Model Signing.

*Reads* signature files of versions 0.2 to 1.1: a Sigstore bundle around a signed list of files, made with a key, with a
certificate, or in the name of an identity that Sigstore vouches for. Checked here are the signature, every file of the
model in the same attach against its digest, and whether files lie there that were not signed.

*Says* `verified` true only where a public key was at hand, it made the signature, and the files are all those that were
signed and no other. It is false where the signature does not fit, was made with another key, or a file is missing,
changed or added. The key is looked for beside the signature and beside the model. A key from there proves that nothing
changed and not who signed, because whoever can swap the files can swap the key: such evidence is partial, unless the
key's file was named in the attach. Its digest is what `sha256sum` says of the key, so that an officer can compare it.

*Does not say* that a certificate can be trusted: that takes a root which nobody named, so `verified` is null and the
reason stands under `not_checked`. The time of a Sigstore signature is what the bundle says. Files hashed in shards, or
with another algorithm than SHA-256, are not compared. Files below `.git` are covered by no signature.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from governance.collectors.formats import dsse
from governance.collectors.formats.signed_models import MARK, MOST_FOLDERS, compare, signed_in
from governance.collectors.reading import fields, moments
from governance.collectors.reading.doubts import Doubts
from governance.collectors.reading.interface import Marks, NotMine, OneFile, Tried
from governance.collectors.reading.names import named
from governance.domain.evidence import Collector, Subject, SubjectType
from governance.parsing import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

    from governance.collectors.formats.signed_models import Comparison, Signed
    from governance.collectors.reading.answers import Found
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

MOST_KEYS = 50
_PEM, _END_PEM = b"-----BEGIN PUBLIC KEY-----", b"-----END PUBLIC KEY-----"
_MEDIA = "application/vnd.dev.sigstore.bundle"


@dataclass
class _Check:
    """What checking the signature itself came to."""

    method: str
    fits: bool | None = None
    signer: str | None = None
    fingerprint: str | None = None
    key: File | None = None
    problems: list[str] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)


class ModelSigning(OneFile):
    """Finds one signature for each bundle that signs a model."""

    noun = Collector(name="model-signing", version="1")
    kinds = ("model-signature.v1",)
    tool = "model_signing"
    tried = (
        Tried("0.2.0", "published", "2026-11-25"),
        Tried("0.3.1", "published", "2026-11-25"),
        Tried("1.0.0", "published", "2026-11-25"),
        Tried("1.1.1", "published", "2026-11-25"),
        Tried("1.1.1", "recorded", "2026-11-25"),
    )
    marks = Marks(
        form="json",
        words=(b"dsseEnvelope", b"verificationMaterial"),
        any_of=dsse.spellings(MARK.removeprefix("https:").encode()),
    )

    def facts(self, folder: Folder, file: File) -> Iterable[Found]:
        """The signature, checked as far as it can be."""
        data = file.json()
        if not isinstance(data, dict) or not isinstance(data.get("dsseEnvelope"), dict):
            raise NotMine("it is no bundle at the top")
        envelope = dsse.envelope_in(data)
        statement = envelope.statement()
        if not (fields.text(statement, "predicateType") or "").startswith(MARK):
            raise NotMine("it signs something else than a model")
        signed = signed_in(statement)
        keys = _keys(folder)
        check = _checked(data, envelope, keys)
        signatures = (each for near in _near(folder) for each in near.files.values() if self.looks(near, each) is None)
        besides = {file.path, *(each.path for each in signatures), *(key.path for key, _ in keys)}
        files = compare(signed, _near(folder), besides)
        yield self._fact(folder, file, data, signed, check, files)

    def _fact(
        self, folder: Folder, file: File, data: dict[str, Any], signed: Signed, check: _Check, files: Comparison
    ) -> Found:
        doubts = Doubts()
        problems = check.problems + files.problems
        if not signed.consistent:
            problems.append("the list of signed files does not come to the digest that stands over it")
        unchecked = check.unchecked + files.unchecked
        if files.folder is None:
            unchecked.append("the files that were signed are not in this attach")
            doubts.partial("the files that were signed are not in this attach")
        elif files.unchecked:
            doubts.partial(files.unchecked[0])
        for path in files.left_out[:10]:
            doubts.partial(f"the signer left out {path}, so it may have changed since")
        verified = False if problems else None if unchecked or not check.fits else True
        if verified and check.key is not None and not check.key.explicit:
            doubts.partial(
                f"the key {check.key.name} was found beside the model, where whoever swaps the one can swap the other; "
                "name the key's file in the attach"
            )
        signed_at = _moment(data)
        model = files.folder or folder
        name = (signed.name if files.folder is None and signed.name else model.name)[:500]
        media = fields.text(data, "mediaType") or ""
        body = {
            "tool": {"name": "governance", "version": None},
            "format": _format(media),
            "method": check.method,
            "verified": verified,
            "signer": check.signer,
            "key_fingerprint": check.fingerprint,
            "key_named": check.key.explicit if check.key is not None else None,
            "signed_at": canonical.instant(signed_at) if signed_at else None,
            "files": len(signed.digests),
            "files_not_covered": files.not_covered,
            "manifest_digest": signed.manifest_digest,
            "problems": problems,
            "not_checked": [why[:1000] for why in unchecked[:50]],
            "model": named(name),
        }
        # The fact lies where the model lies, so that it is tied to the weights in that folder.
        return self.found(
            model,
            file,
            "model-signature.v1",
            body,
            Subject(type=SubjectType.MODEL, name=name),
            doubts=doubts,
            at=signed_at,
            beside=[check.key] if check.key else [],
        )


def _near(folder: Folder) -> list[Folder]:
    """Where model and key are looked for: the signature's folder, those in it, the one above and those beside it, and what was named."""
    above = [folder.parent, *folder.parent.children] if folder.parent else []
    named = [each for top in folder.tops for each in (top, *top.children)]
    return list(dict.fromkeys([folder, *folder.children, *above, *named]))[:MOST_FOLDERS]


def _keys(folder: Folder) -> list[tuple[File, EllipticCurvePublicKey | None]]:
    """Public keys in PEM, those named in the attach first; None for a key of a sort that is not checked."""
    files = {each.path: each for near in _near(folder) for each in near.files.values()} | {
        each.path: each for each in folder.named
    }
    made = [
        (each, dsse.public_key(each.head))
        for each in files.values()
        if each.size <= 65_536 and _is_public_key(each.head)
    ]
    return sorted(made, key=lambda pair: not pair[0].explicit)[:MOST_KEYS]


def _is_public_key(data: bytes) -> bool:
    """True for one key in PEM and nothing after it; GnuTLS says in words before it what key it is."""
    text = data.strip()
    return text.count(_PEM) == 1 and text.endswith(_END_PEM) and (b"\n" + text).find(b"\n" + _PEM) >= 0


def _checked(
    data: dict[str, Any], envelope: dsse.Envelope, keys: list[tuple[File, EllipticCurvePublicKey | None]]
) -> _Check:
    material = fields.table(data, "verificationMaterial")
    if not envelope.signatures:
        return _Check(method="other", fits=False, problems=["the file holds no signature"])
    if (chain := fields.table(material, "x509CertificateChain")) or "certificate" in material:
        return _by_certificate(material, fields.rows(chain, "certificates"), envelope)
    if "publicKey" not in material:
        return _Check(method="other", unchecked=["the bundle holds neither a certificate nor a key"])
    return _by_key(fields.table(material, "publicKey"), envelope, keys)


def _by_key(
    said: dict[str, Any], envelope: dsse.Envelope, keys: list[tuple[File, EllipticCurvePublicKey | None]]
) -> _Check:
    """With a key: the named one if any was, else the one the bundle hints at, of those that lie near."""
    check = _Check(method="key")
    own = dsse.public_key(dsse.decoded(said, "rawBytes")) if said.get("rawBytes") else None
    hint = fields.text(said, "hint")
    if own is not None:
        check.fingerprint = _fingerprint(own)
    elif hint and len(hint) == 64 and all(letter in "0123456789abcdef" for letter in hint):
        check.fingerprint = f"sha256:{hint}"
    if own is not None and not _all_fit(own, envelope):
        check.fits = False
        check.problems.append("the signature was not made with the key that the bundle itself names")
    usable = [(file, key) for file, key in keys if key is not None]
    named = [pair for pair in usable if pair[0].explicit]
    if not usable:
        what = "a key of a sort that is not checked here" if keys else "no public key"
        check.unchecked.append(f"{what} lies beside the signature or the model")
        return check
    for file, key in named or usable:
        if (check.fingerprint in (None, _fingerprint(key))) and _all_fit(key, envelope):
            check.key, check.fingerprint = file, _fingerprint(key)
            check.fits = not check.problems
            return check
    check.fits = False
    names = ", ".join(file.name for file, _ in (named or usable)[:5])
    matches = [file for file, key in named or usable if check.fingerprint == _fingerprint(key)]
    check.problems.append(
        f"the signature does not fit what is signed under the key {matches[0].name}"
        if matches
        else f"the signature was not made with the key at hand ({names})"
    )
    return check


def _by_certificate(material: dict[str, Any], chain: list[Any], envelope: dsse.Envelope) -> _Check:
    """With a certificate: the mathematics are checked, and whether anybody should trust it is not."""
    own = fields.table(material, "certificate") or (chain[0] if chain and isinstance(chain[0], dict) else {})
    certificate = dsse.certificate(dsse.decoded(own, "rawBytes"))
    key = dsse.certificate_key(certificate)
    method = "sigstore" if fields.rows(material, "tlogEntries") else "certificate"
    check = _Check(method=method, signer=dsse.identity(certificate))
    if key is None:
        check.unchecked.append("the certificate's key is of a sort that is not checked here")
        return check
    if check.method == "certificate":
        check.fingerprint = _fingerprint(key)
    if not _all_fit(key, envelope):
        check.fits = False
        check.problems.append("the signature does not fit what is signed under the certificate in the bundle")
        return check
    check.unchecked.append(
        "the signature fits the certificate in the bundle; whether that certificate can be trusted takes a root, "
        "and none was named"
    )
    return check


def _all_fit(key: EllipticCurvePublicKey, envelope: dsse.Envelope) -> bool:
    """Every signature in the envelope was made with this key.

    Version 0.2 signed a spelling of its own, always with SHA-256.
    """
    plain = envelope.signed_bytes()
    kind, count = envelope.payload_type, len(envelope.payload)
    early = f"DSSEV1 {len(kind)} {kind} {count} {envelope.payload!r}".encode()
    return all(
        dsse.fits(key, each, plain) or dsse.fits(key, each, early) or dsse.fits(key, each, early, bits=256)
        for each in envelope.signatures
    )


def _fingerprint(key: EllipticCurvePublicKey) -> str:
    return "sha256:" + hashlib.sha256(dsse.pem_of(key)).hexdigest()


def _moment(data: dict[str, Any]) -> datetime | None:
    """When the transparency log says that it took the signature in; the log's own proof is not checked."""
    for entry in fields.rows(fields.table(data, "verificationMaterial"), "tlogEntries"):
        if isinstance(entry, dict) and (said := fields.plain(entry, "integratedTime")) and said.isdecimal():
            return moments.of_epoch(int(said[:12]))
    return None


def _format(media: str) -> str | None:
    """`application/vnd.dev.sigstore.bundle.v0.3+json`, and before 0.3 `...bundle+json;version=0.2`, as words."""
    if not media.startswith(_MEDIA):
        return None
    digits = "".join(letter for letter in media.removeprefix(_MEDIA) if letter.isdigit() or letter == ".").strip(".")
    return f"Sigstore bundle {digits}" if digits else "Sigstore bundle"


COLLECTOR = ModelSigning()
