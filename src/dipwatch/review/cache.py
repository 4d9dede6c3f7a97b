"""What is derived from a subject's files and takes long to derive, kept between commands.

An entry's name holds a hash of the program's version and of all that it is derived from, so that it is never stale;
what can't be kept is derived again each time. Nothing here belongs to the log: the folder can be deleted at any time.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dipwatch import __version__

_DIGEST = 12
_KEPT = 4
"""Entries of one name that are kept, the newest ones: several configurations may take turns."""


@dataclass(frozen=True, slots=True)
class Cache:
    """A folder of JSON values; None keeps nothing."""

    folder: Path | None

    def get(self, name: str, inputs: Iterable[bytes], make: Callable[[], Any]) -> Any:  # noqa: ANN401 (JSON)
        """Return the value of a name for some inputs, made now unless it was kept.

        What ``make`` returns must be JSON; a value that JSON lacks, such as a date, is kept as text.
        """
        file = self._file(name, inputs)
        if file is not None and (kept := _read(file)) is not None:
            return kept
        text = json.dumps(make(), ensure_ascii=False, default=str)
        if file is not None:
            with suppress(OSError):
                self._write(name, file, text)
        return json.loads(text)

    def _file(self, name: str, inputs: Iterable[bytes]) -> Path | None:
        if self.folder is None:
            return None
        digest = hashlib.blake2b(__version__.encode(), digest_size=_DIGEST)
        for content in inputs:
            digest.update(len(content).to_bytes(8))
            digest.update(content)
        return self.folder / f"{name}-{digest.hexdigest()}.json"

    def _write(self, name: str, file: Path, text: str) -> None:
        """Write an entry whole or not at all, and let go of the oldest ones."""
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        unfinished = file.with_name(f".{file.name}.{os.getpid()}")
        unfinished.write_text(text, encoding="utf-8")
        unfinished.replace(file)
        kept = sorted(file.parent.glob(f"{name}-{'?' * 2 * _DIGEST}.json"), key=lambda each: each.stat().st_mtime)
        for old in kept[:-_KEPT]:
            old.unlink(missing_ok=True)


def _read(file: Path) -> Any:  # noqa: ANN401 (JSON)
    """Return what is kept in a file, None where there is none that can be read."""
    try:
        return json.loads(file.read_bytes())
    except (OSError, ValueError):
        return None


def cache_folder(environ: Mapping[str, str]) -> Path | None:
    """Return the folder of the cache: systemd's for a service, else that of the user; None where there is no home.

    https://specifications.freedesktop.org/basedir-spec/latest/ and systemd.exec(5), CacheDirectory=.
    """
    if own := environ.get("CACHE_DIRECTORY"):
        return Path(own.split(":", maxsplit=1)[0])
    base = environ.get("XDG_CACHE_HOME") or (f"{environ['HOME']}/.cache" if environ.get("HOME") else "")
    return Path(base) / "dipwatch" if Path(base).is_absolute() else None
