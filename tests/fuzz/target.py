"""What is fuzzed: a document on its way from bytes to the entries that are stored, and what must hold of them."""

from __future__ import annotations

import pickle
import random
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from tests.fuzz.corpus import DOCUMENTS, WORDS

from dipwatch.feeds.clean import SUMMARY_LENGTH, TITLE_LENGTH
from dipwatch.feeds.dates import TOLERANCE, recognise_shift
from dipwatch.feeds.entries import Entry, to_entries
from dipwatch.feeds.learning import known_shift, learn
from dipwatch.feeds.memory import FeedMemory
from dipwatch.feeds.outcome import Outcome
from dipwatch.feeds.parse import parse_feed

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
URL = "https://paper.example/rss.xml"
READ = frozenset({Outcome.OK, Outcome.TRUNCATED, Outcome.NOT_A_FEED, Outcome.EMPTY, Outcome.PARSE_FAILED})
_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_MARK = re.compile("[0-9a-f]{32}")
_COPIES = 30


def entries_of(body: bytes, content_type: str) -> tuple[Entry, ...]:
    """Return the entries of a document, as a poll would; every rule about them is asserted on the way."""
    parsed = parse_feed(body, content_type=content_type, url=URL)
    assert parsed.outcome in READ
    assert pickle.loads(pickle.dumps(parsed)) == parsed  # noqa: S301 (our own)
    assert all(value >= 0 for value in parsed.hints.values())
    shift = recognise_shift((raw.published for raw in parsed.entries if raw.published), NOW, known_shift({}))
    entries = to_entries(parsed, url=URL, language=None, now=NOW, shift=shift)
    for entry in entries:
        _check(entry)
    assert len({entry.guid_hash for entry in entries}) == len(entries)
    assert entries == to_entries(parsed, url=URL, language=None, now=NOW, shift=shift)
    once, _ = learn(FeedMemory(url=URL), parsed, entries, shift, NOW)
    again, events = learn(once, parsed, entries, shift, NOW + timedelta(hours=1))
    assert events == ()
    assert again.window == once.window
    return entries


def _check(entry: Entry) -> None:
    assert entry.title or entry.summary
    assert len(entry.title) <= TITLE_LENGTH
    assert len(entry.summary) <= SUMMARY_LENGTH
    for text in (entry.title, entry.summary):
        assert not _UNFIT.search(text)
        assert text == text.strip()
    assert not entry.link or urlsplit(entry.link).scheme in {"http", "https"}
    assert not entry.link_key or entry.link_key.startswith("https://")
    assert _MARK.fullmatch(entry.guid_hash)
    assert _MARK.fullmatch(entry.content_hash)
    assert entry.published_at is None or (
        entry.published_at.tzinfo is not None and entry.published_at <= NOW + TOLERANCE
    )
    assert entry.published_at is not None or entry.date_note
    assert entry.language is None or re.fullmatch("[a-z]{2,3}", entry.language)


def mutated(rng: random.Random) -> bytes:
    """Return a document of the corpus after a few changes: bytes, words, pieces dropped, repeated, crossed over."""
    body = rng.choice(DOCUMENTS)
    for _ in range(rng.randint(1, 8)):
        body = rng.choice(_CHANGES)(body, rng)
    return body


def _piece(body: bytes, rng: random.Random) -> tuple[int, int]:
    start = rng.randrange(len(body) + 1)
    return start, min(len(body), start + int(rng.expovariate(1 / 40)))


def _drop(body: bytes, rng: random.Random) -> bytes:
    start, end = _piece(body, rng)
    return body[:start] + body[end:]


def _cut(body: bytes, rng: random.Random) -> bytes:
    return body[: rng.randrange(len(body) + 1)]


def _flip(body: bytes, rng: random.Random) -> bytes:
    changed = bytearray(body)
    for _ in range(min(len(body), rng.randint(1, 10))):
        changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def _insert(body: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(body) + 1)
    return body[:at] + rng.choice(WORDS) * rng.choice((1, 1, 1, 3, 200)) + body[at:]


def _repeat(body: bytes, rng: random.Random) -> bytes:
    start, end = _piece(body, rng)
    return body[:end] + body[start:end] * rng.randint(1, _COPIES) + body[end:]


def _cross(body: bytes, rng: random.Random) -> bytes:
    other = rng.choice(DOCUMENTS)
    return body[: rng.randrange(len(body) + 1)] + other[rng.randrange(len(other)) :]


_CHANGES = (_drop, _cut, _flip, _insert, _repeat, _cross)
