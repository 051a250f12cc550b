"""Documents are written all or none, the same bytes for the same run, and without secrets."""

from __future__ import annotations

import json

import pytest

from governance.collectors.formats.tracked_run import Point
from governance.errors import UnreadableError, UsageError
from governance.integrations import export_files

TOKEN = "hf_" + "abcdefghijklmnopqrstuvwxyz0123"


def test_files_appear_together_when_all_of_them_are_there(tmp_path):
    def fetched():
        yield "a", {"x": 1}
        assert not list((tmp_path / "out").glob("*.json"))
        yield "b", {"x": 2}

    paths = export_files.write(tmp_path / "out", fetched())
    assert [path.name for path in paths] == ["a.json", "b.json"]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a.json", "b.json"]


@pytest.mark.parametrize("broken", [UnreadableError("the server stopped"), KeyboardInterrupt()])
def test_nothing_is_left_of_an_import_that_breaks_off(tmp_path, broken):
    def fetched():
        yield "a", {"x": 1}
        raise broken

    with pytest.raises(type(broken)):
        export_files.write(tmp_path / "out", fetched())
    assert list((tmp_path / "out").iterdir()) == []


def test_an_earlier_file_stays_whole_when_the_next_import_breaks_off(tmp_path):
    export_files.write(tmp_path, [("a", {"x": 1})])
    before = (tmp_path / "a.json").read_bytes()

    def fetched():
        yield "a", {"x": 2}
        raise UnreadableError("the server stopped")

    with pytest.raises(UnreadableError):
        export_files.write(tmp_path, fetched())
    assert (tmp_path / "a.json").read_bytes() == before


def test_a_folder_that_can_not_be_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="can not be written"):
        export_files.write(tmp_path / "file", [("a", {})])


def test_secrets_and_persons_are_taken_out_before_anything_is_written(tmp_path):
    said = {"run": {"name": f"with {TOKEN}", "experiment": "/Users/alice/desk", "mail": "alice@corp.example"}}
    (path,) = export_files.write(tmp_path, [("a", said)])
    text = path.read_text("utf-8")
    assert TOKEN not in text
    assert "alice" not in text
    assert json.loads(text)["redacted"] == 3


def test_settings_are_copied_by_name_and_the_others_counted():
    said = export_files.settings({"learning_rate": "1", "hub_token": TOKEN, "api_key": "x", "prompt": "x", "seed": "7"})
    assert said == {"settings": {"learning_rate": "1", "seed": "7"}, "settings_left_out": 3}


def test_a_setting_of_any_length_is_left_out_and_counted():
    assert export_files.settings({"seed": "7" * 501}) == {"settings": {}, "settings_left_out": 1}


def test_numbers_that_are_none_and_texts_that_are_none_are_still_json(tmp_path):
    said = export_files.series({"loss": [Point(1, None), Point(None, 2.0)]}) | {
        "settings": {"peft_config": {"r": float("inf"), "name": "\ud800"}}
    }
    (path,) = export_files.write(tmp_path, [("a", said)])
    made = json.loads(path.read_bytes())
    assert made["series"] == {"loss": {"steps": [1, None], "values": [None, 2.0]}}
    assert made["settings"]["peft_config"]["r"] is None


@pytest.mark.parametrize("said", ["../../etc", "a/b", "", ".hidden", None, 7, "x" * 200])
def test_an_id_that_would_be_a_path_is_refused(said):
    with pytest.raises(UnreadableError, match="no id of a run"):
        export_files.run_id(said)
