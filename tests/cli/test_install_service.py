"""``dipwatch install-service``: the files of the service, put where they belong."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.conftest import Run

COMMAND = "/usr/bin/env"
"""A command outside of what the sandbox hides; it need not be ours."""
UNITS = ("dipwatch.service", "dipwatch-backup.service", "dipwatch-backup.timer")


def test_all_files_are_written_below_the_root_with_the_command_in_them(run: Run, tmp_path: Path) -> None:
    result = run("install-service", "--root", str(tmp_path), "--command", COMMAND)
    assert result.exit_code == 0
    assert "systemctl enable --now dipwatch.service dipwatch-backup.timer" in result.stdout
    for unit in UNITS:
        assert (tmp_path / "etc/systemd/system" / unit).is_file()
    for unit in UNITS[:2]:
        text = (tmp_path / "etc/systemd/system" / unit).read_text(encoding="utf-8")
        assert "\nExecStart=/usr/bin/env --config" in text
        assert "/usr/local/bin" not in text
    assert "u dipwatch " in (tmp_path / "etc/sysusers.d/dipwatch.conf").read_text(encoding="utf-8")
    config = tmp_path / "etc/dipwatch/dipwatch.toml"
    assert 'database = "sqlite:////var/lib/dipwatch/dipwatch.db"' in config.read_text(encoding="utf-8").splitlines()


def test_a_configuration_that_is_there_stays(run: Run, tmp_path: Path) -> None:
    config = tmp_path / "etc/dipwatch/dipwatch.toml"
    config.parent.mkdir(parents=True)
    config.write_text("# mine\n", encoding="utf-8")
    result = run("install-service", "--root", str(tmp_path), "--command", COMMAND)
    assert f"kept    {config}" in result.stdout
    assert config.read_text(encoding="utf-8") == "# mine\n"


def test_printing_writes_nothing(run: Run, tmp_path: Path) -> None:
    result = run("install-service", "--print", "--root", str(tmp_path), "--command", COMMAND)
    for unit in UNITS:
        assert f"# /etc/systemd/system/{unit}\n" in result.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--command", "/home/me/bin/dipwatch"), "is not there"),
        (("--command", "/nowhere/dipwatch"), "is not there"),
        (("--now", "--root", "/srv/other"), "--now starts the service of this machine"),
    ],
)
def test_what_can_not_be_installed_is_named(run: Run, arguments: tuple[str, ...], said: str) -> None:
    result = run("install-service", *arguments)
    assert result.exit_code == 2
    assert said in result.stderr


def test_a_command_that_the_sandbox_hides_is_refused(run: Run, tmp_path: Path) -> None:
    hidden = tmp_path / "dipwatch"
    hidden.touch()
    if not str(hidden).startswith("/tmp"):  # noqa: S108 (compared, not used)
        pytest.skip("the test's folder is not one that the sandbox hides")
    result = run("install-service", "--command", str(hidden))
    assert result.exit_code == 2
    assert "the service's sandbox can't see" in result.stderr


def test_the_units_agree_on_user_database_and_folders() -> None:
    folder = Path(__file__).parents[2] / "systemd"
    texts = [(folder / name).read_text(encoding="utf-8").splitlines() for name in UNITS[:2]]
    for key in ("User", "Group", "UMask", "Environment", "StateDirectoryMode"):
        values = [next(line for line in text if line.startswith(f"{key}=")) for text in texts]
        assert values[0] == values[1]
