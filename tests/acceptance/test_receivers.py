"""Alerts arrive at a webhook and in a mailbox; a receiver that hangs holds up nobody."""

from __future__ import annotations

import json
import time

import pytest
from tests.acceptance.driver import Installation
from tests.alerts.peers import Answer, http_peer, mail_peer


def route_to(site: Installation, url: str) -> None:
    """Send everything to one receiver."""
    receivers = f'receivers = [{{ name = "desk", url = "{url}" }}]\nroute = {{ receiver = "desk" }}\n'
    site.config.write_text(site.config.read_text().replace("[alerts]\n", f"[alerts]\n{receivers}"))


def two_rounds(site: Installation) -> None:
    """Poll what the feeds hold at first contact, then what is new."""
    for number in (0, 1):
        site.begin_round(number)
        done = site.run("poll", "--once", "--all", "--upgrade")
        assert done.returncode == 0, done.stdout + done.stderr


def test_a_webhook_gets_the_digest_and_each_alert(site: Installation) -> None:
    with http_peer() as webhook:
        route_to(site, f"json://127.0.0.1:{webhook.port}/")
        two_rounds(site)
    posted = [json.loads(request.body) for request in webhook.received]
    assert len(posted) == 1 + len(site.alerted())
    assert "DIGEST" in posted[0]["title"]
    assert any("Miami" in json.dumps(message) for message in posted[1:])


def test_a_mailbox_gets_the_digest_and_each_alert(site: Installation) -> None:
    with mail_peer() as mailbox:
        route_to(site, mailbox.url)
        two_rounds(site)
    mails = mailbox.received
    assert len(mails) == 1 + len(site.alerted())
    assert str(mails[0]["Subject"]).startswith("DIGEST")
    assert any("Miami" in str(mail["Subject"]) for mail in mails[1:])


@pytest.mark.timeout(180)
def test_a_receiver_that_hangs_does_not_keep_the_daemon_from_stopping_and_is_told_later(site: Installation) -> None:
    with http_peer(Answer(misbehaves="hang"), Answer()) as webhook:
        route_to(site, f"json://127.0.0.1:{webhook.port}/")
        site.start()
        site.wait(lambda: len(webhook.received) == 1)
        started = time.monotonic()
        assert site.terminate() == 0
        assert time.monotonic() - started < 15
        assert site.query("SELECT outcome FROM deliveries") == [("unknown",)]
        waiting = [str(number) for (number,) in site.query("SELECT id FROM outbox WHERE state = 'waiting'")]
        assert site.run("alerts", "retry", *waiting).returncode == 0
        assert site.run("poll", "--once").returncode == 0
    first, again = (json.loads(request.body) for request in webhook.received)
    assert first == again, "the same message under the same key"
