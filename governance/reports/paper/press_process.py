"""A press from the inside: the process that lays out, and the frames in which it is spoken to.

`python -m governance.reports.paper.press_process` reads jobs from standard input and writes answers to standard output, both as
frames: four letters, the length of a head and of a body (big-endian), the head as JSON, the body as it is. Whatever a library prints
by itself goes to standard error, so that it can not break a frame. It loads the library before it reads the first job, and ends where
its input does.

`press` starts such processes and hands them jobs.
"""

from __future__ import annotations

import contextlib
import json
import os
import struct
import sys
from datetime import datetime
from typing import IO, Any

from governance.errors import GovernanceError
from governance.reports.paper import pdf
from governance.reports.paper.pdf import Attachment

MOST = 4 * 1024**3
"""The most memory, in bytes, that a process may ask the system for; a document that needs more is an error."""
_MARK = b"PDF1"
_LENGTHS = struct.Struct(">4sIQ")
_LONGEST_HEAD, _LONGEST_BODY = 16 * 1024**2, 4 * 1024**3


def write(stream: IO[bytes], head: dict[str, Any], body: bytes) -> None:
    """Write one frame, and see that it leaves."""
    said = json.dumps(head).encode()
    stream.write(_LENGTHS.pack(_MARK, len(said), len(body)))
    stream.write(said)
    stream.write(body)
    stream.flush()


def read(stream: IO[bytes]) -> tuple[dict[str, Any], bytes] | None:
    """The next frame; None at the end of the stream. Raises `ValueError` for what is no frame, or is cut."""
    start = stream.read(_LENGTHS.size)
    if not start:
        return None
    if len(start) < _LENGTHS.size:
        raise ValueError("a frame is cut")
    mark, head_length, body_length = _LENGTHS.unpack(start)
    if mark != _MARK or head_length > _LONGEST_HEAD or body_length > _LONGEST_BODY:
        raise ValueError("this is no frame")
    head, body = stream.read(head_length), stream.read(body_length)
    if len(head) < head_length or len(body) < body_length:
        raise ValueError("a frame is cut")
    return json.loads(head), body


def main() -> int:
    """Serve jobs until there are none."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    _bound()
    missing = None
    try:
        pdf.load()
    except pdf.PangoMissing as error:
        missing = error
    while (frame := read(sys.stdin.buffer)) is not None:
        if missing is not None:
            write(answers, {"missing": missing.message, "hint": missing.hint}, b"")
        else:
            write(answers, *answer(*frame))
    return 0


def answer(head: dict[str, Any], body: bytes) -> tuple[dict[str, Any], bytes]:
    """What came of one job, as the head and the body of a frame."""
    attachments, place = [], head["html"]
    for name, description, mime, length in head["attachments"]:
        attachments.append(Attachment(name, body[place : place + length], description, mime))
        place += length
    try:
        made = pdf.printed(
            body[: head["html"]].decode(),
            identifier=head["identifier"],
            created=datetime.fromisoformat(head["created"]),
            attachments=attachments,
            language=head["language"],
        )
    except pdf.PangoMissing as error:
        return {"missing": error.message, "hint": error.hint}, b""
    except GovernanceError as error:
        return {"error": error.message, "hint": error.hint, "held": _held()}, b""
    except MemoryError:
        return {"error": "it needs too much memory", "hint": "Print fewer rows.", "held": MOST}, b""
    except Exception as error:  # one document that can not be laid out must not end the press
        return {"error": f"{type(error).__name__}: {error}", "hint": "", "held": _held()}, b""
    return {"pages": made.pages, "notes": made.notes, "held": _held()}, made.data


def _bound() -> None:
    """Refuse to grow beyond `MOST`, where the system can be told so."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        most = MOST if hard == resource.RLIM_INFINITY else min(MOST, hard)
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))


def _held() -> int:
    """The most memory this process has held so far, in bytes; 0 where the system does not tell."""
    try:
        import resource
    except ImportError:
        return 0
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


if __name__ == "__main__":
    sys.exit(main())
