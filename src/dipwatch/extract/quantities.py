"""Numbers with their units, and the ordinal of a round."""

from __future__ import annotations

import re

from dipwatch.model import Quantity

_SCALES = {
    "thousand": 1e3,
    "тыс": 1e3,
    "тис": 1e3,
    "million": 1e6,
    "m": 1e6,
    "mn": 1e6,
    "млн": 1e6,
    "миллион": 1e6,
    "мільйон": 1e6,
}
_SCALES |= {
    "billion": 1e9,
    "bn": 1e9,
    "b": 1e9,
    "млрд": 1e9,
    "миллиард": 1e9,
    "мільярд": 1e9,
    "trillion": 1e12,
    "трлн": 1e12,
}
_CURRENCIES = {
    "$": "USD",
    "€": "EUR",
    "£": "GBP",
    "dollar": "USD",
    "euro": "EUR",
    "pound": "GBP",
    "доллар": "USD",
    "долар": "USD",
}
_CURRENCIES |= {"евро": "EUR", "євро": "EUR", "рубл": "RUB", "гривен": "UAH", "гривн": "UAH"}
_UNITS = {
    "prisoners": r"prisoners?|pows?|captives|пленн\w+|військовополонен\w+|полонен\w+",
    "bodies": r"bodies|тел\b|тіл\b",
    "children": r"children|детей|дітей",
    "troops": r"troops|soldiers|военн\w+|військов\w+",
    "days": r"days?|дней|днів|дня",
    "points": r"points?|пункт\w*",
    "countries": r"countries|states|стран\w*|країн\w*",
}
_NUMBER = r"(?P<number>\d{1,3}(?:[,\u00a0 ]\d{3})+|\d+(?:[.,]\d+)?)"
_SCALE = r"(?P<scale>" + "|".join(sorted(_SCALES, key=len, reverse=True)) + r")"
_MONEY = re.compile(
    rf"(?:(?P<sign>[$€£])\s?{_NUMBER}(?:[\s-]?{_SCALE}\w*\b)?)"
    rf"|(?:\b(?P<number2>\d+(?:[.,]\d+)?)[\s-]?(?P<scale2>{'|'.join(sorted(_SCALES, key=len, reverse=True))})?\w*\.?[\s-]"
    rf"(?P<word>{'|'.join(sorted((w for w in _CURRENCIES if len(w) > 1), key=len, reverse=True))})\w*)",
    re.IGNORECASE,
)
_COUNTED = {
    unit: re.compile(rf"\b{_NUMBER}[\s-]+(?:\w+\s+)?(?:{words})\b", re.IGNORECASE) for unit, words in _UNITS.items()
}
_ORDINALS = {
    word: number
    for number, words in enumerate(
        (
            "first|1st|перв|перш",
            "second|2nd|втор|друг",
            "third|3rd|трет",
            "fourth|4th|четверт|четвёрт",
            "fifth|5th|пят|п'ят",
            "sixth|6th|шест|шост",
        ),
        start=1,
    )
    for word in words.split("|")
}
_ROUND = re.compile(
    r"\b(?P<word>"
    + "|".join(sorted(_ORDINALS, key=len, reverse=True))
    + r"|(?P<digits>\d{1,2})(?:th|st|nd|rd|-?й|-?го|-?ий))\w*\s+"
    r"(?:\w+\s+){0,2}?(?:round|package|meeting|summit|раунд|пакет|встреч|саммит|саміт|зустріч)",
    re.IGNORECASE,
)


def find_quantities(text: str) -> tuple[Quantity, ...]:
    """Return the numbers that carry a unit, in the order of the text; sums of money in their currency's code."""
    found: list[tuple[int, Quantity]] = [(match.start(), _money(match)) for match in _MONEY.finditer(text)]
    for unit, pattern in _COUNTED.items():
        found += [(match.start(), Quantity(_number(match["number"]), unit)) for match in pattern.finditer(text)]
    return tuple(quantity for _, quantity in sorted(found, key=lambda pair: (pair[0], pair[1].unit)))


def find_ordinal(text: str) -> int | None:
    """Return the number of the round, package or summit that is named, e.g. 3 for "third round of talks"."""
    match = _ROUND.search(text)
    if match is None:
        return None
    return int(match["digits"]) if match["digits"] else _ORDINALS[match["word"].lower()]


def _money(match: re.Match[str]) -> Quantity:
    number = _number(match["number"] or match["number2"])
    scale = (match["scale"] or match["scale2"] or "").lower()
    return Quantity(number * _SCALES.get(scale, 1), _CURRENCIES[(match["sign"] or match["word"]).lower()])


def _number(digits: str) -> float:
    plain = re.sub(r"[\u00a0 ]", "", digits)
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+", plain):
        return float(plain.replace(",", ""))
    return float(plain.replace(",", "."))
