"""Files that were made to hang, to lead out of the repository or to be misread."""

from __future__ import annotations

import contextlib
import time
from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.errors import UnreadableError, UsageError
from governance.wiring import notation, protection
from governance.wiring.expressions import answer, unwrapped
from governance.wiring.files import Checkout, Kept, inside
from governance.wiring.findings import State
from governance.wiring.judging import judge
from tests.wiring.test_cases import CASES, held

if TYPE_CHECKING:
    from pathlib import Path

TODAY = date(2026, 11, 26)
BOMB = b"a: &a [x,x,x,x,x,x,x,x,x]\n" + b"".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{','.join([f'*{chr(97 + i)}'] * 9)}]\n".encode() for i in range(12)
)


@pytest.mark.parametrize(
    "data",
    [
        BOMB,
        b"a: &a [*a]",
        b"[" * 100_000,
        b"- " * 50_000 + b"x",
        b"a:\n" * 3,
        b"\xff\xfe",
        b"x" * (notation.MAX_BYTES + 1),
        b"on: push\non: pull_request\njobs: {}",
        b"? [a]\n: b",
        b"a: *nothing",
        b"jobs: !!python/object/apply:os.system ['true']\n[",
    ],
)
def test_a_hostile_workflow_is_told_and_soon(data: bytes) -> None:
    begun = time.monotonic()
    for name in (".github/workflows/a.yml", ".gitlab-ci.yml"):
        found = judge(Kept({name: data}), today=TODAY)
        assert all(each.state is not State.OK for each in found)
    assert time.monotonic() - begun < 5


def test_scalars_stay_what_was_written() -> None:
    (whole,) = notation.documents(b"on: yes\nno: 010\nversion: 1.10\nday: 2026-01-01\nempty:\n", where="x")
    assert dict(whole) == {"on": "yes", "no": "010", "version": "1.10", "day": "2026-01-01", "empty": ""}
    assert whole.line_of("day") == 4


def test_anchors_merge_keys_and_references_are_followed() -> None:
    (whole,) = notation.documents(b".a: &a {x: 1, y: 2}\nb:\n  <<: *a\n  y: 3\nc: !reference [.a, x]\n", where="x")
    assert whole["b"] == {"x": "1", "y": "3"}
    assert isinstance(whole["c"], notation.Reference)


@settings(max_examples=120, deadline=None)
@given(
    st.sampled_from(CASES),
    st.integers(0, 3000),
    st.sampled_from([b"", b"\x00", b"'", b'"', b"{", b"[", b"&a", b"*a", b"|", b"$(", b"\n", b"<<"]),
)
def test_a_file_cut_or_changed_anywhere_breaks_nothing(case: str, at: int, put: bytes) -> None:
    files = {name: data[:at] + put + (data[at + 1 :] if put else b"") for name, data in held(case).items()}
    for each in judge(Kept(files), today=TODAY):
        assert each.said


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reading_of_yaml(data: bytes) -> None:
    with contextlib.suppress(UnreadableError):
        notation.documents(data, where="x")


@given(st.text(alphabet="ab'\"&|=!()$ .{}1/~<>,", max_size=60))
def test_no_text_breaks_the_reading_of_a_condition(text: str) -> None:
    assert answer(unwrapped(text), {"a": "b"}) in (True, False, None)


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("always()", True), ("failure()", False), ("github.event_name == 'pull_request'", True),
        ("github.event_name != 'push' && github.ref == 'refs/heads/main'", False), ("!(github.event_name == 'push')", True),
        ("${{ github.event_name == 'push' }}", False), ("true ${{ github.event_name == 'push' }}", True),
        ("github.actor == 'x'", None), ("github.actor == 'x' && false", False), ("github.actor == 'x' || true", True),
        ("contains(github.ref, 'x')", None), ("", None), ("==", None), ("(" * 200, None), ("!" * 100 + "true", None),
        ("github.event_name == 'PULL_REQUEST'", True),
    ],
)  # fmt: skip
def test_a_condition_holds_or_does_not_or_nobody_can_tell(condition: str, holds: bool | None) -> None:
    known = {
        "always()": True,
        "failure()": False,
        "github.event_name": "pull_request",
        "github.ref": "refs/pull/1/merge",
    }
    assert answer(unwrapped(condition), known) is holds


def test_nothing_outside_the_repository_is_read(tmp_path: Path) -> None:
    (tmp_path / "secret.sh").write_text("govern gate x\n")
    root = tmp_path / "repository"
    root.mkdir()
    (root / "link.sh").symlink_to(tmp_path / "secret.sh")
    checkout = Checkout(root)
    for name in ("../secret.sh", "link.sh", "a/../../secret.sh", "", ".", "\0"):
        assert checkout.read(name) is None
    (root / "away").symlink_to(tmp_path)
    assert checkout.within("..", "*") == checkout.within("away", "*") == []
    assert checkout.within("", "*.sh") == ["link.sh"]  # it is named, and not read
    assert inside("a/../b/./c") == "b/c"
    assert inside("../a") is None
    with pytest.raises(UsageError):
        Checkout(tmp_path / "nowhere")


@pytest.mark.parametrize(
    "data",
    [
        b"{}",
        b"[1]",
        b"null",
        b'{"rules": []}',
        b"not json",
        b'[{"type": 3}]',
        b'{"only_allow_merge_if_pipeline_succeeds": "yes"}',
    ],
)
def test_what_is_no_export_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableError) as caught:
        protection.read([("rules.json", data)])
    assert "rules.json" in str(caught.value)


def test_exports_of_two_hosts_do_not_go_together() -> None:
    with pytest.raises(UnreadableError):
        protection.read([("a", b"[]"), ("b", b'{"only_allow_merge_if_pipeline_succeeds": true}')])


def test_a_branch_without_rules_requires_nothing() -> None:
    made = protection.read([("rules.json", b"[]")])
    assert made is not None
    assert made.checks == set()
