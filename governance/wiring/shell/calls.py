"""Which words of a command are a call of the gate, and which commands pass on the exit code of the command that they are given."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from governance.wiring.shell.tree import Word

SHELLS = frozenset({"sh", "bash", "dash", "zsh", "ksh", "ash"})
PASSING = frozenset({
    "env", "command", "builtin", "exec", "nice", "nohup", "sudo", "timeout", "gtimeout", "stdbuf", "ionice", "setsid", "xvfb-run", "tini",
    "dumb-init", "uv", "uvx", "poetry", "pipenv", "pdm", "hatch", "rye", "pixi", "conda", "mamba", "micromamba", "mise", "pipx",
    "docker", "podman", "nerdctl", "apptainer", "singularity", "srun", "ssh", "nix", "direnv", "dotenv", "doppler", "op", "aws-vault",
})  # fmt: skip
"""Commands that end with the exit code of the command they run, as their manuals say."""
TALKING = frozenset(
    {"echo", "printf", "cat", "tee", "grep", "git", "which", "type", "alias", "hash", "gh", "glab", "curl", "read", ":"}
)
"""Commands whose words are text to them."""
DECLARING = frozenset({"export", "local", "declare", "typeset", "readonly"})
_PYTHONS = ("python", "pypy")


@dataclass(frozen=True)
class Call:
    """One call of the gate: where it stands and the words after `gate`. `unclear` names a command around it that is not known."""

    where: str
    line: int
    words: tuple[Word, ...] = ()
    unclear: str = ""

    @property
    def key(self) -> tuple[str, int, str]:
        """What tells it from another call."""
        return self.where, self.line, " ".join(word.text for word in self.words)

    def option(self, *names: str) -> Word | None:
        """The value of an option, written `--name value` or `--name=value`; the last one counts."""
        found = None
        for index, word in enumerate(self.words):
            if word.text in names and index + 1 < len(self.words):
                found = self.words[index + 1]
            for name in names:
                if word.text.startswith(f"{name}="):
                    found = type(word)(word.text[len(name) + 1 :], word.quoted, word.runs)
        return found

    def has(self, name: str) -> bool:
        """Whether a switch is given."""
        return any(word.text == name for word in self.words)

    @property
    def system(self) -> Word | None:
        """The first word that is neither an option nor the value of one."""
        after_value = False
        for word in self.words:
            if after_value:
                after_value = False
            elif word.text.startswith("-"):
                after_value = "=" not in word.text and word.text not in _SWITCHES
            else:
                return word
        return None


_SWITCHES = frozenset({"--explain", "--baseline", "--json", "--"})


def base(word: Word) -> str:
    """The name of a command without its folder and `.exe`."""
    return PurePosixPath(word.text).name.removesuffix(".exe")


def gate_words(words: Sequence[Word]) -> tuple[Word, ...] | None:
    """The words after `gate`, where these are `govern gate …` or `python -m governance gate …`; None where they are neither."""
    if len(words) < 2:
        return None
    after: Sequence[Word] = ()
    if base(words[0]) == "govern" or _is_variable(words[0]):
        after = words[1:]
    elif base(words[0]).startswith(_PYTHONS):
        texts = [word.text for word in words]
        at = texts.index("-m") if "-m" in texts[:8] else -1
        if at < 0 or at + 1 >= len(words) or texts[at + 1] != "governance":
            return None
        after = words[at + 2 :]
    if not after or after[0].text != "gate" or any(word.text in ("--help", "-h") for word in after):
        return None
    return tuple(after[1:])


def _is_variable(word: Word) -> bool:
    """Whether a command is a variable that by its name holds `govern`."""
    return word.text.startswith("$") and "govern" in word.text.lower()


def speaks_of_gate(words: Sequence[Word]) -> bool:
    """Whether a call of the gate stands somewhere among the words, or within one."""
    texts = " ".join(word.text for word in words)
    return "govern gate" in texts or "governance gate" in texts


def inner(words: Sequence[Word]) -> Sequence[Word]:
    """What a command passes on to: its words from the gate or a shell on; nothing where neither is there."""
    for index in range(1, len(words)):
        if gate_words(words[index:]) is not None or base(words[index]) in SHELLS:
            return words[index:]
    return ()


def shell_flags(words: Sequence[Word]) -> tuple[bool, bool, str | None, str | None]:
    """(stops at an error, pipefail, the script of `-c`, the file) of a call of a shell."""
    stops = pipefail = command = False
    at = 1
    while at < len(words) and words[at].text.startswith(("-", "+")) and words[at].text not in ("-", "--"):
        text = words[at].text
        letters = "" if text.startswith("--") else text[1:]
        stops |= "e" in letters and text[0] == "-"
        command |= "c" in letters
        if "o" in letters or "O" in letters:
            at += 1
            option = words[at].text if at < len(words) else ""
            pipefail |= option == "pipefail"
            stops |= option == "errexit"
        at += 1
    rest = words[at].text if at < len(words) else None
    return (stops, pipefail, rest, None) if command else (stops, pipefail, None, rest)
