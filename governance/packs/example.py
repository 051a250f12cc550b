"""A draft of the trust policy that an auditor could hold against a pack. It lies in the pack, and so proves nothing.

The auditor compares each key by another way (a call, a badge, the organisation's directory), strikes what they do not trust, and
keeps the file as their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.errors import UnreadableError
from governance.proofs import public_keys
from governance.proofs.vkeys import LOG, parse_vkey, vkey
from governance.signing import statements
from governance.verifier.trust import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from governance.domain.entry import Entry
    from governance.proofs.note import Head
    from governance.proofs.public_keys import PublicKey

_HEAD = """\
# A draft of a trust policy, made from what the pack says of itself. It proves nothing: whoever made the pack made this.
# Compare every key by another way, strike what you do not trust, keep the file outside of the pack, and give it with
#   govern verify PACK --policy FILE
# Add `approval ROLE PEOPLE` for how many people must have approved in a role, and `tsa FILE` for an authority on time.
"""
_NOBODY = "# No person holds a key that signs now."


def trust_example(
    head: Head,
    ledger_key: PublicKey,
    entries: Iterable[Entry],
    raw: Callable[[str], bytes],
    witnesses: Iterable[str] = (),
) -> bytes:
    """The draft: the log, its witnesses, and every person whose key signs after the last entry."""
    lines = [f"log {vkey(head.origin, ledger_key.material.removeprefix(b'ed25519:'), LOG)}"]
    names = [f"witness-{number}" for number, _ in enumerate(sorted(set(witnesses)), start=1)]
    lines += [f"witness {name} {parse_vkey(key)}" for name, key in zip(names, sorted(set(witnesses)), strict=True)]
    lines += [f"group witnesses any {' '.join(names)}", "quorum witnesses"] if names else ["quorum none"]
    roster = statements.roster(entries, raw, ledger_key)
    people = 0
    for _, principal in sorted(roster.principals.items()):
        for credential in principal.active(head.size):
            if principal.kind == "person" and isinstance(credential.by, public_keys.PublicKey):
                line = f"signer {','.join(sorted(principal.roles()))} {credential.by.line} {principal.name}"
                people += 1
                lines.append(line)
    try:
        return _drafted(lines, people)
    except UnreadableError as error:  # a name or a role that a trust policy can not hold
        said = f"# Not drafted: {error.message.encode('ascii', 'backslashreplace').decode()}"
        return _drafted([said, *(line for line in lines if not line.startswith("signer "))], 0)


def _drafted(lines: list[str], people: int) -> bytes:
    """The file. Raises `UnreadableError` where it could not be read: that would be no draft."""
    made = (_HEAD + "\n".join(lines) + "\n" + ("" if people else _NOBODY + "\n")).encode()
    parse(made)
    return made
