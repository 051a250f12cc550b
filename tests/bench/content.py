"""How fast content is read and checked, and what one more piece of evidence costs among a thousand systems."""

from __future__ import annotations

import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from governance.checking import check, facts
from governance.content import cache, loader, places
from governance.domain.entry import EntryType
from governance.ledger.store import Draft
from governance.parsing import canonical
from governance.portfolio import Portfolio
from governance.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable

    Row = Callable[[str, str, str, float | None, str], None]

FACTS = Path(__file__).parent.parent / "content" / "facts"
SYSTEMS = 1_000
PIECES = 8
DAY = date(2026, 11, 25)


def best(call: Callable[[], object], runs: int = 5) -> float:
    """The fewest CPU seconds of several runs."""
    times = []
    for _ in range(runs):
        start = time.process_time()
        call()
        times.append(time.process_time() - start)
    return min(times)


def content(row: Row) -> None:
    """Loading and checking everything, against merely parsing the same YAML with libyaml."""
    roots = [places.builtin_root()]
    files = places.read_all(roots)
    texts = [data for path, data in files.items() if path.endswith(".yaml")]
    bare = best(lambda: [yaml.load(data, Loader=yaml.CSafeLoader) for data in texts])
    official, listed = places.wording(roots), facts.read(FACTS)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)

        def whole() -> None:
            parse = cache.Parsed(place)
            assert not check.check(places.read_all(roots), DAY, official=official, listed=listed, parse=parse).faults
            parse.keep()

        def loaded() -> None:
            loader._HELD.clear()
            loader.load(places.read_all(roots), cache.Parsed(place))

        first = best(whole, 1)
        again, short = best(whole), best(loaded)
    against = f"CSafeLoader over {len(texts)} files, {bare:.3f} s"
    row("content: loaded and checked, nothing cached", f"{first:.2f} CPU s", against, first / bare, "reported")
    row("  again, parsed values kept by digest", f"{again:.2f} CPU s", against, again / bare, "< 2×")
    row("  loaded only, as each command does", f"{short:.2f} CPU s", against, short / bare, "reported")


def portfolio(row: Row, folder: Path) -> None:
    """A thousand systems against all controls, and then one more piece of evidence."""
    workspace = Workspace.init(folder / "portfolio")
    drafts: list[Draft] = []
    bodies: dict[str, bytes] = {}
    for number in range(SYSTEMS):
        drafts += _system(bodies, f"system-{number:04d}")
    more = _evidence(bodies, "system-0500", 99)
    workspace.blobs.write(bodies)
    workspace.ledger.append(drafts)
    held = Portfolio(workspace, policy="release")
    held.on = datetime(2026, 11, 25, tzinfo=UTC)
    start = time.process_time()
    held.cases()
    whole = time.process_time() - start
    workspace.ledger.append([more])
    start = time.process_time()
    held.cases()
    once = time.process_time() - start
    assert held.judged == 1
    start = time.process_time()
    workspace.case("system-0500")
    alone = time.process_time() - start
    start = time.process_time()
    workspace.ledger.verify()
    checked = time.process_time() - start
    controls = len(workspace.catalogue.controls)
    what, against = (
        f"{SYSTEMS:,} systems × {controls} controls, then one more",
        f"that system asked alone, {1000 * alone:.0f} ms",
    )
    row(what, f"{1000 * once:.0f} ms", against, once / alone, "1×")
    row(
        "  of which verifying the whole ledger again",
        f"{1000 * checked:.0f} ms",
        f"{len(drafts):,} entries",
        None,
        "reported",
    )
    thousand = f"{SYSTEMS:,} times that, {SYSTEMS * alone:.0f} s"
    row("  all of them the first time", f"{whole:.1f} CPU s", thousand, whole / SYSTEMS / alone, "< 1×")


def _system(bodies: dict[str, bytes], name: str) -> list[Draft]:
    body = {"id": name, "name": f"System {name}", "purpose": "To be measured by the bench", "owner": "The bench"}
    return [_draft(bodies, EntryType.SYSTEM, f"sys-{name}", name, body)] + [
        _evidence(bodies, name, number) for number in range(PIECES)
    ]


def _evidence(bodies: dict[str, bytes], name: str, number: int) -> Draft:
    topics = ("ai-policy", "roles-and-duties", "incident-plan", "monitoring-plan", "human-oversight", "retirement-plan")
    body = {
        "topic": topics[number % len(topics)], "title": f"Statement {number} of {name}", "on": "2026-11-01",
        "statement": "The owner of this system states it in a whole sentence.", "document": None, "review_due": None,
        "by": {"name": "Ada Example", "role": "Owner"},
    }  # fmt: skip
    digest = _body(bodies, body)
    record = {
        "kind": "attested-document.v1", "system": name, "subject": {"type": "document", "name": body["title"]},
        "body_digest": digest, "body_size": 1, "quality": "complete", "effective_at": "2026-11-01T00:00:00Z",
        "effective_clock": "declared", "collector": {"name": "bench", "version": "1"},
    }  # fmt: skip
    return Draft(EntryType.EVIDENCE, f"ev-{canonical.digest([name, number])[7:27]}", name, record)


def _draft(bodies: dict[str, bytes], what: EntryType, entry_id: str, name: str, body: dict[str, Any]) -> Draft:
    return Draft(what, entry_id, name, {"body_digest": _body(bodies, body), "body_size": 1})


def _body(bodies: dict[str, bytes], body: dict[str, Any]) -> str:
    data = canonical.dumps(body)
    digest = canonical.sha256(data)
    bodies[digest] = data
    return digest
