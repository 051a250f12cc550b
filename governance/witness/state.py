"""What a witness remembers, and the one step in which it cosigns.

A witness is a folder:

    witness.json      its name
    witness.pem       its own private key, readable by its owner alone
    witness.vkey      its public key, for those who trust it
    lock              held through every step below
    logs/<sha256 of the origin>.json    a log it follows: the keys, and the last checkpoint it cosigned

The promise is that no two cosignatures over disagreeing heads ever come out. It rests on one order of things: under the lock, the new
head is compared with the last one, written and on disk, *and then* the cosignature is handed over. A crash before the write
leaves the old head and no cosignature outside; a crash after it leaves a head that nobody has the cosignature of yet, and the
log asks again. The file of a log is made when it is trusted; where it is missing the log is unknown and nothing is signed, so
a lost file is never a fresh start. What no program can guard against is a folder that is copied or restored from a backup:
one witness, one folder, on one disk.
"""

from __future__ import annotations

import json
import os
import stat
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from governance.errors import GovernanceError, UnreadableError, UsageError
from governance.parsing import strict_json
from governance.proofs import ed25519, note, tree, vkeys
from governance.witness import durable, wire
from governance.witness.wire import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_CONFIG, _KEY, _VKEY, _LOCK, _LOGS = "witness.json", "witness.pem", "witness.vkey", "lock", "logs"


@dataclass(frozen=True)
class _Log:
    """A log that is followed: its keys, the last cosigned checkpoint as it was handed out, and what that says."""

    origin: str
    keys: tuple[vkeys.VerifierKey, ...]
    checkpoint: bytes | None = None
    head: note.Head | None = None
    time: int = 0


class Witness:
    """An open witness. `clock` gives seconds since 1970; every other fact lies in the folder and is read anew each time."""

    def __init__(self, folder: Path, *, clock: Callable[[], int]) -> None:
        self.folder, self._clock = folder, clock
        if not (folder / _CONFIG).is_file():
            raise UsageError("there is no witness here", where=str(folder), hint="Make one with: govern witness init")
        config = _json(folder / _CONFIG, "witness.v1")
        self._key = _load_key(folder / _KEY)
        self.verifier = vkeys.VerifierKey(str(config.get("name")), vkeys.COSIGNER, ed25519.raw(self._key))
        if self.vkey != _bytes(folder / _VKEY).decode("utf-8", "replace").strip():
            raise UnreadableError("the name, the private and the public key are not of one witness", where=str(folder))

    @classmethod
    def init(cls, folder: Path, *, name: str, clock: Callable[[], int]) -> Witness:
        """Make a witness with a key of its own. Raises `UsageError` where one is, or for a name that can not name a key."""
        if not vkeys.is_name(name) or not name.isprintable():
            raise UsageError(f"{name!r} can not name a witness", hint="Write it like a host: witness.example.")
        if os.path.lexists(folder / _CONFIG) or os.path.lexists(folder / _KEY):
            raise UsageError("there is a witness already", where=str(folder))
        key = Ed25519PrivateKey.generate()
        vkey = vkeys.vkey(name, ed25519.raw(key), vkeys.COSIGNER)
        try:
            (folder / _LOGS).mkdir(parents=True, exist_ok=True)
            pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            durable.replace(folder / _KEY, pem, mode=0o600)
            durable.replace(folder / _VKEY, vkey.encode() + b"\n")
            config = json.dumps({"schema": "witness.v1", "name": name}, ensure_ascii=False)
            durable.replace(folder / _CONFIG, config.encode() + b"\n")  # last: a folder with it is whole
        except OSError as error:
            raise UsageError(f"can not be written: {error.strerror}", where=str(folder)) from None
        return cls(folder, clock=clock)

    @property
    def vkey(self) -> str:
        """The public key in one line; whoever is to trust this witness gets it from its operator."""
        return str(self.verifier)

    def trust(self, vkey: str) -> str:
        """Follow a log, or accept one more key of a log that is followed. Returns its origin, the name of the key.

        A log that was never followed begins at nothing. So does one whose file somebody took away and who trusts it anew: that
        is to be done with a new witness, since the old one may have signed another past.
        """
        key = vkeys.parse_vkey(vkey.strip(), where="the key of the log")
        if key.kind != vkeys.LOG:
            raise UsageError("this is the key of a cosigner, not the Ed25519 key of a log", where=key.name)
        with durable.locked(self.folder / _LOCK):
            try:
                log = self._log(key.name)
            except RefusedError:
                log = _Log(key.name, ())
            if key not in log.keys:
                self._write(_Log(log.origin, (*log.keys, key), log.checkpoint))
        return key.name

    def origins(self) -> tuple[str, ...]:
        """The origins of the logs that are followed."""
        return tuple(sorted(_read(path).origin for path in (self.folder / _LOGS).glob("[0-9a-f]*.json")))

    def cosign(self, request: bytes) -> bytes:
        """The cosignature line over the checkpoint of a request. The new head is on disk before this returns.

        Raises `RefusedError` with the status of the protocol, and `GovernanceError` where the witness itself can not go on.
        """
        asked = wire.read(request)
        try:
            checkpoint = note.parse(asked.checkpoint)
        except UnreadableError as error:
            raise RefusedError(400, error.message) from None
        with durable.locked(self.folder / _LOCK):
            log = self._log(checkpoint.head.origin)
            signed = _log_signatures(log, checkpoint)
            _require_continues(log.head, checkpoint.head, asked)
            moment = self._clock()
            if moment < log.time:
                said = "the clock stands before the last cosignature of this log"
                raise GovernanceError(said, where=str(self.folder))
            line = note.cosign(checkpoint, self.verifier, self._key.sign, moment)
            self._write(_Log(log.origin, log.keys, checkpoint.text + b"\n" + signed + line))
        return line

    def checkpoint(self, origin_hash: str) -> bytes:
        """The last checkpoint cosigned for a log, by the hexadecimal SHA-256 of its origin. Raises `RefusedError` (404)."""
        named = set(origin_hash) <= set("0123456789abcdef") and len(origin_hash) == 64
        path = self.folder / _LOGS / f"{origin_hash}.json"
        held = _read(path).checkpoint if named and path.is_file() else None
        if held is None:
            raise RefusedError(404, "no checkpoint of such a log was ever cosigned here")
        return held

    def _path(self, origin: str) -> Path:
        return self.folder / _LOGS / f"{sha256(origin.encode()).hexdigest()}.json"

    def _log(self, origin: str) -> _Log:
        path = self._path(origin)
        if not path.exists():
            raise RefusedError(404, f"this witness does not follow {origin!r}")
        log = _read(path)
        if log.checkpoint is None:
            return log
        last = note.parse(log.checkpoint, where=str(path))
        time = note.verify_cosignature(last, self.verifier)
        if time is None or not last.head.origin == log.origin == origin:
            raise UnreadableError("the last head is not one that this witness cosigned", where=str(path))
        return _Log(log.origin, log.keys, log.checkpoint, last.head, time)

    def _write(self, log: _Log) -> None:
        text = log.checkpoint.decode() if log.checkpoint is not None else None
        plain = {
            "schema": "witness-log.v1",
            "origin": log.origin,
            "keys": [str(key) for key in log.keys],
            "checkpoint": text,
        }
        try:
            durable.replace(self._path(log.origin), json.dumps(plain, ensure_ascii=False, indent=1).encode() + b"\n")
        except OSError as error:
            raise GovernanceError(f"the head can not be stored: {error.strerror}", where=str(self.folder)) from None


def _log_signatures(log: _Log, checkpoint: note.Checkpoint) -> bytes:
    """The lines by which the log signed. Refused where there is none, or a line of a trusted key that does not verify."""
    lines = []
    for key in log.keys:
        made = [one for one in checkpoint.signatures if one[:2] == (key.name, key.key_id)]
        if made and not note.verify_log(checkpoint, key):
            raise RefusedError(403, "a signature of a trusted key does not verify", where=log.origin)
        lines += [note.line(*one) for one in dict.fromkeys(made)]
    if not lines:
        raise RefusedError(403, "no key that is trusted for this log signed the checkpoint", where=log.origin)
    return b"".join(lines)


def _require_continues(last: note.Head | None, head: note.Head, asked: wire.Request) -> None:
    """Refuse whatever does not continue the last head: another size, another root, a proof that does not hold."""
    held = last.size if last else 0
    if head.size >= wire.TOO_LARGE:
        raise RefusedError(400, "a size is below 2^63", where=head.origin)
    if asked.old > head.size:
        raise RefusedError(400, f"old size {asked.old} is above the size {head.size} of the checkpoint")
    if asked.old != held:
        hint = f"Ask again from there: govern anchor witness --old {held}"
        raise RefusedError(409, f"the last size cosigned is {held}, not {asked.old}", size=held, hint=hint)
    if head.size == 0 and head.root != tree.EMPTY_ROOT.hex():
        raise RefusedError(422, "an empty log has the root of the empty tree", where=head.origin)
    if last is None or held == 0:
        if asked.proof:
            raise RefusedError(422, "there is no proof from the empty tree, and one was sent", where=head.origin)
        return
    roots = bytes.fromhex(last.root), bytes.fromhex(head.root)
    if not tree.verify_consistency(held, head.size, *roots, asked.proof):
        raise RefusedError(422, f"it does not continue the {held} entries that were cosigned", where=head.origin)


def _read(path: Path) -> _Log:
    plain = _json(path, "witness-log.v1")
    origin, keys, checkpoint = plain.get("origin"), plain.get("keys"), plain.get("checkpoint")
    well = isinstance(checkpoint, str | None) and plain.keys() == {"schema", "origin", "keys", "checkpoint"}
    if not well or not isinstance(origin, str) or not isinstance(keys, list):
        raise UnreadableError("not the state of a log", where=str(path))
    verifiers = tuple(vkeys.parse_vkey(str(key), where=str(path)) for key in keys)
    return _Log(origin, verifiers, checkpoint.encode() if checkpoint is not None else None)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnreadableError(f"can not be read: {error.strerror}", where=str(path)) from None


def _json(path: Path, schema: str) -> dict[str, Any]:
    value = strict_json.loads(_bytes(path), where=str(path))
    if not isinstance(value, dict) or value.get("schema") != schema:
        raise UnreadableError(f"not a {schema}", where=str(path))
    return value


def _load_key(path: Path) -> Ed25519PrivateKey:
    try:
        mode, data = path.stat().st_mode, path.read_bytes()
        key = load_pem_private_key(data, None)
    except OSError as error:
        raise UsageError(f"the key can not be read: {error.strerror}", where=str(path)) from None
    except (ValueError, TypeError) as error:
        raise UnreadableError(f"not a private key that can be used: {error}", where=str(path)) from None
    if stat.S_IMODE(mode) & 0o077:
        raise UsageError("others can read this private key", where=str(path), hint=f"Run: chmod 600 {path}")
    if not isinstance(key, Ed25519PrivateKey):
        raise UnreadableError("not an Ed25519 key", where=str(path))
    return key
