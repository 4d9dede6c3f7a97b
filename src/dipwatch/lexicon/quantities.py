"""Finds the runs of words that name a number or a date, for the slots of patterns; their values are read elsewhere."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from dipwatch.lexicon.phrases import CALENDAR, NUMBERS

_FIGURE = re.compile(r"\d+\w{0,2}")
_YEAR = re.compile(r"(?:19|20)\d\d")


def numbers_in(words: Sequence[str]) -> Mapping[int, tuple[int, ...]]:
    """Return where numbers begin, with their exclusive end: figures (`1 200`, `90bn`) and number words in a row."""
    return _runs([_is_figure(word) or word in NUMBERS for word in words])


def dates_in(words: Sequence[str]) -> Mapping[int, tuple[int, ...]]:
    """Return where dates begin, with their exclusive end: days, months and years with the figures beside them."""
    telling = [word in CALENDAR or _YEAR.fullmatch(word) is not None for word in words]
    runs = _runs([tells or _is_figure(word) for tells, word in zip(telling, words, strict=True)])
    return {start: ends for start, ends in runs.items() if any(telling[start : ends[0]])}


def _is_figure(word: str) -> bool:
    return _FIGURE.fullmatch(word) is not None


def _runs(fitting: Sequence[bool]) -> dict[int, tuple[int, ...]]:
    """Return each run of fitting words: its first word and its exclusive end."""
    runs: dict[int, tuple[int, ...]] = {}
    start = None
    for index, fits in enumerate((*fitting, False)):
        if fits and start is None:
            start = index
        elif not fits and start is not None:
            runs[start] = (index,)
            start = None
    return runs
