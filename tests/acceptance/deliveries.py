"""A daemon that is killed while it delivers to five receivers, and the count of what they got."""

from __future__ import annotations

import random
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.acceptance.driver import Installation
from tests.alerts.samples import a_change
from tests.alerts.stocked import alert_to, stock

from dipwatch.demo.show import DATABASE
from dipwatch.store.store import Store

SOUND = ("north-desk", "south-desk", "archive")
HUNG, FLAKY = "hung", "flaky"
RECEIVERS = (*SOUND, HUNG, FLAKY)
_ALERTS = """[alerts]
timeout = "1s"
retry_first = "1s"
retry_longest = "5s"
retry_until = "5200w"
operator = []
route = {{ receiver = "archive" }}
receivers = [{receivers}]
"""


@dataclass
class Desk:
    """A receiver: counts the keys that reached it. A hung one takes the message and never says so."""

    name: str
    seed: int
    taken: Counter[str] = field(default_factory=Counter)
    released: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)
    port: int = 0

    def __post_init__(self) -> None:
        self.chance = random.Random(f"{self.seed}{self.name}")

    def take(self, key: str) -> int:
        """Return the status to answer with; 0 for no answer."""
        with self.lock:
            if self.name == FLAKY and self.chance.random() < 0.5:
                return 500
            self.taken[key] += 1
            return 0 if self.name == HUNG and not self.released.is_set() else 200

    @property
    def repeated(self) -> int:
        return sum(self.taken.values()) - len(self.taken)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    desk: Desk


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status = self.server.desk.take(str(self.headers["Idempotency-Key"]))
        if not status:
            self.server.desk.released.wait(5)
            self.close_connection = True
            return
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_args: object) -> None:
        pass


@contextmanager
def desks(seed: int) -> Iterator[dict[str, Desk]]:
    """Serve all receivers on ports of the system's choice."""
    servers = []
    for name in RECEIVERS:
        server = _Server(("127.0.0.1", 0), _Handler)
        server.desk = Desk(name, seed, port=server.server_address[1])
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        servers.append(server)
    try:
        yield {server.desk.name: server.desk for server in servers}
    finally:
        for server in servers:
            server.desk.released.set()
            server.shutdown()
            server.server_close()


def prepare(site: Installation, receivers: dict[str, Desk], alerts: int) -> None:
    """Point the configuration to the receivers and fill the outbox: each alert goes to each of them."""
    told = ", ".join(
        f'{{ name = "{desk.name}", url = "json://127.0.0.1:{desk.port}/", limits = [] }}' for desk in receivers.values()
    )
    text = site.config.read_text(encoding="utf-8")
    site.config.write_text(text.replace("[alerts]\n", _ALERTS.format(receivers=told)), encoding="utf-8")
    changes = [a_change(development=f"dev-{n}", title=f"Alert number {n}", item=None) for n in range(alerts)]
    entries = [alert_to(name, n, group_key=f"dev-{n}") for n in range(alerts) for name in RECEIVERS]
    store = Store.open(f"sqlite:///{site.folder / DATABASE}", upgrade=True)
    stock(store, changes, entries)
    store.close()


def kill_at_random(site: Installation, kills: int, chance: random.Random, longest: float) -> None:
    """Start the daemon and kill it at a random instant, again and again; in the end it runs."""
    for _ in range(kills):
        site.start()
        time.sleep(chance.uniform(0.05, longest))
        site.kill()
    site.start()


def settled(site: Installation, patience: float) -> bool:
    """Wait until nothing is left to deliver; tells whether that came about."""
    return _until(
        lambda: site.query("SELECT count(*) FROM outbox WHERE state IN ('waiting', 'sending')") == [(0,)], patience
    )


def _until(true: Callable[[], bool], patience: float) -> bool:
    ends = time.monotonic() + patience
    while not true():
        if time.monotonic() > ends:
            return False
        time.sleep(0.2)
    return True


@dataclass(frozen=True)
class Account:
    """What became of the messages to one receiver."""

    receiver: str
    keys: frozenset[str]
    dead: int
    outcomes: Counter[str]


def accounts(site: Installation) -> dict[str, Account]:
    """Read from the database what was to be sent and what was recorded of each attempt."""
    with closing(sqlite3.connect(site.folder / DATABASE)) as connection:
        keys: dict[str, set[str]] = {name: set() for name in RECEIVERS}
        dead: Counter[str] = Counter()
        for receiver, key, state in connection.execute("SELECT receiver, message_key, state FROM outbox"):
            keys[receiver].add(key)
            dead[receiver] += state != "sent"
        outcomes: dict[str, Counter[str]] = {name: Counter() for name in RECEIVERS}
        query = "SELECT receiver, outcome, count(*) FROM deliveries GROUP BY receiver, outcome"
        for receiver, outcome, number in connection.execute(query):
            outcomes[receiver][outcome] = number
    return {name: Account(name, frozenset(keys[name]), dead[name], outcomes[name]) for name in RECEIVERS}
