"""Print how much of the baseline is derived without corrections.

Of the shipped seeds: the share of each list that stands as it was derived. Of two documents written apart from the
lexicon, one of them on an invented conflict with a lexicon of its own: how much of what a reader lists by hand
(``tests/baseline/documents``) is found, and what is missed.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dipwatch.baseline import LISTS, Baseline, Entry, SeedInfo, build, load_seeds, make_seed
from dipwatch.extract import Reader
from dipwatch.lexicon import load_lexicon
from dipwatch.shipped import shipped

DOCUMENTS = Path(__file__).parent.parent / "tests" / "baseline" / "documents"


def read_apart(name: str, reader: Reader) -> tuple[Baseline, dict[str, list[dict[str, Any]]]]:
    """Return the baseline of one of the documents alone, without corrections, and what was listed by hand."""
    expected = tomllib.loads((DOCUMENTS / f"{name}.toml").read_text(encoding="utf-8"))
    info = SeedInfo(id=name, **expected.pop("document"))
    text = (DOCUMENTS / info.file).read_text(encoding="utf-8")
    return build([make_seed(info, text)], None, reader), expected


def missed(baseline: Baseline, name: str, expected: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield what was listed by hand in a list and is not in the baseline."""
    for each in expected:
        if not any(_fits(entry, each) for entry in baseline.lists[name]):
            yield each


def _fits(entry: Entry, expected: dict[str, Any]) -> bool:
    if "unnamed" not in expected and entry.text("unnamed"):
        return False
    return all(
        set(value) <= set(entry.words(slot))
        if isinstance(value, list)
        else entry.text(slot).casefold() == value.casefold()
        for slot, value in expected.items()
    )


def main() -> None:
    """Print the shares."""
    subject = shipped("config", "subjects", "ukraine")
    reader = Reader(load_lexicon(subject))
    print("shipped seeds, derived without corrections")
    for share in build(load_seeds(shipped("seeds")), subject, reader).shares:
        print(f"  {share.list:12} {share.derived:3} of {share.reviewed:3}  {share.share:.0%}")
    for name, its_reader in (("briefing", reader), ("straits", Reader(load_lexicon(DOCUMENTS / "straits")))):
        baseline, expected = read_apart(name, its_reader)
        print(f"{name}: found of what a reader lists by hand (entries derived in all)")
        for each in (each for each in LISTS if each in expected):
            gone = list(missed(baseline, each, expected[each]))
            total = len(expected[each])
            found = total - len(gone)
            print(f"  {each:12} {found:3} of {total:3}  {found / total:.0%}  ({len(baseline.lists[each])} derived)")
            for entry in gone:
                print(f"               missed {entry}")


if __name__ == "__main__":
    main()
