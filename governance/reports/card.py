"""The model card as a view, in the sections of "Model Cards for Model Reporting" (Mitchell et al., 2019).

Every figure is a fact with a citation; what nobody measured prints "not evidenced"; what somebody wrote prints who.
The card tells the model as it is recorded now: evidence about other weights than the candidate's stays out of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from governance.domain.evidence import Piece, Role
from governance.reports import evaluation, figures, hub, sign_offs, words
from governance.reports.attested import attested
from governance.reports.card_views import CardView, DataSet
from governance.reports.curve import curve
from governance.reports.frame import frame
from governance.reports.references import References
from governance.reports.risks import register
from governance.reports.views import Status

if TYPE_CHECKING:
    from governance.domain.case import Case
    from governance.reports.views import Fact, Said

TOP_RISKS = 8
SHAPING_PACKAGES = (
    "torch", "transformers", "peft", "trl", "accelerate", "datasets", "tokenizers", "safetensors", "bitsandbytes",
    "deepspeed", "lm-eval", "lm_eval", "numpy",
)  # fmt: skip
_SPOKEN = Status("stated", "✔", "good")
_UNSPOKEN = Status("not stated", "○", "gap")


def build(case: Case) -> CardView:
    """The view of the model card."""
    references = References(case)
    artefacts = case.dossier.candidate
    data_sets = _data_sets(case)
    results, safety = evaluation.rows(case, references)
    gaps = evaluation.gaps(case, references)
    risks = register(case, references)
    runs = evaluation.in_time(case, "training-run.v1", Role.CANDIDATE)
    run = runs[-1] if runs else None
    stated = _stated(case, references)
    details = _details(references, artefacts)
    training = _training(references, run)
    environment, packages = _environment(case, references)
    described = tuple(_data_set(references, piece) for piece in data_sets) or (_data_set(references, None),)
    return CardView(
        head=hub.head(case, artefacts, data_sets),
        index=references.index(),
        details=details,
        data_sets=described,
        training=training,
        curve=curve(run, references),
        runs=len(runs),
        results=results,
        safety=safety,
        gaps=tuple(gap for gap in gaps if not evaluation.is_safety(gap)),
        safety_gaps=tuple(gap for gap in gaps if evaluation.is_safety(gap)),
        gate=f"The policy {case.gate.policy} answers {case.gate.answer}: {case.gate.reason}.",
        signed=_signed(case),
        sign_offs=sign_offs.rows(case, references),
        worse=sum(row.verdict is evaluation.WORSE for row in (*results, *safety)),
        attested=attested(case, references),
        risks=risks.rows[:TOP_RISKS],
        register_total=risks.total,
        environment=environment,
        packages=packages,
        frame=frame(case, references),
        **stated,
    )


def _signed(case: Case) -> str:
    """The latest word on this very identity whose signature counts, and what became of it."""
    identity = case.dossier.identity
    ours = [
        one
        for one in case.dossier.valid
        if identity
        and one.decision.identity == identity.digest
        and (one.decision.decision.approves or one.decision.decision.ends)
    ]
    if not ours:
        return "Nobody has signed a decision on this identity."
    last = ours[-1].decision
    state = sign_offs.state_of(sign_offs.states(case).get(ours[-1].id))
    decided = words.DECISIONS[last.decision].word
    return f"{last.signer}, {last.role}, decided on {last.signed_at:%Y-%m-%d}: {decided}; {state.word}."


def _stated(case: Case, references: References) -> dict[str, Said]:
    system, said = case.dossier.system, references.said
    base = system.base_model
    parts = (
        (base.name, _named("licence", base.licence), base.licence_link, _named("revision", base.revision))
        if base
        else ()
    )
    return {
        "description": said("Description", system.description, "description"),
        "purpose": said("Purpose", system.purpose, "purpose"),
        "owner": said("Owner", system.owner, "owner"),
        "contact": said("Contact", system.contact, "contact"),
        "users": said("Users", system.users, "users"),
        "licence": said("Licence", system.licence, "licence"),
        "intended": said("Intended uses", system.intended_uses, "intended_uses"),
        "prohibited": said("Prohibited uses", system.prohibited_uses, "prohibited_uses"),
        "deployment": said("Deployment", system.deployment, "deployment"),
        "tier": said("Risk tier", system.tier, "tier"),
        "base_model": said("Base model", ", ".join(part for part in parts if part) or None, "base_model"),
    }


def _named(what: str, value: str | None) -> str:
    return f"{what} {value}" if value else ""


def _details(references: References, piece: Piece | None) -> tuple[Fact, ...]:
    body = piece.body if piece else {}
    adapter = _mapping(body.get("adapter"))
    fact = references.fact
    made = [
        fact("Form", piece, body.get("form")),
        fact("Architecture", piece, body.get("architecture")),
        fact("Parameters", piece, body.get("parameters")),
        fact("Tensors", piece, body.get("tensors")),
        fact(
            "Number types",
            piece,
            ", ".join(f"{kind} ({n:,})" for kind, n in sorted(_mapping(body.get("dtypes")).items())),
        ),
        fact("Size of all files", piece, body.get("total_bytes"), form=figures.size),
        fact("File formats", piece, ", ".join(map(str, body.get("formats") or ()))),
        fact("Files that could run code on loading", piece, _length(body.get("unsafe_files"))),
        fact("Needs code from the repository", piece, body.get("remote_code")),
    ]
    if body.get("form") == "adapter":
        targets = ", ".join(map(str, adapter.get("target_modules") or ()))
        shape = f"{adapter.get('type')}, rank {adapter.get('r')}, alpha {adapter.get('alpha')}" if adapter else None
        made[1:2] = [fact("Adapter", piece, shape), fact("Adapted modules", piece, targets)]
    return tuple(made)


def _training(references: References, piece: Piece | None) -> tuple[Fact, ...]:
    body = piece.body if piece else {}
    fact = references.fact
    framework = " ".join(str(part) for part in (body.get("framework"), body.get("framework_version")) if part)
    return (
        fact("Framework", piece, framework),
        fact("Method", piece, body.get("method")),
        fact("Steps", piece, body.get("steps")),
        fact("Steps planned", piece, body.get("max_steps")),
        fact("Ran to its end", piece, body.get("finished")),
        fact("Epochs", piece, body.get("epochs"), digits=2),
        fact("Final training loss", piece, body.get("final_loss"), digits=4),
        fact("Evaluations on held-out data", piece, body.get("evaluations")),
        fact("Best held-out figure", piece, body.get("best_metric"), digits=4),
        fact("Seed", piece, str(body["seed"]) if body.get("seed") is not None else None),
        fact("Figures that were NaN or infinite", piece, body.get("not_finite")),
        fact("Computing effort", piece, body.get("total_flos"), unit="floating-point operations", form=figures.large),
        fact("Duration", piece, body.get("train_runtime_seconds"), form=figures.duration),
    )


def _data_sets(case: Case) -> tuple[Piece, ...]:
    """The newest manifest of each data set, by name."""
    newest: dict[str, Piece] = {}
    for piece in sorted(case.dossier.of_kind("dataset-manifest.v1"), key=lambda piece: piece.seq):
        newest[str(piece.body.get("name") or piece.record.subject.name)] = piece
    return tuple(piece for _, piece in sorted(newest.items()))


def _data_set(references: References, piece: Piece | None) -> DataSet:
    body = piece.body if piece else {}
    licence = _mapping(body.get("licence"))
    files = body.get("files") or ()
    spoken = _mapping(body.get("statements"))
    fact = references.fact
    sizes = [figures.finite(item.get("size")) for item in files if isinstance(item, Mapping)]
    digest = body.get("manifest_digest")
    return DataSet(
        name=str(body.get("name") or (piece.record.subject.name if piece else "Training data")),
        licence=fact("Licence", piece, licence.get("id") or licence.get("name")),
        rows=fact("Rows", piece, body.get("rows")),
        files=fact("Files", piece, len(files) or None),
        size=fact("Size", piece, sum(size or 0 for size in sizes) or None, form=figures.size),
        digest=fact("Digest", piece, figures.short(str(digest)) if digest else None),
        languages=tuple(map(str, body.get("languages") or ())),
        sources=tuple(map(str, body.get("source_datasets") or ())),
        statements=tuple(
            (label, _SPOKEN if spoken.get(field) is True else _UNSPOKEN)
            for label, field in (
                ("provenance", "provenance"),
                ("personal data", "personal_data"),
                ("limitations", "limitations"),
            )
        ),
        cites=(references.cite(piece.id),) if piece else (),
    )


def _environment(case: Case, references: References) -> tuple[tuple[Fact, ...], tuple[tuple[str, str], ...]]:
    pieces = sorted(case.dossier.of_kind("compute-environment.v1"), key=lambda piece: piece.seq)
    # A capture of the graphics processors alone says less than the record of the whole machine, however new it is.
    whole = [piece for piece in pieces if piece.body.get("host")]
    piece = next(reversed(whole or pieces), None)
    body = piece.body if piece else {}
    host, cpu = _mapping(body.get("host")), _mapping(body.get("cpu"))
    packages = _mapping(body.get("packages"))
    gpus = [_mapping(gpu) for gpu in body.get("gpus") or ()]
    names = sorted({str(gpu.get("name")) for gpu in gpus})
    gpu_text = {"none": "none in the machine", "could-not-tell": None}.get(
        str(body.get("gpu_status")), ", ".join(f"{sum(g.get('name') == name for g in gpus)} × {name}" for name in names)
    )
    system = " ".join(str(part) for part in (host.get("os"), host.get("kernel"), host.get("machine")) if part)
    captured = {
        "by-run": "by the run itself",
        "by-command": "by a command of its own, on the machine named here",
        "at-attach": "later, when the evidence was attached",
    }
    fact = references.fact
    facts = (
        fact("Captured", piece, captured.get(str(body.get("captured")))),
        fact("Operating system", piece, system),
        fact("Python", piece, body.get("python")),
        fact("Processor", piece, cpu.get("model")),
        fact("Processor cores", piece, cpu.get("cores")),
        fact("Memory", piece, body.get("memory_bytes"), form=figures.size),
        fact("Graphics processors", piece, gpu_text),
        fact("Driver and CUDA", piece, ", ".join(str(body[name]) for name in ("driver", "cuda") if body.get(name)))
        if gpus
        else None,
        fact("Packages recorded", piece, len(packages) or None),
    )
    shaping = tuple((name, str(packages[name])) for name in SHAPING_PACKAGES if packages.get(name))
    return tuple(found for found in facts if found is not None), shaping


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _length(value: object) -> int | None:
    return len(value) if isinstance(value, (list, tuple)) else None
