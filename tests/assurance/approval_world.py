"""A little ledger on which everything that can happen to an approval happens, with its own memory of what each approver saw."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from governance.assurance.assess import assess
from governance.assurance.gate import gate, policy_digest
from governance.assurance.register import register
from governance.assurance.then_and_now import Now
from governance.domain.dossier import Dossier, Registration
from governance.domain.system import System
from tests.assurance.cases import (
    CONTENT,
    NOON,
    OTHER,
    OURS,
    artifacts,
    catalogue,
    control,
    piece,
    policy,
    risk,
    row,
    run,
    signed,
)

if TYPE_CHECKING:
    from governance.domain.assessment import GateResult
    from governance.domain.catalogue import Catalogue
    from governance.domain.decision import SignedDecision
    from governance.domain.evidence import Piece
    from governance.domain.policy import Policy

RENEWED = {"id": "renewed", "change": "evidence", "kinds": ["eval-run.v1"], "controls": ["tested"]}
WORDING = {"id": "wording", "change": "system", "fields": ["contact"]}
ASKED = (
    {"signed_by": {"roles": ["reviewer"], "people": 2}},
    {"duties_apart": {"duties": ["trainer"]}},
)
RULES = {
    "first": policy(*ASKED, envelopes=(RENEWED, WORDING)),
    "second": policy(*ASKED, {"no_open_finding": {"severity": "high"}}, envelopes=(RENEWED, WORDING)),
}
FIRST = catalogue(
    control("tested", {"within": 400, "expect": [{"field": "results[].value", "at_least": 0.5}]}),
    control("steady", {"within": 400, "expect": [{"field": "results[].value", "at_least": 0.7}]}),
    control("noted", {"kind": "own-note.v1", "about": "any"}),
    risks=(risk("harm", 4, 4, {"control": "tested", "reduces": "likelihood", "steps": 2}),),
)
CONTENTS = {"first": FIRST, "second": replace(FIRST, digest="sha256:" + "e" * 64)}
PEOPLE = ("Rita Example", "Sam Other", "Tom Trainer")


def _body(**said: Any) -> dict[str, Any]:
    plain = {
        "id": "desk",
        "name": "Desk",
        "purpose": "Answers readers",
        "owner": "Ada Example",
        "contact": "a@example.org",
    }
    return {**plain, "duties": {"trainer": ["Tom Trainer"]}, **said}


@dataclass
class Saw:
    """What an approver had before them, remembered apart from any digest."""

    identity: str
    policy: str
    content: str
    system: dict[str, Any]
    pieces: frozenset[str]
    expires: date | None


@dataclass
class World:
    """The ledger from entry 0, which states the system; entry 1 holds the weights, entry 2 a passed test."""

    on: Any = NOON
    policy: str = "first"
    content: str = "first"
    registrations: list[Registration] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    decisions: list[SignedDecision] = field(default_factory=list)
    saw: dict[str, Saw] = field(default_factory=dict)
    lost: set[str] = field(default_factory=set)
    size: int = 0

    def __post_init__(self) -> None:
        self.state(_body())
        self.attach(artifacts(self.size))
        self.attach(piece(self.size, body=run(row(value=0.9))))

    # --- what happens ----------------------------------------------------------------------------------------------

    def state(self, body: dict[str, Any]) -> None:
        at = NOON - timedelta(days=30) + timedelta(seconds=self.size)
        self.registrations.append(Registration(self.size, f"sys-{self.size}", at, System.model_validate(body).plain()))
        self.size += 1

    def restate(self, **said: Any) -> None:
        self.state({**self.registrations[-1].body, **said})

    def attach(self, made: Piece) -> None:
        recorded = self.on - timedelta(hours=1) + timedelta(seconds=self.size)
        self.pieces.append(made.model_copy(update={"recorded_at": recorded}))
        self.size += 1

    def evaluated(self, value: float = 0.9, digest: str = OURS) -> None:
        self.attach(piece(self.size, body=run(row(value=value)), digest=digest, days_old=0.5))

    def noted(self) -> None:
        self.attach(piece(self.size, "own-note.v1", "system", {"text": "Somebody saw something"}))

    def swapped(self, digest: str = OTHER) -> None:
        self.attach(artifacts(self.size, digest))

    def sign(self, person: str, kind: str = "approve", role: str = "reviewer", **said: Any) -> SignedDecision:
        held = self.dossier()
        made = signed(
            self.size, held, self.rule, person, role, kind, content=self.catalogue, signed_at=self.on - timedelta(minutes=1),
            valid=person not in self.lost, **said,
        )  # fmt: skip
        self.decisions.append(made)
        self.size += 1
        if made.decision.decision.approves:
            self.saw[made.id] = Saw(
                made.decision.identity or "", self.policy, self.content, dict(held.system_body),
                frozenset(each.id for each in self.pieces), made.decision.expires,
            )  # fmt: skip
        return made

    def lose_key(self, person: str) -> None:
        """The key was not its owner's from the start: nothing signed with it counts."""
        self.lost.add(person)
        self.decisions = [
            each.model_copy(update={"valid": False, "problem": "the key is revoked"})
            if each.decision.signer == person
            else each
            for each in self.decisions
        ]

    # --- what is ---------------------------------------------------------------------------------------------------

    @property
    def rule(self) -> Policy:
        return RULES[self.policy]

    @property
    def catalogue(self) -> Catalogue:
        return CONTENTS[self.content]

    def dossier(self) -> Dossier:
        last = self.registrations[-1]
        return Dossier(
            system=System.model_validate(last.body), system_entry=last.entry, registered_at=last.at,
            pieces=tuple(self.pieces), decisions=tuple(self.decisions), ledger_size=self.size, system_body=last.body,
            registrations=tuple(self.registrations),
        )  # fmt: skip

    def now(self, **extra: Any) -> Now:
        held = self.dossier()
        made = assess(held, self.catalogue, self.on)
        rows = register(held, self.catalogue, made, self.on)
        return Now(held, self.catalogue, self.rule, policy_digest(self.rule), made, rows, self.on, **extra)

    def gate(self) -> GateResult:
        now = self.now()
        return gate(now.policy, now.dossier, now.catalogue, now.assessment, now.register, now.on)

    def answers(self) -> tuple[str, str]:
        """What `signed_by` and `duties_apart` say."""
        first, second, *_ = self.gate().conditions
        return first.answer.value, second.answer.value

    @property
    def released(self) -> bool:
        return self.answers() == ("yes", "yes")


def approved() -> World:
    """Two people approve, and both words say yes."""
    made = World()
    made.sign("Rita Example")
    made.sign("Sam Other")
    return made


assert FIRST.digest == CONTENT
