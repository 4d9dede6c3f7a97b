"""When a change is due at a receiver, and as what: alone, or in the digest of an hour that the route's times allow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from dipwatch.alerts.message import Purpose
from dipwatch.alerts.policy import Policy
from dipwatch.alerts.windows import next_time, opening
from dipwatch.model import Severity

DIGEST_GROUP = "digest"
"""What the group keys of digests begin with; those that are due at the same time to one receiver are one digest."""


@dataclass(frozen=True, slots=True)
class Timed:
    """When something is due, in which group, as what; ``why`` says what it waits for, empty where for nothing."""

    due: datetime
    group_key: str
    purpose: Purpose
    why: str = ""


def timed(policy: Policy, severity: Severity, alone: Timed, subject: str) -> Timed:
    """Return when something that would be due ``alone`` is, by the digest, mute and active times of its route.

    A severity that breaks through knows none of them.
    """
    if severity in policy.break_through:
        return alone
    due, reasons = alone.due, list[str]()
    if policy.digest is not None:
        due = next_time(policy.digest, policy.zone, due)
        reasons.append(f"the {policy.digest} digest")
    open_at = opening(policy.mute, policy.active, policy.zone, due)
    reasons += open_at.because
    if not reasons:
        return alone
    return Timed(open_at.at, digest_group(subject, open_at.at), Purpose.DIGEST, f"held for {' and '.join(reasons)}")


def digest_group(subject: str, due: datetime) -> str:
    """Return the key of the digest of a subject that is due at a time."""
    return f"{DIGEST_GROUP}:{subject}:{due.astimezone(UTC):%Y%m%dT%H%M%SZ}"
