"""The data card as a view: each data set on record, what its manifest says, and what else was looked into.

A piece of evidence belongs to a data set by the digest of its manifest, else by its name alone, and the card says which. A piece that names
the data set and another digest speaks of another state of the data: it is named and not quoted. What names no data set on record stands
apart. A question that nobody answered is printed and counted once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from governance.domain.evidence import SubjectType
from governance.reports.atoms import words
from governance.reports.atoms.views import Phrase, Status, phrase
from governance.reports.card.data_sets import manifests, name_of
from governance.reports.data_card import head as data_card_head
from governance.reports.data_card import told as data_card_told
from governance.reports.data_card.views import DataCardView, DataSetCard, Section, Told
from governance.reports.parts.attested import attested, by_tool, denied, documents_on, evidence_of
from governance.reports.parts.frame import frame

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from governance.domain.case import Case
    from governance.domain.evidence import Piece
    from governance.reports.atoms.views import Attested, Fact
    from governance.reports.claims.references import References
    from governance.reports.data_card.told import Tell

BOUND = Status("tied by digest", "✔", "good")
NAMED = Status("tied by name only", "◐", "warn")
LOOSE = Status("tied to no data set on record", "◐", "warn")
OTHER = Status("of another state of the data", "✘", "bad")

SHOWN = Status("shown by evidence", "✔", "good")
ATTESTED = Status("attested by people", "✎", "note")
IN_CARD = Status("told in its own card alone", "✎", "mute")
DENIED = Status("attested as not in place", "✘", "bad")
MISSING = Status("not evidenced", "○", "gap")
ORDER = (SHOWN, ATTESTED, IN_CARD, DENIED, MISSING)

SPEAKS = {"true": "its card says something on it", "false": "its card says nothing on it"}
KNOWN = {"true": "yes", "false": "no: none is stated, or none can be told"}


@dataclass(frozen=True)
class Asked:
    """What is asked of every data set: kinds of evidence with what each tells, topics people attest, a part of the set's own card."""

    id: str
    title: Phrase
    kinds: Mapping[str, Tell] = field(default_factory=dict)
    topics: tuple[str, ...] = ()
    statement: str = ""


ASKED = (
    Asked("origin", phrase("Where it comes from"), topics=("training-content-summary",), statement="provenance"),
    Asked("labels", phrase("Who wrote the labels, and how"), topics=("labelling",)),
    Asked(
        "personal-data",
        phrase("Personal data"),
        {"personal-data-scan.v1": data_card_told.scan},
        ("data-protection",),
        "personal_data",
    ),
    Asked("deduplication", phrase("Rows that say the same"), {"deduplication-report.v1": data_card_told.deduplication}),
    Asked(
        "contamination",
        phrase("Questions of tests in the data"),
        {"contamination-report.v1": data_card_told.contamination},
    ),
    Asked("quality", phrase("Quality and fitness"), {"data-quality.v1": data_card_told.quality}, ("data-suitability",)),
    Asked("rights", phrase("Rights reserved against mining"), {"rights-reservation-check.v1": data_card_told.rights}),
    Asked(
        "agreements",
        phrase("Agreements and terms"),
        {"data-agreement.v1": data_card_told.agreement, "terms-snapshot.v1": data_card_told.terms},
        ("data-agreement",),
    ),
    Asked(
        "retention", phrase("How long it is kept"), {"data-agreement.v1": data_card_told.retention}, ("data-retention",)
    ),
    Asked("tampering", phrase("Protection against tampering"), topics=("data-tampering",)),
    Asked("limitations", phrase("What it is not good for"), statement="limitations"),
)
"""In the order of print."""

KINDS = tuple(dict.fromkeys(kind for asked in ASKED for kind in asked.kinds))


def offered(case: Case) -> bool:
    """Whether the document is made for a case: a data set is on record."""
    return bool(manifests(case))


def build(case: Case, references: References) -> DataCardView:
    """The view of the data card."""
    found = manifests(case)
    telling = _Telling(case, references, found)
    sets = tuple(telling.data_set(number, manifest) for number, manifest in enumerate(found, start=1))
    loose = telling.loose()
    owner = references.said("Owner", case.dossier.system.owner, "owner")
    contact = references.said("Contact", case.dossier.system.contact, "contact")
    return DataCardView(
        head=data_card_head.head(found[0]) if len(found) == 1 else None,
        index=references.index(),
        sets=sets,
        loose=loose,
        owner=owner,
        contact=contact,
        frame=frame(case, references),
    )


class _Telling:
    """Finds what belongs to a data set, and tells it."""

    def __init__(self, case: Case, references: References, found: tuple[Piece, ...]) -> None:
        self.case, self.references, self.manifests = case, references, found
        self.pieces = [
            piece for kind in KINDS for piece in case.dossier.of_kind(kind) if not references.of_others(piece)
        ]
        self.attested = {row.topic: row for row in attested(case, references)}
        self.denied = denied(case)

    def data_set(self, number: int, manifest: Piece) -> DataSetCard:
        """One data set with all that is on record of it."""
        references = self.references
        anchor = f"set-{number}"
        identity, terms, sources, collection = _described(references, manifest)
        files = {"path": phrase("File"), "size": phrase("Size"), "sha256": phrase("Digest")}
        splits = {"name": phrase("Part"), "rows": phrase("Rows")}
        sections = tuple(self._section(anchor, asked, manifest) for asked in ASKED)
        counts = tuple((status, sum(section.status is status for section in sections)) for status in ORDER)
        kind = self.case.catalogue.kinds.get(manifest.record.kind)
        return DataSetCard(
            name=name_of(manifest),
            anchor=anchor,
            identity=identity,
            files=data_card_told.rows(references, phrase("Files of the data set"), manifest, "/files", files),
            splits=data_card_told.rows(references, phrase("Parts of the data set"), manifest, "/splits", splits),
            terms=terms,
            sources=sources,
            collection=collection,
            sections=sections,
            counts=tuple(pair for pair in counts if pair[1]),
            limit=kind.does_not_say if kind else "",
            cites=(references.cite(manifest.id),),
        )

    def loose(self) -> tuple[Told, ...]:
        """Evidence on data that names no data set on record; terms of a supplier only where they are those of data."""
        tells = {kind: tell for asked in reversed(ASKED) for kind, tell in asked.kinds.items()}
        found = [
            (piece, LOOSE)
            for piece in self.pieces
            if all(_tie(piece, manifest) is None for manifest in self.manifests)
            and (piece.record.kind != "terms-snapshot.v1" or piece.record.subject.type is SubjectType.DATA_SET)
        ]
        return tuple(told for kind in KINDS for _, told in self._told(found, kind, tells[kind]))

    def _section(self, anchor: str, asked: Asked, manifest: Piece) -> Section:
        tied = [
            (piece, tie)
            for piece in self.pieces
            if (tie := _tie(piece, manifest)) is not None and _is_for(asked, piece)
        ]
        quoted = [(piece, tie) for piece, tie in tied if tie is not OTHER]
        found = [pair for kind, tell in asked.kinds.items() for pair in self._told(quoted, kind, tell)]
        topics = [topic for topic in asked.topics if topic.replace("-", " ") in self.attested]
        rows = tuple(self.attested[topic.replace("-", " ")] for topic in topics)
        card = self._card(asked, manifest)
        status = self._status(found, topics, rows, in_card=_speaks(asked, manifest))
        if status is MISSING:
            self.references.lack(str(asked.title))
        return Section(
            id=f"{anchor}-{asked.id}",
            title=asked.title,
            status=status,
            card=card,
            told=tuple(one for _, one in found),
            attested=rows,
            others=self.references.cites(piece.id for piece, tie in tied if tie is OTHER),
            to_add=_to_add(asked) if status is MISSING else (),
        )

    def _card(self, asked: Asked, manifest: Piece) -> Fact | None:
        if not asked.statement:
            return None
        return self.references.choice("Its own card", manifest, f"/statements/{asked.statement}", SPEAKS)

    def _told(self, found: list[tuple[Piece, Status]], kind: str, tell: Tell) -> list[tuple[Piece, Told]]:
        """The newest of each tool, or of each agreement, and how many older ones there are."""
        grouped: dict[str, list[tuple[Piece, Status]]] = {}
        for piece, tie in sorted((pair for pair in found if pair[0].record.kind == kind), key=_rank):
            grouped.setdefault(_key(piece), []).append((piece, tie))
        return [(group[-1][0], self._one(*group[-1], tell, len(group) - 1)) for _, group in sorted(grouped.items())]

    def _one(self, piece: Piece, tie: Status, tell: Tell, earlier: int) -> Told:
        facts, tables = tell(self.references, piece)
        record = piece.record
        kind = self.case.catalogue.kinds.get(record.kind)
        return Told(
            title=kind.title if kind else record.kind,
            tie=tie,
            facts=tuple(facts),
            tables=tuple(table for table in tables if table is not None),
            quality=words.QUALITIES[record.quality],
            limit=kind.does_not_say if kind else "",
            earlier=earlier,
            cites=(self.references.cite(piece.id),),
        )

    def _status(
        self,
        found: list[tuple[Piece, Told]],
        topics: Iterable[str],
        rows: tuple[Attested, ...],
        *,
        in_card: bool,
    ) -> Status:
        said = [piece for piece, told in found if any(not fact.missing for fact in told.facts)]
        if any(by_tool(self.case, piece) for piece in said):
            return SHOWN
        if any(topic in self.denied for topic in topics):
            return DENIED
        if said or rows:
            return ATTESTED
        return IN_CARD if in_card else MISSING


def _described(
    references: References, manifest: Piece
) -> tuple[tuple[Fact, ...], tuple[Fact, ...], tuple[Fact, ...], tuple[Fact, ...]]:
    """(identity, terms, sources, collection) as the manifest describes them."""
    figure, listed, body = references.figure, references.listed, manifest.body
    licence = body.get("licence") or {}
    identity = [
        figure("Name", manifest, "/name"),
        figure("Digest", manifest, "/manifest_digest"),
        figure("Rows", manifest, "/rows"),
        references.length("Files", manifest, "/files") if body.get("files") else figure("Files", manifest, "/files"),
        references.total("Size", manifest, "/files", "size", form="size"),
        listed("Languages", manifest, "/languages"),
        listed("Size as stated", manifest, "/size_categories"),
        figure("Rows as stated", manifest, "/rows_stated") if body.get("rows_stated") is not None else None,
        figure("Version", manifest, "/version") if body.get("version") else None,
        listed("Columns", manifest, "/columns") if body.get("columns") else None,
    ]
    terms = [
        figure("Licence", manifest, "/licence/id" if licence.get("id") else "/licence/name"),
        figure("Licence in words", manifest, "/licence/name") if licence.get("id") and licence.get("name") else None,
        figure("Text of the licence", manifest, "/licence/link") if licence.get("link") else None,
        figure("Licence as SPDX writes it", manifest, "/spdx") if body.get("spdx") else None,
        references.choice("One definite licence", manifest, "/licence/known", KNOWN),
        listed("What keeps it from being definite", manifest, "/problems") if body.get("problems") else None,
        figure("People have to ask for it", manifest, "/gated") if body.get("gated") is not None else None,
    ]
    sources = [
        listed("Made from", manifest, "/source_datasets"),
        listed("Models that wrote text in it", manifest, "/generated_by") if body.get("generated_by") else None,
        references.length("Files named by its description", manifest, "/distribution")
        if body.get("distribution")
        else None,
    ]
    collection = [
        listed("Who wrote labels or answers", manifest, "/annotations_creators"),
        listed("What the data is for", manifest, "/task_categories"),
        listed("Parts that can be loaded", manifest, "/configurations") if body.get("configurations") else None,
        figure("Fill-in texts left in its card", manifest, "/placeholders"),
    ]
    kept = ([fact for fact in part if fact is not None] for part in (identity, terms, sources, collection))
    first, second, third, fourth = (tuple(part) for part in kept)
    return first, second, third, fourth


def _tie(piece: Piece, manifest: Piece) -> Status | None:
    """How a piece is tied to a data set; None where it does not speak of it."""
    subject, body = piece.record.subject, piece.body
    digest = body.get("manifest_digest") or (subject.digest if subject.type is SubjectType.DATA_SET else None)
    held = manifest.body.get("manifest_digest")
    if digest and held and digest == held:
        return BOUND
    names = {name_of(manifest), manifest.record.subject.name}
    if not names & {str(body.get("name") or ""), subject.name}:
        return None
    return OTHER if digest and held else NAMED


def _is_for(asked: Asked, piece: Piece) -> bool:
    """Whether a piece can answer what is asked. An agreement speaks of keeping the data only where it has a last day."""
    if piece.record.kind not in asked.kinds:
        return False
    return asked.id != "retention" or bool(piece.body.get("ends"))


def _speaks(asked: Asked, manifest: Piece) -> bool:
    return bool(asked.statement) and (manifest.body.get("statements") or {}).get(asked.statement) is True


def _key(piece: Piece) -> str:
    """What sets pieces of a kind apart: the tool and its set of rules, or the agreement."""
    body = piece.body
    tool = body.get("tool") or {}
    return "\n".join(
        str(part or "") for part in (tool.get("name"), body.get("suite"), body.get("party"), body.get("title"))
    )


def _rank(pair: tuple[Piece, Status]) -> tuple[bool, float, int]:
    piece, tie = pair
    return tie is BOUND, piece.when.timestamp(), piece.seq


def _to_add(asked: Asked) -> tuple[Phrase, ...]:
    """What would answer it."""
    return (
        *evidence_of(asked.kinds),
        *documents_on(asked.topics),
        *((phrase("a part on it in the data set's own card"),) if asked.statement else ()),
    )
