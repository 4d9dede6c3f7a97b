from __future__ import annotations

import random
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from tests.alerts.samples import NOW

from dipwatch.alerts.backoff import next_attempt
from dipwatch.alerts.sending import Outcome, SendResult
from dipwatch.settings import Alerts

ALERTS = Alerts.model_validate({"retry_first": "30s", "retry_longest": "1h", "retry_until": "1d"})
FAILED = SendResult(Outcome.FAILED)
seconds = st.integers(0, 200_000).map(lambda number: timedelta(seconds=number))


@given(st.integers(1, 10_000), seconds, st.integers(), st.one_of(st.none(), seconds))
def test_the_next_attempt_lies_within_its_bounds(
    attempt: int, age: timedelta, seed: int, asked: timedelta | None
) -> None:
    since = NOW - age
    result = SendResult(Outcome.FAILED, retry_after=asked)
    again = next_attempt(result, attempt=attempt, since=since, now=NOW, alerts=ALERTS, chance=random.Random(seed))
    last_chance = since + ALERTS.retry_until
    if last_chance <= NOW:
        assert again is None
        return
    assert again is not None
    assert NOW < again <= last_chance
    most = min(30 * 2.0 ** min(attempt, 60), 3600)
    soonest = max(timedelta(seconds=30), asked or timedelta(0))
    assert again >= min(NOW + soonest, last_chance)
    assert again <= NOW + max(timedelta(seconds=most), asked or timedelta(0))


def test_the_waits_grow_up_to_the_longest() -> None:
    chance = random.Random(1)

    def mean(attempt: int) -> float:
        waits = [
            next_attempt(FAILED, attempt=attempt, since=NOW, now=NOW, alerts=ALERTS, chance=chance) for _ in range(300)
        ]
        return sum((wait - NOW).total_seconds() for wait in waits if wait) / len(waits)

    means = [mean(attempt) for attempt in (1, 3, 5, 9)]
    assert means == sorted(means)
    assert 1600 < means[-1] < 2000


def test_receivers_that_failed_together_are_not_tried_together() -> None:
    times = {
        next_attempt(FAILED, attempt=3, since=NOW, now=NOW, alerts=ALERTS, chance=random.Random(seed))
        for seed in range(50)
    }
    assert len(times) == 50


def test_what_is_refused_for_good_is_never_tried_again() -> None:
    result = SendResult(Outcome.REFUSED, permanent=True)
    assert next_attempt(result, attempt=1, since=NOW, now=NOW, alerts=ALERTS, chance=random.Random(1)) is None
