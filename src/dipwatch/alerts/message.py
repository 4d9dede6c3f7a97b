"""What a message says, before any format: the view that every template is given.

Everything that comes from feeds passes ``safety`` here; names of actors, venues and issues come from the lexicon.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby

from dipwatch.alerts import words
from dipwatch.alerts.english import english_of
from dipwatch.alerts.names import Names
from dipwatch.alerts.safety import (
    NAME_LENGTH,
    QUOTE_LENGTH,
    TITLE_LENGTH,
    Link,
    clean,
    header,
    safe_link,
)
from dipwatch.model import Change, ChangeType, Claim, Item, Reason, Severity, Shift, SourceKind, Status

LATE_AFTER = timedelta(hours=1)
"""A message that speaks of an item older than this says how late it is."""
MOST_QUOTES = 3
MOST_ENTRIES = 60
"""More than this is not read, and would pass the limits of chat channels."""
_SEVERITIES = (Severity.HIGH, Severity.MEDIUM, Severity.LOW)


class Purpose(StrEnum):
    """Why a message is sent."""

    ALERT = "alert"
    DIGEST = "digest"
    CORRECTION = "correction"
    OPERATOR = "operator"
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

    @property
    def show(self) -> str:
        """The command that prints the full record."""
        return f"dipwatch show {self.development}"

    @property
    def mark_false(self) -> str:
        """The command that marks it as false."""
        return f"dipwatch mark {self.development} false"


@dataclass(frozen=True, slots=True)
class Message:
    """What goes to one receiver at one time. ``key`` stays the same over all attempts; ``thread`` ties updates."""

    purpose: Purpose
    key: str
    subject: str
    entries: tuple[Entry, ...]
    lead: str = ""
    left_out: int = 0
    """Developments that did not fit; they stand in the change log."""
    thread: str = ""

    @property
    def by_kind(self) -> tuple[tuple[str, tuple[Entry, ...]], ...]:
        """The entries under their kinds, in the order of the vocabulary."""
        order = list(words.keys("kind"))
        ordered = sorted(self.entries, key=lambda entry: order.index(entry.codes.kind))
        return tuple((kind, tuple(group)) for kind, group in groupby(ordered, key=lambda entry: entry.kind))


def build_message(purpose: Purpose, key: str, materials: Sequence[Material], names: Names, now: datetime) -> Message:
    """Build the message about some changes; those of one development become one entry.

    Alerts and corrections keep the order of the log; a digest puts what matters most first and is cut at
    ``MOST_ENTRIES``. ``now`` is the time of sending.
    """
    entries = [_entry(group, names, now) for group in _by_development(materials)]
    if purpose is Purpose.DIGEST:
        entries.sort(key=lambda entry: _SEVERITIES.index(Severity(entry.severity)))
    kept = tuple(entries[:MOST_ENTRIES])
    return Message(
        purpose=purpose,
        key=key,
        subject=header(_subject(purpose, entries)),
        entries=kept,
        lead=_lead(purpose, entries),
        left_out=len(entries) - len(kept),
        thread=kept[0].development if len(kept) == 1 else "",
    )


def build_notice(purpose: Purpose, key: str, subject: str, text: str) -> Message:
    """Build a message that no change stands behind: a test, or a word to the operator."""
    line = f"{words.word('label', purpose.value)} {subject}"
    return Message(purpose=purpose, key=key, subject=header(line), entries=(), lead=clean(text, QUOTE_LENGTH))


def _by_development(materials: Sequence[Material]) -> Iterable[list[Material]]:
    groups: dict[str, list[Material]] = {}
    for material in materials:
        groups.setdefault(material.change.development, []).append(material)
    return groups.values()


def _subject(purpose: Purpose, entries: Sequence[Entry]) -> str:
    if purpose is Purpose.DIGEST or len(entries) > 1:
        return f"{words.word('label', 'digest')} {_count_of_kinds(entries)}"
    entry = entries[0]
    return f"{entry.label} {entry.act}: {entry.headline}"


def _count_of_kinds(entries: Sequence[Entry]) -> str:
    kinds = [entry.kind for entry in entries]
    most_first = sorted(dict.fromkeys(kinds), key=lambda kind: -kinds.count(kind))
    counts = ", ".join(f"{kinds.count(kind)} {kind.lower()}" for kind in most_first)
    return f"{words.Counted(len(entries), 'development')}: {counts}"


def _lead(purpose: Purpose, entries: Sequence[Entry]) -> str:
    if purpose is not Purpose.DIGEST:
        return ""
    found = words.Counted(len(entries), "development")
    return f"First contact: {found} found in what the feeds already held. From now on each new one comes by itself."


def _entry(materials: Sequence[Material], names: Names, now: datetime) -> Entry:
    first, last = materials[0].change, materials[-1].change
    claim = last.claim
    was, now_is = _was_and_now(materials, names)
    return Entry(
        development=last.development,
        label=_label(materials),
        kind=words.word("kind", last.kind),
        status=words.word("status", last.status),
        act=words.act(last.kind, last.status),
        severity=min((material.change.severity for material in materials), key=_SEVERITIES.index),
        headline=clean(last.title, TITLE_LENGTH),
        why=_unique(line for material in materials for line in _why(material.change, names)),
        was=was,
        now=now_is,
        who=_who(claim, names),
        where=_named(names, claim.venue) if claim and claim.venue else "",
        when=words.days(claim.when) if claim else "",
        evidence=_evidence(materials),
        sources=_sources(materials[-1]),
        confidence=f"{words.confidence_word(last.confidence)} confidence ({last.confidence:.2f})",
        marks=_unique(mark for material in materials for mark in _marks(material.change)),
        late=_late(materials, now),
        note=_note(last),
        reported=words.clock_time(materials[-1].item.when if materials[-1].item else first.at),
        codes=_codes(last),
        english=clean(english_of(last, names), TITLE_LENGTH),
    )


def _codes(change: Change) -> Codes:
    claim = change.claim
    return Codes(
        change=change.type,
        kind=change.kind,
        status=change.status,
        status_was=change.status_was,
        severity=change.severity,
        reasons=tuple(reason.value for reason in change.reasons),
        novel=tuple(clean(item, NAME_LENGTH) for item in change.novel),
        actors=claim.actors if claim else (),
        venue=claim.venue if claim else None,
        issue=claim.issue if claim else None,
        confidence=change.confidence,
    )


def _label(materials: Sequence[Material]) -> str:
    types = [material.change.type for material in materials]
    leading = next((kind for kind in (ChangeType.CORRECTION, ChangeType.NEW) if kind in types), types[-1])
    return words.word("label", leading)


def _named(names: Names, ref: str) -> str:
    return clean(names.name(ref), NAME_LENGTH)


def _why(change: Change, names: Names) -> Iterable[str]:
    for reason in change.reasons:
        line = words.word("reason", reason)
        if reason is Reason.POSITION_SHIFT and change.shift:
            yield f"{line}: {_moved(change.shift, names)}"
        elif reason in {Reason.NOT_IN_BASELINE, Reason.NEW_TO_RECORD} and change.novel:
            yield f"{line}: {', '.join(_novel(item, names) for item in change.novel)}"
        else:
            yield line


def _moved(shift: Shift, names: Names) -> str:
    direction = words.word("direction", shift.direction)
    return f"{_named(names, shift.actor)} on {_named(names, shift.issue)}, {direction}"


def _novel(item: str, names: Names) -> str:
    """Say a novelty such as ``actor:dan-driscoll`` or ``pair:russia+united-states`` in words."""
    sort, _, refs = item.partition(":")
    told = " + ".join(_named(names, ref) for ref in refs.split("+"))
    return f"{words.word('novel', sort)} {told}"


def _was_and_now(materials: Sequence[Material], names: Names) -> tuple[str, str]:
    """Return the old position or status with the new one; both empty where nothing moved."""
    told = [material.change.shift for material in materials if material.change.shift]
    shifts = [shift for shift in told if shift.was and shift.was != shift.stance]
    if shifts:
        return _stances(shifts[-1], names)
    was = next((m.change.status_was for m in materials if m.change.status_was), None)
    status = materials[-1].change.status
    if was is None or was is status:
        return "", ""
    return words.word("status", was), words.word("status", status)


def _stances(shift: Shift, names: Names) -> tuple[str, str]:
    was, now = (
        clean(names.stance(shift.issue, stance), NAME_LENGTH) if stance else "" for stance in (shift.was, shift.stance)
    )
    return was, now


def _who(claim: Claim | None, names: Names) -> str:
    parts = claim.parts if claim else ()
    return ", ".join(
        _unique(clean(part.named, NAME_LENGTH) if part.named else _named(names, part.actor) for part in parts)
    )


def _note(change: Change) -> str:
    """Say what a correction did; its note is the verb of the user's mark and its value."""
    verb, _, value = change.note.partition(" ")
    known = words.keys("correction")
    told = words.word("correction", verb).replace("{}", value).rstrip(": ") if verb in known else change.note
    return clean(told, QUOTE_LENGTH)


def _evidence(materials: Sequence[Material]) -> tuple[Evidence, ...]:
    found = [_quoted(material.change.claim, material.item) for material in materials if material.item]
    return tuple(dict.fromkeys(found))[-MOST_QUOTES:]


def _quoted(claim: Claim | None, item: Item) -> Evidence:
    title = clean(item.title, TITLE_LENGTH)
    quote = clean(claim.evidence, QUOTE_LENGTH) if claim else title
    return Evidence(
        quote=quote,
        outlet=clean(item.source, NAME_LENGTH),
        published=words.clock_time(item.when),
        link=safe_link(item.link),
        title="" if quote == title else title,
    )


def _sources(material: Material) -> str:
    """Say number and kinds: ``3 sources (2 wire, 1 official)``."""
    total = words.Counted(max(material.change.sources, len(material.sources)), "source")
    kinds = [words.word("source_kind", source.kind) for source in material.sources]
    told = ", ".join(f"{kinds.count(kind)} {kind}" for kind in dict.fromkeys(kinds))
    return f"{total} ({told})" if told else str(total)


def _marks(change: Change) -> Iterable[str]:
    claim = change.claim
    if claim and claim.unnamed_source:
        yield words.word("mark", "unnamed_source")
    if claim and claim.hedged:
        yield words.word("mark", "hedged")
    if change.status is Status.REPORTED:
        yield words.word("mark", "reported")
    if change.status is Status.DENIED or Reason.DENIED in change.reasons:
        yield words.word("mark", "denied")


def _late(materials: Sequence[Material], now: datetime) -> str:
    told = [material.item.when for material in materials if material.item]
    if not told or now - max(told) < LATE_AFTER:
        return ""
    return f"{words.duration(now - max(told))} after its publication"


def _unique(lines: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(lines))
