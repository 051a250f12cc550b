"""The model identity: one digest over all the parts that make the model behave as it does.

Where a release was named, its parts are the whole release folder, every file of it, and what goes with it: base, adapters, merge
recipe, tokenizer, chat template, generation defaults, quantisation, runtime. Where none was, they are what the attached
artefacts tell: the files that a loader reads, and no others. A part known only by reference (a name, without a digest of
its bytes) says so, and the identity then is only as good as that name: the report prints it.

A model made from another one (quantised, merged, converted) has other bytes, so it is another identity, and inherits nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from governance.domain.base import Digest, Noun
from governance.parsing import canonical
from governance.proofs import manifest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from governance.domain.evidence import Piece

RELEASE = "release-manifest.v1"

PartName = Literal[
    "release", "adapter", "full-model", "weights", "base", "merge-recipe", "tokenizer", "chat-template",
    "generation-config", "quantisation", "runtime",
]  # fmt: skip
WORDS: dict[str, str] = {
    "release": "the release folder",
    "adapter": "the adapter",
    "full-model": "the model",
    "weights": "the weights",
    "base": "the base",
    "merge-recipe": "the merge recipe",
    "tokenizer": "the tokenizer",
    "chat-template": "the chat template",
    "generation-config": "the generation defaults",
    "quantisation": "the quantisation",
    "runtime": "the runtime",
}
"""What a part is called in a sentence."""


class Part(Noun):
    """One part of the identity; `digest` is absent where the part is known by name only."""

    part: PartName
    name: str = Field(min_length=1, max_length=1000)
    digest: Digest | None = None
    revision: str | None = None

    @property
    def by_reference(self) -> bool:
        """True where only a name vouches for the part."""
        return self.digest is None

    @property
    def reference(self) -> str:
        """The name with its revision, where there is one."""
        return f"{self.name}@{self.revision}" if self.revision else self.name


class ModelIdentity(Noun):
    """All parts, and the digest over them."""

    name: str
    parts: tuple[Part, ...]

    @property
    def whole_folder(self) -> bool:
        """True where every file of a release folder counts; false where it is the files that a loader reads."""
        return any(part.part == "release" for part in self.parts)

    @property
    def basis(self) -> str:
        """What the identity is taken over, in words."""
        if self.whole_folder:
            return "identity over every file of the release folder and the parts named with it"
        return "identity over the files a loader reads; no release was named"

    @property
    def digest(self) -> str:
        """`sha256:…` of the canonical list of parts.

        Of a release, a part whose bytes are known counts by its digest alone (see `governance.proofs.manifest.identity`).
        """
        if self.whole_folder:
            return manifest.identity(part.plain() for part in self.parts)
        return canonical.digest([part.plain() for part in self.parts])

    @property
    def by_reference(self) -> tuple[Part, ...]:
        """The parts known only by name."""
        return tuple(part for part in self.parts if part.by_reference)

    def differences(self, later: ModelIdentity) -> tuple[str, ...]:
        """How a later identity differs from this one, a sentence for each part; empty only where their digests are one."""
        if self.digest == later.digest:
            return ()
        said: list[str] = []
        if self.whole_folder != later.whole_folder:
            said.append("a release was named" if later.whole_folder else "no release is named any longer")
        for name, word in WORDS.items():
            before = [part for part in self.parts if part.part == name]
            after = [part for part in later.parts if part.part == name]
            if name != "release" or self.whole_folder == later.whole_folder:
                said += _changes(word, before, after, by_bytes=self.whole_folder or later.whole_folder)
        if said == [f"{WORDS['release']} changed"]:
            return ("files changed that belong to no named part, such as those no loader reads",)
        return tuple(said) or ("its parts stand in another order",)


def identify(artifacts: Piece, base: Piece | None) -> ModelIdentity:
    """Compose the identity from the candidate's artefacts and, where they were attached, the base's."""
    body = artifacts.body
    parts = [Part(part=body["form"], name=str(body["name"]), digest=body["manifest_digest"])]
    named: dict[str, Any] = body.get("base") or {}
    if body["form"] == "adapter" or base is not None:
        parts.append(
            Part(
                part="base",
                name=str(named.get("name") or (base.record.subject.name if base else "not named")),
                digest=base.body["manifest_digest"] if base else None,
                revision=named.get("revision"),
            )
        )
    for part, field in (("chat-template", "chat_template_sha256"), ("generation-config", "generation_config_sha256")):
        if body.get(field):
            parts.append(Part.model_validate({"part": part, "name": part, "digest": body[field]}))
    return ModelIdentity(name=str(body["name"]), parts=tuple(parts))


def released(release: Piece) -> ModelIdentity:
    """The identity that a recorded release states, composed anew from its parts."""
    body = release.body
    return ModelIdentity(
        name=str(body["name"]),
        parts=tuple(
            Part(part=part["part"], name=part["name"], digest=part["digest"], revision=part["revision"])
            for part in body["parts"]
        ),
    )


def _changes(word: str, before: list[Part], after: list[Part], *, by_bytes: bool) -> Iterator[str]:
    """What became of the parts of one name, of which there may be several, in their order."""
    if len(before) != len(after):
        if not before:
            yield f"{word} is named now, and was not"
        elif not after:
            yield f"{word} is not named any longer"
        else:
            yield f"{word}: {len(after)} of them, and there were {len(before)}"
        return
    for old, new in zip(before, after, strict=True):
        if old.digest != new.digest:
            if old.digest is None:
                yield f"{word} is known by its bytes now, and was known by its name only, {old.reference}"
            elif new.digest is None:
                yield f"{word} is known by its name only now, {new.reference}"
            else:
                yield f"{word} changed"
        elif old.reference != new.reference and not (by_bytes and old.digest is not None):
            yield f"{word} is {new.reference} now, and was {old.reference}"
