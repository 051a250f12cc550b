"""Which licence a text names, how SPDX writes it, and what names none."""

from __future__ import annotations

import pytest

from governance.collectors.reading.licences import SPDX_LIST, is_known, licence_fields, licence_of, licence_of_all


@pytest.mark.parametrize(
    ("text", "spdx"),
    [
        ("cc-by-4.0", "CC-BY-4.0"), ("APACHE-2.0", "Apache-2.0"), ("mit", "MIT"), ("bsl-1.0", "BSL-1.0"),
        ("odc-by", "ODC-By-1.0"), ("odbl", "ODbL-1.0"), ("pddl", "PDDL-1.0"), ("lgpl-lr", "LGPLLR"),
        ("etalab-2.0", "etalab-2.0"), ("postgresql", "PostgreSQL"), ("0BSD", "0BSD"), ("cc0-1.0", "CC0-1.0"),
    ],
)  # fmt: skip
def test_ids_of_the_hub_and_of_spdx_come_to_the_spelling_of_spdx(text, spdx):
    assert (licence_of(text).known, licence_of(text).spdx, licence_of(text).problems) == (True, spdx, ())


@pytest.mark.parametrize(
    "text", ["llama3.1", "Llama2", "gemma", "c-uda", "openrail++", "bigscience-openrail-m", "apple-amlr"]
)
def test_definite_licences_that_spdx_does_not_list_have_no_spdx_id(text):
    assert (licence_of(text).known, licence_of(text).spdx) == (True, None)


@pytest.mark.parametrize(
    "text", ["other", "unknown", "Other", "", "NONE", "NOASSERTION", "my-own", "proprietary", "see LICENSE"]
)
def test_these_name_no_licence(text):
    assert (licence_of(text).known, licence_of(text).spdx) == (False, None)
    assert licence_of(text).problems


@pytest.mark.parametrize("text", ["cc", "gpl", "lgpl", "bsd", "gfdl", "openrail"])
def test_a_family_is_not_one_definite_licence(text):
    assert not is_known(text)
    assert "family" in licence_of(text).problems[0]


@pytest.mark.parametrize(
    ("text", "spdx"),
    [
        ("gpl-3.0", "GPL-3.0-only"), ("GPL-3.0+", "GPL-3.0-or-later"), ("agpl-3.0", "AGPL-3.0-only"),
        ("GPL-2.0-with-classpath-exception", "GPL-2.0-only WITH Classpath-exception-2.0"), ("StandardML-NJ", "SMLNJ"),
    ],
)  # fmt: skip
def test_a_withdrawn_id_is_read_as_what_spdx_puts_in_its_place(text, spdx):
    read = licence_of(text)
    assert (read.known, read.spdx) == (True, spdx)
    assert "withdrawn" in read.problems[0]


@pytest.mark.parametrize(
    ("text", "known", "spdx"),
    [
        ("MIT OR Apache-2.0", True, "MIT OR Apache-2.0"),
        ("mit and (bsd-3-clause or cc0-1.0)", True, "MIT AND (BSD-3-Clause OR CC0-1.0)"),
        ("Apache-2.0 WITH LLVM-exception", True, "Apache-2.0 WITH LLVM-exception"),
        ("Apache-2.0 with llvm-exception OR MIT", True, "Apache-2.0 WITH LLVM-exception OR MIT"),
        ("Apache-2.0+", True, "Apache-2.0+"),
        ("llama3.1 OR MIT", True, None),
        ("MIT OR my-own-1.0", False, None),
        ("MIT WITH no-such-exception", False, None),
        ("MIT OR LicenseRef-ours", False, "MIT OR LicenseRef-ours"),
        ("LicenseRef-ours", False, "LicenseRef-ours"),
        ("MIT OR other", False, None),
        ("MIT OR", False, None), ("MIT MIT", False, None), ("(MIT", False, None), ("free for you and me", False, None),
    ],
)  # fmt: skip
def test_expressions_follow_the_grammar_of_spdx(text, known, spdx):
    assert (licence_of(text).known, licence_of(text).spdx) == (known, spdx)


@pytest.mark.parametrize(
    ("text", "spdx"),
    [
        ("https://choosealicense.com/licenses/cc-by-sa-4.0/", "CC-BY-SA-4.0"),
        ("http://creativecommons.org/licenses/by-nc/4.0/", "CC-BY-NC-4.0"),
        ("https://creativecommons.org/licenses/by/4.0/deed.en", "CC-BY-4.0"),
        ("https://creativecommons.org/licenses/by/3.0/us/legalcode", "CC-BY-3.0-US"),
        ("https://creativecommons.org/publicdomain/zero/1.0/", "CC0-1.0"),
        ("https://www.apache.org/licenses/LICENSE-2.0.html", "Apache-2.0"),
        ("https://opensource.org/license/bsd-3-clause", "BSD-3-Clause"),
        ("https://opensource.org/licenses/MIT", "MIT"),
        ("http://www.opensource.org/licenses/mit-license.php", "MIT"),
        ("https://opensource.org/license/mpl-2-0", "MPL-2.0"),
        ("https://www.mozilla.org/en-US/MPL/2.0/", "MPL-2.0"),
        ("https://spdx.org/licenses/ODbL-1.0.html", "ODbL-1.0"),
        ("https://www.gnu.org/licenses/gpl-3.0.en.html", "GPL-3.0-only"),
        ("MIT License", "MIT"), ("CC BY-NC-SA 4.0", "CC-BY-NC-SA-4.0"), ("Apache License 2.0", "Apache-2.0"),
    ],
)  # fmt: skip
def test_addresses_and_names_in_words_are_told(text, spdx):
    assert (licence_of(text).known, licence_of(text).spdx) == (True, spdx)


@pytest.mark.parametrize(
    "text",
    [
        "https://example.org/LICENSE",
        "https://example.org/creativecommons.org/licenses/by/4.0/",
        "https://openai.com/terms",
    ],
)
def test_another_address_is_no_known_licence(text):
    assert not licence_of(text).known


def test_several_licences_are_known_together_and_have_no_expression():
    read = licence_of_all(["mit", "apache-2.0"])
    assert (read.known, read.spdx) == (True, None)
    assert "not said whether all hold" in read.problems[0]
    assert not licence_of_all(["mit", "other"]).known
    assert not licence_of_all([]).known


def test_other_with_a_name_and_a_text_is_a_definite_licence():
    made = licence_fields(["other"], title="house-terms-2", link="https://example.org/terms")
    assert made["licence"] == {
        "id": "other",
        "name": "house-terms-2",
        "link": "https://example.org/terms",
        "known": True,
    }
    assert made["spdx"] is None
    assert licence_fields(["other"], title="house-terms-2", link="LICENSE")["licence"]["known"] is False
    assert licence_fields(["other"], title="house-terms-2", link="LICENSE", text_is_there=True)["licence"]["known"]
    assert licence_fields(["other"], title="house-terms-2")["licence"]["known"] is False
    assert licence_fields(["other"], title="cc-by-4.0")["spdx"] == "CC-BY-4.0"


def test_the_version_of_the_list_is_noted():
    assert licence_fields(["mit"])["spdx_list"] == SPDX_LIST == "3.27.0"


def test_an_address_becomes_the_link_and_its_licence_the_id():
    made = licence_fields(["https://creativecommons.org/licenses/by/4.0/"])["licence"]
    assert (made["id"], made["link"]) == ("CC-BY-4.0", "https://creativecommons.org/licenses/by/4.0/")


def test_hostile_texts_are_no_licences_and_take_no_time():
    for text in ("(" * 400, "MIT OR " * 70, "a" * 100_000, "MIT\0", "\u202eTIM", "(" * 19 + "MIT" + ")" * 19):
        assert licence_of(text).spdx in (None, text)
