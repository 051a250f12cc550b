"""A real run of lm-evaluation-harness on a model of one layer, recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.integrations.running import only, run, said

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.training
for _library in ("torch", "transformers", "lm_eval"):
    pytest.importorskip(_library, reason=f"{_library} is not installed; `make test` installs it")

SCRIPT = """
import json, pathlib
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast
from tests.integrations import tiny
from governance.integrations.lm_eval import GovernanceEvaluationTracker, recorded_evaluate
from lm_eval import simple_evaluate
from lm_eval.tasks import TaskManager

words = ["<pad>", "<eos>", *"abcdefghijklmnopqrstuvwxyz ?0123456789"]
inner = Tokenizer(models.WordLevel({word: number for number, word in enumerate(words)}, unk_token="?"))
inner.pre_tokenizer = pre_tokenizers.Split("", "isolated")
PreTrainedTokenizerFast(tokenizer_object=inner, pad_token="<pad>", eos_token="<eos>", unk_token="?").save_pretrained("model")
tiny.model().save_pretrained("model")
tasks = pathlib.Path("tasks").absolute()
tasks.mkdir()
questions = [{"question": f"is {n}", "choices": [f"{n}", f"{n + 1}"], "answer": 0} for n in range(8)]
(tasks / "tiny.jsonl").write_text("".join(json.dumps(row) + "\\n" for row in questions))
(tasks / "tiny.yaml").write_text(
    f"task: tiny_qa\\ndataset_path: json\\ndataset_kwargs:\\n  data_files:\\n    test: {tasks / 'tiny.jsonl'}\\n"
    'test_split: test\\noutput_type: multiple_choice\\ndoc_to_text: "{{question}}?"\\ndoc_to_choice: "{{choices}}"\\n'
    'doc_to_target: "{{answer}}"\\nmetric_list:\\n  - metric: acc\\nmetadata:\\n  version: 1.0\\n'
)
how = dict(
    model="hf", model_args={"pretrained": "model", "dtype": "float32"}, tasks=["tiny_qa"], device="cpu", batch_size=4,
    task_manager=TaskManager(include_path=str(tasks), include_defaults=False), limit=6,
)
results = recorded_evaluate(output_path="out", record={"spool": "spool", "system": "tiny"}, **how)
again = simple_evaluate(**how)
from lm_eval.models.huggingface import HFLM
by_hand = how | {"model": HFLM(pretrained="model", device="cpu", dtype="float32"), "model_args": None}
with GovernanceEvaluationTracker(record={"spool": "by-hand"}) as tracker:
    tracker.save_results_aggregated(results=simple_evaluate(evaluation_tracker=tracker, **by_hand))
try:
    recorded_evaluate(record={"spool": "failed"}, **how | {"tasks": ["no_such_task"]})
except Exception as error:
    failed = type(error).__name__
print(json.dumps({"acc": results["results"]["tiny_qa"]["acc,none"], "again": again["results"]["tiny_qa"]["acc,none"],
                  "samples": len(results["samples"]["tiny_qa"]), "failed": failed}))
"""


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("evaluations")
    return folder, said(run(SCRIPT, folder))


def test_an_evaluation_is_recorded_with_its_numbers_and_the_files_it_left(ran) -> None:
    folder, told = ran
    assert told["acc"] == told["again"]
    assert told["samples"] == 6
    segment = only(folder / "spool")
    assert segment.opened["activity"] == "evaluation"
    assert segment.opened["tool"]["name"] == "lm-eval"
    assert segment.opened["system"] == "tiny"
    assert segment.of("model")[0]["base_model"]["name"] == "model"
    (result,) = segment.of("result")
    assert (result["name"], result["values"]["acc,none"]) == ("tiny_qa", told["acc"])
    assert (result["samples"], result["of"], result["shots"], result["task_version"]) == (6, 8, 0, "1.0")
    values = segment.of("settings")[0]["values"]
    assert (values["dtype"], values["limit"], values["device"]) == ("float32", 6, "cpu")
    assert segment.of("seeds")[0]["seeds"]["numpy_seed"] == 1234
    written = {each["name"]: each["size"] for row in segment.of("files") for each in row["files"]}
    on_disk = {path.name: path.stat().st_size for path in (folder / "out" / "model").iterdir()}
    assert written == on_disk
    assert len(written) == 2
    assert segment.seal["outcome"] == "finished"


def test_the_tracker_records_what_is_saved_by_hand_without_a_folder_to_save_in(ran) -> None:
    segment = only(ran[0] / "by-hand")
    assert segment.of("result")[0]["values"]["acc,none"] == ran[1]["acc"]
    assert segment.of("model")[0]["base_model"]["name"] == "model"
    assert segment.of("files") == ()
    assert segment.seal["outcome"] == "finished"


def test_an_evaluation_that_fails_goes_on_failing_and_is_sealed_with_the_type_of_its_error(ran) -> None:
    folder, told = ran
    seal = only(folder / "failed").seal
    assert seal["outcome"] == "failed"
    assert seal["reason"].endswith(told["failed"])


def test_of_the_arguments_for_a_model_the_named_few_are_kept_in_either_form(tmp_path: Path) -> None:
    script = """
    import json
    from governance.integrations.lm_eval import settings_of, table
    told = []
    for said in ("model=gpt-4o,api_key=hf_qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq,dtype=float32", {"model": "gpt-4o", "api_key": "x", "dtype": "float32"}, None):
        named = table(said)
        told.append([named.get("model"), settings_of({}, {"model": "local-completions"}, named)])
    print(json.dumps(told))
    """
    both = ["gpt-4o", {"dtype": "float32", "model": "local-completions"}]
    assert said(run(script, tmp_path)) == [both, both, [None, {"model": "local-completions"}]]
