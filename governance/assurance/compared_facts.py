"""What evidence tells of a candidate beside its scores, field by field on both sides: data, training, machines, energy, scans, terms.

A piece speaks for a side where it is tied to the weights of that side's candidate, or is tied to no weights at all (a data set, a machine);
of several about one thing the newest counts, by the rule of `subjects`. A piece that speaks for both sides is the same evidence and counted
as such: nothing newer came in. What a field does not say on one side is told as such, and is no change to or from nought.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from governance.assurance.subjects import moment, weights
from governance.domain.comparison import FieldChange, FileChanges, FileRow, Thing, Things, Told, Way
from governance.domain.evidence import Role, SubjectType
from governance.verifier.claims import at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from governance.domain.dossier import Dossier
    from governance.domain.evidence import Piece

Field = tuple[str, str, str]
"""Label, pointer, and the form of its number; a pointer that ends in `/*` stands for every name below it."""


@dataclass(frozen=True)
class Sort:
    """How pieces of a kind are read: what names a thing among them, its fields, and which must be alike before numbers compare."""

    kind: str
    named: Callable[[Piece], str]
    fields: tuple[Field, ...]
    alike: tuple[tuple[str, str], ...] = ()
    files: str = ""


def _by(*pointers: str) -> Callable[[Piece], str]:
    def named(piece: Piece) -> str:
        return ", ".join(str(found) for pointer in pointers if (found := at(piece.body, pointer)) is not None)

    return named


def _subject(piece: Piece) -> str:
    return piece.record.subject.name


def _one(_: Piece) -> str:
    return ""


_TRAINING: tuple[Field, ...] = (
    ("Method", "/method", "text"), ("Objective", "/objective", "text"), ("Framework", "/framework", "text"),
    ("Version of the framework", "/framework_version", "text"), ("Base model", "/base_model/name", "text"),
    ("Revision of the base", "/base_model/revision", "text"), ("Adapter", "/adapter/type", "text"),
    ("Adapter rank", "/adapter/r", "number"), ("Adapter alpha", "/adapter/alpha", "number"),
    ("Adapted modules", "/adapter/target_modules", "listed"), ("Seed", "/seed", "number"),
    ("Steps", "/steps", "number"), ("Steps planned", "/max_steps", "number"), ("Passes over the data", "/epochs", "number"),
    ("Finished", "/finished", "text"), ("Ended early by", "/stopped_by", "text"), ("Final training loss", "/final_loss", "number"),
    ("Duration", "/train_runtime_seconds", "duration"), ("Floating-point operations", "/total_flos", "large"),
    ("Training examples", "/train_samples", "number"), ("Starts of the training", "/sessions", "number"),
    ("Processes", "/processes", "number"), ("Revision of the training code", "/code_revision", "text"),
    ("Setting", "/hyperparameters/*", "number"),
)  # fmt: skip
_SETTINGS: tuple[Field, ...] = (
    ("Tool", "/tool", "text"), ("Base model", "/base_model/name", "text"), ("Revision of the base", "/base_model/revision", "text"),
    ("Method", "/method", "text"), ("Adapter", "/adapter/type", "text"), ("Adapter rank", "/adapter/r", "number"),
    ("Adapter alpha", "/adapter/alpha", "number"), ("Precision", "/precision", "text"),
    ("Examples a device", "/batch/per_device", "number"), ("Batches a step", "/batch/gradient_accumulation", "number"),
    ("Learning rate", "/learning_rate", "number"),
    ("Passes over the data", "/epochs", "number"), ("Steps planned", "/max_steps", "number"), ("Seed", "/seed", "number"),
    ("Longest text", "/sequence_length", "number"), ("Optimiser", "/optimizer", "text"), ("Scheduler", "/scheduler", "text"),
    ("Weight decay", "/weight_decay", "number"), ("Held out", "/validation", "number"), ("Base packed as", "/quantized_base", "text"),
    ("Code of the model may run", "/trust_remote_code", "text"), ("File", "/file_sha256", "text"),
)  # fmt: skip
SORTS: Mapping[str, tuple[Sort, ...]] = {
    "data": (
        Sort("dataset-manifest.v1", _subject, (
            ("Content", "/manifest_digest", "text"), ("Rows", "/rows", "number"), ("Rows as stated", "/rows_stated", "number"),
            ("Licence", "/licence/id", "text"), ("Licence in SPDX", "/spdx", "text"), ("Name of the licence", "/licence/name", "text"),
            ("Version", "/version", "text"), ("People must ask for it", "/gated", "text"), ("Languages", "/languages", "listed"),
            ("Made from", "/source_datasets", "listed"), ("Columns", "/columns", "listed"),
            ("Its card tells of personal data", "/statements/personal_data", "text"),
        ), files="/files"),
        Sort("contamination-report.v1", _subject, (
            ("Test questions found in it", "/contaminated_items", "number"), ("Rows searched", "/rows", "number"),
        ), alike=(("method", "/method"), ("tool", "/tool/name"), ("version of the tool", "/tool/version"), ("threshold", "/threshold"))),
        Sort("personal-data-scan.v1", _subject, (
            ("Rows searched", "/rows", "number"), ("Hits", "/entities/*", "number"), ("Still as found", "/unresolved", "number"),
        ), alike=(("tool", "/tool/name"), ("version of the tool", "/tool/version"), ("threshold", "/threshold"))),
    ),
    "training": (Sort("training-run.v1", _one, _TRAINING), Sort("training-settings.v1", _by("/tool"), _SETTINGS)),
    "environment": (
        Sort("compute-environment.v1", _subject, (
            ("Python", "/python", "text"), ("Operating system", "/host/os", "text"), ("Kernel", "/host/kernel", "text"),
            ("Processor", "/cpu/model", "text"), ("Cores", "/cpu/cores", "number"), ("Memory", "/memory_bytes", "size"),
            ("Graphics driver", "/driver", "text"), ("CUDA", "/cuda", "text"), ("First graphics card", "/gpus/0/name", "text"),
            ("Graphics cards", "/gpu_status", "text"), ("Package", "/packages/*", "text"),
        )),
        Sort("source-revision.v1", _by("/repository"), (
            ("Revision of the code", "/commit", "text"), ("Changes that were not committed", "/uncommitted_changes", "text"),
        )),
    ),
    "energy": (
        Sort("energy.v1", _by("/activity", "/task", "/tool/name"), (
            ("Energy", "/kwh", "number"), ("Of graphics cards", "/gpu_kwh", "number"), ("Carbon dioxide", "/co2_grams", "number"),
            ("Duration", "/duration_seconds", "duration"), ("Method", "/method", "text"), ("Covers", "/scope", "text"),
            ("Version of the tool", "/tool/version", "text"), ("Place", "/location", "text"),
        ), alike=(("method", "/method"), ("scope", "/scope"), ("version of the tool", "/tool/version"), ("factor for buildings", "/pue"))),
        Sort("gpu-usage.v1", _by("/activity", "/tool/name"), (
            ("Of graphics cards", "/all/energy_kwh", "number"), ("Use of graphics cards", "/all/utilization_mean_percent", "number"),
            ("Most memory", "/all/memory_used_max_bytes", "size"), ("Power of one card", "/all/power_mean_watts", "number"),
            ("Time watched", "/all/span_seconds", "duration"), ("Cards watched", "/processors", "number"),
            ("Power read from", "/power_from", "text"), ("Version of the tool", "/tool/version", "text"),
        ), alike=(("version of the tool", "/tool/version"), ("what power was read from", "/power_from"))),
        Sort("inference-profile.v1", _by("/place", "/hardware", "/quantisation"), (
            ("Cost of a million tokens", "/cost_per_million_tokens", "number"), ("Cost of all requests", "/cost_total", "number"),
            ("Tokens a second", "/tokens_per_second", "number"), ("Answered within, half of them", "/latency_p50_seconds", "number"),
            ("Answered within, 95 of 100", "/latency_p95_seconds", "number"), ("Most memory", "/peak_memory_bytes", "size"),
            ("Program", "/runtime", "text"), ("Currency", "/currency", "text"),
        ), alike=(("program", "/runtime"), ("currency", "/currency"), ("requests at once", "/concurrent_requests"))),
    ),
    "checks": (
        Sort("security-scan.v1", _by("/target", "/tool/name"), (
            ("Findings", "/findings", "number"), ("Critical", "/critical", "number"), ("High", "/high", "number"),
            ("Medium", "/medium", "number"), ("Low", "/low", "number"), ("Struck out", "/struck_out", "number"),
            ("Came to its end", "/completed", "text"), ("Version of the tool", "/tool/version", "text"),
        ), alike=(("version of the tool", "/tool/version"),)),
        Sort("sbom.v1", _subject, (
            ("Parts listed", "/components", "number"), ("Without a version", "/without_version", "number"),
            ("Without a licence", "/without_licence", "number"), ("Parts under", "/licences/*", "number"),
        )),
    ),
    "terms": (
        Sort("terms-snapshot.v1", _by("/party"), (
            ("Read otherwise than what was read last", "/unreviewed_changes", "number"), ("Document", "/documents/*", "text"),
        )),
        Sort("model-artifacts.v1", _one, (("Licence in the weights", "/declared_in_weights/license", "text"),)),
    ),
}  # fmt: skip
"""What is held against each other, by the section it stands in."""


def things(section: str, before: Dossier, after: Dossier) -> Things:
    """All things of a section: what differs, worst to miss first, and what is the same."""
    made = [
        _thing(sort, name, ours.get(name), theirs.get(name))
        for sort in SORTS[section]
        for ours, theirs in [(_newest(sort, before), _newest(sort, after))]
        for name in sorted({*ours, *theirs})
    ]
    told = [each for each in made if not (each.kind == "model-artifacts.v1" and not each.fields)]
    return Things(
        id=section,
        rows=tuple(sorted((each for each in told if each.way not in ("same", "same-evidence")), key=_place)),
        same=sum(each.way == "same" for each in told),
        carried=sum(each.way == "same-evidence" for each in told),
        before=sum(each.before is not None for each in told),
        after=sum(each.after is not None for each in told),
    )


def file_changes(before: Any, after: Any) -> FileChanges:
    """Two lists of files with `path`, `size` and `sha256`, by path."""
    ours, theirs = _listed(before), _listed(after)
    rows = tuple(
        _file(path, ours.get(path), theirs.get(path))
        for path in sorted({*ours, *theirs})
        if ours.get(path, {}).get("sha256") != theirs.get(path, {}).get("sha256")
    )
    return FileChanges(rows=rows, same=len({*ours, *theirs}) - len(rows))


_ORDER: tuple[Way, ...] = ("removed", "changed", "added")


def _place(thing: Thing) -> tuple[int, str, str]:
    return _ORDER.index(thing.way), thing.kind, thing.name


def _newest(sort: Sort, dossier: Dossier) -> dict[str, Piece]:
    """The newest piece of each name; one that is tied to the weights goes before one that is tied to none."""
    own = weights(dossier.candidate)
    found: dict[str, Piece] = {}
    for piece in dossier.of_kind(sort.kind):
        subject = piece.record.subject
        tied = subject.type is not SubjectType.DATA_SET and subject.digest is not None
        if (tied and subject.digest != own) or subject.role in (Role.BASE, Role.REFERENCE):
            continue
        name = sort.named(piece)
        held = found.get(name)
        if held is None or (tied, moment(piece)) > (held.record.subject.digest == own, moment(held)):
            found[name] = piece
    return found


def _thing(sort: Sort, name: str, before: Piece | None, after: Piece | None) -> Thing:
    if before is not None and after is not None and before.id == after.id:
        return Thing(kind=sort.kind, name=name, way="same-evidence", before=before.id, after=after.id)
    fields, same = _fields(sort, before, after)
    files = None
    if sort.files:
        files = file_changes(
            at(before.body, sort.files) if before else None, at(after.body, sort.files) if after else None
        )
    way: Way = "added" if before is None else "removed" if after is None else "changed"
    if way == "changed" and not fields and not (files and files.rows):
        way = "same"
    return Thing(
        kind=sort.kind,
        name=name,
        way=way,
        before=before.id if before else None,
        after=after.id if after else None,
        fields=fields,
        same=same,
        files=files,
        apart=_apart(sort, before, after) if before and after else "",
    )


def _apart(sort: Sort, before: Piece, after: Piece) -> str:
    """Why numbers of the two are not subtracted, or nothing."""
    said = [
        f"the {what} is {_word(now)} now and was {_word(then)}"
        for what, pointer in sort.alike
        if (now := at(after.body, pointer)) != (then := at(before.body, pointer))
    ]
    return "; ".join(said)


def _fields(sort: Sort, before: Piece | None, after: Piece | None) -> tuple[tuple[FieldChange, ...], int]:
    made, same = [], 0
    for label, name, pointer, form in _spelt(sort, before, after):
        ours, theirs = _told(before, pointer), _told(after, pointer)
        if ours is None and theirs is None:
            continue
        if ours is not None and theirs is not None and ours.value == theirs.value:
            same += 1
            continue
        way: Way = "added" if ours is None else "removed" if theirs is None else "changed"
        made.append(FieldChange(label=label, name=name, way=way, before=ours, after=theirs, form=form))
    return tuple(made), same


def _spelt(sort: Sort, before: Piece | None, after: Piece | None) -> Iterator[tuple[str, str, str, str]]:
    """(label, name, pointer, form): every name below a star, and every titled row of a list, is a field of its own."""
    for label, pointer, form in sort.fields:
        if not pointer.endswith("/*"):
            yield label, "", pointer, form
            continue
        top = pointer[:-2]
        held = [at(piece.body, top) for piece in (before, after) if piece is not None]
        names = {str(name) for each in held if isinstance(each, Mapping) for name in each}
        yield from ((label, name, f"{top}/{_token(name)}", form) for name in sorted(names))
        titles = {
            str(row.get("title")) for each in held if isinstance(each, list) for row in each if isinstance(row, Mapping)
        }
        yield from ((label, title, f"{top}/[{title}]/sha256", form) for title in sorted(titles))


def _told(piece: Piece | None, pointer: str) -> Told | None:
    """What a piece tells at a pointer, or None where it does not; a list without an entry tells nothing."""
    if piece is None:
        return None
    place = _placed(piece, pointer)
    value = at(piece.body, place) if place is not None else None
    if value is None or value in ("", [], {}):
        return None
    return Told(evidence=piece.id, at=place or "", value=value)


def _placed(piece: Piece, pointer: str) -> str | None:
    """The pointer with the row of a title by its number."""
    if "/[" not in pointer:
        return pointer
    top, _, rest = pointer.partition("/[")
    title, _, tail = rest.rpartition("]")
    rows = at(piece.body, top)
    for number, row in enumerate(rows if isinstance(rows, list) else ()):
        if isinstance(row, Mapping) and str(row.get("title")) == title:
            return f"{top}/{number}{tail}"
    return None


def _token(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _listed(rows: Any) -> dict[str, Mapping[str, Any]]:
    return (
        {str(row.get("path")): row for row in rows if isinstance(row, Mapping)}
        if isinstance(rows, (list, tuple))
        else {}
    )


def _file(path: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> FileRow:
    way: Way = "added" if before is None else "removed" if after is None else "changed"
    return FileRow(
        path=path,
        way=way,
        before_size=before.get("size") if before else None,
        after_size=after.get("size") if after else None,
        before_digest=before.get("sha256") if before else None,
        after_digest=after.get("sha256") if after else None,
    )


def _word(value: Any) -> str:
    return "not told" if value is None else str(value)
