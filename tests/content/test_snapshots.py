"""The content that was judged with is on record once, and is read back as it was or not at all."""

from __future__ import annotations

import pytest

from governance import snapshots
from governance.content import loader
from governance.domain.decision import DecisionKind
from governance.domain.entry import EntryType
from governance.errors import IntegrityError
from governance.parsing import canonical
from governance.workspace import Workspace

OTHER = "# of this workspace\n"


def recorded(workspace: Workspace) -> list[str]:
    return [entry.id for entry in workspace.ledger.shared() if entry.type is EntryType.CONTENT]


def keep(workspace: Workspace, content=None) -> str:
    return snapshots.keep(workspace.ledger, workspace.blobs, workspace.content if content is None else content)


def test_what_was_judged_with_is_read_back_byte_for_byte_and_templates_are_not_of_it(workspace):
    digest = keep(workspace)
    read = snapshots.read(workspace.ledger, workspace.blobs, digest)
    assert read == dict(loader.judging(workspace.content))
    assert loader.digest(read) == digest == loader.digest(workspace.content)
    assert any(path.startswith("templates/") for path in workspace.content)
    assert not any(path.startswith("templates/") for path in read)


def test_the_same_content_is_put_on_record_once(workspace):
    assert keep(workspace) == keep(workspace) == keep(Workspace(workspace.root))
    assert len(recorded(workspace)) == 1


def test_other_templates_are_no_other_content_and_another_control_is(workspace):
    first = keep(workspace)
    name = next(path for path in workspace.content if path.startswith("templates/"))
    assert keep(workspace, {**workspace.content, name: b"another page"}) == first
    control = next(path for path in workspace.content if path.startswith("controls/catalogue/"))
    changed = {**workspace.content, control: workspace.content[control] + OTHER.encode()}
    second = keep(workspace, changed)
    assert second != first
    assert len(recorded(workspace)) == 2
    for digest, content in ((first, workspace.content), (second, changed)):
        assert snapshots.read(workspace.ledger, workspace.blobs, digest)[control] == content[control]


def test_content_that_was_never_kept_is_not_there(workspace):
    keep(workspace)
    assert snapshots.read(workspace.ledger, workspace.blobs, canonical.sha256(b"another")) is None


def test_a_body_that_is_other_content_than_its_entry_names_is_found_out(workspace):
    from governance.ledger.store import Draft

    body = canonical.dumps({"policies/p.yaml": "id: p\n"})
    name, said = canonical.sha256(body), canonical.sha256(b"what it says it is")
    workspace.blobs.write({name: body})
    record = {"content_digest": said, "body_digest": name, "body_size": len(body)}
    workspace.ledger.append([Draft(EntryType.CONTENT, f"cnt-{said[7:27]}", None, record)])
    with pytest.raises(IntegrityError, match="not the one its entry names"):
        snapshots.read(workspace.ledger, workspace.blobs, said)


def test_a_changed_body_is_found_out(workspace):
    digest = keep(workspace)
    (entry,) = [entry for entry in workspace.ledger.shared() if entry.type is EntryType.CONTENT]
    held = workspace.blobs.path(entry.record["body_digest"])
    held.chmod(0o600)
    held.write_bytes(held.read_bytes().replace(b"owner", b"0wner", 1))
    with pytest.raises(IntegrityError):
        snapshots.read(workspace.ledger, workspace.blobs, digest)


def test_a_decision_puts_the_content_it_was_made_with_on_record_before_itself(attached, reviewer):
    signed, made = attached.sign(
        "elm-desk", key_file=reviewer, role="reviewer", decision=DecisionKind.HOLD, reason="Waiting for a test."
    )
    (kept,) = [entry for entry in attached.ledger.shared() if entry.type is EntryType.CONTENT]
    assert kept.record["content_digest"] == made.content_digest
    assert kept.seq < attached.ledger.find(signed).seq
    assert made.checkpoint.size > kept.seq, "the signer saw a ledger with the content in it"
    read = snapshots.read(attached.ledger, attached.blobs, made.content_digest)
    assert loader.load(read).digest == made.content_digest
