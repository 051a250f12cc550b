"""What a pickle holds, without running it.

A pickle is a program. This one is carried out in a process of its own (`inert_pickle_process`) in which every name it
asks for is answered by a dead stand-in, nothing is imported, and memory, time, size and number of instructions are
bounded. What comes back is plain data.

Read are the archives that torch writes (`*/data.pkl` in a zip; tensors are named and not read), the pickles torch wrote
before 1.6 (several in a row), and a plain pickle that is the whole file.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from governance.collectors.formats import inert_pickle_process
from governance.collectors.formats.zip_archive import Archive
from governance.errors import UnreadableError
from governance.parsing import strict_json

if TYPE_CHECKING:
    from governance.collectors.reading.files import File

SECONDS = 20
"""Of the clock on the wall, which runs on while a busy machine does something else; of computing time there is one."""


def read(file: File) -> Any:
    """The data in a pickle: text, numbers, lists, and objects with text as keys.

    An instance is `{"class": "module.Name", "state": {...}}`, with `args` where it was called with any, `items` where it
    is a kind of list and `entries` where it is a kind of object; a member of an enumeration (and anything else that is a
    capitalised name called with one plain value) is that value; a class or function named and not called is its
    path as text. Bytes are `{"class": "bytes", "length": n}`, and so is text above 10,000 characters (`str`) and a whole
    number beyond 64 bits (`int`, with its length in bits); NaN and infinity are null.

    Raises `UnreadableError`: cut, too large, too deep, not a pickle, or one that does more than hold data.
    """
    return of_bytes(_pickled(file), where=file.shown)


def of_bytes(data: bytes, *, where: str = "") -> Any:
    """The data in the bytes of a pickle, as `read` says it."""
    if len(data) > inert_pickle_process.MAX_BYTES:
        raise UnreadableError(f"a pickle of {len(data):,} bytes is over the cap of {_CAP}", where=where)
    try:
        run = subprocess.run(  # noqa: S603 - our own file; the bytes go in by its standard input
            [sys.executable, "-I", "-S", str(Path(inert_pickle_process.__file__).resolve())],
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS,
            cwd=os.sep,
            env={name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ},
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise UnreadableError("a pickle that takes too long to read", where=where) from None
    except OSError as error:
        raise UnreadableError(f"no process to read the pickle in: {error.strerror or error}", where=where) from None
    if run.returncode:
        raise UnreadableError("a pickle that takes more time or memory than its data could need", where=where)
    answer = strict_json.loads(run.stdout, where=where)
    if "error" in answer:
        raise UnreadableError(f"a pickle that can not be read: {answer['error']}", where=where)
    return answer["value"]


_CAP = f"{inert_pickle_process.MAX_BYTES:,}"


def _pickled(file: File) -> bytes:
    """The pickle itself: the file, or the one `data.pkl` of the archive it is."""
    if file.form != "zip":
        return file.data(inert_pickle_process.MAX_BYTES)
    archive = Archive(file)
    found = [name for name in archive.names() if name == "data.pkl" or name.endswith("/data.pkl")]
    if len(found) != 1:
        raise UnreadableError(f"an archive with {len(found)} data.pkl where torch writes one", where=file.shown)
    return archive.read(found[0], inert_pickle_process.MAX_BYTES)
