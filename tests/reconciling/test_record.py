"""The record, the table and the sample of a reconciliation."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime

import jsonschema_rs
import pytest

from governance.assurance.population.given import Given, Source, Version
from governance.assurance.population.reconcile import reconcile
from governance.collectors.reading.collect import collect
from governance.domain.entry import Checkpoint
from governance.reconciling import record
from tests.collectors.test_contract import schema

AT = datetime(2026, 6, 1, 9, tzinfo=UTC)


@pytest.fixture
def checkpoint():
    return Checkpoint(origin="governance-ledger/elm", size=0, root="ab" * 32)


def versions(count, name="desk"):
    listed = tuple(Version("mlflow", name, str(number)) for number in range(count))
    return reconcile(Given(versions=listed, sources=(Source("registry", "mlflow.db", count, "versions"),)))


def test_a_long_list_is_cut_and_how_much_is_left_out_is_told(checkpoint, tmp_path):
    made = versions(record.MOST_UNITS + 7)
    path = tmp_path / "population.json"
    path.write_bytes(record.record(made, checkpoint, AT))
    said = json.loads(path.read_bytes())
    assert (len(said["units"]), said["units_left_out"]) == (record.MOST_UNITS, 7)
    assert (len(said["orphans"]), said["orphans_left_out"]) == (
        record.MOST_LISTED,
        made.counted["version"]["orphan"] - 200,
    )
    (fact,) = collect([path], environment=False).found
    jsonschema_rs.validator_for(schema("population-reconciliation.v1")).validate(fact.body)
    assert (fact.quality.value, fact.quality_reasons) == ("partial", ("7 units are left out of the record",))


def test_an_empty_population_makes_a_record_that_is_partial_and_fits_its_kind(checkpoint, tmp_path):
    path = tmp_path / "population.json"
    path.write_bytes(record.record(versions(0), checkpoint, AT, record.draw(versions(0), 3, "seed")))
    (fact,) = collect([path], environment=False).found
    jsonschema_rs.validator_for(schema("population-reconciliation.v1")).validate(fact.body)
    assert fact.quality.value == "partial"
    assert "the population is empty" in fact.quality_reasons[0]
    assert fact.effective_at == AT


@pytest.mark.parametrize("name", ["=cmd|' /C calc'!A0", "+1", "@SUM(A1)", "a;=1+1"])
def test_no_name_is_run_by_a_spreadsheet(name):
    (row,) = csv.DictReader(io.StringIO(record.table(versions(1, name)).decode("utf-8-sig")))
    assert row["name"].startswith("'" if name[0] in "=+@" else "a")
    assert ";=" not in row["name"]


def test_the_same_things_give_the_same_bytes(checkpoint):
    assert record.record(versions(3), checkpoint, AT) == record.record(versions(3), checkpoint, AT)
