"""Documents: each PDF against WeasyPrint alone on the same HTML, all files of a case with one press and with two, and a very large case.

Layout is held against CPU seconds of the library itself; the edition is wall time, since what it is for is to use both cores. The large
case has 5,000 risks and 20,000 pieces of evidence, each file made in a process of its own. `python tests/bench/documents.py` runs it alone.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))

from governance.workspace import Workspace  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from governance.domain.case import Case

    Row = Callable[[str, str, str, float | None, str], None]

RECORDED = ROOT / "evidence" / "recorded" / "smollm2-elm-desk"
RISKS, EVIDENCE = 5_000, 20_000
MOST_MIB = 1_024
LARGE = (
    "risk-register.html", "risk-register.pdf", "risk-register.xlsx", "risk-register.csv", "audit-report.html", "audit-report.pdf",
    "evidence-index.xlsx", "evidence-index.csv", "control-evidence.csv", "model-card.md", "management-review.html",
    "statement-of-applicability.xlsx",
)  # fmt: skip


def documents(row: Row, folder: Path) -> None:
    """Measure all three."""
    try:
        import weasyprint  # noqa: F401
    except (ImportError, OSError):
        sys.stdout.write("no PDF: WeasyPrint or Pango is missing\n")
    else:
        workspace = Workspace.init(folder / "documents")
        workspace.add_system(RECORDED / "system.yaml")
        workspace.attach([RECORDED], "elm-desk", environment=False)
        case = workspace.case("elm-desk")
        together = printing(row, case, workspace.templates)
        editions(row, case, workspace.templates, together)
        workspace.ledger.close()
    large(row)


def printing(row: Row, case: Case, templates: Mapping[str, str]) -> float:
    """Each document that is printed, against the library alone on the same HTML. Returns our CPU seconds for all."""
    import weasyprint

    from governance.reports.paper import pdf
    from governance.reports.writing.render import Renderer

    renderer, together = Renderer(case, templates), 0.0
    for name in renderer.offered:
        if not name.endswith(".html") or not renderer.document(name).pdf:
            continue
        html = renderer.render(name).decode()
        alone, ours = _cpu(
            lambda html=html: weasyprint.HTML(string=html).write_pdf(pdf_variant="pdf/a-3u", pdf_tags=True),  # type: ignore[misc]
            lambda html=html: pdf.to_pdf(html, identifier="bench", created=case.on),  # type: ignore[misc]
        )
        pages = pdf.printed(html, identifier="bench", created=case.on).pages
        together += ours
        row(
            f"PDF of {name.removesuffix('.html')}",
            f"{ours:.2f} CPU s, {pages} p.",
            f"WeasyPrint alone, {alone:.2f}",
            ours / alone,
            "< 1.1×",
        )
    return together


def editions(row: Row, case: Case, templates: Mapping[str, str], together: float) -> None:
    """Every file of a case, with one press and with two; the time runs from starting the presses."""
    from governance.reports.paper.press import Presses
    from governance.reports.writing.edition import edition

    for count in (1, 2):
        started = time.perf_counter()
        with Presses(count) as presses:
            made = edition(case, templates, presses=presses)
        seconds = time.perf_counter() - started
        size = sum(map(len, made.files.values())) / 1e6
        row(
            f"all {len(made.files)} files, {size:.1f} MB, {count} press{'' if count == 1 else 'es'}",
            f"{seconds:.2f} s",
            f"printing one after the other, {together:.2f} CPU s",
            seconds / together,
            "< 1× with two presses",
        )


def large(row: Row) -> None:
    """Each file of a case with 5,000 risks and 20,000 pieces of evidence, in a process of its own."""
    sys.stdout.write(f"a case of {RISKS:,} risks and {EVIDENCE:,} pieces of evidence\n")
    program = Path(__file__).with_name("large_documents.py")
    for name in LARGE:
        command = [sys.executable, program, name, str(RISKS), str(EVIDENCE)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
        if done.returncode:
            sys.stdout.write(f"  {name}: not made: {done.stderr.strip().splitlines()[-1:]}\n")
            continue
        said = json.loads(done.stdout)
        press = f", press {said['press_mib']:.0f} MiB, {said['pages']} pages" if "pages" in said else ""
        row(
            f"  {name}, {said['bytes'] / 1e6:.1f} MB",
            f"{said['seconds']:.1f} s",
            f"peak {said['peak_mib']:.0f} MiB, of which the case {said['case_mib']:.0f}{press}",
            None,
            f"< {MOST_MIB:,} MiB each",
        )


def _cpu(*calls: Callable[[], object], runs: int = 3) -> list[float]:
    """The fewest CPU seconds of some runs of each, one after the other by turns, so that a busy moment falls on all of them."""
    taken: list[list[float]] = [[] for _ in calls]
    for _ in range(runs):
        for call, found in zip(calls, taken, strict=True):
            started = time.process_time()
            call()
            found.append(time.process_time() - started)
    return [min(found) for found in taken]


def main() -> None:
    """Measure documents alone."""
    from tests.bench.bench import row

    with tempfile.TemporaryDirectory() as folder:
        documents(row, Path(folder))


if __name__ == "__main__":
    main()
