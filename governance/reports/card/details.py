"""The section on the model itself: its files, its training, the machine that trained it, and the stages it came from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from governance.domain.evidence import Role
from governance.reports.claims import weights

if TYPE_CHECKING:
    from governance.domain.case import Case
    from governance.domain.evidence import Piece
    from governance.reports.atoms.views import Fact
    from governance.reports.claims.references import References

SHAPING_PACKAGES = (
    "torch", "transformers", "peft", "trl", "accelerate", "datasets", "tokenizers", "safetensors", "bitsandbytes",
    "deepspeed", "lm-eval", "lm_eval", "numpy",
)  # fmt: skip
CAPTURED = {
    "by-run": "by the run itself",
    "by-command": "by a command of its own, on the machine named here",
    "at-attach": "later, when the evidence was attached",
}
MOST_CARDS = 4
_SETTINGS = (
    "learning_rate", "lr_scheduler_type", "warmup_steps", "warmup_ratio", "per_device_train_batch_size", "gradient_accumulation_steps",
    "num_train_epochs", "max_length", "max_seq_length", "weight_decay", "max_grad_norm", "optim", "bf16", "fp16", "beta",
)  # fmt: skip
"""Settings of a training that shape its result, by the names of transformers and TRL, in the order of print."""


def details(references: References, piece: Piece | None) -> tuple[Fact, ...]:
    """Facts about the candidate's files."""
    figure = references.figure
    first = [figure("Form", piece, "/form")]
    if piece is not None and piece.body.get("form") == "adapter":
        shape = ("/adapter/type", "/adapter/r", "/adapter/alpha")
        first.append(references.words("Adapter", piece, "{}, rank {}, alpha {}", *shape))
        first.append(references.listed("Adapted modules", piece, "/adapter/target_modules"))
    else:
        first.append(figure("Architecture", piece, "/architecture"))
    return (
        *first,
        figure("Parameters", piece, "/parameters"),
        figure("Tensors", piece, "/tensors"),
        references.counted("Number types", piece, "/dtypes"),
        figure("Size of all files", piece, "/total_bytes", form="size"),
        references.listed("File formats", piece, "/formats"),
        references.length("Files that could run code on loading", piece, "/unsafe_files"),
        figure("Needs code from the repository", piece, "/remote_code"),
    )


def runs(case: Case) -> list[Piece]:
    """The training runs of the candidate, the one that counts last."""
    return weights.in_time(case, "training-run.v1", Role.CANDIDATE)


def training(references: References, piece: Piece | None) -> tuple[Fact, ...]:
    """Facts about the training run."""
    figure = references.figure
    made = [
        references.words("Framework", piece, "{} {}", "/framework", "/framework_version"),
        figure("Method", piece, "/method"),
        figure("Steps", piece, "/steps"),
        figure("Steps planned", piece, "/max_steps"),
        figure("Ran to its end", piece, "/finished"),
        figure("Epochs", piece, "/epochs", digits=2),
        figure("Final training loss", piece, "/final_loss", digits=4),
        figure("Evaluations on held-out data", piece, "/evaluations"),
        figure("Best held-out figure", piece, "/best_metric", digits=4),
        figure("Seed", piece, "/seed", form="text"),
        figure("Figures that were NaN or infinite", piece, "/not_finite"),
        figure("Computing effort", piece, "/total_flos", form="large", unit="floating-point operations"),
        figure("Duration", piece, "/train_runtime_seconds", form="duration"),
    ]
    body = piece.body if piece else {}
    if body.get("objective"):
        made.insert(2, figure("Objective", piece, "/objective"))
    if body.get("stopped_by"):
        made.insert(6, figure("Stopped by", piece, "/stopped_by"))
    return tuple(made)


def settings(references: References, piece: Piece | None) -> tuple[Fact, ...]:
    """The settings that the run was started with, by the tool's own names; empty where it kept none."""
    held = mapping(piece.body.get("hyperparameters")) if piece else {}
    return tuple(
        references.figure(name, piece, f"/hyperparameters/{name}") for name in _SETTINGS if held.get(name) is not None
    )


def machine(case: Case) -> Piece | None:
    """The latest record of the machine. A capture of the graphics processors alone says less than one of the whole, however new it is."""
    pieces = sorted(case.dossier.of_kind("compute-environment.v1"), key=lambda piece: piece.seq)
    whole = [piece for piece in pieces if piece.body.get("host")]
    return next(reversed(whole or pieces), None)


def environment(references: References, piece: Piece | None) -> tuple[tuple[Fact, ...], tuple[Fact, ...]]:
    """(facts about where it was trained, versions of the packages that shape the result)."""
    body = piece.body if piece else {}
    figure, packages = references.figure, mapping(body.get("packages"))
    facts = (
        references.choice("Captured", piece, "/captured", CAPTURED),
        references.words("Operating system", piece, "{} {} {}", "/host/os", "/host/kernel", "/host/machine"),
        figure("Python", piece, "/python"),
        figure("Processor", piece, "/cpu/model"),
        figure("Processor cores", piece, "/cpu/cores"),
        figure("Memory", piece, "/memory_bytes", form="size"),
        *_cards(references, piece),
        references.length("Packages recorded", piece, "/packages"),
    )
    shaping = tuple(figure(name, piece, f"/packages/{name}") for name in SHAPING_PACKAGES if packages.get(name))
    return facts, shaping


def _cards(references: References, piece: Piece | None) -> tuple[Fact, ...]:
    """The graphics processors: how many and which, or that there is none, or that nobody could tell."""
    body = piece.body if piece else {}
    cards = [mapping(card) for card in body.get("gpus") or ()]
    if not cards:
        said = {"none": "none in the machine"}
        return (references.choice("Graphics processors", piece, "/gpu_status", said),)
    names: dict[str, int] = {}
    for place, card in enumerate(cards):
        names.setdefault(str(card.get("name")), place)
    return (
        references.length("Graphics processors", piece, "/gpus"),
        *(
            references.figure("Model of graphics processor", piece, f"/gpus/{place}/name")
            for place in list(names.values())[:MOST_CARDS]
        ),
        references.words("Driver and CUDA", piece, "{}, CUDA {}", "/driver", "/cuda"),
    )


def mapping(value: object) -> Mapping[str, Any]:
    """The value where it is a mapping, else an empty one."""
    return value if isinstance(value, Mapping) else {}
