"""A log to run the documents' commands on: the demo's, made once, copied for each page."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.alerts.peers import http_peer

from dipwatch.baseline import build
from dipwatch.cli.app import cli
from dipwatch.demo import DemoFeed, FeedServer, load_news
from dipwatch.demo.show import write_setup
from dipwatch.lexicon import Names, Patterns, load_lexicon
from dipwatch.shipped import shipped

FILES = Path(__file__).parent / "files"
"""What commands of the documents read: texts, labels, a stream, a list of feeds."""
_DESK = DemoFeed("desk", "Desk", "official", "en", "rss")
_RECEIVER = """
[[alerts.receivers]]
name = "console"
url = "console:"

[[alerts.receivers]]
name = "team-chat"
url = "json://127.0.0.1:{port}/"

[alerts.route]
receiver = "console"
"""
_OWN_FEED = """[[feed]]
id = "closed-desk"
url = "https://desk.example.org/closed.xml"
source = "Desk"
kind = "independent"
language = "en"
"""


@dataclass(frozen=True, slots=True)
class Stage:
    """A folder with the demo's configuration, log and files, and what placeholders stand for in it."""

    folder: Path
    server: str
    development: str
    other: str
    entry: str
    item: str
    position: str


@pytest.fixture(scope="session", autouse=True)
def _lexicon_once() -> Iterator[None]:
    """Load each lexicon and read each seed once: commands run in one process here, and files stay as they are."""
    with pytest.MonkeyPatch.context() as patch:
        for original, key in ((load_lexicon, repr), (build, repr), (Names, id), (Patterns, id)):
            kept = _kept(original, key)
            for module in list(sys.modules.values()):
                if module.__name__.startswith("dipwatch"):
                    for name in [name for name, value in vars(module).items() if value is original]:
                        patch.setattr(module, name, kept)
        yield


def _kept(original: Callable[..., object], key: Callable[[object], object]) -> Callable[..., object]:
    answers: dict[tuple[object, ...], tuple[object, object]] = {}

    def once(*arguments: object) -> object:
        told = tuple(key(each) for each in arguments[:2])
        if told not in answers:
            answers[told] = original(*arguments), arguments  # which live on, so that no other gets their ids
        return answers[told][0]

    return once


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The demo polled in its last round, its feeds still served, a receiver that takes everything."""
    folder = tmp_path_factory.mktemp("documents")
    news = load_news()
    served = replace(news, feeds=(*news.feeds, _DESK))
    with FeedServer(served) as server, http_peer() as peer:
        write_setup(folder, news, server.base)
        config = (folder / "dipwatch.toml").read_text(encoding="utf-8") + _RECEIVER.format(port=peer.port)
        config = config.replace('subjects_dir = "subjects"', f'subjects_dir = "{folder / "subjects"}"')
        (folder / "dipwatch.toml").write_text(config, encoding="utf-8")
        (folder / "feeds.toml").write_text(_OWN_FEED + "enabled = false\n", encoding="utf-8")
        shutil.copytree(FILES, folder, dirs_exist_ok=True)
        _command(folder, "db", "upgrade")
        server.begin_round(news.rounds)
        _polled(folder)
        _command(folder, "baseline", "accept", "--to", str(folder / "accepted.json"))
        (folder / "backups").mkdir()
        known = _known(folder, server.base)
        _write_labels(folder, known.item)
        yield known


def _known(folder: Path, base: str) -> Stage:
    rows = json.loads(_command(folder, "history", "--format", "json", "--limit", "0"))
    assert len(rows) > 1, "the demo leaves developments in the log"
    several = max(rows, key=lambda row: int(row["sources"]))["id"]
    timeline = json.loads(_command(folder, "show", several, "--format", "json"))["timeline"]
    last = [entry for entry in timeline if entry["report"]][-1]
    positions = json.loads(_command(folder, "baseline", "show", "positions", "--format", "json"))["positions"]
    return Stage(
        folder,
        base,
        development=several,
        other=next(row["id"] for row in rows if row["id"] != several),
        entry=str(last["seq"]),
        item=last["report"]["item"],
        position=positions[0]["id"],
    )


def _write_labels(folder: Path, item: str) -> None:
    """Write a stream with its labels, and labels of the log: one of an item that is in it."""
    trial = shipped("config", "subjects", "corrin", "trial.jsonl").read_text(encoding="utf-8")
    for name in ("trial.jsonl", "stream.jsonl"):
        (folder / name).write_text(trial, encoding="utf-8")
    now = datetime.now(UTC).isoformat()
    label = {"id": item, "seen": now, "dev": "yes", "kind": "meeting", "status": "planned", "actors": [], "venue": ""}
    (folder / "labels.jsonl").write_text(json.dumps(label) + "\n" + trial, encoding="utf-8")


def _polled(folder: Path) -> None:
    """Poll once in a process of its own, as it starts others. One of the demo's feeds is broken on purpose: code 1."""
    command = [sys.executable, "-m", "dipwatch", "poll", "--once"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 1, done.stderr


def _command(folder: Path, *arguments: str) -> str:
    result = CliRunner().invoke(cli, ["--config", str(folder / "dipwatch.toml"), *arguments], prog_name="dipwatch")
    assert result.exit_code == 0, f"{arguments}: {result.output}"
    return result.stdout
