"""What becomes of the gate's exit code in a script, held against bash itself."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.wiring.files import Kept
from governance.wiring.shell.verdict import CODES, think
from tests.wiring.scripts import KEPT, LOST, SOME, SOMETIMES, UNSURE

if TYPE_CHECKING:
    from pathlib import Path

NONE = Kept({})
MOST = tuple(CODES)
SCRIPTS = {**dict.fromkeys(KEPT, ()), **dict.fromkeys(LOST, MOST), **SOME}


def lost(text: str, *, stops: bool = True, pipefail: bool = False) -> tuple[int, ...]:
    """The codes that are lost of the one call in a script that is understood."""
    script = think(text, NONE, where="step", stops=stops, pipefail=pipefail)
    assert script.not_understood == ""
    assert len(script.calls) == 1, script
    assert script.calls[0].unsure == ()
    assert bool(script.calls[0].why) or not script.calls[0].lost
    return script.calls[0].lost


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a `govern` that ends with the code it is told."""
    folder = tmp_path_factory.mktemp("gate")
    (folder / "govern").write_text('#!/bin/sh\nexit "$CODE"\n')
    (folder / "govern").chmod(0o755)
    return folder


def by_bash(text: str, code: int, gate: Path, folder: Path, *flags: str) -> int:
    """How bash itself ends the script, where the gate ends with this code."""
    (folder / "step.sh").write_text(text)
    environment = {"PATH": f"{gate}:{os.environ['PATH']}", "CODE": str(code)}
    return subprocess.run(
        ["bash", "--noprofile", "--norc", *flags, "step.sh"],
        cwd=folder, env=environment, capture_output=True, check=False, timeout=30,
    ).returncode  # fmt: skip


@pytest.mark.parametrize("text", SCRIPTS)
def test_what_is_said_of_a_script_is_what_bash_does(text: str, gate: Path, tmp_path: Path) -> None:
    assert lost(text) == SCRIPTS[text]
    for code in CODES:
        ended = by_bash(text, code, gate, tmp_path, "-e")
        assert (ended == 0) == (code in SCRIPTS[text]), f"bash ends with {ended} after {code}"


@pytest.mark.parametrize("text", [text for text in SCRIPTS if not text.startswith("for ")])  # a later round may say yes
@pytest.mark.parametrize("flags", [(), ("-eo", "pipefail")], ids=["no flags", "-eo pipefail"])
def test_the_flags_of_the_shell_are_heeded_as_bash_heeds_them(
    text: str, flags: tuple[str, ...], gate: Path, tmp_path: Path
) -> None:
    said = lost(text, stops=bool(flags), pipefail=bool(flags))
    done = tuple(code for code in CODES if by_bash(text, code, gate, tmp_path, *flags) == 0)
    assert said == done


@pytest.mark.parametrize("text", UNSURE)
def test_what_hangs_on_something_unknown_is_not_called_kept(text: str) -> None:
    (call,) = think(text, NONE, where="step").calls
    assert call.lost + call.unsure == MOST
    assert call.unsure


@pytest.mark.parametrize("text", SOMETIMES)
def test_a_gate_under_a_condition_is_told(text: str) -> None:
    (call,) = think(text, NONE, where="step").calls
    assert call.sometimes
    assert not any(one.sometimes for text in KEPT for one in think(text, NONE, where="step").calls)


WRAPPED = {
    "|| true": "({}\n) || true",
    "|| :": "({}\n) || :",
    "a pipe": "({}\n) | cat",
    "the background": "({}\n) &",
    "a condition": "if ({}\n); then :; fi",
    "a substitution": "echo $({}\n)",
    "another shell": "bash -c 'set +e; (set -e; {}\n); true'",
    "turned round": "! ({}\n)",
    "a trap": "trap 'exit 0' EXIT\n{}",
}
SIMPLE = tuple(
    text
    for text in KEPT
    if not set("'!") & set(text) and "exec" not in text and "<<" not in text and "trap" not in text
)


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(SIMPLE), st.sampled_from(sorted(WRAPPED)))
def test_wrapping_a_good_script_in_what_swallows_never_stays_good(text: str, how: str) -> None:
    wrapped = WRAPPED[how].format(text)
    script = think(wrapped, NONE, where="step")
    assert script.not_understood or all(call.lost or call.unsure for call in script.calls), wrapped
    assert script.not_understood or script.calls


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from([*KEPT, *LOST, "fi", "(", "`", "$(", "'", '"', "<<E", ";;", "{", "done", "${", "\\", "|"]),
        max_size=6,
    )
)
def test_no_text_breaks_the_reading(parts: list[str]) -> None:
    think("\n".join(parts), NONE, where="step")


@given(st.text(max_size=200))
def test_no_text_at_all_breaks_the_reading(text: str) -> None:
    think(text, NONE, where="step")


@pytest.mark.parametrize("text", ["(" * 90_000, "((" * 9_000, "$" * 90_000, "$(" * 30_000, "x <<E\nE\n" * 10_000, "`\\" * 9_000, " | ".join(["(if [ $a ]; then exit 1; fi)"] * 60), "{ " * 3000, "if " * 3000, "f() { f; f; }\nf", "`" * 999, "a && " * 3000 + "b",
                                  "\n".join(f"[ $a{i} ] && b{i}=1" for i in range(40)) + "\ngovern gate x"])  # fmt: skip
def test_a_script_made_to_be_hard_is_not_understood_and_soon(text: str) -> None:
    script = think(text, NONE, where="step")
    assert script.not_understood or not any(call.lost for call in script.calls)
