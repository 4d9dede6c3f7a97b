"""Readings, and a log that ticks: what tests of detection are made of. The conflict and all sentences are invented."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from dipwatch.baseline import Knowledge
from dipwatch.detect import Frame, History, Known, Policy, TickResult, run_tick
from dipwatch.detect.group import PAIR_WEIGHTS
from dipwatch.lexicon import Lexicon
from dipwatch.linear import Linear
from dipwatch.model import (
    Change,
    Claim,
    Command,
    EventType,
    Item,
    Kind,
    Mention,
    MentionSort,
    Part,
    Reading,
    Role,
    SourceKind,
    Span,
    Status,
    TextType,
    Tick,
    When,
)

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""A Monday."""
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
LEADERS = ("ivan-dorin", "arvenia", "marek-velsky", "kestria")


def on(day: int, month: int = 3) -> When:
    """A day of 2026."""
    return When(date(2026, month, day), date(2026, month, day))


def claim(title: str, **slots: Any) -> Claim:  # noqa: ANN401 - the slots of a claim, each of its own type
    """A claim of two leaders' meeting that is sure to be one, but for the slots given."""
    actors = slots.pop("actors", LEADERS)
    role = Role.SPEAKER if slots.get("kind") is Kind.POSITION else Role.SOURCE
    parts = tuple(Part(actor, role if place == 0 else Role.PARTY) for place, actor in enumerate(actors))
    defaults: dict[str, Any] = {
        "kind": Kind.MEETING,
        "event": EventType.CONSULT,
        "status": Status.HAPPENED,
        "score": 0.9,
    }
    return Claim(**{**defaults, **slots}, parts=parts, span=Span("title", 0, len(title)), evidence=title)


def reading(
    title: str,
    *,
    name: str = "",
    source: str = "wire",
    at: datetime = START,
    seen: datetime | None = None,
    source_kind: SourceKind = SourceKind.WIRE,
    language: str = "en",
    summary: str = "",
    history: bool = False,
    revision: int = 0,
    **slots: Any,  # noqa: ANN401 - the slots of the claim
) -> Reading:
    """What was read in an item: one claim with the slots given; ``name`` is the item's id, made up if left out."""
    item = Item(
        id=name or f"{source}-{title}",
        feed=f"https://{source}.example.org/feed",
        source=source,
        source_kind=source_kind,
        title=title,
        summary=summary,
        link="",
        published=at,
        first_seen=seen or at,
        language=language,
        revision=revision,
        history=history,
    )
    only = claim(title, **slots)
    places = [(MentionSort.VENUE, only.venue), (MentionSort.ISSUE, only.issue)]
    mentions = tuple(Mention(Span("title", 0, len(title)), title, sort, ref) for sort, ref in places if ref)
    return Reading(item, language, TextType.NEWS, mentions, (only,))


@dataclass
class Log:
    """A change log that grows by ticks, as the leader's does."""

    lexicon: Lexicon
    baseline: Knowledge = field(default_factory=Knowledge)
    policy: Policy = field(default_factory=Policy)
    changes: list[Change] = field(default_factory=list)
    ticks: int = 0
    weights: Linear = PAIR_WEIGHTS
    answer: str = ""
    history: History = field(default_factory=History)

    def __post_init__(self) -> None:
        self.known = Known(self.lexicon, self.baseline, self.policy.window)

    def tick(self, *readings: Reading, at: datetime | None = None, commands: Sequence[Command] = ()) -> TickResult:
        """Decide a batch ten minutes after its last item was seen, or at the time given."""
        at = at or max(each.item.first_seen for each in readings) + timedelta(minutes=10)
        self.ticks += 1
        tick = Tick("straits", self.ticks, at)
        result = run_tick(Frame(self.known, tick, self.policy, self.weights, self.history), readings, commands)
        self.changes += result.changes
        self.history.add(result.changes)
        return result

    def report(self, title: str, **slots: Any) -> Change:  # noqa: ANN401 - as in `reading`
        """Decide one reading alone; return the change it makes."""
        (change,) = self.tick(reading(title, **slots)).changes
        return change

    def command(self, verb: str, target: str, value: str = "", *, at: datetime = START + HOUR) -> tuple[Change, ...]:
        """Apply a user's word; return the changes it makes."""
        command = Command(len(self.changes) + 1, verb, target, value, "an analyst", at)
        result = self.tick(at=at, commands=[command])
        self.answer = result.answers[0][1]
        return result.changes

    @property
    def developments(self) -> list[str]:
        """The ids of the developments in the log, in their order."""
        return list(dict.fromkeys(change.development for change in self.changes))

    @property
    def alerts(self) -> list[Change]:
        """The changes that alert."""
        return [change for change in self.changes if change.alert]


def baseline(
    *, actors: Sequence[str] = (), venues: Sequence[str] = (), pairs: Sequence[tuple[str, str]] = (), since: date
) -> Knowledge:
    """A baseline that knows what is given from one day on."""
    return Knowledge(dict.fromkeys(actors, since), dict.fromkeys(venues, since), dict.fromkeys(pairs, since))
