"""The command line: read the arguments, make one call, print the answer."""
