"""From change to message: routing, the outbox's plan, messages in every format, delivery that loses nothing.

``plan.plan_outbox`` says what a tick's changes put into the outbox; ``deliver.Deliverer`` takes what is due and hands
it over through a ``sending.Sender``. ``routing.explain_route``, ``receivers.check_receivers`` and
``deliver.Deliverer.send_test`` answer a user's questions.

Names are imported from their modules: who only needs words and safe text loads neither templates nor senders.
"""
