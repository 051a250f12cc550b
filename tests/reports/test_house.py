"""The house: one file for a firm's look, refused where it could not be read or would hide something."""

from __future__ import annotations

import pytest

from governance.content import places
from governance.errors import ContentError
from governance.reports.atoms.house import House, contrast, house

PNG = b"\x89PNG\r\n\x1a\n" + bytes(16)


def of(text, **files):
    content = {"templates/house.yaml": text.encode()} | {f"templates/{name}": data for name, data in files.items()}
    return house(places.templates(content))


def test_without_a_file_the_house_is_ours():
    assert house({}) == House()


def test_a_firm_gives_its_name_logo_colour_paper_classification_and_language():
    made = of(
        "firm: Elm & Sons\nlogo: logo.png\nlogo_alt: An elm\naccent: '#203040'\npaper: Letter\nclassification: Confidential\n",
        **{"logo.png": PNG},
    )
    assert (made.firm, made.paper, made.classification) == ("Elm & Sons", "Letter", "Confidential")
    assert made.logo.startswith("data:image/png;base64,")
    assert made.size == "8.5in 11in"


def test_what_is_wished_for_this_time_goes_over_the_file():
    templates = places.templates({"templates/house.yaml": b"paper: Letter\nlanguage: en\n"})
    assert house(templates, paper="A4", classification=None).paper == "A4"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("paper: A3", "paper is A4 or Letter"),
        ("accent: red", "is no colour"),
        ("accent: '#ffee88'", "has a contrast of 1.2 on white"),
        ("logo: ../secret.png", "no file name of a picture"),
        ("logo: away.svg", "is not there"),
        ("language: Deutsch", "no language tag"),
        ("firm: [a]", "is text"),
        ("colour: '#000000'", "other fields than"),
        ("- a", "other fields than"),
        ("firm: a\nfirm: b", "firm"),
    ],
)
def test_a_house_that_breaks_its_rules_says_which(text, said):
    with pytest.raises(ContentError, match=said):
        of(text)


def test_a_colour_without_quotes_is_a_comment_and_is_refused_with_the_field_and_what_to_do():
    with pytest.raises(ContentError, match="accent has no value") as caught:
        of("firm: Elm\naccent: #204060\n")
    assert caught.value.where == "house.yaml"
    assert "in quotes" in (caught.value.hint or "")


def test_a_text_that_is_empty_in_quotes_is_as_ours():
    assert of("classification: ''\naccent: ''").accent == House().accent


SVG = b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"><rect width="4" height="4"/></svg>'


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.png", PNG),
        ("a.jpg", b"\xff\xd8\xff\xe0" + bytes(8)),
        ("a.jpeg", b"\xff\xd8\xff\xe1" + bytes(8)),
        ("a.svg", SVG),
        ("b.svg", b'<svg width="4"/>'),
        ("c.svg", b'<s:svg xmlns:s="http://www.w3.org/2000/svg"/>'),
    ],
)
def test_a_logo_that_is_what_its_name_promises_is_taken(name, data):
    assert of(f"logo: {name}", **{name: data}).logo.startswith("data:image/")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.png", b"garbage"),
        ("b.png", b"\xff\xd8\xff\xe0" + bytes(8)),
        ("a.jpg", PNG),
        ("a.jpeg", b""),
        ("a.svg", b"<svg"),
        ("b.svg", b""),
        ("c.svg", b"<html><svg/></html>"),
        ("d.svg", b'<svg xmlns="http://www.w3.org/1999/xhtml"/>'),
        ("e.svg", b'<!DOCTYPE svg [<!ENTITY a "aaaa">]><svg>&a;</svg>'),
        ("f.svg", PNG),
    ],
)
def test_a_logo_that_is_no_such_picture_is_refused_with_the_file_and_what_to_do(name, data):
    with pytest.raises(ContentError, match=f"the logo {name} does not hold the picture") as caught:
        of(f"logo: {name}", **{name: data})
    assert caught.value.where == name
    assert "again" in (caught.value.hint or "")


def test_contrast_is_that_of_wcag():
    assert contrast("#000000") == pytest.approx(21)
    assert contrast("#ffffff") == pytest.approx(1)
    assert contrast("#767676") == pytest.approx(4.54, abs=0.01)
