"""Word to systemd: sd_notify over its datagram socket (sd_notify(3)); without one, nothing happens."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Mapping
from datetime import timedelta

log = logging.getLogger(__name__)

READY = "READY=1"
STOPPING = "STOPPING=1"
WATCHDOG = "WATCHDOG=1"


class Notifier:
    """Tells the service manager how we fare."""

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        self._address = environ.get("NOTIFY_SOCKET", "")
        self._watchdog = _watchdog(environ)

    @property
    def watchdog(self) -> timedelta | None:
        """How long systemd waits for a sign of life before it restarts us; None where it doesn't."""
        return self._watchdog if self._address else None

    def say(self, *messages: str) -> None:
        """Send assignments such as ``READY=1`` in one datagram; a manager that is gone is logged and no more."""
        if not self._address:
            return
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
                channel.sendto("\n".join(messages).encode(), address)
        except OSError as error:
            log.warning("systemd can't be told", extra={"error": str(error)})

    def status(self, text: str) -> None:
        """Set the line that ``systemctl status`` shows."""
        self.say(f"STATUS={text}")


def _watchdog(environ: Mapping[str, str]) -> timedelta | None:
    """Return WATCHDOG_USEC where it is meant for this process (sd_watchdog_enabled(3))."""
    meant_for = environ.get("WATCHDOG_PID", str(os.getpid()))
    microseconds = environ.get("WATCHDOG_USEC", "")
    if meant_for != str(os.getpid()) or not microseconds.isdigit():
        return None
    return timedelta(microseconds=int(microseconds))
