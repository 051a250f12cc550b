"""An audit pack: everything an auditor needs in one file, built the same way twice, verified without us."""
