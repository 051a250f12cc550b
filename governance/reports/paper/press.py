"""The presses: PDFs are made in processes of their own, beside everything else.

Laying out twenty pages takes a core some seconds, and loading the library half of one more. Presses are started early, load the library
while the evidence is still being judged, and lay out on the other cores. What they render holds words of strangers; in a process of its own
a page that eats memory or time takes nothing else down with it: its job fails, and the next one is given to a new process.

Jobs are taken in the order they come, so hand in the largest first. A process serves many jobs. It is replaced after `PAGES` pages, or
once it has held `HELD` bytes, since a library that lays out never gives all of it back.

What such a process does, and how it is spoken to, stands in `press_process`.
"""

from __future__ import annotations

import contextlib
import os
import queue
import subprocess
import sys
import threading
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Any, Self

from governance.errors import GovernanceError
from governance.reports.paper.pdf import PangoMissing, Printed
from governance.reports.paper.press_process import read, write

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from governance.reports.paper.pdf import Attachment

TIMEOUT = 900.0
"""Seconds for one job."""
PAGES = 1000
HELD = 768 * 1024 * 1024
COMMAND = (sys.executable, "-m", "governance.reports.paper.press_process")


class Presses:
    """Some presses for any number of documents. Close them, or use them in a `with`; what was not printed by then fails."""

    def __init__(self, count: int | None = None, *, timeout: float = TIMEOUT, command: Sequence[str] = COMMAND) -> None:
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._timeout, self._command = timeout, tuple(command)
        self._closed = False
        self._workers = [_Worker(self._command) for _ in range(max(1, count or cores()))]
        self._threads = [
            threading.Thread(target=self._serve, args=(place,), daemon=True) for place in range(len(self._workers))
        ]
        for thread in self._threads:
            thread.start()

    def start(
        self, html: str, *, identifier: str, created: datetime,
        attachments: Sequence[Attachment] = (), language: str = "en",
    ) -> Future[bytes]:  # fmt: skip
        """Begin to print; the future gives the PDF, or raises `PangoMissing`, or `GovernanceError` where printing failed."""
        job = _Job(*_framed(html, identifier, created, attachments, language), _data)
        return self._put(job)

    def begin(
        self, html: str, *, identifier: str, created: datetime,
        attachments: Sequence[Attachment] = (), language: str = "en",
    ) -> Future[Printed]:  # fmt: skip
        """As `start`; the future gives the number of pages and the notes as well."""
        job = _Job(*_framed(html, identifier, created, attachments, language), _whole)
        return self._put(job)

    def close(self) -> None:
        """Stop all presses at once. A job that is not done fails."""
        self._closed = True
        for _ in self._threads:
            self._jobs.put(None)
        for worker in self._workers:
            worker.stop()
        for thread in self._threads:
            thread.join()
        with contextlib.suppress(queue.Empty):
            while True:
                left = self._jobs.get_nowait()
                if left is not None:
                    left.fail(GovernanceError(_CLOSED))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _put(self, job: _Job) -> Future[Any]:
        if self._closed:
            raise GovernanceError(_CLOSED)
        self._jobs.put(job)
        return job.future

    def _serve(self, place: int) -> None:
        """Give jobs to one press after the other, until there is nothing more."""
        while (job := self._jobs.get()) is not None:
            if self._closed:
                job.fail(GovernanceError(_CLOSED))
                continue
            if not job.future.set_running_or_notify_cancel():
                continue
            worker = self._workers[place]
            if not worker.alive:
                worker = self._replace(place)
            try:
                answer = job.pick(worker.print(job, self._timeout))
            except Exception as error:  # it is raised again where the PDF is waited for
                job.fail(GovernanceError(_CLOSED) if self._closed else error)
            else:
                job.future.set_result(answer)
            if not self._closed and (worker.spent or not worker.alive):
                self._replace(place)

    def _replace(self, place: int) -> _Worker:
        self._workers[place].stop()
        self._workers[place] = _Worker(self._command)
        if self._closed:
            self._workers[place].stop()
        return self._workers[place]


def cores() -> int:
    """How many processes this one may run at a time."""
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed else os.cpu_count() or 1


_CLOSED = "the press was closed before the PDF was made"


@dataclass(frozen=True, eq=False)
class _Job:
    """A document on its way to a press."""

    head: dict[str, Any]
    body: bytes
    pick: Callable[[Printed], Any]
    future: Future[Any] = field(default_factory=Future)

    def fail(self, error: Exception) -> None:
        if not self.future.done():
            self.future.set_exception(error)


class _Worker:
    """One process, and what is known of it."""

    def __init__(self, command: Sequence[str]) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own module, or what a test gives
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        self._said: deque[str] = deque(maxlen=20)
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        self._pages = self._held = 0

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    @property
    def spent(self) -> bool:
        """Whether it has done so much that a new one should take its place."""
        return self._pages >= PAGES or self._held >= HELD

    def print(self, job: _Job, timeout: float) -> Printed:
        """Hand a job over and wait for the answer. Raises `PangoMissing`, or `GovernanceError` for anything else."""
        late, why = threading.Event(), ""
        alarm = threading.Timer(timeout, self._stop_late, (late,))
        alarm.daemon = True
        alarm.start()
        try:
            write(self._stream("stdin"), job.head, job.body)
            answer = read(self._stream("stdout"))
        except (OSError, ValueError) as error:
            answer, why = None, str(error)
        finally:
            alarm.cancel()
            alarm.join()
        if answer is None:
            self.stop()
            raise GovernanceError(f"the PDF took longer than {timeout:g} seconds" if late.is_set() else self._why(why))
        head, body = answer
        self._pages += head.get("pages", 0)
        self._held = head.get("held", 0)
        if "missing" in head:
            raise PangoMissing(head["missing"], hint=head["hint"])
        if "error" in head:
            raise GovernanceError(f"the PDF could not be made: {head['error']}", hint=head["hint"])
        return Printed(body, head["pages"], tuple(head["notes"]))

    def stop(self) -> None:
        """End the process, whatever it does."""
        if self.alive:
            self._process.kill()
        self._process.wait()
        self._listener.join()
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()

    def _stop_late(self, late: threading.Event) -> None:
        late.set()
        self._process.kill()

    def _stream(self, name: str) -> IO[bytes]:
        stream: IO[bytes] = getattr(self._process, name)
        return stream

    def _listen(self) -> None:
        with contextlib.suppress(ValueError, OSError):
            for line in self._stream("stderr"):
                self._said.append(line.decode("utf-8", "replace").strip())

    def _why(self, seen: str) -> str:
        last = next((line for line in reversed(self._said) if line), seen or "it gave no reason")
        return f"the PDF could not be made: its process ended with {self._process.returncode}: {last}"


def _data(made: Printed) -> bytes:
    return made.data


def _whole(made: Printed) -> Printed:
    return made


def _framed(
    html: str, identifier: str, created: datetime, attachments: Sequence[Attachment], language: str
) -> tuple[dict[str, Any], bytes]:
    """A job as the head and the body of a frame. Raises `ValueError` for a moment without a time zone."""
    if created.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    text = html.encode()
    head = {
        "identifier": identifier,
        "created": created.isoformat(),
        "language": language,
        "html": len(text),
        "attachments": [[one.name, one.description, one.mime, len(one.data)] for one in attachments],
    }
    return head, b"".join((text, *(one.data for one in attachments)))
