"""Where an act takes place."""

from __future__ import annotations

from collections.abc import Iterator

from dipwatch.extract.parsed import Parsed, ParsedSentence
from dipwatch.lexicon import Lexicon
from dipwatch.model import Kind, MentionSort

_HAS_PLACE = frozenset({Kind.MEETING, Kind.CONTACT, Kind.AGREEMENT, Kind.PROPOSAL, Kind.INSTITUTION, Kind.HUMANITARIAN})
"""Kinds that happen somewhere; where a demand is voiced or money is pledged is seldom told and matters little."""
_CITIES = frozenset({"city", "site"})


def find_venue(parsed: Parsed, lead: ParsedSentence, kind: Kind, lexicon: Lexicon) -> str | None:
    """Return the id of the city or site where the leading act takes place; None where none is named.

    The leading sentence counts first, then the rest of the title and the first sentence of the summary.
    """
    if kind not in _HAS_PLACE:
        return None
    return next(_cities(parsed, lead, lexicon), None)


def _cities(parsed: Parsed, lead: ParsedSentence, lexicon: Lexicon) -> Iterator[str]:
    sentences = [lead, *parsed.of_field("title"), *list(parsed.of_field("summary"))[:1]]
    for sentence in sentences:
        for mention in sentence.of_sort(MentionSort.VENUE):
            if lexicon.venues[mention.ref].type in _CITIES:
                yield mention.ref


def find_host(lead: ParsedSentence) -> str | None:
    """Return the state named as the place of the act (``in Turkey``), its host; None where there is none."""
    return next((m.ref for m in lead.of_sort(MentionSort.ACTOR) if m.via == "place"), None)
