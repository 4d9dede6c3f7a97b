"""The packages as users get them: built twice alike, sound metadata, installed by pip, pipx and uv on every Python.

    python -m tests.trials.packages FOLDER [--python PATH]...

Needs the package index; FOLDER keeps the tools for the next trial. The Pythons are found on the PATH and among those of
pyenv, or fetched by uv; `--python` names others. What can't be done here is said and is no failure. `make packages`
does it all.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from tests.trials.container import TrialError
from tests.trials.service import demand
from tests.trials.wheels import ROOT

VERSIONS = ("3.11", "3.12", "3.13")
INSTALLERS = ("pip", "pipx", "uv")
TOOLS = ("build", "hatchling", "twine", "pipx", "uv", "pip-audit")
EPOCH = "1767225600"
PATIENCE = 600.0
"""Seconds that any one command may take."""
_UNREACHABLE = ("could not be audited", "ConnectionError", "NameResolutionError", "Max retries exceeded")
"""What pip-audit says where it can't ask for vulnerabilities."""


class Impossible(Exception):  # noqa: N818 (it is no error: the machine lacks something)
    """A step can't be taken on this machine."""


class Trial:
    """The steps; each returns what it found."""

    def __init__(self, folder: Path, pythons: list[Path]) -> None:
        self.folder = folder
        self.pythons = pythons
        self.bin = folder / "tools" / "bin"
        self.left: list[str] = []

    def run(self) -> None:
        """Take all steps. Raises TrialError at the first that fails."""
        self.take("the tools are installed", self.tools)
        self.take("two builds are alike, and so is the wheel of the source package", self.builds)
        self.take("twine check --strict", self.metadata)
        self.take("mandoc finds nothing but the missing date", self.manual)
        self.take("pip-audit knows of no vulnerability", self.audit)
        for version in VERSIONS:
            for installer in INSTALLERS:
                self.take(f"Python {version}, {installer}", partial(self.install, version, installer))

    def take(self, title: str, step: Callable[[], str]) -> None:
        """Take a step and say how it went and what it found."""
        began = time.monotonic()
        try:
            found = step()
        except Impossible as error:
            self.left.append(title)
            print(f"--  {title}: can't be done here: {error}", flush=True)
        else:
            print(f"ok  {title:<70} {time.monotonic() - began:6.1f} s  {found}", flush=True)

    def tools(self) -> str:
        """Make the environment of the tools."""
        if not self.bin.exists():
            call(sys.executable, "-m", "venv", self.folder / "tools")
        call(self.bin / "pip", "install", "--quiet", *TOOLS)
        return ", ".join(TOOLS)

    def builds(self) -> str:
        """Build from the tree, and again from the source package."""
        first, second = self.folder / "first", self.folder / "second"
        for folder, tree in ((first, ROOT), (second, self.folder / "unpacked")):
            shutil.rmtree(folder, ignore_errors=True)
            command = ("-m", "build", "--sdist", "--wheel", "--no-isolation", "--outdir", folder)
            call(self.bin / "python", *command, tree, SOURCE_DATE_EPOCH=EPOCH)
            if tree == ROOT:
                self._unpack(first)
        for one in first.iterdir():
            demand(one.read_bytes() == (second / one.name).read_bytes(), f"{one.name} differs")
        return ", ".join(f"{one.name} {one.stat().st_size / 1e6:.2f} MB" for one in sorted(first.iterdir()))

    def metadata(self) -> str:
        """Let twine judge both packages."""
        said = call(self.bin / "twine", "--no-color", "check", "--strict", *(self.folder / "first").iterdir())
        return f"{said.count('PASSED')} packages"

    def manual(self) -> str:
        """Let mandoc judge the man pages."""
        mandoc = shutil.which("mandoc")
        if mandoc is None:
            raise Impossible("mandoc is not installed")
        command = [mandoc, "-T", "lint", "-W", "warning", *map(str, (ROOT / "share" / "man").glob("*/*"))]
        said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
        faults = [line for line in said.splitlines() if "missing date" not in line]
        demand(not faults, "\n".join(faults))
        return f"{len(command) - 5} pages"

    def audit(self) -> str:
        """Ask for vulnerabilities of the locked set: PyPI first, then OSV."""
        refusals = []
        for service in ("pypi", "osv"):
            asked = ("--strict", "--disable-pip", "--require-hashes", "--vulnerability-service", service)
            command = [str(self.bin / "pip-audit"), *asked, "--requirement", str(ROOT / "requirements.lock")]
            done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE)
            said = done.stdout + done.stderr
            if not done.returncode:
                return f"asked {service}"
            if not any(words in said for words in _UNREACHABLE):
                raise TrialError(said)
            refusals.append(f"{service}: {said.strip().splitlines()[-1]}")
        raise Impossible("; ".join(refusals))

    def install(self, version: str, installer: str) -> str:
        """Install the wheel and let the installed command show itself."""
        python = self._python(version)
        home = self.folder / f"{installer}-{version}"
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir()
        (wheel,) = (self.folder / "first").glob("*.whl")
        command = {"pip": self._pip, "pipx": self._pipx, "uv": self._uv}[installer](python, home, wheel)
        demand(call(command, "--version").split() == wheel.name.split("-")[:2], "another version is installed")
        call(command, "init", "--defaults", "--no-test", home / "config")
        call(command, "--config", home / "config" / "dipwatch.toml", "check")
        demand("equal to the change log" in call(command, "demo"), "the demo's history was not verified")
        prefix = command.resolve().parent.parent
        for file in (path for path in (ROOT / "share").rglob("*") if path.is_file()):
            demand((prefix / file.relative_to(ROOT)).exists(), f"{file.name} is not installed")
        return call(python, "--version").strip()

    def _pip(self, python: Path, home: Path, wheel: Path) -> Path:
        call(python, "-m", "venv", home / "venv")
        call(home / "venv/bin/pip", "install", "--quiet", wheel)
        call(home / "venv/bin/pip", "check")
        return home / "venv/bin/dipwatch"

    def _pipx(self, python: Path, home: Path, wheel: Path) -> Path:
        places = {f"PIPX_{name}": str(home / name.lower()) for name in ("HOME", "BIN_DIR", "MAN_DIR")}
        call(self.bin / "pipx", "install", "--python", python, wheel, **places)
        demand((home / "man_dir/man1/dipwatch.1").exists(), "pipx shows no man page")
        return home / "bin_dir/dipwatch"

    def _uv(self, python: Path, home: Path, wheel: Path) -> Path:
        places = {"UV_TOOL_DIR": str(home / "tools"), "UV_TOOL_BIN_DIR": str(home / "bin")}
        call(self.bin / "uv", "tool", "install", "--quiet", "--python", python, wheel, **places)
        return home / "bin/dipwatch"

    def _python(self, version: str) -> Path:
        for path in (*self.pythons, *known_pythons(version)):
            if path.exists() and runs(path, version):
                return path
        into = self.folder / "pythons"
        try:
            call(self.bin / "uv", "python", "install", "--install-dir", into, version)
        except TrialError as error:
            raise Impossible(f"no Python {version}: {str(error).splitlines()[-1]}") from error
        return next(into.glob(f"*{version}*/bin/python{version}"))

    def _unpack(self, first: Path) -> None:
        unpacked = self.folder / "unpacked"
        shutil.rmtree(unpacked, ignore_errors=True)
        unpacked.mkdir()
        (sdist,) = first.glob("*.tar.gz")
        call("tar", "--extract", "--strip-components=1", f"--file={sdist}", f"--directory={unpacked}")


def known_pythons(version: str) -> Iterator[Path]:
    """Yield where a Python may lie: on the PATH, or among those of pyenv."""
    if found := shutil.which(f"python{version}"):
        yield Path(found)
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    yield from sorted(root.glob(f"versions/{version}*/bin/python{version}"))


def runs(python: Path, version: str) -> bool:
    """Tell whether a Python starts and is of a version; a shim may lead nowhere."""
    done = subprocess.run([python, "--version"], capture_output=True, text=True, check=False)
    return done.returncode == 0 and done.stdout.startswith(f"Python {version}.")


def call(*command: str | Path, **environment: str) -> str:
    """Run a command and return what it printed. Raises TrialError when it fails."""
    words = [str(word) for word in command]
    done = subprocess.run(
        words, capture_output=True, text=True, check=False, timeout=PATIENCE, env=os.environ | environment
    )
    if done.returncode:
        raise TrialError(f"{' '.join(words)} ended with {done.returncode}:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    return done.stdout


def main() -> int:
    """Run the trial; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--python", type=Path, action="append", default=[], help="a Python to install on")
    arguments = parser.parse_args()
    folder: Path = arguments.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    trial = Trial(folder, arguments.python)
    try:
        trial.run()
    except TrialError as error:
        print(f"FAILED: {error}", file=sys.stderr)
        return 1
    left = f"; could not be done here: {', '.join(trial.left)}" if trial.left else ""
    print(f"all that could be done holds{left}" if left else "all steps hold")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
