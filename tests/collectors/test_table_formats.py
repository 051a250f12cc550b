"""The bytes of tables, trees and metrics: CSV, XML, Prometheus text, and histograms."""

from __future__ import annotations

import csv
import io
import math
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.collectors.formats import csv_table, histogram, prometheus_text, xml_tree
from governance.errors import UnreadableError

QUICK = settings(max_examples=80, deadline=None)
CELLS = st.text(st.characters(blacklist_characters="\0", blacklist_categories=("Cs",)), max_size=12)


def rows(data, **options):
    table = csv_table.parse(data, **options)
    return table.header, [row for _, row in table.rows]


def refused(call, *arguments, **options):
    with pytest.raises(UnreadableError) as caught:
        call(*arguments, **options)
    return str(caught.value)


def test_a_table_is_read_by_its_header_with_and_without_a_mark_and_with_any_line_end():
    expected = ("a", "b"), [{"a": "1", "b": "2"}, {"a": "3", "b": ""}]
    for data in (b"a,b\n1,2\n3,\n", b"\xef\xbb\xbfa,b\r\n1,2\r\n3,\r\n", b"a,b\r1,2\r3,\r", b"a,b\n1,2\n3,\n\n\n"):
        assert rows(data) == expected


def test_spaces_after_a_delimiter_stay_unless_they_are_said_to_be_none():
    assert rows(b"a, b\n1, 2\n")[1] == [{"a": "1", "b": " 2"}]
    assert rows(b"a, b\n1, 2\n", space_after_delimiter=True)[1] == [{"a": "1", "b": "2"}]


def test_quotes_hold_delimiters_line_ends_and_quotes():
    assert rows(b'a,b\n"1,\n2","say ""no"""\n')[1] == [{"a": "1,\n2", "b": 'say "no"'}]
    assert rows(b"a;b\n1,2;3\n", delimiter=";")[1] == [{"a": "1,2", "b": "3"}]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"a,b\n1,2\n3\n", "line 3 has 1 of 2 columns"), (b"a,b\n1,2,3\n", "line 2 has 3 of 2 columns"),
        (b"a,b\n1,2\n3,4", "line 3, the last, has no end"), (b"a,b\n\n1,2\n", "line 2 has 0 of 2 columns"),
        (b'a,b\n1,"2\n', "unexpected end of data"), (b'a,b\n1,"2"3\n', "line 2"), (b"", "no header"), (b"\n", "no header"),
        (b"a,a\n1,2\n", "names the column a twice"), (b"a,b\n1,\xff\n", "line 2 is not UTF-8"),
        (b"a,b\n1,\x002\n", "line 2 holds a zero byte"), (b"x" * (csv_table.MAX_CELL + 1) + b"\n", "field larger"),
        (b"a,b\n" + b"," * 200_000 + b"\n", "line 2 has more than 100,000 delimiters"),
        (b"c," * csv_table.MAX_COLUMNS + b"\n", "columns are more than"),
    ],
)  # fmt: skip
def test_a_table_that_does_not_fit_is_refused_with_its_line(data, reason):
    assert reason in refused(rows, data)


def test_the_limit_of_the_csv_module_is_left_as_it_was():
    before = csv.field_size_limit()
    table = csv_table.parse(b"a\n1\n2\n")
    next(table.rows)
    assert csv.field_size_limit() == before


def test_a_table_of_many_cells_is_refused_in_time():
    start = time.monotonic()
    assert "more rows" in refused(rows, b"a\n" + b"1\n" * (csv_table.MAX_ROWS + 1))
    assert "more rows" in refused(
        rows, b",".join(b"c%d" % n for n in range(1000)) + b"\n" + (b"," * 999 + b"\n") * 4001
    )
    assert time.monotonic() - start < 10


@QUICK
@given(st.lists(st.lists(CELLS, min_size=2, max_size=2), min_size=1, max_size=6))
def test_what_a_writer_writes_comes_back(table):
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow(["a", "b"])
    writer.writerows(table)
    _, read = rows(text.getvalue().encode())
    assert [list(row.values()) for row in read] == table


@QUICK
@given(st.binary(max_size=200))
def test_any_bytes_are_a_table_or_refused(data):
    try:
        header, read = rows(b"a,b\n" + data)
    except UnreadableError:
        return
    assert all(tuple(row) == header for row in read)


def test_a_tree_has_tags_attributes_and_text():
    document = xml_tree.parse(
        b'<?xml version="1.0"?><!DOCTYPE a SYSTEM "a_v3.dtd"><a x="1"> one <b>2</b><b>&lt;3</b> two </a>'
    )
    root = document.root
    assert (document.doctype, document.system_id) == ("a", "a_v3.dtd")
    assert (root.tag, root.attributes, root.text) == ("a", {"x": "1"}, "one  two")
    assert [each.text for each in root.all("b")] == ["2", "<3"]
    assert (root.text_of("b"), root.text_of("c"), root.first("b", "c")) == ("2", None, None)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', "declarations of its own"),
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "declarations of its own"),
        (b'<!DOCTYPE a SYSTEM "a.dtd" [<!ENTITY % x SYSTEM "b.dtd"> %x;]><a/>', "declarations of its own"),
        (b'<!DOCTYPE a [<!ATTLIST a b CDATA "c">]><a/>', "declarations of its own"),
        (b'<!DOCTYPE a SYSTEM "a.dtd"><a>&x;</a>', "an entity that nothing declares: x"),
        (b"<a>&x;</a>", "undefined entity"), (b"<a><b></a>", "mismatched tag"), (b"<a>", "no element"), (b"", "no element"),
        (b"<a/><a/>", "junk after"), (b"<a" * 99, "not well-formed"), (b"<a>" * 65, "deep"), (b"<a>\xff</a>", "not well-formed"),
        (b'<?xml version="1.0" encoding="utf-7"?><a/>', "XML"), (b"<a>\x00</a>", "not well-formed"),
    ],
)  # fmt: skip
def test_a_tree_that_is_broken_or_not_safe_is_refused(data, reason):
    assert reason in refused(xml_tree.parse, data)


def test_there_is_an_end_to_elements():
    assert "elements" in refused(xml_tree.parse, b"<a>" + b"<b/>" * xml_tree.MAX_ELEMENTS + b"</a>")
    assert "over the cap" in refused(xml_tree.parse, b" " * (xml_tree.MAX_BYTES + 1))


@QUICK
@given(st.binary(max_size=120))
def test_any_bytes_are_a_tree_or_refused(data):
    for start in (data, b"<a>" + data + b"</a>", b"<!DOCTYPE a " + data):
        try:
            xml_tree.parse(start)
        except UnreadableError:
            continue


def metrics(text):
    return prometheus_text.parse(text.encode()).samples


def test_a_sample_has_a_name_labels_a_value_and_perhaps_a_time():
    (one,) = metrics('m:x_total{a="1", b = "two, } \\"q\\" \\\\ \\n",} 3 1760000000000\n')
    assert (one.name, one.value, one.at) == ("m:x_total", 3, 1_760_000_000.0)
    assert one.labels == {"a": "1", "b": 'two, } "q" \\ \n'}


def test_values_stay_exact_and_may_be_nan_or_infinite():
    text = "a 9223372036854775794\nb 1.5e3\nc NaN\nd +Inf\ne -Inf\nf -7\n"
    values = [each.value for each in metrics(text)]
    assert values[0] == 9223372036854775794
    assert values[1] == 1500.0
    assert math.isnan(values[2])
    assert values[3:] == [math.inf, -math.inf, -7]


def test_openmetrics_ends_with_its_mark_counts_in_seconds_and_has_exemplars():
    text = '# TYPE a counter\na_total{x="1"} 1 1760000000.5 # {trace_id="abc"} 0.67 1760000000\n# EOF\n'
    told = prometheus_text.parse(text.encode())
    assert (told.ended, told.types, told.samples[0].at) == (True, {"a": "counter"}, 1_760_000_000.5)


def test_names_and_labels_in_quotes_are_read():
    (one,) = metrics('{"http.requests", "service.name"="a"} 1\n')
    assert (one.name, one.labels) == ("http.requests", {"service.name": "a"})


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a 1\na 1", "line 2, the last, has no end"), ("a 1\na 2\n", "line 2 gives a a second time"), ("a\n", "line 1"),
        ("a one\n", "is not a number"), ('a{b="1" 2\n', "do not end"), ('a{b="1"\n', "do not end"), ("a{b} 1\n", "without a value"),
        ('a{b="1",b="2"} 1\n', "twice"), ("a 1 2 3\n", "does not end with a value"), ("# EOF\na 1\n", "after the end"),
        ("# TYPE a guess\n", "no type that is known"), ("{} 1\n", "no metric"), ("a 0x10\n", "is not a number"),
        ("a 1_000\n", "is not a number"), ("\x00a 1\n", "zero bytes"), ("a{" + 'b="1",' * 20_000 + "} 1\n", "longer than"),
    ],
)  # fmt: skip
def test_a_line_that_can_not_be_read_is_named(text, reason):
    assert reason in refused(metrics, text)


@QUICK
@given(
    st.dictionaries(st.from_regex(r"[a-z_][a-z0-9_]{0,5}", fullmatch=True), CELLS, max_size=4),
    st.integers(-(2**70), 2**70),
)
def test_what_is_written_as_a_sample_comes_back(labels, value):
    told = ",".join(
        f'{name}="{text.replace(chr(92), chr(92) * 2).replace(chr(10), chr(92) + "n").replace(chr(34), chr(92) + chr(34))}"'
        for name, text in labels.items()
    )
    (one,) = metrics(f"m{{{told}}} {value}\n")
    assert (one.labels, one.value) == (labels, value)


@QUICK
@given(st.text(alphabet='a{}",\\=# 1.eE+-\n\t', max_size=60))
def test_any_text_is_metrics_or_refused(text):
    try:
        metrics(text + "\n")
    except UnreadableError:
        return


def test_labels_that_never_close_are_refused_in_time():
    start = time.monotonic()
    for line in ("a{" + "b" * 60_000, 'a{b="' + "\\" * 60_000, "a 1 #" + " #" * 30_000, "a" + " " * 60_000 + "x y"):
        refused(metrics, f"{line}\n")
    assert time.monotonic() - start < 2


def counted(**by_bound):
    text = "".join(f'h_bucket{{le="{bound}"}} {count}\n' for bound, count in by_bound.items())
    return histogram.steps(metrics(text))


def test_a_share_falls_inside_a_step_by_a_straight_line():
    steps = counted(**{"1": 10, "2": 30, "4": 40, "+Inf": 40})
    assert histogram.quantile(0.5, steps) == histogram.Quantile(1.5, beyond=False)
    assert histogram.quantile(0.25, steps).value == 1.0
    assert histogram.quantile(0.1, steps).value == pytest.approx(0.4)
    assert histogram.quantile(1.0, steps).value == 4.0


def test_a_share_beyond_the_last_step_is_at_least_its_bound():
    assert histogram.quantile(0.95, counted(**{"1": 10, "+Inf": 40})) == histogram.Quantile(1.0, beyond=True)
    assert histogram.quantile(0.5, counted(**{"1": 0, "+Inf": 0})) is None
    assert histogram.quantile(0.5, {}) is None


@pytest.mark.parametrize("steps", [{"1": 3, "+Inf": 2}, {"1": 3}, {"one": 3, "+Inf": 3}, {"1": "NaN", "+Inf": 3}])
def test_a_histogram_that_falls_or_was_cut_is_refused(steps):
    assert refused(counted, **steps)
