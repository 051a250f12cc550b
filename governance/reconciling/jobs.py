"""Jobs out of the listings of schedulers, read as the collectors read them.

Where a job worked is taken from the listing for the reckoning alone and gets into no evidence. Of Kubernetes a Job says how it
stands; its pods only add names to it, and the tasks of an indexed Job stand in its place.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from governance.assurance.population.given import Attempt, Job, Source
from governance.collectors import kubernetes_jobs, slurm_sacct
from governance.collectors.reading.interface import NotMine
from governance.collectors.reading.moments import of_text
from governance.collectors.reading.walk import walk
from governance.errors import UnreadableError
from governance.parsing import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

HINT = "Give the output of: sacct -P, sacct --json, kubectl get jobs -o json, or kubectl get pods -o json."


def read(paths: Sequence[Path]) -> tuple[list[Job], list[Source]]:
    """The jobs of all listings, and what each listing is. Raises `UnreadableError` for one that can not be read."""
    jobs: list[Job] = []
    pods: list[Job] = []
    sources: list[Source] = []
    for path in sorted({path.resolve() for path in paths}):
        folders, not_read = walk([path])
        files = [(folder, file) for folder in folders for file in folder.files.values()]
        if not_read or not files:
            why = not_read[0].reason if not_read else "holds no file"
            raise UnreadableError(why, where=str(path), hint=HINT)
        for folder, file in files:
            rows, of_pods, source = _listing(folder, file)
            file.release()
            jobs += rows
            pods += of_pods
            sources.append(source)
    better = {job.key for job in jobs}
    return [*jobs, *(replace(pod, attempts=()) if pod.key in better else pod for pod in pods)], sources


def _listing(folder: Folder, file: File) -> tuple[list[Job], list[Job], Source]:
    """The jobs of one listing, those of them that are known by their pods alone, and what the listing is."""
    try:
        if slurm_sacct.COLLECTOR.looks(folder, file) is None:
            body, beside, doubts = slurm_sacct.listed(file)
            jobs = [_of_slurm(job, more) for job, more in zip(body["jobs"], beside, strict=True)]
            return jobs, [], _source(file, body, doubts.reasons)
        if kubernetes_jobs.COLLECTOR.looks(folder, file) is None:
            (found,) = kubernetes_jobs.COLLECTOR.facts(folder, file)
            rows = found.body["jobs"]
            jobs = [_of_kubernetes(job) for job in rows if "pods" not in job]
            pods = [_of_kubernetes(job) for job in rows if "pods" in job]
            return jobs, pods, _source(file, found.body, found.quality_reasons)
    except NotMine as said:
        raise UnreadableError(f"is no listing of jobs: {said}", where=file.shown, hint=HINT) from None
    except UnreadableError as error:
        raise UnreadableError(error.message, where=error.where or file.shown, hint=error.hint) from None
    raise UnreadableError("is no listing of jobs that is known", where=file.shown, hint=HINT)


def _of_slurm(job: dict[str, Any], beside: dict[str, Any]) -> Job:
    return Job(
        scheduler=slurm_sacct.TOOL,
        id=job["id"],
        name=job["name"] or "",
        attempts=(_attempt(job),),
        numbers=frozenset({beside["raw"]} if beside["raw"] else ()),
        places=frozenset(beside["places"]),
    )


def _of_kubernetes(job: dict[str, Any]) -> Job:
    return Job(
        scheduler=kubernetes_jobs.TOOL,
        id=job["id"],
        name=job["name"],
        attempts=(_attempt(job),),
        numbers=frozenset({job["uid"]} if job["uid"] else ()),
        whole=bool(job.get("indexed")),
    )


def _attempt(job: dict[str, Any]) -> Attempt:
    return Attempt(job["start"] or "", job["end"] or "", job["state"])


def _source(file: File, body: dict[str, Any], notes: tuple[str, ...]) -> Source:
    earliest, latest, zone = _period(body["jobs"])
    return Source(
        sort="jobs",
        name=file.name,
        rows=len(body["jobs"]),
        of=f"rows of {body['scheduler']}",
        not_read=body["not_read"],
        sha256=file.sha256,
        earliest=earliest,
        latest=latest,
        zone=zone,
        notes=notes,
    )


def _period(jobs: Iterable[dict[str, Any]]) -> tuple[str | None, str | None, str | None]:
    """The earliest start and the latest end: in UTC where every moment has a zone, else as printed, without one."""
    rows = list(jobs)
    starts = [job["start"] for job in rows if job["start"]]
    ends = [job["end"] for job in rows if job["end"]]
    zoned = [of_text(text) for text in (*starts, *ends)]
    if zoned and all(zoned):
        first, last = (sorted(filter(None, map(of_text, texts))) for texts in (starts, ends))
        return (
            canonical.instant(first[0]) if first else None,
            canonical.instant(last[-1]) if last else None,
            "UTC",
        )
    return min(starts, default=None), max(ends, default=None), None
