from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cli.conftest import Run

from dipwatch.cli.exchange import feed_tables
from dipwatch.feeds.clean import clean_title
from dipwatch.feeds.feed import load_feeds
from dipwatch.feeds.opml import Outline

OPML = """<opml version="2.0"><head><title>Mine</title></head><body>
<outline text="Straits &quot;Today&quot;" xmlUrl="https://straits.example/rss" language="en-GB"/>
<outline text="Голос" xmlUrl="https://www.golos.example/rss"/>
<outline text="Голос 2" xmlUrl="https://golos.example/two" dipwatchKind="official"/>
<outline text="Wire again" xmlUrl="https://wire.example/rss"/>
</body></opml>"""


@pytest.mark.usefixtures("home")
def test_what_is_exported_holds_the_feeds_that_are_polled_or_all(run: Run) -> None:
    text = run("feeds", "export").stdout
    assert text.count("<outline") == 2
    assert 'xmlUrl="https://wire.example' in text
    assert run("feeds", "export", "--all").stdout.count("<outline") == 3


def test_an_export_comes_back_as_the_same_feeds(run: Run, home: Path) -> None:
    exported = run("feeds", "export", "--all").stdout
    (home / "all.opml").write_text(exported, encoding="utf-8")
    again = run("feeds", "import", "all.opml")
    assert again.stdout == f"0 feeds added to {home / 'feeds.toml'}; 3 configured already\n"
    assert not (home / "feeds.toml").exists()


def test_what_one_installation_exports_another_imports_whole(run: Run, home: Path) -> None:
    exported = run("feeds", "export", "--all").stdout
    (home / "all.opml").write_text(exported, encoding="utf-8")
    (home / "own" / "talks").mkdir(parents=True)
    (home / "own" / "talks" / "feeds.toml").write_text("")
    elsewhere = ("--set", "subjects_dir=own")
    result = run(*elsewhere, "feeds", "import", "all.opml")
    assert result.exit_code == 0, result.stderr
    assert "3 feeds added" in result.stdout
    assert "reload" in result.stdout
    assert run(*elsewhere, "feeds", "export", "--all").stdout == exported


def test_what_is_imported_can_be_pasted_into_feeds_toml(run: Run, home: Path) -> None:
    (home / "mine.opml").write_text(OPML, encoding="utf-8")
    result = run("feeds", "import", "--print", "mine.opml")
    assert result.exit_code == 0, result.stderr
    assert result.stderr == "3 feeds written; 1 configured already\n"
    (home / "feeds.toml").write_text(result.stdout, encoding="utf-8")
    found = load_feeds(home, "talks")
    assert [(feed.id, feed.source, feed.language, feed.source_kind) for feed in found] == [
        ("straits-today", 'Straits "Today"', "en", "independent"),
        ("golos-example", "Голос", None, "independent"),
        ("2", "Голос 2", None, "official"),
    ]
    assert "# or official, state_media, wire, analysis" in result.stdout


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("text", "said"), [("no markup", "is not OPML"), ("<opml/>", "lists no feed"), ("<rss/>", "its root is <rss>")]
)
def test_what_is_no_list_of_feeds_is_refused(run: Run, home: Path, text: str, said: str) -> None:
    (home / "other.opml").write_text(text, encoding="utf-8")
    result = run("feeds", "import", "other.opml")
    assert result.exit_code == 2
    assert said in result.stderr
    assert len(result.stderr.splitlines()) == 1


@given(st.lists(st.text(max_size=60), max_size=5))
def test_whatever_a_list_calls_its_feeds_the_tables_load(
    tmp_path_factory: pytest.TempPathFactory, titles: list[str]
) -> None:
    outlines = [
        Outline(f"https://h{number}.example/", clean_title(title) or "x", title) for number, title in enumerate(titles)
    ]
    folder = tmp_path_factory.mktemp("feeds")
    (folder / "feeds.toml").write_text(
        "\n".join(table for _, table in feed_tables(outlines, ["taken"])), encoding="utf-8"
    )
    found = load_feeds(folder, "talks")
    assert [feed.source for feed in found] == [outline.title for outline in outlines]
    assert "taken" not in {feed.id for feed in found}
