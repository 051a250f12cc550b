"""Who may sign as what: a list of people with their roles and public keys.

The list is a file a person keeps and an auditor can hold a copy of. A key stands under one name only, and one person under one
spelling only ("bob " and "Bob" are one), because two entries for one person would let one person count as two.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import yaml
from pydantic import Field, ValidationError

from governance.domain.base import Noun, Sentence, Slug
from governance.parsing.people import person_key
from governance.errors import UnreadableError, UsageError
from governance.parsing import strict_yaml
from governance.proofs import ed25519

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


HEAD = "# Who may sign as what; add people with: govern signer add\n"


class Signer(Noun):
    """One person: name, roles, public key line as in `ssh-ed25519 AAAA…`, and the days on which the key may sign."""

    name: Sentence
    roles: tuple[Slug, ...] = Field(min_length=1)
    key: str
    valid_from: date | None = None
    valid_until: date | None = None

    @property
    def public(self) -> bytes:
        """The 32 bytes of the key."""
        return ed25519.parse_public(self.key, where=f"the key of {self.name}")


class Signers(Noun):
    """The whole list."""

    signers: tuple[Signer, ...] = ()

    def by_key(self) -> Mapping[bytes, Signer]:
        """The signers by public key."""
        return {signer.public: signer for signer in self.signers}


def signer(name: str, key: str, roles: tuple[str, ...], until: date | None = None) -> Signer:
    """One signer from what a person typed. Raises `UsageError` naming the field that does not stand."""
    try:
        return Signer(name=name, roles=roles, key=key, valid_until=until)
    except ValidationError as error:
        first = error.errors()[0]
        raise UsageError(f"{first['loc'][0] if first['loc'] else 'the signer'}: {first['msg']}") from None


def parse(data: bytes, *, where: str = "signers.yaml") -> Signers:
    """Read a list of signers. Raises `UnreadableError` for a weak key, one key under two names, one person twice."""
    value = strict_yaml.loads(data, where=where)
    try:
        listed = Signers.model_validate({} if value is None else value)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise UnreadableError(f"{place or 'the list'}: {first['msg']}", where=where) from None
    seen_keys: dict[bytes, str] = {}
    seen_people: dict[str, str] = {}
    for signer in listed.signers:
        public = signer.public
        if public in seen_keys:
            raise UnreadableError(f"one key stands under {seen_keys[public]!r} and {signer.name!r}", where=where)
        if person_key(signer.name) in seen_people:
            other = seen_people[person_key(signer.name)]
            raise UnreadableError(f"{other!r} and {signer.name!r} are one person, listed twice", where=where)
        seen_keys[public], seen_people[person_key(signer.name)] = signer.name, signer.name
    return listed


def dumps(listed: Signers) -> bytes:
    """The list as YAML, to be read by people and by `parse`."""
    plain = [signer.model_dump(exclude_none=True) for signer in listed.signers]
    rows = [{**row, "roles": list(row["roles"])} for row in plain]
    return HEAD.encode() + yaml.safe_dump({"signers": rows}, sort_keys=False, allow_unicode=True).encode()


def write(path: Path, listed: Signers) -> None:
    """Write the list where `parse` would take it. Raises as `parse` does, and then writes nothing."""
    data = dumps(listed)
    parse(data, where=str(path))
    path.write_bytes(data)
