"""How whole a piece of evidence is, gathered while a file is read: the gravest doubt names the quality, all are kept as reasons."""

from __future__ import annotations

from governance.domain.evidence import Quality

_GRAVEST_FIRST = (
    Quality.FAILED,
    Quality.NOT_UNDERSTOOD,
    Quality.PLACEHOLDER,
    Quality.MASKED,
    Quality.PARTIAL,
    Quality.COMPLETE,
)
MOST_REASONS = 20
MOST_LETTERS = 300


class Doubts:
    """What keeps a piece from being complete. Without any it is."""

    def __init__(self) -> None:
        self._held: list[tuple[Quality, str]] = []

    def add(self, quality: Quality, why: str) -> None:
        """Note one doubt; the same twice counts once."""
        if (quality, why) not in self._held:
            self._held.append((quality, why))

    def take(self, other: Doubts) -> None:
        """Note the doubts of another as well."""
        for quality, why in other._held:
            self.add(quality, why)

    def partial(self, why: str) -> None:
        """Only a part was done, or only a part is there."""
        self.add(Quality.PARTIAL, why)

    def placeholder(self, why: str) -> None:
        """A template's marks stand where an answer belongs."""
        self.add(Quality.PLACEHOLDER, why)

    def failed(self, why: str) -> None:
        """The tool did not come to its end, or to no number."""
        self.add(Quality.FAILED, why)

    def masked(self, why: str) -> None:
        """What would identify it was taken out."""
        self.add(Quality.MASKED, why)

    def not_understood(self, why: str) -> None:
        """A part is there and its meaning is not known."""
        self.add(Quality.NOT_UNDERSTOOD, why)

    @property
    def quality(self) -> Quality:
        """The gravest of them."""
        return next((each for each in _GRAVEST_FIRST if any(each is held for held, _ in self._held)), Quality.COMPLETE)

    @property
    def reasons(self) -> tuple[str, ...]:
        """The reasons, gravest first, at most 20 of at most 300 characters."""
        ordered = sorted(self._held, key=lambda pair: _GRAVEST_FIRST.index(pair[0]))
        return tuple(why[:MOST_LETTERS] for _, why in ordered[:MOST_REASONS])
