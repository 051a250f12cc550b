"""Secrets and personal data in what is copied, taken out and counted before anything is kept.

Tools write tokens, passwords, e-mail addresses and home folders into settings, arguments and addresses. Collectors copy
named fields only, and whatever of this sort stands in them even so is replaced by `[redacted]`; the count stays with the
evidence. The file itself is never kept, only its digest.

Told are: tokens of well-known forms (Hugging Face, GitHub, GitLab, OpenAI, AWS, Google, Slack, npm, PyPI, JSON web tokens), private keys,
values of what is named password, secret, token or key, user and password in an address, signed query parts, e-mail addresses
and the user's name in a home folder. A secret of no known form under an innocent name is not told; that is why fields are
named one by one.

What people write by hand keeps the personal data that they put there on purpose; secrets are taken out of it too.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from governance.collectors.reading.answers import Found

MARK = "[redacted]"

_TOKENS = r"""
    \b hf_[A-Za-z0-9]{20,}                            # Hugging Face
  | \b gh[pousr]_[A-Za-z0-9]{20,} | \b github_pat_\w{20,} | \b glpat-[\w-]{16,}
  | \b sk-[A-Za-z0-9_-]{16,}                          # OpenAI, Anthropic and others that took the form over
  | \b (?:AKIA|ASIA)[0-9A-Z]{16}\b                    # AWS key ids
  | \b AIza[\w-]{30,} | \b ya29\.[\w-]{20,}           # Google
  | \b xox[abeoprs]-[\w-]{10,} | \b npm_[A-Za-z0-9]{30,} | \b pypi-[\w-]{40,} | \b dapi[0-9a-f]{32}\b
  | \b eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*                # JSON web tokens
  | -----BEGIN\ [A-Z\ ]*PRIVATE\ KEY-----[^-]*(?:-----END\ [A-Z\ ]*PRIVATE\ KEY-----)?
"""
_NAMED = r"""
    (?P<name> \b(?:[A-Za-z0-9]+[_-])*(?:api[_-]?key|access[_-]?key|secret(?:[_-]?key)?|(?:access|auth|hub|hf|id|bearer|refresh)[_-]?token
        |passw(?:or)?d|passphrase|pwd|credentials?)["']?\s*[=:]\s*["']?
      | \bBearer\s+ | \bAuthorization:\s*(?:Basic|Bearer)\s+
      | [?&](?:X-Amz-(?:Signature|Credential|Security-Token)|X-Goog-Signature|sig|signature|token|key|code)= )
    (?P<value> [^\s"',;&<>\[\]{}]{4,})
"""
_SECRET = re.compile(f"(?P<token>{_TOKENS})|{_NAMED}", re.VERBOSE | re.IGNORECASE)
_USERINFO = re.compile(r"(?<=://)(?!git@)(?:[^/\s@\"'<>]{1,200})@")
_MAIL = re.compile(r"(?<![\w.%+-])(?!git@)[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}\b")
_HOME = re.compile(
    r"((?:^|(?<=[\s\"'=:,(]))(?:/home/|/Users/|/root/home/|[A-Za-z]:[\\/]+Users[\\/]+))([^/\\\s\"',;:]{1,100})"
)
_TRIGGERS = re.compile(
    r"@|://|hf_|gh[pousr]_|github_pat|glpat|sk-|akia|asia|aiza|ya29|xox|npm_|pypi-|dapi|eyj|private key|"
    r"key|secret|token|passw|passphrase|pwd|credential|bearer|authorization|signature|[?&](?:sig|code)=|/home/|/users/|\\users",
    re.IGNORECASE,
)


@dataclass
class _Count:
    """How many were taken out so far."""

    taken: int = 0


def redacted(found: Found, *, by_hand: bool) -> Found:
    """The same fact without secrets and, unless a person wrote it by hand, without personal data; with their count."""
    count = _Count()
    body = found.body
    if _TRIGGERS.search(json.dumps(body, ensure_ascii=False)):
        body = _walk(body, count, personal=not by_hand)
    name = _text(found.subject.name, count, personal=not by_hand)
    reasons = tuple(_text(reason, count, personal=True) for reason in found.quality_reasons)
    if not count.taken:
        return found
    subject = found.subject.model_copy(update={"name": name})
    return replace(found, body=body, subject=subject, quality_reasons=reasons, redacted=count.taken)


def text(value: str, *, personal: bool = True) -> str:
    """One text without secrets and personal data."""
    return _text(value, _Count(), personal=personal)


def _walk(value: Any, count: _Count, *, personal: bool) -> Any:
    if isinstance(value, str):
        return _text(value, count, personal=personal)
    if isinstance(value, list):
        return [_walk(item, count, personal=personal) for item in value]
    if isinstance(value, dict):
        made: dict[str, Any] = {}
        for key, item in value.items():
            name = _text(key, count, personal=personal)
            while name in made:
                name += "'"
            made[name] = _walk(item, count, personal=personal)
        return made
    return value


def _text(value: str, count: _Count, *, personal: bool) -> str:
    if not _TRIGGERS.search(value):
        return value

    def secret(match: re.Match[str]) -> str:
        if match["value"] is not None and (match["value"].startswith(MARK) or _is_no_value(match["value"])):
            return match[0]
        count.taken += 1
        return MARK if match["token"] is not None else match["name"] + MARK

    def plain(match: re.Match[str]) -> str:
        count.taken += 1
        return MARK + "@" if match.re is _USERINFO else MARK

    def home(match: re.Match[str]) -> str:
        count.taken += 1
        return match[1] + MARK

    value = _SECRET.sub(secret, value)
    value = _USERINFO.sub(plain, value)
    if personal:
        value = _MAIL.sub(plain, value)
        value = _HOME.sub(home, value)
    return value


def _is_no_value(value: str) -> bool:
    """True for what stands where a secret would and is none: a mark that the tool put there, or no value at all."""
    return value.lower().strip("<>*") in {"", "none", "null", "true", "false"} or set(value) <= {"*", "x", "X"}
