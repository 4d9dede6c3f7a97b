"""Feeds over a daemon's life: added and turned off while it runs, broken and mended, told of once."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from tests.acceptance.driver import Installation
from tests.acceptance.faults import SOUND


class Publisher(ThreadingHTTPServer):
    """A site with a feed, which it serves only while it is ``well``."""

    well = True

    @property
    def site(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"


class _Answers(BaseHTTPRequestHandler):
    server: Publisher

    def do_GET(self) -> None:
        page = b'<html><head><link rel="alternate" type="application/rss+xml" href="/feed"></head></html>'
        self.send_response(200 if self.server.well else 500)
        self.end_headers()
        self.wfile.write(SOUND if self.path == "/feed" else page)

    def log_message(self, *arguments: object) -> None:
        """Say nothing among the test's output."""


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with Publisher(("127.0.0.1", 0), _Answers) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def reload(site: Installation) -> None:
    assert site.daemon
    times = site.log.count('"reloaded"')
    os.kill(site.daemon.pid, signal.SIGHUP)
    site.wait(lambda: site.log.count('"reloaded"') > times)


def events(site: Installation) -> list[str]:
    return [str(event) for (event,) in site.query("SELECT event FROM feed_events WHERE feed_id = 'frail' ORDER BY id")]


def streak(site: Installation) -> int:
    ((count,),) = site.query("SELECT error_streak FROM feeds WHERE id = 'frail'")
    return int(str(count))


def test_a_feed_is_added_and_turned_off_while_the_daemon_runs(site: Installation, publisher: Publisher) -> None:
    site.start()
    added = site.run("feeds", "add", publisher.site, "--id", "late", "--kind", "wire")
    assert added.returncode == 0, added.stderr
    assert "on reload" in added.stdout
    reload(site)
    site.wait(lambda: site.query("SELECT count(*) FROM items WHERE feed_id = 'late'") == [(2,)])
    assert site.run("feeds", "disable", "late").returncode == 0
    reload(site)
    assert site.query("SELECT enabled FROM feeds WHERE id = 'late'") == [(0,)]
    assert site.run("feeds", "remove", "late").returncode == 0
    assert site.terminate() == 0


def test_a_feed_that_breaks_and_recovers_is_told_once_each_across_restarts(
    site: Installation, publisher: Publisher
) -> None:
    site.extra = ["--set", "polling.broken_after=1s"]
    assert site.run("feeds", "add", publisher.site, "--id", "frail").returncode == 0
    publisher.well = False
    site.start()
    site.wait(lambda: "broken" in events(site))
    told = streak(site)
    site.kill()
    site.start()
    site.wait(lambda: streak(site) > told)
    assert events(site) == ["broken"]
    shown = json.loads(site.run("feeds", "show", "frail", "--format", "json").stdout)
    assert (shown["health"], [event["event"] for event in shown["events"]]) == ("failing", ["broken"])
    publisher.well = True
    site.wait(lambda: "recovered" in events(site))
    assert events(site) == ["broken", "recovered"]
    assert site.terminate() == 0
