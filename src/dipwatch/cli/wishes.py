"""What ``dipwatch init`` is told: the wishes of whoever sets dipwatch up, by options or by answers on a terminal."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, get_args
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import click
from pydantic import TypeAdapter, ValidationError

from dipwatch.cli.allowed_networks import networks
from dipwatch.secret_reference import REFERENCE
from dipwatch.settings.times import TimeOfDay, Zone

Noise = Literal["little", "some", "much"]
NOISES: tuple[Noise, ...] = get_args(Noise)
SORTS = ("console", "slack", "mail", "webhook")
_CODES = re.compile(r"[a-z]{2,3}(,[a-z]{2,3})*")
_LOCALTIME = Path("/etc/localtime")
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Wish:
    """A receiver that is wanted: its name in the configuration, and its apprise URL or a reference to one."""

    name: str
    url: str

    @property
    def is_secret(self) -> bool:
        """Whether the URL has to be kept out of the configuration."""
        return self.url != "console:" and not REFERENCE.match(self.url)


@dataclass(frozen=True, slots=True)
class Wishes:
    """Everything ``init`` writes down."""

    receivers: tuple[Wish, ...]
    quiet: str = ""
    """A stretch of the day in which nothing is sent, e.g. ``22:00-07:00``; empty: none."""
    zone: str = "UTC"
    languages: tuple[str, ...] = ()
    """Those of the feeds that are polled; empty: all."""
    noise: Noise = "some"
    feeds: Path | None = None
    """An OPML file whose feeds are polled in place of the shipped ones."""
    allow_networks: tuple[str, ...] = ()
    """Private networks that feeds may lie in."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Where mail goes, and through which server."""

    to: str
    server: str
    user: str = ""
    password: str = ""
    sender: str = ""
    security: str = "starttls"

    def url(self) -> str:
        """Return apprise's URL for it (https://appriseit.com/services/email/), with everything escaped."""
        login = f"{quote(self.user, safe='')}:{quote(self.password, safe='')}@" if self.user else ""
        plain = self.security == "none"
        mode = {"starttls": "starttls", "ssl": "ssl", "none": "insecure"}[self.security]
        asked = urlencode({"from": self.sender or self.user or self.to, "to": self.to, "mode": mode})
        return f"{'mailto' if plain else 'mailtos'}://{login}{self.server}/?{asked}"


def webhook_url(address: str) -> str:
    """Return apprise's URL for a plain webhook that takes JSON; anything but http(s) is taken as it is."""
    parts = urlsplit(address)
    schemes = {"http": "json", "https": "jsons"}
    if parts.scheme not in schemes:
        return address
    query = urlencode({f"-{key}": value for key, value in parse_qsl(parts.query, keep_blank_values=True)})
    return parts._replace(scheme=schemes[parts.scheme], query=query).geturl()


def quiet_hours(text: str) -> str:
    """Check quiet hours as typed; ``-`` or nothing: none. Raises click.BadParameter."""
    return "" if text in {"", "-"} else _checked(TimeOfDay, text)


def zone(text: str) -> str:
    """Check the name of a time zone. Raises click.BadParameter."""
    return _checked(Zone, text)


def languages(text: str) -> tuple[str, ...]:
    """Read codes of languages separated by commas; ``all``: no restriction. Raises click.BadParameter."""
    told = text.replace(" ", "").lower()
    if told in {"", "all"}:
        return ()
    if not _CODES.fullmatch(told):
        raise click.BadParameter(f"{text!r}: write codes separated by commas, e.g. en,uk, or all")
    return tuple(dict.fromkeys(told.split(",")))


def local_zone(environ: Mapping[str, str] = os.environ, clock: Path = _LOCALTIME) -> str:
    """Return this machine's time zone: TZ, else where /etc/localtime leads; UTC where neither names one."""
    _, _, linked = str(clock.resolve()).partition("zoneinfo/")
    for name in (environ.get("TZ", ""), linked):
        try:
            return "UTC" if zone(name) == "Etc/UTC" else name
        except click.BadParameter:
            continue
    return "UTC"


def ask_receivers() -> tuple[Wish, ...]:
    """Ask where alerts shall go."""
    click.echo("Where shall alerts go? Several are separated by commas.")
    sorts = _ask(f"  {', '.join(SORTS)}", "console", _sorts)
    return tuple(_ASKED[sort]() for sort in sorts)


def ask_quiet() -> str:
    """Ask for quiet hours."""
    return _ask("Quiet hours, e.g. 22:00-07:00; what comes then waits for their end (-: none)", "-", quiet_hours)


def ask_zone() -> str:
    """Ask for the time zone."""
    return _ask("Time zone", local_zone(), zone)


def ask_languages() -> tuple[str, ...]:
    """Ask for the languages of feeds."""
    return _ask("Languages of the feeds, e.g. en,uk", "all", languages)


def ask_noise() -> Noise:
    """Ask how much is welcome."""
    click.echo("How much is welcome?")
    click.echo("  little  what is of high severity at once, all else in a digest at 08:00")
    click.echo("  some    each development at once, more than 10 messages an hour gathered")
    click.echo("  much    each development at once, however many")
    chosen: Noise = click.prompt("  Noise", default="some", type=click.Choice(NOISES), show_choices=False)
    return chosen


def ask_feeds() -> Path | None:
    """Ask for feeds of one's own."""
    kind = click.Path(exists=True, dir_okay=False, path_type=Path)
    told = click.prompt("An OPML file of your own feeds (-: those that dipwatch ships)", default="-")
    while told != "-":
        try:
            path: Path = kind.convert(told, None, None)
        except click.BadParameter as error:
            told = click.prompt(f"  {error.format_message()}; another one (-: none)", default="-")
        else:
            return path
    return None


def ask_networks() -> tuple[str, ...]:
    """Ask for networks of one's own that feeds lie in."""
    return _ask("Private networks that some of them lie in, e.g. 10.1.0.0/16 (-: none)", "-", networks)


def _ask(question: str, default: str, read: Callable[[str], Answer]) -> Answer:
    answer: Answer = click.prompt(question, default=default, value_proc=read)
    return answer


def _sorts(text: str) -> tuple[str, ...]:
    told = tuple(dict.fromkeys(text.replace(" ", "").lower().split(",")))
    if unknown := [each for each in told if each not in SORTS]:
        raise click.BadParameter(f"{unknown[0]!r} is none of {', '.join(SORTS)}")
    return told


def _ask_mailbox() -> str:
    to = click.prompt("Mail to")
    server = click.prompt("  SMTP server, HOST or HOST:PORT")
    security = click.prompt("  Encryption", default="starttls", type=click.Choice(["starttls", "ssl", "none"]))
    user = click.prompt("  User (empty: no login)", default="", show_default=False)
    password = click.prompt("  Password (is not shown)", hide_input=True) if user else ""
    sender = click.prompt("  From", default=user if "@" in user else to)
    return Mailbox(to, server, user, password, sender, security).url()


_ASKED: Mapping[str, Callable[[], Wish]] = {
    "console": lambda: Wish("console", "console:"),
    "slack": lambda: Wish("slack", click.prompt("Slack's webhook, or env:NAME (is not shown)", hide_input=True)),
    "mail": lambda: Wish("mail", _ask_mailbox()),
    "webhook": lambda: Wish(
        "webhook", webhook_url(click.prompt("Webhook, or env:NAME (is not shown)", hide_input=True))
    ),
}


def _checked(sort: Any, text: str) -> str:  # noqa: ANN401 (an annotated type of the settings)
    try:
        TypeAdapter(Annotated[sort, None]).validate_python(text)
    except ValidationError as error:
        what = str(error.errors()[0]["msg"]).removeprefix("Value error, ")
        raise click.BadParameter(f"{text!r} {what}") from error
    return text
