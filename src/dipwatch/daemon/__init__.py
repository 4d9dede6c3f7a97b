"""The daemon: what polls, detects and delivers at its time, on one host or several, and what keeps it alive.

``dipwatch.daemon.service`` is the whole; ``dipwatch.daemon.once`` does one round of it; ``dipwatch.daemon.replays``
runs recorded items through the very same detection. Modules are imported one by one, so that a command loads only what
it uses.
"""
