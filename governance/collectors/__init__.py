"""What tools left on disk, read as evidence and never run.

A collector looks at one folder at a time, knows its files by their content (keys, magic bytes), and yields what it found or why
a file it recognised could not be read. Each lives in one file of this folder and is found by walking it, or by the entry-point
group `governance.collectors`: adding a collector is adding one file with a `COLLECTOR`. How all of them read lies in `reading`,
the forms of files that several of them meet in `formats`.

Nothing here loads a pickle, imports a training library, follows a link out of the attached folder or uses the network. The one
reader of pickles (`formats/inert_pickle`) imports nothing and calls nothing, in a process of its own with little room. A time
stamp of the file system is never taken for a clock, because copying a file renews it.
"""
