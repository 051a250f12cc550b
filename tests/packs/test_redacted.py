"""A redacted edition hides what it withholds, and can prove later that it was this very item."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from governance.domain.entry import body_of
from governance.errors import GovernanceError, IntegrityError, UnreadableError, UsageError
from governance.packs.redact import reveal
from governance.parsing import canonical
from governance.proofs import dsse, tree
from governance.signing import keys
from governance.verifier import command, withheld
from governance.verifier.pack import verify
from tests.packs.made_packs import Made, usual
from tests.packs.mutations import changed, manifest, members, places, put_together, signed_again

if TYPE_CHECKING:
    from pathlib import Path

    from governance.domain.entry import Entry


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return usual(tmp_path / "ledger")


def of_kind(made: Made, kind: str) -> list[Entry]:
    return [entry for entry in made.ledger.entries() if entry.record.get("kind") == kind]


def test_a_redacted_edition_verifies_and_says_what_it_did_not_do(made: Made) -> None:
    found = verify(made.redacted("red-team.v1"))
    assert found.ok
    assert found.lines["JUDGEMENT"] == "not performed: 2 items are withheld"
    assert "2 pieces of evidence are withheld" in found.lines["LIMITS"]
    assert found.about is not None
    assert found.about.of == canonical.sha256(canonical.dumps(manifest(members(made.pack()))))


def test_nothing_of_a_withheld_item_is_in_the_pack(made: Made) -> None:
    hidden = of_kind(made, "red-team.v1")
    results = {
        "results/assessment.json": canonical.dumps(
            {
                "controls": [
                    {
                        "id": "bias-tested",
                        "standing": "met",
                        "reasons": ["score 1.25 is high"],
                        "evidence": [hidden[0].id],
                        "asks": [],
                    },
                    {
                        "id": "other",
                        "standing": "unmet",
                        "reasons": ["nothing was attached"],
                        "evidence": [],
                        "asks": [],
                    },
                ],
                "requirements": [
                    {
                        "id": "R1",
                        "framework": "f",
                        "controls": ["bias-tested"],
                        "reasons": ["bias-tested: score 1.25"],
                        "standing": "met",
                    }
                ],
                "findings": [
                    {"evidence": hidden[0].id, "rule": "secret", "severity": "low", "detail": "at score 1.25"}
                ],
            }
        )
        + b"\n",
        "results/gate.json": canonical.dumps(
            {
                "answer": "no",
                "reason": "score 1.25",
                "conditions": [{"id": "c", "answer": "no", "reason": "bias-tested says 1.25"}],
            }
        )
        + b"\n",
        "results/register.json": b'{"rows":[{"because":"bias-tested at 1.25","risk":"r"}]}\n',
    }
    path = made.redacted("red-team.v1", results=results)
    raw = path.read_bytes()
    held = b"".join(raw if not name.endswith("dsse.json") else data for name, data in members(path).items())
    for entry in hidden:
        for secret in (entry.id, body_of(entry)[7:], str(entry.salt)):
            assert secret.encode() not in held, secret
    assert b"1.25" not in b"".join(members(path)[name] for name in results)
    assert not any(name.startswith("documents/") for name in members(path))
    assessment = json.loads(members(path)["results/assessment.json"])
    assert assessment["controls"][0]["standing"] == "met"
    assert assessment["controls"][0]["reasons"] == ["withheld"]
    assert assessment["controls"][1]["reasons"] == ["nothing was attached"]
    assert assessment["requirements"][0]["reasons"] == ["withheld"]
    assert verify(path).ok


def test_an_attestation_over_a_withheld_piece_is_withheld_with_it(made: Made) -> None:
    path = made.redacted("eval-run.v1")
    rows = [json.loads(line) for line in members(path)["withheld.jsonl"].splitlines()]
    assert [row["type"] for row in rows] == ["evidence"] * 4 + ["attestation"]
    found = verify(path)
    assert found.ok
    assert "1 attestations are withheld" in found.lines["LIMITS"]


def test_a_piece_that_quotes_a_withheld_one_is_withheld_and_a_system_that_does_is_refused(
    made: Made, tmp_path: Path
) -> None:
    piece = of_kind(made, "red-team.v1")[0]
    made.system(note=f"see {piece.id}")
    with pytest.raises(UsageError, match="a system, names an item"):
        made.redacted(piece.id[:12])


def test_what_is_not_there_can_not_be_withheld(made: Made) -> None:
    for named in ("no-such-kind.v1", "ev-ffffffffffffffffffff", "ev-"):
        with pytest.raises(UsageError):
            made.redacted(named)
    with pytest.raises(UsageError):
        made.redacted()


def test_a_withheld_item_can_be_proven_later(made: Made, capsys: pytest.CaptureFixture[str]) -> None:
    path = made.redacted("red-team.v1")
    entry = of_kind(made, "red-team.v1")[1]
    item = reveal(path, entry, made.blobs.read, made.key)
    (made.root / "item.json").write_bytes(item.to_bytes())
    assert command.run([str(path), "--reveal", str(made.root / "item.json"), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)["revealed"]
    assert said == {
        "seq": entry.seq, "proven": True, "problem": None, "id": entry.id, "type": "evidence",
        "body_digest": body_of(entry), "body_size": entry.record["body_size"],
    }  # fmt: skip


def test_every_field_of_what_reveals_an_item_is_checked(made: Made, capsys: pytest.CaptureFixture[str]) -> None:
    path = made.redacted("red-team.v1")
    value = json.loads(reveal(path, of_kind(made, "red-team.v1")[0], made.blobs.read, made.key).to_bytes())
    for way in places(value):
        (made.root / "item.json").write_bytes(canonical.dumps(changed(value, way)))
        assert command.run([str(path), "--reveal", str(made.root / "item.json")]) in {4, 6}, way
    capsys.readouterr()


def test_another_item_is_not_taken_for_the_withheld_one(made: Made, capsys: pytest.CaptureFixture[str]) -> None:
    path = made.redacted("red-team.v1")
    one, other = of_kind(made, "red-team.v1")
    item = reveal(path, one, made.blobs.read, made.key)
    (made.root / "item.json").write_bytes(replace(item, seq=other.seq).to_bytes())
    assert command.run([str(path), "--reveal", str(made.root / "item.json")]) == 4
    shown = of_kind(made, "eval-run.v1")[0]
    with pytest.raises(UsageError, match="is not withheld"):
        reveal(path, shown, made.blobs.read, made.key)
    with pytest.raises(IntegrityError, match="another key"):
        reveal(path, one, made.blobs.read, keys.generate())
    with pytest.raises(UsageError, match="withholds nothing"):
        reveal(made.pack(), one, made.blobs.read, made.key)
    capsys.readouterr()


def test_who_guesses_a_withheld_item_can_not_confirm_it_by_leaf_or_commitment(made: Made) -> None:
    """All but the salts are known to them: the leaf and the commitment are still those of no guess."""
    path = made.redacted("red-team.v1")
    rows = [json.loads(line) for line in members(path)["withheld.jsonl"].splitlines()]
    for row, entry in zip(rows, of_kind(made, "red-team.v1"), strict=True):
        assert row["leaf_salted"]
        guess = entry.model_copy(update={"salt": None}).to_bytes()
        body = made.blobs.read(body_of(entry))
        assert tree.leaf_hash(guess).hex() != row["leaf"]
        for salt in (b"", bytes(32), hashlib.sha256(made.public.blob).digest()):
            assert withheld.commitment(salt, entry.to_bytes(), body) != row["commitment"]


def test_a_withheld_entry_from_before_entries_had_salts_is_said_to_be_guessable(made: Made) -> None:
    parts = made.parts()
    old = tuple(
        e.model_copy(update={"salt": None}) if e.record.get("kind") == "red-team.v1" else e for e in parts.entries
    )
    leaves = list(parts.leaves)
    for entry in old:
        leaves[entry.seq] = tree.leaf_hash(entry.to_bytes())
    from governance.proofs import ed25519, note

    head = replace(parts.about.checkpoint, root=tree.root_of(leaves).hex())
    signed = note.sign(head, ed25519.raw(made.key), made.key.sign)
    without = tuple(entry for entry in old if entry.seq < 12)
    path = made.redacted(
        "red-team.v1", entries=without, leaves=tuple(leaves), note=signed, about=replace(parts.about, checkpoint=head)
    )
    assert "carry no salt" in verify(path).lines["LIMITS"]


def test_every_field_of_the_lines_of_what_is_withheld_is_checked(made: Made, tmp_path: Path) -> None:
    parts = members(made.redacted("red-team.v1"))
    lines = parts["withheld.jsonl"].splitlines()
    value = json.loads(lines[0])
    for way in places(value):
        if way in {("commitment",), ("leaf_salted",), ("type",)}:
            continue  # what the owner alone answers for until the item is revealed
        rows = canonical.dumps(changed(value, way)) + b"\n" + lines[1] + b"\n"
        found = verify(put_together(signed_again(parts | {"withheld.jsonl": rows}, made.key), tmp_path / "x.zip"))
        assert found.exit_code == 4, way
        assert {member for member, _ in found.problems} == {"withheld.jsonl"}, way
    again = signed_again(parts | {"withheld.jsonl": b""}, made.key)
    assert verify(put_together(again, tmp_path / "x.zip")).exit_code == 4


def test_a_full_edition_can_not_call_itself_redacted_nor_the_other_way_round(made: Made, tmp_path: Path) -> None:
    full, redacted = members(made.pack()), members(made.redacted("red-team.v1"))
    for parts, more in (
        (full, {"edition": "redacted"}),
        (redacted, {"edition": "full"}),
        (full, {"of": "sha256:" + "0" * 64}),
    ):
        found = verify(put_together(signed_again(parts, made.key, **more), tmp_path / "x.zip"))
        assert found.exit_code == 4


def test_a_reveal_file_that_is_no_such_file_is_unreadable(tmp_path: Path) -> None:
    for data in (b"", b"{}", b'{"schema":"reveal.v1"}', dsse.IN_TOTO.encode()):
        with pytest.raises((UnreadableError, GovernanceError)):
            withheld.read(data, where="item.json")
