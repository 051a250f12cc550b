"""Scores of single samples: columns, never text."""

from __future__ import annotations

import hashlib
import json

import pytest

from governance.collectors.formats import json_array
from governance.domain.evidence import Quality
from governance.parsing import canonical, sample_table

from .made import results
from .tables import columns
from .tables import rows as table_of


def row(number, acc, **extra):
    made = {
        "doc_id": number, "doc": {"question": f"secret {number}"}, "target": "0", "arguments": {}, "resps": [["x"]],
        "filtered_resps": ["x"], "filter": "none", "metrics": ["acc"], "doc_hash": f"{number:064x}",
        "prompt_hash": f"{number + 100:064x}", "target_hash": f"{number + 200:064x}", "acc": acc,
    }  # fmt: skip
    return made | extra


def lines(rows):
    return "".join(json.dumps(each) + "\n" for each in rows)


def task_hash(rows):
    joined = "".join(each["doc_hash"] + each["prompt_hash"] + each["target_hash"] for each in rows)
    return hashlib.sha256(joined.encode()).hexdigest()


def scored(count, of=None):
    """The part of the results that says how many samples of the task were scored."""
    return {"n-samples": {"qa": {"original": of or count, "effective": count}}}


@pytest.fixture
def only(read, tmp_path):
    def go():
        (fact,) = [fact for fact in read(tmp_path).found if fact.kind == "eval-samples.v1"]
        return fact

    return go


def test_a_sample_scored_through_two_filters_is_one_row(sample, read):
    (fact,) = [each for each in read(sample("lm-eval-samples")).found if each.kind == "eval-samples.v1"]
    assert fact.body["n"] == 6
    assert fact.body["metrics"] == ["exact_match,strict", "exact_match,digits"]
    assert fact.body["duplicated_ids"] == 0
    assert fact.body["task"] == "tiny_gen"
    assert len(columns(fact)["exact_match,digits"]) == 6


def test_no_text_of_a_question_or_an_answer_is_kept(write, only):
    write("samples_qa_2026-01-01T00-00-00.0.jsonl", lines([row(0, 1.0), row(1, 0.0)]))
    assert "secret" not in json.dumps(only().body) + json.dumps(table_of(only()))


def test_columns_and_means_follow_the_file(write, only):
    write("samples_qa_2026-01-01T00-00-00.0.jsonl", lines([row(0, 1.0), row(1, 0.0), row(2, True)]))
    body, held = only().body, columns(only())
    assert held["id"] == [0, 1, 2]
    assert held["acc"] == [1.0, 0.0, 1]
    assert held["doc_sha256"][1] == "sha256:" + f"{1:064x}"
    assert held["prompt_sha256"][2] == "sha256:" + f"{102:064x}"
    assert body["table"]["columns"] == ["id", "doc_sha256", "prompt_sha256", "acc"]
    assert body["means"] == {"acc": pytest.approx(2 / 3)}


def test_without_results_the_model_is_unknown_and_it_is_partial(write, only):
    write("samples_qa_2026-01-01T00-00-00.0.jsonl", lines([row(0, 1.0)]))
    fact = only()
    assert (fact.body["model"]["name"], fact.body["task"], fact.quality) == ("unknown", "qa", Quality.PARTIAL)


def test_the_only_results_beside_it_give_model_and_date(write, only):
    write("samples_qa_2026-01-01T00-00-00.0.jsonl", lines([row(0, 1.0), row(1, 0.0)]))
    write("results_2026-01-01T00-00-00.0.json", results(**scored(2)))
    fact = only()
    assert (fact.body["model"]["name"], fact.quality, fact.effective_clock) == ("base", Quality.COMPLETE, "tool")
    assert [source.path for source in fact.sources][1] == "results_2026-01-01T00-00-00.0.json"


def test_of_several_results_the_one_with_the_same_time_stamp_is_taken(write, only):
    write("samples_qa_2026-01-01T00-00-00.0.jsonl", lines([row(0, 1.0)]))
    write("results_2026-01-01T00-00-00.0.json", results())
    write("results_2026-02-02T00-00-00.0.json", results(config={"model_args": {"pretrained": "later"}}))
    assert only().body["model"]["name"] == "base"


def test_two_results_that_both_could_fit_give_no_model(write, only):
    write("samples_qa.jsonl", lines([row(0, 1.0)]))
    write("a.json", results())
    write("b.json", results(config={"model_args": {"pretrained": "later"}}))
    fact = only()
    assert fact.body["model"]["name"] == "unknown"
    assert "2 results files" in fact.quality_reasons[0]


def test_the_tasks_hash_over_its_samples_settles_it(write, only):
    rows = [row(0, 1.0), row(1, 0.0)]
    write("anything.jsonl", lines(rows))
    write("a.json", results(task_hashes={"qa": "0" * 64}))
    config = {"model_args": {"pretrained": "proven"}}
    write("b.json", results(task_hashes={"qa": task_hash(rows)}, config=config, **scored(2)))
    fact = only()
    assert (fact.body["model"]["name"], fact.body["task"], fact.quality) == ("proven", "qa", Quality.COMPLETE)


def test_samples_that_do_not_add_up_to_the_told_hash_are_partial(write, only):
    rows = [row(0, 1.0), row(1, 0.0)]
    write("samples_qa_2026-01-01T00-00-00.0.jsonl", lines(rows[:1]))
    write("results_2026-01-01T00-00-00.0.json", results(task_hashes={"qa": task_hash(rows)}))
    fact = only()
    assert fact.quality is Quality.PARTIAL
    assert "do not add up" in fact.quality_reasons[0]


def test_the_hash_the_real_tool_wrote_adds_up(sample, read):
    (fact,) = [each for each in read(sample("lm-eval-samples")).found if each.kind == "eval-samples.v1"]
    assert fact.quality is Quality.COMPLETE


def test_a_repeated_id_is_counted_and_makes_it_partial(write, only):
    write("samples_qa_2026-01-01T00-00-00.0.jsonl", lines([row(0, 1.0), row(0, 1.0)]))
    write("results_2026-01-01T00-00-00.0.json", results())
    fact = only()
    assert (fact.body["duplicated_ids"], fact.body["n"], fact.quality) == (1, 2, Quality.PARTIAL)


def test_the_array_of_0_4_2_is_read_and_its_documents_get_the_same_digest(write, only):
    doc = {"question": "What is 0+0?", "choices": ["0", "1", "0"], "answer": 0}
    old = {"doc_id": 0, "doc": doc, "target": 0, "arguments": [], "resps": [], "filtered_resps": [], "acc": 0.0}
    write("run__qa.jsonl", json.dumps([old], indent=2))
    body = only().body
    # The digest that 0.4.13 itself wrote for this very document.
    held = columns(only())
    assert held["doc_sha256"] == ["sha256:025afeed50b892bfcee21e77da798b316b7c8fbdf433a34b6bcc3a4e89437321"]
    assert "prompt_sha256" not in held
    assert body["metrics"] == ["acc"]


def test_above_the_cap_only_the_digest_of_the_columns_is_kept(write, only, monkeypatch):
    write("samples_qa_2026-01-01T00-00-00.0.jsonl", lines([row(0, 1.0), row(1, 0.0)]))
    kept = only().body
    for limit in ("MOST_ROWS", "MOST_BYTES"):
        with monkeypatch.context() as patched:
            patched.setattr(sample_table, limit, 1)
            fact = only()
        assert (fact.body["columns"], fact.body["table"], fact.enclosures) == (None, None, ())
        assert fact.body["columns_digest"] == kept["columns_digest"]


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ({"subject": "high_school_physics"}, "high_school_physics"),
        ({"group": 7, "subject": "physics"}, "7"),
        ({"passage": "The elm desk is ill."}, "sha256:" + hashlib.sha256(b"The elm desk is ill.").hexdigest()[:32]),
        ({"subject": "ada@example.com"}, "sha256:" + hashlib.sha256(b"ada@example.com").hexdigest()[:32]),
    ],
)
def test_what_a_question_belongs_with_is_kept_by_a_plain_name_or_by_a_digest(said, kept, write, only):
    rows = [row(0, 1.0) | {"doc": said}, row(1, 0.0)]
    write("samples_qa_2026-01-01T00-00-00.0.jsonl", lines(rows))
    assert table_of(only())["cluster"] == [kept, None]


def test_a_score_that_is_a_pair_is_no_score_of_a_sample(write, only):
    write("samples_qa_2026-01-01T00-00-00.0.jsonl", lines([row(0, [1, 2])]))
    fact = only()
    assert fact.body["metrics"] == []
    assert "no row has a score" in fact.quality_reasons


def unnamed(number, acc):
    made = row(number, acc)
    del made["filter"], made["metrics"]
    return made


def test_filters_that_the_rows_do_not_name_are_told_by_the_results(write, only):
    rows = [unnamed(0, 1.0), unnamed(1, 0.0), unnamed(0, 0.0), unnamed(1, 0.0)]
    made = {"qa": {"acc,strict": 0.5, "acc_stderr,strict": 0.1, "acc,loose": 0.0, "acc_stderr,loose": 0.1}}
    write("samples_qa_2026-01-01T00-00-00.0.jsonl", lines(rows))
    hashes = {"qa": task_hash(rows)}
    write("results_2026-01-01T00-00-00.0.json", results(results=made, task_hashes=hashes, **scored(2)))
    fact = only()
    assert (fact.quality, fact.body["n"], fact.body["duplicated_ids"]) == (Quality.COMPLETE, 2, 0)
    assert fact.body["means"] == {"acc,strict": 0.5, "acc,loose": 0.0}
    assert columns(fact)["acc,strict"] == [1.0, 0.0]


def test_repeated_rows_that_do_not_fit_the_filters_are_counted(write, only):
    made = {"qa": {"acc,strict": 0.5, "acc,loose": 0.0}}
    write("results_2026-01-01T00-00-00.0.json", results(results=made))
    for rows in ([unnamed(0, 1.0), unnamed(1, 0.0), unnamed(0, 0.0)],
                 [unnamed(0, 1.0), unnamed(1, 0.0), unnamed(0, 0.0), unnamed(0, 0.0)],
                 [unnamed(0, 1.0), unnamed(0, 0.0) | {"doc_hash": "f" * 64}]):  # fmt: skip
        write("samples_qa_2026-01-01T00-00-00.0.jsonl", lines(rows))
        assert (only().quality, only().body["n"]) == (Quality.PARTIAL, len(rows))


def test_the_digest_taken_piece_by_piece_is_that_of_the_whole(write, only):
    rows = [row(number, number / 3) for number in range(5000)]
    write("samples_qa_2026-01-01T00-00-00.0.jsonl", lines(rows))
    body = only().body
    assert body["columns_digest"] == canonical.digest(columns(only()))


@pytest.mark.parametrize("identity", ["q-1", -5, 10**12])
def test_ids_of_every_sort_are_kept(identity, write, only):
    write("samples_qa_2026-01-01T00-00-00.0.jsonl", lines([row(3, 1.0), row(4, 0.0) | {"doc_id": identity}]))
    assert columns(only())["id"] == [3 if isinstance(identity, int) else "3", identity]


@pytest.mark.parametrize("damage", [
    lambda text: text[:-2], lambda text: text + "x", lambda text: text.replace("},", "}", 1),
    lambda text: text.replace("[", "[,", 1), lambda text: text.replace('"acc": 0.0', '"acc": 0.0, "acc": 1.0'),
])  # fmt: skip
def test_a_damaged_array_is_not_read(damage, write, read, tmp_path):
    whole = json.dumps([unnamed(0, 1.0), unnamed(1, 0.0)], indent=2)
    write("run__qa.jsonl", damage(whole))
    reading = read(tmp_path)
    assert (len(reading.found), len(reading.not_read)) == (0, 1)


def test_a_long_array_is_read_piece_by_piece(write, only, monkeypatch):
    monkeypatch.setattr(json_array, "_PIECE", 100)
    rows = [unnamed(number, 1.0) | {"doc": {"q": "é" * number}} for number in range(300)]
    write("run__qa.jsonl", "\ufeff" + json.dumps(rows, indent=2, ensure_ascii=False) + "\n")
    assert (only().body["n"], only().body["means"]) == (300, {"acc": 1.0})


def test_samples_of_a_run_over_a_part_of_the_task_are_partial(write, only):
    write("samples_qa_2026-01-01T00-00-00.0.jsonl", lines([row(0, 1.0), row(1, 0.0)]))
    write("results_2026-01-01T00-00-00.0.json", results(**scored(2, of=100)))
    assert (only().quality, only().quality_reasons) == (Quality.PARTIAL, ("2 of 100 samples of qa were scored",))


def test_a_limit_without_counts_makes_the_samples_partial(write, only):
    write("samples_qa_2026-01-01T00-00-00.0.jsonl", lines([row(0, 1.0), row(1, 0.0)]))
    write("results_2026-01-01T00-00-00.0.json", results(**{"n-samples": {}}, config={"model": "hf", "limit": 2}))
    assert only().quality_reasons[0] == "run with a limit of 2"


def test_fewer_rows_than_were_scored_are_partial_and_more_are_not_understood(write, only):
    write("results_2026-01-01T00-00-00.0.json", results(**scored(3)))
    write("samples_qa_2026-01-01T00-00-00.0.jsonl", lines([row(0, 1.0), row(1, 0.0)]))
    assert only().quality is Quality.PARTIAL
    assert only().quality_reasons == ("2 samples stand here, and the results say that 3 were scored",)
    write("samples_qa_2026-01-01T00-00-00.0.jsonl", lines([row(number, 0.5) for number in range(4)]))
    assert only().quality is Quality.NOT_UNDERSTOOD


def test_results_that_say_another_mean_than_the_samples_come_to_are_not_understood(write, only):
    write("samples_qa_2026-01-01T00-00-00.0.jsonl", lines([row(0, 1.0), row(1, 0.0)]))
    edited = results(results={"qa": {"acc,none": 0.9}}, **scored(2))
    write("results_2026-01-01T00-00-00.0.json", edited)
    assert only().quality is Quality.NOT_UNDERSTOOD
    assert only().quality_reasons[0] == "acc: the mean over the samples is 0.5, and the results say 0.9"
    settings = {"qa": {"metric_list": [{"metric": "acc", "aggregation": "def own(items): ..."}]}}
    write("results_2026-01-01T00-00-00.0.json", edited | {"configs": settings})
    assert only().quality is Quality.COMPLETE


def test_results_whose_settings_quote_the_words_of_samples_are_not_samples(write, read, tmp_path):
    code = 'def process(doc): return {"doc_id": doc["id"], "doc": doc}'
    write("results.json", json.dumps(results(configs={"qa": {"process_docs": code}}), indent=2).replace('\\"', "'"))
    write("other.json", json.dumps({"a": 1, "b": {"doc_id": 0, "doc": {}}}, indent=2))
    reading = read(tmp_path)
    assert [fact.kind for fact in reading.found] == ["eval-run.v1"]
    assert not [row for row in reading.not_read if row.collector == "lm-eval-samples"]
