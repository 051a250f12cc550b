"""Archives and texts made to harm whoever reads them: each is refused with its reason, within two seconds and 300 MB.

Every case runs in a process of its own whose processor time and address space the system limits; one that needs more dies, and
the test with it.
"""

from __future__ import annotations

import io
import os
import socket
import subprocess
import sys
import tarfile
import zipfile
import zlib
from typing import TYPE_CHECKING

import pytest

from governance.errors import IntegrityError, UnreadableError
from governance.verifier.containers import open_container
from governance.verifier.spans import MAX_MEMBER, MAX_MEMBERS, MAX_ODDITIES
from tests.verifier.made_containers import PARTS, Row, folder, genuine, tar_header, tarred, zipped

if TYPE_CHECKING:
    from pathlib import Path

SECONDS, BYTES = 2, 300 << 20
CHILD = f"""
import resource, sys
from pathlib import Path
resource.setrlimit(resource.RLIMIT_CPU, ({SECONDS}, {SECONDS}))
resource.setrlimit(resource.RLIMIT_AS, ({BYTES}, {BYTES}))
from governance.errors import GovernanceError
def container(path):
    from governance.verifier.containers import open_container
    odd = []
    with open_container(path, odd) as opened:
        for name in opened.names:
            opened.digest(name)
    for member, said in odd:
        print(4, f"{{member}}: {{said}}")
        return
    print(0)
def json(path):
    from governance.parsing import strict_json
    strict_json.loads(path.read_bytes(), where=path.name)
    print(0)
def yaml(path):
    from governance.parsing import strict_yaml
    strict_yaml.loads(path.read_bytes(), where=path.name)
    print(0)
try:
    globals()[sys.argv[1]](Path(sys.argv[2]))
except GovernanceError as error:
    print(error.exit_code, str(error)[:400])
"""


def limited(reader: str, path: Path) -> tuple[int, str]:
    """(exit code the error stands for, what it says) of reading the file under the limits."""
    done = subprocess.run(
        [sys.executable, "-c", CHILD, reader, str(path)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, (done.returncode, done.stderr[-600:])
    code, _, said = done.stdout.strip().partition(" ")
    return int(code), said


def written(place: Path, data: bytes) -> Path:
    path = place / "hostile"
    path.write_bytes(data)
    return path


def of_tarfile(*items: tuple[str, bytes, dict[str, object]], form: int = tarfile.USTAR_FORMAT) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=form) as archive:
        for name, data, said in items:
            item = tarfile.TarInfo(name)
            item.size = len(data)
            for field, value in said.items():
                setattr(item, field, value)
            archive.addfile(item, io.BytesIO(data))
    return stream.getvalue()


def deflated(name: str, data: bytes, level: int = 9) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        archive.writestr(name, data)
    return stream.getvalue()


def nested(depth: int) -> bytes:
    data = bytes(100_000)
    for number in range(depth):
        data = deflated(f"lib {number}.zip".replace(" ", ""), data)
    return data


def both(**said: object) -> Row:
    return Row(b"a", b"x" * 10, dict(said), dict(said))


ONE = Row(b"a", b"x" * 10)
ZIPS: dict[str, tuple[bytes, int, str]] = {
    # what it is: (its bytes, exit code, what is said)
    "climbs out": (zipped([Row(b"../../etc/passwd")]), 6, r"../../etc/passwd: has a name that climbs"),
    "climbs in the middle": (zipped([Row(b"a/../../b")]), 6, "climbs"),
    "absolute": (zipped([Row(b"/etc/passwd")]), 6, "/etc/passwd: has an absolute name"),
    "a drive": (zipped([Row(b"C:evil")]), 6, "absolute"),
    "a backslash": (zipped([Row(b"a\\..\\b")]), 6, "backslash"),
    "a NUL": (zipped([Row(b"a.txt\0.exe")]), 6, r"a.txt\x00.exe: has a NUL"),
    "no UTF-8": (zipped([Row(b"a\xff\xfe")]), 6, "other signs"),
    "composed letters": (zipped([Row("é".encode()), Row("e\u0301".encode())]), 6, "other signs"),
    "turned letters": (zipped([Row("a\u202etxt.exe".encode())]), 6, "other signs"),
    "a line break": (zipped([Row(b"a\nb: verified")]), 6, r"a\x0ab: verified: has a name with other signs"),
    "a device": (zipped([Row(b"x/NUL.txt")]), 6, "device"),
    "no name": (zipped([Row(b"")]), 6, "has no name"),
    "a folder": (zipped([Row(b"a/", b"")]), 6, "is a folder"),
    "a long name": (zipped([Row(b"a" * 65_535)]), 6, "has a name of 65,535 characters"),
    "deep": (zipped([Row(b"/".join([b"d"] * 60))]), 6, "59 folders deep"),
    "twice": (zipped([Row(b"a", b"1"), Row(b"a", b"2")]), 6, "a: stands in it more than once"),
    "capitals": (zipped([Row(b"README"), Row(b"readme")]), 6, "readme: differs from README in capitals alone"),
    "file and folder": (zipped([Row(b"a"), Row(b"a/b")]), 6, "a/b: lies in a, which is a file"),
    "folder and file": (zipped([Row(b"A/b"), Row(b"a")]), 6, "a: is a file, and a folder too"),
    "junk before": (zipped([ONE], before=b"#!/bin/sh\n"), 6, "something stands before its first member"),
    "a picture before": (b"GIF89a" + genuine(), 6, "something stands before its first member"),
    "junk behind": (genuine() + b"\0", 4, "(archive): 1 bytes stand behind its end"),
    "another archive behind": (genuine() + genuine({"other": b"1"}), 4, "bytes stand behind its end"),
    "between": (zipped([ONE], start=11), 4, "(archive): its end record"),
    "overlapping": (zipped([ONE, Row(b"b", b"y", central={"offset": 0})]), 4, "b: its line in the archive's directory"),
    "one body for many": (
        zipped([Row(b"a", b"x" * 99)] + [Row(b"b%d" % n, b"", central={"offset": 0, "size": 99, "packed": 99}) for n in range(9)]),
        4, "b0: its line in the archive's directory",
    ),
    "a longer member": (zipped([both(size=11, packed=11), Row(b"b")]), 6, "a: behind its 11 bytes no other member"),
    "much longer": (zipped([both(size=1 << 29, packed=1 << 29)]), 6, "a: is cut, or says a false length"),
    "over the cap": (zipped([both(size=MAX_MEMBER + 1, packed=MAX_MEMBER + 1)]), 6, "a: 1,073,741,825 bytes are over the cap"),
    "two lengths": (zipped([both(size=1 << 31)]), 6, "a: is stored, and yet 10 bytes are to become 2,147,483,648"),
    "another name inside": (zipped([Row(b"a", central={"name": b"b"})]), 4, "a: its line in the archive's directory"),
    "another length inside": (zipped([Row(b"a", b"xy", central={"size": 1})]), 4, "a: its line in the archive's directory"),
    "another CRC inside": (zipped([Row(b"a", b"xy", central={"crc": 1})]), 4, "CRC-32 is 01000000 and must be"),
    "another local name": (zipped([Row(b"a", local={"name": b"../b"})]), 6, "../b: has a name that climbs"),
    "a false CRC": (zipped([both(crc=7)]), 4, "a: its bytes are not those that its header counts"),
    "hidden from the list": (zipped([ONE, Row(b"b")], count=1), 4, "(archive): its end record"),
    "ZIP64": (zipped([both(size=0xFFFFFFFF, packed=0xFFFFFFFF, extra=b"\1\0\20\0" + bytes(16))]), 6, "ZIP64"),
    "extra field": (zipped([both(extra=b"\x75\x70\5\0\1" + bytes(4))]), 4, "a: its header in the archive"),
    "encrypted": (zipped([both(flags=0x801)]), 6, "a: is encrypted"),
    "strongly encrypted": (zipped([both(flags=0x841)]), 6, "a: is encrypted"),
    "length behind": (zipped([both(flags=0x808)]), 6, "a data descriptor"),
    "no such method": (zipped([both(method=77)]), 6, "a: is compressed (method 77)"),
    "deflated bomb": (deflated("a", bytes(40 << 20)), 6, "a: is compressed (deflate)"),
    "nested": (nested(30), 6, "lib29.zip: is compressed"),
    "one byte too few": (genuine()[:-1], 6, "is cut, in its end record"),
    "no member": (zipped([]), 6, "an archive without members"),
    "several pieces": (b"PK\x07\x08" + genuine(), 6, "something stands before"),
    "gzip": (b"\x1f\x8b\x08" + bytes(20), 6, "packed with gzip"),
}  # fmt: skip

LINK = {"type": tarfile.SYMTYPE, "linkname": "/etc"}
TARS: dict[str, tuple[bytes, int, str]] = {
    "a link and a file through it": (of_tarfile(("a", b"", LINK), ("a/passwd", b"root", {})), 6, "a: is a symbolic link"),
    "a hard link": (of_tarfile(("a", b"", {"type": tarfile.LNKTYPE, "linkname": "/etc/passwd"})), 6, "a: is a hard link"),
    "a device": (of_tarfile(("a", b"", {"type": tarfile.BLKTYPE})), 6, "a: is a block device"),
    "a pipe": (of_tarfile(("a", b"", {"type": tarfile.FIFOTYPE})), 6, "a: is a named pipe"),
    "a folder": (of_tarfile(("a", b"", {"type": tarfile.DIRTYPE})), 6, "a/: is a folder"),
    "climbs out": (of_tarfile(("../../a", b"x", {})), 6, "../../a: has a name that climbs"),
    "absolute": (of_tarfile(("/etc/passwd", b"x", {})), 6, "absolute"),
    "absolute by its prefix": (tarred((tar_header(b"passwd", 0, prefix=b"/etc"), b"")), 6, "absolute"),
    "another name in pax": (
        of_tarfile(("a", b"x", {"pax_headers": {"path": "../../evil"}}), form=tarfile.PAX_FORMAT), 6, "is a pax record",
    ),
    "pax for all": (tarred((tar_header(b"g", 13, kind=b"g"), b"13 path=/etc\n")), 6, "a pax record for all members"),
    "a long name of GNU": (of_tarfile(("a" * 200, b"x", {}), form=tarfile.GNU_FORMAT), 6, "GNU's own form"),
    "a sparse file": (tarred((tar_header(b"a", 0, kind=b"S"), b"")), 6, "a: is a GNU sparse file"),
    "a huge length": (tarred((tar_header(b"a", 0, size_field=b"77777777777\0"), b"")), 6, "over the cap"),
    "a long length": (tarred((tar_header(b"a", 0, size_field=b"07777777777\0"), b"")), 6, "says a false length"),
    "base 256": (tarred((tar_header(b"a", 0, size_field=b"\x80" + bytes(10) + b"\1"), b"")), 6, "base 256"),
    "less than nothing": (tarred((tar_header(b"a", 0, size_field=b"-0000000001\0"), b"")), 6, "eleven octal digits"),
    "twice": (tarred((tar_header(b"a"), b""), (tar_header(b"a"), b"")), 6, "a: stands in it more than once"),
    "capitals": (tarred((tar_header(b"A"), b""), (tar_header(b"a"), b"")), 6, "capitals alone"),
    "no order": (tarred((tar_header(b"b"), b""), (tar_header(b"a"), b"")), 4, "a: stands out of order"),
    "a time": (tarred((tar_header(b"a", 0, mtime=b"00000000001"), b"")), 4, "time is"),
    "a false checksum": (tarred((tar_header(b"a", 0)[:148] + b"0000000\0" + tar_header(b"a", 0)[156:], b"")), 4, "checksum is"),
    "bytes in the padding": (tarred((tar_header(b"a", 1), b"x" + b"hidden")), 4, "a: other bytes than zeros"),
    "bytes at the end": (tarred((tar_header(b"a"), b""), zeros=1024) + b"hidden".ljust(8704, b"\0"), 4, "other bytes than zeros"),
    "no end": (tarred((tar_header(b"a"), b""), zeros=0), 6, "is cut after a"),
    "a short end": (tarred((tar_header(b"a"), b""), zeros=512), 6, "is cut, in the zeros that close it"),
    "a long end": (tarred((tar_header(b"a"), b""), zeros=20480 - 512), 4, "10,240 bytes stand behind its end"),
}  # fmt: skip


@pytest.mark.parametrize("what", ZIPS)
def test_a_hostile_zip_is_refused_with_its_reason(what, tmp_path):
    data, code, said = ZIPS[what]
    found, sentence = limited("container", written(tmp_path, data))
    assert found == code, sentence
    assert said in sentence
    assert sorted(path.name for path in tmp_path.iterdir()) == ["hostile"]


@pytest.mark.parametrize("what", TARS)
def test_a_hostile_tar_is_refused_with_its_reason(what, tmp_path):
    data, code, said = TARS[what]
    found, sentence = limited("container", written(tmp_path, data))
    assert found == code, sentence
    assert said in sentence


def test_more_members_than_a_zip_can_count_are_refused_in_time(tmp_path):
    rows = [Row(b"%06d" % number, b"") for number in range(MAX_MEMBERS + 1)]
    code, said = limited("container", written(tmp_path, zipped(rows)))
    assert (code, "more than 65,535 members are over the cap" in said) == (6, True)


def test_as_many_members_as_allowed_with_the_longest_names_are_read_in_time(tmp_path):
    long = b"/".join([b"d" * 40] * 5)
    rows = [Row(long + b"/%06d" % number, b"") for number in range(MAX_MEMBERS)]
    assert limited("container", written(tmp_path, zipped(rows)))[0] == 0


def test_more_folders_than_can_be_remembered_are_refused_in_time(tmp_path):
    rows = [Row(b"/".join([b"%05d" % number] + [b"f" * 14] * 15), b"") for number in range(MAX_MEMBERS)]
    code, said = limited("container", written(tmp_path, zipped(rows)))
    assert (code, "lies in one folder more than the cap of 10,000" in said) == (6, True)


def test_of_very_many_oddities_the_first_are_named_and_the_rest_said_to_be_there(tmp_path):
    rows = [(tar_header(b"%05d" % number, 1), b"x" + b"y") for number in range(20_000, 0, -1)]
    odd: list[tuple[str, str]] = []
    open_container(written(tmp_path, tarred(*rows)), odd).close()
    assert len(odd) == MAX_ODDITIES + 1
    assert odd[-1][1].startswith("more is odd")


def test_a_file_of_many_gigabytes_of_nothing_is_refused_at_once(tmp_path):
    for begin in (genuine()[:60], tarred((tar_header(b"a", 0), b""))[:512], b""):
        path = written(tmp_path, begin)
        for size in (1 << 42, (1 << 32) - 1):
            os.truncate(path, size)
            code, said = limited("container", path)
            assert code in (4, 6), said


def test_a_member_longer_than_the_memory_is_hashed_and_not_read_whole(tmp_path):
    size = 400 << 20
    path = written(tmp_path, tar_header(b"a", size))
    os.truncate(path, 512 + size + 1024 + -(512 + size + 1024) % 10240)
    assert limited("container", path)[0] == 0
    with open_container(path) as container, pytest.raises(UnreadableError, match="over the cap"):
        container.read("a")


HOSTILE_FOLDERS = {
    "a link to a file": (lambda at: (at / "a").symlink_to("/etc/passwd"), "a: is a symbolic link"),
    "a link to a folder": (lambda at: (at / "a").symlink_to("/etc"), "a: is a symbolic link"),
    "a link in a circle": (lambda at: (at / "a").symlink_to("."), "a: is a symbolic link"),
    "a pipe": (lambda at: os.mkfifo(at / "a"), "a: is a named pipe"),
    "a name of other signs": (lambda at: (at / "a\nb").write_bytes(b""), r"a\x0ab: has a name"),
    "a name of no UTF-8": (lambda at: open(os.fsencode(at) + b"/\xff", "wb").close(), "other signs"),  # noqa: PTH123
    "a hidden space": (lambda at: (at / "a ").write_bytes(b""), "other signs"),
    "capitals": (lambda at: [(at / name).write_bytes(b"") for name in ("b", "B")], "capitals alone"),
    "deep": (lambda at: (at / "/".join("d" * 100)).mkdir(parents=True), "is a folder more than 15 deep"),
    "a sparse file": (lambda at: [(at / "a").write_bytes(b""), os.truncate(at / "a", MAX_MEMBER + 1)], "over the caps"),
    "many sparse files": (
        lambda at: [((at / f"{n}").write_bytes(b""), os.truncate(at / f"{n}", MAX_MEMBER)) for n in range(5)], "over the caps",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", HOSTILE_FOLDERS)
def test_a_hostile_folder_is_refused_with_its_reason(what, tmp_path):
    make, said = HOSTILE_FOLDERS[what]
    make(folder(tmp_path / "pack"))
    code, sentence = limited("container", tmp_path / "pack")
    assert (code, said in sentence) == (6, True), sentence


def test_a_socket_a_pipe_and_an_empty_folder_are_no_packs(tmp_path):
    (tmp_path / "empty").mkdir()
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(tmp_path / "s"))
        for name in ("empty", "pipe", "s", "absent", "a\0b"):
            with pytest.raises(UnreadableError):
                open_container(tmp_path / name)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is closed to root")
def test_a_file_that_may_not_be_read_is_said_to_be_so(tmp_path):
    place = folder(tmp_path / "pack")
    (place / "SPEC.md").chmod(0)
    with open_container(place) as container, pytest.raises(UnreadableError, match="Permission denied"):
        container.read("SPEC.md")


def test_a_changed_local_header_is_found_by_the_directory_whatever_it_pretends(tmp_path):
    """One header made compressed, encrypted, endless or nameless does not hide who was changed."""
    data = genuine()
    at = data.index(b"PK\x03\x04", 1)
    for place, value in (
        (8, b"\x08"),
        (6, b"\x01"),
        (22, b"\xff\xff\xff\xff"),
        (26, b"\xff\xff"),
        (30, b"../"),
        (0, b"XX"),
    ):
        changed = bytearray(data)
        changed[at + place : at + place + len(value)] = value
        with pytest.raises(IntegrityError, match=f"^{sorted(PARTS)[1]}: its header"):
            open_container(written(tmp_path, bytes(changed)))


def lone(data: bytes) -> bytes:
    return b'{"a":' + data + b"}"


JSONS = {
    "the same key twice": b'{"decision":"reject","decision":"approve"}',
    "the same key by an escape": b'{"a":1,"\\u0061":2}',
    "NaN": lone(b"NaN"), "Infinity": lone(b"-Infinity"), "a number beyond all": lone(b"1e999"),
    "half a pair": lone(b'"\\ud800"'), "half a pair in a key": b'{"\\udc00":1}', "half a pair in UTF-8": lone(b'"\xed\xa0\x80"'),
    "an overlong letter": lone(b'"\xc0\xaf"'), "UTF-16": '{"a":1}'.encode("utf-16"), "two marks": b"\xef\xbb\xbf\xef\xbb\xbf{}",
    "a tower of lists": b"[" * 5_000_000, "a tower of objects": b'{"a":' * 2_000_000, "a closed tower": b"[" * 900 + b"]" * 900,
    "many empty lists": b"[" + b"[]," * 9_000_000 + b"[]]", "very many numbers": b"[" + b"1," * 9_000_000 + b"1]",
    "a number without end": lone(b"9" * 3_000_000), "a string without end": b'"' + b"\\" * 9_000_001,
    "over the cap": b" " * ((64 << 20) + 1),
    **{f"n {number}": data for number, data in enumerate([
        b"[1 true]", b"[a\xe5]", b"[1,]", b"[,1]", b"[1,,2]", b'["x"]]', b'["",]', b'["x"', b"[-]", b"[+1]", b"[.2e-3]", b"[0.e1]",
        b"[1.]", b"[01]", b"[-01]", b"[0x42]", b"[1e]", b"[2.e3]", b"[1_000]", b"[Inf]", b"[--2.]", "[１]".encode(), b"[1+2]",
        b"{a:1}", b"{'a':0}", b'{"a" b}', b'{"a"}', b'{"a":1,}', b'{"a":1 /* c */}', b'{"a":1}//', b'{"a":1}#', b'{"id":0,,}', b'{:"b"}',
        b'["\\u00A"]', b'["\\x00"]', b'["\\a"]', b'["\t"]', b'["a\0a"]', b"['']", b"\xe2\x80\x8b[]", b"[\x0c]", b"", b" ", b"nul", b"True",
        b"[]x", b"{}{}", b'"', b"*", b"]", b"<null>", b"\xef\xbb",
    ])},
}  # fmt: skip
"""The last ones after the kinds of wrong text that Nicolas Seriot's JSONTestSuite names `n_…`."""

QUICK = [what for what, data in JSONS.items() if len(data) < 2_000]


@pytest.mark.parametrize("what", QUICK)
def test_a_hostile_json_is_refused(what):
    from governance.parsing import strict_json

    with pytest.raises(UnreadableError):
        strict_json.loads(JSONS[what], where="hostile.json")


@pytest.mark.parametrize("what", [what for what in JSONS if what not in QUICK])
def test_a_json_bomb_is_refused_within_the_limits(what, tmp_path):
    assert limited("json", written(tmp_path, JSONS[what]))[0] == 6


def test_two_unicode_spellings_are_two_keys_and_both_are_kept():
    """JSON compares code points. What signs and what verifies see the same two keys; names of members are ASCII alone."""
    from governance.parsing import canonical, strict_json

    read = strict_json.loads('{"\u00e9":1,"e\u0301":2}'.encode())
    assert sorted(read.values()) == [1, 2]
    assert strict_json.loads(canonical.dumps(read)) == read


def test_a_number_that_a_double_can_not_hold_is_exact_and_has_no_canonical_form():
    from governance.errors import GovernanceError
    from governance.parsing import canonical, strict_json

    number = strict_json.loads(b"9007199254740993")
    assert number == 2**53 + 1
    with pytest.raises((GovernanceError, ValueError)):
        canonical.dumps({"a": number})


LAUGHS = "\n".join(["a0: &a0 [x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)])
YAMLS = {
    "a billion laughs": LAUGHS, "an alias": "a: &x 1\nb: *x", "a merge": "a: {<<: {b: 1}}", "python": "!!python/object/apply:os.system [id]",
    "a tag": "a: !x 1", "a core tag": "a: !!str 1", "twice": "decision: reject\ndecision: approve", "deep": "[" * 100_000,
    "deep by dashes": "- " * 100_000, "two documents": "a: 1\n--- \nb: 2", "a set": "? a\n? [b]", "many": "[" + "a," * 200_000 + "]",
    "a NUL": "a: \0", "over the cap": "a" * (1024 * 1024 + 1), "half a pair": 'a: "\\ud800"',
}  # fmt: skip


@pytest.mark.parametrize("what", YAMLS)
def test_a_hostile_yaml_is_refused_within_the_limits(what, tmp_path):
    assert limited("yaml", written(tmp_path, YAMLS[what].encode()))[0] == 6


def test_an_archive_that_holds_itself_is_opened_once(tmp_path):
    """Members are never opened as archives, so a stored copy of a pack in a pack is bytes like any other."""
    data = genuine()
    for _ in range(20):
        data = genuine({"pack.zip": data})
    assert limited("container", written(tmp_path, data)) == (0, "")
    assert zlib.crc32(data)
