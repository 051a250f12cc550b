"""What picklescan prints, over its versions."""

from __future__ import annotations

import pytest

from governance.domain.evidence import Quality

SUMMARY = "----------- SCAN SUMMARY -----------\n"
FIRST = "/data/model/evil.pkl: global import 'posix system' FOUND\n" + SUMMARY + "Scanned files: 2\nInfected files: 1\n"
FOUND = "/data/model/evil.pkl: dangerous import 'posix system' FOUND\n"
OLDER = FOUND + SUMMARY + "Scanned files: 2\nInfected files: 1\nDangerous globals: 1\n"
NEWER = FOUND + SUMMARY + "Scanned files: 2\nInfected files: 1\nSuspicious globals: 3\nDangerous globals: 1\n"
CLEAN = SUMMARY + "Scanned files: 1\nInfected files: 0\nSuspicious globals: 0\nDangerous globals: 0\n"
LISTED = "All globals found:\n  * collections.OrderedDict - innocuous\n  * posix.system - dangerous\n"


@pytest.fixture
def only(read, write):
    def go(text):
        (fact,) = read(write("out.txt", text)).found
        return fact

    return go


@pytest.mark.parametrize("text", [OLDER, NEWER, NEWER + LISTED])
def test_a_dangerous_import_is_a_finding_without_a_grade(text, only):
    fact = only(text)
    assert fact.quality is Quality.COMPLETE
    assert [fact.body[key] for key in ("completed", "scanned", "findings", "critical", "high")] == [
        True,
        2,
        1,
        None,
        None,
    ]
    assert fact.body["rules"] == [{"id": "posix.system", "severity": None, "count": 1}]


def test_the_recorded_reports_say_the_same_in_all_versions(read, sample):
    findings = {fact.path: fact.body["findings"] for fact in read(sample("picklescan")).found}
    assert findings == {
        "picklescan-0.0.12.txt": 1,
        "picklescan-0.0.30.txt": 1,
        "picklescan-1.0.5-globals.txt": 1,
        "picklescan-1.0.5.txt": 0,
    }


def test_suspicious_imports_are_counted_beside_the_findings(only):
    assert only(NEWER).body["suspicious"] == 3
    assert only(OLDER).body["suspicious"] is None


def test_the_list_of_imports_is_counted_by_class(only):
    assert only(NEWER + LISTED).body["imports"] == {"innocuous": 1, "dangerous": 1}
    assert only(NEWER).body["imports"] is None


def test_the_first_versions_count_only_files_and_are_partial(only):
    fact = only(FIRST)
    assert (fact.quality, fact.body["findings"], fact.body["completed"]) == (Quality.PARTIAL, 1, False)


def test_a_summary_without_its_last_line_is_partial(only):
    assert only(CLEAN.rsplit("Dangerous", 1)[0]).quality is Quality.PARTIAL


def test_findings_that_were_cut_off_are_missed(only):
    fact = only(NEWER.removeprefix(FOUND))
    assert (fact.quality, fact.body["findings"]) == (Quality.PARTIAL, 1)


def test_a_list_of_imports_that_was_cut_is_missed(only):
    assert only(NEWER + LISTED.rsplit("  *", 1)[0]).quality is Quality.PARTIAL


def test_an_error_on_the_way_keeps_the_scan_from_being_completed(only):
    fact = only("ERROR: parsing pickle in /data/cut.pkl: pickle exhausted before seeing STOP\n" + CLEAN)
    assert (fact.quality, fact.body["completed"]) == (Quality.PARTIAL, False)


def test_a_file_that_was_not_parsed_and_counted_all_the_same_is_said(only):
    fact = only("WARNING: could not parse /data/x.pkl as pickle: at position 5, opcode b'\\n' unknown\n" + CLEAN)
    assert fact.quality is Quality.PARTIAL
    assert "counted as scanned" in fact.quality_reasons[0]


def test_a_scan_of_nothing_failed(only):
    fact = only(CLEAN.replace("files: 1", "files: 0"))
    assert (fact.quality, fact.body["completed"]) == (Quality.FAILED, False)


def test_reports_one_after_the_other_are_scans_each(read, write):
    facts = read(write("out.txt", NEWER + CLEAN + OLDER)).found
    assert [fact.body["findings"] for fact in facts] == [1, 0, 1]


def test_findings_after_the_last_summary_are_a_scan_that_did_not_end(read, write):
    reading = read(write("out.txt", CLEAN + FOUND))
    assert not reading.found
    assert "did not come to its end" in reading.not_read[0].reason


def test_half_a_line_is_not_read(read, write):
    assert not read(write("out.txt", CLEAN[:-1])).found


def test_a_million_million_findings_fit_into_a_count(only):
    fact = only(CLEAN.replace("Dangerous globals: 0", "Dangerous globals: 999999999999"))
    assert fact.body["findings"] == 999_999_999_999
    assert fact.quality is Quality.PARTIAL


def test_strict_findings_count_and_words_that_are_no_names_do_not_pass(only):
    text = "/data/a b: dangerous import 'm;rm -rf x' FOUND (promoted by --strict)\n"
    fact = only(text + NEWER.removeprefix(FOUND))
    assert fact.body["rules"] == [{"id": "an import without a plain name", "severity": None, "count": 1}]
