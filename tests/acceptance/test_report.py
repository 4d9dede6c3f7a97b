"""``dipwatch report`` and ``dipwatch export`` as installed, on a log that was polled from feeds."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import feedparser
import pytest
import vobject
from tests.acceptance.driver import Installation
from tests.browser import NoBrowserError, browser

pytestmark = pytest.mark.timeout(300)


def done(site: Installation, *arguments: str) -> str:
    told = site.run(*arguments)
    assert told.returncode == 0, told.stderr
    return told.stdout


def test_a_log_from_feeds_becomes_a_page_a_feed_a_calendar_a_graph_and_a_table(
    site: Installation, tmp_path: Path
) -> None:
    done(site, "poll", "--once", "--upgrade")
    developments: list[dict[str, Any]] = json.loads(done(site, "history", "--format", "json"))
    assert developments

    file = tmp_path / "www" / "report.html"
    assert f"{file}: " in done(site, "report", "-o", str(file))
    text = file.read_text(encoding="utf-8")
    assert all(f'id="{each["id"]}"' in text for each in developments)
    assert done(site, "report", "-o", "-").startswith("<!doctype html>")

    feed = feedparser.parse(io.BytesIO(done(site, "export", "atom").encode()))
    assert (feed.bozo, len(feed.entries)) == (False, len(developments))
    assert vobject.readOne(done(site, "export", "calendar")).name == "VCALENDAR"
    assert set(json.loads(done(site, "export", "network"))) == {"nodes", "edges"}
    assert done(site, "export", "positions").startswith("subject,actor,issue,stance,")
    done(site, "export", "atom", str(tmp_path / "www" / "dipwatch.atom"))
    assert sorted(path.name for path in file.parent.iterdir()) == ["dipwatch.atom", "report.html"]

    try:
        with browser(tmp_path / "profile") as tab:
            tab.open(file.as_uri())
            assert tab.run("document.querySelectorAll('article').length") == len(developments)
            assert tab.requests == [file.as_uri()]
    except NoBrowserError as error:
        pytest.skip(str(error))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("report", "--from", "soon"), "'soon' is not a time"),
        (("report", "--from", "today", "--to", "2020-01-01"), "is over when"),
        (("report", "--subject", "nothing"), "there is no subject nothing"),
        (("export", "atom", "--from", "soon"), "'soon' is not a time"),
    ],
)
def test_what_can_not_be_meant_is_a_line_and_code_2(site: Installation, arguments: tuple[str, ...], said: str) -> None:
    done(site, "poll", "--once", "--upgrade")
    told = site.run(*arguments)
    assert told.returncode == 2
    assert said in told.stderr
    assert len(told.stderr.splitlines()) == 1
    assert not re.search(r"Traceback", told.stderr)
