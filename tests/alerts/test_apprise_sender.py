from __future__ import annotations

import io
import json
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import parse_qsl

import pytest
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from tests.alerts.hostile import HOSTILE
from tests.alerts.peers import Answer, HttpPeer, http_peer, mail_peer
from tests.alerts.samples import NOW, FakeNames, a_change, a_claim, an_item

from dipwatch.alerts.apprise_sender import AppriseSender
from dipwatch.alerts.build import build_message
from dipwatch.alerts.message import Material, Purpose
from dipwatch.alerts.render import RenderedMessage, Renderer
from dipwatch.alerts.sending import Outcome, SendResult

TIMEOUT = timedelta(seconds=5)
SHORT = timedelta(seconds=0.4)
SECRET = "TSECRET1"  # noqa: S105 (what must not be found)


def rendered(text: str = "Ukraine and Russia to meet in Ankara") -> RenderedMessage:
    material = Material(a_change(title=text, claim=a_claim(evidence=text)), an_item(title=text))
    return Renderer().render(build_message(Purpose.ALERT, "key-1", [material], FakeNames(), NOW))


def send(url: str, message: RenderedMessage | None = None, timeout: timedelta = TIMEOUT) -> SendResult:
    return AppriseSender().send(url, message or rendered(), timeout)


@contextmanager
def slack_peer(monkeypatch: pytest.MonkeyPatch, *script: Answer) -> Iterator[HttpPeer]:
    from apprise.plugins.slack import NotifySlack  # noqa: PLC0415 (slow)

    with http_peer(*script) as peer:
        monkeypatch.setattr(NotifySlack, "webhook_url", f"http://127.0.0.1:{peer.port}/services")
        yield peer


@pytest.fixture(autouse=True)
def _plugins_are_loaded() -> None:
    AppriseSender().accepts("json://localhost")  # imports apprise without the warnings of its own imports


ANSWERS = [
    (Answer(200), SendResult(Outcome.SENT, "HTTP 200")),
    (
        Answer(429, headers=(("Retry-After", "120"),)),
        SendResult(Outcome.FAILED, "HTTP 429", retry_after=timedelta(minutes=2)),
    ),
    (Answer(500), SendResult(Outcome.FAILED, "HTTP 500")),
    (
        Answer(503, headers=(("Retry-After", "7"),)),
        SendResult(Outcome.FAILED, "HTTP 503", retry_after=timedelta(seconds=7)),
    ),
    (Answer(401), SendResult(Outcome.REFUSED, "HTTP 401", permanent=True)),
    (Answer(404), SendResult(Outcome.REFUSED, "HTTP 404", permanent=True)),
    (
        Answer(302, headers=(("Location", "/elsewhere"),)),
        SendResult(Outcome.FAILED, "HTTP 302: it redirects, which is not followed; correct the URL"),
    ),
]


@pytest.mark.parametrize(("answer", "expected"), ANSWERS)
def test_a_webhook_gets_one_request_and_its_answer_is_judged(answer: Answer, expected: SendResult) -> None:
    with http_peer(answer) as peer:
        assert send(f"json://127.0.0.1:{peer.port}/hook") == expected
    assert [(request.method, request.path) for request in peer.received] == [("POST", "/hook")]


def test_a_redirect_is_not_followed_even_where_the_url_asks_for_it() -> None:
    with http_peer(Answer(302, headers=(("Location", "/elsewhere"),))) as peer:
        assert send(f"json://127.0.0.1:{peer.port}/hook?redirect=yes").outcome is Outcome.FAILED
    assert len(peer.received) == 1


@pytest.mark.parametrize("how", ["hang", "reset", "drip"])
def test_a_lost_answer_is_unknown(how: str) -> None:
    with http_peer(Answer(misbehaves=how)) as peer:
        result = send(f"json://127.0.0.1:{peer.port}/hook", timeout=SHORT)
    assert (result.outcome, result.permanent) == (Outcome.UNKNOWN, False)
    assert len(peer.received) == 1


def test_a_receiver_that_is_not_there_has_failed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    result = send(f"json://127.0.0.1:{port}/hook")
    assert (result.outcome, result.permanent) == (Outcome.FAILED, False)


@pytest.mark.parametrize("url", ["nonsense", "slakc://a/b/c", "json://", "slack://x", ""])
def test_a_url_that_no_plugin_takes_is_refused_for_good(url: str) -> None:
    result = send(url)
    assert (result.outcome, result.permanent) == (Outcome.REFUSED, True)


def test_a_webhook_gets_the_message_as_json_with_its_key() -> None:
    with http_peer() as peer:
        send(f"json://127.0.0.1:{peer.port}/hook")
    (request,) = peer.received
    assert request.headers["Idempotency-Key"] == "key-1"
    payload = json.loads(request.body)
    assert payload["title"] == "NEW Meeting planned: Ukraine and Russia to meet in Ankara"
    message = json.loads(payload["message"])
    assert message["key"] == "key-1"
    assert message["entries"][0]["codes"]["kind"] == "meeting"


def test_slack_takes_a_message_in_its_webhook_shape(monkeypatch: pytest.MonkeyPatch) -> None:
    with slack_peer(monkeypatch) as peer:
        assert send("slack://TAAAAAAAA/BBBBBBBBB/cccccccccccccccccccccccc").outcome is Outcome.SENT
    (request,) = peer.received
    assert request.path == "/services/TAAAAAAAA/BBBBBBBBB/cccccccccccccccccccccccc"
    (attachment,) = json.loads(request.body)["attachments"]
    assert attachment["title"].startswith("NEW Meeting planned")
    assert "Why: first report" in attachment["text"]
    assert "https://wire.example/2026/ankara" in attachment["text"]


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (Answer(404, b"no_service"), Outcome.REFUSED),
        (Answer(200, b"something else"), Outcome.UNKNOWN),
        (Answer(429, b"slow down", (("Retry-After", "30"),)), Outcome.FAILED),
    ],
)
def test_slack_refusals_are_judged(answer: Answer, outcome: Outcome, monkeypatch: pytest.MonkeyPatch) -> None:
    with slack_peer(monkeypatch, answer):
        assert send("slack://TAAAAAAAA/BBBBBBBBB/cccccccccccccccccccccccc").outcome is outcome


@pytest.mark.parametrize("text", HOSTILE)
def test_no_hostile_headline_is_active_in_slack(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with slack_peer(monkeypatch) as peer:
        assert send("slack://TAAAAAAAA/BBBBBBBBB/cccccccccccccccccccccccc", rendered(text)).outcome is Outcome.SENT
    payload = json.loads(peer.received[0].body)
    shown = json.dumps(payload, ensure_ascii=False)
    assert not set(shown) & set("<>@")
    assert not payload["mrkdwn"]


SERVICES = {
    "discord": f"discord://123456789012345678/{'a' * 68}",
    "telegram": "tgram://123456789:abcdefg_hijklmnop/12315544/",
    "rocket": "rocket://abcdefghijk/aabbccddeeffgghhiijj@localhost/#desk",
    "mattermost": "mmost://localhost/aaaaaaaaaaaaaaaaaaaaaaaa",
    "teams": "workflows://host/workflow/signature/",
    "google chat": "gchat://workspace/key/token",
    "ntfy": "ntfy://localhost/topic",
    "gotify": "gotify://localhost/abcdefgh",
    "zulip": f"zulip://bot@org/{'a' * 32}/desk",
    "pushover": f"pover://{'u' * 30}@{'a' * 30}",
    "webex": f"wxteams://{'a' * 80}",
    "slack": "slack://TAAAAAAAA/BBBBBBBBB/cccccccccccccccccccccccc",
}
_ACTIVE = re.compile(r"(?<!\\)\]\(|(?<!\\)\|\||@|<(?!/?b>|https://wire\.example/2026/ankara>)", re.MULTILINE)
"""Links in Markdown, spoilers, mentions, markup in angle brackets; our own link and Telegram's own emphasis of the
title apart."""


@pytest.mark.parametrize("service", SERVICES)
def test_no_hostile_headline_is_active_in_any_service(service: str, monkeypatch: pytest.MonkeyPatch) -> None:
    posted: list[object] = []

    def take(_adapter: HTTPAdapter, request: PreparedRequest, **_settings: object) -> Response:
        body = request.body.decode() if isinstance(request.body, bytes) else str(request.body)
        posted.append(json.loads(body) if body.startswith("{") else dict(parse_qsl(body)))
        answer = Response()
        answer.status_code, answer.request, answer.url = 200, request, str(request.url)
        answer._content = b"ok"
        return answer

    monkeypatch.setattr(HTTPAdapter, "send", take)
    for text in HOSTILE:
        send(SERVICES[service], rendered(text))
    assert len(posted) >= len(HOSTILE)
    for payload in posted:
        for shown in _shown(payload):
            assert not _ACTIVE.search(shown), shown


def _shown(value: object) -> Iterator[str]:
    """Yield the texts of a payload that people see."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from () if key in {"token", "user", "to"} else _shown(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _shown(inner)


@pytest.mark.parametrize("text", HOSTILE)
def test_no_hostile_headline_is_active_in_a_mail(text: str) -> None:
    with mail_peer() as peer:
        assert send(peer.url, rendered(text)).outcome is Outcome.SENT
    (mail,) = peer.received
    assert len(mail["Subject"]) < 120
    assert mail["Bcc"] is None
    assert str(mail["To"]) == "desk@there.example"
    html = mail.get_body(("html",))
    assert html is not None
    assert not re.search(r"<(script|img|svg|a href=(?!\"https?://))", html.get_content())


def test_a_mail_has_text_and_html_its_key_and_its_thread() -> None:
    with mail_peer() as peer:
        assert send(peer.url) == SendResult(Outcome.SENT, "accepted")
    (mail,) = peer.received
    assert mail["Subject"] == "NEW Meeting planned: Ukraine and Russia to meet in Ankara"
    assert mail["X-Dipwatch-Key"] == "key-1"
    assert mail["References"] == mail["In-Reply-To"] == "<dev-1@dipwatch.invalid>"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    plain = mail.get_body(("plain",))
    assert plain is not None
    for part in ("Why: first report;", "https://wire.example/2026/ankara", "dipwatch show dev-1"):
        assert part in plain.get_content()


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [("451 try again later", Outcome.FAILED), ("554 we don't want this", Outcome.REFUSED)],
)
def test_a_mail_server_that_declines_is_judged_by_its_code(reply: str, outcome: Outcome) -> None:
    with mail_peer(reply) as peer:
        assert send(peer.url).outcome is outcome


def test_a_mail_server_that_is_not_there_has_failed() -> None:
    with mail_peer() as peer:
        url = peer.url
    assert send(url) == SendResult(Outcome.FAILED, "can't be reached")


def test_markdown_goes_to_services_that_read_it() -> None:
    with http_peer() as peer:
        url = f"mmost://127.0.0.1:{peer.port}/aaaaaaaaaaaaaaaaaaaaaaaa"
        assert send(url, rendered("[x](https://evil.example) *now*")).outcome is Outcome.SENT
    text = json.loads(peer.received[0].body)["text"]
    assert r"\[x\](https://evil.example) \*now\*" in text
    assert "**NEW · Meeting planned · HIGH**" in text
    assert text.startswith("NEW Meeting planned: [x] (https://evil.example) now")


def test_no_secret_reaches_logs_or_streams(root_log: io.StringIO, capfd: pytest.CaptureFixture[str]) -> None:
    with http_peer(Answer(500), Answer(misbehaves="reset"), Answer(404)) as peer:
        results = [send(f"json://user:{SECRET}@127.0.0.1:{peer.port}/{SECRET}?x={SECRET}") for _ in range(3)]
    results.append(send(f"json://user:{SECRET}@127.0.0.1:1/{SECRET}"))
    results.append(send(f"slack://{SECRET}"))
    printed = "".join(capfd.readouterr())
    assert SECRET not in root_log.getvalue() + printed + str(results)
