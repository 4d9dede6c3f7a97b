"""Reading documents that fell feedparser: what fells it is mended or left out, and the rest is read.

On some malformed documents feedparser raises instead of reading on (found by fuzzing: references to characters that
don't exist, blanks in names of namespaces, links that close without having been opened). One such item must not cost a
feed all the others.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import TypeVar

FELLED = (ValueError, ArithmeticError, LookupError, AttributeError, TypeError, AssertionError, RecursionError)
"""What feedparser was seen to raise, or may."""
_ITEM = re.compile(r"<(?:[A-Za-z0-9_-]{1,20}:)?(?:item|entry)(?=[\s/>])")
_ITEM_END = re.compile(r"</(?:[A-Za-z0-9_-]{1,20}:)?(?:item|entry)\s*>")
_NAMESPACE = re.compile(r"""(xmlns(?::[A-Za-z0-9._-]{1,40})?\s{0,5}=\s{0,5})("[^"<>]{0,300}"|'[^'<>]{0,300}')""")
_REFERENCE = re.compile(r"&#(?:x0*([0-9A-Fa-f]+)|0*([0-9]+));?")
_LAST_CHARACTER = 0x10FFFF
_MOST_DIGITS = 7
_LONGEST = 1_000_000
_LONGEST_FRAME = 4096
"""Characters of a document, and of what stands around its items: each item is read once more within it."""
_BLANKS = re.compile(r"\s+")

T = TypeVar("T")


def read_as_far_as_possible(text: str, read: Callable[[str], T]) -> tuple[T, str | None]:
    """Return what ``read`` makes of a document, and what had to be done to it, if anything.

    Raises one of FELLED where not even the document without its items can be read, or it is too long to try.
    """
    try:
        return read(text), None
    except FELLED as error:
        what = f"{type(error).__name__} while reading it"
    text = mended(text)
    try:
        return read(text), f"mended: {what}"
    except FELLED:
        head, items, tail = _parts(text)
        if len(text) > _LONGEST or len(head) + len(tail) > _LONGEST_FRAME:
            raise
    sound = [item for item in items if not _fells(f"{head}{item}{tail}", read)]
    return read(f"{head}{''.join(sound)}{tail}"), f"{len(items) - len(sound)} items were left out: {what}"


def mended(text: str) -> str:
    """Return a document without blanks in names of namespaces and references to characters that don't exist."""
    text = _NAMESPACE.sub(lambda found: found[1] + _BLANKS.sub("", found[2]), text)
    return _REFERENCE.sub(_sound_reference, text)


def _sound_reference(found: re.Match[str]) -> str:
    digits, base = (found[1], 16) if found[1] else (found[2], 10)
    exists = len(digits) <= _MOST_DIGITS and int(digits, base) <= _LAST_CHARACTER
    return found[0] if exists else "\ufffd"


def _parts(text: str) -> tuple[str, list[str], str]:
    """Return a document in parts: what stands before its items, the items, what stands behind them."""
    starts = [found.start() for found in _ITEM.finditer(text)]
    if not starts:
        return text, [], ""
    ends = [found.end() for found in _ITEM_END.finditer(text)]
    end = max((end for end in ends if end > starts[-1]), default=len(text))
    return text[: starts[0]], list(_between([*starts, end], text)), text[end:]


def _between(places: list[int], text: str) -> Iterator[str]:
    for start, end in pairwise(places):
        yield text[start:end]


def _fells(text: str, read: Callable[[str], object]) -> bool:
    try:
        read(text)
    except FELLED:
        return True
    return False
