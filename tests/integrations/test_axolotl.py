"""The plugin for Axolotl, on a module of the form that release 0.19 has: the whole of Axolotl needs a card."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.integrations.running import only, run, said

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.training
for _library in ("torch", "transformers"):
    pytest.importorskip(_library, reason=f"{_library} is not installed; `make test` installs it")

SCRIPT = """
import importlib, json, sys, types

class BasePlugin:  # by axolotl/integrations/base.py: made without arguments, asked after the trainer is built
    def __init__(self): pass
    def add_callbacks_pre_trainer(self, cfg, model): return []
    def add_callbacks_post_trainer(self, cfg, trainer): return []

for name in ("axolotl", "axolotl.integrations", "axolotl.integrations.base"):
    sys.modules[name] = types.ModuleType(name)
sys.modules["axolotl.integrations.base"].BasePlugin = BasePlugin

# As `load_plugin` does with a line of `plugins:`.
module, name = "governance.integrations.axolotl.GovernancePlugin".rsplit(".", 1)
plugin = getattr(importlib.import_module(module), name)()
assert isinstance(plugin, BasePlugin)

from tests.integrations import tiny
trainer = tiny.trainer("out")
for _ in range(2):  # once too often
    for callback in plugin.add_callbacks_post_trainer(cfg={}, trainer=trainer):
        trainer.add_callback(callback)
trainer.train()
print(json.dumps([type(each).__name__ for each in trainer.callback_handler.callbacks].count("GovernanceCallback")))
"""


def test_a_line_in_the_settings_of_axolotl_records_its_training(tmp_path: Path) -> None:
    assert said(run(SCRIPT, tmp_path, GOVERN_SPOOL="spool", GOVERN_SYSTEM="elm-desk")) == 1
    segment = only(tmp_path / "spool")
    assert segment.opened["system"] == "elm-desk"
    assert (segment.seal["outcome"], segment.seal["step"]) == ("finished", 6)
