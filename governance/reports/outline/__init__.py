"""Documents that follow the points of a source, such as an annex of a law."""
