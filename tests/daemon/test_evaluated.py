"""A stream and the log it leads to are held against labels in the same way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.daemon.fakes import NOW, SUBJECT, MarkerReader, item, open_store, put, subject

from dipwatch.daemon.evaluated import Batch, evaluate, log_batches, stream_batches
from dipwatch.daemon.leadership import Leadership
from dipwatch.daemon.subject import SubjectPipeline
from dipwatch.model import Reason
from dipwatch.review.evaluation.labels import Label
from dipwatch.review.evaluation.scoring import figures
from dipwatch.settings import Alerts
from dipwatch.store import commands
from dipwatch.store.store import Store

MEET = "russia+ukraine meet in a hall"
RAIN = "rain"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path) as store:
        put(store)
        put(store, ("a", MEET), ("n", RAIN))
        yield store


def tick(store: Store) -> None:
    leadership = Leadership(store, "test")
    leadership.keep([SUBJECT], NOW)
    lease = leadership.lease(SUBJECT)
    assert lease
    SubjectPipeline(subject(), Alerts(), 10, MarkerReader()).tick(store, lease, NOW)


def labels(batches: list[Batch]) -> list[Label]:
    """Both items are labelled as one development."""
    read = [done.item for batch in batches for done in batch.inputs]
    return [
        Label(each.id, each.first_seen.isoformat(), "yes", kind="meeting", status="happened", thread="t")
        for each in read
    ]


def test_a_stream_gives_finds_and_traces_of_every_labelled_item() -> None:
    items = [item("a", MEET), item("n", RAIN), item("b", MEET, minutes=5), item("other", RAIN, minutes=6)]
    named = [Label(name, "2026-01-01", "yes", kind="meeting", status="happened") for name in ("a", "n", "gone")]
    done = evaluate(subject(), named, stream_batches(subject(), items, MarkerReader()))
    assert [(each.item, each.change) for each in done.evaluation.found] == [("a", "new"), ("b", "support")]
    assert set(done.traces) == {"a", "n", "b"}
    assert done.traces["n"].outcome == "no claim"
    assert done.traces["b"].kept_back == (Reason.KNOWN,)


def test_the_log_gives_the_same_as_the_stream_that_led_to_it(store: Store) -> None:
    tick(store)
    logged = list(log_batches(store, SUBJECT))
    items = [done.item for batch in logged for done in batch.inputs]
    streamed = list(stream_batches(subject(), items, MarkerReader()))
    of_log, of_stream = (evaluate(subject(), labels(logged), batches) for batches in (logged, streamed))
    assert figures(of_log.evaluation) == figures(of_stream.evaluation)
    assert figures(of_log.evaluation)["item_recall"] == 0.5


def test_a_users_correction_is_no_find(store: Store) -> None:
    tick(store)
    (change,) = next(log_batches(store, SUBJECT)).changes
    with store.begin() as connection:
        commands.add_command(
            connection, subject=SUBJECT, verb="false", target=change.development, value="", author="ann", at=NOW
        )
    tick(store)
    assert [made for batch in log_batches(store, SUBJECT) for made in batch.changes] == [change]
