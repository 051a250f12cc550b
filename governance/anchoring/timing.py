"""Asking a time stamping authority for a token over the text of the present checkpoint, and keeping it beside that."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from governance.anchoring import sending
from governance.errors import GovernanceError, IntegrityError
from governance.signing import timestamps

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from governance.anchoring.kept import Anchor, Anchors
    from governance.anchoring.sending import Reply

    Post = Callable[[str, bytes, str], Reply]


def request(anchors: Anchors, checkpoint: bytes) -> bytes:
    """The TimeStampReq over a checkpoint, to be carried. The checkpoint is kept from here on, so that a token finds it."""
    return timestamps.request(anchors.keep(checkpoint).text, nonce=secrets.randbits(63))


def accept(anchors: Anchors, token: bytes, roots: Sequence[bytes], *, at: datetime) -> tuple[Anchor, datetime | None]:
    """Keep a response beside the checkpoint it is over. Returns that, and the moment where it was verified.

    Without roots nothing can be verified, and the token is kept as what it is. With roots it is kept only where it verifies.
    """
    claim = timestamps.read(token)
    for anchor in anchors.all():
        if claim.is_over(anchor.text):
            moment = timestamps.verify(token, anchor.text, roots, at=at) if roots else None
            return anchors.add_token(anchor, token), moment
    raise IntegrityError("the token is over no checkpoint of this ledger that was sent", where="the response")


def ask(
    anchors: Anchors,
    checkpoint: bytes,
    url: str,
    roots: Sequence[bytes],
    *,
    at: datetime,
    post: Post = sending.post,
) -> tuple[Anchor, datetime | None]:
    """Send the request to the authority under `url`, and keep what comes back."""
    nonce = secrets.randbits(63)
    text = anchors.keep(checkpoint).text
    reply = post(url, timestamps.request(text, nonce=nonce), timestamps.QUERY_TYPE)
    if reply.status != 200:
        raise GovernanceError(f"the authority declined with {reply.status}: {reply.words}", where=url)
    claim = timestamps.read(reply.body, where=url)
    if claim.nonce != nonce or not claim.is_over(text):
        raise IntegrityError("the token does not answer the request: another nonce, or other data", where=url)
    return accept(anchors, reply.body, roots, at=at)
