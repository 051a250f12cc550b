"""Tables of the AI Incident Database."""

from __future__ import annotations

import json

from governance.domain.evidence import Quality

CLASSIFIED = (
    "Incident ID,Date,Summary,Alleged deployer,Risk Domain,Risk Subdomain\n"
    '1,5/19/2015,"It went ""wrong"", badly",x,1 Discrimination & Toxicity,1.2 Exposure to toxic content\n'
    "2,3/24/2016,Again,x,1 Discrimination & Toxicity,\n"
)


def test_incidents_are_listed_by_number_and_day(read, sample):
    (fact,) = read(sample("aiid")).found
    assert fact.body["incidents"][0] == {"id": "7001", "date": "2026-01-05", "domains": []}
    assert (fact.body["count"], fact.body["to_date"], fact.quality) == (2, "2026-02-11", Quality.COMPLETE)


def test_classified_incidents_have_domains(read, write):
    (fact,) = read(write("classified.csv", CLASSIFIED)).found
    assert fact.body["domains"] == {"1 Discrimination & Toxicity": 2, "1.2 Exposure to toxic content": 1}
    assert (fact.body["from_date"], fact.body["to_date"]) == ("2015-05-19", "2016-03-24")


def test_what_happened_and_to_whom_is_not_copied(read, sample):
    (fact,) = read(sample("aiid")).found
    assert "made" not in json.dumps(fact.body).lower()
    assert "example-house" not in json.dumps(fact.body)


def test_a_day_that_can_not_be_read_makes_it_partial(read, write):
    (fact,) = read(write("c.csv", CLASSIFIED.replace("5/19/2015", "in spring"))).found
    assert (fact.quality, fact.body["incidents"][0]["date"]) == (Quality.PARTIAL, None)


def test_a_row_that_was_cut_is_not_read(read, write):
    assert not read(write("c.csv", CLASSIFIED[:-1])).found
    assert not read(write("c.csv", CLASSIFIED + "3,1/1/2020\n")).found
    assert not read(write("c.csv", CLASSIFIED.splitlines(keepends=True)[0])).found


def test_thousands_are_counted_and_five_hundred_listed(read, write):
    rows = "".join(f"{n},1/1/2020,x,x,1 Discrimination,\n" for n in range(1, 3000))
    (fact,) = read(write("c.csv", CLASSIFIED.splitlines(keepends=True)[0] + rows)).found
    assert (fact.body["count"], len(fact.body["incidents"])) == (2999, 500)
