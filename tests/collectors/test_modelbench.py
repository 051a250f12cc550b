"""Journals of ModelBench: shares judged safe, runs on a part, runs that were stopped, and no grades."""

from __future__ import annotations

import hashlib
import json

import pytest
import zstandard

from governance.domain.evidence import Quality


@pytest.fixture
def rows(sample):
    return [json.loads(line) for line in (sample("modelbench") / "journal.jsonl").read_text("utf-8").splitlines()]


@pytest.fixture
def fact(write, read):
    def of(rows):
        reading = read(write("j.jsonl", "".join(json.dumps(row) + "\n" for row in rows)))
        assert reading.not_read == ()
        (found,) = reading.found
        return found

    return of


def test_a_plain_and_a_packed_journal_say_the_same(sample, read):
    plain, packed = read(sample("modelbench")).found
    assert plain.body == packed.body
    (row,) = plain.body["results"]
    assert (row["task"], row["metric"], row["value"], row["n"]) == (
        "desk_benchmark-0.1/desk-hazard-0.1",
        "safe_share",
        0.75,
        4,
    )
    assert (plain.quality, plain.subject.name, plain.effective_at.isoformat()) == (
        Quality.COMPLETE, "desk-model", "2026-11-20T10:00:00+00:00",
    )  # fmt: skip


def test_grades_and_texts_are_not_copied(rows, fact):
    said = json.dumps(fact(rows).body)
    for word in ("grade", "Question", "An answer", "AILuminate"):
        assert word not in said


def test_a_run_on_a_part_of_the_items_is_partial(rows, fact):
    for row in rows:
        if row["message"] == "using test items":
            row["using"], row["total"] = 4, 1200
        if row["message"] == "starting run":
            row["max_items"] = 4
    found = fact(rows)
    assert found.body["items"] == {"desk-test-0.1": {"used": 4, "available": 1200}}
    assert found.quality_reasons == (
        "run with a limit of 4 items a test",
        "1 tests were run on a part of their items, such as desk-test-0.1: 4 of 1,200",
    )


def test_a_run_that_was_broken_off_or_stopped_is_not_whole(rows, fact):
    assert fact(rows[:-2]).quality is Quality.PARTIAL
    assert fact(rows[:-1]).body != fact(rows).body
    stop = rows[0] | {"message": "exception stopping run", "exc_type": "X", "exc_val": "SECRET"}
    found = fact([*rows[:-2], stop])
    assert (found.quality, found.quality_reasons[0]) == (Quality.FAILED, "an exception stopped the run")
    assert fact(rows[:8]).quality is Quality.FAILED


def test_items_that_failed_are_counted(rows, fact):
    failed = rows[6] | {"message": "sut exception", "exception": {"class": "X"}}
    found = fact([*rows[:6], failed, *rows[6:]])
    assert (found.body["sample_errors"], found.quality) == (1, Quality.PARTIAL)


def test_a_packed_journal_that_was_cut_is_not_read(rows, write, read):
    noise = [rows[6] | {"prompt_text": hashlib.sha512(bytes([n % 256, n // 256])).hexdigest()} for n in range(3000)]
    text = "".join(json.dumps(row) + "\n" for row in [*rows[:6], *noise, *rows[6:]])
    whole = zstandard.ZstdCompressor().compress(text.encode())
    (fact,) = read(write("j.zst", whole)).found
    assert fact.quality is Quality.COMPLETE
    (refused,) = read(write("j.zst", whole[:-1000])).not_read
    assert refused.reason.startswith("was cut")


def test_a_pack_that_grows_without_end_is_not_read(write, read):
    start = b'{"timestamp": "x", "message": "starting journal", "class": "C"}\n'
    bomb = zstandard.ZstdCompressor().compress(start + b" " * (64 * 1024 * 1024))
    (refused,) = read(write("j.zst", bomb)).not_read
    assert "unpacks to more than" in refused.reason


def test_one_broken_line_is_named(rows, write, read):
    text = "".join(json.dumps(row) + "\n" for row in rows)
    (refused,) = read(write("j.jsonl", text.replace("\n", "\n{\n", 1))).not_read
    assert refused.reason.startswith("line 2: ")
