"""Russian and Ukrainian case forms of names, made by rule.

A rule that fits the end of a word gives its endings case by case; all rules that fit are used. Forms that don't exist
do no harm (nobody writes them), a missing one loses a mention, so the rules are generous. The paradigms are those of
school grammars (Zaliznyak's classes for Russian, the 2019 orthography for Ukrainian), kept to what names need.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import product
from typing import Literal, NamedTuple

Gender = Literal["m", "f"] | None
Endings = tuple[tuple[str, ...], ...]
Paradigm = tuple[tuple[str, ...], ...]
"""The forms of a word in each case: nominative, genitive, dative, accusative, instrumental, locative, vocative."""

_CASES = 7
_VOWELLESS = "бвгґджзклмнпрстфхцчшщ"


class Rule(NamedTuple):
    """Words that end in ``pattern`` lose ``cut`` letters and take ``endings``, from the genitive on.

    ``/`` parts alternatives, ``=`` is the word unchanged, ``-`` no ending, ``+`` repeats the stem's last letter.
    ``who`` says whom it fits: m and f persons, t things (whose grammatical gender nobody writes down).
    """

    pattern: re.Pattern[str]
    cut: int
    endings: Endings
    who: str


def _rule(pattern: str, cut: int, endings: str, who: str = "mft") -> Rule:
    cases = (case.replace("-", "").split("/") for case in endings.split())
    return Rule(re.compile(rf"(?:{pattern})$"), cut, tuple(map(tuple, cases)), who)


_RULES = {
    "ru": (
        # adjectives, and surnames and names of places that decline like them
        _rule("[гкх]ий", 2, "ого ому ого/ий им ом", "mt"),
        _rule("[жшщчн]ий", 2, "его ему его/ий им ем", "mt"),
        _rule("ый", 2, "ого ому ого/ый ым ом", "mt"),
        _rule("ой", 2, "ого ому ого/ой ым/им ом", "mt"),
        _rule("ая", 2, "ой ой ую ой/ою ой", "ft"),
        _rule("яя", 2, "ей ей юю ей ей", "ft"),
        _rule("ое", 2, "ого ому ое ым/им ом", "t"),
        _rule("ее", 2, "его ему ее им ем", "t"),
        _rule("ые", 2, "ых ым ых/ые ыми ых", "t"),
        _rule("ие", 2, "их им их/ие ими их", "t"),
        # masculine nouns
        _rule("(?<![сц]к)ий", 2, "ия ию ия/ий ием ии", "mt"),
        _rule("[аеоуыэюя]й", 1, "я ю я/й ем е", "mt"),
        _rule(f"[{_VOWELLESS}]", 0, "а у а/= ом е/у", "mt"),
        _rule("[жшщчц]", 0, "а у а/= ем е", "mt"),
        _rule("(?:[оеё]в|[иы]н)", 0, "а у а/= ым е", "mt"),
        _rule("ец", 2, "ца цу ца/ец цом/цем це", "mt"),
        _rule("ок", 2, "ка ку ка/ок ком ке", "t"),
        _rule("^павел", 2, "ла лу ла лом ле", "m"),
        _rule("^лев", 2, "ьва ьву ьва ьвом ьве", "m"),
        _rule("^(?:египет)", 2, "та ту ет том те", "t"),
        _rule("посол", 2, "ла лу ла лом ле", "t"),
        _rule("ь", 1, "я ю я/ь ем е", "mt"),
        # feminine nouns, and masculine ones that decline like them
        _rule("ь", 1, "и и ь ью и", "t"),
        _rule("^любовь", 1, "и и ь ью и", "f"),
        _rule("[^гкхжшщч]а", 1, "ы е у ой/ою/ей е"),
        _rule("[гкхжшщч]а", 1, "и е у ой/ою/ей е"),
        _rule("[^ияа]я", 1, "и е ю ей е"),
        _rule("ия", 1, "и и ю ей и"),
        _rule("(?:[оеё]в|[иы]н)а", 1, "ой ой у ой ой", "f"),
        # neuter and plural names of places and bodies
        _rule("о", 1, "а у о ом е", "t"),
        _rule("ие", 1, "я ю е ем и", "t"),
        _rule("[^и]е", 1, "я ю е ем е/и", "t"),
        _rule("ы", 1, "-/ов ам ы ами ах", "t"),
        _rule("[гкхжшщч]и", 1, "-/ов/ей ам и ами ах", "t"),
    ),
    "uk": (
        _rule("ий", 2, "ого ому ого/ий им ому/ім ий", "mt"),
        _rule("ній", 2, "ього ьому ього/ій ім ьому/ім", "mt"),
        _rule("[бвдзклмнрстхц]а", 1, "ої ій у ою ій", "ft"),
        _rule("е", 1, "ого ому е им ому/ім", "t"),
        _rule("і", 1, "их им і/их ими их", "t"),
        _rule(f"[{_VOWELLESS}]", 0, "а/у у/ові а/= ом і/у/ові е/у", "mt"),
        _rule("[жшщчц]", 0, "а/у у/еві а/= ем і/у/еві е", "mt"),
        _rule("[ар]р", 0, "я/а ю/у/еві/ові я/а ем/ом еві/ові/і/ю е/ю", "mt"),
        _rule("яр|ир|ор", 0, "я/а ю/у/еві/ові я/а ем/ом еві/ові/і/ю е/ю", "mt"),
        _rule("(?:[оеє]в|[іїи]н)", 0, "а у/ові а им і/у/ові е", "mt"),
        _rule("ів", 2, "ова/ева ову/еву ів/ова/ева овом/евом/овим/евим ові/еві/ову", "mt"),
        _rule("їв", 2, "єва єву їв/єва євом/євим єві/єву", "mt"),
        _rule("іль", 3, "оля олю/олеві іль/оля олем олі/олю", "mt"),
        _rule("ець", 3, "ця цю/цеві ця/ець цем ці/цеві/цю цю", "mt"),
        _rule("ок", 2, "ку/ка ку/кові ок/ка ком ку/кові", "t"),
        _rule("^лев", 2, "ева еву/еві ева евом еві/еву еве", "m"),
        _rule("^відень", 3, "ня ню/неві ень нем ні/ню", "t"),
        _rule("^єгипет", 2, "ту ту/тові ет том ті", "t"),
        _rule("^кривий ріг|^ріг", 2, "огу огу/огові іг огом озі/огу", "t"),
        _rule("посол", 2, "ла лу/лові ла лом лові/лу/лі ле", "t"),
        _rule("й", 1, "я/ю ю/єві я/й єм ї/єві/ю ю", "mt"),
        _rule("ь", 1, "я ю/еві я/ь ем і/еві/ю ю", "mt"),
        _rule("ь", 1, "і і ь ю/+ю і е", "t"),
        _rule("[^гкхжшщч]а", 1, "и і у ою і о"),
        _rule("га", 2, "ги зі гу гою зі го"),
        _rule("ка", 2, "ки ці ку кою ці ко"),
        _rule("ха", 2, "хи сі ху хою сі хо"),
        _rule("[жшщч]а", 1, "і і у ею і е"),
        _rule("[^аеиіоуїєю']я", 1, "і і ю ею і е"),
        _rule("[аеиіоуїєю']я", 1, "ї ї ю єю ї є"),
        _rule("([бвгджзклмнпрстчшц])\\1я|'я", 1, "я ю я ям і/ю", "t"),
        _rule("о", 1, "а у/ові а/о ом і/у/ові у/е", "mt"),
        _rule("и", 1, "-/ів ам и ами ах", "t"),
        _rule("і", 1, "ів/їв/- ям/ам і ями/ами ях/ах", "t"),
    ),
}

# All genders and the plural, for adjectives that point to an actor («российский»), by the dictionary form's ending.
_ADJECTIVES = {
    "ru": (
        ("ий", "ий ого ому им ом ая ой ую ое ие их ими"),
        ("ый", "ый ого ому ым ом ая ой ую ое ые ых ыми"),
        ("ой", "ой ого ому ым им ом ая ую ое ые ие ых их ыми ими"),
    ),
    "uk": (("ий", "ий ого ому им ім а ої ій у ою е і их ими"),),
}

# The plural of nouns that name people («россияне»), by the ending of the singular; the first that fits is used.
_PLURALS = {
    "ru": (
        ("нин", 2, "е - ам - ами ах"),
        ("ец", 2, "цы цев цам цев цами цах"),
        ("[гкхжшщч]", 0, "и ов/ей ам ов/ей ами ах"),
        ("ка", 2, "ки ок кам ок ками ках"),
        (f"[{_VOWELLESS}]", 0, "ы ов ам ов ами ах"),
    ),
    "uk": (
        ("нин", 2, "и - ам - ами ах"),
        ("ець", 3, "ці ців цям ців цями цях"),
        ("ка", 2, "ки ок кам ок ками ках"),
        (f"[{_VOWELLESS}]", 0, "и ів ам ів ами ах"),
    ),
}

_RELATIONAL = re.compile(r"([сцз]ьк|[сц]к)ий$")
_CYRILLIC = re.compile(r"[А-Яа-яЁёІіЇїЄєҐґ'’]+")
_BREAK = re.compile(r"(\s+)")


def declensions(name: str, language: str, gender: Gender = None) -> tuple[str, ...]:
    """Return a name's forms in all cases, the nominative first, without repeats.

    ``name`` stands in the nominative; a leading ``=`` says that it does not decline, as do languages other than ``ru``
    and ``uk``. ``gender`` is None for anything but a person. The words of a name decline in agreement, case by case;
    in a name that is no person's, the later words may also stay as they are (`глава МИД России`).
    """
    if name.startswith("=") or language not in _RULES:
        return (name.removeprefix("="),)
    parts = _BREAK.split(name)
    words = [_paradigm(word, language, gender) for word in parts[::2]]
    spaces = [*parts[1::2], ""]
    forms = dict.fromkeys([name])
    for declined in _declined_words(len(words), is_person=gender is not None):
        for case in range(_CASES):
            choices = [word[case] if position in declined else word[0] for position, word in enumerate(words)]
            forms |= dict.fromkeys(_joined(chosen, spaces) for chosen in product(*choices))
    return tuple(forms)


def first_forms(word: str, language: str, gender: Gender = None) -> tuple[str, ...]:
    """Return the forms that a name's first word takes in ``declensions``; a leading ``=`` is that of the name."""
    if word.startswith("=") or language not in _RULES:
        return (word.removeprefix("="),)
    return tuple(dict.fromkeys(form for case in _paradigm(word, language, gender) for form in case))


def _joined(words: Sequence[str], spaces: Sequence[str]) -> str:
    return "".join(word + space for word, space in zip(words, spaces, strict=True))


def _declined_words(count: int, *, is_person: bool) -> Iterable[range]:
    """Yield which words of a name decline together: a person's all or the last («Ким Чен Ына»), else the first ones."""
    if not is_person:
        return (range(length) for length in range(1, count + 1))
    return (range(count), range(count - 1, count))


def adjective_forms(word: str, language: str) -> tuple[str, ...]:
    """Return the forms of a word that points to an actor: an adjective in all genders, or a noun in both numbers."""
    if word.startswith("=") or language not in _RULES:
        return (word.removeprefix("="),)
    for ending, forms in _ADJECTIVES[language]:
        if word.endswith(ending):
            stem = word.removesuffix(ending)
            return tuple(dict.fromkeys([word, *(stem + form for form in forms.split())]))
    return tuple(dict.fromkeys([*declensions(word, language), *_plural(word, language)]))


def compound_form(word: str, language: str) -> tuple[str, ...]:
    """Return how an adjective begins a compound, before the hyphen: «российско», «американо» of «американский»."""
    if language not in _ADJECTIVES or not (match := _RELATIONAL.search(word)):
        return ()
    return (word[: match.start()] + match[1] + "о", word[: match.start()] + "о")


def _plural(word: str, language: str) -> Iterable[str]:
    for pattern, cut, endings in _PLURALS[language]:
        if re.search(rf"(?:{pattern})$", word.lower()):
            stem = word[: len(word) - cut]
            return [stem + ending.strip("-") for case in endings.split() for ending in case.split("/")]
    return ()


@lru_cache(maxsize=4096)
def _paradigm(word: str, language: str, gender: Gender) -> Paradigm:
    if "-" in word:
        return _hyphenated(word, language, gender)
    fixed = ((word,),) * _CASES
    if not _declines(word, is_person=gender is not None):
        return fixed
    who = gender or "t"
    lower = word.lower()
    fitting = [rule for rule in _RULES[language] if who in rule.who and rule.pattern.search(lower)]
    if not fitting:
        return fixed
    stems = [(word[: len(word) - rule.cut], rule.endings) for rule in fitting]
    return ((word,), *(tuple(dict.fromkeys(_in_case(word, stems, case))) for case in range(1, _CASES)))


def _declines(word: str, *, is_person: bool) -> bool:
    """Abbreviations, figures and other scripts don't decline, nor do the small words of a person's name (`фон дер`)."""
    if not _CYRILLIC.fullmatch(word):
        return False
    return not (word.isupper() and len(word) > 1) and not (is_person and word.islower())


def _in_case(word: str, stems: Iterable[tuple[str, Endings]], case: int) -> Iterator[str]:
    """Yield a word's forms in a case (1 is the genitive), by the stems of the rules that fit it, with their endings."""
    for stem, endings in stems:
        for ending in endings[case - 1] if case <= len(endings) else ("=",):
            if ending == "=":
                yield word
            elif ending[:1] == "+":
                yield stem + stem[-1:] + ending[1:]
            else:
                yield stem + ending


def _hyphenated(word: str, language: str, gender: Gender) -> Paradigm:
    """Decline all parts (`Жана-Ноэля`), the last (`Нью-Йорка`, `премьер-министра`) or the first (`Ростова-на-Дону`)."""
    parts = word.split("-")
    paradigms = [_paradigm(part, language, gender) for part in parts]
    ways = (range(len(parts)), range(len(parts) - 1, len(parts)), range(1))
    return tuple(
        tuple(
            dict.fromkeys(
                "-".join(chosen)
                for way in ways
                for chosen in product(*(p[case] if i in way else p[0] for i, p in enumerate(paradigms)))
            )
        )
        for case in range(_CASES)
    )
