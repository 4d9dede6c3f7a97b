"""Developments as an Atom feed (RFC 4287), for any feed reader."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from dipwatch import __version__
from dipwatch.alerts import words
from dipwatch.alerts.safety import printable, safe_link
from dipwatch.model import Kind, Status
from dipwatch.review.exports.identity import stable_uuid
from dipwatch.review.report.view import Card

_NAMESPACE = "http://www.w3.org/2005/Atom"
_SCHEME = "urn:dipwatch:"


def atom(cards: Sequence[Card], subjects: Sequence[str], now: datetime, address: str = "") -> bytes:
    """Return the feed, the latest change first; ``now`` is its time where it holds nothing.

    ``address`` is that of a report page; an entry leads to its development there, else to its first source.
    """
    ET.register_namespace("", _NAMESPACE)
    ordered = sorted(cards, key=lambda card: (card.development.changed_at, card.development.id), reverse=True)
    latest = max((card.development.changed_at for card in cards), default=now)
    feed = ET.Element(_tag("feed"))
    _add(feed, "id", stable_uuid("feed", " ".join(subjects)).urn)
    _add(feed, "title", f"dipwatch: {', '.join(subjects)}")
    _add(feed, "subtitle", "Developments, each with its evidence")
    _add(feed, "updated", _time(latest))
    _add(_add(feed, "author"), "name", "dipwatch")
    _add(feed, "generator", "dipwatch", version=__version__)
    if page := safe_link(address):
        _add(feed, "link", rel="alternate", type="text/html", href=page)
    render = _content()
    for card in ordered:
        _entry(feed, card, address, render.render(card=card))
    ET.indent(feed)
    written: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _entry(feed: ET.Element, card: Card, address: str, content: str) -> None:
    view = card.development
    entry = _add(feed, "entry")
    _add(entry, "id", stable_uuid("development", view.id).urn)
    _add(entry, "title", f"{words.act(Kind(view.kind), Status(view.status))}: {view.title}")
    _add(entry, "published", _time(view.opened_at))
    _add(entry, "updated", _time(view.changed_at))
    for rel, href in _links(card, address):
        _add(entry, "link", rel=rel, href=href)
    for scheme, term, label in _categories(card):
        _add(entry, "category", scheme=f"{_SCHEME}{scheme}", term=term, label=label)
    _add(entry, "content", content, type="html")


def _links(card: Card, address: str) -> Iterator[tuple[str, str]]:
    """Yield where an entry leads, at most one of them as ``alternate``, and where it was read."""
    sources = [link for source in card.sources if (link := safe_link(source.link))]
    page = safe_link(address)
    if page:
        yield "alternate", f"{page}#{card.development.id}"
    for number, link in enumerate(dict.fromkeys(sources)):
        yield ("via" if page or number else "alternate"), link


def _categories(card: Card) -> Iterator[tuple[str, str, str]]:
    view = card.development
    yield "kind", view.kind, words.word("kind", view.kind)
    yield "status", view.status, words.word("status", view.status)
    yield "severity", view.severity, view.severity
    yield from (("actor", actor.id, actor.name) for actor in view.actors)
    if view.venue:
        yield "venue", view.venue.id, view.venue.name
    if view.issue:
        yield "issue", view.issue.id, view.issue.name


def _content() -> Template:
    """Return the template of an entry's content: HTML, in which what feeds wrote is escaped."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(word=lambda key, table: words.word(table, key), link=safe_link, iso=datetime.isoformat)
    return environment.get_template("entry.html")


def _add(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
    """Add an element; XML holds no control characters, so what feeds wrote loses them."""
    element = ET.SubElement(parent, _tag(name), {key: printable(value) for key, value in attributes.items()})
    element.text = printable(text) or None
    return element


def _tag(name: str) -> str:
    return f"{{{_NAMESPACE}}}{name}"


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
