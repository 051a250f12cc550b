"""How every collector reads: which files there are, how one is opened, recognised and answered for, whom a fact is about."""
