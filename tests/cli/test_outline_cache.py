"""The outline of a configuration, kept between commands: never a stale or unsound one, never a password."""

from __future__ import annotations

from pathlib import Path

import pytest

from dipwatch.cli.options import Options
from dipwatch.cli.outline_cache import kept_outline
from dipwatch.config import load_config
from dipwatch.errors import ConfigError
from dipwatch.outline import Outline
from dipwatch.review.cache import Cache

CONFIG = """
database = "env:DIPWATCH_TEST_URL"
subjects = ["ukraine", "corrin"]
subjects_dir = "subjects"
seeds_dir = "seeds"
[alerts]
zone = "Europe/Kyiv"
[[alerts.receivers]]
name = "desk"
url = "console:"
[alerts.route]
receiver = "desk"
[logging]
level = "error"
"""


class Asking:
    """Asks for the outline, and counts how often the configuration is loaded for it."""

    def __init__(self, folder: Path, options: Options, **environ: str) -> None:
        self.cache = Cache(folder / "cache")
        self.options = options
        self.environ = environ
        self.loads = 0

    def load(self) -> Outline:
        self.loads += 1
        return load_config(self.options.file, environ=self.environ, overrides=self.options.overrides).outline

    def __call__(self) -> Outline:
        return kept_outline(self.cache, self.options, self.environ, self.load)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "dipwatch.toml"
    path.write_text(CONFIG, encoding="utf-8")
    return path


@pytest.mark.parametrize("named", [True, False])
def test_what_is_kept_is_what_was_loaded(file: Path, tmp_path: Path, *, named: bool) -> None:
    asking = Asking(tmp_path, Options(file if named else None))
    first = asking()
    assert (first.subjects, first.zone.key, first.log_level) == (("ukraine", "corrin"), "Europe/Kyiv", "error")
    assert asking() == first == load_config(file, environ={}).outline
    assert asking.loads == 1


def test_without_a_file_the_current_folder_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    asking = Asking(tmp_path, Options())
    assert asking() == asking()
    assert asking().base == tmp_path
    assert asking.loads == 1


@pytest.mark.parametrize(
    ("options", "environ"),
    [
        ({"subjects": ["ukraine"]}, {}),
        ({}, {"DIPWATCH_SUBJECTS": "ukraine"}),
    ],
)
def test_what_lies_over_the_file_makes_another_configuration(
    file: Path, tmp_path: Path, options: dict[str, object], environ: dict[str, str]
) -> None:
    assert Asking(tmp_path, Options(file))().subjects == ("ukraine", "corrin")
    assert Asking(tmp_path, Options(file, options), **environ)().subjects == ("ukraine",)


def test_a_file_that_is_changed_is_loaded_again(file: Path, tmp_path: Path) -> None:
    asking = Asking(tmp_path, Options(file))
    asking()
    file.write_text(CONFIG.replace("Europe/Kyiv", "UTC"), encoding="utf-8")
    assert asking().zone.key == "UTC"
    assert asking.loads == 2


def test_a_fault_anywhere_is_told_each_time(file: Path, tmp_path: Path) -> None:
    file.write_text(CONFIG + "[polling]\ninterval = 5\n", encoding="utf-8")
    asking = Asking(tmp_path, Options(file))
    for _ in range(2):
        with pytest.raises(ConfigError, match="polling"):
            asking()
    file.unlink()
    with pytest.raises(ConfigError, match="there is no such file"):
        asking()


def test_an_address_that_may_hold_a_password_is_not_kept(file: Path, tmp_path: Path) -> None:
    secret = "postgresql+psycopg://me:hush@db.example/log"  # noqa: S105 (no secret of anybody's)
    asking = Asking(tmp_path, Options(file, {"database": secret}))
    assert [asking().database, asking().database] == [secret, secret]
    assert asking.loads == 2
    assert not any("hush" in kept.read_text(encoding="utf-8") for kept in (tmp_path / "cache").iterdir())
