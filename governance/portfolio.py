"""All systems of a workspace at once, judged again only where something changed.

A system is judged anew when an entry of its own was appended since, and not when one of another system was: judgement is a pure
function of its entries, the content, the signers and the moment, and the last three are the portfolio's own. Before anything is
reused, the whole ledger is verified and must continue the one that was seen before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.domain.entry import EntryType
from governance.errors import IntegrityError
from governance.packs.judgement import judge

if TYPE_CHECKING:
    from datetime import datetime

    from governance.domain.case import Case
    from governance.domain.entry import Checkpoint
    from governance.workspace import Workspace


class Portfolio:
    """The cases of all systems at one moment. Keep it, and ask again after more was attached."""

    def __init__(self, workspace: Workspace, on: datetime | None = None, policy: str | None = None) -> None:
        self._workspace, self._policy = workspace, policy
        self.on = on or workspace.clock()
        self._known_at = on
        self._seen: Checkpoint | None = None
        self._cases: dict[str, tuple[int, Case]] = {}
        self.judged = 0
        """How many systems the last call of `cases` judged anew."""
        self.not_on_record: tuple[str, ...] = ()
        """The systems that the last call of `cases` left out: nothing was on record of them at the moment asked for."""

    def cases(self) -> dict[str, Case]:
        """The case of every system on record at the moment, by id.

        Raises `IntegrityError` for a ledger that was changed, or cut since the last call.
        """
        workspace = self._workspace
        check = workspace.ledger.verify()
        if check.problem is not None:
            raise IntegrityError(check.problem, where=str(workspace.ledger.path), hint="Run: govern ledger verify")
        self._require_continued()
        self.judged = 0
        made: dict[str, tuple[int, Case]] = {}
        absent = []
        for system, last in workspace.ledger.heads(shared=True).items():
            held = self._cases.get(system)
            if held is None and not self._on_record(system):
                absent.append(system)
                continue
            if held is None or held[0] != last:
                held = last, self._judge(system, check.checkpoint)
                self.judged += 1
            made[system] = held
        self._cases, self._seen, self.not_on_record = made, check.checkpoint, tuple(sorted(absent))
        return {system: case for system, (_, case) in sorted(made.items())}

    def _require_continued(self) -> None:
        why = self._workspace.ledger.departs_from(self._seen.head) if self._seen else None
        if why is not None:
            raise IntegrityError(why, where=str(self._workspace.ledger.path))

    def _on_record(self, system: str) -> bool:
        """Whether the system was registered by the moment asked for; without one, what the ledger lists was."""
        if self._known_at is None:
            return True
        registered = (
            entry for entry in self._workspace.ledger.entries(system=system) if entry.type is EntryType.SYSTEM
        )
        return any(entry.recorded_at <= self._known_at for entry in registered)

    def _judge(self, system: str, head: Checkpoint) -> Case:
        workspace = self._workspace
        dossier = workspace.dossier(system, self._known_at)
        policy = self._policy or dossier.system.policy or workspace.default_policy
        return judge(dossier, workspace.catalogue, policy, head, self.on)
