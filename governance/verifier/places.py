"""Places to be filled by people: so many in a role, and nobody fills two of them.

Somebody who may sign in two roles counts in one of them. Whether all places can be filled at once is the question of a
matching, which Kuhn's method answers: a person moves to their other role where that makes room.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping


def empty(asked: Iterable[tuple[str, int]], people: Mapping[str, Collection[str]]) -> list[str]:
    """The role of each place that stays empty when as many as possible are filled; `people` are the person keys by role."""
    places = [(role, number) for role, count in asked for number in range(count)]
    filled: dict[str, tuple[str, int]] = {}

    def fill(place: tuple[str, int], tried: set[str]) -> bool:
        for person in sorted(people.get(place[0], ())):
            if person not in tried:
                tried.add(person)
                if person not in filled or fill(filled[person], tried):
                    filled[person] = place
                    return True
        return False

    return [place[0] for place in places if not fill(place, set())]
