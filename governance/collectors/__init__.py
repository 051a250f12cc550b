"""What tools left on disk, read as evidence and never run.

A collector looks at one folder at a time, claims files by their content (keys, magic bytes) and never by name alone,
and yields what it found or why a file it claimed could not be read. Each lives in one file of this package and is
found by walking it, or by the entry-point group `governance.collectors`: adding a collector is adding one file with a
`COLLECTOR`.

Nothing here opens a pickle, imports a training library, follows a link out of the attached folder or uses the
network. A time stamp of the file system is never taken for a clock, because copying a file renews it.
"""
