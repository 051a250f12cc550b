"""The tracker in a real loop around an Accelerator."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.integrations.running import only, run, said

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.training
for _library in ("torch", "accelerate"):
    pytest.importorskip(_library, reason=f"{_library} is not installed; `make test` installs it")

SCRIPT = """
import json
import torch
from accelerate import Accelerator
from governance.integrations.accelerate import GovernanceTracker

tracker = GovernanceTracker(spool="spool", output_dir="out", planned_steps=4)
before = tracker.tracker is None
accelerator = Accelerator(log_with=tracker, cpu=True)
accelerator.init_trackers("elm-desk", config={"learning_rate": 0.1, "lr": 0.1, "seed": 7, "api_key": "hf_" + "q" * 34, "notes": "x" * 500})
layer = torch.nn.Linear(1, 1)
layer, optimizer = accelerator.prepare(layer, torch.optim.SGD(layer.parameters(), lr=0.1))
accelerator.get_tracker("governance").describe(accelerator.unwrap_model(layer))
for step in range(1, 5):
    loss = (layer(torch.ones(2, 1)) ** 2).mean()
    accelerator.backward(loss)
    optimizer.step()
    optimizer.zero_grad()
    accelerator.log({"loss": loss.item(), "tensor": loss.detach(), "note": "text"}, step=step)
accelerator.get_tracker("governance", unwrap=True).mark(9)
accelerator.end_training()
accelerator.log({"loss": 1.0}, step=10)

# A tracker that `start` was never called on, as older releases leave it.
old = GovernanceTracker(spool="old")
old.log({"loss": 2.0}, step=1)
old.finish()
print(json.dumps(before))
"""


def test_a_loop_around_an_accelerator_is_recorded(tmp_path: Path) -> None:
    assert said(run(SCRIPT, tmp_path)) is True
    segment = only(tmp_path / "spool")
    assert segment.opened["tool"]["name"] == "accelerate"
    assert (segment.opened["output_dir"], segment.opened["planned_steps"]) == ("out", 4)
    logged = segment.of("log")
    assert [row["step"] for row in logged] == [1, 2, 3, 4]
    assert all(list(row["values"]) == ["loss"] for row in logged)
    assert segment.seal["left_out"] == 8, "the tensor and the text of each log"
    assert (segment.seal["outcome"], segment.seal["step"]) == ("finished", 9)
    assert segment.of("settings")[0]["values"] == {"learning_rate": 0.1, "lr": 0.1, "seed": 7}
    assert segment.of("seeds")[0]["seeds"] == {"seed": 7}
    assert segment.of("model")[0]["method"] == "full"
    assert only(tmp_path / "old").of("log")[0]["values"] == {"loss": 2.0}
