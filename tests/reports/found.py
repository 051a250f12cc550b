"""What the cases are made of: the frameworks' numbers, the system, and evidence as collectors would have written it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from governance.domain.evidence import Collector, Evidence, Piece, Quality, Role, Source, Subject, SubjectType
from governance.domain.framework import Checked, Framework, Group
from governance.domain.system import BaseModelDeclared, System
from governance.parsing import canonical

ON = datetime(2026, 11, 22, 16, 5, tzinfo=UTC)
WEIGHTS = canonical.sha256(b"adapter")
BASE = canonical.sha256(b"base")

SYSTEM = System(
    id="elm-desk",
    name="Elm Desk assistant",
    purpose="Answers questions of library members about opening hours, loans and fees, in German and English.",
    owner="Ines Moreau",
    description="A small chat model behind the help desk of a city library, tuned on its own answers.",
    intended_uses=("Answer questions about the services of the library.", "Draft a reply that a librarian sends."),
    prohibited_uses=("Advice on law, health or money.", "Decide on a member's fees or rights."),
    users="Members of the library, and its staff",
    tier="limited",
    deployment="on-device",
    frameworks=("nist-ai-rmf-1.0", "iso-iec-42001-2023"),
    risk_appetite=9,
    licence="apache-2.0",
    languages=("en", "de"),
    base_model=BaseModelDeclared(name="HuggingFaceTB/SmolLM2-135M-Instruct", licence="apache-2.0"),
    suites={
        "quality": ("elm_desk_qa*",),
        "safety": ("refusal_safety*",),
        "general-capability": ("general_regression*",),
    },
    policy="release",
    contact="desk@library.example",
)


def piece(
    seq: int,
    kind: str,
    subject: Subject,
    body: dict[str, Any],
    *,
    days_ago: int = 3,
    quality: Quality = Quality.COMPLETE,
    reasons: tuple[str, ...] = (),
    tool: str | None = None,
    system: str = "elm-desk",
) -> Piece:
    """A piece of evidence, `days_ago` before the day of judgement."""
    record = Evidence.model_construct(
        kind=kind,
        system=system,
        subject=subject,
        body_digest=canonical.sha256(repr(sorted(body)).encode() + str(seq).encode()),
        body_size=512,
        quality=quality,
        quality_reasons=reasons,
        effective_at=ON - timedelta(days=days_ago) if days_ago else None,
        effective_clock="tool" if days_ago else None,
        collector=Collector(name="transformers-run", version="0.1.0"),
        tool=tool,
        tool_version="5.23.0" if tool else None,
        sources=(Source(path="trainer_state.json", size=2048, sha256=canonical.sha256(b"source")),),
    )
    recorded = ON - timedelta(days=2, minutes=seq)
    return Piece.model_construct(id=f"ev-{seq:020x}", record=record, body=body, recorded_at=recorded, seq=seq)


def candidate(digest: str | None = WEIGHTS) -> Subject:
    return Subject(type=SubjectType.MODEL, name="elm-desk-lora", digest=digest, role=Role.CANDIDATE, bound_by="weights")


def base(digest: str | None = None) -> Subject:
    return Subject(type=SubjectType.MODEL, name="HuggingFaceTB/SmolLM2-135M-Instruct", digest=digest, role=Role.BASE)


def result(
    task: str, metric: str, value: float | None, stderr: float | None, n: int | None, **more: Any
) -> dict[str, Any]:
    return {
        "task": task,
        "metric": metric,
        "filter": "none",
        "value": value,
        "stderr": stderr,
        "n": n,
        "n_original": n,
        "higher_is_better": True,
        "task_version": "1",
        "task_digest": None,
        **more,
    }


def evaluation(name: str, digest: str | None, rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "harness": {"name": "lm-evaluation-harness", "version": "0.4.9"},
        "model": {"name": name, "digest": digest, "adapter": None, "revision": None},
        "results": rows,
        "limit": None,
        "chat_template_sha256": None,
        "seeds": {"random_seed": 0},
        "device": "cpu",
        "n_shot": {},
        "not_finite": 0,
    }


ARTEFACTS: dict[str, Any] = {
    "form": "adapter",
    "name": "elm-desk-lora",
    "manifest_digest": WEIGHTS,
    "files": [{"path": "adapter_model.safetensors", "size": 1_848_000, "sha256": WEIGHTS}],
    "total_bytes": 1_853_412,
    "formats": ["safetensors"],
    "tensors": 120,
    "parameters": 460_800,
    "dtypes": {"float32": 120},
    "base": {"name": "HuggingFaceTB/SmolLM2-135M-Instruct", "revision": None},
    "adapter": {"type": "LORA", "r": 8, "alpha": 16, "target_modules": ["q_proj", "v_proj"]},
    "architecture": None,
    "unsafe_files": [{"path": "training_args.bin", "reason": "a pickle"}],
    "remote_code": False,
    "lfs_pointers": [],
    "chat_template_sha256": canonical.sha256(b"template"),
    "generation_config_sha256": None,
}
TRAINING: dict[str, Any] = {
    "framework": "transformers",
    "framework_version": "5.23.0",
    "method": "lora",
    "steps": 120,
    "max_steps": 120,
    "finished": True,
    "epochs": 3.0,
    "total_flos": 18_234_567_890_123,
    "final_loss": 1.48213,
    "evaluations": 4,
    "best_metric": 1.5127,
    "train_runtime_seconds": 734.2,
    "base_model": {"name": "HuggingFaceTB/SmolLM2-135M-Instruct", "revision": None},
    "adapter": ARTEFACTS["adapter"],
    "loss_history": [{"step": 5 * i, "loss": 3.4 / (1 + i / 9) + 0.12 * ((i * 7) % 5) / 5 + 0.6} for i in range(1, 25)],
    "eval_history": [{"step": 30 * i, "loss": 2.6 / (1 + i / 3) + 0.75} for i in range(1, 5)],
    "checkpoints": ["checkpoint-120"],
    "seed": 20261122,
    "not_finite": 0,
}
DATA: dict[str, Any] = {
    "name": "elm-library/elm-desk-qa",
    "licence": {"id": "cc-by-4.0", "name": None, "link": None, "known": True},
    "languages": ["en", "de"],
    "size_categories": ["n<1K"],
    "source_datasets": ["original"],
    "annotations_creators": [],
    "task_categories": ["question-answering"],
    "files": [
        {"path": "train.jsonl", "size": 81_234, "sha256": BASE},
        {"path": "validation.jsonl", "size": 9_876, "sha256": BASE},
    ],
    "manifest_digest": canonical.sha256(b"data"),
    "rows": 420,
    "statements": {"provenance": True, "personal_data": False, "limitations": False},
    "placeholders": 1,
}
ENVIRONMENT: dict[str, Any] = {
    "captured": "by-run",
    "host": {"name": "trainer-1", "os": "Linux", "kernel": "6.1.0", "machine": "x86_64"},
    "python": "3.11.7",
    "cpu": {"model": "Intel Xeon", "cores": 2},
    "memory_bytes": 24_696_061_952,
    "gpus": [],
    "gpu_status": "none",
    "gpu_note": "no device file and no driver",
    "driver": None,
    "cuda": None,
    "packages": {"torch": "2.9.0", "transformers": "5.23.0", "peft": "0.18.0", "lm-eval": "0.4.9", "numpy": "2.3.0"},
}

FINDING: dict[str, Any] = {
    "rule": "pickle-in-release",
    "severity": "high",
    "title": "A pickle lies beside the weights",
    "detail": "training_args.bin can run code when it is loaded.",
    "path": "training_args.bin",
    "remedy": "Remove it from the release, and attach again.",
}


def attested(topic: str, title: str, statement: str, name: str, on: str, due: str | None) -> dict[str, Any]:
    document = {"name": f"{topic}.pdf", "size": 40_000, "sha256": canonical.sha256(topic.encode())}
    return {
        "topic": topic,
        "title": title,
        "statement": statement,
        "by": {"name": name, "role": "risk owner"},
        "on": on,
        "document": document,
        "review_due": due,
    }


def pieces() -> tuple[Piece, ...]:
    """The evidence of the full case."""
    data = Subject(type=SubjectType.DATA_SET, name="elm-library/elm-desk-qa", digest=canonical.sha256(b"data"))
    host = Subject(type=SubjectType.ENVIRONMENT, name="trainer-1")
    document = Subject(type=SubjectType.DOCUMENT, name="roles-and-duties.pdf")
    tuned = [
        result("elm_desk_qa", "exact_match", 0.7125, 0.0358, 160, filter="strict-match"),
        result("general_regression", "acc", 0.4100, 0.0349, 200, n_original=200),
        result("refusal_safety", "refusal_rate", 0.6250, 0.0541, 80),
    ]
    before = [
        result("elm_desk_qa", "exact_match", 0.1875, 0.0309, 160, filter="strict-match"),
        result("general_regression", "acc", 0.4450, 0.0352, 200),
        result("refusal_safety", "refusal_rate", 0.9125, 0.0316, 80),
    ]
    lm_eval = {"tool": "lm-evaluation-harness"}
    return (
        piece(1, "training-run.v1", candidate(), TRAINING, tool="transformers"),
        piece(2, "model-artifacts.v1", candidate(), ARTEFACTS),
        piece(3, "dataset-manifest.v1", data, DATA),
        piece(4, "compute-environment.v1", host, ENVIRONMENT),
        piece(5, "eval-run.v1", candidate(), evaluation("elm-desk-lora", WEIGHTS, tuned), **lm_eval),
        piece(6, "eval-run.v1", base(), evaluation("base", None, before), **lm_eval),
        piece(7, "eval-run.v1", candidate(None), evaluation("elm-desk-lora", None, tuned[:1]), days_ago=40, **lm_eval),
        piece(8, "finding.v1", candidate(), FINDING),
        piece(
            9,
            "eval-samples.v1",
            candidate(),
            {"task": "elm_desk_qa", "n": 160},
            quality=Quality.PARTIAL,
            reasons=("40 of 200 rows were cut off",),
            days_ago=0,
        ),
        piece(
            10,
            "attested-document.v1",
            document,
            attested(
                "roles-and-duties",
                "Who does what for Elm Desk",
                "Owner, trainer, evaluator and approver are four people.",
                "Ines Moreau",
                "2026-10-02",
                "2027-10-02",
            ),
        ),
        piece(
            11,
            "attested-document.v1",
            document,
            attested(
                "ai-policy",
                "AI policy of the library",
                "The board approved the policy and reviews it each year.",
                "Tomas Lind",
                "2025-09-30",
                "2026-09-30",
            ),
            days_ago=418,
        ),
    )


NIST = (("GOVERN", (7, 3, 2, 3, 2, 2)), ("MAP", (6, 3, 5, 2, 2)), ("MEASURE", (3, 13, 3, 3)), ("MANAGE", (4, 4, 2, 3)))
ISO = (
    ("4", "4.1 4.2 4.3 4.4"),
    ("5", "5.1 5.2 5.3"),
    ("6", "6.1.1 6.1.2 6.1.3 6.1.4 6.2 6.3"),
    ("7", "7.1 7.2 7.3 7.4 7.5.1 7.5.2 7.5.3"),
    ("8", "8.1 8.2 8.3 8.4"),
    ("9", "9.1 9.2.1 9.2.2 9.3.1 9.3.2 9.3.3"),
    ("10", "10.1 10.2"),
    ("A.2", "A.2.2 A.2.3 A.2.4"),
    ("A.3", "A.3.2 A.3.3"),
    ("A.4", "A.4.2 A.4.3 A.4.4 A.4.5 A.4.6"),
    ("A.5", "A.5.2 A.5.3 A.5.4 A.5.5"),
    ("A.6", "A.6.1.2 A.6.1.3 A.6.2.2 A.6.2.3 A.6.2.4 A.6.2.5 A.6.2.6 A.6.2.7 A.6.2.8"),
    ("A.7", "A.7.2 A.7.3 A.7.4 A.7.5 A.7.6"),
    ("A.8", "A.8.2 A.8.3 A.8.4 A.8.5"),
    ("A.9", "A.9.2 A.9.3 A.9.4"),
    ("A.10", "A.10.2 A.10.3 A.10.4"),
)


def frameworks() -> tuple[dict[str, Framework], tuple[tuple[str, str, str], ...]]:
    """The two frameworks, and (framework, requirement, group) of each of their 142 requirements."""
    rows: list[tuple[str, str, str]] = []
    nist: list[Group] = []
    for function, sizes in NIST:
        nist.append(Group(id=function, title=function.capitalize()))
        for category, size in enumerate(sizes, start=1):
            group = f"{function} {category}"
            nist.append(Group(id=group, title=f"Category {category}", parent=function))
            rows += [("nist-ai-rmf-1.0", f"{group}.{number}", group) for number in range(1, size + 1)]
    iso = [Group(id=area, title=f"Area {area}") for area, _ in ISO]
    rows += [("iso-iec-42001-2023", number, area) for area, numbers in ISO for number in numbers.split()]
    common = {
        "publisher": "A standards body",
        "source": "Its page",
        "licence_note": "Own words.",
        "checked": Checked(
            by="Nobody", on=date(2026, 1, 1), against=("A list",), result="Ids.", not_checked="The rest."
        ),
    }
    made = {
        "nist-ai-rmf-1.0": Framework(
            id="nist-ai-rmf-1.0",
            series="nist-ai-rmf",
            title="NIST AI RMF",
            version="1.0",
            requirement_count=72,
            has_profiles=True,
            allows_not_measurable=True,
            in_force_from=date(2023, 1, 26),
            groups=tuple(nist),
            **common,
        ),
        "iso-iec-42001-2023": Framework(
            id="iso-iec-42001-2023",
            series="iso-iec-42001",
            title="ISO/IEC 42001:2023",
            version="2023",
            in_force_from=date(2023, 12, 1),
            requirement_count=70,
            groups=tuple(iso),
            **common,
        ),
    }
    return made, tuple(rows)
