"""What is decided on rows that are due at a receiver before one is claimed: pure, each step from rows to rows.

In their order: what is muted or moot is withheld; what came due in quiet times goes to the digest of their end; what is
told of one development goes together; what is more than the receiver's limits is gathered into digests; a message that
would be too long is parted. A message that was tried before keeps its rows and its key: it may only be put off.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from dipwatch.alerts.limits import Room, room
from dipwatch.alerts.message import MOST_ENTRIES, Purpose
from dipwatch.alerts.plan import FIRST_CONTACT
from dipwatch.alerts.policy import Policy
from dipwatch.alerts.timing import digest_group
from dipwatch.alerts.windows import Opening, opening
from dipwatch.model import Severity
from dipwatch.settings import Rate
from dipwatch.store.waiting import WaitingRow

FALLBACK = "fallback"
_WHOLE = (FIRST_CONTACT, FALLBACK)
"""What the group keys of messages begin with that are neither gathered nor parted."""
_SEVEREST_FIRST = (Severity.HIGH.value, Severity.MEDIUM.value, Severity.LOW.value)
_GATHERED = "gathered, because more messages were due than {}"

Rows = list[WaitingRow]
_Unit = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Rules:
    """What a receiver's rows are held against: policies by route, its limits, when messages arrived, silenced rows."""

    policies: Mapping[str, Policy]
    limits: Sequence[Rate] = ()
    arrived: Sequence[datetime] = ()
    silenced: Mapping[int, str] | None = None


def decide(rows: Sequence[WaitingRow], rules: Rules, now: datetime) -> Rows:
    """Return the rows as they shall stand at ``now``, in their order."""
    after = [_withheld(row, rules.silenced or {}) for row in rows]
    for step in (_quiet, _together, _limited, _parted):
        after = _carried(after, step([row for row in after if not row.withheld], rules, now))
    return after


def _withheld(row: WaitingRow, silenced: Mapping[int, str]) -> WaitingRow:
    if row.message_key:
        return row
    if why := silenced.get(row.id):
        return replace(row, withheld=why)
    if _reminds(row) and row.ended:
        return replace(row, withheld=f"no reminder: it was marked as {row.ended}")
    if _reminds(row) and (row.newest or 0) > (row.seq or 0):
        return replace(row, withheld="no reminder: there is newer news of it")
    return row


def _quiet(rows: Rows, rules: Rules, now: datetime) -> Rows:
    """Put off what is due in quiet times of its route.

    A message that stays as it is waits if all of it does; what was there at first contact, if any of it does.
    """
    after: Rows = []
    for unit in _units(rows, now).values():
        open_at = {row.id: _opens(row, rules.policies, now) for row in unit}
        if not _is_free(unit[0]):
            latest = max(opens.at for opens in open_at.values())
            wait = any if unit[0].group_key.startswith(FIRST_CONTACT) else all
            quiet = wait(opens.at > now for opens in open_at.values())
            after += [replace(row, due=latest if quiet else row.due, quiet=quiet) for row in unit]
            continue
        after += [_held(row, open_at[row.id]) for row in unit if open_at[row.id].at > now]
    return after


def _opens(row: WaitingRow, policies: Mapping[str, Policy], now: datetime) -> Opening:
    policy = policies.get(row.route)
    if policy is None or row.severity in policy.break_through:
        return Opening(now)
    return opening(policy.mute, policy.active, policy.zone, now)


def _held(row: WaitingRow, opens: Opening) -> WaitingRow:
    return _in_digest(row, opens.at, f"held for {' and '.join(opens.because)}")


def _together(rows: Rows, _rules: Rules, now: datetime) -> Rows:
    """Join what waits of a development with what is due of it, so that it reaches the receiver in the order of the log.

    A correction joins what it corrects, which then says so or is told with it; other news brings what was held along,
    be it a message that was tried and then waits for the end of quiet times alone.
    """
    after: dict[int, WaitingRow] = {}
    later: dict[str, Rows] = {}  # by development: a receiver that was away for long has a thousand rows due
    for row in rows:
        if row.due > now and not _reminds(row):
            later.setdefault(row.development, []).append(row)
    for due in (row for row in rows if row.due <= now and _is_free(row)):
        for other in (row for row in later.get(due.development, ()) if _precedes(row, due)):
            if other.message_key and other.quiet:
                after[other.id] = replace(other, due=now, quiet=False)
            elif _is_free(other) and due.purpose == Purpose.CORRECTION:
                after[due.id] = _joined(due, other)
            elif _is_free(other):
                after[other.id] = _joined(other, due)
    return list(after.values())


def _reminds(row: WaitingRow) -> bool:
    return row.purpose == Purpose.REMINDER


def _precedes(row: WaitingRow, other: WaitingRow) -> bool:
    return row.development == other.development and (row.seq or 0) < (other.seq or 0)


def _joined(row: WaitingRow, other: WaitingRow) -> WaitingRow:
    return replace(row, group_key=other.group_key, purpose=other.purpose, due=other.due)


def _limited(rows: Rows, rules: Rules, now: datetime) -> Rows:
    """Gather into digests what is more than the limits allow, and put off what they don't allow at all."""
    units = list(_units(rows, now).values())
    if not rules.limits or not units:
        return []
    left = room(rules.limits, rules.arrived, now)
    free = [row for unit in units for row in unit if _is_free(row)]
    if left.messages == 0:
        bound = [replace(row, due=left.free_at) for unit in units for row in unit if not _is_free(row)]
        return [*bound, *_gathered(free, left)]
    free_units = sum(_is_free(unit[0]) for unit in units)
    if len(units) <= left.messages or _messages(free) >= free_units:
        return []
    return _gathered(free, left)


def _gathered(rows: Rows, left: Room) -> Rows:
    return [_in_digest(row, left.free_at, _GATHERED.format(left.limit)) for row in rows]


def _messages(rows: Rows) -> int:
    """Return how many digests rows make."""
    digests = Counter(digest for digest, _ in {((row.subject, _reminds(row)), row.development) for row in rows})
    return sum(-(-developments // MOST_ENTRIES) for developments in digests.values())


def _parted(rows: Rows, _rules: Rules, now: datetime) -> Rows:
    """Part messages of more developments than one can hold; what matters most comes in the first part."""
    after: Rows = []
    for unit in _units(rows, now).values():
        if not _is_free(unit[0]):
            continue
        developments: dict[str, Rows] = {}
        for row in unit:
            developments.setdefault(row.development, []).append(row)
        ordered = sorted(developments.values(), key=_weight)
        base = unit[0].group_key.partition("#")[0]
        for start in range(MOST_ENTRIES, len(ordered), MOST_ENTRIES):
            part = [row for told in ordered[start : start + MOST_ENTRIES] for row in told]
            key = f"{base}#{min(row.id for row in part)}"  # a row's id: no other part that waits may have the same
            after += [replace(row, group_key=key, due=min(row.due, now)) for row in part]
    return after


def _weight(told: Rows) -> tuple[int, int]:
    return min(_SEVEREST_FIRST.index(row.severity) for row in told), min(row.seq or 0 for row in told)


def _units(rows: Iterable[WaitingRow], now: datetime) -> dict[_Unit, Rows]:
    """Return what would be a message each, of those that are due: all rows of a group once one of them is."""
    units: dict[_Unit, Rows] = {}
    for row in rows:
        unit = ("", row.message_key) if row.message_key else (row.group_key, row.purpose)
        units.setdefault(unit, []).append(row)
    return {unit: found for unit, found in units.items() if any(row.due <= now for row in found)}


def _is_free(row: WaitingRow) -> bool:
    """Tell whether a row may go to another message: a change that was not tried yet, outside of what stays whole."""
    return row.message_key is None and row.seq is not None and not _is_whole(row)


def _is_whole(row: WaitingRow) -> bool:
    return row.group_key.partition(":")[0] in _WHOLE


def _in_digest(row: WaitingRow, due: datetime, why: str) -> WaitingRow:
    """Return a row in the digest that is due at a time; reminders have one of their own."""
    purpose = row.purpose if _reminds(row) else Purpose.DIGEST.value
    return replace(row, group_key=digest_group(row.subject, due), purpose=purpose, due=due, why=why)


def _carried(rows: Rows, changed: Iterable[WaitingRow]) -> Rows:
    """Return rows with those that a step changed in their places."""
    by_id = {row.id: row for row in changed}
    return [by_id.get(row.id, row) for row in rows]
