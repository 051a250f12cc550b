"""Provenance of a build: who built what from which materials, in the SLSA form.

*Reads* in-toto statements with an SLSA provenance predicate (0.1, 0.2, 1 and its candidates), bare, in a DSSE envelope,
or in a Sigstore bundle as GitHub's attestations are; one to a file, one a line, or in the lists that the GitHub and npm
interfaces, `gh attestation verify` and Google Cloud hand out.

*Says* which builder says that it built which subjects by which sort of build, how many materials it used and how many
of them name a digest, and the digest of what whoever started the build could choose. A statement without a builder,
without a subject digest, or with none of its materials listed or pinned is partial, and one whose signature was not
made with the certificate that comes with it is failed.

*Does not say* that the builder is the one it names: `signature_verified` is null, for that takes a trusted root or key
which nobody named here; it is false where the signature does not fit. A bare statement bears no signature at all. The
parameters themselves are not copied, because they may hold secrets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from governance.collectors.formats import dsse
from governance.collectors.reading import fields, moments
from governance.collectors.reading.doubts import Doubts
from governance.collectors.reading.interface import Marks, NotMine, OneFile, Tried, not_understood
from governance.domain.evidence import Collector, Subject, SubjectType
from governance.errors import UnreadableError
from governance.parsing import canonical, strict_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from governance.collectors.reading.answers import Found
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

MARK = "slsa.dev/provenance/"
MOST_STATEMENTS = 1000
MOST_LISTED = 200
_ALGORITHMS = ("sha256", "sha512", "gitCommit", "sha1")


class Provenance(OneFile):
    """Finds one provenance for each statement."""

    noun = Collector(name="provenance", version="1")
    kinds = ("build-provenance.v1",)
    tool = "SLSA provenance"
    tried = (
        Tried("0.2", "written", "2026-11-25"),
        Tried("1", "recorded", "2026-11-25"),
    )
    marks = Marks(form="json", any_of=(MARK.encode(), *dsse.spellings(MARK.encode())))

    def facts(self, folder: Folder, file: File) -> Iterable[Found]:
        """One fact a statement; other sorts of statement in the same file are passed over."""
        made = [
            self._fact(folder, file, statement, signed, denied=denied)
            for document in _documents(file)
            for statement, signed, denied in [_statement(document)]
            if MARK in str(statement.get("predicateType"))
        ]
        if not made:
            raise NotMine("no statement in it is a provenance")
        return made

    def _fact(self, folder: Folder, file: File, statement: dict[str, Any], signed: int, *, denied: bool) -> Found:
        predicate = fields.table(statement, "predicate")
        said = str(statement["predicateType"])[:200]
        read = _first(predicate) if "buildDefinition" in predicate or "runDetails" in predicate else _before(predicate)
        if not predicate or (read["builder"] is None and read["build_type"] is None):
            raise not_understood(self.tool, said.rpartition("/")[2], "it names neither a builder nor a sort of build")
        subjects = _pinned(statement, "subject")
        materials = read.pop("materials")
        finished, started = read.pop("finished"), read.pop("started")
        digests = [digest for _, digest in subjects if digest]
        doubts = Doubts()
        if not digests:
            doubts.partial("no subject is named by a digest, so nobody can tell what was built")
        if read["builder"] is None:
            doubts.partial("the statement names no builder")
        if not materials:
            doubts.partial("the statement lists none of the materials that the build used")
        elif not any(digest for _, digest in materials):
            doubts.partial("none of the materials is pinned by a digest")
        if denied:
            doubts.failed("a signature was not made over this statement with the certificate that comes with it")
        body = {
            "predicate_type": said,
            **read,
            "subjects": [{"name": name, "digest": digest} for name, digest in subjects[:MOST_LISTED]],
            "materials": [{"name": name, "digest": digest} for name, digest in materials[:MOST_LISTED]],
            "materials_count": len(materials),
            "materials_unpinned": sum(digest is None for _, digest in materials),
            "signatures": signed,
            "signature_verified": False if denied else None,
        }
        name = next((name for name, _ in subjects if name), None) or "what was built"
        return self.found(
            folder,
            file,
            "build-provenance.v1",
            body,
            Subject(type=SubjectType.DOCUMENT, name=name[:500]),
            doubts=doubts,
            at=moments.of_text(finished) or moments.of_text(started),
        )


def _documents(file: File) -> Iterator[dict[str, Any]]:
    """The document in a file, or one a line."""
    try:
        whole = file.json()
    except UnreadableError as error:
        head, _, rest = file.data().strip().partition(b"\n")
        if not rest.strip() or not head.rstrip().endswith(b"}"):
            raise
        try:
            strict_json.loads(head)
        except UnreadableError:
            raise error from None
        yield from _by_line(file)
        return
    if not isinstance(whole, (dict, list)):
        raise NotMine("no statement at the top")
    for each in [whole] if isinstance(whole, dict) else whole:
        if isinstance(each, dict):
            yield from _unwrapped(each)


def _by_line(file: File) -> Iterator[dict[str, Any]]:
    for number, line in file.lines():
        if number > MOST_STATEMENTS:
            raise UnreadableError(f"holds more than {MOST_STATEMENTS:,} statements")
        if line.strip():
            try:
                value = strict_json.loads(line)
            except UnreadableError as error:
                raise UnreadableError(f"line {number} is broken: {error.message}") from None
            if not isinstance(value, dict):
                raise UnreadableError(f"line {number} is not an object")
            yield from _unwrapped(value)


def _unwrapped(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The bundles, envelopes and statements inside what an interface returns for an attestation, or for a list of them."""
    for key in ("bundle", "attestation", "provenance_summary", "envelope"):
        if isinstance(inner := document.get(key), dict):
            yield from _unwrapped(inner)
            return
    for key in ("attestations", "provenance"):
        if isinstance(listed := document.get(key), list):
            if len(listed) > MOST_STATEMENTS:
                raise UnreadableError(f"holds more than {MOST_STATEMENTS:,} statements")
            for each in listed:
                if isinstance(each, dict):
                    yield from _unwrapped(each)
            return
    yield document


def _statement(document: dict[str, Any]) -> tuple[dict[str, Any], int, bool]:
    """A statement, how many signatures stand over it, and whether one of them does not fit its own certificate."""
    if "predicateType" in document and "_type" in document:
        return document, 0, False
    if "dsseEnvelope" not in document and not ("payload" in document and "payloadType" in document):
        return ({}, 0, False) if "predicateType" not in document else (document, 0, False)
    envelope = dsse.envelope_in(document)
    if envelope.payload_type != dsse.IN_TOTO:
        return {}, 0, False
    return envelope.statement(), len(envelope.signatures), dsse.denied(document, envelope)


def _first(predicate: dict[str, Any]) -> dict[str, Any]:
    """Version 1: what was to be built apart from how it ran. https://slsa.dev/spec/v1.0/provenance."""
    definition, details = fields.table(predicate, "buildDefinition"), fields.table(predicate, "runDetails")
    metadata = fields.table(details, "metadata")
    return {
        "builder": fields.text(fields.table(details, "builder"), "id", most=1000),
        "build_type": fields.text(definition, "buildType", most=1000),
        "parameters_digest": _digest_of(definition.get("externalParameters")),
        "materials": _pinned(definition, "resolvedDependencies"),
        "started": metadata.get("startedOn"),
        "finished": metadata.get("finishedOn"),
    }


def _before(predicate: dict[str, Any]) -> dict[str, Any]:
    """Versions 0.1 and 0.2. https://slsa.dev/spec/v0.2/provenance."""
    metadata = fields.table(predicate, "metadata")
    recipe = fields.table(predicate, "recipe")
    invocation = fields.table(predicate, "invocation") or recipe
    chosen = {key: value for key, value in invocation.items() if key != "environment"}
    return {
        "builder": fields.text(fields.table(predicate, "builder"), "id", most=1000),
        "build_type": fields.text(predicate, "buildType", most=1000) or fields.text(recipe, "type", most=1000),
        "parameters_digest": _digest_of(chosen),
        "materials": _pinned(predicate, "materials"),
        "started": metadata.get("buildStartedOn"),
        "finished": metadata.get("buildFinishedOn"),
    }


def _digest_of(value: Any) -> str | None:
    """The digest over a value in its canonical form (RFC 8785); None where there is none."""
    return canonical.digest(value) if value else None


def _pinned(holder: dict[str, Any], key: str) -> list[tuple[str | None, str | None]]:
    """Names with the digest that pins each, as `algorithm:hex`."""
    made: list[tuple[str | None, str | None]] = []
    for row in fields.rows(holder, key):
        if not isinstance(row, dict):
            raise UnreadableError(f"an entry of {key} is not an object")
        digests = fields.table(row, "digest")
        known = [(algorithm, fields.text(digests, algorithm)) for algorithm in (*_ALGORITHMS, *sorted(digests))]
        digest = next((f"{algorithm}:{value}"[:300] for algorithm, value in known if value), None)
        name = fields.text(row, "name", most=2000) or fields.text(row, "uri", most=2000)
        made.append((name[:500] if name else None, digest))
    return made


COLLECTOR = Provenance()
