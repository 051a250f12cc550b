"""The anchors of a workspace: each checkpoint that left it, with everything that came back for it.

    anchors/witnesses                         verifier keys of the witnesses that were asked, one a line
    anchors/<size>-<8 digits of the root>/
        checkpoint                            a signed note: the ledger's signature, and all cosignatures
        1.tsr, 2.tsr, …                       RFC 3161 responses over the text of that note
        tags                                  a line for each Git tag: object id, name

An anchor is written whole or not at all, and nothing in it is ever taken away. Of two cosignatures by one key over one head
the first is kept: it shows that the head existed earlier. The folder lies beside the ledger and can be deleted like it; what
counts against its holder are the copies that others have. It does tell an honest user at once that the ledger was changed.
"""

from __future__ import annotations

import os
import re
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from governance.errors import GovernanceError, IntegrityError, UnreadableError
from governance.proofs import ed25519, note, vkeys
from governance.signing import timestamps
from governance.witness import durable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from governance.ledger.store import Ledger

_NAME = re.compile(r"(?:0|[1-9][0-9]{0,18})-[0-9a-f]{8}\Z")
_TOKEN = re.compile(r"[1-9][0-9]{0,5}\.tsr\Z")
_LARGEST = 256 * 1024


@dataclass(frozen=True)
class Cosigned:
    """A cosignature on a checkpoint: whose, when, and whether it verifies under the key of a witness known here."""

    name: str
    key_id: bytes
    at: datetime
    known: bool


@dataclass(frozen=True)
class Anchor:
    """A checkpoint that was kept, as a signed note, with the tokens (name of the file, bytes) and the tags (id, name) for it."""

    folder: Path
    head: note.Head
    note: bytes
    text: bytes
    cosigned: tuple[Cosigned, ...] = ()
    tokens: tuple[tuple[str, bytes], ...] = ()
    tags: tuple[tuple[str, str], ...] = ()

    @property
    def witnesses(self) -> int:
        """How many known witnesses cosigned it."""
        return sum(one.known for one in self.cosigned)


class Anchors:
    """The anchors of the workspace in a folder. Nothing is made before there is something to keep."""

    def __init__(self, workspace: Path) -> None:
        self.folder = workspace / "anchors"
        self._ledger_key_file = workspace / "keys" / "ledger.pub"

    # --- reading ---------------------------------------------------------------------------------------------------

    def all(self) -> tuple[Anchor, ...]:
        """Every anchor, the smallest first. Raises `UnreadableError` or `IntegrityError` for one that is not whole."""
        known = self.witnesses()
        return tuple(self._anchor(folder, known) for folder in self._folders())

    def best(self, size: int | None = None) -> Anchor | None:
        """The anchor that most known witnesses cosigned, at or before a size; of equals the one with a token, then the largest.

        Those that nobody outside has signed or stamped are left out: a checkpoint that came back with nothing shows nothing.
        """
        fit = [one for one in self.all() if size is None or one.head.size <= size]
        outside = [one for one in fit if one.witnesses or one.tokens]
        return max(outside, key=lambda one: (one.witnesses, bool(one.tokens), one.head.size), default=None)

    def check(self, ledger: Ledger) -> list[str]:
        """What is wrong between the anchors and the ledger, a sentence each: empty where it continues every one of them."""
        return [f"{folder.name}: {problem}" for folder, _, problem in self.survey(ledger) if problem]

    def survey(self, ledger: Ledger) -> list[tuple[Path, Anchor | None, str | None]]:
        """Each anchor with why the ledger does not continue it, or None where it does. One that can not be read is None itself."""
        try:
            known = self.witnesses()
        except GovernanceError as error:
            return [(self.folder, None, error.message)]
        rows: list[tuple[Path, Anchor | None, str | None]] = []
        for folder in self._folders():
            try:
                anchor = self._anchor(folder, known)
            except GovernanceError as error:
                rows.append((folder, None, error.message))
                continue
            other = anchor.head.origin != ledger.origin
            said = f"it is of another ledger, {anchor.head.origin}" if other else ledger.departs_from(anchor.head)
            rows.append((folder, anchor, said))
        return rows

    def witnesses(self) -> tuple[vkeys.VerifierKey, ...]:
        """The witnesses that were asked so far."""
        path = self.folder / "witnesses"
        if not path.exists():
            return ()
        lines = _bytes(path).decode("utf-8", "replace").splitlines()
        return tuple(vkeys.parse_vkey(line, where=str(path)) for line in lines if line.strip())

    def known_size(self, witness: vkeys.VerifierKey) -> int:
        """The size of the largest checkpoint here that this witness cosigned, else 0."""
        mine = (witness.name, witness.key_id)
        sizes = [one.head.size for one in self.all() if mine in {(c.name, c.key_id) for c in one.cosigned if c.known}]
        return max(sizes, default=0)

    # --- writing ---------------------------------------------------------------------------------------------------

    def keep(self, checkpoint: bytes, witness: vkeys.VerifierKey | None = None) -> Anchor:
        """Keep a signed note; where its head is kept already, the signatures are put together. Returns what is kept now.

        A note that the key of this ledger did not sign, or another text for one size and root, is refused.
        """
        made = note.parse(checkpoint)
        folder = self.folder / f"{made.head.size}-{made.head.root[:8]}"
        self._require_ours(made, str(folder))
        with self._writing():
            if witness is not None and witness not in self.witnesses():
                lines = "".join(f"{one}\n" for one in (*self.witnesses(), witness))
                durable.replace(self.folder / "witnesses", lines.encode())
            signatures = made.signatures
            if folder.is_dir():
                held = note.parse(_bytes(folder / "checkpoint"), where=str(folder / "checkpoint"))
                if held.text != made.text:
                    raise IntegrityError(
                        f"another checkpoint of {held.head.size} entries is kept here", where=str(folder)
                    )
                have = {one[:2] for one in held.signatures}
                signatures = [*held.signatures, *(one for one in signatures if one[:2] not in have)]
            lines_out = b"".join(note.line(*one) for one in dict.fromkeys(signatures))
            self._place(folder, "checkpoint", made.text + b"\n" + lines_out)
        return self._anchor(folder, self.witnesses())

    def add_token(self, anchor: Anchor, token: bytes) -> Anchor:
        """Keep a time stamp response beside its checkpoint, once. Raises `IntegrityError` where it is over something else."""
        if not timestamps.read(token).is_over(anchor.text):
            raise IntegrityError("the token is not over the text of this checkpoint", where=anchor.folder.name)
        with self._writing():
            held = self._anchor(anchor.folder, self.witnesses())
            if token not in [data for _, data in held.tokens]:
                number = max((int(name[:-4]) for name, _ in held.tokens), default=0) + 1
                self._place(anchor.folder, f"{number}.tsr", token)
        return self._anchor(anchor.folder, self.witnesses())

    def add_tag(self, anchor: Anchor, object_id: str, name: str) -> Anchor:
        """Remember that a Git tag holds the checkpoint."""
        with self._writing():
            held = self._anchor(anchor.folder, self.witnesses())
            lines = "".join(f"{one} {named}\n" for one, named in dict.fromkeys((*held.tags, (object_id, name))))
            self._place(anchor.folder, "tags", lines.encode())
        return self._anchor(anchor.folder, self.witnesses())

    # --- inside ----------------------------------------------------------------------------------------------------

    def _folders(self) -> list[Path]:
        try:
            named = [path for path in self.folder.iterdir() if _NAME.match(path.name)]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise UnreadableError(f"can not be read: {error.strerror}", where=str(self.folder)) from None
        return sorted(named, key=lambda path: (int(path.name.split("-")[0]), path.name))

    def _anchor(self, folder: Path, known: tuple[vkeys.VerifierKey, ...]) -> Anchor:
        path = folder / "checkpoint"
        data = _bytes(path)
        made = note.parse(data, where=str(path))
        if folder.name != f"{made.head.size}-{made.head.root[:8]}":
            raise IntegrityError("the folder is named for another checkpoint", where=str(path))
        self._require_ours(made, str(path))
        names = sorted(
            (one.name for one in folder.iterdir() if _TOKEN.match(one.name)), key=lambda name: int(name[:-4])
        )
        tokens = tuple((name, _bytes(folder / name)) for name in names)
        for name, token in tokens:
            if not timestamps.read(token, where=str(folder / name)).is_over(made.text):
                raise IntegrityError("the token is not over the text of its checkpoint", where=str(folder / name))
        tags = _bytes(folder / "tags").decode("utf-8", "replace") if (folder / "tags").exists() else ""
        pairs = tuple((one, name) for one, _, name in (line.partition(" ") for line in tags.splitlines()) if name)
        cosigned = tuple(_cosigned(made, known, str(path)))
        return Anchor(folder, made.head, data, made.text, cosigned, tokens, pairs)

    def _require_ours(self, checkpoint: note.Checkpoint, where: str) -> None:
        line = _bytes(self._ledger_key_file).decode("utf-8", "replace").strip()
        public = ed25519.parse_public(line, where=str(self._ledger_key_file))
        if not note.verify_log(checkpoint, vkeys.VerifierKey(checkpoint.head.origin, vkeys.LOG, public)):
            raise IntegrityError("the key of this ledger did not sign this checkpoint", where=where)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Hold the folder of anchors against other writers; it is made where it is not there yet."""
        try:
            self.folder.mkdir(exist_ok=True)
            with durable.locked(self.folder / ".lock"):
                yield
        except OSError as error:
            raise GovernanceError(f"can not be written: {error.strerror}", where=str(self.folder)) from None

    def _place(self, folder: Path, name: str, data: bytes) -> None:
        fresh = not folder.is_dir()
        folder.mkdir(exist_ok=True)
        durable.replace(folder / name, data)
        if fresh:
            durable.sync_folder(self.folder)


def _cosigned(checkpoint: note.Checkpoint, known: tuple[vkeys.VerifierKey, ...], where: str) -> Iterator[Cosigned]:
    keys = {(key.name, key.key_id): key for key in known}
    for name, key_id, blob in checkpoint.signatures:
        if name == checkpoint.head.origin:
            continue  # the ledger's own
        key = keys.get((name, key_id))
        time = note.verify_cosignature(checkpoint, key) if key else int.from_bytes(blob[:8], "big")
        if time is None:
            raise IntegrityError(f"a cosignature of {name} does not verify", where=where)
        yield Cosigned(name, key_id, _moment(time), known=key is not None)


def _moment(seconds: int) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return datetime.max.replace(tzinfo=UTC)


def _bytes(path: Path) -> bytes:
    """A file, whole, up to a cap that no real one reaches."""
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC), "rb") as stream:
            data = stream.read(_LARGEST + 1)
    except OSError as error:
        raise UnreadableError(f"can not be read: {error.strerror}", where=str(path)) from None
    if len(data) > _LARGEST:
        raise UnreadableError(f"has more than {_LARGEST} bytes", where=str(path))
    return data
