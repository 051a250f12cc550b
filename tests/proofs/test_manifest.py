"""One list of files, one digest: in any order, on any machine, with every name a name everywhere."""

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.errors import UnreadableError
from governance.proofs import manifest
from governance.proofs.manifest import Row, build, empty_folder, path_problem, read

DIGEST = "sha256:" + "a" * 64
OTHER = "sha256:" + "b" * 64
names = st.text("abcé0-_.", min_size=1, max_size=5).filter(lambda name: name not in {".", ".."})
paths = st.lists(names, min_size=1, max_size=4).map("/".join).filter(lambda path: path_problem(path) is None)


def rows_of(listed: list[str]) -> list[Row]:
    """Files under these paths, without those that lie below another one."""
    kept = [path for path in listed if not any(path.startswith(f"{other}/") for other in listed)]
    return [Row(path, number, DIGEST) for number, path in enumerate(kept)]


@given(st.lists(paths, min_size=1, max_size=8, unique=True), st.randoms())
def test_the_order_in_which_files_are_found_does_not_matter(listed, random):
    rows = rows_of(listed)
    shuffled = random.sample(rows, len(rows))
    made = build(shuffled)
    assert made == build(rows)
    assert read(made.plain()) == made
    assert [row.path.encode() for row in made.rows] == sorted(row.path.encode() for row in rows)


def test_the_digest_can_be_taken_with_any_json_library():
    made = build([Row("b/é.txt", 3, OTHER), Row("a.txt", 1, DIGEST)])
    plain = [{"path": "a.txt", "size": 1, "sha256": DIGEST}, {"path": "b/é.txt", "size": 3, "sha256": OTHER}]
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert made.digest == "sha256:" + hashlib.sha256(text.encode()).hexdigest()
    assert made.total_bytes == 4


@given(st.lists(paths, min_size=2, max_size=6, unique=True), st.data())
def test_no_change_of_a_row_keeps_the_digest(listed, data):
    rows = rows_of(listed)
    made = build(rows)
    place = data.draw(st.integers(0, len(rows) - 1))
    row = rows[place]
    for changed in (
        Row(row.path, row.size + 1, row.sha256),
        Row(row.path, row.size, OTHER),
        Row("z" * 9, row.size, DIGEST),
    ):
        assert build([*rows[:place], changed, *rows[place + 1 :]]).digest != made.digest
    assert build([*rows, Row("z" * 9, 0, DIGEST)]).digest != made.digest
    assert build([*rows, empty_folder("z" * 9)]).digest != build([*rows, Row("z" * 9, 0, manifest.NO_BYTES)]).digest


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("", "empty path"),
        ("/", "empty path"),
        ("/etc/passwd", "absolute"),
        ("../x", "`..`"),
        ("a/../x", "`..`"),
        ("./x", "`.`"),
        ("a//b", "empty"),
        ("a//", "empty"),
        ("a\\b", "backslash"),
        ("a\nb", "U+000A"),
        ("a\x00b", "U+0000"),
        ("a\x7fb", "U+007F"),
        ("model\u202egnp.bin", "U+202E"),
        ("zero\u200bwidth", "U+200B"),
        ("filler\u3164", "U+3164"),
        ("variant\ufe0f", "U+FE0F"),
        ("\udcff", "not UTF-8"),
        ("e\u0301", "NFC"),
        ("x" * 1001, "longer"),
        ("/".join("d" * 65), "deeper"),
    ],
)
def test_a_path_that_is_not_the_same_everywhere_is_refused_with_the_reason(path, said):
    assert said in (path_problem(path) or "")
    with pytest.raises(UnreadableError, match="Rename it"):
        build([Row(path, 0, manifest.NO_BYTES)])


@pytest.mark.parametrize("path", [".git/HEAD", "a b.txt", "日本語/モデル.bin", "C:x", "...", "a/.b/c", "empty/"])
def test_a_path_that_is_odd_and_the_same_everywhere_is_kept(path):
    assert path_problem(path) is None


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("Model.bin", "model.bin", "case of letters"),
        ("Sub/a", "sub/b", "case of letters"),
        ("straße", "STRASSE", "case of letters"),
        ("a", "a/b", "which is a file or an empty folder"),
        ("a/", "a/b", "which is a file or an empty folder"),
        ("a", "a/", "twice"),
        ("a", "a", "twice"),
    ],
)
def test_two_paths_that_are_one_somewhere_are_refused(first, second, said):
    with pytest.raises(UnreadableError, match=said):
        build([Row(path, 0, manifest.NO_BYTES) for path in (first, second)])


@pytest.mark.parametrize(
    "value",
    [
        [],
        {},
        None,
        [1],
        [{"path": "a", "size": 1}],
        [{"path": "a", "size": 1, "sha256": DIGEST, "more": 1}],
        [{"path": "a", "size": -1, "sha256": DIGEST}],
        [{"path": "a", "size": True, "sha256": DIGEST}],
        [{"path": "a", "size": 1.0, "sha256": DIGEST}],
        [{"path": "a", "size": 1, "sha256": DIGEST.upper()}],
        [{"path": "a", "size": 1, "sha256": None}],
        [{"path": "a/", "size": 1, "sha256": DIGEST}],
        [{"path": 1, "size": 1, "sha256": DIGEST}],
        [{"path": "b", "size": 1, "sha256": DIGEST}, {"path": "a", "size": 1, "sha256": DIGEST}],
    ],
)
def test_what_is_no_manifest_is_refused(value):
    with pytest.raises(UnreadableError):
        read(value)


def test_a_part_with_bytes_counts_by_its_digest_and_one_without_by_its_name():
    known = {"part": "base", "name": "one", "digest": DIGEST, "revision": "main"}
    named = {"part": "base", "name": "one", "digest": None, "revision": "main"}
    whole = manifest.identity([known])
    assert whole == manifest.identity([known | {"name": "two", "revision": None}])
    assert whole != manifest.identity([known | {"digest": OTHER}])
    assert whole != manifest.identity([known | {"part": "adapter"}])
    by_name = manifest.identity([named])
    assert (
        len({whole, by_name, *(manifest.identity([named | {key: "x"}]) for key in ("part", "name", "revision"))}) == 5
    )


def test_the_rows_of_a_folder_inside_have_their_paths_in_it():
    made = build([Row("a/b", 1, DIGEST), Row("ab", 2, OTHER), empty_folder("a/c")])
    assert [row.path for row in made.under("a").rows] == ["b", "c/"]
    assert made.under("") == made
