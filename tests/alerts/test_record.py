from __future__ import annotations

from datetime import timedelta

import pytest
from tests.alerts.samples import NOW, a_change, an_item
from tests.alerts.stocked import alert_to, stock

from dipwatch.alerts.message import Source
from dipwatch.alerts.plan import Saying
from dipwatch.alerts.record import read_sent, read_sources, read_told, receivers_due
from dipwatch.model import ChangeType, Severity, SourceKind
from dipwatch.store import outbox, waiting
from dipwatch.store.outbox import claim_group, record_sent
from dipwatch.store.store import Store


def test_sources_of_a_development_come_in_the_order_in_which_they_carried_it(store: Store) -> None:
    items = [
        an_item(),
        an_item(id="item-2", feed="ministry", source="Foreign Ministry", source_kind=SourceKind.OFFICIAL),
        an_item(id="item-3"),
    ]
    changes = [a_change(), *(a_change(type=ChangeType.SUPPORT, alert=False, item=f"item-{n}") for n in (2, 3))]
    stock(store, changes, [], items)
    with store.connect() as connection:
        assert read_sources(connection, ["dev-1", "dev-9"]) == {
            "dev-1": (Source("Morning Wire", SourceKind.WIRE), Source("Foreign Ministry", SourceKind.OFFICIAL))
        }


def test_who_was_told_is_who_has_a_message_waiting_or_sent(store: Store) -> None:
    changes = [a_change(), a_change(development="dev-2")]
    entries = [alert_to("desk"), alert_to("boss"), alert_to("desk", 1, group_key="dev-2")]
    stock(store, changes, entries, [an_item()])
    sent_at = NOW + timedelta(seconds=30)
    with store.begin() as connection:
        message = claim_group(connection, NOW, "me", NOW + timedelta(minutes=1), receiver="desk")
        assert message is not None
        record_sent(connection, message, sent_at, 0.1)
        dropped = [row.id for row in outbox.list_outbox(connection, ("waiting",)) if row.receiver == "boss"]
        outbox.drop(connection, dropped)
        told = read_told(connection, ["dev-1", "dev-2", "dev-3"], NOW)
        saying = Saying("desk", Severity.HIGH, NOW)
        assert told.sayings == {"dev-1": [saying], "dev-2": [saying]}
        assert told.latest == {("desk", "dev-1"): sent_at}
        assert read_told(connection, ["dev-1"], NOW + timedelta(seconds=1)).latest == {}
        assert receivers_due(connection, NOW) == ("desk",)


@pytest.mark.parametrize("body", ["{half", "[]", '"told"', "null"])
def test_a_body_that_is_spoilt_stops_neither_planning_nor_delivery_nor_lists(sqlite_url: str, body: str) -> None:
    store = Store.open(sqlite_url)
    stock(store, [a_change(), a_change(development="dev-2")], [alert_to("desk"), alert_to("desk", 1)], [an_item()])
    with store.bare() as connection:
        connection.exec_driver_sql("UPDATE outbox SET body = ? WHERE id = 1", (body,))
    with store.begin() as connection:
        assert read_told(connection, ["dev-1"], NOW).sayings == {"dev-1": [Saying("desk", Severity.HIGH, NOW)]}
        assert [row.id for row in waiting.read_waiting(connection, "desk", NOW)] == [1, 2]
        assert [row.id for row in outbox.list_outbox(connection)] == [1, 2]
        message = claim_group(connection, NOW, "me", NOW + timedelta(minutes=1), receiver="desk")
        assert message is not None
        assert [row.id for row in message.rows] == [2]
        (dead,) = outbox.list_outbox(connection, ("dead",))
        assert dead.id == 1
    store.close()


def test_the_latest_news_was_sent_when_its_receiver_took_it(store: Store) -> None:
    stock(store, [a_change()], [alert_to("desk"), alert_to("boss")], [an_item()])
    sent_at = NOW + timedelta(seconds=30)
    with store.begin() as connection:
        message = claim_group(connection, NOW, "me", NOW + timedelta(minutes=1), receiver="desk")
        assert message is not None
        assert read_sent(connection, "dev-1") == {}
        record_sent(connection, message, sent_at, 0.1)
        assert read_sent(connection, "dev-1") == {"desk": sent_at}
        assert read_sent(connection, "dev-9") == {}
