"""The log in the formats of other tools: an Atom feed, a calendar, the network as JSON, positions as CSV.

A module for each, loaded when it is asked for. What they say of one development bears the same id in every version, so
that a reader or a calendar replaces what it has instead of adding to it.
"""
