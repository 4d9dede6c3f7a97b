"""Documents of our own to begin from: every format, and what real feeds have in them."""

from __future__ import annotations

import json

_RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" xmlns:media="http://search.yahoo.com/mrss/">
<channel><title>The Paper &amp; Sons</title><link>https://paper.example/</link><language>en-GB</language><ttl>30</ttl>
<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>
<item><title>Envoys &lt;b&gt;meet&lt;/b&gt; in Vaduz</title><link>https://paper.example/a?utm_source=rss&amp;id=7</link>
<guid isPermaLink="false">tag:paper,2026:7</guid><pubDate>Mon, 04 May 2026 11:00:00 GMT</pubDate>
<dc:creator><![CDATA[A. Writer]]></dc:creator><category>diplomacy</category>
<media:content url="https://paper.example/a.jpg"/>
<description><![CDATA[<p>They <a href="javascript:alert(1)">spoke</a> for an hour.</p>
Continue reading&#8230;]]></description>
<content:encoded><![CDATA[<div><div><p>They spoke &mdash; at length.</p></div></div>]]></content:encoded></item>
<item><title>Talks break up</title><link>/b</link>
<guid>https://paper.example/b</guid><pubDate>yesterday</pubDate></item>
<item><title>Делегации прибыли</title><link>https://paper.example/c</link>
<pubDate>04 May 26 10:00 +0300</pubDate></item>
</channel></rss>"""
_ATOM = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="uk"><title>Бюро</title>
<id>urn:desk</id><updated>2026-05-04T12:00:00Z</updated>
<entry><id>urn:desk:1</id><title type="html">Посли &lt;i&gt;зустрілися&lt;/i&gt;</title>
<link rel="alternate" href="/1"/>
<published>2026-05-04T13:00:00+03:00</published><updated>2026-05-04T14:00:00+03:00</updated>
<author><name>Автор</name></author><summary type="text">Вони говорили годину.</summary>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Вони <b>говорили</b>.</p></div></content></entry>
<entry><id>urn:desk:1</id><title>Той самий id</title><link href="https://desk.example/2"/></entry></feed>"""
_RDF = """<?xml version="1.0" encoding="koi8-r"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Desk</title></channel>
<item rdf:about="https://desk.example/a"><title>Послы встретились</title><link>https://desk.example/a</link>
<description>Они говорили час.</description><dc:date>2026-05-04T10:00:00Z</dc:date></item></rdf:RDF>"""
_OLD = """<rss version='0.91'><channel><item><title>Envoys meet</title></item>
<item><description>x</description></item></channel></rss>"""
_DOCTYPE = """<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "b"><!ENTITY c SYSTEM "file:///nowhere">]>
<rss version="2.0"><channel><item><title>&a; &c; &nbsp; &copy</title><link>HTTP://Paper.Example:80/x#y</link></item></channel></rss>"""
_JSON = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "Desk",
    "language": "en",
    "items": [
        {"id": 7, "url": "/a", "title": "Envoys meet", "content_html": "<p>They spoke.</p>",
         "date_published": "2026-05-04T10:00:00Z"},
        {"id": "x", "external_url": "https://other.example/", "summary": "They left.", "date_modified": "2026-05-04"},
    ],
}  # fmt: skip

DOCUMENTS: tuple[bytes, ...] = (
    _RSS.encode(),
    _RSS.replace("UTF-8", "windows-1251").encode("windows-1251"),
    _ATOM.encode(),
    _ATOM.encode("utf-16"),
    _RDF.encode("koi8-r"),
    _OLD.encode(),
    _DOCTYPE.encode(),
    json.dumps(_JSON).encode(),
)
CONTENT_TYPES = (
    "",
    "application/rss+xml",
    "text/xml; charset=us-ascii",
    "text/html; charset=windows-1251",
    "application/atom+xml; charset=utf-16",
    "application/json; charset=nonsense",
)
WORDS: tuple[bytes, ...] = (
    b"<item>", b"</item>", b"<entry>", b"</entry>", b"<![CDATA[", b"]]>", b"<!--", b"-->", b"&", b"&amp;", b"&#0;",
    b"&#x10ffff;", b"&#9999999;", b"&lt;", b"<description>", b"</description>", b"<title", b"<guid>", b"<pubDate>",
    b"xmlns:a='b\xc2\xa0c'",
    b"<!DOCTYPE r [<!ENTITY e 'x'>]>", b"\0", b"\xff", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"<div>", b"</rss>", b"{",
    b"[", b"\xe2\x80\xae", b"Mon, 31 Feb 9999 25:61:61 GMT", b"0001-01-01T00:00:00Z", b"1e999", b"javascript:",
    b"file:///", b"http://[", b"encoding='utf-7'",
)  # fmt: skip
"""What a feed is made of, and what parsers have stumbled over."""
