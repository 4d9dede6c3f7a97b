"""The commands that stand in the documents: where, what they are, and which of them can't be run by a test."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
OTHERS = ("commands.md", "configuration.md", "decisions.md", "plan.md", "measurements.md", "newcomer-trials.md")
"""Written from the code, and tested where that is; or of the project's own course, as it was then."""
_FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`(dipwatch [a-z-][^`]*)`")
_CONTINUED = re.compile(r"\\\n\s*")

NOT_RUN: Mapping[str, str] = {
    "make": "makes an environment from the package index; the continuous integration runs it",
    "systemctl": "needs systemd; tests/trials/service runs the unit under one",
    "journalctl": "needs systemd",
    "usermod": "changes the machine's users",
    "dipwatch run": "does not end; tests/acceptance/test_running.py starts it",
    "dipwatch install-service": "writes to /etc; tests/cli/test_install_service.py runs it",
    "dipwatch init --service": "writes to /etc; tests/cli/test_init.py runs it",
    "dipwatch db copy": "needs a server; tests/store/test_copying.py runs it",
}
"""Programs and commands that no test of the documents runs, and why. Those of dipwatch are parsed all the same."""


@dataclass(frozen=True, slots=True)
class Line:
    """A command as it stands in a document."""

    page: str
    number: int
    text: str

    @property
    def words(self) -> list[str]:
        """Its words as a shell would see them, without the comment behind."""
        return shlex.split(self.text, comments=True)

    @property
    def why_not_run(self) -> str | None:
        """Why no test runs it; None where one does."""
        words = [word for word in self.words if word not in {"--config", "/etc/dipwatch/dipwatch.toml"}]
        for told, reason in NOT_RUN.items():
            program, *rest = told.split()
            if words[0] == program and words[1 : 1 + len(rest[:1])] == rest[:1] and set(rest) <= set(words[1:]):
                return reason
        return None

    def __str__(self) -> str:
        """Return where it stands, and what it is."""
        return f"{self.page}:{self.number}: {self.text}"


def pages() -> list[Path]:
    """Return the documents that people write, in order."""
    written = [path for path in sorted((ROOT / "docs").glob("*.md")) if path.name not in OTHERS]
    return [ROOT / "README.md", *written]


def block_lines(page: Path) -> Iterator[Line]:
    """Yield the commands of the blocks that are marked ``sh``: one a line, continued by a backslash."""
    text = page.read_text(encoding="utf-8")
    for block in _FENCE.finditer(text):
        if block[2] == "sh":
            first = text.count("\n", 0, block.start(3)) + 1
            yield from _commands(page.name, first, block[3])


def inline_lines(page: Path) -> Iterator[Line]:
    """Yield the commands of dipwatch within sentences and tables, and those with a prompt in a picture of a screen."""
    text = page.read_text(encoding="utf-8")
    prose = _FENCE.sub(lambda block: "\n" * block[0].count("\n"), text)
    for found in _INLINE.finditer(prose):
        yield Line(page.name, prose.count("\n", 0, found.start()) + 1, " ".join(found[1].split()))
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("$ dipwatch "):
            yield Line(page.name, number, line.removeprefix("$ "))


def _commands(page: str, first: int, block: str) -> Iterator[Line]:
    number = first
    for line in _CONTINUED.sub(" ", block).splitlines():
        if shlex.split(line, comments=True):
            yield Line(page, number, line.strip())
        number += 1
