"""Questions to a driver that may never answer, asked in a thread of their own.

A call that hangs in a driver can not be broken off. So another thread makes it, and whoever wants the answer waits for
a while and goes on without it. While one question is open no other is asked: a driver that hangs costs one thread.
"""

from __future__ import annotations

import queue
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


class NoAnswerError(Exception):
    """The driver did not answer in time, or still owes an earlier answer."""


class _Question:
    def __init__(self, call: Callable[[], Any]) -> None:
        self.call = call
        self.done = threading.Event()
        self.answer: Any = None
        self.error: Exception | None = None


class Patience:
    """Asks one question at a time. The thread is a daemon and begins with the first question."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._asked: queue.SimpleQueue[_Question] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._open: _Question | None = None

    def ask(self, call: Callable[[], Any], seconds: float) -> Any:
        """The answer of a call. Raises what it raises, and `NoAnswerError` where it takes longer than `seconds`."""
        if self._open is not None and not self._open.done.is_set():
            raise NoAnswerError("the driver still owes an earlier answer")
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
            self._thread.start()
        question = self._open = _Question(call)
        self._asked.put(question)
        if not question.done.wait(seconds):
            raise NoAnswerError(f"the driver did not answer within {seconds:g} seconds")
        if question.error is not None:
            raise question.error
        return question.answer

    def _work(self) -> None:
        while True:
            question = self._asked.get()
            try:
                question.answer = question.call()
            except Exception as error:
                question.error = error
            question.done.set()
