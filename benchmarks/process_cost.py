"""What this process and those it started cost, read from /proc (Linux)."""

from __future__ import annotations

import os
import resource
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Self

_TICKS = os.sysconf("SC_CLK_TCK")
_KIB_A_MB = 1024


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU and wall time in seconds, and the most memory held up to then, in MB (2**20 bytes)."""

    cpu: float
    wall: float
    peak: float


class Meter:
    """Measures a block; processes that it starts, or leaves running, are counted too."""

    cost: Cost

    def __enter__(self) -> Self:
        """Begin."""
        self._cpu, self._wall = cpu_seconds(), time.perf_counter()
        return self

    def __exit__(self, *_error: object) -> None:
        """Set ``cost``."""
        wall = time.perf_counter() - self._wall
        self.cost = Cost(round(cpu_seconds() - self._cpu, 2), round(wall, 2), round(peak_mb()))


def cpu_seconds() -> float:
    """Return the CPU time of this process and its children, those that have ended included."""
    ours = resource.getrusage(resource.RUSAGE_SELF)
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = sum(usage.ru_utime + usage.ru_stime for usage in (ours, ended))
    return spent + sum(_cpu_of(child) for child in _children())


def peak_mb() -> float:
    """Return the sum of what this process and each running child held at their highest."""
    return sum(_peak_of(process) for process in ("self", *_children())) / _KIB_A_MB


def _children() -> list[str]:
    return [pid for task in Path("/proc/self/task").iterdir() for pid in (task / "children").read_text().split()]


def _cpu_of(process: str) -> float:
    """Return user and system time (fields 14 and 15 of proc_pid_stat(5))."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _peak_of(process: str) -> int:
    status = Path(f"/proc/{process}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
