"""The bow-tie: what may cause an event, what it may come to, and the barriers on either side with what each is worth today.

A barrier is a control. It stands in the way of every cause, or of every consequence, of its side, since that is all a register says.
One that does not count today has a dashed outline. Its sign and its standing stand in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from governance.reports.charts import lettering
from governance.reports.charts.canvas import Chart, draw, kept
from governance.reports.charts.sheet import FILLS, GAP_LINE, INK, PAPER, PLAIN, SMALL, SOFT, SOLID, WASH, Sheet

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MOST = 6
"""Boxes that are drawn in each column; the table has all of them."""
_WHOLE = 240
"""Characters of a barrier that the words beside the picture tell: a title fits."""
_CAUSES, _BEFORE, _EVENT, _AFTER, _COMES = (0, 112), (128, 112), (270, 84), (384, 112), (512, 108)
"""Left edge and width of each column."""
_TOP, _GAP, _LEADING, _LINES, _DASHED = 22, 8, 10.5, 4, (3.0, 2.2)


@dataclass(frozen=True)
class Barrier:
    """A control in the way: its `title`, its standing as `word`, `icon` and `tone`, and whether it `counts` now."""

    title: str
    word: str
    icon: str
    tone: str
    counts: bool


@dataclass(frozen=True)
class BowTieData:
    """A risk: the `event` in the middle, its `causes` and `consequences`, and the barriers that make it less likely and less grave."""

    title: str
    event: str
    causes: tuple[str, ...]
    consequences: tuple[str, ...]
    preventing: tuple[Barrier, ...] = ()
    mitigating: tuple[Barrier, ...] = ()


@dataclass(frozen=True)
class _Box:
    """A box of a column: its lines, and the barrier it shows, if it does."""

    lines: list[str]
    barrier: Barrier | None = None

    @property
    def tall(self) -> float:
        return len(self.lines) * _LEADING + 12 + (_LEADING if self.barrier else 0)


@kept
def bow_tie(data: BowTieData, *, id: str, say: Callable[[str], str] = str) -> Chart | None:
    """The picture; None without a cause and a consequence."""
    if not data.causes or not data.consequences:
        return None
    alt = _told(data, say)
    return Chart(
        svg=_drawn(data, id, alt, say),
        alt=alt,
        headers=(say("Part"), say("What"), say("Standing")),
        rows=(
            *((say("Cause"), text, "–") for text in data.causes),
            *((say("Barrier before"), each.title, f"{each.icon} {say(each.word)}") for each in data.preventing),
            (say("Event"), data.event, "–"),
            *((say("Barrier after"), each.title, f"{each.icon} {say(each.word)}") for each in data.mitigating),
            *((say("Consequence"), text, "–") for text in data.consequences),
        ),
        caption=say(
            "%(title)s: causes, event and consequences, with the barriers between. A dashed barrier does not count today."
        )
        % {"title": lettering.brief(data.title)},
        note=_note(data, say),
    )


def _told(data: BowTieData, say: Callable[[str], str]) -> str:
    def count(barriers: Sequence[Barrier]) -> dict[str, str]:
        return {
            "n": lettering.count(len(barriers), say),
            "met": lettering.count(sum(each.counts for each in barriers), say),
        }

    before, after = count(data.preventing), count(data.mitigating)
    told = say(
        "Bow-tie of %(title)s. Causes: %(causes)s; consequences: %(consequences)s. Barriers before the event that hold today: "
        "%(a)s of %(b)s; after it: %(c)s of %(d)s."
    ) % {
        "title": lettering.brief(data.title),
        "causes": lettering.count(len(data.causes), say),
        "consequences": lettering.count(len(data.consequences), say),
        "a": before["met"],
        "b": before["n"],
        "c": after["met"],
        "d": after["n"],
    }
    fallen = [lettering.brief(each.title, _WHOLE) for each in (*data.preventing, *data.mitigating) if not each.counts]
    return f"{told} " + say("The first that does not: %(name)s.") % {"name": fallen[0]} if fallen else told


def _note(data: BowTieData, say: Callable[[str], str]) -> str:
    notes = [
        say("Of %(what)s %(n)s of %(total)s are drawn; the table has all.")
        % {"what": what, "n": MOST, "total": lettering.count(len(each), say)}
        for each, what in (
            (data.causes, say("causes")),
            (data.preventing, say("barriers before")),
            (data.mitigating, say("barriers after")),
            (data.consequences, say("consequences")),
        )
        if len(each) > MOST
    ]
    if max(len(data.preventing), len(data.mitigating)) > MOST:
        notes.append(say("Barriers that do not count come first."))
    return " ".join(notes)


def _drawn(data: BowTieData, id: str, alt: str, say: Callable[[str], str]) -> str:
    """The picture. Its height depends on how texts wrap, which is known only where matplotlib is."""
    try:
        boxes = {
            _CAUSES: [_Box(lettering.wrap(text, PLAIN, _CAUSES[1] - 12, _LINES)) for text in data.causes[:MOST]],
            _BEFORE: _barriers(data.preventing),
            _EVENT: [_Box(lettering.wrap(data.event, PLAIN, _EVENT[1] - 10, 7, bold=True))],
            _AFTER: _barriers(data.mitigating),
            _COMES: [_Box(lettering.wrap(text, PLAIN, _COMES[1] - 12, _LINES)) for text in data.consequences[:MOST]],
        }
    except ImportError:
        return ""
    height = max(70.0, *(sum(box.tall + _GAP for box in column) - _GAP for column in boxes.values())) + _TOP + 4
    return draw(lambda sheet: _paint(sheet, boxes, say), id=id, alt=alt, height=height)


def _barriers(barriers: Sequence[Barrier]) -> list[_Box]:
    first = sorted(barriers, key=lambda each: each.counts)[:MOST] if len(barriers) > MOST else barriers
    return [_Box(lettering.wrap(each.title, SMALL, _BEFORE[1] - 20, 3), each) for each in first]


def _spread(column: Sequence[_Box], height: float) -> list[float]:
    """The upper edge of each box of a column, the room that is left shared out between them."""
    left = height - _TOP - 4 - sum(box.tall for box in column)
    gap = left / len(column) if column else 0.0
    found, y = [], _TOP + gap / 2
    for box in column:
        found.append(y)
        y += box.tall + gap
    return found


def _paint(sheet: Sheet, boxes: dict[tuple[int, int], list[_Box]], say: Callable[[str], str]) -> None:
    heads = (say("Causes"), say("Barriers before"), say("Event"), say("Barriers after"), say("Consequences"))
    for (left, wide), words in zip(boxes, heads, strict=True):
        sheet.text(left + wide / 2, 8, words, size=SMALL, colour=SOFT, align="center", room=wide + 20)
    middle = (sheet.height + _TOP - 4) / 2
    for column, wall, knot in (
        (_CAUSES, _BEFORE[0] + _BEFORE[1], _EVENT[0]),
        (_COMES, _AFTER[0], _EVENT[0] + _EVENT[1]),
    ):
        at = column[0] + column[1] if column == _CAUSES else column[0]
        for y, box in zip(_spread(boxes[column], sheet.height), boxes[column], strict=True):
            sheet.line([(at, y + box.tall / 2), (wall, y + box.tall / 2)], colour=SOFT, line=1.1)
            sheet.curve([(wall, y + box.tall / 2), (knot, middle)], colour=SOFT, line=1.1)
    for column in (_BEFORE, _AFTER):
        _wall(sheet, column, boxes[column], say)
    for column in (_CAUSES, _COMES, _EVENT):
        for y, box in zip(_spread(boxes[column], sheet.height), boxes[column], strict=True):
            heavy = column == _EVENT
            sheet.box(
                column[0] + 0.5,
                y,
                column[1] - 1,
                box.tall,
                fill=PAPER,
                edge=INK if heavy else SOFT,
                line=1.8 if heavy else 1.0,
                rounded=3,
            )
            sheet.lines(
                column[0] + column[1] / 2,
                y + box.tall / 2,
                box.lines,
                leading=_LEADING,
                align="center",
                bold=heavy,
                colour=INK,
                room=column[1] - 8,
            )


def _wall(sheet: Sheet, column: tuple[int, int], boxes: Sequence[_Box], say: Callable[[str], str]) -> None:
    """The barriers of a side on one line, so that no way leads past them."""
    left, wide = column
    centre = left + wide / 2
    sheet.line(
        [(centre, _TOP - 4), (centre, sheet.height - 2)], colour=SOFT, line=3.0, broken=SOLID if boxes else (1.5, 3.0)
    )
    if not boxes:
        y = (sheet.height + _TOP - 4) / 2
        sheet.box(left, y - 17, wide, 34, fill=WASH, edge=GAP_LINE, broken=(1.0, 2.0), rounded=3)
        sheet.lines(
            centre, y, lettering.wrap(f"○ {say('no control')}", PLAIN, wide - 10, 2), align="center", colour=GAP_LINE
        )
    for y, box in zip(_spread(boxes, sheet.height), boxes, strict=True):
        barrier = box.barrier
        if barrier is None:
            continue
        sheet.box(left, y, wide, box.tall, fill=PAPER)
        sheet.tone(left, y, 9, box.tall, barrier.tone if barrier.tone in FILLS else "mute")
        sheet.box(
            left,
            y,
            wide,
            box.tall,
            edge=SOFT if barrier.counts else INK,
            line=1.1,
            broken=SOLID if barrier.counts else _DASHED,
        )
        for place, line in enumerate(box.lines):
            sheet.text(left + 14, y + 6 + _LEADING * (place + 0.5), line, size=SMALL, room=wide - 18)
        foot = f"{barrier.icon} {say(barrier.word)}"
        sheet.text(left + 14, y + box.tall - 6 - _LEADING / 2, foot, size=SMALL, bold=True, room=wide - 18)
