from __future__ import annotations

import re
import tomllib
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from dipwatch.cli.app import cli
from dipwatch.cli.keys import example_keys, examples
from dipwatch.config import Config, load_config
from dipwatch.review.agenda import CommitmentView, UpcomingView
from dipwatch.review.entries import EntryView
from dipwatch.review.ledger import PositionView, StepView
from dipwatch.review.listed import DevelopmentView
from dipwatch.review.network import EdgeView
from dipwatch.review.numbers import NumberView
from dipwatch.review.operation import FeedView, MessageView, StatusView
from dipwatch.review.outlook import ScenarioView
from dipwatch.review.views import DetailView
from dipwatch.settings import Assurance, Receiver, Route, Times
from dipwatch.shipped import shipped

ROOT = Path(__file__).parents[2]
EXAMPLE = shipped("config", "dipwatch.toml")


@pytest.mark.parametrize("about", ["commands", "configuration"])
def test_the_checked_in_reference_is_what_the_program_writes(about: str) -> None:
    written = CliRunner().invoke(cli, ["reference", about], prog_name="dipwatch").output
    assert (ROOT / "docs" / f"{about}.md").read_text(encoding="utf-8") == written, (
        f"write it anew: dipwatch reference {about} > docs/{about}.md"
    )


def test_the_example_changes_nothing_as_it_stands() -> None:
    assert load_config(EXAMPLE, environ={}).config == Config()


def test_every_key_of_the_example_can_be_uncommented_and_shows_its_default(tmp_path: Path) -> None:
    text = re.sub(r"^#(?=[\[a-z])", "", EXAMPLE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    path = tmp_path / "dipwatch.toml"
    path.write_text(text, encoding="utf-8")
    shown, default = (loaded.model_dump() for loaded in (load_config(path, environ={}).config, Config()))
    assert [receiver["name"] for receiver in shown["alerts"].pop("receivers")] == ["console", "team-chat"]
    assert shown["alerts"].pop("route")["receiver"] == "console"
    assert [times["name"] for times in shown["alerts"].pop("times")] == ["night", "weekend"]
    assert_same_where_there_is_a_default(shown, default)


def assert_same_where_there_is_a_default(shown: dict[str, Any], default: dict[str, Any]) -> None:
    for key, value in shown.items():
        if isinstance(value, dict):
            assert_same_where_there_is_a_default(value, default[key])
        elif default[key] is not None:
            assert value == default[key], key


def test_the_example_holds_every_key_with_a_description() -> None:
    shown = {(key.table, key.name) for key in example_keys() if key.about}
    wanted = {("", name) for name in ("database", "subjects", "subjects_dir", "seeds_dir")}
    for table, field in Config.model_fields.items():
        section = field.annotation
        if isinstance(section, type) and hasattr(section, "model_fields"):
            wanted |= {
                (table, name)
                for name in section.model_fields
                if name not in {"receivers", "route", "times", "assurance"}
            }
    for table, settings in (
        ("alerts.receivers", Receiver),
        ("alerts.times", Times),
        ("alerts.assurance", Assurance),
        ("alerts.route.routes", Route),
    ):
        names = {field.alias or name for name, field in settings.model_fields.items()}
        wanted |= {(table, name) for name in names if name != "routes"}
    assert wanted <= shown


@pytest.mark.parametrize("example", examples(), ids=lambda path: path.stem)
def test_every_whole_example_is_a_sound_configuration(example: Path) -> None:
    assert load_config(example, environ={}).config.alerts != Config().alerts


def test_the_variable_of_each_key_sets_it() -> None:
    keys = [key for key in example_keys() if key.variable]
    for key in keys:
        value = tomllib.loads(f"value = {key.value}")["value"]
        text = ",".join(value) if isinstance(value, list) else str(value)
        if text:
            load_config(None, environ={key.variable: text})


def test_the_documented_fields_are_those_of_the_views() -> None:
    text = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
    listings = (EntryView, PositionView, StepView, EdgeView, UpcomingView, CommitmentView, ScenarioView, NumberView)
    for view in (DevelopmentView, DetailView, FeedView, MessageView, StatusView, *listings):
        for field in fields(view):
            assert f"`{field.name}`" in text, f"{view.__name__}.{field.name}"
