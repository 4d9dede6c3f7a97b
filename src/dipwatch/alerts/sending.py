"""The port through which messages leave, and what an attempt can come to."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Protocol, TextIO

from dipwatch.alerts.render import WIDTH, RenderedMessage

CONSOLE = "console:"


class Outcome(StrEnum):
    """What an attempt came to.

    ``refused``: the receiver won't take it; ``failed``: it was not taken this time; ``unknown``: it was handed over,
    but nobody said whether it arrived.
    """

    SENT = "sent"
    FAILED = "failed"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class SendResult:
    """The result of one attempt. ``detail`` never holds a URL or a secret."""

    outcome: Outcome
    detail: str = ""
    permanent: bool = False
    """Trying again can't help."""
    retry_after: timedelta | None = None
    """How long the receiver asked to be left alone."""

    @property
    def line(self) -> str:
        """The result as a user reads it: ``refused for good: HTTP 404``."""
        told = f"{self.outcome}{' for good' if self.permanent else ''}"
        return f"{told}: {self.detail}" if self.detail else told


class Sender(Protocol):
    """Hands a message to a receiver."""

    def send(self, url: str, message: RenderedMessage, timeout: timedelta) -> SendResult:
        """Try once to hand over a message; returns within about ``timeout`` and raises nothing for what peers do."""
        ...


class ConsoleSender:
    """Prints messages, each under a rule that sets it off from log lines."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()

    def send(self, url: str, message: RenderedMessage, timeout: timedelta) -> SendResult:  # noqa: ARG002 (the port's signature)
        """Print the message; a stream that is gone is a failure to be tried again."""
        try:
            with self._lock:
                self._stream.write(self._encodable(f"\n{'━' * WIDTH}\n{message.text}"))
                self._stream.flush()
        except (OSError, ValueError) as error:  # ValueError: the stream is closed
            return SendResult(Outcome.FAILED, f"can't print ({type(error).__name__})")
        return SendResult(Outcome.SENT, "printed")

    def _encodable(self, text: str) -> str:
        """Replace what a terminal without UTF-8 can't show, which would otherwise fail at every attempt."""
        encoding = getattr(self._stream, "encoding", None) or "utf-8"
        return text.encode(encoding, "replace").decode(encoding)


class SenderByUrl:
    """Sends ``console:`` to the console and everything else through another sender."""

    def __init__(self, console: Sender, others: Sender) -> None:
        self._console = console
        self._others = others

    def send(self, url: str, message: RenderedMessage, timeout: timedelta) -> SendResult:
        """Hand the message to the sender that its URL calls for."""
        sender = self._console if url == CONSOLE else self._others
        return sender.send(url, message, timeout)
