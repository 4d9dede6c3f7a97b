"""The outline of a configuration, kept from one command to the next."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from dipwatch.cli.options import Options
from dipwatch.outline import ENVIRONMENT_PREFIX, Outline, configuration_file
from dipwatch.review.cache import Cache
from dipwatch.secret_reference import REFERENCE


def kept_outline(cache: Cache, options: Options, environ: Mapping[str, str], load: Callable[[], Outline]) -> Outline:
    """Return the outline of the configuration that is meant by the options and the environment.

    It is loaded, which finds every fault, unless the same configuration was sound before. One whose database is given
    by an address that may hold a password is never kept. Raises what ``load`` raises.
    """
    file = options.file or configuration_file()
    try:
        content = file.read_bytes() if file else b""
    except OSError:
        return load()  # which says what is wrong
    file = file.resolve() if file else None
    loaded: list[Outline] = []

    def make() -> dict[str, Any] | None:
        loaded.append(load())
        return _written(loaded[0])

    given = (str(file or Path.cwd()).encode(), content, *_given(options, environ))
    kept = cache.get("configuration", given, make)
    if loaded:
        return loaded[0]
    return _read(kept, file) if kept else load()


def _given(options: Options, environ: Mapping[str, str]) -> Iterator[bytes]:
    """Yield what lies over the file."""
    yield from (f"{name}={environ[name]}".encode() for name in sorted(environ) if name.startswith(ENVIRONMENT_PREFIX))
    yield repr(sorted(options.overrides.items())).encode()


def _written(outline: Outline) -> dict[str, Any] | None:
    if not (outline.database.startswith("sqlite:") or REFERENCE.match(outline.database)):
        return None
    return {
        "database": outline.database,
        "subjects": outline.subjects,
        "subjects_dir": outline.subjects_dir,
        "seeds_dir": outline.seeds_dir,
        "zone": outline.zone.key,
        "log_level": outline.log_level,
        "log_format": outline.log_format,
    }


def _read(kept: Mapping[str, Any], file: Path | None) -> Outline:
    return Outline(
        file,
        database=kept["database"],
        subjects=tuple(kept["subjects"]),
        subjects_dir=_path(kept["subjects_dir"]),
        seeds_dir=_path(kept["seeds_dir"]),
        zone=ZoneInfo(kept["zone"]),
        log_level=kept["log_level"],
        log_format=kept["log_format"],
    )


def _path(kept: str | None) -> Path | None:
    return None if kept is None else Path(kept)
