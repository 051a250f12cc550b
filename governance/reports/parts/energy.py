"""The energy of a training: which evidence tells it, what it says, and how sure it is of it.

Only what speaks of the candidate's training counts: energy that a tool ascribes to an evaluation or to serving is another thing. Where
there is an interval it is printed; most tools state none, and then the document says that no uncertainty was stated, because two estimators
can be several times apart. CodeCarbon gives carbon dioxide in kilograms; evidence holds grams, and so do documents and the Hub.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from governance.domain.evidence import Role
from governance.reports.atoms.views import Fact, Phrase, phrase
from governance.reports.claims import weights
from governance.verifier import figures

if TYPE_CHECKING:
    from governance.domain.case import Case
    from governance.domain.evidence import Piece
    from governance.reports.atoms.views import Cite
    from governance.reports.claims.references import References

KIND = "energy.v1"
METHODS = {
    "measured": "measured: read off a counter or a meter",
    "estimated": "estimated: reckoned by a tool from what it could read",
    "declared": "declared: somebody passed the number on",
}
SCOPES = {
    "process": "the process alone", "gpu": "the graphics cards alone", "machine": "the whole machine",
    "facility": "the machine and its share of the building",
}  # fmt: skip
_TRAINING = ("train", "tun")


@dataclass(frozen=True)
class Energy:
    """The energy of one piece of work.

    `kwh`, `method`, `scope`, `tool`, `mode`, `duration`, `grams`: facts about it, `mode` being the tool's own word for its scope.
    `shares`: the parts of graphics cards, processors and memory that were told apart, and the factors used.
    `low`, `high`: the ends of the interval of the energy that the evidence states, or None each.
    `uncertainty`: what the evidence says of it, in a sentence; `cites`: where it stands.
    """

    kwh: Fact
    method: Fact
    scope: Fact
    tool: Fact
    mode: Fact | None
    duration: Fact
    grams: Fact
    shares: tuple[Fact, ...]
    low: Fact | None
    high: Fact | None
    uncertainty: Phrase
    cites: tuple[Cite, ...]


def of_training(case: Case) -> list[Piece]:
    """The energy evidence of the candidate's training, the one that counts last."""
    return [piece for piece in weights.in_time(case, KIND, Role.CANDIDATE) if is_training(piece)]


def emissions(case: Case) -> Piece | None:
    """The piece whose grams of carbon dioxide may stand in the head of a card.

    It is tied to these very weights, has a number in it, was written by a tool, and is not too old for the policy.
    """
    told = [
        piece
        for piece in of_training(case)
        if weights.bound(case, piece, Role.CANDIDATE)
        and (figures.finite(piece.body.get("co2_grams")) or 0) > 0
        and piece.record.declared_by is None
        and case.too_old(piece) is None
    ]
    return told[-1] if told else None


def energy(references: References, piece: Piece | None) -> Energy:
    """What one piece says, or what nobody said."""
    figure = references.figure
    body = piece.body if piece else {}
    ends = [f"/kwh_interval/{end}" for end in ("lower", "upper")]
    told = body.get("kwh_interval")
    held = isinstance(told, dict) and all(figures.finite(told.get(end)) is not None for end in ("lower", "upper"))
    shares = (
        figure("Of it graphics cards", piece, "/gpu_kwh", digits=4, unit="kWh")
        if body.get("gpu_kwh") is not None
        else None,
        figure("Of it processors", piece, "/cpu_kwh", digits=4, unit="kWh")
        if body.get("cpu_kwh") is not None
        else None,
        figure("Of it memory", piece, "/ram_kwh", digits=4, unit="kWh") if body.get("ram_kwh") is not None else None,
        figure("Factor of the building (PUE)", piece, "/pue") if body.get("pue") is not None else None,
        figure("Carbon dioxide of each kilowatt-hour", piece, "/grid_g_per_kwh", unit="g/kWh")
        if body.get("grid_g_per_kwh") is not None
        else None,
        figure("Place of the power", piece, "/location") if body.get("location") else None,
    )
    return Energy(
        kwh=figure("Energy of the training", piece, "/kwh", digits=4, unit="kWh"),
        method=references.choice("How the energy was found", piece, "/method", METHODS),
        scope=references.choice("What the energy covers", piece, "/scope", SCOPES),
        tool=references.words("Tool", piece, "{} {}", "/tool/name", "/tool/version"),
        mode=figure("Tracking mode", piece, "/tracking_mode") if body.get("tracking_mode") else None,
        duration=figure("Duration of the work", piece, "/duration_seconds", form="duration"),
        grams=figure("Carbon dioxide", piece, "/co2_grams", digits=1, unit="g"),
        shares=tuple(fact for fact in shares if fact is not None),
        low=figure("Energy, lower end", piece, ends[0], digits=4, unit="kWh") if held else None,
        high=figure("Energy, upper end", piece, ends[1], digits=4, unit="kWh") if held else None,
        uncertainty=_uncertainty(held=held, there=piece is not None),
        cites=(references.cite(piece.id),) if piece else (),
    )


def work(piece: Piece) -> dict[str, Any] | None:
    """The same for a chart, by the names of its fields; None without a number."""
    body = piece.body
    kwh = figures.finite(body.get("kwh"))
    if kwh is None:
        return None
    tool, told = body.get("tool") or {}, body.get("kwh_interval") or {}
    return {
        "label": piece.record.subject.name,
        "kwh": float(kwh),
        "method": str(body.get("method") or ""),
        "tool": " ".join(str(part) for part in (tool.get("name"), tool.get("version")) if part),
        "scope": str(body.get("scope") or ""),
        "low": figures.finite(told.get("lower")),
        "high": figures.finite(told.get("upper")),
    }


def _uncertainty(*, held: bool, there: bool) -> Phrase:
    if held:
        return phrase("The evidence states an interval of the energy.")
    if there:
        return phrase("No uncertainty stated: the evidence gives a number and no interval.")
    return phrase("Nobody recorded the energy.")


def is_training(piece: Piece) -> bool:
    """A tool that does not say what was being done is taken at the word of whoever tied it to the weights."""
    said = piece.body.get("activity")
    return said is None or any(part in str(said).lower() for part in _TRAINING)
