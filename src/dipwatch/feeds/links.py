"""Links: which of them are usable, and when two of them lead to the same text."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

from dipwatch.feeds.noise import noise

_LONGEST = 2048
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_DEFAULT_PORTS = {"http": 80, "https": 443}


def usable_link(link: str, base: str) -> str:
    """Return ``link`` as an absolute http(s) address, resolved against ``base``, or an empty string where it is none.

    ``javascript:``, ``data:``, ``file:`` and the like are dropped. What is kept is what the publisher wrote.
    """
    text = _CONTROLS.sub("", link).strip().replace(" ", "%20")
    if not text or len(text) > _LONGEST:
        return ""
    try:
        absolute = urljoin(base, text)
        parts = urlsplit(absolute)
        usable = parts.scheme in _DEFAULT_PORTS and bool(parts.hostname)
        _ = parts.port  # raises ValueError where it is no number
    except ValueError:
        return ""
    return absolute if usable else ""


def link_key(link: str) -> str:
    """Return what identifies the text behind a link: two links of the same key lead to the same text.

    Dropped are what differs between feeds and polls: scheme (http or https), case of the host, default port, user,
    fragment, tracking parameters (``noise.toml``) and the order of the others. It is for comparing, not for following.
    """
    if not link:
        return ""
    parts = urlsplit(link)
    host = (parts.hostname or "").rstrip(".")
    port = "" if parts.port in {None, _DEFAULT_PORTS.get(parts.scheme)} else f":{parts.port}"
    kept = sorted(pair for pair in parts.query.split("&") if pair and not _is_tracking(pair))
    query = "?" + "&".join(kept) if kept else ""
    return f"https://{host}{port}{parts.path or '/'}{query}"


def _is_tracking(pair: str) -> bool:
    known = noise()
    lower = pair.lower()
    name = lower.partition("=")[0]
    return name in known.names or name.startswith(known.prefixes) or lower in known.pairs
