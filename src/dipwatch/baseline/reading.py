"""A clause as `extract` reads it, with the grammar that documents need beyond headlines: who a clause is about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time

from dipwatch.baseline.asof import as_of
from dipwatch.baseline.cues import Cues
from dipwatch.baseline.entries import Entry, Evidence, Value
from dipwatch.baseline.seeds import Seed
from dipwatch.baseline.text import Clause, clauses
from dipwatch.extract import ParsedSentence, Reader
from dipwatch.lexicon import CueHit, IssueHit, Lexicon, StanceHit
from dipwatch.model import Item, Mention, MentionSort, SourceKind, Span

_FIELD = "summary"
_BREAK = re.compile(r"[,;:—]|\b(?:but|and|that)\b")
_BOUNDARY = re.compile(r"[;.:—]")


@dataclass(frozen=True, slots=True)
class Read:
    """A clause with what was recognised in it; all offsets are those of its text."""

    clause: Clause
    as_of: date
    mentions: tuple[Mention, ...]
    cues: tuple[CueHit, ...]
    issues: tuple[IssueHit, ...]
    stances: tuple[StanceHit, ...]

    @property
    def text(self) -> str:
        """The clause's cleaned text."""
        return self.clause.text

    @property
    def actors(self) -> tuple[Mention, ...]:
        """The actors it mentions, in its order."""
        return tuple(mention for mention in self.mentions if mention.sort is MentionSort.ACTOR)

    @property
    def issue_ids(self) -> tuple[str, ...]:
        """The issues it speaks of, those told by a stance included."""
        return tuple(dict.fromkeys([*(hit.issue for hit in self.stances), *(hit.issue for hit in self.issues)]))

    @property
    def evidence(self) -> Evidence:
        """It as what an entry rests on."""
        told, info = self.clause, self.clause.seed.info
        return Evidence(info.id, told.start, told.end, self.as_of, told.quote, info.reliability, told.shown)

    def entry(self, of: str, /, **slots: Value) -> Entry:
        """Return an entry of a list that rests on it; empty slots are left out."""
        return Entry(of, {key: value for key, value in slots.items() if value not in ("", (), False)}, (self.evidence,))


@dataclass(frozen=True)
class Document:
    """A document read whole; ``holders`` are the actors that a section's heading speaks of, by heading."""

    seed: Seed
    reads: tuple[Read, ...]
    headings: dict[str, tuple[Mention, ...]]


def read_document(seed: Seed, reader: Reader, cues: Cues) -> Document:
    """Read a document clause by clause, each under its title and heading as a headline, so that both lend context."""
    reads = []
    headings: dict[str, tuple[Mention, ...]] = {}
    for clause in clauses(seed, cues):
        read = _read(clause, reader, cues)
        if read is not None:
            reads.append(read)
        if clause.heading not in headings:
            headings[clause.heading] = _heading(clause, reader)
    return Document(seed, _named_envoys(reads), headings)


def _item(clause: Clause, day: date, title: str, text: str) -> Item:
    info = clause.seed.info
    when = datetime.combine(day, time(12), UTC)
    return Item(
        id=f"{info.id}:{clause.start}",
        feed=info.id,
        source=info.publisher,
        source_kind=SourceKind.ANALYSIS,
        title=title,
        summary=text,
        link="",
        published=when,
        first_seen=when,
        language=info.language,
    )


def _context(clause: Clause, reader: Reader) -> str:
    """Return what stands above a clause: its subject too, which every document of the seeds is about."""
    return f"{reader.lexicon.subject.name}. {clause.seed.info.title}. {clause.heading}"


def _read(clause: Clause, reader: Reader, cues: Cues) -> Read | None:
    info = clause.seed.info
    day = as_of(clause.text, info, cues)
    parsed = reader.parse(_item(clause, day, _context(clause, reader), clause.text), only=_FIELD)
    if parsed is None:
        return None
    sentences = tuple(parsed.of_field(_FIELD))
    return Read(
        clause,
        day,
        tuple(m for m in parsed.mentions if m.span.field == _FIELD and _certain(m, reader.lexicon)),
        tuple(hit for sentence in sentences for hit in sentence.cues),
        tuple(hit for sentence in sentences for hit in sentence.issues),
        tuple(hit for sentence in sentences for hit in _stances(sentence, clause.text, reader.lexicon, cues)),
    )


def _certain(mention: Mention, lexicon: Lexicon) -> bool:
    """Leave out groups and bodies that are only spelt alike: a document spells them right ("Track I", "Track II")."""
    return mention.via != "skeleton" or (mention.ref in lexicon.actors and lexicon.actors[mention.ref].type == "person")


def _stances(sentence: ParsedSentence, text: str, lexicon: Lexicon, cues: Cues) -> Iterator[StanceHit]:
    """Leave out stances that a longer one says more exactly, that a group's name contains, or that are said away.

    One on another issue stands beside the longer one only where its own words name its issue.
    """
    negated = cues.get("position", "negated")
    names = [m.span for m in sentence.of_sort(MentionSort.ACTOR) if lexicon.actors[m.ref].type == "group"]
    for hit in sentence.stances:
        longer = [other for other in sentence.stances if _inside(hit.span, other.span)]
        named = any(_overlap(issue.span, hit.span) for issue in sentence.issues if issue.issue == hit.issue)
        if (
            not any(other.issue == hit.issue or not named for other in longer)
            and not any(name.start <= hit.span.start and hit.span.end <= name.end for name in names)
            and not negated.search(text, 0, hit.span.start)
        ):
            yield hit


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _inside(one: Span, other: Span) -> bool:
    return other.start <= one.start and one.end <= other.end and (one.start, one.end) != (other.start, other.end)


def _heading(clause: Clause, reader: Reader) -> tuple[Mention, ...]:
    info = clause.seed.info
    parsed = (
        reader.parse(_item(clause, info.known_from, _context(clause, reader), clause.heading), only=_FIELD)
        if clause.heading
        else None
    )
    found = parsed.mentions if parsed else ()
    return tuple(m for m in found if m.span.field == _FIELD and m.sort is MentionSort.ACTOR)


def _named_envoys(reads: Sequence[Read]) -> tuple[Read, ...]:
    """Give an office the holder whom the document names ("Special Envoy Jane Roe ... the Special Envoy").

    A document knows whom it means; who held the office on its day is only the next best answer.
    """
    named: dict[str, str] = {}
    for read in reads:
        for one, other in zip(read.actors, read.actors[1:], strict=False):
            if (
                one.via == "office"
                and other.via == "exact"
                and len(read.text[one.span.end : other.span.start].strip(" ,")) == 0
            ):
                named.setdefault(one.text.casefold(), other.ref)
    return tuple(replace(read, mentions=tuple(_renamed(m, named) for m in read.mentions)) for read in reads)


def _renamed(mention: Mention, named: dict[str, str]) -> Mention:
    ref = named.get(mention.text.casefold()) if mention.via == "office" else None
    return replace(mention, ref=ref) if ref else mention


def groups(read: Read, cues: Cues) -> list[list[Mention]]:
    """Return the actors of a clause by enumeration: names with nothing but commas and joining words between them."""
    found: list[list[Mention]] = []
    for mention in read.actors:
        gap = read.text[found[-1][-1].span.end : mention.span.start] if found else ""
        if found and cues.joiner.fullmatch(gap):
            found[-1].append(mention)
        else:
            found.append([mention])
    return found


def bound_to(read: Read, span: tuple[int, int], cues: Cues, *, before: bool, reach: int = 60) -> list[Mention]:
    """Return the enumeration of actors next to some words, before or after them, within so many characters."""
    best: list[Mention] = []
    for group in groups(read, cues):
        first, _last = group[0].span.start, group[-1].span.end
        if before and first < span[0]:
            near = [mention for mention in group if mention.span.start < span[0]]
            gap = read.text[min(near[-1].span.end, span[0]) : span[0]]
            best = near if len(gap) <= reach and not _BOUNDARY.search(gap) else best
        elif not before and first >= span[1] and not best:
            gap = read.text[span[1] : first]
            best = group if len(gap) <= reach and not _BOUNDARY.search(gap) else best
    return best


class Grammar:
    """Tells who holds what a clause says; with the general words of a language."""

    def __init__(self, lexicon: Lexicon, cues: Cues) -> None:
        self._lexicon = lexicon
        self._cues = cues
        self._speakers = re.compile(rf"\s+(?:[\w-]+\s+)?{cues.get('holder', 'speakers').pattern}\b", re.IGNORECASE)
        self._held = re.compile(
            rf"(?P<has>’s?)?\s+(?:[\w-]+\s+){{0,3}}?{cues.get('holder', 'held').pattern}\b", re.IGNORECASE
        )
        made_by = cues.get("holder", "made_by").pattern
        self._begins = re.compile(rf"{self._speakers.pattern}|{made_by}", re.IGNORECASE)
        self._attached = cues.get("holder", "attached")
        opens, skip = cues.get("holder", "opens").pattern, cues.get("holder", "skip").pattern
        number = r"\d+\+?|two|three|four|five"
        self._opening = re.compile(rf"(?:^|[,;:.—–(“\"]|\b{opens})\s*(?:(?:{skip}|{number})\s+){{0,3}}$", re.IGNORECASE)
        self._object = re.compile(rf"\b{cues.get('holder', 'object').pattern}\s+(?:{skip}\s+){{0,2}}$", re.IGNORECASE)

    def holders(self, read: Read, span: Span) -> list[Mention]:
        """Return the actors of the clause itself to whom the words of a span belong; none where it names no subject."""
        return self._having(read, span) or self._subjects(read, span) or self._inside(read, span)

    def subjects(self, read: Read) -> list[Mention]:
        """Return the first subject of a clause, with those enumerated with it."""
        for group in groups(read, self._cues):
            if self._is_subject(read, group[0]):
                return group
        return []

    def _having(self, read: Read, span: Span) -> list[Mention]:
        """Return who has what the words name, or begins them: "X's demand for", "X members are reluctant"."""
        found: list[Mention] = []
        for mention in read.actors:
            held = self._has(read, mention)
            if held and mention.span.start <= span.start and held.end() <= span.end:
                near = len(between := read.text[held.end() : span.start]) <= _REACH and not _BREAK.search(between)
                found = [mention] if near else found
            elif mention.span.start == span.start and self._begins.match(read.text, mention.span.end):
                found = [mention]
        return found

    def _inside(self, read: Read, span: Span) -> list[Mention]:
        """Return whose the words themselves say that they are: "enjoys X support"."""
        return [
            mention
            for mention in read.actors
            if span.start <= mention.span.start and (held := self._has(read, mention)) and held.end() <= span.end
        ][-1:]

    def _has(self, read: Read, mention: Mention) -> re.Match[str] | None:
        """Return what a mention has: a possessive or an adjective, with a noun such as "demand" behind it."""
        held = self._held.match(read.text, mention.span.end)
        return held if held and (held["has"] or mention.via == "adjective") else None

    def _subjects(self, read: Read, span: Span) -> list[Mention]:
        best: list[Mention] = []
        for group in groups(read, self._cues):
            before = [mention for mention in group if mention.span.start <= span.start]
            if before and self._is_subject(read, group[0]):
                best = before
        return best

    def _is_subject(self, read: Read, mention: Mention) -> bool:
        return self.names_holder(read, mention) and bool(self._opening.search(read.text, 0, mention.span.start))

    def names_holder(self, read: Read, mention: Mention) -> bool:
        """Tell whether a mention names someone who can hold a view: an adjective needs a noun ("X officials")."""
        if self._attached.match(read.text, mention.span.end):
            return False
        if mention.via != "adjective":
            return self._lexicon.actors[mention.ref].type != "outlet"
        return bool(self._speakers.match(read.text, mention.span.end))

    def noun_end(self, read: Read, mention: Mention) -> int:
        """Return where the noun that an adjective belongs to ends ("European governments"), else the mention's end."""
        noun = self._speakers.match(read.text, mention.span.end)
        return noun.end() if noun else mention.span.end

    def is_object(self, read: Read, mention: Mention) -> bool:
        """Tell whether a mention stands after a word that makes it an object."""
        return bool(self._object.search(read.text, 0, mention.span.start))

    def principals(self, mentions: Sequence[Mention]) -> tuple[str, ...]:
        """Return in whose name the mentioned act, each once."""
        return tuple(dict.fromkeys(self._lexicon.principal(mention.ref) for mention in mentions))


_REACH = 30
"""How many characters may lie between what someone has and the words that say what it is."""


def found_in(pattern: re.Pattern[str], read: Read) -> Iterator[tuple[int, int]]:
    """Yield where a pattern is found in a clause."""
    for match in pattern.finditer(read.text):
        yield match.span()
