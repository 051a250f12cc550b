"""What is attached to evidence lies in the ledger and in the pack by its digest, and goes where the evidence goes."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

import pytest
import zstandard

from governance.anchoring.whole import verify as verify_whole
from governance.assurance import pairing
from governance.domain.entry import EntryType, named_by
from governance.domain.evidence import Evidence
from governance.errors import IntegrityError
from governance.ledger.fsck import fsck
from governance.ledger.store import Draft
from governance.packs.verify import judge_again
from governance.packs.verify import verify as verify_fully
from governance.parsing import canonical, sample_table, strict_json
from governance.verifier.pack import verify
from governance.workspace import Workspace
from tests.conftest import RECORDED
from tests.packs.made_packs import SYSTEM, Made, attachment, usual
from tests.packs.mutations import members, problems, put_together, signed_again
from tests.packs.second_verifier import Pack

if TYPE_CHECKING:
    from pathlib import Path

    from governance.domain.entry import Entry

BODIES = "bodies/sha256/"


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return usual(tmp_path / "ledger")


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    opened = Workspace.init(tmp_path_factory.mktemp("recorded"), origin="test/recorded")
    opened.add_system(RECORDED / "system.yaml")
    opened.attach([RECORDED], "elm-desk", environment=False)
    return opened


@pytest.fixture(scope="module")
def packed(recorded: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("packed") / "pack.zip"
    recorded.pack("elm-desk", path, documents={})
    return path


def with_tables(made: Made) -> list[Entry]:
    return [entry for entry in made.ledger.entries() if entry.record.get("attachments")]


def table_of(entry: Entry) -> str:
    return str(entry.record["attachments"][0]["digest"])


# --- the ledger ---------------------------------------------------------------------------------------------------------


def test_a_record_without_attachments_is_spelt_as_it_always_was(made: Made) -> None:
    plain = [
        entry for entry in made.ledger.entries() if entry.type is EntryType.EVIDENCE and entry not in with_tables(made)
    ]
    assert len(plain) == 4
    for entry in plain:
        assert "attachments" not in entry.record
        assert "attachments" not in Evidence.model_validate(entry.record).plain()
        assert named_by(entry) == (entry.record["body_digest"],)


def test_the_look_through_the_store_knows_attachments(made: Made) -> None:
    blobs, path = made.blobs, made.root / "ledger.db"
    found = fsck(path, blobs.root)
    assert found.ok
    assert not [note for note in found.notes if "sha256/" in note]
    first, second = with_tables(made)
    held = blobs.path(table_of(first))
    held.write_bytes(held.read_bytes() + b"x")
    blobs.path(table_of(second)).unlink()
    stray = canonical.sha256(b"stray")
    blobs.write({stray: b"stray"})
    found = fsck(path, blobs.root)
    assert [problem.where for problem in found.problems] == [f"entry {first.seq}", f"entry {second.seq}"]
    assert "is not the sha256:" in found.problems[0].said
    assert "can not be read" in found.problems[1].said
    assert [note for note in found.notes if "sha256/" in note] == [
        f"sha256/{stray[7:9]}/{stray[9:]}: named by no entry, as a crash between body and entry leaves it; harmless"
    ]
    check = verify_whole(made.root, made.ledger, blobs)
    assert check.failed_at == first.seq


def test_a_record_whose_attachments_are_no_list_is_named_and_breaks_nothing(made: Made) -> None:
    entry = with_tables(made)[0]
    for number, wrong in enumerate(("x", [1], {"digest": "y"}, [{}])):
        made.ledger.append(
            [Draft(EntryType.EVIDENCE, f"ev-{number:020}", SYSTEM, {**entry.record, "attachments": wrong})]
        )
    found = fsck(made.root / "ledger.db", made.blobs.root)
    assert [problem.said for problem in found.problems] == ["is of the type evidence and names no body"] * 4


# --- the full edition ---------------------------------------------------------------------------------------------------


def test_a_pack_holds_each_attachment_and_both_light_verifiers_say_so(made: Made) -> None:
    path = made.pack()
    parts = members(path)
    for entry in with_tables(made):
        assert canonical.sha256(parts[BODIES + table_of(entry)[7:]]) == table_of(entry)
    assert verify(path).ok
    Pack(str(path))


def test_an_attachment_that_is_altered_missing_or_added_is_named(made: Made, tmp_path: Path) -> None:
    parts = members(made.pack())
    entry = with_tables(made)[0]
    name = BODIES + table_of(entry)[7:]
    other = canonical.sha256(b"other")[7:]
    for change, member, said in (
        ({name: parts[name][:-1] + b"x"}, name, f"is not the bytes that entry {entry.seq} names"),
        ({name: None}, name, f"is named by entry {entry.seq} and is missing"),
        ({BODIES + other: b"other"}, BODIES + other, "is named by no entry"),
    ):
        held = {key: data for key, data in (parts | change).items() if data is not None}
        path = put_together(signed_again(held, made.key), tmp_path / "changed.zip")
        found = verify(path)
        assert (found.exit_code, problems(found, member)) == (4, [said])
        with pytest.raises(AssertionError):
            Pack(str(path))
        stranger = verify(
            put_together({key: data for key, data in (parts | change).items() if data is not None}, tmp_path / "x.zip")
        )
        assert member in {where for where, _ in stranger.problems}


@pytest.mark.parametrize("wrong", [{"size": 1}, {"name": "A b"}, {"more": 1}, {"media_type": None}])
def test_a_record_that_says_something_else_of_its_attachment_is_named(
    made: Made, wrong: dict[str, object], tmp_path: Path
) -> None:
    """A ledger's owner can write any record; the pack of it does not verify."""
    table = b"rows"
    body = canonical.dumps({"table": wrong})
    made.blobs.write({canonical.sha256(table): table, canonical.sha256(body): body})
    record = Evidence.model_validate(with_tables(made)[0].record).model_copy(
        update={"body_digest": canonical.sha256(body), "body_size": len(body), "attachments": (attachment(table),)}
    )
    plain = record.plain()
    plain["attachments"] = [plain["attachments"][0] | wrong]
    made.ledger.append([Draft(EntryType.EVIDENCE, record.id, SYSTEM, plain)])
    found = verify(made.pack())
    assert found.exit_code == 4
    assert any("attachments[0]" in said or "another size" in said for _, said in found.problems)


# --- the redacted edition -----------------------------------------------------------------------------------------------


def test_what_is_withheld_withholds_its_table(made: Made) -> None:
    shown, hidden = with_tables(made)
    assert hidden.record["kind"] == "red-team.v1"
    path = made.redacted("red-team.v1")
    parts = members(path)
    whole = b"".join(parts.values())
    assert BODIES + table_of(shown)[7:] in parts
    for secret in (table_of(hidden)[7:].encode(), made.blobs.read(table_of(hidden))):
        assert secret not in whole
    assert verify(path).ok


def test_a_piece_with_the_same_table_as_a_withheld_one_is_withheld_with_it(made: Made) -> None:
    hidden = with_tables(made)[1]
    table = made.blobs.read(table_of(hidden))
    body = canonical.dumps({"task": "another"})
    made.blobs.write({canonical.sha256(body): body})
    record = Evidence.model_validate(hidden.record).model_copy(
        update={
            "kind": "eval-run.v1",
            "body_digest": canonical.sha256(body),
            "body_size": len(body),
            "attachments": (attachment(table),),
        }
    )
    made.ledger.append([Draft(EntryType.EVIDENCE, record.id, SYSTEM, record.plain())])
    parts = members(made.redacted("red-team.v1"))
    assert record.id.encode() not in b"".join(parts.values())
    assert BODIES + table_of(hidden)[7:] not in parts


# --- from the files of a tool to a pair, from the ledger and from the pack ---------------------------------------------------


def paired(dossier):
    """The columns of all samples, and the difference between candidate and base on the questions of the desk."""
    pieces = dossier.of_kind("eval-samples.v1")
    assert len(pieces) == 6
    assert {piece.body["columns"] for piece in pieces} == {None}
    sides = {piece.record.subject.role: piece for piece in pieces if piece.body["task"] == "elm_desk_qa"}
    after, before = (
        pairing.find(
            dossier, "elm_desk_qa", "acc", {"value": sides[role].body["means"]["acc"], "n": sides[role].body["n"]},
            sides[role].__eq__, role,
        )
        for role in ("candidate", "base")
    )  # fmt: skip
    (found,) = pairing.compare([pairing.match(after, before, up=True)], 0.95)
    assert found.n == sides["base"].body["n"]
    assert found.delta == pytest.approx(sides["candidate"].body["means"]["acc"] - sides["base"].body["means"]["acc"])
    assert found.low is not None
    return [piece.with_columns for piece in pieces], found


def test_the_recorded_samples_are_tables_and_form_the_same_pairs_from_ledger_and_pack(
    recorded: Workspace, packed: Path
) -> None:
    theirs = []

    def again(pack, report):
        judge_again(pack, report)
        theirs.append(paired(report.case.dossier))

    report = verify(packed, again=again)
    assert report.ok, report.problems
    assert theirs == [paired(recorded.case("elm-desk").dossier)]


def test_attaching_the_same_files_again_changes_nothing(recorded: Workspace) -> None:
    size = recorded.ledger.checkpoint().size
    again = recorded.attach([RECORDED], "elm-desk", environment=False)
    assert (again.appended, recorded.ledger.checkpoint().size) == ((), size)
    found = fsck(recorded.root / "ledger.db", recorded.root / "blobs")
    assert found.problems == []
    assert not [note for note in found.notes if "sha256/" in note]


def test_no_word_of_a_question_or_an_answer_is_in_a_pack(packed: Path) -> None:
    """The documents are left out: what a card quotes is chosen there."""
    files = sorted(RECORDED.rglob("samples_elm_desk_qa*.jsonl"))
    rows = [strict_json.loads_lenient(line)[0] for file in files for line in file.read_bytes().splitlines()]
    questions = {str(row["doc"].get("question") or row["doc"]) for row in rows}
    assert len(questions) > 5
    held = b""
    for name, data in members(packed).items():
        held += (
            zstandard.decompress(data)
            if data.startswith(b"\x28\xb5\x2f\xfd")
            else data
            if name.startswith("bodies/")
            else b""
        )
    assert not [question for question in questions if question.encode() in held]


def forged(recorded: Workspace, packed: Path, to: Path, forge) -> Path:
    """A pack whose owner put another table into the ledger's place of the first, with everything signed to fit.

    Record and leaf stay: what is forged is told by the light verifier. To come past it, the table is forged before it is packed.
    """
    made = Workspace.init(to / "forged", origin="test/recorded")
    made.add_system(RECORDED / "system.yaml")
    for entry in recorded.ledger.entries(system="elm-desk"):
        if entry.type is not EntryType.EVIDENCE:
            continue
        record = Evidence.model_validate(entry.record)
        body = recorded.blobs.read(record.body_digest)
        kept = {record.body_digest: body}
        if record.attachments:
            said, data = forge(strict_json.loads(body), recorded.blobs.read(record.attachments[0].digest))
            body = canonical.dumps(said)
            kept = {canonical.sha256(body): body, canonical.sha256(data): data}
            record = record.model_copy(
                update={
                    "body_digest": canonical.sha256(body),
                    "body_size": len(body),
                    "attachments": (attachment(data),),
                }
            )
        made.blobs.write(kept)
        made.ledger.append([Draft(EntryType.EVIDENCE, record.id, "elm-desk", record.plain())])
    path = to / "forged.zip"
    made.pack("elm-desk", path, documents={})
    return path


def flipped(body, data):
    """Other scores, stated as they are, under the digest and the averages of before."""
    held = sample_table.read(data, sample_table.stated(body["table"]))
    columns = {
        name: b"".join(bytes.fromhex(text[7:]) for text in column) if name.endswith("sha256") else column
        for name, column in held.items()
    }
    said, packed = sample_table.write(columns | {"acc": [1] * len(held["acc"])})
    return body | {"table": said.plain()}, packed


def broken(body, data):
    raw = bytearray(zstandard.decompress(data))
    raw[4:8] = b"\xff\xff\xff\x7f"
    return body | {"table": body["table"] | {"digest": canonical.sha256(bytes(raw))}}, zstandard.compress(bytes(raw))


@pytest.mark.parametrize(
    ("forge", "said"),
    [
        (flipped, "does not come to the columns_digest of its evidence"),
        (broken, "breaks off"),
        (lambda body, _data: (body, b"no frame at all"), "can not be unpacked"),
        (lambda body, _data: (body, zstandard.compress(bytes(100 << 20))), "does not state the"),
        (lambda body, data: (body | {"table": body["table"] | {"rows": 1}}, data), "where 1 were stated"),
        (lambda body, data: (body | {"table": body["table"] | {"format": "parquet"}}, data), "a table of the format"),
        (
            lambda body, data: ({name: body[name] for name in body if name != "table"}, data),
            "is not told of in its body",
        ),
    ],
)
def test_a_table_that_is_not_what_its_evidence_says_is_a_problem_though_the_ledgers_key_signed_it(
    recorded: Workspace, packed: Path, tmp_path: Path, forge, said: str
) -> None:
    path = forged(recorded, packed, tmp_path, forge)
    assert verify(path).ok  # every member is the one that was signed
    found = verify_fully(path)
    assert found.exit_code == 4
    assert len(found.problems) == len(recorded.case("elm-desk").dossier.of_kind("eval-samples.v1"))
    assert all(where.startswith(BODIES) and said in words for where, words in found.problems), found.problems


def test_a_comparison_over_a_table_that_is_gone_or_broken_says_so(tmp_path: Path) -> None:
    opened = Workspace.init(tmp_path, origin="test/gone")
    opened.add_system(RECORDED / "system.yaml")
    opened.attach([RECORDED], "elm-desk", environment=False)
    piece = opened.case("elm-desk").dossier.of_kind("eval-samples.v1")[0]
    assert piece.columns is not None
    held = opened.blobs.path(piece.columns.digest)
    data = held.read_bytes()
    held.write_bytes(data[:-1])
    with pytest.raises(IntegrityError, match="is not the sha256:"):
        _ = piece.with_columns
    held.unlink()
    again = opened.case("elm-desk").dossier.of_kind("eval-samples.v1")[0]
    with pytest.raises(IntegrityError, match="can not be read"):
        _ = again.with_columns
    assert again.body == piece.body


def test_a_piece_goes_to_another_process_with_its_table(recorded: Workspace) -> None:
    piece = recorded.case("elm-desk").dossier.of_kind("eval-samples.v1")[0]
    sent = pickle.loads(pickle.dumps(piece))  # noqa: S301 - our own bytes
    assert sent.with_columns == piece.with_columns
