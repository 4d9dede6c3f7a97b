"""The values that flow from feed to alert, in the vocabulary of the field.

All are immutable. Times are aware UTC. Ids of actors, venues, issues and stances are those of the lexicon; names are
looked up when something is shown. Event types are those of PLOVER, the field's standard event ontology (Halterman et
al., 2023, "PLOVER and POLECAT: A New Political Event Ontology and Dataset").
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property


class Kind(StrEnum):
    """What sort of development."""

    MEETING = "meeting"
    CONTACT = "contact"
    APPOINTMENT = "appointment"
    POSITION = "position"
    PROPOSAL = "proposal"
    AGREEMENT = "agreement"
    CEASEFIRE = "ceasefire"
    HUMANITARIAN = "humanitarian"
    SANCTIONS = "sanctions"
    COMMITMENT = "commitment"
    INSTITUTION = "institution"
    RUPTURE = "rupture"
    ULTIMATUM = "ultimatum"


class Status(StrEnum):
    """How far it is; ``reported`` is unconfirmed, by unnamed sources."""

    PLANNED = "planned"
    HAPPENED = "happened"
    DENIED = "denied"
    CANCELLED = "cancelled"
    POSTPONED = "postponed"
    REPORTED = "reported"


class EventType(StrEnum):
    """PLOVER event types."""

    AGREE = "AGREE"
    CONSULT = "CONSULT"
    SUPPORT = "SUPPORT"
    COOPERATE = "COOPERATE"
    AID = "AID"
    CONCEDE = "CONCEDE"
    REQUEST = "REQUEST"
    ACCUSE = "ACCUSE"
    REJECT = "REJECT"
    THREATEN = "THREATEN"
    PROTEST = "PROTEST"
    SANCTION = "SANCTION"
    MOBILIZE = "MOBILIZE"
    COERCE = "COERCE"
    ASSAULT = "ASSAULT"
    RETREAT = "RETREAT"
    INVESTIGATE = "INVESTIGATE"


class SourceKind(StrEnum):
    """What sort of publisher stands behind a feed."""

    OFFICIAL = "official"
    STATE_MEDIA = "state_media"
    WIRE = "wire"
    INDEPENDENT = "independent"
    ANALYSIS = "analysis"


class Direction(StrEnum):
    """Which way a position moved, seen from the actor's own end of the scale."""

    SOFTER = "softer"
    HARDER = "harder"
    NEW = "new"


class ChangeType(StrEnum):
    """What an entry of the change log is.

    A new development, something new about a known one, another report of what is known, a correction.
    """

    NEW = "new"
    UPDATE = "update"
    SUPPORT = "support"
    CORRECTION = "correction"


class Reason(StrEnum):
    """Why a change is new to the user; from ``history`` on, why it is kept from him."""

    FIRST_REPORT = "first_report"
    NOT_IN_BASELINE = "not_in_baseline"
    NEW_TO_RECORD = "new_to_record"
    STATUS_CHANGE = "status_change"
    POSITION_SHIFT = "position_shift"
    RESUMED_AFTER_GAP = "resumed_after_gap"
    DENIED = "denied"
    CONFIRMED_OFFICIALLY = "confirmed_officially"
    CONTRADICTED = "contradicted"
    TOWARD_IMPLEMENTATION = "toward_implementation"
    AWAY_FROM_IMPLEMENTATION = "away_from_implementation"
    SECOND_REPORT = "second_report"
    SEPARATE_ACT = "separate_act"
    CORRECTED = "corrected"
    HISTORY = "history"
    TOO_OLD = "too_old"
    BELOW_THRESHOLD = "below_threshold"
    KNOWN = "known"
    MINOR = "minor"
    MARKED_FALSE = "marked_false"
    SECOND_HAND = "second_hand"


class Severity(StrEnum):
    """How much it matters."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class TextType(StrEnum):
    """What sort of text an item is; only news and new acts inside the others become developments."""

    NEWS = "news"
    OPINION = "opinion"
    ANALYSIS = "analysis"
    EXPLAINER = "explainer"
    RECAP = "recap"
    LIVE = "live"
    NEWSLETTER = "newsletter"
    GALLERY = "gallery"
    POLL = "poll"
    PODCAST = "podcast"


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a feed in one of its revisions, cleaned to plain text."""

    id: str
    feed: str
    source: str
    source_kind: SourceKind
    title: str
    summary: str
    link: str
    published: datetime | None
    first_seen: datetime
    language: str | None = None
    revision: int = 0
    history: bool = False
    """It was there at the first contact with its feed: it builds state but never alerts alone."""

    @property
    def when(self) -> datetime:
        """The time it speaks from: its publication, or its first sight where that is unknown or lies after it."""
        return min(self.published, self.first_seen) if self.published else self.first_seen


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of an item's text; ``field`` is ``title`` or ``summary``, ``end`` is exclusive."""

    field: str
    start: int
    end: int


class MentionSort(StrEnum):
    """What a mention refers to."""

    ACTOR = "actor"
    VENUE = "venue"
    ISSUE = "issue"
    UNKNOWN_PERSON = "unknown_person"


@dataclass(frozen=True, slots=True)
class Mention:
    """A recognised name. ``via`` says how it was matched: exact, adjective, metonym, office, skeleton, title, place."""

    span: Span
    text: str
    sort: MentionSort
    ref: str
    via: str = "exact"


class Role(StrEnum):
    """The part an actor has in a claim."""

    SOURCE = "source"
    TARGET = "target"
    SPEAKER = "speaker"
    HOST = "host"
    MEDIATOR = "mediator"
    PARTY = "party"


@dataclass(frozen=True, slots=True)
class Part:
    """An actor with its role.

    A person whom the lexicon doesn't know has the name as written for its id, and in ``named``.
    """

    actor: str
    role: Role
    named: str = ""


@dataclass(frozen=True, slots=True)
class When:
    """The day or days an act is said to take place, both inclusive, in the calendar of the publication."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit, e.g. ``Quantity(90e9, "EUR")`` or ``Quantity(157, "prisoners")``."""

    value: float
    unit: str


@dataclass(frozen=True, slots=True)
class Quote:
    """Words given as somebody's own; ``speaker`` is an actor id or empty."""

    text: str
    speaker: str
    span: Span


@dataclass(frozen=True)  # no slots: ``actors`` is kept
class Claim:
    """One statement of an act, extracted from one sentence of an item."""

    kind: Kind
    event: EventType
    status: Status
    parts: tuple[Part, ...]
    span: Span
    evidence: str
    """The sentence it rests on, verbatim."""
    venue: str | None = None
    issue: str | None = None
    stance: str | None = None
    states_position: bool = False
    """It states where its first actor stands on the issue, in its own name."""
    direction: Direction | None = None
    """Which way that position moves, as the words tell it; None where it states none or no model tells."""
    conditions: str = ""
    hedged: bool = False
    negated: bool = False
    unnamed_source: bool = False
    when: When | None = None
    ordinal: int | None = None
    quantities: tuple[Quantity, ...] = ()
    quote: Quote | None = None
    cues: tuple[str, ...] = ()
    """Ids of the cues that decided, for `dipwatch explain`."""
    score: float = 0.0
    """How surely this is a development of the subject, 0 to 1, rounded to 3 places."""

    @cached_property
    def actors(self) -> tuple[str, ...]:
        """The actor ids, in the order in which they matter."""
        return tuple(part.actor for part in self.parts)


@dataclass(frozen=True, slots=True)
class Reading:
    """What `extract` read in one item: the leading claim comes first."""

    item: Item
    language: str
    text_type: TextType
    mentions: tuple[Mention, ...]
    claims: tuple[Claim, ...]
    off_topic: tuple[str, ...] = ()
    """Topics that speak against its belonging to the subject."""
    recorded: Recorded | None = None
    """What was kept of a text that is not there any more; it stands in for the text's own words."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What the change log keeps of an item's text: what later reports are compared with."""

    words: tuple[str, ...]
    concepts: tuple[str, ...]
    credit: str = ""


@dataclass(frozen=True, slots=True)
class Shift:
    """A position that is new or moved on its scale."""

    actor: str
    issue: str
    direction: Direction
    stance: str = ""
    was: str = ""
    was_since: date | None = None
    """The day on which the old stance was stated, or from which the baseline knows it."""
    was_said: str = ""
    """The sentence that stated the old stance, verbatim."""
    was_source: str = ""
    """Who carried that sentence; of the baseline, ``baseline:`` and the document's title."""


@dataclass(frozen=True, slots=True)
class Account:
    """What one side says of a development in its own name: that it is so, or that it is not."""

    actor: str
    denies: bool
    evidence: str
    source: str
    item: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Compared:
    """A known development that a claim was held against, and how they agreed; for `dipwatch explain`."""

    development: str
    score: float
    agreed: tuple[str, ...] = ()
    differed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the change log: what an item, or a user's command, changed in what is known."""

    type: ChangeType
    development: str
    at: datetime
    alert: bool
    kind: Kind
    status: Status
    severity: Severity
    confidence: float
    title: str
    reasons: tuple[Reason, ...]
    item: str | None = None
    revision: int = 0
    source: str = ""
    source_kind: SourceKind | None = None
    language: str = ""
    claim: Claim | None = None
    words: tuple[str, ...] = ()
    """Stems of the item's words, sorted: what later reports are compared with."""
    concepts: tuple[str, ...] = ()
    """Venues and issues the item names, sorted."""
    shift: Shift | None = None
    status_was: Status | None = None
    sources: int = 1
    """Independent sources that carry the development, this one included."""
    compared: tuple[Compared, ...] = ()
    note: str = ""
    """For corrections: what was corrected and why."""
    kept_back: tuple[Reason, ...] = ()
    """Why it does not alert."""
    novel: tuple[str, ...] = field(default=())
    """What exactly is new, e.g. ``actor:dan-driscoll`` or ``pair:russia+united-states``."""
    credit: str = ""
    """The outlet whose report this one passes on, by its id; it is no source of its own then."""
    account: Account | None = None
    """What a side says of it here, in its own name."""
    contradicts: Account | None = None
    """What another side says to the contrary."""
    first_at: datetime | None = None
    """For a report that a correction moves: when it was first taken into the log."""


@dataclass(frozen=True, slots=True)
class Versions:
    """What decided: short hashes of everything that goes into a decision, stamped on each change."""

    program: str
    config: str
    lexicon: str
    baseline: str
    model: str


@dataclass(frozen=True, slots=True)
class Command:
    """A user's word on the log (``dipwatch mark``), applied by the leader in sequence."""

    id: int
    verb: str
    target: str
    value: str
    author: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Tick:
    """One batch of detection: its number within the subject and its time, the only clock that decisions see."""

    subject: str
    number: int
    at: datetime
