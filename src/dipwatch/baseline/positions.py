"""Positions on issues, proposals and commitments: what is held, put forward or promised, and by whom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from dipwatch.baseline.cues import Cues
from dipwatch.baseline.entries import Entry
from dipwatch.baseline.reading import Document, Grammar, Read
from dipwatch.lexicon import Lexicon, StanceHit
from dipwatch.model import Kind, Mention


@dataclass(slots=True)
class _Holders:
    """Who holds what a document says, clause by clause: the clause's own subject, its section's, its sentence's."""

    document: Document
    grammar: Grammar
    cues: Cues
    _sentence: int = -1
    _subject: list[Mention] = field(default_factory=list)
    _minimum: bool = False

    def enter(self, read: Read) -> None:
        """Take note of a clause before its stances are asked for."""
        if read.clause.sentence != self._sentence:
            self._sentence = read.clause.sentence
            self._subject = self.grammar.subjects(read)
            self._minimum = False
        self._minimum = self._minimum or bool(self.cues.get("position", "minimum").search(read.text))

    @property
    def minimum(self) -> bool:
        """Tell whether the sentence lists minimum requirements."""
        return self._minimum

    def of(self, read: Read, hit: StanceHit) -> Sequence[Mention]:
        """Return who holds a stance; nobody where a party only says what the other one holds."""
        own = self.grammar.holders(read, hit.span)
        if own:
            return [] if self._hearsay(read, own[0], hit) else own
        return self._section(read) or self._carried(read)

    def _carried(self, read: Read) -> Sequence[Mention]:
        """Return the subject of the sentence's first clause, unless this one has its own ("any settlement ...")."""
        own = not read.clause.opens and self.cues.get("holder", "own_subject").search(read.text)
        return [] if own else self._subject

    def _section(self, read: Read) -> Sequence[Mention]:
        if not self.cues.get("heading", "holder").search(read.clause.heading):
            return []
        return self.document.headings.get(read.clause.heading, ())[:1]

    def _hearsay(self, read: Read, holder: Mention, hit: StanceHit) -> bool:
        """Tell whether somebody else says it of the holder ("X says that Y wants")."""
        whose = self.grammar.principals([holder])
        for match in self.cues.get("position", "saying").finditer(read.text, 0, holder.span.start):
            said_by = [m for m in read.actors if m.span.end <= match.start()][-1:]
            if said_by and self.grammar.principals(said_by) != whose and match.end() <= hit.span.start:
                return True
        return False


@dataclass(frozen=True, slots=True)
class Positions:
    """Derives positions, proposals and commitments with one lexicon."""

    lexicon: Lexicon
    grammar: Grammar
    cues: Cues

    def positions(self, document: Document) -> Iterator[Entry]:
        """Yield who stands where on an issue's scale, under which conditions; outlooks are no positions."""
        holders = _Holders(document, self.grammar, self.cues)
        for read in document.reads:
            holders.enter(read)
            if self._is_outlook(read):
                continue
            for hit in read.stances:
                whose = holders.of(read, hit)
                for actor in self.grammar.principals(whose):
                    yield self._position(read, hit, actor, whose, minimum=holders.minimum)

    def _is_outlook(self, read: Read) -> bool:
        return bool(self.cues.get("heading", "scenarios").search(read.clause.heading))

    def _position(self, read: Read, hit: StanceHit, actor: str, whose: Sequence[Mention], *, minimum: bool) -> Entry:
        return read.entry(
            "positions",
            actor=actor,
            issue=hit.issue,
            stance=hit.stance,
            words=(read.text[hit.span.start : hit.span.end],),
            speakers=tuple(m.ref for m in whose if m.ref != actor and self.lexicon.principal(m.ref) == actor),
            conditions=self._conditions(read),
            flexible=self._flexible(read),
            attribution=self._attribution(read),
            minimum=minimum,
        )

    def _conditions(self, read: Read) -> tuple[str, ...]:
        """Return the words from the first condition to the end of its clause, as written."""
        match = self.cues.get("position", "condition").search(read.text)
        return (read.clause.shown[match.start() :],) if match else ()

    def _flexible(self, read: Read) -> tuple[str, ...]:
        match = self.cues.get("position", "flexible").search(read.text)
        return (read.clause.shown[match.start() : match.end()],) if match else ()

    def _attribution(self, read: Read) -> tuple[str, ...]:
        text = f"{read.clause.label}. {read.text}"
        told = [
            (self.cues.get("channel", "back"), "back channel"),
            (self.cues.get("channel", "track_two"), "track II"),
            (self.cues.get("position", "reported"), "reported"),
            (self.cues.get("position", "official"), "official"),
            (self.cues.get("position", "discussed"), "under discussion"),
        ]
        return tuple(name for pattern, name in told if pattern.search(text))

    def proposals(self, document: Document) -> Iterator[Entry]:
        """Yield what is put forward: its name as written, by whom, on what, its points, and how others see it."""
        for read in document.reads:
            for match in self.cues.get("proposal", "name").finditer(read.text):
                yield read.entry(
                    "proposals",
                    proposal=_plain(match[0]),
                    by=self._by(document, read, match.start()),
                    issues=read.issue_ids,
                    points=self._points(read, match.end()),
                    views=tuple(self._views(read)),
                    conditions=self._conditions(read),
                )

    def _by(self, document: Document, read: Read, start: int) -> tuple[str, ...]:
        inside = [m for m in read.actors if m.span.start <= start + _NAME and m.span.end > start]
        before = [m for m in self.grammar.subjects(read) if m.span.start <= start]
        section = [] if inside or before else list(document.headings.get(read.clause.heading, ())[:1])
        holder = self.cues.get("heading", "holder").search(read.clause.heading)
        return self.grammar.principals(inside or before or (section if holder else []))

    def _points(self, read: Read, end: int) -> tuple[str, ...]:
        match = self.cues.get("proposal", "points").match(read.text[end:].lstrip())
        if match is None:
            return ()
        parts = match["points"].replace(" and ", ", ").split(",")
        return tuple(part.strip() for part in parts if part.strip())

    def _views(self, read: Read) -> Iterator[str]:
        for match in self.cues.get("proposal", "view").finditer(read.text):
            whose = [m for m in read.actors if m.span.end <= match.start()][-1:]
            if whose:
                yield f"{self.grammar.principals(whose)[0]}: {match[0].strip()}"

    def commitments(self, document: Document) -> Iterator[Entry]:
        """Yield who promised what: on which issue, how much, toward whom, for how long, under which conditions."""
        holders = _Holders(document, self.grammar, self.cues)
        for read in document.reads:
            holders.enter(read)
            match = self.cues.get("commitment", "act").search(read.text)
            promised = match or any(hit.cue.kind is Kind.COMMITMENT for hit in read.cues)
            money = self.cues.get("commitment", "money").search(read.text)
            if self._is_outlook(read) or not (match or (promised and money)):
                continue
            yield from self._commitment(
                read, self._who_promises(read, match.start() if match else 0), money[0] if money else ""
            )

    def _commitment(self, read: Read, actors: tuple[str, ...], amount: str) -> Iterator[Entry]:
        issues = [hit.issue for hit in read.stances] or [hit.issue for hit in read.issues]
        period = self.cues.get("commitment", "period").search(read.text)
        for actor in actors:
            yield read.entry(
                "commitments",
                actor=actor,
                issue=issues[0] if issues else "",
                amount=amount,
                toward=tuple(
                    p for p in self.lexicon.subject.parties if p != actor and any(m.ref == p for m in read.actors)
                ),
                period=period[0] if period else "",
                conditions=self._conditions(read),
                words=(read.clause.shown,),
            )

    def _who_promises(self, read: Read, place: int) -> tuple[str, ...]:
        giving = [m for m in read.actors if m.span.start >= place and _is_giver(read, m)]
        if giving:
            return self.grammar.principals(giving)
        subjects = [m for m in self.grammar.subjects(read) if m.span.start <= place or not place]
        if subjects:
            return self.grammar.principals(subjects)
        if self.cues.get("meeting", "all_parties").search(read.text):
            return self.lexicon.subject.parties
        before = [m for m in read.actors if m.span.end <= place and self._can_promise(read, m)]
        return self.grammar.principals(before[-1:])

    def _can_promise(self, read: Read, mention: Mention) -> bool:
        absent = self.cues.get("meeting", "without").search(read.text[: mention.span.start])
        return mention.via != "place" and not absent and self.grammar.names_holder(read, mention)


_NAME = 24
"""How far into a proposal's name its maker's name may stand."""


def _is_giver(read: Read, mention: Mention) -> bool:
    before = read.text[: mention.span.start].rstrip("0123456789+ ")
    return before.endswith(" from")


def _plain(name: str) -> str:
    return " ".join(name.split()).removeprefix("The ").removeprefix("the ")
