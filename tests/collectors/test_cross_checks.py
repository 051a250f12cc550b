"""A device that the recorded machine does not have keeps an evaluation from being whole."""

from __future__ import annotations

from dataclasses import replace

import pytest

from governance.collectors.reading.cross_checks import checked
from governance.domain.evidence import Quality, SubjectType

from .made import fact


def machine(status, **changes):
    made = fact("compute-environment.v1", {"host": {"name": "n"}, "gpu_status": status}, type_=SubjectType.ENVIRONMENT)
    return replace(made, **changes)


def run(device):
    return fact("eval-run.v1", {"device": device})


@pytest.mark.parametrize("device", ["cuda:0", "cuda", "CUDA:1", "hip:0"])
def test_a_device_that_the_machine_does_not_have_makes_it_partial(device):
    made, _ = checked([run(device), machine("none")])
    assert made.quality is Quality.PARTIAL
    assert "no graphics processor" in made.quality_reasons[0]


@pytest.mark.parametrize("device", ["cpu", None, "mps"])
def test_another_device_is_no_doubt(device):
    assert checked([run(device), machine("none")])[0].quality is Quality.COMPLETE


@pytest.mark.parametrize("status", ["present", "could-not-tell"])
def test_a_machine_that_has_one_or_can_not_tell_is_no_doubt(status):
    assert checked([run("cuda:0"), machine(status)])[0].quality is Quality.COMPLETE


def test_one_machine_of_several_with_a_graphics_processor_is_enough():
    assert checked([run("cuda:0"), machine("none"), machine("present")])[0].quality is Quality.COMPLETE


def test_the_machine_that_only_reads_the_files_denies_nothing():
    assert checked([run("cuda:0"), machine("none", effective_clock="observed")])[0].quality is Quality.COMPLETE


def test_a_piece_that_failed_stays_failed():
    made = checked([replace(run("cuda:0"), quality=Quality.FAILED, quality_reasons=("NaN",)), machine("none")])[0]
    assert (made.quality, len(made.quality_reasons)) == (Quality.FAILED, 2)
