"""What is kept of a checkpoint that left: signatures put together, tokens beside it, and whether the ledger continues it."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

import pytest

from governance.anchoring import timing, witnessing
from governance.anchoring.kept import Anchors
from governance.anchoring.sending import Reply, post
from governance.errors import GovernanceError, IntegrityError, UnreadableError, UsageError
from governance.proofs import ed25519, note
from governance.signing import keys, timestamps
from governance.witness.state import Witness
from governance.witness.wire import RefusedError
from tests.anchoring.authority import Authority
from tests.anchoring.made import KEY
from tests.ledger.made import drafts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from governance.workspace import Workspace


@pytest.fixture
def anchors(workspace: Workspace) -> Anchors:
    return Anchors(workspace.root)


@pytest.fixture
def hire(tmp_path: Path, workspace: Workspace) -> Callable[[str], Witness]:
    def made(name: str) -> Witness:
        from governance.proofs import vkeys

        witness = Witness.init(
            tmp_path / name, name=f"{name}.example", clock=lambda: int(workspace.clock().timestamp())
        )
        witness.trust(vkeys.vkey("test/ledger", ed25519.parse_public(workspace.ledger_key), vkeys.LOG))
        return witness

    return made


def over(witness: Witness) -> Callable[[str, bytes, str], Reply]:
    """A wire that leads to a witness in this process."""

    def send(url: str, body: bytes, media_type: str) -> Reply:
        assert url == "https://witness.example/x/add-checkpoint"
        try:
            return Reply(200, "text/plain", witness.cosign(body))
        except RefusedError as refused:
            body = refused.message.encode() if refused.size is None else b"%d\n" % refused.size
            return Reply(refused.status, "text/plain", body)

    return send


def ask(workspace: Workspace, witness: Witness):
    url = "https://witness.example/x/"
    head = workspace.checkpoint_note()
    return witnessing.ask(Anchors(workspace.root), workspace.ledger, head, witness.verifier, url, over(witness))


def grow(workspace: Workspace, first: int, count: int = 3) -> None:
    workspace.ledger.append(drafts(count, first))


def test_cosignatures_of_two_witnesses_stand_in_one_note(workspace: Workspace, anchors: Anchors, hire) -> None:
    one, two = hire("one"), hire("two")
    grow(workspace, 0)
    ask(workspace, one)
    made = ask(workspace, two)
    assert [(c.name, c.known) for c in made.cosigned] == [("one.example", True), ("two.example", True)]
    read = note.parse((made.folder / "checkpoint").read_bytes())
    assert all(note.verify_cosignature(read, witness.verifier) for witness in (one, two))
    assert anchors.all() == (made,)
    assert anchors.check(workspace.ledger) == []


def test_a_growing_ledger_is_proven_from_the_size_that_this_witness_has(
    workspace: Workspace, anchors: Anchors, hire
) -> None:
    one = hire("one")
    for step in range(4):
        grow(workspace, step * 10)
        assert ask(workspace, one).witnesses == 1
    assert anchors.known_size(one.verifier) == workspace.ledger.checkpoint().size
    assert len(anchors.all()) == 4


def test_asked_twice_about_one_head_the_first_cosignature_is_kept(workspace: Workspace, hire, clock) -> None:
    one = hire("one")
    first = ask(workspace, one)
    clock.forward(days=3)
    assert ask(workspace, one) == first


def test_an_answer_that_got_lost_is_made_up_for(workspace: Workspace, anchors: Anchors, hire) -> None:
    one = hire("one")
    one.cosign(witnessing.request(anchors, workspace.ledger, workspace.checkpoint_note(), one.verifier))
    grow(workspace, 0)
    assert anchors.known_size(one.verifier) == 0
    assert ask(workspace, one).head.size == 4


def test_a_ledger_that_was_cut_is_told_by_the_witness(workspace: Workspace, tmp_path: Path, hire) -> None:
    """The anchors were deleted with the entries; what the witness holds is out of reach."""
    one = hire("one")
    earlier = saved(workspace)
    grow(workspace, 0)
    ask(workspace, one)
    restore(workspace, earlier)
    with pytest.raises(IntegrityError, match="cosigned 4 entries and the ledger has 1"):
        ask(workspace, one)


def test_a_ledger_that_was_rewritten_is_told_by_the_witness(workspace: Workspace, hire) -> None:
    one = hire("one")
    earlier = saved(workspace)
    grow(workspace, 0)
    ask(workspace, one)
    restore(workspace, earlier)
    grow(workspace, 50, count=5)
    with pytest.raises(IntegrityError, match="does not continue what it cosigned"):
        ask(workspace, one)


def saved(workspace: Workspace) -> bytes:
    import sqlite3

    with sqlite3.connect(workspace.root / "ledger.db") as live, sqlite3.connect(":memory:") as copy:
        live.backup(copy)
        return copy.serialize()


def restore(workspace: Workspace, earlier: bytes, *, anchors: bool = False) -> None:
    import shutil

    from governance.ledger.store import Ledger

    workspace.ledger.close()
    for path in workspace.root.glob("ledger.db*"):
        path.unlink()
    (workspace.root / "ledger.db").write_bytes(earlier)
    workspace.ledger = Ledger(workspace.root / "ledger.db", origin="test/ledger", clock=workspace.clock)
    if not anchors:
        shutil.rmtree(workspace.root / "anchors")


def test_the_kept_anchors_show_that_the_ledger_was_changed(workspace: Workspace, anchors: Anchors, hire) -> None:
    earlier = saved(workspace)
    ask(workspace, hire("one"))
    grow(workspace, 0)
    ask(workspace, hire("two"))
    restore(workspace, earlier, anchors=True)
    assert [problem.split(": ", 1)[1] for problem in anchors.check(workspace.ledger)] == [
        "the checkpoint has 4 entries and the ledger 1: entries are missing at the end"
    ]
    grow(workspace, 50)
    assert ["the past was rewritten" in problem for problem in anchors.check(workspace.ledger)] == [True]
    with pytest.raises(IntegrityError, match="rewritten"):
        ask(workspace, hire("three"))


def test_the_best_anchor_is_the_one_that_most_witnesses_signed(workspace: Workspace, anchors: Anchors, hire) -> None:
    assert anchors.best() is None
    one, two = hire("one"), hire("two")
    anchors.keep(workspace.checkpoint_note())
    assert anchors.best() is None  # nobody outside has it
    first = ask(workspace, one)
    grow(workspace, 0)
    ask(workspace, one)
    both = ask(workspace, two)
    grow(workspace, 10)
    last = ask(workspace, one)
    assert anchors.best() == both
    assert anchors.best(size=3) == first
    assert anchors.best(size=0) is None
    assert last in anchors.all()


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("cut", "not a signed"), ("own signature", "did not sign"), ("cosignature", "does not verify"), ("gone", "can not be read"),
        ("renamed", "named for another"), ("token", "token"), ("other key", "did not sign"),
    ],
)  # fmt: skip
def test_an_anchor_that_was_changed_is_a_problem_that_names_it(
    workspace: Workspace, anchors: Anchors, hire, damage: str, said: str
) -> None:
    made = ask(workspace, hire("one"))
    path = made.folder / "checkpoint"
    lines = made.note.decode().splitlines(keepends=True)
    flip = {"own signature": 4, "cosignature": 5}
    if damage in flip:
        at = flip[damage]
        lines[at] = lines[at][:-6] + ("A" if lines[at][-6] != "A" else "B") + lines[at][-5:]
    elif damage == "cut":
        lines = [*lines[:-1], lines[-1][:-9]]
    elif damage == "other key":
        lines = [note.sign(made.head, ed25519.raw(KEY), KEY.sign).decode()]
    path.write_text("".join(lines))
    if damage == "gone":
        path.unlink()
    elif damage == "renamed":
        made.folder.rename(made.folder.with_name("7-01234567"))
    elif damage == "token":
        (made.folder / "1.tsr").write_bytes(b"0\x00")
    found = anchors.check(workspace.ledger)
    assert len(found) == 1
    assert said in found[0]
    with pytest.raises(GovernanceError):
        anchors.all()


def test_an_answer_without_a_cosignature_of_this_witness_is_refused(
    workspace: Workspace, anchors: Anchors, hire
) -> None:
    one, two = hire("one"), hire("two")
    request = witnessing.request(anchors, workspace.ledger, workspace.checkpoint_note(), one.verifier)
    answer = one.cosign(request)
    before = anchors.all()
    with pytest.raises(IntegrityError, match="no cosignature of two"):
        witnessing.accept(anchors, answer, two.verifier)
    for nonsense in (b"", b"hello\n", answer[:-1], b"\n\n" + answer):
        with pytest.raises(UnreadableError):
            witnessing.accept(anchors, nonsense, one.verifier)
    assert anchors.all() == before
    assert witnessing.accept(anchors, answer, one.verifier).witnesses == 1


def test_a_witness_that_does_not_follow_this_ledger_is_said_with_the_remedy(
    workspace: Workspace, tmp_path: Path
) -> None:
    stranger = Witness.init(tmp_path / "s", name="s.example", clock=lambda: 1)
    with pytest.raises(GovernanceError, match=r"declined with 404.*govern witness trust"):
        ask(workspace, stranger)


def test_a_token_finds_its_checkpoint_and_stays_when_cosignatures_come(
    workspace: Workspace, anchors: Anchors, hire, tmp_path: Path
) -> None:
    from datetime import UTC, datetime

    authority, at = Authority(tmp_path / "tsa"), datetime.now(UTC)
    token = authority.answer(timing.request(anchors, workspace.checkpoint_note()))
    grow(workspace, 0)
    anchors.keep(workspace.checkpoint_note())
    made, moment = timing.accept(anchors, token, [authority.root], at=at)
    assert (made.head.size, moment) == (1, timestamps.read(token).moment)
    assert [name for name, _ in timing.accept(anchors, token, [], at=at)[0].tokens] == ["1.tsr"]
    other = authority.answer(timestamps.request(made.text))
    assert [name for name, _ in timing.accept(anchors, other, [], at=at)[0].tokens] == ["1.tsr", "2.tsr"]
    ask(workspace, hire("one"))
    assert anchors.check(workspace.ledger) == []
    assert anchors.best() is not None


def test_a_token_over_something_else_or_under_another_root_is_not_kept(
    workspace: Workspace, anchors: Anchors, tmp_path: Path
) -> None:
    from datetime import UTC, datetime

    authority, other, at = Authority(tmp_path / "a"), Authority(tmp_path / "b"), datetime.now(UTC)
    token = authority.answer(timing.request(anchors, workspace.checkpoint_note()))
    with pytest.raises(IntegrityError, match="does not verify"):
        timing.accept(anchors, token, [other.root], at=at)
    with pytest.raises(IntegrityError, match="over no checkpoint"):
        timing.accept(anchors, authority.answer(timestamps.request(b"x")), [], at=at)
    assert anchors.all()[0].tokens == ()


def test_a_token_that_answers_another_request_is_refused(
    workspace: Workspace, anchors: Anchors, tmp_path: Path
) -> None:
    from datetime import UTC, datetime

    authority, at = Authority(tmp_path / "a"), datetime.now(UTC)

    def replay(url: str, body: bytes, media_type: str) -> Reply:
        assert (url, media_type) == ("https://tsa.example", "application/timestamp-query")
        return Reply(200, "application/timestamp-reply", authority.answer(timestamps.request(anchors.all()[0].text)))

    def honest(url: str, body: bytes, media_type: str) -> Reply:
        return Reply(200, "application/timestamp-reply", authority.answer(body))

    head = workspace.checkpoint_note()
    with pytest.raises(IntegrityError, match="another nonce"):
        timing.ask(anchors, head, "https://tsa.example", [], at=at, post=replay)
    made, moment = timing.ask(anchors, head, "https://tsa.example", [authority.root], at=at, post=honest)
    assert (len(made.tokens), moment is None) == (1, False)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://x.example", "witness.example", ""])
def test_only_http_leaves_the_machine(url: str) -> None:
    with pytest.raises(UsageError, match="begins with https"):
        post(url, b"", "text/plain")


def test_nobody_there_is_said_plainly() -> None:
    with pytest.raises(GovernanceError, match="could not be reached"):
        post("http://127.0.0.1:9/add-checkpoint", b"", "text/plain")


def test_two_heads_whose_roots_begin_alike_are_not_put_together(workspace: Workspace, anchors: Anchors) -> None:
    head = workspace.ledger.checkpoint().head
    anchors.keep(workspace.checkpoint_note())
    alike = note.Head(head.origin, head.size, head.root[:8] + "0" * 56)
    key = keys.load(workspace.root / "keys" / "ledger.pem")
    with pytest.raises(IntegrityError, match="another checkpoint of 1 entries"):
        anchors.keep(note.sign(alike, ed25519.raw(key), key.sign))
    assert [one.head for one in anchors.all()] == [head]


def test_a_checkpoint_under_another_name_is_of_another_ledger(workspace: Workspace, anchors: Anchors) -> None:
    head = workspace.ledger.checkpoint()
    key = keys.load(workspace.root / "keys" / "ledger.pem")
    anchors.keep(note.sign(note.Head("other/ledger", head.size, head.root), ed25519.raw(key), key.sign))
    assert ["of another ledger, other/ledger" in problem for problem in anchors.check(workspace.ledger)] == [True]


def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    asked: list[str] = []

    class Elsewhere(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.command)
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(302)
            self.send_header("Location", "/there")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_GET(self) -> None:
            asked.append(self.command)
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        reply = post(f"http://127.0.0.1:{server.server_address[1]}/here", b"x", "text/plain")
        server.shutdown()
        thread.join()
    assert (reply.status, asked) == (302, ["POST"])
