"""The revisions of the ledger's tables. A released revision is never edited."""
