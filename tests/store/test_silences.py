from __future__ import annotations

from datetime import datetime

import pytest
from tests.store.build import MINUTE, NOW

from dipwatch.store.silences import Silence, add_silence, list_silences
from dipwatch.store.store import Store


@pytest.mark.parametrize(
    ("at", "count"), [(None, 1), (NOW - MINUTE, 0), (NOW, 1), (NOW + MINUTE, 1), (NOW + 2 * MINUTE, 0)]
)
def test_a_silence_is_in_force_from_its_start_until_before_its_end(
    store: Store, at: datetime | None, count: int
) -> None:
    values = {"starts_at": NOW, "ends_at": NOW + 2 * MINUTE}
    with store.begin() as connection:
        number = add_silence(
            connection, matchers={"kind": ("meeting",)}, author="me", comment="a summit", now=NOW, **values
        )
    with store.connect() as connection:
        silences = list_silences(connection, at)
    expected = Silence(
        id=number, matchers={"kind": ["meeting"]}, author="me", comment="a summit", created_at=NOW, **values
    )
    assert silences == [expected] * count
