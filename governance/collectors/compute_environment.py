"""The machine and the software of a run.

*Reads* a recorded environment: a JSON object with `schema: compute-environment.v1`, written by the run itself. Where
none was recorded, `capture` describes the machine at hand: NVIDIA's driver library is asked through `pynvml`, the
processor through `/proc`, the packages through their installed metadata.

*Says* host, operating system, processor, memory, graphics processors with driver, CUDA, serial id, limit of power and
modes (cut into parts, correcting its memory, confidential computing), Python, and package versions. Only what stays
the same from one call to the next; no load, no temperature, no environment variable, no command line.

*Does not say* that the run really happened there: captured at attach, it is the machine that read the files. AMD and
other graphics processors are not asked, and a driver that does not answer is "could not tell", which is not "none".
"""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from governance.collectors.formats import nvml_driver
from governance.collectors.reading import fields
from governance.collectors.reading.answers import Found, NotRead
from governance.collectors.reading.interface import Tried, attempt, recognised
from governance.domain.evidence import Collector, Subject, SubjectType
from governance.errors import UnreadableError
from governance.parsing import canonical

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

SCHEMA = "compute-environment.v1"
SHOWN = "(this machine)"
_STATUSES = ("present", "none", "could-not-tell")


class ComputeEnvironment:
    """Finds one environment for each recorded file."""

    noun = Collector(name="compute-environment", version="1")
    kinds = (SCHEMA,)
    tool = "govern environment"
    tried = (Tried(SCHEMA, "recorded", "2026-11-25"),)

    def looks(self, folder: Folder, file: File) -> str | None:  # noqa: ARG002
        """None for a recorded environment, else why not."""
        return recognised(file, lambda: None if _is_recorded(file) else f"does not declare {SCHEMA}")

    def read(self, folder: Folder) -> Iterator[Found | NotRead]:
        """Yield the environments recorded in this folder."""
        for file in list(folder.files.values()):
            if _is_recorded(file):
                yield from attempt(file, partial(self._recorded, folder, file))

    def _recorded(self, folder: Folder, file: File) -> Iterable[Found]:
        value = file.json()
        if not isinstance(value, dict) or value.get("schema") != SCHEMA:
            return
        body = _body(value)
        moment = _captured_at(value)
        yield Found(
            kind=SCHEMA,
            body=body,
            subject=Subject(type=SubjectType.ENVIRONMENT, name=body["host"]["name"]),
            path=file.shown,
            collector=self.noun,
            effective_at=moment,
            effective_clock=None if moment is None else "tool",
            sources=(file.source(),),
            place=folder.place,
        )


def _is_recorded(file: File) -> bool:
    return file.opens_json and file.mentions(SCHEMA.encode(), b'"schema"')


def this_machine() -> Found:
    """The machine at hand, as evidence observed now."""
    body = capture()
    return Found(
        kind=SCHEMA,
        body=body,
        subject=Subject(type=SubjectType.ENVIRONMENT, name=body["host"]["name"]),
        path=SHOWN,
        collector=COLLECTOR.noun,
        effective_at=datetime.now(tz=UTC).replace(microsecond=0),
        effective_clock="observed",
    )


def capture(
    captured: str = "at-attach", processors: Callable[[], dict[str, Any]] = nvml_driver.processors
) -> dict[str, Any]:
    """The body of a compute-environment for the machine at hand; two calls give the same. Never raises.

    `processors` says what the body says of graphics processors, in the form of `nvml_driver.processors`.
    """
    return {
        "captured": captured,
        "covers": "machine",
        "host": {
            "name": platform.node() or "unknown",
            "os": _system(),
            "kernel": platform.release(),
            "machine": platform.machine(),
        },
        "python": platform.python_version(),
        "cpu": {"model": _processor(), "cores": os.cpu_count() or 0},
        "memory_bytes": _memory(),
        **processors(),
        "packages": _packages(),
    }


def _system() -> str:
    try:
        return platform.freedesktop_os_release().get("PRETTY_NAME") or platform.system()
    except OSError:
        return f"{platform.system()} {platform.version()}"[:300]


def _processor() -> str | None:
    try:
        with Path("/proc/cpuinfo").open(encoding="utf-8", errors="replace") as stream:
            for line in stream:
                name, _, value = line.partition(":")
                if name.strip() in ("model name", "Hardware", "cpu model"):
                    return value.strip()[:300] or None
    except OSError:
        pass
    return platform.processor()[:300] or None


def _memory() -> int | None:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError, AttributeError):
        return None


def _packages() -> dict[str, str]:
    made: dict[str, str] = {}
    for distribution in metadata.distributions():
        name, version = _quietly(lambda each=distribution: each.name), _quietly(lambda each=distribution: each.version)  # type: ignore[misc]
        if isinstance(name, str) and isinstance(version, str) and name:
            # The first on the path is the one that is imported.
            made.setdefault(name.lower().replace("_", "-"), version[:200])
    return dict(sorted(made.items()))


def _quietly(call: Callable[[], Any]) -> Any:
    """The answer of a call, or None: the metadata of a package may be broken."""
    try:
        return call()
    except Exception:
        return None


def _body(value: dict[str, Any]) -> dict[str, Any]:
    """The known fields of a recorded environment; others are left behind, for nobody has said what is in them."""
    host, cpu = fields.table(value, "host"), fields.table(value, "cpu")
    status = fields.text(value, "gpu_status")
    if status not in _STATUSES:
        raise UnreadableError(f"gpu_status is not one of {', '.join(_STATUSES)}")
    gpus = [_gpu(gpu) for gpu in fields.rows(value, "gpus")]
    if (status == "present") != bool(gpus):
        raise UnreadableError(f"gpu_status is {status} and {len(gpus)} graphics processors are listed")
    packages = fields.table(value, "packages")
    return {
        "captured": "by-command" if value.get("captured") == "by-command" else "by-run",
        "covers": "machine",
        "host": {
            "name": _needed(host, "name", 300),
            "os": _needed(host, "os", 300),
            "kernel": _needed(host, "kernel", 300),
            "machine": _needed(host, "machine", 100),
        },
        "python": _needed(value, "python", 100),
        "cpu": {"model": fields.text(cpu, "model", most=300), "cores": fields.whole(cpu, "cores", least=0) or 0},
        "memory_bytes": fields.whole(value, "memory_bytes", least=0),
        "gpus": gpus,
        "gpu_status": status,
        "gpu_note": fields.text(value, "gpu_note", most=2000) or "",
        "driver": fields.text(value, "driver", most=100),
        "cuda": fields.text(value, "cuda", most=100),
        "confidential_computing": _closed(fields.table(value, "confidential_computing")),
        "packages": {name: _needed(packages, name, 200) for name in sorted(packages)},
    }


def _gpu(value: Any) -> dict[str, Any]:
    gpu = fields.table({"gpu": value}, "gpu")
    return {
        "name": _needed(gpu, "name", 300),
        "uuid": fields.text(gpu, "uuid", most=200),
        "driver": fields.text(gpu, "driver", most=100),
        "memory_bytes": fields.whole(gpu, "memory_bytes", least=0),
        "architecture": fields.text(gpu, "architecture", most=100),
        "mig_enabled": fields.flag(gpu, "mig_enabled"),
        "mig_devices": fields.whole(gpu, "mig_devices", least=0),
        "ecc_enabled": fields.flag(gpu, "ecc_enabled"),
        "power_limit_watts": _at_least_zero(gpu, "power_limit_watts"),
        "sm_clock_max_mhz": fields.whole(gpu, "sm_clock_max_mhz", least=0),
        "memory_clock_max_mhz": fields.whole(gpu, "memory_clock_max_mhz", least=0),
    }


def _at_least_zero(holder: dict[str, Any], key: str) -> float | int | None:
    value = fields.number(holder, key)
    if value is not None and value < 0:
        raise UnreadableError(f"{key} is negative")
    return value


def _closed(state: dict[str, Any]) -> dict[str, Any] | None:
    """The state of confidential computing, or None where nothing was recorded."""
    if not state:
        return None
    environment = fields.text(state, "environment", most=100)
    if environment not in (None, "production", "simulation", "unavailable"):
        raise UnreadableError("the environment of confidential_computing is none that is known")
    return {
        "enabled": fields.flag(state, "enabled"),
        "developer_tools": fields.flag(state, "developer_tools"),
        "environment": environment,
    }


def _needed(holder: dict[str, Any], key: str, most: int) -> str:
    value = fields.text(holder, key, most=most)
    if value is None:
        raise UnreadableError(f"{key} is missing")
    return value


def _captured_at(value: dict[str, Any]) -> datetime | None:
    text = fields.text(value, "captured_at")
    try:
        return None if text is None else canonical.moment(text)
    except ValueError:
        raise UnreadableError("captured_at is not a moment with a time zone") from None


COLLECTOR = ComputeEnvironment()
