"""The linter of model cards: what a card leaves open, repeats from a template, or says without showing it.

It takes the bytes of any card, Markdown with a YAML head as the Hugging Face Hub reads it, and gives back findings and scores. It reads no
disk, no clock and no network, and it judges no model: a card without a finding is a card that says something, not a model that is good.

    card       the bytes as blocks of text, sections and a head, each with its place
    checks     placeholders, boilerplate, sections, figures, licence, metadata: each gives findings
    backing    which figures evidence stands behind, where evidence was handed in
    report     findings and scores, as text, JSON or SARIF

Four rules hold everywhere. What can not be told is said to be so, and is never counted as a yes. A score is a count with its
denominator, and no two scores are added up. A message is in our words and names what is there. The same bytes give the same report.
"""
