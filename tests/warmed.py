"""A process that forks for each command or script (`warm.py`), as Python asks it."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from tests.warm import handed_over

ROOT = Path(__file__).parent.parent
PROGRAM = Path(__file__).with_name("warm.py")
GOVERN = (
    "governance.cli.app", "governance.workspace", "governance.packs.build", "governance.packs.verify", "governance.verifier.command",
    "sqlmodel", "alembic.command", "networkx", "jinja2", "weasyprint", "matplotlib.backends.backend_svg", "scipy.special", "scipy.stats",
)  # fmt: skip
"""What `govern` imports, at some command or other."""


class Warm:
    """The process that listens at an address, as Python asks it."""

    def __init__(self, path):
        self.path = path

    def shell(self):
        """A program of the shell that is `govern`."""
        return f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -ES {shlex.quote(str(PROGRAM))} call {self.path} "$@"\n'

    def govern(self, *arguments, folder, environ, timeout=300):
        """What `govern` with the arguments said, and its exit code."""
        return self._ask({"arguments": ["govern", *map(str, arguments)]}, folder, environ, timeout)

    def script(self, path, *arguments, folder, environ, timeout=300):
        """What a file of Python said, and its exit code."""
        return self._ask(
            {"script": str(path), "arguments": [str(path), *map(str, arguments)]}, folder, environ, timeout
        )

    def _ask(self, asked, folder, environ, timeout):
        said = asked | {"folder": str(folder), "environ": dict(environ)}
        with (
            Path(os.devnull).open("rb") as nothing, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err,
        ):  # fmt: skip
            code = handed_over(self.path, said, [nothing.fileno(), out.fileno(), err.fileno()], timeout)
            out.seek(0)
            err.seek(0)
            printed, complained = out.read().decode("utf-8", "replace"), err.read().decode("utf-8", "replace")
        return subprocess.CompletedProcess(said["arguments"], code, printed, complained)


@contextmanager
def warm(*modules, options=(), environ=None):
    """A process that has these modules imported, until the block ends."""
    with tempfile.TemporaryDirectory(prefix="govern-") as folder:
        path = f"{folder}/warm"  # short: an address of this sort has 108 characters at most
        given = (os.environ if environ is None else environ) | {"PYTHONPATH": str(ROOT)}
        server = subprocess.Popen([sys.executable, *options, PROGRAM, "serve", path, *modules], cwd=ROOT, env=given)
        try:
            end = time.monotonic() + 120
            while not Path(path).exists():
                assert server.poll() is None, "it did not start"
                assert time.monotonic() < end, "it did not start within two minutes"
                time.sleep(0.05)
            yield Warm(path)
        finally:
            server.terminate()
            server.wait()
