from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.extract.samples import item

from dipwatch.extract import Model, Reader
from dipwatch.extract.model import FILE_NAME, load_model
from dipwatch.extract.position import direction_features, find_position, holder_features, issue_features, likeliest
from dipwatch.linear import Choice, Linear
from dipwatch.model import Claim, Direction, Role


def lead(reader: Reader, title: str, summary: str = "") -> Claim:
    return reader.read(item(title, summary)).claims[0]


@pytest.mark.parametrize(
    ("title", "summary", "holder", "issue"),
    [
        ("Kremlin says no ceasefire before the root causes are addressed", "", "russia", "ceasefire"),
        ("Ukraine rules out giving up land, Zelensky says", "", "ukraine", "territory"),
        ("Zelensky: Ukraine ready to drop NATO bid for guarantees", "", "ukraine", "nato-membership"),
        ("Putin rejects foreign troops in Ukraine", "", "russia", "peacekeepers"),
        ("Путин заявил, что Россия не откажется от Донбасса", "", "russia", "territory"),
        ("Зеленський: Україна не віддасть території", "", "ukraine", "territory"),
    ],
)
def test_a_stated_position_has_its_holder_and_issue(
    learned_reader: Reader, title: str, summary: str, holder: str, issue: str
) -> None:
    claim = lead(learned_reader, title, summary)
    assert claim.states_position
    assert learned_reader.lexicon.principal(claim.parts[0].actor) == holder
    assert claim.parts[0].role is Role.SPEAKER
    assert claim.issue == issue


@pytest.mark.parametrize(
    "title",
    [
        "Putin and Trump speak by phone",
        "Zelensky arrives in Ankara for a visit",
        "Russia and Ukraine exchange 200 prisoners",
        "Зеленский прибыл в Анкару",
    ],
)
def test_an_act_alone_states_no_position(learned_reader: Reader, title: str) -> None:
    assert not lead(learned_reader, title).states_position


def test_without_the_models_no_position_is_found(reader: Reader) -> None:
    parsed = reader.parse(item("Kremlin rejects ceasefire"))
    assert parsed is not None
    assert find_position(parsed, {}, reader.lexicon, Model()) is None


ALWAYS = Linear(9.0)
STATES = Model(positions=ALWAYS, holders=Linear(), issues=Linear(0.0, {"t:first": 9.0}))
MOVES = Choice(
    {
        "harder": Linear(0.0, {"holder:does:mod-hardens": 1.0}),
        "new": Linear(0.5),
        "softer": Linear(0.0, {"holder:does:mod-yields": 1.0}),
    }
)


@pytest.mark.parametrize(
    ("title", "direction"),
    [
        ("Kremlin drops objections to ceasefire", Direction.SOFTER),
        ("Kremlin will never accept ceasefire", Direction.HARDER),
        ("Kremlin speaks of ceasefire", Direction.NEW),
        ("Кремль снял возражения против перемирия", Direction.SOFTER),
        ("Кремль настаивает: перемирия не будет", Direction.HARDER),
        ("Кремль більше не заперечує перемир'я", Direction.SOFTER),
        ("Кремль ніколи не погодиться на перемир'я", Direction.HARDER),
    ],
)
def test_the_words_tell_which_way_a_position_moves(reader: Reader, title: str, direction: Direction) -> None:
    parsed = reader.parse(item(title))
    assert parsed is not None
    position = find_position(parsed, {}, reader.lexicon, replace(STATES, directions=MOVES))
    assert position is not None
    assert (position.holder, position.issue, position.direction) == ("russia", "ceasefire", direction)


def test_a_model_without_directions_tells_none(reader: Reader, tmp_path: Path) -> None:
    empty = '{"format": 1, "relevance": {"bias": 0, "weights": {}}, "kinds": {}, "statuses": {}}'
    (tmp_path / FILE_NAME).write_text(empty, encoding="utf-8")
    parsed = reader.parse(item("Kremlin will never accept ceasefire"))
    assert parsed is not None
    position = find_position(parsed, {}, reader.lexicon, replace(STATES, directions=load_model(tmp_path).directions))
    assert position is not None
    assert position.direction is None


@pytest.mark.parametrize(
    ("title", "holder", "told"),
    [
        ("Kremlin demands all of Donbas", "russia", "told:3"),
        ("Kremlin demands all of Donbas", "ukraine", "told:0"),
        ("Kremlin speaks of Donbas", "russia", "told:nothing"),
        ("Kremlin demands all of Donbas", "turkey", "told:aside"),
    ],
)
def test_a_stance_is_told_by_how_near_it_is_to_its_holders_own_end(
    reader: Reader, title: str, holder: str, told: str
) -> None:
    parsed = reader.parse(item(title))
    assert parsed is not None
    assert direction_features({"x": 1.0}, parsed, holder, "territory", reader.lexicon) == {"x": 1.0, told: 1.0}


def test_holders_are_principals_told_by_how_they_stand(reader: Reader) -> None:
    parsed = reader.parse(item("Kremlin: Zelensky must leave Donbas"))
    assert parsed is not None
    found = holder_features(parsed, reader.lexicon)
    assert list(found) == ["russia", "ukraine"]
    assert found["russia"]["t:colon"] == 1
    assert "t:colon" not in found["ukraine"]


def test_the_settlement_is_an_issue_where_none_is_named(reader: Reader) -> None:
    parsed = reader.parse(item("Putin will not bow, Kremlin says"))
    assert parsed is not None
    assert issue_features(parsed, reader.lexicon)["peace-framework"]["unnamed"] == 1


@given(st.dictionaries(st.text(min_size=1), st.floats(-20, 20), min_size=1, max_size=6))
def test_the_likeliest_has_the_largest_share_and_shares_are_shares(margins: dict[str, float]) -> None:
    model = Linear(0.0, {"x": 1.0})
    best, share = likeliest(model, {name: {"x": value} for name, value in margins.items()})
    assert round(margins[best], 6) == max(round(value, 6) for value in margins.values())
    assert 1 / len(margins) - 1e-6 <= share <= 1
