from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from dipwatch.config import Config, LoadedConfig, examine_config, load_config
from dipwatch.errors import ConfigError
from dipwatch.feeds.own_list import configured_feeds
from dipwatch.outline import FILE_NAME
from dipwatch.secret_reference import resolve_secret
from dipwatch.settings import Duration
from dipwatch.shipped import shipped
from dipwatch.times import format_duration, parse_duration

SECRET = "xoxb-do-not-show-this"  # noqa: S105 - a made-up one
NOTHING: Mapping[str, str] = {}


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No dipwatch.toml of the current folder is in the way."""
    monkeypatch.chdir(tmp_path)


def written(text: str) -> Path:
    """A configuration file of its own."""
    path = Path("dipwatch.toml").resolve()
    path.write_text(text, encoding="utf-8")
    return path


def load(text: str = "", environ: Mapping[str, str] = NOTHING, **overrides: Any) -> LoadedConfig:  # noqa: ANN401 - any value a user may give
    """The configuration of a file, an environment and the command line (``__`` for the dots of a key)."""
    dotted = {key.replace("__", "."): value for key, value in overrides.items()}
    return load_config(written(text), environ=environ, overrides=dotted)


def problems(text: str, environ: Mapping[str, str] = NOTHING, **overrides: Any) -> list[str]:  # noqa: ANN401 - as above
    """The lines a user reads about a wrong configuration, without the folder it lies in."""
    with pytest.raises(ConfigError) as caught:
        load(text, environ, **overrides)
    return str(caught.value).replace(f"{Path.cwd().resolve()}/", "").splitlines()


ENVIRONMENT = {"DIPWATCH_POLLING__INTERVAL": "20m"}
FILE = '[polling]\ninterval = "10m"\n'


@pytest.mark.parametrize(
    ("text", "environ", "overrides", "minutes"),
    [
        ("", {}, {}, 15),
        (FILE, {}, {}, 10),
        (FILE, ENVIRONMENT, {}, 20),
        (FILE, ENVIRONMENT, {"polling__interval": "30m"}, 30),
        ("", ENVIRONMENT, {}, 20),
        ("", {}, {"polling__interval": "30m"}, 30),
    ],
)
def test_the_command_line_comes_before_environment_file_and_default(
    text: str, environ: Mapping[str, str], overrides: Mapping[str, str], minutes: int
) -> None:
    assert load(text, environ, **overrides).config.polling.interval == timedelta(minutes=minutes)


def test_layers_are_merged_key_by_key() -> None:
    polling = load(
        '[polling]\ninterval = "10m"\nconcurrency = 3\n', {"DIPWATCH_POLLING__DEADLINE": "9s"}, polling__max_items=7
    ).config.polling
    assert (polling.interval, polling.concurrency) == (timedelta(minutes=10), 3)
    assert (polling.deadline, polling.max_items) == (timedelta(seconds=9), 7)


@pytest.mark.parametrize(
    ("name", "value", "path", "expected"),
    [
        ("DIPWATCH_DATABASE", "sqlite:////var/lib/x.db", ("database",), "sqlite:////var/lib/x.db"),
        ("DIPWATCH_SUBJECTS", "ukraine,straits", ("subjects",), ("ukraine", "straits")),
        ("DIPWATCH_POLLING__CONCURRENCY", "4", ("polling", "concurrency"), 4),
        (
            "DIPWATCH_POLLING__ALLOW_NETWORKS",
            "10.0.0.0/8,::1/128",
            ("polling", "allow_networks"),
            ("10.0.0.0/8", "::1/128"),
        ),
        ("DIPWATCH_DETECTION__ALERT_THRESHOLD", "0.7", ("detection", "alert_threshold"), 0.7),
        ("DIPWATCH_LOGGING__FORMAT", "json", ("logging", "format"), "json"),
    ],
)
def test_the_environment_reaches_every_level(name: str, value: str, path: tuple[str, ...], expected: object) -> None:
    found: Any = load("", {name: value}).config
    for part in path:
        found = getattr(found, part)
    assert found == expected


def test_variables_of_others_are_left_alone() -> None:
    environ = {"DIPWATCH_SHARED": "/somewhere", "DIPWATCH_REQUIRE_ALL": "1", "HOME": "/root", "dipwatch_database": "x"}
    assert load("", environ).config == Config()


def test_the_file_of_the_current_folder_is_taken() -> None:
    assert load_config(None, environ={}).file is None
    path = written('database = "sqlite:///here.db"\n')
    loaded = load_config(None, environ={})
    assert (loaded.config.database, loaded.file, loaded.base) == ("sqlite:///here.db", path, path.parent)


def test_a_file_that_is_named_must_be_there() -> None:
    with pytest.raises(ConfigError, match="there is no such file"):
        load_config(Path("elsewhere.toml"), environ={})


def test_the_shipped_example_loads() -> None:
    assert load_config(shipped("config", "dipwatch.toml"), environ={}).config.subjects == ("ukraine",)


RECEIVERS = '[[alerts.receivers]]\nname = "desk"\nurl = "console:"\n'


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("colour = 1\n", "dipwatch.toml:1: colour: unknown key; remove it or correct its spelling"),
        (
            "[polling]\n\nintervall = '5m'\n",
            "dipwatch.toml:3: polling.intervall: unknown key; remove it or correct its spelling",
        ),
        (
            "[polling]\ninterval = 'often'\n",
            "dipwatch.toml:2: polling.interval: is not a duration; write for example 30s, 15m, 1h30m or 2d",
        ),
        (
            "[polling]\ninterval = '1m'\n",
            "dipwatch.toml:1: polling: fastest (2m), interval (1m), slowest (6h) must not decrease in this order",
        ),
        (
            "[polling]\nconcurrency = 0\n",
            "dipwatch.toml:2: polling.concurrency: must be at least 1",
        ),
        (
            "[polling]\nallow_networks = ['10.0.0.0/99']\n",
            "dipwatch.toml:2: polling.allow_networks: '10.0.0.0/99' does",
        ),
        ("[detection]\nalert_threshold = 2\n", "dipwatch.toml:2: detection.alert_threshold: must be at most 1"),
        ("[detection]\nbatch = 'many'\n", "dipwatch.toml:2: detection.batch: must be a whole number"),
        ("subjects = []\n", "dipwatch.toml:1: subjects: must hold at least 1"),
        ("polling = 3\n", "dipwatch.toml:1: polling: must be a table of keys and values"),
        ("database = 5\n", 'dipwatch.toml:1: database: must be a text in quotes, e.g. "x"'),
        ("subjects = 'ukraine'\n", 'dipwatch.toml:1: subjects: must be a list, e.g. ["x", "y"]'),
        ("[polling]\ninterval = 15\n", "dipwatch.toml:2: polling.interval: is not a duration; write for example 30s"),
        ("[polling\n", "dipwatch.toml:1: is not valid TOML: Expected ']' at the end of a table declaration"),
        (
            "database = 'mysql://host/db'\n",
            "dipwatch.toml:1: database: must be sqlite:///PATH, postgresql+psycopg://... or a reference",
        ),
        (
            "[logging]\nlevel = 'loud'\n",
            "dipwatch.toml:2: logging.level: must be 'debug', 'info', 'warning' or 'error'",
        ),
        ("[health]\nlisten = 'nowhere'\n", "dipwatch.toml:2: health.listen: must be off or HOST:PORT"),
        (
            "[[alerts.receivers]]\nname = 'desk'\nurl = 'console'\n",
            'dipwatch.toml:3: alerts.receivers.1.url: is neither "console:", an apprise URL nor a reference',
        ),
        (
            "[[alerts.receivers]]\nname = 'The Desk'\nurl = 'console:'\n",
            "dipwatch.toml:2: alerts.receivers.1.name: must be of small letters",
        ),
        (
            RECEIVERS + RECEIVERS + "[alerts.route]\nreceiver = 'desk'\n",
            "dipwatch.toml:1: alerts: receivers of the same name: desk",
        ),
        (RECEIVERS + "[alerts.route]\n", "dipwatch.toml:1: alerts: the root route needs a receiver"),
        (
            RECEIVERS + "[alerts.route]\nreceiver = 'desk'\n[[alerts.route.routes]]\nreceiver = 'boss'\n",
            "dipwatch.toml:1: alerts: routes name receivers that don't exist: boss (there are: desk)",
        ),
        (
            RECEIVERS + "[alerts.route]\nreceiver = 'desk'\n[[alerts.route.routes]]\nmatch = {sort = ['x']}\n",
            "dipwatch.toml:7: alerts.route.routes.1.match.sort: unknown key; remove it or correct its spelling",
        ),
    ],
)
def test_a_problem_has_file_line_key_and_how_to_mend_it(text: str, line: str) -> None:
    (found,) = problems(text)
    assert found.startswith(line)


def test_all_problems_are_told_at_once() -> None:
    found = problems("colour = 1\n[polling]\nconcurrency = 0\n[logging]\nlevel = 'loud'\n")
    assert sorted(line.split(":")[1] for line in found) == ["1", "3", "5"]


@pytest.mark.parametrize(
    ("environ", "overrides", "where"),
    [
        (
            {"DIPWATCH_POLLING__INTERVAL": "often"},
            {},
            "DIPWATCH_POLLING__INTERVAL: polling.interval: is not a duration",
        ),
        ({"DIPWATCH_POLLING__PACE": "1"}, {}, "DIPWATCH_POLLING__PACE: polling.pace: unknown key"),
        ({}, {"polling__interval": "often"}, "command line: polling.interval: is not a duration"),
        (
            {"DIPWATCH_POLLING__INTERVAL": "often"},
            {"polling__interval": "always"},
            "command line: polling.interval: is not a duration",
        ),
    ],
)
def test_a_problem_names_the_variable_or_option_it_came_from(
    environ: Mapping[str, str], overrides: Mapping[str, Any], where: str
) -> None:
    (found,) = problems('[polling]\ninterval = "5m"\n', environ, **overrides)
    assert found.startswith(where)


def test_what_is_sound_can_be_looked_at_beside_the_problems() -> None:
    path = written("subjects = ['straits']\n[polling]\nconcurrency = 0\n")
    loaded, found = examine_config(path, environ={})
    assert loaded.config.subjects == ("straits",)
    assert loaded.config.polling == Config().polling
    assert len(found) == 1


@pytest.mark.parametrize(
    "text",
    [
        f"database = 'mysql://user:{SECRET}@host/db'\n",
        f"[[alerts.receivers]]\nname = 'desk'\nurl = '{SECRET}'\n",
        f"[[alerts.receivers]]\nname = 'desk'\nurl = 'slack://{SECRET}'\ntoken = '{SECRET}'\n",
        f"[[alerts.receivers]]\nname = 'desk'\nurl = ['{SECRET}']\n",
        f"[polling]\nallow_networks = '{SECRET}'\n",
        f"database = {{password = '{SECRET}'}}\n",
    ],
)
def test_an_error_never_shows_a_secret(text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(text)
    assert SECRET not in str(caught.value)
    assert SECRET not in repr(caught.value)


def test_a_secret_in_the_environment_is_not_shown_either() -> None:
    assert not any(SECRET in line for line in problems("", {"DIPWATCH_DATABASE": f"mysql://u:{SECRET}@host/db"}))


def test_references_are_followed_when_they_are_used(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(f"{SECRET}\n", encoding="utf-8")
    environ = {"SLACK_URL": f" {SECRET} ", "CREDENTIALS_DIRECTORY": str(tmp_path)}
    for reference in ("env:SLACK_URL", f"file:{tmp_path}/token", "credential:token"):
        assert resolve_secret(reference, environ=environ) == SECRET
    assert resolve_secret("slack://a/b", environ=environ) == "slack://a/b"


def test_a_secrets_file_is_found_from_the_configurations_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, elsewhere = tmp_path / "home", tmp_path / "elsewhere"
    for folder in (home, elsewhere):
        folder.mkdir()
    (home / "token").write_text(SECRET, encoding="utf-8")
    (home / FILE_NAME).write_text(
        "database = 'file:token'\n[heartbeat]\nurl = 'file:token'\n"
        "[[alerts.receivers]]\nname = 'console'\nurl = 'file:token'\n",
        encoding="utf-8",
    )
    (home / "feeds.toml").write_text(
        "[[feed]]\nid = 'mine'\nurl = 'https://mine.example/rss'\nsource = 'Mine'\nkind = 'wire'\n"
        "username = 'file:token'\npassword = 'file:token'\nheaders = { X-Key = 'file:token' }\n",
        encoding="utf-8",
    )
    monkeypatch.chdir(elsewhere)
    loaded = load_config(Path("../home") / FILE_NAME)
    config = loaded.config
    feed = next(feed for feed in configured_feeds(loaded) if feed.id == "mine")
    values = [config.database, config.heartbeat.url, config.alerts.receivers[0].url]
    values += [feed.username, feed.password, feed.headers[0][1]]
    assert [resolve_secret(value) for value in values] == [SECRET] * 6


def test_a_configuration_of_references_shows_no_secret() -> None:
    config = load("[[alerts.receivers]]\nname = 'console'\nurl = 'env:SLACK_URL'\n", {"SLACK_URL": SECRET}).config
    assert SECRET not in repr(config) + config.model_dump_json()
    assert "env:SLACK_URL" in config.model_dump_json()


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("env:MISSING", "env:MISSING: this environment variable is not set; set MISSING or change the reference"),
        ("file:/no/such/file", r"can't read /no/such/file \(FileNotFoundError\); create it or change the reference"),
        ("credential:none", r"can't read .*none \(FileNotFoundError\)"),
    ],
)
def test_a_reference_that_leads_nowhere_says_so(reference: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        resolve_secret(reference, environ={"OTHER": SECRET})


def test_a_file_that_is_no_text_shows_nothing_of_itself(tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"\xff" + SECRET.encode())
    with pytest.raises(ConfigError, match="UnicodeDecodeError") as caught:
        resolve_secret(f"file:{tmp_path}/key", environ={})
    assert SECRET not in str(caught.value)


def test_a_subjects_folder_of_the_user_comes_before_the_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "own" / "ukraine").mkdir(parents=True)
    loaded = load('subjects_dir = "own"\n')
    assert loaded.subject_folder("ukraine") == tmp_path.resolve() / "own" / "ukraine"
    assert load("").subject_folder("ukraine") == shipped("config", "subjects", "ukraine")
    with pytest.raises(ConfigError, match=r"subject straits has no folder .*; correct subjects or subjects_dir"):
        loaded.subject_folder("straits")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("30s", 30),
        ("15m", 900),
        ("1h30m", 5400),
        ("2d", 172_800),
        ("1w", 604_800),
        ("250ms", 0.25),
        (" 0s ", 0),
        ("1.5h", 5400),
    ],
)
def test_durations_are_written_with_units(text: str, seconds: float) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "5", "five minutes", "5 m", "5m 3", "-5m", "5M", "m", "1h30"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a duration; write for example"):
        parse_duration(text)


@pytest.mark.parametrize("value", [timedelta(seconds=-1), "soon", None])
def test_a_duration_is_never_negative_nor_something_else(value: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Duration).validate_python(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (timedelta(days=14), "2w"),
        (timedelta(days=2), "2d"),
        (timedelta(hours=36), "36h"),
        (timedelta(minutes=90), "90m"),
        (timedelta(seconds=61), "61s"),
        (timedelta(milliseconds=250), "0.25s"),
        (timedelta(0), "0s"),
    ],
)
def test_durations_are_written_in_their_largest_whole_unit(value: timedelta, text: str) -> None:
    assert format_duration(value) == text


@settings(deadline=None)
@given(st.integers(0, 10**7).map(lambda seconds: timedelta(seconds=seconds)))
def test_a_written_duration_is_read_back(value: timedelta) -> None:
    assert parse_duration(format_duration(value)) == value


@settings(deadline=None)
@given(st.text(max_size=20))
def test_any_text_is_a_duration_or_refused_as_none(text: str) -> None:
    try:
        assert isinstance(parse_duration(text), timedelta)
    except ValueError as error:
        assert "is not a duration" in str(error)  # noqa: PT017 - either outcome is right


@pytest.mark.parametrize(("folders", "found"), [((), "seeds"), (("ukraine",), "seeds/ukraine")])
def test_the_seeds_of_an_only_subject_may_have_a_folder_of_its_name(
    tmp_path: Path, folders: tuple[str, ...], found: str
) -> None:
    for name in ("", *folders):
        (tmp_path / "seeds" / name).mkdir()
    (tmp_path / FILE_NAME).write_text('seeds_dir = "seeds"\n', encoding="utf-8")
    loaded = load_config(tmp_path / FILE_NAME, environ={})
    assert loaded.seeds_folder("ukraine") == tmp_path.resolve() / found
