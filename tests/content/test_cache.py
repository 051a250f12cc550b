"""What was parsed once is remembered as it was, and a memory that is broken, foreign or absent changes nothing but the time."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from governance.content import cache, loader
from governance.errors import UnreadableError
from governance.parsing import strict_yaml
from tests.content import made

if TYPE_CHECKING:
    from pathlib import Path

DATED = b"""\
day: 2026-06-01
moment: 2026-06-01T10:20:30Z
local: 2026-06-01T10:20:30.5+02:30
naive: 2026-06-01 10:20:30
list: [2026-01-31, text, 1, 1.5, true, null, {inner: 0001-01-01}]
looks like a day: "2026-06-01"
"""


def kept(place: Path) -> Path:
    """The one file the cache has."""
    (found,) = place.iterdir()
    return found


def forget_nothing(place: Path, data: bytes) -> None:
    """Parse and keep, as one run of the program does."""
    parse = cache.Parsed(place)
    parse(data, "x.yaml")
    parse.keep()


def planted(place: Path, data: bytes, value: Any) -> cache.Parsed:
    """A cache whose file says that these bytes have this value."""
    forget_nothing(place, b"any: thing")
    path = kept(place)
    path.write_text(json.dumps({cache.key_of(data): value}), "utf-8")
    return cache.Parsed(place)


def test_what_is_kept_is_what_the_next_run_gets_and_nothing_is_parsed(tmp_path: Path) -> None:
    assert planted(tmp_path, b"a: 1", {"a": "remembered"})(b"a: 1", "x.yaml") == {"a": "remembered"}


def test_what_another_parser_gave_is_not_taken(tmp_path: Path) -> None:
    assert cache.key_of(b"a: 1", b"an older parser") != cache.key_of(b"a: 1") != cache.key_of(b"a: 2")
    parse = planted(tmp_path, b"a: 1", {"a": "remembered"})
    path = kept(tmp_path)
    path.write_text(json.dumps({cache.key_of(b"a: 1", b"an older parser"): {"a": "remembered"}}), "utf-8")
    assert cache.Parsed(tmp_path)(b"a: 1", "x.yaml") == {"a": 1}
    assert parse(b"a: 1", "x.yaml") == {"a": "remembered"}


@pytest.mark.parametrize("value", [{}, [], None, {"id": "plan-kept"}])
def test_a_file_whose_kept_value_has_a_fault_is_parsed_again_before_it_is_blamed(tmp_path: Path, value: Any) -> None:
    files = made.content()
    parse = planted(tmp_path, files[made.CONTROL], value)
    again, problems = loader.survey(files, parse)
    assert problems == ()
    assert again == loader.survey(files)[0]


def test_who_reads_without_the_cache_is_not_given_what_came_through_it(tmp_path: Path) -> None:
    files = made.put(made.content(), made.SECOND, "Close the windows", "Close all the windows")
    wrong = strict_yaml.loads(files[made.SECOND]) | {"title": "Leave them open"}
    through = loader.load(files, planted(tmp_path, files[made.SECOND], wrong))
    assert through.requirements["house-1"][1].title == "Leave them open"
    assert loader.load(files).requirements["house-1"][1].title == "Close all the windows"


def test_days_and_moments_come_back_as_they_were(tmp_path: Path) -> None:
    forget_nothing(tmp_path, DATED)
    again = cache.Parsed(tmp_path)
    value = again(DATED, "x.yaml")
    assert value == strict_yaml.loads(DATED)
    assert type(value["day"]) is date
    assert value["moment"] == datetime(2026, 6, 1, 10, 20, 30, tzinfo=UTC)
    assert value["local"].tzinfo == timezone(timedelta(hours=2, minutes=30))
    assert value["naive"].tzinfo is None
    assert value["list"][-1] == {"inner": date(1, 1, 1)}
    assert value["looks like a day"] == "2026-06-01"
    kept(tmp_path).unlink()
    again.keep()
    assert list(tmp_path.iterdir()) == [], "the second run had it from the cache and found nothing new"


class NoAliases(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufeff\ufffe\uffff"))
KEYS = TEXT | st.sampled_from(["\x00date", "date", ""]) | st.integers(-5, 5) | st.booleans() | st.none() | st.dates()
MOMENTS = st.datetimes(timezones=st.none() | st.just(UTC) | st.just(timezone(timedelta(hours=-3, minutes=-30))))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.floats(-1e9, 1e9) | st.dates() | MOMENTS | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=15,
)


def exactly(value: Any) -> Any:
    """A value with the types of everything in it, which 1, 1.0 and true do not share."""
    if isinstance(value, dict):
        return [(exactly(key), exactly(inner)) for key, inner in value.items()]
    return [exactly(inner) for inner in value] if isinstance(value, list) else (type(value), value)


@given(VALUES)
def test_whatever_yaml_can_say_a_second_run_gets_the_same(tmp_path_factory: pytest.TempPathFactory, value: Any) -> None:
    data = yaml.dump(value, Dumper=NoAliases, allow_unicode=True, sort_keys=False).encode()
    try:
        plain = strict_yaml.loads(data)
    except UnreadableError:  # two spellings of one key
        return
    place = tmp_path_factory.mktemp("cache")
    forget_nothing(place, data)
    again = cache.Parsed(place)(data, "x.yaml")
    assert exactly(again) == exactly(plain)


@pytest.mark.parametrize(
    "data",
    [
        b'"\\0date": "2026-06-01"',
        b'a: {"\\0date": "2026-06-01"}',
        b'- - {"\\0date": not a day}',
        b'"\\0date": 5',
        b"1: number\nx: {2026-06-01: a day for a key}",
        b"true: yes",
        b"~: nothing",
        b"2026-06-01: x",
        b"1.5: x",
    ],
)
def test_a_file_that_json_would_give_back_differently_is_parsed_each_time(tmp_path: Path, data: bytes) -> None:
    plain = strict_yaml.loads(data)
    for _ in range(2):
        parse = cache.Parsed(tmp_path)
        assert parse(data, "x.yaml") == plain
        assert parse(b"beside: it", "y.yaml") == {"beside": "it"}
        parse.keep()
    assert set(json.loads(kept(tmp_path).read_text("utf-8"))) == {cache.key_of(b"beside: it")}


def test_a_changed_file_is_parsed_again_and_only_that_one(tmp_path: Path) -> None:
    parse = planted(tmp_path, b"a: 1", {"a": "remembered"})
    assert parse(b"a: 2", "x.yaml") == {"a": 2}
    assert parse(b"a: 1", "x.yaml") == {"a": "remembered"}
    parse.keep()
    third = cache.Parsed(tmp_path)
    assert [third(data, "x.yaml") for data in (b"a: 1", b"a: 2")] == [{"a": "remembered"}, {"a": 2}]


def test_a_file_that_can_not_be_parsed_is_refused_by_name_each_time_and_never_kept(tmp_path: Path) -> None:
    for _ in range(2):
        parse = cache.Parsed(tmp_path)
        with pytest.raises(UnreadableError) as caught:
            parse(b"a: [", "broken.yaml")
        assert caught.value.where == "broken.yaml"
        parse.keep()
    assert list(tmp_path.iterdir()) == []


BROKEN = {
    "empty": b"", "cut": b'{"a": {"b"', "not UTF-8": b"\xff\xfe", "a list": b"[1]", "a number": b"7", "null": b"null",
    "a day": b'{"\\u0000date": "2026-06-01"}', "a wrong day": b'{"a": {"\\u0000date": "2026-99-99"}}',
    "a day that is a number": b'{"a": {"\\u0000date": 5}}', "a day that is a list": b'{"a": {"\\u0000date": [0,0,0,0,0,0,0,0,0,0]}}',
    "a day that is null": b'{"a": {"\\u0000date": null}}', "nested too deep": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "a number of very many digits": b'{"a": ' + b"9" * 10_000 + b"}",
}  # fmt: skip


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_file_is_as_good_as_none_and_the_next_run_mends_it(tmp_path: Path, what: str) -> None:
    forget_nothing(tmp_path, DATED)
    path = kept(tmp_path)
    path.write_bytes(BROKEN[what])
    parse = cache.Parsed(tmp_path)
    assert parse(DATED, "x.yaml") == strict_yaml.loads(DATED)
    parse.keep()
    assert kept(tmp_path) == path
    assert len(json.loads(path.read_text("utf-8"))) == 1


def test_a_file_over_the_cap_is_not_read(tmp_path: Path) -> None:
    planted(tmp_path, b"a: 1", {"a": "remembered"})
    with kept(tmp_path).open("ab") as stream:
        stream.truncate(cache.MAX_BYTES)
    padded = kept(tmp_path).read_bytes().replace(b"\0", b" ")
    kept(tmp_path).write_bytes(padded)
    assert cache.Parsed(tmp_path)(b"a: 1", "x.yaml") == {"a": "remembered"}
    kept(tmp_path).write_bytes(padded + b" ")
    assert cache.Parsed(tmp_path)(b"a: 1", "x.yaml") == {"a": 1}


def test_what_would_grow_over_the_cap_is_the_last_run_alone_or_not_kept(tmp_path: Path) -> None:
    big = [b"a: " + letter * 1_000_000 for letter in (b"x", b"y")]
    first = cache.Parsed(tmp_path)
    for number in range(cache.MAX_BYTES // 1_000_000 - 1):
        first(b"k%d: " % number + b"x" * 1_000_000, "x.yaml")
    first.keep()
    size = kept(tmp_path).stat().st_size
    assert cache.MAX_BYTES - 3_000_000 < size <= cache.MAX_BYTES
    second = cache.Parsed(tmp_path)
    for data in big:
        second(data, "x.yaml")
    second.keep()
    assert kept(tmp_path).stat().st_size < 3_000_000
    for number in range(cache.MAX_BYTES // 1_000_000 + 1):
        second(b"m%d: " % number + b"x" * 1_000_000, "x.yaml")
    before = kept(tmp_path).read_bytes()
    second.keep()
    assert kept(tmp_path).read_bytes() == before


@pytest.mark.parametrize("shape", ["the file is a folder", "the folder is a file", "a folder above is a file"])
def test_a_place_that_can_not_be_read_or_written_is_no_fault(tmp_path: Path, shape: str) -> None:
    place = tmp_path / "deep" / "cache"
    if shape == "the file is a folder":
        forget_nothing(place, b"a: 1")
        path = kept(place)
        path.unlink()
        (path / "inside").mkdir(parents=True)
    else:
        blocked = place if shape == "the folder is a file" else place.parent
        blocked.parent.mkdir(parents=True, exist_ok=True)
        blocked.write_text("not a folder", "utf-8")
    before = sorted(tmp_path.rglob("*"))
    parse = cache.Parsed(place)
    assert parse(DATED, "x.yaml") == strict_yaml.loads(DATED)
    parse.keep()
    assert sorted(tmp_path.rglob("*")) == before, "no half-written file stays behind"


def test_a_folder_without_leave_to_write_is_no_fault(tmp_path: Path) -> None:
    place = tmp_path / "cache"
    place.mkdir()
    place.chmod(0o500)  # who is root may write all the same; then this says only that nothing is left half-written
    try:
        forget_nothing(place, DATED)
        assert not list(place.glob("*.part"))
        assert cache.Parsed(place)(DATED, "x.yaml") == strict_yaml.loads(DATED)
    finally:
        place.chmod(0o700)


def test_nothing_is_written_where_nothing_was_new(tmp_path: Path) -> None:
    cache.Parsed(tmp_path / "cache").keep()
    assert not (tmp_path / "cache").exists()
    forget_nothing(tmp_path, b"a: 1")
    path = kept(tmp_path)
    path.unlink()
    parse = planted(tmp_path, b"a: 1", {"a": 1})
    before = path.stat()
    parse(b"a: 1", "x.yaml")
    parse.keep()
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    parse(b"a: 2", "x.yaml")
    parse.keep()
    written = path.stat()
    assert written.st_ino != before.st_ino or written.st_mtime_ns != before.st_mtime_ns
    path.unlink()
    parse.keep()
    assert list(tmp_path.iterdir()) == [], "what was kept once is not new a second time"


def test_a_run_that_reads_other_files_does_not_lose_what_an_earlier_one_kept(tmp_path: Path) -> None:
    parse = planted(tmp_path, b"a: 1", {"a": "remembered"})
    parse(b"b: 2", "y.yaml")
    parse.keep()
    assert cache.Parsed(tmp_path)(b"a: 1", "x.yaml") == {"a": "remembered"}


def test_two_runs_at_once_over_one_folder_both_have_what_they_read(tmp_path: Path) -> None:
    one, other = cache.Parsed(tmp_path), cache.Parsed(tmp_path)
    assert one(b"a: 1", "x.yaml") == {"a": 1}
    assert other(b"b: 2", "y.yaml") == {"b": 2}
    one.keep()
    other.keep()
    third = cache.Parsed(tmp_path)
    assert (third(b"a: 1", "x.yaml"), third(b"b: 2", "y.yaml")) == ({"a": 1}, {"b": 2})
    third.keep()
    assert len(json.loads(kept(tmp_path).read_text("utf-8"))) == 2


def test_a_catalogue_read_through_the_cache_is_the_one_read_without(tmp_path: Path) -> None:
    files = made.content()
    plain, _ = loader.survey(files)
    for _ in range(2):
        parse = cache.Parsed(tmp_path)
        again, problems = loader.survey(files, parse)
        assert problems == ()
        assert again == plain
        parse.keep()


@pytest.mark.parametrize("through", ["bytes", "cache"])
def test_a_fault_has_its_line_whether_the_file_was_remembered_or_not(tmp_path: Path, through: str) -> None:
    files = made.put(made.content(), made.CONTROL, "family: governance", "family: weather")
    parse = cache.Parsed(tmp_path)
    if through == "cache":
        loader.survey(files, parse)
        parse.keep()
        parse = cache.Parsed(tmp_path)
    _, (first, *_) = loader.survey(files, parse)
    assert first.place == f"{made.CONTROL}:{made.line(files, made.CONTROL, 'weather')}"


def test_the_folder_is_the_named_one_or_that_of_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    assert cache.folder() == tmp_path / "home" / ".cache" / "governance-evidence"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache.folder() == tmp_path / "xdg" / "governance-evidence"
    monkeypatch.setenv("GOVERN_CACHE", str(tmp_path / "named"))
    assert cache.folder() == tmp_path / "named"
    parse = cache.Parsed()
    parse(b"a: 1", "x.yaml")
    parse.keep()
    assert kept(tmp_path / "named").stat().st_size > 0
    assert (tmp_path / "named").stat().st_mode & 0o077 == 0, "nobody else may write what content says"
