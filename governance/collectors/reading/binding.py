"""Whom a fact speaks of: the candidate, its base, or nobody we can tell.

Tools record a name or a path where the weights' digest belongs. These rules tie a fact to weights in the same attach,
and say by what; where two answers are possible, or none, the fact stays unbound, and no control counts it for a
candidate. In order:

1. What the user declares wins over every rule below: for one name that a tool wrote (`names`), or for the whole attach.
2. An adapter with its weights is a candidate. A full model is one, unless an adapter in the same attach names it as
   its base.
3. A training run, and the energy, settings and use of processors of one, is about the weights in its own folder, else about the
   only model folder directly in it, else about the only attached folder that its output folder names, else about the only model
   folder that lies in a folder of that name.
4. What tells of a model by name (evaluations, attacks, scans, profiles) is about the attached adapter of that folder name, if
   the base it was run on is that adapter's base. Without an adapter it is about the base when an attached adapter or run
   names it so, or about the attached model of that folder name.
5. A finding or a signature is about the model in whose folder it was made. A data set is about its own files; what else tells of
   data and lies in the folder of one data-set card is about that data set. An environment is about its host, and one that
   knows no host about the only machine recorded in the same attach.
6. A record that a person declared says itself whom it speaks of; one about a model that names no digest is tied to the
   only attached weights that play that part.

Where a declaration and a rule disagree, or a name fits several models, the fact carries the conflict in words.

A name is a weak tie: somebody who evaluates other weights under the same folder name is not found out here.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from governance.collectors.reading.names import is_path, last_part, same_model
from governance.domain.evidence import Role, Subject, SubjectType
from governance.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from governance.collectors.reading.answers import Found

DECLARED = "declared at attach"
_MADE_IN_THE_FOLDER = {"finding.v1", "model-signature.v1"}
_OF_A_RUN = {
    "training-run.v1", "training-settings.v1", "run-record.v1", "energy.v1", "gpu-usage.v1", "source-revision.v1",
}  # fmt: skip


@dataclass(frozen=True)
class Declared:
    """What the user says of the facts of one attach.

    `about` is the part that the models play. `names` ties a name that a tool wrote to weights: to an attached folder by its
    name, or to a manifest digest (or a beginning of one, of at least eight hex digits) that is attached now or was `earlier`.
    `place` is where the model answered that a log of requests tells of; no log knows it.
    """

    about: Role | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    place: str | None = None
    earlier: tuple[Subject, ...] = ()


@dataclass(frozen=True)
class _Weights:
    """One attached model: where it lies, what it is called, and the part it plays."""

    place: str
    name: str
    form: str
    digest: str
    base: str | None
    role: Role | None
    whole: bool


def bind(found: Sequence[Found], declared: Declared | None = None) -> tuple[Found, ...]:
    """The same facts, each with its subject settled. Raises `UsageError` for a declared name that leads to no weights."""
    said = declared or Declared()
    models = [fact for fact in found if fact.kind == "model-artifacts.v1"]
    runs = [fact for fact in found if fact.kind == "training-run.v1"]
    weights = _weights(models, runs)
    bases = [each.base for each in weights if each.base] + [_base_name(run.body) for run in runs]
    attached = _Attached(
        weights=weights,
        bases=[base for base in bases if base],
        targets=_targets(said, weights),
        cards=_cards(found),
        machines=sorted({fact.subject.name for fact in found if _is_machine(fact)}),
    )
    return tuple(_placed(_bound(fact, attached, said.about), said.place) for fact in found)


def _placed(fact: Found, place: str | None) -> Found:
    """A profile of answers with the place that was declared, where its tool left it open."""
    if place is None or fact.kind != "inference-profile.v1" or fact.body.get("place") is not None:
        return fact
    return replace(fact, body={**fact.body, "place": place, "place_from": DECLARED})


@dataclass(frozen=True)
class _Attached:
    """What the rules look at: the weights, the bases named, and where declared names lead."""

    weights: Sequence[_Weights]
    bases: Sequence[str]
    targets: Mapping[str, Subject]
    cards: Mapping[str, Sequence[Subject]]
    machines: Sequence[str]


def _cards(found: Iterable[Found]) -> dict[str, list[Subject]]:
    """The data sets by the folder that their card lies in."""
    made: dict[str, list[Subject]] = {}
    for fact in found:
        if fact.kind == "dataset-manifest.v1" and fact.collector.name == "dataset-card":
            subject = fact.subject.model_copy(update={"digest": fact.body["manifest_digest"]})
            made.setdefault(fact.place, []).append(subject)
    return made


def _is_machine(fact: Found) -> bool:
    return fact.subject.type is SubjectType.ENVIRONMENT and fact.declared_by is None and bool(fact.body.get("host"))


def _targets(said: Declared, weights: Sequence[_Weights]) -> dict[str, Subject]:
    """Each declared name with the weights it stands for."""
    now = [_tied(each, DECLARED) for each in weights if each.whole]
    known = {subject.digest: subject for subject in (*said.earlier, *now) if subject.digest}
    made: dict[str, Subject] = {}
    for name, wanted in said.names.items():
        text = wanted.rstrip("/")
        fits = [
            subject
            for subject in known.values()
            if last_part(text) == subject.name or (len(text.removeprefix("sha256:")) >= 8 and _begins(subject, text))
        ]
        if len(fits) != 1:
            among = ", ".join(f"{each.name} {(each.digest or '')[:19]}" for each in fits or known.values())
            raise UsageError(
                f"{name}={wanted}: {'no' if not fits else 'more than one of the'} attached weights fit",
                hint=f"Name a model folder of this attach or a manifest digest. There are: {among or 'none'}.",
            )
        made[name] = fits[0].model_copy(update={"bound_by": f"{DECLARED}: {name} is {fits[0].name}"[:300]})
    return made


def _begins(subject: Subject, text: str) -> bool:
    return (subject.digest or "").removeprefix("sha256:").startswith(text.removeprefix("sha256:").lower())


def _bound(fact: Found, attached: _Attached, about: Role | None) -> Found:
    subject, conflict = _subject(fact, attached)
    modelled = fact.declared_by is None and (
        subject.type is SubjectType.MODEL or fact.kind in _OF_A_RUN or fact.kind == "model-artifacts.v1"
    )
    if not modelled:
        return replace(fact, subject=subject)
    conflicts = (*fact.conflicts, *((conflict,) if conflict else ()))
    target = next((attached.targets[name] for name in _names_of(fact) if name in attached.targets), None)
    if target is not None and fact.kind != "model-artifacts.v1":
        if subject.digest not in (None, target.digest):
            conflicts += (f"declared to be {target.name}, and by its own words {subject.name}: {subject.bound_by}",)
        return replace(fact, subject=target.model_copy(update={"role": about or target.role}), conflicts=conflicts)
    if about is not None:
        if subject.role not in (None, about):
            conflicts += (
                f"declared to be about the {about}, and by its own words about the {subject.role}: {subject.bound_by}",
            )
        subject = _declared(subject, fact, attached.weights, about)
    return replace(fact, subject=subject, conflicts=tuple(each[:500] for each in conflicts))


def _names_of(fact: Found) -> tuple[str, ...]:
    """What a user would call this fact: the adapter or model a tool wrote down, else its subject; then a run's output folder."""
    model = fact.body.get("model")
    named = (model.get("adapter") or model.get("name")) if isinstance(model, dict) else None
    output = fact.body.get("output_dir")
    return (str(named or fact.subject.name), *([output] if isinstance(output, str) and output else []))


def _weights(models: Iterable[Found], runs: Sequence[Found]) -> list[_Weights]:
    plain = [
        _Weights(
            place=fact.place,
            name=fact.body["name"],
            form=fact.body["form"],
            digest=fact.body["manifest_digest"],
            base=(fact.body["base"] or {}).get("name"),
            role=None,
            whole=bool(fact.body["formats"]),
        )
        for fact in models
    ]
    bases = [each.base for each in plain if each.form == "adapter" and each.base]
    trained = {run.place for run in runs}
    return [replace(each, role=_own_role(each, bases, trained)) for each in plain]


def _own_role(weights: _Weights, bases: Sequence[str], trained: set[str]) -> Role | None:
    if not weights.whole:
        return None
    if weights.form == "adapter":
        return Role.CANDIDATE
    if weights.form == "full-model":
        return Role.BASE if any(_is_named(weights, base) for base in bases) else Role.CANDIDATE
    return Role.CANDIDATE if weights.place in trained else None


def _subject(fact: Found, attached: _Attached) -> tuple[Subject, str | None]:
    """Whom a fact speaks of by the rules, and the conflict that kept it from being told."""
    weights = attached.weights
    if fact.declared_by is not None:
        return _of_record(fact, weights), None
    if fact.subject.type is SubjectType.DATA_SET:
        return _of_data_set(fact, attached), None
    if fact.subject.type is SubjectType.ENVIRONMENT:
        return _of_environment(fact, attached), None
    if fact.kind == "model-artifacts.v1":
        return _of_weights(fact, weights), None
    if fact.kind in _MADE_IN_THE_FOLDER:
        return _of_finding(fact, weights), None
    if fact.kind in _OF_A_RUN and fact.subject.type in (SubjectType.RUN, SubjectType.MODEL):
        return _of_run(fact, weights)
    if fact.subject.type is SubjectType.MODEL and isinstance(fact.body.get("model"), dict):
        return _of_named_model(fact, attached)
    return fact.subject, None


def _declared(subject: Subject, fact: Found, weights: Sequence[_Weights], about: Role) -> Subject:
    only = weights[0] if len(weights) == 1 and weights[0].whole else None
    digest = subject.digest if fact.kind == "model-artifacts.v1" else only.digest if only else subject.digest
    kind = SubjectType.MODEL if digest or subject.type is not SubjectType.RUN else SubjectType.RUN
    return Subject(type=kind, name=subject.name, digest=digest, role=about, bound_by=DECLARED)


def _tied(weights: _Weights, bound_by: str) -> Subject:
    return Subject(
        type=SubjectType.MODEL, name=weights.name, digest=weights.digest, role=weights.role, bound_by=bound_by[:300]
    )


def _of_weights(fact: Found, weights: Sequence[_Weights]) -> Subject:
    own = next(each for each in weights if each.digest == fact.body["manifest_digest"] and each.place == fact.place)
    if own.role is None:
        return Subject(type=SubjectType.MODEL, name=own.name, digest=own.digest)
    why = "an adapter in this attach names it as its base" if own.role is Role.BASE else f"attached as {_form(own)}"
    return _tied(own, why)


def _form(weights: _Weights) -> str:
    return {"adapter": "an adapter", "full-model": "a full model"}.get(weights.form, "the weights in a run's folder")


def _of_run(fact: Found, weights: Sequence[_Weights]) -> tuple[Subject, str | None]:
    whole = [each for each in weights if each.whole]
    same = [each for each in whole if each.place == fact.place]
    if len(same) == 1:
        return _tied(replace(same[0], role=Role.CANDIDATE), "same folder as the weights"), None
    directly = [each for each in whole if each.place.rpartition("/")[0] == fact.place]
    if not same and len(directly) == 1:
        return _tied(replace(directly[0], role=Role.CANDIDATE), f"the weights in its folder {directly[0].name}"), None
    output = fact.body.get("output_dir")
    named = [each for each in whole if isinstance(output, str) and output and last_part(output) == each.name]
    if not same and not directly and len(named) == 1:
        return _tied(replace(named[0], role=Role.CANDIDATE), f"its output folder is {named[0].name}"), None
    inside = [each for each in whole if isinstance(output, str) and output and _parent(each) == last_part(output)]
    if not (same or directly or named) and len(inside) == 1:
        why = f"its output folder {last_part(str(output))} holds {inside[0].name}"
        return _tied(replace(inside[0], role=Role.CANDIDATE), why), None
    several = same if len(same) > 1 else directly if len(directly) > 1 else named if len(named) > 1 else inside
    return fact.subject, _several("the run", several)


def _parent(weights: _Weights) -> str:
    """The name of the folder that the folder of the weights lies in."""
    return last_part(weights.place.rpartition("/")[0])


def _several(what: str, weights: Sequence[_Weights]) -> str | None:
    """The conflict where several attached weights could be meant."""
    if len(weights) < 2:
        return None
    listed = ", ".join(f"{each.name} {each.digest[:19]}" for each in weights[:5])
    return f"{what} could be about {len(weights)} attached models, so it is tied to none: {listed}"


def _of_data_set(fact: Found, attached: _Attached) -> Subject:
    cards = attached.cards.get(fact.place, ())
    if len(cards) == 1 and fact.collector.name != "dataset-card":
        return cards[0].model_copy(update={"bound_by": "lies in the folder of this data set"})
    digest = fact.body.get("manifest_digest") if fact.kind == "dataset-manifest.v1" else fact.subject.digest
    return fact.subject.model_copy(update={"digest": digest})


def _of_environment(fact: Found, attached: _Attached) -> Subject:
    if _is_machine(fact) or len(attached.machines) != 1:
        return fact.subject
    why = "the only machine recorded in this attach"
    return fact.subject.model_copy(update={"name": attached.machines[0], "bound_by": why})


def _of_finding(fact: Found, weights: Sequence[_Weights]) -> Subject:
    same = [each for each in weights if each.place == fact.place]
    return _tied(same[0], "found in the folder of this model") if len(same) == 1 else fact.subject


def _of_record(fact: Found, weights: Sequence[_Weights]) -> Subject:
    subject = fact.subject
    fits = [each for each in weights if each.whole and each.role is subject.role]
    if subject.type is not SubjectType.MODEL or subject.digest is not None or len(fits) != 1:
        return subject
    return _tied(fits[0], f"{subject.bound_by}; the only attached weights of that part")


def _of_named_model(fact: Found, attached: _Attached) -> tuple[Subject, str | None]:
    model = fact.body["model"]
    name, adapter, digest = str(model.get("name") or ""), model.get("adapter"), model.get("digest")
    whole = [each for each in attached.weights if each.whole]
    if digest is not None:
        same = next((each for each in whole if each.digest == digest), None)
        return (_tied(same, "the digest that the tool wrote down") if same else fact.subject), None
    if adapter:
        named = [each for each in whole if each.form == "adapter" and each.name == last_part(adapter)]
        if len(named) == 1 and same_model(name, named[0].base):
            return _tied(named[0], f"adapter folder {named[0].name} on its own base {name}"), None
        return fact.subject, _several(adapter, named)
    fits = [each for each in whole if each.form != "adapter" and _is_named(each, name)]
    # An adapter folder is a model of its own where a tool was given the folder and found the base by itself. A scanner is
    # always given a folder, and writes down its last part.
    given = is_path(name) or fact.kind == "security-scan.v1"
    fits = fits or [each for each in whole if each.form == "adapter" and given and _is_named(each, name)]
    if len(fits) == 1:
        return _tied(fits[0], f"the attached model folder {fits[0].name}"), None
    if not fits and any(same_model(name, base) for base in attached.bases):
        why = "named as the base in this attach"
        return Subject(type=SubjectType.MODEL, name=fact.subject.name, role=Role.BASE, bound_by=why), None
    return fact.subject, _several(name, fits)


def _is_named(weights: _Weights, name: str) -> bool:
    """True when a name means this folder: its whole path, or a path or a plain word that ends in its folder name."""
    if name.rstrip("/") == weights.place:
        return True
    return (is_path(name) or "/" not in name.rstrip("/")) and last_part(name) == weights.name


def _base_name(body: dict[str, Any]) -> str | None:
    named: str | None = body["base_model"]["name"]
    return named
