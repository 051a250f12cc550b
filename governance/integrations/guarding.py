"""Hooks that are called by somebody else's loop: nothing that goes wrong in one of them reaches the loop.

What went wrong becomes a gap in the spool where one is open, and a line in the log of the process, once for a hook.
"""

from __future__ import annotations

import functools
import logging
from typing import TYPE_CHECKING, Any, TypeVar

from governance.integrations.recorder import Recorder

if TYPE_CHECKING:
    from collections.abc import Callable

Hook = TypeVar("Hook", bound="Callable[..., Any]")
_LOG = logging.getLogger("governance.recorder")
_told: set[str] = set()


def guarded(hook: Hook) -> Hook:
    """The same method, that answers None where it would raise. What is meant to stop the process goes through."""

    @functools.wraps(hook)
    def quiet(self: Any, *given: Any, **named: Any) -> Any:
        try:
            return hook(self, *given, **named)
        except Exception as error:
            _tell(self, hook.__qualname__, type(error).__name__)
            return None

    return quiet  # type: ignore[return-value]


def _tell(hook_of: Any, where: str, what: str) -> None:
    """Never raises either."""
    try:
        recorder = getattr(hook_of, "recorder", None)
        if isinstance(recorder, Recorder) and recorder.alive:
            recorder.note("gap", {"of": "hook", "why": f"{where} raised {what}", "count": 1})
        if where not in _told:
            _told.add(where)
            _LOG.warning("%s raised %s and recorded nothing. The work itself goes on.", where, what)
    except Exception:  # noqa: S110 - there is nobody left to tell
        pass
