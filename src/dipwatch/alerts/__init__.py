"""From change to message: routing, the outbox's plan, messages in every format, delivery that loses nothing.

``plan_outbox`` says what a tick's changes put into the outbox; ``Deliverer`` takes what is due and hands it over
through a ``Sender``. ``explain_route``, ``check_receivers`` and ``Deliverer.send_test`` answer a user's questions.
A name's module is loaded when it is asked for: who only needs words and safe text loads neither templates nor senders.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dipwatch.alerts.apprise_sender import AppriseSender
    from dipwatch.alerts.deliver import Attempt, Deliverer, DeliverySummary
    from dipwatch.alerts.message import Material, Message, Purpose, Source, build_message, build_notice
    from dipwatch.alerts.names import LexiconNames, Names
    from dipwatch.alerts.plan import Candidate, Plan, Silenced, Told, plan_outbox
    from dipwatch.alerts.process_sender import ProcessSender
    from dipwatch.alerts.receivers import check_receivers
    from dipwatch.alerts.record import read_sources, read_told
    from dipwatch.alerts.render import RenderedMessage, Renderer
    from dipwatch.alerts.routing import Facts, Routed, Step, explain_route, route_change
    from dipwatch.alerts.sending import ConsoleSender, Outcome, Sender, SenderByUrl, SendResult

__all__ = [
    "AppriseSender",
    "Attempt",
    "Candidate",
    "ConsoleSender",
    "Deliverer",
    "DeliverySummary",
    "Facts",
    "LexiconNames",
    "Material",
    "Message",
    "Names",
    "Outcome",
    "Plan",
    "ProcessSender",
    "Purpose",
    "RenderedMessage",
    "Renderer",
    "Routed",
    "SendResult",
    "Sender",
    "SenderByUrl",
    "Silenced",
    "Source",
    "Step",
    "Told",
    "build_message",
    "build_notice",
    "check_receivers",
    "explain_route",
    "plan_outbox",
    "read_sources",
    "read_told",
    "route_change",
]

_HOMES = {
    "AppriseSender": "apprise_sender",
    "Attempt": "deliver",
    "Candidate": "plan",
    "ConsoleSender": "sending",
    "Deliverer": "deliver",
    "DeliverySummary": "deliver",
    "Facts": "routing",
    "LexiconNames": "names",
    "Material": "message",
    "Message": "message",
    "Names": "names",
    "Outcome": "sending",
    "Plan": "plan",
    "ProcessSender": "process_sender",
    "Purpose": "message",
    "RenderedMessage": "render",
    "Renderer": "render",
    "Routed": "routing",
    "SendResult": "sending",
    "Sender": "sending",
    "SenderByUrl": "sending",
    "Silenced": "plan",
    "Source": "message",
    "Step": "routing",
    "Told": "plan",
    "build_message": "message",
    "build_notice": "message",
    "check_receivers": "receivers",
    "explain_route": "routing",
    "plan_outbox": "plan",
    "read_sources": "record",
    "read_told": "record",
    "route_change": "routing",
}


def __getattr__(name: str) -> object:
    """Load a public name from its module."""
    if name not in _HOMES:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
