from __future__ import annotations

from datetime import date

import pytest

from dipwatch.lexicon import Lexicon
from dipwatch.model import Direction

OLD, NEW = date(2021, 5, 1), date(2026, 1, 2)


def test_names_are_english(straits: Lexicon) -> None:
    asked = ("ivan-dorin", "selm", "fishing", "envoy-kestria", "nobody")
    assert [straits.name(ref) for ref in asked] == ["Ivan Dorin", "Selm", "fishing", "Envoy of Kestria", "nobody"]


def test_an_office_has_the_holder_of_the_day(straits: Lexicon) -> None:
    assert straits.holders("president-arvenia", OLD) == ("yegor-zhukhov",)
    assert straits.holders("president-arvenia", NEW) == ("ivan-dorin",)
    assert straits.holders("president-arvenia", date(2019, 1, 1)) == ()
    assert straits.offices_of("ivan-dorin", OLD) == ()
    assert straits.offices_of("ivan-dorin", NEW) == ("president-arvenia",)


@pytest.mark.parametrize(
    ("actor", "on", "rank"),
    [
        ("ivan-dorin", NEW, 1),
        ("ivan-dorin", OLD, 4),
        ("marek-velsky", OLD, 3),
        ("petra-holm", NEW, 3),
        ("nobody", NEW, 4),
    ],
)
def test_rank_is_that_of_the_office_while_it_is_held(straits: Lexicon, actor: str, on: date, rank: int) -> None:
    assert straits.rank(actor, on) == rank


def test_who_acts_for_whom(straits: Lexicon) -> None:
    assert straits.acts_for("ivan-dorin") == "arvenia"
    assert straits.acts_for("arvenian-assembly") == "arvenia"
    assert straits.acts_for("arvenia") is None
    assert straits.principal("yegor-zhukhov") == "arvenia"


def test_the_gate_is_open_to_all_who_act_for_a_party(straits: Lexicon) -> None:
    assert [straits.in_gate(actor) for actor in ("arvenia", "yegor-zhukhov", "lunda", "straits-council")] == [
        True,
        True,
        False,
        False,
    ]


def test_a_site_counts_as_its_city(straits: Lexicon) -> None:
    assert [straits.city(venue) for venue in ("amber-palace", "tolmin", "nowhere")] == ["tolmin", "tolmin", "nowhere"]


@pytest.mark.parametrize(
    ("actor", "was", "stance", "direction"),
    [
        ("arvenia", "closed", "tolls", Direction.SOFTER),
        ("arvenia", "open", "closed", Direction.HARDER),
        ("kestria", "closed", "open", Direction.HARDER),
        ("ivan-dorin", "tolls", "closed", Direction.HARDER),
        ("lunda", "closed", "open", Direction.HARDER),
        ("kestria", "open", "open", None),
        ("calder", "closed", "open", None),
    ],
)
def test_a_position_hardens_toward_the_actors_own_end(
    straits: Lexicon, actor: str, was: str, stance: str, direction: Direction | None
) -> None:
    assert straits.direction("passage", actor, was, stance) is direction


@pytest.mark.parametrize(
    ("actor", "stance", "against"),
    [
        ("arvenia", "closed", False),
        ("arvenia", "open", True),
        ("kestria", "open", False),
        ("kestria", "closed", True),
        ("calder", "closed", False),
    ],
)
def test_a_stance_on_the_other_half_of_the_scale_is_against_an_actor(
    straits: Lexicon,
    actor: str,
    stance: str,
    against: bool,  # noqa: FBT001 - a table's column
) -> None:
    assert straits.is_against("passage", actor, stance) is against


def test_an_unknown_stance_is_a_key_error(straits: Lexicon) -> None:
    with pytest.raises(KeyError):
        straits.stance_index("passage", "ajar")


def test_stale_and_vacant_offices_are_warned_of_with_their_line(straits: Lexicon) -> None:
    fresh = [str(problem) for problem in straits.warnings(date(2026, 3, 1))]
    stale = [str(problem) for problem in straits.warnings(date(2027, 3, 1))]
    assert fresh == ["office envoy-kestria: nobody is known to hold it on 2026-03-01; add a tenure"]
    assert len(stale) == 4
    assert all("offices.toml:" in line and "was verified last on 2026-01-01" in line for line in stale[:3])
