"""A webhook receiver on loopback."""

from __future__ import annotations

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Inbox:
    """A webhook receiver on loopback that keeps what it is sent."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        inbox = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                inbox.messages.append(json.loads(body))
                self.send_response(200)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the standard library's name)
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"json://127.0.0.1:{self._server.server_address[1]}/"

    def references(self) -> list[str]:
        """Return the reference of each message, repetitions included."""
        return [key for message in self.messages for key in re.findall(r'"key": ?"(\w+)"', _unescaped(message))]

    def holds(self, word: str) -> bool:
        """Tell whether a message speaks of something."""
        return any(word in json.dumps(message, ensure_ascii=False) for message in self.messages)


def _unescaped(message: dict[str, Any]) -> str:
    """Return a message's text; a JSON body within it counts as text of its own."""
    return json.dumps(message, ensure_ascii=False).replace('\\"', '"')
