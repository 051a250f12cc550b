"""The page inside every pack that lets anybody write a second verifier."""

SPEC = r"""# How to verify this pack

This file describes the format `pack.v2`, completely: from it alone a second verifier can be written. Nothing in a pack is
executed and nothing is fetched. A pack proves that its parts belong together and were signed. Whom you trust is yours to bring,
from outside the pack: the ledger's key, a checkpoint you kept, the keys of witnesses and signers.

Notation: `||` joins bytes; SHA-256 throughout; `sha256:<hex>` is a digest of 64 lower-case hexadecimal digits; base64 is the
standard alphabet with padding; *canonical JSON* is RFC 8785 (for what stands here: UTF-8, no spaces, the names of fields
sorted, whole numbers in decimal); no object has one name twice. A *moment* is `YYYY-MM-DDTHH:MM:SSZ`, a *day* `YYYY-MM-DD`. A
field marked `?` may be absent; any other field, and any that is not named here, is an error.

## 1 Members

| member | what it is |
|---|---|
| `manifest.dsse.json` | the signed list of all other members |
| `SPEC.md` | this page |
| `checkpoint` | the head of the ledger as a C2SP signed note |
| `ledger/leaves` | the leaf of every entry of the whole ledger, one line of 64 hexadecimal digits each, in order |
| `ledger/entries.jsonl` | the entries of this system and those of the whole workspace, one line each |
| `bodies/sha256/<hex>` | what entries name by digest, under that digest; the bytes hash to it |
| `anchors/<size>-<root8>/checkpoint` | an earlier checkpoint with the cosignatures that came back for it (any number of folders) |
| `anchors/<size>-<root8>/<n>.tsr` | RFC 3161 responses over the text of that checkpoint |
| `proofs/<seq>.tlog-proof` | for each decision entry, its proof of inclusion (https://c2sp.org/tlog-proof) |
| `content/…` | the frameworks, controls, kinds, risks and policies that judgement used, and templates |
| `results/assessment.json`, `results/gate.json`, `results/register.json` | what judgement came to: canonical JSON and a newline |
| `documents/…` | what people read |
| `trust.policy.example` | a draft of what you could pin; it proves nothing |
| `withheld.jsonl` | in a redacted edition alone: what is not shown |

There is no other member, and each of these is there (folders may be empty: `anchors`, `proofs`, `documents`).

**Container.** A ZIP without freedom, a ustar tar of the same members, or a plain folder. In the ZIP, for each member in the
order of the bytes of its name: local header `PK\3\4`, version 20, flags 0x0800, method 0, time 0, date 0x0021, CRC-32, size
twice, length of the name, 0, name; then the bytes. Behind the last: for each the directory line `PK\1\2`, version made by
0x0314, version 20, flags, method, time, date, CRC-32, size twice, length of the name, 0, 0, 0, 0, attributes 0x81A40000, offset
of the local header, name; then the end record `PK\5\6`, 0, 0, count twice, size and offset of the directory, 0. All numbers
little-endian. Any other byte anywhere is an error. Names consist of letters, digits and `. _ @ + - /`, without `.`, `..` and
empty parts.

## 2 Manifest

A DSSE envelope in canonical JSON: `{"payload": base64, "payloadType": "application/vnd.in-toto+json", "signatures": [{"keyid",
"sig"}]}`. What is signed is `"DSSEv1 " || len(type) || " " || type || " " || len(payload) || " " || payload`, lengths in
decimal. There is one signature, Ed25519 (RFC 8032), by the key in `predicate.ledger_key`; `keyid` is the fingerprint of that
key, `SHA256:` and the unpadded base64 of the hash of the key in SSH wire form. The payload is canonical JSON:

    {"_type": "https://in-toto.io/Statement/v1",
     "subject": [{"name": MEMBER, "digest": {"sha256": HEX}}, …],          all members but the manifest, sorted by name
     "predicateType": "urn:governance-evidence:predicate:pack:v2",
     "predicate": {"format": "pack.v2", "program", "system", "on": MOMENT, "known_at": MOMENT, "edition": "full" or "redacted",
                   "of"?: DIGEST, "charts"?: TEXT, "policy", "content_digest": DIGEST, "checkpoint": {"origin", "size", "root": HEX},
                   "ledger_key": "ssh-ed25519 BASE64"}}

1. Verify the signature. 2. Each subject is a member with that hash, each member but the manifest is a subject. `of` stands in a
redacted edition alone: the digest of the payload of the full edition's manifest. `charts` names the library that drew the charts
in the documents, with its version; nothing is proven by it.

## 3 Log

The leaf of an entry is SHA-256(0x00 || line), a node SHA-256(0x01 || left || right), the tree that of RFC 6962 section 2.1: the
left part holds the greatest power of two below the number of leaves; the root of no leaves is SHA-256 of nothing.

`checkpoint` is `origin LF size LF base64(root) LF LF "— " origin " " base64(key id || signature) LF`. The signature is Ed25519
by the ledger's key over the text up to and with the third LF; the key id is the first four bytes of SHA-256(origin || LF ||
0x01 || 32 bytes of the key). There is one signature line. Origin, size and root are those in the manifest; size is the number
of `ledger/leaves`, root the root over them.

Each `anchors/<size>-<root8>/checkpoint` has the same form with more signature lines; `<root8>` are the first eight digits of
its root. The ledger's line verifies, and its root is the root over the first `size` leaves: *it begins this log*. A line of a
witness you trust verifies over `"cosignature/v1" LF "time " t LF || text`, where its bytes are key id (with 0x04 for 0x01 and
the witness's own name) || t as eight bytes big-endian || signature (https://c2sp.org/tlog-cosignature). A token's imprint is
the hash of the text.

Each proof is the file `c2sp.org/tlog-proof@v1 LF "index " seq LF`, the audit path in base64, one hash a line, LF, and the bytes
of `checkpoint`. The path shows that leaf `seq` is in the tree of the checkpoint (RFC 9162 section 2.1.3.2).

## 4 Entries

Each line of `ledger/entries.jsonl` is canonical JSON, ends in LF, and hashes to leaf `seq`; `seq` ascends; no id stands twice;
`recorded_at` never goes back and is not after `known_at`.

    {"schema": "entry.v1", "seq", "type", "id", "system"?, "salt"?: 32 HEX DIGITS, "recorded_at": MOMENT, "record": {…}}

| type | record | `system` | id | body |
|---|---|---|---|---|
| `system` | `body_digest`, `body_size` | this system | | JSON: the system as its owner states it |
| `evidence` | below | this system | `ev-` and 20 digits, below | JSON of the kind |
| `attestation` | `envelope_digest`, `envelope_size` | this system | prefix `-` first 20 digits of the digest | DSSE |
| `page` | `body_digest`, `body_size` | this system | `pag-` and the first 20 digits of `body_digest` | UTF-8: what was read |
| `decision` | `envelope_digest`, `envelope_size` | this system | the same | DSSE |
| `principal` | `envelope_digest`, `envelope_size` | absent | the same | DSSE |
| `content` | `content_digest`, `body_digest`, `body_size` | absent | | not in the pack: `content/` holds the files |

The record of evidence has `kind`, `system`, `subject` (`type`, `name`, `digest`?, `role`?, `bound_by`?), `body_digest`,
`body_size`, `quality`, `quality_reasons`, `effective_at`?, `effective_clock`?, `collector` (`name`, `version`), `declared_by`?,
`tool`?, `tool_version`?, `sources` (each `path`, `size`, `sha256`), `conflicts`?, `redacted`?, `attachments`? (one or more, each
`name`, `media_type`, `digest`, `size`: bytes kept beside the body, of which the body tells). Its id is `ev-` and the first 20
digits of the hash of the canonical JSON of `{"kind", "system", "subject", "body": body_digest, "sources"}`.

Every body and attachment that an entry names (but the bodies of `content` entries) is a member of that digest and size; every
member under `bodies/` is named by an entry.

**Samples.** The attachment `samples` of evidence of the kind `eval-samples.v1` is an Apache Arrow IPC stream, packed as one
Zstandard frame that states its size. `table` in the body tells of it: `format` (`arrow-stream+zstd`), `digest` and `size` of the
stream before it was packed, `rows`, `columns`. The columns, in order: `id` (int64 or string), `doc_sha256` (32 bytes: question
and reference answer), then where they are known `prompt_sha256` (32 bytes), `cluster` (string), `seed` (int64), `attempt`
(int32), then float64 for each metric, null for no score. Without `attempt` a row is a question. With it the rows of one `id` are
one question, whose score is the average of those that are not null. Of that, one row a question in the order of the first
answers, `columns_digest` is the digest of the canonical JSON of `{"id": […], "doc_sha256": ["sha256:…", …], "prompt_sha256"?,
METRIC: […], …}`, `n` the number of rows, `means` the average of each metric over its rows that are not null.

**Content.** `content_digest` is the digest of the canonical JSON of `[[path, "sha256:…"], …]` over the members under
`content/`, without that prefix, sorted by path, leaving out `templates/…` and `controls/wording/…`, which judge nothing.

## 5 Statements

Attestations, decisions and what happened to principals are DSSE envelopes around in-toto statements, both in canonical JSON as
in section 2. A signature is 64 bytes of Ed25519, or 3,309 bytes of ML-DSA-65 (FIPS 204, pure, empty context), or an SSH
signature in binary form (it begins with `SSHSIG`; namespace `governance-evidence`; OpenSSH PROTOCOL.sshsig), or an OIDC token
whose audience is `governance-evidence:sha256:<hex>` of what is signed. The key that is enrolled decides how a signature is
verified; `keyid` proves nothing.

**Principals** (`urn:governance-evidence:predicate:principal:v1`): `event` (`enrol`, `add-key`, `rotate`, `revoke`, `roles`),
`name`, `kind`? (`person`, `pipeline`), `roles`?, `key`?, `token`? (`issuer`, `subject`, `jwks`), `replaces`?, `credential`?,
`since`?, `valid_from`?, `valid_until`?, `reason`, `at`, `nonce`. Subject: the name, with the hash of `"ed25519:" || 32 bytes`
for an Ed25519 key that comes in, of `"ml-dsa-65:" || 1,952 bytes` for an ML-DSA key (`ssh-mldsa-65`), or of the name where none
does. Folded in the order of the ledger: *enrol* adds a name with a key and roles; *add-key* adds a key; *rotate* adds a key and
ends `replaces`; *revoke* ends `credential` here or from entry `since`; *roles* replaces the roles from here on. An event counts
if the ledger's key signed it, or a principal in the role `administrator`, or, for *rotate* and *revoke*, the principal itself.
A key is enrolled once, for ever, under one name; it is never the ledger's own. An event that may not be is passed over. Names
are compared in Unicode NFKC, case folded, spaces made single.

A key signs in entry n if it was enrolled in an entry up to n, is not ended in an entry up to n, and `recorded_at` lies within
its days.

**Attestations** (`…:attestation:v1`): `system`, `author`, `duties` (`trainer`, `evaluator`, `threshold-author`), `evidence`
(ids), `at`, `nonce`. Subjects: the ids with the digests of their bodies, in order. Whoever signed holds those duties.

**Decisions** (`…:decision:v1`): `decision`, `meaning`, `system`, `identity`?, `identity_name`, `signer`, `role`, `reason`,
`signed_at`, `expires`?, `checkpoint`, `policy`, `policy_digest`, `content_digest`, `evidence_root`, `system_digest`,
`risk_state`, `gate_answer`, `page`?, `read`? (each `name`, `digest`), `scope` (`uses`, `places`, `users`?), `conditions`,
`dissent`, `rollback`?, `reapprove_on`, `target`?, `risk`?, `waiver`?, `exception`?,
`plan`?, `nonce`. Subjects, in order: `identity_name`
(or `model`) with `identity` where there is one, `policy`, `content`, `evidence`, `system`, `risks`, `page` where there is
one, and `read/NAME` for each document of `read`, with the digests of those fields.

A decision *counts* if a key that signs in its entry made a signature; that key's owner is a person, is `signer`, and holds
`role` in that entry; `accept-risk` is signed as `risk-owner`, `set-policy` and `plan` as
`threshold-author`, `waive` and `except-duties` as `approver` or `risk-owner`; `signed_at` is not after
`recorded_at`; the size of its checkpoint is not above `seq`; nobody excepts themselves (`except-duties`). One that does not
count is no error of the pack. Of one that counts:

1. its `checkpoint` begins this log (section 3), so each signer is a witness of the past;
2. `evidence_root` is the root of the tree over the leaves of the evidence entries of the system below the checkpoint's size,
in the order of the ledger, withheld ones among them;
3. `system_digest` is the `body_digest` of the last system entry below that size;
4. `page`, where there is one, and the `digest` of each document of `read` is the `body_digest` of a page entry before it (not to
be told where pages are withheld).

**Duties.** `approve`, `approve-with-conditions` and `waive` are not signed by somebody who holds a duty: by an attestation that
counts, by a `set-policy` or a `plan` that counts (threshold-author), or by `duties` in the body of the last system entry; unless an
`except-duties` that counts, from an earlier entry, for that person and duty, has not expired on the day of `on`.

## 6 A redacted edition

Each line of `withheld.jsonl` is canonical JSON: `{"seq", "type", "leaf": HEX, "commitment": DIGEST, "leaf_salted": true or
false}`, `seq` ascending, `leaf` the one of that number; no entry of that number is shown. The commitment is SHA-256(salt ||
length of the line of the entry as eight bytes big-endian || line || body), the salt 32 bytes that the owner of the ledger can
make. To reveal the item they hand over `{"schema": "reveal.v1", "seq", "salt": HEX, "entry": line, "body": base64}`: the
commitment, the leaf of the line, and the digest of the body in the line must be those. Results quote nothing that is withheld
(`withheld` stands there), documents are left out, and nobody can judge again.

## 7 By hand

The signature of the manifest: write the bytes that are signed to `pae.bin`, the signature to `sig.bin`, the key to `key.pem`,
then `openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in pae.bin -sigfile sig.bin`. `key.pem` is `-----BEGIN PUBLIC
KEY-----` around base64(302a300506032b6570032100 || 32 bytes of the key). A decision signed through OpenSSH: put the signature
between `-----BEGIN SSH SIGNATURE-----` and `-----END SSH SIGNATURE-----` in base64, and `ssh-keygen -Y verify -n
governance-evidence -f allowed_signers -I NAME -s sig < pae.bin`. Every other member: `sha256sum`. A sample that nobody chose:
the ids of all evidence, ranked by SHA-256(seed || 0x00 || id), the first N.

## 8 What this can not show

That evidence was true when it was attached. That entries were not cut off the end of the ledger before this pack was made:
compare with a checkpoint you kept, which must begin this log. That the owner of the ledger, who signs the manifest, put in
every entry of this system: leaves without an entry here are said to be of others; ask for those you miss by number. That
documents say what the evidence says.
"""
