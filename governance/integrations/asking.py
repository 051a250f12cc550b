"""Asking a service through its own client: quietly, for a bounded time, and with errors that repeat no secret.

A client's error may hold the address with a password in it, or a page that the server sent. What is told of it is its first
sentence, without either.
"""

from __future__ import annotations

import os
import re
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from governance.collectors.reading import redaction
from governance.errors import GovernanceError, UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_BODY = re.compile(r"[.,;:]?\s*Response body: .*", re.DOTALL | re.IGNORECASE)
_SECRET = re.compile(r"KEY|TOKEN|PASSWORD|SECRET", re.IGNORECASE)
_SHORTEST = 6
_MOST = 300


def shown(address: str) -> str:
    """An address as it may be printed: without user, password and query."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return "an address that can not be read"
    if not parts.netloc:
        return redaction.text(address.partition("?")[0])
    return redaction.text(f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}")


@contextmanager
def asked(where: str, hints: Mapping[str, str] | None = None) -> Iterator[None]:
    """Whatever the client raises becomes an `UnreadableError` that names the service; `hints` are remedies by words of the error."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except GovernanceError:
        raise
    except Exception as error:
        said = f"{type(error).__name__}: {error}"
        hint = next((remedy for word, remedy in (hints or {}).items() if word.lower() in said.lower()), "")
        raise UnreadableError(_plain(said), where=shown(where), hint=hint) from None


@contextmanager
def quietly(settings: Mapping[str, str]) -> Iterator[None]:
    """Settings of a client that it reads from the environment, for as long as it is asked; whatever the user set stays."""
    added = {name: value for name, value in settings.items() if name not in os.environ}
    os.environ.update(added)
    try:
        yield
    finally:
        for name in added:
            os.environ.pop(name, None)


def _ours() -> list[str]:
    """The secrets that were given by the environment; a server may repeat them in any words, the longest first."""
    named = [value for name, value in os.environ.items() if _SECRET.search(name) and len(value) >= _SHORTEST]
    return sorted(named, key=len, reverse=True)


def _plain(said: str) -> str:
    without = re.sub(r"(?<=://)[^/\s'\"]*@", "", _BODY.sub("", said))
    for secret in _ours():
        without = without.replace(secret, redaction.MARK)
    return redaction.text(" ".join(without.split()))[:_MOST].rstrip(". ")
