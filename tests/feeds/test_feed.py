from __future__ import annotations

import csv
import os
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest

from dipwatch.errors import ConfigError
from dipwatch.feeds.feed import Feed, load_feeds, merged
from dipwatch.model import SourceKind
from dipwatch.shipped import shipped

GOOD = """
[[feed]]
id = "paper"
url = "https://paper.example/rss"
source = "Paper"
kind = "wire"
language = "uk"
country = "UA"
headers = { X-Key = "env:KEY" }
username = "ann"
password = "file:/run/secret"

[[feed]]
id = "desk"
url = "https://desk.example/atom"
source = "Desk"
kind = "official"
enabled = false
note = "Off: ended."
"""


def written(folder: Path, text: str) -> Path:
    (folder / "feeds.toml").write_text(text, encoding="utf-8")
    return folder


def test_feeds_are_read_in_the_files_order(tmp_path: Path) -> None:
    paper, desk = load_feeds(written(tmp_path, GOOD), "ukraine")
    assert paper == Feed(
        "paper", "https://paper.example/rss", "Paper", SourceKind.WIRE, "uk", "UA", headers=(("X-Key", "env:KEY"),),
        username="ann", password="file:/run/secret", subjects=("ukraine",),  # noqa: S106 (a reference)
    )  # fmt: skip
    assert (desk.enabled, desk.note) == (False, "Off: ended.")


@pytest.mark.parametrize(
    ("line", "bad", "said"),
    [
        (4, 'url = "ftp://paper.example/rss"', "url: must begin with http:// or https://"),
        (4, 'url = "https://"', "url: is not a URL"),
        (4, 'url = "https://paper.example:x/"', "url: is not a URL"),
        (4, 'url = "https://ann:secret@paper.example/"', "url: must not hold a user name or password"),
        (6, 'kind = "blog"', "kind: "),
        (3, 'id = "The Paper"', "id: "),
        (7, 'language = "english"', "language: "),
        (10, 'usrname = "ann"', "usrname: unknown key"),
        (11, 'password = "open sesame"', "password: must be a reference"),
        (9, 'headers = { "X Key" = "1" }', "headers: "),
    ],
)
def test_a_value_that_cant_be_used_is_named_with_its_line(tmp_path: Path, line: int, bad: str, said: str) -> None:
    lines = GOOD.splitlines()
    lines[line - 1] = bad
    with pytest.raises(ConfigError) as caught:
        load_feeds(written(tmp_path, "\n".join(lines)), "ukraine")
    text = str(caught.value)
    assert f"feeds.toml:{line}: feed 1: {said}" in text
    assert "sesame" not in text


def test_all_problems_are_told_at_once_with_feeds_given_twice(tmp_path: Path) -> None:
    second = GOOD.replace('"official"', '"blog"')
    text = second + GOOD.partition('[[feed]]\nid = "desk"')[0] + 'surprise = 1\n[[feeds]]\nid = "x"\n'
    with pytest.raises(ConfigError) as caught:
        load_feeds(written(tmp_path, text), "ukraine")
    said = [str(problem) for problem in caught.value.problems]
    assert len(said) == 3
    assert any("feeds: unknown key" in one for one in said)
    twice = second.replace('"blog"', '"official"') + GOOD.partition('[[feed]]\nid = "desk"')[0]
    with pytest.raises(ConfigError, match="paper is feed 1 already") as caught:
        load_feeds(written(tmp_path, twice), "ukraine")
    assert len(caught.value.problems) == 2


@pytest.mark.parametrize("text", ["feed = 1", "[feed]\nid = 'x'", "feed = ['x']"])
def test_a_file_of_another_shape_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError, match="must be a list of tables"):
        load_feeds(written(tmp_path, text), "ukraine")


def test_a_feed_of_two_subjects_is_one_feed() -> None:
    feed = Feed("paper", "https://paper.example/rss", "Paper", SourceKind.WIRE, enabled=False, subjects=("one",))
    (both,) = merged([feed, replace(feed, enabled=True, subjects=("two",))])
    assert (both.subjects, both.enabled) == (("one", "two"), True)


@pytest.mark.parametrize("change", [{"id": "other"}, {"url": "https://other.example/"}])
def test_subjects_that_disagree_about_a_feed_are_refused(change: dict[str, str]) -> None:
    feed = Feed("paper", "https://paper.example/rss", "Paper", SourceKind.WIRE, subjects=("one",))
    with pytest.raises(ConfigError, match="clashes"):
        merged([feed, replace(feed, **change)])  # type: ignore[arg-type] # text fields only


def test_the_shipped_feeds_are_sound_and_every_disabled_one_says_why() -> None:
    feeds = load_feeds(shipped("config", "subjects", "ukraine"), "ukraine")
    assert {feed.source_kind for feed in feeds if feed.enabled} == set(SourceKind)
    assert {"en", "ru", "uk"} <= {feed.language for feed in feeds if feed.enabled}
    assert all(feed.note for feed in feeds)
    assert [feed.id for feed in feeds if feed.enabled is ("Off:" in feed.note)] == []


def test_the_shipped_feeds_are_all_that_were_surveyed() -> None:
    folder = Path(os.environ.get("DIPWATCH_SHARED", shipped("..", "shared")))
    survey = folder / "feeds.tsv"
    if not survey.is_file():
        pytest.skip(f"needs {survey.name} of the shared folder (DIPWATCH_SHARED)")
    with survey.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    listed = {unquote(feed.url) for feed in load_feeds(shipped("config", "subjects", "ukraine"), "ukraine")}
    assert [row["name"] for row in rows if row["url"] not in listed and "none found" not in row["url"]] == []
