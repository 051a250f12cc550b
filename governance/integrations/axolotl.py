"""A plugin for Axolotl: two lines in its settings file, and each training is recorded by the callback for the Trainer.

    plugins:
      - governance.integrations.axolotl.GovernancePlugin

Where the segments go and of which system they are say `GOVERN_SPOOL` and `GOVERN_SYSTEM`; without them they go into
`governance-spool` in the output folder.

API: https://docs.axolotl.ai/docs/custom_integrations.html. Held against the `axolotl.integrations.base` of release 0.19
by its source; the whole of Axolotl needs a card, so the tests use a module of the same form.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from axolotl.integrations.base import BasePlugin

if TYPE_CHECKING:
    from governance.integrations.transformers import GovernanceCallback


class GovernancePlugin(BasePlugin):
    """Adds the callback once the trainer is there, so that nothing of it is part of what Axolotl saves."""

    def add_callbacks_post_trainer(self, cfg: Any, trainer: Any) -> list[GovernanceCallback]:
        """One callback for a trainer, unless it has one."""
        from governance.integrations.transformers import GovernanceCallback

        there = getattr(getattr(trainer, "callback_handler", None), "callbacks", [])
        return [] if any(isinstance(each, GovernanceCallback) for each in there) else [GovernanceCallback()]
