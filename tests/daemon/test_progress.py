"""What counts as hung, what as ill."""

from __future__ import annotations

from dipwatch.daemon.progress import Progress


class Seconds:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_job_without_progress_is_stuck_until_it_moves_again() -> None:
    seconds = Seconds()
    progress = Progress(monotonic=seconds)
    progress.watch("poll", 10)
    progress.watch("detect", 100)
    seconds.now = 11
    assert progress.stuck() == ("poll",)
    progress.step("poll")
    assert progress.stuck() == ()


def test_a_failing_job_is_ill_but_not_stuck() -> None:
    seconds = Seconds()
    progress = Progress(monotonic=seconds)
    progress.watch("deliver", 10)
    seconds.now = 9
    progress.ended("deliver", "StoreError")
    seconds.now = 18
    assert progress.stuck() == ()
    assert progress.failing() == ("deliver",)
    assert progress.summary() == "failing: deliver"
    progress.ended("deliver")
    assert progress.failing() == ()
    assert progress.summary() == "watching"
    assert (progress.jobs["deliver"].runs, progress.jobs["deliver"].failures) == (2, 1)
