"""`python -m governance.verifier`: the verifier alone, without the rest of the program."""

import sys

from governance.verifier.command import run

if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
