"""Mistakes in a template: each is said with file, line and remedy; no template reckons, and none runs for ever."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import pytest
from jinja2 import nodes

from governance.errors import ContentError, CouldNotTell
from governance.reports.writing import languages, sandbox
from governance.reports.writing.render import render
from tests.reports.test_render import own

if TYPE_CHECKING:
    from governance.domain.case import Case

HEAD = 6
"""Lines of the front matter of `own`."""
BESIDE = {
    "_parts/half.j2": "whole\n{{ view.nope }}",
    "_parts/broken.j2": "whole\n\n{% if %}",
    "_parts/round.j2": "whole\n{% include '_parts/round.j2' %}",
    "_parts/macros.j2": "{% macro part(of) %}\n\n{{ of.nope }}{% endmacro %}",
}


def mistake(full: Case, body: str, kind: type[Exception] = ContentError) -> str:
    with pytest.raises(kind) as caught:
        render("own.html", full, own(body) | BESIDE)
    return str(caught.value)


@pytest.mark.parametrize(
    ("body", "line", "said"),
    [
        ("\n{{ view.nope }}", 2, "has no attribute 'nope'. The views list what may be named."),
        ("{{ [1, 2][5] }}", 1, "list object has no element 5"),
        ("\n\n{{ 5 is divisibleby 0 }}", 3, "by zero. Mend this line"),
        ("\n{% for i in range(10000000) %}{% endfor %}", 2, "Range too big"),
        ("{{ range(1, 2, 0) | list }}", 1, "must not be zero"),
        ("\n{% macro m() %}\n{{ m() }}{% endmacro %}{{ m() }}", 3, "goes too deep. It includes or calls itself without an end"),
        ("{{ cycler().next() }}", 1, "at least one item has to be provided"),
        ("\n{{ ['a', 1] | sort }}", 2, "not supported between instances"),
        ("\n{{ view.frame | dictsort }}", 2, "has no attribute 'items'"),
        ("{% for each in view.frame %}{% endfor %}", 1, "not iterable"),
        ("\n{{ 'x' | nope }}", 2, "No filter named 'nope'. "),
        ("\n{{ ['x'] | map('nope') | list }}", 2, "No filter named 'nope'. "),
        ("\n{% for %}", 2, "Expected an expression"),
        ("\n{% include 'nope.j2' %}", 2, "there is no template 'nope.j2'"),
        ("{% extends 'nope.j2' %}", 1, "there is no template 'nope.j2'"),
        ("\n{{ ''.__class__ }}", 2, "reaches for what a template may not touch"),
        ("\n{{ claim() }}", 2, "claim() missing 2 required positional arguments"),
        ("\n{{ claim('training-run.v1', 'steps') }}", 2, "is no pointer"),
        ("\n{{ claim('training-run.v1', '/steps', form='roman') }}", 2, "'roman' is no form of a value: there are number,"),
        ("\n{{ claim('training-run.v1', '/steps', digits=99) }}", 2, "digits are a whole number from 0 to 12, and not 99"),
        ("\n{% trans %}%(nope)s{% endtrans %}{{ _('%(nope)s') }}", 2, "names no value of it"),
        ("{% block body %}\n{{ view.nope }}{% endblock %}", 2, "has no attribute 'nope'"),
    ],
)  # fmt: skip
def test_a_mistake_names_its_file_its_line_and_what_to_do(full: Case, body: str, line: int, said: str) -> None:
    told = mistake(full, body)
    assert told.startswith(f"own.html.j2 line {HEAD + line}: ")
    assert said in told
    assert ".." not in told


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ("{% include '_parts/half.j2' %}", "_parts/half.j2 line 2"),
        ("{% include '_parts/broken.j2' %}", "_parts/broken.j2 line 3"),
        ("{% include '_parts/round.j2' %}", "_parts/round.j2 line 2"),
        ("{% import '_parts/macros.j2' as m %}\n{{ m.part(view) }}", "_parts/macros.j2 line 3"),
    ],
)
def test_a_mistake_in_what_is_included_is_told_where_it_stands(full: Case, body: str, place: str) -> None:
    assert mistake(full, body).startswith(f"{place}: ")


def test_what_is_nested_too_far_to_be_read_is_told_with_its_file(full: Case) -> None:
    blocks = mistake(full, "{% for a in [1] %}" * 25 + "{% endfor %}" * 25)
    assert blocks == "own.html.j2: too many statically nested blocks. Take what stands so deep into a macro."
    assert mistake(full, f"{{{{ {'(' * 3000}1{')' * 3000} }}}}").startswith("own.html.j2: goes too deep")


def test_a_claim_that_can_not_be_printed_is_told_with_the_line_that_asks_for_it(full: Case) -> None:
    told = mistake(full, "\n{{ claim('nothing.v1', '/steps') }}", CouldNotTell)
    assert told.startswith(f"own.html.j2 line {HEAD + 2}: the claim ")


@pytest.mark.parametrize(
    ("body", "by"),
    [
        ("\n{{ 1 / 0 }}", "/"),
        ("\n{{ view.register.total * 7 }}", "*"),
        ("\n{{ (view.rows | length) * 100 // 3 }}", "//"),
        ("\n{{ 2 ** 99999999 }}", "**"),
        ("\n{{ '%.3f' % 0.999 }}", "%"),
        ("\n{{ loop.index % 2 }}", "%"),
        ("\n{{ view.register.total - 1 }}", "-"),
        ("\n{{ 1.5 + 1 }}", "+"),
        ("\n{{ 'a' + 'b' }}", "+"),
        ("\n{{ -view.register.total }}", "-"),
        ("{% if false %}\n{{ 1 / 3 }}{% endif %}", "/"),
        ("\n{{ 99.9 | string }} %", "the filter string"),
        ("\n{{ '%.3f' | format(0.999) }}", "the filter format"),
        ("\n{{ (claim('training-run.v1', '/steps').text | float) }}", "the filter float"),
        ("\n{{ '7' | int }}", "the filter int"),
        ("\n{{ 7 | round }}", "the filter round"),
        ("\n{{ [1, 2] | sum }}", "the filter sum"),
        ("\n{{ 7 | abs }}", "the filter abs"),
        ("\n{{ 7000 | filesizeformat }}", "the filter filesizeformat"),
        ("\n{{ 99.9 | urlencode }}", "the filter urlencode"),
    ],
)
def test_a_template_that_reckons_is_refused_before_it_runs(full: Case, body: str, by: str) -> None:
    told = mistake(full, body)
    assert told.startswith(f"own.html.j2 line {HEAD + 2}: reckons with {by}. Figures come as facts")


@pytest.mark.parametrize(
    "body",
    [
        "{{ ['7'] | map('float') | list | length }}",
        "{{ '{:.3f}'.format(0.999) }}",
        "{{ '{a}'.format_map({'a': 0.999}) }}",
        "{{ ''.join([99.9]) }}",
        "{{ ('x' | e).join([99.9]) }}",
        "{{ (0.999).hex() }}",
        "{{ '7'.zfill(5) }}",
        "{{ 99.9 | upper }}",
        "{{ 99.9 | trim }}",
        "{{ 99.9 | code }}",
        "{{ view.frame | title }}",
        "{{ 'X' | replace('X', 99.9) }}",
        "{{ [99.9] | map('lower') | list | join }}",
        "{{ ['a', 'b'] | join(99.9) }}",
        "{{ namespace(it=99.9).it }}",
        "{{ [99.9] | first }}",
        "{{ 99.9 }}",
        "{{ -99.9 }}",
    ],
)
def test_a_number_is_made_a_text_by_nothing_else_either(full: Case, body: str) -> None:
    assert mistake(full, body).startswith(f"own.html.j2 line {HEAD + 1}: ")


@pytest.mark.parametrize("unit", [",999 accuracy", "7", ".5 %", "% of 20", "kWh 3", "e12", "(95 %)", "kWh, 7"])
def test_a_unit_that_reads_as_part_of_the_figure_is_refused(full: Case, unit: str) -> None:
    told = mistake(full, f"{{{{ claim('training-run.v1', '/steps', unit='{unit}') }}}}")
    assert told.startswith(f"own.html.j2 line {HEAD + 1}: ")
    assert f"the unit {unit!r} holds a number" in told


@pytest.mark.parametrize("unit", ["", "%", "kWh", "g/kWh", "g CO2e", "m²", "floating-point operations", "°C"])
def test_a_unit_is_printed_after_its_figure(full: Case, unit: str) -> None:
    made = render("own.html", full, own(f"{{{{ claim('training-run.v1', '/steps', unit='{unit}') | bare }}}}")).decode()
    assert re.search(rf">[\d,]+{f' {re.escape(unit)}' if unit else ''}</data>", made)


@pytest.mark.parametrize(
    ("body", "made"),
    [
        ("{{ [1, 2, 3] | length - 1 }}", "2"),
        ("{{ [1, 2] | count + ([3] | length) - 1 }}", "2"),
        ("{% for each in ['a', 'b'] %}{{ loop.index0 + 1 }}{{ loop.length - loop.index }}{{ each }}{% endfor %}", "11a20b"),
        ("{{ ['a', 'b'][-1] }}", "b"),
        ("{{ (['a'] + ('bc' | list) + (['d'] if true else [])) | join }}", "a, b, c, d"),
        ("{{ 'x' if 'abc'.startswith('a') else 'y' }}{{ 'a/b'.split('/') | last | upper }}", "xB"),
        ("{{ 'one two' | replace('two', 'three') | truncate(5, true, '…', 0) | title }}", "One …"),
        ("{% for a, b in [(1, 2), (3, 4)] if b > 2 %}{{ a }}{{ b }}{% else %}none{% endfor %}", "34"),
        ("{% for a in [1, 2] %}{{ loop.last }}{{ loop.revindex }}{% endfor %}", "no2yes1"),
        ("{% for a in [[1], [2, [3]]] recursive %}{{ a if a is integer else loop(a) }}{% endfor %}", "123"),
    ],
)  # fmt: skip
def test_counts_lists_and_words_are_what_a_template_works_with(full: Case, body: str, made: str) -> None:
    assert render("own.html", full, own(body)).decode() == made


@pytest.mark.parametrize(
    "body",
    [
        "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}",
        "{% for a in range(100) recursive %}{{ loop(range(100)) if loop.depth < 99 }}{% endfor %}",
        "{% macro m(d) %}{% if d | length < 99 %}{{ m([1] + (d | list)) }}{{ m([2] + (d | list)) }}{% endif %}{% endmacro %}{{ m([1]) }}",
    ],
)
def test_a_template_that_would_run_for_ever_is_stopped(full: Case, body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "STEPS", 50_000)
    begun = time.monotonic()
    told = mistake(full, body)
    assert "takes more than 50,000 turns of loops and calls" in told
    assert time.monotonic() - begun < 20


def test_each_rendering_has_all_its_steps(full: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "STEPS", 150)
    for _ in range(3):
        assert render("own.html", full, own("{% for a in range(100) %}.{% endfor %}")) == b"." * 100


def test_our_own_templates_use_no_filter_that_was_taken_away(templates: dict[str, str]) -> None:
    held = {name: text for name, text in templates.items() if name.endswith(".j2")}
    environment = sandbox.environment(".html", tuple(sorted(held.items())), languages.Catalogue())
    used = {
        each.name for name, text in held.items() for each in environment._parse(text, name, name).find_all(nodes.Filter)
    }
    assert used <= set(environment.filters)
