"""Registered versions out of MLflow's registry."""

from __future__ import annotations

from pathlib import Path

import pytest

from governance.errors import UnreadableError
from governance.reconciling import registry
from tests.collectors.mlflow_made import database  # noqa: F401 - a fixture

SAMPLES = Path(__file__).parents[1] / "samples"
COLUMNS = "(name, version, creation_time, last_updated_time, current_stage, source, run_id, status)"


@pytest.mark.parametrize("version", ["2.14.3", "3.17.2"])
def test_the_recorded_store_of_files_tells_its_versions_and_their_runs(version):
    versions, (source,) = registry.read([SAMPLES / "mlflow-store" / version])
    assert versions
    assert source.rows == len(versions)
    assert all(each.run for each in versions)


def test_a_database_tells_versions_without_a_run_as_well_and_leaves_out_what_was_deleted(database):  # noqa: F811
    before = {each.version for each in registry.read([database()])[0]}
    path = database(
        f"INSERT INTO model_versions {COLUMNS} VALUES ('orphan', 7, 0, 0, 'None', 'file:///srv/m', NULL, 'READY')",
        f"INSERT INTO model_versions {COLUMNS} VALUES ('gone', 8, 0, 0, 'Deleted_Internal', '/srv/m', NULL, 'READY')",
    )
    versions, (source,) = registry.read([path])
    (orphan,) = [each for each in versions if each.name == "orphan"]
    assert (orphan.version, orphan.run, orphan.sources) == ("7", None, ("/srv/m",))
    assert "gone" not in {each.name for each in versions}
    assert source.rows == len(before) + 1


def test_an_empty_registry_has_no_versions_and_is_one_all_the_same(tmp_path):
    (tmp_path / "mlruns" / "models").mkdir(parents=True)
    versions, (source,) = registry.read([tmp_path / "mlruns"])
    assert (versions, source.rows) == ([], 0)


def test_a_version_that_can_not_be_read_is_counted(tmp_path):
    path = tmp_path / "mlruns" / "models" / "desk" / "version-1" / "meta.yaml"
    path.parent.mkdir(parents=True)
    path.write_text("- no\n- fields\n", encoding="utf-8")
    _, (source,) = registry.read([tmp_path / "mlruns"])
    assert (source.not_read, len(source.notes)) == (1, 1)


@pytest.mark.parametrize("content", [b"", b"text", b"SQLite format 3\0" + b"\0" * 100])
def test_a_file_that_is_no_registry_is_refused(content, tmp_path):
    path = tmp_path / "mlflow.db"
    path.write_bytes(content)
    with pytest.raises(UnreadableError):
        registry.read([path])


def test_a_folder_that_is_no_registry_is_refused(tmp_path):
    with pytest.raises(UnreadableError, match="no registry"):
        registry.read([tmp_path])
