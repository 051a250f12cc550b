"""The stand-in for NVIDIA's driver library, compiled once, and scripts that run with it in a process of their own."""

from __future__ import annotations

import functools
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).parent / "sampling" / "fake_nvml.c"


@functools.cache
def library() -> Path:
    """The folder with the compiled `libnvidia-ml.so.1`."""
    folder = Path(tempfile.mkdtemp(prefix="fake-nvml-"))
    compiler = shutil.which("cc") or "cc"
    flags = ["-shared", "-fPIC", "-O1", "-Wall", "-Werror"]
    subprocess.run([compiler, *flags, "-o", str(folder / "libnvidia-ml.so.1"), str(SOURCE)], check=True)
    return folder


def said(script: str, machine: str | None, *arguments: str, cwd: Path | None = None, **environ: str) -> Any:
    """What a script prints as JSON with the stand-in as this machine, or without any driver library."""
    given = dict(os.environ) | environ
    given.pop("LD_LIBRARY_PATH", None)
    if machine is not None:
        given |= {"LD_LIBRARY_PATH": str(library()), "FAKE_NVML": machine}
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", script, *arguments],
        env=given,
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stderr == ""
    return json.loads(ran.stdout)
