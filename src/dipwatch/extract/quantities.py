"""Numbers with their units, and the ordinal of a round."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dipwatch.extract.words import WORDS, Codes, Scale, any_of
from dipwatch.lexicon import fold
from dipwatch.model import Quantity

_SCALES = Codes(WORDS.quantities.scales)
_CURRENCIES = Codes(WORDS.quantities.currencies)
_UNITS = Codes(WORDS.quantities.units)
_FACTORS: dict[Scale, float] = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_SIGNS = {"$": "USD", "€": "EUR", "£": "GBP", "₽": "RUB", "₴": "UAH"}

_ALONE = r"(?<![\w.,])(?<![^\W\d]-)"
"""What must not stand before a number: it is none in «F-16» and «v1.5»."""
_BLANKS = "\u00a0\u202f "
_NUMBER = rf"(?P<number>\d{{1,3}}(?:[,{_BLANKS}]\d{{3}}){{1,4}}(?!\d)|\d{{1,12}}(?:[.,]\d{{1,3}})?(?!\d))"
_AMOUNT = rf"{_NUMBER}(?:[\s-]?(?P<scale>{_SCALES.pattern})\.?)?"
_MONEY = (
    re.compile(rf"(?P<currency>[{''.join(_SIGNS)}])\s?{_AMOUNT}"),
    re.compile(rf"{_ALONE}{_AMOUNT}[\s-](?:u\.?s\.?\s+)?(?P<currency>{_CURRENCIES.pattern})"),
)
_COUNTED = re.compile(rf"{_ALONE}{_NUMBER}[\s-]+(?:[^\W\d]+\s+)??(?P<unit>{_UNITS.pattern})")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+")

_ORDINALS = {language: Codes(dict(enumerate(words, start=1))) for language, words in WORDS.ordinals.items()}
_SUFFIX = {"en": "st|nd|rd|th", "ru": "-?(?:[иы]?й|ого|го|му|[иы]?м|ом|я|ю)", "uk": "-?(?:[иі]?й|ого|го|му|[иі]?м|а|у)"}
_ROUNDS = {
    language: re.compile(
        rf"(?:(?P<word>{ordinal.pattern})|(?<!\w)(?P<digits>\d{{1,2}})(?:{_SUFFIX[language]})\b)"
        rf"\s+(?:[\w'-]+\s+){{0,2}}?{any_of(WORDS.rounds[language])}"
    )
    for language, ordinal in _ORDINALS.items()
}
"""By language, since «другий» is second in Ukrainian and «другой» another one in Russian."""


def find_quantities(text: str) -> tuple[Quantity, ...]:
    """Return the numbers that carry a unit, in the order of the text; sums of money in their currency's code."""
    found = sorted(_all(fold(text)), key=lambda pair: pair[0])
    return tuple(quantity for _, quantity in found)


def find_ordinal(text: str) -> int | None:
    """Return the number of the round, package or summit that is named, e.g. 3 for "third round of talks"."""
    folded = fold(text)
    found = [(match, language) for language, pattern in _ROUNDS.items() if (match := pattern.search(folded))]
    if not found:
        return None
    match, language = min(found, key=lambda pair: pair[0].start())
    return int(match["digits"]) if match["digits"] else _ORDINALS[language].key(match["word"])


def _all(folded: str) -> Iterator[tuple[int, Quantity]]:
    for pattern in _MONEY:
        for match in pattern.finditer(folded):
            code = _SIGNS.get(match["currency"]) or _CURRENCIES.key(match["currency"])
            yield match.start(), Quantity(_amount(match), code)
    for match in _COUNTED.finditer(folded):
        yield match.start(), Quantity(_number(match["number"]), _UNITS.key(match["unit"]))


def _amount(match: re.Match[str]) -> float:
    """Return the number times its scale, to a hundredth: «1.1bn» and «1,100 million» are one sum."""
    factor = _FACTORS[_SCALES.key(match["scale"])] if match["scale"] else 1
    return round(_number(match["number"]) * factor, 2)


def _number(digits: str) -> float:
    plain = digits.translate(dict.fromkeys(map(ord, _BLANKS)))
    return float(plain.replace(",", "") if _GROUPED.fullmatch(plain) else plain.replace(",", "."))
