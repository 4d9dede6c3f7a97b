"""What a message says, before any format: the view that every template is given; ``build`` makes it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from dipwatch.alerts import words
from dipwatch.alerts.safety import Link
from dipwatch.model import Change, ChangeType, Item, SourceKind

MOST_ENTRIES = 60
"""More than this is not read, and would pass the limits of chat channels."""


class Purpose(StrEnum):
    """Why a message is sent."""

    ALERT = "alert"
    DIGEST = "digest"
    CORRECTION = "correction"
    REMINDER = "reminder"
    ASSURANCE = "assurance"
    OPERATOR = "operator"
    REPORT = "report"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Source:
    """A publisher that carries a development."""

    name: str
    kind: SourceKind


@dataclass(frozen=True, slots=True)
class Material:
    """A change with what is needed to tell it: the item it comes from, and all sources of its development so far."""

    change: Change
    item: Item | None = None
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """The sentence a claim rests on; ``title`` is the item's headline where the quote is another sentence."""

    quote: str
    outlet: str
    published: str
    link: Link
    title: str = ""


@dataclass(frozen=True, slots=True)
class Codes:
    """The vocabulary's own ids, for programs that read the message."""

    change: str
    kind: str
    status: str
    status_was: str | None
    severity: str
    reasons: tuple[str, ...]
    novel: tuple[str, ...]
    actors: tuple[str, ...]
    venue: str | None
    issue: str | None
    confidence: float


@dataclass(frozen=True, slots=True)
class Entry:
    """One development in a message; every text is clean, empty means there is nothing to say."""

    development: str
    label: str
    kind: str
    status: str
    severity: str
    act: str
    """Kind and status together: ``Meeting planned``; what simply happened needs no word for it."""
    headline: str
    why: tuple[str, ...]
    was: str
    now: str
    who: str
    where: str
    when: str
    evidence: tuple[Evidence, ...]
    sources: str
    confidence: str
    marks: tuple[str, ...]
    late: str
    note: str
    reported: str
    codes: Codes
    english: str
    """What was read in a headline or sentence that is not English, in English; no translation."""
    record: Link = Link("")  # noqa: RUF009 (a text, which nothing can change)
    """Where its record stands in the published report; empty where none is published."""

    @property
    def show(self) -> str:
        """The command that prints the full record."""
        return f"dipwatch show {self.development}"

    @property
    def confirm(self) -> str:
        """The command that marks it as confirmed."""
        return f"dipwatch mark {self.development} confirm"

    @property
    def mark_false(self) -> str:
        """The command that marks it as false."""
        return f"dipwatch mark {self.development} false"

    @property
    def objection(self) -> str:
        """When the reader should object: ``If wrong``, to a correction ``If right``."""
        return words.word("objection", "correction" if self.is_correction else "news")

    @property
    def object(self) -> str:
        """The command that objects."""
        return self.confirm if self.is_correction else self.mark_false

    @property
    def is_correction(self) -> bool:
        """Whether it takes something back."""
        return self.codes.change == ChangeType.CORRECTION


@dataclass(frozen=True, slots=True)
class Message:
    """What goes to one receiver at one time. ``key`` stays the same over all attempts; ``thread`` ties updates."""

    purpose: Purpose
    key: str
    subject: str
    entries: tuple[Entry, ...]
    lead: str = ""
    stands_in: str = ""
    """For whom its receiver stands in, and why; empty where it is meant for it."""
    lines: tuple[str, ...] = ()
    """What a notice says, point by point."""
    left_out: int = 0
    """Developments that did not fit; they stand in the change log."""
    thread: str = ""
    attachment: str = ""
    """The path of a file that goes with it where the receiver takes one: by mail."""

    @property
    def tells_headline(self) -> bool:
        """Whether the subject says all that the head of its only entry would: chats show both."""
        return len(self.entries) == 1 and self.subject.endswith(f"{self.entries[0].act}: {self.entries[0].headline}")

    @property
    def by_kind(self) -> tuple[tuple[str, tuple[Entry, ...]], ...]:
        """The entries under their kinds, in the order of the vocabulary."""
        order = list(words.keys("kind"))
        ordered = sorted(self.entries, key=lambda entry: order.index(entry.codes.kind))
        return tuple((kind, tuple(group)) for kind, group in groupby(ordered, key=lambda entry: entry.kind))
