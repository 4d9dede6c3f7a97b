"""What the daemon's jobs have been doing: the source of the watchdog, of the health endpoint and of the status line."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

Monotonic = Callable[[], float]


@dataclass(slots=True)
class JobProgress:
    """One job. Times are seconds of the monotonic clock; ``failure`` is empty while its last run went well."""

    last_progress: float
    patience: float
    """Seconds without progress after which it counts as stuck."""
    runs: int = 0
    failures: int = 0
    failure: str = ""


@dataclass(slots=True)
class Progress:
    """All jobs. A failing job makes progress: only a hung one is cured by a restart."""

    monotonic: Monotonic = time.monotonic
    jobs: dict[str, JobProgress] = field(default_factory=dict)

    def watch(self, name: str, patience: float) -> None:
        """Begin to expect progress of a job at least every ``patience`` seconds."""
        self.jobs[name] = JobProgress(last_progress=self.monotonic(), patience=patience)

    def step(self, name: str) -> None:
        """Note that a job is alive and moving on."""
        self.jobs[name].last_progress = self.monotonic()

    def ended(self, name: str, failure: str = "") -> None:
        """Note that a run of a job has ended, and why it failed where it did."""
        job = self.jobs[name]
        self.step(name)
        job.runs += 1
        job.failures += bool(failure)
        job.failure = failure

    def stuck(self) -> tuple[str, ...]:
        """Return the jobs that have made no progress for too long."""
        now = self.monotonic()
        return tuple(name for name, job in self.jobs.items() if now - job.last_progress > job.patience)

    def failing(self) -> tuple[str, ...]:
        """Return the jobs whose last run failed."""
        return tuple(name for name, job in self.jobs.items() if job.failure)

    def summary(self) -> str:
        """Return one line for ``systemctl status``."""
        parts = [_said("stuck", self.stuck()), _said("failing", self.failing())]
        return "; ".join(part for part in parts if part) or "watching"


def _said(word: str, names: Iterable[str]) -> str:
    told = ", ".join(names)
    return f"{word}: {told}" if told else ""
