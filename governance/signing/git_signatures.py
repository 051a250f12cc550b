"""Who signed a commit or a tag of Git, as its SSH signature shows, held against the principals who are enrolled.

The object is read by its own bytes (`git cat-file`) and hashed again, so neither a replaced object nor the settings of the repository
have a say, and what `git verify-commit` would believe is not asked. In a commit the signature stands in the header `gpgsig`, or
`gpgsig-sha256` where ids are SHA-256 (git's Documentation/gitformat-signature); in a tag it stands at the end. What is signed is
the object without it, in OpenSSH's namespace `git`. A key of ours signs evidence in a namespace of our own, so neither signature
can be taken for the other.

It can not tell when a commit was made: its date is whatever its author wrote. What counts is whether the key signs now, in the
entry that records this. Signatures of OpenPGP and X.509 are named and not verified. Ids by SHA-1 are only as good as SHA-1.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from governance.errors import IntegrityError, UnreadableError, UsageError
from governance.proofs import ssh_keys, sshsig
from governance.proofs.public_keys import PublicKey

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from governance.verifier.roster import Roster

NAMESPACE = "git"
COMMIT_ID = re.compile(r"(?:[0-9a-f]{40}|[0-9a-f]{64})\Z")
_MAX_BYTES = 4 << 20
_SECONDS = 60
_FORMS = {
    b"-----BEGIN SSH SIGNATURE-----": "ssh",
    b"-----BEGIN PGP SIGNATURE-----": "openpgp",
    b"-----BEGIN PGP MESSAGE-----": "openpgp",
    b"-----BEGIN SIGNED MESSAGE-----": "x509",
}
_NAMES = {"openpgp": "OpenPGP", "x509": "X.509"}


@dataclass(frozen=True)
class GitObject:
    """A commit or a tag: its id, and its bytes, which hash to it."""

    kind: str
    id: str
    data: bytes


@dataclass(frozen=True)
class GitSigner:
    """Who signed. `form` is ssh, openpgp, x509 or none; `by` is None with the reason in `problem` where nobody counts."""

    form: str
    by: str | None = None
    credential: str | None = None
    problem: str | None = None


def signer_of(found: GitObject, roster: Roster, seq: int, moment: datetime) -> GitSigner:
    """Whose enrolled key signed an object, as it stands in an entry. What does not verify is an answer and no error."""
    try:
        payload, signature = taken_apart(found)
    except UnreadableError as error:
        return GitSigner("none", problem=error.message)
    if signature is None:
        return GitSigner("none", problem="carries no signature")
    form = next((form for begin, form in _FORMS.items() if signature.startswith(begin)), "unknown")
    if form != "ssh":
        return GitSigner(form, problem=f"not verified: {_NAMES.get(form, 'a signature of an unknown form')}")
    try:
        binary = sshsig.unarmour(signature.decode("ascii", "replace"))
        made = sshsig.parse(binary)
        key = PublicKey(ssh_keys.load(made.key).algorithm, made.key)
    except UnreadableError as error:
        return GitSigner(form, problem=f"not verified: {error.message}")
    if made.namespace != NAMESPACE:
        return GitSigner(form, None, key.fingerprint, f"made in the namespace {made.namespace[:40]!r}, not {NAMESPACE}")
    if not sshsig.verify(made.key, binary, payload, namespace=NAMESPACE):
        return GitSigner(form, None, key.fingerprint, "the signature does not fit what is signed: it was changed")
    for principal in roster.principals.values():
        for credential in principal.credentials:
            if credential.by.material == key.material:
                problem = credential.refusal(seq, moment.date())
                return GitSigner(form, None if problem else principal.name, credential.name, problem)
    return GitSigner(form, None, key.fingerprint, f"the key {key.fingerprint} is of nobody who is enrolled")


def taken_apart(found: GitObject) -> tuple[bytes, bytes | None]:
    """(what is signed, the armoured signature or None). Raises `UnreadableError` for what is not of the form it must have."""
    if found.kind == "tag":
        starts = [at.start() for begin in _FORMS for at in re.finditer(b"^" + begin, found.data, re.MULTILINE)]
        if _headers(found.data)[1]:
            raise UnreadableError("carries a second signature in its header")
        if not starts:
            return found.data, None
        at = max(starts)
        return found.data[:at], found.data[at:]
    plain, signatures, message = _headers(found.data)
    if not signatures:
        return found.data, None
    wanted = b"gpgsig" if len(found.id) == 40 else b"gpgsig-sha256"
    if len(signatures) > 1 or signatures[0][0] != wanted:
        raise UnreadableError(f"carries {len(signatures)} signatures, of which none or several could be meant")
    return b"\n".join(plain) + b"\n\n" + message, signatures[0][1] + b"\n"


def _headers(data: bytes) -> tuple[list[bytes], list[tuple[bytes, bytes]], bytes]:
    """(lines of all other headers, signatures by header, what follows the headers)."""
    head, blank, message = data.partition(b"\n\n")
    if not blank:
        raise UnreadableError("has no end of its header")
    plain: list[bytes] = []
    signatures: list[tuple[bytes, list[bytes]]] = []
    inside = False
    for line in head.split(b"\n"):
        if line.startswith(b" "):
            (signatures[-1][1] if inside else plain).append(line[1:] if inside else line)
            continue
        name, _, value = line.partition(b" ")
        inside = name.startswith(b"gpgsig")
        if inside:
            signatures.append((name, [value]))
        else:
            plain.append(line)
    return plain, [(name, b"\n".join(lines)) for name, lines in signatures], message


def read(repository: Path, revision: str) -> list[GitObject]:
    """The commit that a revision names, and the tag before it where it names one.

    Raises `UsageError` where there is none, `IntegrityError` for an object whose bytes are not those of its id.
    """
    found: list[GitObject] = []
    name = revision
    while len(found) < 4:
        made = _object(repository, name)
        found.append(made)
        if made.kind == "commit":
            return found[::-1]
        target = re.match(rb"object ([0-9a-f]{40}|[0-9a-f]{64})\ntype (commit|tag)\n", made.data)
        if target is None:
            break
        name = target[1].decode()
    raise UsageError(f"{revision} names no commit", where=str(repository))


def _object(repository: Path, revision: str) -> GitObject:
    if revision.startswith("-") or "\n" in revision or "\0" in revision:
        raise UsageError(f"{revision!r} can not name a revision")
    name = (
        _git(repository, "rev-parse", "--verify", "--quiet", "--end-of-options", revision)
        .decode("ascii", "replace")
        .strip()
    )
    if not COMMIT_ID.match(name):
        raise UsageError(f"there is no revision {revision}", where=str(repository), hint="Fetch it, or name another.")
    kind = _git(repository, "cat-file", "-t", name).decode("ascii", "replace").strip()
    if kind not in ("commit", "tag"):
        raise UsageError(
            f"{revision} is {'a ' + kind if kind else 'nothing'}, not a commit or a tag", where=str(repository)
        )
    data = _git(repository, "cat-file", kind, name)
    hashed = (hashlib.sha1 if len(name) == 40 else hashlib.sha256)(b"%b %d\0" % (kind.encode(), len(data)) + data)
    if hashed.hexdigest() != name:
        raise IntegrityError(f"the {kind} {name} has other bytes than those of its id", where=str(repository))
    return GitObject(kind, name, data)


def _git(repository: Path, *words: str) -> bytes:
    """What git prints, or nothing where it finds nothing. It is kept from the network, from settings of the user, and from replacing."""
    settings = ("-c", "protocol.allow=never", "-c", f"safe.directory={os.path.realpath(repository)}")
    command = ["git", "--no-replace-objects", *settings, "-C", str(repository), *words]
    environment = {
        "PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_NO_LAZY_FETCH": "1", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0",
    }  # fmt: skip
    try:
        done = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False, env=environment)  # noqa: S603
    except FileNotFoundError:
        raise UsageError("git is not installed, and commits are read with it", hint="Install git.") from None
    except subprocess.TimeoutExpired:
        raise UsageError(f"git gave nothing within {_SECONDS} seconds", where=str(repository)) from None
    if done.returncode > 1:
        said = done.stderr.decode("utf-8", "replace").strip().split("\n")[0][:300]
        raise UsageError(f"git could not read it: {said}", where=str(repository))
    if len(done.stdout) > _MAX_BYTES:
        raise UnreadableError(f"a commit or a tag of more than {_MAX_BYTES:,} bytes", where=str(repository))
    return done.stdout
