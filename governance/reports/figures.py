"""How figures are written. The rules are the verifier's, which writes each figure of a document again."""

from governance.verifier.figures import FORMS, count, day, duration, finite, large, moment, number, short, signed, size

__all__ = ["FORMS", "count", "day", "duration", "finite", "large", "moment", "number", "short", "signed", "size"]
