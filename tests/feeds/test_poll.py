from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.feeds.samples import NOW, item, numbered, rss

from dipwatch.feeds.events import FeedEventName
from dipwatch.feeds.feed import Feed
from dipwatch.feeds.fetch import HttpFetcher
from dipwatch.feeds.memory import FeedMemory
from dipwatch.feeds.outcome import Outcome
from dipwatch.feeds.parsed import ParsedFeed
from dipwatch.feeds.poll import Parse, PollOutcome, parse_here, poll_feed
from dipwatch.feeds.request import FetchRequest, FetchResult
from dipwatch.model import SourceKind
from dipwatch.settings import Polling
from dipwatch.store.schema import feed_table

FEED = Feed("paper", "https://paper.example/rss.xml", "Paper", SourceKind.INDEPENDENT, language="en")
MEMORY = FeedMemory.fresh(FEED)
SETTINGS = Polling()


@dataclass
class FakeFetcher:
    """Answers with what it is given, and remembers what it was asked."""

    results: list[FetchResult]
    asked: list[FetchRequest] = field(default_factory=list)

    async def fetch(self, request: FetchRequest) -> FetchResult:
        self.asked.append(request)
        return self.results.pop(0)


def answer(body: bytes = b"", outcome: Outcome = Outcome.OK, **more: object) -> FetchResult:
    return replace(FetchResult(outcome, FEED.url, status=200, body=body), **more)  # type: ignore[arg-type] # by name


def poll(
    *results: FetchResult, memory: FeedMemory = MEMORY, feed: Feed = FEED, parse: Parse = parse_here
) -> PollOutcome:
    """Poll once for each result, an hour apart, and return the last outcome."""
    fetcher = FakeFetcher(list(results))
    for number in range(len(results)):
        now = NOW + number * timedelta(hours=1)
        polled = asyncio.run(poll_feed(feed, memory, fetcher, now, SETTINGS, rng=random.Random(1), parse=parse))
        memory = after(polled, memory)
    return polled


def after(polled: PollOutcome, memory: FeedMemory = MEMORY) -> FeedMemory:
    known = {name: value for name, value in polled.state.items() if name != "next_poll_at"}
    return replace(memory, **known)


def events(polled: PollOutcome) -> list[FeedEventName]:
    return [event.event for event in polled.events]


FAILURE = answer(outcome=Outcome.SERVER_ERROR, status=500, detail="HTTP 500")


def test_a_poll_gives_entries_and_what_to_remember() -> None:
    headers = {"etag": '"v1"', "last-modified": "Mon, 04 May 2026 11:00:00 GMT", "cache-control": "max-age=60"}
    polled = poll(answer(rss(numbered(3), head="<ttl>5</ttl>"), headers=headers))
    assert [entry.title for entry in polled.entries] == ["Report number 0", "Report number 1", "Report number 2"]
    assert polled.entries[0].language == "en"
    state = polled.state
    assert (state["etag"], state["last_modified"]) == ('"v1"', headers["last-modified"])
    assert (state["last_success_at"], state["last_polled_at"]) == (NOW, NOW)
    assert (state["last_outcome"], state["last_status"], state["rhythm_seconds"]) == ("ok", 200, 1800.0)
    newest = (NOW - timedelta(minutes=30)).timestamp()
    assert state["hints"] == {"ttl": 300.0, "max_age": 60.0, "newest": newest}
    assert polled.state["next_poll_at"] > NOW
    assert polled.events == ()


def test_the_state_fits_the_columns_of_the_feeds_table() -> None:
    assert set(poll(answer(rss())).state) <= set(feed_table.columns.keys())


def test_the_validators_are_sent_with_the_next_request() -> None:
    fetcher = FakeFetcher([answer(outcome=Outcome.NOT_MODIFIED)])
    memory = replace(MEMORY, etag='"v1"', last_modified="yesterday", url="https://new.example/rss")
    asyncio.run(poll_feed(FEED, memory, fetcher, NOW, SETTINGS))
    asked = fetcher.asked[0]
    assert (asked.url, asked.etag, asked.last_modified) == ("https://new.example/rss", '"v1"', "yesterday")


def test_a_304_keeps_what_is_known() -> None:
    first = poll(answer(rss(numbered(3)), headers={"etag": '"v1"', "cache-control": "max-age=60"}))
    again = poll(answer(outcome=Outcome.NOT_MODIFIED, status=304), memory=after(first))
    kept = ("etag", "body_hash", "rhythm_seconds", "hints")
    assert {name: again.state[name] for name in kept} == {name: first.state[name] for name in kept}
    assert (again.outcome, again.entries) == (Outcome.NOT_MODIFIED, ())


def test_the_same_bytes_are_not_parsed_again() -> None:
    async def never(*_: object) -> ParsedFeed:
        raise AssertionError("parsed again")

    first = poll(answer(rss(numbered(3))))
    again = poll(answer(rss(numbered(3)), headers={"etag": '"v2"'}), memory=after(first), parse=never)
    assert (again.outcome, again.entries, again.state["etag"]) == (Outcome.UNCHANGED, (), '"v2"')


def test_a_truncated_document_is_used_but_not_taken_for_the_whole() -> None:
    cut = answer(rss(numbered(10))[:-300], headers={"etag": '"v1"'})
    polled = poll(cut, memory=replace(MEMORY, etag='"v0"', hints={"newest": 0.0}))
    assert (polled.outcome, len(polled.entries) > 5, events(polled)) == (Outcome.TRUNCATED, True, [])
    assert (polled.state["etag"], polled.state["body_hash"]) == (None, None)


def test_a_feed_that_fails_for_hours_is_broken_and_told_once() -> None:
    assert events(poll(*[FAILURE] * 6)) == []
    broken = poll(*[FAILURE] * 7)
    assert events(broken) == [FeedEventName.BROKEN]
    assert "server_error: HTTP 500" in broken.events[0].detail
    assert broken.state["broken_at"] == NOW + timedelta(hours=6)
    assert events(poll(*[FAILURE] * 8)) == []


def test_a_broken_feed_recovers_with_one_success() -> None:
    polled = poll(*[FAILURE] * 8, answer(rss(numbered(1))))
    assert (events(polled), polled.state["error_streak"]) == ([FeedEventName.RECOVERED], 0)
    assert polled.state["next_poll_at"] < NOW + timedelta(hours=9)
    assert (polled.state["broken_at"], polled.state["failing_since"]) == (None, None)
    assert events(poll(*[FAILURE] * 4, answer(rss()))) == []


def test_a_document_that_is_no_feed_counts_as_a_failure() -> None:
    polled = poll(answer(b"<html>Sign in</html>"))
    assert (polled.outcome, polled.state["error_streak"], polled.detail) == (Outcome.NOT_A_FEED, 1, "an HTML page")
    assert polled.state["body_hash"] is None


def test_410_ends_a_feed_for_good() -> None:
    polled = poll(answer(outcome=Outcome.GONE, status=410))
    assert (events(polled), polled.state["gone_at"]) == ([FeedEventName.GONE], NOW)
    assert "next_poll_at" not in polled.state


MOVED = "https://new.example/rss"


def test_a_permanent_redirect_is_kept_once_it_held_for_three_polls() -> None:
    results = [answer(rss(numbered(1)), moved_to=MOVED) for _ in range(3)]
    second = poll(*results[:2])
    assert (second.state["url"], second.state["moved_to"], second.state["moved_polls"]) == (FEED.url, MOVED, 2)
    third = poll(*results)
    assert (third.state["url"], third.state["moved_to"], events(third)) == (MOVED, None, [FeedEventName.MOVED])
    assert FEED.url in third.events[0].detail


@pytest.mark.parametrize("between", [answer(rss()), answer(rss(), moved_to="https://other.example/")])
def test_a_redirect_that_wavers_is_not_kept(between: FetchResult) -> None:
    moved = answer(rss(numbered(1)), moved_to=MOVED)
    assert poll(moved, moved, between, moved).state["url"] == FEED.url


def test_a_redirect_to_something_that_is_no_feed_is_not_kept() -> None:
    assert poll(*[answer(b"<html></html>", moved_to=MOVED)] * 4).state["url"] == FEED.url


def test_when_a_kept_address_breaks_the_configured_one_is_asked_again() -> None:
    memory = replace(MEMORY, url=MOVED)
    assert poll(*[FAILURE] * 4, memory=memory).state["url"] == MOVED
    assert poll(*[FAILURE] * 5, memory=memory).state["url"] == FEED.url


def test_a_window_that_rolled_over_is_a_hole() -> None:
    first = answer(rss(numbered(3, newest=NOW - timedelta(hours=9))))
    later = answer(rss(numbered(3, newest=NOW, start=10)))
    hole = poll(first, later)
    assert events(hole) == [FeedEventName.HOLE]
    assert "2026-05-04 03:00 and 2026-05-04 11:00 UTC" in hole.events[0].detail
    assert hole.state["hole_at"] == NOW + timedelta(hours=1)
    assert events(poll(later)) == []


def test_an_entry_that_is_still_there_closes_the_hole_whatever_its_date_became() -> None:
    first = answer(rss(numbered(3, newest=NOW - timedelta(hours=9))))
    edited = answer(rss([*numbered(3, newest=NOW, start=10), numbered(1, newest=NOW - timedelta(hours=2))[0]]))
    assert events(poll(first, edited)) == []


def test_without_dates_a_full_window_of_strangers_is_a_hole() -> None:
    def undated(start: int, count: int) -> FetchResult:
        items = [item(f"Report {n}", link=f"https://paper.example/{n}", date=None) for n in range(start, start + count)]
        return answer(rss(items))

    hole = poll(undated(0, 5), undated(10, 5))
    assert events(hole) == [FeedEventName.HOLE]
    assert "since 2026-05-04 12:00 UTC" in hole.events[0].detail
    assert events(poll(undated(0, 5), undated(4, 5))) == []
    assert events(poll(undated(0, 5), undated(10, 2))) == []
    assert events(poll(undated(10, 5))) == []


def test_after_a_hole_the_feed_is_polled_sooner_for_a_day() -> None:
    memory = replace(MEMORY, hints={"ttl": 3600.0})
    usual = poll(answer(outcome=Outcome.NOT_MODIFIED), memory=memory).state["next_poll_at"]
    recent = replace(memory, hole_at=NOW - timedelta(hours=23))
    assert poll(answer(outcome=Outcome.NOT_MODIFIED), memory=recent).state["next_poll_at"] < usual
    past = replace(memory, hole_at=NOW - timedelta(hours=25))
    assert poll(answer(outcome=Outcome.NOT_MODIFIED), memory=past).state["next_poll_at"] == usual


def test_a_feed_that_is_frozen_at_200_is_told_silent_once_and_recovered_once() -> None:
    def at(days: int, body: bytes, memory: FeedMemory) -> PollOutcome:
        fetcher = FakeFetcher([answer(body)])
        return asyncio.run(poll_feed(FEED, memory, fetcher, NOW + timedelta(days=days), SETTINGS))

    frozen, fresh = rss(numbered(5)), rss([item("New", link="https://paper.example/new"), *numbered(5)])
    memory, told = MEMORY, []
    for days, body in ((0, frozen), (2, frozen), (4, frozen), (9, frozen), (10, fresh), (11, fresh)):
        polled = at(days, body, memory)
        memory = after(polled, memory)
        told += [(days, name) for name in events(polled)]
    assert told == [(4, FeedEventName.SILENT), (10, FeedEventName.RECOVERED)]


def test_a_feed_that_labels_local_time_as_gmt_is_put_right_and_stays_so() -> None:
    first = poll(answer(rss(numbered(5, newest=NOW + timedelta(hours=3)))))
    assert first.entries[0].published_at == NOW
    quiet = poll(answer(rss(numbered(2, newest=NOW - timedelta(minutes=30)))), memory=after(first))
    assert quiet.entries[0].published_at == NOW - timedelta(hours=3, minutes=30)
    assert quiet.entries[0].date_note == "local time labelled as GMT: 3 h taken off"


def test_a_lone_announcement_in_the_future_is_dated_now_and_teaches_nothing() -> None:
    polled = poll(answer(rss([item(date=NOW + timedelta(days=9)), *numbered(2, newest=NOW - timedelta(hours=1))])))
    assert polled.entries[0].published_at == NOW
    assert polled.state["hints"]["newest"] == (NOW - timedelta(hours=1)).timestamp()


def test_a_host_that_wants_silence_costs_the_feed_no_failure() -> None:
    polled = poll(answer(outcome=Outcome.HELD, retry_after=timedelta(hours=1)), memory=replace(MEMORY, error_streak=2))
    assert set(polled.state) == {"next_poll_at"}
    assert polled.state["next_poll_at"] >= NOW + timedelta(hours=1)


@pytest.mark.parametrize(
    ("outcome", "asked", "hold"),
    [
        (Outcome.TOO_MANY_REQUESTS, timedelta(hours=3), ("paper.example", NOW + timedelta(hours=3))),
        (Outcome.UNAVAILABLE, timedelta(days=9), ("paper.example", NOW + timedelta(days=1))),
        (Outcome.UNAVAILABLE, None, None),
        (Outcome.OK, timedelta(hours=3), None),
    ],
)
def test_a_host_that_asks_to_wait_is_named_with_the_time(
    outcome: Outcome, asked: timedelta | None, hold: tuple[str, datetime] | None
) -> None:
    assert poll(answer(rss(), outcome, retry_after=asked)).hold == hold


def test_a_missing_secret_is_named_and_nothing_is_asked() -> None:
    polled = poll(answer(), feed=replace(FEED, headers=(("X-Key", "env:DIPWATCH_TEST_UNSET"),)))
    assert polled.outcome is Outcome.MISCONFIGURED
    assert "DIPWATCH_TEST_UNSET" in polled.detail


@pytest.mark.parametrize(
    ("error", "outcome"), [(TimeoutError(), Outcome.PARSE_TIMEOUT), (ZeroDivisionError(), Outcome.PARSE_FAILED)]
)
def test_a_parser_that_falls_over_is_the_feeds_failure_not_the_pollers(error: Exception, outcome: Outcome) -> None:
    async def falls(*_: object) -> ParsedFeed:
        raise error

    polled = poll(answer(rss(numbered(1))), parse=falls)
    assert (polled.outcome, polled.state["error_streak"], polled.state["etag"]) == (outcome, 1, None)


def test_a_fetcher_that_falls_over_is_a_failure_with_a_name() -> None:
    polled = asyncio.run(poll_feed(FEED, MEMORY, FakeFetcher([]), NOW, SETTINGS))
    assert (polled.outcome, polled.detail) == (Outcome.FETCH_FAILED, "IndexError")


LOOPBACK = Polling(
    allow_networks=("127.0.0.0/8",),
    host_spacing=timedelta(0),
    deadline=timedelta(seconds=2),
    max_bytes=500_000,
)


@pytest.mark.parametrize(
    ("path", "outcome"),
    [
        ("/feed", Outcome.OK),
        ("/chain/3", Outcome.OK),
        ("/body/gzip", Outcome.OK),
        ("/body/html", Outcome.NOT_A_FEED),
        ("/body/empty", Outcome.EMPTY),
        ("/body/no-content", Outcome.EMPTY),
        ("/body/bomb", Outcome.TOO_LARGE),
        ("/endless", Outcome.TOO_LARGE),
        ("/half", Outcome.RESET),
        ("/drip", Outcome.TIMEOUT),
        ("/status/404", Outcome.NOT_FOUND),
        ("/status/429?Retry-After=60", Outcome.TOO_MANY_REQUESTS),
        ("/until/503", Outcome.UNAVAILABLE),
        ("/redirect/301?to=http://10.0.0.1/", Outcome.BLOCKED_ADDRESS),
        ("/redirect/301?to=file:///etc/passwd", Outcome.UNSUPPORTED_SCHEME),
    ],
)
def test_over_the_network_every_fault_ends_in_its_name(server: str, path: str, outcome: Outcome) -> None:
    async def run() -> PollOutcome:
        feed = replace(FEED, url=server + path)
        async with HttpFetcher(LOOPBACK) as fetcher:
            return await poll_feed(feed, FeedMemory.fresh(feed), fetcher, NOW, LOOPBACK)

    polled = asyncio.run(run())
    assert polled.outcome is outcome
    assert polled.state["last_outcome"] == outcome
    assert polled.state["error_streak"] == (0 if outcome.fine else 1)
    assert bool(polled.entries) is (outcome is Outcome.OK)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(Outcome), st.binary(max_size=60), st.booleans()), min_size=1, max_size=12))
def test_any_sequence_of_answers_leaves_a_sound_memory(answers: list[tuple[Outcome, bytes, bool]]) -> None:
    streak = 0
    memory = MEMORY
    for outcome, body, moved in answers:
        polled = poll(answer(body, outcome, moved_to=MOVED if moved else None), memory=memory)
        memory = after(polled, memory)
        if polled.outcome is not Outcome.HELD:
            streak = 0 if polled.outcome.fine else streak + 1
        assert memory.error_streak == streak
        assert ("next_poll_at" in polled.state) is (polled.outcome is not Outcome.GONE)
        assert memory.moved_polls < 3
