"""What every collector owes: a sample that fits its kinds, three-part words, nothing whole from a broken file."""

from __future__ import annotations

import importlib
import json
from datetime import datetime
from pathlib import Path

import jsonschema_rs
import pytest
import yaml

from governance.collectors.reading.collect import collectors
from governance.domain.evidence import Quality

from .conftest import SAMPLES

ALL = {collector.noun.name: collector for collector in collectors()[0]}
KINDS = Path(__file__).parents[2] / "evidence" / "kinds"


def schema(kind):
    path = KINDS / f"{kind}.yaml"
    if not path.exists():
        pytest.skip(f"the kind {kind} is not there")
    return yaml.safe_load(path.read_text(encoding="utf-8"))["body"]


def main_file(folder, name, read):
    """The file that the collector's own fact was read from."""
    return folder / next(fact.path for fact in read(folder).found if fact.collector.name == name)


def test_each_collector_has_a_sample_named_like_it():
    beside = {
        "frozen",
        "paired",
        "population",
        "wiring",
    }  # ledgers and packs of ours, cases worked by hand, and repositories for the doctor: no collector reads them
    assert set(ALL) == {path.name for path in SAMPLES.iterdir() if path.is_dir()} - beside


@pytest.mark.parametrize("name", ALL)
def test_a_collector_says_what_it_reads_says_and_does_not_say(name):
    text = importlib.import_module(type(ALL[name]).__module__).__doc__
    assert text.index("*Reads*") < text.index("*Says*") < text.index("*Does not say*")


@pytest.mark.parametrize("name", ALL)
def test_the_sample_is_read_whole_and_fits_its_kind(name, sample, read):
    reading = read(sample(name))
    mine = [fact for fact in reading.found if fact.collector.name == name]
    assert mine
    assert reading.not_read == ()
    for fact in mine:
        assert fact.kind in ALL[name].kinds or ALL[name].kinds == ("any kind",)
        assert fact.quality is Quality.COMPLETE
        assert fact.sources
        jsonschema_rs.validator_for(schema(fact.kind)).validate(fact.body)
        json.dumps(fact.body, allow_nan=False)


@pytest.mark.parametrize("name", ALL)
def test_reading_twice_says_the_same(name, sample, read):
    folder = sample(name)
    assert read(folder) == read(folder)


@pytest.mark.parametrize("name", ALL)
def test_a_file_cut_at_any_tenth_yields_nothing_whole(name, sample, read):
    path = main_file(sample(name), name, read)
    whole = path.read_bytes()
    before = [fact.body for fact in read(path).found if fact.collector.name == name]
    for tenth in range(10):
        path.write_bytes(whole[: len(whole) * tenth // 10])
        reading = read(path)
        for fact in reading.found:
            # Prose and YAML have no end mark: cut between two lines they are shorter, and nobody can tell.
            assert fact.quality is not Quality.COMPLETE or path.suffix in (".md", ".yaml")
            assert fact.body not in before or path.suffix == ".md"
        assert reading.found or reading.not_read


@pytest.mark.parametrize("name", ALL)
def test_a_file_with_a_damaged_middle_yields_nothing_whole(name, sample, read):
    path = main_file(sample(name), name, read)
    whole = path.read_bytes()
    before = [fact.body for fact in read(path).found if fact.collector.name == name]
    middle = len(whole) // 2
    for damage in (b"\xff" * 32, b"\x00" * 32):
        path.write_bytes(whole[:middle] + damage + whole[middle + 32 :])
        reading = read(path)
        mine = [fact for fact in reading.found if fact.collector.name == name]
        assert not any(fact.body in before for fact in mine)
        # Numbers of weights carry no check of their own: the digest is another, and that is how it is found out.
        assert path.suffix in (".safetensors", ".gguf") or not any(fact.quality is Quality.COMPLETE for fact in mine)
        assert mine or reading.not_read


@pytest.mark.parametrize("name", ALL)
def test_what_was_tried_is_told_with_a_version_and_a_day(name):
    assert ALL[name].tool
    assert ALL[name].tried
    for row in ALL[name].tried:
        assert row.version
        assert row.how in ("recorded", "published", "written")
        assert datetime.fromisoformat(row.on)


@pytest.mark.parametrize("name", ALL)
def test_a_collector_says_that_it_read_its_sample_and_the_others_say_why_not(name, sample, read):
    folder = sample(name)
    path = main_file(folder, name, read).relative_to(folder).as_posix()
    looks = [look for look in read(folder, explain=True).looks if look.path == path]
    assert {look.collector for look in looks} == set(ALL)
    assert name in {look.collector for look in looks if look.answer == "read"}
    assert not any(look.answer == "not read" for look in looks)
    assert all(look.reason for look in looks if look.answer == "passed over")


@pytest.mark.parametrize("name", ALL)
def test_a_file_of_noise_under_the_same_name_yields_nothing_whole(name, sample, read):
    path = main_file(sample(name), name, read)
    for noise in (b"", b"\xff\xfe\x00noise", b"{" * 5000, b'{"a":1}{"b":2}', b"null", b"[]", b"{}"):
        path.write_bytes(noise)
        reading = read(path)
        assert not any(fact.quality is Quality.COMPLETE for fact in reading.found if fact.collector.name == name)
        assert [row.path for row in reading.not_read] == [path.name]


@pytest.mark.parametrize("name", ALL)
def test_the_name_of_the_file_does_not_matter(name, sample, read):
    path = main_file(sample(name), name, read)
    if path.name in ("config.json", "adapter_config.json"):
        pytest.skip("loaders know this file by its name alone")
    renamed = path.with_name("other" + path.suffix)
    path.rename(renamed)
    assert any(fact.collector.name == name for fact in read(renamed).found)
