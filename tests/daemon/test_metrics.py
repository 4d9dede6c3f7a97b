"""What Prometheus is told, and the rules that are shipped for it."""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import update
from tests.daemon.fakes import NOW, SUBJECT, FakeFetcher, config, feed, host, open_store, put, rss, setup, until
from tests.daemon.test_service import HELD, NEW, WIRE, serving

from dipwatch.clock import FixedClock
from dipwatch.daemon.health import health_endpoint
from dipwatch.daemon.measured import Measured
from dipwatch.daemon.metrics import Metrics
from dipwatch.daemon.poller import Poll
from dipwatch.daemon.progress import Progress
from dipwatch.daemon.work import Host
from dipwatch.errors import StoreError
from dipwatch.shipped import shipped
from dipwatch.store.outbox import OutboxEntry, enqueue
from dipwatch.store.schema import outbox_table
from dipwatch.store.store import Store

RULES = shipped("systemd", "dipwatch.rules.yml")
Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path) as store:
        yield store


def samples(exposition: bytes) -> Samples:
    return {
        (sample.name.removeprefix("dipwatch_"), tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(exposition.decode())
        for sample in family.samples
    }


def value(found: Samples, name: str, **labels: str) -> float | None:
    return found.get((name, tuple(sorted(labels.items()))))


def measured(process: Host, *, hours: float = 0) -> Samples:
    """What is measured of a host some hours after NOW."""
    metrics = Metrics()
    progress = Progress()
    progress.watch("poll", 60)
    progress.ended("poll", "StoreError")
    clock = FixedClock(NOW + timedelta(hours=hours))
    metrics.add(Measured(process.store, process.leadership, progress, clock, lambda: setup(feed("wire"), feed("new"))))
    return samples(metrics.render())


def test_queues_leads_feeds_and_jobs_are_measured_when_asked(store: Store) -> None:
    process = host(store)
    put(store, ("a", "russia+ukraine meet"))
    process.leadership.keep([SUBJECT], NOW)
    with store.begin() as connection:
        rows = [OutboxEntry(None, "console", "g", "test", NOW, {}), OutboxEntry(None, "console", "h", "test", NOW, {})]
        enqueue(connection, rows, NOW)
        connection.execute(update(outbox_table).where(outbox_table.c.group_key == "h").values(state="dead"))
    found = measured(process, hours=1 / 3600)
    wanted = {
        ("database_up", ()): 1,
        ("pending_readings", (("subject", SUBJECT),)): 1,
        ("oldest_pending_seconds", (("subject", SUBJECT),)): 1,
        ("leader", (("subject", SUBJECT),)): 1,
        ("led", (("subject", SUBJECT),)): 1,
        ("outbox_rows", (("state", "waiting"),)): 1,
        ("outbox_rows", (("state", "dead"),)): 1,
        ("outbox_rows", (("state", "sent"),)): 0,
        ("outbox_overdue_seconds", ()): 1,
        ("feeds", (("health", "new"),)): 2,
        ("newest_item_age_seconds", ()): 1,
        ("job_failing", (("job", "poll"),)): 1,
        ("job_failures_total", (("job", "poll"),)): 1,
        ("job_stuck", (("job", "poll"),)): 0,
    }
    assert {key: found.get(key) for key in wanted} == wanted
    assert (value(found, "database_free_bytes") or 0) > 0
    assert (value(found, "database_bytes") or 0) > 0
    assert value(measured(process, hours=1), "led", subject=SUBJECT) == 0, "its lease has run out"


def test_without_a_database_the_rest_is_still_told(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    process = host(store)

    def away() -> None:
        raise StoreError("database away")

    monkeypatch.setattr(store, "connect", away)
    found = measured(process)
    assert value(found, "database_up") == 0
    assert value(found, "job_failing", job="poll") == 1
    assert value(found, "pending_readings", subject=SUBJECT) is None


def test_from_feed_to_receiver_everything_is_counted(store: Store) -> None:
    fetcher = FakeFetcher({WIRE: now_rss(HELD)})
    process = host(store, fetcher)

    async def go() -> None:
        async with serving(setup(feed("wire"), feed("dead")), process):
            await until(lambda: value(counted(process), "items_total", sort="new") == 1)
            fetcher.documents[WIRE] = now_rss(HELD, NEW)
            await until(lambda: bool(value(counted(process), "fetch_to_alert_seconds_count")))

    asyncio.run(go())
    found = counted(process)
    assert value(found, "items_total", sort="new") == 2
    assert (value(found, "polls_total", outcome="ok") or 0) >= 2
    assert (value(found, "polls_total", outcome="refused") or 0) >= 1
    assert value(found, "changes_total", subject=SUBJECT, type="new", kind="sanctions") == 1
    alerts = [count for (name, _), count in found.items() if name == "alerts_total"]
    assert alerts == [1]
    assert value(found, "readings_total", subject=SUBJECT, outcome="new") == 2
    assert (value(found, "deliveries_total", receiver="console", outcome="sent") or 0) >= 1
    assert value(found, "publication_to_alert_seconds_count") == 1
    assert (value(found, "tick_seconds_count", subject=SUBJECT) or 0) >= 2
    assert value(found, "fetch_to_alert_seconds_bucket", le="30.0") == 1
    assert found["process_start_time_seconds", ()] > 0


def now_rss(*entries: tuple[str, str]) -> bytes:
    return rss(*entries, at=datetime.now(UTC))


def counted(process: Host) -> Samples:
    return samples(process.metrics.render())


def test_labels_are_bounded_and_hold_no_address() -> None:
    metrics = Metrics()
    metrics.polled(Poll("wire", "dns_failure", "no such host https://user:secret@wire.test", fine=False))
    text = metrics.render().decode()
    assert "wire" not in text
    assert "secret" not in text


def test_it_is_served_beside_health(store: Store) -> None:
    process = host(store)

    def get(address: str) -> tuple[str, str]:
        with urllib.request.urlopen(f"http://{address}/metrics", timeout=5) as answer:
            return answer.headers["Content-Type"], answer.read().decode()

    async def go() -> tuple[str, str]:
        async with health_endpoint("127.0.0.1:0", Progress(), lambda: True, process.metrics.render) as address:
            return await asyncio.to_thread(get, address)

    content_type, body = asyncio.run(go())
    assert content_type == "text/plain; version=0.0.4; charset=utf-8"
    assert "dipwatch_items_total" in body


def rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def test_every_metric_that_a_rule_names_is_told(store: Store) -> None:
    process = host(store)
    process.metrics.add(Measured(store, process.leadership, Progress(), process.clock, lambda: setup(feed("wire"))))
    families = list(text_string_to_metric_families(process.metrics.render().decode()))
    told = {family.name for family in families} | {f"{family.name}_total" for family in families}
    told |= {f"{family.name}_bucket" for family in families if family.type == "histogram"}
    named = {name for rule in rules() for name in re.findall(r"\bdipwatch_\w+", rule["expr"])}
    assert named - told == set()
    assert len(named) > 10


def test_rules_have_what_prometheus_asks_of_them() -> None:
    for rule in rules():
        assert re.fullmatch(r"Dipwatch[A-Za-z]+", rule["alert"])
        assert rule["labels"]["severity"] in {"warning", "critical"}
        assert rule["annotations"]["summary"]
        assert re.fullmatch(r"\d+[smh]", rule.get("for", "1m"))
        assert rule["expr"].count("(") == rule["expr"].count(")")
    assert len({rule["alert"] for rule in rules()}) == len(rules())


def test_promtool_takes_the_rules() -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        return  # the tests above hold without it
    done = subprocess.run([promtool, "check", "rules", str(RULES)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_defaults_of_the_configuration_serve_on_loopback() -> None:
    assert config(health={}).health.listen.startswith("127.0.0.1:")
