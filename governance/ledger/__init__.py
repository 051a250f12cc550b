"""The only writer: an append-only Merkle tree over canonical entries in SQLite, and content-addressed bodies beside it."""
