"""What detection knows: a fold over the change log.

Live polling, a restart and a replay all come to the same state, because it is made of nothing but the changes, applied
in their order. It is bounded: developments without news for longer than the policy's window are let go.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import combinations

from dipwatch.baseline import Knowledge
from dipwatch.lexicon import Lexicon
from dipwatch.model import Change, ChangeType, Claim, Kind, Reason, Severity, Status

_TRACES = 8
"""Reports of a development that are kept for comparison: the first and the latest ones."""
_PAIR_ACTORS = 6


@dataclass(frozen=True, slots=True)
class Trace:
    """One report of a development, as later ones are compared with it."""

    claim: Claim
    title: str
    at: datetime
    source: str
    language: str
    words: frozenset[str] = frozenset()
    concepts: frozenset[str] = frozenset()


@dataclass(slots=True)
class Development:
    """A development as the changes so far leave it."""

    id: str
    kind: Kind
    status: Status
    severity: Severity
    confidence: float
    opened_at: datetime
    last_at: datetime
    traces: list[Trace] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    alerted_at: datetime | None = None
    verdict: str = ""
    """A user's mark: ``confirm`` or ``false``."""
    redirect: str = ""

    @property
    def false(self) -> bool:
        """Tell whether a user has marked it false."""
        return self.verdict == "false"


@dataclass(slots=True)
class LastSeen:
    """When actors, venues and pairs of actors were last part of a development."""

    actors: dict[str, datetime] = field(default_factory=dict)
    venues: dict[str, datetime] = field(default_factory=dict)
    pairs: dict[tuple[str, str], datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stand:
    """Where an actor stands on an issue, since when."""

    stance: str
    since: datetime


class Known:
    """The state of detection for one subject."""

    def __init__(self, lexicon: Lexicon, baseline: Knowledge | None = None, window: timedelta | None = None) -> None:
        self.lexicon = lexicon
        self.baseline = baseline or Knowledge()
        self._window = window or timedelta(days=14)
        self.developments: dict[str, Development] = {}
        self.seen = LastSeen()
        self.positions: dict[tuple[str, str], Stand] = {}
        self.items: dict[str, str] = {}
        """The development each item of the window belongs to."""
        self.since: datetime | None = None
        """When the log begins."""

    def apply(self, change: Change) -> None:
        """Fold one change of the log into the state."""
        self.since = self.since or change.at
        if change.type is ChangeType.CORRECTION:
            self._correct(change)
            return
        development = self._development(change)
        development.last_at = max(development.last_at, change.at)
        development.severity, development.confidence = change.severity, change.confidence
        development.status = change.status if change.type is not ChangeType.SUPPORT else development.status
        if change.alert or change.kept_back == (Reason.HISTORY,):
            development.alerted_at = change.at  # what the first-contact digest tells is told
        if change.item:
            self.items[change.item] = development.id
        if change.claim:
            self._remember(development, change, change.claim)

    def prune(self, now: datetime) -> None:
        """Let go of what is older than the window; an announced meeting stays until it is over."""
        gone = [
            dev.id for dev in self.developments.values() if now - dev.last_at > self._window and not _ahead(dev, now)
        ]
        for name in gone:
            del self.developments[name]
        if gone:
            self.items = {item: name for item, name in self.items.items() if name in self.developments}

    def open(self) -> Iterator[Development]:
        """Yield the developments that further reports can belong to, oldest first."""
        return (dev for dev in self.developments.values() if not dev.redirect)

    def find(self, name: str) -> Development | None:
        """Return a development by id, following merges."""
        found = self.developments.get(name)
        while found and found.redirect:
            found = self.developments.get(found.redirect)
        return found

    def warmed_up(self, now: datetime, warm_up: timedelta) -> bool:
        """Tell whether the log is old enough for absence from it to mean something."""
        return self.since is not None and now - self.since >= warm_up

    def _development(self, change: Change) -> Development:
        found = self.developments.get(change.development)
        if found is None:
            found = self.developments[change.development] = Development(
                id=change.development,
                kind=change.kind,
                status=change.status,
                severity=change.severity,
                confidence=change.confidence,
                opened_at=change.at,
                last_at=change.at,
            )
        return found

    def _remember(self, development: Development, change: Change, claim: Claim) -> None:
        if change.source and change.source not in development.sources:
            development.sources.append(change.source)
        development.traces.append(
            Trace(
                claim,
                change.title,
                change.at,
                change.source,
                change.language,
                frozenset(change.words),
                frozenset(change.concepts),
            )
        )
        if len(development.traces) > _TRACES:
            del development.traces[1]  # the first report stays: later ones drift away from the act
        self._see(claim, change.at)
        if change.shift:
            self.positions[change.shift.actor, change.shift.issue] = Stand(change.shift.stance, change.at)

    def _see(self, claim: Claim, at: datetime) -> None:
        actors = claim.actors[:_PAIR_ACTORS]
        self.seen.actors.update(dict.fromkeys(actors, at))
        principals = [self.lexicon.principal(actor) for actor in actors]
        self.seen.pairs.update(dict.fromkeys(pairs(principals), at))
        if claim.venue:
            self.seen.venues[claim.venue] = at

    def _correct(self, change: Change) -> None:
        found = self.developments.get(change.development)
        if found is None:
            return
        verb, _, value = change.note.partition(" ")
        if verb in {"confirm", "false"}:
            found.verdict = verb
        elif verb == "duplicate-of":
            self._merge(found, value)
        elif verb == "kind":
            found.kind = change.kind

    def _merge(self, found: Development, into: str) -> None:
        """Send a development's later reports to another, which is compared by the reports of both from now on."""
        found.redirect = into
        target = self.developments.get(into)
        if target is None:
            return
        target.traces = sorted([*target.traces, *found.traces], key=lambda trace: trace.at)[:_TRACES]
        target.sources += [source for source in found.sources if source not in target.sources]


def pairs(actors: Iterable[str]) -> list[tuple[str, str]]:
    """Return the pairs of actors, each sorted, in a stable order."""
    return [(min(pair), max(pair)) for pair in combinations(dict.fromkeys(actors), 2)]


def _ahead(development: Development, now: datetime) -> bool:
    days = [trace.claim.when.last for trace in development.traces if trace.claim.when]
    return bool(days) and max(days) >= now.date() and now - development.last_at < timedelta(days=90)
