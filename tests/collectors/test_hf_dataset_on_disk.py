"""Data sets as the datasets library writes them to disk."""

from __future__ import annotations

import json
import shutil

import pytest

from governance.domain.evidence import Quality, SubjectType


@pytest.fixture
def saved(sample):
    """The folder of one saved data set of 12 rows."""
    return sample("hf-dataset-on-disk") / "saved-3.6.0"


def only(read, folder):
    (fact,) = read(folder).found
    return fact


def test_a_dictionary_of_splits_is_one_data_set(sample, read):
    (whole, cached, old, newer) = read(sample("hf-dataset-on-disk")).found
    assert (whole.body["rows"], whole.quality) == (15, Quality.COMPLETE)
    assert [(split["name"], split["rows"]) for split in whole.body["splits"]] == [("train", 12), ("test", 3)]
    assert [each["path"][:5] for each in whole.body["files"]] == ["test/", "train"]
    assert (cached.body["rows"], old.body["rows"], newer.body["rows"]) == (12, 12, 12)


def test_licence_columns_and_files_of_one_data_set(saved, read):
    fact = only(read, saved)
    assert (fact.subject.type, fact.subject.digest) == (SubjectType.DATA_SET, fact.body["manifest_digest"])
    assert (fact.body["licence"]["id"], fact.body["spdx"]) == ("cc-by-4.0", "CC-BY-4.0")
    assert fact.body["columns"] == ["label", "question"]
    assert len(fact.sources) == 3


def test_the_fingerprint_is_no_identity_of_the_content(saved, read):
    before = only(read, saved)
    state = saved / "state.json"
    state.write_text(state.read_text().replace(before.body["splits"][0]["steps_fingerprint"], "0" * 16))
    after = only(read, saved)
    assert after.body["splits"][0]["steps_fingerprint"] == "0" * 16
    assert after.subject.digest == before.subject.digest


def test_other_bytes_under_the_same_fingerprint_are_another_content(saved, read):
    before = only(read, saved)
    arrow = next(saved.glob("*.arrow"))
    arrow.write_bytes(arrow.read_bytes().replace(b"day", b"DAY"))
    after = only(read, saved)
    assert after.body["splits"] == before.body["splits"]
    assert after.subject.digest != before.subject.digest


def test_a_file_that_is_named_and_not_there_makes_it_partial(saved, read):
    next(saved.glob("*.arrow")).unlink()
    fact = only(read, saved)
    assert (fact.quality, fact.body["rows"], fact.body["files"]) == (Quality.PARTIAL, None, [])
    assert "does not lie here" in fact.quality_reasons[0]


@pytest.mark.parametrize("kept", [0, 4, 100, 500, 900, -8, -1])
def test_an_arrow_file_cut_anywhere_makes_it_partial(kept, saved, read):
    arrow = next(saved.glob("*.arrow"))
    arrow.write_bytes(arrow.read_bytes()[:kept])
    fact = only(read, saved)
    assert (fact.quality, fact.body["rows"]) == (Quality.PARTIAL, None)


def test_bytes_behind_the_end_of_the_stream_are_said(saved, read):
    arrow = next(saved.glob("*.arrow"))
    arrow.write_bytes(arrow.read_bytes() + b"more")
    assert "follow the end" in only(read, saved).quality_reasons[0]


def test_an_lfs_pointer_in_place_of_the_data_makes_it_partial(saved, read):
    arrow = next(saved.glob("*.arrow"))
    arrow.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:" + "0" * 64 + "\nsize 9\n")
    assert "Git LFS pointer" in only(read, saved).quality_reasons[0]


def test_other_rows_than_stated_make_it_partial(sample, read):
    folder = sample("hf-dataset-on-disk") / "cache-5.2.0"
    assert only(read, folder).quality is Quality.COMPLETE
    info = folder / "dataset_info.json"
    info.write_text(info.read_text().replace('"num_examples": 12', '"num_examples": 20'))
    fact = only(read, folder)
    assert fact.quality is Quality.PARTIAL
    assert "20 rows are stated for the split train and its files hold 12" in fact.quality_reasons[0]


def test_a_name_that_is_only_that_of_a_loader_is_not_taken(sample, read):
    folder = sample("hf-dataset-on-disk") / "cache-5.2.0"
    assert only(read, folder).body["name"] == "cache-5.2.0"
    info = folder / "dataset_info.json"
    info.write_text(json.dumps(json.loads(info.read_text()) | {"dataset_name": "elm_desk"}))
    assert only(read, folder).body["name"] == "elm_desk"


def test_a_split_that_is_named_and_not_there_makes_it_partial(sample, read):
    folder = sample("hf-dataset-on-disk")
    shutil.rmtree(folder / "test")
    fact = next(fact for fact in read(folder).found if fact.path == "dataset_dict.json")
    assert (fact.quality, fact.body["rows"]) == (Quality.PARTIAL, None)


def test_a_broken_state_is_not_taken_for_a_cache(saved, read):
    (saved / "state.json").write_text('{"_data_files": [')
    reading = read(saved)
    assert reading.found == ()
    assert "state.json" in reading.not_read[0].reason


def test_a_broken_description_is_named(saved, read):
    (saved / "dataset_info.json").write_text('{"citation": "')
    reading = read(saved)
    assert reading.found == ()
    assert "dataset_info.json" in reading.not_read[0].reason


def test_a_state_without_its_description_is_partial(saved, read):
    (saved / "dataset_info.json").unlink()
    fact = only(read, saved)
    assert (fact.quality, fact.body["rows"], fact.body["licence"]["known"]) == (Quality.PARTIAL, 12, None)


@pytest.mark.parametrize("name", ["../secret.arrow", "/etc/passwd", "a\0b", ""])
def test_a_state_can_not_lead_out_of_its_folder(name, saved, read):
    (saved / "state.json").write_text(json.dumps({"_data_files": [{"filename": name}], "_fingerprint": "x"}))
    reading = read(saved)
    assert all(fact.quality is Quality.PARTIAL and fact.body["files"] == [] for fact in reading.found)
    assert reading.found or reading.not_read


def test_a_choice_of_rows_beside_the_data_counts_its_own_rows(saved, sample, read):
    chosen = saved.parent / "test" / "data-00000-of-00001.arrow"
    shutil.copy(chosen, saved / "indices.arrow")
    state = json.loads((saved / "state.json").read_text())
    state["_indices_data_files"] = [{"filename": "indices.arrow"}]
    (saved / "state.json").write_text(json.dumps(state))
    fact = only(read, saved)
    assert (fact.body["rows"], len(fact.body["files"])) == (3, 2)


def test_a_registry_of_another_tool_with_the_same_name_is_passed_over(write, read, tmp_path):
    write("dataset_info.json", {"elm": {"file_name": "elm.json", "columns": {"prompt": "q"}}})
    assert read(tmp_path) == read(tmp_path)
    assert read(tmp_path).found == ()
