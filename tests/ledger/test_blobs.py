"""Bodies by digest: whole or not at all, and never other bytes than the name says."""

import os
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.errors import GovernanceError, IntegrityError, UnreadableError
from governance.ledger.blobs import Blobs
from governance.parsing.canonical import sha256


def bodies(*texts: bytes) -> dict[str, bytes]:
    return {sha256(text): text for text in texts}


@pytest.mark.parametrize("count", [0, 1, 3, 4, 50])
def test_bodies_are_read_back_and_nothing_else_lies_there(tmp_path, count):
    store, held = Blobs(tmp_path / "bodies"), bodies(*(b"%d" % number for number in range(count)))
    store.write(held)
    assert {digest: store.read(digest) for digest in held} == held
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert sorted(files) == sorted(store.path(digest) for digest in held)


def test_an_empty_body_is_a_body(tmp_path):
    Blobs(tmp_path).write(bodies(b""))
    assert Blobs(tmp_path).read(sha256(b"")) == b""


def test_a_body_that_is_there_is_left_alone(tmp_path):
    store, held = Blobs(tmp_path), bodies(b"body")
    store.write(held)
    before = store.path(sha256(b"body")).stat()
    store.write(held)
    after = store.path(sha256(b"body")).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


@pytest.mark.parametrize("found", [b"", b"bodY", b"body ", b"bod"])
def test_wrong_bytes_are_refused(tmp_path, found):
    store = Blobs(tmp_path)
    store.write(bodies(b"body"))
    store.path(sha256(b"body")).write_bytes(found)
    with pytest.raises(IntegrityError, match="is not the sha256"):
        store.read(sha256(b"body"))


def test_a_missing_body_is_an_integrity_error(tmp_path):
    with pytest.raises(IntegrityError, match="can not be read"):
        Blobs(tmp_path).read(sha256(b"body"))


def test_a_folder_in_the_place_of_a_body_is_an_integrity_error(tmp_path):
    store = Blobs(tmp_path)
    store.path(sha256(b"body")).mkdir(parents=True)
    with pytest.raises(IntegrityError, match="can not be read"):
        store.read(sha256(b"body"))


HEX = "0123456789abcdef" * 4


@pytest.mark.parametrize(
    "digest",
    [
        "",
        ":",
        "sha256:",
        HEX,
        f"sha512:{HEX}",
        f"SHA256:{HEX}",
        f"sha256:{HEX.upper()}",
        f"sha256:{HEX}0",
        f"sha256:{HEX[1:]}",
        f"sha256:../{HEX[3:]}",
        f"sha256:/{HEX[1:]}",
        f"sha256:{HEX[:-1]}\n",
        f" sha256:{HEX}",
        f"sha256:{HEX[:-1]}\u0661",
        "sha256:\0",
    ],
)
def test_a_name_that_is_no_digest_never_reaches_a_path(tmp_path, digest):
    store = Blobs(tmp_path)
    with pytest.raises(UnreadableError, match="no sha256 digest"):
        store.read(digest)
    with pytest.raises(UnreadableError, match="no sha256 digest"):
        store.write({digest: b"body"})
    assert not list(tmp_path.iterdir())


@given(st.text(max_size=80))
def test_any_text_is_a_digest_or_refused(tmp_path_factory, text):
    root = tmp_path_factory.getbasetemp()
    try:
        path = Blobs(root).path(text)
    except UnreadableError:
        return
    assert root in path.parents


def test_many_writers_of_the_same_bodies_agree(tmp_path):
    held = bodies(*(b"%d" % number * 1000 for number in range(20)))
    problems = []

    def write():
        try:
            Blobs(tmp_path).write(held)
        except GovernanceError as error:  # pragma: no cover - the failure this test is about
            problems.append(error)

    threads = [threading.Thread(target=write) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems
    assert {digest: Blobs(tmp_path).read(digest) for digest in held} == held
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == len(held)


def test_a_body_that_can_not_be_stored_is_told_and_leaves_nothing_half_written(tmp_path):
    (tmp_path / "sha256").write_text("a file where a folder must be")
    with pytest.raises(GovernanceError, match="could not be stored"):
        Blobs(tmp_path).write(bodies(b"body"))
    assert os.listdir(tmp_path) == ["sha256"]  # noqa: PTH208 - names are what is meant
