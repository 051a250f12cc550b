"""Signing with a pipeline's identity token: no key is kept anywhere, and the runner says which job it was.

What is signed is put into the token as its audience: `governance-evidence:sha256:…`, the digest of the very bytes that a key
would sign. So the token belongs to this statement alone, opens nothing elsewhere, and stands in the envelope as the signature.
Whoever issues tokens must take an audience for each of them; where it is fixed in a file beforehand, this can not be done.

A token comes from a command that the user names, or from GitHub's runner, and is verified against the pinned key set at once. It
is never printed. Nothing is asked unless the user asked for it.
"""

from __future__ import annotations

import json
import shlex
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from governance.errors import UnreadableError, UsageError
from governance.proofs import dsse, identity_token
from governance.verifier.roster import audience

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from governance.verifier.roster import Token

    Ask = Callable[[str], str]
    """Gives an identity token for an audience."""

HOLE = "{audience}"
URL, BEARER = "ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"
_SECONDS = 60
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True)
class TokenSeal:
    """Seals a statement with a token of this identity, which `ask` fetches."""

    identity: Token
    ask: Ask
    clock: Callable[[], datetime]

    def seal(self, payload: bytes) -> bytes:
        """The DSSE envelope, in canonical JSON. Raises `UsageError` where the token is not one of this identity, for this."""
        wanted = audience(dsse.pae(dsse.IN_TOTO, payload))
        token = self.ask(wanted)
        try:
            identity_token.verify_token(
                token,
                self.identity.jwks,
                issuer=self.identity.issuer,
                subject=self.identity.subject,
                audience=wanted,
                moment=self.clock(),
            )
        except UnreadableError as error:
            raise UsageError(
                f"the identity token does not sign for {self.identity.name}: {error.message}",
                hint="Nothing was appended. Compare it with: govern people list",
            ) from None
        return dsse.assemble(payload, [(self.identity.name, token.encode("ascii"))])


def by_command(command: str) -> Ask:
    """Asks a command, which prints the token and nothing else. Its words are split here; no shell sees them.

    Raises `UsageError` for a command that has no place for the audience.
    """
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise UsageError(f"the token command can not be split into words: {error}", where=command) from None
    if not any(HOLE in word for word in words):
        raise UsageError(
            f"the token command has no {HOLE}, so its token would be bound to nothing",
            where=command,
            hint=f"Put {HOLE} where the audience belongs.",
        )

    def ask(wanted: str) -> str:
        call = [word.replace(HOLE, wanted) for word in words]
        try:
            done = subprocess.run(call, capture_output=True, timeout=_SECONDS, check=False, stdin=subprocess.DEVNULL)  # noqa: S603
        except OSError as error:
            raise UsageError(f"the token command can not be run: {error.strerror}", where=words[0]) from None
        except subprocess.TimeoutExpired:
            raise UsageError(f"the token command gave nothing within {_SECONDS} seconds", where=words[0]) from None
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace").strip().split("\n")[-1][:300]
            raise UsageError(f"the token command ended with {done.returncode}: {said}", where=words[0])
        return _one_token(done.stdout, words[0])

    return ask


def by_github(environment: Mapping[str, str]) -> Ask:
    """Asks the runner of GitHub Actions, which names an address and a password for it to jobs with `id-token: write`.

    Raises `UsageError` where the environment does not name them, or names an address that would show the password to others.
    """
    address, password = environment.get(URL), environment.get(BEARER)
    if not address or not password:
        raise UsageError(
            f"{URL if not address else BEARER} is not set, so no job of GitHub Actions may ask for a token here",
            hint="Give the job `permissions: id-token: write`, or use --token-command.",
        )
    parts = urllib.parse.urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise UsageError(f"{URL} is no https address", hint="The password would cross the network unprotected.")

    def ask(wanted: str) -> str:
        query = urllib.parse.parse_qsl(parts.query, keep_blank_values=True)
        full = parts._replace(query=urllib.parse.urlencode([*query, ("audience", wanted)])).geturl()
        request = urllib.request.Request(  # noqa: S310 - the scheme was looked at above
            full, headers={"Authorization": f"bearer {password}", "Accept": "application/json"}
        )
        try:
            with urllib.request.build_opener(_Stays).open(request, timeout=_SECONDS) as answer:
                data = answer.read(2 * identity_token.MAX_BYTES)
        except urllib.error.HTTPError as error:
            error.close()
            raise UsageError(f"the runner gave no token: HTTP {error.code}", where=str(parts.hostname)) from None
        except (OSError, ValueError) as error:
            raise UsageError(f"the runner gave no token: {error}", where=str(parts.hostname)) from None
        try:
            value = json.loads(data)["value"]
        except (ValueError, KeyError, TypeError):
            raise UsageError("the runner answered without a token", where=str(parts.hostname)) from None
        return _one_token(str(value).encode(), str(parts.hostname))

    return ask


class _Stays(urllib.request.HTTPRedirectHandler):
    """Follows no redirection, which would carry the password to another address."""

    def redirect_request(self, *_: Any) -> None:
        """No request."""


def _one_token(data: bytes, where: str) -> str:
    text = data.strip()
    if not text or len(text) > identity_token.MAX_BYTES or not text.isascii() or len(text.split()) != 1:
        raise UsageError(
            "what came back is not one identity token", where=where, hint="Print the token and nothing else."
        )
    return text.decode("ascii")
