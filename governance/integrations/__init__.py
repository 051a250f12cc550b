"""Doors into somebody else's process: what trainers, harnesses and trackers call while they run.

Nothing that records may stop or slow the work. It imports the standard library alone; the library it plugs into is
imported by the one file that does.

Trackers are asked from outside as well: `mlflow_runs` and `wandb_runs` fetch runs, `mlflow_tags` and `wandb_tags` write a
`verdict` back. Those run in a process of ours, wait, and raise.
"""
