"""The revision of the code, asked of Git in such a way that nothing in the repository is run.

A repository can name programs in its own settings, and Git would run them: a monitor of the file system, hooks, programs
that compare, convert or filter files, helpers that fetch what is missing. So each is switched off for these calls, by
settings of the command that win over those of the repository. Where a filter was switched off and the files it belongs to
seem to differ, nobody can tell whether they do, and that is the answer.

The digest of what was changed is that of the bytes of `git diff HEAD` with the options of `DIFF`, so that whoever kept the
diff can hold it against it.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

SECONDS = 15.0
"""For all calls together."""
LARGEST = 256 << 20
"""Bytes of a diff, or of a list of files, that are read."""
DIFF = (
    "--binary", "--full-index", "--no-renames", "--ignore-submodules=dirty", "--no-ext-diff", "--no-textconv", "--no-color",
    "--no-relative", "--src-prefix=a/", "--dst-prefix=b/", "--diff-algorithm=myers", "--unified=3", "--inter-hunk-context=0",
)  # fmt: skip
_IN_ORDER = f"-O{os.devnull}"
"""Files in the order of their names, whatever the repository says."""
_OFF = (
    "core.fsmonitor=false", f"core.hooksPath={os.devnull}", "core.untrackedCache=false", "core.askPass=", "credential.helper=",
    "protocol.allow=never", "safe.bareRepository=explicit", "core.quotePath=true", "submodule.recurse=false",
)  # fmt: skip
_SCP = re.compile(r"(?:[^@/\s:]{1,200}@)?(?P<host>[\w.-]{1,200}):(?P<path>(?!//)[\w./~+-]{1,500})")
_URL = re.compile(
    r"(?P<scheme>https?|ssh|git|git\+ssh|file)://(?:[^/\s]*@)?(?P<rest>[\w.:\[\]-]{0,300}/[\w./~+%-]{0,600})(?:[?#].*)?"
)
_PATH = re.compile(r"(?:[A-Za-z]:)?[\w./~+\\-]{1,500}")
_OLDEST = (2, 31)
"""The first Git that takes settings from `GIT_CONFIG_COUNT`; an older one could not be kept from running a filter."""


class NoRevisionError(Exception):
    """There is no revision to be told; the text says why."""


def code(folders: Sequence[str], script: str | None = None, seconds: float = SECONDS) -> dict[str, Any]:
    """The body of a source-revision for the first of these folders that lies in a repository.

    Raises `NoRevisionError` with the reason where there is none, Git is not there or too old, or it refuses the folder.
    """
    git = _Git(seconds)
    why = "no folder of the run is there"
    for folder in dict.fromkeys(folders):
        if not Path(folder).is_dir():
            continue
        top, why = git.top(folder)
        if top is not None:
            return git.revision(top, script)
    raise NoRevisionError(why)


def address(said: str) -> str | None:
    """Where code lives, without user, password, question or fragment; None for what is no plain address."""
    said = said.strip()
    if match := _URL.fullmatch(said):
        return f"{match['scheme']}://{match['rest']}"[:1000]
    if match := _SCP.fullmatch(said):
        return f"{match['host']}:{match['path']}"
    return said if _PATH.fullmatch(said) else None


class _Git:
    """Git with everything that a repository could have run switched off, for so many seconds in all."""

    def __init__(self, seconds: float) -> None:
        found = shutil.which("git")
        if found is None or not Path(found).is_absolute():
            raise NoRevisionError("Git is not installed")
        self._program, self._until = found, time.monotonic() + seconds
        self._environ = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        self._environ |= {
            "GIT_OPTIONAL_LOCKS": "0",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_NO_LAZY_FETCH": "1",
            "GIT_ALLOW_PROTOCOL": "none",
            "GIT_ATTR_NOSYSTEM": "1",
            "LC_ALL": "C",
        }
        self.version = self._line("version", where=os.sep).removeprefix("git version ")[:100]
        numbers = re.match(r"(\d+)\.(\d+)", self.version)
        if numbers is None or (int(numbers[1]), int(numbers[2])) < _OLDEST:
            raise NoRevisionError(
                f"Git {self.version or 'of an unknown version'} is older than 2.31, and runs what a repository says"
            )

    def top(self, folder: str) -> tuple[str | None, str]:
        """The folder that the repository of a folder begins at, or None and why not."""
        status, said, error = self._ran("rev-parse", "--show-toplevel", where=folder)
        if status == 0 and said.strip():
            return os.fsdecode(said).rstrip("\n"), ""
        if b"dubious ownership" in error:
            return None, "the repository belongs to somebody else, and Git refuses it (safe.directory)"
        return None, "neither the script nor the working folder lies in a Git repository"

    def revision(self, top: str, script: str | None) -> dict[str, Any]:
        """The body for the repository that begins at this folder."""
        self._switch_filters_off(top)
        commit = self._line("rev-parse", "--verify", "--quiet", "HEAD^{commit}", where=top) or None
        changed, digest = (None, None) if commit is None else self._changes(top)
        return {
            "repository": self._remote(top),
            "commit": commit,
            "branch": self._line("symbolic-ref", "--quiet", "--short", "HEAD", where=top)[:300] or None,
            "tag": self._line(
                "for-each-ref", "--points-at=HEAD", "--count=1", "--format=%(refname:short)", "refs/tags", where=top
            )[:300]
            or None,
            "uncommitted_changes": changed,
            "diff_digest": digest,
            "untracked_files": self._untracked(top),
            "signed": None,
            "entry_point": _below(top, script),
            "tool": {"name": "git", "version": self.version or None},
        }

    def _remote(self, top: str) -> str | None:
        _, said, _ = self._ran("config", "-z", "--get-regexp", r"^remote\..*\.url$", where=top)
        remotes = dict(each.split("\n", 1) for each in os.fsdecode(said).split("\0") if "\n" in each)
        first = remotes.get("remote.origin.url") or next(iter(remotes.values()), None)
        return None if first is None else address(first)

    def _switch_filters_off(self, top: str) -> None:
        """Each filter that any settings define becomes one that does nothing: it would be run to compare a file."""
        _, said, _ = self._ran(
            "config", "-z", "--name-only", "--get-regexp", r"^filter\..*\.(clean|smudge|process)$", where=top
        )
        drivers = {os.fsdecode(name).rpartition(".")[0] for name in said.split(b"\0") if name}
        settings = [
            (f"{driver}.{what}", value)
            for driver in sorted(drivers)
            for what, value in (("clean", ""), ("smudge", ""), ("process", ""), ("required", "false"))
        ]
        self._environ["GIT_CONFIG_COUNT"] = str(len(settings))
        for number, (name, value) in enumerate(settings):
            self._environ |= {f"GIT_CONFIG_KEY_{number}": name, f"GIT_CONFIG_VALUE_{number}": value}
        self._filters = bool(drivers)

    def _changes(self, top: str) -> tuple[bool | None, str | None]:
        """Whether what belongs to the code differs from the revision, and the digest of how; None for what can not be told."""
        status, names, _ = self._ran("diff", "HEAD", "--name-only", "-z", _IN_ORDER, *DIFF[1:], where=top)
        if status != 0:
            return None, None
        paths = [name for name in names.split(b"\0") if name]
        if not paths:
            return False, None
        if self._filters:
            given = b"\0".join(paths) + b"\0"
            status, said, _ = self._ran("check-attr", "-z", "--stdin", "filter", where=top, given=given)
            values = said.split(b"\0")[2::3]
            plain = [value for value in values if value in (b"unspecified", b"unset")]
            if status != 0 or len(plain) < len(paths):
                return (True if plain else None), None
        digest = hashlib.sha256()
        status, _, _ = self._ran("diff", "HEAD", _IN_ORDER, *DIFF, where=top, digest=digest)
        return True, f"sha256:{digest.hexdigest()}" if status == 0 else None

    def _untracked(self, top: str) -> int | None:
        status, said, _ = self._ran("ls-files", "--others", "--exclude-standard", "-z", where=top)
        return said.count(b"\0") if status == 0 else None

    def _line(self, *arguments: str, where: str) -> str:
        status, said, _ = self._ran(*arguments, where=where)
        return os.fsdecode(said).strip() if status == 0 else ""

    def _ran(self, *arguments: str, where: str, given: bytes = b"", digest: Any = None) -> tuple[int, bytes, bytes]:
        """(status, output, first bytes of its errors); -1 for a status where it took too long or said too much."""
        left = self._until - time.monotonic()
        if left <= 0:
            return -1, b"", b""
        settings = [part for setting in _OFF for part in ("-c", setting)]
        with tempfile.TemporaryFile() as asked, tempfile.TemporaryFile() as errors:
            asked.write(given)
            asked.seek(0)
            with subprocess.Popen(  # noqa: S603 - the arguments are ours, and no shell reads them
                [self._program, "--no-pager", *settings, *arguments],
                cwd=where,
                env=self._environ,
                stdin=asked,
                stdout=subprocess.PIPE,
                stderr=errors,
                start_new_session=True,
            ) as process:
                stop = threading.Timer(left, _end, (process,))
                stop.daemon = True
                stop.start()
                try:
                    said, whole = _read(process.stdout, digest)
                    if not whole:
                        _end(process)
                    status = process.wait()
                finally:
                    stop.cancel()
            errors.seek(0)
            return (status if whole and status >= 0 else -1), said, errors.read(2000)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process, and what it started: that would hold its output open."""
    try:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    except OSError:
        return


def _read(stream: Any, digest: Any) -> tuple[bytes, bool]:
    """What comes out, or nothing where it goes into a digest; and whether it was all of it."""
    said, count = bytearray(), 0
    while part := stream.read(1 << 16):
        count += len(part)
        if count > LARGEST:
            return b"", False
        if digest is None:
            said += part
        else:
            digest.update(part)
    return bytes(said), True


def _below(top: str, script: str | None) -> str | None:
    """The script as it is called in the repository, or its name alone where it lies elsewhere."""
    if not script:
        return None
    try:
        return Path(script).resolve().relative_to(Path(top).resolve()).as_posix()[:500]
    except (OSError, ValueError):
        return Path(script).name[:500] or None
