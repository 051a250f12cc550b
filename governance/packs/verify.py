"""Judge a pack again: whether its content, applied to its entries, comes to the results in it.

Everything before that is the light verifier's (`governance.verifier.pack`), which needs nothing of what is imported here. This is
done only where it found nothing wrong: judging what was changed would only echo the change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from governance.content import loader, places
from governance.domain.entry import Checkpoint, Entry
from governance.errors import GovernanceError, IntegrityError, UnreadableError
from governance.packs import layout
from governance.packs.judgement import dossier_of, judge
from governance.packs.redraw import redraw
from governance.parsing import canonical, sample_table, strict_json
from governance.proofs import public_keys
from governance.verifier import members
from governance.verifier import pack as light
from governance.verifier.brought import Brought
from governance.verifier.report import PackReport

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from governance.domain.case import Case
    from governance.domain.dossier import Dossier
    from governance.verifier.containers import Container

__all__ = ["Brought", "PackReport", "judge_again", "verify"]


def verify(
    path: Path, brought: Brought | None = None, progress: Callable[[int, int], None] | None = None
) -> PackReport:
    """Verify a pack whole, judgement included. Raises `UnreadableError` only where it is no pack that can be read at all."""
    return light.verify(path, brought, progress, again=judge_again)


def judge_again(pack: Container, report: PackReport) -> None:
    """Judge as the manifest says, compare with the results, and say so in the report."""
    if report.about is None:
        return
    try:
        _judge(pack, report.about, report)
    except GovernanceError as error:
        report.problem(error.where or "(pack)", f"can not be judged: {error.message}")
    except (
        ValidationError,
        LookupError,
        TypeError,
        AttributeError,
        ValueError,
        ArithmeticError,
        MemoryError,
        RecursionError,
    ) as error:
        # What is signed can still be of the wrong shape; a pack that can not be judged is not a pack that holds.
        report.problem("(pack)", f"can not be judged: {type(error).__name__}")


def _judge(pack: Container, about: members.About, report: PackReport) -> None:
    prefix = members.CONTENT
    content = {name[len(prefix) :]: pack.read(name) for name in pack.names if name.startswith(prefix)}
    dossier = _dossier(pack, about)
    if not _tables(dossier, report):
        report.lines["JUDGEMENT"] = "FAILED; single samples that judging may ask for can not be read"
        return
    case = _case(about, dossier, content)
    report.case = case
    own = places.read_all([places.builtin_root()])
    report.lines["CONTENT"] += "; " + _against(own, content)
    for name, data in layout.results_of(case).items():
        if pack.read(name) != data:
            report.problem(name, "is not what judging again comes to")
    mine = {signed.id: signed.valid for signed in case.dossier.decisions}
    if mine != {each.entry: each.problem is None for each in report.decisions}:
        raise IntegrityError("the decisions that count are others than the verifier found")
    if not report.problems:
        redraw(pack, case, content, own, report)
    again = "FAILED" if report.problems else "ok: judged again, with the same result"
    report.lines["JUDGEMENT"] = f"{again}; gate {case.gate.policy} says {case.gate.answer}"


def _tables(dossier: Dossier, report: PackReport) -> bool:
    """Whether every table of samples can be read, and comes to what its evidence says: how many, their digest, the averages."""
    before = len(report.problems)
    for piece in dossier.pieces:
        if piece.columns is None:
            continue
        try:
            sample_table.check(piece.columns.read(), piece.body, where=piece.id)
        except UnreadableError as error:
            report.problem(
                members.BODIES + piece.columns.digest[7:], f"the table of samples of {piece.id} {error.message}"
            )
    return len(report.problems) == before


def _dossier(pack: Container, about: members.About) -> Dossier:
    entries = [
        Entry.model_validate(strict_json.loads(line, where=members.ENTRIES))
        for line in pack.read(members.ENTRIES).splitlines()
    ]
    return dossier_of(
        about.system,
        entries,
        lambda digest: strict_json.loads(pack.read(members.BODIES + digest[7:]), where=digest),
        lambda digest: pack.read(members.BODIES + digest[7:], limit=sample_table.MOST_PACKED),
        public_keys.parse(about.ledger_key),
        about.checkpoint.size,
    )


def _case(about: members.About, dossier: Dossier, content: Mapping[str, bytes]) -> Case:
    head = about.checkpoint
    checkpoint = Checkpoint(origin=head.origin, size=head.size, root=head.root)
    return judge(dossier, loader.load(content), about.policy, checkpoint, canonical.moment(about.on))


def _against(own: Mapping[str, bytes], content: Mapping[str, bytes]) -> str:
    """How the content of a pack lies to this program's own: a workspace may replace a control by a weaker one."""
    changed = sorted(path for path, data in content.items() if path in own and own[path] != data)
    added, absent = sorted(set(content) - set(own)), sorted(set(own) - set(content))
    said = [
        f"{len(paths)} {what}: {', '.join(paths[:5])}" + (f" and {len(paths) - 5} more" if len(paths) > 5 else "")
        for what, paths in (("differ from this program's own", changed), ("are added", added), ("are absent", absent))
        if paths
    ]
    return "; ".join(said) or f"all {len(content)} files are this program's own"
