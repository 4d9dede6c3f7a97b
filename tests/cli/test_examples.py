"""What the examples of the help speak of exists: a reader pastes them."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

import pytest
from tests.cli.test_program import every_command

from dipwatch.cli.app import cli
from dipwatch.cli.base import Command, Group
from dipwatch.cli.labels import matchers
from dipwatch.feeds.feed import load_feeds
from dipwatch.review.directory import Directory
from dipwatch.settings import Matchers
from dipwatch.shipped import shipped

SUBJECT = "ukraine"
FOLDER = shipped("config", "subjects", SUBJECT)
SUBJECTS = [SUBJECT, "corrin"]
OPTIONS = ("actor", "venue", "issue", "kind", "severity", "reason", "subject")


def examples() -> list[str]:
    commands = [command for _, command in every_command(cli) if isinstance(command, Command | Group)]
    return [example for command in commands for example in command.examples]


def labels(words: list[str]) -> Iterator[str]:
    """Yield what an example asks for as LABEL=VALUE, whether it says so or has it in an option."""
    for option, value in zip(words, [*words[1:], ""], strict=True):
        if option.startswith("--") and option.removeprefix("--") in OPTIONS:
            yield f"{option.removeprefix('--')}={value}"
        elif option.partition("=")[0] in Matchers.model_fields and "=" in option:
            yield option


def test_every_feed_of_an_example_is_polled() -> None:
    polled = {feed.id for feed in load_feeds(FOLDER, SUBJECT) if feed.enabled}
    named = [
        words[3] for words in map(shlex.split, examples()) if words[1:3] in (["feeds", "show"], ["feeds", "check"])
    ]
    assert named
    assert set(named) <= polled


@pytest.mark.parametrize("example", examples())
def test_every_actor_venue_issue_code_and_subject_of_an_example_exists(example: str) -> None:
    matchers(
        list(labels(shlex.split(example))),
        SUBJECTS,
        [Directory(shipped("config", "subjects", each)) for each in SUBJECTS],
    )
