"""What verifying a pack came to: a line for each question, the problems with their places, and the code it exits with.

Words from a pack are a stranger's: whatever prints them goes through `clean` or `one_line`, so that they can not pretend.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from governance.errors import DutiesError, GovernanceError, IntegrityError

if TYPE_CHECKING:
    from governance.verifier.decided import Decided
    from governance.verifier.members import About

NOT_EVALUATED = "NOT EVALUATED"
NOT_PERFORMED = "not performed"
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


@dataclass
class PackReport:
    """What was found.

    `problems` are (member, sentence): something was changed (exit 4). `duties` are approvals by somebody who holds a duty that is
    kept apart (exit 5). `unmet` holds in the pack, but not against what the auditor brought (exit 1).
    """

    problems: list[tuple[str, str]] = field(default_factory=list)
    duties: list[str] = field(default_factory=list)
    unmet: list[str] = field(default_factory=list)
    lines: dict[str, str] = field(default_factory=dict)
    limits: list[str] = field(default_factory=list)
    about: About | None = None
    decisions: list[Decided] = field(default_factory=list)
    sample: dict[str, Any] | None = None
    revealed: dict[str, Any] | None = None
    case: Any = None
    """What judging again came to, where the whole program was there to do it."""
    _said: set[tuple[str, str]] = field(default_factory=set, repr=False)

    @property
    def ok(self) -> bool:
        """Nothing wrong inside, and nothing unmet outside."""
        return self.exit_code == 0

    @property
    def exit_code(self) -> int:
        """0, or the code of the gravest that was found; what is no pack at all never comes to a report."""
        if self.problems:
            return IntegrityError.exit_code
        if self.duties:
            return DutiesError.exit_code
        return GovernanceError.exit_code if self.unmet else 0

    def problem(self, member: str, said: str) -> None:
        """Record a problem once."""
        if (member, said) not in self._said:
            self._said.add((member, said))
            self.problems.append((member, said))

    def plain(self) -> dict[str, Any]:
        """The JSON form, the fields of `verify.v1`."""
        made: dict[str, Any] = {
            "ok": self.ok,
            "exit_code": self.exit_code,
            "problems": [{"member": member, "problem": said} for member, said in self.problems],
            "duties": self.duties,
            "unmet": self.unmet,
            "report": self.lines,
            "pack": self.about.plain() if self.about else None,
            "pack_id": self.about.pack_id if self.about else None,
            "decisions": [shown(one) for one in self.decisions],
        }
        if self.sample is not None:
            made["sample"] = self.sample
        if self.revealed is not None:
            made["revealed"] = self.revealed
        return made


def shown(one: Decided) -> dict[str, Any]:
    """The JSON form of a decision with what was found out about it."""
    picked = ("signer", "role", "decision", "identity", "expires", "reason")
    made = {name: one.said[name] for name in picked if name in one.said}
    key = one.signer.credential if one.signer else None
    return {"id": one.entry, "seq": one.seq, **made, "key": key, "valid": one.problem is None, "problem": one.problem}


def clean(text: str) -> str:
    """Text with control, bidi and zero-width characters shown as escapes, so that it can not pretend."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if c == "\n" or unicodedata.category(c) not in _HIDDEN else f"\\u{ord(c):04x}" for c in text)


def one_line(text: str) -> str:
    """Words of a stranger inside a line of ours: a line break in them is shown, and makes no line."""
    return clean(text).replace("\n", "\\n")
