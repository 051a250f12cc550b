"""`govern record -- CMD …`: any command as a child, watched from outside and otherwise left alone.

The child has the streams, the terminal and the open files that we were given, and its own exit status is ours. It is told the id of the
run and the folder of the spool (`GOVERN_RUN`, `GOVERN_SPOOL`), so that a recorder inside it writes of the same run. What is recorded
here is a segment of its own, of part `launcher`: start, heartbeats, how the child ended, the most memory and the time of processors.

Signals that others send us are passed on. Those that the kernel sends, such as Ctrl-C in a terminal, it sends to the child as well.
Among several tasks of one job only the first records; the others only run their command.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from governance.errors import UsageError
from governance.integrations import command_words, ranks, run_names
from governance.integrations.recorder import Recorder
from governance.integrations.segment import spool_folder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from governance.integrations.inbox import Outcome

FORWARDED = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2")
_RESET = ("SIGPIPE", "SIGXFSZ")
"""What Python sets to be ignored, and a child expects as it is by default."""
_LOOK = 0.5
"""Seconds after which is looked whether the child has ended, though no signal came."""
ASKED_TO_STOP = frozenset({"SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"})


@dataclass(frozen=True)
class Ended:
    """How a child ended: its status as of `os.wait4`, what it used, and whether it had been told to stop."""

    status: int
    usage: Any
    told_to_stop: bool
    unseen: int = 0
    """The most memory of our own, in the unit of the system: until a child is a program of its own, it is counted with that."""

    @property
    def signal(self) -> int | None:
        """The signal that ended it, or None."""
        return os.WTERMSIG(self.status) if os.WIFSIGNALED(self.status) else None

    @property
    def code(self) -> int | None:
        """Its exit status, or None where a signal ended it."""
        return os.WEXITSTATUS(self.status) if os.WIFEXITED(self.status) else None

    @property
    def as_a_shell(self) -> int:
        """One number, as a shell gives it."""
        return 128 + self.signal if self.signal is not None else self.code or 0

    @property
    def outcome(self) -> tuple[Outcome, str | None]:
        """How the run ended, and why."""
        if self.code == 0:
            return "finished", None
        why = f"exit code {self.code}" if self.signal is None else f"signal {self.signal} ({_name(self.signal)})"
        stopped = self.told_to_stop or (self.signal is not None and _name(self.signal) in ASKED_TO_STOP)
        return ("stopped" if stopped else "failed"), why

    @property
    def told(self) -> dict[str, Any]:
        """The same for the seal. The system counts memory in KiB, that of Apple in bytes; less than our own can not be told."""
        unit = 1 if sys.platform == "darwin" else 1024
        most = int(self.usage.ru_maxrss)
        return {
            "exit_code": self.code,
            "signal": self.signal,
            "peak_memory_bytes": most * unit if most > self.unseen else None,
            "cpu_user_seconds": round(self.usage.ru_utime, 3),
            "cpu_system_seconds": round(self.usage.ru_stime, 3),
        }


def parser() -> argparse.ArgumentParser:
    """The options."""
    made = argparse.ArgumentParser(
        prog="govern record",
        usage="govern record [OPTIONS] -- CMD …",
        description="Run a command and record how it went. Its output and its exit status are its own.",
        epilog="Exit codes: that of the command; 128 + N where signal N ended it; 126 or 127 where it can not be started; 2 wrong usage.",
    )
    made.add_argument("--activity", default="command", help="what it does, such as training or evaluation")
    made.add_argument("--output-dir", metavar="DIR", help="the folder in which it puts its results")
    made.add_argument("--run", metavar="ID", help="the id of the run; else that of the job, or a random one")
    made.add_argument("--spool", metavar="DIR", help="where the segment goes; else GOVERN_SPOOL, else governance-spool")
    made.add_argument("--system", metavar="ID", help="the id of the system it is for; else GOVERN_SYSTEM")
    made.add_argument("command", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    return made


def run(argv: Sequence[str]) -> int:
    """Run the command; returns its exit status, or 2 where the call is wrong."""
    words = list(argv)
    at = words.index("--") if "--" in words else len(words)
    try:
        given = parser().parse_args(words[:at])
    except SystemExit as stop:  # argparse says what is wrong, or prints its help, by itself
        return stop.code if isinstance(stop.code, int) else UsageError.exit_code
    child = [*given.command, *words[at + bool(not given.command) :]]
    if not child:
        sys.stderr.write("error: there is no command. Write it after two dashes: govern record -- CMD …\n")
        return UsageError.exit_code
    if not hasattr(os, "posix_spawnp"):
        sys.stderr.write(
            "error: this system does not start a process as govern record needs it. Run the command itself.\n"
        )
        return UsageError.exit_code
    waited = {getattr(signal, name) for name in FORWARDED} | {signal.SIGCHLD}
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # where it was ignored, no child could be waited for
    before = signal.pthread_sigmask(signal.SIG_BLOCK, waited)  # before any thread: it would take them by default
    try:
        return _watched(child, given, waited, before)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _watched(child: Sequence[str], given: argparse.Namespace, waited: set[signal.Signals], before: Any) -> int:
    """Start the command, wait for it, and seal what is known."""
    recorder, environment = _recorder(child, given)
    try:
        pid = os.posix_spawnp(
            child[0],
            list(child),
            environment,
            setsigmask=before,
            setsigdef=[getattr(signal, name) for name in _RESET],
        )
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        sys.stderr.write(f"govern record: {child[0]}: {why}\n")
        code = 127 if isinstance(error, FileNotFoundError) else 126
        recorder.close("failed", f"the command could not be started: {why}", exit_code=code)
        return code
    ended = replace(_wait(pid, waited), unseen=_own_memory())
    outcome, why = ended.outcome
    recorder.close(outcome, why, **ended.told)
    return ended.as_a_shell


def _recorder(child: Sequence[str], given: argparse.Namespace) -> tuple[Recorder, dict[str, str]]:
    """What records from outside, and the environment of the child."""
    run_id = run_names.name(given.run, ranks.place(), given.output_dir) or run_names.fresh()
    spool = spool_folder(given.spool, given.output_dir)
    recorder = Recorder(
        given.activity,
        tool=(command_words.program(child), None),
        system=given.system,
        run=run_id,
        output_dir=given.output_dir,
        spool=spool,
        gather=lambda: _facts(child),
        launcher=True,
    ).start()
    return recorder, os.environ | {"GOVERN_RUN": run_id, "GOVERN_SPOOL": os.path.abspath(spool)}  # noqa: PTH100


def _facts(words: Sequence[str]) -> list[tuple[str, dict[str, Any]]]:
    """The command as it may be written down, its code, its container and its machine; nothing of our own process."""
    from governance.integrations.facts import child

    return [("command", command_words.command(words)), *child.told(command_words.code(words), child.PATIENCE)]


def _own_memory() -> int:
    """The most memory of this program, in the unit of the system. What it counts for us holds that of whoever started us, too."""
    try:
        with Path("/proc/self/status").open(encoding="ascii", errors="replace") as stream:
            return next(int(line.split()[1]) for line in stream if line.startswith("VmHWM:"))
    except (OSError, StopIteration, ValueError, IndexError):
        import resource  # not on every system; where it is not, nothing comes this far

        return int(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def _wait(pid: int, waited: set[signal.Signals]) -> Ended:
    """Pass signals on until the child has ended."""
    told_to_stop = False
    while True:
        number, by_kernel = _next(waited)
        if number == signal.SIGCHLD:
            done, status, usage = os.wait4(pid, os.WNOHANG)
            if done == pid and (os.WIFEXITED(status) or os.WIFSIGNALED(status)):
                return Ended(status, usage, told_to_stop)
            continue
        told_to_stop = told_to_stop or _name(number) in ASKED_TO_STOP
        if not by_kernel:
            os.kill(pid, number)  # it was not waited for yet, so the number is still its own


def _next(waited: set[signal.Signals]) -> tuple[int, bool]:
    """The next signal, and whether the kernel sent it, which sends to the whole group of the terminal."""
    if hasattr(signal, "sigtimedwait"):
        told = signal.sigtimedwait(waited, _LOOK)
        if told is None:  # where another thread of ours took the signal, nobody would tell that the child has ended
            return signal.SIGCHLD, True
        return told.si_signo, told.si_code > 0 and told.si_signo != signal.SIGCHLD
    number = signal.sigwait(waited)
    from_terminal = number in (signal.SIGINT, signal.SIGQUIT) and sys.stdin is not None and sys.stdin.isatty()
    return number, from_terminal


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
