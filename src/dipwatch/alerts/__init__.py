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
    from dipwatch.alerts.assurance import assurance_due, assure
    from dipwatch.alerts.build import build_message, build_notice
    from dipwatch.alerts.deliver import ATTACHMENT, Attempt, Deliverer, DeliverySummary
    from dipwatch.alerts.held import held_for, hold_back
    from dipwatch.alerts.limits import Room, longest, room
    from dipwatch.alerts.message import Material, Message, Purpose, Source
    from dipwatch.alerts.names import LexiconNames, Names
    from dipwatch.alerts.operator import Notice, plan_notice
    from dipwatch.alerts.plan import FIRST_CONTACT, Candidate, Plan, Saying, Told, plan_outbox
    from dipwatch.alerts.policy import Node, Policy, children, longest_interval, policies, root_of
    from dipwatch.alerts.process_sender import ProcessSender
    from dipwatch.alerts.receivers import check_receivers
    from dipwatch.alerts.record import read_sources, read_told
    from dipwatch.alerts.render import RenderedMessage, Renderer
    from dipwatch.alerts.routing import Facts, Routed, Step, explain_route, route_change
    from dipwatch.alerts.sending import ConsoleSender, Outcome, Sender, SenderByUrl, SendResult
    from dipwatch.alerts.standing import Standing, standings
    from dipwatch.alerts.trial import trial_messages
    from dipwatch.alerts.windows import Opening, opening, opens_at_all

__all__ = [
    "ATTACHMENT",
    "FIRST_CONTACT",
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
    "Node",
    "Notice",
    "Opening",
    "Outcome",
    "Plan",
    "Policy",
    "ProcessSender",
    "Purpose",
    "RenderedMessage",
    "Renderer",
    "Room",
    "Routed",
    "Saying",
    "SendResult",
    "Sender",
    "SenderByUrl",
    "Source",
    "Standing",
    "Step",
    "Told",
    "assurance_due",
    "assure",
    "build_message",
    "build_notice",
    "check_receivers",
    "children",
    "explain_route",
    "held_for",
    "hold_back",
    "longest",
    "longest_interval",
    "opening",
    "opens_at_all",
    "plan_notice",
    "plan_outbox",
    "policies",
    "read_sources",
    "read_told",
    "room",
    "root_of",
    "route_change",
    "standings",
    "trial_messages",
]

_HOMES = {
    "ATTACHMENT": "deliver",
    "FIRST_CONTACT": "plan",
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
    "Node": "policy",
    "Notice": "operator",
    "Opening": "windows",
    "Outcome": "sending",
    "Plan": "plan",
    "Policy": "policy",
    "ProcessSender": "process_sender",
    "Purpose": "message",
    "RenderedMessage": "render",
    "Renderer": "render",
    "Room": "limits",
    "Routed": "routing",
    "Saying": "plan",
    "SendResult": "sending",
    "Sender": "sending",
    "SenderByUrl": "sending",
    "Source": "message",
    "Standing": "standing",
    "Step": "routing",
    "Told": "plan",
    "assurance_due": "assurance",
    "assure": "assurance",
    "build_message": "build",
    "build_notice": "build",
    "check_receivers": "receivers",
    "children": "policy",
    "explain_route": "routing",
    "held_for": "held",
    "hold_back": "held",
    "longest": "limits",
    "longest_interval": "policy",
    "opening": "windows",
    "opens_at_all": "windows",
    "plan_notice": "operator",
    "plan_outbox": "plan",
    "policies": "policy",
    "read_sources": "record",
    "read_told": "record",
    "room": "limits",
    "root_of": "policy",
    "route_change": "routing",
    "standings": "standing",
    "trial_messages": "trial",
}


def __getattr__(name: str) -> object:
    """Load a public name from its module."""
    if name not in _HOMES:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
