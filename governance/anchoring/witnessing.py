"""Asking a witness to cosign the present head, over the network or by files that a person carries.

The request says from which size on the head is to be continued: the largest that this witness is known to have cosigned. Where
the witness knows better (status 409) the proof is made anew from its size. A witness that cosigned *more* entries than the
ledger has, or that finds the head no continuation of what it cosigned, is not a failure of sending: it is the answer this
whole exercise is for, and ends as `IntegrityError`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from governance.anchoring import sending
from governance.errors import GovernanceError, IntegrityError, UnreadableError, UsageError
from governance.proofs import note, vkeys
from governance.witness import wire

if TYPE_CHECKING:
    from collections.abc import Callable

    from governance.anchoring.kept import Anchor, Anchors
    from governance.anchoring.sending import Reply
    from governance.ledger.store import Ledger

    Post = Callable[[str, bytes, str], Reply]


def request(
    anchors: Anchors, ledger: Ledger, checkpoint: bytes, witness: vkeys.VerifierKey, old: int | None = None
) -> bytes:
    """The request that has a witness cosign a checkpoint, to be carried. The checkpoint is kept from here on.

    `old` is the size that the witness says it holds, where an answer of its got lost.
    """
    known = _known(anchors, ledger, checkpoint, witness)
    return _request(ledger, checkpoint, known if old is None else old)


def accept(anchors: Anchors, answer: bytes, witness: vkeys.VerifierKey) -> Anchor:
    """Keep the cosignature that an answer holds, with the checkpoint it is over. Lines of other keys are passed over.

    Raises `UnreadableError` where the answer is no signature lines, `IntegrityError` where no cosignature of this witness over
    a checkpoint that was sent is in it.
    """
    for anchor in reversed(anchors.all()):
        made = note.parse(anchor.text + b"\n" + answer, where="the answer of the witness")
        if note.verify_cosignature(made, witness) is not None:
            mine = [note.line(*one) for one in made.signatures if one[:2] == (witness.name, witness.key_id)]
            return anchors.keep(note.add(anchor.note, mine), witness)
    raise IntegrityError(
        f"no cosignature of {witness.name} over a checkpoint of this ledger",
        where="the answer of the witness",
        hint="Check the verifier key with the witness's operator.",
    )


def ask(
    anchors: Anchors,
    ledger: Ledger,
    checkpoint: bytes,
    witness: vkeys.VerifierKey,
    url: str,
    post: Post = sending.post,
) -> Anchor:
    """Send a checkpoint to the witness under `url` (its submission prefix), verify what comes back, and keep it."""
    address = url.rstrip("/") + "/add-checkpoint"
    size = note.parse(checkpoint).head.size
    old = _known(anchors, ledger, checkpoint, witness)
    reply = post(address, _request(ledger, checkpoint, old), "text/plain; charset=utf-8")
    if reply.status == 409:
        held = _size(reply, address)
        if held > size:
            raise IntegrityError(
                f"{witness.name} cosigned {held} entries and the ledger has {size}: entries are missing at the end",
                where=address,
            )
        reply = post(address, _request(ledger, checkpoint, held), "text/plain; charset=utf-8")
    if reply.status == 422:
        raise IntegrityError(
            f"{witness.name} says that this ledger does not continue what it cosigned: {reply.words}", where=address
        )
    if reply.status != 200:
        hint = "Its operator follows a log with: govern witness trust" if reply.status in {403, 404} else ""
        raise GovernanceError(f"the witness declined with {reply.status}: {reply.words}", where=address, hint=hint)
    return accept(anchors, reply.body, witness)


def _known(anchors: Anchors, ledger: Ledger, checkpoint: bytes, witness: vkeys.VerifierKey) -> int:
    """The size from which on to prove; the checkpoint is kept, so that an answer finds it."""
    if witness.kind == vkeys.LOG:
        raise UsageError("this is the key of a log, not of a witness", where=witness.name)
    if not witness.evaluable:
        raise UsageError("keys of this type can not be verified here", where=witness.name)
    if problems := anchors.check(ledger):
        raise IntegrityError(problems[0], where="anchors", hint="See: govern anchor list")
    anchors.keep(checkpoint)
    return anchors.known_size(witness)


def _request(ledger: Ledger, checkpoint: bytes, old: int) -> bytes:
    size = note.parse(checkpoint).head.size
    if old > size:
        raise UsageError(f"this witness cosigned {old} entries already, more than the {size} of the checkpoint")
    return wire.write(old, ledger.consistency(old, size) if old else [], checkpoint)


def _size(reply: Reply, address: str) -> int:
    if not re.fullmatch(rb"(?:0|[1-9][0-9]{0,18})\n", reply.body):
        raise UnreadableError("the witness says that it holds another size, and not which", where=address)
    return int(reply.body)
