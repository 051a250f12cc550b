"""Records that people write by hand: read whole or refused with a remedy, tied to weights only by digest, and always attested."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from governance.collectors.reading.collect import collect
from governance.domain.evidence import Role, SubjectType

from .conftest import SAMPLES

if TYPE_CHECKING:
    from pathlib import Path

    from governance.collectors.reading.answers import Found

STUDY = """schema: declared-evidence.v1
kind: user-study.v1
about: {about}
on: 2026-05-01
by: {{name: Ada Example, role: Head of reader services}}
{more}body:
  participants: 7
  held: 2026-04-30
"""
DIGEST = "sha256:" + "a" * 64


def read(tmp_path: Path, text: str, *, beside: str | None = None) -> tuple[list[Found], list[str]]:
    folder = tmp_path / "declared"
    folder.mkdir(exist_ok=True)
    (folder / "study.yaml").write_text(text)
    paths = [folder] + ([SAMPLES / beside] if beside else [])
    reading = collect(paths, environment=False)
    mine = [fact for fact in reading.found if fact.collector.name == "declared-evidence"]
    return mine, [row.reason for row in reading.not_read]


def study(about: str = "system", more: str = "") -> str:
    return STUDY.format(about=about, more=more)


def test_a_record_keeps_who_declared_it_and_its_day(tmp_path: Path) -> None:
    (fact,), refused = read(tmp_path, study())
    assert refused == []
    assert fact.kind == "user-study.v1"
    assert fact.declared_by == "Ada Example, Head of reader services"
    assert fact.effective_clock == "declared"
    assert f"{fact.effective_at:%Y-%m-%d}" == "2026-05-01"
    assert fact.body == {"participants": 7, "held": "2026-04-30"}
    assert fact.subject.type is SubjectType.SYSTEM


def test_about_a_model_it_is_tied_by_the_digest_it_names(tmp_path: Path) -> None:
    (fact,), _ = read(tmp_path, study("candidate", f"model: {DIGEST}\n"))
    assert (fact.subject.role, fact.subject.digest) == (Role.CANDIDATE, DIGEST)


def test_about_a_candidate_it_is_tied_to_the_only_weights_in_the_attach(tmp_path: Path) -> None:
    (fact,), _ = read(tmp_path, study("candidate"), beside="model-artifacts")
    weights = next(
        f for f in collect([SAMPLES / "model-artifacts"], environment=False).found if f.kind == "model-artifacts.v1"
    )
    assert fact.subject.digest == weights.body["manifest_digest"]
    assert fact.subject.bound_by == "declared in the record; the only attached weights of that part"


def test_about_a_candidate_without_weights_it_stays_without_a_digest(tmp_path: Path) -> None:
    (fact,), _ = read(tmp_path, study("candidate"))
    assert fact.subject.role is Role.CANDIDATE
    assert fact.subject.digest is None


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("kind: user-study.v1", "kind: user-study", "kind"),
        ("kind: user-study.v1\n", "", "kind is missing"),
        ("about: system", "about: everybody", "One of candidate, base"),
        ("on: 2026-05-01\n", "", "on is missing"),
        ("on: 2026-05-01", "on: May", "year-month-day"),
        ("name: Ada Example", 'name: "."', "by.name"),
        ("name: Ada Example", 'name: ""', "by.name is blank. Name the person and the role"),
        (
            "{name: Ada Example, role: Head of reader services}",
            '{name: "", role: ""}',
            "by.name is blank · by.role is blank",
        ),
        ("on: 2026-05-01", "on: 0", "on is no day: write it as year-month-day"),
        ("on: 2026-05-01", 'on: "1763596800"', "on is no day"),
        ("on: 2026-05-01", "on: 1763596800", "on is no day"),
        ("on: 2026-05-01", "on: 2026-05-01T00:00:00Z", "on is no day"),
        ("on: 2026-05-01", 'on: "2026-02-30"', "on is no day"),
        ("role: Head of reader services", "role: TBD", "by.role"),
        ("body:\n", "colour: blue\nbody:\n", "colour"),
        ("about: system", f"about: system\nmodel: {DIGEST}", "model goes with"),
        ("kind: user-study.v1", "kind: model-artifacts.v1", "not written by hand"),
        ("kind: user-study.v1", "kind: attested-document.v1", "not written by hand"),
        ("  participants: 7", "  participants: 7\n  participants: 9", "can not be read"),
        ("body:\n", "body: [\n", "can not be read"),
    ],
)
def test_a_record_that_is_not_whole_is_refused_with_what_to_do(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = study()
    assert old in text
    found, refused = read(tmp_path, text.replace(old, new, 1))
    assert found == []
    (reason,) = refused
    assert said in reason


def test_prose_that_names_the_schema_is_passed_over(tmp_path: Path) -> None:
    found, refused = read(tmp_path, "notes: 'a declared-evidence.v1 file has a schema'\n")
    assert (found, refused) == ([], [])


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_a_number_that_is_none_is_refused_in_a_declared_body_and_not_read_as_left_out(
    tmp_path: Path, word: str
) -> None:
    form = STUDY.format(about="system", more="").split("body:")[0]
    head = ", ".join(f'"{name}": "{value}"' for name, value in (line.split(": ", 1) for line in form.split("\n")[:4]))
    by = '"by": {"name": "Ada Example", "role": "Head of reader services"}'
    found, refused = read(tmp_path, f'{{{head}, {by}, "body": {{"participants": {word}}}}}')
    assert found == []
    (reason,) = refused
    assert "NaN or Infinity is no number" in reason


def test_a_json_record_says_the_same(tmp_path: Path) -> None:
    import json

    value: dict[str, Any] = {
        "schema": "declared-evidence.v1", "kind": "user-study.v1", "about": "system", "on": "2026-05-01",
        "by": {"name": "Ada Example", "role": "Head of reader services"}, "body": {"participants": 7, "held": "2026-04-30"},
    }  # fmt: skip
    (one,), _ = read(tmp_path, json.dumps(value))
    (other,), _ = read(tmp_path, study())
    assert (one.body, one.declared_by, one.effective_at) == (other.body, other.declared_by, other.effective_at)
