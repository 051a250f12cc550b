"""The callback in a real Trainer of Lightning, under both of its names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.integrations.running import only, run, said, segments

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.training
for _library in ("torch", "lightning", "pytorch_lightning"):
    pytest.importorskip(_library, reason=f"{_library} is not installed; `make test` installs it")

SCRIPT = """
import copy, json, sys
import torch
NAME = sys.argv[1] if len(sys.argv) > 1 else WHICH
import importlib
L = importlib.import_module(NAME)
from governance.integrations.lightning import GovernanceLightningCallback

torch.set_num_threads(1)

class Slope(L.LightningModule):
    def __init__(self, learning_rate=0.1, api_key="hf_" + "q" * 34, fail_at=None):
        super().__init__()
        self.save_hyperparameters()
        self.weight = torch.nn.Linear(1, 1)
        self.read = 0
    def training_step(self, batch, number):
        if self.hparams.fail_at == self.trainer.global_step:
            raise FloatingPointError("at a secret place")
        loss = ((self.weight(batch) - 2 * batch) ** 2).mean()
        self.log("loss", loss)
        return loss
    def validation_step(self, batch, number):
        self.log("val_loss", ((self.weight(batch) - 2 * batch) ** 2).mean())
    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=self.hparams.learning_rate)

def data():
    generator = torch.Generator().manual_seed(7)
    return torch.utils.data.DataLoader(torch.rand(32, 1, generator=generator), batch_size=4)

def train(callbacks, out, **more):
    L.seed_everything(7, verbose=False)
    module = Slope(**more)
    trainer = L.Trainer(max_epochs=2, log_every_n_steps=2, callbacks=callbacks, default_root_dir=out, accelerator="cpu",
                        logger=False, enable_progress_bar=False, enable_model_summary=False, num_sanity_val_steps=1)
    trainer.fit(module, data(), data())
    return trainer, [module.weight.weight.item(), module.weight.bias.item()]

# How many numbers are read out of tensors, and where.
reads = []
plain = torch.Tensor.item
def item(self):
    frame = sys._getframe(1)
    if "governance" in frame.f_code.co_filename:
        reads.append(frame.f_code.co_name)
    return plain(self)
torch.Tensor.item = item

_, without = train([], "without")
callback = GovernanceLightningCallback(spool="spool")
single = callback if BASE else [callback]
trainer, with_it = train(single, "out")
read = len(reads)
copied = copy.deepcopy(callback)
try:
    train([GovernanceLightningCallback(spool="failed")], "failed-out", fail_at=5)
except FloatingPointError:
    pass
print(json.dumps({"without": without, "with": with_it, "read": read, "copied": copied.recorder is None,
                  "base": isinstance(callback, L.Callback),
                  "saved": [key for key in torch.load(trainer.checkpoint_callback.best_model_path, weights_only=False)["callbacks"]]}))
"""


@pytest.mark.parametrize("name", ["lightning.pytorch", "pytorch_lightning"])
def test_a_training_under_either_name_is_recorded_and_stays_the_same(tmp_path: Path, name: str) -> None:
    told = said(run(f"WHICH, BASE = {name!r}, True\n{SCRIPT}", tmp_path))
    assert told["with"] == told["without"]
    assert told["base"] is True
    assert told["copied"] is True
    assert not any("Governance" in each for each in told["saved"])

    segment = only(tmp_path / "spool")
    opened, seal = segment.opened, segment.seal
    assert opened["tool"]["name"] == "lightning"
    assert opened["tool"]["version"]
    assert (opened["start_step"], opened["planned_steps"]) == (0, 16)
    assert (seal["outcome"], seal["step"], seal["epochs"], seal["stopped_early"]) == ("finished", 16, 2, False)
    logged = segment.of("log")
    assert [row["step"] for row in logged] == [2, 4, 6, 8, 10, 12, 14, 16]
    assert all(list(row["values"]) == ["loss"] for row in logged)
    measured = segment.of("result")
    assert [(row["name"], row["step"], list(row["values"])) for row in measured] == [
        ("validation", 8, ["val_loss"]), ("validation", 16, ["val_loss"]),
    ]  # fmt: skip
    assert measured[1]["values"]["val_loss"] < measured[0]["values"]["val_loss"]
    assert told["read"] == 10, "a tensor is read at the eight steps of logging and after the two validations"

    (settings,) = segment.of("settings")
    assert settings["values"]["learning_rate"] == 0.1
    assert settings["values"]["max_epochs"] == 2
    assert "api_key" not in settings["values"]
    assert segment.of("seeds")[0]["seeds"] == {"lightning": 7}
    assert segment.of("model")[0]["architecture"] == "Slope"
    saved = segment.of("checkpoint")
    assert saved[-1]["files"][0]["name"].endswith(".ckpt")
    assert all(each["files"][0]["size"] > 0 for each in saved[-1:])

    failed = only(tmp_path / "failed").seal
    assert (failed["outcome"], failed["reason"], failed["step"]) == ("failed", "FloatingPointError", 5)


def test_in_a_list_it_works_with_the_copy_that_it_does_not_stand_on(tmp_path: Path) -> None:
    other = "import lightning.pytorch\nfrom governance.integrations.lightning import GovernanceLightningCallback\n"
    told = said(run(f"{other}WHICH, BASE = 'pytorch_lightning', False\n{SCRIPT}", tmp_path))
    assert told["base"] is False
    assert told["with"] == told["without"]
    assert segments(tmp_path / "spool")[0].seal["outcome"] == "finished"
