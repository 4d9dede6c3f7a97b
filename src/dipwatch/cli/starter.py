"""The files that ``dipwatch init`` writes: the commented configuration with wishes filled in, secrets, own feeds."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from dipwatch.cli.exchange import feed_tables
from dipwatch.cli.wishes import Wish, Wishes
from dipwatch.config import Config
from dipwatch.errors import MachineError, UsageError
from dipwatch.feeds.feed import Feed, load_feeds, merged
from dipwatch.feeds.opml import import_opml
from dipwatch.outline import FILE_NAME
from dipwatch.shipped import shipped

FEEDS = "feeds.toml"
SECRETS = "credentials"
"""The folder beside the configuration; systemd's drop-ins name it, too."""
SERVICE_DATABASE = "sqlite:////var/lib/dipwatch/dipwatch.db"
_LIMITS = {"some": '["10 per 1h"]', "much": "[]"}
_DIGEST = "daily 08:00"
_OPEN, _PRIVATE = 0o644, 0o600


@dataclass(frozen=True, slots=True)
class Written:
    """A file to be written: where, what, and with which rights."""

    path: Path
    text: str
    mode: int = _OPEN


def files(folder: Path, wishes: Wishes, *, service: bool) -> list[Written]:
    """Return what to write into a folder. Raises UsageError where the feeds' file is no OPML.

    A ``service`` gets its secrets as credentials of systemd, and its database where it may write.
    """
    text = configuration(folder, wishes, service=service)
    secrets = [Written(_place(folder, wish), f"{wish.url}\n", _PRIVATE) for wish in wishes.receivers if wish.is_secret]
    found = [Written(folder / FILE_NAME, text), *secrets]
    if tables := _own_feeds(wishes):
        head = "# Laid over the lists that dipwatch ships; edited by you or by `dipwatch feeds`.\n"
        found.append(Written(folder / FEEDS, "\n".join([head, *tables])))
    return found


def configuration(folder: Path, wishes: Wishes, *, service: bool = False) -> str:
    """Return the starter configuration with what is wished for in place of its examples and defaults."""
    text = shipped("config", FILE_NAME).read_text(encoding="utf-8")
    if service:
        text = _put(text, '#database = "sqlite:///dipwatch.db"', f'database = "{SERVICE_DATABASE}"')
    if wishes.allow_networks:
        text = _put(text, "#allow_networks = []", f"allow_networks = {json.dumps(wishes.allow_networks)}")
    if wishes.zone != "UTC":
        text = _put(text, '#zone = "UTC"', f"zone = {_quoted(wishes.zone)}")
    text = _put(text, "#[[alerts.receivers]]", *_receivers(folder, wishes, service=service), "#[[alerts.receivers]]")
    if wishes.quiet:
        text = _put(text, "#[[alerts.times]]", *_quiet(wishes), "#[[alerts.times]]")
    return _put(text, '#[alerts.route]\n# Which receiver gets it.\n#receiver = "console"', *_routes(wishes))


def write(wanted: Sequence[Written]) -> None:
    """Write files into folders made for them. Raises UsageError where one exists, before anything is written."""
    if there := [file.path for file in wanted if file.path.exists()]:
        raise UsageError(f"{there[0]} exists already; nothing was written")
    for file in wanted:
        try:
            private = file.mode == _PRIVATE
            file.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700 if private else 0o755)
            handle = os.open(file.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, file.mode)
            with os.fdopen(handle, "w", encoding="utf-8") as opened:
                opened.write(file.text)
        except OSError as error:
            raise MachineError(f"{file.path} can't be written ({error.strerror})") from error


def _put(text: str, old: str, *lines: str) -> str:
    """Replace the first occurrence of whole lines."""
    head, found, tail = text.partition(f"\n{old}\n")
    if not found:
        raise AssertionError(f"the starter configuration has no line {old!r}")
    return "\n".join([head, *lines, tail])


def _receivers(folder: Path, wishes: Wishes, *, service: bool) -> Iterator[str]:
    for wish in wishes.receivers:
        yield "[[alerts.receivers]]"
        yield f"name = {_quoted(wish.name)}"
        yield f"url = {_quoted(_reference(folder, wish, service=service))}"
        if limits := _LIMITS.get(wishes.noise):
            yield f"limits = {limits}"
        yield ""


def _reference(folder: Path, wish: Wish, *, service: bool) -> str:
    if not wish.is_secret:
        return wish.url
    return f"credential:{wish.name}" if service else f"file:{_place(folder, wish).absolute()}"


def _place(folder: Path, wish: Wish) -> Path:
    return folder / SECRETS / wish.name


def _quiet(wishes: Wishes) -> Iterator[str]:
    yield "[[alerts.times]]"
    yield 'name = "quiet"'
    yield f"times = [{_quoted(wishes.quiet)}]"
    yield ""


def _routes(wishes: Wishes) -> Iterator[str]:
    """Yield the tree: everything to every receiver, held back as is wished for."""
    little = wishes.noise == "little"
    yield "[alerts.route]"
    yield f"receiver = {_quoted(wishes.receivers[0].name)}"
    if wishes.quiet:
        yield 'mute = ["quiet"]'
    if little:
        yield f"digest = {_quoted(_DIGEST)}"
    several = wishes.receivers if len(wishes.receivers) > 1 else ()
    for wish in several:
        yield from ("", "[[alerts.route.routes]]", f"receiver = {_quoted(wish.name)}", "continue = true")
        if little:
            yield from _at_once("[[alerts.route.routes.routes]]")
    if little and not several:
        yield from _at_once("[[alerts.route.routes]]")


def _at_once(header: str) -> tuple[str, ...]:
    return "", header, 'match = { severity = ["high"] }', 'digest = "off"'


def _own_feeds(wishes: Wishes) -> list[str]:
    """Return the tables of the own list: shipped feeds that are not wanted, turned off, and those of one's own."""
    listed = _shipped_feeds()
    outlines = import_opml(wishes.feeds.read_bytes()) if wishes.feeds else []
    own = {outline.url for outline in outlines}
    unwanted = [feed for feed in listed if feed.enabled and not _wanted(feed, wishes, own)]
    off = [f'[[feed]]\nid = "{feed.id}"\nenabled = false\n' for feed in unwanted]
    known = {feed.url for feed in listed}
    new = [outline for outline in outlines if outline.url not in known]
    return off + [table for _, table in feed_tables(new, [feed.id for feed in listed])]


def _wanted(feed: Feed, wishes: Wishes, own: Iterable[str]) -> bool:
    if wishes.feeds and feed.url not in own:
        return False
    return not wishes.languages or feed.language in wishes.languages


def _shipped_feeds() -> tuple[Feed, ...]:
    subjects = Config().subjects
    return merged(feed for name in subjects for feed in load_feeds(shipped("config", "subjects", name), name))


def _quoted(text: str) -> str:
    """Return a TOML string: JSON's is one, too."""
    return json.dumps(text, ensure_ascii=False)
