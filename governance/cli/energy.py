"""`energy`: the counters of graphics cards, read before and after a piece of work."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from governance.cli import output
from governance.cli.options import Json
from governance.errors import CouldNotTell, UnreadableError, UsageError

app = typer.Typer(help="Record the energy that graphics cards take for a piece of work.", no_args_is_help=True)
Record = Annotated[
    Path, typer.Argument(metavar="FILE", help="The record. Put it into the run's folder to attach it with the run.")
]


def register(top: typer.Typer) -> None:
    """Put these commands under the app."""
    top.add_typer(app, name="energy")


@app.command()
def start(
    file: Record,
    *,
    activity: Annotated[str, typer.Option(help="What is being done, such as training or evaluation.")] = "training",
    run: Annotated[str | None, typer.Option(help="The name of the run.")] = None,
    output_dir: Annotated[str | None, typer.Option(help="The folder in which the work puts its results.")] = None,
    json: Json = False,
) -> None:
    """Read the counters before the work and begin a record."""
    if file.exists():
        raise UsageError("there is such a file already", where=str(file), hint="Name another, or remove it.")
    said = {"activity": activity, "run": run, "output_dir": output_dir}
    reading = _reading()
    told = {name: value for name, value in said.items() if value}
    _write(file, {"schema": "govern-energy.v1", "source": "nvml", **told, "start": reading})
    _answer(file, reading, as_json=json)


@app.command()
def stop(file: Record, *, json: Json = False) -> None:
    """Read the counters after the work and close the record."""
    from governance.parsing import strict_json

    try:
        record = strict_json.loads(file.read_bytes(), where=str(file))
    except OSError as error:
        raise UnreadableError(f"can not be read: {error.strerror}", where=str(file)) from None
    if not isinstance(record, dict) or record.get("schema") != "govern-energy.v1" or "start" not in record:
        raise UnreadableError("no record that was begun", where=str(file), hint="Run: govern energy start FILE")
    if "end" in record:
        raise UsageError(
            "the record is closed already", where=str(file), hint="Begin another with: govern energy start"
        )
    record["end"] = _reading()
    _write(file, record)
    _answer(file, record["end"], as_json=json)


def _reading() -> dict[str, Any]:
    from governance.collectors.formats.nvml_driver import energy_reading

    made = energy_reading()
    if made is None:
        raise CouldNotTell(
            "no graphics card of this machine counts its energy, or NVIDIA's driver does not answer",
            hint="Measure it another way, such as with CodeCarbon, and attach its emissions.csv.",
        )
    return made


def _write(file: Path, record: dict[str, Any]) -> None:
    from json import dumps

    output.write(file, (dumps(record, indent=2) + "\n").encode())


def _answer(file: Path, reading: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        output.document("energy.v1", out=str(file), reading=reading)
    else:
        output.say(f"{file}: {len(reading['counters'])} counters read at {reading['taken_at']}")
