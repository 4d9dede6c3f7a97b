"""A user's word on the log, as changes: nothing is rewritten."""

from __future__ import annotations

from datetime import datetime

from dipwatch.detect.known import Development, Known
from dipwatch.model import Change, ChangeType, Command, Kind, Reason

VERBS = ("confirm", "false", "duplicate-of", "kind")


def apply_command(command: Command, known: Known, at: datetime) -> tuple[Change | None, str]:
    """Return the correction a command asks for, and the answer to its author; None where it can't be applied."""
    target = known.find(command.target)
    if target is None:
        return None, f"there is no open development {command.target}"
    if command.verb == "duplicate-of":
        return _merge(command, target, known, at)
    if command.verb == "kind" and command.value not in list(Kind):
        return None, f"{command.value!r} is not a kind; there are {', '.join(Kind)}"
    if command.verb not in VERBS:
        return None, f"{command.verb!r} is not a mark; there are {', '.join(VERBS)}"
    kind = Kind(command.value) if command.verb == "kind" else target.kind
    return _correction(command, target, kind, at, command.value), f"{command.target} marked {command.verb}"


def _merge(command: Command, target: Development, known: Known, at: datetime) -> tuple[Change | None, str]:
    into = known.find(command.value)
    if into is None or into is target:
        return None, f"{command.target} can't be a duplicate of {command.value!r}"
    return _correction(command, target, target.kind, at, into.id), f"{target.id} merged into {into.id}"


def _correction(command: Command, target: Development, kind: Kind, at: datetime, value: str) -> Change:
    return Change(
        type=ChangeType.CORRECTION,
        development=target.id,
        at=at,
        alert=target.alerted_at is not None and command.verb in {"false", "duplicate-of"},
        kind=kind,
        status=target.status,
        severity=target.severity,
        confidence=target.confidence,
        title=target.traces[0].title if target.traces else target.id,
        reasons=(Reason.CORRECTED,),
        sources=len(target.sources),
        note=f"{command.verb} {value}".strip(),
    )
