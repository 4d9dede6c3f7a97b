"""Exports, read back with parsers that did not write them: feedparser and vobject."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, timedelta
from typing import Any
from xml.etree import ElementTree as ET

import feedparser
import pytest
import vobject
from sqlalchemy import Connection
from tests.review import logged
from tests.review.logged import MEETING, NOW, SUBJECT
from tests.review.reported import HOSTILE, SCOPE
from tests.review.talks import AHEAD, OVERDUE, POSTPONED, UNDATED, _one, _planned

from dipwatch.model import Change, ChangeType, Item, Kind, Part, Role, Status, When
from dipwatch.review.exports.atom import atom
from dipwatch.review.exports.calendar import MeetingView, calendar, meetings
from dipwatch.review.exports.identity import stable_uuid
from dipwatch.review.filters import HistoryFilter
from dipwatch.review.listed import NameBook
from dipwatch.review.report.gather import cards
from dipwatch.store.store import Store

PAGE = "https://desk.example/report.html"
ATOM = "{http://www.w3.org/2005/Atom}"
ASKED = HistoryFilter(subjects=(SUBJECT,))


@pytest.fixture
def written(told: Connection, book: NameBook) -> bytes:
    return atom(cards(told, SCOPE, book), (SUBJECT,), NOW, PAGE)


def test_feedparser_reads_the_feed_without_a_complaint(written: bytes, told: Connection, book: NameBook) -> None:
    feed = feedparser.parse(io.BytesIO(written))
    assert (feed.bozo, feed.version) == (False, "atom10")
    found = cards(told, SCOPE, book)
    assert {entry.id for entry in feed.entries} == {
        stable_uuid("development", card.development.id).urn for card in found
    }
    assert [entry.updated for entry in feed.entries] == sorted((e.updated for e in feed.entries), reverse=True)
    assert all(entry.content[0].value for entry in feed.entries)


def test_feed_and_entries_have_what_rfc_4287_requires(written: bytes) -> None:
    feed = ET.fromstring(written)  # noqa: S314 (our own text)
    for element in (feed, *feed.iter(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(element.findall(f"{ATOM}{name}")) == 1, name  # 4.1.1 and 4.1.2: exactly one
    assert feed.findtext(f"{ATOM}author/{ATOM}name"), "for all entries, which have none (4.1.1)"
    for entry in feed.iter(f"{ATOM}entry"):
        links = [link.attrib["rel"] for link in entry.iter(f"{ATOM}link")]
        assert links.count("alternate") == 1, "4.1.2: not two of one type; with content none is needed"
        assert all(category.attrib["term"] for category in entry.iter(f"{ATOM}category"))


def test_an_entry_leads_to_its_record_and_names_its_sources(written: bytes) -> None:
    feed = feedparser.parse(io.BytesIO(written))
    (entry,) = [each for each in feed.entries if each.link == f"{PAGE}#{MEETING}"]
    assert {(tag.scheme, tag.term) for tag in entry.tags} >= {
        ("urn:dipwatch:kind", "meeting"),
        ("urn:dipwatch:actor", "rustem-umerov"),
        ("urn:dipwatch:severity", "high"),
    }
    assert [link.href for link in entry.links if link.rel == "via"]
    assert "Envoys met." in entry.content[0].value


def test_without_a_page_an_entry_leads_to_its_first_source(told: Connection, book: NameBook) -> None:
    feed = feedparser.parse(io.BytesIO(atom(cards(told, SCOPE, book), (SUBJECT,), NOW)))
    assert all(entry.link.startswith("https://") and "desk.example" not in entry.link for entry in feed.entries)


def test_a_hostile_headline_is_text_in_a_feed(written: bytes) -> None:
    feed = ET.fromstring(written)  # noqa: S314 (our own text)
    uuid = stable_uuid("development", HOSTILE).urn
    (entry,) = [each for each in feed.iter(f"{ATOM}entry") if each.findtext(f"{ATOM}id") == uuid]
    content = entry.findtext(f"{ATOM}content") or ""
    assert "&lt;script&gt;" in content
    assert "<script" not in content
    assert not {"\u202e", "\u200b"} & set(written.decode())


def test_an_empty_feed_is_a_feed() -> None:
    feed = feedparser.parse(io.BytesIO(atom([], (SUBJECT,), NOW)))
    assert (feed.bozo, feed.entries, feed.feed.updated) == (False, [], "2026-03-10T12:00:00Z")


def events(written: bytes) -> dict[str, Any]:
    """Return the events of a calendar by their UIDs, as another library reads them."""
    return {event.uid.value: event for event in getattr(vobject.readOne(written.decode()), "vevent_list", [])}


def event_of(written: bytes, development: str) -> Any:  # noqa: ANN401 (vobject has no types)
    return events(written)[str(stable_uuid("development", development))]


def exported(connection: Connection, book: NameBook, asked: HistoryFilter = ASKED) -> bytes:
    return calendar(meetings(connection, asked, book), (SUBJECT,), PAGE)


def test_vobject_reads_the_calendar_and_finds_each_announced_meeting(told: Connection, book: NameBook) -> None:
    event = event_of(exported(told, book), AHEAD)
    assert (event.dtstart.value, event.dtend.value) == (date(2026, 3, 20), date(2026, 3, 21))
    assert (event.status.value, event.sequence.value, event.location.value) == ("TENTATIVE", "0", "Istanbul")
    assert event.url.value == f"{PAGE}#{AHEAD}"
    assert event.dtstamp.value.tzinfo is not None


def test_what_has_no_day_stands_in_no_calendar(told: Connection, book: NameBook) -> None:
    assert str(stable_uuid("development", UNDATED)) not in events(exported(told, book))


def test_what_was_put_off_without_a_new_day_is_struck_out(told: Connection, book: NameBook) -> None:
    event = event_of(exported(told, book), POSTPONED)
    assert (event.status.value, event.sequence.value, event.dtstart.value) == ("CANCELLED", "1", date(2026, 3, 30))


def test_what_was_announced_and_held_is_confirmed(told: Connection, book: NameBook) -> None:
    event = event_of(exported(told, book), MEETING)
    assert event.status.value == "CONFIRMED"
    assert int(event.sequence.value) >= 1


@pytest.mark.parametrize(
    ("status", "day", "state", "first"),
    [
        (Status.POSTPONED, date(2026, 4, 2), "TENTATIVE", date(2026, 4, 2)),
        (Status.CANCELLED, None, "CANCELLED", date(2026, 3, 25)),
        (Status.DENIED, None, "CANCELLED", date(2026, 3, 25)),
        (Status.HAPPENED, None, "CONFIRMED", date(2026, 3, 25)),
        (Status.PLANNED, date(2026, 3, 26), "TENTATIVE", date(2026, 3, 26)),
    ],
)
def test_a_meeting_keeps_its_uid_and_raises_its_sequence_when_something_becomes_of_it(
    store: Store, book: NameBook, *, status: Status, day: date | None, state: str, first: date
) -> None:
    logged.fill(store)
    meeting = "mete2aaaaa"
    _one(store, 20, "bosphorus-wire", "Umerov and Lavrov to meet on the 25th", _planned(meeting, date(2026, 3, 25)))
    with store.connect() as connection:
        before = event_of(exported(connection, book), meeting)

    def decide(items: Sequence[Item]) -> list[Change]:
        read = logged.claim(Kind.MEETING, items[0].title, Part("sergei-lavrov", Role.SOURCE), status=status)
        read = replace(read, when=When(day, day) if day else None)
        return [logged._change(meeting, items[0], read, type=ChangeType.UPDATE)]

    _one(store, 19, "bosphorus-wire", "There is news of the 25th", decide)
    with store.connect() as connection:
        after = event_of(exported(connection, book), meeting)
    assert (before.uid.value, before.sequence.value) == (after.uid.value, "0")
    assert (after.status.value, after.sequence.value, after.dtstart.value) == (state, "1", first)
    assert after.dtstamp.value > before.dtstamp.value


def test_a_period_bounds_the_days_of_the_meetings(told: Connection, book: NameBook) -> None:
    since = NOW.replace(hour=0)
    found = meetings(told, replace(ASKED, since=since, until=since + timedelta(days=11)), book)
    ids = [meeting.development.id for meeting in found]
    assert AHEAD in ids
    assert OVERDUE not in ids
    assert POSTPONED not in ids


def test_lines_are_folded_and_ended_as_rfc_5545_says(told: Connection, book: NameBook) -> None:
    view = meetings(told, ASKED, book)[0]
    long = "Ї" * 200 + "; a, b\\c\nBEGIN:VEVENT"
    hostile = MeetingView(
        replace(view.development, title=long), view.first_day, view.last_day, view.state, view.sequence
    )
    written = calendar([hostile], (SUBJECT,))
    assert written.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in written.replace(b"\r\n", b"")
    assert max(len(line) for line in written.split(b"\r\n")) <= 75, "3.1: octets, without the line break"
    for line in written.split(b"\r\n"):
        line.decode()  # no letter is cut in two
    (event,) = events(written).values()
    assert event.summary.value == long.replace("\n", " ")
    assert written.count(b"\r\nBEGIN:VEVENT\r\n") == 1


def test_every_event_has_what_rfc_5545_requires(told: Connection, book: NameBook) -> None:
    whole = vobject.readOne(exported(told, book).decode())
    whole.validate(raiseException=True)
    assert (whole.version.value, whole.prodid.value[:11]) == ("2.0", "-//dipwatch")
    for event in whole.vevent_list:
        for name in ("uid", "dtstamp", "dtstart", "sequence", "status"):
            assert len(event.contents[name]) == 1, name


def test_an_empty_calendar_is_a_calendar() -> None:
    assert events(calendar([], (SUBJECT,))) == {}


def test_ids_are_the_same_on_every_host_and_differ_by_sort() -> None:
    assert str(stable_uuid("development", "abc")) == str(stable_uuid("development", "abc"))
    assert stable_uuid("development", "abc") != stable_uuid("feed", "abc")
    assert stable_uuid("development", "abc").version == 5


def test_times_are_those_of_the_log(told: Connection, book: NameBook) -> None:
    (meeting,) = [each for each in meetings(told, ASKED, book) if each.development.id == AHEAD]
    event = event_of(exported(told, book), AHEAD)
    assert event.created.value == meeting.development.opened_at.replace(microsecond=0).astimezone(UTC)
