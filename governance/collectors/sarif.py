"""What scanners report in SARIF, the interchange format for static analysis.

*Reads* SARIF 2.1.0 and its neighbours whose fields hold, written by Bandit, Semgrep, CodeQL, Ruff, Trivy, Gitleaks and
many more. Each run in a file is one scan. A finding without a level has the one its rule sets by default, else
`warning`, as the standard says; error, warning and note count as high, medium and low. Where a rule also bears a
`security-severity` (0 to 10, as GitHub reads it) the graver of the two counts.

*Says* which tool scanned, whether it says that it came to its end, how many findings there are by grade and rule, and
how many of them were struck out by a suppression. A run that says it failed is failed. An empty list of findings from a
tool that says neither that it ran nor what it read is partial, and so is a linter's report in which no rule about
security is named.

*Does not say* that everything was looked at: few tools list what they read, and then the count is null. What was
scanned is told from the tool's name and its rules, since the format has no word for it. The lines of code and the
secrets that a report quotes are not copied.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from governance.collectors.formats import scanner_names
from governance.collectors.formats.scan_report import Grade, Hit, body, graver
from governance.collectors.reading import fields, moments
from governance.collectors.reading.doubts import Doubts
from governance.collectors.reading.interface import Marks, NotMine, OneFile, Tried
from governance.domain.evidence import Collector, Subject, SubjectType
from governance.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from governance.collectors.formats.scan_report import Target
    from governance.collectors.reading.answers import Found
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

MOST_RUNS = 200
MOST_RESULTS = 300_000
"""Of one run. GitHub takes 25,000."""
_BY_ITSELF = frozenset({"rule", "ruleKey", "properties", "provenance", "index"})
"""What sets the grade of a result apart from that of another with the same rule and level."""
_LEVELS: dict[str, Grade | None] = {"error": "high", "warning": "medium", "note": "low", "none": None}
# From docs.github.com, "SARIF support for code scanning".
_SEVERITIES: tuple[tuple[float, Grade], ...] = ((9.0, "critical"), (7.0, "high"), (4.0, "medium"), (0.1, "low"))
_NO_FINDING = frozenset({"pass", "notApplicable", "informational"})
_UNDECIDED = frozenset({"open", "review"})
_GRADED = frozenset({"error", "warning"})
_OF_RULES = frozenset({"driver", "extensions", "policies", "invocations"})
_STOPPED = ("processStartFailureMessage", "exitSignalName", "exitSignalNumber")
_NOTES = (
    "toolExecutionNotifications", "toolConfigurationNotifications", "toolNotifications", "configurationNotifications"
)  # fmt: skip


class Sarif(OneFile):
    """Finds one scan for each run in a report."""

    noun = Collector(name="sarif", version="1")
    kinds = ("security-scan.v1",)
    tool = "SARIF"
    tried = (
        Tried("2.1.0 by Bandit 1.9.4", "published", "2026-11-25"),
        Tried("2.1.0 by Bandit 1.9.4 with bandit-sarif-formatter 1.1.1", "recorded", "2026-11-25"),
        Tried("2.1.0 by Ruff 0.17.6", "recorded", "2026-11-25"),
        Tried("2.1.0 by Semgrep 1.185.0", "recorded", "2026-11-25"),
        Tried("1.0.0", "written", "2026-11-25"),
    )
    marks = Marks(form="json", words=(b'"runs"',), any_of=(b'"driver"', b"sarif"))

    def facts(self, folder: Folder, file: File) -> Iterable[Found]:
        """One scan for each run."""
        data = file.json()
        if not isinstance(data, dict) or not isinstance(data.get("runs"), list):
            raise NotMine("its runs are no list at the top")
        runs = data["runs"]
        if not all(isinstance(run, dict) and isinstance(run.get("tool"), dict) for run in runs):
            raise NotMine("a run in it names no tool")
        if not runs:
            raise UnreadableError("holds no run of a scanner")
        if len(runs) > MOST_RUNS:
            raise UnreadableError(f"holds {len(runs):,} runs, more than {MOST_RUNS}")
        aside = any(
            isinstance(row, dict) and row.get("results") for row in fields.rows(data, "inlineExternalProperties")
        )
        for number, run in enumerate(runs, start=1):
            yield self._scan(folder, file, _Run(run, number), aside=aside)

    def _scan(self, folder: Folder, file: File, run: _Run, *, aside: bool) -> Found:
        doubts = Doubts()
        if aside:
            doubts.partial("the report keeps results outside of its runs, and those are not counted")
        hits = run.hits(doubts)
        scanned = run.scanned()
        completed = run.completed(scanned, doubts)
        target = run.target(hits)
        made = body(
            target=target,
            tool=run.tool,
            version=run.version,
            completed=completed,
            scanned=scanned,
            not_scanned=None,
            hits=hits,
        ) | {"struck_out": run.struck_out, "struck_out_without_reason": run.without_reason}
        if not hits and not run.says_it_ran():
            doubts.partial(
                f"{run.tool} lists no finding and says neither that it ran nor what it read, as if it had not run"
            )
        if target == "code" and scanner_names.is_linter(run.tool) and not run.names_security():
            doubts.partial(f"{run.tool} checks style first, and no rule about security is named in its report")
        subject = Subject(type=SubjectType.DOCUMENT, name=f"{target} scanned by {run.tool}"[:500])
        return self.found(
            folder,
            file,
            "security-scan.v1",
            made,
            subject,
            doubts=doubts,
            at=run.moment(),
            tool=run.tool,
            version=run.version,
        )


class _Run:
    """One run: the tool, its rules, and what it found."""

    def __init__(self, run: dict[str, Any], number: int) -> None:
        self.run = run
        self.where = f"run {number}"
        self.driver = fields.table(run["tool"], "driver") or run["tool"]
        name = fields.text(self.driver, "name", most=200) or fields.text(self.driver, "fullName", most=200)
        if name is None:
            raise UnreadableError(f"{self.where} does not name its tool")
        self.tool = name
        self.version = next(
            filter(None, (fields.plain(self.driver, key) for key in ("semanticVersion", "version", "fullVersion"))),
            None,
        )
        self.invocations = [row for row in fields.rows(run, "invocations") if isinstance(row, dict)]
        if not self.invocations and isinstance(run.get("invocation"), dict):  # 1.0 has one and no list
            self.invocations = [run["invocation"]]
        self.struck_out = 0
        self.without_reason = 0
        self.lists = [*self._lists()]
        self.by_id: dict[str, dict[str, Any]] = {}
        for rule in (rule for rules in self.lists for rule in rules):
            if isinstance(rule.get("id"), str):
                self.by_id.setdefault(rule["id"], rule)
        self.overrides = [dict(self._overrides(row)) for row in self.invocations]

    def hits(self, doubts: Doubts) -> list[Hit]:
        """The findings that stand; what was struck out, passed or is gone since the last time is not among them."""
        made: list[Hit] = []
        known: dict[tuple[Any, ...], Hit] = {}
        undecided = contradictory = 0
        for result in self._results(doubts):
            kind = fields.text(result, "kind") or "fail"
            level = fields.text(result, "level")
            if kind in _NO_FINDING or level in _NO_FINDING or result.get("baselineState") == "absent":
                contradictory += kind in _NO_FINDING and level in _GRADED
                continue
            if self._is_struck_out(result):
                continue
            undecided += kind in _UNDECIDED
            alike = (fields.text(result, "ruleId"), level, kind, fields.whole(result, "ruleIndex", least=-1))
            if alike not in known or _BY_ITSELF & result.keys():
                known[alike] = self._hit(result, kind, doubts)
            made.append(known[alike])
            if _BY_ITSELF & result.keys():
                del known[alike]
        if undecided:
            doubts.partial(f"{undecided:,} results are left for a person to decide")
        if contradictory:
            doubts.not_understood(f"{contradictory:,} results are marked as no finding and bear the grade of one")
        return made

    def _results(self, doubts: Doubts) -> list[dict[str, Any]]:
        """All results in the report itself; those that lie elsewhere, and a list that is missing, are doubts."""
        elsewhere = fields.table(self.run, "externalPropertyFileReferences") or self.run.get("externalPropertyFiles")
        if elsewhere and (self.run.get("results") is None or "results" in elsewhere):
            doubts.failed("the results lie in another file")
        elif self.run.get("results") is None:
            doubts.failed(f"{self.tool} wrote no list of results, so it did not scan")
        elif elsewhere and _OF_RULES & set(elsewhere):
            doubts.partial("a part of the report lies in another file, and what it says of rules is not known here")
        rows = fields.rows(self.run, "results")
        if len(rows) > MOST_RESULTS:
            raise UnreadableError(f"{self.where} holds {len(rows):,} results, more than {MOST_RESULTS:,}")
        if not all(isinstance(row, dict) for row in rows):
            raise UnreadableError(f"a result of {self.where} is not an object")
        return rows

    def completed(self, scanned: int | None, doubts: Doubts) -> bool | None:
        """Whether the tool says it came to its end; None where it says nothing of it."""
        said = [
            next(
                (
                    flag
                    for key in ("executionSuccessful", "toolExecutionSuccessful")
                    if (flag := fields.flag(row, key)) is not None
                ),
                None,
            )
            for row in self.invocations
        ]
        if False in said:
            doubts.failed(f"{self.tool} says that it did not come to its end")
            return False
        if any(row.get(key) for row in self.invocations for key in _STOPPED):
            doubts.failed(f"{self.tool} could not be started, or was stopped")
            return False
        if self.run.get("results") is None:
            return False
        errors = sum(
            isinstance(note, dict) and note.get("level") == "error"
            for row in self.invocations
            for key in _NOTES
            for note in fields.rows(row, key)
        )
        if errors:
            doubts.partial(f"{self.tool} notes {errors:,} errors on its way, so a part may not have been scanned")
        if scanned == 0:
            doubts.failed(f"{self.tool} read no file")
            return False
        return True if said and all(said) and not errors else None

    def scanned(self) -> int | None:
        """Files read, where the run lists what it analysed; Bandit lists them among its own measures."""
        analysed = sum(
            isinstance(each, dict) and "analysisTarget" in fields.rows(each, "roles")
            for each in fields.rows(self.run, "artifacts")
        )
        if analysed:
            return analysed
        measures = fields.table(self.run, "properties").get("metrics")
        if isinstance(measures, dict) and "_totals" in measures:
            return len(measures) - 1
        return None

    def says_it_ran(self) -> bool:
        """True where it lists an invocation, or files that it looked at."""
        return bool(self.invocations or self.run.get("artifacts") or self.run.get("files"))

    def names_security(self) -> bool:
        """True where a rule that is listed or found something is one about security."""
        found = (row.get("ruleId") for row in fields.rows(self.run, "results") if isinstance(row, dict))
        return any(isinstance(each, str) and scanner_names.is_of_security(each) for each in (*self.by_id, *found))

    def target(self, hits: list[Hit]) -> Target:
        """What was scanned, told from the tool's name and from its rules: those that found something, else all that it lists."""
        rules = {hit.rule for hit in hits} or set(self.by_id)
        tags = [fields.rows(fields.table(self.by_id.get(rule, {}), "properties"), "tags") for rule in sorted(rules)]
        return scanner_names.target(self.tool, rules, [set(map(str, each)) for each in tags])

    def moment(self) -> Any:
        """The last end of an invocation, else its start."""
        for key in ("endTimeUtc", "endTime", "startTimeUtc", "startTime"):
            known = [made for row in self.invocations if (made := moments.of_text(row.get(key))) is not None]
            if known:
                return max(known)
        return None

    def _lists(self) -> Iterator[list[dict[str, Any]]]:
        """The rules of the tool itself, then those of each extension in order."""
        older = self.run.get("rules") or fields.table(self.run, "resources").get("rules")
        if isinstance(older, dict):  # before 2.1 the rules stand beside the tool, by id
            yield [{"id": key} | rule for key, rule in older.items() if isinstance(rule, dict)]
        for component in (self.driver, *fields.rows(self.run["tool"], "extensions")):
            held = fields.rows(component, "rules") if isinstance(component, dict) else []
            yield [rule if isinstance(rule, dict) else {} for rule in held]

    def _overrides(self, invocation: dict[str, Any]) -> Iterator[tuple[str, str]]:
        """Levels that the caller of the tool set for a rule in one invocation, by its id."""
        for row in fields.rows(invocation, "ruleConfigurationOverrides"):
            if isinstance(row, dict):
                named = fields.table(row, "descriptor")
                identity = fields.text(named, "id") or fields.text(self._rule({}, named, None), "id")
                level = fields.text(fields.table(row, "configuration"), "level")
                if identity and level:
                    yield identity, level

    def _overridden(self, result: dict[str, Any], identity: str) -> str | None:
        """The level set for a rule in the invocation that made a result; where that is not said, the gravest one set."""
        place = fields.whole(fields.table(result, "provenance"), "invocationIndex", least=-1)
        if place is not None and 0 <= place < len(self.overrides):
            return self.overrides[place].get(identity)
        levels = [levels[identity] for levels in self.overrides if identity in levels]
        # What was set in one of several invocations says nothing of a result from another.
        plain = len(levels) == len(self.overrides)
        return next((each for each in ("error", *levels) if plain and each in levels), None)

    def _hit(self, result: dict[str, Any], kind: str, doubts: Doubts) -> Hit:
        named = fields.table(result, "rule")
        identity = fields.text(result, "ruleId") or fields.text(named, "id") or fields.text(result, "ruleKey")
        rule = self._rule(result, named, identity)
        identity = identity or fields.text(rule, "id") or "a rule without a name"
        level = fields.text(result, "level")
        if level in (None, "default"):
            # Version 1 keeps "enabled" or "disabled" under configuration.
            older = rule.get("configuration")
            default = fields.table(rule, "defaultConfiguration") or (older if isinstance(older, dict) else {})
            level = (
                self._overridden(result, identity)
                or fields.text(default, "level")
                or fields.text(default, "defaultLevel")
            )
            level = level or fields.text(rule, "defaultLevel") or ("warning" if kind == "fail" else "none")
        if level not in _LEVELS:
            doubts.not_understood(f"{self.tool} grades a finding {level[:60]}, which is no level of SARIF")
        return Hit(identity, graver(_LEVELS.get(level), _severity(result) or _severity(rule)))

    def _rule(self, result: dict[str, Any], named: dict[str, Any], identity: str | None) -> dict[str, Any]:
        """The rule of a result: by its place where the ids agree, else by its id or the longest part of it before a slash."""
        placed = self._placed(result, named)
        of_place = fields.text(placed, "id")
        if identity is None or of_place == identity or (of_place and identity.startswith(f"{of_place}/")):
            return placed
        while identity:
            if identity in self.by_id:
                return self.by_id[identity]
            identity = identity.rpartition("/")[0]
        return placed

    def _placed(self, result: dict[str, Any], named: dict[str, Any]) -> dict[str, Any]:
        """The rule at the place that a result names, in the list of the component that it names."""
        component = fields.whole(fields.table(named, "toolComponent"), "index", least=-1)
        rules = (
            self.lists[component + 1] if component is not None and component + 1 < len(self.lists) else self.lists[0]
        )
        place = result.get("ruleIndex", named.get("index"))
        if isinstance(place, int) and not isinstance(place, bool) and 0 <= place < len(rules):
            return rules[place]
        return {}

    def _is_struck_out(self, result: dict[str, Any]) -> bool:
        """Suppressed, and nobody is still reviewing or has rejected that."""
        marks = fields.rows(result, "suppressions")
        if not marks:
            older = fields.rows(result, "suppressionStates")
            self.struck_out += bool(older)
            self.without_reason += bool(older)
            return bool(older)
        if not all(isinstance(mark, dict) for mark in marks):
            raise UnreadableError(f"a suppression in {self.where} is not an object")
        if any((mark.get("status") or mark.get("state")) in ("underReview", "rejected") for mark in marks):
            return False
        self.struck_out += 1
        self.without_reason += not any(mark.get("justification") for mark in marks)
        return True


def _severity(holder: dict[str, Any]) -> Grade | None:
    """The grade that `security-severity` comes to; None where it is absent or no number."""
    properties = holder.get("properties")
    value = properties.get("security-severity") if isinstance(properties, dict) else None
    try:
        score = float(value) if isinstance(value, (str, int, float)) and not isinstance(value, bool) else math.nan
    except (ValueError, OverflowError):
        return None
    return next((grade for least, grade in _SEVERITIES if score >= least), None)


COLLECTOR = Sarif()
