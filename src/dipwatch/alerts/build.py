"""From changes to what a message says of them.

Everything that comes from feeds passes ``safety`` here; names of actors, venues and issues come from the lexicon.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from dipwatch.alerts import words
from dipwatch.alerts.english import english_of
from dipwatch.alerts.message import MOST_ENTRIES, Codes, Entry, Evidence, Material, Message, Purpose
from dipwatch.alerts.names import Names
from dipwatch.alerts.safety import NAME_LENGTH, QUOTE_LENGTH, TITLE_LENGTH, Link, clean, header, safe_link
from dipwatch.model import Change, ChangeType, Claim, Item, Reason, Severity, Shift, Status

LATE_AFTER = timedelta(hours=1)
"""A message that speaks of an item older than this says how late it is."""
MOST_QUOTES = 3
_SEVERITIES = (Severity.HIGH, Severity.MEDIUM, Severity.LOW)


def build_message(
    purpose: Purpose,
    key: str,
    materials: Sequence[Material],
    names: Names,
    now: datetime,
    *,
    stands_in: str = "",
    held_for: str = "",
    address: str = "",
) -> Message:
    """Build the message about some changes; those of one development become one entry.

    Alerts and corrections keep the order of the log; a digest puts what matters most first and is cut at
    ``MOST_ENTRIES``. ``now`` is the time of sending; ``stands_in`` says for whom the receiver does,
    ``held_for`` why a digest comes as one, ``address`` where the report is published in which records stand.
    """
    held_back = purpose is Purpose.DIGEST
    entries = [_entry(group, names, None if held_back else now, address) for group in _by_development(materials)]
    if held_back:
        entries.sort(key=lambda entry: _SEVERITIES.index(Severity(entry.severity)))
    kept = tuple(entries[:MOST_ENTRIES])
    return Message(
        purpose=purpose,
        key=key,
        subject=header(_for(stands_in) + _subject(purpose, entries)),
        entries=kept,
        lead=_lead(purpose, entries, materials, held_for),
        stands_in=clean(stands_in, QUOTE_LENGTH),
        left_out=len(entries) - len(kept),
        thread=kept[0].development if len(kept) == 1 else "",
    )


def build_notice(
    purpose: Purpose, key: str, subject: str, lines: Sequence[str], stands_in: str = "", *, attachment: str = ""
) -> Message:
    """Build a message that no change stands behind: a test, or a word to the operator. The first line leads."""
    lead, *rest = (clean(line, QUOTE_LENGTH) for line in lines)
    return Message(
        purpose=purpose,
        key=key,
        subject=header(f"{_for(stands_in)}{words.word('label', purpose.value)} {subject}"),
        entries=(),
        lead=lead,
        lines=tuple(rest),
        stands_in=clean(stands_in, QUOTE_LENGTH),
        thread=purpose.value if purpose is Purpose.OPERATOR else "",
        attachment=attachment,
    )


def _by_development(materials: Sequence[Material]) -> Iterable[list[Material]]:
    groups: dict[str, list[Material]] = {}
    for material in materials:
        groups.setdefault(material.change.development, []).append(material)
    return groups.values()


def _subject(purpose: Purpose, entries: Sequence[Entry]) -> str:
    if purpose is Purpose.DIGEST or len(entries) > 1:
        return f"{words.word('label', 'digest')} {_count_of_kinds(entries)}"
    entry = entries[0]
    label = words.word("label", "reminder") if purpose is Purpose.REMINDER else entry.label
    return f"{label} {entry.act}: {entry.headline}"


def _count_of_kinds(entries: Sequence[Entry]) -> str:
    kinds = [entry.kind for entry in entries]
    most_first = sorted(dict.fromkeys(kinds), key=lambda kind: -kinds.count(kind))
    counts = ", ".join(f"{kinds.count(kind)} {kind.lower()}" for kind in most_first)
    return f"{words.Counted(len(entries), 'development')}: {counts}"


def _for(stands_in: str) -> str:
    """Return the beginning of the subject of a message for somebody else: ``For desk: ``."""
    return f"{stands_in.partition(',')[0]}: " if stands_in else ""


def _lead(purpose: Purpose, entries: Sequence[Entry], materials: Sequence[Material], held_for: str) -> str:
    if purpose is Purpose.REMINDER:
        command = entries[0].confirm if len(entries) == 1 else "dipwatch mark ID confirm"
        return f"Told before, and not marked since. {command} ends the reminders."
    if purpose is not Purpose.DIGEST:
        return ""
    found = words.Counted(len(entries), "development")
    if not all(material.item and material.item.history for material in materials):
        return f"{found}, what matters most first. {held_for}".rstrip()
    return f"First contact: {found} found in what the feeds already held. From now on each new one comes by itself."


def _entry(materials: Sequence[Material], names: Names, now: datetime | None, address: str) -> Entry:
    """Build an entry; ``now`` is when it is told, None where it was held back to be told later."""
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
        marks=_unique(mark for material in materials for mark in _marks(material.change, names)),
        late=_late(materials, now),
        note=_note(last),
        reported=words.clock_time(materials[-1].item.when if materials[-1].item else first.at),
        codes=_codes(last),
        english=clean(english_of(last, names), TITLE_LENGTH),
        record=_record(address, last.development),
    )


def _record(address: str, development: str) -> Link:
    page = safe_link(address)
    return Link(f"{page}#{development}") if page else page


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
        if reason is Reason.CORRECTED:
            continue  # the note says what was corrected
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
    since = [words.day(shift.was_since), clean(shift.was_source, NAME_LENGTH) or words.word("mark", "baseline")]
    return (f"{was} ({', '.join(since)})" if was and shift.was_since else was), now


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


def _marks(change: Change, names: Names) -> Iterable[str]:
    claim = change.claim
    if claim and claim.unnamed_source:
        yield words.word("mark", "unnamed_source")
    if claim and claim.hedged:
        yield words.word("mark", "hedged")
    if change.status is Status.REPORTED:
        yield words.word("mark", "reported")
    if change.status is Status.DENIED or Reason.DENIED in change.reasons:
        yield words.word("mark", "denied")
    if change.contradicts:
        other = change.contradicts
        said = f"“{clean(other.evidence, QUOTE_LENGTH)}” ({clean(other.source, NAME_LENGTH)})"
        yield f"{words.word('mark', 'contradicted')} {_named(names, other.actor)}: {said}"


def _late(materials: Sequence[Material], now: datetime | None) -> str:
    """Say how late the reader hears of it, or how late it was seen where it was then held back on purpose.

    What was there at the first contact with its feed is late by nature; a digest says so as a whole.
    """
    items = [material.item for material in materials if material.item]
    if not items:
        return ""
    newest = max(items, key=lambda item: item.when)
    if now is None and newest.history:
        return ""
    lateness = (now or newest.first_seen) - newest.when
    if lateness < LATE_AFTER:
        return ""
    return f"{'seen ' if now is None else ''}{words.duration(lateness)} after its publication"


def _unique(lines: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(lines))
