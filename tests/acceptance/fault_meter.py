"""Polls feeds and measures what each poll costs: ``python -m tests.acceptance.fault_meter NETWORK``.

Reads an address a line, and for each forks a process that fetches and parses it as the daemon does; writes a line of
JSON with the outcome, the processor time in seconds and by how many bytes the process has grown at its peak. What is
loaded anyway is loaded before the fork, so that it counts for no poll.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import sys
from datetime import UTC, datetime, timedelta

from dipwatch.feeds.feed import Feed
from dipwatch.feeds.fetch import HttpFetcher
from dipwatch.feeds.memory import FeedMemory
from dipwatch.feeds.parse import parse_feed
from dipwatch.feeds.poll import PollOutcome, poll_feed
from dipwatch.model import SourceKind
from dipwatch.settings import Polling


async def _poll(url: str, polling: Polling) -> PollOutcome:
    feed = Feed("fault", url, "Fault", SourceKind.WIRE)
    async with HttpFetcher(polling) as fetcher:
        return await poll_feed(feed, FeedMemory.fresh(feed), fetcher, datetime.now(UTC), polling)


def _measured(url: str, polling: Polling) -> dict[str, object]:
    before = resource.getrusage(resource.RUSAGE_SELF)
    polled = asyncio.run(_poll(url, polling))
    after = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "outcome": polled.outcome,
        "detail": polled.detail,
        "texts": [f"{entry.title} {entry.summary}" for entry in polled.entries],
        "cpu": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        "bytes": (after.ru_maxrss - before.ru_maxrss) * 1024,
    }


def main() -> None:
    """Measure one poll a line of the standard input."""
    polling = Polling(
        allow_networks=(sys.argv[1],),
        host_spacing=timedelta(0),
        deadline=timedelta(seconds=2),
        connect_timeout=timedelta(seconds=2),
        read_timeout=timedelta(seconds=2),
    )
    parse_feed(b"<rss><channel><item><title>x</title></item></channel></rss>")
    for line in sys.stdin:
        child = os.fork()
        if not child:
            sys.stdout.write(json.dumps(_measured(line.strip(), polling)) + "\n")
            sys.stdout.flush()
            os._exit(0)
        os.waitpid(child, 0)


if __name__ == "__main__":
    main()
