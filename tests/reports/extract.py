"""The translator's file: every message of the templates and the builders, with the translations there are.

    python -m tests.reports.extract           writes each catalogue in templates/_languages anew
    python -m tests.reports.extract fr        begins one, for French

Translations are kept, new messages come in empty, and what nothing asks for any more goes. Messages stand in the order of the
documents, so that a translator reads sentences and not a list of words.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

from babel import Locale
from babel.messages import Catalog, pofile

from governance.reports.atoms import vocabulary
from governance.reports.writing import languages

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "templates"
FOLDER = TEMPLATES / "_languages"
BUILDERS = ROOT / "governance" / "reports"
WORDS = "governance/reports/atoms/words.py"


def asked() -> dict[languages.Message, list[str]]:
    """Every message that documents ask a catalogue for, in the order of print, with the files that ask."""
    found: dict[languages.Message, list[str]] = {}

    def add(message: languages.Message, where: str) -> None:
        places = found.setdefault(message, [])
        if where not in places:
            places.append(where)

    names = {path.relative_to(TEMPLATES).as_posix(): path for path in TEMPLATES.rglob("*")}
    for name in sorted(filter(languages.speaks, names), key=lambda name: ("/" in name, name)):
        for _, message in languages.asked(name, names[name].read_text(encoding="utf-8")):
            add(message, f"templates/{name}")
    for word in vocabulary.words_to_translate():
        add(("", word, ""), WORDS)
    for path in sorted(BUILDERS.rglob("*.py")):
        for _, word in vocabulary.words_in_source(path.read_text(encoding="utf-8")):
            add(("", word, ""), path.relative_to(ROOT).as_posix())
    return _one_each(found)


def _one_each(found: dict[languages.Message, list[str]]) -> dict[languages.Message, list[str]]:
    """A key that stands once with a plural and once without is one message, the one with the plural."""
    several = {(context, one): message for message in found for context, one, many in (message,) if many}
    merged: dict[languages.Message, list[str]] = {}
    for message, places in found.items():
        held = merged.setdefault(several.get(message[:2], message), [])
        held.extend(place for place in places if place not in held)
    return merged


def read(language: str) -> Catalog:
    """The catalogue as it stands, or an empty one."""
    path = FOLDER / f"{language}.po"
    if not path.exists():
        return Catalog(locale=language)
    return pofile.read_po(io.StringIO(path.read_text(encoding="utf-8")), locale=language, abort_invalid=True)


def written(language: str) -> str:
    """The text of the catalogue, brought up to date."""
    before, made = read(language), Catalog(locale=language)
    for (context, one, many), places in asked().items():
        held = before.get(one, context or None)
        empty = ("",) * made.num_plurals if many else ""
        kept = held.string if held and bool(many) == isinstance(held.string, (tuple, list)) else empty
        flags = held.flags - {"python-format"} if held else set()
        made.add(
            (one, many) if many else one,
            kept,
            [(place, None) for place in places],
            context=context or None,
            flags=flags,
        )
    for message in made:
        message.flags.discard("python-format")
    text = io.BytesIO()
    pofile.write_po(text, made, width=120, omit_header=True, include_lineno=False)
    return _head(language, made) + text.getvalue().decode()


def _head(language: str, made: Catalog) -> str:
    name = Locale.parse(language).get_display_name("en")
    return (
        f"# {name} words of the documents. Brought up to date by: python -m tests.reports.extract\n"
        'msgid ""\nmsgstr ""\n'
        f'"Language: {language}\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: {made.plural_forms}\\n"\n\n'
    )


def main(wanted: list[str]) -> None:
    """Write the catalogues."""
    FOLDER.mkdir(exist_ok=True)
    for language in sorted({*wanted, *(path.stem for path in FOLDER.glob("*.po"))}):
        (FOLDER / f"{language}.po").write_text(written(language), encoding="utf-8")
        left = sum(
            1
            for message in read(language)
            if message.id and not all(message.string if isinstance(message.string, tuple) else [message.string])
        )
        print(f"{language}: {len(read(language))} messages, {left} without a translation")  # noqa: T201 - a tool for the command line


if __name__ == "__main__":
    main(sys.argv[1:])
