"""A report of the made-up log, with hostile headlines in it; and the longest one that a page must bear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, timedelta

from sqlalchemy import Connection
from tests.review import logged
from tests.review.logged import NOW, SUBJECT
from tests.review.talks import BRIEFS, _one, fill_more

from dipwatch.model import Change, Item, Kind, Part, Role, Status
from dipwatch.review.listed import NameBook
from dipwatch.review.report import Report, Scope, gather
from dipwatch.store.store import Store

HOSTILE = "host2aaaaa"
ATTACK = (
    "<script>document.title='taken'</script><img src=x onerror=\"document.title='taken'\"> "
    "</style></title><svg onload=alert(1)> {{ 7 * 7 }} \u202egnihsihp\u200b"
)
SCOPE = Scope((SUBJECT,), NOW - timedelta(days=7), NOW, UTC)


def fill_all(store: Store) -> None:
    """Write the logs of ``logged`` and ``talks``, and a headline that tries everything."""
    logged.fill(store)
    fill_more(store)
    _one(store, 22, "bosphorus-wire", ATTACK, _attack)


def report_of(connection: Connection, book: NameBook, scope: Scope = SCOPE) -> Report:
    return gather(connection, scope, book, BRIEFS, NOW)


def with_link(report: Report, link: str) -> Report:
    """Return a report whose news all lead to one address."""
    cards = tuple(
        replace(
            card,
            told=tuple(replace(told, entry=replace(told.entry, link=link)) for told in card.told),
            sources=tuple(replace(source, link=link) for source in card.sources),
        )
        for card in report.cards
    )
    return replace(report, cards=cards)


def _attack(items: Sequence[Item]) -> list[Change]:
    parts = (Part("russia", Role.SOURCE), Part("ukraine", Role.TARGET))
    read = logged.claim(Kind.MEETING, items[0].title, *parts, status=Status.HAPPENED, venue="istanbul")
    return [logged._change(HOSTILE, items[0], read)]
