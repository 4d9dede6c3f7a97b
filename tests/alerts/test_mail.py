"""Mail to a real server: TLS, login, threads, and what each refusal comes to."""

from __future__ import annotations

import io
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from tests.acceptance.certificates import Authority, available
from tests.alerts.peers import Guard, mail_peer
from tests.alerts.samples import NOW, FakeNames, a_change, an_item

from dipwatch.alerts.apprise_sender import AppriseSender
from dipwatch.alerts.build import build_message
from dipwatch.alerts.message import Material, Purpose
from dipwatch.alerts.render import RenderedMessage, Renderer
from dipwatch.alerts.sending import Outcome, SendResult
from dipwatch.model import Change, ChangeType, Reason

TIMEOUT = timedelta(seconds=5)
PASSWORD = "TSECRET7"  # noqa: S105 (what must not be found)


def rendered(change: Change, purpose: Purpose = Purpose.ALERT, key: str = "key-1") -> RenderedMessage:
    material = Material(change, an_item() if change.item else None)
    return Renderer().render(build_message(purpose, key, [material], FakeNames(), NOW))


def send(url: str, message: RenderedMessage | None = None, timeout: timedelta = TIMEOUT) -> SendResult:
    return AppriseSender().send(url, message or rendered(a_change()), timeout)


@pytest.fixture(autouse=True)
def _plugins_are_loaded() -> None:
    AppriseSender().accepts("json://localhost")  # imports apprise without the warnings of its own imports


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    if not available():
        pytest.skip("needs the openssl command")
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(params=["starttls", "ssl"])
def guard(request: pytest.FixtureRequest, authority: Authority) -> Guard:
    return Guard(authority.context("mail", "127.0.0.1"), request.param, "desk", PASSWORD)


def test_a_mail_goes_through_tls_and_login(guard: Guard, authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    with mail_peer(guard=guard) as peer:
        assert send(peer.url) == SendResult(Outcome.SENT, "accepted")
    assert len(peer.received) == 1


def test_a_wrong_password_is_refused_for_good_and_not_told(
    guard: Guard,
    authority: Authority,
    monkeypatch: pytest.MonkeyPatch,
    root_log: io.StringIO,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    with mail_peer(guard=guard, password=f"{PASSWORD}x") as peer:
        result = send(peer.url)
    assert result == SendResult(Outcome.REFUSED, "SMTP 535", permanent=True)
    assert peer.received == []
    assert PASSWORD not in root_log.getvalue() + "".join(capfd.readouterr()) + str(result)


def test_a_server_whose_certificate_is_not_trusted_gets_nothing(
    guard: Guard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(Authority(tmp_path).file))
    with mail_peer(guard=guard) as peer:
        assert send(peer.url) == SendResult(Outcome.FAILED, "its certificate is not trusted")
    assert peer.received == []


def test_a_mail_whose_answer_was_lost_is_unknown() -> None:
    with mail_peer("hang") as peer:
        assert send(peer.url, timeout=timedelta(seconds=0.5)).outcome is Outcome.UNKNOWN


def test_news_update_and_correction_of_a_development_form_one_thread() -> None:
    update = a_change(type=ChangeType.UPDATE, reasons=(Reason.DENIED,))
    taken_back = a_change(type=ChangeType.CORRECTION, item=None, claim=None, note="false a namesake")
    with mail_peer() as peer:
        for number, message in enumerate((a_change(), update)):
            send(peer.url, rendered(message, key=f"key-{number}"))
        send(peer.url, rendered(taken_back, Purpose.CORRECTION, "key-3"))
    mails: list[EmailMessage] = peer.received
    assert len({mail["Message-ID"] for mail in mails}) == 3
    assert {(mail["References"], mail["In-Reply-To"]) for mail in mails} == {
        ("<dev-1@dipwatch.invalid>", "<dev-1@dipwatch.invalid>")
    }
    assert [str(mail["Subject"]).split()[0] for mail in mails] == ["NEW", "UPDATE", "CORRECTION"]
    plain = mails[2].get_body(("plain",))
    assert plain is not None
    assert "Changed: marked as false: a namesake" in plain.get_content()
