"""Why an item did or did not become news. Read only.

``text`` reads it anew and says what was found, ``gather`` puts beside it what the log holds of it, ``lines`` tells both
to people. Apart from the other views because it loads lexicon and model.
"""
