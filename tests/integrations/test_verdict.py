"""A verdict goes to the run whose weights were judged, and to no other."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from governance.domain.evidence import Role
from governance.errors import CouldNotTell
from governance.integrations import verdict as verdicts
from tests.conftest import RECORDED

from ..collectors.conftest import SAMPLES

SAID = json.loads(next((SAMPLES / "mlflow-export").iterdir()).read_text("utf-8"))
ID = SAID["run"]["id"]


@pytest.fixture
def run_of(tmp_path, attached):
    """Attach a run of MLflow to the recorded system, with changes to it and declared names."""

    def go(*, names=None, about=None, beside=(), **run):
        path = tmp_path / f"export-{len(list(tmp_path.glob('export-*')))}.json"
        path.write_text(json.dumps(SAID | {"run": SAID["run"] | run}), "utf-8")
        attached.attach([path, *beside], "elm-desk", environment=False, names=names or {}, about=about)
        return attached

    return go


def asked(workspace, tracker="mlflow", run=ID, project=None):
    return verdicts.verdict(workspace.case("elm-desk"), tracker, run, project)


def test_a_run_that_is_bound_to_the_candidate_gets_the_gate_s_own_words(run_of):
    workspace = run_of(names={"adapter": "run"})
    said, case = asked(workspace), workspace.case("elm-desk")
    assert said.tags == {
        "governance.verdict": "no",
        "governance.policy": "release",
        "governance.identity": case.dossier.identity.digest,
        "governance.checkpoint": f"{case.checkpoint.size} {case.checkpoint.root}",
        "governance.decided_on": "2026-11-23T09:00:00Z",
    }
    assert said.exit_code == 1
    (evidence,) = said.evidence
    assert workspace.evidence(evidence).body["run_id"] == ID


@pytest.mark.parametrize(("answer", "code"), [("yes", 0), ("no", 1), ("could-not-tell", 3)])
def test_the_code_is_that_of_the_gate(run_of, answer, code):
    case = run_of(names={"adapter": "run"}).case("elm-desk")
    judged = replace(case, gate=case.gate.model_copy(update={"answer": answer}))
    said = verdicts.verdict(judged, "mlflow", ID)
    assert (said.tags["governance.verdict"], said.exit_code) == (answer, code)
    assert replace(said, duties_broken=True).exit_code == 5


def test_a_run_that_nothing_is_on_record_of_is_refused(attached):
    with pytest.raises(CouldNotTell, match="nothing on record is of the run"):
        asked(attached)


def test_a_run_of_another_tracker_with_the_same_id_is_another_run(run_of):
    workspace = run_of(names={"adapter": "run"})
    with pytest.raises(CouldNotTell, match="nothing on record"):
        asked(workspace, "wandb", project="desk")


def test_an_id_in_another_project_is_another_run(run_of):
    workspace = run_of(names={"adapter": "run"})
    assert asked(workspace, project="desk").answer == "no"
    with pytest.raises(CouldNotTell, match="nothing on record"):
        asked(workspace, project="other")


def test_a_run_that_is_tied_to_no_weights_is_refused(run_of):
    with pytest.raises(CouldNotTell, match="tied to no weights"):
        asked(run_of())


def test_being_called_a_candidate_without_weights_is_no_tie(run_of):
    with pytest.raises(CouldNotTell, match="tied to no weights"):
        asked(run_of(about=Role.CANDIDATE))


def weights(folder, name, flipped):
    """The recorded adapter under another name, with one bit of its weights turned."""
    made = folder / name
    made.mkdir()
    (made / "adapter_config.json").write_bytes((RECORDED / "run" / "adapter_config.json").read_bytes())
    data = bytearray((RECORDED / "run" / "adapter_model.safetensors").read_bytes())
    data[-flipped] ^= 1
    (made / "adapter_model.safetensors").write_bytes(data)
    return made


def test_a_run_of_the_last_candidate_is_refused_when_another_has_taken_its_place(run_of, tmp_path):
    workspace = run_of(names={"adapter": "run"})
    assert asked(workspace).answer == "no"
    workspace.attach([weights(tmp_path, "newer", 1)], "elm-desk", environment=False)
    assert workspace.case("elm-desk").dossier.candidate.record.subject.name == "newer"
    with pytest.raises(CouldNotTell, match="on record as that of run"):
        asked(workspace)


def test_a_run_that_gave_two_models_is_refused_since_a_reader_could_not_know_which(run_of, tmp_path):
    run_of(names={"adapter": "run"})
    workspace = run_of(names={"adapter": "newer"}, beside=[weights(tmp_path, "newer", 1)], end=1795634490001)
    with pytest.raises(CouldNotTell, match="not of the candidate"):
        asked(workspace)


def with_pieces(case, change):
    pieces = tuple(change(each) if each.record.tool == "mlflow" else each for each in case.dossier.pieces)
    return replace(case, dossier=replace(case.dossier, pieces=pieces))


def test_a_tie_that_is_in_conflict_is_refused(run_of):
    case = run_of(names={"adapter": "run"}).case("elm-desk")

    def doubted(piece):
        return piece.model_copy(update={"record": piece.record.model_copy(update={"conflicts": ("said otherwise",)})})

    with pytest.raises(CouldNotTell, match="in conflict: said otherwise"):
        verdicts.verdict(with_pieces(case, doubted), "mlflow", ID)


def test_a_run_that_was_recorded_from_inside_is_tied_by_that_record(run_of):
    """The tracker's copy is tied to nothing itself; it names the run as which it was recorded, and that one is tied."""
    case = run_of().case("elm-desk")
    (trained,) = [each for each in case.dossier.of_kind(verdicts.RUNS) if each.record.tool != "mlflow"]

    def recorded_as(name):
        inside = trained.model_copy(update={"id": "ev-inside", "body": {**trained.body, "run_id": name}})
        pieces = tuple(inside if each is trained else each for each in case.dossier.pieces)
        return replace(case, dossier=replace(case.dossier, pieces=pieces))

    assert verdicts.verdict(recorded_as("desk-7"), "mlflow", ID).evidence == ("ev-inside",)
    with pytest.raises(CouldNotTell, match="tied to no weights"):
        verdicts.verdict(recorded_as("desk-8"), "mlflow", ID)


def test_a_system_without_weights_has_no_verdict(workspace):
    with pytest.raises(CouldNotTell, match="no weights are on record"):
        asked(workspace)


def test_what_reads_back_otherwise_is_named():
    assert verdicts.differing({"a": "1", "b": "2"}, {"a": "1", "b": "3"}) == ("b",)
    assert verdicts.differing({"a": "1"}, {}) == ("a",)
    assert verdicts.differing({"a": "1"}, {"a": "1", "c": "x"}) == ()
