"""A folder is what its manifest says or it is told where not: names, bytes, links, and what changes meanwhile."""

import hashlib
import os
import shutil
import socket
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from governance.errors import UnreadableError, UsageError
from governance.verifier import hashing, model_folder
from governance.verifier.hashing import Stamp
from governance.verifier.model_folder import check, take

SHARD = b"\x07" * (9 * 1024 * 1024)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "model"
    (made / ".git" / "refs" / "tags").mkdir(parents=True)
    (made / ".git" / "HEAD").write_bytes(b"ref: refs/heads/main\n")
    (made / "config.json").write_bytes(b"{}")
    (made / "one.safetensors").write_bytes(b"one")
    (made / "two.safetensors").write_bytes(b"two")
    return made


class Remembered:
    """Digests from before, and how often one was used."""

    def __init__(self) -> None:
        self.held: dict[Stamp, str] = {}
        self.used = 0

    def get(self, stamp: Stamp) -> str | None:
        self.used += stamp in self.held
        return self.held.get(stamp)

    def put(self, stamp: Stamp, digest: str) -> None:
        self.held[stamp] = digest


def test_every_file_and_every_empty_folder_is_listed(folder):
    made = take(folder)
    assert [row.path for row in made.rows] == [
        ".git/HEAD", ".git/refs/tags/", "config.json", "one.safetensors", "two.safetensors",
    ]  # fmt: skip
    assert made.by_path["one.safetensors"].sha256 == "sha256:" + hashlib.sha256(b"one").hexdigest()
    assert check(folder, made.rows) == []


def test_a_copy_is_the_same_and_so_is_a_folder_that_was_only_touched(folder, tmp_path):
    made = take(folder)
    shutil.copytree(folder, tmp_path / "copy")
    for path in folder.rglob("*"):
        os.utime(path, (1, 1))
    assert take(folder).digest == take(tmp_path / "copy").digest == made.digest
    assert check(tmp_path / "copy", made.rows) == []


def swap(folder: Path) -> None:
    (folder / "one.safetensors").rename(folder / "x")
    (folder / "two.safetensors").rename(folder / "one.safetensors")
    (folder / "x").rename(folder / "two.safetensors")


CHANGES = {
    "a byte": (lambda f: (f / "one.safetensors").write_bytes(b"onf"), {"one.safetensors": "changed: other bytes"}),
    "a byte more": (lambda f: (f / "one.safetensors").write_bytes(b"one!"), {"one.safetensors": "changed: 4 bytes instead of 3"}),
    "a new name": (
        lambda f: (f / "one.safetensors").rename(f / "uno.safetensors"),
        {"one.safetensors": "missing", "uno.safetensors": "not in the manifest"},
    ),
    "a file more": (lambda f: (f / "modeling.py").write_bytes(b"import os"), {"modeling.py": "not in the manifest"}),
    "an empty file more": (lambda f: (f / "x").touch(), {"x": "not in the manifest"}),
    "a payload in .git": (lambda f: (f / ".git" / "payload").touch(), {".git/payload": "not in the manifest"}),
    "a file less": (lambda f: (f / "config.json").unlink(), {"config.json": "missing"}),
    "two files swapped": (swap, {"one.safetensors": "changed", "two.safetensors": "changed"}),
    "an empty folder more": (lambda f: (f / "cache").mkdir(), {"cache/": "not in the manifest: an empty folder"}),
    "an empty folder less": (
        lambda f: shutil.rmtree(f / ".git" / "refs"),
        {".git/refs/tags/": "missing: an empty folder"},
    ),
    "a file in place of the empty folder": (
        lambda f: (f / ".git" / "refs" / "tags" / "v1").touch(),
        {".git/refs/tags/": "missing: an empty folder", ".git/refs/tags/v1": "not in the manifest"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_any_change_is_another_digest_and_is_told_with_its_place(folder, change):
    made = take(folder)
    CHANGES[change][0](folder)
    assert take(folder).digest != made.digest
    found = check(folder, made.rows)
    assert {path for path, _ in found} == set(CHANGES[change][1])
    assert all(said.startswith(CHANGES[change][1][path]) for path, said in found)


def link_to_itself(folder: Path) -> str:
    (folder / "one.safetensors").rename(folder.parent / "blob")
    (folder / "one.safetensors").symlink_to(folder.parent / "blob")
    return "one.safetensors"


def link_to_folder(folder: Path) -> str:
    (folder / ".git").rename(folder.parent / "git")
    (folder / ".git").symlink_to(folder.parent / "git")
    return ".git"


def broken_link(folder: Path) -> str:
    (folder / "config.json").unlink()
    (folder / "config.json").symlink_to("nowhere")
    return "config.json"


def pipe(folder: Path) -> str:
    (folder / "config.json").unlink()
    os.mkfifo(folder / "config.json")
    return "config.json"


@pytest.mark.parametrize("put", [link_to_itself, link_to_folder, broken_link, pipe])
def test_a_link_or_a_pipe_is_refused_and_named_though_it_leads_to_the_same_bytes(folder, put):
    made = take(folder)
    path = put(folder)
    with pytest.raises(UnreadableError, match=r"symbolic link|a pipe") as refused:
        take(folder)
    assert refused.value.where == f"{folder}/{path}"
    found = dict(check(folder, made.rows))
    assert "symbolic link" in found[path] or "a pipe" in found[path]


def test_a_socket_is_refused(folder, monkeypatch):
    monkeypatch.chdir(folder)
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind("s")
        with pytest.raises(UnreadableError, match="a socket"):
            take(folder)


def test_the_folder_itself_may_be_named_through_a_link(folder, tmp_path):
    (tmp_path / "current").symlink_to(folder)
    assert take(tmp_path / "current").digest == take(folder).digest


@pytest.mark.parametrize("name", [b"\xff.bin", "e\u0301.bin".encode(), b"new\nline", "\u202egnp".encode()])
def test_a_name_that_is_another_elsewhere_is_refused_and_can_be_printed(folder, name):
    made = take(folder)
    Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).touch()
    with pytest.raises(UnreadableError) as refused:
        take(folder)
    str(refused.value).encode()
    found = check(folder, made.rows)
    assert [said for _, said in found] == ["not in the manifest"]
    found[0][0].encode()


def test_an_empty_folder_is_no_release_and_a_manifest_of_nothing_is_never_met(tmp_path):
    (tmp_path / "empty" / "below").mkdir(parents=True)
    with pytest.raises(UnreadableError, match="no file"):
        take(tmp_path / "empty")
    assert check(tmp_path, [])[0] == (".", "the manifest names no file")
    (tmp_path / "nothing").mkdir()
    assert check(tmp_path / "nothing", []) == [(".", "the manifest names no file")]


def test_what_is_no_folder_is_said(folder):
    for path in (folder / "config.json", folder / "nowhere"):
        with pytest.raises(UsageError, match="folder"):
            take(path)
        with pytest.raises(UsageError, match="folder"):
            check(path, take(folder).rows)


@pytest.mark.parametrize("late", ["append", "touch", "add", "replace", "link"])
def test_what_changes_while_it_is_read_is_refused(folder, late):
    """The change happens when the last byte was told as read, so only the second look can find it."""
    (folder / "big").write_bytes(SHARD)
    made = take(folder)

    def meanwhile(path: str, done: int, total: int) -> None:
        if path != "big":
            return
        match late:
            case "append":
                with (folder / "big").open("ab") as stream:
                    stream.write(b"!")
            case "touch":
                os.utime(folder / "big")
            case "add":
                (folder / "extra").touch()
            case "replace":
                (folder.parent / "other").write_bytes(SHARD)
                (folder.parent / "other").replace(folder / "big")
            case "link":
                (folder / "config.json").rename(folder.parent / "config.json")
                (folder / "config.json").symlink_to(folder.parent / "config.json")

    with pytest.raises(UnreadableError, match=r"changed while it was read|symbolic link"):
        take(folder, progress=meanwhile)
    for path in ("extra", "config.json"):
        (folder / path).unlink(missing_ok=True)
    (folder / "config.json").write_bytes(b"{}")
    (folder / "big").write_bytes(SHARD)
    assert check(folder, made.rows) == []
    assert check(folder, made.rows, progress=meanwhile) != []


def test_two_large_files_are_hashed_as_one_is_and_the_bytes_add_up(folder):
    for name in ("a.bin", "b.bin", "c.bin"):
        (folder / name).write_bytes(SHARD + name.encode())
    told = []
    made = take(folder, progress=lambda path, done, total: told.append((done, total)))
    for name in ("a.bin", "b.bin", "c.bin"):
        assert made.by_path[name].sha256 == "sha256:" + hashlib.sha256(SHARD + name.encode()).hexdigest()
    assert told[-1] == (made.total_bytes, made.total_bytes)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_digests_from_before_are_used_for_taking_and_never_for_checking_unless_asked(folder):
    known = Remembered()
    made = take(folder, known=known)
    assert (known.used, len(known.held)) == (0, 4)
    assert take(folder, known=known) == made
    assert known.used == 4
    assert check(folder, made.rows, known=known) == []
    assert known.used == 4
    assert check(folder, made.rows, paranoid=False, known=known) == []
    assert known.used == 8
    known.held = dict.fromkeys(known.held, "sha256:" + "0" * 64)
    assert check(folder, made.rows, known=known) == []
    assert len(check(folder, made.rows, paranoid=False, known=known)) == 4


def test_a_file_is_read_again_only_while_it_is_the_one_of_its_row(folder):
    row = take(folder).by_path["config.json"]
    assert model_folder.read(folder, row, 100) == b"{}"
    with pytest.raises(UnreadableError, match="over the cap"):
        model_folder.read(folder, row, 1)
    (folder / "config.json").write_bytes(b"[]")
    with pytest.raises(UnreadableError, match="changed"):
        model_folder.read(folder, row, 100)


def test_one_file_has_the_row_it_has_in_its_folder(folder):
    assert model_folder.one_file(folder / "config.json") == take(folder).by_path["config.json"]
    (folder / "link").symlink_to("config.json")
    for path, said in (("link", "symbolic link"), ("nowhere", "can not be read"), (".git", "not a file")):
        with pytest.raises(UnreadableError, match=said):
            model_folder.one_file(folder / path)


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300), st.integers(0, 3))
def test_the_loop_reads_what_hashlib_hashes_at_every_length(tmp_path, data, more):
    path = tmp_path / "f"
    path.write_bytes(data + b"\0" * (more * hashing.STREAM))
    descriptor = os.open(path, os.O_RDONLY)
    try:
        told: list[int] = []
        digest, done = hashing.of_descriptor(descriptor, told.append)
    finally:
        os.close(descriptor)
    assert (digest, done) == ("sha256:" + hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_size)
    assert told[-1] == done
