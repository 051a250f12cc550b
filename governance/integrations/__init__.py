"""Doors into somebody else's process: what trainers, harnesses and trackers call while they run.

Nothing in here may stop or slow the work that it records. It imports the standard library alone; the library it plugs
into is imported by the one file that does.
"""
