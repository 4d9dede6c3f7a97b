"""What users look at of one development: view models for terminal, formats and report, as in ``listed``.

Ids come with their names. Times are aware UTC. The order of the fields is that of the formats (docs/formats.md): new
ones are added at the end.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from dipwatch.model import Compared, Quantity, Span
from dipwatch.review.listed import DevelopmentView, Ref


@dataclass(frozen=True, slots=True)
class PartView:
    """An actor with its role; ``named`` is the person as written where the lexicon doesn't know it."""

    actor: Ref
    role: str
    named: str


@dataclass(frozen=True, slots=True)
class NovelView:
    """What exactly was new: an ``actor``, ``venue``, ``pair``, ``channel``, ..."""

    sort: str
    refs: tuple[Ref, ...]


@dataclass(frozen=True, slots=True)
class ShiftView:
    """A position that is new or moved: where it was (None: not known before) and where it is."""

    actor: Ref
    issue: Ref
    direction: str
    stance: Ref | None
    was: Ref | None


@dataclass(frozen=True, slots=True)
class ReportView:
    """The item that a change rests on, in the wording that was read."""

    item: str
    revision: int
    source: str
    source_kind: str
    title: str
    link: str
    language: str | None
    published_at: datetime | None
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class ClaimView:
    """What was read in the report: ``evidence`` is the sentence it rests on, verbatim.

    ``english`` is a line built from the slots where the report is in Russian or Ukrainian.
    """

    event: str
    parts: tuple[PartView, ...]
    evidence: str
    venue: Ref | None
    issue: Ref | None
    stance: Ref | None
    conditions: str
    first_day: date | None
    last_day: date | None
    quote: str
    speaker: Ref | None
    hedged: bool
    unnamed_source: bool
    score: float
    cues: tuple[str, ...]
    english: str | None
    kind: str
    status: str
    span: Span
    ordinal: int | None
    quantities: tuple[Quantity, ...]
    negated: bool
    states_position: bool


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """A message to a receiver about a change: the state of its sending, and its latest attempt, if there was one."""

    receiver: str
    purpose: str
    state: str
    attempts: int
    at: datetime | None
    outcome: str | None
    detail: str


@dataclass(frozen=True, slots=True)
class ChangeView:
    """An entry of the change log, with what it rests on, what decided (tick, version) and whom it was sent to."""

    seq: int
    at: datetime
    type: str
    development: str
    alert: bool
    kind: str
    status: str
    status_was: str | None
    severity: str
    confidence: float
    title: str
    reasons: tuple[str, ...]
    kept_back: tuple[str, ...]
    novel: tuple[NovelView, ...]
    shift: ShiftView | None
    sources: int
    note: str
    report: ReportView | None
    claim: ClaimView | None
    deliveries: tuple[DeliveryView, ...]
    tick: int
    version: str
    compared: tuple[Compared, ...]


@dataclass(frozen=True, slots=True)
class SourceView:
    """A publisher that carries a development, with its first report of it."""

    source: str
    source_kind: str
    first_at: datetime
    reports: int
    link: str


@dataclass(frozen=True, slots=True)
class RevisionView:
    """A wording of one of the items; number 0 is the first."""

    item: str
    number: int
    title: str
    summary: str
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class MarkView:
    """A user's word on a development; ``answer`` is what came of it, None until the daemon has applied it."""

    id: int
    at: datetime
    author: str
    verdict: str
    value: str
    answer: str | None


@dataclass(frozen=True, slots=True)
class SaidView:
    """What the baseline says: a ``position`` of an actor on an issue, a ``channel`` or a ``round`` between those named.

    ``known`` tells whether it was known when the development opened, ``document`` is the seed's title and date. An
    ``actor`` or ``venue`` that no seed tells of has neither quote nor day.
    """

    sort: str
    about: tuple[Ref, ...]
    stance: Ref | None
    quote: str
    seed: str
    document: str
    known_from: date | None
    entry: str | None
    known: bool


@dataclass(frozen=True, slots=True)
class DetailView:
    """A development with all that is known of it.

    ``merged`` are the ids that were merged into it, whose changes stand in the timeline too. ``revisions`` are the
    wordings of items that were edited, ``marks`` what users said of it, applied or not. ``baseline`` is what the seeds
    say of it.
    """

    development: DevelopmentView
    merged: tuple[str, ...]
    sources: tuple[SourceView, ...]
    timeline: tuple[ChangeView, ...]
    revisions: tuple[RevisionView, ...]
    marks: tuple[MarkView, ...]
    baseline: tuple[SaidView, ...]
