"""Whom a fact speaks of: the candidate, its base, or nobody we can tell.

Tools record a name or a path where the weights' digest belongs. These rules tie a fact to weights in the same attach,
and say by what; where two answers are possible, or none, the fact stays unbound, and no control counts it for a
candidate. In order:

1. What the user declares for the attach wins over every rule below.
2. An adapter with its weights is a candidate. A full model is one, unless an adapter in the same attach names it as
   its base.
3. A training run is about the weights in its own folder, else about the only model folder directly in it.
4. An evaluation with an adapter is about the attached adapter of that folder name, if the base it was run on is that
   adapter's base. Without an adapter it is about the base when an attached adapter or run names it so, or about the
   attached full model of that folder name.
5. A finding is about the model in whose folder it was made; a data set about its own files; an environment about its
   host.
6. A record that a person declared says itself whom it speaks of; one about a model that names no digest is tied to the
   only attached weights that play that part.

A name is a weak tie: somebody who evaluates other weights under the same folder name is not found out here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from governance.collectors.formats.settings import is_path, last_part, same_model
from governance.domain.evidence import Role, Subject, SubjectType

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from governance.collectors.reading.answers import Found

DECLARED = "declared at attach"
_EVALUATIONS = ("eval-run.v1", "eval-samples.v1")


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


def bind(found: Sequence[Found], about: Role | None = None) -> tuple[Found, ...]:
    """The same facts, each with its subject settled."""
    models = [fact for fact in found if fact.kind == "model-artifacts.v1"]
    runs = [fact for fact in found if fact.kind == "training-run.v1"]
    weights = _weights(models, runs)
    bases = [each.base for each in weights if each.base] + [_base_name(run.body) for run in runs]
    return tuple(replace(fact, subject=_subject(fact, weights, bases, about)) for fact in found)


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


def _subject(fact: Found, weights: Sequence[_Weights], bases: Sequence[str | None], about: Role | None) -> Subject:
    if fact.declared_by is not None:
        return _of_record(fact, weights)
    if fact.kind == "dataset-manifest.v1":
        return fact.subject.model_copy(update={"digest": fact.body["manifest_digest"]})
    if fact.kind == "training-run.v1":
        subject = _of_run(fact, weights)
    elif fact.kind == "model-artifacts.v1":
        subject = _of_weights(fact, weights)
    elif fact.kind in _EVALUATIONS:
        subject = _of_evaluation(fact, weights, bases)
    elif fact.kind == "finding.v1":
        subject = _of_finding(fact, weights)
    else:
        return fact.subject
    return _declared(subject, fact, weights, about) if about is not None else subject


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


def _of_run(fact: Found, weights: Sequence[_Weights]) -> Subject:
    same = [each for each in weights if each.whole and each.place == fact.place]
    if len(same) == 1:
        return _tied(replace(same[0], role=Role.CANDIDATE), "same folder as the weights")
    directly = [each for each in weights if each.whole and each.place.rpartition("/")[0] == fact.place]
    if not same and len(directly) == 1:
        return _tied(replace(directly[0], role=Role.CANDIDATE), f"the weights in its folder {directly[0].name}")
    return fact.subject


def _of_finding(fact: Found, weights: Sequence[_Weights]) -> Subject:
    same = [each for each in weights if each.place == fact.place]
    return _tied(same[0], "found in the folder of this model") if len(same) == 1 else fact.subject


def _of_record(fact: Found, weights: Sequence[_Weights]) -> Subject:
    subject = fact.subject
    fits = [each for each in weights if each.whole and each.role is subject.role]
    if subject.type is not SubjectType.MODEL or subject.digest is not None or len(fits) != 1:
        return subject
    return _tied(fits[0], f"{subject.bound_by}; the only attached weights of that part")


def _of_evaluation(fact: Found, weights: Sequence[_Weights], bases: Sequence[str | None]) -> Subject:
    model = fact.body["model"]
    name, adapter = model["name"], model["adapter"]
    if adapter:
        named = [each for each in weights if each.form == "adapter" and each.name == last_part(adapter)]
        if len(named) == 1 and named[0].whole and same_model(name, named[0].base):
            return _tied(named[0], f"adapter folder {named[0].name} on its own base {name}")
        return fact.subject
    attached = [each for each in weights if each.form == "full-model" and each.whole and _is_named(each, name)]
    if len(attached) == 1:
        return _tied(attached[0], f"the attached model folder {attached[0].name}")
    if not attached and any(same_model(name, base) for base in bases):
        return Subject(
            type=SubjectType.MODEL,
            name=fact.subject.name,
            role=Role.BASE,
            bound_by="named as the base in this attach",
        )
    return fact.subject


def _is_named(weights: _Weights, name: str) -> bool:
    """True when a name means this folder: its whole path, or a path or a plain word that ends in its folder name."""
    if name.rstrip("/") == weights.place:
        return True
    return (is_path(name) or "/" not in name.rstrip("/")) and last_part(name) == weights.name


def _base_name(body: dict[str, Any]) -> str | None:
    named: str | None = body["base_model"]["name"]
    return named
