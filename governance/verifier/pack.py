"""Verify a pack offline, naming every member that is not what it must be. Needs `cryptography`, `rfc8785` and nothing else.

The verifier trusts nothing inside the pack. What the auditor brings from outside (`Brought`) decides what is trusted; without it the
report says *trust: NOT EVALUATED*, and means it. Nothing is extracted or fetched, no clock is asked, and
nothing of a pack is executed here; the whole program, where it judges again, renders the templates in it again in a sandbox.

Whether judging the evidence again comes to the same results is for the whole program (`again`); it is done after everything
here holds, and where it is not done the report says so and never yes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.errors import GovernanceError, UnreadableError, VersionError
from governance.parsing import canonical
from governance.proofs import ml_dsa
from governance.verifier import brought as outside
from governance.verifier import documents, entries, log, members, signed, witnessed
from governance.verifier.brought import Brought
from governance.verifier.containers import open_container
from governance.verifier.report import NOT_EVALUATED, NOT_PERFORMED, PackReport
from governance.verifier.roster import Roster

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from governance.verifier.containers import Container

    Again = Callable[[Container, PackReport], None]
    Beside = Callable[[Container, entries.Listed, log.Log, PackReport], None]

_BESIDE_CONTENT = ("content/templates/", "content/controls/wording/")
"""What lies in `content/` and judges nothing."""
_RESULTS = (members.ASSESSMENT, members.GATE, members.REGISTER)
_ALWAYS = frozenset(
    {
        members.MANIFEST,
        members.CHECKPOINT,
        members.ENTRIES,
        members.LEAVES,
        members.SPEC,
        members.TRUST_EXAMPLE,
        *_RESULTS,
    }
)
_LIMITS = (
    "says that the parts belong together, not that evidence was true when attached, nor that the ledger's owner put every entry "
    "of this system in; the pages of a PDF are bound by digest and not read"
)
_MAX_STATEMENT = 16 << 20
"""Bytes of an envelope, or of what an owner states of a system, that is read: an attestation of 50,000 pieces has as many."""
_FOLDERS = (members.BODIES, members.CONTENT, members.DOCUMENTS, members.ANCHORS, members.PROOFS)


def verify(
    path: Path,
    brought: Brought | None = None,
    progress: Callable[[int, int], None] | None = None,
    *,
    again: Again | None = None,
    beside: Beside | None = None,
) -> PackReport:
    """Verify a pack file, tar or folder.

    `again` judges again, `beside` answers what else was asked of what was read (a sample, an item revealed); both run only where
    nothing was found changed. Raises `UnreadableError` (exit 6) only where it is no pack that can be read at all, and
    `VersionError` where it is one of another format.
    """
    report = PackReport()
    odd: list[tuple[str, str]] = []
    with open_container(path, odd) as pack:
        manifest = _members(pack, odd, report, progress)
        if manifest is not None:
            _Inside(pack, manifest, brought or Brought(), report).check(again, beside)
    _say(report, brought or Brought())
    return report


def _members(
    pack: Container, odd: list[tuple[str, str]], report: PackReport, progress: Callable[[int, int], None] | None
) -> members.Manifest | None:
    """The container, the manifest's signature, and every member against its digest: none extra, none missing."""
    if members.MANIFEST not in pack.names:
        raise UnreadableError(f"no {members.MANIFEST} in it, so it is no pack", where=str(pack.path))
    manifest = _manifest(pack, report)
    digests = manifest.digests if manifest is not None else {}
    for count, name in enumerate(pack.names, start=1):
        try:
            digest = pack.digest(name)
        except GovernanceError as error:  # unreadable, or changed while it was read
            report.problem(name, error.message)
            continue
        if name == members.MANIFEST or manifest is None:
            continue
        if name not in digests:
            report.problem(name, "is not named in the manifest: it was added")
        elif digest != digests[name]:
            report.problem(name, "is not the bytes that the manifest names: it was changed")
        if progress is not None:
            progress(count, len(pack.names))
    for name in sorted(set(digests) - set(pack.names)):
        report.problem(name, "is named in the manifest and is missing")
    if not report.problems:  # each would be said twice otherwise
        for name, said in odd:
            report.problem(name, said)
    return manifest


def _manifest(pack: Container, report: PackReport) -> members.Manifest | None:
    try:
        manifest = members.read(pack.read(members.MANIFEST))
    except VersionError:
        raise
    except UnreadableError as error:
        report.problem(members.MANIFEST, f"can not be read: {error.message}")
        return None
    report.about = manifest.about
    if manifest.problem is not None:
        report.problem(members.MANIFEST, manifest.problem)
    return manifest


class _Inside:
    """What the members say: the log, the entries, their bodies, the people, and what the auditor brought."""

    def __init__(self, pack: Container, manifest: members.Manifest, brought: Brought, report: PackReport) -> None:
        self.pack, self.manifest, self.brought, self.report = pack, manifest, brought, report
        self.about = manifest.about

    def check(self, again: Again | None, beside: Beside | None) -> None:
        """Run the steps; a member that can not be read is a problem of its own and ends them."""
        report = self.report
        try:
            self._places()
            made = log.read(self.pack, self.manifest, report)
            outside.hold_log(self.brought, self.manifest, made, members.LEAVES, report)
            anchors = log.anchors(self.pack, self.manifest, made, report)
            listed = entries.read(self.pack.read(members.ENTRIES), made.leaves, self.about, report)
            self._withheld(listed, made)
            self._bodies(listed)
            log.check_proofs(self.pack, made, [entry.seq for entry in listed.of("decision")], report)
            self._content(listed)
            if report.problems:  # whoever signed what was changed is no longer a question
                return
            people = signed.Reader(self.about, listed, made, self._body, report).read(Roster(self.manifest.key))
            self._people(people, anchors, listed)
            if report.problems:
                return
            report.lines["CRYPTO"] = "ok: every member is the one that was signed"
            report.lines["LOG"] = "ok: tree, entries and bodies belong together"
            documents.check(self.pack, listed, report, self.about.pack_id)
            if beside is not None:
                beside(self.pack, listed, made, report)
            if not report.problems:
                self._judgement(again, listed)
        except GovernanceError as error:
            report.problem(error.where or "(pack)", error.message)

    def _people(self, people: signed.People, anchors: list[log.Anchor], listed: entries.Listed) -> None:
        report, about = self.report, self.about
        report.decisions = people.decisions
        times = witnessed.read(anchors, self.brought.policy, report)
        witnessed.hold(people, times, report)
        met = outside.hold_people(self.brought, about, people, times, report)
        report.duties += signed.broken_duties(people, canonical.moment(about.on))
        held = [f"{one.who} {one.said['decision']}: " + (one.problem or "valid") for one in people.decisions]
        report.lines["DECISIONS"] = "; ".join(held) or "none"
        report.lines["TIME"] = _time(about, times)
        if self.brought.policy is None:
            report.lines["POLICY"] = f"{NOT_EVALUATED}: no trust policy was given (--policy FILE)"
        else:
            report.lines["POLICY"] = "not met" if report.unmet else "met: " + "; ".join(met)
        refused = people.roster.refused
        if refused:
            report.limits.append(
                f"{len(refused)} events about people do not count ({', '.join(f'{name}: {said}' for name, said in refused[:3])})"
            )
        if not ml_dsa.supported() and people.roster.holds(ml_dsa.ALGORITHM):
            said = "signatures by ML-DSA keys: not evaluated, the installed version of cryptography has no ML-DSA"
            report.limits.append(said)
        if hidden := listed.hidden("attestation"):
            report.limits.append(f"{hidden} attestations are withheld, and the duties they show are not checked")
        if hidden := listed.hidden("evidence"):
            report.limits.append(
                f"{hidden} pieces of evidence are withheld: that decisions were made over them is shown, what they say is not"
            )
        if unsalted := sum(not one.leaf_salted for one in listed.withheld):
            report.limits.append(
                f"the leaves of {unsalted} withheld items carry no salt: who guesses the item can confirm it"
            )

    def _body(self, digest: str) -> bytes:
        return self.pack.read(members.BODIES + digest[7:], limit=_MAX_STATEMENT)

    def _places(self) -> None:
        """Every member lies in a place that a pack has; those that each pack has are there."""
        allowed = (
            _ALWAYS | {members.MANIFEST} | ({members.WITHHELD} if self.about.edition == members.REDACTED else set())
        )
        for name in self.pack.names:
            if name not in allowed and not name.startswith(_FOLDERS):
                self.report.problem(name, "is no member that a pack has")
        for name in sorted(allowed - set(self.pack.names)):
            self.report.problem(name, "is missing")

    def _withheld(self, listed: entries.Listed, made: log.Log) -> None:
        if self.about.edition == members.REDACTED:
            shown = {entry.seq for entry in listed.entries}
            listed.withheld = entries.read_withheld(self.pack.read(members.WITHHELD), made.leaves, shown, self.report)

    def _bodies(self, listed: entries.Listed) -> None:
        """Each body and attachment that an entry names is there and right, in digest and size; each that is there is named."""
        wanted: dict[str, tuple[entries.Entry, set[int]]] = {}
        for entry in listed.entries:
            for digest, size in entry.named if entry.type != "content" else ():
                wanted.setdefault(members.BODIES + digest[7:], (entry, set()))[1].add(size)
        held = {name for name in self.pack.names if name.startswith(members.BODIES)}
        for name in sorted(set(wanted) - held):
            self.report.problem(name, f"is named by entry {wanted[name][0].seq} and is missing")
        for name in sorted(held - set(wanted)):
            self.report.problem(name, "is named by no entry")
        for name in held & set(wanted):
            entry, sizes = wanted[name]
            if self.manifest.digests.get(name, "")[7:] != name[len(members.BODIES) :]:
                self.report.problem(name, f"is not the bytes that entry {entry.seq} names")
            elif sizes != {self.pack.size(name)}:
                self.report.problem(name, f"has another size than entry {entry.seq} says")

    def _content(self, listed: entries.Listed) -> None:
        """The content comes to its digest, and is what the ledger says was in use, where it says so."""
        digests = self.manifest.digests
        judging = sorted(
            [name[len(members.CONTENT) :], digest]
            for name, digest in digests.items()
            if name.startswith(members.CONTENT) and not name.startswith(_BESIDE_CONTENT)
        )
        if canonical.digest(judging) != self.about.content_digest:
            self.report.problem(members.CONTENT, "is not the content that the manifest names")
        recorded = {str(entry.record["content_digest"]) for entry in listed.of("content")}
        known = self.about.content_digest in recorded
        self.report.lines["CONTENT"] = f"{len(judging)} files, {self.about.content_digest}" + (
            ", as the ledger recorded it" if known else ", which the ledger did not record" if recorded else ""
        )

    def _judgement(self, again: Again | None, listed: entries.Listed) -> None:
        if listed.withheld:
            self.report.lines["JUDGEMENT"] = f"{NOT_PERFORMED}: {len(listed.withheld)} items are withheld"
        elif again is not None:
            again(self.pack, self.report)


def _time(about: members.About, times: witnessed.Times) -> str:
    said = f"judged as of {about.on}, with what was known at {about.known_at}; "
    if times.seen:
        size, when, who = times.seen[-1]
        said += f"{who} saw the first {size} of {about.checkpoint.size} entries by {when:%Y-%m-%d %H:%M:%S}Z"
        said += "; the moments after that are the ledger's own" if size < about.checkpoint.size else ""
    else:
        said += "the moments are the ledger's own: no outside clock that you trust witnessed them"
    return said + (f"; {NOT_EVALUATED}: " + "; ".join(times.not_told) if times.not_told else "")


def _say(report: PackReport, brought: Brought) -> None:
    lines = dict(report.lines)
    broken = bool(report.problems)
    at = {member.split("/")[0] for member, _ in report.problems}
    elsewhere = report.about is not None and not {"checkpoint", "ledger", "bodies", "anchors", "proofs"} & at
    changed = f"{NOT_EVALUATED}: something was changed"
    made = {
        "CRYPTO": lines.pop("CRYPTO", "FAILED"),
        "LOG": lines.pop("LOG", changed if elsewhere else "FAILED"),
        "TIME": lines.pop("TIME", changed),
        "POLICY": lines.pop("POLICY", changed),
        "DUTIES": "BROKEN" if report.duties else changed if broken else "kept apart",
        "DECISIONS": lines.pop("DECISIONS", changed),
        "CONTENT": lines.pop("CONTENT", changed),
        "JUDGEMENT": lines.pop("JUDGEMENT", NOT_PERFORMED),
        "DOCUMENTS": lines.pop("DOCUMENTS", changed),
        "TRUST": outside.trust_line(brought, report),
        "LIMITS": "; ".join(
            [
                _LIMITS,
                *report.limits,
            ]
        ),
    }
    report.lines = made | lines
