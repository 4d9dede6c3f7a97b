"""What the seed documents assert, each entry with the sentence it rests on and the day from which it is known.

It is derived by the same `extract` that reads the news (``derive``), with reviewed corrections on top.
"""

from dipwatch.baseline.build import Baseline, Share, build, knowledge, load_knowledge
from dipwatch.baseline.compare import Difference, compare
from dipwatch.baseline.entries import LISTS, Entry, Evidence
from dipwatch.baseline.knowledge import Knowledge, KnownPosition
from dipwatch.baseline.seeds import Seed, SeedInfo, load_seeds, make_seed
from dipwatch.baseline.show import as_json, entry_json, title
from dipwatch.baseline.verify import Finding, verify, verify_stored
from dipwatch.shipped import find_seeds

__all__ = [
    "LISTS",
    "Baseline",
    "Difference",
    "Entry",
    "Evidence",
    "Finding",
    "Knowledge",
    "KnownPosition",
    "Seed",
    "SeedInfo",
    "Share",
    "as_json",
    "build",
    "compare",
    "entry_json",
    "find_seeds",
    "knowledge",
    "load_knowledge",
    "load_seeds",
    "make_seed",
    "title",
    "verify",
    "verify_stored",
]
