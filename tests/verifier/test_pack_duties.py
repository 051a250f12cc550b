"""Duties that are kept apart, and statements that count or do not, as a pack shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from governance.signing import keys
from governance.verifier.brought import Brought
from governance.verifier.pack import verify
from tests.packs.made_packs import IDENTITY, Made, usual
from tests.packs.mutations import members, put_together

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return usual(tmp_path / "ledger")


def forged(made: Made, name: str, **more: Any) -> None:
    """An approval put into the ledger past the check that signing makes."""
    made.enrol(name, "reviewer", "trainer") if name not in made.people else None
    made.decide(name, "reviewer", "approve", **more)


def test_who_trained_does_not_approve(made: Made) -> None:
    made.enrol("Dora Example", "trainer", "reviewer")
    made.attest(made.evidence(1, first=30), "Dora Example", "trainer")
    forged(made, "Dora Example")
    found = verify(made.pack())
    assert (found.exit_code, found.problems) == (5, [])
    assert "Dora Example holds the duty trainer" in found.duties[0]
    assert found.lines["DUTIES"] == "BROKEN"


def test_an_exception_that_runs_lets_it_pass_and_one_that_expired_does_not(made: Made) -> None:
    made.enrol("Dora Example", "trainer", "reviewer")
    made.attest(made.evidence(1, first=30), "Dora Example", "trainer")
    exception = {"person": "Dora Example", "duties": ["trainer"]}
    made.enrol("Otto Example", "approver")
    made.decide(
        "Otto Example", "approver", "except-duties", exception=exception, expires="2026-12-01", identity=IDENTITY
    )
    forged(made, "Dora Example")
    assert verify(made.pack()).exit_code == 0
    made.later(days=20)
    assert verify(made.pack()).exit_code == 5


def test_an_exception_in_a_role_that_gives_none_lets_nothing_pass(made: Made) -> None:
    made.enrol("Dora Example", "trainer", "reviewer")
    made.attest(made.evidence(1, first=30), "Dora Example", "trainer")
    exception = {"person": "Dora Example", "duties": ["trainer"]}
    made.decide(
        "Rita Example", "reviewer", "except-duties", exception=exception, expires="2026-12-01", identity=IDENTITY
    )
    forged(made, "Dora Example")
    assert verify(made.pack()).exit_code == 5


def test_duties_that_the_owner_names_and_thresholds_that_were_set_are_kept_apart(tmp_path: Path) -> None:
    made = Made(tmp_path)
    made.system(duties={"trainer": ["rita  EXAMPLE"]})
    made.enrol("Rita Example", "reviewer")
    made.enrol("Theo Example", "reviewer", "threshold-author")
    made.evidence(1)
    made.decide("Theo Example", "threshold-author", "set-policy")
    for name in ("Rita Example", "Theo Example"):
        forged(made, name)
    found = verify(made.pack())
    assert found.exit_code == 5
    assert [said.split("by ")[1].split(":")[0] for said in found.duties] == [
        "Rita Example (reviewer)",
        "Theo Example (reviewer)",
    ]


def test_what_was_changed_weighs_more_than_broken_duties_and_they_more_than_an_unmet_policy(
    made: Made, tmp_path: Path
) -> None:
    made.enrol("Dora Example", "trainer", "reviewer")
    made.attest(made.evidence(1, first=30), "Dora Example", "trainer")
    forged(made, "Dora Example")
    path = made.pack()
    assert verify(path, Brought(min_size=1000)).exit_code == 5
    parts = members(path)
    changed = put_together(parts | {"SPEC.md": b"x"}, tmp_path / "changed.zip")
    assert verify(changed, Brought(min_size=1000)).exit_code == 4


def test_a_decision_by_a_key_that_nobody_enrolled_does_not_count_and_is_no_damage(made: Made) -> None:
    made.decide("Rita Example", "reviewer", by=keys.of_private(keys.generate()))
    found = verify(made.pack())
    assert found.ok
    assert found.decisions[-1].problem == "no key of an enrolled principal made this signature"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"evidence_root": "sha256:" + "1" * 64}, "the evidence that it names is not"),
        ({"system_digest": "sha256:" + "1" * 64}, "the system that it names is not"),
        ({"checkpoint": {"origin": "test/ledger", "size": 3, "root": "1" * 64}}, "is no beginning of this ledger"),
        ({"target": "dec-" + "0" * 20}, "the decision that it ends is none"),
    ],
)
def test_a_decision_that_counts_and_names_another_past_is_damage(made: Made, more: dict[str, Any], said: str) -> None:
    made.decide("Rita Example", "reviewer", **more)
    found = verify(made.pack())
    assert found.exit_code == 4
    assert any(member.startswith("bodies/") and said in why for member, why in found.problems), found.problems


def test_a_statement_with_a_field_nobody_knows_is_named(made: Made) -> None:
    made.decide("Rita Example", "reviewer", more="x")
    found = verify(made.pack())
    assert found.exit_code == 4
    assert found.problems[0][0].startswith("bodies/")
