"""`govern diff`: two candidates on the screen, as data and as a report; and `govern sign --read` over that report."""

from __future__ import annotations

import json
import re
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING

import pikepdf
import pytest

from governance import deciding
from governance.domain.decision import DecisionKind
from governance.domain.entry import EntryType
from governance.enrolling import append_signed
from governance.parsing import canonical
from governance.reports.paper.pdf import PangoMissing
from governance.reports.paper.press import Presses
from governance.verifier import pack as light
from governance.workspace import Workspace
from tests.reports.two_candidates import second

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from tests.cli.conftest import Ran

    Govern = Callable[..., Ran]


@pytest.fixture
def rita(ready: Govern) -> Govern:
    """The recorded run attached, and Rita enrolled as a reviewer with the key `rita.pem`."""
    Path("rita.pub").write_text(ready("key", "new", "rita.pem").out, "utf-8")
    assert ready("people", "enrol", "Rita Example", "--key", "rita.pub", "--role", "reviewer").code == 0
    return ready


@pytest.fixture
def two(rita: Govern) -> Govern:
    """A first candidate, approved; then a second one."""
    assert signing(rita, decision="approve").code == 0
    second(Path("second"), wrong={"elm_desk_qa": 20})
    assert rita("attach", "second", "--system", "elm-desk", "--no-environment").code == 0
    return rita


def signing(govern: Govern, *more: str | Path, decision: str = "hold") -> Ran:
    return govern(
        "sign", "elm-desk", "--key", "rita.pem", "--role", "reviewer", "--decision", decision, "--reason", "As I read it.",
        *more, "--json",
    )  # fmt: skip


def report(govern: Govern, out: str = "diff.html", *more: str) -> Path:
    ran = govern("diff", "elm-desk", "--out", out, *more)
    assert ran.code == 0, ran.err
    return Path(out)


def kept() -> list[Any]:
    workspace = Workspace(Path())
    try:
        return [entry for entry in workspace.ledger.entries() if entry.type in (EntryType.PAGE, EntryType.DECISION)]
    finally:
        workspace.ledger.close()


# --- what is compared ----------------------------------------------------------------------------------------------------


def test_the_last_approval_is_held_against_now_and_what_is_worse_comes_first(two: Govern) -> None:
    ran = two("diff", "elm-desk")
    assert ran.code == 0, ran.err
    lines = ran.out.splitlines()
    assert lines[0].startswith("before  run sha256:")
    assert "what Rita Example (reviewer) saw when they signed approve" in lines[0]
    assert "  worse: elm_desk_qa acc -0.3226 [-0.4463, -0.2195] Tango score" in lines[3]
    assert re.search(r"^control: \d+ differ; \d+ of 130 unchanged$", ran.out, re.MULTILINE)
    assert "--out FILE.html" in ran.err


def test_json_is_the_whole_comparison(two: Govern) -> None:
    found = two("diff", "elm-desk", "--json").json
    assert found["schema"] == "diff.v1"
    assert (found["system"], found["same_identity"], found["file"]) == ("elm-desk", False, None)
    assert found["results"][0]["verdict"] == "worse"
    assert {"before", "after", "parts", "things", "controls", "risks", "thresholds", "attempts"} <= set(found)
    assert found["controls"]["same"] + len(found["controls"]["rows"]) == found["controls"]["total"]


def test_a_side_is_named_by_a_decision_an_identity_or_a_day(two: Govern) -> None:
    whole = two("diff", "elm-desk", "--json").json
    decision = next(entry.id for entry in kept() if entry.type is EntryType.DECISION)
    by_decision = two("diff", "elm-desk", "--from", decision[:12], "--json").json
    assert by_decision["before"]["size"] == whole["before"]["size"]
    old, new = whole["before"]["identity"], whole["after"]["identity"]
    for name in (old, old[7:15]):
        named = two("diff", "elm-desk", "--from", name, "--json").json
        assert (named["before"]["identity"], named["after"]["identity"]) == (old, new)
    assert two("diff", "elm-desk", "--from", old, "--to", new[7:19], "--json").json["after"]["identity"] == new
    today = two("diff", "elm-desk", "--from", decision, "--to", "2999-12-31", "--json").json
    assert today["after"]["on"] == "2999-12-31T23:59:59Z"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--from", "yesterday"), 2, "names no side"),
        (("--from", "ffffffff"), 2, "no candidate begins with ffffffff"),
        (("--from", "dec-zz"), 2, "no decision begins with dec-zz"),
        (("--from", "now"), 2, "nothing comes after now"),
        (("--to", "last-approved"), 2, "nothing after it"),
        (("--from", "2999-12-31"), 2, "comes after now"),
        (("--from", "2001-01-01"), 2, "nothing about 'elm-desk' was on record"),
        (("--out", "diff.pdf"), 2, "--pdf writes a PDF beside it"),
        (("--pdf",), 2, "--out FILE.html"),
        (("--policy", "strictest"), 2, "no policy"),
    ],
)  # fmt: skip
def test_what_names_no_side_is_wrong_usage_with_the_remedy(
    two: Govern, arguments: tuple[str, ...], code: int, said: str
) -> None:
    ran = two("diff", "elm-desk", *arguments)
    assert ran.code == code, ran.err
    assert said in ran.err


def test_beside_the_report_stand_its_pdf_and_its_twin_which_is_in_the_pdf_as_well(two: Govern) -> None:
    ran = two("diff", "elm-desk", "--out", "out/diff.html", "--pdf", "--json")
    assert ran.code == 0, ran.err
    page, twin = Path("out/diff.html").read_bytes(), Path("out/diff.twin.json").read_bytes()
    assert ran.json["digest"] == canonical.sha256(page)
    assert json.loads(twin)["page"] == {"name": "diff.html", "digest": canonical.sha256(page)}
    if ran.json["pdf_skipped"]:
        assert ran.json["beside"] == ["out/diff.twin.json"]
        pytest.skip(ran.json["pdf_skipped"])
    assert ran.json["beside"] == ["out/diff.pdf", "out/diff.twin.json"]
    with pikepdf.open("out/diff.pdf") as found:
        assert found.attachments["diff.twin.json"].get_file().read_bytes() == twin
        assert len(found.pages) > 2


def test_without_pdf_the_report_stands_alone(two: Govern) -> None:
    ran = two("diff", "elm-desk", "--out", "out/diff.html", "--json")
    assert [each.name for each in Path("out").iterdir()] == ["diff.html"]
    assert (ran.json["beside"], ran.json["pdf_skipped"]) == ([], "not asked for")


def test_where_no_pdf_can_be_made_the_report_and_its_twin_are_and_it_is_said_why(
    two: Govern, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*_: object, **__: object) -> Future[bytes]:
        future: Future[bytes] = Future()
        future.set_exception(PangoMissing("no Pango", hint="Install it."))
        return future

    monkeypatch.setattr(Presses, "start", missing)
    ran = two("diff", "elm-desk", "--out", "out/diff.html", "--pdf")
    assert ran.code == 0, ran.err
    assert sorted(each.name for each in Path("out").iterdir()) == ["diff.html", "diff.twin.json"]
    assert "Beside it: out/diff.twin.json" in ran.err
    assert "Not beside it: no PDF: no Pango. Install it." in ran.err


def test_without_an_approval_the_candidate_before_is_taken_and_that_is_said(rita: Govern) -> None:
    second(Path("second"))
    rita("attach", "second", "--system", "elm-desk", "--no-environment")
    ran = rita("diff", "elm-desk")
    assert ran.code == 0, ran.err
    assert "the candidate before; nothing was approved" in ran.out


def test_with_nothing_before_it_there_is_nothing_to_compare_with(ready: Govern, govern: Govern) -> None:
    ran = ready("diff", "elm-desk", "--out", "diff.html")
    assert ran.code == 3
    assert "there is nothing to compare with" in ran.err
    assert not Path("diff.html").exists()
    assert ready("diff", "oak-desk").code == 2


def test_loosening_a_bound_after_the_approval_is_told_with_the_result_that_was_on_record(rita: Govern) -> None:
    assert signing(rita, decision="approve").code == 0
    Path("policies").mkdir()
    ours = Workspace(Path()).content["policies/release.yaml"].decode()
    Path("policies/release.yaml").write_text(ours.replace("margin: 0.05", "margin: 0.25"), "utf-8")
    found = rita("diff", "elm-desk", "--json").json
    assert found["same_identity"]
    late = [each for each in found["thresholds"] if each["way"] == "loosened"]
    assert late
    assert all(each["results"] for each in late)
    assert (late[0]["before"], late[0]["after"]) == ("0.05", "0.25")
    assert f"loosened bound on record after its result: {len(late)} differ" in rita("diff", "elm-desk").out


# --- signing what was read -----------------------------------------------------------------------------------------------


def test_a_report_that_was_read_is_signed_by_name_and_digest_and_kept(two: Govern) -> None:
    path = report(two)
    ran = signing(two, "--read", path)
    assert ran.code == 0, ran.err
    digest = canonical.sha256(path.read_bytes())
    assert ran.json["decision"]["read"] == [{"name": "diff.html", "digest": digest}]
    page, decision = kept()[-2:]
    assert (page.type, page.record["body_digest"], decision.id) == (EntryType.PAGE, digest, ran.json["id"])


def test_a_page_and_two_reports_go_into_one_decision(two: Govern) -> None:
    first = report(two)
    other = report(two, "day.html", "--from", json.loads(two("diff", "elm-desk", "--json").out)["before"]["identity"])
    assert two("review", "elm-desk", "--out", "page.txt").code == 0
    ran = signing(two, "--page", "page.txt", "--read", first, "--read", other)
    assert ran.code == 0, ran.err
    assert [each["name"] for each in ran.json["decision"]["read"]] == ["diff.html", "day.html"]
    assert ran.json["decision"]["page"]


def test_a_decision_without_a_report_has_no_such_field(two: Govern) -> None:
    assert "read" not in signing(two).json["decision"]


def test_an_altered_report_ends_in_4_names_the_line_and_nothing_is_kept(two: Govern) -> None:
    path = report(two)
    text = path.read_text("utf-8")
    path.write_text(text.replace("▼</span> worse", "▲</span> better", 1), "utf-8")
    before = len(kept())
    ran = signing(two, "--read", path)
    assert ran.code == 4
    line = text[: text.index("▼</span> worse")].count("\n") + 1
    assert f"line {line} differs" in ran.err
    assert "govern diff elm-desk --out FILE" in ran.err
    assert len(kept()) == before


@pytest.mark.parametrize(
    ("old", "new"),
    [('"from":"last-approved"', '"from":"2026-01-01"'), ('"size":', '"size":9'), ('"to":"now"', '"to":"2999-12-31"'),
     ('"root":"', '"root":"0'), ('"system":"elm-desk"', '"system":"oak-desk"'), ('"schema":"candidate-diff.v1"', '"schema":"x"')],
)  # fmt: skip
def test_what_a_report_says_it_was_made_of_can_not_be_another_thing(two: Govern, old: str, new: str) -> None:
    path = report(two)
    text = path.read_text("utf-8")
    old, new = (each.replace('"', "&#34;") for each in (old, new))
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    assert signing(two, "--read", path).code in {2, 4, 6}
    assert len(kept()) == 1


def test_an_outdated_report_ends_in_2_and_another_system_or_policy_as_well(two: Govern) -> None:
    path = report(two)
    assert signing(two, "--read", path).code == 0
    outdated = signing(two, "--read", path)
    assert outdated.code == 2
    assert "the ledger has moved on since it was made: 1 entry, among them dec-" in outdated.err
    fresh = report(two)
    wrong = signing(two, "--read", fresh, "--policy", "internal")
    assert wrong.code == 2


def test_a_report_of_the_past_is_not_what_is_signed(two: Govern) -> None:
    identity = two("diff", "elm-desk", "--json").json["before"]["identity"]
    path = report(two, "past.html", "--from", identity, "--to", "2999-12-31")
    ran = signing(two, "--read", path)
    assert ran.code == 2
    assert "what is signed is now" in ran.err


def test_the_report_that_has_a_pdf_beside_it_is_signed_and_the_pdf_is_not(
    two: Govern, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Presses, "start", _printed)
    path = report(two, "diff.html", "--pdf")
    pdf = signing(two, "--read", path.with_suffix(".pdf"))
    assert pdf.code == 6
    assert "diff.pdf: is a PDF. What is read and signed is the HTML beside it." in pdf.err
    assert signing(two, "--read", path.with_name("diff.twin.json")).code == 6
    ran = signing(two, "--read", path)
    assert ran.code == 0, ran.err
    assert ran.json["decision"]["read"] == [{"name": "diff.html", "digest": canonical.sha256(path.read_bytes())}]


def _printed(*_: object, **__: object) -> Future[bytes]:
    future: Future[bytes] = Future()
    future.set_result(b"%PDF-1.7 \xff")
    return future


def test_something_else_than_a_report_ends_in_6(two: Govern) -> None:
    Path("notes.html").write_text("<p>I have read everything.</p>", "utf-8")
    ran = signing(two, "--read", "notes.html")
    assert ran.code == 6
    assert "notes.html: not a candidate diff" in ran.err


def test_two_reports_of_one_name_can_not_stand_in_one_decision(two: Govern) -> None:
    Path("a").mkdir()
    Path("b").mkdir()
    ran = signing(two, "--read", report(two, "a/diff.html"), "--read", report(two, "b/diff.html"))
    assert ran.code == 2
    assert "have one name" in ran.err
    assert len(kept()) == 1


def test_a_pack_with_a_report_that_was_read_verifies_and_holds_it(two: Govern) -> None:
    path = report(two)
    assert signing(two, "--read", path).code == 0
    assert two("pack", "elm-desk", "--out", "pack.zip", "--no-pdf").code == 0
    found = light.verify(Path("pack.zip"))
    assert found.problems == []
    assert [each.problem for each in found.decisions] == [None, None]
    assert two("verify", "pack.zip").code in {0, 1, 3}
    assert "FAILED" not in two("verify", "pack.zip").out


def test_a_document_that_is_named_as_read_and_was_never_on_record_is_found_by_an_auditor(two: Govern) -> None:
    workspace = Workspace(Path())
    case, roster = workspace.case("elm-desk"), workspace.people.roster()
    key = deciding.open_key(Path("rita.pem"))
    wish = deciding.Wish(DecisionKind.HOLD, "reviewer", "As I read it.", read=(("elsewhere.html", b"<p>"),))
    _, envelope = deciding.decide(case, roster, workspace.clock(), key, wish)
    append_signed(workspace.ledger, workspace.blobs, EntryType.DECISION, "dec", envelope, "elm-desk")
    workspace.ledger.close()
    assert two("pack", "elm-desk", "--out", "pack.zip", "--no-pdf").code == 0
    said = [str(each) for each in light.verify(Path("pack.zip")).problems]
    assert len(said) == 1
    assert "the document 'elsewhere.html' that it names as read is none that was on record then" in said[0]


def test_every_page_of_a_sign_off_names_what_was_read(two: Govern) -> None:
    assert signing(two, "--read", report(two)).code == 0
    assert two("report", "elm-desk", "--out", "out", "--no-pdf").code == 0
    text = Path("out/audit-report.html").read_text("utf-8")
    assert "Read: diff.html" in text
