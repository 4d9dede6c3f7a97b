"""Bodies made ready for feedparser: decoded, free of what XML forbids, and cut where they would hurt.

feedparser's cost grows with markup and item count (measured: 170,000 items 5 s and 176 MB; 500,000 broken tags in one
description 4 s), and one bad byte sends it to its slow, forgiving parser with the wrong encoding. So the text is
decoded here, and what is too much is cut before it is parsed, on the raw document, in one pass.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from email.message import Message
from html.entities import html5
from itertools import pairwise

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_FEW = 0.02
_ITEM = re.compile(r"<(?:[A-Za-z0-9_-]{1,20}:)?(?:item|entry)(?=[\s/>])")
_ITEM_END = re.compile(r"</(?:[A-Za-z0-9_-]{1,20}:)?(?:item|entry)\s*>")
_LONG_FIELD = re.compile(
    r"<((?:[A-Za-z0-9_-]{1,20}:)?(?:title|description|summary|content|encoded|subtitle|tagline|info))(?=[\s>])[^<>]*>"
)
# Elements that nobody here reads, with text or CDATA in them but no elements; an author's may hold elements too.
_TEXT = r"(?:[^<]++|<!\[CDATA\[(?:(?!\]\]>).){0,500}+\]\]>"
_UNREAD = re.compile(
    r"<!\[CDATA\[|<(?:"
    r"(category|dc:creator|dc:subject|media:(?:content|thumbnail|credit)|enclosure|slash:comments|wfw:commentRss)"
    rf"(?:\s[^<>]*)?(?:/>|>{_TEXT}){{0,8}}+</\1\s*>)"
    rf"|author(?:\s[^<>]*)?(?:/>|>{_TEXT}|<(?!!|/?author[\s/>])[^<>]{{1,500}}>){{0,20}}+</author\s*>))",
    re.DOTALL,
)
_SECTION = r"<!\[CDATA\[([^\]]*+(?:\](?!\]>)[^\]]*+)*+)\]\]>"
_ALL_CDATA = re.compile(_SECTION)
_LONG_TEXT = re.compile(rf"<(content(?::encoded)?)(?:\s[^<>]*)?>\s*+(?:{_SECTION}|[^<]*+)\s*+</\1\s*>")
_SUMMARIES = re.compile(
    r"<((?:[A-Za-z0-9_-]{1,20}:)?(?:description|summary|abstract|subtitle|tagline))(?=[\s/>])(?:[^<>]*[^/<>])?>?"
)
# What makes a summary count as one: a letter, or a CDATA section, or markup that is escaped.
_SAYS_SOMETHING = re.compile(r"\s*+(?:<!\[CDATA\[\w|\w|&lt;|&amp;|&quot;)")
_CDATA_OPEN, _CDATA_CLOSE = "<![CDATA[", "]]>"
_CDATA = re.compile(r"<!\[CDATA\[|\]\]>")
_STRAY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});)(?:([A-Za-z][A-Za-z0-9]{1,31};))?")


def decode_body(body: bytes, content_type: str) -> tuple[str, str | None]:
    """Return the text of a document and, where its encoding was not as declared, what was done about it.

    A body that is valid UTF-8 is UTF-8, whatever is declared. One that is declared UTF-8 and nearly is (a text cut
    inside a letter) keeps its good parts. Otherwise the HTTP header's word counts, then the document's, then
    Windows-1252.
    """
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return _without_forbidden(body[len(mark) :].decode(encoding, "replace")), None
    declared = _declared(body, content_type)
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return _decode_other(body, declared)
    as_declared = not declared or declared[0] in {"utf-8", "utf8"} or text.isascii()
    return _without_forbidden(text), None if as_declared else f"declared {declared[0]}, is utf-8"


def _decode_other(body: bytes, declared: list[str]) -> tuple[str, str | None]:
    for name in declared:
        if name in {"utf-8", "utf8"}:
            text = body.decode("utf-8", "replace")
            if text.count("\ufffd") <= _FEW * sum(1 for letter in text if letter > "\x7f"):
                return _without_forbidden(text), "not valid utf-8 in places"
            continue
        try:
            note = None if name == declared[0] else f"declared {declared[0]}, read as {name}"
            return _without_forbidden(body.decode(name)), note
        except (LookupError, ValueError):
            continue
    note = f"declared {declared[0]}, read as windows-1252" if declared else "no encoding declared, read as windows-1252"
    return _without_forbidden(body.decode("windows-1252", "replace")), note


def _declared(body: bytes, content_type: str) -> list[str]:
    """Return the encodings declared, the HTTP header's first, in lower case."""
    message = Message()
    message["content-type"] = content_type.replace("\n", " ").replace("\r", " ")
    found = _DECLARED.match(body)
    names = [message.get_content_charset() or "", found[1].decode() if found else ""]
    return list(dict.fromkeys(name.lower() for name in names if name))


def _without_forbidden(text: str) -> str:
    return _NOT_XML.sub("", text).lstrip("\ufeff \t\r\n")


def cut_items(text: str, most: int) -> tuple[str, bool]:
    """Return the document with its first ``most`` items, and whether any were cut; what follows the last stays."""
    for number, found in enumerate(_ITEM.finditer(text), start=1):
        if number > most:
            tail = max((end.end() for end in _ITEM_END.finditer(text, found.start())), default=len(text))
            return text[: found.start()] + text[tail:], True
    return text, False


def cut_fields(text: str, longest: int) -> tuple[str, bool]:
    """Return the document with every title and text no longer than ``longest`` characters, and whether any were cut.

    A longer one becomes plain character data of that length: its markup is not parsed but cleaned away later.
    """
    if len(text) <= longest:
        return text, False
    kept: list[str] = []
    done = 0
    at = 0
    missing: set[str] = set()
    while (start := _LONG_FIELD.search(text, at)) is not None:
        name, at = start[1], start.end()
        end = -1 if name in missing else text.find(f"</{name}", at)
        if end < 0:
            missing.add(name)
        elif end - at > longest:
            kept.extend((text[done:at], "<![CDATA[", _CDATA.sub("", text[at : at + longest]), "]]>"))
            done = at = end
        else:
            at = end
    if not kept:
        return text, False
    return "".join(kept) + text[done:], True


def cut_markup(text: str, mark: str, most: int) -> tuple[str, bool]:
    """Return the document up to its ``most``-th ``mark`` ("<" or "&"), CDATA not counted, and whether it was cut.

    Measured: a tag that is never closed costs up to 30 microseconds, an entity 2.
    """
    if text.count(mark) <= most:
        return text, False
    at = 0
    seen = 0
    for part in text.split(_CDATA_CLOSE):
        outside = part.partition(_CDATA_OPEN)[0]
        here = outside.count(mark)
        if seen + here > most:
            return text[: at + _nth(outside, mark, most - seen)], True
        seen += here
        at += len(part) + len(_CDATA_CLOSE)
    return text, False


def _nth(text: str, mark: str, n: int) -> int:
    """Return where the ``n``-th mark, counted from 0, stands."""
    at = -1
    for _ in range(n + 1):
        at = text.index(mark, at + 1)
    return at


def drop_unread(text: str) -> str:
    """Return the document without categories, authors and media, which are a third of feedparser's work on it."""
    kept: list[str] = []
    done = at = 0
    while (found := _UNREAD.search(text, at)) is not None:
        if found[0] == _CDATA_OPEN:
            end = text.find(_CDATA_CLOSE, found.end())
            if end < 0:
                break
            at = end
        else:
            kept.append(text[done : found.start()])
            done = at = found.end()
    return "".join(kept) + text[done:]


def drop_long_texts(text: str) -> str:
    """Return the document without the long texts of items that have a summary too: of an item one text is read.

    They are a quarter of feedparser's work. An item keeps both where it isn't plain which one feedparser would take.
    """
    starts = [found.start() for found in _ITEM.finditer(text)]
    pieces = [text[start:end] for start, end in pairwise((*starts, len(text)))]
    return "".join((text[: starts[0]] if starts else text, *map(_without_long_text, pieces)))


def _without_long_text(item: str) -> str:
    shorter, dropped = _LONG_TEXT.subn("", item)
    return shorter if dropped and _has_one_summary(shorter) else item


def _has_one_summary(item: str) -> bool:
    outside = _ALL_CDATA.sub(lambda section: "<![CDATA[x]]>" if section[1].strip() else "", item)
    summaries = list(_SUMMARIES.finditer(outside))
    if len(summaries) != 1 or summaries[0][1] not in {"description", "summary"}:
        return False
    return _SAYS_SOMETHING.match(outside, summaries[0].end()) is not None


def mend_entities(text: str) -> str:
    """Make every ampersand one that XML knows, so that the strict, fast parser can read the document.

    ``&nbsp;`` and other names of HTML become their characters, stray ampersands are escaped. CDATA has no entities, and
    a document that declares its own is left as it is.
    """
    if "<!ENTITY" in text:
        return text
    return _outside_cdata(text, lambda part: _STRAY.sub(_mended, part))


def _mended(found: re.Match[str]) -> str:
    name = found[1]
    if name is None:
        return "&amp;"
    return html5.get(name) or f"&amp;{name}"


def _outside_cdata(text: str, change: Callable[[str], str]) -> str:
    parts = text.split(_CDATA_CLOSE)
    changed = []
    for part in parts:
        outside, opened, inside = part.partition(_CDATA_OPEN)
        changed.append(change(outside) + opened + inside)
    return _CDATA_CLOSE.join(changed)
