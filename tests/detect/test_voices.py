"""How many independent sources tell of a development."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest
from tests.detect.build import HOUR, START, Log, reading

from dipwatch.detect.voices import Voice, credit_of, same_voice
from dipwatch.lexicon import Lexicon
from dipwatch.model import Mention, MentionSort, Reading, Span

TALKS: dict[str, Any] = {"venue": "selm"}
TELLINGS = (
    "Dorin and Velsky hold talks in Selm",
    "Selm: leaders of both shores sit down",
    "Velsky flies to see Dorin, officials confirm",
    "Straits on the table as presidents meet",
    "Arvenian leader receives his Kestrian rival",
    "A handshake in Selm after four years",
    "Tolls, ferries, fish: what the two spoke of",
    "President Velsky back home after Selm visit",
    "Dorin praises open word with Velsky",
    "Kestria and Arvenia leaders in palace meeting",
    "First meeting of rivals ends without statement",
    "Marek Velsky, Ivan Dorin spend evening together",
)
PARAGRAPH = "Both leaders spoke for three hours about tolls ferries fishing rights prisoners and the closed straits"


def test_the_count_goes_on_beyond_the_reports_that_are_kept(log: Log) -> None:
    counts = [
        log.report(title, source=f"paper-{number}", at=START + number * HOUR / 4, **TALKS).sources
        for number, title in enumerate(TELLINGS)
    ]
    assert log.developments == [log.changes[0].development]
    assert counts == list(range(1, len(TELLINGS) + 1))
    copy = log.report(TELLINGS[1], source="late-paper", at=START + 4 * HOUR, **TALKS)
    assert copy.sources == len(TELLINGS), "a copy of a report that is not kept any more"
    again = log.report("Both met, says paper-3", source="paper-3", at=START + 4 * HOUR, **TALKS)
    assert again.sources == len(TELLINGS), "an outlet that has told before"


def test_many_sources_do_not_swell_what_is_known(log: Log) -> None:
    for number, letters in enumerate(permutations("abcdef", 4), start=1):
        log.report("".join(letter * 4 for letter in letters), source=f"s{number}", at=START, **TALKS)
    (development,) = log.known.developments.values()
    assert development.voices.count == number
    assert development.sources == [f"s{place}" for place in range(1, number + 1)]
    assert len(development.voices.kept) == 32


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (("a", "Leaders meet in Selm", ""), ("b", "Leaders meet in Selm", ""), True),
        (("a", "Leaders meet in Selm", PARAGRAPH), ("b", "Three hours of talk", PARAGRAPH), True),
        (("a", "Leaders meet in Selm", "short words"), ("b", "Three hours of talk", "short words"), False),
        (("a", "Leaders meet in Selm", ""), ("b", "A handshake after years", ""), False),
    ],
)
def test_one_copy_is_one_voice_under_whatever_headline(
    straits: Lexicon,
    one: tuple[str, str, str],
    other: tuple[str, str, str],
    same: bool,  # noqa: FBT001 - a table's column
) -> None:
    voices = [Voice(source, title, frozenset(text.split())) for source, title, text in (one, other)]
    assert same_voice(voices[0], voices[1], straits) is same


def credited(*outlets: str, source: str = "paper") -> Reading:
    """A reading that names outlets."""
    read = reading("Leaders met, it is reported", source=source)
    mentions = tuple(Mention(Span("title", 0, 7), outlet, MentionSort.ACTOR, outlet) for outlet in outlets)
    return replace(read, mentions=mentions)


def test_who_passes_on_an_outlets_report_is_no_source_of_its_own(straits: Lexicon) -> None:
    outlet = "straits-post"
    assert credit_of(credited(outlet), straits) == outlet
    assert credit_of(credited(outlet, source=straits.name(outlet)), straits) == "", "its own name"
    assert credit_of(credited(), straits) == ""
    first = Voice("paper", "Leaders met", frozenset(), outlet)
    assert same_voice(first, Voice("radio", "They met, at last", frozenset(), outlet), straits)
    assert same_voice(first, Voice(straits.name(outlet), "Scoop: the two have met", frozenset()), straits)
    assert not same_voice(first, Voice("radio", "They met, at last", frozenset()), straits)
