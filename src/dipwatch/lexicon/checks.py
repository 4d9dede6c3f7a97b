"""What must hold between the entries of a subject: ids that exist, tenures that don't overlap, names told apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import chain, pairwise
from typing import Any

from dipwatch.errors import Problem
from dipwatch.lexicon.entries import Multilingual, Named, Tenure
from dipwatch.lexicon.forms import exact_case
from dipwatch.lexicon.pattern import PatternError, check_pattern
from dipwatch.lexicon.tables import Row, Tables
from dipwatch.lexicon.tokens import TOKEN, fold, words_of

Where = Callable[..., str]
"""``Row.where`` or ``TomlFile.where``. To know a line takes a pass over its file, so it's asked for a problem only."""
Place = Callable[[], str]
Claim = tuple[str, str, bool, Place]
"""A name, the id of the entry that claims it, whether it needs support, and where."""

_KNOW = "add it or correct the spelling"


def check(tables: Tables) -> list[Problem]:
    """Return every problem between the entries, in the order of the files."""
    return [
        *_subject(tables),
        *_doubles(tables),
        *_actors(tables),
        *_offices(tables),
        *_tenures(tables),
        *_venues(tables),
        *_issues(tables),
        *_scenarios(tables),
        *_patterns(tables),
        *_names(tables),
    ]


def _missing(where: Where, key: str, refs: Iterable[str | None], known: frozenset[str], what: str) -> Iterator[Problem]:
    for ref in refs:
        if ref is not None and ref not in known:
            yield Problem(where(*key.split(".")), f"{key}: there is no {what} {ref}", _KNOW)


def _subject(tables: Tables) -> Iterator[Problem]:
    subject, where = tables.subject, tables.subject_file.where
    if subject is None:
        return
    actors = tables.ids["actor"]
    yield from _missing(where, "parties", subject.parties, actors, "actor")
    yield from _missing(where, "gate.actors", subject.gate.actors, actors, "actor")


def _doubles(tables: Tables) -> Iterator[Problem]:
    with_ids: tuple[Sequence[Row[Any]], ...] = (
        tables.actors,
        tables.offices,
        tables.venues,
        tables.issues,
        tables.cues,
        tables.scenarios,
    )
    for rows in with_ids:
        first: dict[str, Row[Any]] = {}
        for row in rows:
            known = first.setdefault(row.entry.id, row)
            if known is not row:
                yield Problem(row.where("id"), f"the id {row.entry.id} is taken", f"see {known.where('id')}")


def _actors(tables: Tables) -> Iterator[Problem]:
    known = tables.ids["actor"]
    above = {row.entry.id: row.entry.acts_for for row in tables.actors}
    for row in tables.actors:
        actor = row.entry
        yield from _missing(row.where, "acts_for", [actor.acts_for], known, "actor")
        yield from _missing(row.where, "country", [actor.country], known, "actor")
        yield from _missing(row.where, "members", actor.members, known, "actor")
        if _circles(actor.id, above):
            yield Problem(row.where("acts_for"), f"{actor.id} acts for itself in the end", "correct acts_for")


def _circles(actor: str, above: dict[str, str | None]) -> bool:
    seen: set[str] = set()
    here: str | None = actor
    while here is not None and here not in seen:
        seen.add(here)
        here = above.get(here)
    return here == actor


def _offices(tables: Tables) -> Iterator[Problem]:
    for row in tables.offices:
        yield from _missing(row.where, "of", [row.entry.of], tables.ids["actor"], "actor")


def _tenures(tables: Tables) -> Iterator[Problem]:
    persons = {row.entry.id for row in tables.actors if row.entry.type == "person"}
    for row in tables.tenures:
        tenure = row.entry
        yield from _missing(row.where, "office", [tenure.office], tables.ids["office"], "office")
        yield from _missing(row.where, "person", [tenure.person], tables.ids["actor"], "actor")
        if tenure.person in tables.ids["actor"] and tenure.person not in persons:
            yield Problem(row.where("person"), f"{tenure.person} is no person", "an office is held by a person")
    shared = {row.entry.id for row in tables.offices if not row.entry.single}
    yield from _overlaps([row for row in tables.tenures if row.entry.office not in shared])


def _overlaps(rows: Sequence[Row[Tenure]]) -> Iterator[Problem]:
    """Two tenures may share a day, on which the office is handed over."""
    by_office: dict[str, list[Row[Tenure]]] = defaultdict(list)
    for row in rows:
        by_office[row.entry.office].append(row)
    for office, held in by_office.items():
        for earlier, later in pairwise(sorted(held, key=lambda row: row.entry.from_)):
            if earlier.entry.to is None or earlier.entry.to > later.entry.from_:
                until = f"until {earlier.entry.to}" if earlier.entry.to else "without end"
                yield Problem(
                    later.where("from"),
                    f"{later.entry.person} holds {office} from {later.entry.from_}, {earlier.entry.person} {until}",
                    "end the earlier tenure, or set single = false in the office",
                )


def _venues(tables: Tables) -> Iterator[Problem]:
    within = {row.entry.id: row.entry.within for row in tables.venues}
    for row in tables.venues:
        venue = row.entry
        yield from _missing(row.where, "country", [venue.country], tables.ids["actor"], "actor")
        yield from _missing(row.where, "within", [venue.within], tables.ids["venue"], "venue")
        if venue.within is not None and within.get(venue.within) is not None:
            yield Problem(row.where("within"), f"{venue.within} lies within another venue", "name that one")
        if venue.within == venue.id:
            yield Problem(row.where("within"), f"{venue.id} lies within itself", "remove it")


def _issues(tables: Tables) -> Iterator[Problem]:
    known = tables.ids["actor"] | {row.entry.side for row in tables.actors}
    for row in tables.issues:
        issue = row.entry
        for end in ("low", "high"):
            yield from _missing(row.where, end, getattr(issue, end), known, "actor or side")
        ids = [stance.id for stance in issue.stance]
        for index, stance in enumerate(ids):
            if stance in ids[:index]:
                yield Problem(row.where("stance", index, "id"), f"the stance {stance} stands twice", "rename one")


def _scenarios(tables: Tables) -> Iterator[Problem]:
    actors = tables.ids["actor"] | {row.entry.side for row in tables.actors}
    for row in tables.scenarios:
        for index, indicator in enumerate(row.entry.indicator):
            where = partial(row.where, "indicator", index)
            yield from _missing(where, "issue", [indicator.issue], tables.ids["issue"], "issue")
            yield from _missing(where, "actor", [indicator.actor], actors, "actor or side")


def _patterns(tables: Tables) -> Iterator[Problem]:
    if tables.subject is not None:
        yield from _wrong_patterns(tables.subject_file.where, ("gate",), tables.subject.gate)
    for issue in tables.issues:
        yield from _wrong_patterns(issue.where, (), issue.entry)
        for index, stance in enumerate(issue.entry.stance):
            yield from _wrong_patterns(issue.where, ("stance", index), stance)
    for cue in tables.cues:
        yield from _wrong_patterns(cue.where, (), cue.entry)


def _wrong_patterns(where: Where, key: tuple[str | int, ...], entry: Multilingual) -> Iterator[Problem]:
    for language, pattern in entry.each():
        try:
            check_pattern(pattern)
        except PatternError as error:
            yield Problem(where(*key, language), f'the pattern "{pattern}" {error}', "see docs/lexicon.md, Patterns")


def _names(tables: Tables) -> Iterator[Problem]:
    for row in chain[Row[Any]](tables.actors, tables.venues):
        yield from _own_names(row)
    yield from _claimed_twice(_claims_of_actors(tables))
    yield from _claimed_twice(
        (
            (name, row.entry.id, name in row.entry.needs, partial(row.where, language))
            for row in tables.venues
            for language, name in row.entry.each()
        )
    )
    yield from _claimed_twice(
        (
            (name, row.entry.id, False, partial(row.where, language))
            for row in tables.offices
            for language, name in row.entry.each()
        )
    )


def _own_names(row: Row[Any]) -> Iterator[Problem]:
    entry: Named = row.entry
    written = list(_written(row))
    names = {name for name, _ in written}
    if not names:
        yield Problem(row.where(), f"{entry.id} has no name to be found by", "give en, ru or uk")
    for name, where in written:
        if not TOKEN.search(fold(name)):
            yield Problem(where(), f'the name "{name}" of {entry.id} has no letter', "remove it")
    for name in entry.needs:
        if name not in names and f"={name}" not in names:
            yield Problem(row.where("needs"), f'needs: "{name}" is none of its names', "write it as it stands there")


def _written(row: Row[Any]) -> Iterator[tuple[str, Place]]:
    """Yield (name, where) of all names, adjectives and metonyms of an actor or venue."""
    for language, name in row.entry.each():
        yield name, partial(row.where, language)
    for group in ("adjectives", "metonyms"):
        words: Multilingual = getattr(row.entry, group, Multilingual())
        for language, name in words.each():
            yield name, partial(row.where, group, language)


def _claims_of_actors(tables: Tables) -> Iterator[Claim]:
    for row in tables.actors:
        needs = {name.removeprefix("=") for name in row.entry.needs}
        for name, where in _written(row):
            yield name, row.entry.id, name.removeprefix("=") in needs, where


def _claimed_twice(claims: Iterable[Claim]) -> Iterator[Problem]:
    """Find names that two entries claim without need of support."""
    first: dict[tuple[str, ...], tuple[str, Place]] = {}
    for name, ref, needs, where in claims:
        plain = name.removeprefix("=")
        key = (plain,) if exact_case(plain) else words_of(plain)
        if needs or not key:
            continue
        owner, there = first.setdefault(key, (ref, where))
        if owner != ref:
            yield Problem(
                where(), f'"{plain}" names {ref}, but also {owner} ({there()})', "list it in needs of one or both"
            )
