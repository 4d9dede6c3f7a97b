"""From change to message: routing, the outbox's plan, messages in every format, delivery that loses nothing.

``plan_outbox`` says what a tick's changes put into the outbox; ``Deliverer`` takes what is due and hands it over
through a ``Sender``. ``explain_route``, ``check_receivers`` and ``Deliverer.send_test`` answer a user's questions.
"""

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
