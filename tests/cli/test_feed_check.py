from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from tests.cli.conftest import Run
from tests.cli.valid import validated

FEED = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>Wire</title><link>https://wire.example/</link>
<item><title>Envoys leave for Istanbul</title><link>https://wire.example/1</link><guid>1</guid></item>
</channel></rss>"""


class _Publisher(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/rss" else 404)
        self.end_headers()
        self.wfile.write(FEED if self.path == "/rss" else b"")

    def log_message(self, *arguments: object) -> None:
        """Say nothing among the test's output."""


@pytest.fixture
def publisher() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Publisher)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def listed(home: Path, address: str) -> None:
    """List one feed in a subject of its own."""
    folder = home / "own" / "talks"
    folder.mkdir(parents=True)
    (folder / "feeds.toml").write_text(
        f'[[feed]]\nid = "wire"\nurl = "{address}"\nsource = "Wire"\nkind = "wire"\n', encoding="utf-8"
    )


ALLOWED = ("--set", "subjects_dir=own", "--set", 'polling.allow_networks=["127.0.0.0/8"]')


def test_a_feed_is_fetched_and_shown_and_nothing_is_stored(run: Run, home: Path, publisher: str) -> None:
    listed(home, f"{publisher}/rss")
    result = run(*ALLOWED, "feeds", "check", "wire", "--format", "json")
    assert result.exit_code == 0, result.stderr
    (entry,) = validated("feeds-check", result.stdout)
    assert (entry["title"], entry["link"]) == ("Envoys leave for Istanbul", "https://wire.example/1")
    assert not (home / "dipwatch.db").exists()


def test_a_feed_that_fails_is_one_line_with_its_named_reason(run: Run, home: Path, publisher: str) -> None:
    listed(home, f"{publisher}/nothing")
    result = run(*ALLOWED, "feeds", "check", "wire")
    assert result.exit_code == 1
    assert result.stderr.startswith("dipwatch: not_found: ")
    assert len(result.stderr.splitlines()) == 1


def test_an_address_of_this_machine_is_refused_unless_it_is_allowed(run: Run, home: Path, publisher: str) -> None:
    listed(home, f"{publisher}/rss")
    result = run("--set", "subjects_dir=own", "feeds", "check", "wire")
    assert result.exit_code == 1
    assert "blocked_address" in result.stderr
