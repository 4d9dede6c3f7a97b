"""Documents to entries, through feedparser, which is only ever given bytes: it would open a path or an address.

A pure function of its arguments with a picklable result, to be run in a worker process under a deadline. feedparser's
sanitising and resolving of embedded markup, a third of its cost, is left off: what is kept becomes plain text here.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from time import struct_time
from typing import Any
from urllib.parse import urlsplit

import feedparser

from dipwatch.feeds.body import (
    cut_fields,
    cut_items,
    cut_markup,
    decode_body,
    drop_long_texts,
    drop_unread,
    mend_entities,
)
from dipwatch.feeds.clean import clean_summary, clean_text, clean_title
from dipwatch.feeds.json_feed import parse_json_feed
from dipwatch.feeds.outcome import Outcome
from dipwatch.feeds.parsed import DEFAULT_LIMITS, ParsedFeed, ParseLimits, RawEntry
from dipwatch.feeds.salvage import FELLED, read_as_far_as_possible

AGGREGATORS = frozenset({"news.google.com"})
"""Hosts whose feeds carry other publishers' items and put the publisher's name behind each title."""

_ROOT = re.compile(r"<(?:[A-Za-z0-9_-]{1,20}:)?(?:rss|feed|rdf|channel|item|entry)(?=[\s>])", re.IGNORECASE)
_ROOT_END = re.compile(r"</(?:[A-Za-z0-9_-]{1,20}:)?(?:rss|feed|rdf)\s*>", re.IGNORECASE)
_HTML = re.compile(r"<!doctype\s+html|<html[\s>]", re.IGNORECASE)
_HEAD = 16_384
_TAIL = 4096
_PERIODS = {"hourly": 3600, "daily": 86_400, "weekly": 604_800, "monthly": 2_592_000, "yearly": 31_536_000}
_DATES = ("published", "updated", "created")
_LONGEST_DATE = 100


def parse_feed(
    body: bytes, *, content_type: str = "", url: str = "", limits: ParseLimits = DEFAULT_LIMITS
) -> ParsedFeed:
    """Return what ``body`` says as a feed: RSS 0.9x to 2.0, RDF, Atom or JSON Feed, as far as it can be read.

    ``url`` tells aggregators apart; links stay as written. The outcome is OK, TRUNCATED (the document breaks off),
    EMPTY, NOT_A_FEED or PARSE_FAILED (it fells the parser, whatever is left out of it).
    """
    text, encoding_note = decode_body(body, content_type)
    if not text.strip():
        return ParsedFeed(Outcome.EMPTY, notes=("an empty document",))
    if text[0] in "{[":
        return parse_json_feed(text, limits)
    if fault := _not_a_feed(text):
        return ParsedFeed(Outcome.NOT_A_FEED, notes=(fault,))
    notes = [encoding_note] if encoding_note else []
    broken_off = not _ROOT_END.search(text[-_TAIL:])
    text = mend_entities(drop_unread(drop_long_texts(_within(text, limits, notes))))
    return _read(text, url, limits, notes, broken_off=broken_off)


def _within(text: str, limits: ParseLimits, notes: list[str]) -> str:
    """Return the document cut to the limits, with a note for each that it exceeded."""
    text, cut = cut_items(text, limits.max_items)
    notes += [f"only the first {limits.max_items} items were read"] if cut else []
    text, cut = cut_fields(text, limits.max_field)
    notes += [f"texts were cut to {limits.max_field} characters"] if cut else []
    for mark, most in (("<", limits.max_tags), ("&", limits.max_entities)):
        text, cut = cut_markup(text, mark, most)
        notes += [f"only what stands before the {most}th {mark} was read"] if cut else []
    return text


def _not_a_feed(text: str) -> str | None:
    head = text[:_HEAD]
    root = _ROOT.search(head)
    page = _HTML.search(head)
    if root and not (page and page.start() < root.start()):
        return None
    return "an HTML page" if page else "neither RSS, Atom nor JSON Feed"


def _read(text: str, url: str, limits: ParseLimits, notes: list[str], *, broken_off: bool) -> ParsedFeed:
    try:
        document, salvaged = read_as_far_as_possible(text, _document)
    except FELLED as error:
        return ParsedFeed(Outcome.PARSE_FAILED, notes=(*notes, f"{type(error).__name__} while reading it"))
    notes += [salvaged] if salvaged else []
    outcome = Outcome.OK
    if document.get("bozo"):
        outcome = Outcome.TRUNCATED if broken_off else Outcome.OK
        notes.append("the document breaks off" if broken_off else f"malformed: {_reason(document)}")
    channel: Mapping[str, Any] = document["feed"]
    if not document["entries"] and not channel:
        return ParsedFeed(Outcome.NOT_A_FEED, notes=(*notes, "nothing in it could be read"))
    language = channel.get("language") or None
    proxied = urlsplit(url).hostname in AGGREGATORS
    entries = (_entry(entry, language, proxied=proxied) for entry in document["entries"][: limits.max_items])
    return ParsedFeed(
        outcome,
        entries=tuple(entries),
        title=clean_title(channel.get("title") or ""),
        language=language,
        hints=_hints(channel),
        notes=tuple(notes),
    )


def _document(text: str) -> Mapping[str, Any]:
    # No content-location: feedparser would resolve every address of every element, a quarter of its time; the links
    # that are kept are resolved by to_entries.
    headers = {"content-type": "application/xml; charset=utf-8"}
    document: Mapping[str, Any] = feedparser.parse(
        io.BytesIO(text.encode("utf-8")), response_headers=headers, resolve_relative_uris=False, sanitize_html=False
    )
    return document


def _reason(document: Mapping[str, Any]) -> str:
    return clean_text(str(document.get("bozo_exception", ""))).lstrip(" :")[:200]


def _entry(entry: Mapping[str, Any], language: str | None, *, proxied: bool) -> RawEntry:
    source = entry.get("source")
    outlet = clean_title(source.get("title") or "") if isinstance(source, Mapping) else ""
    title = clean_title(entry.get("title") or "", outlet=outlet, proxied=proxied)
    date_text, published = _date(entry)
    return RawEntry(
        guid=entry.get("id") or "",
        link=entry.get("link") or "",
        title=title,
        summary=clean_summary(_text(entry), title=title, outlet=outlet),
        language=entry.get("language") or language,
        published=published,
        date_text=date_text,
    )


def _text(entry: Mapping[str, Any]) -> str:
    if summary := entry.get("summary"):
        return str(summary)
    contents = entry.get("content") or [{}]
    return str(contents[0].get("value") or "")


def _date(entry: Mapping[str, Any]) -> tuple[str, datetime | None]:
    """Return the date as written and as read: when it was published, else when it was changed."""
    for name in _DATES:
        if name in entry:
            return str(entry[name])[:_LONGEST_DATE], _moment(entry.get(f"{name}_parsed"))
    return "", None


def _moment(parts: struct_time | None) -> datetime | None:
    """Return feedparser's time, which is UTC, as a datetime."""
    try:
        return datetime(*parts[:6], tzinfo=UTC) if parts else None
    except (ValueError, OverflowError):
        return None


def _hints(channel: Mapping[str, Any]) -> dict[str, float]:
    """Return in seconds what the feed says of its rhythm: RSS ttl (minutes), the syndication module's period."""
    hints: dict[str, float] = {}
    if (ttl := _number(channel.get("ttl"))) > 0:
        hints["ttl"] = ttl * 60
    period = _PERIODS.get(str(channel.get("sy_updateperiod", "")).strip().lower())
    if period:
        hints["update_period"] = period / max(1.0, _number(channel.get("sy_updatefrequency")))
    return hints


def _number(value: object) -> float:
    text = str(value or "").strip()
    return float(text) if re.fullmatch(r"\d{1,9}", text, re.ASCII) else 0.0
