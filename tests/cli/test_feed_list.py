"""Changing which feeds are polled, as a user does it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import Run
from tests.cli.test_feed_check import ALLOWED, publisher

from dipwatch.cli.allowed_networks import with_networks
from dipwatch.config import load_config
from dipwatch.errors import UsageError
from dipwatch.store.feeds import feed_states
from dipwatch.store.ingest import FeedUpdate, ingest
from dipwatch.store.store import Store

__all__ = ["publisher"]


def listed(run: Run) -> dict[str, dict[str, Any]]:
    return {feed["id"]: feed for feed in json.loads(run("feeds", "list", "--format", "json").stdout)}


def own(home: Path) -> str:
    return (home / "feeds.toml").read_text(encoding="utf-8")


ALLOW = ALLOWED[2:]


def test_a_feed_is_added_with_what_it_says_of_itself(run: Run, home: Path, publisher: str) -> None:
    (home / "feeds.toml").write_text("# Mine.\n")
    result = run(*ALLOW, "feeds", "add", f"{publisher}/rss", "--kind", "wire", "--country", "GB", "--note", "New.")
    assert result.exit_code == 0, result.stderr
    assert result.stdout.splitlines() == [
        f"wire added to {home / 'feeds.toml'}: Wire, {publisher}/rss, 1 entry now",
        "a running daemon takes it up on reload (systemctl reload dipwatch, or kill -HUP PID)",
    ]
    assert own(home) == (
        f'# Mine.\n\n[[feed]]\nid = "wire"\nurl = "{publisher}/rss"\nsource = "Wire"\nkind = "wire"\n'
        'country = "GB"\nnote = "New."\n'
    )
    assert (listed(run)["wire"]["health"], listed(run)["wire"]["subjects"]) == ("new", ["talks"])
    assert run("check").exit_code == 0


def test_a_feed_of_an_intranet_is_added_with_its_network(run: Run, home: Path, publisher: str) -> None:
    refused = run("feeds", "add", f"{publisher}/rss")
    assert (refused.exit_code, (home / "feeds.toml").exists()) == (1, False)
    assert refused.stderr == (
        f"dipwatch: blocked_address: {publisher}/rss: 127.0.0.1 is not public: "
        "feeds may lie in a network of your own only where "
        "polling.allow_networks opens it; give that network with --allow-networks, e.g. 10.1.0.0/16, "
        "and it is written there\n"
    )
    added = run("feeds", "add", f"{publisher}/rss", "--allow-networks", "127.0.0.0/8")
    assert added.exit_code == 0, added.stderr
    assert load_config(home / "dipwatch.toml").config.polling.allow_networks == ("127.0.0.0/8",)
    assert run("feeds", "check", "wire").exit_code == 0


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", '\n\n[polling]\nallow_networks = ["10.1.0.0/16"]\n'),
        ("[polling]\ninterval = '5m'\n", "[polling]\nallow_networks = [\"10.1.0.0/16\"]\ninterval = '5m'\n"),
        ("[polling]\n#allow_networks = []\n", '[polling]\nallow_networks = ["10.1.0.0/16"]\n'),
        (
            '[polling]\nallow_networks = ["10.2.0.0/16"]\n',
            '[polling]\nallow_networks = ["10.2.0.0/16", "10.1.0.0/16"]\n',
        ),
        ('[polling]\nallow_networks = ["10.1.0.0/16"]\n', '[polling]\nallow_networks = ["10.1.0.0/16"]\n'),
    ],
)
def test_networks_are_opened_beside_those_that_were(before: str, after: str) -> None:
    assert with_networks(Path("dipwatch.toml"), before, ["10.1.0.0/16"]) == after


@pytest.mark.parametrize(
    "text",
    [
        "[polling]\nallow_networks = [\n  '10.2.0.0/16',\n]\n",
        "polling = { interval = '5m' }\n",
        "polling.interval = '5m'\n",
    ],
)
def test_a_list_that_can_not_be_changed_safely_is_left_to_the_user(text: str) -> None:
    with pytest.raises(UsageError, match="write it yourself, below"):
        with_networks(Path("dipwatch.toml"), text, ["10.1.0.0/16"])


@pytest.mark.usefixtures("home")
def test_what_is_no_network_is_refused(run: Run) -> None:
    refused = run("feeds", "add", "http://10.1.2.3/rss", "--allow-networks", "10.1.2.3/16")
    assert (refused.exit_code, "'10.1.2.3/16' is no network; write e.g. 10.1.0.0/16" in refused.stderr) == (2, True)


def test_every_state_that_the_listing_prints_can_be_asked_for(run: Run, home: Path, publisher: str) -> None:
    run(*ALLOW, "feeds", "add", f"{publisher}/rss")
    store = Store.open(f"sqlite:///{home / 'dipwatch.db'}", upgrade=True)
    store.close()
    assert run(*ALLOW, "poll", "--once").exit_code in {0, 1}
    rows = listed(run).values()
    for state in sorted({row[column] for row in rows for column in ("health", "outcome") if row[column]}):
        found = json.loads(run("feeds", "list", "--health", state, "--format", "json").stdout)
        assert [row["id"] for row in found] == [row["id"] for row in rows if state in {row["health"], row["outcome"]}]
    assert "ok" in {row["outcome"] for row in rows}


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["ftp://wire.example/"], 2, "must begin with http:// or https://"),
        (["https://wire.example/rss"], 2, "is configured already, as bosphorus-wire"),
        (["https://office.example/rss"], 2, "`dipwatch feeds enable office-kyiv` turns it on"),
        (["{}/none"], 1, "not_found: {}/none: HTTP 404; --unchecked adds it all the same"),
        (["{}/rss", "--id", "office-kyiv"], 2, "there is a feed 'office-kyiv' already"),
        (["{}/rss", "--id", "The Wire"], 2, "--id The Wire: must be small letters"),
        (["{}/rss", "--language", "english"], 2, "--language english: must be a code of ISO 639"),
        (["{}/rss", "--subject", "trade"], 2, "there is no subject 'trade'; configured are talks"),
        (["{}/rss", "--kind", "blog"], 2, "'blog' is not one of"),
    ],
)
def test_what_cant_be_added_is_said_and_nothing_is_written(
    run: Run, publisher: str, arguments: list[str], code: int, said: str
) -> None:
    result = run(*ALLOW, "feeds", "add", *(each.format(publisher) for each in arguments))
    assert (result.exit_code, said.format(publisher, publisher) in result.stderr) == (code, True), result.stderr
    assert not Path("feeds.toml").exists()


def test_an_address_of_this_network_is_named_with_the_setting_that_opens_it(
    run: Run, home: Path, publisher: str
) -> None:
    result = run("feeds", "add", f"{publisher}/rss")
    assert (result.exit_code, "polling.allow_networks" in result.stderr) == (1, True)
    assert not (home / "feeds.toml").exists()


@pytest.mark.usefixtures("home")
def test_a_feed_that_needs_a_password_is_added_without_fetching(run: Run) -> None:
    assert run("feeds", "add", "https://closed.example/rss", "--unchecked", "--id", "closed").exit_code == 0
    assert listed(run)["closed"]["source"] == "closed"


def test_feeds_go_off_and_on_wherever_they_are_listed(run: Run, home: Path) -> None:
    assert run("feeds", "disable", "bosphorus-wire").stdout.startswith("bosphorus-wire is off\n")
    assert listed(run)["bosphorus-wire"]["health"] == "off"
    assert run("feeds", "disable", "bosphorus-wire").stdout == "bosphorus-wire is off already\n"
    assert run("feeds", "enable", "office-kyiv").stdout.startswith("office-kyiv is on.")
    assert listed(run)["office-kyiv"]["health"] == "new"
    run("feeds", "enable", "bosphorus-wire")
    assert (
        own(home) == '[[feed]]\nid = "bosphorus-wire"\nenabled = true\n\n[[feed]]\nid = "office-kyiv"\nenabled = true\n'
    )


def test_only_what_the_own_list_holds_can_be_removed(run: Run, home: Path) -> None:
    run("feeds", "add", "https://closed.example/rss", "--unchecked", "--id", "closed")
    run("feeds", "enable", "office-kyiv")
    assert run("feeds", "remove", "closed").stdout.startswith(f"closed removed from {home / 'feeds.toml'}\n")
    assert "as its subject lists it, off" in run("feeds", "remove", "office-kyiv").stdout
    assert own(home).strip() == ""
    listed_elsewhere = run("feeds", "remove", "bosphorus-wire")
    assert listed_elsewhere.exit_code == 2
    assert "`dipwatch feeds disable bosphorus-wire` ends it" in listed_elsewhere.stderr


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("verb", ["remove", "enable", "disable", "show", "check"])
def test_an_unknown_feed_is_named_with_what_may_be_meant(run: Run, verb: str) -> None:
    result = run("feeds", verb, "bosforus")
    assert (result.exit_code, result.stderr) == (
        2,
        "dipwatch: there is no feed 'bosforus'; did you mean bosphorus-wire?\n",
    )


def test_a_fault_in_the_own_list_stops_every_change_to_it(run: Run, home: Path) -> None:
    (home / "feeds.toml").write_text('[[feed]]\nid = "paper"\nenabled = yes\n')
    result = run("feeds", "disable", "bosphorus-wire")
    assert (result.exit_code, "feeds.toml:3" in result.stderr) == (2, True)
    assert own(home).count("[[feed]]") == 1
    assert run("check").exit_code == 2


def test_a_feed_that_had_ended_is_polled_again_when_it_is_enabled(run: Run, filled: Path) -> None:
    store = Store.open(f"sqlite:///{filled / 'dipwatch.db'}")
    with store.begin() as connection:
        (state,) = feed_states(connection, ["bosphorus-wire"])
        ended = {"gone_at": state.next_poll_at, "last_polled_at": state.next_poll_at}
        ingest(connection, FeedUpdate(state.id, state.next_poll_at, memory=ended, contacted=False))
    assert listed(run)["bosphorus-wire"]["health"] == "gone"
    result = run("feeds", "enable", "bosphorus-wire")
    assert result.stdout.splitlines()[-1] == "it is polled again now"
    assert listed(run)["bosphorus-wire"]["health"] == "fine"
    assert run("feeds", "enable", "bosphorus-wire").stdout == "bosphorus-wire is on already\n"
    store.close()


@pytest.mark.usefixtures("filled")
def test_a_feed_shows_what_it_is_worth(run: Run) -> None:
    shown = json.loads(run("feeds", "show", "bosphorus-wire", "--format", "json").stdout)
    assert {"items", "developments", "share", "rhythm_seconds", "http_status", "hole_at", "silent_since"} <= set(shown)
