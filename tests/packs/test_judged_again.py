"""The recorded run, packed and judged again: the same evidence under the same content comes to the same results, or the pack fails."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from governance.attaching import attach
from governance.content import loader, places
from governance.domain.entry import Checkpoint, EntryType
from governance.domain.system import System
from governance.errors import GovernanceError, IntegrityError
from governance.ledger.store import Draft
from governance.packs.build import Parts, build, fill
from governance.packs.gather import gather
from governance.packs.judgement import dossier_of, judge
from governance.packs.verify import verify
from governance.parsing import canonical, strict_json
from governance.verifier import command, zip_form
from governance.verifier.pack import verify as verify_light
from tests.conftest import RECORDED
from tests.packs.made_packs import SYSTEM, Made
from tests.packs.mutations import members, put_together, signed_again

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Made, Parts]:
    """A ledger with the recorded run and a reviewer who holds it back, and the parts of its pack."""
    made = Made(tmp_path_factory.mktemp("recorded"))
    content = dict(places.read_all([places.builtin_root()]))
    catalogue = loader.load(content)
    system = loader.read(System, (RECORDED / "system.yaml").read_bytes(), where="system.yaml")
    body = canonical.dumps(system.plain())
    digest = canonical.sha256(body)
    made.blobs.write({digest: body})
    made.ledger.append(
        [Draft(EntryType.SYSTEM, "sys-" + digest[7:27], SYSTEM, {"body_digest": digest, "body_size": len(body)})]
    )
    made.enrol("Rita Example", "reviewer")
    attach(
        [RECORDED],
        SYSTEM,
        catalogue=catalogue,
        ledger=made.ledger,
        blobs=made.blobs,
        now=made.moment,
        how={"environment": False},
    )
    made.later(hours=1)
    made.decide("Rita Example", "reviewer", "hold", content_digest=catalogue.digest)
    made.later(hours=1)
    entries = tuple(made.ledger.entries(system=SYSTEM, shared=True))
    head = made.ledger.checkpoint()
    dossier = dossier_of(
        SYSTEM,
        entries,
        lambda d: strict_json.loads(made.blobs.read(d), where=d),
        made.blobs.read,
        made.public,
        head.size,
    )
    case = judge(dossier, catalogue, "release", Checkpoint.model_validate(head.plain()), made.moment)
    made.later(days=1)
    made.evidence(1, first=500)  # what comes later is in no part
    return made, gather(
        case,
        ledger=made.ledger,
        blobs=made.blobs,
        key=made.key,
        program="governance-evidence 0",
        content=content,
        documents={},
        anchors=made.anchors,
    )


def test_an_untouched_pack_is_judged_again_with_the_same_result(recorded: tuple[Made, Parts], tmp_path: Path) -> None:
    made, parts = recorded
    build(tmp_path / "pack.zip", parts, made.key)
    found = verify(tmp_path / "pack.zip")
    assert found.problems == []
    assert found.lines["JUDGEMENT"].startswith("ok: judged again, with the same result; gate release says")
    assert "are this program's own" in found.lines["CONTENT"]
    assert found.case.dossier.decisions[0].valid
    light = verify_light(tmp_path / "pack.zip")
    assert light.ok
    assert light.lines["JUDGEMENT"] == "not performed"


def test_a_pack_that_judges_wrong_does_not_verify_even_when_its_own_key_signed_it(
    recorded: tuple[Made, Parts], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The operator holds the ledger key. Judging again is what catches a doctored result."""
    made, parts = recorded
    gate = json.loads(parts.results["results/gate.json"])
    gate["answer"] = "yes" if gate["answer"] != "yes" else "no"
    doctored = {**parts.results, "results/gate.json": canonical.dumps(gate) + b"\n"}
    build(tmp_path / "doctored.zip", replace(parts, results=doctored), made.key)
    found = verify(tmp_path / "doctored.zip")
    assert {member for member, _ in found.problems} == {"results/gate.json"}
    assert found.lines["CRYPTO"].startswith("ok")
    assert found.lines["JUDGEMENT"].startswith("FAILED")
    assert command.run([str(tmp_path / "doctored.zip")]) == 4
    assert command.run([str(tmp_path / "doctored.zip"), "--no-judgement"]) == 0
    assert "not performed: not asked for" in capsys.readouterr().out


def test_a_pack_judged_for_another_day_or_policy_than_it_says_fails(
    recorded: tuple[Made, Parts], tmp_path: Path
) -> None:
    made, parts = recorded
    build(tmp_path / "pack.zip", parts, made.key)
    again = signed_again(members(tmp_path / "pack.zip"), made.key, on="2029-01-01T00:00:00Z")
    assert verify(put_together(again, tmp_path / "other.zip")).exit_code == 4
    again = signed_again(members(tmp_path / "pack.zip"), made.key, policy="no-such-policy")
    assert verify(put_together(again, tmp_path / "other.zip")).exit_code == 4


def test_a_redacted_edition_of_the_recorded_run_quotes_nothing_of_what_it_withholds(
    recorded: tuple[Made, Parts], tmp_path: Path
) -> None:
    from governance.packs import redact

    made, parts = recorded
    hidden = [entry for entry in parts.entries if entry.record.get("kind") == "eval-run.v1"]
    assert hidden
    redact.build(tmp_path / "redacted.zip", parts, made.key, ["eval-run.v1"])
    found = verify(tmp_path / "redacted.zip")
    assert found.ok
    assert found.lines["JUDGEMENT"].startswith("not performed")
    held = members(tmp_path / "redacted.zip")
    for entry in hidden:
        for name, data in held.items():
            assert entry.id.encode() not in data, name
            assert str(entry.record["body_digest"])[7:].encode() not in data, name


def test_parts_that_do_not_belong_together_make_no_pack(recorded: tuple[Made, Parts], tmp_path: Path) -> None:
    made, parts = recorded
    for wrong in (
        replace(parts, leaves=parts.leaves[:-1]),
        replace(parts, leaves=(*parts.leaves[:-1], bytes(32))),
        replace(parts, entries=(parts.entries[0].model_copy(update={"id": "sys-another"}), *parts.entries[1:])),
    ):
        with pytest.raises(IntegrityError):
            fill(wrong)
        with pytest.raises(IntegrityError):
            build(tmp_path / "pack.zip", wrong, made.key)
    assert list(tmp_path.iterdir()) == []


def test_the_archive_writer_refuses_members_out_of_order() -> None:
    import io

    with pytest.raises(GovernanceError, match="out of order"):
        zip_form.write(io.BytesIO(), [("b", b""), ("a", b"")])
