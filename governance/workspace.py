"""A workspace: one folder with a ledger, bodies, keys and a user's own content, and the one face to all of it.

Every command of `govern` is one call here. Whatever judges is pure and lives below; whatever writes goes through the ledger.
The clock is a parameter, so that a past day, and a test, can be judged as well as today.

    governance.toml   name of the ledger, default policy, folders of the organisation's content
    ledger.db         entries and tree
    blobs/            bodies by digest
    keys/ledger.pem   the ledger's own key; signs checkpoints, packs and enrolments, never a decision. ledger.pub is for auditors
    anchors/          checkpoints that others have witnessed
    controls/ evidence/ policies/ templates/    the user's own content, over ours and the organisation's
"""

from __future__ import annotations

import secrets
import tomllib
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Unpack

from governance import deciding, publishing, reviewing, snapshots
from governance.anchoring import whole
from governance.anchoring.kept import Anchors
from governance.assurance.applicability import documented
from governance.assurance.profiles import form, profile
from governance.content import cache, layers, loader, places
from governance.domain.entry import BodyRecord, EntryType
from governance.domain.evidence import Evidence, Piece
from governance.domain.system import System
from governance.enrolling import People
from governance.errors import IntegrityError, UnreadableError, UsageError
from governance.ledger.blobs import Blobs
from governance.ledger.store import Draft, Ledger
from governance.packs import build as packs_build
from governance.packs import layout, redact
from governance.packs.gather import gather
from governance.packs.judgement import dossier_of, judge
from governance.parsing import canonical, strict_json
from governance.proofs import ed25519, note, public_keys
from governance.signing import keys

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from governance.attaching import Attached, How
    from governance.domain.applicability import Applicability, DocumentedRow
    from governance.domain.case import Case
    from governance.domain.catalogue import Catalogue
    from governance.domain.decision import Decision
    from governance.domain.dossier import Dossier
    from governance.domain.entry import Checkpoint
    from governance.domain.target import ProfileResult
    from governance.ledger.store import Check
    from governance.packs.verify import Brought, PackReport
    from governance.proofs.public_keys import PublicKey
    from governance.signing.keys import SigningKey

CONFIG = layers.CONFIG
DEFAULT_POLICY = "release"


def now() -> datetime:
    """The present moment, to the second, in UTC."""
    return datetime.now(UTC).replace(microsecond=0)


class Workspace:
    """An open workspace."""

    def __init__(self, root: Path, clock: Callable[[], datetime] = now) -> None:
        self.root, self.clock = root, clock
        config = root / CONFIG
        try:
            self.config = tomllib.loads(config.read_text("utf-8"))
        except OSError:
            raise UsageError("there is no workspace here", where=str(root), hint="Make one with: govern init") from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise UnreadableError(f"not TOML: {error}", where=str(config)) from None
        if self.config.get("schema") != "workspace.v1" or not isinstance(self.config.get("origin"), str):
            raise UnreadableError("not a workspace.v1 with an origin", where=str(config))
        self.ledger = Ledger(root / "ledger.db", origin=self.config["origin"], clock=clock)
        self.blobs = Blobs(root / "blobs")

    @classmethod
    def init(cls, root: Path, *, origin: str | None = None, clock: Callable[[], datetime] = now) -> Workspace:
        """Make a workspace in a folder. Raises `UsageError` where one is already."""
        if (root / CONFIG).exists() or (root / "ledger.db").exists():
            raise UsageError("there is a workspace already", where=str(root))
        name = origin or f"governance-ledger/{secrets.token_hex(4)}"
        if not name.isprintable() or not name.isascii() or " " in name or set(name) & set('+"\\') or not name:
            raise UsageError(f"{name!r} can not name a ledger", hint="Use ASCII without spaces, quotes and plus signs.")
        root.mkdir(parents=True, exist_ok=True)
        key = keys.generate()
        keys.save(key, root / "keys" / "ledger.pem")
        (root / "keys" / "ledger.pub").write_text(ed25519.public_line(ed25519.raw(key)) + "\n", "utf-8")
        Ledger.create(root / "ledger.db", origin=name, clock=clock).close()
        text = f'schema = "workspace.v1"\norigin = "{name}"\npolicy = "{DEFAULT_POLICY}"\n'
        (root / CONFIG).write_text(text, "utf-8")  # last: a folder with this file is a whole workspace
        return cls(root, clock)

    # --- content ---------------------------------------------------------------------------------------------------

    @cached_property
    def content(self) -> Mapping[str, bytes]:
        """All content files: ours, over them the organisation's, over both the user's."""
        return layers.read(layers.roots(self.root))

    @cached_property
    def catalogue(self) -> Catalogue:
        """The content, read and cross-checked."""
        return cache.load(self.content)

    @cached_property
    def templates(self) -> Mapping[str, str]:
        """The templates and what they have beside them, by name, as text."""
        return places.templates(self.content)

    @property
    def default_policy(self) -> str:
        """The policy of systems that name none."""
        return str(self.config.get("policy", DEFAULT_POLICY))

    # --- writing ---------------------------------------------------------------------------------------------------

    def add_system(self, path: Path) -> tuple[str, bool]:
        """Register a system from a YAML file, or a changed one again. Returns (entry id, whether it is new)."""
        try:
            data = path.read_bytes()
        except OSError as error:
            raise UnreadableError(f"can not be read: {error.strerror}", where=str(path)) from None
        system = loader.read(System, data, where=str(path))
        if strange := self.catalogue.strange_names(system):
            known = sorted({frame.series for frame in self.catalogue.frameworks.values()})
            raise UsageError(strange[0], where=str(path), hint=f"Series of frameworks: {', '.join(known)}.")
        if layers.organisation(self.root):
            snapshots.keep(self.ledger, self.blobs, self.content)
        body = canonical.dumps(system.plain())
        digest = canonical.sha256(body)
        earlier = [entry for entry in self.ledger.entries(system=system.id) if entry.type is EntryType.SYSTEM]
        if earlier and earlier[-1].record["body_digest"] == digest:
            return earlier[-1].id, False
        entry_id = "sys-" + canonical.digest([system.id, digest, [entry.id for entry in earlier]])[7:27]
        self.blobs.write({digest: body})
        record = BodyRecord(body_digest=digest, body_size=len(body)).plain()
        self.ledger.append([Draft(EntryType.SYSTEM, entry_id, system.id, record)])
        return entry_id, True

    def attach(self, paths: Sequence[Path], system: str, **how: Unpack[How]) -> Attached:
        """Read what can be read under the paths, check each piece against its kind, and append what is new."""
        from governance.attaching import attach

        self._require_system(system)
        return attach(
            paths,
            system,
            catalogue=self.catalogue,
            ledger=self.ledger,
            blobs=self.blobs,
            now=self.clock(),
            how=how,
        )

    def sign(
        self,
        system: str,
        *,
        key_file: Path,
        policy: str | None = None,
        page: bytes | None = None,
        passphrase: bytes | None = None,
        second: Path | None = None,
        **wish: Any,
    ) -> tuple[str, Decision]:
        """Sign a decision over what the ledger holds now, and append it. Returns (entry id, decision).

        `wish` are the fields of `governance.deciding.Wish`. With `page`, the review page that the signer read, the decision is
        made over what that page was made of; it raises `UsageError` where the ledger has moved on.
        """
        self.__dict__["catalogue"] = cache.load(self.content, fresh=True)
        self._require_whole()  # before the content is put on record: nothing is added to a ledger that was changed
        snapshots.keep(self.ledger, self.blobs, self.content)
        key = deciding.open_key(key_file, passphrase, second)
        return reviewing.sign(self, system, key, deciding.Wish(**wish), policy=policy, page=page)

    @cached_property
    def people(self) -> People:
        """The principals: who may sign as what. Enrol, rotate and revoke through it."""
        return People(self.ledger, self.blobs, self._public, self.clock)

    @cached_property
    def operator(self) -> SigningKey:
        """The ledger's own key, with which its operator enrols people."""
        return keys.of_private(self._key)

    # --- judging ---------------------------------------------------------------------------------------------------

    def dossier(self, system: str, known_at: datetime | None = None) -> Dossier:
        """All the ledger holds about a system, or held at a moment."""
        return self._fold(system, self.ledger.checkpoint().size, known_at)

    def case(
        self,
        system: str,
        *,
        policy: str | None = None,
        on: datetime | None = None,
        known_at: datetime | None = None,
    ) -> Case:
        """Judge a system under a policy, now or as of a moment; with what was known then, or at another moment.

        Raises `IntegrityError` for a ledger that was changed.
        """
        moment, known = on or self.clock(), known_at or on
        present = self._require_whole()
        head = present if known is None else self.ledger.checkpoint(self.ledger.size_at(known))
        dossier = self._fold(system, head.size, known)
        chosen = policy or dossier.system.policy or self.default_policy
        return judge(dossier, self.catalogue, chosen, head, moment)

    def applicability(self, system: str, *, on: datetime | None = None) -> Applicability:
        """The Statement of Applicability of a system: every control of Annex A, stated or not."""
        return publishing.statement_of(self.case(system, on=on))

    def documented(self, system: str, framework: str, *, on: datetime | None = None) -> tuple[DocumentedRow, ...]:
        """The documented information that a framework wants: what is there, where, how old, what is missing."""
        case = self.case(system, on=on)
        return documented(case.dossier, case.catalogue, case.assessment, case.on, framework)

    def profile(
        self, system: str, framework: str | None = None, *, on: datetime | None = None, blank: bool = False
    ) -> ProfileResult:
        """Current and target profile with the gap plan, of the default profile unless a framework is named.

        `blank` gives every requirement of a framework for which nothing was stated, to be filled in.
        """
        case = self.case(system, on=on)
        made = form if blank else profile
        return made(framework, case.dossier, case.catalogue, case.assessment, case.on)

    def evidence(self, prefix: str) -> Piece:
        """One piece of evidence by the beginning of its id."""
        entry = self.ledger.find(prefix)
        if entry.type is not EntryType.EVIDENCE:
            raise UsageError(f"{entry.id} is a {entry.type}, not evidence")
        record = Evidence.model_validate(entry.record)
        body = self._body(record.body_digest)
        return Piece(id=entry.id, record=record, body=body, recorded_at=entry.recorded_at, seq=entry.seq)

    # --- handing over ----------------------------------------------------------------------------------------------

    def documents(self, case: Case, **how: Unpack[publishing.How]) -> publishing.Made:
        """All documents of a case by file name, and why a form was skipped, by the form."""
        return publishing.documents(case, self.templates, **how)

    def report(
        self,
        system: str,
        out: Path,
        *,
        policy: str | None = None,
        on: datetime | None = None,
        **how: Unpack[publishing.How],
    ) -> tuple[list[Path], dict[str, str]]:
        """Write the documents of a system into a folder. Returns the paths, and why a form was skipped, by the form."""
        made, skipped = self.documents(self.case(system, policy=policy, on=on), **how)
        return publishing.write(out, made), skipped

    def statement(
        self, system: str, out: Path, *, on: datetime | None = None, pdf: bool = True
    ) -> tuple[list[Path], dict[str, str]]:
        """Write the Statement of Applicability in every form. Returns the paths, and why one was skipped, by the form."""
        made, skipped = publishing.statement(self.case(system, on=on), self.templates, pdf=pdf)
        return publishing.write(out, made), skipped

    def pack(
        self,
        system: str,
        out: Path,
        *,
        policy: str | None = None,
        on: datetime | None = None,
        known_at: datetime | None = None,
        withhold: Sequence[str] = (),
        documents: Mapping[str, bytes] | None = None,
        case: Case | None = None,
        **how: Unpack[publishing.How],
    ) -> tuple[str, dict[str, str]]:
        """Write the audit pack of a system; documents are rendered, as `how` says, unless they are given.

        `withhold` names kinds and ids that a redacted edition keeps back. Returns (digest of the pack, why a form of a
        document was skipped, by the form).
        """
        self.__dict__["catalogue"] = cache.load(self.content, fresh=True)
        held = case or self.case(system, policy=policy, on=on, known_at=known_at)
        wanted = documents is None and not withhold
        made, skipped = self.documents(held, **how) if wanted else (documents or {}, {})
        anchors = Anchors(self.root)
        parts = gather(
            held,
            ledger=self.ledger,
            blobs=self.blobs,
            key=self._key,
            program=layout.PROGRAM,
            content=self.content,
            documents=made,
            known_at=known_at or on,
            anchors={f"{a.folder.name}/{n}": d for a in anchors.all() for n, d in (("checkpoint", a.note), *a.tokens)},
            witnesses=[str(key) for key in anchors.witnesses()],
        )
        if withhold:
            return redact.build(out, parts, self._key, withhold)[0], skipped
        return packs_build.build(out, parts, self._key), skipped

    def reveal(self, pack: Path, prefix: str) -> bytes:
        """What proves that a withheld item of a redacted pack was this one: the entry, its body and the salt."""
        return redact.reveal(pack, self.ledger.find(prefix), self.blobs.read, self._key).to_bytes()

    @staticmethod
    def verify(
        path: Path, brought: Brought | None = None, progress: Callable[[int, int], None] | None = None
    ) -> PackReport:
        """Verify a pack, offline and without a workspace."""
        from governance.packs.verify import verify

        return verify(path, brought, progress)

    def checkpoint_note(self, checkpoint: Checkpoint | None = None) -> bytes:
        """The head of the ledger as a signed note, to be kept somewhere else."""
        return note.sign((checkpoint or self.ledger.checkpoint()).head, ed25519.raw(self._key), self._key.sign)

    @property
    def ledger_key(self) -> str:
        """The ledger's public key as OpenSSH writes it; auditors keep a copy."""
        return ed25519.public_line(ed25519.raw(self._key))

    def against(self, kept: Path) -> str | None:
        """Why the ledger does not continue a checkpoint kept from before, or None where it does."""
        return whole.against(kept, self.ledger, ed25519.raw(self._key))

    def verify_ledger(self, progress: Callable[[int, int], None] | None = None) -> Check:
        """Recompute the tree and every body, and hold both against the anchors; names the first entry that fails."""
        return whole.verify(self.root, self.ledger, self.blobs, progress)

    # --- inside ----------------------------------------------------------------------------------------------------

    @cached_property
    def _public(self) -> PublicKey:
        """Of the private key where it is here: a file beside it that says otherwise would enrol people of its own."""
        if (self.root / "keys" / "ledger.pem").exists():
            return self.operator.public
        path = self.root / "keys" / "ledger.pub"
        try:
            return public_keys.parse(path.read_text("utf-8"), where=str(path))
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"can not be read: {error}", where=str(path)) from None

    @cached_property
    def _key(self) -> Ed25519PrivateKey:
        return keys.load(self.root / "keys" / "ledger.pem")

    def _require_whole(self) -> Checkpoint:
        """The head of the ledger. Raises `IntegrityError` for one that was changed."""
        check = self.ledger.verify()
        if check.problem is not None:
            raise IntegrityError(check.problem, where=str(self.ledger.path), hint="Run: govern ledger fsck")
        return check.checkpoint

    def _fold(self, system: str, size: int, known_at: datetime | None) -> Dossier:
        entries = list(self.ledger.entries(system=system, shared=True))
        if not any(entry.system == system for entry in entries):
            self._require_system(system)
        return dossier_of(system, entries, self._body, self.blobs.read, self._public, size, known_at)

    def _body(self, digest: str) -> Any:
        return strict_json.loads(self.blobs.read(digest), where=digest)

    def _require_system(self, system: str) -> None:
        known = self.ledger.systems()
        if system not in known:
            raise UsageError(
                f"there is no system {system!r}",
                hint=f"There are: {', '.join(known)}." if known else "Add one with: govern system add FILE.yaml",
            )
