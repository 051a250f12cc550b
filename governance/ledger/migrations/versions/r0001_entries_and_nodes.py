"""Entries as canonical bytes, the nodes of the tree, and triggers that refuse every change."""

from alembic import op

revision = "0001"
down_revision = None

TABLES = (
    """CREATE TABLE entry (
        seq INTEGER NOT NULL PRIMARY KEY,
        body TEXT NOT NULL,
        id TEXT GENERATED ALWAYS AS (json_extract(body, '$.id')) VIRTUAL
    )""",
    "CREATE UNIQUE INDEX entry_id ON entry (id)",
    """CREATE TABLE node (
        level INTEGER NOT NULL,
        idx INTEGER NOT NULL,
        hash BLOB NOT NULL,
        PRIMARY KEY (level, idx)
    ) WITHOUT ROWID""",
)
# REPLACE deletes the old row without firing a delete trigger, so the insert that would replace is refused itself.
TRIGGERS = (
    "CREATE TRIGGER entry_no_update BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END",
    "CREATE TRIGGER entry_no_delete BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END",
    """CREATE TRIGGER entry_no_replace BEFORE INSERT ON entry
        WHEN EXISTS (SELECT 1 FROM entry WHERE seq = NEW.seq)
          OR EXISTS (SELECT 1 FROM entry WHERE id = json_extract(NEW.body, '$.id'))
        BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END""",
    "CREATE TRIGGER node_no_update BEFORE UPDATE ON node BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END",
    "CREATE TRIGGER node_no_delete BEFORE DELETE ON node BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END",
    """CREATE TRIGGER node_no_replace BEFORE INSERT ON node
        WHEN EXISTS (SELECT 1 FROM node WHERE level = NEW.level AND idx = NEW.idx)
        BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END""",
)


def upgrade() -> None:
    """Make the tables, then close them."""
    for statement in TABLES + TRIGGERS:
        op.execute(statement.replace(":", "\\:"))


def downgrade() -> None:
    """A ledger is not taken apart."""
    raise RuntimeError("a ledger is append-only; its tables are never dropped")
