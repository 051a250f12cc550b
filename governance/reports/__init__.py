"""From a case to documents: the model card, the audit report, the risk register, and the tables behind them.

The way is always the same. A *builder* reads the case and fills a frozen *view* (`views`, `audit_views`); a
*template* sees the view and nothing else; a *printer* turns each value the template names into safe text for the
format at hand. So a template can not leak a value unescaped, can not quote a figure without its citation, and can
not misspell a name without an error.

Nothing here reads a disk or a clock: templates come in as text, the moment comes with the case, and the same case
gives the same bytes. What this wing can not do is judge; it prints what judgement came to.
"""
