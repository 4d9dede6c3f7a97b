"""OPML 2.0 (opml.org/spec2.opml): lists of feeds from and for other readers.

Python's parser expands entities, so a document type, which nothing but an attack puts into OPML, is refused as soon as
it begins.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NoReturn

from dipwatch.errors import UsageError
from dipwatch.feeds.clean import clean_text, clean_title
from dipwatch.feeds.feed import Feed, url_fault


@dataclass(frozen=True, slots=True)
class Outline:
    """A feed as an OPML document lists it."""

    url: str
    title: str
    language: str | None = None
    note: str = ""
    key: str | None = None
    """The feed's id, as export writes it, with the next three; other programs have none of them."""
    kind: str | None = None
    country: str | None = None
    enabled: bool = True


class _NoDoctype(ET.TreeBuilder):
    def doctype(self, *_: str | None) -> NoReturn:
        """Refuse it; the parser calls this before it reads any entity."""
        raise UsageError("the OPML file declares a document type, which is not accepted")


def import_opml(document: bytes) -> tuple[Outline, ...]:
    """Return the feeds of an OPML document, in its order, each address once.

    Raises UsageError when it is not OPML, declares a document type, or lists no feed that could be polled.
    """
    parser = ET.XMLParser(target=_NoDoctype())  # noqa: S314 (no document type, so no entities)
    try:
        root = ET.fromstring(document, parser)  # noqa: S314 (as above)
    except ET.ParseError as error:
        raise UsageError(f"the file is not OPML: {error}") from error
    if root.tag.lower() != "opml":
        raise UsageError(f"the file is not OPML: its root is <{root.tag}>")
    found: dict[str, Outline] = {}
    for outline in root.iter("outline"):
        url = (outline.get("xmlUrl") or outline.get("xmlurl") or "").strip()
        if url and not url_fault(url):
            found.setdefault(url, _outline(outline, url))
    if not found:
        raise UsageError("the OPML file lists no feed with an http(s) address")
    return tuple(found.values())


def _outline(outline: ET.Element, url: str) -> Outline:
    title = clean_title(outline.get("title") or outline.get("text") or "") or url
    return Outline(
        url,
        title,
        language=outline.get("language"),
        note=clean_text(outline.get("description") or ""),
        key=outline.get("dipwatchId"),
        kind=outline.get("dipwatchKind"),
        country=outline.get("dipwatchCountry"),
        enabled=outline.get("dipwatchEnabled") != "false",
    )


def export_opml(feeds: Iterable[Feed], title: str = "dipwatch") -> bytes:
    """Return the feeds as an OPML document; secrets and their references stay out."""
    root = ET.Element("opml", version="2.0")
    ET.SubElement(ET.SubElement(root, "head"), "title").text = title
    body = ET.SubElement(root, "body")
    for feed in feeds:
        values = {
            "type": "rss",
            "text": feed.source,
            "title": feed.source,
            "xmlUrl": feed.url,
            "language": feed.language or "",
            "description": feed.note,
            "dipwatchId": feed.id,
            "dipwatchKind": str(feed.source_kind),
            "dipwatchCountry": feed.country or "",
            "dipwatchEnabled": "" if feed.enabled else "false",
        }
        ET.SubElement(body, "outline", {name: value for name, value in values.items() if value})
    ET.indent(root)
    document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return document
