"""All sources together: what is hashed, and what Kubernetes and Slurm come to beside each other."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from governance.assurance.population.given import Artifacts, Given, Run, Saved, Source, Weights
from governance.assurance.population.reconcile import reconcile as reckon
from governance.errors import UsageError
from governance.reconciling import jobs
from governance.reconciling.reconcile import Named, _undecided, reconcile
from governance.reconciling.weights import Held

SAMPLES = Path(__file__).parents[1] / "samples"
FILES = frozenset({("adapter_model.safetensors", 900)})
HELD = Held(Weights("/srv/lab/a", "srv/lab/a", FILES, "safetensors"), ())
ALIKE = Artifacts("ev-a", "desk", "a", frozenset({"sha256:" + "a" * 64}), FILES)
LISTS = Run("ev-r", "run-record.v1", "desk", saved=(Saved("lab/a", FILES),))


@pytest.mark.parametrize(
    ("runs", "artifacts", "hashed"),
    [
        ([], [], False),  # nothing of these sizes is in the ledger: an orphan, whatever its bytes
        ([], [ALIKE], True),
        ([LISTS], [ALIKE], False),
        ([LISTS], [], False),
        ([replace(LISTS, doubts=("no seal",))], [ALIKE], True),
        ([replace(LISTS, saved=(Saved("lab/b", FILES),))], [ALIKE], True),
    ],
)
def test_weights_are_hashed_where_names_and_sizes_leave_it_open(runs, artifacts, hashed):
    assert _undecided([HELD], runs, artifacts) == ({"/srv/lab/a"} if hashed else set())


def test_no_source_is_no_question():
    with pytest.raises(UsageError, match="no source"):
        reconcile(Named(), None)


def weights(name):
    return Weights(f"/srv/{name}", f"srv/{name}", FILES, "safetensors")


def test_a_folder_with_the_name_of_a_job_of_kubernetes_and_an_index_is_that_task_s():
    listed, sources = jobs.read([SAMPLES / "kubernetes-jobs", SAMPLES / "slurm-sacct" / "jobs.txt"])
    made = reckon(
        Given(
            jobs=tuple(listed),
            weights=(weights("elm-desk-tune"), weights("elm-desk-sweep-1"), weights("slurm-35248669")),
            sources=(*sources, Source("weights", "srv", 4, "folders walked")),
        )
    )
    assert [unit.key for unit in made.units] == [
        "job:kubernetes:training/elm-desk-sweep_1:elm-desk-sweep",
        "job:kubernetes:training/elm-desk-tune:elm-desk-tune",
        "job:slurm:35248669:elm-desk-tune",
    ]
    assert made.beside.sums_of_tasks == 1
    assert made.beside.running == 2  # the nightly job, and the third task of the sweep


def test_a_record_from_inside_a_pod_names_the_job_and_the_task():
    listed, sources = jobs.read([SAMPLES / "kubernetes-jobs"])
    run = replace(LISTS, job=("kubernetes", "elm-desk-sweep", "1"))
    (unit,) = reckon(
        Given(
            jobs=tuple(listed),
            weights=(HELD.weights,),
            runs=(run,),
            sources=(*sources, Source("weights", "srv", 1, "")),
        )
    ).units
    assert (unit.key, unit.answer.value) == ("job:kubernetes:training/elm-desk-sweep_1:elm-desk-sweep", "evidenced")
