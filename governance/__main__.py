"""The door: `govern` and `python -m governance`.

`--version` is answered before anything is imported, so that a script can ask it often.
"""

import sys

from governance import __version__


def main() -> None:
    """Run the command line; returns by exiting with the code of the answer."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        print(f"govern {__version__}")  # noqa: T201 - the one line that does without the output module
        return
    if sys.argv[1:2] == ["verify"]:  # the verifier starts without the rest of the program
        from governance.verifier.command import run as verify

        sys.exit(verify(sys.argv[2:]))
    if sys.argv[1:2] == ["record"]:  # the command that is recorded should not wait for the rest either
        from governance.integrations.command import run as record

        sys.exit(record(sys.argv[2:]))
    from governance.cli.app import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
