"""Where alerts go, and how hard delivery tries."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import Field, field_validator, model_validator

from dipwatch.settings.types import REFERENCE, Duration, Section, of_form


class Receiver(Section):
    """Where messages go: ``console:`` or an apprise URL, usually by reference (``env:SLACK_URL``)."""

    name: Annotated[str, of_form(r"[a-z0-9][a-z0-9-]*", "of small letters, digits and hyphens, e.g. team-chat")]
    url: Annotated[str, Field(min_length=1)]

    @field_validator("url")
    @classmethod
    def _url(cls, value: str) -> str:
        if value == "console:" or REFERENCE.match(value) or "://" in value:
            return value
        raise ValueError('is neither "console:", an apprise URL nor a reference (env:NAME, file:PATH, credential:NAME)')


class Matchers(Section):
    """What a route asks of a change; every list given must contain the change's value."""

    kind: tuple[str, ...] = ()
    actor: tuple[str, ...] = ()
    venue: tuple[str, ...] = ()
    issue: tuple[str, ...] = ()
    severity: tuple[str, ...] = ()
    source_kind: tuple[str, ...] = ()
    reason: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    subject: tuple[str, ...] = ()


class Route(Section):
    """A node of the tree of routes; what it leaves out it takes from its parent."""

    receiver: str | None = None
    match: Matchers = Matchers()
    continue_: Annotated[bool, Field(alias="continue")] = False
    group_wait: Duration | None = None
    group_interval: Duration | None = None
    routes: tuple[Route, ...] = ()


class Alerts(Section):
    """Receivers, routes and how hard delivery tries."""

    receivers: tuple[Receiver, ...] = (Receiver(name="console", url="console:"),)
    route: Route = Route(receiver="console")
    group_wait: Duration = timedelta(seconds=0)
    group_interval: Duration = timedelta(minutes=5)
    first_contact_wait: Duration = timedelta(minutes=2)
    timeout: Duration = timedelta(seconds=20)
    retry_first: Duration = timedelta(seconds=30)
    retry_longest: Duration = timedelta(hours=1)
    retry_until: Duration = timedelta(days=1)

    @model_validator(mode="after")
    def _receivers_exist(self) -> Alerts:
        names = [receiver.name for receiver in self.receivers]
        if doubles := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"receivers of the same name: {', '.join(doubles)}")
        if self.route.receiver is None:
            raise ValueError("the root route needs a receiver")
        if unknown := sorted({name for name in _named_receivers(self.route) if name not in names}):
            raise ValueError(
                f"routes name receivers that don't exist: {', '.join(unknown)} (there are: {', '.join(names)})"
            )
        return self


def _named_receivers(route: Route) -> set[str]:
    own = {route.receiver} if route.receiver else set()
    return own.union(*(_named_receivers(child) for child in route.routes))
