"""Marks of origin (C2PA content credentials) as a checker read them off one file.

*Reads* the JSON that c2patool and the C2PA libraries print for one picture, film or sound: a store of manifests with
the active one named, in the short and in the detailed form; with `validation_state` (since 2025) and, before, with a
`validation_status` that lists only what failed.

*Says* whether the mark holds, whether its signer is known to the checker, which specification it follows where that is
said, and what the active manifest says of the origin (`digitalSourceType`), such as media made by a trained algorithm.
One document is one file examined.

*Does not say* that a mark can be trusted because it is valid: a checker calls a mark valid whose signer it does not
know, and then it counts as untrusted. A mark that says nothing about a machine having made the content is partial
evidence, since the content may be anybody's photograph. Newer marks need not name the sort of content, and then it is
null. A file without a mark leaves no document, so nothing is known of those.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from governance.collectors.reading import fields, moments
from governance.collectors.reading.doubts import Doubts
from governance.collectors.reading.interface import Marks, NotMine, OneFile, Tried, not_understood
from governance.domain.evidence import Collector, Subject, SubjectType

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from governance.collectors.reading.answers import Found
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

_MADE = ("algorithmicMedia", "trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia", "compositeSynthetic")
"""What IPTC calls content that a machine made: https://cv.iptc.org/newscodes/digitalsourcetype/."""
_MEDIA = {"image": "image", "video": "video", "audio": "audio", "text": "text", "application": "text"}
_STATES = ("Valid", "Trusted", "Invalid")
_NOT_TRUST = ("signingCredential.untrusted",)


class C2paManifest(OneFile):
    """Finds one examined file for each document."""

    noun = Collector(name="c2pa-manifest", version="1")
    kinds = ("content-provenance.v1",)
    tool = "C2PA"
    tried = (
        Tried("c2pa-python, specification 2.4", "published", "2026-11-25"),
        Tried("c2pa-python 0.38.1 (c2pa-rs 0.91.3)", "recorded", "2026-11-25"),
        Tried("c2patool without a validation state", "written", "2026-11-25"),
    )
    marks = Marks(form="json", words=(b'"active_manifest"', b'"manifests"'))

    def facts(self, folder: Folder, file: File) -> Iterable[Found]:
        """The file that was examined."""
        data = file.json()
        if not isinstance(data, dict) or not isinstance(data.get("manifests"), dict):
            raise NotMine("it holds no store of manifests")
        name = fields.text(data, "active_manifest", most=1000)
        active = data["manifests"].get(name)
        if not isinstance(active, dict):
            raise not_understood(self.tool, None, "the active manifest is not among the manifests")
        doubts = Doubts()
        state, failures = _state(data)
        holds = state != "Invalid"
        sources = sorted(set(_sources(active)))
        if holds and not any(each in _MADE for each in sources):
            doubts.partial("the mark holds and does not say that a machine made the content")
        results = fields.table(data, "validation_results")
        specification = fields.text(results, "specVersion", most=50)
        info = fields.table(active, "signature_info") or fields.table(active, "signature")
        body = {
            "tool": {"name": "C2PA reader", "version": None},
            "standard": f"C2PA {specification}" if specification else "C2PA",
            "media": _media(active),
            "examined": 1,
            "marked": int(holds),
            "unmarked": int(not holds),
            "invalid": int(not holds),
            "untrusted": None if state == "Unasked" else int(state == "Valid"),
            "source_types": sources,
            "failures": failures,
        }
        yield self.found(
            folder,
            file,
            "content-provenance.v1",
            body,
            Subject(type=SubjectType.SYSTEM, name=f"generated content: {file.shown}"[:500]),
            doubts=doubts,
            at=moments.of_text(info.get("time")),
        )


def _state(data: dict[str, Any]) -> tuple[str, list[str]]:
    """The state and the codes that failed; `Unasked` for a whole mark from before states and trust were told."""
    failures = {
        code
        for row in (*fields.rows(data, "validation_status"), *_failures(data))
        if isinstance(row, dict) and isinstance(code := row.get("code"), str) and code and not row.get("success")
    }
    codes = sorted(code[:100] for code in failures)[:50]
    said = fields.text(data, "validation_state")
    if said is not None and said not in _STATES:
        raise not_understood("C2PA", None, f"it calls the mark {said[:40]}, which is no state that is known")
    broken = [code for code in failures if code not in _NOT_TRUST]
    if said is None:
        said = "Invalid" if broken else "Valid" if failures else "Unasked"
    elif said != "Invalid" and broken:
        said = "Invalid"  # a state that what stands below it denies
    elif said == "Trusted" and failures:
        said = "Valid"
    return said, codes


def _failures(data: dict[str, Any]) -> list[Any]:
    return fields.rows(fields.table(fields.table(data, "validation_results"), "activeManifest"), "failure")


def _sources(active: dict[str, Any]) -> Iterator[str]:
    """The last part of each `digitalSourceType` among the actions of a manifest, in both forms."""
    held = [row.get("data") for row in fields.rows(active, "assertions") if isinstance(row, dict)]
    held += list(fields.table(active, "assertion_store").values())
    for assertion in held:
        if not isinstance(assertion, dict) or not isinstance(assertion.get("actions"), list):
            continue
        for action in assertion["actions"]:
            said = action.get("digitalSourceType") if isinstance(action, dict) else None
            if isinstance(said, str) and (word := said.rstrip("/").rpartition("/")[2]):
                yield word[:100]


def _media(active: dict[str, Any]) -> list[str] | None:
    """The sort of content; claims of the second version need not say it."""
    said = fields.text(active, "format") or fields.text(fields.table(active, "claim"), "dc:format") or ""
    medium = _MEDIA.get(said.partition("/")[0])
    return [medium] if medium else None


COLLECTOR = C2paManifest()
