"""Where alerts go, and how hard delivery tries."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator

from dipwatch.model import Kind, Reason, Severity, SourceKind
from dipwatch.secret_reference import REFERENCE
from dipwatch.settings.times import DaysOfMonth, Limit, Minute, Rate, TimeOfDay, Weekdays, When, Zone
from dipwatch.settings.types import Duration, Secret, Section, of_form

LANGUAGES = ("en", "ru", "uk", "other")
"""What detection tells apart: see ``extract.language``."""
Name = Annotated[str, of_form(r"[a-z0-9][a-z0-9-]*", "of small letters, digits and hyphens, e.g. team-chat")]
Label = Literal[
    "development", "kind", "actor", "venue", "issue", "severity", "source_kind", "reason", "language", "subject"
]


class Receiver(Section):
    """Where messages go: ``console:`` or an apprise URL, usually by reference (``env:SLACK_URL``)."""

    name: Name
    url: Annotated[Secret, Field(min_length=1)]
    limits: tuple[Limit, ...] = (Rate(30, timedelta(hours=1)),)
    """More than that in an hour nobody reads one by one: it is gathered into digests."""
    fallback: str | None = None
    """Who gets what this one does not take."""

    @field_validator("url")
    @classmethod
    def _url(cls, value: str) -> str:
        if value == "console:" or REFERENCE.match(value) or "://" in value:
            return value
        raise ValueError('is neither "console:", an apprise URL nor a reference (env:NAME, file:PATH, credential:NAME)')


class Matchers(Section):
    """What a route asks of a change; every list given must contain the change's value."""

    kind: tuple[Kind, ...] = ()
    actor: tuple[str, ...] = ()
    venue: tuple[str, ...] = ()
    issue: tuple[str, ...] = ()
    severity: tuple[Severity, ...] = ()
    source_kind: tuple[SourceKind, ...] = ()
    reason: tuple[Reason, ...] = ()
    language: tuple[Literal["en", "ru", "uk", "other"], ...] = ()
    subject: tuple[str, ...] = ()
    development: tuple[str, ...] = ()


class Times(Section):
    """A stretch of time with a name: what holds of weekday, day of the month and time of day together."""

    name: Name
    weekdays: tuple[Weekdays, ...] = ()
    days: tuple[DaysOfMonth, ...] = ()
    times: tuple[TimeOfDay, ...] = ()
    zone: Zone | None = None


class Route(Section):
    """A node of the tree of routes; what it leaves out it takes from its parent."""

    receiver: str | None = None
    match: Matchers = Matchers()
    continue_: Annotated[bool, Field(alias="continue")] = False
    group_by: tuple[Label, ...] | None = None
    group_wait: Duration | None = None
    group_interval: Duration | None = None
    repeat_interval: Duration | None = None
    mute_lesser: Duration | None = None
    mute: tuple[str, ...] | None = None
    active: tuple[str, ...] | None = None
    break_through: tuple[Severity, ...] | None = None
    digest: When | None = None
    routes: tuple[Route, ...] = ()


class Assurance(Section):
    """The daily line that says that all is quiet."""

    receivers: tuple[str, ...] = ()
    at: Minute = 18 * 60
    zone: Zone | None = None
    always: bool = False


class Alerts(Section):
    """Receivers, routes and how hard delivery tries."""

    receivers: tuple[Receiver, ...] = (Receiver(name="console", url="console:"),)
    route: Route = Route(receiver="console")
    times: tuple[Times, ...] = ()
    zone: Zone = ZoneInfo("UTC")
    group_by: tuple[Label, ...] = ("development",)
    group_wait: Duration = timedelta(seconds=0)
    group_interval: Duration = timedelta(minutes=5)
    repeat_interval: Duration = timedelta(0)
    repeat_most: Annotated[int, Field(ge=1, le=100)] = 3
    mute_lesser: Duration = timedelta(0)
    break_through: tuple[Severity, ...] = ()
    assurance: Assurance = Assurance()
    first_contact_wait: Duration = timedelta(minutes=2)
    timeout: Duration = timedelta(seconds=20)
    retry_first: Duration = timedelta(seconds=30)
    retry_longest: Duration = timedelta(hours=1)
    retry_until: Duration = timedelta(days=1)
    fallback_after: Duration = timedelta(minutes=15)
    operator: tuple[str, ...] | None = None
    """Who hears of troubles; None: the receiver of the root route."""
    operator_wait: Duration = timedelta(minutes=1)
    operator_interval: Duration = timedelta(minutes=30)
    templates: Path | None = None

    @model_validator(mode="after")
    def _receivers_exist(self) -> Alerts:
        names = [receiver.name for receiver in self.receivers]
        if doubles := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"receivers of the same name: {', '.join(doubles)}")
        if self.route.receiver is None:
            raise ValueError("the root route needs a receiver")
        for where, wanted in (
            ("routes name", _named_receivers(self.route)),
            ("assurance names", self.assurance.receivers),
        ):
            if unknown := sorted(name for name in wanted if name not in names):
                raise ValueError(
                    f"{where} receivers that don't exist: {', '.join(unknown)} (there are: {', '.join(names)})"
                )
        return self

    @model_validator(mode="after")
    def _times_exist(self) -> Alerts:
        names = [times.name for times in self.times]
        if doubles := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"times of the same name: {', '.join(doubles)}")
        wanted = dict.fromkeys(name for route in walk_routes(self.route) for name in _named_times(route))
        if unknown := [name for name in wanted if name not in names]:
            raise ValueError(
                f"routes name times that don't exist: {', '.join(unknown)} (there are: {', '.join(names) or 'none'})"
            )
        return self

    @model_validator(mode="after")
    def _fallbacks_end(self) -> Alerts:
        fallbacks = {receiver.name: receiver.fallback for receiver in self.receivers}
        for name, at in fallbacks.items():
            passed = {name}
            while at is not None:
                if at not in fallbacks:
                    raise ValueError(f"a fallback is no receiver: {at} (there are: {', '.join(fallbacks)})")
                if at in passed:
                    raise ValueError(f"the fallbacks of {name} lead in a circle")
                passed, at = {*passed, at}, fallbacks[at]  # noqa: PLW2901 (the walk begins at it)
        return self

    @model_validator(mode="after")
    def _operators_exist(self) -> Alerts:
        names = [receiver.name for receiver in self.receivers]
        if unknown := sorted(set(self.operator or ()) - set(names)):
            raise ValueError(f"operator names receivers that don't exist: {', '.join(unknown)}")
        return self

    @property
    def operators(self) -> tuple[str, ...]:
        """The receivers that hear of troubles."""
        if self.operator is not None:
            return self.operator
        return (self.route.receiver,) if self.route.receiver else ()


def walk_routes(route: Route) -> Iterator[Route]:
    """Yield a route and all below it."""
    yield route
    for child in route.routes:
        yield from walk_routes(child)


def _named_times(route: Route) -> tuple[str, ...]:
    return (*(route.mute or ()), *(route.active or ()))


def _named_receivers(route: Route) -> set[str]:
    own = {route.receiver} if route.receiver else set()
    return own.union(*(_named_receivers(child) for child in route.routes))
