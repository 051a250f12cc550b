"""Every error this package raises, in one tree, with the exit code each one ends in.

::

    GovernanceError                      1   something was asked for that cannot be given
    ├── UsageError                       2   the call itself is wrong: an unknown name, a missing option
    ├── CouldNotTell                     3   no verdict: evidence missing, stale or inconclusive
    ├── IntegrityError                   4   bytes are not what they were: somebody changed them
    ├── DutiesError                      5   one person holds two duties that must be apart
    └── UnreadableError                  6   an input could not be read: cut, too large, not the format it claims
        ├── ContentError                 6   a content file (control, framework, kind, policy, template) is wrong
        └── VersionError                 6   written by a newer version than this one

The library raises; only the command line turns an error into an exit code. Each error carries a hint: the next thing to
do, in one sentence, for the person who reads it.
"""

from __future__ import annotations


class GovernanceError(Exception):
    """The root of the tree. `where` names a file or a thing, `hint` the remedy; both may be empty."""

    exit_code = 1

    def __init__(self, message: str, *, where: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        """The sentence a person reads: place, problem, remedy."""
        text = f"{self.where}: {self.message}" if self.where else self.message
        return f"{text}. {self.hint}" if self.hint else text


class UsageError(GovernanceError):
    """The call is wrong: an unknown id, an option that does not fit, a workspace that is not there."""

    exit_code = 2


class CouldNotTell(GovernanceError):  # noqa: N818 - it is an answer as much as an error
    """There is no verdict, because evidence is missing, stale or inconclusive."""

    exit_code = 3


class IntegrityError(GovernanceError):
    """Stored bytes differ from what their digest, tree or signature says they were."""

    exit_code = 4


class DutiesError(GovernanceError):
    """Separation of duties is broken."""

    exit_code = 5


class UnreadableError(GovernanceError):
    """An input could not be read. Nothing of it was taken."""

    exit_code = 6


class ContentError(UnreadableError):
    """A content file breaks its own rules."""


class VersionError(UnreadableError):
    """The bytes were written by a newer version of this package."""
