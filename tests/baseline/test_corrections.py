from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dipwatch.baseline import Baseline, Seed, build
from dipwatch.errors import ConfigError
from dipwatch.extract import Reader

Make = Callable[..., Seed]
TEXT = "Talks between Russia and Ukraine were held in Vienna. Norway watched from afar with great interest."


@pytest.fixture
def corrected(document: Make, reader: Reader, tmp_path: Path) -> Callable[[str], Baseline]:
    def make(toml: str) -> Baseline:
        (tmp_path / "baseline.toml").write_text(toml, encoding="utf-8")
        return build([document(TEXT)], tmp_path, reader)

    return make


def correction(do: str, of: str, rest: str, quote: str = "Norway watched from afar") -> str:
    return f'[[correction]]\ndo = "{do}"\nlist = "{of}"\nseed = "t"\nquote = "{quote}"\nwhy = "a test"\n{rest}\n'


def test_an_entry_can_be_added_and_counts_as_not_derived(corrected: Callable[[str], Baseline]) -> None:
    built = corrected(correction("add", "venues", 'entry = { venue = "oslo", uses = ["talks"] }'))
    (entry,) = (e for e in built.lists["venues"] if e.text("venue") == "oslo")
    assert not entry.derived
    assert entry.evidence[0].start == TEXT.index("Norway")
    (share,) = (share for share in built.shares if share.list == "venues")
    assert (share.derived, share.total) == (1, 2)


def test_an_entry_can_be_replaced_in_part(corrected: Callable[[str], Baseline]) -> None:
    built = corrected(correction("replace", "actors", 'match = { actor = "norway" }\nentry = { roles = ["observer"] }'))
    (entry,) = (e for e in built.lists["actors"] if e.text("actor") == "norway")
    assert (entry.words("roles"), entry.words("named"), entry.derived) == (("observer",), ("Norway",), False)


def test_a_dropped_entry_counts_against_the_share(corrected: Callable[[str], Baseline]) -> None:
    built = corrected(correction("drop", "venues", 'match = { venue = "vienna" }'))
    (share,) = (share for share in built.shares if share.list == "venues")
    assert (share.total, share.dropped, share.share) == (0, 1, 0.0)


@pytest.mark.parametrize(
    ("toml", "what"),
    [
        (correction("add", "venues", "", quote="Norway slept soundly"), "its quote is not in seed t"),
        (correction("drop", "venues", 'match = { venue = "geneva" }'), "matches no derived entry"),
        (correction("add", "places", ""), "is no list"),
        (correction("add", "venues", "").replace('seed = "t"', 'seed = "z"'), "there is no seed 'z'"),
        (correction("add", "venues", "").replace("quote", "quot"), "baseline.toml:"),
        (correction("mend", "venues", ""), "baseline.toml:2: do: must be 'add', 'replace' or 'drop'"),
    ],
)
def test_a_correction_that_does_not_hold_is_refused_with_its_place(
    corrected: Callable[[str], Baseline], toml: str, what: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        corrected(toml)
    assert what in str(caught.value)
