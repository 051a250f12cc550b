"""A second verifier, written from the SPEC.md of a pack and from the documents it names, with the standard library alone.

It shares no line with ours. Ed25519 is that of RFC 8032, section 6, for verifying.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
import zipfile
from base64 import b64decode, b64encode
from typing import Any

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def digest(data: bytes) -> str:
    return "sha256:" + sha(data).hex()


def canonical(value: Any) -> bytes:
    """RFC 8785 for values without fractions and with names in the basic plane, which is all that stands here."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def strict(data: bytes) -> Any:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        assert len(dict(pairs)) == len(pairs), "a name twice"
        return dict(pairs)

    value = json.loads(data, object_pairs_hook=once)
    assert canonical(value) == data, "not canonical"
    return value


def add(p: Any, q: Any) -> Any:
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(s: int, p: Any) -> Any:
    q = (0, 1, 1, 0)
    while s:
        if s & 1:
            q = add(q, p)
        p, s = add(p, p), s >> 1
    return q


def point(data: bytes) -> Any:
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    assert y < P
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(x2, (P + 3) // 8, P)
    x = x if (x * x - x2) % P == 0 else x * pow(2, (P - 1) // 4, P) % P
    assert (x * x - x2) % P == 0
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


BASE = point(bytes([0x58]) + b"\x66" * 31)


def ed25519(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        if len(signature) != 64:
            return False
        a, r, s = point(public), point(signature[:32]), int.from_bytes(signature[32:], "little")
    except AssertionError:
        return False
    if s >= L:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    left, right = times(s, BASE), add(r, times(h, a))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


def key(line: str) -> bytes:
    kind, text = line.split()[:2]
    blob = b64decode(text)
    assert kind == "ssh-ed25519"
    assert blob[:19] == b"\0\0\0\x0bssh-ed25519\0\0\0\x20"
    return blob[19:]


def root(leaves: list[bytes]) -> bytes:
    if len(leaves) < 2:
        return leaves[0] if leaves else sha(b"")
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return sha(b"\1" + root(leaves[:half]) + root(leaves[half:]))


def path(index: int, leaves: list[bytes]) -> list[bytes]:
    if len(leaves) < 2:
        return []
    half = 1 << (len(leaves) - 1).bit_length() - 1
    if index < half:
        return [*path(index, leaves[:half]), root(leaves[half:])]
    return [*path(index - half, leaves[half:]), root(leaves[:half])]


def envelope(data: bytes) -> tuple[Any, bytes, list[bytes]]:
    """The statement, the bytes that are signed, the signatures."""
    value = strict(data)
    assert set(value) == {"payload", "payloadType", "signatures"}
    kind, payload = value["payloadType"].encode(), b64decode(value["payload"], validate=True)
    assert kind == b"application/vnd.in-toto+json"
    signed = b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)
    statement = strict(payload)
    assert set(statement) == {"_type", "subject", "predicateType", "predicate"}
    return statement, signed, [b64decode(row["sig"], validate=True) for row in value["signatures"]]


def rows(data: bytes) -> list[bytes]:
    """The lines of a member, each ended by LF."""
    assert data.endswith(b"\n")
    return data[:-1].split(b"\n")


def person(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


class Pack:
    """Raises `AssertionError` for a pack that does not hold; `counted` are the decisions that count."""

    def __init__(self, file: str) -> None:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
            self.parts = {name: archive.read(name) for name in names}
        assert names == sorted(self.parts), "the container"
        self.counted: list[Any] = []
        self._manifest()
        self._log()
        self._entries()
        self._statements()

    def _manifest(self) -> None:
        statement, signed, signatures = envelope(self.parts["manifest.dsse.json"])
        self.about = statement["predicate"]
        assert statement["predicateType"] == "urn:governance-evidence:predicate:pack:v2"
        assert self.about["format"] == "pack.v2"
        self.key = key(self.about["ledger_key"])
        assert [ed25519(self.key, signed, one) for one in signatures] == [True], "the signature of the manifest"
        listed = [(row["name"], row["digest"]["sha256"]) for row in statement["subject"]]
        assert listed == sorted(listed)
        assert {name: sha(data).hex() for name, data in self.parts.items() if name != "manifest.dsse.json"} == dict(
            listed
        )

    def _log(self) -> None:
        about = self.about["checkpoint"]
        self.leaves = [bytes.fromhex(line.decode()) for line in rows(self.parts["ledger/leaves"])]
        assert all(len(line) == 64 for line in rows(self.parts["ledger/leaves"]))
        self._checkpoint("checkpoint", about["size"], about["root"])
        assert len(self.leaves) == about["size"]
        for name in self.parts:
            if found := re.fullmatch(r"anchors/([0-9]+)-([0-9a-f]{8})/checkpoint", name):
                size = int(found[1])
                assert size <= len(self.leaves)
                self._checkpoint(name, size, root(self.leaves[:size]).hex())

    def _checkpoint(self, name: str, size: int, wanted: str) -> None:
        origin = self.about["checkpoint"]["origin"]
        text, _, lines = self.parts[name].rpartition(b"\n\n")
        assert text.decode() == f"{origin}\n{size}\n{b64encode(bytes.fromhex(wanted)).decode()}"
        assert root(self.leaves[:size]).hex() == wanted, name
        blob = b64decode(
            next(line for line in map(bytes.decode, rows(lines)) if line.split(" ")[1] == origin).split(" ")[2]
        )
        assert blob[:4] == sha(origin.encode() + b"\n\1" + self.key)[:4]
        assert ed25519(self.key, text + b"\n", blob[4:]), f"the signature of {name}"

    def _entries(self) -> None:
        self.entries = []
        last, moment = -1, ""
        for line in rows(self.parts["ledger/entries.jsonl"]):
            entry = strict(line)
            assert set(entry) - {"system", "salt"} == {"schema", "seq", "type", "id", "recorded_at", "record"}
            assert entry["seq"] > last
            assert sha(b"\0" + line) == self.leaves[entry["seq"]], entry["id"]
            assert moment <= entry["recorded_at"] <= self.about["known_at"]
            shared = entry["type"] in {"principal", "content"}
            assert entry.get("system") == (None if shared else self.about["system"])
            last, moment = entry["seq"], entry["recorded_at"]
            self.entries.append(entry)
        assert len({entry["id"] for entry in self.entries}) == len(self.entries)
        wanted = {}
        for entry in self.entries:
            record = entry["record"]
            if entry["type"] == "evidence":
                said = {
                    **{name: record[name] for name in ("kind", "system", "subject", "sources")},
                    "body": record["body_digest"],
                }
                assert entry["id"] == "ev-" + sha(canonical(said)).hex()[:20]
            if entry["type"] != "content":
                wanted["bodies/sha256/" + self._named(entry)[7:]] = record.get("body_size", record.get("envelope_size"))
                for each in record.get("attachments", ()):
                    assert set(each) == {"name", "media_type", "digest", "size"}
                    wanted["bodies/sha256/" + each["digest"][7:]] = each["size"]
        held = {name: data for name, data in self.parts.items() if name.startswith("bodies/")}
        assert {name: len(data) for name, data in held.items()} == wanted
        assert all(sha(data).hex() == name[14:] for name, data in held.items())
        judging = sorted(
            [name[8:], digest(data)]
            for name, data in self.parts.items()
            if name.startswith("content/") and not name.startswith(("content/templates/", "content/controls/wording/"))
        )
        assert digest(canonical(judging)) == self.about["content_digest"]
        proofs = {name for name in self.parts if name.startswith("proofs/")}
        made = [entry["seq"] for entry in self.entries if entry["type"] == "decision"]
        assert proofs == {f"proofs/{seq}.tlog-proof" for seq in made}
        for seq in made:
            lines = [b64encode(step).decode() for step in path(seq, self.leaves)]
            text = "\n".join(["c2sp.org/tlog-proof@v1", f"index {seq}", *lines, "", ""])
            assert self.parts[f"proofs/{seq}.tlog-proof"] == text.encode() + self.parts["checkpoint"]

    @staticmethod
    def _named(entry: Any) -> str:
        record = entry["record"]
        return str(record["envelope_digest"] if "envelope_digest" in record else record["body_digest"])

    def _statements(self) -> None:
        keys: list[dict[str, Any]] = []
        roles: dict[str, list[tuple[int, list[str]]]] = {}
        for entry in self.entries:
            if entry["type"] not in {"principal", "decision", "attestation"}:
                continue
            statement, signed, signatures = envelope(self.parts["bodies/sha256/" + self._named(entry)[7:]])
            said = statement["predicate"]
            assert entry["id"].split("-", 1)[1] == self._named(entry)[7:27]
            if entry["type"] == "principal":
                if any(ed25519(self.key, signed, one) for one in signatures) and said["event"] == "enrol":
                    keys.append({"name": person(said["name"]), "key": key(said["key"]), "since": entry["seq"]})
                    roles.setdefault(person(said["name"]), []).append((entry["seq"], said["roles"]))
            elif entry["type"] == "decision":
                who = person(said["signer"])
                mine = [
                    k for k in keys if k["name"] == who and any(ed25519(k["key"], signed, one) for one in signatures)
                ]
                if mine and said["role"] in roles[who][-1][1] and said["signed_at"] <= entry["recorded_at"]:
                    self._past(said)
                    self.counted.append(said)

    def _past(self, said: Any) -> None:
        seen = said["checkpoint"]
        assert root(self.leaves[: seen["size"]]).hex() == seen["root"], "the past was rewritten"
        before = [entry for entry in self.entries if entry["seq"] < seen["size"]]
        leaves = [self.leaves[entry["seq"]] for entry in before if entry["type"] == "evidence"]
        assert "sha256:" + root(leaves).hex() == said["evidence_root"]
        systems = [entry["record"]["body_digest"] for entry in before if entry["type"] == "system"]
        assert systems[-1] == said["system_digest"]
