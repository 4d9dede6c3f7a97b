from __future__ import annotations

from dataclasses import replace

import pytest

from dipwatch.errors import UsageError
from dipwatch.feeds.feed import Feed
from dipwatch.feeds.opml import Outline, export_opml, import_opml
from dipwatch.model import SourceKind

FEEDS = (
    Feed("a", "https://paper.example/rss?x=1&y=2", "Paper <& Sons>", SourceKind.WIRE, "en", "GB", note="Slow & sure."),
    Feed("b", "https://desk.example/atom", "Бюро", SourceKind.OFFICIAL, enabled=False),
)
UTF_16 = '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE opml SYSTEM "file:///x"><opml/>'
FOLDERS = b"""<?xml version="1.0"?><opml version="1.0"><head/><body><outline text="News">
<outline text="Paper &amp; news" type="rss" xmlUrl="https://paper.example/rss" htmlUrl="https://paper.example/"/>
<outline text="again" xmlUrl="https://paper.example/rss"/><outline xmlUrl="file:///etc/passwd"/></outline>
<outline xmlUrl=" https://desk.example/atom "/></body></opml>"""


def test_what_is_exported_is_imported_again() -> None:
    assert import_opml(export_opml(FEEDS)) == (
        Outline(FEEDS[0].url, FEEDS[0].source, "en", "Slow & sure.", "a", "wire", "GB"),
        Outline(FEEDS[1].url, FEEDS[1].source, key="b", kind="official", enabled=False),
    )


def test_secrets_stay_out_of_an_export() -> None:
    secret = replace(FEEDS[0], username="ann", password="env:PAPER_PASSWORD", headers=(("X", "env:PAPER_TOKEN"),))  # noqa: S106 (a reference)
    assert b"PAPER_" not in export_opml([secret])
    assert b"ann" not in export_opml([secret])


def test_lists_of_other_readers_are_read_through_their_folders() -> None:
    assert import_opml(FOLDERS) == (
        Outline("https://paper.example/rss", "Paper & news"),
        Outline("https://desk.example/atom", "https://desk.example/atom"),
    )


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (b"", "not OPML"),
        (b"<opml>", "not OPML"),
        (b"<rss/>", "its root is <rss>"),
        (b"<opml><body/></opml>", "lists no feed"),
        (b'<!DOCTYPE opml [<!ENTITY a "b">]><opml/>', "document type"),
        (UTF_16.encode("utf-16"), "document type"),
    ],
)  # fmt: skip
def test_what_is_not_opml_is_refused_with_the_reason(document: bytes, reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        import_opml(document)
