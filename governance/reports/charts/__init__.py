"""Charts: pictures that say nothing that is not in the table behind them.

Each chart is a pure function from a frozen value to a `Chart`: an SVG, the same in words, and the table. matplotlib draws; without it the
picture is empty, and words and table remain. Nothing to show is None and never an empty frame. Colour only repeats what a pattern, a shape
or a number says, so that a grey print and an eye that sees no red read the same. There is no radar chart: its area means nothing, and it
hides which axis is short.

The same value gives the same bytes with the same version of matplotlib. The picture has labels cut to their room; the table has them whole.
`say` is asked for each fixed word and sentence and for each written number, and never for a word of evidence.

What is drawn: `heat`, `forest`, `coverage_bars`, `curves`, `usages`, `energy`, `lineage`, `bow_tie`, `drift`. What it is drawn with:
`canvas` (a chart, and matplotlib), `sheet` (the paper and the colours), `panel` (scales), `lettering` (words and their room), `series`
(points), `layering` (columns of a graph), `inline` (an SVG made fit for a page).
"""
