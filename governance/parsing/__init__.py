"""From bytes to plain values, strictly.

Whatever is read from outside (a run folder, a content file, a pack) passes through here first. The rules are the same
everywhere: a size cap, a depth cap, no duplicate keys, no aliases, no tags, no silent repair. What breaks a rule raises
`UnreadableError` with the place; nothing half-read leaves this package.
"""
