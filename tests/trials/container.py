"""A Debian with a root of its own, booted with systemd beside this machine's system: never on the machine's own root.

Needs root, debootstrap and systemd-nspawn. The container shares the machine's network, so that feeds and receivers of
the trial are reached on loopback.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self

SUITE = "bookworm"
MIRROR = "http://deb.debian.org/debian"
PACKAGES = "systemd,dbus,python3,python3-venv,ca-certificates"
PATIENCE = 90.0
"""Seconds that anything in the container may take."""
ENVIRONMENT = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"}
"""What a command in the container gets of one."""
_LOOK = 0.2


class TrialError(Exception):
    """Something did not come out as the trial demands."""


def debian(folder: Path) -> Path:
    """Return a fresh Debian's root, made once and kept in ``folder``; the trial works on copies of it."""
    root = folder / f"debian-{SUITE}"
    if not (root / "etc" / "debian_version").exists():
        _run(["debootstrap", "--variant=minbase", f"--include={PACKAGES}", SUITE, str(root), MIRROR])
    return root


def copied(root: Path, to: Path) -> Path:
    """Return a copy of a root; an older one at the same place is replaced."""
    if to.exists():
        shutil.rmtree(to)
    _run(["cp", "--archive", "--reflink=auto", str(root), str(to)])
    return to


class Container:
    """A booted container: a context manager that boots and powers off."""

    STARTS: ClassVar[tuple[str, ...]] = ("--boot",)
    """What nspawn starts in it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._nspawn: subprocess.Popen[bytes] | None = None
        self._leader = 0

    def __enter__(self) -> Self:
        alone = ("--quiet", "--register=no", "--keep-unit", f"--directory={self.root}")
        command = ["systemd-nspawn", *alone, *self.STARTS]
        with (self.root.parent / "boot.log").open("wb") as log:
            self._nspawn = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
        try:
            until("the container boots", self._booted)
        except BaseException:
            self._nspawn.kill()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._nspawn:
            os.kill(self._leader, signal.SIGRTMIN + 4)  # systemd(1): power off
            try:
                self._nspawn.wait(PATIENCE)
            finally:
                self._nspawn.kill()
                self._nspawn.wait()

    def run(self, *command: str, user: str = "root", check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a command in the container. Raises TrialError when it fails, unless ``check`` is off."""
        done = subprocess.run(
            self.inside(*command, user=user),
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
            env=ENVIRONMENT,
        )
        if check and done.returncode:
            raise TrialError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done

    def inside(self, *command: str, user: str = "root") -> list[str]:
        """Return the command that runs a command in the container."""
        spaces = ("--mount", "--uts", "--ipc", "--pid", "--root")
        as_user = ["runuser", "--login", user, "-c", _quoted(command)] if user != "root" else list(command)
        return ["nsenter", "--target", str(self._leader), *spaces, "env", "--chdir=/", *as_user]

    def show(self, unit: str, name: str) -> str:
        """Return a property of a unit."""
        return self.run("systemctl", "show", "--property", name, "--value", unit).stdout.strip()

    def _booted(self) -> bool:
        if self._nspawn is None or self._nspawn.poll() is not None:
            raise TrialError(f"the container ended: {(self.root.parent / 'boot.log').read_text(errors='replace')}")
        self._leader = _child_of(self._nspawn.pid)
        return bool(self._leader) and self.is_up()

    def is_up(self) -> bool:
        """Tell whether what was started in it is ready."""
        state = self.run("systemctl", "is-system-running", check=False).stdout.strip()
        return state in {"running", "degraded"}


def until(what: str, true: Callable[[], bool], patience: float = PATIENCE) -> None:
    """Wait until something is true. Raises TrialError after ``patience`` seconds."""
    ends = time.monotonic() + patience
    while not true():
        if time.monotonic() > ends:
            raise TrialError(f"waited {patience:g} s in vain: {what}")
        time.sleep(_LOOK)


def _child_of(pid: int) -> int:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return int(children[0]) if children else 0


def _quoted(command: tuple[str, ...]) -> str:
    return " ".join("'" + word.replace("'", "'\\''") + "'" for word in command)


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise TrialError(
            f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
        )
