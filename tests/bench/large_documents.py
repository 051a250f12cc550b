"""Makes one form of one document of the large case in a process of its own, and prints, as JSON, seconds and peak memory in MiB.

What is printed as PDF is laid out by a press, as everywhere; its memory is told apart from that of the process that holds the case. The press is
started before the case is made: the mark of a child begins with what its parent held when it was started.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))

from governance.content import places  # noqa: E402
from governance.reports.paper.press import Presses  # noqa: E402


def main(name: str, risks: int, evidence: int) -> None:
    """Make the file `name` of a case with so many risks and pieces of evidence."""
    presses = Presses(1) if name.endswith(".pdf") else None
    from governance.reports.tabular import tables
    from governance.reports.writing import edition
    from governance.reports.writing.render import Renderer
    from tests.reports.large import large

    templates = places.templates(places.read_all([ROOT]))
    case = large(risks, evidence)
    before, started = _peak(), time.perf_counter()
    stem, _, ending = name.rpartition(".")
    if ending == "csv":
        made = getattr(tables, stem.replace("-", "_"))(case)
    elif ending == "xlsx":
        made = edition.WORKBOOKS[stem][1](case, Renderer(case, templates).house)
    elif presses is not None:
        html = Renderer(case, templates).render(f"{stem}.html").decode()
        printed = presses.begin(html, identifier=name, created=case.on).result()
        made = printed.data
        presses.close()
    else:
        made = Renderer(case, templates).render(name)
    seconds = time.perf_counter() - started
    said = {"seconds": seconds, "bytes": len(made), "case_mib": before, "peak_mib": _peak()}
    if presses is not None:
        said |= {"pages": printed.pages, "press_mib": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024}
    sys.stdout.write(json.dumps(said))


def _peak() -> float:
    """The high-water mark of this program alone: that of getrusage begins with what its parent held when it forked."""
    return int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) / 1024


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
