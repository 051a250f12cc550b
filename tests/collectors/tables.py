"""The table of samples that a fact encloses, read as judgement reads it."""

from __future__ import annotations

from governance.parsing import sample_table


def rows(fact):
    """The columns of the table, one row an answer; the body states them, and no column stands in it."""
    (enclosed,) = fact.enclosures
    assert (enclosed.name, enclosed.media_type) == (sample_table.ATTACHMENT, sample_table.MEDIA_TYPE)
    assert fact.body["columns"] is None
    return sample_table.read(enclosed.data, sample_table.stated(fact.body["table"]))


def columns(fact):
    """The columns by question, held against what the body says of them."""
    made = sample_table.by_question(rows(fact))
    sample_table.check(made, fact.body)
    return made
