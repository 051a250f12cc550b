"""A page is signed only while it is, to the byte, what the record gives."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from governance import reviewing
from governance.domain.decision import DecisionKind
from governance.domain.entry import EntryType
from governance.errors import IntegrityError, UnreadableError, UsageError
from governance.ledger.store import Draft
from governance.parsing import canonical
from governance.proofs import ed25519
from governance.signing import keys
from tests.conftest import RECORDED
from tests.reviewing.test_review_page import NONCE, key_of, made, sign

if TYPE_CHECKING:
    from pathlib import Path

    from governance.domain.case import Case
    from governance.workspace import Workspace
    from tests.conftest import Clock


def check(page: str | bytes, workspace: Workspace, policy: str = "release", system: str = "elm-desk") -> str:
    return reviewing.require_current(page if isinstance(page, bytes) else page.encode(), workspace, system, policy)


def test_a_page_that_is_signed_is_on_record_before_the_decision_that_names_it(
    attached: Workspace, reviewer: Path
) -> None:
    page = made(attached).encode()
    entry_id = sign(attached, reviewer, "hold", page=page)
    entries = {entry.id: entry for entry in attached.ledger.entries()}
    (kept,) = [entry for entry in entries.values() if entry.type is EntryType.PAGE]
    assert kept.record["body_digest"] == canonical.sha256(page)
    assert attached.blobs.read(canonical.sha256(page)) == page
    assert kept.seq < entries[entry_id].seq
    (signed,) = attached.dossier("elm-desk").decisions
    assert signed.decision.page == canonical.sha256(page)
    assert signed.decision.checkpoint.size > kept.seq


def test_what_is_recorded_in_the_second_of_the_page_but_after_it_is_not_on_it(
    attached: Workspace, reviewer: Path
) -> None:
    """The clock of this test stands still: enrolment, content, the page and the decision fall into one second."""
    page = made(attached)
    key_of(attached, "Nora Example", "approver")
    attached.add_system(_another_system(attached))
    assert check(page, attached) == canonical.sha256(page.encode())
    sign(attached, reviewer, "hold")
    with pytest.raises(UsageError, match=r"moved on since this page was made: 1 entry \(decision\), among them dec-"):
        check(page, attached)


def _another_system(workspace: Workspace) -> Path:
    path = workspace.root / "other.yaml"
    path.write_text((RECORDED / "system.yaml").read_text("utf-8").replace("id: elm-desk", "id: oak-desk"), "utf-8")
    return path


def test_a_page_is_signed_where_the_clock_went_back_behind_the_ledger(attached: Workspace, clock: Clock) -> None:
    clock.forward(days=-2)
    page = made(attached)
    assert check(page, attached) == canonical.sha256(page.encode())


@pytest.mark.parametrize("entry", ["evidence", "system", "decision"])
def test_a_page_from_before_later_entries_is_refused_and_the_entries_are_named(
    attached: Workspace, reviewer: Path, clock: Clock, tmp_path: Path, entry: str
) -> None:
    page = made(attached).encode()
    clock.forward(hours=1)
    if entry == "evidence":
        (tmp_path / "new").mkdir()
        (tmp_path / "new" / "emissions.csv").write_bytes(_emissions())
        assert attached.attach([tmp_path / "new"], "elm-desk", environment=False).appended
    elif entry == "system":
        (attached.root / "s.yaml").write_text((RECORDED / "system.yaml").read_text("utf-8") + "agent: 'no'\n", "utf-8")
        attached.add_system(attached.root / "s.yaml")
    else:
        sign(attached, reviewer, "hold")
    with pytest.raises(UsageError, match=rf"moved on since this page was made: 1 entry \({entry}\)") as caught:
        sign(attached, reviewer, "approve", page=page)
    assert "govern review elm-desk --out FILE" in caught.value.hint


def _emissions() -> bytes:
    names = ("timestamp,project_name,run_id,experiment_id,duration,emissions,emissions_rate,cpu_power,gpu_power,ram_power,"
             "cpu_energy,gpu_energy,ram_energy,energy_consumed,country_name,country_iso_code,codecarbon_version")  # fmt: skip
    values = "2026-11-20T10:00:00,p,r1,e,60.0,0.001,0.00001,40,0,10,0.001,0,0.0002,0.0012,Germany,DEU,3.0.4"
    return f"{names}\n{values}\n".encode()


@pytest.mark.parametrize(
    "what", ["tier limited", "THE GATE SAYS NO", "agent-oversteps", "BY REFERENCE ONLY", "not known"]
)
def test_an_altered_page_is_refused_with_its_line_and_nothing_is_decided(
    attached: Workspace, reviewer: Path, what: str
) -> None:
    page = made(attached)
    altered = page.replace(what, what[:-1] + "X", 1)
    line = page[: page.index(what)].count("\n") + 1
    with pytest.raises(IntegrityError, match=rf"line {line} differs, .*{what[:-1]}X.* where the record gives"):
        check(altered, attached)
    size = attached.ledger.checkpoint().size
    with pytest.raises(IntegrityError):
        sign(attached, reviewer, "approve", page=altered.encode())
    assert {entry.type for entry in list(attached.ledger.entries())[size:]} <= {EntryType.CONTENT}


@pytest.mark.parametrize(
    "change", [lambda p: p + "\n", lambda p: p[:-1], lambda p: p[:-40], lambda p: p.replace("\n", "\r\n")]
)
def test_a_page_with_more_or_less_at_its_end_is_refused(attached: Workspace, change: object) -> None:
    with pytest.raises((IntegrityError, UnreadableError), match="line"):
        check(change(made(attached)), attached)  # type: ignore[operator]


class Desk:
    """A workspace that judges each question once: what varies in the test is the page alone."""

    def __init__(self, workspace: Workspace) -> None:
        self.ledger, self.blobs, self.clock = workspace.ledger, workspace.blobs, workspace.clock
        self._workspace = workspace
        self._cases: dict[str, Case] = {}

    def case(self, system: str, **how: Any) -> Case:
        if str(how) not in self._cases:
            self._cases[str(how)] = self._workspace.case(system, **how)
        return self._cases[str(how)]


def test_no_byte_of_a_page_can_be_another(attached: Workspace) -> None:
    page = made(attached).encode()
    desk = Desk(attached)
    assert reviewing.require_current(page, desk, "elm-desk", "release") == canonical.sha256(page)
    for at in range(page.index(b"  system"), len(page), 43):
        altered = page[:at] + bytes([page[at] ^ 1]) + page[at + 1 :]
        with pytest.raises((IntegrityError, UnreadableError, UsageError)):
            reviewing.require_current(altered, desk, "elm-desk", "release")


def test_a_page_of_another_policy_or_system_is_refused_with_the_remedy(attached: Workspace) -> None:
    with pytest.raises(UsageError) as caught:
        check(made(attached), attached, policy="strict")
    assert "--policy release" in caught.value.hint
    with pytest.raises(UsageError, match="of the system elm-desk, and this decision is on oak-desk"):
        check(made(attached), attached, system="oak-desk")


HEAD = f"REVIEW PAGE page.v1\n  nonce       {NONCE}\n"


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"", 1),
        (b"REVIEW PAGE page.v2\n", 1),
        (b"REVIEW PAGE page.v1\n\xff", 2),
        (b"REVIEW PAGE page.v1\n  nonce x\n", 2),
        (HEAD.encode(), 3),
        (f"{HEAD}  made at     2026-13-23T09:00:00Z\n  system      s\n  policy      p\n  ledger      1 entry of o\n"
         f"  root        {' '.join(['0000'] * 16)}\n".encode(), 3),
        (f"{HEAD}  made at     2026-11-23T09:00:00Z\n  system      Elm Desk\n".encode(), 4),
    ],
)  # fmt: skip
def test_what_is_no_page_is_said_to_be_none_with_the_line(attached: Workspace, data: bytes, line: int) -> None:
    with pytest.raises(UnreadableError, match="not a review page") as caught:
        check(data, attached)
    assert caught.value.where == f"the page, line {line}"
    assert "govern review" in caught.value.hint


def test_a_page_that_is_far_too_long_is_not_read(attached: Workspace) -> None:
    with pytest.raises(UnreadableError, match="4,000,001 bytes"):
        check(b" " * 4_000_001, attached)


def test_a_page_over_more_entries_or_another_past_than_the_ledger_has_is_an_alarm(attached: Workspace) -> None:
    page = made(attached)
    more = re.sub(r"ledger      \d+ entries", "ledger      9999 entries", page)
    with pytest.raises(IntegrityError, match="made over 9999 entries, and the ledger has"):
        check(more, attached)
    root = page.split("\n")[6]
    other = root[:-1] + ("0" if root[-1] != "0" else "1")
    with pytest.raises(IntegrityError, match="another root"):
        check(page.replace(root, other), attached)


def test_a_page_from_the_future_is_refused(attached: Workspace, clock: Clock) -> None:
    clock.forward(hours=2)
    page = made(attached)
    clock.forward(hours=-1)
    with pytest.raises(UsageError, match="the page was made at 2026-11-23T11:00:00Z, and it is 2026-11-23T10:00:00Z"):
        check(page, attached)


def test_a_page_over_other_controls_is_refused_as_outdated(attached: Workspace) -> None:
    page = made(attached)
    (attached.root / "policies").mkdir()
    builtin = attached.content["policies/release.yaml"].decode()
    (attached.root / "policies" / "release.yaml").write_text(builtin.replace("margin: 0.05", "margin: 0.15"), "utf-8")
    for name in ("content", "catalogue"):
        attached.__dict__.pop(name, None)
    with pytest.raises(UsageError, match="controls, risks and policies that judge are not those of this page"):
        check(page, attached)


def test_a_page_that_time_alone_has_outdated_is_refused_and_names_what_changed(
    attached: Workspace, clock: Clock
) -> None:
    page = made(attached)
    clock.forward(days=1)
    assert check(page, attached) == canonical.sha256(page.encode())
    clock.moment += timedelta(days=900)
    with pytest.raises(UsageError, match=r"time has passed since this page was made.*is stale now"):
        check(page, attached)


def test_a_later_enrolment_or_another_page_does_not_outdate_a_page(
    attached: Workspace, reviewer: Path, clock: Clock
) -> None:
    page = made(attached).encode()
    clock.forward(hours=1)
    attached.people.change_roles(
        "Rita Example", by=attached.operator, reason="More to do.", roles=["reviewer", "approver"]
    )
    reviewing.keep(made(attached, "6" * 32).encode(), attached, "elm-desk")
    assert check(page, attached) == canonical.sha256(page)


def test_a_key_that_was_stolen_before_it_signed_outdates_the_page_that_counted_its_word(
    attached: Workspace, reviewer: Path, clock: Clock
) -> None:
    sign(attached, reviewer, "hold")
    page = made(attached)
    assert "hold; in force" in page
    clock.forward(hours=1)
    attached.people.revoke("Rita Example", by=attached.operator, reason="Stolen.", since=0)
    with pytest.raises(UsageError, match=r"moved on since this page was made: 1 entry \(principal\)"):
        check(page, attached)


def test_the_page_stands_though_another_systems_ledger_goes_on(attached: Workspace, clock: Clock) -> None:
    page = made(attached)
    clock.forward(hours=1)
    attached.add_system(_another_system(attached))
    record = {"content_digest": "sha256:" + "0" * 64, "body_digest": "sha256:" + "0" * 64, "body_size": 1}
    attached.ledger.append([Draft(EntryType.CONTENT, "cnt-elsewhere", None, record)])
    assert check(page, attached) == canonical.sha256(page.encode())


def test_two_reviewers_can_not_sign_one_page_one_after_the_other(attached: Workspace, reviewer: Path) -> None:
    """The second has to see what the first decided."""
    second = key_of(attached, "Sam Example", "reviewer")
    page = made(attached).encode()
    sign(attached, reviewer, "hold", page=page)
    with pytest.raises(UsageError, match="moved on"):
        sign(attached, second, DecisionKind.APPROVE, page=page)
    sign(attached, second, "hold", page=made(attached).encode())


def test_a_pipeline_that_signs_with_a_key_decides_nothing_and_leaves_no_page(
    attached: Workspace, tmp_path: Path
) -> None:
    key = keys.generate()
    keys.save(key, tmp_path / "ci.pem")
    line = ed25519.public_line(ed25519.raw(key))
    attached.people.enrol(
        "ci", by=attached.operator, reason="It trains.", roles=["reviewer"], key=line, kind="pipeline"
    )
    page = reviewing.page(attached.case("elm-desk"), attached)
    with pytest.raises(UsageError, match="a decision is a person's"):
        attached.sign(
            "elm-desk",
            key_file=tmp_path / "ci.pem",
            role="reviewer",
            decision=DecisionKind.HOLD,
            reason="By itself.",
            page=page,
        )
    assert not [entry for entry in attached.ledger.entries() if entry.type in {EntryType.PAGE, EntryType.DECISION}]
