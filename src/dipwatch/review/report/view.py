"""What a report holds: the terminal's views of a period, put together. Times are aware UTC."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from dipwatch.review.agenda import UpcomingView
from dipwatch.review.entries import EntryView
from dipwatch.review.ledger import PositionView
from dipwatch.review.listed import DevelopmentView, Ref
from dipwatch.review.network import NetworkView
from dipwatch.review.numbers import NumberView
from dipwatch.review.views import SourceView


@dataclass(frozen=True, slots=True)
class Told:
    """A piece of news with the sentence it rests on, verbatim, and the kind of its source."""

    entry: EntryView
    evidence: str
    source_kind: str


@dataclass(frozen=True, slots=True)
class Card:
    """A development with its news of the period, in the order of time, and all sources that carry it.

    ``since`` is when it had its first news of the period; ``before`` counts its news from before.
    """

    development: DevelopmentView
    told: tuple[Told, ...]
    sources: tuple[SourceView, ...]
    before: int

    @property
    def since(self) -> datetime:
        """When it had its first news of the period."""
        return self.told[0].entry.at if self.told else self.development.opened_at


@dataclass(frozen=True, slots=True)
class VenueView:
    """A venue with the developments that took or are to take place there, the latest first."""

    venue: Ref
    developments: tuple[DevelopmentView, ...]


@dataclass(frozen=True, slots=True)
class PublisherView:
    """A publisher: how many developments it carries, was the first to bring, and carries alone."""

    source: str
    source_kind: str
    developments: int
    first: int
    alone: int


@dataclass(frozen=True, slots=True)
class Report:
    """The log of a period: what had news in it (``since`` inclusive, ``until`` exclusive), as it stood at ``at``.

    ``held_back`` counts the developments that stayed below the alert threshold, ``zone`` is that of the days shown.
    ``cards`` are in the order of their first news, ``publishers`` the busiest first.
    """

    subjects: tuple[str, ...]
    since: datetime
    until: datetime
    at: datetime
    zone: tzinfo | None
    numbers: tuple[NumberView, ...]
    held_back: int
    cards: tuple[Card, ...]
    positions: tuple[PositionView, ...]
    network: NetworkView
    venues: tuple[VenueView, ...]
    publishers: tuple[PublisherView, ...]
    upcoming: tuple[UpcomingView, ...]

    @property
    def news(self) -> Sequence[Told]:
        """Every piece of news, in the order of time."""
        return sorted((told for card in self.cards for told in card.told), key=lambda told: told.entry.seq)

    @property
    def ids(self) -> frozenset[str]:
        """The developments that have a card."""
        return frozenset(card.development.id for card in self.cards)

    def number(self, group: str, key: str) -> int:
        """Return one of the numbers, 0 where there is none such."""
        return next((each.count for each in self.numbers if (each.group, each.key) == (group, key)), 0)

    def corroborated(self, least: int, most: int | None = None) -> int:
        """Return how many developments so many independent sources carry."""
        return sum(least <= card.development.sources <= (most or card.development.sources) for card in self.cards)
