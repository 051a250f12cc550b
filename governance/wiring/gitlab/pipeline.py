"""A pipeline as GitLab puts it together: local includes, `extends`, `!reference` and `default`.

They are merged as GitLab's "CI/CD YAML syntax reference" says: mappings key by key, lists replaced, what is nearer over what is further.
"""

from __future__ import annotations

from fnmatch import fnmatch
from typing import TYPE_CHECKING, Any

from governance.errors import UnreadableError
from governance.wiring.findings import Finding, State
from governance.wiring.notation import Items, Map, Reference, Text, documents, listed, mapping

if TYPE_CHECKING:
    from governance.wiring.files import Files

FILE = ".gitlab-ci.yml"
KEYWORDS = frozenset({
    "default", "include", "stages", "variables", "workflow", "image", "services", "cache", "before_script", "after_script", "spec",
})  # fmt: skip
_STAGES = ("build", "test", "deploy")
_MOST_FILES, _MOST_DEEP = 150, 11


class Pipeline:
    """The whole of it. `homes` says which file each job stands in; `beyond` what is included from elsewhere."""

    def __init__(self, files: Files) -> None:
        self.files = files
        self.seen: list[str] = []
        self.findings: list[Finding] = []
        self.beyond: list[str] = []
        self.homes: dict[str, str] = {}
        self.whole = self._file(FILE, 0)

    @property
    def stages(self) -> list[str]:
        """The stages in order, with the two that are always there."""
        return [".pre", *(map(str, listed(self.whole.get("stages"))) if "stages" in self.whole else _STAGES), ".post"]

    @property
    def jobs(self) -> dict[str, Map]:
        """The jobs that can run, whole, by name."""
        names = [
            name
            for name, job in self.whole.items()
            if isinstance(job, Map) and name not in KEYWORDS and not name.startswith(".")
        ]
        return {name: self.job(name) for name in names}

    def job(self, name: str) -> Map:
        """A job with what it extends and the defaults."""
        own = self._extended(name, 0)
        default = mapping(self.whole.get("default"))
        made = Map(own)
        made.line = own.line
        for key in ("before_script", "after_script", "image"):
            if key not in made and (key in default or key in self.whole):
                made[key] = default.get(key, self.whole.get(key))
        return made

    def script(self, job: Map, *keys: str) -> list[Text]:
        """The lines of a script, references followed."""
        found: list[Text] = []
        for key in keys:
            self._lines(job.get(key), found, 0)
        return found

    def _lines(self, value: Any, found: list[Text], deep: int) -> None:
        if deep > _MOST_DEEP or value is None:
            return
        if isinstance(value, Reference):
            at: Any = self.whole
            for step in value:
                at = mapping(at).get(step)
            self._lines(at, found, deep + 1)
        elif isinstance(value, Items):
            for each in value:
                self._lines(each, found, deep + 1)
        elif isinstance(value, Text):
            found.append(value)

    def _extended(self, name: str, deep: int) -> Map:
        own = mapping(self.whole.get(name))
        if deep > _MOST_DEEP:
            return own
        made = Map()
        for each in listed(own.get("extends")):
            made = merged(made, self._extended(str(each), deep + 1))
        made = merged(made, own)
        made.line = own.line
        return made

    # --- files -----------------------------------------------------------------------------------------------------

    def _file(self, name: str, deep: int) -> Map:
        """A file over what it includes."""
        data = self.files.read(name)
        if data is None or name in self.seen or len(self.seen) >= _MOST_FILES:
            return Map()
        self.seen.append(name)
        try:
            every = documents(data, where=name)
        except UnreadableError as error:
            self._untold(name, f"It can not be read: {error.message}.")
            return Map()
        own = mapping(every[-1]) if every else Map()
        whole = Map()
        for each in listed(own.get("include")):
            for other in self._included(each, name):
                whole = merged(whole, self._file(other, deep + 1))
        for key, value in own.items():
            if isinstance(value, Map):
                self.homes[key] = name
        return merged(whole, own)

    def _included(self, include: Any, where: str) -> list[str]:
        """The files in this repository that an include names; what is elsewhere is kept as beyond."""
        local = include if isinstance(include, Text) and "://" not in include else mapping(include).get("local")
        if not isinstance(local, Text) or "$" in local:
            self.beyond.append(f"{where}: include {_shown(include)}")
            return []
        name = local.lstrip("/")
        if "*" not in name:
            if self.files.read(name) is None:
                self._untold(where, f"It includes {name}, which is not in the repository.")
            return [name]
        folder, _, pattern = name.rpartition("/")
        if "*" in folder:
            self.beyond.append(f"{where}: include {name}")
            return []
        return [each for each in self.files.within(folder, pattern) if fnmatch(each.rpartition("/")[2], pattern)]

    def _untold(self, where: str, said: str) -> None:
        self.findings.append(
            Finding("understood", State.COULD_NOT_TELL, said, where, 0, "Mend the file, so that it can be read.")
        )


def _shown(include: Any) -> str:
    if isinstance(include, Text):
        return str(include)
    return ", ".join(f"{key} {value}" for key, value in mapping(include).items() if isinstance(value, Text))


def merged(under: Map, over: Map) -> Map:
    """Two mappings, key by key; lists are replaced. A key keeps the line of the one that stands."""
    made = Map()
    made.line = over.line or under.line
    for key, value in under.items():
        if key not in over:
            made[key] = value
    for key, value in over.items():
        below = under.get(key)
        made[key] = merged(below, value) if isinstance(value, Map) and isinstance(below, Map) else value
    return made
