"""The process that parses: ``python -m dipwatch.daemon.parser_worker FD MODULE``, started by ``ParserPool``.

A program of its own rather than a fork or a spawned copy of the daemon: it inherits no lock, no connection, and runs no
line of whatever script started the daemon.
"""

from __future__ import annotations

import resource
import sys
from collections.abc import Callable
from importlib import import_module
from multiprocessing.connection import Connection
from typing import Any

from dipwatch.feeds.parsed import ParsedFeed

MOST_MEMORY = 2 * 1024**3
"""Bytes of address space it may take; 60 MB of items would cost feedparser 1.7 GB."""


def serve(channel: Connection[Any, Any], parse: Callable[..., ParsedFeed]) -> None:
    """Parse one document after the other until the daemon hangs up."""
    channel.send("ready")
    while True:
        try:
            body, content_type, url, limits = channel.recv()
        except (EOFError, OSError):
            return
        try:
            answer: ParsedFeed | str = parse(body, content_type=content_type, url=url, limits=limits)
        except Exception as error:  # noqa: BLE001 (the edge of the worker: its answer names what the document did)
            answer = f"{type(error).__name__} while reading it"
        channel.send(answer)


def main() -> None:
    """Serve at the descriptor that the first argument names, with ``parse_feed`` of the module that is the second."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    descriptor, module = sys.argv[1:]
    with Connection(int(descriptor)) as channel:
        serve(channel, import_module(module).parse_feed)


if __name__ == "__main__":
    main()
