"""`dipwatch explain` on a log that real ticks wrote: what was read, weighed and compared, and what became of it."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from tests.cli.conftest import Run
from tests.review.logged import HOUR, NOW, SUBJECT, SUBJECTS

from dipwatch.config import LoadedConfig, load_config
from dipwatch.daemon.setup import Subject, load_subject
from dipwatch.daemon.subject import SubjectPipeline
from dipwatch.feeds.feed import load_feeds
from dipwatch.model import Item, SourceKind
from dipwatch.review.directory import Directory
from dipwatch.review.explanation.gather import explain_text
from dipwatch.review.explanation.lines import explanation
from dipwatch.review.explanation.text import Lens
from dipwatch.review.formats import Surface
from dipwatch.review.listed import NameBook
from dipwatch.review.story import as_text
from dipwatch.store import leases, retention
from dipwatch.store.feeds import sync_feeds
from dipwatch.store.ingest import Entry, FeedUpdate, ingest
from dipwatch.store.leases import detection_lease
from dipwatch.store.schema import development_table, item_table, revision_table
from dipwatch.store.store import Store

MET = "Lavrov met with Umerov in Istanbul"
AGAIN = "Sergei Lavrov met with Umerov in Istanbul, says a wire"
SPOKE = "Лавров говорит о погоде"
NOTHING = "Weather is fine"
OLD = "Ukraine met with Turkey on territory"


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> LoadedConfig:
    path = tmp_path_factory.mktemp("loaded") / "dipwatch.toml"
    path.write_text(f'subjects = ["{SUBJECT}"]\nsubjects_dir = "{SUBJECTS}"\n', encoding="utf-8")
    return load_config(path, environ={})


@pytest.fixture(scope="module")
def subject(loaded: LoadedConfig) -> Subject:
    return load_subject(loaded, SUBJECT)


@pytest.fixture
def log(home: Path, migrated_sqlite: Path, subject: Subject, loaded: LoadedConfig) -> Store:
    """A log in which one report made news, one supported it, one was too weak, one said nothing and one was too old."""
    shutil.copyfile(migrated_sqlite, home / "dipwatch.db")
    store = Store.open(f"sqlite:///{home / 'dipwatch.db'}")
    pipeline = SubjectPipeline(subject, loaded.config.alerts, 100)
    with store.begin() as connection:
        sync_feeds(connection, load_feeds(SUBJECTS / SUBJECT, SUBJECT), NOW - 72 * HOUR)
        for feed in ("bosphorus-wire", "nevskaya-gazeta"):
            ingest(connection, FeedUpdate(feed, NOW - 72 * HOUR, ()))  # the first contact is over
    bring(store, "bosphorus-wire", MET, NOTHING)
    bring(store, "bosphorus-wire", OLD, age=timedelta(days=6))
    tick(store, pipeline, 1)
    bring(store, "nevskaya-gazeta", AGAIN, SPOKE)
    tick(store, pipeline, 2)
    return store


def bring(store: Store, feed: str, *titles: str, age: timedelta = HOUR) -> None:
    entries = tuple(
        Entry(title, f"https://{feed}.example/{n}", f"{feed}.example/{title}", title, "", title, NOW - age, None)
        for n, title in enumerate(titles)
    )
    with store.begin() as connection:
        ingest(connection, FeedUpdate(feed, NOW, entries))


def tick(store: Store, pipeline: SubjectPipeline, number: int) -> None:
    with store.begin() as connection:
        lease = leases.take(connection, detection_lease(SUBJECT), "test", NOW, HOUR)
    assert lease
    assert pipeline.tick(store, lease, NOW + number * timedelta(minutes=1))


def item(store: Store, title: str) -> str:
    with store.connect() as connection:
        query = select(item_table.c.id).join(revision_table, revision_table.c.item_id == item_table.c.id)
        return connection.execute(query.where(revision_table.c.title == title)).scalar_one()


def development(store: Store, title: str) -> str:
    with store.connect() as connection:
        return connection.execute(select(development_table.c.id).where(development_table.c.title == title)).scalar_one()


def data(run: Run, *arguments: str) -> Any:  # noqa: ANN401 (any JSON)
    result = run("explain", *arguments, "--format", "json")
    assert (result.exit_code, result.stderr) == (0, "")
    return json.loads(result.stdout)


def test_an_item_tells_what_was_read_where_and_by_which_pattern(run: Run, log: Store) -> None:
    (view,) = data(run, item(log, MET))["items"]
    text = view["text"]
    assert [(m["text"], m["sort"], m["ref"]["id"], m["via"]) for m in text["mentions"]] == [
        ("Lavrov", "actor", "sergei-lavrov", "exact"),
        ("Umerov", "actor", "rustem-umerov", "exact"),
        ("Istanbul", "venue", "istanbul", "exact"),
    ]
    for each in (*text["mentions"], *text["cues"]):
        assert MET[each["span"]["start"] : each["span"]["end"]] == each["text"]
    (cue,) = text["cues"]
    assert (cue["id"], cue["text"]) == ("meeting-held", "met with")
    assert cue["patterns"] == [{"id": "meeting-held/en/1", "pattern": "met with"}]
    (claim,) = view["decision"]["claims"]
    assert (claim["kind"], claim["status"], claim["cues"]) == ("meeting", "happened", ["meeting-held"])
    assert claim == text["claims"][0]


def test_without_a_model_the_score_is_told_by_the_rules_points(run: Run, log: Store, subject: Subject) -> None:
    (view,) = data(run, item(log, MET))["items"]
    relevance = view["text"]["relevance"]
    assert relevance["by"] == "rules"
    assert relevance["score"] == view["decision"]["claims"][0]["score"] >= subject.policy.alert_threshold
    assert relevance["features"] == [
        {"feature": "an act of weight 2: meeting-held", "weight": 4},
        {"feature": "parties named together", "weight": 3},
    ]
    assert (relevance["margin"], relevance["bias"]) == (7, 0)
    assert view["text"]["kind"] is None, "nothing was learned: the cues decide"
    told = run("explain", item(log, MET)).stdout
    assert "0.700 that it is a development, by rules, no model: 7 points of 10" in told
    assert "+4 an act of weight 2: meeting-held" in told


def test_a_report_that_alerted_says_so_with_the_tick_and_the_versions(run: Run, log: Store, subject: Subject) -> None:
    (view,) = data(run, item(log, MET))["items"]
    decision = view["decision"]
    (change,) = decision["changes"]
    assert (decision["outcome"], decision["tick"]) == ("new", 1)
    assert (change["type"], change["alert"], change["kept_back"]) == ("new", True, [])
    assert decision["versions"]["lexicon"] == subject.versions.lexicon
    assert decision["differing"] == []
    text = run("explain", item(log, MET)).stdout
    for part in ("NEW: ", "to be alerted", "Why: first report", "tick 1: new", f"lexicon {subject.versions.lexicon}"):
        assert part in text


def test_a_support_tells_what_it_was_compared_with_and_which_slots_agreed(run: Run, log: Store) -> None:
    whole = development(log, MET)
    (view,) = data(run, item(log, AGAIN))["items"]
    (change,) = view["decision"]["changes"]
    assert (change["type"], change["development"], change["alert"]) == ("support", whole, False)
    assert change["compared"][0]["development"] == whole
    assert "persons" in change["compared"][0]["agreed"]
    assert {"id": whole, "name": MET} in view["compared"]
    text = run("explain", item(log, AGAIN)).stdout
    assert f"{whole}: {MET}" in text
    assert "agreed: " in text
    assert "Kept back: known already" in text


def test_a_report_that_was_too_weak_shows_the_stored_outcome(run: Run, log: Store) -> None:
    (view,) = data(run, item(log, SPOKE))["items"]
    score = view["text"]["relevance"]["score"]
    assert view["decision"]["changes"] == []
    assert view["decision"]["outcome"] == f"score {score:.2f} below 0.40"
    assert f"tick 2: score {score:.2f} below 0.40" in run("explain", item(log, SPOKE)).stdout


def test_what_was_read_in_russian_has_an_english_line(run: Run, log: Store) -> None:
    (view,) = data(run, item(log, SPOKE))["items"]
    assert view["text"]["language"] == "ru"
    assert view["decision"]["claims"][0]["english"] == "Position: Sergei Lavrov"
    assert "In English: Position: Sergei Lavrov" in run("explain", item(log, SPOKE)).stdout
    assert data(run, item(log, MET))["items"][0]["decision"]["claims"][0]["english"] is None


def test_a_text_beside_the_subject_says_that_it_was_not_read_further(run: Run, log: Store) -> None:
    text = run("explain", item(log, NOTHING)).stdout
    assert "not read further" in text
    assert "tick 1: no claim" in text


def test_what_is_too_old_says_so(run: Run, log: Store) -> None:
    text = run("explain", item(log, OLD)).stdout
    assert "not alerted" in text
    assert "Kept back: too old" in text


def test_a_development_is_explained_by_what_made_news_of_it(run: Run, log: Store) -> None:
    whole = development(log, MET)
    view = data(run, whole[:6])
    assert view["development"]["id"] == whole
    assert [each["item"] for each in view["items"]] == [item(log, MET)]
    assert [each["item"] for each in view["supported_by"]] == [item(log, AGAIN)]
    assert f"dipwatch explain {item(log, AGAIN)}" in run("explain", whole).stdout


def test_the_beginning_of_an_id_is_enough_and_what_is_unknown_or_ambiguous_is_refused(run: Run, log: Store) -> None:
    key = item(log, MET)
    assert data(run, key[:10].upper()) == data(run, key)
    for typed in ("nosuch", "%", " "):
        result = run("explain", typed)
        assert result.exit_code != 0
        assert "there is no item or development" in result.stderr
    with log.connect() as connection:
        items = list(connection.execute(select(item_table.c.id)).scalars())
        items += connection.execute(select(development_table.c.id)).scalars()
    firsts = [each[0] for each in items]
    for letter in sorted({each for each in firsts if firsts.count(each) > 1}):
        assert f"several ids begin with '{letter}'" in run("explain", letter).stderr


@pytest.mark.parametrize(
    ("title", "verdict"),
    [
        (MET, "  It alerted: first report, not in the baseline (actor Sergei Lavrov, "),
        (AGAIN, "  It did not alert: known already."),
        (OLD, "  It did not alert: too old."),
        (NOTHING, "  It did not alert: no act of the subject's actors was read in it."),
    ],
)
def test_it_begins_with_why_it_did_or_did_not_alert(run: Run, log: Store, title: str, verdict: str) -> None:
    assert run("explain", item(log, title)).stdout.splitlines()[1].startswith(verdict)


def test_of_a_development_it_begins_with_why_that_alerted(run: Run, log: Store) -> None:
    assert run("explain", development(log, MET)).stdout.splitlines()[1].startswith("  It alerted: first report, ")


def test_an_item_that_no_tick_has_taken_waits(run: Run, log: Store) -> None:
    bring(log, "bosphorus-wire", "Lavrov met with a delegation")
    (view,) = data(run, item(log, "Lavrov met with a delegation"))["items"]
    assert view["decision"] is None
    assert "waits for detection" in run("explain", item(log, "Lavrov met with a delegation")).stdout


def test_other_versions_are_named_for_what_is_shown_is_read_anew(run: Run, log: Store, home: Path) -> None:
    with (home / "dipwatch.toml").open("a", encoding="utf-8") as file:
        file.write("[detection]\nalert_threshold = 0.99\n")
    assert data(run, item(log, MET))["items"][0]["decision"]["differing"] == ["config"]
    text = run("explain", item(log, MET)).stdout
    assert "Other now: config" in text
    assert "alert from 0.990" in text


def test_a_pruned_item_keeps_its_decision(run: Run, log: Store) -> None:
    retention.prune(log, retention.Bounds(texts=NOW + 24 * HOUR))
    (view,) = data(run, item(log, MET))["items"]
    assert view["decision"]["claims"][0]["evidence"] == MET


@pytest.mark.parametrize(
    ("title", "told"),
    [
        (MET, "It would alert, if it were new: score 0.700 reaches 0.600."),
        (SPOKE, "It would not alert: it reads too little like a development (score "),
        (NOTHING, "It would not alert: no act of the subject's actors was read in it."),
    ],
)
@pytest.mark.usefixtures("home")
def test_a_text_in_no_log_is_explained_without_a_database(run: Run, title: str, told: str) -> None:
    options = ("explain", "--text", title, "--summary", "Nobody minds.", "--published", "2026-03-10")
    first, second = run(*options), run(*options)
    assert (first.exit_code, first.stderr) == (0, "")
    assert told in first.stdout
    assert first.stdout == second.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("abc", "--text", "x"),
        ("abc", "--summary", "x"),
        ("abc", "--subject", SUBJECT),
        ("--text", "x", "--subject", "y"),
    ],
)
@pytest.mark.usefixtures("home")
def test_what_does_not_go_together_is_refused(run: Run, arguments: tuple[str, ...]) -> None:
    result = run("explain", *arguments)
    assert result.exit_code == 2
    assert result.stderr


def test_lines_are_markdown_where_asked_and_hostile_text_is_harmless(run: Run, log: Store) -> None:
    hostile = "Lavrov met with Umerov \x1b[31m[x](http://e.example)"
    text = run("explain", "--text", hostile, "--format", "md").stdout
    assert text.startswith("# Lavrov met with Umerov")
    assert "\x1b" not in text
    assert "\\[x\\]" in text
    assert "\x1b" not in run("explain", "--text", hostile).stdout
    assert run("explain", item(log, MET), "--format", "md").stdout.count("\n## ") >= 4


def test_running_text_is_wrapped_on_a_terminal_only(subject: Subject) -> None:
    names = NameBook({SUBJECT: Directory(SUBJECTS / SUBJECT)})
    told = Item("", "", "", SourceKind.INDEPENDENT, f"{MET} {'and on ' * 30}", "", "", NOW, NOW)
    view = explain_text(told, SUBJECT, names, Lens(subject.reader, subject.policy, subject.versions))
    for wraps in (True, False):
        surface = Surface(width=60, wraps=wraps, zone=UTC)
        lines = as_text(explanation(view, surface), surface).splitlines()
        assert (max(map(len, lines)) <= 60) is wraps
