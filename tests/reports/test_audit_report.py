"""The audit report: a first page to decide on, denominators everywhere, and nothing that passes by being empty."""

from __future__ import annotations

import re
from dataclasses import replace

from governance.domain.approval import Cause, State
from governance.domain.control import Standing
from governance.domain.difference import Difference, Said
from governance.domain.policy import Answer
from governance.reports.atoms import words
from governance.reports.audit import whole as audit
from governance.reports.claims.references import ROWS_PRINTED, References
from governance.reports.writing.render import render
from tests.reports import cases, found


def built(case):
    return audit.build(case, References(case))


def told_since(case):
    return " ".join(str(each) for each in built(case).since)


def test_the_worst_items_are_ranked_findings_and_critical_risks_first(full):
    view = built(full)
    assert [str(item.what) for item in view.worst] == [
        "Risk: Safety lost in tuning",
        "Finding: A pickle lies beside the weights",
        "Risk: Hallucination",
    ]
    assert view.worst[0].status.word == "critical"
    assert str(view.worst[0].why) == "Residual 4 × 5 = 20 of 25, outside the appetite of 9"
    assert view.worse_more > 0


def test_controls_without_evidence_stand_together_with_how_many_they_are():
    view = built(cases.bare())
    whats = [str(item.what) for item in view.worst]
    assert f"{len(cases.CONTROLS)} of {len(cases.CONTROLS)} controls: missing" in whats


def test_what_would_turn_a_no_comes_before_what_is_undecided(full):
    assert built(full).turns == (
        "remove training_args.bin from the release",
        "bias-evaluated: Run a bias task.",
    )


def test_counts_sum_to_their_denominator(full):
    for part in built(full).coverages:
        for row in (part.whole, *part.areas):
            assert sum(count.number for count in row.counts) == row.total
        assert sum(row.total for row in part.areas) == part.whole.total


def test_all_142_requirements_are_printed_with_their_own_numbers(templates, full):
    view = built(full)
    assert [part.total for part in view.frameworks] == [72, 70]
    assert [sum(len(group.rows) for group in part.groups) for part in view.frameworks] == [72, 70]
    text = render("audit-report.html", full, templates).decode()
    for number in ("GOVERN 1.1", "MANAGE 4.3", "MEASURE 2.13", "6.1.4", "A.6.2.8", "A.10.4"):
        assert f'<th scope="row" class="nowrap">{number}</th>' in text


def test_a_requirement_points_at_the_controls_printed_in_the_same_report(full):
    view = built(full)
    keys = {row.key for group in view.controls for row in group.rows}
    assert len(keys) == view.controls_total
    for part in view.frameworks:
        for group in part.groups:
            for row in group.rows:
                assert {key for key, _ in row.controls} <= keys


def test_a_decision_on_other_weights_or_past_its_end_or_with_a_bad_signature_shows_as_such(full):
    latest, held, first = built(full).sign_offs
    assert (latest.same_identity, latest.expired, latest.valid.word) == (True, False, "signature valid")
    assert (held.valid.word, held.problem) == (
        "signature not valid",
        "no key of an enrolled principal made this signature",
    )
    assert (first.same_identity, first.expired) == (False, True)


def test_what_changed_since_the_last_approval_is_told(full):
    assert told_since(full) == (
        "Last approved on 2026-11-06 by Tomas Lind (approver). Since then the identity is the same. 6 entries were added "
        "to the ledger. The policy is the same. The catalogue is the same. That approval is in force."
    )
    assert told_since(cases.empty()) == "No approval with a valid signature is on record."


def test_a_revoked_approval_is_told_as_revoked_with_its_cause(full):
    before, last = full.approvals
    revoked = last.model_copy(
        update={"state": State.REVOKED, "causes": (Cause(cause="revoked", said="Tomas Lind took it back"),)}
    )
    told = told_since(replace(full, approvals=(before, revoked)))
    assert told.endswith("That approval is revoked: Tomas Lind took it back.")


def test_an_approval_that_was_never_one_is_not_the_last_approval(full):
    before, last = full.approvals
    void = last.model_copy(update={"state": State.VOID})
    told = told_since(replace(full, approvals=(before, void)))
    assert "another one" in told
    assert told.endswith("That approval is expired: it expired on 2026-11-01.")
    assert told_since(replace(full, approvals=(void,))) == "No approval with a valid signature is on record."


def test_dates_come_soonest_first_and_past_ones_are_marked(full):
    due = built(full).calendar
    assert [row.date for row in due] == sorted(row.date for row in due)
    assert {(row.date, row.kind, row.past) for row in due} >= {
        ("2026-09-30", "document review", True),
        ("2026-11-01", "sign-off", True),
        ("2027-01-31", "sign-off", False),
        ("2027-03-01", "risk review", False),
    }


def test_an_empty_case_is_never_good_news(templates):
    text = render("audit-report.html", cases.empty(), templates).decode()
    for sentence in (
        "Nothing was judged.",
        "No control was judged.",
        "The register holds no risk. An empty register is not a low risk",
        "The policy has no condition. A policy without one never allows a release.",
        "no model is identified",
        "nobody signed",
    ):
        assert sentence in text
    assert "No open finding, no unmet" not in text


def test_a_bare_case_says_what_is_missing(templates):
    text = render("audit-report.html", cases.bare(), templates).decode()
    assert "Release gate: could not tell" in text
    assert "add <code>risk_appetite</code> to the system file" in text
    assert re.search(
        rf">0</data></span></b> of <span[^>]*><data[^>]*>{len(cases.CONTROLS)}</data></span></span> controls met", text
    )


def test_each_answer_has_sign_word_and_tone_of_its_own(templates, full):
    for answer in Answer:
        text = render("audit-report.html", replace(full, gate=cases.gate(answer)), templates).decode()
        status = words.ANSWERS[answer]
        assert f'<div class="verdict {status.tone}">' in text
        assert f'aria-hidden="true">{status.icon}</span>' in text
        assert f"Release gate: {status.word}" in text
    for statuses in (words.STANDINGS, words.ANSWERS, words.LEVELS, words.QUALITIES, words.DECISIONS):
        assert len({status.icon for status in statuses.values()}) == len(statuses)
        assert len({status.word for status in statuses.values()}) == len(statuses)
    assert set(words.STANDINGS) == set(Standing)


def test_the_heat_map_tells_the_same_in_words(templates, full):
    text = render("risk-register.html", full, templates).decode()
    assert "Highest residual score 20 of 25: R1 Safety lost in tuning." in text
    assert 'class="chart"' in text


def test_the_arithmetic_of_each_residual_risk_is_printed(templates, full):
    text = render("audit-report.html", full, templates).decode()
    assert (
        '<span class="together">inherent 5 × 3 = 15</span>; −1 likelihood by safety-evaluated; '
        'nothing by bias-evaluated (missing); <span class="together">residual 4 × 3 = 12</span>' in text
    )


def test_a_citation_that_leads_nowhere_shows_itself(full):
    finding = full.assessment.findings[0].model_copy(update={"evidence": "ev-gone"})
    case = replace(full, assessment=full.assessment.model_copy(update={"findings": (finding,)}))
    assert built(case).findings[0].cites[0].key == "ev-gone, not in this index"


def test_a_long_index_is_bounded_with_a_banner_and_the_csv_has_all(templates):
    many = tuple(found.piece(n, "finding.v1", found.candidate(), found.FINDING) for n in range(1, ROWS_PRINTED + 11))
    case = cases.full(pieces=(*found.pieces()[:4], *many[4:]), statement=None)
    text = render("audit-report.html", case, templates).decode()
    assert f"10 of {ROWS_PRINTED + 11} rows are not printed here" in text
    assert len(re.findall(rb"\r\n", render("evidence-index.csv", case, templates))) == ROWS_PRINTED + 12


def test_evidence_tied_to_no_weights_is_marked(templates, full):
    text = render("audit-report.html", full, templates).decode()
    assert "tied to no weights" in text
    assert 'It does not count <a class="cite" href="#e7">[E7]</a>' in text


def test_what_two_tools_tell_differently_stands_side_by_side_with_its_evidence(full, templates):
    pieces = full.dossier.pieces
    said = tuple(
        Said(piece.id, tool, value) for piece, tool, value in zip(pieces, ("nvml", "<b>x"), (1.2, 2.0), strict=False)
    )
    case = replace(full, differences=(Difference("energy.v1", "run", "kwh", "kWh", said),))
    page = render("audit-report.html", case, templates).decode()
    assert "Told differently" in page
    assert "<b>1.2 kWh</b>" in page
    assert "&lt;b&gt;x" in page
    assert "Told differently" not in render("audit-report.html", full, templates).decode()


def test_the_index_says_what_was_taken_out_and_where_words_disagree(full):
    first, *others = full.dossier.pieces
    record = first.record.model_copy(update={"redacted": 2, "conflicts": ("declared to be about the candidate",)})
    dossier = replace(full.dossier, pieces=(first.model_copy(update={"record": record}), *others))
    row = built(replace(full, dossier=dossier)).index.rows[1]
    assert row.quality_reasons[-2:] == (
        "conflict: declared to be about the candidate",
        "2 secrets or personal data left out",
    )
