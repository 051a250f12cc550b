"""The mutation matrix: every member and every field, changed in every way, fails with the right code and names the place."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from governance.domain.entry import Entry
from governance.errors import GovernanceError, UnreadableError
from governance.parsing import canonical
from governance.proofs import dsse, note, tree
from governance.signing import keys
from governance.verifier.brought import Brought
from governance.verifier.pack import verify
from tests.packs.made_packs import Made, usual
from tests.packs.mutations import (
    MANIFEST,
    changed,
    envelope_with,
    manifest,
    members,
    places,
    put_together,
    signed_again,
)
from tests.verifier.made_containers import Row, zipped

if TYPE_CHECKING:
    from pathlib import Path

    from governance.verifier.report import PackReport

OWNERS_WORD = ("documents/", "SPEC.md", "trust.policy.example", "content/templates/", "results/")
"""What the owner of the ledger alone answers for: nothing else in a pack can show that they changed it. Results are judged again."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return usual(tmp_path_factory.mktemp("mutations"))


@pytest.fixture(scope="module")
def pack(made: Made) -> Path:
    return made.pack()


@pytest.fixture(scope="module")
def parts(pack: Path) -> dict[str, bytes]:
    return members(pack)


def failed(parts: dict[str, bytes], to: Path, brought: Brought | None = None) -> PackReport:
    found = verify(put_together(parts, to / "changed.zip"), brought)
    assert found.exit_code == 4, found.lines
    assert not found.ok
    return found


def code(pack: Path) -> int:
    try:
        return verify(pack).exit_code
    except GovernanceError as error:
        return error.exit_code


def named(found: PackReport) -> set[str]:
    return {member for member, _ in found.problems}


def test_the_untouched_pack_passes(pack: Path, parts: dict[str, bytes], tmp_path: Path) -> None:
    assert verify(pack).problems == []
    assert verify(pack).exit_code == 0
    assert put_together(parts, tmp_path / "again.zip").read_bytes() == pack.read_bytes()
    assert len(parts) > 20


@pytest.mark.parametrize("way", ["flip", "truncate", "append", "empty"])
def test_every_member_with_other_bytes_is_named(way: str, parts: dict[str, bytes], tmp_path: Path) -> None:
    for name, data in parts.items():
        middle = len(data) // 2
        other = {
            "flip": data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :],
            "truncate": data[:-1],
            "append": data + b"\n",
            "empty": b"",
        }[way]
        assert name in named(failed(parts | {name: other}, tmp_path)), name


def test_every_member_deleted_is_named(parts: dict[str, bytes], tmp_path: Path) -> None:
    for name in parts:
        left = {other: data for other, data in parts.items() if other != name}
        if name == MANIFEST:
            with pytest.raises(UnreadableError, match=r"no manifest\.dsse\.json"):
                verify(put_together(left, tmp_path / "left.zip"))
        else:
            assert name in named(failed(left, tmp_path)), name


def test_every_member_under_a_second_name_or_twice_under_its_own_is_named(
    parts: dict[str, bytes], tmp_path: Path
) -> None:
    for name, data in parts.items():
        second = f"documents/copy-of-{name.rpartition('/')[2]}"
        assert second in named(failed(parts | {second: data}, tmp_path)), name
        rows = [Row(other.encode(), held) for other, held in sorted([*parts.items(), (name, data)])]
        (tmp_path / "twice.zip").write_bytes(zipped(rows))
        with pytest.raises(UnreadableError) as error:
            verify(tmp_path / "twice.zip")
        assert error.value.where == name


def test_every_member_renamed_is_named_under_both_names(parts: dict[str, bytes], tmp_path: Path) -> None:
    for name, data in parts.items():
        left = {other: held for other, held in parts.items() if other != name} | {name + ".x": data}
        if name == MANIFEST:
            with pytest.raises(UnreadableError):
                verify(put_together(left, tmp_path / "left.zip"))
        else:
            assert {name, name + ".x"} <= named(failed(left, tmp_path)), name


def test_every_member_swapped_with_its_neighbour_is_named(parts: dict[str, bytes], tmp_path: Path) -> None:
    names = list(parts)
    for one, other in zip(names, names[1:] + names[:1], strict=True):
        found = named(failed(parts | {one: parts[other], other: parts[one]}, tmp_path))
        assert {one, other} & found, (one, other)
        if MANIFEST not in (one, other):
            assert {one, other} <= found


def test_every_member_replaced_by_an_older_genuine_one_is_named(
    made: Made, parts: dict[str, bytes], tmp_path: Path
) -> None:
    (tmp_path / "older").mkdir()
    earlier = made.moment
    young = usual(tmp_path / "young")
    older = members(young.pack())  # a genuine pack of another ledger of the same shape
    assert made.moment == earlier
    replaced = 0
    for name, data in parts.items():
        if older.get(name, data) != data:
            found = failed(parts | {name: older[name]}, tmp_path)
            assert found.problems if name == MANIFEST else name in named(found), name
            replaced += 1
    assert replaced >= 5


def test_a_member_of_an_earlier_pack_of_the_same_ledger_is_named(tmp_path: Path) -> None:
    made = usual(tmp_path / "ledger")
    older = members(made.pack("older.zip", documents={"model-card.md": b"# an older card\n"}))
    made.later(days=1)
    made.evidence(1, first=50)
    newer = members(made.pack("newer.zip"))
    for name in older.keys() & newer.keys():
        if older[name] != newer[name]:
            found = failed(newer | {name: older[name]}, tmp_path)
            assert name == MANIFEST or name in named(found), name


def test_every_field_of_the_manifest_is_bound_by_its_signature(parts: dict[str, bytes], tmp_path: Path) -> None:
    said = manifest(parts)
    for way in places(said):
        other = envelope_with(parts[MANIFEST], canonical.dumps(changed(said, way)))
        assert MANIFEST in named(failed(parts | {MANIFEST: other}, tmp_path)), way


def test_every_field_of_the_manifest_signed_by_another_key_fails(parts: dict[str, bytes], tmp_path: Path) -> None:
    said, stranger = manifest(parts), keys.generate()
    for way in [(), *places(said["predicate"])]:
        predicate = changed(said["predicate"], way) if way else said["predicate"]
        other = dsse.seal(canonical.dumps({**said, "predicate": predicate}), stranger)
        try:
            found = failed(parts | {MANIFEST: other}, tmp_path)
        except UnreadableError:
            pytest.fail(f"{way} is not told from a newer version")
        assert MANIFEST in named(found), way


def test_what_the_holder_of_the_ledgers_key_changes_and_signs_again_still_fails_in_every_member_that_others_bind(
    made: Made, parts: dict[str, bytes], tmp_path: Path
) -> None:
    """The operator re-signs the manifest. Log, signatures of others and digests in entries still tell."""
    for name, data in parts.items():
        if name == MANIFEST:
            continue
        middle = len(data) // 2
        flipped = data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]
        for other in (flipped, data[:-1], data + b"\n"):
            found = verify(put_together(signed_again(parts | {name: other}, made.key), tmp_path / "again.zip"))
            if name.startswith(OWNERS_WORD):
                assert found.exit_code == 0, name
            else:
                assert found.exit_code == 4, name
                assert named(found) & {name, "content/"}, (name, found.problems)
        if not name.startswith(("documents/", "content/templates/", "anchors/")):
            left = signed_again({other: held for other, held in parts.items() if other != name}, made.key)
            found = verify(put_together(left, tmp_path / "left.zip"))
            assert found.exit_code == 4, name
            assert named(found) & {name, "content/"}, (name, found.problems)


def test_a_member_added_under_a_manifest_that_its_owner_signed_again_is_named(
    made: Made, parts: dict[str, bytes], tmp_path: Path
) -> None:
    body = "bodies/sha256/" + canonical.sha256(b"more")[7:]
    for name in (body, "extra", "results/more.json", "proofs/0.tlog-proof", "proofs/x", "anchors/x", "withheld.jsonl"):
        again = signed_again(parts | {name: b"more"}, made.key)
        assert name in named(failed(again, tmp_path)), name


def test_every_field_of_every_entry_fails_though_its_owner_signs_the_manifest_again(
    made: Made, parts: dict[str, bytes], tmp_path: Path
) -> None:
    lines = parts["ledger/entries.jsonl"].splitlines()
    tried = 0
    for number, line in enumerate(lines):
        value = json.loads(line)
        for way in places(value):
            try:
                other = canonical.dumps(changed(value, way))
            except UnreadableError:
                continue
            rows = b"".join(row + b"\n" for row in [*lines[:number], other, *lines[number + 1 :]])
            found = failed(signed_again(parts | {"ledger/entries.jsonl": rows}, made.key), tmp_path)
            assert any(m == "ledger/entries.jsonl" and f"line {number + 1}" in said for m, said in found.problems), way
            tried += 1
    assert tried > 200


def test_every_field_of_every_statement_fails_though_its_owner_signs_the_manifest_again(
    made: Made, parts: dict[str, bytes], tmp_path: Path
) -> None:
    """The body stands under the name that its entry gives, with the signature it had, or with that of somebody else."""
    stranger, tried = keys.generate(), 0
    for name, data in parts.items():
        if not name.startswith("bodies/") or b'"payloadType"' not in data:
            continue
        said = json.loads(dsse.parse(data).payload)
        for way in places(said):
            payload = canonical.dumps(changed(said, way))
            for key in (None, stranger):
                again = signed_again(parts | {name: envelope_with(data, payload, key)}, made.key)
                assert name in named(failed(again, tmp_path)), (name, way)
                tried += 1
    assert tried > 200


def rewritten(
    made: Made, parts: dict[str, bytes], seq: int, other: Entry, body: bytes | None = None
) -> dict[str, bytes]:
    """The whole past from an entry on made anew by whoever holds the ledger's key: leaves, checkpoint, proofs, manifest."""
    entries = [Entry.model_validate(json.loads(line)) for line in parts["ledger/entries.jsonl"].splitlines()]
    changed_entries = tuple(other if entry.seq == seq else entry for entry in entries)
    leaves = [bytes.fromhex(line.decode()) for line in parts["ledger/leaves"].splitlines()]
    leaves[seq] = tree.leaf_hash(other.to_bytes())
    before = made.parts()
    head = note.Head(before.about.checkpoint.origin, len(leaves), tree.root_of(leaves).hex())
    from governance.packs.build import fill
    from governance.proofs import ed25519
    from governance.verifier import members as names

    again = replace(
        before,
        about=replace(before.about, checkpoint=head),
        entries=changed_entries,
        leaves=tuple(leaves),
        note=note.sign(head, ed25519.raw(made.key), made.key.sign),
        anchors={},
        body=lambda digest: body if body is not None and canonical.sha256(body) == digest else made.blobs.read(digest),
    )
    filled = fill(again)
    small = dict(filled.small) | {name: again.body(digest) for name, digest in filled.bodies.items()}
    return small | {MANIFEST: dsse.seal(names.payload(again.about, filled.digests()), made.key)}


def test_a_past_rewritten_whole_by_the_holder_of_the_ledgers_key_fails_at_the_next_signer_and_at_a_kept_checkpoint(
    made: Made, parts: dict[str, bytes], tmp_path: Path
) -> None:
    kept = Brought(kept=(note.parse(parts["checkpoint"]).head,))
    entries = [Entry.model_validate(json.loads(line)) for line in parts["ledger/entries.jsonl"].splitlines()]
    last = entries[-1].seq
    for entry in entries:
        again = rewritten(made, parts, entry.seq, entry.model_copy(update={"salt": "0" * 32}))
        assert "ledger/leaves" in named(failed(again, tmp_path, kept)), entry.seq
        if entry.seq < last:
            found = failed(again, tmp_path)
            assert any("the past was rewritten" in said for _, said in found.problems), entry.seq


def test_an_anchor_of_another_past_is_named(made: Made, parts: dict[str, bytes], tmp_path: Path) -> None:
    entries = [Entry.model_validate(json.loads(line)) for line in parts["ledger/entries.jsonl"].splitlines()]
    again = rewritten(made, parts, 12, entries[12].model_copy(update={"salt": "0" * 32}))
    other = rewritten(made, parts, 2, entries[2].model_copy(update={"salt": "0" * 32}))["checkpoint"]
    head = note.parse(other).head
    name = f"anchors/{head.size}-{head.root[:8]}/checkpoint"
    found = failed(signed_again(again | {name: other}, made.key), tmp_path)
    assert named(found) == {name}


def test_every_byte_of_the_container_outside_its_members_is_checked(pack: Path, tmp_path: Path) -> None:
    raw = pack.read_bytes()
    inside = bytearray(len(raw))
    for data in members(pack).values():
        start = raw.index(data)
        inside[start : start + len(data)] = b"\1" * len(data)
    outside = [offset for offset, within in enumerate(inside) if not within]
    for offset in outside[:: max(1, len(outside) // 400)]:
        other = bytearray(raw)
        other[offset] ^= 0x20
        (tmp_path / "odd.zip").write_bytes(other)
        assert code(tmp_path / "odd.zip") in {4, 6}, offset


def test_a_pack_that_is_cut_is_no_pack(pack: Path, tmp_path: Path) -> None:
    raw = pack.read_bytes()
    for length in range(0, len(raw), max(1, len(raw) // 200)):
        (tmp_path / "cut.zip").write_bytes(raw[:length])
        with pytest.raises(UnreadableError):
            verify(tmp_path / "cut.zip")


ODD = (
    None,
    [],
    {},
    "",
    "x",
    "a b\n",
    -1,
    2**52,
    True,
    ["x"],
    {"x": 1},
    "sha256:" + "0" * 64,
    "2026-13-40",
    "9999-12-31T23:59:59Z",
)


def test_whatever_its_own_signers_put_into_a_statement_is_an_answer_and_never_a_traceback(
    made: Made, parts: dict[str, bytes], tmp_path: Path
) -> None:
    """The person signs it, the owner of the ledger records it: nothing but the reader of statements stands between."""
    entries = [Entry.model_validate(json.loads(line)) for line in parts["ledger/entries.jsonl"].splitlines()]
    signers = {
        "decision": made.people["Rita Example"],
        "attestation": made.people["Tina Example"],
        "principal": keys.of_private(made.key),
    }
    codes = set()
    for kind, signer in signers.items():
        entry = [one for one in entries if one.type == kind][-1]
        said = json.loads(dsse.parse(made.blobs.read(entry.record["envelope_digest"])).payload)
        for number, way in enumerate(places(said)):
            for odd in ODD[number % 3 :: 3]:
                body = signer.seal(canonical.dumps(put(said, way, odd)))
                digest = canonical.sha256(body)
                record = {"envelope_digest": digest, "envelope_size": len(body)}
                other = entry.model_copy(update={"id": f"{entry.id.split('-')[0]}-{digest[7:27]}", "record": record})
                try:
                    again = rewritten(made, parts, entry.seq, other, body)
                except GovernanceError:  # not even our own writer takes it
                    continue
                codes.add(code(put_together(again, tmp_path / "odd.zip")))
    assert codes <= {0, 4, 5}
    assert 4 in codes


def put(value: object, way: tuple[str | int, ...], odd: object) -> object:
    made = json.loads(json.dumps(value))
    at = made
    for step in way[:-1]:
        at = at[step]
    at[way[-1]] = odd
    return made
