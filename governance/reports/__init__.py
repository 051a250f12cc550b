"""From a case to documents: cards, reports, registers, statements, and the tables behind them.

The way is always the same. A *builder* reads the case and fills a frozen *view*; a *template* sees the view and nothing else; a
*printer* turns each value the template names into safe text for the format at hand. So a template can not leak a value unescaped,
can not quote a figure without its citation, and can not misspell a name without an error.

Each document has its room (`card`, `audit`, `diff`, …). Below them lie the `parts` that several share, the `claims` that stand behind
figures, the `charts`, and the `atoms`; above them `writing`, which turns a case and templates into bytes, and beside everything
`paper`, which makes a PDF of a page and knows no document.

Nothing here reads a disk or a clock: templates come in as text, the moment comes with the case, and the same case gives the same
bytes. What this wing can not do is judge; it prints what judgement came to.
"""
