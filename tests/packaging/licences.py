"""docs/licences.md: the licences of all that dipwatch needs and of the data it ships, from installed metadata.

    python -m tests.packaging.licences > docs/licences.md

Needs the extras installed (`pip install -e '.[bench,dev,postgres,train]'`). Ends with 1 where a licence is unknown or
can't go together with Apache-2.0; see https://www.apache.org/legal/resolved.html for how they are sorted.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from importlib.metadata import PackageNotFoundError, distribution, metadata
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(__file__).with_name("data.toml")
TITLES = {
    "": "What an installation brings",
    "postgres": "With `dipwatch[postgres]`",
    "dev": "To develop and test",
    "train": "To train the weights",
    "bench": "To compare speeds",
}
"""The parts of the list by extra; a package stands where it comes first."""
PERMISSIVE = frozenset(
    {"0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSD", "ISC", "MIT", "MIT-0", "PSF-2.0", "Unlicense", "Zlib"}
    | {"BSL-1.0", "CC0-1.0"}
)
WEAK = frozenset({"LGPL-3.0-only", "LGPL-3.0-or-later", "LGPL-2.1-or-later", "MPL-2.0"})
"""Changes to the package itself stay under its licence; who uses it unchanged is free in the rest."""
SPELLINGS = {
    "apache": "Apache-2.0",  # vobject's, whose licence file is that text
    "apache 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "bsd 2-clause license": "BSD-2-Clause",
    "bsd 3-clause license": "BSD-3-Clause",
    "bsd license": "BSD",
    "isc license (iscl)": "ISC",
    "mit license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "python software foundation license": "PSF-2.0",
}
"""What older metadata says in place of an SPDX identifier: https://spdx.org/licenses/."""
_LONGEST = 60
"""Of a licence's name; what is longer is its text."""
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)==", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Package:
    """A distribution and its licence, as SPDX writes it where that can be told."""

    name: str
    licence: str

    @property
    def verdict(self) -> str:
        """How the licence goes together with Apache-2.0: fine, weak, or bad."""
        choices = [set(re.split(r" AND |[()]", choice)) - {""} for choice in self.licence.split(" OR ")]
        if any(choice <= PERMISSIVE for choice in choices):
            return "fine"
        return "weak" if any(choice <= PERMISSIVE | WEAK for choice in choices) else "bad"


def packages() -> dict[str, list[Package]]:
    """Return the packages of each part in alphabetical order. Raises PackageNotFoundError where an extra is missing."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {"": project["dependencies"]} | project["optional-dependencies"]
    seen: set[str] = set()
    parts: dict[str, list[Package]] = {}
    for extra in TITLES:
        names = closure(wanted[extra]) - seen
        seen |= names
        parts[extra] = [Package(name, licence_of(name)) for name in sorted(names)]
    return parts


def closure(requirements: Iterable[str]) -> set[str]:
    """Return the names of all that requirements need on this machine, by what is installed."""
    waiting = [Requirement(text) for text in requirements]
    seen: set[tuple[str, str]] = set()
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        for extra in ("", *sorted(requirement.extras)):
            if (name, extra) not in seen:
                seen.add((name, extra))
                waiting += needs(name, extra)
    return {name for name, _ in seen}


def needs(name: str, extra: str) -> Iterator[Requirement]:
    """Yield what an installed distribution needs on this machine."""
    for text in distribution(name).requires or ():
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
            yield requirement


def licence_of(name: str) -> str:
    """Return the licence that an installed distribution's metadata names."""
    said = metadata(name)
    for expression in said.get_all("License-Expression") or ():
        return str(expression)
    for text in said.get_all("License") or ():
        if text and len(text) <= _LONGEST:
            return spdx(str(text))
    classified = [line.split(" :: ") for line in said.get_all("Classifier") or ()]
    names = [parts[-1] for parts in classified if parts[0] == "License" and parts[-1] != "OSI Approved"]
    return " OR ".join(map(spdx, names)) or "unknown"


def spdx(text: str) -> str:
    """Return a licence's SPDX identifier where its spelling is known, else the text."""
    return SPELLINGS.get(text.casefold(), text)


def locked() -> set[str]:
    """Return the names in requirements.lock."""
    return {canonicalize_name(name) for name in _PINNED.findall((ROOT / "requirements.lock").read_text("utf-8"))}


def data() -> list[dict[str, Any]]:
    """Return the rows of data.toml."""
    rows: list[dict[str, Any]] = tomllib.loads(DATA.read_text(encoding="utf-8"))["data"]
    return rows


def row_of(file: str) -> dict[str, Any] | None:
    """Return the row that speaks of a file of the wheel."""
    return next((row for row in data() if any(fnmatchcase(file, pattern) for pattern in row["files"])), None)


def document(parts: dict[str, list[Package]]) -> Iterator[str]:
    """Yield the lines of docs/licences.md."""
    yield from (
        "# Licences",
        "",
        "Written by `python -m tests.packaging.licences` from the metadata of what is installed.",
        "",
    )
    yield "dipwatch is under [Apache-2.0](../LICENSE). It holds no code of others; the packages below lie beside it."
    for extra, found in parts.items():
        yield from ("", f"## {TITLES[extra]}", "", "| Package | Licence |", "| --- | --- |")
        yield from (f"| {package.name} | {package.licence}{_note(package)} |" for package in found)
    yield from (
        "",
        "(1) Changes to the package itself stay under its licence. dipwatch installs and uses it unchanged.",
    )
    yield from ("", "## Data in the package", "", "| What | Origin | Terms |", "| --- | --- | --- |")
    yield from (f"| {row['what']} | {row['origin']} | {row['terms']} |" for row in data())
    yield from ("", "What feeds bring stays with their publishers; no text of theirs is part of the package.")


def _note(package: Package) -> str:
    return {"fine": "", "weak": " (1)", "bad": " **does not go together with Apache-2.0, or is not known**"}[
        package.verdict
    ]


def main() -> int:
    """Write the document; returns the exit code."""
    try:
        parts = packages()
    except PackageNotFoundError as error:
        sys.stderr.write(f"{error.name} is not installed; pip install -e '.[bench,dev,postgres,train]'\n")
        return 1
    sys.stdout.write("\n".join([*document(parts), ""]))
    bad = [package for found in parts.values() for package in found if package.verdict == "bad"]
    for package in bad:
        sys.stderr.write(f"{package.name}: {package.licence}: look at it\n")
    return 1 if bad else 0


if __name__ == "__main__":
    raise SystemExit(main())
