"""The data card: each data set on record, what its manifest says, and what else was looked into."""
