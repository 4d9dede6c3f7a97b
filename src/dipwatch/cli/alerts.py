"""``dipwatch alerts``: what is on its way to the receivers."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import click
from sqlalchemy import Connection, select

from dipwatch.alerts import words
from dipwatch.alerts.deliver import Deliverer
from dipwatch.alerts.process_sender import ProcessSender
from dipwatch.alerts.render import Renderer
from dipwatch.alerts.sending import ConsoleSender, Outcome, SenderByUrl
from dipwatch.alerts.standing import Standing, standings
from dipwatch.cli.base import Group
from dipwatch.cli.context import App, with_app
from dipwatch.cli.narrowing import asked_for, subject_option
from dipwatch.cli.output import format_option, listed
from dipwatch.errors import DeliveryError, UsageError
from dipwatch.review.columns import MESSAGES
from dipwatch.review.formats import Column
from dipwatch.review.operation import messages, outbox_record
from dipwatch.store import outbox, receivers
from dipwatch.store.engine import open_engine
from dipwatch.store.schema import outbox_table
from dipwatch.store.store import Store

_STANDINGS: tuple[Column[Standing], ...] = (
    Column("receiver", "Receiver", lambda each: each.receiver, style="cyan"),
    Column("sent", "Sent", lambda each: each.sent),
    Column("failed", "Failed", lambda each: each.failed),
    Column("unknown", "Unknown", lambda each: each.unknown),
    Column("interrupted", "Interrupted", lambda each: each.interrupted),
    Column("waiting", "Waiting", lambda each: each.waiting),
    Column("dead", "Dead", lambda each: each.dead),
    Column("last_sent_at", "Last taken", lambda each: each.last_sent_at),
    Column("failing_since", "Failing since", lambda each: each.failing_since),
    Column("paused_until", "Asked to wait until", lambda each: each.paused_until, least=130),
    Column("detail", "Why", lambda each: each.detail, long=True),
)
_STATES = ("waiting", "sending", "sent", "dead", "dropped")
_OPEN = ("waiting", "sending", "dead")


@click.group(cls=Group, examples=("dipwatch alerts list --state dead", "dipwatch alerts test console"))
def alerts() -> None:
    """List messages and receivers, retry or drop messages, test a receiver."""


@alerts.command("list", examples=("dipwatch alerts list", "dipwatch alerts list --state dead --format json"))
@click.option("--state", type=click.Choice(_STATES), multiple=True, help="In this state; default: what is not settled.")
@subject_option
@click.option("--limit", type=click.IntRange(min=1), default=1000, show_default=True, help="At most so many.")
@format_option
@with_app
def list_alerts(app: App, /, state: tuple[str, ...], subject: tuple[str, ...], limit: int, form: str) -> None:
    """List messages: without --state those that wait, are being sent, or could not be delivered (dead).

    With --subject, those to the operator are left out: they belong to no subject.
    """
    with app.store() as store, store.connect() as connection:
        meant = asked_for(app, connection, subject=subject).subjects if subject else ()
        views = messages(connection, outbox.list_outbox(connection, state or _OPEN, limit, meant))
    listed(views, MESSAGES, form, "no messages")


@alerts.command("show", examples=("dipwatch alerts show 17",))
@click.argument("number", metavar="ID", type=int)
@with_app
def show_alert(app: App, /, number: int) -> None:
    """Show a message with every attempt at delivering it."""
    with app.store() as store, store.connect() as connection:
        record = outbox_record(connection, number)
        if record is None:
            raise UsageError(f"there is no message {number}; `dipwatch alerts list` lists them")
        (view,) = messages(connection, [record])
        attempts = outbox.deliveries(connection, record.message_key) if record.message_key else []
    click.echo(f"{view.id}: {view.purpose} to {view.receiver}, {view.state}; {view.development or ''} {view.title}")
    if outbox.FALLBACK_FOR in record.body:
        click.echo(f"  stands in for {record.body[outbox.FALLBACK_FOR]}: {record.body[outbox.FALLBACK_WHY]}")
    for attempt in attempts:
        click.echo(
            f"  {attempt.at:%Y-%m-%d %H:%M:%S} UTC attempt {attempt.attempt}: {attempt.outcome} {attempt.detail}"
        )


@alerts.command("retry", examples=("dipwatch alerts retry 17 18", "dipwatch alerts retry --dead"))
@click.argument("numbers", metavar="[ID]...", type=int, nargs=-1)
@click.option("--dead", is_flag=True, help="Every message that was given up.")
@with_app
def retry(app: App, /, numbers: tuple[int, ...], *, dead: bool) -> None:
    """Make messages due now; the daemon sends them in its next round."""
    with app.store() as store:
        chosen = _chosen(store, numbers, dead=dead)
        with store.begin() as connection:
            found = outbox.retry(connection, chosen, datetime.now(UTC))
            receivers.resume(connection, _receivers_of(connection, chosen))
    _told(found, chosen, "due now")


@alerts.command("drop", examples=("dipwatch alerts drop 17", "dipwatch alerts drop --dead"))
@click.argument("numbers", metavar="[ID]...", type=int, nargs=-1)
@click.option("--dead", is_flag=True, help="Every message that was given up.")
@with_app
def drop(app: App, /, numbers: tuple[int, ...], *, dead: bool) -> None:
    """Give messages up; the developments stay in the log."""
    with app.store() as store:
        chosen = _chosen(store, numbers, dead=dead)
        with store.begin() as connection:
            found = outbox.drop(connection, chosen)
    _told(found, chosen, "dropped")


@alerts.command("test", examples=("dipwatch alerts test console",))
@click.argument("receiver")
@with_app
def test(app: App, /, receiver: str) -> None:
    """Send a test message to a receiver and say whether it took it."""
    workers = ProcessSender()
    nowhere = Store(open_engine("sqlite:///:memory:"))  # a test goes past the outbox
    try:
        with ThreadPoolExecutor(max_workers=1) as executor:
            deliverer = Deliverer(
                nowhere,
                app.config.alerts,
                names={},
                renderer=Renderer(app.loaded.under_base(app.config.alerts.templates)),
                sender=SenderByUrl(ConsoleSender(sys.stdout), workers),
                executor=executor,
                holder="test",
            )
            result = deliverer.send_test(receiver)
    finally:
        workers.close()
        nowhere.close()
    if result.outcome is not Outcome.SENT:
        raise DeliveryError(f"{receiver}: {result.outcome}: {result.detail}")
    click.echo(f"{receiver}: taken ({result.detail})" if result.detail else f"{receiver}: taken")


@alerts.command("receivers", examples=("dipwatch alerts receivers",))
@format_option
@with_app
def list_receivers(app: App, /, form: str) -> None:
    """List receivers: what each took, what failed, what waits, and attempts whose outcome nobody knows."""
    with app.store() as store, store.connect() as connection:
        found = standings(connection, [receiver.name for receiver in app.config.alerts.receivers])
    listed(found, _STANDINGS, form, "no receivers")


def _receivers_of(connection: Connection, numbers: Sequence[int]) -> list[str]:
    query = select(outbox_table.c.receiver).where(outbox_table.c.id.in_(numbers)).distinct()
    return sorted(connection.execute(query).scalars())


def _chosen(store: Store, numbers: Sequence[int], *, dead: bool) -> list[int]:
    """Return the ids named, or those of all dead messages. Raises UsageError where it is neither or both."""
    if bool(numbers) == dead:
        raise UsageError("name the messages by their ids (see `dipwatch alerts list`), or give --dead")
    if not dead:
        return list(numbers)
    with store.connect() as connection:
        return [record.id for record in outbox.list_outbox(connection, ("dead",), sys.maxsize)]


def _told(found: int, chosen: Sequence[int], done: str) -> None:
    if chosen and not found:
        raise UsageError("none of these messages is open; `dipwatch alerts list` lists those that are")
    click.echo(f"{words.Counted(found, 'message')} {done}")
