"""Worked examples from the literature and from R, each with its source. The tests hold ours against them, and them against statsmodels."""

from __future__ import annotations

NEWCOMBE_1998_SINGLE = (
    "Newcombe 1998, Stat. Med. 17:857, Table I: 95 % intervals for a single proportion, methods 3 and 5"
)
SINGLE = [
    # k, n, Wilson, Clopper–Pearson
    (81, 263, (0.2553, 0.3662), (0.2527, 0.3676)),
    (15, 148, (0.0624, 0.1605), (0.0578, 0.1617)),
    (0, 20, (0.0, 0.1611), (0.0, 0.1684)),
    (1, 29, (0.0061, 0.1718), (0.0009, 0.1776)),
]

TANGO = [
    # gained, lost, n, confidence, low, high, source
    (
        9,
        3,
        32,
        0.95,
        -0.027,
        0.390,
        "Tango 1998, Stat. Med. 17:891, Table VII (as in the tests of the R package ratesci)",
    ),
    (0, 1, 44, 0.90, -0.096, 0.037, "Tango 1998, Table V: 43 right on both sides, one lost; 90 %"),
    (16, 8, 86, 0.95, -0.020, 0.207, "Agresti and Min 2005, Stat. Med. 24:729: 53, 16, 8, 9"),
    (1, 7, 21, 0.95, -0.517, -0.026, "Fagerland, Lydersen and Laake 2014, Stat. Med. 33:2850: 1, 1, 7, 12"),
    (3, 1, 14, 0.95, -0.1670, 0.4327, "Tang, Ling, Ling and Tian 2010: 8, 3, 1, 2 (as in the tests of ratesci)"),
    (25, 2, 102, 0.95, 0.139, 0.321, "Chang 2024: 7, 25, 2, 68 (as in the tests of ratesci)"),
]

MCNEMAR = [
    # one way, the other way, exact p, mid-p, source
    (9, 2, 0.06543, 0.03857, "R exact2x2, vignette on the exact McNemar test: 21, 9, 2, 12"),
    (
        1,
        7,
        0.0703,
        0.0391,
        "Fagerland, Lydersen and Laake 2013, BMC Med. Res. Methodol. 13:91: airway hyper-responsiveness, 1, 1, 7, 12",
    ),
]

ADJUSTED_BY_HAND = (
    # 5 × 0.01, 4 × 0.02, 3 × 0.03, and then never less; and 5/5 × 0.05, 5/4 × 0.04 and so on, each 0.05
    [0.01, 0.02, 0.03, 0.04, 0.05],
    [0.05, 0.08, 0.09, 0.09, 0.09],
    [0.05, 0.05, 0.05, 0.05, 0.05],
)

BENJAMINI_HOCHBERG_1995 = (
    # Benjamini and Hochberg 1995, J. R. Stat. Soc. B 57:289, section 4.1, fifteen hypotheses: Bonferroni and Holm reject three at 0.05,
    # the false discovery rate procedure four.
    [
        0.0001,
        0.0004,
        0.0019,
        0.0095,
        0.0201,
        0.0278,
        0.0298,
        0.0344,
        0.0459,
        0.3240,
        0.4262,
        0.5719,
        0.6528,
        0.7590,
        1.0,
    ],
    3,
    4,
)

LANG_REICZIGEL = [
    # positives, tested, true positives, positives of the validation, true negatives, negatives of the validation, low, high:
    # Lang and Reiczigel 2014, Prev. Vet. Med. 113:13, examples 1, 2 and 4, as in help("prevSeSp") of the R package asht
    (4060, 11284, 178, 179, 358, 359, 0.349, 0.372),
    (51, 2971, 32, 33, 20, 20, 0.0, 0.053),
    (259, 509, 84, 127, 96, 109, 0.58, 0.87),
    (51, 509, 23, 41, 187, 195, 0.037, 0.195),
]

NIST_FLOWRATE = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]
NIST_FLOWRATE_LIMITS = (45.8159, 50.81, 55.8041)
"""NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.2, individuals control charts."""

NIST_EWMA = [
    52.0, 47.0, 53.0, 49.3, 50.1, 47.0, 51.0, 50.1, 51.2, 50.5, 49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1,
]  # fmt: skip
NIST_EWMA_ANSWERS = [
    50.60, 49.52, 50.56, 50.18, 50.16, 49.21, 49.75, 49.85, 50.26, 50.33, 50.11, 49.36, 49.52, 50.05, 49.38, 49.92, 50.73, 51.23, 51.94,
    51.99,
]  # fmt: skip
NIST_EWMA_LIMITS = (47.4115, 50.0, 52.5884)
"""NIST/SEMATECH e-Handbook, 6.3.2.4: target 50, standard deviation 2.0539, λ = 0.3, 3 standard deviations."""

MONTGOMERY = [
    102.0, 94.8, 98.3, 98.4, 102.0, 98.5, 99.0, 97.7, 100.0, 98.1, 101.3, 98.7, 101.1, 98.4, 97.0, 96.7, 100.3, 101.4, 97.2, 101.0,
]  # fmt: skip
MONTGOMERY_LIMITS = (92.21, 99.1, 105.99)
"""Montgomery and Runger, Applied Statistics and Probability for Engineers, Table 16-3 (rounded there in between)."""
