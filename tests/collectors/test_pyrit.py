"""The memory of PyRIT: what reached its objective, what was left open, and a memory without a judged attack."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import pytest

from governance.domain.evidence import Quality, SubjectType


def identifier(attack="Crescendo", model="org/m", scorer="Judge", **parts):
    target = {"class_name": "Chat", "model_name": model} if model else {"class_name": "Chat"}
    inner = {"class_name": attack, "children": {"objective_target": target, **parts}}
    if scorer:
        inner["children"]["objective_scorer"] = {"class_name": scorer}
    return json.dumps({"class_name": "AtomicAttack", "children": {"attack_technique": {"children": {"attack": inner}}}})


@pytest.fixture
def memory(tmp_path):
    def make(attacks, scenarios=(), old=False):
        path = tmp_path / "pyrit.db"
        path.unlink(missing_ok=True)
        column = "attack_identifier" if old else "atomic_attack_identifier"
        with closing(sqlite3.connect(path, isolation_level=None)) as database:
            database.execute(
                "CREATE TABLE PromptMemoryEntries (role TEXT, original_value TEXT, conversation_id TEXT,"
                " prompt_target_identifier JSON)"
            )
            database.execute("CREATE TABLE ScoreEntries (id TEXT, scorer_class_identifier JSON, score_rationale TEXT)")
            database.execute(
                f"CREATE TABLE AttackResultEntries ({column} JSON, conversation_id TEXT, objective TEXT, outcome TEXT,"
                " last_score_id TEXT, timestamp TEXT)"
            )
            database.execute("CREATE TABLE ScenarioResultEntries (scenario_run_state TEXT)")
            target = json.dumps({"__type__": "OpenAIChatTarget", "__module__": "pyrit"})
            database.execute("INSERT INTO PromptMemoryEntries VALUES ('user', 'SECRET', 'c', ?)", (target,))
            database.execute(
                "INSERT INTO ScoreEntries VALUES ('s', ?, 'SECRET')", (json.dumps({"__type__": "Refusal"}),)
            )
            for given, outcome, score in attacks:
                row = (given, "c", "SECRET", outcome, score, "2026-11-25 10:00:00.5")
                database.execute("INSERT INTO AttackResultEntries VALUES (?, ?, ?, ?, ?, ?)", row)
            for state in scenarios:
                database.execute("INSERT INTO ScenarioResultEntries VALUES (?)", (state,))
        return path

    return make


def test_the_recorded_memory_of_1_1_0_holds_three_attacks(sample, read):
    (fact,) = read(sample("pyrit")).found
    assert fact.body["probes"] == [
        {"name": "PromptSendingAttack", "technique": None, "detector": "SubStringScorer", "attempts": 3, "hits": 2, "not_scored": 0}
    ]  # fmt: skip
    assert (fact.body["completed"], fact.tool_version, fact.subject.name) == (None, "1.1.0", "runs/desk/final")
    assert (fact.effective_at, fact.body["local_start_time"][:10]) == (None, "2026-11-25")


def test_attacks_left_open_are_neither_hits_nor_resisted(memory, read):
    rows = [(identifier(), outcome, None) for outcome in ("success", "failure", "undetermined", "error")]
    (fact,) = read(memory(rows)).found
    assert fact.body["probes"] == [
        {"name": "Crescendo", "technique": None, "detector": "Judge", "attempts": 2, "hits": 1, "not_scored": 2}
    ]
    assert (fact.quality, fact.quality_reasons) == (Quality.PARTIAL, ("2 attacks ended undetermined or in an error",))


def test_objectives_prompts_and_rationales_are_not_copied(memory, read):
    assert "SECRET" not in json.dumps(read(memory([(identifier(), "success", "s")])).found[0].body)


def test_a_memory_without_a_judged_attack_is_failed(memory, read):
    (fact,) = read(memory([])).found
    assert (fact.quality, fact.body["attempts"], fact.body["completed"]) == (Quality.FAILED, 0, False)
    assert (fact.body["model"], fact.subject.type) == (None, SubjectType.RUN)
    assert "prompts and answers in the memory: 1" in fact.quality_reasons[0]
    (fact,) = read(memory([(identifier(), "undetermined", None)])).found
    assert fact.quality is Quality.FAILED


def test_each_target_is_its_own_fact(memory, read):
    rows = [(identifier(model="a"), "success", "s"), (identifier(model="b"), "failure", "s")]
    assert {fact.subject.name: fact.body["hits"] for fact in read(memory(rows)).found} == {"a": 1, "b": 0}


def test_older_memories_name_the_attack_plainly_and_the_target_with_the_prompts(memory, read):
    plain = json.dumps({"__type__": "PromptSendingAttack", "__module__": "pyrit"})
    (fact,) = read(memory([(plain, "failure", "s")], old=True)).found
    (row,) = fact.body["probes"]
    assert (row["name"], row["detector"], fact.subject.name) == ("PromptSendingAttack", "Refusal", "OpenAIChatTarget")


def test_converters_are_the_technique(memory, read):
    given = identifier(request_converters=[{"class_name": "Base64Converter"}, {"class_name": "ROT13Converter"}])
    (row,) = read(memory([(given, "failure", "s")])).found[0].body["probes"]
    assert row["technique"] == "Base64Converter, ROT13Converter"


@pytest.mark.parametrize(("states", "completed"), [(["COMPLETED"], True), (["COMPLETED", "FAILED"], False), ([], None)])
def test_scenarios_say_whether_they_completed(states, completed, memory, read):
    (fact,) = read(memory([(identifier(), "failure", "s")], states)).found
    assert fact.body["completed"] is completed
    assert fact.quality is (Quality.PARTIAL if completed is False else Quality.COMPLETE)


def test_an_outcome_that_is_not_known_is_not_read(memory, read):
    (refused,) = read(memory([(identifier(), "blocked", "s")])).not_read
    assert refused.reason.startswith("not understood: pyrit")


def test_another_database_is_not_taken_for_it(tmp_path, read):
    with closing(sqlite3.connect(tmp_path / "x.db")) as database:
        database.execute("CREATE TABLE runs (id TEXT)")
        database.commit()
    assert read(tmp_path / "x.db").found == ()
