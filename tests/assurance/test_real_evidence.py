"""What tools really wrote, attached as a user attaches it, and what the controls of the catalogue make of it.

A row of the table is one attach beside the recorded run, whose adapter is the candidate: the control, the samples, what the
user says of them, and what the control must come to, with words that its reason must hold.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from governance.assurance.assess import assess, judge
from governance.collectors.reading.collect import collectors
from governance.parsing import strict_yaml
from governance.workspace import Workspace
from tests.assurance.real_cases import COMPARED, DESK, PURPOSES, TABLE, TODAY, YESTERDAY, Case
from tests.collectors import spools
from tests.collectors.test_model_signing import SIGNER
from tests.conftest import RECORDED

if TYPE_CHECKING:
    from collections.abc import Callable

    from governance.domain.assessment import ControlResult

SAMPLES = Path(__file__).parent.parent / "samples"
LM_EVAL = next((SAMPLES / "lm-eval").glob("**/results_*.json")).relative_to(SAMPLES / "lm-eval").as_posix()
SECRETS = "detect-secrets/secrets-1.5.0.json"
LATER = "2026-11-26T08:00:00Z"
NAMED = {
    "mlflow-database": ("runs/desk",), "trackio": ("runs/desk",), "wandb-run": ("runs/desk",), "vllm-metrics": ("elm-desk",),
    "otel-genai": ("elm-desk",),
}  # fmt: skip
"""What these tools call the candidate."""


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with the recorded run, whose task `desk` stands for every purpose."""
    folder = tmp_path_factory.mktemp("ground")
    system = strict_yaml.loads((RECORDED / "system.yaml").read_bytes(), where="system.yaml")
    purposes = {*PURPOSES.values(), *(purpose for several in COMPARED.values() for purpose in several)}
    system |= {"suites": {purpose: [DESK, "refusal_safety"] for purpose in sorted(purposes)}, "deployment": "both"}
    (folder / "system.yaml").write_text(yaml.safe_dump(system), "utf-8")
    made = Workspace.init(folder / "workspace", origin="test/real", clock=lambda: TODAY)
    made.add_system(folder / "system.yaml")
    made.attach([RECORDED / "run"], "elm-desk", environment=False)
    made.ledger.close()
    return folder / "workspace"


@pytest.fixture
def desk(ground: Path, tmp_path: Path) -> Workspace:
    """A copy of that workspace of one's own."""
    shutil.copytree(ground, tmp_path / "workspace")
    return Workspace(tmp_path / "workspace", clock=lambda: TODAY)


def found(desk: Workspace, control: str) -> ControlResult:
    return judge(desk.catalogue.controls[control], desk.dossier("elm-desk"), desk.catalogue, TODAY)


def put(desk: Workspace, *samples: str | Path, calls: tuple[str, ...] = (), **how: Any) -> None:
    """Attach samples by name, or other files by path."""
    names = dict.fromkeys(calls, "run")
    paths = [RECORDED / "run"] if how.get("about") else []
    done = desk.attach(
        [*paths, *(SAMPLES / each for each in samples)], "elm-desk", names=names, environment=False, **how
    )
    assert not done.not_read


@pytest.mark.parametrize("row", TABLE, ids=str)
def test_what_a_tool_wrote_brings_a_control_to_what_it_should(desk: Workspace, row: Case) -> None:
    if row.samples:
        put(desk, row.samples, calls=row.calls, about=row.about, effective=row.on)
    result = found(desk, row.control)
    assert (result.standing.value, row.says in "; ".join(result.reasons)) == (row.comes_to, True), result.reasons


def test_each_control_that_a_tool_can_answer_stands_in_the_table_with_a_yes_and_a_no(desk: Workspace) -> None:
    yielded = {kind for each in collectors()[0] for kind in each.kinds} - {"attested-document.v1"}
    leaning = {each.id for each in desk.catalogue.controls.values() if yielded & {ask.kind for ask in each.asks}}
    shown: dict[str, set[bool]] = {}
    for row in TABLE:
        shown.setdefault(row.control, set()).add(row.comes_to == "met")
    assert leaning == set(shown)
    one_sided = {control for control, answers in shown.items() if answers != {True, False}}
    of_the_run = {row.control for row in TABLE if not row.samples}
    assert one_sided - of_the_run == {*COMPARED, *TESTED_BELOW, *ONLY_A_PERSON_SAYS}


TESTED_BELOW = {"code-scanned", "secrets-scanned", "contamination-checked", "training-code-identified"}
ONLY_A_PERSON_SAYS = {
    "dataset-deduplicated": "what was taken out",
    "personal-data-scanned": "what became of the hits",
    "inference-cost-measured": "where the model was served",
    "on-device-behaviour-measured": "where the model was served",
}
"""Controls that no tool's own output brings to a yes, and what it leaves open."""


# --- a yes, where the sample has to be put right first ----------------------------------------------------------------


def edited(sample: str, into: Path, change: Callable[[Any], None]) -> Path:
    """A sample with one thing changed in its JSON."""
    value = json.loads((SAMPLES / sample).read_text("utf-8"))
    change(value)
    into.mkdir(parents=True, exist_ok=True)
    (into / Path(sample).name).write_text(json.dumps(value), "utf-8")
    return into / Path(sample).name


def without_results(sarif: Any) -> None:
    sarif["runs"][0]["results"] = []


def test_code_without_findings_is_a_yes_and_a_scanner_without_a_clock_changes_nothing(
    desk: Workspace, tmp_path: Path
) -> None:
    put(desk, edited("sarif/bandit.sarif", tmp_path, without_results))
    assert found(desk, "code-scanned").standing == "met"
    put(desk, edited("sarif/semgrep.sarif", tmp_path, without_results))
    assert found(desk, "code-scanned").standing == "met"
    put(desk, "sarif/semgrep.sarif")
    assert found(desk, "code-scanned").standing == "unmet"


def test_a_linter_without_a_finding_that_may_not_have_run_is_no_yes(desk: Workspace, tmp_path: Path) -> None:
    put(desk, edited("sarif/ruff.sarif", tmp_path, without_results), effective=YESTERDAY)
    result = found(desk, "code-scanned")
    assert (result.standing, "as if it had not run" in result.reasons[0]) == ("inconclusive", True)


def test_secrets_that_a_person_struck_out_are_a_yes_and_a_search_without_a_trace_is_none(
    desk: Workspace, tmp_path: Path
) -> None:
    def audited(said: Any) -> None:
        for hit in (hit for hits in said["results"].values() for hit in hits):
            hit["is_secret"] = False

    put(desk, edited(SECRETS, tmp_path / "nothing", lambda said: said.update(results={})))
    result = found(desk, "secrets-scanned")
    assert (result.standing, "as when nothing was searched" in result.reasons[0]) == ("inconclusive", True)
    put(desk, edited(SECRETS, tmp_path / "audited", lambda said: (audited(said), said.update(generated_at=LATER))))
    assert found(desk, "secrets-scanned").standing == "met"
    put(desk, "gitleaks")
    assert found(desk, "secrets-scanned").standing == "unmet"


def test_training_data_in_which_no_question_was_found_is_a_yes(desk: Workspace, tmp_path: Path) -> None:
    def cleaned(said: Any) -> None:
        for item in said["test_items"].values():
            item["hits"] = 0

    put(desk, edited("contamination/overlap.json", tmp_path, cleaned), effective=YESTERDAY)
    assert found(desk, "contamination-checked").standing == "met"


@pytest.mark.parametrize(
    ("said", "sealed", "comes_to"),
    [
        ({}, "finished", "met"),
        ({"uncommitted_changes": True}, "finished", "unmet"),
        ({"commit": None}, "finished", "unmet"),
        ({}, None, "inconclusive"),
    ],
)
def test_the_code_of_a_recorded_run_is_a_yes_where_it_is_committed_and_the_run_was_sealed(
    desk: Workspace, tmp_path: Path, said: dict[str, Any], sealed: str | None, comes_to: str
) -> None:
    code = {"repository": None, "commit": "0a" * 20, "branch": "main", "tag": None, "uncommitted_changes": False, "untracked_files": 0,
            "signed": None, "entry_point": "train.py", "tool": {"name": "git", "version": None}} | said  # fmt: skip
    (tmp_path / "a.spool").write_bytes(spools.segment(("code", 0.1, {"body": code}), sealed=sealed, output_dir="run"))
    put(desk, tmp_path / "a.spool")
    assert found(desk, "training-code-identified").standing == comes_to


def test_a_signature_is_a_yes_only_with_a_key_that_was_named(desk: Workspace, tmp_path: Path) -> None:
    put(desk, "model-signing")
    assert found(desk, "weights-signed").standing == "inconclusive"
    key = tmp_path / "signer.pub"
    key.write_text(SIGNER, "utf-8")
    shutil.copytree(SAMPLES / "model-signing", tmp_path / "signed")
    (tmp_path / "signed" / "certificate.sig").unlink()
    put(desk, tmp_path / "signed", key)
    assert found(desk, "weights-signed").standing == "met"
    with (tmp_path / "signed" / "adapter" / "adapter_config.json").open("a") as config:
        config.write(" ")
    put(desk, tmp_path / "signed", key)
    assert found(desk, "weights-signed").standing == "unmet"


@pytest.mark.parametrize("control", COMPARED)
def test_a_comparison_needs_the_base_beside_the_candidate(desk: Workspace, control: str) -> None:
    put(desk, RECORDED / "run", RECORDED / "eval" / "candidate")
    assert found(desk, control).standing == "missing"
    put(desk, RECORDED / "run", RECORDED / "eval" / "base")
    assert found(desk, control).standing == "met"


# --- nothing bad is a yes ---------------------------------------------------------------------------------------------


def test_a_run_over_a_few_samples_is_no_evaluation(desk: Workspace, tmp_path: Path) -> None:
    put(desk, "lm-eval", calls=("dummy",))
    assert found(desk, "evaluation-harness-identified").standing == "met"
    later = {"limit": 2, "date": TODAY.timestamp() - 3600}
    short = edited(f"lm-eval/{LM_EVAL}", tmp_path, lambda said: (said["config"].update(limit=2), said.update(later)))
    put(desk, short, calls=("dummy",))
    result = found(desk, "evaluation-harness-identified")
    assert result.standing == "inconclusive"
    assert "limit of 2" in result.reasons[0]


def test_what_was_said_of_other_weights_does_not_carry_over(desk: Workspace) -> None:
    put(desk, "promptfoo/redteam.json", calls=("desk:model",))
    put(desk, "modelscan/modelscan-0.8.8.json", calls=("model",))
    put(desk, "model-artifacts")
    for control in ("red-team-held", "weights-scanned", "training-run-recorded"):
        result = found(desk, control)
        assert (result.standing, "speaks of other weights" in result.reasons[0]) == ("missing", True)


def test_an_evaluation_can_not_be_typed(desk: Workspace, tmp_path: Path) -> None:
    body = next(iter(desk.catalogue.kinds["eval-run.v1"].examples.holds.values()))
    value = {"schema": "declared-evidence.v1", "kind": "eval-run.v1", "name": "xstest", "about": "candidate", "on": "2026-11-20",
             "by": {"name": "Ada Example", "role": "Training lead"}, "body": dict(body)}  # fmt: skip
    (tmp_path / "typed.yaml").write_text(yaml.safe_dump(value), "utf-8")
    done = desk.attach([tmp_path / "typed.yaml"], "elm-desk", environment=False)
    assert (done.appended, "not written by hand" in done.not_read[0].reason) == ((), True)


def test_a_scan_of_an_adapters_folder_is_tied_to_it_by_the_folders_name(desk: Workspace, tmp_path: Path) -> None:
    scan = edited(
        "modelscan/modelscan-0.8.8.json", tmp_path, lambda said: said["summary"].update(input_path="/data/run")
    )
    put(desk, RECORDED / "run", scan)
    assert found(desk, "weights-scanned").standing == "met"


# --- more that is true makes no yes into a no -------------------------------------------------------------------------

SAYS_LESS = (
    "nvidia-smi-xml", "nvidia-smi-csv", "nvidia-smi-text", "dcgm-metrics", "rocm-smi", "vllm-metrics", "otel-genai",
    "litellm-log", "slurm-sacct", "accelerate-config", "deepspeed-config", "mlflow-database", "trackio", "wandb-run",
    "lightning-run", "mlperf-log", "ray-run", "provenance", "avid", "picklescan", "presidio", "deduplication",
)  # fmt: skip


@pytest.mark.parametrize("sample", SAYS_LESS)
def test_what_says_less_leaves_every_yes_a_yes(desk: Workspace, sample: str) -> None:
    put(desk, "dataset-card", "promptfoo/redteam.json", "cyclonedx", calls=("desk:model",))
    before = met(desk)
    put(desk, sample, calls=NAMED.get(sample, ()))
    assert before - met(desk) == set()


def test_a_trackers_copy_of_the_run_leaves_every_yes_a_yes(desk: Workspace) -> None:
    before = met(desk)
    done = desk.attach([SAMPLES / "mlflow-store"], "elm-desk", names={"runs/desk": "run"}, environment=False)
    assert {item.role for item in done.appended if item.kind == "training-run.v1"} == {"candidate"}
    assert before - met(desk) == set()


@pytest.mark.parametrize("beside", ["croissant", "hf-dataset-on-disk/cache-5.2.0", "hf-dataset-on-disk/saved-3.6.0"])
def test_a_second_description_beside_the_card_leaves_every_yes_a_yes(
    desk: Workspace, tmp_path: Path, beside: str
) -> None:
    put(desk, "dataset-card")
    before = met(desk)
    assert "dataset-limitations-stated" in before
    shutil.copytree(SAMPLES / "dataset-card", tmp_path / "data")
    shutil.copytree(SAMPLES / beside, tmp_path / "data", dirs_exist_ok=True)
    put(desk, tmp_path / "data")
    assert before - met(desk) == set()


def test_an_attack_without_a_clock_does_not_age_a_dated_one(desk: Workspace) -> None:
    put(desk, "promptfoo/redteam.json", calls=("desk:model",))
    put(desk, "garak", calls=("test.Lipsum",))
    assert found(desk, "red-team-held").standing == "met"


def test_a_person_says_what_became_of_the_hits_after_the_search_and_not_before(desk: Workspace, tmp_path: Path) -> None:
    body = {"tool": {"name": "presidio-analyzer", "version": "2.2.366"}, "rows": 3, "languages": ["en"], "threshold": 0.5,
            "entities": {"EMAIL_ADDRESS": 2}, "redacted": 2, "dismissed": 0, "unresolved": 0}  # fmt: skip
    record = {"schema": "declared-evidence.v1", "kind": "personal-data-scan.v1", "name": "elm-desk", "about": "data-set",
              "on": "2026-11-20", "by": {"name": "Ada Example", "role": "Data protection officer"}, "body": body}  # fmt: skip
    (tmp_path / "judged.yaml").write_text(yaml.safe_dump(record), "utf-8")
    put(desk, tmp_path / "judged.yaml")
    desk.clock = lambda: TODAY.replace(hour=10)
    desk.ledger.close()
    later = Workspace(desk.root, clock=lambda: TODAY.replace(hour=10))
    put(later, "presidio")
    assert found(later, "personal-data-scanned").standing == "inconclusive"
    (tmp_path / "judged.yaml").write_text(yaml.safe_dump(record | {"on": "2026-11-26"}), "utf-8")
    put(later, tmp_path / "judged.yaml")
    assert found(later, "personal-data-scanned").standing == "met"


def met(desk: Workspace) -> set[str]:
    assessment = assess(desk.dossier("elm-desk"), desk.catalogue, TODAY)
    return {result.id for result in assessment.controls if result.standing == "met"}
