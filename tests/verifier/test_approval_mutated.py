"""An approval file of which anything was changed: never a yes, and the place is named; and a reader that no bytes surprise."""

from __future__ import annotations

import base64
import copy
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.errors import UnreadableError, VersionError
from governance.parsing import canonical, strict_json
from governance.verifier import approval, approval_file, trust
from tests.verifier.made_approvals import ANNA, NOW, approved, model, policy_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TRUST = trust.parse(policy_text().encode())


@pytest.fixture(scope="module")
def genuine(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A file that is a yes, with a revocation that was lifted again."""
    ledger = approved(model(tmp_path_factory.mktemp("model")))
    ledger.decide("hold", "Anna Example", "approver", ANNA)
    ledger.decide("approve", "Anna Example", "approver", ANNA)
    return ledger.file()


def verdict(data: bytes) -> tuple[int, list[str]]:
    """The exit code, and the places that are named."""
    try:
        report = approval.judge(approval_file.read(data), TRUST, at=NOW)
    except UnreadableError as error:
        return error.exit_code, [error.where]
    return report.exit_code, [problem.place for problem in report.problems]


def steps(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value inside."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inner:
        yield (*path, key)
        yield from steps(item, (*path, key))


def other(value: Any) -> Any:
    """Another value of the same sort."""
    if isinstance(value, bool) or value is None:
        return "x"
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str):
        at = len(value) // 2
        letter = "A" if value[at : at + 1] != "A" else "B"
        return value[:at] + letter + value[at + 1 :]
    return []


def mutants(value: Any) -> Iterator[tuple[str, Any]]:
    """Every value changed, taken out, renamed or put in twice."""
    for path in steps(value):
        for how in ("change", "delete", "rename", "twice"):
            made = copy.deepcopy(value)
            holder = made
            for step in path[:-1]:
                holder = holder[step]
            key = path[-1]
            if how == "change":
                holder[key] = other(holder[key])
            elif how == "delete":
                del holder[key]
            elif how == "rename" and isinstance(holder, dict):
                holder[f"{key}x"] = holder.pop(key)
            elif how == "twice" and isinstance(holder, list):
                holder.insert(key, holder[key])
            if made != value:
                yield f"{how} {'.'.join(map(str, path))}", made


def test_the_genuine_file_is_a_yes(genuine: bytes) -> None:
    assert verdict(genuine) == (0, [])


def test_every_field_of_the_file_that_is_changed_is_told_with_its_place(genuine: bytes) -> None:
    count = 0
    for name, value in mutants(strict_json.loads(genuine)):
        code, places = verdict(canonical.dumps(value) + b"\n")
        assert code in {4, 6}, name
        assert any(places), name
        count += 1
    assert count > 400


@pytest.mark.parametrize("where", ["status", "first", "last"])
def test_every_field_of_a_signed_statement_that_is_changed_is_told(genuine: bytes, where: str) -> None:
    whole = strict_json.loads(genuine)
    held = whole["status"] if where == "status" else whole["entries"][0 if where == "first" else -1]["envelope"]
    said = strict_json.loads(base64.b64decode(held["payload"]))
    for name, value in mutants(said):
        held["payload"] = base64.b64encode(canonical.dumps(value)).decode()
        code, places = verdict(canonical.dumps(whole) + b"\n")
        assert code in {4, 6}, name
        assert any(places), name


def test_rows_that_are_swapped_are_told(genuine: bytes) -> None:
    whole = strict_json.loads(genuine)
    rows = whole["entries"]
    rows[-1], rows[-2] = rows[-2], rows[-1]
    assert verdict(canonical.dumps(whole) + b"\n")[0] == 4


def test_the_same_values_in_another_spelling_are_refused(genuine: bytes) -> None:
    for data in (genuine[:-1], genuine + b"\n", b" " + genuine, json.dumps(json.loads(genuine)).encode() + b"\n"):
        code, places = verdict(data)
        assert (code, places) == (6, ["approval"])


def test_every_way_to_cut_it_is_refused(genuine: bytes) -> None:
    for at in range(0, len(genuine), 97):
        assert verdict(genuine[:at])[0] == 6


def test_a_later_form_is_told_as_such(genuine: bytes) -> None:
    with pytest.raises(VersionError):
        approval_file.read(genuine.replace(b'"schema":"approval.v1"', b'"schema":"approval.v2"'))


def test_a_manifest_without_files_is_refused(genuine: bytes) -> None:
    whole = strict_json.loads(genuine)
    whole["manifest"] = []
    code, places = verdict(canonical.dumps(whole) + b"\n")
    assert code == 6
    assert "manifest" in places[0]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)


@settings(deadline=None, max_examples=150)
@given(data=st.data())
def test_whatever_stands_in_a_field_the_reader_refuses_it_or_tells(genuine: bytes, data: st.DataObject) -> None:
    whole = strict_json.loads(genuine)
    path = data.draw(st.sampled_from(sorted(steps(whole), key=str)))
    holder = whole
    for step in path[:-1]:
        holder = holder[step]
    before = holder[path[-1]]
    holder[path[-1]] = data.draw(JSON)
    if holder[path[-1]] == before and type(holder[path[-1]]) is type(before):
        return
    assert verdict(canonical.dumps(whole) + b"\n")[0] in {4, 6}


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_surprise_the_reader(data: bytes) -> None:
    with pytest.raises(UnreadableError):
        approval_file.read(data)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match=r"none\.json"):
        approval.verify_model(model(tmp_path / "m"), tmp_path / "none.json", TRUST, at=NOW)
