"""Whether the gate is really wired: what the pipelines of a repository do with the answer of `govern gate`.

`notation` reads YAML with line numbers, `shell` says what becomes of an exit code, `github`, `gitlab` and `elsewhere` read pipelines, and
`protection` reads what a host requires. All judge what `files` gives them and write nothing; no pipeline is run.
"""
