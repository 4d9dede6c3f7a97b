"""dipwatch tells its users what changed in a diplomatic process.

The way of the data, one package for each step and one direction::

    feeds -> extract -> detect -> alerts -> review

``lexicon`` and ``baseline`` are what is known beforehand, ``store`` is the memory, ``daemon`` the clockwork, ``cli``
the door.
"""

__version__ = "0.1.0"
