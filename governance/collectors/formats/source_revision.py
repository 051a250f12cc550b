"""The source-revision.v1 that a run recorded of its own code: the fields that are known, and no others."""

from __future__ import annotations

import re
from typing import Any

from governance.collectors.reading import fields
from governance.errors import UnreadableError

KIND = "source-revision.v1"
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_DIGESTS = ("diff_digest", "diff_sha256")
"""Where the digest of what differs from the commit may stand."""


def body_of(value: dict[str, Any]) -> dict[str, Any]:
    """The body. Raises `UnreadableError` for a field of a wrong sort, and for a commit that is no whole id."""
    commit = fields.text(value, "commit", most=64)
    if commit is not None and not _COMMIT.fullmatch(commit):
        raise UnreadableError("the commit of its code is no whole id of a revision")
    tool = fields.table(value, "tool")
    made: dict[str, Any] = {
        "repository": fields.text(value, "repository", most=1000),
        "commit": commit,
        "branch": fields.text(value, "branch", most=300),
        "tag": fields.text(value, "tag", most=300),
        "uncommitted_changes": fields.flag(value, "uncommitted_changes"),
        "untracked_files": fields.whole(value, "untracked_files", least=0),
        "signed": fields.flag(value, "signed"),
        "entry_point": fields.text(value, "entry_point", most=500),
        "tool": {"name": fields.text(tool, "name", most=200) or "git", "version": fields.plain(tool, "version")},
    }
    return made | {name: said for name in _DIGESTS if (said := fields.text(value, name, most=200)) is not None}
