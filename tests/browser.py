"""A headless Chromium driven over its DevTools protocol (https://chromedevtools.github.io/devtools-protocol/).

Nothing but aiohttp is needed, which dipwatch has anyhow; Chromium comes from the system (Debian: ``chromium``).
"""

from __future__ import annotations

import asyncio
import base64
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import aiohttp

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PATIENCE = 60.0
"""Seconds for the browser to start, and for anything asked of it, on a machine with other work to do."""


class NoBrowserError(Exception):
    """There is no Chromium here."""


class Tab:
    """A tab of the browser; ``requests`` are the addresses it asked for, ``refused`` what the page's policy stopped."""

    def __init__(self, runner: asyncio.Runner, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._runner = runner
        self._socket = socket
        self._number = 0
        self.requests: list[str] = []
        self.refused: list[str] = []

    def call(self, method: str, **params: object) -> dict[str, Any]:
        """Call a method of the protocol and return its result."""
        return self._runner.run(self._call(method, params))

    def open(self, url: str) -> None:
        """Open an address and wait until it is loaded."""
        self.call("Page.navigate", url=url)
        ends = time.monotonic() + PATIENCE
        while self.run("document.readyState + location.href") != f"complete{url}":
            assert time.monotonic() < ends, f"{url} does not load"
        self.run("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def run(self, script: str) -> Any:  # noqa: ANN401 (whatever the script returns)
        """Return what a script evaluates to; promises are waited for."""
        told = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in told, told["exceptionDetails"]
        return told["result"].get("value")

    def press(self, key: str, code: int) -> None:
        """Press a key."""
        text = "\r" if key == "Enter" else ""
        for sort in ("keyDown", "keyUp"):
            given = {"text": text} if text and sort == "keyDown" else {}
            self.call("Input.dispatchKeyEvent", type=sort, key=key, code=key, windowsVirtualKeyCode=code, **given)

    def size(self, width: int, height: int, *, mobile: bool = False) -> None:
        """Set the size of the window in CSS pixels."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=mobile)

    def media(self, medium: str = "", scheme: str = "light") -> None:
        """Set the medium (``print``) and the colour scheme."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.call("Emulation.setEmulatedMedia", media=medium, features=features)

    def picture(self, path: Path) -> None:
        """Save what is seen as PNG."""
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"]))

    def pdf(self) -> bytes:
        """Return the page as it is printed."""
        return base64.b64decode(self.call("Page.printToPDF", printBackground=True)["data"])

    async def _call(self, method: str, params: dict[str, object]) -> dict[str, Any]:
        self._number += 1
        await self._socket.send_json({"id": self._number, "method": method, "params": params})
        while True:
            told = await self._socket.receive_json(timeout=PATIENCE)
            self._note(told)
            if told.get("id") == self._number:
                assert "error" not in told, f"{method}: {told['error']}"
                result: dict[str, Any] = told["result"]
                return result

    def _note(self, told: dict[str, Any]) -> None:
        if told.get("method") == "Network.requestWillBeSent":
            self.requests.append(told["params"]["request"]["url"])
        elif told.get("method") == "Log.entryAdded" and told["params"]["entry"]["source"] == "security":
            self.refused.append(told["params"]["entry"]["text"])


@contextmanager
def browser(profile: Path) -> Iterator[Tab]:
    """Start a browser with one tab. Raises NoBrowserError where there is none."""
    command = next((found for name in NAMES if (found := shutil.which(name))), None)
    if command is None:
        raise NoBrowserError(f"no {' or '.join(NAMES)} on this machine (Debian: apt-get install chromium)")
    options = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run")
    started = subprocess.Popen(
        [command, *options, "--remote-debugging-port=0", f"--user-data-dir={profile}", "about:blank"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        port = _port(profile / "DevToolsActivePort", started)
        with asyncio.Runner() as runner:
            client, socket = runner.run(_attach(port))
            tab = Tab(runner, socket)
            for domain in ("Page", "Runtime", "Network", "Log"):
                tab.call(f"{domain}.enable")
            try:
                yield tab
            finally:
                runner.run(_detach(client, socket))
    finally:
        started.terminate()
        started.wait(PATIENCE)


def _port(file: Path, started: subprocess.Popen[bytes]) -> int:
    ends = time.monotonic() + PATIENCE
    while not file.exists() or not file.read_text().strip():
        assert started.poll() is None, "the browser ended"
        assert time.monotonic() < ends, "the browser does not start"
        time.sleep(0.05)
    return int(file.read_text().split()[0])


async def _attach(port: int) -> tuple[aiohttp.ClientSession, aiohttp.ClientWebSocketResponse]:
    client = aiohttp.ClientSession()
    async with client.get(f"http://127.0.0.1:{port}/json/list") as answer:
        tabs = await answer.json(content_type=None)
    address = next(tab["webSocketDebuggerUrl"] for tab in tabs if tab["type"] == "page")
    return client, await client.ws_connect(address, max_msg_size=0)


async def _detach(client: aiohttp.ClientSession, socket: aiohttp.ClientWebSocketResponse) -> None:
    await socket.close()
    await client.close()
