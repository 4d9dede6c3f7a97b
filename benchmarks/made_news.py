"""News that nobody wrote: who meets whom, where, about what, told by many papers in three languages (``big_log``)."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dipwatch.model import (
    Change,
    ChangeType,
    Claim,
    Direction,
    EventType,
    Kind,
    Part,
    Reason,
    Role,
    Severity,
    Shift,
    Span,
    Status,
    When,
)
from dipwatch.review.directory import Directory
from dipwatch.shipped import shipped

SUBJECT = "ukraine"
FEEDS = 80
YEARS = 3
TITLES = {
    "en": (
        "{a} and {b} meet in {place} to talk about {issue}",
        "{a} plans to receive {b} in {place}",
        "{a} rejects the terms of {b} on {issue}",
        "{a} signs an agreement on {issue} with {b}",
        "{a} speaks with {b} by phone, {number} questions stay open",
        "Round {number} between {a} and {b} ends in {place}",
    ),
    "ru": (
        "{a}: переговоры с {b} о «{issue}» пройдут, {place}",
        "Встреча {a} и {b} состоялась, вопросов осталось {number}",
        "{a} отвергает условия, которые назвала сторона {b}",
    ),
    "uk": (
        "{a}: перемовини з {b} про «{issue}» відбудуться, {place}",
        "Зустріч {a} та {b} відбулася, питань лишилося {number}",
        "{a} відкидає умови, які назвала сторона {b}",
    ),
}
NOISE = (
    "Grain prices fall for the {number}th day",
    "Match {number} ends level",
    "Weather: storms over region {number}",
)


@dataclass(frozen=True)
class Plan:
    """How much there is to be, and when it ends."""

    items: int
    developments: int
    until: datetime

    @property
    def start(self) -> datetime:
        """When the log begins."""
        return self.until - timedelta(days=365 * YEARS)

    def at(self, item: int) -> datetime:
        """When an item came."""
        return self.start + (self.until - self.start) * (item / self.items)


@dataclass(frozen=True)
class Field:
    """Who and what the developments are about; the first of each come up most."""

    actors: Sequence[str]
    venues: Sequence[str]
    issues: Sequence[str]
    stances: dict[str, list[str]]
    names: Directory

    @classmethod
    def load(cls) -> Field:
        """Take everything from the shipped subject."""
        directory = Directory(shipped("config", "subjects", SUBJECT))
        stances = {key: [stance["id"] for stance in entry.get("stance", ())] for key, entry in directory.issues.items()}
        people = sorted(directory.actors, key=lambda key: directory.actors[key].get("rank", 9))
        return cls(people, list(directory.venues), list(directory.issues), stances, directory)


def pick(rng: random.Random, values: Sequence[str]) -> str:
    """Choose one, the first ones far more often than the last."""
    return values[min(int(rng.paretovariate(0.7)) - 1, len(values) - 1)]


def source(number: int) -> str:
    """Name the publisher of a feed."""
    return f"Gazette {number % FEEDS}"


def item_id(number: int) -> str:
    """Return the id of an item."""
    return f"i{number:09d}"


def story(rng: random.Random, field: Field, plan: Plan, number: int) -> list[tuple[int, Change]]:
    """Return the changes of one development, each with the number of its item."""
    kind = rng.choices(list(Kind), weights=[9, 7, 2, 8, 3, 3, 3, 3, 4, 4, 2, 1, 1])[0]
    below = rng.random() < 0.4
    first = int(number * plan.items / plan.developments)
    issue = pick(rng, field.issues) if rng.random() < 0.6 else None
    parts = tuple(
        Part(actor, role)
        for actor, role in zip(
            dict.fromkeys(pick(rng, field.actors) for _ in range(rng.randint(2, 5))),
            (Role.SOURCE, Role.TARGET, Role.PARTY, Role.HOST, Role.MEDIATOR),
            strict=False,
        )
    )
    venue = pick(rng, field.venues) if rng.random() < 0.5 else None
    status = rng.choices(list(Status), weights=[3, 8, 1, 1, 1, 2])[0]
    changes: list[tuple[int, Change]] = []
    for place in range(1 + int(rng.expovariate(0.25))):
        item = min(first + place * rng.randint(7, 90) + place, plan.items - 1)
        sort = ChangeType.NEW if not place else ChangeType.UPDATE if rng.random() < 0.25 else ChangeType.SUPPORT
        language = rng.choices(("en", "ru", "uk"), weights=[6, 2, 2])[0]
        title = headline(rng, field, parts, venue=venue, issue=issue, language=language)
        day = (plan.at(item) + timedelta(days=rng.randint(0, 20))).date()
        claim = Claim(
            kind,
            EventType.CONSULT,
            status,
            parts,
            Span("title", 0, len(title)),
            f"{title}.",
            venue=venue,
            issue=issue,
            when=When(day, day) if status is Status.PLANNED else None,
            score=0.4 if below else 0.9,
        )
        alert = not below and sort is not ChangeType.SUPPORT
        kept = (Reason.BELOW_THRESHOLD,) if below else () if alert else (Reason.KNOWN,)
        shift = a_shift(rng, field, parts, issue) if kind is Kind.POSITION and sort is not ChangeType.SUPPORT else None
        changes.append(
            (
                item,
                Change(
                    type=sort,
                    development=development_id(number),
                    at=plan.at(item),
                    alert=alert,
                    kind=kind,
                    status=status,
                    severity=rng.choices(list(Severity), weights=[6, 3, 1])[0],
                    confidence=0.4 if below else 0.9,
                    title=title,
                    reasons=(Reason.FIRST_REPORT,) if not place else (rng.choice(list(Reason)[1:10]),),
                    item=item_id(item),
                    source=source(item),
                    language=language,
                    claim=claim,
                    shift=shift,
                    sources=place + 1,
                    kept_back=kept,
                ),
            )
        )
    return changes


def a_shift(rng: random.Random, field: Field, parts: Sequence[Part], issue: str | None) -> Shift | None:
    """Return a move of the first party on the issue, where its scale has steps."""
    stances = field.stances.get(issue or "", [])
    if not issue or not stances:
        return None
    stance, was = rng.choice(stances), rng.choice(stances)
    return Shift(field.names.principal(parts[0].actor), issue, rng.choice(list(Direction)), stance, was)


def development_id(number: int) -> str:
    """Return an id that looks like a real one: its beginnings are spread."""
    letters, value = "", (number * 2_654_435_761) % 32**8
    for _ in range(8):
        value, place = divmod(value, 32)
        letters += "abcdefghijklmnopqrstuvwxyz234567"[place]
    return letters


def headline(
    rng: random.Random, field: Field, parts: Sequence[Part], *, venue: str | None, issue: str | None, language: str
) -> str:
    """Return a made-up headline."""
    names = [field.names.name(part.actor) for part in parts]
    return rng.choice(TITLES[language]).format(
        a=names[0],
        b=names[-1],
        place=field.names.name(venue) if venue else "a third country",
        issue=field.names.name(issue) if issue else "next steps",
        number=rng.randint(2, 4000),
    )
