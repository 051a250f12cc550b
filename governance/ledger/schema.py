"""The version of the tables: Alembic makes and upgrades them, and a quick look decides whether it is needed at all.

Opening a ledger reads one row. Only a ledger that is new or old loads Alembic; one written by a newer version is refused,
because reading it half-understood would be worse than not reading it.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from governance.errors import GovernanceError, UnreadableError, UsageError, VersionError

REVISIONS = ("0001", "0002")
"""Every revision, oldest first; the last is the one this version writes."""


def revision(path: Path) -> str | None:
    """The revision of a ledger file, None where it has no tables yet. Raises `UnreadableError` for another kind of file."""
    try:
        with path.open("rb") as stream:  # SQLite takes a file of one byte for an empty one, and would write over it
            if stream.read(16) not in (b"", b"SQLite format 3\0"):
                raise UnreadableError("not a ledger: file is not a database", where=str(path))
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            if not tables:
                return None
            if not {"alembic_version", "entry"} <= tables:
                raise UnreadableError("a database, but not a ledger", where=str(path))
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
            return str(row[0]) if row else None
    except (sqlite3.Error, OSError) as error:
        raise UnreadableError(f"not a ledger: {error}", where=str(path)) from None


def require_current(path: Path) -> None:
    """Pass for a current ledger; raise with the remedy for an old one, and with a clear word for a newer one."""
    if not path.is_file():
        raise UsageError("there is no ledger here", where=str(path), hint="Make a workspace with: govern init")
    held = revision(path)
    if held == REVISIONS[-1]:
        return
    if held is not None and held not in REVISIONS:
        raise VersionError(
            f"written by a newer version of this program (table revision {held}, this one knows {REVISIONS[-1]})",
            where=str(path),
            hint="Install the newer version to open it.",
        )
    raise UsageError(
        f"tables of an older version (revision {held or 'none'}, this one writes {REVISIONS[-1]})",
        where=str(path),
        hint="Upgrade it with: govern ledger upgrade",
    )


def upgrade(path: Path, target: str = REVISIONS[-1]) -> tuple[str | None, str]:
    """Bring a ledger file to a revision, making it where it is new. Returns (from, to). Nothing is ever rewritten."""
    from alembic import command
    from alembic.config import Config
    from sqlalchemy.exc import DBAPIError

    held = revision(path) if path.exists() and path.stat().st_size else None
    if held is not None and held not in REVISIONS:
        require_current(path)
    if held is not None and REVISIONS.index(held) >= REVISIONS.index(target):
        return held, held
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["ledger"] = path
    try:
        if not path.exists():
            sqlite3.connect(path).close()
        command.upgrade(config, target)
    except (DBAPIError, sqlite3.Error) as error:
        raise GovernanceError(
            f"the ledger could not be made or upgraded: {getattr(error, 'orig', error)}", where=str(path)
        ) from None
    return held, target
