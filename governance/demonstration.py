"""The main job from end to end, on a run that was recorded for real: what `govern demo` does.

Nothing in it is special: every step is a call that anybody can make. The reviewer is a throw-away key made for the demo; the
decision follows the gate, because a demo that approves what its own gate denies would teach the wrong thing.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

from governance import publishing, reviewing
from governance.attesting import with_key
from governance.content import places
from governance.domain.decision import DecisionKind
from governance.domain.policy import Answer
from governance.errors import UsageError
from governance.proofs import ed25519
from governance.reports.paper.press import Presses
from governance.signing import keys
from governance.signing.keys import signing_key
from governance.workspace import Workspace, now

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

RUN = "smollm2-elm-desk"
MARK = ".govern-demo"
PRINTED = ("audit-report", "model-card")
"""The documents of which the demonstration makes a PDF; `govern report` makes one of each."""
DECISIONS = {Answer.YES: DecisionKind.APPROVE, Answer.NO: DecisionKind.REJECT, Answer.COULD_NOT_TELL: DecisionKind.HOLD}


def run(out: Path, *, say: Callable[[str], None], clock: Callable[[], datetime] = now) -> dict[str, Any]:
    """Do everything under `out`; returns the paths and the answers."""
    _fresh(out)
    with Presses(len(PRINTED)) as presses:
        return _run(out, presses, say=say, clock=clock)


def _run(out: Path, presses: Presses, *, say: Callable[[str], None], clock: Callable[[], datetime]) -> dict[str, Any]:
    recorded = places.recorded_root() / RUN
    workspace = Workspace.init(out / "workspace", origin=f"demo/{RUN}", clock=clock)
    system_id = workspace.add_system(recorded / "system.yaml")[0] and workspace.ledger.systems()[0]
    say(f"1  a workspace with the system {system_id}")
    engineer = _enrolled(workspace, "Demo Engineer", "trainer", "evaluator")
    attached = workspace.attach([recorded], system_id, attest=with_key(workspace, signing_key(engineer)))
    say(f"2  {len(attached.appended)} pieces of evidence attached from {RUN}, {len(attached.not_read)} files not read")
    case = workspace.case(system_id)
    met = sum(control.standing == "met" for control in case.assessment.controls)
    say(f"3  {met} of {len(case.assessment.controls)} controls met, {len(case.register)} risks rated")
    say(f"4  the gate {case.gate.policy} says {case.gate.answer}: {case.gate.reason}")
    reviewer = _enrolled(workspace, "Demo Reviewer", "reviewer")
    page = reviewing.page(case, workspace)
    (out / "review-page.txt").write_bytes(page)
    decision = DECISIONS[case.gate.answer]
    workspace.sign(
        system_id,
        key_file=reviewer,
        page=page,
        role="reviewer",
        decision=decision,
        reason=f"The gate {case.gate.policy} says {case.gate.answer}, and this demo decides as its gate does.",
    )
    say(f"5  signed by a demo reviewer who read the review page, and trained nothing: {decision}")
    case = workspace.case(system_id)
    documents, skipped = workspace.documents(case, presses=presses, pdf=PRINTED)
    publishing.write(out, documents)
    say(f"6  {len(documents)} documents")
    pack = out / "pack.zip"
    digest, _ = workspace.pack(system_id, pack, case=case, documents=documents)
    found = Workspace.verify(pack)
    say(f"7  a pack of {pack.stat().st_size:,} bytes, {'verified' if found.ok else 'NOT VERIFIED'}")
    workspace.ledger.close()
    return {
        "workspace": str(out / "workspace"),
        "system": system_id,
        "documents": {name: str(out / name) for name in sorted(documents)},
        "pdf_skipped": skipped.get("PDF"),
        "skipped": skipped,
        "pack": str(pack),
        "pack_digest": digest,
        "gate": case.gate.answer.value,
        "gate_reason": case.gate.reason,
        "decision": decision.value,
        "verified": found.ok,
        "problems": [{"member": member, "problem": said} for member, said in found.problems],
    }


def _enrolled(workspace: Workspace, name: str, *roles: str) -> Path:
    """A person enrolled with a key of their own; returns the file with the private key."""
    path = workspace.root / "keys" / f"{name.lower().replace(' ', '-')}.pem"
    key = keys.generate()
    keys.save(key, path)
    workspace.people.enrol(
        name,
        by=workspace.operator,
        reason="Enrolled for this demonstration.",
        roles=roles,
        key=ed25519.public_line(ed25519.raw(key)),
    )
    return path


def _fresh(out: Path) -> None:
    """An empty folder, or one that an earlier demo made and that may be made again; anything else is left alone."""
    if out.exists() and any(out.iterdir()) and not (out / MARK).is_file():
        raise UsageError("this folder holds something else", where=str(out), hint="Name another one with --out DIR.")
    if out.exists():
        shutil.rmtree(out)
    out.mkdir(parents=True)
    (out / MARK).write_text("made by govern demo; made anew each time\n", "utf-8")
