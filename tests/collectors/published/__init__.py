"""Readers held against files that the tools left in public, where a collection of them is at hand."""
