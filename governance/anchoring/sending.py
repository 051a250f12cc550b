"""The one place from which a request leaves: a POST to an address that the user typed, with limits on everything."""

from __future__ import annotations

import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING
from urllib.parse import urlsplit

from governance.errors import GovernanceError, UsageError

if TYPE_CHECKING:
    from email.message import Message
    from http.client import HTTPMessage

_SECONDS = 30
_LARGEST = 256 * 1024


@dataclass(frozen=True)
class Reply:
    """What came back: the status, the media type, and at most 256 KiB."""

    status: int
    media_type: str
    body: bytes

    @property
    def words(self) -> str:
        """The first line of the body, as far as it is text a person can be shown."""
        line = self.body.decode("utf-8", "replace").split("\n", 1)[0][:200]
        return "".join(c if c.isprintable() else "�" for c in line).strip()


class _StayHere(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer, and not followed: what was signed for one host is not sent to another."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        del req, fp, code, msg, headers, newurl


def post(url: str, body: bytes, media_type: str) -> Reply:
    """Send the body and return what comes back, whatever its status. Raises `GovernanceError` where nothing does."""
    if urlsplit(url).scheme not in {"http", "https"}:
        raise UsageError("an address begins with https:// or http://", where=url)
    asked = urllib.request.Request(url, body, {"Content-Type": media_type}, method="POST")  # noqa: S310 - checked above
    try:
        with urllib.request.build_opener(_StayHere).open(asked, timeout=_SECONDS) as answer:
            return _reply(answer.status, answer.headers, answer.read(_LARGEST + 1), url)
    except urllib.error.HTTPError as error:
        with error:
            return _reply(error.code, error.headers, error.read(_LARGEST + 1), url)
    except (OSError, ValueError) as error:  # URLError and what http.client raises about sockets are OSErrors
        reason = getattr(error, "reason", error)
        raise GovernanceError(f"could not be reached: {reason}", where=url) from None


def _reply(status: int, headers: Message, body: bytes, url: str) -> Reply:
    if len(body) > _LARGEST:
        raise GovernanceError(f"answered with more than {_LARGEST} bytes", where=url)
    return Reply(status, headers.get_content_type(), body)
