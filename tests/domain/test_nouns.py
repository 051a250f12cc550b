"""Nouns are frozen and closed, and their ids and digests are made of what they say."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from governance.domain.conditions import MetricBound
from governance.domain.entry import Checkpoint, Entry
from governance.domain.evidence import Evidence, Piece
from governance.domain.identity import ModelIdentity, Part, identify
from governance.domain.system import System
from governance.errors import UnreadableError
from governance.parsing import canonical, strict_json


def digest(of: object) -> str:
    return canonical.digest(of)


def evidence(**changes) -> Evidence:
    return Evidence.model_validate(
        {
            "kind": "eval-run.v1",
            "system": "elm-desk",
            "subject": {"type": "model", "name": "elm", "digest": digest("model"), "role": "candidate"},
            "body_digest": digest("body"),
            "body_size": 100,
            "effective_at": "2026-11-01T00:00:00Z",
            "effective_clock": "tool",
            "collector": {"name": "lm-eval", "version": "1"},
            "tool": "lm-eval",
            "tool_version": "0.4.9",
            "sources": [{"path": "results.json", "size": 10, "sha256": digest("source")}],
            **changes,
        }
    )


SUBJECT = evidence().subject.plain()


@pytest.mark.parametrize(
    "changes",
    [
        {"effective_at": "2020-01-01T00:00:00Z"},
        {"effective_at": None, "effective_clock": None},
        {"effective_clock": "declared"},
        {"collector": {"name": "lm-eval", "version": "2"}},
        {"quality": "partial", "quality_reasons": ["cut"]},
        {"tool_version": "0.5.0"},
    ],
)
def test_the_id_of_evidence_does_not_depend_on_when_or_by_what_it_was_read(changes):
    assert evidence(**changes).id == evidence().id


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "eval-run.v2"},
        {"system": "oak-desk"},
        {"subject": {**SUBJECT, "name": "oak"}},
        {"subject": {**SUBJECT, "digest": digest("another")}},
        {"subject": {**SUBJECT, "digest": None}},
        {"subject": {**SUBJECT, "role": "base"}},
        {"subject": {**SUBJECT, "type": "run"}},
        {"body_digest": digest("another")},
        {"sources": []},
        {"sources": [{"path": "other.json", "size": 10, "sha256": digest("source")}]},
        {"sources": [{"path": "results.json", "size": 10, "sha256": digest("other")}]},
    ],
)
def test_the_id_of_evidence_changes_with_what_it_says(changes):
    changed = evidence(**changes).id
    assert changed != evidence().id
    assert changed.startswith("ev-")
    assert len(changed) == 23


@pytest.mark.parametrize(
    "moment", ["2026-11-01T00:00:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-01:00", "soon"]
)
def test_a_moment_that_can_not_be_written_is_refused(moment):
    with pytest.raises(ValidationError):
        evidence(effective_at=moment)
    with pytest.raises(ValidationError):
        entry(recorded_at=moment)


def test_a_moment_is_kept_in_utc_and_to_the_second():
    at = datetime(2026, 11, 1, 2, 3, 4, 999, tzinfo=timezone(timedelta(hours=-5)))
    for kept in (evidence(effective_at=at).effective_at, entry(recorded_at=at).recorded_at):
        assert kept == datetime(2026, 11, 1, 7, 3, 4, tzinfo=UTC)
        assert kept.tzinfo is UTC
    assert evidence(effective_at=at).plain()["effective_at"] == "2026-11-01T07:03:04Z"


def entry(**changes) -> Entry:
    return Entry.model_validate(
        {
            "seq": 3,
            "type": "evidence",
            "id": "ev-0123",
            "system": "elm-desk",
            "recorded_at": "2026-11-22T12:00:00Z",
            "record": evidence().plain(),
            **changes,
        }
    )


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(-(2.0**53), 2.0**53)
    | st.text("aü😀\0 "),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("aü"), inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(st.text("abc"), JSON, max_size=4))
def test_an_entry_is_read_back_from_its_bytes_and_written_the_same(record):
    data = entry(record=record).to_bytes()
    again = Entry.model_validate(strict_json.loads(data))
    assert again.to_bytes() == data
    assert again.record == record


@pytest.mark.parametrize(
    "record", [{"loss": float("nan")}, {"a": [float("inf")]}, {"seed": 2**53 + 1}, {"a": "\ud800"}]
)
def test_a_record_that_json_can_not_carry_is_refused_and_not_mended(record):
    with pytest.raises(UnreadableError, match="no canonical JSON"):
        entry(record=record).to_bytes()


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "abc"},
        {"id": "with space"},
        {"id": "a\0bcd"},
        {"id": "x" * 81},
        {"id": "ünicode"},
        {"seq": -1},
        {"seq": 1.5},
        {"schema": "entry.v2"},
        {"type": "gossip"},
        {"system": "Elm Desk"},
        {"more": 1},
        {"record": []},
    ],
)
def test_an_entry_that_is_none_is_refused(changes):
    with pytest.raises(ValidationError):
        entry(**changes)


def test_a_noun_can_not_be_changed_or_grow_a_field():
    with pytest.raises(ValidationError):
        entry().seq = 4
    with pytest.raises(ValidationError):
        System(id="a", name="Elm", purpose="Sorts letters.", owner="Ann", purposse="typo")


def test_an_infinite_bound_is_not_written_as_no_bound():
    bound = MetricBound(task="t", metric="m", at_least=float("inf"))
    with pytest.raises(UnreadableError, match="no canonical JSON"):
        canonical.digest(bound.plain())


@pytest.mark.parametrize("root", ["", "0" * 63, "0" * 65, "A" * 64, "0" * 63 + "g", "0" * 64 + "\n"])
def test_a_root_is_64_hex_digits(root):
    with pytest.raises(ValidationError):
        Checkpoint(origin="example.org", size=0, root=root)


def piece(**body) -> Piece:
    whole = {
        "form": "adapter",
        "name": "elm-adapter",
        "manifest_digest": digest("adapter"),
        "base": {"name": "elm-base", "revision": "r1"},
        "chat_template_sha256": digest("template"),
        "generation_config_sha256": digest("generation"),
        **body,
    }
    return Piece(id="ev-1", record=evidence(), body=whole, recorded_at=datetime(2026, 1, 1, tzinfo=UTC), seq=0)


BASE = piece(form="full-model", name="elm-base", manifest_digest=digest("base"), base=None)


@pytest.mark.parametrize(
    ("candidate", "base"),
    [
        (piece(manifest_digest=digest("another")), BASE),
        (piece(form="weights"), BASE),
        (piece(name="oak-adapter"), BASE),
        (piece(base={"name": "oak-base", "revision": "r1"}), BASE),
        (piece(base={"name": "elm-base", "revision": "r2"}), BASE),
        (piece(base=None), BASE),
        (piece(chat_template_sha256=digest("another")), BASE),
        (piece(chat_template_sha256=None), BASE),
        (piece(generation_config_sha256=digest("another")), BASE),
        (piece(generation_config_sha256=None), BASE),
        (piece(), None),
        (piece(), piece(form="full-model", manifest_digest=digest("another base"))),
    ],
)
def test_the_identity_changes_with_each_part(candidate, base):
    assert identify(candidate, base).digest != identify(piece(), BASE).digest


def test_the_identity_does_not_change_with_what_is_no_part():
    same = piece(tensors=5, total_bytes=7, formats=["safetensors"])
    assert identify(same, BASE).digest == identify(piece(), BASE).digest


def test_a_template_and_a_generation_config_of_the_same_bytes_are_not_exchanged():
    one = piece(chat_template_sha256=digest("same"), generation_config_sha256=None)
    other = piece(chat_template_sha256=None, generation_config_sha256=digest("same"))
    assert identify(one, BASE).digest != identify(other, BASE).digest


def test_a_part_known_by_name_only_says_so():
    made = identify(piece(), None)
    assert [part.part for part in made.by_reference] == ["base"]
    assert identify(piece(), BASE).by_reference == ()
    assert [part.part for part in identify(piece(base=None), None).by_reference] == ["base"]


def test_the_order_of_parts_is_part_of_the_identity():
    parts = identify(piece(), BASE).parts
    assert ModelIdentity(name="elm", parts=parts[::-1]).digest != ModelIdentity(name="elm", parts=parts).digest
    assert Part(part="base", name="elm").by_reference
