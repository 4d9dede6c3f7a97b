"""Documents that hang or fell a parser cost one worker and one document."""

from __future__ import annotations

import asyncio
import os
from datetime import timedelta
from pathlib import Path

import pytest
from tests.daemon.fakes import rss

from dipwatch.daemon.parsing import ParserPool
from dipwatch.feeds.outcome import Outcome
from dipwatch.feeds.parsed import ParsedFeed, ParseLimits

HOSTILE = "tests.daemon.hostile_parser"


@pytest.fixture(autouse=True)
def _workers_find_the_hostile_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    root = Path(__file__).parents[2]
    monkeypatch.setenv("PYTHONPATH", f"{root}:{os.environ.get('PYTHONPATH', '')}")


async def parsed(*bodies: bytes, parser: str = HOSTILE, workers: int = 1) -> list[ParsedFeed | BaseException]:
    async with ParserPool(workers, timedelta(seconds=1), parser=parser) as pool:
        jobs = [pool.parse(body, "application/rss+xml", "https://a.test/rss", ParseLimits()) for body in bodies]
        if workers > 1:
            return await asyncio.gather(*jobs, return_exceptions=True)
        return [(await asyncio.gather(job, return_exceptions=True))[0] for job in jobs]


def test_a_real_document_is_read_in_a_worker() -> None:
    (feed,) = asyncio.run(parsed(rss(("a", "Title one")), parser="dipwatch.feeds.parse"))
    assert isinstance(feed, ParsedFeed)
    assert [entry.title for entry in feed.entries] == ["Title one"]


def test_a_document_that_hangs_is_given_up_and_the_next_is_read() -> None:
    hung, after = asyncio.run(parsed(b"hang", b"fine"))
    assert isinstance(hung, TimeoutError)
    assert after == ParsedFeed(Outcome.OK, title="fine")


@pytest.mark.parametrize(
    ("body", "note"), [(b"die", "the process that read it died"), (b"raise", "ValueError while reading it")]
)
def test_a_document_that_fells_the_parser_is_an_outcome_and_the_next_is_read(body: bytes, note: str) -> None:
    felled, after = asyncio.run(parsed(body, b"fine"))
    assert felled == ParsedFeed(Outcome.PARSE_FAILED, notes=(note,))
    assert after == ParsedFeed(Outcome.OK, title="fine")


def test_a_hung_document_does_not_hold_up_the_other_worker() -> None:
    hung, *others = asyncio.run(parsed(b"hang", b"one", b"two", b"three", workers=2))
    assert isinstance(hung, TimeoutError)
    assert [feed.title for feed in others if isinstance(feed, ParsedFeed)] == ["one", "two", "three"]
