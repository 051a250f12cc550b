"""Recording from inside: the recorder, and the hooks into trainers and harnesses with the real libraries."""
