"""Evidence of runs and weights, whatever its body holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.domain.evidence import Collector, Evidence, Quality, Subject, SubjectType
from governance.reconciling import evidence

DIGEST = "sha256:" + "a" * 64
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def record(kind="run-record.v1", quality=Quality.COMPLETE, reasons=(), digest=DIGEST):
    return Evidence(
        kind=kind,
        system="elm-desk",
        subject=Subject(type=SubjectType.RUN, name="run", digest=digest),
        body_digest=DIGEST,
        body_size=1,
        quality=quality,
        quality_reasons=reasons,
        collector=Collector(name="recorded-run", version="1"),
    )


BODY = {
    "run": "slurm-35248669-7f3a01bc",
    "outcome": "finished",
    "scheduler": {"name": "slurm", "job": "35248669", "array_task": "7", "restarts": 1},
    "checkpoints": [{"folder": "out/desk/checkpoint-60", "step": 60, "files": [{"name": "m.safetensors", "size": 8}]}],
    "output_dir": "desk",
}


def test_the_record_of_a_run_names_its_job_and_what_it_saved():
    run = evidence.run("ev-1", record(), BODY)
    assert (run.job, run.output, run.doubts) == (("slurm", "35248669", "7"), "desk", ())
    assert run.digests == {DIGEST}
    (saved,) = run.saved
    assert (saved.folder, saved.files) == ("out/desk/checkpoint-60", {("m.safetensors", 8)})


@pytest.mark.parametrize(
    ("body", "quality"),
    [({"outcome": "incomplete"}, Quality.COMPLETE), ({"finished": False}, Quality.COMPLETE), ({}, Quality.PARTIAL)],
)
def test_a_run_without_its_end_is_not_complete(body, quality):
    assert evidence.run("ev-1", record(quality=quality), BODY | body).doubts


@given(st.dictionaries(st.sampled_from([*BODY, "run_id", "finished", "files", "manifest_digest"]), JSON))
def test_a_body_of_any_form_is_read_as_far_as_it_goes(body):
    run = evidence.run("ev-1", record(), body)
    assert run.job is None or all(isinstance(part, str) for part in run.job)
    assert all(isinstance(size, int) for saved in run.saved for _, size in saved.files)
