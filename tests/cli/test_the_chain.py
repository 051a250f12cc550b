"""The chain of work, as three people type it: every link, its JSON, its exit code."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.conftest import RECORDED

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Ran

    Govern = Callable[..., Ran]


def test_attach_appends_once_and_says_what_it_did(govern: Govern) -> None:
    govern("init")
    govern("system", "add", RECORDED / "system.yaml")
    first = govern("attach", RECORDED, "--system", "elm-desk", "--json").json
    assert first["schema"] == "attach.v1"
    kinds = sorted({row["kind"] for row in first["appended"]})
    assert kinds == [
        "compute-environment.v1",
        "dataset-manifest.v1",
        "eval-run.v1",
        "eval-samples.v1",
        "finding.v1",
        "model-artifacts.v1",
        "training-run.v1",
    ]
    assert all({"id", "kind", "path", "collector"} <= set(row) for row in first["appended"])
    second = govern("attach", RECORDED, "--system", "elm-desk", "--json").json
    assert second["appended"] == []
    assert {row["id"] for row in second["unchanged"]} == {row["id"] for row in first["appended"]}


def test_evidence_show_gives_the_fields_that_others_script(ready: Govern) -> None:
    rows = ready("evidence", "list", "--system", "elm-desk", "--json").json["evidence"]
    run = next(row for row in rows if row["record"]["kind"] == "training-run.v1")
    body = ready("evidence", "show", run["id"], "--json").json["body"]
    assert body["framework"] == "transformers"
    assert body["steps"] == 175
    assert body["evaluations"] == 8
    assert body["base_model"] == {"name": "base_fp32", "revision": None}
    assert {"epochs", "total_flos", "final_loss"} <= set(body)
    evaluation = next(row for row in rows if row["record"]["kind"] == "eval-run.v1")
    body = ready("evidence", "show", evaluation["id"][:10], "--json").json["body"]
    assert body["harness"] == {"name": "lm-evaluation-harness", "version": "0.4.13"}
    assert {"name", "digest"} <= set(body["model"])
    assert all(
        {"task", "metric", "value", "stderr", "n", "higher_is_better"} <= set(result) for result in body["results"]
    )


def test_the_evaluations_are_tied_to_the_right_models(ready: Govern) -> None:
    rows = ready("evidence", "list", "--system", "elm-desk", "--kind", "eval-run.v1", "--json").json["evidence"]
    roles = {row["record"]["subject"]["role"]: row["record"]["subject"].get("digest") for row in rows}
    assert set(roles) == {"base", "candidate"}
    artifacts = ready("evidence", "list", "--system", "elm-desk", "--kind", "model-artifacts.v1", "--json").json
    assert roles["candidate"] == artifacts["evidence"][0]["record"]["subject"]["digest"]


def test_assess_gives_controls_and_requirements_with_denominators(ready: Govern) -> None:
    result = ready("assess", "elm-desk", "--json").json
    assert result["schema"] == "assess.v1"
    assert len(result["requirements"]) == 72 + 70
    assert all({"id", "standing", "reasons", "evidence"} <= set(row) for row in result["controls"])
    assert all({"framework", "id", "standing"} <= set(row) for row in result["requirements"])
    assert {frame["total"] for frame in result["frameworks"]} == {72, 70}


def test_the_gate_says_no_for_a_true_reason_and_names_what_would_turn_it(ready: Govern) -> None:
    ran = ready("gate", "elm-desk", "--json")
    assert ran.code == 1
    conditions = {row["id"]: row for row in ran.json["conditions"]}
    assert conditions["tested-for-quality-and-safety"]["answer"] == "no"
    assert "bias-evaluated" in conditions["tested-for-quality-and-safety"]["reason"]
    assert all(row["would_turn"] for row in conditions.values() if row["answer"] == "no")


def test_a_gate_that_can_not_tell_has_its_own_exit_code(ready: Govern, tmp_path: Path) -> None:
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "margin.yaml").write_text(
        "id: margin\ntitle: No worse than the base\nwhy: Tuning must not lose what the base could do.\nconditions:\n"
        "  - id: no-worse\n    why: General knowledge is held against the base.\n"
        "    metric: {task: general_regression, metric: acc, against: base, at_least: -0.05}\n",
        "utf-8",
    )
    ran = ready("gate", "elm-desk", "--policy", "margin", "--json")
    assert ran.code == 3
    assert "interval" in ran.json["conditions"][0]["reason"]


def test_an_empty_policy_denies(ready: Govern, tmp_path: Path) -> None:
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "empty.yaml").write_text(
        "id: empty\ntitle: Nothing asked\nwhy: To show that it denies.\n", "utf-8"
    )
    assert ready("gate", "elm-desk", "--policy", "empty").code == 1


def test_an_empty_system_gets_no_yes_from_anything(govern: Govern, tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(
        "id: bare\nname: Bare system\npurpose: To have nothing attached\nowner: Ada Example\n"
    )
    govern("init")
    govern("system", "add", "s.yaml")
    result = govern("assess", "bare", "--json").json
    assert {row["id"] for row in result["controls"] if row["standing"] == "met"} == {"system-registered"}
    assert govern("gate", "bare").code == 1
    assert govern("report", "bare", "--no-pdf").code == 0
    assert "not evidenced" in (tmp_path / "report" / "model-card.md").read_text("utf-8")


def test_risks_are_listed_with_their_arithmetic(ready: Govern) -> None:
    rows = ready("risk", "list", "elm-desk", "--json").json["risks"]
    assert len(rows) >= 20
    assert rows == sorted(rows, key=lambda row: -row["residual"]["likelihood"] * row["residual"]["impact"])
    shown = ready("risk", "show", "elm-desk", rows[0]["risk"], "--json").json
    assert "inherent" in shown["arithmetic"]
    assert "residual" in shown["arithmetic"]
    assert ready("risk", "show", "elm-desk", "no-such-risk").code == 2


def test_a_reviewer_signs_and_the_pack_verifies(ready: Govern, tmp_path: Path) -> None:
    public = ready("key", "new", "rita.pem").out.strip()
    words = ("--role", "reviewer", "--decision", "hold", "--reason", "Waiting for the bias test.")
    assert ready("sign", "elm-desk", "--key", "rita.pem", *words).code == 2
    assert ready("people", "enrol", "Rita Example", "--key", public, "--role", "reviewer").code == 0
    signed = ready("sign", "elm-desk", "--key", "rita.pem", *words, "--expires", "2099-01-01", "--json")
    assert signed.code == 0
    assert signed.json["decision"]["gate_answer"] == "no"
    assert signed.json["decision"]["checkpoint"]["size"] == ready("ledger", "checkpoint", "--json").json["size"] - 1
    assert ready("pack", "elm-desk", "--no-pdf", "--out", "out/pack.zip").code == 0
    verified = ready("verify", "out/pack.zip", "--json")
    assert verified.code == 0
    assert verified.json["ok"] is True
    assert verified.json["problems"] == []
    assert verified.json["report"]["JUDGEMENT"].startswith("ok: judged again, with the same result")
    assert verified.json["report"]["TRUST"].startswith("NOT EVALUATED")
    assert [(row["signer"], row["valid"]) for row in verified.json["decisions"]] == [("Rita Example", True)]
    changed = bytearray((tmp_path / "out" / "pack.zip").read_bytes())
    changed[len(changed) // 3] ^= 1
    (tmp_path / "changed.zip").write_bytes(changed)
    broken = ready("verify", "changed.zip", "--json")
    assert broken.code == 4
    assert broken.json["ok"] is False
    assert broken.json["problems"][0]["member"]


def test_what_the_auditor_brings_decides_what_is_trusted(ready: Govern, tmp_path: Path) -> None:
    public = ready("key", "new", "rita.pem").out.strip()
    other = ready("key", "new", "other.pem").out.strip()
    ready("people", "enrol", "Rita Example", "--key", public, "--role", "reviewer")
    words = ("--role", "reviewer", "--decision", "reject", "--reason", "It lost much.")
    ready("sign", "elm-desk", "--key", "rita.pem", *words)
    ready("pack", "elm-desk", "--no-pdf", "--out", "pack.zip")
    draft = ready("people", "trust").out
    assert f"signer reviewer {public} Rita Example" in draft
    (tmp_path / "trust.policy").write_text(draft, "utf-8")
    met = ready("verify", "pack.zip", "--policy", "trust.policy", "--json")
    assert (met.code, met.json["report"]["TRUST"]) == (0, "met, for what you brought")
    for line in (draft.replace(public, other), draft.replace("signer reviewer", "signer approver")):
        (tmp_path / "trust.policy").write_text(line, "utf-8")
        found = ready("verify", "pack.zip", "--policy", "trust.policy", "--json")
        assert (found.code, found.json["problems"]) == (1, [])
        assert "against the signers you trust" in found.json["unmet"][0]
    assert ready("verify", "pack.zip", "--ledger-key", other).code == 1
    assert ready("verify", "pack.zip", "--ledger-key", "keys/ledger.pub").code == 0
    assert ready("verify", "pack.zip", "--min-checkpoint", "1000").code == 1


def test_an_approval_in_a_role_one_does_not_hold_is_refused(ready: Govern) -> None:
    public = ready("key", "new", "rita.pem").out.strip()
    ready("people", "enrol", "Rita Example", "--key", public, "--role", "reviewer")
    ran = ready(
        "sign", "elm-desk", "--key", "rita.pem", "--role", "approver", "--decision", "approve", "--reason", "Good."
    )
    assert ran.code == 2
    assert "does not hold the role approver" in ran.err


def test_one_person_under_two_spellings_is_refused(ready: Govern) -> None:
    first, second = (ready("key", "new", name).out.strip() for name in ("a.pem", "b.pem"))
    assert ready("people", "enrol", "Bob Example", "--key", first, "--role", "reviewer").code == 0
    again = ready("people", "enrol", "bob  example", "--key", second, "--role", "approver")
    assert (again.code, "enrolled already" in again.err) == (2, True)
    again = ready("people", "enrol", "Carol Example", "--key", first, "--role", "approver")
    assert (again.code, "stands under Bob Example already" in again.err) == (2, True)
    assert [row["name"] for row in ready("people", "list", "--json").json["principals"]] == ["Bob Example"]


def test_a_key_is_replaced_and_ended_from_the_command_line(ready: Govern) -> None:
    first, second = (ready("key", "new", name).out.strip() for name in ("a.pem", "b.pem"))
    ready("people", "enrol", "Bob Example", "--key", first, "--role", "reviewer", "--until", "2099-12-31")
    rotated = ready("people", "rotate", "Bob Example", "--key", second, "--by", "a.pem", "--json")
    assert (rotated.code, len(rotated.json["signs"])) == (0, 1)
    assert ready("people", "roles", "Bob Example", "--role", "approver", "--by", "b.pem").code == 2
    assert ready("people", "roles", "Bob Example", "--role", "approver", "--json").json["roles"] == ["approver"]
    words = ("--role", "approver", "--decision", "reject", "--reason", "It lost too much.")
    assert ready("sign", "elm-desk", "--key", "a.pem", *words).code == 2
    assert ready("sign", "elm-desk", "--key", "b.pem", *words).code == 0
    gone = ready("people", "revoke", "Bob Example", "--reason", "The key was lost.", "--json")
    assert (gone.code, gone.json["signs"]) == (0, [])
    refused = ready("sign", "elm-desk", "--key", "b.pem", *words)
    assert (refused.code, "revoked since entry" in refused.err) == (2, True)
    rows = ready("people", "list", "--json").json
    assert [row["until"] is None for row in rows["principals"]] == [False, False]
    assert rows["refused"] == []


def test_who_holds_a_duty_does_not_approve_without_an_exception(ready: Govern, tmp_path: Path) -> None:
    text = (RECORDED / "system.yaml").read_text("utf-8") + "duties:\n  trainer: [Tom Example]\n"
    (tmp_path / "system.yaml").write_text(text, "utf-8")
    ready("system", "add", "system.yaml")
    for name, role in (("tom", "approver"), ("ada", "risk-owner")):
        public = ready("key", "new", f"{name}.pem").out.strip()
        ready("people", "enrol", f"{name} example", "--key", public, "--role", role)
    words = ("--key", "tom.pem", "--role", "approver", "--decision", "approve", "--reason", "It is good enough.")
    refused = ready("sign", "elm-desk", *words, "--json")
    assert refused.code == 5
    assert "duty trainer" in refused.json["error"]
    ended = (
        "--key", "ada.pem", "--role", "risk-owner", "--decision", "except-duties", "--person", "Tom Example",
        "--duty", "trainer", "--reason", "There is nobody else.", "--expires", "2099-01-01",
    )  # fmt: skip
    assert ready("sign", "elm-desk", *ended).code == 0
    assert ready("sign", "elm-desk", *words).code == 0


def test_a_past_day_is_judged_as_it_was(ready: Govern) -> None:
    assert ready("assess", "elm-desk", "--on", "2020-01-01").code == 2
    aged = ready("assess", "elm-desk", "--on", "2031-01-01", "--json").json
    standings = {row["id"]: row["standing"] for row in aged["controls"]}
    assert standings["safety-evaluated"] == "stale"
    assert standings["weights-identified"] == "met"


def test_a_tampered_ledger_is_named_with_exit_four(ready: Govern, tmp_path: Path) -> None:
    import sqlite3

    assert ready("ledger", "verify").code == 0
    (tmp_path / "kept").write_text(ready("ledger", "checkpoint").out, "utf-8")
    assert ready("ledger", "verify", "--checkpoint", "kept").code == 0
    with sqlite3.connect(tmp_path / "ledger.db") as database:
        database.execute("DROP TRIGGER entry_no_update")
        database.execute("UPDATE entry SET body = replace(body, 'complete', 'Complete') WHERE seq = 5")
    database.close()
    ran = ready("ledger", "verify", "--json")
    assert ran.code == 4
    assert ran.json["failed_at"] == 5


def test_entries_cut_off_the_end_show_against_a_kept_checkpoint(ready: Govern, tmp_path: Path) -> None:
    import sqlite3

    kept = ready("ledger", "checkpoint").out
    (tmp_path / "kept").write_text(kept, "utf-8")
    with sqlite3.connect(tmp_path / "ledger.db") as database:
        last = database.execute("SELECT MAX(seq) FROM entry").fetchone()[0]
        for table in ("entry", "node"):
            database.execute(f"DROP TRIGGER {table}_no_delete")
        database.execute("DELETE FROM entry WHERE seq = ?", (last,))
        database.execute("DELETE FROM node WHERE (idx + 1) << level > ?", (last,))
    database.close()
    assert ready("ledger", "verify").code == 0
    ran = ready("ledger", "verify", "--checkpoint", "kept")
    assert ran.code == 4
    assert "missing at the end" in ran.out


def test_a_lost_body_is_named(ready: Govern, tmp_path: Path) -> None:
    next((tmp_path / "blobs").rglob("*/*/*")).unlink()
    ran = ready("ledger", "verify")
    assert ran.code == 4
    assert "entry" in ran.out


def test_proof_and_checkpoint_speak_of_the_same_tree(ready: Govern) -> None:
    entry = ready("evidence", "list", "--system", "elm-desk", "--json").json["evidence"][0]["id"]
    proof = ready("ledger", "proof", entry, "--json").json
    assert proof["checkpoint"] == {
        k: ready("ledger", "checkpoint", "--json").json[k] for k in ("origin", "size", "root")
    }


def test_every_command_prints_one_json_document_with_a_schema(ready: Govern) -> None:
    for arguments in (
        ("system", "list"), ("system", "show", "elm-desk"), ("people", "list"), ("evidence", "list", "--system", "elm-desk"),
        ("assess", "elm-desk"), ("gate", "elm-desk"), ("risk", "list", "elm-desk"), ("ledger", "verify"),
        ("ledger", "checkpoint"), ("ledger", "upgrade"), ("environment",), ("report", "elm-desk", "--no-pdf"),
        ("pack", "elm-desk", "--no-pdf"), ("verify", "pack.zip"), ("content", "check"), ("key", "new", "k.pem"),
    ):  # fmt: skip
        ran = ready(*arguments, "--json")
        assert ran.json["schema"], arguments


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("assess", "nobody"), 2),
        (("gate", "elm-desk", "--policy", "none-such"), 2),
        (("attach", "nowhere", "--system", "elm-desk"), 6),
        (("attach", "governance.toml", "--system", "elm-desk"), 6),
        (("attach", "governance.toml", "--system", "nobody"), 2),
        (("evidence", "show", "ev-zzz"), 2),
        (("verify", "governance.toml"), 6),
        (("verify", "nowhere.zip"), 6),
        (("init",), 2),
        (("assess", "elm-desk", "--on", "yesterday"), 2),
        (("frobnicate",), 2),
        (("assess",), 2),
    ],
)
def test_a_wrong_call_has_its_exit_code_and_an_error_in_words(
    ready: Govern, arguments: tuple[str, ...], code: int
) -> None:
    ran = ready(*arguments, *(("--json",) if code != 2 or len(arguments) > 1 else ()))
    assert ran.code == code
    assert ran.err or json.loads(ran.out)
