"""Word to systemd over its socket."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from dipwatch.daemon.notify import READY, Notifier


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[tuple[socket.socket, str]]:
    address = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(address)
        listener.settimeout(5)
        yield listener, address


def test_messages_reach_the_manager_in_one_datagram(manager: tuple[socket.socket, str]) -> None:
    listener, address = manager
    Notifier({"NOTIFY_SOCKET": address}).say(READY, "STATUS=watching")
    assert listener.recv(1000) == b"READY=1\nSTATUS=watching"


def test_an_abstract_address_is_understood() -> None:
    name = f"dipwatch-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(f"\0{name}")
        listener.settimeout(5)
        Notifier({"NOTIFY_SOCKET": f"@{name}"}).status("polling")
        assert listener.recv(1000) == b"STATUS=polling"


def test_without_a_manager_nothing_is_said_and_no_watchdog_waits() -> None:
    notifier = Notifier({"WATCHDOG_USEC": "1000000"})
    notifier.say(READY)
    assert notifier.watchdog is None


def test_a_manager_that_is_gone_is_only_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    Notifier({"NOTIFY_SOCKET": str(tmp_path / "nobody")}).say(READY)
    assert "systemd can't be told" in caplog.text


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"WATCHDOG_USEC": "120000000"}, timedelta(seconds=120)),
        ({"WATCHDOG_USEC": "120000000", "WATCHDOG_PID": str(os.getpid())}, timedelta(seconds=120)),
        ({"WATCHDOG_USEC": "120000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
        ({}, None),
    ],
)
def test_the_watchdog_counts_only_where_it_is_meant_for_us(environ: dict[str, str], expected: timedelta | None) -> None:
    assert Notifier({"NOTIFY_SOCKET": "/run/x", **environ}).watchdog == expected
