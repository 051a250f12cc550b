"""The press: PDFs are made in a process of their own, beside everything else.

Laying out twenty pages takes a core some seconds, and loading the library half of one more. A press is started early, loads the library
while the evidence is still being judged, and lays out on the other core. What it renders holds words of strangers; in a process of its own
a page that eats memory or time takes nothing else down with it.

`python -m governance.reports.press` reads one job from standard input (a line of JSON, then the HTML) and writes the PDF to standard
output, or one line of JSON that says why there is none, with exit code 3.
"""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TYPE_CHECKING

from governance.errors import GovernanceError
from governance.reports import pdf

if TYPE_CHECKING:
    from concurrent.futures import Future

TIMEOUT = 900
_NO_PDF = 3


class Press:
    """One press for one document. Starting it is cheap; it waits for its job."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "governance.reports.press"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self._beside = ThreadPoolExecutor(1)

    def start(self, html: str, *, identifier: str, created: datetime) -> Future[bytes]:
        """Begin to print; the future gives the PDF, or raises `PangoMissing`, or `GovernanceError` where printing failed."""
        job = json.dumps({"identifier": identifier, "created": created.isoformat()}).encode() + b"\n" + html.encode()
        return self._beside.submit(self._print, job)

    def close(self) -> None:
        """Stop a press that is not needed any more."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.communicate()
        self._beside.shutdown()

    def _print(self, job: bytes) -> bytes:
        try:
            made, said = self._process.communicate(job, timeout=TIMEOUT)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.communicate()
            raise GovernanceError(f"the PDF took longer than {TIMEOUT} seconds") from None
        if self._process.returncode == _NO_PDF:
            why = json.loads(made)
            raise pdf.PangoMissing(why["message"], hint=why["hint"])
        if self._process.returncode != 0:
            last = said.decode("utf-8", "replace").strip().splitlines()[-1:] or ["no reason given"]
            raise GovernanceError(f"the PDF could not be made: {last[0]}")
        return made


def main() -> int:
    """Serve one job."""
    try:
        pdf.load()
        missing = None
    except pdf.PangoMissing as error:
        missing = error
    head, _, html = sys.stdin.buffer.read().partition(b"\n")
    if missing is not None:
        sys.stdout.write(json.dumps({"message": missing.message, "hint": missing.hint}))
        return _NO_PDF
    job = json.loads(head)
    made = pdf.to_pdf(html.decode(), identifier=job["identifier"], created=datetime.fromisoformat(job["created"]))
    sys.stdout.buffer.write(made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
