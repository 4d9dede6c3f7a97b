"""Titles and summaries as plain text: what a reader would see, on one line, without what publishers add.

Every step is linear in the length of the text, and the text is cut before the first one.
"""

from __future__ import annotations

import html
import re
import unicodedata

from dipwatch.feeds.noise import noise

TITLE_LENGTH = 500
SUMMARY_LENGTH = 3000
_MARKUP_FACTOR = 10
"""Markup may take nine tenths of a text before some of its words are lost."""
_MOST_ROUNDS = 30
_ENDING_LENGTH = 700
"""No ending is longer; it is looked for in no more than that."""

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]*)(?=[\s/>])[^<>]*>|<!--|-->|<![a-zA-Z\[][^<>]*>|<\?[^<>]*>")
_CUT_TAG = re.compile(r"<[a-zA-Z/!?][^<>]*$")
_ENTITY_CHAIN = re.compile(r"&(?:amp;|#38;|#x26;)+", re.IGNORECASE)
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
# Invisible characters (category Cf), private and unpaired ones: zero-width, soft hyphens, bidi marks and overrides,
# byte order marks, tags. They hide words from matching, or turn around what a reader sees.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef"
    "\U000e0000-\U000e0fff\U000f0000-\U0010ffff]+"
)
_SPACES = re.compile(r"\s+")
_INLINE = frozenset(
    {
        *(
            "a",
            "abbr",
            "b",
            "bdi",
            "bdo",
            "cite",
            "code",
            "del",
            "dfn",
            "em",
            "font",
            "i",
            "ins",
            "kbd",
            "mark",
            "q",
            "s",
        ),
        *("small", "span", "strike", "strong", "sub", "sup", "tt", "u", "var", "wbr"),
    }
)
_HIDDEN = frozenset(("script", "style", "template", "noscript", "iframe", "svg", "head"))
_SEPARATOR = re.compile(r" [-–—|] $")
_OUTLET = re.compile(r" [-–—|] [^-–—|]{2,60}$")


def clean_title(text: str, *, outlet: str = "", proxied: bool = False) -> str:
    """Return a title as plain text.

    ``outlet`` is the publisher the entry itself names; it is taken off the end (`` - Outlet``). ``proxied`` titles come
    from an aggregator that always adds an outlet, so where the entry names none, whatever stands there goes.
    """
    title = clean_text(_cut(text, TITLE_LENGTH * _MARKUP_FACTOR))
    return _shortened(_without_outlet(title, outlet, proxied=proxied), TITLE_LENGTH)


def clean_summary(text: str, *, title: str = "", outlet: str = "") -> str:
    """Return a summary as plain text; empty where it only repeats ``title`` (with or without ``outlet``)."""
    summary = _without_ending(clean_text(_cut(text, SUMMARY_LENGTH * _MARKUP_FACTOR)))
    if title and summary.startswith(title) and summary[len(title) :].strip(" .…|–—-") in {"", outlet}:
        return ""
    short = _shortened(summary, SUMMARY_LENGTH)
    return summary if short == summary else _without_ending(short)


def clean_text(text: str) -> str:
    """Return any text as plain text on one line.

    Steps are repeated until nothing changes, for an unescaped entity may show a tag, and a dropped tag may join an
    entity. Honest texts settle in three rounds. What has not settled after many is made of tricks: it loses the
    characters that entities and tags are made of.
    """
    for _ in range(_MOST_ROUNDS):
        done = _plain(text)
        if done == text:
            return text
        text = done
    return clean_text(re.sub("[&<>]", " ", text))


def _plain(text: str) -> str:
    text = _without_tags(_ENTITY_CHAIN.sub("&", text))
    text = html.unescape(text)
    text = _INVISIBLE.sub("", _CONTROLS.sub(" ", text))
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()


def _without_ending(text: str) -> str:
    ending = noise().ending
    while (found := ending.search(text, max(0, len(text) - _ENDING_LENGTH))) is not None:
        text = text[: found.start()].rstrip()
    return text


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else _CUT_TAG.sub("", text[:length])


def _without_tags(text: str) -> str:
    """Drop tags, comments and what is never shown; a tag that is not inline parts words."""
    if "<" not in text:
        return text
    kept: list[str] = []
    at = 0
    while (tag := _TAG.search(text, at)) is not None:
        kept.append(text[at : tag.start()])
        closing, name = tag[1], (tag[2] or "").lower()
        at = tag.end()
        if tag[0] == "<!--":
            at = _find(text, "-->", at)
        elif name in _HIDDEN and not closing and not tag[0].endswith("/>"):
            at = _find(text, f"</{name}", at)
        kept.append("" if name in _INLINE else " ")
    return "".join(kept) + text[at:]


def _find(text: str, mark: str, start: int) -> int:
    """Return where ``mark`` begins, or the end of the text where it is missing."""
    found = re.compile(re.escape(mark), re.IGNORECASE).search(text, start)
    return found.start() if found else len(text)


def _without_outlet(title: str, outlet: str, *, proxied: bool) -> str:
    head = title[: len(title) - len(outlet)] if outlet and title.casefold().endswith(outlet.casefold()) else ""
    if named := _SEPARATOR.search(head):
        return head[: named.start()]
    if proxied and not outlet and (found := _OUTLET.search(title)):
        return title[: found.start()]
    return title


def _shortened(text: str, length: int) -> str:
    """Cut at a word's end, with an ellipsis."""
    if len(text) <= length:
        return text
    head = text[: length - 1]
    return (head.rpartition(" ")[0] or head).rstrip() + "…"
