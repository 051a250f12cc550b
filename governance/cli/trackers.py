"""`import` and `tag`: bringing in runs that a tracker keeps, and writing the gate's verdict back to them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from governance.cli import output
from governance.cli.options import HERE, Folder, Json, Policy, SystemId
from governance.errors import UnreadableError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from governance.attaching import Attached
    from governance.integrations.verdict import Verdict

imports = typer.Typer(
    help="Bring in runs that a tracking service keeps, as files that `govern attach` reads.", no_args_is_help=True
)
tags = typer.Typer(
    help="Write the gate's verdict as tags to the run that the candidate came from.", no_args_is_help=True
)

Uri = Annotated[
    str | None,
    typer.Option(
        "--tracking-uri",
        metavar="URI",
        envvar="MLFLOW_TRACKING_URI",
        help="The server (https://…), database (sqlite:///…) or folder of MLflow.",
    ),
]
To = Annotated[Path, typer.Option(metavar="FOLDER", help="Where the files go, one for each run.")]
Attach = Annotated[bool, typer.Option("--attach", help="Attach them at once, to the system of --system.")]
System = Annotated[str | None, typer.Option(help="The id of the system they speak for; with --attach.")]
Bind = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME=WEIGHTS", help="Which weights the run of a name made, as with govern attach; with --attach."
    ),
]


def register(top: typer.Typer) -> None:
    """Put these commands under the app."""
    top.add_typer(imports, name="import")
    top.add_typer(tags, name="tag")


@imports.command("mlflow")
def import_mlflow(
    *,
    to: To,
    run: Annotated[
        list[str] | None, typer.Option(metavar="RUN_ID", help="The id of a run; may be given several times.")
    ] = None,
    experiment: Annotated[str | None, typer.Option(metavar="NAME", help="Every run of this experiment.")] = None,
    tracking_uri: Uri = None,
    attach: Attach = False,
    system: System = None,
    bind: Bind = None,
    workspace: Folder = HERE,
    json: Json = False,
) -> None:
    """Fetch runs from an MLflow tracking server. User and token are MLflow's own (MLFLOW_TRACKING_TOKEN); neither is kept."""
    from governance.integrations import export_files, mlflow_client, mlflow_runs

    if bool(run) == (experiment is not None):
        raise UsageError("name runs with --run, or an experiment with --experiment", hint="Give one of the two.")
    _check(attach, system, bind)
    for each in run or ():
        _require_id(each)
    with mlflow_client.opened(_uri(tracking_uri)) as client:
        runs = list(dict.fromkeys(run)) if run else mlflow_runs.runs_of(client, experiment or "")
        paths = export_files.write(to, mlflow_runs.documents(client, runs))
    _imported("mlflow", paths, _attached(paths, workspace, system, bind), json=json)


@imports.command("wandb")
def import_wandb(
    runs: Annotated[list[str], typer.Argument(metavar="ENTITY/PROJECT/RUN…", help="Runs, by the id of each.")],
    *,
    to: To,
    attach: Attach = False,
    system: System = None,
    bind: Bind = None,
    workspace: Folder = HERE,
    json: Json = False,
) -> None:
    """Fetch runs from Weights & Biases. The key is the tool's own (WANDB_API_KEY, or wandb login) and is not kept."""
    from governance.integrations import export_files, wandb_runs

    _check(attach, system, bind)
    for each in runs:
        wandb_runs.path_of(each)
    with wandb_runs.opened() as api:
        paths = export_files.write(to, wandb_runs.documents(api, list(dict.fromkeys(runs))))
    _imported("wandb", paths, _attached(paths, workspace, system, bind), json=json)


@tags.command("mlflow")
def tag_mlflow(
    system: SystemId,
    *,
    run: Annotated[str, typer.Option(metavar="RUN_ID", help="The id of the run whose weights are the candidate.")],
    tracking_uri: Uri = None,
    model_version: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME/VERSION",
            help="The registered version that holds the candidate, where the run gave several; else all of them are tagged.",
        ),
    ] = None,
    policy: Policy = None,
    workspace: Folder = HERE,
    json: Json = False,
) -> None:
    """Write the gate's verdict to a run of MLflow and its registered versions. Ends with the code of the gate: 0, 1, 3 or 5."""
    from governance.integrations import mlflow_client, mlflow_tags

    _require_id(run)
    uri, said = _uri(tracking_uri), _verdict(workspace, system, policy, "mlflow", run)
    with mlflow_client.opened(uri) as client:
        written = mlflow_tags.write(client, run, said, versions=model_version or ())
    _tagged("mlflow", system, said, written, json=json)


@tags.command("wandb")
def tag_wandb(
    system: SystemId,
    run: Annotated[str, typer.Argument(metavar="ENTITY/PROJECT/RUN", help="The run whose weights are the candidate.")],
    *,
    policy: Policy = None,
    workspace: Folder = HERE,
    json: Json = False,
) -> None:
    """Write the gate's verdict to a run of Weights & Biases. Ends with the code of the gate: 0, 1, 3 or 5."""
    from governance.integrations import wandb_runs, wandb_tags

    _, project, run_id = wandb_runs.path_of(run)
    said = _verdict(workspace, system, policy, "wandb", run_id, project)
    with wandb_runs.opened() as api:
        written = wandb_tags.write(api, run, said)
    _tagged("wandb", system, said, written, json=json)


def _uri(said: str | None) -> str:
    if not said:
        raise UsageError(
            "which MLflow is not said", hint="Give --tracking-uri, or set MLFLOW_TRACKING_URI."
        )  # MLflow itself would make a new store in the present folder
    return said


def _require_id(run: str) -> None:
    from governance.integrations import export_files

    try:
        export_files.run_id(run)
    except UnreadableError:
        raise UsageError(f"{run!r} is no id of a run", hint="MLflow shows it on the page of the run.") from None


def _check(attach: bool, system: str | None, bind: Sequence[str] | None) -> None:
    if attach != (system is not None):
        raise UsageError("--attach and --system belong together", hint="Give both, or neither.")
    if bind and not attach:
        raise UsageError("--bind is for --attach", hint="Give it to govern attach later, or add --attach.")


def _attached(
    paths: Sequence[Path], workspace: Path, system: str | None, bind: Sequence[str] | None
) -> Attached | None:
    if system is None:
        return None
    from governance.cli.attach import bound
    from governance.workspace import Workspace

    return Workspace(workspace).attach(list(paths), system, names=bound(list(bind or [])), environment=False)


def _imported(tracker: str, paths: Sequence[Path], attached: Attached | None, *, json: bool) -> None:
    from governance.cli import attach

    if json:
        rows = None if attached is None else attach.plain(attached, explain=False)
        output.document("import.v1", tracker=tracker, files=[str(path) for path in paths], attached=rows)
    else:
        for path in paths:
            output.say(str(path))
        if attached is not None:
            attach.say(attached, explain=False)
    if attached is not None and attached.named_but_not_read:
        raise typer.Exit(UnreadableError.exit_code)


def _verdict(
    workspace: Path, system: str, policy: str | None, tracker: str, run: str, project: str | None = None
) -> Verdict:
    from governance.integrations.verdict import verdict
    from governance.workspace import Workspace

    return verdict(Workspace(workspace).case(system, policy=policy), tracker, run, project)


def _tagged(tracker: str, system: str, said: Verdict, written: Sequence[str], *, json: bool) -> None:
    if json:
        fields: dict[str, Any] = {"tags": said.tags, "written_to": list(written), "evidence": list(said.evidence)}
        output.document("tag.v1", tracker=tracker, system=system, answer=said.answer, reason=said.reason, **fields)
    else:
        for each in written:
            output.say(f"tagged {output.one_line(each)}, and read back")
        for name, value in said.tags.items():
            output.say(f"  {name}: {value}")
        output.say(f"{output.answer(said.answer)}: {said.reason}")
    raise typer.Exit(said.exit_code)
