"""`govern witness` and `govern anchor` as people type them: files between two machines, a port, a tag, a printed line."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from governance.domain.short_form import read_short_form, short_form
from governance.proofs import note
from tests.anchoring.authority import Authority
from tests.cli.conftest import govern  # noqa: F401 - a fixture
from tests.conftest import RECORDED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.cli.conftest import Ran

ROOT = Path(__file__).parents[2]


@pytest.fixture
def both(govern: Callable[..., Ran]) -> Callable[..., Ran]:  # noqa: F811
    """A workspace in the present folder, and a witness in `w` that follows its ledger."""
    assert govern("init", "--origin", "test/ledger").code == 0
    assert govern("system", "add", RECORDED / "system.yaml").code == 0
    made = govern("witness", "init", "w", "--name", "witness.example")
    Path("w.vkey").write_text(made.out)
    assert govern("witness", "trust", "w", govern("anchor", "vkey").out.strip()).code == 0
    return govern


def test_a_request_is_carried_there_and_the_answer_back(both: Callable[..., Ran]) -> None:
    assert both("anchor", "witness", "--vkey", "w.vkey", "--request-out", "request").code == 0
    assert both("witness", "cosign", "w", "request", "--out", "answer").code == 0
    done = both("anchor", "witness", "--vkey", "w.vkey", "--response", "answer", "--json")
    assert done.code == 0
    assert [one["name"] for one in done.json["cosigned"]] == ["witness.example"]
    listed = both("anchor", "list", "--json").json["anchors"]
    assert [(row["size"], row["continued"]) for row in listed] == [(1, True)]
    assert "witness.example" in both("anchor", "list").out
    again = both("witness", "cosign", "w", "request")
    assert again.code == 1
    assert "the last size cosigned is 1, not 0" in again.err
    assert "--old 1" in again.err


def test_where_the_answer_got_lost_the_size_is_told_and_given(both: Callable[..., Ran]) -> None:
    both("anchor", "witness", "--vkey", "w.vkey", "--request-out", "request")
    both("witness", "cosign", "w", "request")
    assert both("anchor", "witness", "--vkey", "w.vkey", "--request-out", "request", "--old", "1").code == 0
    assert both("witness", "cosign", "w", "request", "--out", "answer").code == 0
    assert both("anchor", "witness", "--vkey", "w.vkey", "--response", "answer").code == 0
    assert both("anchor", "witness", "--vkey", "w.vkey", "--request-out", "request", "--old", "9").code == 2


@pytest.mark.parametrize("ways", [(), ("--url", "http://127.0.0.1:9", "--response", "x")])
def test_one_way_is_to_be_chosen(both: Callable[..., Ran], ways: tuple[str, ...]) -> None:
    for command in (("anchor", "witness", "--vkey", "w.vkey"), ("anchor", "tsa")):
        done = both(*command, *ways)
        assert (done.code, "one of --url" in done.err) == (2, True)


def test_the_wrong_kind_of_key_is_said(both: Callable[..., Ran]) -> None:
    own = both("anchor", "vkey").out.strip()
    assert both("anchor", "witness", "--vkey", own, "--request-out", "x").code == 2
    assert both("witness", "trust", "w", "w.vkey").code == 2
    assert both("anchor", "witness", "--vkey", "no such file", "--request-out", "x").code == 2
    assert both("anchor", "witness", "--vkey", own[:-2], "--request-out", "x").code == 6


@pytest.fixture
def listening(both: Callable[..., Ran]) -> Iterator[str]:
    """The address of the witness in a process of its own."""
    started = subprocess.Popen(
        [sys.executable, "-u", "-m", "governance", "witness", "serve", "w", "--port", "0"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    with started:
        assert started.stdout is not None
        found = re.search(r"http://\S+", started.stdout.readline())
        assert found
        yield found[0]
        started.kill()


def test_a_witness_on_a_port_is_asked_and_a_rewritten_ledger_is_told(both: Callable[..., Ran], listening: str) -> None:
    Path("before").mkdir()
    for path in Path().glob("ledger.db*"):
        shutil.copy(path, "before")
    kept = [both("attach", RECORDED, "--system", "elm-desk", "--no-environment")]
    kept.append(both("anchor", "witness", "--vkey", "w.vkey", "--url", listening))
    assert [done.code for done in kept] == [0, 0]
    for path in Path().glob("ledger.db*"):
        path.unlink()
    for path in Path("before").iterdir():
        shutil.copy(path, ".")
    assert both("anchor", "list").code == 4
    refused = both("anchor", "witness", "--vkey", "w.vkey", "--url", listening)
    assert (refused.code, "entries are missing at the end" in refused.err) == (4, True)
    shutil.rmtree("anchors")
    refused = both("anchor", "witness", "--vkey", "w.vkey", "--url", listening)
    assert (refused.code, "witness.example cosigned" in refused.err) == (4, True)


def test_a_token_is_asked_for_by_file_and_verified_under_the_roots_that_are_given(
    both: Callable[..., Ran], tmp_path: Path
) -> None:
    authority = Authority(tmp_path / "tsa")
    Path("root.pem").write_bytes(authority.root)
    assert both("anchor", "tsa", "--request-out", "q.tsq").code == 0
    Path("r.tsr").write_bytes(authority.answer(Path("q.tsq").read_bytes()))
    done = both("anchor", "tsa", "--response", "r.tsr")
    assert (done.code, "not verified" in done.err) == (0, True)
    done = both("anchor", "tsa", "--response", "r.tsr", "--roots", "root.pem", "--json")
    assert done.code == 0
    assert done.json["verified_moment"].startswith("20")
    assert len(done.json["tokens"]) == 1
    kept = next(Path("anchors").glob("1-*"))
    text = note.parse((kept / "checkpoint").read_bytes()).text
    assert authority.verified_by_openssl((kept / "1.tsr").read_bytes(), text)
    assert subprocess.run(["sed", "/^$/,$d", kept / "checkpoint"], capture_output=True, check=True).stdout == text
    assert both("anchor", "tsa", "--response", "root.pem").code == 6


def git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], capture_output=True, text=True, check=True)
    return done.stdout


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name, value in {"NAME": "Rita", "EMAIL": "rita@example.org"}.items():
        monkeypatch.setenv(f"GIT_AUTHOR_{name}", value)
        monkeypatch.setenv(f"GIT_COMMITTER_{name}", value)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    repo = tmp_path / "repo"
    git("init", "-q", str(repo))
    git("-C", str(repo), "commit", "-q", "--allow-empty", "-m", "first")
    return repo


def test_a_tag_holds_the_note_byte_for_byte_and_a_ledger_is_held_against_it(
    both: Callable[..., Ran], repository: Path
) -> None:
    done = both("anchor", "git", "--repo", repository, "--json")
    assert done.code == 0
    (tag,) = done.json["tags"]
    assert tag["name"] == f"checkpoint/{done.json['anchor']}"
    assert git("-C", str(repository), "rev-parse", tag["name"]).strip() == tag["object"]
    message = git("-C", str(repository), "cat-file", "tag", tag["name"]).split("\n\n", 1)[1]
    assert message.encode() == both("ledger", "checkpoint").out.encode()
    Path("kept").write_text(message)
    assert both("ledger", "verify", "--checkpoint", "kept").code == 0
    again = both("anchor", "git", "--repo", repository)
    assert (again.code, "already exists" in again.err) == (1, True)


def test_a_tag_signed_with_an_ssh_key_verifies(both: Callable[..., Ran], repository: Path) -> None:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "key"], check=True)
    assert both("anchor", "git", "--repo", repository, "--tag", "audit/1", "--ssh-key", "key").code == 0
    Path("allowed").write_text("rita@example.org " + Path("key.pub").read_text())
    here = ["-C", str(repository), "-c", f"gpg.ssh.allowedSignersFile={Path('allowed').resolve()}"]
    assert "audit/1" in git(*here, "tag", "-v", "audit/1") + "audit/1"
    assert subprocess.run(["git", *here, "verify-tag", "audit/1"], check=False, capture_output=True).returncode == 0


def test_without_a_repository_or_a_sound_name_no_tag_is_made(both: Callable[..., Ran], repository: Path) -> None:
    assert both("anchor", "git", "--repo", "nowhere").code == 1
    assert both("anchor", "git", "--repo", repository, "--tag", "--delete").code == 2
    assert both("anchor", "git", "--repo", repository, "--tag", "a..b").code == 1
    assert git("-C", str(repository), "tag") == ""


def test_what_a_document_prints_is_read_back_and_compared(both: Callable[..., Ran]) -> None:
    head = both("ledger", "checkpoint", "--json").json
    printed = short_form(head["origin"], head["size"], head["root"])
    assert both("anchor", "compare", *printed.split()).code == 0
    assert both("anchor", "compare", printed.upper().replace("TEST/LEDGER", "test/ledger")).code == 0
    other = printed[:-1] + ("0" if printed[-1] != "0" else "1")
    done = both("anchor", "compare", other)
    assert (done.code, "rewritten" in done.out) == (4, True)
    assert both("anchor", "compare", printed.replace(" 1 ", " 2 ", 1)).code == 4
    assert both("anchor", "compare", printed[:-1]).code == 2


def test_the_printed_form_says_the_whole_root() -> None:
    root = bytes(range(32)).hex()
    said = short_form("a/b", 1204, root)
    assert said.startswith("a/b 1204 0001 0203 ")
    assert read_short_form("a/b   1204\n" + said[9:].upper()) == ("a/b", 1204, root)
    assert json.dumps(said).isascii()
    for wrong in (
        "",
        "a/b",
        "a/b 3",
        said[:-5],
        said + " 0000",
        said.replace("1204", "-1"),
        said.replace("0001", "000g"),
    ):
        with pytest.raises(ValueError, match="printed checkpoint"):
            read_short_form(wrong)


def test_folders_that_can_not_be_used_are_said(both: Callable[..., Ran]) -> None:
    both("anchor", "witness", "--vkey", "w.vkey", "--request-out", "request")
    Path("w/lock").unlink()
    Path("w/lock").mkdir()
    done = both("witness", "cosign", "w", "request")
    assert (done.code, "can not be locked" in done.err) == (1, True)
    Path("w/witness.vkey").unlink()
    assert both("witness", "cosign", "w", "request").code == 6
    assert both("witness", "cosign", "nowhere", "request").code == 2
    shutil.rmtree("anchors")
    Path("anchors").write_text("")
    assert both("anchor", "tsa", "--request-out", "x").code == 1
    assert both("anchor", "list").code == 6


def test_an_empty_ledger_has_nothing_to_anchor(govern: Callable[..., Ran]) -> None:  # noqa: F811
    govern("init")
    assert "no anchors" in govern("anchor", "list").out
    assert govern("anchor", "tsa", "--request-out", "q").code == 2
    assert not Path("anchors").exists()
