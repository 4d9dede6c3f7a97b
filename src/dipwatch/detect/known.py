"""What detection knows: a fold over the change log.

Live polling, a restart and a replay all come to the same state, because it is made of nothing but the changes, applied
in their order. It is bounded: developments without news for longer than the policy's window are let go, and a user's
word on one of those first brings back what the log has on it (`Known.recall`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import combinations

from dipwatch.baseline import Knowledge
from dipwatch.detect.accounts import confirms, contradicted
from dipwatch.detect.memory import Memory
from dipwatch.detect.voices import Voice, Voices
from dipwatch.lexicon import Lexicon
from dipwatch.model import Account, Change, ChangeType, Claim, Kind, Reason, Severity, Status

_TRACES = 8
"""Reports of a development that are kept for comparison: the first and the latest ones."""
_PAIR_ACTORS = 6
_SIDES = 12
"""Sides whose accounts of one development are kept."""
_FORGET = timedelta(days=730)
"""Names that the lexicon doesn't have are forgotten after so long; its own are few enough to be kept."""


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
    item: str = ""


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
    voices: Voices = field(default_factory=lambda: Voices([]))
    accounts: dict[str, Account] = field(default_factory=dict)
    """What each side said last, by the side."""
    unconfirmed: bool = False
    """It rests on unnamed sources, and nobody has stated it in his own name so far."""
    contradicted: bool = False
    """One side has said the contrary of what another did."""
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

    def actor(self, name: str, lexicon: Lexicon, now: datetime) -> datetime | None:
        """Return when an actor was last seen."""
        return _unless_forgotten(self.actors.get(name), now, named=name in lexicon.actors)

    def pair(self, one: str, other: str, lexicon: Lexicon, now: datetime) -> datetime | None:
        """Return when two actors, in their order, were last seen together."""
        named = one in lexicon.actors and other in lexicon.actors
        return _unless_forgotten(self.pairs.get((one, other)), now, named=named)

    def forget(self, lexicon: Lexicon, now: datetime) -> None:
        """Let go of what would be answered with None."""
        self.actors = {name: at for name, at in self.actors.items() if self.actor(name, lexicon, now)}
        self.pairs = {pair: at for pair, at in self.pairs.items() if self.pair(*pair, lexicon, now)}


@dataclass(frozen=True, slots=True)
class Stand:
    """Where an actor stands on an issue, since when, who carried that; and where it stood before."""

    stance: str
    since: datetime
    said: str = ""
    source: str = ""
    development: str = ""
    before: Stand | None = None


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
        self.memory = Memory()
        """What outlasts the window."""
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
            self._see(change.claim, change.at)
            self.memory.read(change.words, change.at)
        self._take_stand(change)

    def prune(self, now: datetime) -> None:
        """Let go of what is older than the window; an announced meeting stays until it is over."""
        self.memory.prune(now)
        gone = [dev.id for dev in self.developments.values() if self.is_over(dev, now)]
        for name in gone:
            del self.developments[name]
        if gone:
            self.items = {item: name for item, name in self.items.items() if name in self.developments}
            self.seen.forget(self.lexicon, now)

    def recall(self, changes: Iterable[Change]) -> None:
        """Bring back what the log has on developments that were let go; what is still known stays as it is."""
        past = Known(self.lexicon, self.baseline, self._window)
        for change in changes:
            past.apply(change)
        self.developments = {**past.developments, **self.developments}
        self.items = {**past.items, **self.items}

    def open(self) -> Iterator[Development]:
        """Yield the developments that stand for themselves, oldest first."""
        return (dev for dev in self.developments.values() if not dev.redirect)

    def find(self, name: str) -> Development | None:
        """Return a development by id, following merges."""
        found = self.developments.get(name)
        while found and found.redirect:
            found = self.developments.get(found.redirect)
        return found

    def is_over(self, development: Development, now: datetime) -> bool:
        """Tell whether a development is closed for further reports; a merged one is with the one it leads to."""
        last = (self.find(development.id) if development.redirect else None) or development
        return now - last.last_at > self._window and not _ahead(last, now)

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
        """Keep a report: the first ones and the latest, and who tells of it."""
        if not development.traces:
            development.unconfirmed = claim.unnamed_source or claim.status is Status.REPORTED
        voice = voice_of(change)
        if voice.source:
            if development.voices.is_new(voice, self.lexicon, development.sources):
                development.voices.hear(voice)
            if voice.source not in development.sources:
                development.sources.append(voice.source)
        self._hear_account(development, change, claim)
        development.traces.append(_trace(change, claim))
        if len(development.traces) > _TRACES:
            del development.traces[1]  # the first report stays: later ones drift away from the act

    def _hear_account(self, development: Development, change: Change, claim: Claim) -> None:
        account = change.account
        if confirms(claim, account) or Reason.CONFIRMED_OFFICIALLY in change.reasons:
            development.unconfirmed = False
        if account is None:
            return
        if contradicted(account, development.accounts):
            development.contradicted = True
        if account.actor in development.accounts or len(development.accounts) < _SIDES:
            development.accounts[account.actor] = account

    def _take_stand(self, change: Change) -> None:
        """Move the ledger of positions by what was stated."""
        shift = change.shift
        if shift is None or change.claim is None:
            return
        key = (shift.actor, shift.issue)
        before = self.positions.get(key)
        self.positions[key] = Stand(
            shift.stance,
            change.at,
            change.claim.evidence,
            change.source,
            change.development,
            replace(before, before=None) if before else None,
        )

    def _see(self, claim: Claim, at: datetime) -> None:
        actors = claim.actors[:_PAIR_ACTORS]
        self.seen.actors.update(dict.fromkeys(actors, at))
        principals = [self.lexicon.principal(actor) for actor in actors]
        self.seen.pairs.update(dict.fromkeys(pairs(principals), at))
        if claim.venue:
            self.seen.venues[claim.venue] = at

    def _correct(self, change: Change) -> None:
        verb, _, value = change.note.partition(" ")
        if verb == "split-from":
            self._take_over(change)
            return
        found = self.developments.get(change.development)
        if verb in {"confirm", "false"}:
            self._judge(change, found, verb)
        if found is None:
            return
        if verb == "duplicate-of":
            self._merge(found, value)
        elif verb == "kind":
            found.kind = change.kind
        elif verb == "split":
            _give_away(found, change)

    def _judge(self, change: Change, found: Development | None, verb: str) -> None:
        """Take a user's verdict: what is false moved no position, and is not to be told again."""
        self.memory.absolve(change.development)
        if verb == "false":
            self.positions = {
                key: stand
                for key, each in self.positions.items()
                if (stand := each.before if each.development == change.development else each)
            }
        if found is None:
            return
        found.verdict, found.confidence = verb, change.confidence
        if verb == "false":
            self.memory.condemn(change.development, found.traces[0] if found.traces else None, change.at)

    def _merge(self, found: Development, into: str) -> None:
        """Lead a development's later reports to another.

        Its reports stay a group of their own for comparison: what is like them goes where they went, even if it is
        unlike what else has gone there.
        """
        found.redirect = into
        target = self.find(into)
        if target is None:
            return
        for voice in found.voices.kept:
            if target.voices.is_new(voice, self.lexicon, target.sources):
                target.voices.hear(voice)
        target.sources += [source for source in found.sources if source not in target.sources]
        target.alerted_at = target.alerted_at or found.alerted_at

    def _take_over(self, change: Change) -> None:
        """Let a development of its own begin with a report that was part of another."""
        for other in self.developments.values():  # an edited report may stand in one that was merged as well
            other.traces = [trace for trace in other.traces if trace.item != change.item]
        development = self._development(change)
        at = change.first_at or change.at
        development.last_at = max(development.last_at if development.traces else at, at)
        development.opened_at = min(development.opened_at, at)
        development.status, development.severity = change.status, change.severity
        development.confidence = change.confidence
        if change.alert:
            development.alerted_at = at
        if change.item:
            self.items[change.item] = development.id
        if change.claim:
            self._remember(development, change, change.claim)


def _give_away(development: Development, change: Change) -> None:
    """Take a report out of a development, which goes on as the correction tells."""
    development.traces = [trace for trace in development.traces if trace.item != change.item]
    development.voices.kept = [voice for voice in development.voices.kept if voice.item != change.item]
    development.voices.count = change.sources
    development.accounts = {actor: one for actor, one in development.accounts.items() if one.item != change.item}
    development.kind, development.status = change.kind, change.status
    development.severity, development.confidence = change.severity, change.confidence


def _trace(change: Change, claim: Claim) -> Trace:
    return Trace(
        claim,
        change.title,
        change.first_at or change.at,
        change.source,
        change.language,
        frozenset(change.words),
        frozenset(change.concepts),
        change.item or "",
    )


def voice_of(change: Change) -> Voice:
    """Return who tells what in a change."""
    return Voice(change.source, change.title, frozenset(change.words), change.credit, change.item or "")


def _unless_forgotten(at: datetime | None, now: datetime, *, named: bool) -> datetime | None:
    return at if named or (at is not None and now - at < _FORGET) else None


def pairs(actors: Iterable[str]) -> list[tuple[str, str]]:
    """Return the pairs of actors, each sorted, in a stable order."""
    return [(min(pair), max(pair)) for pair in combinations(dict.fromkeys(actors), 2)]


def _ahead(development: Development, now: datetime) -> bool:
    days = [trace.claim.when.last for trace in development.traces if trace.claim.when]
    return bool(days) and max(days) >= now.date() and now - development.last_at < timedelta(days=90)
