"""The model identity: one digest over all the parts that make the model behave as it does.

For a tuned model these are the adapter or the full weights, the base, the tokenizer with its chat template, and the generation
defaults. A part known only by reference (a name, without a digest of its bytes) says so, and the identity then is only as
good as that name: the report prints it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from governance.domain.base import Digest, Noun
from governance.parsing import canonical

if TYPE_CHECKING:
    from governance.domain.evidence import Piece


class Part(Noun):
    """One part of the identity; `digest` is absent where the part is known by name only."""

    part: Literal["adapter", "full-model", "weights", "base", "chat-template", "generation-config"]
    name: str
    digest: Digest | None = None
    revision: str | None = None

    @property
    def by_reference(self) -> bool:
        """True where only a name vouches for the part."""
        return self.digest is None


class ModelIdentity(Noun):
    """All parts, and the digest over their plain forms."""

    name: str
    parts: tuple[Part, ...]

    @property
    def digest(self) -> str:
        """`sha256:…` of the canonical list of parts."""
        return canonical.digest([part.plain() for part in self.parts])

    @property
    def by_reference(self) -> tuple[Part, ...]:
        """The parts known only by name."""
        return tuple(part for part in self.parts if part.by_reference)


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
