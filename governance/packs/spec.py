"""The page inside every pack that lets anybody write a second verifier."""

SPEC = """\
# How to verify this pack

This file describes format `pack.v1`. Nothing in a pack is executed. A pack proves that its parts belong together and were
signed; whom you trust is yours to bring: the public key of the ledger, a checkpoint you kept, the list of people who may sign.

## Members

| member | what it is |
|---|---|
| `manifest.dsse.json` | DSSE envelope around an in-toto Statement v1; its subjects are all other members by SHA-256 |
| `checkpoint` | C2SP signed note: origin, number of entries, base64 root of the tree, signature of the ledger's key |
| `ledger/leaves` | the leaf hash of every entry of the whole ledger, one hexadecimal line each, in order |
| `ledger/entries.jsonl` | the entries of this system, RFC 8785 JSON, one line each; `seq` is the number of its leaf |
| `bodies/sha256/<hex>` | what the entries name by digest: evidence bodies, system files, signed decisions |
| `content/…` | the frameworks, controls, kinds, risks and policies that judgement used, and the templates |
| `results/*.json` | the assessment, the risk register and the gate's answer, RFC 8785 JSON and a newline |
| `documents/…` | what people read, rendered from the same |
| `signers.yaml` | a copy of the list of signers; verify against your own |

## Steps

1. The archive is a ZIP without freedom: members stored, sorted by name, dated 1980-01-01, UTF-8 names, no extra fields, no
   comments. Rebuild every header from name, length and CRC-32, and compare.
2. Take `payload` of `manifest.dsse.json` (base64). Verify an Ed25519 signature over
   `DSSEv1 SP len(type) SP type SP len(payload) SP payload`, type `application/vnd.in-toto+json`, with the ledger's key.
   With OpenSSL: write those bytes to `pae.bin`, the signature to `sig.bin`, the key to `key.pem`, then
   `openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in pae.bin -sigfile sig.bin`.
3. Each subject must be a member with that SHA-256; each member but the manifest must be a subject.
4. The tree: leaf = SHA-256(0x00 || line), node = SHA-256(0x01 || left || right), RFC 6962. The line of each entry hashes to
   its leaf; the root over all leaves is the root in `checkpoint`, whose signature is the ledger's.
5. Each digest an entry names is a member under `bodies/`; each of those is named by an entry.
6. Each decision is a DSSE envelope; its key stands in your list of signers, with the name and the role it claims.
7. Judge again: fold the entries, apply `content/` at the moment `on` of the manifest, and compare with `results/`.

What this can not show: that evidence was true when it was attached; that entries were not cut off the end of the ledger before this
pack was made (compare with a checkpoint you kept: it must be a beginning of this one); that the owner of the ledger, who signs the
manifest, put in every entry of this system (leaves without an entry here are said to be of others; ask for those you miss by number).
"""
