"""A pack's container: what was written is read back, and no other byte goes unseen."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import subprocess
import tarfile
import zipfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.errors import GovernanceError, IntegrityError, UnreadableError
from governance.verifier import tar_form, zip_form
from governance.verifier.containers import open_container
from governance.verifier.spans import MAX_READ
from tests.verifier.made_containers import PARTS, folder, genuine, genuine_tar

if TYPE_CHECKING:
    from pathlib import Path

NAMES = st.lists(
    st.from_regex(r"[a-z0-9][a-z0-9_@+-]{0,8}(/[a-z0-9][a-z0-9_]{0,8}\.[a-z]{2}){1,2}", fullmatch=True),
    min_size=1,
    max_size=6,
)
MANY = NAMES.flatmap(lambda names: st.fixed_dictionaries({name: st.binary(max_size=1500) for name in names}))


def put(place: Path, data: bytes) -> Path:
    path = place / "pack"
    path.write_bytes(data)
    return path


def contents(path: Path, odd: list[tuple[str, str]] | None = None) -> dict[str, bytes]:
    with open_container(path, odd) as container:
        made = {name: container.read(name) for name in container.names}
        assert {name: container.digest(name) for name in made} == {
            name: "sha256:" + hashlib.sha256(data).hexdigest() for name, data in made.items()
        }
        return made


def outcome(path: Path) -> str:
    """`read`, `odd` (exit 4) or `refused` (exit 6), as a reader that goes on sees it."""
    odd: list[tuple[str, str]] = []
    try:
        contents(path, odd)
    except UnreadableError:
        return "refused"
    return "odd" if odd else "read"


@pytest.mark.parametrize("made", [genuine, genuine_tar])
def test_what_was_written_is_read_back_in_its_order(made, tmp_path):
    found = contents(put(tmp_path, made()))
    assert found == PARTS
    assert list(found) == sorted(PARTS)


def test_a_folder_of_the_same_members_is_read_alike(tmp_path):
    found = contents(folder(tmp_path / "pack"))
    assert found == PARTS
    assert list(found) == sorted(PARTS)


@given(MANY)
@settings(max_examples=60, deadline=None)
def test_any_members_come_back_from_zip_and_tar(tmp_path_factory, parts):
    place = tmp_path_factory.getbasetemp()
    names = sorted(parts)
    if any(one != other and other.startswith(one + "/") for one in names for other in names):
        return
    assert contents(put(place, genuine(parts))) == parts
    assert contents(put(place, genuine_tar(parts))) == parts


def test_other_programs_read_the_same_members(tmp_path):
    with zipfile.ZipFile(io.BytesIO(genuine())) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == PARTS
    with tarfile.open(fileobj=io.BytesIO(genuine_tar())) as archive:
        assert {item.name: archive.extractfile(item).read() for item in archive} == PARTS


@pytest.mark.skipif(shutil.which("tar") is None, reason="needs GNU tar")
def test_gnu_tar_makes_the_same_bytes_by_the_command_in_the_docstring(tmp_path):
    if b"GNU tar" not in subprocess.run(["tar", "--version"], capture_output=True, check=False).stdout:
        pytest.skip("another tar")
    long = {"/".join(["part" * 15] * 2) + "/" + "name" * 20: b"behind a prefix"}
    folder(tmp_path / "pack", PARTS | long)
    command = tar_form.__doc__.split("::\n", 1)[1].split("\n\nLinks", 1)[0]
    command = command.replace("\\\n", " ").replace("pack.tar", "../pack.tar").strip()
    subprocess.run(["bash", "-c", command], cwd=tmp_path / "pack", check=True)
    assert (tmp_path / "pack.tar").read_bytes() == genuine_tar(PARTS | long)
    assert contents(tmp_path / "pack.tar") == PARTS | long


@pytest.mark.parametrize("made", [genuine, genuine_tar])
def test_a_container_cut_anywhere_can_not_be_read_and_says_it_is_cut(made, tmp_path):
    data = made()
    for cut in range(1, len(data), 7):
        with pytest.raises(UnreadableError, match="cut"):
            contents(put(tmp_path, data[:cut]), [])


def test_every_flipped_bit_around_the_members_of_a_zip_is_an_oddity_and_names_a_member(tmp_path):
    data = genuine()
    members = [*PARTS, "(archive)"]
    for place in range(len(data)):
        for bit in (0x01, 0x40):
            changed = bytearray(data)
            changed[place] ^= bit
            odd: list[tuple[str, str]] = []
            contents(put(tmp_path, bytes(changed)), odd)
            assert odd, place
            assert all(name in members or bytes(changed).count(name.encode()) for name, _ in odd)


def test_every_flipped_bit_of_a_tar_is_refused_odd_or_in_a_member(tmp_path):
    data = genuine_tar()
    for place in range(0, len(data), 3):
        changed = bytearray(data)
        changed[place] ^= 0x10
        odd: list[tuple[str, str]] = []
        try:
            assert contents(put(tmp_path, bytes(changed)), odd) != PARTS or odd, place
        except UnreadableError:
            continue


def changed(data: bytes, how: str, one: int, other: int, new: bytes) -> bytes:
    one, other = sorted((one % (len(data) + 1), other % (len(data) + 1)))
    return {
        "flip": data[:one] + bytes(byte ^ 0xA5 for byte in data[one : one + 1]) + data[one + 1 :],
        "cut": data[:one],
        "insert": data[:one] + new + data[one:],
        "delete": data[:one] + data[other:],
        "duplicate": data[:other] + data[one:other] + data[other:],
        "replace": data[:one] + new + data[one + len(new) :],
    }[how]


HOW = st.sampled_from(["flip", "cut", "insert", "delete", "duplicate", "replace"])
STEP = st.tuples(HOW, st.integers(0, 1 << 20), st.integers(0, 1 << 20), st.binary(min_size=1, max_size=40))


@given(st.lists(STEP, min_size=1, max_size=3))
@settings(max_examples=400, deadline=None)
def test_a_zip_is_the_same_bytes_or_is_not_taken(tmp_path_factory, steps):
    data = genuine()
    for how, one, other, new in steps:
        data = changed(data, how, one, other, new)
    taken = outcome(put(tmp_path_factory.getbasetemp(), data))
    assert (taken == "read") == (data == genuine())


@given(st.lists(STEP, min_size=1, max_size=3))
@settings(max_examples=200, deadline=None)
def test_a_tar_is_the_same_bytes_or_is_not_taken_or_has_other_members(tmp_path_factory, steps):
    data = genuine_tar()
    for how, one, other, new in steps:
        data = changed(data, how, one, other, new)
    path = put(tmp_path_factory.getbasetemp(), data)
    if outcome(path) == "read":
        assert genuine_tar(contents(path)) == data


@given(st.binary(max_size=400), st.sampled_from([b"", b"PK\x03\x04", b"PK\x05\x06", bytes(257) + b"ustar\x0000"]))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_refused_and_nothing_else_is_raised(tmp_path_factory, data, begin):
    path = put(tmp_path_factory.getbasetemp(), begin + data)
    with pytest.raises(UnreadableError):
        open_container(path)


def test_without_a_list_the_first_oddity_is_raised(tmp_path):
    data = bytearray(genuine())
    data[10] ^= 1
    with pytest.raises(IntegrityError, match=r"SPEC\.md: its header .* time is 0100 and must be 0000") as caught:
        open_container(put(tmp_path, bytes(data)))
    assert "Ask for the file again" in caught.value.hint


def test_a_changed_byte_of_a_member_is_seen_when_it_is_read_or_hashed(tmp_path):
    data = genuine()
    path = put(tmp_path, data.replace(b"# How to verify", b"# How to falsify"[:15]))
    with open_container(path) as container:
        for look in (container.read, container.digest):
            with pytest.raises(IntegrityError, match=r"SPEC\.md.*CRC-32"):
                look("SPEC.md")


def test_a_long_member_is_hashed_in_pieces_and_not_read_whole(tmp_path):
    long = bytes(range(256)) * 20_000
    for made in (genuine, genuine_tar):
        path = put(tmp_path, made({"a": long, "b": b"next"}))
        with open_container(path) as container:
            assert container.digest("a") == "sha256:" + hashlib.sha256(long).hexdigest()
            assert container.read("b") == b"next"
            with pytest.raises(UnreadableError, match="over the cap of 1,000"):
                container.read("a", limit=1000)
            with pytest.raises(UnreadableError, match="is missing"):
                container.read("c")
    assert MAX_READ < 300 << 20


def test_a_stored_zip_of_another_program_is_read_and_the_difference_is_named(tmp_path):
    with zipfile.ZipFile(tmp_path / "again.zip", "w") as archive:
        for name, data in sorted(PARTS.items()):
            archive.writestr(zipfile.ZipInfo(name, (2026, 11, 25, 12, 0, 0)), data)
    odd: list[tuple[str, str]] = []
    assert contents(tmp_path / "again.zip", odd) == PARTS
    assert odd[0][0] == "SPEC.md"
    assert "and so do 4 more" in odd[0][1]


def test_members_out_of_order_are_an_oddity(tmp_path):
    with zipfile.ZipFile(tmp_path / "order.zip", "w") as archive:
        for name in ("b", "a"):
            archive.writestr(name, b"")
    odd: list[tuple[str, str]] = []
    contents(tmp_path / "order.zip", odd)
    assert ("a", "stands out of order in the archive, after b") in odd


@pytest.mark.parametrize("form", [zip_form, tar_form])
@pytest.mark.parametrize("names", [["B", "b"], ["a", "a/b"], ["a", "a"], ["b", "a"]])
def test_a_writer_refuses_members_that_a_reader_could_not_tell_apart(form, names):
    with pytest.raises(GovernanceError):
        form.write(io.BytesIO(), [(name, b"") for name in names])


@pytest.mark.parametrize("form", [zip_form, tar_form])
@pytest.mark.parametrize("name", ["../a", "/a", "a b", "a//b", "", "ä", "con.txt", "a/nul", "a."])
def test_a_writer_refuses_the_names_that_a_reader_refuses(form, name):
    with pytest.raises(GovernanceError, match="name"):
        form.write(io.BytesIO(), [(name, b"")])


def test_a_folder_that_changes_while_it_is_read_is_not_taken_for_what_it_was(tmp_path):
    place = folder(tmp_path / "pack")
    with open_container(place) as container:
        (place / "SPEC.md").write_bytes(b"# another\n")
        os.utime(place / "documents" / "audit-report.html", ns=(1, 1))
        for name in ("SPEC.md", "documents/audit-report.html"):
            with pytest.raises(IntegrityError, match="changed while"):
                container.digest(name)
        (place / "manifest.dsse.json").unlink()
        (place / "manifest.dsse.json").symlink_to("SPEC.md")
        with pytest.raises(UnreadableError, match=r"manifest\.dsse\.json"):
            container.read("manifest.dsse.json")


def test_a_folder_may_hold_hard_links_and_no_empty_folders(tmp_path):
    place = folder(tmp_path / "pack")
    os.link(place / "SPEC.md", place / "SPEC2.md")
    assert contents(place)["SPEC2.md"] == PARTS["SPEC.md"]
    (place / "empty").mkdir()
    with pytest.raises(IntegrityError, match="without files"):
        open_container(place)
