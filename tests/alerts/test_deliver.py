from __future__ import annotations

import io
import json
import logging
import random
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection
from tests.alerts.peers import Answer, HttpPeer, http_peer
from tests.alerts.samples import NOW, FakeNames, a_change, an_item
from tests.alerts.stocked import alert_to, stock
from tests.due import next_due

from dipwatch.alerts.apprise_sender import AppriseSender
from dipwatch.alerts.deliver import Attempt, Deliverer
from dipwatch.alerts.render import RenderedMessage, Renderer
from dipwatch.alerts.sending import ConsoleSender, Outcome, Sender, SenderByUrl, SendResult
from dipwatch.errors import StoreError, UsageError
from dipwatch.model import ChangeType
from dipwatch.settings import Alerts
from dipwatch.store import outbox
from dipwatch.store.store import Store

HOUR = timedelta(hours=1)


class FakeSender:
    """Answers in the order of its script, the last result again and again; ``hold`` keeps a URL's sends waiting."""

    def __init__(self, *script: SendResult) -> None:
        self.script: Sequence[SendResult] = script or (SendResult(Outcome.SENT),)
        self.sent: list[tuple[str, RenderedMessage]] = []
        self.hold: dict[str, threading.Event] = {}
        self.most_at_once = 0
        self._busy: list[str] = []
        self._lock = threading.Lock()

    def send(self, url: str, message: RenderedMessage, timeout: timedelta) -> SendResult:  # noqa: ARG002 (the port's signature)
        with self._lock:
            self._busy.append(url)
            self.most_at_once = max(self.most_at_once, self._busy.count(url))
        if url in self.hold:
            self.hold[url].wait(10)
        with self._lock:
            self.sent.append((url, message))
            self._busy.remove(url)
            return self.script[min(len(self.sent), len(self.script)) - 1]


@pytest.fixture
def executor() -> Iterator[Executor]:
    with ThreadPoolExecutor(4) as pool:
        yield pool


def settings(**values: object) -> Alerts:
    receivers = [{"name": name, "url": f"json://{name}.example"} for name in ("desk", "boss")]
    return Alerts.model_validate({"receivers": receivers, "route": {"receiver": "desk"}} | values)


def deliverer(
    store: Store, sender: Sender, executor: Executor, alerts: Alerts | None = None, holder: str = "me"
) -> Deliverer:
    return Deliverer(
        store,
        alerts or settings(),
        names={"ukraine": FakeNames()},
        renderer=Renderer(),
        sender=sender,
        executor=executor,
        holder=holder,
        chance=random.Random(1),
    )


def states(store: Store) -> list[tuple[str, str, int]]:
    with store.connect() as connection:
        rows = outbox.list_outbox(connection, ("waiting", "sending", "sent", "dead"))
    return sorted((row.receiver, row.state, row.attempts) for row in rows)


def due_again(store: Store) -> datetime:
    with store.connect() as connection:
        due = next_due(connection)
    assert due is not None
    return due


def test_what_is_due_is_delivered_and_recorded(store: Store, executor: Executor) -> None:
    stock(store, [a_change()], [alert_to("desk"), alert_to("boss")], [an_item()])
    sender = FakeSender(SendResult(Outcome.SENT, "HTTP 200"))
    summary = deliverer(store, sender, executor).deliver_due(NOW)
    assert summary.count(Outcome.SENT) == 2
    assert summary.busy == ()
    assert sorted(url for url, _ in sender.sent) == ["json://boss.example", "json://desk.example"]
    assert "Ukraine and Russia to meet in Ankara" in sender.sent[0][1].text
    assert "1 source (1 wire)" in sender.sent[0][1].text
    assert states(store) == [("boss", "sent", 1), ("desk", "sent", 1)]
    with store.connect() as connection:
        (delivery,) = outbox.deliveries(connection, sender.sent[0][1].key)
    assert (delivery.outcome, delivery.detail, delivery.attempt) == ("sent", "HTTP 200", 1)


def test_what_is_not_due_waits(store: Store, executor: Executor) -> None:
    stock(store, [a_change()], [alert_to("desk", next_attempt_at=NOW + HOUR)], [an_item()])
    sender = FakeSender()
    delivery = deliverer(store, sender, executor)
    assert delivery.deliver_due(NOW).attempts == ()
    assert len(delivery.deliver_due(NOW + HOUR).attempts) == 1


def test_changes_of_a_group_that_are_due_together_become_one_message(store: Store, executor: Executor) -> None:
    update = a_change(type=ChangeType.UPDATE, title="The meeting moves to Friday")
    stock(store, [a_change(), update], [alert_to("desk"), alert_to("desk", 1)], [an_item()])
    sender = FakeSender()
    deliverer(store, sender, executor).deliver_due(NOW)
    ((_, message),) = sender.sent
    assert message.subject == "NEW Meeting planned: The meeting moves to Friday"


def test_messages_without_a_change_are_built_from_their_body(store: Store, executor: Executor) -> None:
    body = {"subject": "3 feeds are silent", "lines": ["Nothing came from wire, desk, blog for 2 days."]}
    stock(store, [], [alert_to("desk", None, purpose="operator", group_key="operator", body=body)])
    sender = FakeSender()
    deliverer(store, sender, executor).deliver_due(NOW)
    ((_, message),) = sender.sent
    assert message.subject == "OPERATOR 3 feeds are silent"
    assert "Nothing came from wire" in message.chat


def test_a_failure_is_tried_again_later_under_the_same_key(store: Store, executor: Executor) -> None:
    stock(store, [a_change()], [alert_to("desk")], [an_item()])
    sender = FakeSender(SendResult(Outcome.FAILED, "HTTP 500"), SendResult(Outcome.SENT))
    delivery = deliverer(store, sender, executor)
    assert delivery.deliver_due(NOW).count(Outcome.FAILED) == 1
    assert states(store) == [("desk", "waiting", 1)]
    again = due_again(store)
    assert NOW + timedelta(seconds=30) <= again <= NOW + timedelta(seconds=61)
    assert delivery.deliver_due(NOW + timedelta(seconds=29)).attempts == ()
    assert delivery.deliver_due(again).count(Outcome.SENT) == 1
    assert sender.sent[0][1].key == sender.sent[1][1].key
    assert states(store) == [("desk", "sent", 2)]


def test_a_receiver_is_left_alone_as_long_as_it_asked(store: Store, executor: Executor) -> None:
    stock(store, [a_change()], [alert_to("desk")], [an_item()])
    sender = FakeSender(SendResult(Outcome.FAILED, "HTTP 429", retry_after=HOUR))
    deliverer(store, sender, executor).deliver_due(NOW)
    assert due_again(store) >= NOW + HOUR


def test_a_permanent_refusal_is_dead_at_once(
    store: Store, executor: Executor, caplog: pytest.LogCaptureFixture
) -> None:
    stock(store, [a_change()], [alert_to("desk")], [an_item()])
    sender = FakeSender(SendResult(Outcome.REFUSED, "HTTP 404", permanent=True))
    (attempt,) = deliverer(store, sender, executor).deliver_due(NOW).attempts
    assert attempt.dead
    assert states(store) == [("desk", "dead", 1)]
    assert "given up" in caplog.text


def test_what_fails_for_too_long_dies_after_one_last_attempt(store: Store, executor: Executor) -> None:
    stock(store, [a_change()], [alert_to("desk")], [an_item()])
    sender = FakeSender(SendResult(Outcome.FAILED))
    delivery = deliverer(store, sender, executor, settings(retry_until="10m"))
    attempts = 0
    now = NOW
    while states(store)[0][1] == "waiting":
        now = due_again(store)
        attempts += len(delivery.deliver_due(now).attempts)
        assert attempts < 20
    assert NOW + timedelta(minutes=10) <= now < NOW + timedelta(minutes=11)
    assert len(sender.sent) == attempts >= 4


def test_a_crash_after_sending_repeats_one_message_under_its_key(store: Store, executor: Executor) -> None:
    stock(store, [a_change()], [alert_to("desk")], [an_item()])
    with store.begin() as connection:
        claimed = outbox.claim_group(connection, NOW, "the crashed one", NOW + timedelta(minutes=2))
    assert claimed is not None  # it was sent, and its process died before it was recorded
    sender = FakeSender()
    delivery = deliverer(store, sender, executor, holder="the next one")
    assert delivery.deliver_due(NOW + timedelta(minutes=1)).attempts == ()
    delivery.deliver_due(NOW + timedelta(minutes=2))
    delivery.deliver_due(NOW + timedelta(minutes=9))
    assert [message.key for _, message in sender.sent] == [claimed.key]
    with store.connect() as connection:
        assert [done.outcome for done in outbox.deliveries(connection, claimed.key)] == ["interrupted", "sent"]


def test_a_slow_receiver_delays_no_other_and_has_one_message_in_flight(store: Store, executor: Executor) -> None:
    changes = [a_change(development=f"dev-{n}") for n in range(3)]
    entries = [alert_to(name, n, group_key=f"dev-{n}") for n in range(3) for name in ("desk", "boss")]
    stock(store, changes, entries, [an_item()])
    sender = FakeSender()
    sender.hold["json://desk.example"] = threading.Event()
    delivery = deliverer(store, sender, executor)
    seen: list[Attempt] = []
    for _ in range(200):
        summary = delivery.deliver_due(NOW, patience=timedelta(milliseconds=50))
        assert "desk" in summary.busy
        seen += summary.attempts
        if len(seen) == 3:
            break
    assert [attempt.receiver for attempt in seen] == ["boss"] * 3
    sender.hold["json://desk.example"].set()
    assert [attempt.receiver for attempt in delivery.deliver_due(NOW).attempts] == ["desk"] * 3
    assert sender.most_at_once == 1


def test_messages_for_a_receiver_that_is_gone_are_dead_and_named(store: Store, executor: Executor) -> None:
    stock(store, [a_change()], [alert_to("former")], [an_item()])
    (attempt,) = deliverer(store, FakeSender(), executor).deliver_due(NOW).attempts
    assert (attempt.dead, attempt.result.outcome) == (True, Outcome.REFUSED)
    assert "configured" in attempt.result.detail


def test_a_secret_that_is_missing_is_a_failure_that_names_its_reference(
    store: Store, executor: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DESK_URL", raising=False)
    alerts = settings(receivers=[{"name": "desk", "url": "env:DESK_URL"}])
    stock(store, [a_change()], [alert_to("desk")], [an_item()])
    sender = FakeSender()
    delivery = deliverer(store, sender, executor, alerts)
    (attempt,) = delivery.deliver_due(NOW).attempts
    assert (attempt.result.outcome, attempt.dead) == (Outcome.FAILED, False)
    assert "env:DESK_URL" in attempt.result.detail
    monkeypatch.setenv("DESK_URL", "json://desk.example")
    delivery.deliver_due(due_again(store))
    assert [url for url, _ in sender.sent] == ["json://desk.example"]


class PoisonSender(FakeSender):
    """Breaks at one development."""

    def send(self, url: str, message: RenderedMessage, timeout: timedelta) -> SendResult:
        if message.thread == "dev-0":
            raise ZeroDivisionError
        return super().send(url, message, timeout)


def test_a_message_that_breaks_the_program_does_not_stop_those_behind_it(
    store: Store, executor: Executor, caplog: pytest.LogCaptureFixture
) -> None:
    changes = [a_change(development=f"dev-{n}") for n in range(3)]
    stock(store, changes, [alert_to("desk", n, group_key=f"dev-{n}") for n in range(3)], [an_item()])
    sender = PoisonSender()
    with caplog.at_level(logging.ERROR):
        summary = deliverer(store, sender, executor).deliver_due(NOW)
    assert summary.count(Outcome.SENT) == 2
    assert summary.count(Outcome.FAILED) == 1
    assert "ZeroDivisionError" in caplog.text


def test_the_console_shows_messages_under_a_rule(store: Store, executor: Executor) -> None:
    stream = io.StringIO()
    alerts = Alerts()
    stock(store, [a_change()], [alert_to("console")], [an_item()])
    sender = SenderByUrl(ConsoleSender(stream), FakeSender())
    deliverer(store, sender, executor, alerts).deliver_due(NOW)
    lines = stream.getvalue().splitlines()
    assert lines[1] == "━" * 100
    assert lines[2].startswith("NEW · Meeting planned")


def test_a_console_that_is_closed_is_a_failure_to_be_tried_again() -> None:
    stream = io.StringIO()
    stream.close()
    message = RenderedMessage(key="k", subject="s", text="t", chat="c", markdown="m", html="h", json="{}")
    result = ConsoleSender(stream).send("console:", message, HOUR)
    assert (result.outcome, result.permanent) == (Outcome.FAILED, False)


def test_a_console_without_unicode_still_shows_the_message() -> None:
    raw = io.BytesIO()
    message = RenderedMessage(key="k", subject="s", text="“Київ”", chat="c", markdown="m", html="h", json="{}")
    stream = io.TextIOWrapper(raw, "ascii")
    assert ConsoleSender(stream).send("console:", message, HOUR).outcome is Outcome.SENT
    assert raw.getvalue() == b"\n" + b"?" * 100 + b"\n??????"


def test_a_test_message_goes_past_the_outbox(store: Store, executor: Executor) -> None:
    sender = FakeSender(SendResult(Outcome.SENT, "HTTP 200"))
    delivery = deliverer(store, sender, executor)
    result = delivery.send_test("boss")
    assert (result, result.line) == (SendResult(Outcome.SENT, "HTTP 200"), "sent: HTTP 200")
    ((url, message),) = sender.sent
    assert (url, message.subject) == ("json://boss.example", "TEST dipwatch to boss")
    with pytest.raises(UsageError, match="there is no receiver nobody; configured are: desk, boss"):
        delivery.send_test("nobody")


SCRIPTS = {
    "takes it": ([Answer(200)], ["sent"]),
    "asks to wait": ([Answer(429, headers=(("Retry-After", "90"),)), Answer(200)], ["failed", "sent"]),
    "breaks twice": ([Answer(500), Answer(502), Answer(200)], ["failed", "failed", "sent"]),
    "redirects": ([Answer(302, headers=(("Location", "/x"),)), Answer(200)], ["failed", "sent"]),
    "hangs": ([Answer(misbehaves="hang"), Answer(200)], ["unknown", "sent"]),
    "resets": ([Answer(misbehaves="reset"), Answer(200)], ["unknown", "sent"]),
    "is gone": ([Answer(404)], ["refused"]),
}


@pytest.mark.parametrize("case", SCRIPTS)
def test_the_sequence_of_sends_to_a_real_peer(case: str, store: Store, executor: Executor) -> None:
    script, outcomes = SCRIPTS[case]
    stock(store, [a_change()], [alert_to("desk")], [an_item()])
    with ExitStack() as stack:
        peer: HttpPeer = stack.enter_context(http_peer(*script))
        alerts = settings(
            receivers=[{"name": "desk", "url": f"json://127.0.0.1:{peer.port}/hook"}],
            timeout="500ms",
            retry_first="10s",
        )
        delivery = deliverer(store, AppriseSender(), executor, alerts)
        now = NOW
        seen: list[Attempt] = []
        for _ in outcomes:
            seen += delivery.deliver_due(now).attempts
            with store.connect() as connection:
                now = next_due(connection) or now + HOUR
        assert delivery.deliver_due(now + HOUR).attempts == ()
    assert [attempt.result.outcome for attempt in seen] == outcomes
    assert len(peer.received) == len(outcomes)
    assert {json.loads(json.loads(request.body)["message"])["key"] for request in peer.received} == {seen[0].key}
    assert {request.method for request in peer.received} == {"POST"}


def with_fallback(**values: object) -> Alerts:
    receivers = [
        {"name": "desk", "url": "json://desk.example", "fallback": "boss"},
        {"name": "boss", "url": "json://boss.example"},
    ]
    return settings(receivers=receivers, **values)


class Refusing(FakeSender):
    """Takes everything except at the desk."""

    def __init__(self, result: SendResult) -> None:
        super().__init__()
        self.result = result

    def send(self, url: str, message: RenderedMessage, timeout: timedelta) -> SendResult:
        result = super().send(url, message, timeout)
        return self.result if "desk" in url else result


def test_a_message_that_is_given_up_goes_to_the_fallback_marked_as_such(store: Store, executor: Executor) -> None:
    stock(store, [a_change()], [alert_to("desk")], [an_item()])
    sender = Refusing(SendResult(Outcome.REFUSED, "HTTP 404", permanent=True))
    delivery = deliverer(store, sender, executor, with_fallback())
    for hours in range(3):
        delivery.deliver_due(NOW + hours * HOUR)
    assert [url for url, _ in sender.sent] == ["json://desk.example", "json://boss.example"]
    marked = sender.sent[1][1]
    assert marked.subject == "For desk: NEW Meeting planned: Ukraine and Russia to meet in Ankara on 8 May"
    for shown in (marked.text, marked.chat, marked.markdown, marked.html, marked.json):
        assert "For desk, which did not take it (HTTP 404)" in shown
    assert states(store) == [("boss", "sent", 1), ("desk", "dead", 1)]


def test_a_receiver_that_fails_for_long_is_stood_in_for_once_and_tried_on(store: Store, executor: Executor) -> None:
    stock(store, [a_change()], [alert_to("desk")], [an_item()])
    sender = Refusing(SendResult(Outcome.FAILED, "HTTP 500"))
    delivery = deliverer(store, sender, executor, with_fallback(fallback_after="10m", retry_longest="4m"))
    now = NOW
    while now < NOW + HOUR:
        delivery.deliver_due(now)
        if now < NOW + timedelta(minutes=10):
            assert all("desk" in url for url, _ in sender.sent)
        now += timedelta(minutes=1)
    urls = [url for url, _ in sender.sent]
    assert urls.count("json://boss.example") == 1
    assert urls[-1] == "json://desk.example"
    sender.result = SendResult(Outcome.SENT)
    delivery.deliver_due(now + HOUR)
    assert ("desk", "sent") in [(receiver, state) for receiver, state, _ in states(store)]


def test_a_notice_for_the_operator_can_go_to_a_fallback_too(store: Store, executor: Executor) -> None:
    body = {"subject": "feed north is broken", "lines": ["1 trouble", "feed north is broken"]}
    stock(store, [], [alert_to("desk", None, purpose="operator", group_key="operator", body=body)])
    sender = Refusing(SendResult(Outcome.REFUSED, "HTTP 401", permanent=True))
    delivery = deliverer(store, sender, executor, with_fallback())
    delivery.deliver_due(NOW)
    delivery.deliver_due(NOW + HOUR)
    assert sender.sent[-1][1].subject == "For desk: OPERATOR feed north is broken"
    assert "• feed north is broken" in sender.sent[-1][1].chat


def test_a_receiver_that_asks_to_wait_is_left_alone_with_its_other_messages(store: Store, executor: Executor) -> None:
    changes = [a_change(development=f"dev-{n}") for n in range(3)]
    stock(store, changes, [alert_to("desk", n, group_key=f"dev-{n}") for n in range(3)], [an_item()])
    sender = FakeSender(SendResult(Outcome.FAILED, "HTTP 429", retry_after=HOUR), SendResult(Outcome.SENT))
    delivery = deliverer(store, sender, executor)
    assert len(delivery.deliver_due(NOW).attempts) == 1
    assert delivery.deliver_due(NOW + HOUR - timedelta(seconds=1)).attempts == ()
    assert delivery.deliver_due(NOW + 2 * HOUR).count(Outcome.SENT) == 3


class AwayStore(Store):
    """A store that can't be written so many times."""

    away = 0

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        if self.away:
            self.away -= 1
            raise StoreError("the disk is full")
        with super().begin() as connection:
            yield connection


class LastSender(FakeSender):
    """Sends, and then the store is away."""

    def __init__(self, store: AwayStore) -> None:
        super().__init__()
        self._store = store

    def send(self, url: str, message: RenderedMessage, timeout: timedelta) -> SendResult:
        self._store.away = 2
        return super().send(url, message, timeout)


def test_what_was_sent_while_the_database_was_away_is_recorded_later_and_not_sent_again(
    store: Store, executor: Executor
) -> None:
    stock(store, [a_change()], [alert_to("desk")], [an_item()])
    away = AwayStore(store.engine)
    sender = LastSender(away)
    assert deliverer(away, sender, executor).deliver_due(NOW).count(Outcome.SENT) == 1
    assert len(sender.sent) == 1
    assert states(store) == [("desk", "sent", 1)]


def test_who_is_to_stop_does_not_wait_for_a_database_that_stays_away(store: Store, executor: Executor) -> None:
    stock(store, [a_change()], [alert_to("desk")], [an_item()])
    away = AwayStore(store.engine)
    sender = LastSender(away)
    delivery = deliverer(away, sender, executor)
    sender.hold["json://desk.example"] = threading.Event()
    delivery.deliver_due(NOW, timedelta(0))
    delivery.finish(timedelta(0))
    sender.hold["json://desk.example"].set()
    assert delivery.finish(timedelta(seconds=10)) == ()
    assert states(store) == [("desk", "sending", 1)], "its claim runs out, and it is sent again"


def test_a_database_that_is_away_is_no_defect(
    store: Store, executor: Executor, caplog: pytest.LogCaptureFixture
) -> None:
    stock(store, [a_change()], [alert_to("desk")], [an_item()])
    away = AwayStore(store.engine)
    away.away = 1
    delivery = deliverer(away, FakeSender(), executor)
    assert delivery.deliver_due(NOW).attempts == ()
    assert [(record.levelno, record.exc_info) for record in caplog.records] == [(logging.WARNING, None)]
    assert delivery.deliver_due(NOW).count(Outcome.SENT) == 1
