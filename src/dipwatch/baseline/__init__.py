"""What the seed documents assert, each entry with the sentence it rests on and the day from which it is known."""

from dipwatch.baseline.knowledge import Knowledge, KnownPosition

__all__ = ["Knowledge", "KnownPosition"]
