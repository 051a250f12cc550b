"""The verifier: what an auditor, or a machine about to load a model, needs, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from governance.verifier.approval import check_model

__all__ = ["check_model"]


def __getattr__(name: str) -> Any:
    """`check_model`, brought only when it is asked for, so that verifying a pack starts without it."""
    if name != "check_model":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from governance.verifier import approval

    return approval.check_model
