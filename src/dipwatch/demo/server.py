"""A feed server on loopback that serves one round of a newsroom at a time."""

from __future__ import annotations

import hashlib
import threading
from collections import Counter
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

from dipwatch.demo.news import DemoFeed, Newsroom, document


class FeedServer:
    """Serves the feeds of a newsroom at ``http://127.0.0.1:PORT/FEED`` while its block runs."""

    def __init__(self, newsroom: Newsroom, start: datetime | None = None) -> None:
        """``start`` is what the items' ages count back from, now by default."""
        self.newsroom = newsroom
        self.start = start or datetime.now(UTC)
        self._feeds = {feed.id: feed for feed in newsroom.feeds}
        self._round = 0
        self._served: Counter[str] = Counter()
        self._changed = threading.Condition()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def base(self) -> str:
        """The address that the feeds' paths are relative to."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        """Begin to serve."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def begin_round(self, round_: int) -> None:
        """Serve another round from now on."""
        with self._changed:
            self._round = round_
            self._served.clear()

    @property
    def served(self) -> frozenset[str]:
        """The feeds that were fetched in this round."""
        with self._changed:
            return frozenset(self._served)

    def wait_until_served(self, timeout: float) -> bool:
        """Wait until every feed that works was fetched in this round; False when ``timeout`` (seconds) ran out."""
        working = {feed.id for feed in self.newsroom.feeds if feed.format in {"rss", "atom"}}
        with self._changed:
            return self._changed.wait_for(lambda: working <= set(self._served), timeout)

    @property
    def round(self) -> int:
        """The round that is served."""
        return self._round

    def answer(self, path: str, etag: str | None) -> tuple[HTTPStatus, str, str, bytes]:
        """Return status, content type, entity tag and body for a request."""
        feed = self._feeds.get(path.strip("/"))
        if feed is None:
            return HTTPStatus.NOT_FOUND, "text/plain", "", b"no such feed"
        if feed.format == "broken":
            return HTTPStatus.INTERNAL_SERVER_ERROR, "text/plain", "", b"the database is down"
        content_type, body = self._document(feed)
        tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if tag == etag:
            return HTTPStatus.NOT_MODIFIED, content_type, tag, b""
        return HTTPStatus.OK, content_type, tag, body

    def note_served(self, path: str, round_: int) -> None:
        """Remember that a feed was answered in a round; an answer that a new round has overtaken does not count."""
        with self._changed:
            if round_ == self._round:
                self._served[path.strip("/")] += 1
                self._changed.notify_all()

    def _document(self, feed: DemoFeed) -> tuple[str, bytes]:
        items = self.newsroom.items_of(feed.id, self._round)
        return document(feed, items, self.base, self.start)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                round_ = server.round
                status, content_type, tag, body = server.answer(self.path, self.headers.get("If-None-Match"))
                self.send_response(status)
                self.send_header("Content-Type", content_type)
                self.send_header("Content-Length", str(len(body)))
                if tag:
                    self.send_header("ETag", tag)
                self.end_headers()
                self.wfile.write(body)
                server.note_served(self.path, round_)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the standard library's name)
                """Say nothing: the demo shows what the daemon says."""

        return Handler
