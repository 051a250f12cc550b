"""Parts that several documents share, each a view of a case: frame, sign-offs, dates, evaluation, energy, risks, coverage."""
