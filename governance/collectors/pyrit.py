"""The memory of PyRIT, which lets attack strategies loose on a model and keeps every turn.

*Reads* the SQLite database of its memory (`pyrit.db`), by its tables of attack results, scores, conversations and scenarios.

*Says* for each target, attack strategy and scorer how many attacks were judged, how many reached their objective, and how many
ended undetermined or in an error, which are neither. Where scenarios were run, whether all of them completed.

*Does not say* that the list of attacks came to its end where no scenario was run: the memory grows until somebody looks. A memory
of prompts without one judged attack is failed evidence, not a pass. Objectives, prompts, answers and rationales are never
read. Its times have no zone. The DuckDB files of older versions are not read.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from governance.collectors.formats import sqlite_rows
from governance.collectors.reading.doubts import Doubts
from governance.collectors.reading.interface import OneFile, Tried, not_understood, recognised
from governance.collectors.reading.names import named
from governance.domain.evidence import Collector, Subject, SubjectType
from governance.errors import UnreadableError
from governance.parsing import strict_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from governance.collectors.formats.sqlite_rows import Rows, Value
    from governance.collectors.reading.answers import Found
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

TOOL = "pyrit"
_PROMPTS, _ATTACKS, _SCORES = "PromptMemoryEntries", "AttackResultEntries", "ScoreEntries"
_TALKS, _SCENARIOS = "Conversations", "ScenarioResultEntries"
_TABLES = (_PROMPTS, _ATTACKS, _SCORES, _TALKS, _SCENARIOS)
_HIT, _RESISTED, _OPEN = "success", "failure", ("undetermined", "error")
_MOST_PROBES = 5_000


@dataclass
class Target:
    """What was done to one target: by attack, technique and scorer the counts of hits, resisted and not judged."""

    probes: dict[tuple[str, str | None, str | None], list[int]] = field(default_factory=dict)
    times: list[str] = field(default_factory=list)
    versions: set[str] = field(default_factory=set)


class PyRIT(OneFile):
    """Finds one attack for each target in a memory."""

    noun = Collector(name="pyrit", version="1")
    kinds = ("red-team.v1",)
    tool = TOOL
    tried = (Tried("1.1.0", "recorded", "2026-11-25"),)

    def looks(self, folder: Folder, file: File) -> str | None:  # noqa: ARG002
        """None for a database with the tables of PyRIT's memory, also for one that is cut; else what is missing."""
        return recognised(file, lambda: _missing(file))

    def facts(self, folder: Folder, file: File) -> Iterator[Found]:
        """One fact for each target; one that failed where nothing was judged."""
        log = folder.beside(file.name + "-wal")
        beside = [log] if log is not None and log.size else []
        with sqlite_rows.open_rows(file, tables=_TABLES, wal=log) as rows:
            prompts = sum(1 for _ in rows.select(_PROMPTS, ("role",))) if _PROMPTS in rows.tables() else 0
            states = _column(rows, _SCENARIOS, "scenario_run_state")
            targets = _targets(rows) if _ATTACKS in rows.tables() else {}
        for name, target in (targets or {None: Target()}).items():
            doubts = Doubts()
            body = _body(name, target, states, doubts)
            if not body["attempts"]:
                doubts.failed(f"no attack was judged; prompts and answers in the memory: {prompts:,}")
            version = max(target.versions) if target.versions else None
            subject = (
                Subject(type=SubjectType.MODEL, name=body["model"]["name"])
                if body["model"]
                else Subject(type=SubjectType.RUN, name=file.shown[-500:])
            )
            yield self.found(
                folder, file, "red-team.v1", body, subject, doubts=doubts, version=version, beside=beside
            )  # fmt: skip


def _missing(file: File) -> str | None:
    if file.form != "sqlite":
        return f"its bytes are {file.form}, not sqlite"
    if file.mentions(_PROMPTS.encode(), _SCORES.encode(), b"original_value"):
        return None
    if file.size > sqlite_rows.IN_MEMORY and {_PROMPTS, _SCORES} <= sqlite_rows.table_names(file):
        return None
    return "lacks the tables of PyRIT's memory"


def _column(rows: Rows, table: str, column: str) -> list[str]:
    return [str(row[0]) for row in rows.select(table, (column,))] if column in rows.columns(table) else []


def _targets(rows: Rows) -> dict[str | None, Target]:
    there = rows.columns(_ATTACKS)
    identifier = next((name for name in ("atomic_attack_identifier", "attack_identifier") if name in there), None)
    if identifier is None or "outcome" not in there:
        raise not_understood(TOOL, None, f"its table {_ATTACKS} has no outcome or no identifier of the attack")
    wanted = ["outcome", identifier]
    wanted += [name for name in ("conversation_id", "last_score_id", "timestamp", "pyrit_version") if name in there]
    scorers, talks = _scorers(rows), _talked_to(rows)
    made: dict[str | None, Target] = {}
    for row in rows.select(_ATTACKS, wanted):
        said: dict[str, Value] = dict(zip(wanted, row, strict=True))
        attack = _attack(_identifier(said[identifier]))
        parts = attack.get("children")
        parts = parts if isinstance(parts, dict) else {}
        name = _model_name(parts.get("objective_target")) or talks.get(str(said.get("conversation_id")))
        target = made.setdefault(name, Target())
        scorer = scorers.get(str(said.get("last_score_id"))) or _class_of(parts.get("objective_scorer"))
        key = (_class_of(attack) or "attack", _converters(parts), scorer)
        if key not in target.probes and sum(len(each.probes) for each in made.values()) >= _MOST_PROBES:
            raise UnreadableError(f"more than {_MOST_PROBES:,} attacks by scorers")
        counts = target.probes.setdefault(key, [0, 0, 0])
        counts[_place(str(said["outcome"]).lower())] += 1
        if isinstance(said.get("timestamp"), str):
            target.times.append(str(said["timestamp"])[:60])
        if said.get("pyrit_version"):
            target.versions.add(str(said["pyrit_version"])[:100])
    return made


def _place(outcome: str) -> int:
    if outcome == _HIT:
        return 0
    if outcome == _RESISTED:
        return 1
    if outcome in _OPEN:
        return 2
    raise not_understood(TOOL, None, f"an attack has the outcome {outcome[:60]}")


def _identifier(value: Value) -> dict[str, Any]:
    """An identifier, which is kept as JSON text; empty where there is none."""
    made = strict_json.loads(value.encode()) if isinstance(value, str) and value else None
    return made if isinstance(made, dict) else {}


def _attack(identifier: dict[str, Any]) -> dict[str, Any]:
    """The attack strategy within an identifier: since 1.0 it stands under the technique, which stands under the atomic attack."""
    for _ in range(4):
        parts = identifier.get("children")
        inner = next(
            (parts[key] for key in ("attack_technique", "attack") if isinstance(parts, dict) and isinstance(parts.get(key), dict)),
            None,
        )  # fmt: skip
        if inner is None:
            break
        identifier = inner
    return identifier


def _class_of(identifier: Any) -> str | None:
    if not isinstance(identifier, dict):
        return None
    name = identifier.get("class_name") or identifier.get("__type__")
    return name[:300] if isinstance(name, str) and name else None


def _converters(parts: dict[str, Any]) -> str | None:
    listed = parts.get("request_converters")
    names = [name for each in listed if (name := _class_of(each))] if isinstance(listed, list) else []
    return ", ".join(names)[:300] or None


def _model_name(identifier: Any) -> str | None:
    """The model behind a target, else the target's class: a target without a model's name is still one thing."""
    if not isinstance(identifier, dict):
        return None
    for key in ("model_name", "underlying_model_name"):
        if isinstance(name := identifier.get(key), str) and name:
            return name[:500]
    return _class_of(identifier)


def _scorers(rows: Rows) -> dict[str, str]:
    if not {"id", "scorer_class_identifier"} <= set(rows.columns(_SCORES)):
        return {}
    listed = rows.select(_SCORES, ("id", "scorer_class_identifier"))
    return {str(key): name for key, value in listed if (name := _class_of(_identifier(value)))}


def _talked_to(rows: Rows) -> dict[str, str]:
    """The target of each conversation: a table of its own since 1.0, and before that a column of each prompt."""
    made: dict[str, str] = {}
    for table, column in ((_PROMPTS, "prompt_target_identifier"), (_TALKS, "target_identifier")):
        if {"conversation_id", column} <= set(rows.columns(table)):
            for key, value in rows.select(table, ("conversation_id", column)):
                if str(key) not in made and (name := _model_name(_identifier(value))):
                    made[str(key)] = name
    return made


def _body(name: str | None, target: Target, states: list[str], doubts: Doubts) -> dict[str, Any]:
    probes = [
        {"name": attack, "technique": technique, "detector": scorer, "attempts": hits + resisted, "hits": hits, "not_scored": left}
        for (attack, technique, scorer), (hits, resisted, left) in sorted(target.probes.items(), key=str)
    ]  # fmt: skip
    attempts = sum(hits + resisted for hits, resisted, _ in target.probes.values())
    left = sum(counts[2] for counts in target.probes.values())
    if left:
        doubts.partial(f"{left:,} attacks ended undetermined or in an error")
    unfinished = [state for state in states if state.upper() != "COMPLETED"]
    if unfinished:
        doubts.partial(f"{len(unfinished):,} of {len(states):,} scenarios did not complete")
    if name is None:
        doubts.partial("the memory does not name the target")
    ended = (not unfinished) if states else None
    return {
        "tool": {"name": TOOL, "version": max(target.versions) if target.versions else None},
        "completed": ended if attempts else False,
        "probes": probes,
        "attempts": attempts,
        "hits": sum(counts[0] for counts in target.probes.values()),
        "not_scored": left,
        "model": named(name) if name else None,
        "local_start_time": min(target.times, default=None),
        "local_end_time": max(target.times, default=None),
    }


COLLECTOR = PyRIT()
