"""The cases of `tests/samples/population`, each with an answer that was worked by hand, as values to reckon with."""

from __future__ import annotations

from pathlib import Path

import yaml

from governance.assurance.population.given import Artifacts, Given, Run, Saved, Source, Version, Weights

CASES = sorted((Path(__file__).parents[2] / "samples" / "population").glob("*.yaml"))


def load(path: Path) -> dict:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def digest(letter: str | None) -> str | None:
    return None if letter is None else "sha256:" + letter * 64


def given(case: dict, folder: Path) -> Given:
    """A case as values; the listing of jobs is read as it would be from a file."""
    from governance.reconciling import jobs

    listed, sources = [], []
    if "sacct" in case:
        (folder / "jobs.txt").write_text(case["sacct"], encoding="utf-8")
        listed, sources = jobs.read([folder / "jobs.txt"])
    if "weights" in case:
        sources.append(Source("weights", "srv", 1, "folders walked"))
    if "versions" in case:
        sources.append(Source("registry", "mlflow.db", len(case["versions"]), "registered versions"))
    return Given(
        jobs=tuple(listed),
        weights=tuple(map(_weights, case.get("weights", ()))),
        versions=tuple(_version(row) for row in case.get("versions", ())),
        runs=tuple(map(_run, case.get("runs", ()))),
        artifacts=tuple(map(_artifacts, case.get("artifacts", ()))),
        sources=tuple(sources),
    )


def _weights(row: dict) -> Weights:
    return Weights(
        path=f"/srv/{row['path']}",
        shown="/".join(["srv", row["path"], *([row["file"]] if "file" in row else [])]),
        file=row.get("file", ""),
        files=frozenset(row["files"].items()),
        form="safetensors",
        digest=digest(row.get("digest")),
        step=row.get("step"),
        doubts=tuple(row.get("doubts", ())),
    )


def _version(row: dict) -> Version:
    return Version("mlflow", row["name"], row["version"], row.get("run"), tuple(row.get("sources", ())))


def _run(row: dict) -> Run:
    return Run(
        id=row["id"],
        kind=row.get("kind", "training-run.v1"),
        system="elm-desk",
        doubts=tuple(row.get("doubts", ())),
        digests=frozenset(filter(None, [digest(row.get("digest"))])),
        job=tuple(row["job"]) if "job" in row else None,
        saved=tuple(Saved(name, frozenset(files.items())) for name, files in row.get("saved", {}).items()),
        tracked=row.get("tracked"),
    )


def _artifacts(row: dict) -> Artifacts:
    return Artifacts(
        id=row["id"],
        system="elm-desk",
        name=row["id"],
        digests=frozenset(filter(None, [digest(row["digest"])])),
        files=frozenset(row["files"].items()),
        role=row.get("role", "candidate"),
    )
