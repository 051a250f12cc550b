"""A checkpoint in an annotated Git tag. Pushed, the tag is in the hands of everybody who has the repository.

The message of the tag is the note, byte for byte. `git` itself is run, with the settings of the person who runs it; where they
gave an SSH key the tag is signed with it. Nothing is pushed.
"""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from governance.errors import GovernanceError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from governance.anchoring.kept import Anchor, Anchors

_SECONDS = 120


def name_for(anchor: Anchor) -> str:
    """The name a tag gets where none is given."""
    return f"checkpoint/{anchor.folder.name}"


def tag(
    anchors: Anchors, anchor: Anchor, repo: Path, *, name: str | None = None, ssh_key: Path | None = None
) -> Anchor:
    """Make the tag on the present commit of a repository, and remember its object id. Raises `GovernanceError` with git's words."""
    chosen = name or name_for(anchor)
    if chosen.startswith("-") or not chosen.isprintable() or " " in chosen:
        raise UsageError(f"{chosen!r} can not name a tag")
    signing = ["-c", "gpg.format=ssh", "-c", f"user.signingKey={ssh_key.resolve()}"] if ssh_key else []
    how = "-s" if ssh_key else "-a"
    _git(repo, [*signing, "tag", how, "--cleanup=verbatim", "-F", "-", "--", chosen], anchor.note)
    made = _git(repo, ["rev-parse", "--verify", f"refs/tags/{chosen}"]).decode().strip()
    return anchors.add_tag(anchor, made, chosen)


def _git(repo: Path, arguments: list[str], given: bytes = b"") -> bytes:
    try:
        done = subprocess.run(  # noqa: S603 - no shell, and the arguments are ours
            ["git", "-C", str(repo), *arguments],  # noqa: S607 - the user's own git
            input=given, capture_output=True, check=False, timeout=_SECONDS,
        )  # fmt: skip
    except FileNotFoundError:
        raise UsageError("git is not installed") from None
    except subprocess.TimeoutExpired:
        raise GovernanceError(f"git did not end within {_SECONDS} seconds", where=str(repo)) from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["it said nothing"]
        raise GovernanceError(f"git did not make the tag: {said[-1].removeprefix('fatal: ')}", where=str(repo))
    return done.stdout
