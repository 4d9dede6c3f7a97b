"""What publishers add to links and texts, as ``noise.toml`` lists it."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Noise:
    """Parameters that don't tell links apart, and a pattern for what stands at the end of texts without being news."""

    prefixes: tuple[str, ...]
    names: frozenset[str]
    pairs: frozenset[str]
    ending: re.Pattern[str]


@cache
def noise() -> Noise:
    """Return the list, read once."""
    data = tomllib.loads(files(__package__).joinpath("noise.toml").read_text(encoding="utf-8"))
    links, texts = data["links"], data["texts"]
    return Noise(
        prefixes=tuple(links["prefixes"]),
        names=frozenset(links["names"]),
        pairs=frozenset(links["pairs"]),
        ending=_ending("|".join(texts["endings"]), "|".join(texts["bare"])),
    )


def _ending(endings: str, bare: str) -> re.Pattern[str]:
    after_sentence = r"""(?:^|(?<=[.!?…:;"'»”’)\]>→])|(?<=\s[|–—-]))"""
    return re.compile(rf"(?:{after_sentence}\s*(?i:{endings})|(?:^|(?<=\s))(?:{bare}))[\s.…>→»\]]*$")
