"""Of an item with a summary and a long text, one is parsed: the one that is read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dipwatch.feeds import parse
from dipwatch.feeds.body import drop_long_texts
from dipwatch.feeds.parse import parse_feed

NAMESPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
)
RSS = f'<rss version="2.0" {NAMESPACES}><channel><title>T</title>{{}}</channel></rss>'
ATOM = f'<feed xmlns="http://www.w3.org/2005/Atom" {NAMESPACES}><title>T</title>{{}}</feed>'
LONG = "<content:encoded><![CDATA[<p>The long text</p>]]></content:encoded>"


@pytest.mark.parametrize(
    "item",
    [
        f"<item><description>Short</description>{LONG}</item>",
        f"<item>{LONG}<description><![CDATA[Short]]></description></item>",
        f"<item><description>&lt;p&gt;Short&lt;/p&gt;</description>{LONG}</item>",
        "<entry><summary>Short</summary><content type='html'>&lt;p&gt;The long text&lt;/p&gt;</content></entry>",
    ],
)
def test_the_long_text_of_an_item_with_a_summary_goes(item: str) -> None:
    assert "long text" not in drop_long_texts(item)
    assert "Short" in drop_long_texts(item)


@pytest.mark.parametrize(
    "item",
    [
        f"<item>{LONG}</item>",
        f"<item><description/>{LONG}</item>",
        f"<item><description> </description>{LONG}</item>",
        f"<item><description><![CDATA[ ]]></description>{LONG}</item>",
        f"<item><description>&#32;</description>{LONG}</item>",
        f"<item><description>&nbsp;</description>{LONG}</item>",
        f"<item><itunes:summary>Other</itunes:summary><description>Short</description>{LONG}</item>",
        f"<item><itunes:summary>Other</itunes:summary>{LONG}</item>",
        "<item><content:encoded><![CDATA[<summary>More</summary> the long text]]></content:encoded></item>",
        "<item><content:encoded><![CDATA[the long text",
        "<entry><summary type='xhtml'><div>Short</div></summary><content>the long text</content></entry>",
    ],
)
def test_an_item_keeps_it_where_it_may_be_the_one_that_is_read(item: str) -> None:
    assert drop_long_texts(item) == item


def test_one_items_summary_does_not_cost_the_next_its_text() -> None:
    both = f"<item><description>Short</description></item><item>{LONG}</item>"
    assert drop_long_texts(both) == both


_TEXT = st.sampled_from(
    ["", " ", "Short", "&lt;b&gt;Short&lt;/b&gt;", "&#32;", "<![CDATA[Cut]]>", "<![CDATA[ ]]>", "<![CDATA[<i>x</i>]]>"]
)
_TAGS = st.sampled_from(["description", "content:encoded", "itunes:summary", "title", "summary", "content"])
_PARTS = st.lists(st.tuples(_TAGS, _TEXT).map(lambda part: f"<{part[0]}>{part[1]}</{part[0]}>"), max_size=4).map(
    "".join
)


@pytest.mark.parametrize(("document", "element"), [(RSS, "item"), (ATOM, "entry")])
@given(items=st.lists(_PARTS, max_size=3))
def test_what_is_read_does_not_depend_on_it(document: str, element: str, items: list[str]) -> None:
    body = document.format("".join(f"<{element}>{item}</{element}>" for item in items)).encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parse, "drop_long_texts", lambda text: text)
        whole = parse_feed(body)
    assert parse_feed(body) == whole
