"""Which files a model signature speaks of, and whether those in a folder are the same.

The list of what was signed has changed its place: in version 0.2 of OpenSSF Model Signing each file is a subject of the
statement; since 0.3 the statement has one subject, the model, and lists the files in its predicate. A model of one file
is listed as `.`. The comparison runs both ways: every signed file has to be there unchanged, and nothing may lie there
that was not signed.

Source: https://github.com/sigstore/model-transparency, `docs/model_signing_format.md` and
`src/model_signing/manifest.py`.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from governance.collectors.formats import model_files
from governance.collectors.reading import fields
from governance.collectors.reading.files import hash_all
from governance.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

MARK = "https://model_signing/"
MOST_FILES = 100_000
MOST_PROBLEMS = 50
MOST_FOLDERS = 200
_OF_GIT = frozenset({".git", ".github", ".gitattributes", ".gitignore"})
_HEX = re.compile(r"[0-9a-fA-F]{64}")


@dataclass(frozen=True)
class Signed:
    """What a statement lists: digests by path, how they were made, and what the signer left out."""

    name: str | None
    digests: dict[str, str | None]
    """The SHA-256 of each file in hex, or None where it was hashed in a way that is not computed here."""
    manifest_digest: str | None
    consistent: bool
    """False where the list does not come to the digest that stands over it."""
    left_out: frozenset[str]
    how: str | None
    """What is not computed here, in words; None where all can be compared."""


@dataclass
class Comparison:
    """How the files of one folder compare with what was signed."""

    folder: Folder | None = None
    found: int = 0
    problems: list[str] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    """What lies there and the signer chose not to sign, Git's own files aside."""
    not_covered: int | None = None


def signed_in(statement: dict[str, Any]) -> Signed:
    """The list of files in a statement; raises `UnreadableError` where it is none."""
    subjects = [row for row in fields.rows(statement, "subject") if isinstance(row, dict)]
    predicate = fields.table(statement, "predicate")
    rows = next((fields.rows(predicate, key) for key in ("resources", "files", "shards") if key in predicate), None)
    settings = fields.table(predicate, "serialization")
    top = None if rows is None or len(subjects) != 1 else fields.text(fields.table(subjects[0], "digest"), "sha256")
    listed = list(_resources(rows) if rows is not None else _subjects(subjects))
    if not listed:
        raise UnreadableError("the signature lists no file")
    if len(listed) > MOST_FILES:
        raise UnreadableError(f"the signature lists {len(listed):,} files, more than {MOST_FILES:,}")
    name = fields.text(subjects[0], "name") if rows is not None and subjects else None
    digests: dict[str, str | None] = {}
    for path, algorithm, digest in listed:
        if not path or path in digests:
            raise UnreadableError("the signature lists a file without a name, or one twice")
        digests[path] = digest.lower() if algorithm in ("sha256", "file-sha256") and _HEX.fullmatch(digest) else None
    how = None
    if fields.text(settings, "method") == "shards" or "shards" in predicate:
        digests = dict.fromkeys({path.rsplit(":", 2)[0] for path in digests})
        how = "the files were signed in shards"
    elif None in digests.values():
        how = "files were hashed with another algorithm than SHA-256"
    if list(digests) == ["."]:  # the model is one file, and the subject bears its name
        digests = {name or ".": digests["."]}
    return Signed(
        name=name,
        digests=digests,
        manifest_digest=f"sha256:{top.lower()}" if top and _HEX.fullmatch(top) else None,
        consistent=rows is None or _root(listed) == (top or "").lower(),
        left_out=frozenset(fields.texts(settings, "ignore_paths", most=1000)),
        how=how,
    )


def compare(signed: Signed, folders: Iterable[Folder], besides: set[str]) -> Comparison:
    """The comparison with the folder that holds most of the signed files, the first of `folders` before all others.

    `besides` are the paths on disk of signatures and keys, which nobody expects to be signed.
    """
    ranked = list(_ranked(signed, folders))
    most = max((rank for rank, _ in ranked), default=0)
    best = [folder for rank, folder in ranked if rank == most] if most else []
    if best and int(ranked[0][0]) == int(most):
        best = [ranked[0][1]]
    made = [_against(signed, folder, besides) for folder in best[:8]]
    return min(made, key=lambda each: len(each.problems), default=Comparison())


def _ranked(signed: Signed, folders: Iterable[Folder]) -> Iterator[tuple[float, Folder]]:
    """Each folder by how many of the first signed files lie in it; the signed name breaks a tie."""
    probes = list(signed.digests)[:50]
    for number, folder in enumerate(folders):
        if number >= MOST_FOLDERS:
            return
        there = sum(folder.beside(path) is not None for path in probes)
        yield (there + 0.5 if there and folder.name == signed.name else there), folder


def _against(signed: Signed, folder: Folder, besides: set[str]) -> Comparison:
    made = Comparison(folder=folder)
    there = {path: file for path in signed.digests if (file := folder.beside(path)) is not None}
    made.found = len(there)
    hash_all(file for path, file in there.items() if signed.digests[path])
    for path, digest in signed.digests.items():
        file = there.get(path)
        if file is None:
            made.problems.append(f"{path} was signed and is not there")
        elif file.is_lfs_pointer:
            made.unchecked.append(f"{path} is a Git LFS pointer, not the file itself")
        elif digest is not None and file.sha256 != f"sha256:{digest}":
            made.problems.append(f"{path} is not the file that was signed")
    if signed.how:
        made.unchecked.append(f"{signed.how}, and that digest is not computed here")
    if folder.listed_by_name:
        made.unchecked.append("the folder was not attached, so nobody looked for files that were added to it")
    else:
        _look_for_more(signed, folder, besides, made)
    if len(made.problems) > MOST_PROBLEMS:
        more = len(made.problems) - MOST_PROBLEMS
        made.problems = [*made.problems[:MOST_PROBLEMS], f"and {more:,} files more"]
    made.problems = [problem[:1000] for problem in made.problems]
    return made


def _look_for_more(signed: Signed, folder: Folder, besides: set[str], made: Comparison) -> None:
    """Files that lie there unsigned: a problem, unless the signer left them out and no loader looks at them."""
    loaded = {file.path for file in model_files.sort(folder).all_files}
    one_file = len(signed.digests) == 1 and signed.name in signed.digests
    made.not_covered = 0
    for path, file in _below(folder, ""):
        if path in signed.digests or (file.path in besides and file.path not in loaded):
            continue
        made.not_covered += 1
        if file.path in loaded:
            made.problems.append(f"{path} is loaded with the model and was not signed")
        elif not one_file and not _is_left_out(path, signed.left_out):
            made.problems.append(f"{path} lies with the model and was not signed")
    chosen = [path for path in sorted(signed.left_out) if path.split("/")[0] not in _OF_GIT]
    made.left_out = [path for path in chosen if made.not_covered and _exists(folder, path, besides)]


def _below(folder: Folder, above: str) -> Iterator[tuple[str, File]]:
    for name, file in folder.files.items():
        yield f"{above}{name}", file
    for child in folder.children:
        yield from _below(child, f"{above}{child.name}/")


def _is_left_out(path: str, left_out: frozenset[str]) -> bool:
    parts = path.split("/")
    return parts[0] in _OF_GIT or any("/".join(parts[:depth]) in left_out for depth in range(1, len(parts) + 1))


def _exists(folder: Folder, path: str, besides: set[str]) -> bool:
    file = folder.beside(path)
    return (file is not None and file.path not in besides) or any(child.name == path for child in folder.children)


def _resources(rows: list[Any]) -> Iterator[tuple[str, str, str]]:
    for row in rows:
        if not isinstance(row, dict):
            raise UnreadableError("a signed file is not an object")
        texts = [fields.text(row, key, most=1000) or "" for key in ("name", "algorithm", "digest")]
        yield texts[0], texts[1], texts[2]


def _subjects(subjects: list[dict[str, Any]]) -> Iterator[tuple[str, str, str]]:
    for row in subjects:
        said = fields.text(fields.table(row, "annotations"), "actual_hash_algorithm") or "sha256"
        yield fields.text(row, "name", most=1000) or "", said, fields.text(fields.table(row, "digest"), "sha256") or ""


def _root(listed: list[tuple[str, str, str]]) -> str:
    """The digest over the digests, in their order; names take no part in it."""
    digest = hashlib.sha256()
    for _, _, value in listed:
        try:
            digest.update(bytes.fromhex(value))
        except ValueError:
            return ""
    return digest.hexdigest()
