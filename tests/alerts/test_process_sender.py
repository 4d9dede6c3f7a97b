from __future__ import annotations

import io
import json
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.alerts.peers import Answer, http_peer

from dipwatch.alerts.process_sender import ProcessSender
from dipwatch.alerts.render import RenderedMessage
from dipwatch.alerts.sending import Outcome, SendResult
from dipwatch.alerts.worker import serve

MESSAGE = RenderedMessage(
    key="key-1", subject="NEW", text="text", chat="chat", markdown="md", html="<p>html</p>", json='{"key":"key-1"}'
)
TIMEOUT = timedelta(seconds=5)


@pytest.fixture
def sender() -> Iterator[ProcessSender]:
    made = ProcessSender()
    yield made
    made.close()


def test_a_worker_sends_and_is_used_again(sender: ProcessSender) -> None:
    with http_peer(Answer(200), Answer(429, headers=(("Retry-After", "9"),))) as peer:
        url = f"json://127.0.0.1:{peer.port}/hook"
        assert sender.send(url, MESSAGE, TIMEOUT) == SendResult(Outcome.SENT, "HTTP 200")
        assert sender.send(url, MESSAGE, TIMEOUT) == SendResult(
            Outcome.FAILED, "HTTP 429", retry_after=timedelta(seconds=9)
        )
    assert json.loads(json.loads(peer.received[0].body)["message"]) == {"key": "key-1"}


def test_an_unknown_outcome_ends_the_worker_so_that_nothing_of_it_arrives_later(sender: ProcessSender) -> None:
    with http_peer(Answer(misbehaves="hang"), Answer(200)) as peer:
        url = f"json://127.0.0.1:{peer.port}/hook"
        assert sender.send(url, MESSAGE, timedelta(seconds=0.3)).outcome is Outcome.UNKNOWN
        assert sender.send(url, MESSAGE, TIMEOUT).outcome is Outcome.SENT


def scripted(tmp_path: Path, body: str) -> ProcessSender:
    script = tmp_path / "worker.py"
    script.write_text(body, encoding="utf-8")
    return ProcessSender((sys.executable, str(script)))


def test_a_worker_that_hangs_is_killed(tmp_path: Path) -> None:
    sender = scripted(tmp_path, "import time\nprint('ready', flush=True)\ninput()\ntime.sleep(60)\n")
    started = time.monotonic()
    result = sender.send("json://x", MESSAGE, timedelta(seconds=0.1))
    assert result == SendResult(Outcome.UNKNOWN, "no answer in time")
    assert time.monotonic() - started < 20
    sender.close()


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ("raise SystemExit\n", Outcome.FAILED),
        ("print('something else', flush=True)\n", Outcome.FAILED),
        ("print('ready', flush=True)\ninput()\nraise SystemExit\n", Outcome.UNKNOWN),
        ("print('ready', flush=True)\ninput()\nprint('nonsense', flush=True)\ninput()\n", Outcome.UNKNOWN),
    ],
)
def test_a_worker_that_breaks_off_never_counts_as_sent(body: str, outcome: Outcome, tmp_path: Path) -> None:
    sender = scripted(tmp_path, body)
    assert sender.send("json://x", MESSAGE, TIMEOUT).outcome is outcome
    sender.close()


class Broken:
    """A sender that fails in a way nobody foresaw."""

    def send(self, url: str, message: RenderedMessage, timeout: timedelta) -> SendResult:  # noqa: ARG002 (the port's signature)
        raise RuntimeError(f"{url} is a secret")


def test_the_worker_survives_a_defect_and_tells_no_secret() -> None:
    job = {"url": "json://secret", "timeout": 1, "message": dict.fromkeys(RenderedMessage.__slots__, "")}
    answers = io.StringIO()
    serve(io.StringIO(f"{json.dumps(job)}\n" * 2), answers, Broken())
    ready, *rest = answers.getvalue().splitlines()
    assert ready == "ready"
    assert [json.loads(line)["detail"] for line in rest] == ["sending broke off (RuntimeError)"] * 2
