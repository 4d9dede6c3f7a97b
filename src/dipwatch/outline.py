"""What a command that only looks at the log needs of the configuration: where things are, and how to tell of them.

It is kept between commands (see ``cli.context``), so that they need not wait for the whole configuration to be read and
checked again each time: that takes longer than a search.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from dipwatch.errors import ConfigError, Problem
from dipwatch.shipped import find_seeds, shipped

FILE_NAME = "dipwatch.toml"
SYSTEM_FILE = Path("/etc/dipwatch") / FILE_NAME
"""The configuration of the machine's own service, for whoever names none and has none in the current folder."""
ENVIRONMENT_PREFIX = "DIPWATCH_"


def configuration_file() -> Path | None:
    """Return the file that is read where none is named; None where there is none."""
    return next((place for place in (Path(FILE_NAME), SYSTEM_FILE) if place.is_file()), None)


@dataclass(frozen=True, slots=True)
class Outline:
    """The few settings, and where a subject's files lie; ``file`` None: defaults and environment only."""

    file: Path | None
    database: str
    subjects: tuple[str, ...]
    subjects_dir: Path | None
    seeds_dir: Path | None
    zone: ZoneInfo
    log_level: str
    log_format: str

    @property
    def base(self) -> Path:
        """The folder that relative paths of the configuration are relative to."""
        return self.file.parent if self.file else Path.cwd()

    def under_base(self, path: Path | None) -> Path | None:
        """Return a path of the configuration as it is found from here."""
        return None if path is None else self.base / path

    def seeds_folder(self, name: str) -> Path | None:
        """Return where the documents of a subject lie, None where it has none.

        In ``seeds_dir`` each has a folder of its name; those of an only subject may also lie there themselves. Raises
        ConfigError where the documents there belong to nobody, and as below.
        """
        place = self.under_base(self.seeds_dir)
        return find_seeds(self.subject_folder(name), place and self._seeds_of(place, name))

    def _seeds_of(self, place: Path, name: str) -> Path | None:
        if (place / name).is_dir():
            return place / name
        if len(self.subjects) == 1:
            return place
        if any(place.glob("*.toml")):
            mend = f"move those of {name} into {place / name}"
            raise ConfigError([Problem(str(place), "seeds_dir holds documents, but there are several subjects", mend)])
        return None

    def subject_folder(self, name: str) -> Path:
        """Return where a subject's files lie: in ``subjects_dir`` if it is there, else among what dipwatch ships.

        Raises ConfigError when there is no such subject.
        """
        own = self.subjects_dir
        places = [self.base / own / name] if own else []
        places.append(shipped("config", "subjects", name))
        if found := next((place for place in places if place.is_dir()), None):
            return found
        looked = " and ".join(str(place) for place in places)
        what = f"subject {name} has no folder (looked at {looked})"
        raise ConfigError([Problem(str(self.file or "subjects"), what, "correct subjects or subjects_dir")])
