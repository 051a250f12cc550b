"""Hooks that are called by somebody else's loop: nothing that goes wrong in one of them reaches the loop.

What went wrong becomes a gap in the spool where one is open, and a line in the log of the process, once for a hook.
"""

from __future__ import annotations

import functools
import inspect
import logging
from typing import TYPE_CHECKING, Any, TypeVar

from governance.errors import UsageError
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


def checked(how: dict[str, Any]) -> dict[str, Any]:
    """The same words for a `Recorder`. Raises `UsageError` for one that it does not know, while nothing runs yet."""
    known = [name for name in inspect.signature(Recorder).parameters if name != "activity"]
    for name in how:
        if name not in known:
            raise UsageError(f"a recorder takes no {name!r}", hint=f"It takes {', '.join(known)}.")
    return how


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
