"""The jobs of a Kubernetes cluster as `kubectl get jobs -o json` and `kubectl get pods -o json` list them.

*Reads* a list of the API (`List`, `JobList`, `PodList`) or one object of it: Jobs of `batch/v1`, and pods, which are put together
by the job that owns them and, where the job counts its completions by an index, by that index. A pod that no job owns is a
job of its own; pods of services (ReplicaSet, StatefulSet, DaemonSet, Node) are left out and counted.

*Says* for each job its namespace and name, what owns it, how it stands in the word of Kubernetes, when it began and ended (in
UTC), and how many completions were wanted and failed; for pods with which exit code, and with how many graphics cards
where a single pod ran. Objects that could not be read, and a list that goes on on another page, make it partial.

*Does not say* what a job computed, in which image, with which command or environment, on which machine, or for whom: all
of that is left behind. A job that was deleted, or that its time to live took away, is not in any listing. Of several pods
of one job the one that began last tells how it stands. A name may be used again after a job is gone; `uid` tells the two apart.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from governance.collectors.reading import fields, moments
from governance.collectors.reading.doubts import Doubts
from governance.collectors.reading.interface import Marks, NotMine, OneFile, Tried
from governance.domain.evidence import Collector, Subject, SubjectType
from governance.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from governance.collectors.reading.answers import Found
    from governance.collectors.reading.files import File
    from governance.collectors.reading.walk import Folder

KIND = "job-accounting.v1"
TOOL = "kubernetes"
MOST_ITEMS = 50_000
_LISTS = frozenset({"List", "JobList", "PodList"})
_SERVICES = frozenset({"ReplicaSet", "StatefulSet", "DaemonSet", "Node", "ReplicationController"})
_ENDED = ("Failed", "Complete", "Suspended")
"""The conditions of a Job that say how it stands, the one that counts before the others first."""
_CARDS = re.compile(
    r"(?:nvidia\.com/(?:gpu(?:\.shared)?|mig-.+)|amd\.com/gpu|gpu\.intel\.com/(?:i915|xe)|habana\.ai/gaudi)"
)
_INDEX = "batch.kubernetes.io/job-completion-index"
_WORD = re.compile(r"[A-Za-z_]{1,50}")


class KubernetesJobs(OneFile):
    """Finds the jobs of each listing."""

    noun = Collector(name="kubernetes-jobs", version="1")
    kinds = (KIND,)
    tool = TOOL
    tried = (
        Tried("Job of batch/v1 in a v1 List", "written", "2026-11-26"),
        Tried("Pod of v1 in a v1 List", "written", "2026-11-26"),
    )
    marks = Marks(
        form="json",
        words=(b'"apiVersion"', b'"kind"', b'"metadata"'),
        pattern=re.compile(rb'"kind"\s*:\s*"(?:(?:Job|Pod)(?:List)?|List)"'),
    )

    def facts(self, folder: Folder, file: File) -> Iterable[Found]:
        """The jobs of one listing."""
        doubts = Doubts()
        jobs, bad, services = _jobs(_items(file.json(), doubts))
        if not jobs:
            raise UnreadableError(f"no object could be read as a job, {bad} could not" if bad else "lists no job")
        if bad:
            doubts.partial(f"{bad} objects could not be read and were left out")
        body = {"scheduler": TOOL, "version": None, "jobs": jobs, "not_read": bad, "of_services": services}
        subject = Subject(type=SubjectType.DOCUMENT, name="jobs of a cluster")
        yield self.found(folder, file, KIND, body, subject, doubts=doubts)


def _items(value: Any, doubts: Doubts) -> list[Any]:
    """The objects of a list, or the one object that the document is."""
    if not isinstance(value, dict):
        raise NotMine("no object of Kubernetes")
    kind = value.get("kind")
    if kind not in _LISTS:
        if kind not in ("Job", "Pod"):
            raise NotMine(f"an object of the kind {str(kind)[:50]}")
        if "status" not in value:
            raise NotMine("a manifest, which says what is wanted and not what ran")
        return [value]
    items = fields.rows(value, "items")
    others = {str(item.get("kind"))[:50] for item in items if isinstance(item, dict)} - {"Job", "Pod", "None"}
    if items and all(isinstance(item, dict) and str(item.get("kind"))[:50] in others for item in items):
        raise NotMine(f"a list of {', '.join(sorted(others)[:5])}")
    if len(items) > MOST_ITEMS:
        raise UnreadableError(f"more than {MOST_ITEMS:,} objects", hint="List one namespace at a time.")
    meta = fields.table(value, "metadata")
    if fields.text(meta, "continue", most=5000) or fields.whole(meta, "remainingItemCount"):
        doubts.partial("the list goes on on another page, which was not attached")
    if kind != "List":  # the objects of a typed list do not name their kind
        items = [{"kind": kind.removesuffix("List"), **item} if isinstance(item, dict) else item for item in items]
    return items


def _jobs(items: list[Any]) -> tuple[list[dict[str, Any]], int, int]:
    """One entry for each job and index, how many objects could not be read, and how many are pods of services."""
    made: list[dict[str, Any]] = []
    pods: dict[str, list[dict[str, Any]]] = {}
    bad = services = 0
    for item in items:
        try:
            kind = item.get("kind") if isinstance(item, dict) else None
            if kind not in ("Job", "Pod"):
                raise UnreadableError("neither a job nor a pod")
            if kind == "Job":
                made.append(_job(item))
            elif (pod := _pod(item)) is None:
                services += 1
            else:
                pods.setdefault(pod["id"], []).append(pod)
        except UnreadableError:
            bad += 1
    return made + [_together(each) for each in pods.values()], bad, services


def _job(item: dict[str, Any]) -> dict[str, Any]:
    meta, spec, status = (fields.table(item, key) for key in ("metadata", "spec", "status"))
    said = _conditions(status)
    state = next((word for word in _ENDED if word in said), None)
    if state is None:
        state = "Running" if fields.whole(status, "active", least=0) else "Pending"
    start = _moment(status, "startTime")
    end = _moment(status, "completionTime")
    if end is None and state == "Failed":  # the time of completion is that of a success alone
        end = _moment(said[state], "lastTransitionTime")
    count = fields.whole(spec, "parallelism", least=0)
    return _entry(meta, None, _owner(meta)) | {
        "state": state,
        "start": start,
        "end": end,
        "elapsed_seconds": _between(start, end),
        "nodes": None,
        "cpus": None,
        "gpus": _cards(fields.table(fields.table(spec, "template"), "spec")) if count in (None, 1) and start else None,
        "exit_code": None,
        "energy_joules": None,
        "completions": fields.whole(spec, "completions", least=0),
        "indexed": fields.text(spec, "completionMode") == "Indexed",
        "completed_indexes": fields.text(status, "completedIndexes", most=5000),
        "failed_pods": fields.whole(status, "failed", least=0) or 0,
    }


def _conditions(status: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The conditions that hold, by their type."""
    rows = [fields.table({"row": row}, "row") for row in fields.rows(status, "conditions")]
    return {name: row for row in rows if row.get("status") == "True" and (name := fields.text(row, "type"))}


def _pod(item: dict[str, Any]) -> dict[str, Any] | None:
    """One pod as a try of its job; None for a pod of a service."""
    meta, spec, status = (fields.table(item, key) for key in ("metadata", "spec", "status"))
    owner = _owner(meta)
    if owner is not None and owner["kind"] in _SERVICES:
        return None
    noted = fields.table(meta, "annotations") | fields.table(meta, "labels")
    index = fields.plain(noted, _INDEX, most=20)
    state = fields.text(status, "phase") or ""
    if _WORD.fullmatch(state) is None:
        raise UnreadableError("a pod without its phase")
    ended = [
        fields.table(fields.table(fields.table({"row": row}, "row"), "state"), "terminated")
        for row in fields.rows(status, "containerStatuses")
    ]
    start = _moment(status, "startTime")
    ends = [at for each in ended if each and (at := _moment(each, "finishedAt"))]
    end = max(ends) if ends and state in ("Succeeded", "Failed") else None
    codes = [code for each in ended if (code := fields.whole(each, "exitCode", least=0)) is not None]
    return _entry(meta, index, owner, of_pod=True) | {
        "state": state,
        "start": start,
        "end": end,
        "elapsed_seconds": _between(start, end),
        "nodes": 1 if start else None,
        "cpus": None,
        "gpus": _cards(spec) if start else None,
        "exit_code": max(codes) if codes and end else None,
        "energy_joules": None,
        "pods": 1,
        "failed_pods": int(state == "Failed"),
    }


def _together(pods: list[dict[str, Any]]) -> dict[str, Any]:
    """The pods of one job and index as one entry: the one that began last says how it stands."""
    if len(pods) == 1:
        return pods[0]
    last = max(pods, key=lambda pod: pod["start"] or "")
    start = min((pod["start"] for pod in pods if pod["start"]), default=None)
    ends = [pod["end"] for pod in pods]
    end = max(ends) if all(ends) else None
    more = {
        "start": start,
        "end": end,
        "elapsed_seconds": _between(start, end),
        "nodes": None,  # whether they ran side by side or one after the other is not told
        "gpus": None,
        "pods": len(pods),
        "failed_pods": sum(pod["failed_pods"] for pod in pods),
    }
    running = [pod["state"] for pod in pods if pod["state"] not in ("Succeeded", "Failed")]
    return last | more | ({"state": running[0]} if running else {})


def _entry(
    meta: dict[str, Any], index: str | None, owner: dict[str, str] | None, *, of_pod: bool = False
) -> dict[str, Any]:
    """What tells a job from others."""
    named = owner["name"] if of_pod and owner else fields.text(meta, "name", most=300)
    namespace = fields.text(meta, "namespace", most=100)
    if named is None:
        raise UnreadableError("an object without a name")
    uid = fields.text(meta, "uid", most=100) if not of_pod else (owner or {}).get("uid")
    whole = f"{namespace or 'default'}/{named}" + (f"_{index}" if index is not None else "")
    if len(whole) > 100:
        if not uid:
            raise UnreadableError("a name that is too long, without an id")
        whole = uid + (f"_{index}" if index is not None else "")
    return {
        "id": whole[:100],
        "name": named,
        "namespace": namespace,
        "uid": uid,
        "index": index,
        "owner": f"{owner['kind']}/{owner['name']}" if owner else None,
    }


def _owner(meta: dict[str, Any]) -> dict[str, str] | None:
    """What controls an object, else the first that owns it."""
    rows = [fields.table({"row": row}, "row") for row in fields.rows(meta, "ownerReferences")]
    row = next((each for each in rows if each.get("controller") is True), rows[0] if rows else None)
    if row is None:
        return None
    kind, name = fields.text(row, "kind", most=100), fields.text(row, "name", most=300)
    if kind is None or name is None:
        raise UnreadableError("an owner without kind or name")
    return {"kind": kind, "name": name, "uid": fields.text(row, "uid", most=100) or ""}


def _cards(spec: dict[str, Any]) -> int | None:
    """Graphics cards that the containers of a pod have; what is limited is given, for cards are never shared out in parts."""
    total = None
    for row in fields.rows(spec, "containers"):
        limits = fields.table(fields.table(fields.table({"row": row}, "row"), "resources"), "limits")
        for name in limits:
            said = fields.plain(limits, name) or ""
            if _CARDS.fullmatch(name) and said.isascii() and said.isdigit() and len(said) < 7:
                total = (total or 0) + int(said)
    return total


def _moment(holder: dict[str, Any], key: str) -> str | None:
    """A moment as text in UTC, to the second; None where it is absent, an error where it is something else."""
    said = fields.text(holder, key, most=60)
    moment = moments.of_text(said)
    if said is not None and moment is None:
        raise UnreadableError(f"{key} is no moment")
    return None if moment is None else moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _between(start: str | None, end: str | None) -> int | None:
    begin, stop = moments.of_text(start), moments.of_text(end)
    if begin is None or stop is None or stop < begin:
        return None
    return int((stop - begin).total_seconds())


COLLECTOR = KubernetesJobs()
