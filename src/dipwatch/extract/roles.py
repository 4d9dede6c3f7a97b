"""Who hosts an act and who mediates it, by the words right before or after a name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice, pairwise

from dipwatch.extract.parsed import Parsed, ParsedSentence
from dipwatch.extract.words import WORDS, any_of
from dipwatch.lexicon import Lexicon, fold
from dipwatch.model import Mention, MentionSort, Role

_SUMMARY_SENTENCES = 3
_AFTER = {
    Role(name): re.compile(rf"(?:['’]s)?[\s,-]{{1,2}}(?:{any_of(WORDS.auxiliaries)}\s+)?{any_of(words.after)}")
    for name, words in WORDS.roles.items()
}
_BEFORE = {
    Role(name): re.compile(rf"{any_of(words.before)}\s+(?:the\s+)?(?:\w+\s+)?$") for name, words in WORDS.roles.items()
}
_BETWEEN = re.compile(rf"(?:\s*,)?\s*{any_of(WORDS.conjunctions)}\s+(?:the\s+)?|\s*,\s*")
"""What joins names that share a role: «mediated by Qatar and Turkey»."""


def find_roles(parsed: Parsed, lexicon: Lexicon) -> dict[str, Role]:
    """Return who hosts and who mediates, with those they act for; a party of the subject never mediates."""
    found: dict[str, Role] = {}
    sentences = [*parsed.of_field("title"), *islice(parsed.of_field("summary"), _SUMMARY_SENTENCES)]
    for sentence in sentences:
        for actor, role in _in_sentence(sentence):
            principal = lexicon.principal(actor)
            if role is Role.HOST or principal not in lexicon.subject.parties:
                found.setdefault(actor, role)
                found.setdefault(principal, role)
    return found


def is_host(sentence: ParsedSentence, mention: Mention) -> bool:
    """Tell whether the words beside a name say that it hosts."""
    return _role(fold(sentence.sentence.text), mention, sentence.sentence.start) is Role.HOST


def _in_sentence(sentence: ParsedSentence) -> Iterator[tuple[str, Role]]:
    text, offset = fold(sentence.sentence.text), sentence.sentence.start
    actors = list(sentence.of_sort(MentionSort.ACTOR))
    told = [_role(text, mention, offset) for mention in actors]
    joined = [
        bool(_BETWEEN.fullmatch(text[one.span.end - offset : other.span.start - offset]))
        for one, other in pairwise(actors)
    ]
    for place, mention in enumerate(actors):
        role = told[place] or (place and joined[place - 1] and told[place - 1])
        role = role or (place < len(joined) and joined[place] and told[place + 1])
        if role:
            yield mention.ref, role


def _role(text: str, mention: Mention, offset: int) -> Role | None:
    before, after = text[: mention.span.start - offset], text[mention.span.end - offset :]
    fitting = (role for role in _AFTER if _AFTER[role].match(after) or _BEFORE[role].search(before))
    return next(fitting, None)
