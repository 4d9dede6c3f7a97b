"""``dipwatch install-service``: the files that make dipwatch a service under systemd, put where they belong."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import click

from dipwatch.cli.base import Command
from dipwatch.errors import MachineError, UsageError
from dipwatch.outline import FILE_NAME, SYSTEM_FILE
from dipwatch.shipped import shipped

_UNITS = Path("etc/systemd/system")
_COMMAND = "/usr/local/bin/dipwatch"
"""Where the shipped units expect the command."""
_HIDDEN = (Path("/home"), Path("/root"), Path("/run/user"), Path("/tmp"), Path("/var/tmp"))  # noqa: S108 (named to be refused)
"""Folders that the units' sandbox hides from the service."""
_PLACES = {
    "dipwatch.service": _UNITS,
    "dipwatch-backup.service": _UNITS,
    "dipwatch-backup.timer": _UNITS,
    "dipwatch.sysusers.conf": Path("etc/sysusers.d"),
}
_START = (
    ("systemd-sysusers",),
    ("systemctl", "daemon-reload"),
    ("systemctl", "enable", "--now", "dipwatch.service", "dipwatch-backup.timer"),
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A file of the installation: where it goes, relative to the root, and what it says."""

    path: Path
    text: str


@click.command(
    "install-service",
    cls=Command,
    examples=("dipwatch install-service --print", "dipwatch install-service --now"),
)
@click.option("--print", "print_only", is_flag=True, help="Show the files, write nothing.")
@click.option("--now", is_flag=True, help="Make the user, enable the service and start it as well.")
@click.option(
    "--root", type=click.Path(path_type=Path), default=Path("/"), help="Write below this folder, not below /."
)
@click.option(
    "--command", type=click.Path(path_type=Path), help="The dipwatch that the service runs; default: this one."
)
def install_service(*, print_only: bool, now: bool, root: Path, command: Path | None) -> None:
    """Install dipwatch as a systemd service with a nightly backup.

    Writes the units, the service's user and, where there is none, /etc/dipwatch/dipwatch.toml. Units that differ from
    what is shipped are overwritten: changes belong into drop-ins (`systemctl edit dipwatch`).
    """
    if now and root != Path("/"):
        raise UsageError("--now starts the service of this machine: it can't be given together with --root")
    pieces = _pieces(usable_command(command))
    if print_only:
        click.echo("\n".join(f"# /{piece.path}\n{piece.text}" for piece in pieces), nl=False)
        return
    for piece in pieces:
        click.echo(f"{_written(root, piece)} {root / piece.path}")
    if now:
        for step in _START:
            _run(step)
        click.echo("dipwatch runs; `systemctl status dipwatch` and `dipwatch status` tell how it fares")
    else:
        steps = "".join(f"  {' '.join(step)}\n" for step in _START)
        click.echo(f"Next, once {SYSTEM_FILE} says what you want:\n{steps}", nl=False)


def usable_command(command: Path | None) -> Path:
    """Return the command that the service shall run, absolute. Raises UsageError for one that it could not run."""
    found = command or Path(shutil.which("dipwatch") or sys.argv[0])
    path = found.absolute()
    if not path.is_file():
        raise UsageError(f"{path} is not there; name the installed command with --command")
    if any(path.resolve().is_relative_to(folder) or path.is_relative_to(folder) for folder in _HIDDEN):
        raise UsageError(
            f"the service's sandbox can't see {path}; install dipwatch for the whole machine "
            "(e.g. python3 -m venv /opt/dipwatch) and name it: --command /opt/dipwatch/bin/dipwatch"
        )
    return path


def _pieces(command: Path) -> list[Piece]:
    texts = {name: shipped("systemd", name).read_text(encoding="utf-8") for name in _PLACES}
    pieces = [
        Piece(_place(name), text.replace(f"ExecStart={_COMMAND} ", f"ExecStart={command} "))
        for name, text in texts.items()
    ]
    starter = shipped("config", FILE_NAME).read_text(encoding="utf-8")
    database = '#database = "sqlite:///dipwatch.db"'
    own = 'database = "sqlite:////var/lib/dipwatch/dipwatch.db"'
    return [*pieces, Piece(SYSTEM_FILE.relative_to("/"), starter.replace(database, own))]


def _place(name: str) -> Path:
    """Return where a shipped file goes: the folder of its kind, and for the user's file the name sysusers expects."""
    return _PLACES[name] / name.replace(".sysusers.conf", ".conf")


def _written(root: Path, piece: Piece) -> str:
    """Write a piece and say what was done; a configuration that is there stays. Raises MachineError."""
    target = root / piece.path
    try:
        if target.name == FILE_NAME and target.exists():
            return "kept   "
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(piece.text, encoding="utf-8")
        target.chmod(0o644)  # whoever may use the log reads it: secrets are given by reference
    except OSError as error:
        raise MachineError(f"{target} can't be written ({error.strerror}); are you root?") from error
    return "written"


def _run(step: tuple[str, ...]) -> None:
    try:
        subprocess.run(step, check=True)  # noqa: S603 (our own words)
    except FileNotFoundError as error:
        raise MachineError(f"{step[0]} is not on this machine: is it run by systemd?") from error
    except subprocess.CalledProcessError as error:
        raise MachineError(f"`{' '.join(step)}` failed with code {error.returncode}") from error
