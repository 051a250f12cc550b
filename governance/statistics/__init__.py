"""Estimates with intervals, paired comparisons, multiplicity, sample sizes and control charts over evaluation results.

Numbers in, numbers out: nothing here knows of evidence, policies or systems. Distributions come from `scipy.special`, arrays from
numpy; both belong to the extra `statistics` and are imported when they are first needed.

**The same digits elsewhere.** Whoever verifies a verdict reckons it again on another machine. Resamples are drawn from the raw words of
the bit generator PCG64, seeded by a number of the caller's (taken from a digest), and mapped to positions by whole-number arithmetic.
Values are first put on a grid of whole numbers so small that every sum stays below 2⁵³, so each sum is exact in whatever order a
machine adds. Data are sorted before anything is drawn, so neither the order of the items nor their names matter. What is returned is
rounded to twelve significant digits.
"""
