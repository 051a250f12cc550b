"""Find the entries of one system without reading all: two more columns generated from the bytes, and an index."""

from alembic import op

revision = "0002"
down_revision = "0001"

STATEMENTS = (
    "ALTER TABLE entry ADD COLUMN system TEXT GENERATED ALWAYS AS (json_extract(body, '$.system')) VIRTUAL",
    "ALTER TABLE entry ADD COLUMN type TEXT GENERATED ALWAYS AS (json_extract(body, '$.type')) VIRTUAL",
    "CREATE INDEX entry_system ON entry (system, seq)",
)


def upgrade() -> None:
    """Add the columns and the index."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """A ledger is not taken apart."""
    raise RuntimeError("a ledger is append-only; its tables are never dropped")
