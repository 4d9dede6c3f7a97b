"""Feeds: what they are, fetching them politely and safely, reading whatever they send, and when to come again.

One poll is ``poll.poll_feed``: fetch -> parse -> entries -> what to remember. The network is behind the
``request.Fetcher`` port; ``parse.parse_feed`` is a pure function that a worker process can run.

Names are imported from their modules, so that a worker loads the parser alone, and commands that fetch nothing don't
load an HTTP client.
"""
