from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from tests.alerts.samples import a_change, an_item
from tests.alerts.stocked import alert_to, stock

from dipwatch.alerts.assurance import assurance_due, assurance_line, assure
from dipwatch.model import Reason
from dipwatch.settings import Alerts
from dipwatch.store import outbox
from dipwatch.store.day import DayCounts
from dipwatch.store.outbox import claim_group, record_sent
from dipwatch.store.store import Store

HOUR = timedelta(hours=1)
SIX = datetime(2026, 5, 4, 15, 0, tzinfo=UTC)
"""18:00 in Kyiv."""


def settings(**values: object) -> Alerts:
    assurance = {"receivers": ["desk", "boss"], "at": "18:00", "zone": "Europe/Kyiv"} | values
    receivers = [{"name": name, "url": "console:"} for name in ("desk", "boss")]
    return Alerts.model_validate({"receivers": receivers, "route": {"receiver": "desk"}, "assurance": assurance})


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (SIX - timedelta(seconds=1), None),
        (SIX, (SIX - 24 * HOUR, SIX)),
        (SIX + timedelta(minutes=59), (SIX - 24 * HOUR, SIX)),
        (SIX + HOUR, None),
        # the day on which Kyiv's clocks go forward has 23 hours, the one on which they go back 25
        (SIX.replace(month=3, day=29), (SIX.replace(month=3, day=28, hour=16), SIX.replace(month=3, day=29))),
        (
            SIX.replace(month=10, day=25, hour=16),
            (SIX.replace(month=10, day=24), SIX.replace(month=10, day=25, hour=16)),
        ),
    ],
)
def test_a_line_is_due_at_its_local_time_for_the_day_before_it(
    at: datetime, day: tuple[datetime, datetime] | None
) -> None:
    assert assurance_due(settings(), at) == day
    assert assurance_due(settings(receivers=[]), at) is None


def test_the_line_counts_feeds_items_developments_and_what_nearly_was_one() -> None:
    assert assurance_line(DayCounts(80, 78, 412, 0, 6)) == (
        "78 of 80 feeds fine, 412 items read, 0 developments, 6 just below the threshold"
    )


def told(store: Store, alerts: Alerts, now: datetime) -> int:
    with store.begin() as connection:
        return assure(connection, alerts, now)


def test_the_line_comes_once_whoever_asks_how_often(store: Store) -> None:
    counts: list[int] = []
    askers = [Thread(target=lambda: counts.append(told(store, settings(), SIX))) for _ in range(4)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert sorted(counts) == [0, 0, 0, 2]
    assert told(store, settings(), SIX + 24 * HOUR) == 2
    with store.connect() as connection:
        rows = outbox.list_outbox(connection)
    assert [(row.receiver, row.purpose, row.next_attempt_at) for row in rows] == [
        (receiver, "assurance", SIX + day * 24 * HOUR) for day in (0, 1) for receiver in ("desk", "boss")
    ]
    assert rows[0].body["subject"] == "0 of 0 feeds fine, 0 items read, 0 developments, 0 just below the threshold"
    assert "dipwatch history --below-threshold --since 2026-05-03T15:00Z" in rows[0].body["lines"][1]


def test_who_was_sent_anything_that_day_gets_no_line_unless_always(store: Store) -> None:
    sent_at = SIX - HOUR
    kept_back = a_change(development="dev-2", alert=False, kept_back=(Reason.BELOW_THRESHOLD,), at=sent_at)
    entry = alert_to("desk", next_attempt_at=sent_at)
    stock(store, [a_change(at=sent_at), kept_back], [entry], [an_item()], at=sent_at)
    with store.begin() as connection:
        message = claim_group(connection, sent_at, "me", SIX)
        assert message is not None
        record_sent(connection, message, sent_at, 0.1)
    assert told(store, settings(), SIX) == 1
    with store.connect() as connection:
        (row,) = outbox.list_outbox(connection)
    assert (row.receiver, row.body["subject"]) == (
        "boss",
        "0 of 1 feed fine, 0 items read, 1 development, 1 just below the threshold",
    )
    assert told(store, settings(always=True), SIX) == 1, "the other one now, too"
    assert told(store, settings(), SIX + 24 * HOUR) == 2, "a day on which nothing was sent"
