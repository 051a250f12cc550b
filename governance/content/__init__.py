"""Content: found in folders, read strictly, checked against its own examples."""
