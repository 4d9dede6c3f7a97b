"""Text from feeds made harmless, once for all channels and once more for each.

``clean`` and ``safe_link`` are applied when a message is built; what is special in one format only (HTML, Markdown,
chats) is neutralised by ``render`` at every value a template prints, so that a user's own template is safe too.

What a hostile headline may try: mention everybody (``@channel``, ``<!here>``), show one address and lead to another,
add headers by a line break, close a tag, reorder text with bidi controls, hide text in invisible characters, be huge.
"""

from __future__ import annotations

import json
import re
import unicodedata
from urllib.parse import quote, urlsplit, urlunsplit

TITLE_LENGTH = 300
QUOTE_LENGTH = 600
NAME_LENGTH = 100
LINK_LENGTH = 2000
SUBJECT_LENGTH = 120

_FULL_WIDTH_AT = "＠"  # reads as an @ but no channel takes it for a mention
_SPACES = re.compile(r"\s+")
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories that don't print: controls, format (bidi, zero width), surrogates, private, unassigned, breaks."""
_JOINERS = frozenset("\u200c\u200d")
"""They are format characters too, but Persian and emoji are misread without them; they can neither hide nor reorder."""
_BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Counted as letters or symbols, yet nothing is seen of them."""
_LETTER_LIKE = frozenset({"L", "M", "S"})
_STACKED = re.compile(r"(\w)?((?:[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u20d0-\u20ff\ufe20-\ufe2f]){4,})")
_CREDENTIALS = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*://)[^\s/?#@＠]*[@＠]")
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?|\[[0-9a-f:.]+\]")
_LINK_SAFE = "/~:;,=+-._%$"


class Link(str):
    """An address that ``safe_link`` has passed: http(s), without credentials, of plain URL characters only."""

    __slots__ = ()


def clean(text: str, limit: int) -> str:
    """Return text from outside as one harmless line of at most ``limit`` characters.

    Control, bidi and invisible characters are dropped, white space is one blank, heaps of accents are cut, credentials
    in addresses are removed and ``@`` becomes a full-width sign, so that nothing in it can mention anybody.
    """
    text = unicodedata.normalize("NFC", text[: limit * 8])
    text = _SPACES.sub(" ", text)
    text = "".join(char for i, char in enumerate(text) if _is_shown(text, i, char))
    text = _STACKED.sub(lambda found: (found[1] or "") + found[2][:3], text)
    text = _CREDENTIALS.sub(r"\1", text)
    return shorten(_SPACES.sub(" ", text).strip().replace("@", _FULL_WIDTH_AT), limit)


def _is_shown(text: str, index: int, char: str) -> bool:
    if char in _JOINERS:
        return 0 < index < len(text) - 1 and all(
            unicodedata.category(near)[0] in _LETTER_LIKE for near in (text[index - 1], text[index + 1])
        )
    return unicodedata.category(char) not in _HIDDEN and char not in _BLANKS


def shorten(text: str, limit: int) -> str:
    """Cut a text at a word's end to at most ``limit`` characters, with an ellipsis where something was cut."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    word_end = cut.rfind(" ")
    return (cut[:word_end] if word_end > limit * 2 // 3 else cut).rstrip(" ,;:-–—") + "…"


def safe_link(url: str) -> Link:
    """Return an address that may be shown and followed, or an empty one.

    Only http and https pass; credentials and fragments are dropped, the host is in its ASCII form (so that look-alike
    letters show), everything that any format could take for markup is percent-encoded.
    """
    empty = Link("")
    try:
        parts = urlsplit(url.strip())
        host = _ascii_host(parts.hostname or "")
        port = f":{parts.port}" if parts.port is not None else ""
    except (ValueError, UnicodeError):
        return empty
    if parts.scheme.lower() not in {"http", "https"} or not _HOST.fullmatch(host):
        return empty
    path, query = _encoded(parts.path, _LINK_SAFE), _encoded(parts.query, _LINK_SAFE + "&?")
    link = urlunsplit((parts.scheme.lower(), host + port, path, query, ""))
    return Link(link) if len(link) <= LINK_LENGTH else empty


def _ascii_host(host: str) -> str:
    if ":" in host:
        return f"[{host.lower()}]"
    return host.lower() if host.isascii() else host.encode("idna").decode("ascii").lower()


def _encoded(text: str, safe: str) -> str:
    return quote(text, safe=safe, errors="replace")  # a lone surrogate has no UTF-8


def header(text: str) -> str:
    """Return a text that can stand in one header line (a subject): one line, under the limit of 120 characters.

    Chats show it as a title, and some of them read markup there.
    """
    return shorten(chat(clean(text, SUBJECT_LENGTH - 1)), SUBJECT_LENGTH - 1)


_MARKDOWN = re.compile(r"([\\`*_\[\]#|~])")
_ANGLES = str.maketrans({"<": "‹", ">": "›"})
_PARTED = re.compile(r"(\])([(\[:])|(?<=\|)()(?=\|)")
_LEADING = re.compile(r"^(?:[#‹›]+\s+)+", re.MULTILINE)
_SLACK_MARKS = re.compile(r"(?<!\w)([*_~`]+)(?=\S)|(?<=\S)([*_~`]+)(?!\w)")


def printable(text: str) -> str:
    """Drop everything but printable characters and line breaks: the last look before plain text goes out."""
    return "".join(
        char for char in text if char == "\n" or char in _JOINERS or unicodedata.category(char) not in _HIDDEN
    )


def markdown(text: str) -> str:
    """Escape what opens markup within a line; angle brackets become quotation marks, since many renderers pass HTML."""
    return _MARKDOWN.sub(r"\\\1", printable(text).translate(_ANGLES))


def chat(text: str) -> str:
    """Neutralise the markup of chats: what one of them reads as a link, a mention, emphasis, a heading or a spoiler.

    Most get plain text, yet some (Discord, Teams, Zulip) read Markdown in it. Angle brackets become quotation marks,
    emphasis marks at word ends and heading marks are dropped, ``](`` and ``||`` are parted. ``&``, ``<`` and ``>`` are
    escaped once more by the sender's library; without brackets nothing depends on it.
    """
    text = _SLACK_MARKS.sub("", printable(text).translate(_ANGLES))
    return _PARTED.sub(r"\1 \2", _LEADING.sub("", text))


def in_json(text: str) -> str:
    """Escape a text for the inside of a JSON string."""
    return json.dumps(printable(text), ensure_ascii=False)[1:-1]
