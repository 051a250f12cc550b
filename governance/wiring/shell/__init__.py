"""What a shell does with the exit code of one command: the part of the POSIX shell and of bash that pipelines are written in."""
