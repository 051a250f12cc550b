"""What holds of every reconciliation, whatever was listed."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from governance.assurance.population.answers import Answer
from governance.assurance.population.given import Artifacts, Attempt, Given, Job, Run, Saved, Source, Version, Weights
from governance.assurance.population.reconcile import reconcile
from governance.reconciling import record

NUMBERS = st.sampled_from(["4001", "4002", "4003_0", "4003_1"])
DIGESTS = st.sampled_from(["sha256:" + letter * 64 for letter in "abc"])
FILES = st.sampled_from([frozenset({("model.safetensors", size)}) for size in (1, 2, 3)])
FOLDERS = ["/srv/lab/slurm-4001", "/srv/lab/slurm-4002", "/srv/lab/a/final", "/srv/lab/a/checkpoint-5", "/srv/b/final"]
STATES = st.sampled_from(["COMPLETED", "COMPLETED", "FAILED", "RUNNING", "PENDING"])
DOUBTS = st.sampled_from([(), (), ("no seal",)])


@st.composite
def jobs(draw):
    number = draw(NUMBERS)
    places = draw(st.sampled_from([(), ("/srv/lab",), ("/srv/lab/a",)]))
    start = draw(st.sampled_from(["2026-05-04T08:00:00", "2026-05-05T08:00:00"]))
    return Job("slurm", number, "tune", (Attempt(start, start, draw(STATES)),), places=frozenset(places))


@st.composite
def weights(draw):
    path = draw(st.sampled_from(FOLDERS))
    step = 5 if path.endswith("-5") else None
    return Weights(path, path[1:], draw(FILES), "safetensors", draw(st.none() | DIGESTS), step)


@st.composite
def runs(draw):
    saved = draw(st.lists(st.sampled_from([*FOLDERS, "a/final", "lab/slurm-4001"]), max_size=2))
    number, _, task = draw(NUMBERS).partition("_")
    return Run(
        id=f"ev-run-{draw(st.integers(0, 5))}",
        kind="run-record.v1",
        system="desk",
        doubts=draw(DOUBTS),
        digests=frozenset(draw(st.lists(DIGESTS, max_size=1))),
        job=draw(st.sampled_from([None, ("slurm", number, task)])),
        saved=tuple(Saved(folder, draw(FILES)) for folder in saved),
        tracked=draw(st.sampled_from([None, "r1"])),
    )


@st.composite
def artifacts(draw):
    digest = draw(DIGESTS)
    return Artifacts(f"ev-{digest[-1]}", "desk", "m", frozenset({digest}), draw(FILES), doubts=draw(DOUBTS))


VERSIONS = st.builds(
    Version,
    st.just("mlflow"),
    st.just("desk"),
    st.sampled_from("12"),
    st.sampled_from([None, "r1", "r2"]),
    st.sampled_from([(), ("/srv/lab/a",)]),
)
SOURCES = (Source("jobs", "jobs.txt", 1, "rows"), Source("weights", "srv", 1, "folders"))


def once(strategy, by):
    return st.lists(strategy, max_size=5, unique_by=by).map(tuple)


WORLDS = st.builds(
    Given,
    jobs=st.lists(jobs(), max_size=5).map(tuple),
    weights=once(weights(), lambda each: each.path),
    versions=once(VERSIONS, lambda each: each.version),
    runs=once(runs(), lambda each: each.id),
    artifacts=once(artifacts(), lambda each: each.id),
    sources=st.just(SOURCES),
)
UNRELATED = Job("slurm", "9999", "other", (Attempt("2026-05-04T08:00:00", "2026-05-04T09:00:00", "COMPLETED"),))


def orphans(made):
    return {unit.key for unit in made.of(Answer.ORPHAN)}


@given(WORLDS)
@settings(max_examples=200, deadline=None)
def test_an_unrelated_job_takes_no_orphan_away(world):
    before, after = reconcile(world), reconcile(replace(world, jobs=(*world.jobs, UNRELATED)))
    assert orphans(before) <= orphans(after)
    assert after.beside.jobs == before.beside.jobs + 1
    assert after.digest == before.digest


@given(WORLDS, st.data())
@settings(max_examples=300, deadline=None)
def test_without_a_piece_of_evidence_no_weights_and_no_version_become_evidenced(world, data):
    """A job is known by records too, so for jobs the law is of the pieces that name none: the next test."""
    pieces = [*world.runs, *world.artifacts]
    if not pieces:
        return
    gone = data.draw(st.sampled_from(pieces))
    less = replace(
        world,
        runs=tuple(run for run in world.runs if run is not gone),
        artifacts=tuple(one for one in world.artifacts if one is not gone),
    )
    for each in (world, less):  # every set of weights as a unit of its own: no jobs are listed
        assert not any(unit.sort == "job" for unit in reconcile(replace(each, jobs=())).units)
    before = {unit.key for unit in reconcile(replace(world, jobs=())).of(Answer.EVIDENCED)}
    after = {unit.key for unit in reconcile(replace(less, jobs=())).of(Answer.EVIDENCED)}
    assert after <= before


@given(WORLDS, st.data())
@settings(max_examples=300, deadline=None)
def test_without_a_piece_that_names_no_job_no_unit_becomes_evidenced(world, data):
    pieces = [*(run for run in world.runs if run.job is None), *world.artifacts]
    if not pieces:
        return
    gone = data.draw(st.sampled_from(pieces))
    less = replace(
        world,
        runs=tuple(run for run in world.runs if run is not gone),
        artifacts=tuple(one for one in world.artifacts if one is not gone),
    )
    before = {unit.key for unit in reconcile(world).of(Answer.EVIDENCED)}
    assert {unit.key for unit in reconcile(less).of(Answer.EVIDENCED)} <= before


@given(WORLDS, st.randoms(use_true_random=False))
@settings(max_examples=200, deadline=None)
def test_the_order_of_what_is_given_changes_nothing(world, chance):
    def mixed(rows):
        rows = list(rows)
        chance.shuffle(rows)
        return tuple(rows)

    other = Given(*(mixed(getattr(world, name)) for name in Given.__dataclass_fields__))
    assert record.plain(reconcile(other)) == record.plain(reconcile(world))


@given(WORLDS)
@settings(max_examples=200, deadline=None)
def test_every_set_of_weights_is_in_a_unit_or_an_earlier_checkpoint_and_every_job_is_counted_once(world):
    made = reconcile(world)
    told = {folder for unit in made.units for folder in unit.folders}
    assert len({each.shown for each in world.weights} - told) <= made.beside.earlier_checkpoints
    beside = made.beside
    counted = made.counted["job"].total() + sum(
        (beside.wrote_nothing, beside.not_begun, beside.running, beside.may_have_written, beside.not_looked)
    )
    assert counted == beside.jobs
    assert len({unit.key for unit in made.units}) == len(made.units)


@given(WORLDS)
@settings(max_examples=100, deadline=None)
def test_a_yes_has_units_and_all_of_them_are_evidenced(world):
    made = reconcile(world)
    if made.exit_code == 0:
        assert made.units
        assert {unit.answer for unit in made.units} == {Answer.EVIDENCED}
    assert (made.exit_code == 1) == bool(orphans(made))


@given(WORLDS, st.text(max_size=10), st.integers(1, 9))
@settings(max_examples=100, deadline=None)
def test_a_sample_is_drawn_again_by_its_seed_and_a_larger_one_begins_with_it(world, seed, number):
    made = reconcile(world)
    drawn, more = record.draw(made, number, seed), record.draw(made, number + 1, seed)
    assert drawn == record.draw(made, number, seed)
    assert more["drawn"][: len(drawn["drawn"])] == drawn["drawn"]
    assert len(drawn["drawn"]) == min(number, len(made.units))
    assert drawn["population_digest"] == made.digest
