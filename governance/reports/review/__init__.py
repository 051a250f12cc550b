"""The page a reviewer signs, as plain text."""
