"""The gate at work: what waits for a receiver is read, decided on and written back in the transaction that claims."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from dipwatch.alerts.gate import Rules, decide
from dipwatch.alerts.limits import longest
from dipwatch.alerts.message import Purpose
from dipwatch.alerts.policy import Policy, policies
from dipwatch.alerts.routing import Facts, labels_of, silenced_by
from dipwatch.settings import Alerts
from dipwatch.store import silences, waiting
from dipwatch.store.outgoing import OutgoingMessage, read_back
from dipwatch.store.silences import Silence
from dipwatch.store.sql import hold
from dipwatch.store.waiting import WHY, WaitingRow

_SILENCEABLE = (Purpose.ALERT, Purpose.DIGEST, Purpose.REMINDER)


def hold_back(connection: Connection, receiver: str, alerts: Alerts, now: datetime) -> None:
    """Decide on what is due at a receiver, so that whatever is then due may be claimed."""
    hold(connection, "outbox")
    limits = next((known.limits for known in alerts.receivers if known.name == receiver), ())
    known, muted = policies(alerts), silences.list_silences(connection, now)
    plain = not limits and not muted and all(map(_lets_all_pass, known.values()))
    if plain and not waiting.has_gathered(connection, receiver, now):
        return  # a long backlog is then not read anew for each of its messages
    rows = waiting.read_waiting(connection, receiver, now)
    arrived = waiting.arrivals(connection, receiver, now - longest(limits)) if limits else []
    silenced = _silenced(connection, rows, muted, now)
    waiting.put_off(connection, rows, decide(rows, Rules(known, limits, arrived, silenced), now))


def _lets_all_pass(policy: Policy) -> bool:
    """Tell whether a route neither holds back, nor reminds, nor joins developments."""
    return policy.group_by == ("development",) and not (
        policy.mute or policy.active or policy.digest or policy.repeat_interval
    )


def held_for(message: OutgoingMessage) -> str:
    """Return what a message says of why it comes as a digest; empty where it waited for nothing."""
    reasons = dict.fromkeys(str(row.body[WHY]) for row in message.rows if row.change is not None and WHY in row.body)
    told = "; ".join(reasons)
    return f"{told[:1].upper()}{told[1:]}." if told else ""


def _silenced(
    connection: Connection, rows: Sequence[WaitingRow], muted: Sequence[Silence], now: datetime
) -> dict[int, str]:
    """Return the silence that mutes each row, by its id; also one that was added while the row waited."""
    if not muted:
        return {}
    ids = [row.id for row in rows if row.purpose in _SILENCEABLE and row.seq is not None and row.message_key is None]
    found, _ = read_back(connection, ids)
    reasons = {}
    for row in found:
        if row.change is not None:
            facts = Facts(row.subject or "", row.change.language or None, row.change.source_kind)
            reasons[row.id] = silenced_by(muted, labels_of(row.change, facts), now)
    return {number: why for number, why in reasons.items() if why}
