"""`attach`: putting evidence in, and saying who read what, what it speaks of, and why something was passed over."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from governance.cli import attesting, output
from governance.cli.options import HERE, Folder, Json, moment
from governance.errors import UnreadableError, UsageError

if TYPE_CHECKING:
    from governance.attaching import Attached, Item


PLACES = ("cloud", "on-device", "on-premises")


def register(top: typer.Typer) -> None:
    """Put the command under the app."""
    top.command()(attach)


def attach(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH…", help="Files and folders of finished runs.")],
    *,
    system: Annotated[str, typer.Option(help="The id of the system they speak for.")],
    about: Annotated[
        str | None, typer.Option(help="Declare what evaluations speak of: candidate, base or reference.")
    ] = None,
    effective: Annotated[
        str | None, typer.Option(metavar="DATE", help="When it was true, where the tool left no clock.")
    ] = None,
    bind: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=WEIGHTS",
            help="Declare which weights a name stands for that a tool wrote: an attached model folder, or a manifest digest.",
        ),
    ] = None,
    place: Annotated[
        str | None,
        typer.Option(help="Declare where the model answered that logs tell of: cloud, on-device or on-premises."),
    ] = None,
    explain: Annotated[bool, typer.Option(help="Say who looked at which file, and why it was passed over.")] = False,
    environment: Annotated[
        bool, typer.Option(help="Record this machine as the environment where the run recorded none.")
    ] = True,
    key: attesting.Key = None,
    second_key: attesting.SecondKey = None,
    token_command: attesting.TokenCommand = None,
    github: attesting.GitHub = False,
    name: attesting.As = None,
    duty: attesting.Duty = None,
    workspace: Folder = HERE,
    json: Json = False,
) -> None:
    """Attach what finished runs left behind. The same bytes again make no new entry.

    With a key or a pipeline's token, whose it is attests all of it, what was on record before as well.
    """
    from governance.domain.evidence import Role
    from governance.workspace import Workspace

    if about is not None and about not in set(Role):
        raise UsageError(f"--about {about!r} is unknown", hint=f"One of: {', '.join(Role)}.")
    if place is not None and place not in PLACES:
        raise UsageError(f"--place {place!r} is unknown", hint=f"One of: {', '.join(PLACES)}.")
    opened = Workspace(workspace)
    attest = attesting.attester(
        opened, key=key, second=second_key, token_command=token_command, github=github, name=name, duty=duty
    )
    with output.progress("reading") as report:
        done = opened.attach(
            paths,
            system,
            about=Role(about) if about else None,
            names=bound(bind or []),
            place=place,
            explain=explain,
            effective=moment(effective),
            environment=environment,
            attest=attest,
            progress=lambda _, at, total: report(at, total),
        )
    if json:
        output.document("attach.v1", **plain(done, explain=explain))
    else:
        say(done, explain=explain)
        if attest is not None:
            attesting.say(done.attested)
    if done.named_but_not_read:
        raise typer.Exit(UnreadableError.exit_code)


def plain(done: Attached, *, explain: bool) -> dict[str, Any]:
    """What an attach came to, for programs."""
    made: dict[str, Any] = {
        "appended": [vars(item) for item in done.appended],
        "unchanged": [vars(item) for item in done.unchanged],
        "not_read": [{"path": row.path, "reason": row.reason, "collector": row.collector} for row in done.not_read],
        "differences": [each.plain() for each in done.differences],
        "attestation": attesting.plain(done.attested),
    }
    return made | ({"looks": [vars(look) for look in done.looks]} if explain else {})


def say(done: Attached, *, explain: bool) -> None:
    """What an attach came to, for people."""
    rows = [[i.id, i.kind, i.path, i.quality, _about(i)] for i in done.appended]
    output.table("Attached", ["id", "kind", "path", "quality", "about"], rows)
    output.say(f"{len(done.appended)} new, {len(done.unchanged)} unchanged, {len(done.not_read)} not read")
    for item in done.appended:
        if item.quality != "complete":
            output.say(
                f"  {item.quality}: {output.one_line(item.path)}: {'; '.join(map(output.one_line, item.quality_reasons))}"
            )
    if any(_about(item) == "tied to no model" for item in done.appended):
        output.say(
            "  No control accepts what is tied to no model: attach it with its run folder, or declare it with --about or --bind."
        )
    for item in done.appended:
        for conflict in item.conflicts:
            output.say(f"  conflict: {output.one_line(item.path)}: {output.one_line(conflict)}")
    for difference in done.differences:
        output.say(f"  differs: {output.one_line(difference.sentence())}")
    if taken := sum(item.redacted for item in done.appended):
        output.say(f"  {taken} secrets or personal data left out of what was copied")
    for row in done.not_read:
        output.say(f"  not read: {output.one_line(row.path)}: {output.one_line(row.reason)}")
    if explain:
        _explain(done)


def _explain(done: Attached) -> None:
    """For each file who read it; then the files that nobody read, with what each collector for that sort of bytes missed.

    Files that all collectors passed over for the same reasons stand together, and the reasons once.
    """
    output.say("Who looked at what:")
    passed: dict[tuple[tuple[str, str], ...], list[str]] = {}
    others: dict[tuple[tuple[str, str], ...], int] = {}
    for path, group in groupby(done.looks, key=lambda look: look.path):
        looks = list(group)
        took = [look for look in looks if look.answer != "passed over"]
        if not took:
            near = [look for look in looks if not look.reason.startswith("its bytes are")]
            said = tuple((look.collector, output.one_line(look.reason)) for look in near)
            passed.setdefault(said, []).append(output.one_line(path))
            others[said] = len(looks) - len(near)
            continue
        output.say(f"  {output.one_line(path)}")
        for look in took:
            output.say(
                f"    {look.collector}: {look.answer}" + (f": {output.one_line(look.reason)}" if look.reason else "")
            )
    for said, paths in passed.items():
        output.say("  Read by nobody:")
        for path in paths:
            output.say(f"    {path}")
        for collector, reason in said:
            output.say(f"      {collector}: {reason}")
        output.say(f"      {others[said]} other collectors read other sorts of bytes")


def bound(said: list[str]) -> dict[str, str]:
    """Each `NAME=WEIGHTS` as a pair. A name may hold an equals sign, what it stands for may not."""
    pairs = [row.rpartition("=") for row in said]
    for row, (name, _, weights) in zip(said, pairs, strict=True):
        if not name or not weights:
            raise UsageError(f"--bind {row!r} is not NAME=WEIGHTS", hint="For example --bind my-alias=run/final.")
    return {name: weights for name, _, weights in pairs}


def _about(item: Item) -> str:
    """Which model a piece speaks of, and how firmly; who wrote it by hand; a dash where it speaks of no model."""
    if item.declared_by is not None and item.role is None:
        return f"declared by {item.declared_by}"
    if item.role is not None:
        return f"{item.role} {item.bound_to[7:19]}" if item.bound_to else f"{item.role}, by name"
    return "tied to no model" if item.subject_type in ("model", "run") else "–"
