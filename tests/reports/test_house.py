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


def test_contrast_is_that_of_wcag():
    assert contrast("#000000") == pytest.approx(21)
    assert contrast("#ffffff") == pytest.approx(1)
    assert contrast("#767676") == pytest.approx(4.54, abs=0.01)
