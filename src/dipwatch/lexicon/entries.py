"""What may stand in the data files of a subject: one class for each kind of entry (docs/lexicon.md).

The classes refuse unknown keys and never change after loading. What concerns several entries at once (ids that exist,
tenures that overlap) is checked by ``checks``.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationInfo, field_validator, model_validator

from dipwatch.model import Direction, EventType, Kind, Status, TextType

LANGUAGES = ("en", "ru", "uk")
LOWEST_RANK = 4

Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Words = tuple[Text, ...]
Language = Literal["en", "ru", "uk"]
Rank = Annotated[int, Field(ge=1, le=LOWEST_RANK)]


class Entry(BaseModel):
    """A table of a data file."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Multilingual(Entry):
    """Names, words or patterns in the languages dipwatch reads."""

    en: Words = ()
    ru: Words = ()
    uk: Words = ()

    def words(self, language: str) -> Words:
        """Return those of one of LANGUAGES."""
        return {"en": self.en, "ru": self.ru, "uk": self.uk}[language]

    def each(self) -> Iterator[tuple[str, str]]:
        """Yield (language, word) for all of them."""
        for language in LANGUAGES:
            for word in self.words(language):
                yield language, word


class Gate(Multilingual):
    """What opens the gate: an item with none of it is not read further."""

    actors: tuple[Id, ...] = ()


class Subject(Entry):
    """One tracked process.

    With ``common_cues`` its cues add to those that all such subjects share, but for ``without_cues``, ids of them.
    """

    id: Id
    name: Text
    languages: Annotated[tuple[Language, ...], Field(min_length=1)]
    parties: tuple[Id, ...] = ()
    gate: Gate = Gate()
    common_cues: bool = False
    without_cues: tuple[Id, ...] = ()


class Named(Multilingual):
    """An entry that is recognised by its names."""

    id: Id
    name: Text
    needs: Words = ()
    context: Words = ()


class Actor(Named):
    """A state, body, group, person, institute or outlet; ``name`` is the English name shown everywhere."""

    type: Literal["state", "body", "group", "person", "institute", "outlet"]
    side: Id = "other"
    role: str = ""
    gender: Literal["m", "f"] | None = None
    acts_for: Id | None = None
    country: Id | None = None
    members: tuple[Id, ...] = ()
    rank: Rank | None = None
    adjectives: Multilingual = Multilingual()
    metonyms: Multilingual = Multilingual()

    @model_validator(mode="after")
    def _gender_of_persons(self) -> Actor:
        if self.type == "person" and self.gender is None:
            raise ValueError("a person needs gender = m or f, by which surnames decline")
        if self.type != "person" and self.gender is not None:
            raise ValueError("only a person has a gender")
        return self


class Office(Multilingual):
    """An office of an actor; ``single`` is false where several persons hold it at a time."""

    id: Id
    of: Id
    name: Text
    rank: Rank = LOWEST_RANK
    single: bool = True


class Tenure(Entry):
    """Who holds an office from when to when, both days inclusive; without ``to`` it lasts."""

    office: Id
    person: Id
    from_: Annotated[date, Field(alias="from")]
    to: date | None = None
    source: Text
    verified_on: date

    @field_validator("to")
    @classmethod
    def _in_order(cls, to: date | None, info: ValidationInfo) -> date | None:
        begins = info.data.get("from_")
        if to is not None and begins is not None and to < begins:
            raise ValueError(f"it ends before it begins ({begins})")
        return to

    def covers(self, on: date) -> bool:
        """Tell whether the office is held on that day."""
        return self.from_ <= on and (self.to is None or on <= self.to)


class Venue(Named):
    """A city, site, region or country where things happen; a site within a city counts as that city."""

    type: Literal["city", "site", "region", "country"]
    country: Id | None = None
    within: Id | None = None


class Stance(Multilingual):
    """A step on an issue's scale, recognised by patterns."""

    id: Id
    name: Text


class Issue(Multilingual):
    """What is argued about, with its stances in order from low to high.

    ``low`` and ``high`` name whose hard end each end of the scale is; ``output`` is the coarse issue it is reported as.
    """

    id: Id
    name: Text
    output: Text
    low: tuple[Id, ...] = ()
    high: tuple[Id, ...] = ()
    stance: tuple[Stance, ...] = ()


class Cue(Multilingual):
    """Patterns that tell of an act, a status, speech, negation, hedging, a type of text or another topic."""

    id: Id
    sort: Literal[
        "act",
        "status",
        "speech",
        "negation",
        "modality",
        "condition",
        "hedge",
        "unnamed-source",
        "text-type",
        "off-topic",
    ]
    kind: Kind | None = None
    event: EventType | None = None
    status: Status | None = None
    weight: Annotated[int, Field(ge=1, le=3)] = 2
    type: TextType | None = None
    where: Literal["title", "summary", "any"] = "any"
    topic: Text | None = None

    @model_validator(mode="after")
    def _keys_of_its_sort(self) -> Cue:
        if self.sort == "text-type" and self.type is None:
            raise ValueError("a text-type cue needs a type")
        if self.sort == "off-topic" and self.topic is None:
            raise ValueError("an off-topic cue needs a topic")
        if self.sort == "act" and self.kind is None and self.event is None:
            raise ValueError("an act needs a kind or an event")
        return self


class Indicator(Entry):
    """What speaks for or against a scenario: a kind of development, or a shift on an issue."""

    speaks: Literal["for", "against"]
    kind: Kind | None = None
    status: tuple[Status, ...] = ()
    issue: Id | None = None
    actor: Id | None = None
    direction: Direction | None = None

    @model_validator(mode="after")
    def _names_something(self) -> Indicator:
        if self.kind is None and self.issue is None:
            raise ValueError("an indicator needs a kind or an issue")
        return self


class Scenario(Entry):
    """An outlook of a seed, with the indicators that are tallied for and against it."""

    id: Id
    name: Text
    seed: Text
    likelihood: Text
    indicator: tuple[Indicator, ...] = ()
