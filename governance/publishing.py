"""From a case to files in a folder: all documents, or one of them (Statement of Applicability, candidate diff) in each of its forms."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from governance.assurance.applicability import applicability, documented
from governance.errors import UsageError
from governance.exchange import hub_eval_results

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from governance.domain.applicability import Applicability
    from governance.domain.case import Case
    from governance.domain.comparison import Pair
    from governance.reports.paper.press import Presses

STATEMENT = "statement-of-applicability"
Made = tuple[dict[str, bytes], dict[str, str]]
"""Documents by file name, and why a form was skipped, by the form."""


class How(TypedDict, total=False):
    """Which documents, and how.

    `only`: names without an ending, or all; `pdf`: of which of them a PDF is made, or of all, or none; `presses`: those that print;
    `wish`: what goes over the house this time, by its name: paper, classification, language.
    """

    only: Collection[str] | None
    pdf: Collection[str] | bool
    presses: Presses | None
    wish: Mapping[str, str | None] | None


def documents(case: Case, templates: Mapping[str, str], **how: Unpack[How]) -> Made:
    """The documents of a case by file name, and why a form was skipped, by the form."""
    from governance.reports.writing.edition import edition

    made, only = edition(case, templates, **how), how.get("only")
    beside = hub_eval_results.beside_the_card(case) if only is None or hub_eval_results.CARD.strip("/") in only else {}
    return made.files | beside, made.skipped


def roll_up(
    cases: Sequence[Case],
    templates: Mapping[str, str],
    *,
    pdf: bool = True,
    wish: Mapping[str, str | None] | None = None,
    not_on_record: tuple[str, ...] = (),
) -> Made:
    """The report over all systems of a workspace together, its twin and its PDF, and why a form was skipped, by the form."""
    from governance.reports.writing import roll_up_page

    return roll_up_page.printed(cases, templates, wish or {}, not_on_record, pdf=pdf)


def candidate_diff(pair: Pair, templates: Mapping[str, str], stated: Mapping[str, Any], name: str) -> Made:
    """The report on a pair under a file name, its twin and its PDF, and why there is no PDF, by the form."""
    from governance.parsing import canonical
    from governance.reports.writing import diff_page

    return diff_page.printed(pair, templates, canonical.dumps(stated).decode(), stated["house"], name)


def statement(case: Case, templates: Mapping[str, str], *, pdf: bool = True) -> Made:
    """The Statement of Applicability as HTML, twin, JSON, workbook and PDF, and why one of the last two was skipped, by the form."""
    rows = case.documented or documented(case.dossier, case.catalogue, case.assessment, case.on)
    stated = statement_of(case)
    whole = replace(case, applicability=stated, documented=rows)
    made, skipped = documents(whole, templates, pdf=pdf, only=(STATEMENT,))
    wanted = [row.plain() for row in rows]
    data = {"schema": "applicability-report.v1", **stated.plain(), "documented_information": wanted}
    made[f"{STATEMENT}.json"] = (json.dumps(data, ensure_ascii=False, indent=2) + "\n").encode()
    return made, skipped


def statement_of(case: Case) -> Applicability:
    """The Statement of Applicability of a case, also where the system does not name the standard."""
    return case.applicability or applicability(case.dossier, case.catalogue, case.assessment, case.register, case.on)


def write(out: Path, made: Mapping[str, bytes]) -> list[Path]:
    """Write files into a folder, which is made where it is not there. Returns the paths. Raises `UsageError` where it can not be."""
    try:
        for name, data in made.items():
            path = out / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    except (FileExistsError, NotADirectoryError):
        raise UsageError("is a file, not a folder", where=str(out), hint="Name a folder with --out.") from None
    except OSError as error:
        said = f"can not be written: {error.strerror}"
        raise UsageError(said, where=str(error.filename or out), hint="Name another folder with --out.") from None
    return [out / name for name in sorted(made)]
