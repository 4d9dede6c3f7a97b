"""The seed documents on the disk: their index, their texts, a hash of each by which a change is noticed."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from dipwatch.errors import ConfigError, Problem
from dipwatch.faults import faults
from dipwatch.toml_file import TomlFile, read_toml

INDEX = "index.toml"
Reliability = Literal["high", "medium", "low"]


class SeedInfo(BaseModel):
    """What the index says of a document.

    ``as_of`` is the day it speaks from; without one its entries count as known from ``added``. ``garbled`` is a letter
    that stands for lost hyphens and apostrophes. ``sha256`` is the hash of the file when it was entered.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(min_length=1)]
    file: Annotated[str, Field(min_length=1)]
    title: Annotated[str, Field(min_length=1)]
    added: date
    as_of: date | None = None
    kind: str = ""
    publisher: str = ""
    language: Literal["en", "ru", "uk"] = "en"
    reliability: Reliability = "medium"
    note: str = ""
    garbled: Annotated[str, Field(max_length=1)] = ""
    sha256: str = ""

    @property
    def known_from(self) -> date:
        """The day from which it counts where its sentences don't say otherwise."""
        return self.as_of or self.added

    def mended(self, text: str) -> str:
        """Return a piece of its text with lost hyphens and apostrophes put back, each a letter for a letter."""
        if not self.garbled:
            return text
        text = re.sub(rf"(?<=\w){re.escape(self.garbled)}(?=[st]\b)", "’", text)
        return text.replace(self.garbled, "-")


@dataclass(frozen=True, slots=True)
class Seed:
    """A document: what the index says of it, and its text, byte for byte as it was given."""

    info: SeedInfo
    text: str
    sha256: str

    @property
    def changed(self) -> bool:
        """Tell whether it differs from the document that was entered into the index."""
        return bool(self.info.sha256) and self.info.sha256 != self.sha256


def make_seed(info: SeedInfo, text: str) -> Seed:
    """Return a document from its text."""
    return Seed(info, text, hashlib.sha256(text.encode()).hexdigest())


def load_seeds(folder: Path) -> tuple[Seed, ...]:
    """Read the index of a folder and the documents it names, in its order.

    Raises ConfigError with every problem found: a missing or unreadable file, a wrong key, an id that stands twice.
    """
    index = read_toml(folder / INDEX)
    infos, problems = _infos(index)
    seeds = []
    for info in infos:
        try:
            raw = (folder / info.file).read_bytes()
            seeds.append(Seed(info, raw.decode("utf-8"), hashlib.sha256(raw).hexdigest()))
        except (OSError, UnicodeDecodeError) as error:
            problems.append(Problem(str(folder / info.file), f"can't be read ({error})", f"correct file in {INDEX}"))
    if problems:
        raise ConfigError(problems)
    return tuple(seeds)


def _infos(index: TomlFile) -> tuple[list[SeedInfo], list[Problem]]:
    infos: list[SeedInfo] = []
    problems: list[Problem] = []
    for number, table in enumerate(index.data.get("seed", [])):
        try:
            info = SeedInfo.model_validate(table)
        except ValidationError as error:
            problems += [
                Problem(index.where("seed", number, *fault.key), f"{fault.key[-1]}: {fault.what}", fault.mend)
                for fault in faults(error)
            ]
            continue
        if info.id in {other.id for other in infos}:
            problems.append(Problem(index.where("seed", number, "id"), f"the id {info.id} stands twice"))
        infos.append(info)
    return infos, problems
