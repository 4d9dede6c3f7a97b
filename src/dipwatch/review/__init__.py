"""Looking back: the change log as view models, and the formats they are written in. Read only.

``queries`` searches the log, ``detail`` tells of one development; their views are in ``views``, what is known of names
in ``directory``, and ``columns``, ``story`` and ``formats`` write them. Every other module looks at the log from a
side of its own: ``ledger`` and ``matrix`` (positions), ``network``, ``agenda`` (what was announced, what was
promised), ``outlook`` (scenarios), ``numbers``, ``entries`` (timelines), ``brief`` (the baseline), ``operation``
(feeds, messages, health). Packages of their own are ``report``, ``exports``, ``evaluation``, and ``explanation``, which
loads lexicon and model.

Names are imported from their modules, so that a search doesn't wait for what it doesn't show.
"""
