"""The energy of a piece of work, read off the cards' own counters."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from tests.collectors.test_compute_environment import driver

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

    from tests.cli.conftest import Ran

    Govern = Callable[..., Ran]


def cards(monkeypatch: pytest.MonkeyPatch, millijoules: int) -> None:
    made = driver(nvmlDeviceGetCount=1, nvmlDeviceGetTotalEnergyConsumption=millijoules)
    monkeypatch.setitem(sys.modules, "pynvml", made)


def test_two_readings_make_a_record_that_is_attached_as_measured(
    ready: Govern, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cards(monkeypatch, 1_000)
    assert ready("energy", "start", "energy.json", "--run", "desk").code == 0
    record = json.loads((tmp_path / "energy.json").read_text())
    record["start"]["taken_at"] = "2026-11-01T10:00:00.000Z"  # an hour of work in no time
    (tmp_path / "energy.json").write_text(json.dumps(record))
    cards(monkeypatch, 36_001_000)
    assert ready("energy", "stop", "energy.json").code == 0
    (item,) = ready("attach", "energy.json", "--system", "elm-desk", "--json").json["appended"]
    assert (item["kind"], item["quality"]) == ("energy.v1", "complete")
    body = ready("evidence", "show", item["id"], "--json").json["body"]
    assert (body["method"], body["scope"], round(body["kwh"], 6)) == ("measured", "gpu", 0.01)


def test_a_machine_that_does_not_count_could_not_tell_and_writes_nothing(
    govern: Govern, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", None)
    ran = govern("energy", "start", "energy.json")
    assert ran.code == 3
    assert "CodeCarbon" in ran.err
    assert not (tmp_path / "energy.json").exists()


def test_a_record_is_begun_once_and_closed_once(
    govern: Govern, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cards(monkeypatch, 1_000)
    assert govern("energy", "stop", "energy.json").code == 6
    assert govern("energy", "start", "energy.json").code == 0
    assert govern("energy", "start", "energy.json").code == 2
    cards(monkeypatch, 2_000)
    assert govern("energy", "stop", "energy.json").code == 0
    assert govern("energy", "stop", "energy.json").code == 2
    (tmp_path / "other.json").write_text("[]")
    assert govern("energy", "stop", "other.json").code == 6
