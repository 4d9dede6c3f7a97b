"""Feeds as tables of a list that people read and edit: those of other readers, and those a user adds."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from dipwatch.feeds.opml import Outline
from dipwatch.model import SourceKind

_NOT_OF_AN_ID = re.compile(r"[^a-z0-9]+")
_IDS = re.compile(r"[a-z0-9][a-z0-9-]{0,60}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?![a-z])")
_COUNTRY = re.compile(r"[A-Z]{2}")


def feed_tables(
    outlines: Iterable[Outline], taken: Iterable[str], subjects: Iterable[str] = ()
) -> Iterator[tuple[str, str]]:
    """Yield an id and a ``[[feed]]`` table for each feed; no id stands in ``taken`` or comes twice.

    Which kind of source it is only its reader can say, unless dipwatch wrote the list.
    """
    ids = set(taken)
    for outline in outlines:
        key = _free(_id(outline), ids)
        ids.add(key)
        yield key, "".join(f"{line}\n" for line in _table(outline, key, tuple(subjects)))


def _table(outline: Outline, key: str, subjects: tuple[str, ...]) -> Iterator[str]:
    known = outline.kind in list(SourceKind)
    yield "[[feed]]"
    yield f"id = {_quoted(key)}"
    yield f"url = {_quoted(outline.url)}"
    yield f"source = {_quoted(outline.title)}"
    others = ", ".join(kind for kind in SourceKind if kind is not SourceKind.INDEPENDENT)
    yield f"kind = {_quoted(outline.kind or '')}" if known else f'kind = "independent"  # or {others}'
    if language := _LANGUAGE.match((outline.language or "").lower()):
        yield f"language = {_quoted(language[0])}"
    if _COUNTRY.fullmatch(outline.country or ""):
        yield f"country = {_quoted(outline.country or '')}"
    if subjects:
        yield f"subjects = [{', '.join(map(_quoted, subjects))}]"
    if not outline.enabled:
        yield "enabled = false"
    if outline.note:
        yield f"note = {_quoted(outline.note)}"


def _id(outline: Outline) -> str:
    """Take the id it had, or make one of the title, or of the host where the title has no Latin letters."""
    if outline.key and _IDS.fullmatch(outline.key):
        return outline.key
    host = (urlsplit(outline.url).hostname or "").removeprefix("www.")
    return _slug(outline.title) or _slug(host) or "feed"


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return _NOT_OF_AN_ID.sub("-", plain).strip("-")


def _free(wanted: str, taken: set[str]) -> str:
    key, number = wanted, 1
    while key in taken:
        number += 1
        key = f"{wanted}-{number}"
    return key


def _quoted(text: str) -> str:
    """Write a text as TOML does: JSON's strings are TOML's, but for DEL (https://toml.io/en/v1.0.0#string)."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
