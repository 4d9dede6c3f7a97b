from __future__ import annotations

import json
import pickle
import resource
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.feeds.samples import NOW, item, numbered, rss

from dipwatch.feeds.body import drop_unread
from dipwatch.feeds.outcome import Outcome
from dipwatch.feeds.parse import parse_feed
from dipwatch.feeds.parsed import ParsedFeed, ParseLimits

URL = "https://paper.example/rss.xml"
ATOM = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en-GB"><title>Desk</title>
<entry><id>tag:desk,1</id><title type="html">Envoys &lt;i&gt;meet&lt;/i&gt;</title><link href="/a"/>
<published>2026-05-04T13:00:00+03:00</published><updated>2026-05-04T14:00:00+03:00</updated>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>They <b>spoke</b>.</p></div></content>
</entry></feed>"""
RDF = """<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Desk</title></channel>
<item rdf:about="https://desk.example/a"><title>Envoys meet</title><link>https://desk.example/a</link>
<description>They spoke.</description><dc:date>2026-05-04T10:00:00Z</dc:date></item></rdf:RDF>"""
JSON_FEED = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "Desk",
    "language": "en",
    "items": [
        {"id": 7, "url": "/a", "title": "Envoys meet", "content_html": "<p>They spoke.</p>",
         "date_published": "2026-05-04T10:00:00Z"},
    ],
}  # fmt: skip


def parse(body: bytes | str, content_type: str = "application/rss+xml", url: str = URL) -> ParsedFeed:
    return parse_feed(body.encode() if isinstance(body, str) else body, content_type=content_type, url=url)


def text_in(body: bytes | str, content_type: str = "application/rss+xml") -> tuple[str, str]:
    entry = parse(body, content_type).entries[0]
    return entry.title, entry.summary


@pytest.mark.parametrize("body", [ATOM, RDF, json.dumps(JSON_FEED)])
@pytest.mark.parametrize("content_type", ["", "text/html", "application/octet-stream", "text/xml; charset=us-ascii"])
def test_every_format_is_read_whatever_the_content_type_says(body: str, content_type: str) -> None:
    parsed = parse(body, content_type)
    entry = parsed.entries[0]
    assert (parsed.outcome, parsed.title, parsed.notes) == (Outcome.OK, "Desk", ())
    assert (entry.title, entry.summary) == ("Envoys meet", "They spoke.")
    assert entry.published == datetime(2026, 5, 4, 10, 0, tzinfo=UTC)


def test_old_rss_without_namespaces_dates_and_ids_is_read() -> None:
    parsed = parse("<rss version='0.91'><channel><item><title>Envoys meet</title></item></channel></rss>")
    assert (parsed.entries[0].title, parsed.entries[0].guid, parsed.entries[0].date_text) == ("Envoys meet", "", "")


def test_a_permalink_guid_stands_in_for_a_missing_link() -> None:
    entry = parse(rss([item(link=None, guid="https://paper.example/a")])).entries[0]
    assert (entry.link, entry.guid) == ("https://paper.example/a", "https://paper.example/a")


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        (b"", Outcome.EMPTY),
        (b" \r\n\x00\xef\xbb\xbf", Outcome.EMPTY),
        (b"<!DOCTYPE html><html><body><item>no</item></body></html>", Outcome.NOT_A_FEED),
        (b"<html xmlns='http://www.w3.org/1999/xhtml'></html>", Outcome.NOT_A_FEED),
        (b"Service is down, see the status page", Outcome.NOT_A_FEED),
        (b"\x89PNG\r\n\x1a\n\x00\x01\x02", Outcome.NOT_A_FEED),
        (b"<?xml version='1.0'?><sitemap><url/></sitemap>", Outcome.NOT_A_FEED),
        (b'{"error": "not found"}', Outcome.NOT_A_FEED),
        (b'{"items": ', Outcome.NOT_A_FEED),
        (b"[" * 100_000, Outcome.NOT_A_FEED),
        (rss(), Outcome.OK),
        (rss([item()])[:-40], Outcome.TRUNCATED),
    ],
)
def test_what_is_no_feed_has_a_name(body: bytes, outcome: Outcome) -> None:
    assert parse(body).outcome is outcome


def test_a_document_that_breaks_off_gives_what_it_has() -> None:
    parsed = parse(rss(numbered(10))[:-300])
    assert (parsed.outcome, parsed.notes) == (Outcome.TRUNCATED, ("the document breaks off",))
    assert len(parsed.entries) >= 8


@pytest.mark.parametrize(
    ("declared", "written", "header"),
    [
        ("windows-1251", "windows-1251", "text/xml"),
        ("utf-8", "utf-8", "text/xml; charset=iso-8859-1"),
        ("windows-1251", "utf-8", "text/xml"),
        ("koi8-r", "koi8-r", "application/xml"),
        ("utf-16", "utf-16", "application/xml"),
        ("utf-8", "windows-1251", "text/xml; charset=windows-1251"),
        ("no-such", "utf-8", "text/xml; charset=none-such"),
    ],
)
def test_encodings_are_found_out(declared: str, written: str, header: str) -> None:
    document = rss([item("Переговоры прошли")]).decode().replace("UTF-8", declared)
    assert text_in(document.encode(written), header)[0] == "Переговоры прошли"


def test_one_broken_letter_does_not_garble_the_rest() -> None:
    body = rss([item("Переговоры прошли " * 20)])
    title, _ = text_in(body.replace("шли".encode(), "шли".encode()[:-1], 1))
    assert title.startswith("Переговоры про")
    assert title.endswith("прошли")
    assert parse(body.replace(b"hour", b"h\xffur")).notes == ("not valid utf-8 in places",)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("a\x00b\x01c\x0bd", "abcd"),
        ("Q&A on aid", "Q&A on aid"),
        ("talks&nbsp;end &mdash; early", "talks end — early"),
        ("50% < 60% & rising", "50% < 60% & rising"),
        ("&bogus; stays", "&bogus; stays"),
        ("<![CDATA[a & b &amp; <b>c</b>]]>", "a & b & c"),
        ("a ]]> b", "a ]]> b"),
    ],
)
def test_what_xml_forbids_is_read_anyway(raw: str, text: str) -> None:
    assert text_in(f"<rss><channel><item><title>t</title><description>{raw}</description></item></channel></rss>") == (
        "t",
        text,
    )


def test_entities_are_neither_expanded_nor_fetched(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("sesame")
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    for doctype, entity in (
        (f'<!DOCTYPE r [<!ENTITY l0 "lol">{levels}]>', "&l9;"),
        (f'<!DOCTYPE r [<!ENTITY e SYSTEM "file://{secret}">]>', "&e;"),
    ):
        body = rss([item()]).decode().replace("<rss", f"{doctype}<rss").replace("They spoke", entity)
        started = time.process_time()
        parsed = parse(body)
        assert time.process_time() - started < 1
        assert len(parsed.entries) == 1
        assert "sesame" not in repr(parsed)
        assert len(repr(parsed)) < 1000


HOSTILE = {
    "two million items' worth": rss(["<item><title>x</title></item>" * 160_000]),
    "200k tags in one description": rss([item(text="<b>x</b>" * 200_000)]),
    "200k real tags": rss(["<item><title>t</title><description>" + "<b>x</b>" * 200_000 + "</description></item>"]),
    "broken tags": rss(["<item><title>t</title><description>" + "<a " * 1_500_000 + "</description></item>"]),
    "descriptions that never end": rss(["<description>" * 300_000]),
    "junk between items": rss(["<a " * 1_000_000]),
    "a million levels": b"<rss>" + b"<a>" * 1_500_000,
    "ampersands": rss(["<item><title>t</title><description>" + "& " * 5000 + "</description></item>"] * 400),
    "a long cdata": rss(["<item><title>t</title><description><![CDATA[" + "<b>" * 1_000_000]),
    "nested content": rss([item(text="<div>" * 50_000 + "x" + "</div>" * 50_000)]),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_documents_cost_little(name: str) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    parsed = parse(HOSTILE[name])
    assert time.process_time() - started < 3
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 150_000
    assert parsed.outcome in {Outcome.OK, Outcome.TRUNCATED, Outcome.NOT_A_FEED}
    assert len(parsed.entries) <= 500


def test_items_beyond_the_bound_are_left_out_and_said_to_be() -> None:
    body = rss(numbered(30))
    parsed = parse_feed(body, limits=ParseLimits(max_items=10))
    assert [entry.guid for entry in parsed.entries] == [f"id-{n}" for n in range(10)]
    assert (parsed.outcome, parsed.notes) == (Outcome.OK, ("only the first 10 items were read",))


def test_a_title_from_an_aggregator_loses_its_outlet() -> None:
    source = "<source url='https://paper.example'>The Paper</source></item>"
    named = item("Envoys meet - The Paper").replace("</item>", source)
    body = rss([named, item("Talks end - Desk")])
    assert [entry.title for entry in parse(body, url="https://news.google.com/rss/search?q=x").entries] == [
        "Envoys meet",
        "Talks end",
    ]
    assert [entry.title for entry in parse(body).entries] == ["Envoys meet", "Talks end - Desk"]


def test_what_a_feed_says_of_its_rhythm_is_kept_in_seconds() -> None:
    module = 'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'
    period = f"<sy:updatePeriod {module}>daily</sy:updatePeriod>"
    head = f"<ttl>30</ttl>{period}<sy:updateFrequency {module}>4</sy:updateFrequency>"
    assert parse(rss(head=head)).hints == {"ttl": 1800.0, "update_period": 21600.0}
    assert parse(rss(head="<ttl>soon</ttl>")).hints == {}


def test_the_result_can_cross_to_another_process() -> None:
    parsed = parse(rss(numbered(3)))
    assert pickle.loads(pickle.dumps(parsed)) == parsed  # noqa: S301 (our own)


SEEDS = [rss(numbered(3)), ATOM.encode(), RDF.encode(), json.dumps(JSON_FEED).encode()]


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(SEEDS),
    st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 40), st.binary(max_size=12)), max_size=8),
    st.sampled_from(["", "text/xml", "text/xml; charset=utf-16", "application/json"]) | st.text(max_size=30),
)
def test_mutated_documents_never_raise(body: bytes, cuts: list[tuple[int, int, bytes]], content_type: str) -> None:
    for start, length, put in cuts:
        body = body[:start] + put + body[start + length :]
    parsed = parse(body, content_type)
    assert parsed.outcome in {
        Outcome.OK,
        Outcome.TRUNCATED,
        Outcome.NOT_A_FEED,
        Outcome.EMPTY,
        Outcome.PARSE_FAILED,
    }
    assert all(entry.published is None or entry.published.tzinfo is UTC for entry in parsed.entries)


UNREAD = (
    "<category>envoys</category>",
    '<category domain="x"><![CDATA[a > b]]></category>',
    '<category term="envoys"/>',
    "<author>desk@paper.example (Desk)</author>",
    "<author><name>Desk</name><uri>https://paper.example/</uri><email/></author>",
    '<dc:creator xmlns:dc="http://purl.org/dc/elements/1.1/"><![CDATA[Desk]]></dc:creator>',
    '<media:content xmlns:media="http://search.yahoo.com/mrss/" url="a.jpg"/>',
    '<enclosure url="a.mp3" length="1" type="audio/mpeg"/>',
)


@pytest.mark.parametrize("element", UNREAD)
def test_what_nobody_reads_changes_nothing(element: str) -> None:
    around = item().replace("<item>", f"<item>{element}").replace("</item>", f"{element}</item>")
    assert drop_unread(around) == item()
    assert parse(rss([around])) == parse(rss([item()]))


@pytest.mark.parametrize(
    "text",
    [
        "<![CDATA[Sorted by <category>envoys</category>.]]>",
        "<category>envoys",
        "<author><![CDATA[never closed </author>",
        '<media:content url="a.mp4"><media:title>Envoys meet</media:title></media:content>',
        "<categorypage>envoys</categorypage>",
    ],
)
def test_what_may_be_read_or_is_broken_stays(text: str) -> None:
    assert drop_unread(text) == text


@pytest.mark.parametrize("start", ["<category><![CDATA[", "<author><a>", "<category>", "<author ", "<![CDATA["])
def test_dropping_what_nobody_reads_is_linear(start: str) -> None:
    before = time.process_time()
    drop_unread(start * (2_000_000 // len(start)))
    assert time.process_time() - before < 1


def test_published_comes_before_updated() -> None:
    assert parse(rss([item(date=NOW)])).entries[0].published == NOW
