from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import Connection
from tests.review.logged import MEETING, NOW, POSITION, RUMOUR, SUBJECT, TWIN
from tests.review.reported import ATTACK, HOSTILE, SCOPE, report_of, with_link
from tests.review.talks import AHEAD, BRIEFS, DEAL, HARDER, HELD, PLEDGE, WEAK, WRONG

from dipwatch.errors import MachineError
from dipwatch.model import Kind
from dipwatch.review.ledger import LedgerFilter, positions
from dipwatch.review.listed import NameBook, Ref
from dipwatch.review.network import EdgeView, NetworkView, NodeView
from dipwatch.review.report import Report, Scope, due_period, render, write_whole
from dipwatch.review.report.chart import MOST_NODES, WIDTH, ring, timeline
from dipwatch.settings import Alerts
from dipwatch.settings import Report as Settings


class Page(HTMLParser):
    """What a browser would make of the page, as far as elements go."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.elements.append((tag, found))
        self.ids += [found["id"]] if "id" in found else []

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]


def test_it_holds_the_developments_of_the_period_and_counts_what_was_held_back(report: Report) -> None:
    assert {MEETING, POSITION, HELD, PLEDGE, DEAL, HARDER, AHEAD, HOSTILE} <= report.ids
    assert not report.ids & {RUMOUR, WEAK, WRONG, TWIN}, "held back, marked false, merged"
    assert report.held_back == 2
    assert report.number("total", "developments") == len(report.cards) + 1, "the numbers count what was marked false"
    assert [card.since for card in report.cards] == sorted(card.since for card in report.cards)


def test_a_development_has_its_news_of_the_period_with_their_sentences_and_every_source(
    told: Connection, book: NameBook
) -> None:
    late = report_of(told, book, replace(SCOPE, since=NOW - timedelta(hours=10)))
    (card,) = [card for card in late.cards if card.development.id == MEETING]
    assert [each.evidence for each in card.told] == ["Встреча во дворце состоялась в четверг.", "Envoys met."]
    assert card.before == 1
    assert [(source.source_kind, source.reports) for source in card.sources] == [("wire", 2), ("state_media", 1)]


def test_outside_the_period_there_is_nothing(told: Connection, book: NameBook) -> None:
    empty = report_of(told, book, Scope((SUBJECT,), NOW - timedelta(days=90), NOW - timedelta(days=60), UTC))
    assert (empty.cards, empty.venues, empty.publishers, empty.network.nodes, empty.held_back) == ((), (), (), (), 0)
    assert "Nothing new was reported" in render(empty)


def test_sources_are_counted_by_what_they_carry_brought_first_and_carry_alone(report: Report) -> None:
    found = {each.source: each for each in report.publishers}
    assert sum(each.first for each in report.publishers) == len(report.cards)
    assert all(each.alone <= each.first <= each.developments for each in found.values())
    assert report.corroborated(1, 1) + report.corroborated(2) == len(report.cards)


@pytest.mark.parametrize("latest", [1, 2, 3])
def test_the_latest_steps_end_where_all_of_them_do(told: Connection, book: NameBook, latest: int) -> None:
    whole = positions(told, LedgerFilter((SUBJECT,)), book, BRIEFS)
    short = positions(told, LedgerFilter((SUBJECT,), latest=latest), book, BRIEFS)
    assert [(view.actor, view.issue, view.steps[-1]) for view in short] == [
        (view.actor, view.issue, view.steps[-1]) for view in whole
    ]
    assert all(sum(step.origin == "log" for step in view.steps) <= latest for view in short)


def test_every_link_leads_somewhere_and_every_id_is_there_once(report: Report) -> None:
    page = Page(render(report))
    assert len(page.ids) == len(set(page.ids))
    inner = [link["href"][1:] for link in page.all("a") if link["href"].startswith("#")]
    assert inner
    assert set(inner) <= set(page.ids)
    assert report.ids <= set(page.ids)
    assert report.ids <= set(inner), "each development is linked to"


def test_every_piece_of_news_stands_with_its_evidence_and_its_source(report: Report) -> None:
    text = render(report)
    for told in report.news:
        assert told.entry.development in text
        if "<" not in told.evidence:
            assert told.evidence in text
        assert f'href="{told.entry.link}"' in text


def test_headlines_are_inert(report: Report) -> None:
    text = render(report)
    page = Page(text)
    assert ATTACK not in text
    assert "gnihsihp" in text
    assert not set(text) & set("\u202e\u200b"), "what reorders or hides text is dropped"
    assert "{{ 7 * 7 }}" in text, "a headline is no template"
    assert len(page.all("script")) == len(page.all("style")) == len(page.all("title")) - _titles_of_charts(page) == 1
    assert page.all("img") == []
    assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]


def _titles_of_charts(page: Page) -> int:
    return len(page.all("title")) - 1


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "data:text/html,x", "//evil.test/x", "file:///etc/passwd", "vbscript:x", "#summary"]
)
def test_only_web_addresses_become_links(report: Report, link: str) -> None:
    page = Page(render(with_link(report, link)))
    assert all(href["href"].startswith("#") or "rel" in href for href in page.all("a"))
    assert link not in [found["href"] for found in page.all("a") if "rel" in found]


def test_links_to_the_outside_tell_nobody_where_they_were_followed(report: Report) -> None:
    outer = [link for link in Page(render(report)).all("a") if not link["href"].startswith("#")]
    assert outer
    assert all({"noreferrer", "noopener"} <= set(link["rel"].split()) for link in outer)


def test_the_policy_names_the_style_and_the_script_of_the_page_and_lets_nothing_load(report: Report) -> None:
    text = render(report)
    (policy,) = [
        meta["content"] for meta in Page(text).all("meta") if meta.get("http-equiv") == "Content-Security-Policy"
    ]
    for tag in ("style", "script"):
        (content,) = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        digest = b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none';")
    loading = {"src", "srcset", "action", "data", "poster", "background", "style"}
    assert not loading & {name for _, attributes in Page(text).elements for name in attributes}
    assert [name for name in ("link", "object", "iframe", "base", "form") if Page(text).all(name)] == []
    assert not re.search(r"url\(|@import", text)


def test_the_same_log_gives_the_same_page(told: Connection, book: NameBook) -> None:
    assert render(report_of(told, book)) == render(report_of(told, book))


def test_the_timeline_has_a_place_for_each_kind_and_day(report: Report) -> None:
    drawn = timeline(report)
    assert {mark.text for mark in drawn.rows} >= {"Meeting", "Position", "Commitment"}
    assert all(0 < bubble.x < WIDTH and 0 < bubble.y < drawn.height for bubble in drawn.bubbles)
    assert len({(bubble.x, bubble.y) for bubble in drawn.bubbles}) == len(drawn.bubbles)
    counted = sum(int(bubble.label.rpartition(": ")[2]) for bubble in drawn.bubbles)
    assert counted == len(report.news)


@pytest.mark.parametrize("days", [3, 7, 31, 400])
def test_a_timeline_of_any_length_stays_within_the_drawing(report: Report, days: int) -> None:
    drawn = timeline(replace(report, since=NOW - timedelta(days=days)))
    assert all(0 < bubble.x < WIDTH for bubble in drawn.bubbles)
    assert len(drawn.days) <= 7


def _network(actors: int) -> NetworkView:
    refs = [Ref(f"a{number}", f"Actor {number}") for number in range(actors)]
    nodes = tuple(NodeView(ref, refs[number % 3], actors - number) for number, ref in enumerate(refs))
    edges = tuple(EdgeView(SUBJECT, one, other, 1, 1, 0, 0, NOW, (), (), None, ()) for one, other in pairwise(refs))
    return NetworkView(nodes, edges)


@pytest.mark.parametrize("actors", [0, 1, 2, MOST_NODES, 100])
def test_a_network_of_any_size_is_drawn_with_its_parties_side_by_side(actors: int) -> None:
    drawn = ring(_network(actors))
    assert len(drawn.nodes) == min(actors, MOST_NODES)
    assert drawn.left_out == max(0, actors - MOST_NODES)
    groups = [node.group for node in drawn.nodes]
    assert groups == sorted(groups)
    assert all(0 < node.x < WIDTH and 0 < node.y < drawn.height for node in drawn.nodes)


def test_a_meeting_held_as_often_as_none_does_not_break_the_drawing() -> None:
    network = _network(2)
    planned = replace(network.edges[0], times=0, meetings=0, planned=2)
    idle = tuple(replace(node, times=0) for node in network.nodes)
    (chord,) = ring(NetworkView(idle, (planned,))).chords
    assert chord.planned
    assert chord.title.endswith("2 planned")


def test_a_file_is_written_whole_with_its_folder_and_keeps_its_rights(tmp_path: Path) -> None:
    file = tmp_path / "www" / "report.html"
    write_whole(file, b"one")
    file.chmod(0o600)
    write_whole(file, b"two")
    assert (file.read_bytes(), file.stat().st_mode & 0o777) == (b"two", 0o600)
    assert [path.name for path in file.parent.iterdir()] == ["report.html"]


def test_a_place_that_takes_no_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(MachineError, match=r"file/report\.html can't be written"):
        write_whole(tmp_path / "file" / "report.html", b"x")


@pytest.mark.parametrize(
    ("settings", "now", "start", "end"),
    [
        ({"every": "daily 07:00 Europe/Kyiv"}, "2026-03-10T05:00", "2026-03-09T05:00", "2026-03-10T05:00"),
        ({"every": "daily 07:00 Europe/Kyiv"}, "2026-03-10T04:59", "2026-03-08T05:00", "2026-03-09T05:00"),
        # the clock goes forward on 29 March 2026: that day has 23 hours
        ({"every": "daily 07:00 Europe/Kyiv"}, "2026-03-29T04:00", "2026-03-28T05:00", "2026-03-29T04:00"),
        ({"every": "weekly monday 07:00"}, "2026-03-10T12:00", "2026-03-02T07:00", "2026-03-09T07:00"),
        ({"every": "weekly monday 07:00"}, "2026-03-09T06:59", "2026-02-23T07:00", "2026-03-02T07:00"),
        ({"every": "daily 07:00", "period": "30d"}, "2026-03-10T12:00", "2026-02-08T07:00", "2026-03-10T07:00"),
    ],
)
def test_a_report_is_due_for_the_period_up_to_its_last_time(
    settings: dict[str, str], now: str, start: str, end: str
) -> None:
    due = due_period(Settings.model_validate(settings), Alerts(), _utc(now))
    assert due is not None
    assert (due.start, due.end) == (_utc(start), _utc(end))


def test_without_a_schedule_none_is_due() -> None:
    assert due_period(Settings(), Alerts(), NOW) is None


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_kinds_of_a_day_are_named_by_that_day(report: Report) -> None:
    labels = [bubble.label for bubble in timeline(report).bubbles if bubble.label.startswith("Position")]
    held = {told.entry.at.date() for told in report.news if told.entry.kind == Kind.POSITION}
    assert {date.fromisoformat(label.split(", ")[1].partition(":")[0]) for label in labels} == held
