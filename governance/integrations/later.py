"""The answer of a call that another thread makes, for whoever has no time to wait for it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


class Later:
    """Begins the call at once, in a daemon thread: one that hangs keeps nobody from ending."""

    def __init__(self, call: Callable[[], Any], name: str) -> None:
        self._call = call
        self._answer: Any = None
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    def ready(self, seconds: float = 0.0) -> bool:
        """Whether the call has ended, within so many seconds from now."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def answer(self) -> Any:
        """What the call answered, once it is ready. Raises what it raised."""
        if self._error is not None:
            raise self._error
        return self._answer

    def _work(self) -> None:
        try:
            self._answer = self._call()
        except Exception as error:
            self._error = error
