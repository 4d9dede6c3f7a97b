"""The demo's news: what is shown of which subject, and that it agrees with the subject's files."""

from __future__ import annotations

from pathlib import Path

import pytest

from dipwatch.config import load_config
from dipwatch.demo import load_news, shown_subjects
from dipwatch.demo.show import write_setup
from dipwatch.feeds.feed import load_feeds


def test_both_shipped_subjects_are_shown() -> None:
    assert shown_subjects() == ("corrin", "ukraine")


@pytest.mark.parametrize("subject", shown_subjects())
def test_every_item_belongs_to_a_feed_and_every_revision_to_an_item(subject: str) -> None:
    news = load_news(subject)
    assert {item.feed for item in news.items} <= {feed.id for feed in news.feeds}
    assert {revised.item for revised in news.revisions} <= {item.id for item in news.items}
    assert news.subject == subject
    assert news.rounds == 4


@pytest.mark.parametrize("subject", shown_subjects())
def test_the_setup_is_the_shipped_subject_with_the_newsrooms_feeds(subject: str, tmp_path: Path) -> None:
    news = load_news(subject)
    write_setup(tmp_path, news, "http://127.0.0.1:9")
    loaded = load_config(tmp_path / "dipwatch.toml", environ={})
    assert loaded.config.subjects == (subject,)
    assert loaded.subject_folder(subject) == tmp_path / "subjects" / subject
    assert loaded.seeds_folder(subject) == tmp_path / "subjects" / subject / "seeds"
    feeds = load_feeds(loaded.subject_folder(subject), subject)
    assert [feed.id for feed in feeds] == [feed.id for feed in news.feeds]


def test_a_round_holds_what_came_before_the_newest_first_in_its_latest_wording() -> None:
    news = load_news("corrin")
    held = news.items_of("corrin-northern-wire", 3)
    assert [item.minutes_ago for item in held] == sorted(item.minutes_ago for item in held)
    assert {item.round for item in held} == {0, 1, 2, 3}
    assert [item.title for item in held if item.id == "c-nw-03"] == ["Opinion: why the Corrin can't be divided"]
    assert news.faulty == ()
    assert [feed.id for feed in load_news("ukraine").faulty] == ["strait-review", "old-gazette"]
