"""The one family of exceptions.

Every error a user can meet says what is wrong, where, and how to mend it. The command line turns the family into one
line and an exit code; anything outside it is a defect of dipwatch and keeps its traceback.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class DipwatchError(Exception):
    """Root of the family; ``exit_code`` is what the command line returns for it."""

    exit_code = 1


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend: where it stands, what is wrong, how to mend it."""

    where: str
    what: str
    mend: str = ""

    def __str__(self) -> str:
        """Return the line a user reads."""
        line = f"{self.where}: {self.what}"
        return f"{line}; {self.mend}" if self.mend else line


class ProblemsError(DipwatchError):
    """Several problems found together, so that a user can mend them in one go."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class ConfigError(ProblemsError):
    """The configuration, a lexicon, a feed list or a route can't be used as written."""

    exit_code = 2


class UsageError(DipwatchError):
    """A command was called with something it can't take."""

    exit_code = 2


class MachineError(DipwatchError):
    """The machine is in the way: a busy port, an unwritable folder, a full disk."""


class StoreError(MachineError):
    """The database is away, locked, damaged, too old or too new."""


class LeaseLostError(StoreError):
    """Another host leads this subject now; what was being written has been rolled back."""


class FeedError(DipwatchError):
    """A feed could not be fetched or parsed; ``outcome`` is the named reason kept in its health."""

    def __init__(self, outcome: str, detail: str) -> None:
        self.outcome = outcome
        self.detail = detail
        super().__init__(f"{outcome}: {detail}")


class DeliveryError(DipwatchError):
    """A message could not be handed to a receiver."""
