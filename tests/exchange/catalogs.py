"""Catalogs in the shape of OSCAL's own, small: one as NIST publishes SP 800-53 rev 5, one as its basic example."""

from __future__ import annotations

from typing import Any

METADATA = {
    "title": "A catalog of controls for reading rooms",
    "published": "2025-03-04T00:00:00-05:00",
    "last-modified": "2026-01-02T10:00:00-05:00",
    "version": "5.1",
    "oscal-version": "1.1.2",
    "parties": [{"uuid": "1", "type": "organization", "name": "The Reading Room Institute"}],
}


def label(text: str, kind: str | None = None) -> dict[str, str]:
    return {"name": "label", "value": text} | ({"class": kind} if kind else {})


def labels(plain: str, padded: str) -> list[dict[str, str]]:
    """As in SP 800-53: the padded one first, the plain one in the middle."""
    return [label(padded, "zero-padded"), label(plain), label(padded, "sp800-53a")]


def part(prose: str | None = None, *parts: dict[str, Any], name: str = "item", number: str | None = None) -> Any:
    made: dict[str, Any] = {"name": name}
    if prose is not None:
        made["prose"] = prose
    if number is not None:
        made["props"] = [label(number)]
    return made | ({"parts": list(parts)} if parts else {})


def control(control_id: str, title: str, prose: str = "Keep it so.", **more: Any) -> dict[str, Any]:
    return {"id": control_id, "title": title, "parts": [part(prose, name="statement")]} | more


def catalog(*groups: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"catalog": {"uuid": "0", "metadata": METADATA, "groups": list(groups)} | more}


SP800_53: dict[str, Any] = catalog(
    {
        "id": "rr",
        "class": "family",
        "title": "Reading Rooms",
        "controls": [
            {
                "id": "rr-1",
                "class": "SP800-53",
                "title": "Opening and Closing",
                "params": [
                    {
                        "id": "rr-1_prm_1",
                        "props": [{"name": "aggregates", "value": "rr-01_odp.01"}],
                        "label": "organization-defined wardens",
                    },
                    {
                        "id": "rr-01_odp.01",
                        "props": [label("RR-01_ODP[01]", "sp800-53a")],
                        "label": "wardens",
                        "guidelines": [{"prose": "wardens who close the room are defined;"}],
                    },
                    {
                        "id": "rr-01_odp.02",
                        "props": [{"name": "alt-identifier", "value": "rr-1_prm_2"}],
                        "select": {
                            "how-many": "one-or-more",
                            "choice": ["at dusk", "after {{ insert: param, rr-01_odp.03 }} of silence"],
                        },
                    },
                    {
                        "id": "rr-01_odp.03",
                        "props": [{"name": "alt-identifier", "value": "rr-1_prm_3"}],
                        "label": "time period",
                    },
                ],
                "props": [*labels("RR-1", "RR-01"), {"name": "sort-id", "value": "rr-01"}],
                "links": [{"href": "#27847491", "rel": "reference"}],
                "parts": [
                    part(
                        None,
                        part(
                            "Choose {{ insert: param, rr-1_prm_1 }} who:",
                            part(" {{ insert: param, rr-01_odp.02 }} lock the room; and", number="1."),
                            part("Look under the tables;", number="2."),
                            number="a.",
                        ),
                        part("Count keys {{ insert: param, rr-1_prm_3 }} .", number="b."),
                        name="statement",
                    ),
                    part("Guidance that nobody is held to.", name="guidance"),
                    part("An objective of the assessment.", name="assessment-objective", number="RR-01a."),
                ],
            },
            {
                "id": "rr-2",
                "class": "SP800-53",
                "title": "Quiet",
                "props": labels("RR-2", "RR-02"),
                "parts": [part("Keep the room quiet.", name="statement")],
                "controls": [
                    control("rr-2.1", "Quiet Shoes", "Wear felt.", props=labels("RR-2(1)", "RR-02(01)")),
                    {
                        "id": "rr-2.2",
                        "title": "Quiet Chairs",
                        "props": [*labels("RR-2(2)", "RR-02(02)"), {"name": "status", "value": "withdrawn"}],
                        "links": [
                            {"href": "#rr-1", "rel": "related"},
                            {"href": "#rr-2.1", "rel": "incorporated-into"},
                        ],
                    },
                ],
            },
        ],
    },
    {"id": "ll", "title": "Lamps", "controls": [control("ll-1", "Light", props=labels("LL-1", "LL-01"))]},
)

BASIC: dict[str, Any] = catalog(
    {
        "id": "s1",
        "title": "Organization of the House",
        "props": [label("1")],
        "groups": [
            {
                "id": "s1.1",
                "title": "Inside the House",
                "controls": [
                    control("s1.1.10", "Keys", props=[label("1.1.10")]),
                    control("s1.1.9", "Doors", props=[label("1.1.9")]),
                ],
            },
            {"id": "s1.2", "title": "Outside", "controls": [control("s1.2.1", "Gates", props=[label("1.2.1")])]},
        ],
    },
    {"id": "s2", "title": "Garden", "controls": [control("s2.1", "Trees", props=[label("2.1")])]},
)
