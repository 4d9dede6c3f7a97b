from __future__ import annotations

from pathlib import Path

import pytest

from dipwatch.config import Config, LoadedConfig
from dipwatch.errors import ConfigError
from dipwatch.feeds.feed import Feed
from dipwatch.feeds.own_list import configured_feeds, own_list
from dipwatch.model import SourceKind

LISTED = """
[[feed]]
id = "paper"
url = "https://paper.example/rss"
source = "Paper"
kind = "wire"
language = "uk"
headers = { X-Key = "env:KEY" }
note = "Slow."

[[feed]]
id = "desk"
url = "https://desk.example/atom"
source = "Desk"
kind = "official"
enabled = false
"""


@pytest.fixture
def loaded(tmp_path: Path) -> LoadedConfig:
    for subject in ("one", "two"):
        folder = tmp_path / "subjects" / subject
        folder.mkdir(parents=True)
        (folder / "feeds.toml").write_text(LISTED if subject == "one" else "")
    config = Config(subjects=("one", "two"), subjects_dir=Path("subjects"))
    return LoadedConfig(config, tmp_path / "dipwatch.toml")


def feeds(loaded: LoadedConfig, own: str) -> dict[str, Feed]:
    own_list(loaded).write_text(own)
    return {feed.id: feed for feed in configured_feeds(loaded)}


def test_without_an_own_list_the_subjects_lists_hold(loaded: LoadedConfig) -> None:
    assert [feed.id for feed in configured_feeds(loaded)] == ["paper", "desk"]
    assert own_list(loaded) == loaded.base / "feeds.toml"


def test_a_known_id_changes_what_its_table_names_and_keeps_the_rest(loaded: LoadedConfig) -> None:
    before = {feed.id: feed for feed in configured_feeds(loaded)}["paper"]
    paper = feeds(loaded, '[[feed]]\nid = "paper"\nenabled = false\nuser_agent = "me"\n')["paper"]
    assert (paper.enabled, paper.user_agent) == (False, "me")
    kept = ("url", "source", "source_kind", "language", "headers", "note", "subjects")
    assert [getattr(paper, name) for name in kept] == [getattr(before, name) for name in kept]


def test_a_new_id_is_one_more_feed_of_the_subjects_it_names_or_of_all(loaded: LoadedConfig) -> None:
    new = '[[feed]]\nid = "new{0}"\nurl = "https://new{0}.example/"\nsource = "New"\nkind = "analysis"\n'
    found = feeds(loaded, new.format(1) + new.format(2) + 'subjects = ["two"]\n')
    assert (found["new1"].subjects, found["new2"].subjects) == (("one", "two"), ("two",))
    assert found["new1"].source_kind is SourceKind.ANALYSIS
    assert list(found) == ["paper", "desk", "new1", "new2"]


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ('[[feed]]\nid = "papr"\nenabled = false\n', r"feeds.toml:1: feed 1: url: "),
        ('[[feed]]\nid = "paper"\nkind = "blog"\n', r"feeds.toml:3: feed 1: kind: "),
        ('[[feed]]\nid = "paper"\nsubjects = ["three"]\n', "there is no subject 'three'; configured are one, two"),
        ('[[feed]]\nid = "desk"\nurl = "https://paper.example/rss"\n', "clashes with paper"),
        ('[[feed]]\nid = "paper"\n[[feed]]\nid = "paper"\n', "paper is feed 1 already"),
        ("[[feeds]]\n", "feeds: unknown key"),
        ("[[feed", "is not valid TOML"),
    ],
)
def test_what_cant_be_used_is_named_with_its_place(loaded: LoadedConfig, own: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        feeds(loaded, own)


def test_the_example_of_the_documentation_loads(loaded: LoadedConfig) -> None:
    text = (Path(__file__).parents[2] / "docs" / "operating.md").read_text(encoding="utf-8")
    example = text.partition("```toml\n# feeds.toml\n")[2].partition("```")[0]
    own = example.replace("un-news", "paper")
    found = feeds(loaded, own)
    assert (found["paper"].enabled, found["closed-desk"].username) == (False, "reader")
