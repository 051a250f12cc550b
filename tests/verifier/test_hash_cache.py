"""A digest from before is used only while nothing tells against it."""

import os
import sqlite3
from pathlib import Path

import pytest

from governance.verifier import hash_cache, model_folder
from governance.verifier.hash_cache import RACY_NS, SMALLEST
from governance.verifier.hashing import Stamp

DIGEST = "sha256:" + "a" * 64
NOW = 1_800_000_000_000_000_000
OLD = Stamp(device=2**63 + 5, inode=2**64 - 1, size=SMALLEST, mtime_ns=NOW - RACY_NS, ctime_ns=NOW - RACY_NS)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "governance-evidence"


def opened(model: str = "") -> hash_cache.HashCache:
    made = hash_cache.opened(model, clock_ns=lambda: NOW)
    assert made is not None
    return made


def test_what_was_put_is_there_the_next_time(place):
    first = opened()
    first.put(OLD, DIGEST)
    first.close()
    assert opened().get(OLD) == DIGEST
    assert (place.stat().st_mode & 0o077, (place / hash_cache.NAME).stat().st_mode & 0o077) == (0, 0)


@pytest.mark.parametrize("field", Stamp._fields)
def test_any_other_stamp_is_another_file(place, field):
    cache = opened()
    cache.put(OLD, DIGEST)
    assert cache.get(OLD._replace(**{field: getattr(OLD, field) + 1})) is None


@pytest.mark.parametrize("field", ["mtime_ns", "ctime_ns"])
def test_what_was_written_a_moment_ago_is_not_kept(place, field):
    cache = opened()
    young = OLD._replace(**{field: NOW - RACY_NS + 1})
    cache.put(young, DIGEST)
    assert cache.get(young) is None


def test_a_small_file_is_not_kept(place):
    cache = opened()
    small = OLD._replace(size=SMALLEST - 1)
    cache.put(small, DIGEST)
    assert cache.get(small) is None


@pytest.mark.parametrize("which", ["folder", "file"])
@pytest.mark.parametrize("mode", [0o020, 0o002])
def test_a_cache_that_others_can_write_is_not_used(place, which, mode):
    opened().close()
    path = place if which == "folder" else place / hash_cache.NAME
    path.chmod(path.stat().st_mode | mode)
    assert hash_cache.opened() is None


def test_a_cache_that_is_a_link_or_no_database_is_not_used(place, tmp_path):
    opened().close()
    path = place / hash_cache.NAME
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    assert hash_cache.opened() is None
    path.unlink()
    path.write_bytes(b"no database at all, and long enough to be told from an empty one" * 9)
    assert hash_cache.opened() is None
    path.unlink()
    path.mkdir()
    assert hash_cache.opened() is None


def test_a_cache_of_another_user_is_not_used(place, monkeypatch):
    opened().close()
    someone = os.geteuid() + 1
    monkeypatch.setattr(os, "geteuid", lambda: someone)
    assert hash_cache.opened() is None


def test_a_cache_is_never_kept_in_the_folder_of_the_model(place, tmp_path):
    assert hash_cache.opened(str(tmp_path)) is None
    assert not place.exists()
    assert hash_cache.opened(str(tmp_path / "model")) is not None


def test_a_place_that_is_not_absolute_counts_for_nothing(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert hash_cache.folder() == f"{tmp_path}/.cache/governance-evidence"


def test_a_damaged_row_is_no_answer(place):
    cache = opened()
    cache.put(OLD, DIGEST)
    with sqlite3.connect(place / hash_cache.NAME) as database:
        database.execute("UPDATE hashed SET sha256 = 'md5:1'")
    assert cache.get(OLD) is None


def test_bytes_changed_under_the_same_times_are_found(place, tmp_path):
    """The time of a file can be set back; that of its inode can not."""
    model = tmp_path / "model"
    model.mkdir()
    weights = model / "w.bin"
    weights.write_bytes(b"a" * SMALLEST)
    os.utime(weights, ns=(NOW, NOW))
    cache = hash_cache.opened(str(model), clock_ns=lambda: 2**62)
    assert cache is not None
    before = model_folder.take(model, known=cache)
    assert cache.get(Stamp.of(weights.stat())) == before.rows[0].sha256
    with weights.open("r+b") as stream:
        stream.write(b"b")
    os.utime(weights, ns=(NOW, NOW))
    assert model_folder.take(model, known=cache).digest != before.digest
