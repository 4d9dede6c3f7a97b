"""The process that sends for one receiver: ``python -m dipwatch.alerts.worker``, started by ``process_sender``.

It reads a JSON line for each message from its input and answers with one; it ends when its input does, so that it never
outlives the daemon for long.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import timedelta
from typing import TextIO

from dipwatch.alerts.apprise_sender import AppriseSender
from dipwatch.alerts.process_sender import READY, result_line
from dipwatch.alerts.render import RenderedMessage
from dipwatch.alerts.sending import Outcome, Sender, SendResult


def serve(jobs: TextIO, answers: TextIO, sender: Sender) -> None:
    """Send what comes in until the input ends."""
    _answer(answers, READY)
    for line in jobs:
        _answer(answers, result_line(_send(line, sender)))


def _send(line: str, sender: Sender) -> SendResult:
    job = json.loads(line)
    try:
        return sender.send(job["url"], RenderedMessage(**job["message"]), timedelta(seconds=job["timeout"]))
    except Exception as error:  # noqa: BLE001 (the edge of the loop; the name alone, since a text may hold the URL)
        return SendResult(Outcome.FAILED, f"sending broke off ({type(error).__name__})")


def _answer(answers: TextIO, line: str) -> None:
    answers.write(line + "\n")
    answers.flush()


def main() -> None:
    """Serve on the standard streams; what a library prints must not get among the answers."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    serve(sys.stdin, answers, AppriseSender())


if __name__ == "__main__":
    main()
