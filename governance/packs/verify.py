"""Verify a pack offline, naming every member that is not what it must be.

The verifier trusts nothing inside the pack. What the auditor brings from outside (the ledger's public key, a list of signers, a
checkpoint kept from before) decides what is trusted; without it the report says *trust: not evaluated*, and means it.

A problem is a member and a sentence. Nothing is extracted, executed or fetched.
"""

from __future__ import annotations

import zlib
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from governance.content import loader, places
from governance.domain.entry import Entry
from governance.errors import GovernanceError, UnreadableError
from governance.packs import layout
from governance.packs.archive import Archive
from governance.packs.build import body_digests
from governance.packs.judgement import Register, dossier_of, judge
from governance.parsing import canonical, strict_json
from governance.proofs import dsse, ed25519, note, tree
from governance.signing import signers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from governance.domain.case import Case
    from governance.proofs.note import Head
    from governance.signing.signers import Signers


@dataclass(frozen=True)
class Trust:
    """What the auditor brings from outside; each part may be absent."""

    ledger_key: bytes | None = None
    signers: Signers | None = None
    checkpoint: Head | None = None

    @property
    def evaluated(self) -> bool:
        """Whether anything from outside was brought at all."""
        return not (self.ledger_key is None and self.signers is None and self.checkpoint is None)


@dataclass
class PackReport:
    """What was found. `unmet` are things that hold in the pack but not against what the auditor brought."""

    problems: list[tuple[str, str]] = field(default_factory=list)
    unmet: list[str] = field(default_factory=list)
    lines: dict[str, str] = field(default_factory=dict)
    predicate: layout.PackPredicate | None = None
    case: Case | None = None

    @property
    def ok(self) -> bool:
        """Nothing wrong inside, and nothing unmet outside."""
        return not self.problems and not self.unmet

    def problem(self, member: str, said: str) -> None:
        """Record a problem once."""
        if (member, said) not in self.problems:
            self.problems.append((member, said))


def verify(path: Path, trust: Trust | None = None, progress: Callable[[int, int], None] | None = None) -> PackReport:
    """Verify a pack file. Raises `UnreadableError` only where it is no pack that can be read at all."""
    trust = trust or Trust()
    report = PackReport()
    with Archive(path) as pack:
        _members(pack, report, progress)
        if report.predicate is not None:
            _Inside(pack, report, report.predicate, trust).check()
    _say(report, trust)
    return report


def _members(pack: Archive, report: PackReport, progress: Callable[[int, int], None] | None) -> None:
    """Steps 1 to 3: the container, the manifest's signature, and every member against its digest."""
    for name, count in Counter(pack.names).items():
        if count > 1:
            report.problem(name, "stands in the archive more than once")
    if layout.MANIFEST not in pack.names:
        raise UnreadableError(f"no {layout.MANIFEST} in it, so it is no pack", where=str(pack.path))
    digests = _manifest(pack, report)
    crcs: dict[str, int] = {}
    for count, name in enumerate(dict.fromkeys(pack.names), start=1):
        try:
            data = pack.read(name)
        except UnreadableError as error:
            report.problem(name, error.message)
            continue
        crcs[name] = zlib.crc32(data)
        if name != layout.MANIFEST and name not in digests:
            report.problem(name, "is not named in the manifest: it was added")
        elif name != layout.MANIFEST and canonical.sha256(data) != digests[name]:
            report.problem(name, "is not the bytes that the manifest names: it was changed")
        if progress is not None:
            progress(count, len(pack.names))
    for name in sorted(set(digests) - set(pack.names)):
        report.problem(name, "is named in the manifest and is missing")
    if not report.problems:
        for name, odd in pack.oddities(crcs):
            report.problem(name, odd)


def _manifest(pack: Archive, report: PackReport) -> dict[str, str]:
    try:
        envelope = dsse.parse(pack.read(layout.MANIFEST), where=layout.MANIFEST)
        statement: Any = strict_json.loads(envelope.payload, where=layout.MANIFEST)
        predicate = layout.PackPredicate.model_validate(statement["predicate"])
        digests = {row["name"]: "sha256:" + row["digest"]["sha256"] for row in statement["subject"]}
        public = ed25519.parse_public(predicate.ledger_key, where=layout.MANIFEST)
        if canonical.dumps(layout.statement(predicate, digests)) != envelope.payload:
            raise UnreadableError("is not in its one form")
    except (UnreadableError, ValidationError, KeyError, TypeError) as error:
        said = error.message if isinstance(error, UnreadableError) else "does not have the fields of pack.v1"
        report.problem(layout.MANIFEST, f"can not be read: {said}")
        return {}
    if envelope.payload_type != dsse.IN_TOTO or len(envelope.signatures) != 1:
        report.problem(layout.MANIFEST, "is not one signed in-toto statement")
    if not envelope.signed_by({"ledger": public}) or envelope.signatures[0].keyid != ed25519.fingerprint(public):
        report.problem(layout.MANIFEST, "is not signed by the key it names: it was changed")
    report.predicate = predicate
    return digests


class _Inside:
    """Steps 4 to 7: what the members say, and whether judging again says the same."""

    def __init__(self, pack: Archive, report: PackReport, predicate: layout.PackPredicate, trust: Trust) -> None:
        self.pack, self.report, self.predicate, self.trust = pack, report, predicate, trust

    def check(self) -> None:
        """Run the steps; a member that can not be read is a problem of its own and ends them."""
        try:
            leaves = self._tree()
            entries = self._entries(leaves)
            self._bodies(entries)
            if not self.report.problems:  # judging what was changed would only echo the change
                self._judge_again(entries, leaves)
        except GovernanceError as error:
            self.report.problem(error.where or "(pack)", error.message)
        except (
            ValidationError,
            LookupError,
            TypeError,
            AttributeError,
            ValueError,
            ArithmeticError,
            MemoryError,
        ) as error:
            # What is signed can still be of the wrong shape; a pack that can not be judged is not a pack that holds.
            self.report.problem("(pack)", f"can not be judged: {type(error).__name__}")

    def _tree(self) -> list[bytes]:
        data = self.pack.read(layout.LEAVES)
        try:
            leaves = [bytes.fromhex(line) for line in data.decode("ascii").splitlines()]
        except ValueError:
            raise UnreadableError("is not a list of leaf hashes", where=layout.LEAVES) from None
        checkpoint, signed, signatures = note.parse(self.pack.read(layout.CHECKPOINT), where=layout.CHECKPOINT)
        public = ed25519.parse_public(self.predicate.ledger_key)
        wanted = (checkpoint.origin, note.key_id(checkpoint.origin, public))
        if not any((name, kid) == wanted and ed25519.verify(public, sig, signed) for name, kid, sig in signatures):
            self.report.problem(layout.CHECKPOINT, "is not signed by the ledger's key")
        if checkpoint != self.predicate.checkpoint.head:
            self.report.problem(layout.CHECKPOINT, "is not the checkpoint that the manifest names")
        if len(leaves) != checkpoint.size or tree.root_of(leaves).hex() != checkpoint.root:
            self.report.problem(layout.LEAVES, "does not come to the root of the checkpoint")
        self._against_trusted(leaves, public)
        return leaves

    def _against_trusted(self, leaves: list[bytes], public: bytes) -> None:
        if self.trust.ledger_key is not None and self.trust.ledger_key != public:
            self.report.unmet.append("the pack is signed by another ledger key than the one you trust")
        kept = self.trust.checkpoint
        if kept is not None:
            if kept.size > len(leaves):
                self.report.unmet.append(
                    f"the checkpoint you kept has {kept.size} entries, this pack {len(leaves)}: it is older"
                )
            elif tree.root_of(leaves[: kept.size]).hex() != kept.root:
                self.report.problem(layout.LEAVES, "does not begin as the checkpoint you kept: the past was rewritten")

    def _entries(self, leaves: list[bytes]) -> tuple[Entry, ...]:
        made: list[Entry] = []
        for number, line in enumerate(self.pack.read(layout.ENTRIES).splitlines(), start=1):
            where = f"{layout.ENTRIES} line {number}"
            try:
                entry = Entry.model_validate(strict_json.loads(line, where=where))
            except ValidationError:
                raise UnreadableError(f"line {number} is no entry", where=layout.ENTRIES) from None
            if entry.seq >= len(leaves) or tree.leaf_hash(line) != leaves[entry.seq]:
                self.report.problem(layout.ENTRIES, f"line {number} is not leaf {entry.seq} of the tree")
            if made and entry.seq <= made[-1].seq:
                self.report.problem(layout.ENTRIES, f"line {number} is out of order")
            if entry.system != self.predicate.system:
                self.report.problem(layout.ENTRIES, f"line {number} is of another system")
            made.append(entry)
        return tuple(made)

    def _bodies(self, entries: tuple[Entry, ...]) -> None:
        wanted = {layout.BODIES + digest[7:]: digest for digest in body_digests(entries)}
        held = {name for name in self.pack.names if name.startswith(layout.BODIES)}
        for name in sorted(set(wanted) - held):
            self.report.problem(name, "is named by an entry and is missing")
        for name in sorted(held - set(wanted)):
            self.report.problem(name, "is named by no entry")
        for name in sorted(held & set(wanted)):
            if canonical.sha256(self.pack.read(name)) != wanted[name]:
                self.report.problem(name, "is not the bytes that its entry names")

    def _judge_again(self, entries: tuple[Entry, ...], leaves: list[bytes]) -> None:
        prefix = layout.CONTENT
        content = {name[len(prefix) :]: self.pack.read(name) for name in self.pack.names if name.startswith(prefix)}
        catalogue = loader.load(content)
        if catalogue.digest != self.predicate.content_digest:
            self.report.problem(layout.CONTENT, "is not the content that the manifest names")
        self.report.lines["CONTENT"] = _content(content)
        listed = signers.parse(self.pack.read(layout.SIGNERS), where=layout.SIGNERS)
        case = self._case(entries, len(leaves), listed, catalogue)
        self.report.case = case
        for name, noun in (
            (layout.ASSESSMENT, case.assessment),
            (layout.GATE, case.gate),
            (layout.REGISTER, Register(rows=case.register)),
        ):
            if self.pack.read(name) != layout.results(noun):
                self.report.problem(name, "is not what judging again comes to")
        if self.trust.signers is not None:
            trusted = self._case(entries, len(leaves), self.trust.signers, catalogue)
            for mine, theirs in zip(trusted.dossier.decisions, case.dossier.decisions, strict=True):
                if theirs.valid is not mine.valid:
                    said = mine.problem or f"valid, and the pack's own list says: {theirs.problem}"
                    self.report.unmet.append(f"decision {mine.id}, against the signers you trust: {said}")
            if trusted.gate.answer is not case.gate.answer:
                self.report.unmet.append(f"the gate, with the signers you trust, says {trusted.gate.answer}")

    def _case(self, entries: tuple[Entry, ...], size: int, listed: Signers, catalogue: Any) -> Case:
        dossier = dossier_of(
            self.predicate.system,
            entries,
            lambda digest: strict_json.loads(self.pack.read(layout.BODIES + digest[7:]), where=digest),
            lambda digest: self.pack.read(layout.BODIES + digest[7:]),
            listed,
            size,
        )
        return judge(dossier, catalogue, self.predicate.policy, self.predicate.checkpoint, self.predicate.on)


def _content(content: Mapping[str, bytes]) -> str:
    """How the content of a pack lies to that of this program: a workspace may replace a control by a weaker one."""
    own = places.read_all([places.builtin_root()])
    changed = sorted(path for path, data in content.items() if path in own and own[path] != data)
    added, absent = sorted(set(content) - set(own)), sorted(set(own) - set(content))
    said = [
        f"{len(paths)} {what}: {', '.join(paths[:5])}" + (f" and {len(paths) - 5} more" if len(paths) > 5 else "")
        for what, paths in (("differ from this program's own", changed), ("are added", added), ("are absent", absent))
        if paths
    ]
    return "; ".join(said) or f"all {len(content)} files are this program's own"


def _say(report: PackReport, trust: Trust) -> None:
    places = {member.split("/")[0] for member, _ in report.problems}
    signed = report.predicate is not None and layout.MANIFEST not in places
    report.lines["CRYPTO"] = "ok" if signed and not report.problems else "FAILED"
    in_log = bool({layout.CHECKPOINT, "ledger", "bodies"} & places)
    report.lines["LOG"] = "FAILED" if in_log or not signed else "ok: tree, entries and bodies belong together"
    case = report.case
    if case is None:
        report.lines["JUDGEMENT"] = "not performed"
    else:
        again = "FAILED" if "results" in places else "ok: judged again, with the same result"
        report.lines["JUDGEMENT"] = f"{again}; gate {case.gate.policy} says {case.gate.answer}"
        held = [
            f"{d.decision.signer} ({d.decision.role}) {d.decision.decision}: "
            + ("valid" if d.valid else d.problem or "")
            for d in case.dossier.decisions
        ]
        report.lines["DECISIONS"] = "; ".join(held) or "none"
    report.lines["TRUST"] = (
        "NOT EVALUATED: nothing from outside the pack was given (--ledger-key, --signers, --checkpoint)"
        if not trust.evaluated
        else "not met: " + "; ".join(report.unmet)
        if report.unmet
        else "met, for what you brought"
    )
    moment = f"judged as of {report.predicate.plain()['on']}; " if report.predicate else ""
    report.lines["TIME"] = f"{moment}the moments are the ledger's own; no outside clock witnessed them"
    report.lines["LIMITS"] = (
        "says that the parts belong together, not that evidence was true when attached, nor that the ledger's owner put every "
        "entry of this system in; documents are bound by digest and not rendered again"
    )
