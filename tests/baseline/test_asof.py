from __future__ import annotations

from datetime import date

import pytest

from dipwatch.baseline import SeedInfo
from dipwatch.baseline.asof import as_of
from dipwatch.baseline.cues import load_cues

DATED = SeedInfo(id="d", file="d", title="D", added=date(2026, 11, 24), as_of=date(2026, 3, 31))
UNDATED = SeedInfo(id="u", file="u", title="U", added=date(2026, 11, 24))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("As of February 2026, no deal is in sight.", date(2026, 2, 28)),
        ("The talks (January 2026) led nowhere.", date(2026, 1, 31)),
        ("On 7 February 2026 they met.", date(2026, 2, 7)),
        ("On February 7, 2026, they met.", date(2026, 2, 7)),
        ("They met in January 2026 and in February 2026.", date(2026, 2, 28)),
        ("Contacts went on in early 2026.", date(2026, 3, 31)),
        ("It may come in December 2026.", date(2026, 3, 31)),
        ("Since January 2026 they have talked.", date(2026, 3, 31)),
        ("Since the invasion in February 2022 they have talked.", date(2026, 3, 31)),
        ("They broke it in 2014 and in May 2022.", date(2026, 3, 31)),
        ("They talk.", date(2026, 3, 31)),
    ],
)
def test_a_sentence_counts_from_the_day_it_names_but_never_later_than_its_document(text: str, day: date) -> None:
    assert as_of(text, DATED, load_cues()) == day


@pytest.mark.parametrize(
    ("text", "day"),
    [("They talk.", date(2026, 11, 24)), ("Updated: April 2026.", date(2026, 4, 30))],
)
def test_a_sentence_of_an_undated_document_counts_from_the_day_it_was_added(text: str, day: date) -> None:
    assert as_of(text, UNDATED, load_cues()) == day


def test_a_day_that_does_not_exist_counts_as_the_end_of_its_month() -> None:
    assert as_of("On 31 February 2026 they met.", DATED, load_cues()) == date(2026, 2, 28)
